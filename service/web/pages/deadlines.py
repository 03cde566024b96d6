"""How one deadline was counted, day by day, on a page and to be printed."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, url_for

from service import auth, documents
from service.casework import case_files, deadline_sheets
from service.errors import Forbidden
from service.runtime.unit import UnitOfWork
from service.web import request, words
from service.web.pages.documents import pdf_response

blueprint = Blueprint("deadlines", __name__, url_prefix="/cases/<int:key>/deadlines")


@blueprint.get("/<int:deadline>")
def show(key: int, deadline: int) -> Response:
    with request.reading() as unit:
        _require_whole(unit, key)
        sheet = deadline_sheets.sheet(unit, key, deadline)
        case = case_files.get(unit, key)
    locale = words.locale()
    lines = [
        {
            "day": line.day,
            "weekday": deadline_sheets.weekday(line.day, locale),
            "counts": line.counts,
            "number": line.number,
            "reason": deadline_sheets.reason(line, locale),
        }
        for line in sheet.lines
    ]
    html = render_template(
        "deadline.html",
        case=case,
        sheet=sheet,
        length=deadline_sheets.length_words(sheet.deadline, locale),
        lines=lines,
        pdf=url_for("deadlines.pdf", key=key, deadline=deadline),
    )
    return make_response(html)


@blueprint.get("/<int:deadline>.pdf")
def pdf(key: int, deadline: int) -> Response:
    with request.reading() as unit:
        _require_whole(unit, key)
        rendered = deadline_sheets.rendered(unit, key, deadline)
        sheet = deadline_sheets.sheet(unit, key, deadline)
        case = case_files.get(unit, key)
    content = documents.convert({"sheet": rendered.content})["sheet"]
    title = documents.TEMPLATES[deadline_sheets.TEMPLATE].title()
    return pdf_response(content, f"{case.case_no}_{sheet.deadline.parameter}_{title}.pdf")


def _require_whole(unit: UnitOfWork, key: int) -> None:
    """Let only those who see the whole case look; raises `NotFound`, `Forbidden`."""
    if case_files.view_of(unit, key) is not auth.View.FULL:
        raise Forbidden("documents.not_yours")
