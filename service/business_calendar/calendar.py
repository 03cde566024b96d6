"""The working day calendar and what is counted in it.

procedure.md 6.3: the starting day does not count; months end on the corresponding day; an end on a rest day moves to
the next working day.
"""

from __future__ import annotations

import hashlib
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from service.business_calendar.years import DayKind, Year
from service.errors import Invalid

_DAY = timedelta(days=1)
_SATURDAY = 5


class CalendarMissing(Invalid):
    """The day asked for lies in, or is only reached through, a year that has not been imported."""

    def __init__(self, year: int) -> None:
        super().__init__("calendar_missing", year=year)
        self.year = year


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a period, or why there is none."""

    day: date | None
    status: str  # "ok" | "calendar_missing"; `day` is None unless "ok"
    missing_year: int | None = None


class Calendar:
    """Working days of the imported years. Every method raises `CalendarMissing` where a needed year is not there."""

    def __init__(self, years: Iterable[Year]) -> None:
        self._years = {year.number: year for year in years}
        # Later notices last: one may change days of the December before it.
        self._days = {day: entry for year in self.years for day, entry in year.days.items()}

    @property
    def years(self) -> tuple[Year, ...]:
        """The imported years, in order."""
        return tuple(self._years[number] for number in sorted(self._years))

    @property
    def version(self) -> str:
        """What the calendar says, as a short text: equal for equal days, another as soon as one day changes."""
        digest = hashlib.sha256()
        for year in self.years:
            digest.update(f"{year.number} {year.source}\n".encode())
            for day, entry in year.days.items():
                digest.update(f"{day.isoformat()} {entry.kind}\n".encode())
        return digest.hexdigest()[:16]

    def has(self, year: int) -> bool:
        return year in self._years

    def is_working_day(self, day: date) -> bool:
        if day.year not in self._years:
            raise CalendarMissing(day.year)
        entry = self._days.get(day)
        return entry.kind is DayKind.WORKDAY if entry else day.weekday() < _SATURDAY

    def next_working_day(self, day: date) -> date:
        """Return the day itself if it is a working day, else the first one after it."""
        while not self.is_working_day(day):
            day = _later(day, _DAY)
        return day

    def add_working_days(self, start: date, count: int) -> date:
        """Return the day `count` working days after `start`, the starting day not counted; before it if negative.

        A `count` of 0 gives `start`, whatever kind of day it is.
        """
        step = _DAY if count > 0 else -_DAY
        day = start
        for _ in range(abs(count)):
            day = _later(day, step)
            while not self.is_working_day(day):
                day = _later(day, step)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and with `end`; negative where `end` is the earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + _DAY * number) for number in range(1, (end - start).days + 1))

    def overdue_working_days(self, due: date, today: date) -> int:
        """Count the working days by which `today` is past `due`: 0 on the day itself, negative before it."""
        return self.working_days_between(due, today)

    def month_due(self, start: date, months: int) -> date:
        """Return the corresponding day `months` later, else the last of that month, moved off rest days."""
        return self.next_working_day(corresponding_day(start, months))

    def day_due(self, start: date, days: int) -> date:
        """Return the day `days` calendar days later, moved off rest days."""
        return self.next_working_day(_later(start, _DAY * days))

    def working_day_due(self, start: date, count: int) -> Due:
        """Return D13: the day `count` working days after `start`, or the status `calendar_missing`."""
        try:
            return Due(self.add_working_days(start, count), "ok")
        except CalendarMissing as missing:
            return Due(None, missing.code, missing.year)


def corresponding_day(start: date, months: int) -> date:
    """Return the day of the same number `months` later, or the last day of a month that has no such day."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    if not date.min.year <= year <= date.max.year:
        raise CalendarMissing(year)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _later(day: date, step: timedelta) -> date:
    try:
        return day + step
    except OverflowError as error:
        raise CalendarMissing(day.year + (1 if step > timedelta() else -1)) from error
