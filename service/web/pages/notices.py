"""Notices: what the service told this person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, make_response, render_template, url_for
from flask import request as http

from service.casework import notices
from service.casework.notices import Notice
from service.web import navigation, request

blueprint = Blueprint("notices", __name__, url_prefix="/notices")

PAGE = 50


@dataclass(frozen=True, slots=True)
class NoticeView:
    at: datetime
    title: str
    text: str
    read: bool
    url: str | None


@blueprint.get("")
def index() -> Response:
    with request.reading() as unit:
        page = notices.of_actor(unit, after=http.args.get("after"), limit=PAGE)
        items = [view(row) for row in page.items]
        unread = notices.unread_count(unit)
    html = render_template(
        "notices.html",
        notices=items,
        unread=unread,
        page=page,
        next_url=url_for("notices.index", after=page.next) if page.next else None,
        first_url=url_for("notices.index") if "after" in http.args else None,
    )
    return make_response(html)


@blueprint.post("/read")
def read() -> Response:
    request.run(notices.mark_read)
    return request.go(url_for("notices.index"))


def view(row: Notice) -> NoticeView:
    """Return a notice with the way to what it is about."""
    url = None
    if row.case_key is not None:
        person = request.person()
        endpoint = "cases.show" if navigation.sees_cases(person) else "applications.show"
        url = url_for(endpoint, key=row.case_key)
    return NoticeView(row.sent_at, row.title, row.text, row.read_at is not None, url)
