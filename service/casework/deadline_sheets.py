"""How a deadline was counted, day by day: which days count, which do not and why, with pauses and extensions.

The sheet follows `deadlines.due_day` step by step and ends on the day that it gives; tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from service import documents, store, texts
from service.business_calendar import Calendar, CalendarMissing, DayKind
from service.business_calendar.calendar import corresponding_day
from service.casework import calendars, case_documents, deadlines, document_data, parameters, records
from service.casework.deadlines import Deadline, Extension, Length, Pause
from service.casework.document_data import About
from service.casework.parameters import LengthUnit
from service.documents import TEMPLATES, Rendered
from service.errors import NotFound
from service.runtime.unit import UnitOfWork

__all__ = ["Line", "Sheet", "Why", "lines", "rendered", "sheet"]

_DAY = timedelta(days=1)
_SATURDAY = 5
TEMPLATE = "deadline-sheet"


class Why(StrEnum):
    START = "start"  # the first day never counts
    WORKING = "working"
    WORKDAY = "workday"  # a weekend day on which is worked, by the notice
    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    PAUSED = "paused"
    RUNS = "runs"  # counted in days or months, whatever kind of day it is
    MOVED = "moved"  # the end falls on a day of rest and moves on
    CAPPED = "capped"  # nothing counts after the latest end
    MISSING = "missing"  # the calendar of its year is not imported


@dataclass(frozen=True, slots=True)
class Line:
    day: date
    why: Why
    number: int | None = None  # the how manieth day it is; None: it does not count, or months are counted
    detail: str = ""  # name of the holiday, reason of the pause

    @property
    def counts(self) -> bool:
        return self.why in {Why.WORKING, Why.WORKDAY, Why.RUNS}


@dataclass(frozen=True, slots=True)
class Sheet:
    deadline: Deadline
    name: str
    subject: str
    lines: tuple[Line, ...]
    pauses: tuple[Pause, ...]
    extensions: tuple[Extension, ...]
    due: date | None
    calendar_version: str
    notices: tuple[str, ...]  # numbers of the notices of the years it runs through
    source: str  # of the time limit


def sheet(unit: UnitOfWork, case_key: int, deadline_key: int) -> Sheet:
    """Return the sheet of a deadline of a case; raises `NotFound` if it is none of it.

    Who may see the case is the caller's to ask.
    """
    row = store.deadlines.get(unit.session, deadline_key)
    if row is None or row.case_key != case_key:
        raise NotFound("documents.no_such_deadline", key=deadline_key)
    calendar = calendars.calendar(unit)
    known = parameters.definitions().get(row.parameter)
    counted = tuple(
        lines(
            calendar,
            row.start,
            deadlines.length_of(row),
            deadlines.pauses_of(row),
            deadlines.extensions_of(row),
            parameters.today(unit),
        )
    )
    years = {line.day.year for line in counted}
    names = {str(subject.key): subject.name for subject in records.of_case(unit, case_key).subjects}
    return Sheet(
        row,
        known.name if known else row.parameter,
        names.get(row.subject_key, ""),
        counted,
        tuple(deadlines.pauses_of(row)),
        tuple(deadlines.extensions_of(row)),
        row.due,
        row.calendar_version,
        tuple(year.source for year in calendar.years if year.number in years),
        known.source if known else "",
    )


def lines(
    calendar: Calendar,
    start: date,
    length: Length,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
    today: date | None = None,
) -> Iterator[Line]:
    """Yield the days from the start to the last one.

    While a pause lasts they end with `today`; where a calendar year is missing, with the first day of that year.
    """
    yield Line(start, Why.START)
    own = length.amount + sum(item.amount for item in extensions if item.unit is length.unit)
    parts = [Length(own, length.unit)]
    parts += [Length(item.amount, item.unit) for item in extensions if item.unit is not length.unit]
    cap = None
    number = 0
    day = start
    try:
        if length.cap_months is not None:
            cap = calendar.month_due(start, length.cap_months)
        for part in parts:
            walk = (
                _working(calendar, day, part, pauses, number)
                if part.unit is LengthUnit.WORKING_DAY
                else _calendar_days(calendar, day, part, pauses)
            )
            for line in walk:
                if cap is not None and line.day > cap:
                    return
                if line.why is Why.PAUSED and today is not None and line.day > today:
                    return
                yield line
                day = line.day
                number = line.number or number
                if cap is not None and line.day == cap:
                    yield Line(cap, Why.CAPPED)
                    return
    except CalendarMissing as missing:
        yield Line(date(missing.year, 1, 1), Why.MISSING)


def _working(calendar: Calendar, start: date, part: Length, pauses: Sequence[Pause], before: int) -> Iterator[Line]:
    day, number = start, 0
    while number < part.amount:
        day += _DAY
        working = calendar.is_working_day(day)
        paused = _pause(pauses, day)
        if paused is not None:
            yield Line(day, Why.PAUSED, detail=paused.reason)
        elif working:
            number += 1
            why = Why.WORKDAY if day.weekday() >= _SATURDAY else Why.WORKING
            yield Line(day, why, before + number, _named(calendar, day) if why is Why.WORKDAY else "")
        else:
            yield _rest(calendar, day)


def _calendar_days(calendar: Calendar, start: date, part: Length, pauses: Sequence[Pause]) -> Iterator[Line]:
    months = part.unit is LengthUnit.MONTH
    end = corresponding_day(start, part.amount) if months else start + _DAY * part.amount
    if any(pause.end is None for pause in pauses):
        end = date.max  # it does not end before the pause does
    for pause in sorted(pauses, key=lambda pause: pause.start):
        if end < date.max and pause.end is not None and start < pause.end and pause.start < end:
            end += pause.end - max(pause.start, start)
    day, number = start, 0
    while day < end:
        day += _DAY
        paused = _pause(pauses, day)
        if paused is not None:
            yield Line(day, Why.PAUSED, detail=paused.reason)
            continue
        number += 1
        yield Line(day, Why.RUNS, None if months else number)
    while not calendar.is_working_day(day):
        rest = _rest(calendar, day)
        day += _DAY
        yield Line(day, Why.MOVED, detail=rest.detail)


def _pause(pauses: Sequence[Pause], day: date) -> Pause | None:
    return next((pause for pause in pauses if pause.holds(day)), None)


def _rest(calendar: Calendar, day: date) -> Line:
    name = _named(calendar, day)
    return Line(day, Why.HOLIDAY, detail=name) if name else Line(day, Why.WEEKEND)


def _named(calendar: Calendar, day: date) -> str:
    for year in calendar.years:
        entry = year.days.get(day)
        if entry is not None and entry.kind in {DayKind.HOLIDAY, DayKind.WORKDAY}:
            return entry.name
    return ""


def reason(line: Line, locale: str = texts.DEFAULT_LOCALE) -> str:
    """Return why a day counts or not."""
    detail = line.detail or texts.message("documents.day_of_rest", {}, locale)
    return texts.message(f"documents.why_{line.why}", {"detail": detail}, locale)


def length_words(row: Deadline, locale: str = texts.DEFAULT_LOCALE) -> str:
    """Return how long a deadline is."""
    return texts.message(f"documents.length_{row.unit}", {"amount": row.amount}, locale)


def weekday(day: date, locale: str = texts.DEFAULT_LOCALE) -> str:
    return texts.message(f"documents.weekday_{day.weekday()}", {}, locale)


def rendered(unit: UnitOfWork, case_key: int, deadline_key: int) -> Rendered:
    """Return the sheet as a document to be printed; it is reckoned each time and not kept."""
    found = sheet(unit, case_key, deadline_key)
    row, template = found.deadline, TEMPLATES[TEMPLATE]
    case = records.of_case(unit, case_key)
    values: dict[str, Any] = {
        "name": found.name,
        "parameter": row.parameter,
        "subject": found.subject,
        "state": texts.message(f"documents.deadline_{row.state}"),
        "start": row.start.isoformat(),
        "length": length_words(row),
        "due": found.due.isoformat() if found.due else "",
        "calendar": found.calendar_version,
        "source": found.source,
        "notices": texts.message("documents.comma").join(found.notices),
        "pauses": [
            {"start": item.start.isoformat(), "end": item.end.isoformat() if item.end else "", "reason": item.reason}
            for item in found.pauses
        ],
        "extensions": [
            {
                "on": item.on,
                "amount": texts.message(f"documents.length_{item.unit}", {"amount": item.amount}),
                "reason": item.reason,
                "by": item.by,
            }
            for item in found.extensions
        ],
        "days": [
            {
                "day": line.day.isoformat(),
                "weekday": weekday(line.day),
                "counted": texts.message("documents.counts" if line.counts else "documents.counts_not"),
                "number": texts.message("documents.none") if line.number is None else str(line.number),
                "reason": reason(line),
            }
            for line in found.lines
        ],
    }
    number = f"{case.row.case_no}-{row.parameter}"
    maker = "" if unit.actor.is_system else unit.actor.name
    version = texts.message("documents.version", {"template": 1, "document": 1})
    about = About(number, case.row.organ, unit.now, maker, version, sheet=values)
    given, missing = document_data.values(unit, case, None, template, None, about)
    content = case_documents.template_content(unit, case, template)
    return documents.render(content, given, missing)
