"""The supervision board: every rectification under way with its light."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, make_response, render_template, url_for
from flask import request as http

from service.auth import Permission
from service.casework import calendars, overviews, parameters
from service.runtime import form_display
from service.runtime.unit import UnitOfWork
from service.web import labels, lights, request, results
from service.web.lights import Light
from service.web.words import N_, gettext

blueprint = Blueprint("rectification", __name__, url_prefix="/rectification")

# The four figures; each is a filter of the list.
FIGURES: dict[str, tuple[str, str]] = {
    "red": (N_("overdue"), lights.RED),
    "amber": (N_("within three working days"), lights.AMBER),
    "green": (N_("on time"), lights.GREEN),
    "grey": (N_("clock stopped or no day yet"), lights.GREY),
}


@dataclass(frozen=True, slots=True)
class BoardItem:
    case_no: str
    title: str
    subject: str
    url: str
    state: tuple[str, str] | None
    light: Light
    due_words: str
    deadline: str
    responsible: str
    level: str
    due: date | None


@blueprint.get("")
def index() -> Response:
    request.require(Permission.SUPERVISE)
    only = http.args.get("light", "")
    with request.reading() as unit:
        items = board(unit)
        now = unit.now
    figures = [
        {
            "value": sum(item.light.colour == colour for item in items),
            "label": gettext(label),
            "shape": shape,
            "colour": colour,
            "url": url_for("rectification.index", light=colour if colour != only else None),
            "current": colour == only,
        }
        for colour, (label, shape) in FIGURES.items()
    ]
    shown = [item for item in items if not only or item.light.colour == only]
    html = render_template("rectification.html", items=shown, figures=figures, only=only, now=now)
    return make_response(html)


def _named(parameter: str | None) -> str:
    known = parameters.definitions().get(parameter or "")
    return known.name if known else parameter or ""


def board(unit: UnitOfWork) -> list[BoardItem]:
    """Return the rectifications under way, the most urgent first."""
    calendar, today = calendars.calendar(unit), parameters.today(unit)
    rows = overviews.rectifications(unit)
    known = form_display.field_words(unit).get("rectification.responsible")
    kinds = known.options if known else {}
    items = []
    for row in rows:
        if row.stopped:
            light = lights.stopped()
        elif row.due is None:
            light = lights.missing() if row.calendar_missing else Light("grey", lights.GREY, gettext("no day yet"))
        else:
            light = lights.of_day(row.due, today, calendar)
        items.append(
            BoardItem(
                row.case_no,
                row.title,
                row.subject_name,
                url_for("cases.show", key=row.case_key),
                labels.tag(labels.RECTIFICATION, row.state),
                light,
                row.due.isoformat() if row.due else "–",
                _named(row.parameter),
                gettext(", ").join(kinds.get(name, name) for name in row.responsible),
                results.value(row.level) if row.level else "",
                row.due,
            )
        )
    return sorted(items, key=lambda item: (item.due is None, item.due or date.max))
