"""The first page: what to do now, and which of it will expire first."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import Blueprint, Response, make_response, render_template, url_for

from service.auth import Permission
from service.business_calendar import CalendarMissing
from service.casework import calendar_import, calendars, notices
from service.runtime import incidents, user_tasks
from service.runtime.unit import UnitOfWork
from service.runtime.user_tasks import UserTaskQuery
from service.web import navigation, request
from service.web.pages import notices as notice_pages
from service.web.pages.rectification import board
from service.web.pages.tasks import items_of
from service.web.words import gettext

blueprint = Blueprint("home", __name__)

FIRST = 8


@blueprint.get("/")
def show() -> Response:
    person = request.person()
    me = request.actor()
    with request.reading() as unit:
        today = unit.now.astimezone(unit.engine.zone).date()
        try:
            working_day = calendars.calendar(unit).is_working_day(today)
        except CalendarMissing:
            working_day = None
        works = navigation.works_on_tasks(person)
        first, figures = [], []
        if works:
            query = UserTaskQuery(involved=user_tasks.candidate(me))
            first = items_of(unit, user_tasks.search(unit, query, limit=FIRST).items)
            figures = _figures(unit)
        html = render_template(
            "home.html",
            today=today,
            working_day=working_day,
            show_tasks=works,
            first=first,
            figures=figures,
            late=[item for item in board(unit) if item.light.colour in {"red", "amber"}][:FIRST]
            if person.may(Permission.SUPERVISE)
            else [],
            applications=[] if navigation.is_subject(person) else None,
            notices=[notice_pages.view(unit, row) for row in notices.of_actor(unit, limit=5).items],
            incidents=incidents.search(unit, limit=1).total if person.may(Permission.OPERATE) else 0,
            without_day=calendar_import.waiting(unit) if person.may(Permission.IMPORT_CALENDAR) else 0,
        )
    return make_response(html)


def _figures(unit: UnitOfWork) -> list[dict[str, object]]:
    me = request.actor()
    candidate = user_tasks.candidate(me)
    end_of_today = datetime.combine(
        unit.now.astimezone(unit.engine.zone).date() + timedelta(days=1), time.min, unit.engine.zone
    )

    def count(query: UserTaskQuery) -> int:
        return user_tasks.search(unit, query, limit=1).total

    late = count(UserTaskQuery(involved=candidate, due_before=unit.now))
    by_tonight = count(UserTaskQuery(involved=candidate, due_before=end_of_today))
    return [
        {
            "label": gettext("My tasks"),
            "value": count(UserTaskQuery(assignee=me.name)),
            "url": url_for("tasks.index", list="mine"),
        },
        {
            "label": gettext("To be claimed"),
            "value": count(UserTaskQuery(candidate=candidate)),
            "url": url_for("tasks.index", list="group"),
        },
        {
            "label": gettext("Due today"),
            "value": by_tonight - late,
            "url": url_for("tasks.index", list="mine", due="soon"),
            "colour": "amber",
        },
        {
            "label": gettext("Overdue"),
            "value": late,
            "url": url_for("tasks.index", list="mine", due="late"),
            "colour": "red",
        },
    ]
