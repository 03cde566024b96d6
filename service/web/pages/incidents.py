"""Incidents: where a process stands still, why, and trying again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeGuard

from flask import Blueprint, Response, flash, make_response, render_template, url_for
from flask import request as http

from service.auth import Permission
from service.runtime import incidents, instances, step_notes
from service.web import request, views, words
from service.web.answers import json_of
from service.web.words import gettext

blueprint = Blueprint("incidents", __name__, url_prefix="/incidents")

PAGE = 50


@blueprint.get("")
def index() -> Response:
    request.require(Permission.OPERATE)
    with request.reading() as unit:
        page = incidents.search(unit, after=http.args.get("after"), limit=PAGE)
        items = [
            {
                "key": row.key,
                "at": row.created_at,
                "process": row.process_id,
                "element": row.element_id,
                "case": row.business_key,
                "kind": row.kind,
                "words": words.message(row.code, **incidents.facts(row)),
            }
            for row in page.items
        ]
    html = render_template(
        "incidents.html",
        items=items,
        page=page,
        next_url=url_for("incidents.index", after=page.next) if page.next else None,
        first_url=url_for("incidents.index") if "after" in http.args else None,
    )
    return make_response(html)


@blueprint.get("/<int:key>")
def show(key: int) -> Response:
    request.require(Permission.OPERATE)
    with request.reading() as unit:
        row = incidents.get(unit, key)
        facts = incidents.facts(row)
        steps = step_notes.of_definition(unit, instances.get(unit, row.instance_key).definition_key)
        html = render_template(
            "incident.html",
            row=row,
            words=words.message(row.code, **facts),
            active=row.state is incidents.IncidentState.ACTIVE,
            name=steps[row.element_id].name if row.element_id in steps else row.element_id,
            expression=_marked(facts),
            reasons=[words.message(str(item["code"]), **_mapping(item["facts"])) for item in _listed(facts)],
            # What a case holds is its people's, not those who keep the processes running.
            variables=sorted(_mapping(facts.get("variables")).items()) if row.business_key is None else [],
        )
    return make_response(html)


@blueprint.get("/<int:key>/diagram.json")
def diagram(key: int) -> Response:
    request.require(Permission.OPERATE)
    with request.reading() as unit:
        row = incidents.get(unit, key)
        return json_of({**views.diagram(unit, row.instance_key), "focus": row.element_id})


def _marked(facts: Mapping[str, object]) -> tuple[str, str, str, int] | None:
    """Return an expression as what stands before, in and after the place to blame, and where that begins (1-based)."""
    text, start, end = facts.get("expression"), facts.get("start"), facts.get("end")
    if not isinstance(text, str):
        return None
    first, last = (int(start), int(end)) if _whole(start) and _whole(end) else (0, len(text))
    return text[:first], text[first:last], text[last:], first + 1


def _whole(value: object) -> TypeGuard[int | Decimal]:
    return isinstance(value, (int, Decimal))


def _listed(facts: Mapping[str, object]) -> list[Mapping[str, object]]:
    found = facts.get("diagnostics")
    return [_mapping(item) for item in found] if isinstance(found, list) else []


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


@blueprint.post("/<int:key>/retry")
def retry(key: int) -> Response:
    request.require(Permission.OPERATE)
    request.run(lambda unit: incidents.retry(unit, key))
    flash(gettext("Tried again; if it is not in the list any more, the process goes on."), "success")
    return request.go(url_for("incidents.index"))
