"""Incidents: where a process stands still, why, and trying again."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, render_template, url_for
from flask import request as http

from service.auth import Permission
from service.runtime import incidents
from service.web import request, words
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


@blueprint.post("/<int:key>/retry")
def retry(key: int) -> Response:
    request.require(Permission.OPERATE)
    request.run(lambda unit: incidents.retry(unit, key))
    flash(gettext("Tried again; if it is not in the list any more, the process goes on."), "success")
    return request.go(url_for("incidents.index"))
