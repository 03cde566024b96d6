"""Deadlines of a case: opened, paused, extended, closed, and moved together with the timers and tasks tied to them.

A deadline belongs to a case and, where a step runs per person, to one subject of it. Its length is that of the
parameter in force on the day it opens. Rules of counting: procedure.md 6.3. Days are the site's; a deadline ends with
its last day.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from service import store
from service.business_calendar import Calendar, CalendarMissing, ProvisionalDay, provisional
from service.business_calendar.calendar import corresponding_day
from service.casework import calendars, parameters
from service.casework.parameters import LengthUnit
from service.errors import Conflict, Invalid, NotFound
from service.runtime import audit, jobs
from service.runtime.unit import UnitOfWork
from service.store.deadlines import Deadline, DeadlineState

__all__ = [
    "NEVER",
    "RECTIFICATION",
    "Deadline",
    "DeadlineState",
    "Extension",
    "Length",
    "Moved",
    "Pause",
    "close",
    "due_day",
    "due_moment",
    "ensure",
    "extend",
    "extensions_of",
    "find",
    "length_of",
    "of_case",
    "open_anew",
    "open_one",
    "open_until",
    "overdue_working_days",
    "pause",
    "pauses_of",
    "provisional_due",
    "recompute",
    "required",
    "resume",
]

RECTIFICATION = "P-T14"

_DAY = timedelta(days=1)
_LAST_SECOND = time(23, 59, 59)

# The due moment of a paused deadline: a timer must have one, and this one keeps it from firing.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Length:
    amount: int
    unit: LengthUnit
    cap_months: int | None = None  # latest end, in months from the start


@dataclass(frozen=True, slots=True)
class Pause:
    """Days after `start` up to and with `end` do not count; without `end` the pause lasts."""

    start: date
    end: date | None
    reason: str = ""

    def holds(self, day: date) -> bool:
        return self.start < day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Extension:
    amount: int
    unit: LengthUnit
    reason: str = ""
    by: str = ""
    on: str = ""  # ISO date


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline whose due day changed."""

    deadline: Deadline
    before: date | None
    after: date | None


def due_day(
    calendar: Calendar,
    start: date,
    length: Length,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
) -> date | None:
    """Return the last day, or None while a pause lasts. Raises `CalendarMissing`.

    Extensions in the unit of the length prolong it from the start; working days on top of months or days are counted
    from where those end.
    """
    if any(pause.end is None for pause in pauses):
        return None
    own = length.amount + sum(extension.amount for extension in extensions if extension.unit is length.unit)
    day = _end(calendar, start, Length(own, length.unit), pauses)
    for extension in extensions:
        if extension.unit is not length.unit:
            day = _end(calendar, day, Length(extension.amount, extension.unit), pauses)
    if length.cap_months is not None:
        day = min(day, calendar.month_due(start, length.cap_months))
    return day


def _end(calendar: Calendar, start: date, length: Length, pauses: Sequence[Pause]) -> date:
    if length.unit is LengthUnit.WORKING_DAY:
        day = start
        for _ in range(length.amount):
            day = calendar.add_working_days(day, 1)
            while any(pause.holds(day) for pause in pauses):
                day = calendar.add_working_days(day, 1)
        return day
    day = corresponding_day(start, length.amount) if length.unit is LengthUnit.MONTH else start + _DAY * length.amount
    # A paused stretch is given back day by day, and may carry the end into the next pause.
    for pause in sorted(pauses, key=lambda pause: pause.start):
        if pause.end is not None and start < pause.end and pause.start < day:
            day += pause.end - max(pause.start, start)
    return calendar.next_working_day(day)


def find(unit: UnitOfWork, case_key: int, subject_key: str, parameter: str) -> Deadline | None:
    """Return the deadline that is not closed, else the one closed last; None if there never was one."""
    return store.deadlines.open_one(unit.session, case_key, subject_key, parameter) or store.deadlines.last(
        unit.session, case_key, subject_key, parameter
    )


def open_one(unit: UnitOfWork, case_key: int, subject_key: str, parameter: str) -> Deadline | None:
    """Return the deadline that is not closed, if there is one."""
    return store.deadlines.open_one(unit.session, case_key, subject_key, parameter)


def required(unit: UnitOfWork, case_key: int, subject_key: str, parameter: str) -> Deadline:
    """Return the deadline that is not closed. Raises `NotFound`."""
    row = store.deadlines.open_one(unit.session, case_key, subject_key, parameter)
    if row is None:
        raise NotFound("deadline_not_open", parameter=parameter)
    return row


def of_case(unit: UnitOfWork, case_key: int) -> Sequence[Deadline]:
    """Return all deadlines of a case in order of opening."""
    return store.deadlines.of_case(unit.session, case_key)


def ensure(unit: UnitOfWork, case_key: int, subject_key: str, parameter: str) -> Deadline:
    """Return the deadline that is not closed; open it from today if there is none.

    Raises `NotFound` for an unknown parameter, `Invalid` for one that is no time limit.
    """
    row = store.deadlines.open_one(unit.session, case_key, subject_key, parameter)
    return row or _open(unit, case_key, subject_key, parameter, parameters.today(unit))


def open_anew(unit: UnitOfWork, case_key: int, subject_key: str, parameter: str, start: date | None = None) -> Deadline:
    """Open the deadline from `start`, else from today; one that is still open is closed.

    What was tied to the old one stays as it is: a step that is taken again gets its timers anew.
    """
    row = store.deadlines.open_one(unit.session, case_key, subject_key, parameter)
    if row is not None:
        close(unit, row)
    return _open(unit, case_key, subject_key, parameter, start or parameters.today(unit))


def open_until(unit: UnitOfWork, case_key: int, subject_key: str, parameter: str, until: date) -> Deadline:
    """Open the deadline anew from today to end on `until`, or on the parameter's own last day where that is earlier."""
    row = open_anew(unit, case_key, subject_key, parameter)
    if row.due is None or not row.start < until < row.due:
        return row
    calendar = calendars.calendar(unit)
    before = _facts(row)
    row.unit = LengthUnit.WORKING_DAY.value
    row.amount = calendar.working_days_between(row.start, calendar.next_working_day(until))
    row.due = _count(calendar, row)
    unit.session.flush()
    _record(unit, "deadline.shorten", row, before)
    return row


def _open(unit: UnitOfWork, case_key: int, subject_key: str, parameter: str, start: date) -> Deadline:
    known = parameters.in_force(unit, parameter, start)
    amount = known.value
    if known.definition.unit not in set(LengthUnit) or not isinstance(amount, Decimal):
        raise Invalid("deadline_no_length", parameter=parameter)
    calendar = calendars.calendar(unit)
    row = Deadline(
        key=unit.new_key(),
        case_key=case_key,
        subject_key=subject_key,
        parameter=parameter,
        start=start,
        amount=int(amount),
        unit=known.definition.unit,
        cap_months=known.definition.cap_months,
        pauses="[]",
        extensions="[]",
        calendar_version=calendar.version,
        state=DeadlineState.RUNNING,
        opened_at=unit.now,
    )
    row.due = _count(calendar, row)
    store.deadlines.add(unit.session, row)
    _record(unit, "deadline.open", row, {})
    return row


def close(unit: UnitOfWork, row: Deadline) -> None:
    """Let a deadline run no longer; it keeps the due day that it had."""
    if row.state is DeadlineState.CLOSED:
        return
    before = _facts(row)
    row.state = DeadlineState.CLOSED
    row.closed_at = unit.now
    unit.session.flush()
    _record(unit, "deadline.close", row, before)


def pause(unit: UnitOfWork, row: Deadline, reason: str = "") -> Moved:
    """Stop counting with the end of today. Raises `Conflict` unless the deadline runs."""
    _demand(row, DeadlineState.RUNNING)
    row.state = DeadlineState.PAUSED
    _set_pauses(row, [*pauses_of(row), Pause(parameters.today(unit), None, reason)])
    return _move(unit, "deadline.pause", row)


def resume(unit: UnitOfWork, row: Deadline) -> Moved:
    """Count again from tomorrow on. Raises `Conflict` unless the deadline is paused."""
    _demand(row, DeadlineState.PAUSED)
    *earlier, last = pauses_of(row)
    row.state = DeadlineState.RUNNING
    _set_pauses(row, [*earlier, Pause(last.start, parameters.today(unit), last.reason)])
    return _move(unit, "deadline.resume", row)


def extend(
    unit: UnitOfWork, row: Deadline, reason: str, *, until: date | None = None, asked: date | None = None
) -> Moved:
    """Prolong a deadline by the parameter's whole extension, or to `until` where that is earlier.

    `asked` is the day on which it was asked for, if not today: an extension has to be asked for in time, not granted.
    Raises `Conflict` if it had run out, is paused, or has been extended as often as the parameter allows, and
    `Invalid` if `until` lies before the present due day or beyond the longest extension.
    """
    extension = extension_to(unit, row, until, asked)
    if not reason.strip():
        raise Invalid("deadline_reason_missing", parameter=row.parameter)
    _set_extensions(row, [*extensions_of(row), replace(extension, reason=reason.strip(), by=unit.actor.name)])
    return _move(unit, "deadline.extend", row)


def extension_to(unit: UnitOfWork, row: Deadline, until: date | None = None, asked: date | None = None) -> Extension:
    """Return the extension that `extend` would enter; raises what forbids it."""
    _demand(row, DeadlineState.RUNNING)
    known = parameters.definition(row.parameter)
    if known.extension is None or len(extensions_of(row)) >= known.extensions:
        raise Conflict("deadline_extended_already", parameter=row.parameter, allowed=known.extensions)
    if row.due is None:
        raise Conflict("deadline_no_due_day", parameter=row.parameter)
    today = parameters.today(unit)
    if (asked or today) > row.due:
        raise Conflict("deadline_run_out", parameter=row.parameter, due=row.due.isoformat())
    whole = Extension(known.extension, LengthUnit(known.unit), on=today.isoformat())
    return _cut(unit, row, whole, until) if until else whole


def _cut(unit: UnitOfWork, row: Deadline, whole: Extension, until: date) -> Extension:
    calendar = calendars.calendar(unit)
    try:
        latest = due_day(calendar, row.start, length_of(row), pauses_of(row), [*extensions_of(row), whole])
    except CalendarMissing as missing:
        raise Conflict("deadline_calendar_missing", parameter=row.parameter, year=missing.year) from missing
    if row.due is None or until <= row.due:
        raise Invalid("deadline_until_too_early", parameter=row.parameter, until=until.isoformat())
    if latest is None or until > latest:
        raise Invalid(
            "deadline_until_too_late",
            parameter=row.parameter,
            until=until.isoformat(),
            latest=latest.isoformat() if latest else "",
        )
    if until == latest:
        return whole
    days = calendar.working_days_between(row.due, calendar.next_working_day(until))
    return Extension(days, LengthUnit.WORKING_DAY, whole.reason, whole.by, whole.on)


def recompute(unit: UnitOfWork) -> tuple[Moved, ...]:
    """Count all open deadlines anew after the calendar changed; return those whose due day is another.

    Timers and task due dates tied to them move in the same transaction.
    """
    calendar = calendars.calendar(unit)
    rows = [row for row in store.deadlines.open_ones(unit.session) if row.calendar_version != calendar.version]
    moved = (_move(unit, "deadline.recompute", row) for row in rows)
    return tuple(move for move in moved if move.before != move.after)


def due_moment(unit: UnitOfWork, row: Deadline, offset: int | None = None) -> datetime | None:
    """Return the end of the due day, or the beginning of the day so many working days after (negative: before) it.

    `NEVER` while the deadline is paused; None where a calendar year is missing. The moment is in the site's zone. An
    offset begins with its day because a deadline is overdue by one working day from the first minute on.
    """
    if row.state is DeadlineState.PAUSED:
        return NEVER
    if row.due is None:
        return None
    zone = unit.engine.zone
    if not offset:
        return datetime.combine(row.due, _LAST_SECOND, zone)
    try:
        return datetime.combine(calendars.calendar(unit).add_working_days(row.due, offset), time(), zone)
    except CalendarMissing:
        return None


def provisional_due(unit: UnitOfWork, row: Deadline) -> ProvisionalDay | None:
    """Return a guess at the due day that a missing calendar year withholds, to be shown with its mark.

    None where there is a due day, and while the deadline is paused or after it was closed.
    """
    if row.due is not None or row.state is not DeadlineState.RUNNING:
        return None

    def count(calendar: Calendar) -> date:
        day = due_day(calendar, row.start, length_of(row), pauses_of(row), extensions_of(row))
        if day is None:
            raise Conflict("deadline_state", parameter=row.parameter, state=row.state.value, expected="running")
        return day

    return provisional(calendars.calendar(unit), count)


def overdue_working_days(unit: UnitOfWork, row: Deadline) -> int | None:
    """Return by how many working days today is past the due day; negative before it, None without a due day."""
    if row.due is None:
        return None
    try:
        return calendars.calendar(unit).overdue_working_days(row.due, parameters.today(unit))
    except CalendarMissing:
        return None


def length_of(row: Deadline) -> Length:
    return Length(row.amount, LengthUnit(row.unit), row.cap_months)


def pauses_of(row: Deadline) -> list[Pause]:
    """Return the pauses in order; only the last may still last."""
    return [
        Pause(
            date.fromisoformat(entry["start"]),
            date.fromisoformat(entry["end"]) if entry["end"] else None,
            entry["reason"],
        )
        for entry in json.loads(row.pauses)
    ]


def extensions_of(row: Deadline) -> list[Extension]:
    """Return the extensions in order."""
    return [Extension(**{**entry, "unit": LengthUnit(entry["unit"])}) for entry in json.loads(row.extensions)]


def _set_pauses(row: Deadline, pauses: Sequence[Pause]) -> None:
    entries = [
        {"start": pause.start.isoformat(), "end": pause.end.isoformat() if pause.end else None, "reason": pause.reason}
        for pause in pauses
    ]
    row.pauses = json.dumps(entries, ensure_ascii=False)


def _set_extensions(row: Deadline, extensions: Sequence[Extension]) -> None:
    row.extensions = json.dumps([asdict(extension) for extension in extensions], ensure_ascii=False)


def _demand(row: Deadline, state: DeadlineState) -> None:
    if row.state is not state:
        raise Conflict("deadline_state", parameter=row.parameter, state=row.state.value, expected=state.value)


def _count(calendar: Calendar, row: Deadline) -> date | None:
    try:
        return due_day(calendar, row.start, length_of(row), pauses_of(row), extensions_of(row))
    except CalendarMissing:
        return None


def _move(unit: UnitOfWork, action: str, row: Deadline) -> Moved:
    calendar = calendars.calendar(unit)
    before, facts = row.due, _facts(row)
    row.due = _count(calendar, row)
    row.calendar_version = calendar.version
    unit.session.flush()
    _record(unit, action, row, facts)
    if row.due != before:
        jobs.reschedule(unit, row.key)
    return Moved(row, before, row.due)


def _facts(row: Deadline) -> dict[str, object]:
    return {"state": row.state.value, "due": row.due.isoformat() if row.due else None}


def _record(unit: UnitOfWork, action: str, row: Deadline, before: dict[str, object]) -> None:
    after = {"parameter": row.parameter, "start": row.start.isoformat(), **_facts(row)}
    audit.record(unit, action, ("deadline", row.key), before, after, business_key=str(row.case_key))
