"""A guess at a day whose year is not imported, for display only.

The guess counts Monday to Friday in years that are missing. It is a type of its own, not a date: nothing that takes
a due day takes it, so that it can be shown with its mark but neither stored nor start anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from service.business_calendar.calendar import Calendar, CalendarMissing
from service.business_calendar.years import Year


@dataclass(frozen=True, slots=True)
class ProvisionalDay:
    guess: date
    missing_years: tuple[int, ...]  # those whose notice has to be imported to get the day; empty: the day is certain


def provisional(calendar: Calendar, count: Callable[[Calendar], date]) -> ProvisionalDay:
    """Count a day as if years that `count` needs and the calendar lacks had no holidays.

    `count` gets a calendar to count in and may be called several times.
    """
    missing: dict[int, Year] = {}
    while True:
        try:
            return ProvisionalDay(count(Calendar([*calendar.years, *missing.values()])), tuple(sorted(missing)))
        except CalendarMissing as error:
            if error.year in missing or not date.min.year <= error.year <= date.max.year:
                raise
            missing[error.year] = Year(error.year, "", "", {})
