"""Notices: what the service told this person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, make_response, render_template, url_for
from flask import request as http

from service import auth
from service.casework import case_files, notices, records
from service.casework.notices import Notice
from service.runtime.unit import UnitOfWork
from service.web import request

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
        items = [view(unit, row) for row in page.items]
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


def view(unit: UnitOfWork, row: Notice) -> NoticeView:
    """Return a notice with the way to what it is about, where the person may see that."""
    url = None
    case = records.find(unit, str(row.case_key)) if row.case_key is not None else None
    seen = auth.view_of(request.actor(), case_files.access(unit, case)) if case else auth.View.NONE
    if seen is not auth.View.NONE:
        url = url_for("applications.show" if seen is auth.View.SUBJECT else "cases.show", key=row.case_key)
    return NoticeView(row.sent_at, row.title, row.text, row.read_at is not None, url)
