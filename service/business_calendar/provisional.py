"""A guess at a day whose year is not imported, for display only.

The guess counts Monday to Friday in years that are missing. It is a type of its own, not a date: nothing that takes
a due day takes it, so that it can be shown with its mark but neither stored nor start anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from service.business_calendar.calendar import Calendar, CalendarMissing, corresponding_day

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class ProvisionalDay:
    guess: date
    missing_years: tuple[int, ...]  # those whose notice has to be imported to get the day; never empty


def provisional_working_day(calendar: Calendar, start: date, count: int) -> ProvisionalDay:
    """Guess `calendar.add_working_days(start, count)` where that raises `CalendarMissing`; `count` is at least 1."""
    missing: set[int] = set()
    day = start
    for _ in range(count):
        day = _next(calendar, day + timedelta(days=1), missing)
    return ProvisionalDay(day, tuple(sorted(missing)))


def provisional_month_due(calendar: Calendar, start: date, months: int) -> ProvisionalDay:
    """Guess `calendar.month_due(start, months)` where that raises `CalendarMissing`."""
    missing: set[int] = set()
    day = _next(calendar, corresponding_day(start, months), missing)
    return ProvisionalDay(day, tuple(sorted(missing)))


def _next(calendar: Calendar, day: date, missing: set[int]) -> date:
    while not _works(calendar, day, missing):
        day += timedelta(days=1)
    return day


def _works(calendar: Calendar, day: date, missing: set[int]) -> bool:
    try:
        return calendar.is_working_day(day)
    except CalendarMissing as error:
        missing.add(error.year)
        return day.weekday() < _SATURDAY
