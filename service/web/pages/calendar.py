"""The working day calendar: which years are known, and taking in the notice of another, looked at day by day first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import PurePath

from babel import Locale
from babel.dates import format_date
from flask import Blueprint, Response, current_app, make_response, render_template, url_for
from flask import request as http

from service import business_calendar, texts
from service.auth import Permission
from service.business_calendar import Day, DayKind, Year
from service.casework import calendar_import, calendars, overviews, parameters
from service.casework.calendar_import import Imported
from service.casework.calendars import Known
from service.errors import Invalid, NotFound
from service.runtime.unit import UnitOfWork
from service.web import deploying, request, words
from service.web.words import N_, gettext

blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")

LARGEST = deploying.MB  # of a year's csv, which has some dozens of lines

KINDS: dict[DayKind, tuple[str, str]] = {
    DayKind.HOLIDAY: (N_("off"), "red"),
    DayKind.WORKDAY: (N_("on"), ""),
}


@dataclass(frozen=True, slots=True)
class DayRow:
    day: date
    weekday: str
    kind: tuple[str, str] | None  # None: the notice does not name the day any more
    name: str
    change: str


@dataclass(frozen=True, slots=True)
class YearRow:
    number: int
    source: str
    title: str
    off: int
    on: int
    origin: str
    url: str
    download: str


@blueprint.get("")
def index() -> Response:
    return _index()


@blueprint.get("/<int:number>")
def show(number: int) -> Response:
    request.require(Permission.IMPORT_CALENDAR)
    with request.reading() as unit:
        known = _known(unit, number)
        row = _row(unit, known)
    return make_response(render_template("calendar_year.html", year=row, days=_days(known.year, known.year)))


@blueprint.get("/<int:number>.csv")
def download(number: int) -> Response:
    request.require(Permission.IMPORT_CALENDAR)
    with request.reading() as unit:
        text = business_calendar.write_year(_known(unit, number).year)
    response = current_app.response_class(text, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{number}.csv"'
    return response


@blueprint.post("/preview")
def preview() -> Response:
    request.require(Permission.IMPORT_CALENDAR)
    try:
        year, file, statutory_only = _sent()
    except Invalid as error:
        return _index(texts.render(error, words.locale()), HTTPStatus.UNPROCESSABLE_ENTITY)
    with request.reading() as unit:
        before = next((known for known in calendars.known_years(unit) if known.year.number == year.number), None)
        row = _row(unit, before) if before else None
    html = render_template(
        "calendar_preview.html",
        year=year,
        before=row,
        days=_days(year, before.year if before else None),
        text=business_calendar.write_year(year),
        file=file,
        statutory_only=statutory_only,
    )
    return make_response(html)


def _sent() -> tuple[Year, str, bool]:
    """Return the year that was sent, whence it comes, and whether days on which is worked are not known.

    Three ways: the notice's text pasted, a csv file or a workbook, or a year to propose. Raises `Invalid`.
    """
    source = http.form.get("source", "")[:120]
    pasted = http.form.get("notice", "")
    if pasted.strip():
        return business_calendar.read_notice(pasted, source), gettext("pasted notice"), False
    number = http.form.get("year", "")
    if number.isascii() and number.isdecimal() and len(number) == 4:
        proposal = business_calendar.propose(int(number), source)
        return proposal.year, gettext("proposal of %(year)s", year=number), not proposal.complete
    part = http.files.get("file")
    if part is None or not part.filename:
        raise Invalid("calendar_nothing_sent")
    content = part.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Invalid("calendar_too_large", limit=LARGEST // deploying.MB)
    file = PurePath(part.filename).name
    if file.lower().endswith(".xlsx"):
        return business_calendar.read_workbook(content, file, source), file, False
    return business_calendar.read_year(content.decode("utf-8-sig", errors="replace"), file), file, False


@blueprint.post("")
def take() -> Response:
    request.require(Permission.IMPORT_CALENDAR)
    text, file = http.form.get("text", "").replace("\r\n", "\n"), http.form.get("file", "")[:120]
    try:
        imported = request.run(lambda unit: calendar_import.import_calendar(unit, text, file))
    except Invalid as error:
        return _index(texts.render(error, words.locale()), HTTPStatus.UNPROCESSABLE_ENTITY)
    return _result(imported)


def _result(imported: Imported) -> Response:
    with request.reading() as unit:
        names = overviews.headings(unit, [move.deadline.case_key for move in imported.moved])
        moved = [
            {
                "case": names[move.deadline.case_key].case_no if move.deadline.case_key in names else "–",
                "name": parameters.definition(move.deadline.parameter).name,
                "before": move.before.isoformat() if move.before else gettext("no day yet"),
                "after": move.after.isoformat() if move.after else gettext("no day yet"),
            }
            for move in imported.moved
        ]
        waiting = calendar_import.waiting(unit)
    return make_response(render_template("calendar_result.html", year=imported.year, moved=moved, without_day=waiting))


def _index(problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    request.require(Permission.IMPORT_CALENDAR)
    with request.reading() as unit:
        rows = [_row(unit, known) for known in reversed(calendars.known_years(unit))]
        waiting = calendar_import.waiting(unit)
    return make_response(render_template("calendar.html", years=rows, without_day=waiting, problem=problem), status)


def _known(unit: UnitOfWork, number: int) -> Known:
    for known in calendars.known_years(unit):
        if known.year.number == number:
            return known
    raise NotFound("page_missing")


def _row(unit: UnitOfWork, known: Known) -> YearRow:
    year = known.year
    origin = gettext("came with the product")
    if known.imported_by is not None:
        name = request.display_names(unit, {known.imported_by})[known.imported_by]
        origin = gettext("imported %(at)s, %(name)s", at=words.moment(known.imported_at), name=name)
    kinds = [day.kind for day in year.days.values()]
    return YearRow(
        year.number,
        year.source,
        year.title,
        kinds.count(DayKind.HOLIDAY),
        kinds.count(DayKind.WORKDAY),
        origin,
        url_for("calendar.show", number=year.number),
        url_for("calendar.download", number=year.number),
    )


def _days(year: Year, before: Year | None) -> list[DayRow]:
    """Return every day that the notice names, and those that the calendar it replaces named."""
    old: Mapping[date, Day] = before.days if before else {}
    return [_day(day, year.days.get(day), old.get(day), bool(before)) for day in sorted({*year.days, *old})]


def _day(day: date, new: Day | None, old: Day | None, replaces: bool) -> DayRow:
    if new is None:
        change = gettext("not named any more")
    elif old is None:
        change = gettext("new") if replaces else ""
    else:
        change = "" if new.kind is old.kind else gettext("changed")
    kind = None
    if new is not None:
        text, colour = KINDS[new.kind]
        kind = (gettext(text), colour)
    found = new or old
    weekday = format_date(day, "EEE", locale=Locale.parse(words.locale()))
    return DayRow(day, str(weekday), kind, found.name if found else "", change)
