"""A yearly calendar comes in: deadlines are counted anew, what hangs on them moves, the people concerned are told."""

from __future__ import annotations

from dataclasses import dataclass

from service import store, texts
from service.auth import Role
from service.business_calendar import Year
from service.casework import calendars, deadlines, notices, parameters, records
from service.casework.deadlines import Moved
from service.runtime import audit
from service.runtime.unit import UnitOfWork

_DECEMBER = 12

# Who works on the steps that deadlines of a case belong to.
_CONCERNED = (Role.LEAD.value, Role.INVEST.value)


@dataclass(frozen=True, slots=True)
class Imported:
    year: Year
    moved: tuple[Moved, ...]  # deadlines whose due day is another now


def import_calendar(unit: UnitOfWork, text: str, file: str) -> Imported:
    """Take a year from csv, and move all open deadlines, timers and task due dates that it changes.

    Raises `Forbidden`, and `Invalid` for text that is no calendar year.
    """
    with audit.action(unit, "calendar.apply", "calendar", file) as entry:
        year = calendars.import_year(unit, text, file)
        moved = deadlines.recompute(unit)
        _tell(unit, year, moved)
        entry.after.update(year=year.number, source=year.source, moved=len(moved))
    return Imported(year, moved)


def remind(unit: UnitOfWork) -> int:
    """Tell the process owners, once for each year, that a calendar is missing; return how many people were told.

    From 1 December on that of the next year, and at any time that of a year which a running time limit needs.
    """
    calendar = calendars.calendar(unit)
    today = parameters.today(unit)
    rows = [
        row
        for row in store.deadlines.open_ones(unit.session)
        if row.due is None and row.state is deadlines.DeadlineState.RUNNING
    ]
    wanted: dict[int, int] = {}
    if today.month == _DECEMBER and not calendar.has(today.year + 1):
        wanted[today.year + 1] = 0
    for row in rows:
        guess = deadlines.provisional_due(unit, row)
        for year in guess.missing_years if guess else ():
            wanted[year] = wanted.get(year, 0) + 1
    told = 0
    for year, count in sorted(wanted.items()):
        facts = {"year": year, "count": count}
        title = texts.message("calendar_missing_title", facts)
        said = texts.message("calendar_missing_waiting" if count else "calendar_missing_soon", facts)
        # Keys of the site are positive: the notice about a year has one of its own, so that it is sent once.
        told += notices.send(unit, [Role.OWNER.value], title, said, source_key=-year)
    return told


def waiting(unit: UnitOfWork) -> int:
    """Return how many running time limits have no last day because the calendar of a year is missing."""
    rows = store.deadlines.open_ones(unit.session)
    return sum(row.due is None and row.state is deadlines.DeadlineState.RUNNING for row in rows)


def _tell(unit: UnitOfWork, year: Year, moved: tuple[Moved, ...]) -> None:
    by_case: dict[int, list[Moved]] = {}
    for move in moved:
        by_case.setdefault(move.deadline.case_key, []).append(move)
    for case_key, moves in by_case.items():
        case = records.find(unit, str(case_key))
        if case is None:
            continue
        lines = [
            texts.message(
                "deadline_moved_line",
                {
                    "name": parameters.definition(move.deadline.parameter).name,
                    "before": move.before,
                    "after": move.after,
                },
            )
            for move in moves
        ]
        title = texts.message("deadline_moved_title", {"year": year.number})
        notices.send(unit, _CONCERNED, title, "\n".join(lines), source_key=unit.new_key(), case=case)
