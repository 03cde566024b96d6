"""Dates, times and durations of FEEL: years to ±999,999,999, nanoseconds, zone ids, offsets with seconds.

The standard library's types hold none of these, so the kinds stand here on their own. A value with a zone id keeps the
id; its offset is looked up when an instant is needed. `24:00:00` is read as the next midnight.

Source: DMN 1.5, 10.3.2.3 (lexical forms and properties) and 10.3.2.3.3 - 10.3.2.3.8.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar
from zoneinfo import ZoneInfo

SECOND = 1_000_000_000  # nanoseconds
DAY = 86_400 * SECOND
MAX_YEAR = 999_999_999
MAX_OFFSET = 18 * 3600  # seconds; what the conformance kit accepts

_DATE = re.compile(r"(-?(?:\d{4}|[1-9]\d{4,8}))-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:(Z|[+-]\d\d:\d\d(?::\d\d)?)|@([\w+\-./]+))?", re.ASCII)
_DAYS_TIME = re.compile(
    r"(-)?P(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?", re.ASCII
)
_YEARS_MONTHS = re.compile(r"(-)?P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?", re.ASCII)
_MAX_TEXT = 200  # longer texts are no temporal values and are not worth a regular expression's time


@dataclass(frozen=True, slots=True)
class Date:
    """A day of the proleptic Gregorian calendar; year 0 is 1 BC."""

    year: int
    month: int
    day: int

    type_name: ClassVar[str] = "date"

    @property
    def lexical(self) -> str:
        return f"{_year(self.year)}-{self.month:02}-{self.day:02}"

    @property
    def ordinal(self) -> int:
        """Days since 1970-01-01."""
        return _ordinal(self.year, self.month, self.day)

    @property
    def weekday(self) -> int:
        """1 is Monday, 7 is Sunday."""
        return (self.ordinal + 3) % 7 + 1

    @property
    def instant(self) -> int:
        """Nanoseconds since 1970 of this day's midnight, which the standard reads in UTC."""
        return self.ordinal * DAY

    def to_date(self) -> dt.date:
        """Raise `ValueError` outside the years 1 to 9999."""
        return dt.date(self.year, self.month, self.day)

    def __str__(self) -> str:
        return self.lexical


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day, local or with an offset or a zone id."""

    nanosecond: int  # of the day
    offset: int | None = None  # seconds east of UTC; None when local or when `zone` is given
    zone: str | None = None

    type_name: ClassVar[str] = "time"

    @property
    def lexical(self) -> str:
        return _clock(self.nanosecond) + _zone_text(self.offset, self.zone)

    @property
    def is_local(self) -> bool:
        return self.offset is None and self.zone is None

    @property
    def utc_offset(self) -> int | None:
        """Seconds; of a zone id its standard time of 1970, as a time has no day."""
        if self.zone is not None:
            return zone_offset(self.zone, 0, self.nanosecond)
        return self.offset

    @property
    def instant(self) -> int:
        """Nanoseconds since midnight UTC; local when there is no offset."""
        return self.nanosecond - (self.utc_offset or 0) * SECOND

    def __str__(self) -> str:
        return self.lexical


@dataclass(frozen=True, slots=True)
class DateTime:
    """A moment by its local fields, local or with an offset or a zone id."""

    year: int
    month: int
    day: int
    nanosecond: int  # of the day
    offset: int | None = None  # seconds east of UTC; None when local or when `zone` is given
    zone: str | None = None

    type_name: ClassVar[str] = "date and time"

    @property
    def lexical(self) -> str:
        day = f"{_year(self.year)}-{self.month:02}-{self.day:02}"
        return f"{day}T{_clock(self.nanosecond)}{_zone_text(self.offset, self.zone)}"

    @property
    def date(self) -> Date:
        return Date(self.year, self.month, self.day)

    @property
    def time(self) -> Time:
        return Time(self.nanosecond, self.offset, self.zone)

    @property
    def is_local(self) -> bool:
        return self.offset is None and self.zone is None

    @property
    def weekday(self) -> int:
        return self.date.weekday

    @property
    def utc_offset(self) -> int | None:
        """Seconds at this moment."""
        if self.zone is not None:
            return zone_offset(self.zone, _ordinal(self.year, self.month, self.day), self.nanosecond)
        return self.offset

    @property
    def instant(self) -> int:
        """Nanoseconds since 1970 UTC; of the local fields when there is no offset."""
        local = _ordinal(self.year, self.month, self.day) * DAY + self.nanosecond
        return local - (self.utc_offset or 0) * SECOND

    def to_datetime(self, zone: dt.tzinfo) -> dt.datetime:
        """An aware datetime; a local value is read in `zone`. Raise `ValueError` outside the years 1 to 9999."""
        seconds, nanos = divmod(self.nanosecond, SECOND)
        if self.zone is not None:
            zone = _zone(self.zone)
        elif self.offset is not None:
            zone = dt.timezone(dt.timedelta(seconds=self.offset))
        hour, minute, second = seconds // 3600, seconds // 60 % 60, seconds % 60
        return dt.datetime(self.year, self.month, self.day, hour, minute, second, nanos // 1000, zone)

    def __str__(self) -> str:
        return self.lexical


@dataclass(frozen=True, slots=True)
class DaysTimeDuration:
    """A length of time in nanoseconds."""

    nanoseconds: int

    type_name: ClassVar[str] = "days and time duration"

    @property
    def lexical(self) -> str:
        rest, nanos = divmod(abs(self.nanoseconds), SECOND)
        days, rest = divmod(rest, 86_400)
        clock = "".join(f"{amount}{unit}" for amount, unit in ((rest // 3600, "H"), (rest // 60 % 60, "M")) if amount)
        if rest % 60 or nanos:
            fraction = f".{nanos:09}".rstrip("0") if nanos else ""
            clock += f"{rest % 60}{fraction}S"
        text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
        return ("-P" if self.nanoseconds < 0 else "P") + (text or "T0S")

    def to_timedelta(self) -> dt.timedelta:
        """To the microsecond; raise `OverflowError` beyond 999,999,999 days."""
        return dt.timedelta(microseconds=self.nanoseconds // 1000)

    def __str__(self) -> str:
        return self.lexical


@dataclass(frozen=True, slots=True)
class YearsMonthsDuration:
    """A length of time in months."""

    total_months: int

    type_name: ClassVar[str] = "years and months duration"

    @property
    def lexical(self) -> str:
        years, months = divmod(abs(self.total_months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-P" if self.total_months < 0 else "P") + (text or "0M")

    def __str__(self) -> str:
        return self.lexical


Temporal = Date | Time | DateTime | DaysTimeDuration | YearsMonthsDuration


def date(year: int, month: int, day: int) -> Date | None:
    """The day, or None when there is no such day."""
    if abs(year) > MAX_YEAR or not 1 <= month <= 12 or not 1 <= day <= days_in_month(year, month):
        return None
    return Date(year, month, day)


def date_time(day: Date, time: Time) -> DateTime:
    return DateTime(day.year, day.month, day.day, time.nanosecond, time.offset, time.zone)


def parse_date(text: str) -> Date | None:
    match = _DATE.fullmatch(text) if len(text) < _MAX_TEXT else None
    return date(int(match[1]), int(match[2]), int(match[3])) if match else None


def parse_time(text: str) -> Time | None:
    found = _parse_time(text)
    return found[0] if found else None


def parse_date_time(text: str) -> DateTime | None:
    """A date and time; a date alone is its midnight."""
    day_text, separator, time_text = text.partition("T")
    day = parse_date(day_text)
    if day is None:
        return None
    if not separator:
        return DateTime(day.year, day.month, day.day, 0)
    found = _parse_time(time_text)
    if found is None:
        return None
    time, is_next_day = found
    if is_next_day:
        following = from_ordinal(day.ordinal + 1)
        if following is None:
            return None
        day = following
    return date_time(day, time)


def parse_duration(text: str) -> DaysTimeDuration | YearsMonthsDuration | None:
    if len(text) >= _MAX_TEXT:
        return None
    if match := _YEARS_MONTHS.fullmatch(text):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return YearsMonthsDuration(-months if match[1] else months)
    if match := _DAYS_TIME.fullmatch(text):
        seconds = int(match[2] or 0) * 86_400 + int(match[3] or 0) * 3600 + int(match[4] or 0) * 60 + int(match[5] or 0)
        nanos = seconds * SECOND + _fraction(match[6])
        return DaysTimeDuration(-nanos if match[1] else nanos)
    return None


def parse(text: str) -> Temporal | None:
    """Whatever temporal value the text is, as in `@"..."`."""
    return parse_duration(text) or parse_date(text) or parse_time(text) or parse_date_time(text)


def from_ordinal(ordinal: int) -> Date | None:
    """The day so many days after 1970-01-01; None beyond the last year."""
    # Howard Hinnant, chrono-compatible low-level date algorithms: civil_from_days.
    shifted = ordinal + 719_468
    era, day_of_era = divmod(shifted, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_index = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month_index + 2) // 5 + 1
    month = month_index + 3 if month_index < 10 else month_index - 9
    year = year_of_era + era * 400 + (month <= 2)
    return Date(year, month, day) if abs(year) <= MAX_YEAR else None


def from_instant(instant: int, offset: int | None, zone: str | None) -> DateTime | None:
    """The date and time at an instant (nanoseconds since 1970 UTC), seen at an offset or in a zone."""
    if zone is not None:
        day, clock = divmod(instant, DAY)
        seconds = _offset_at_instant(zone, day, clock)
    else:
        seconds = offset or 0
    day, clock = divmod(instant + seconds * SECOND, DAY)
    found = from_ordinal(day)
    return None if found is None else DateTime(found.year, found.month, found.day, clock, offset, zone)


def from_datetime(value: dt.datetime) -> DateTime:
    clock = ((value.hour * 60 + value.minute) * 60 + value.second) * SECOND + value.microsecond * 1000
    zone = getattr(value.tzinfo, "key", None)
    offset = None
    if zone is None and (delta := value.utcoffset()) is not None:
        offset = int(delta.total_seconds())
    return DateTime(value.year, value.month, value.day, clock, offset, zone)


def from_time(value: dt.time) -> Time:
    clock = ((value.hour * 60 + value.minute) * 60 + value.second) * SECOND + value.microsecond * 1000
    zone = getattr(value.tzinfo, "key", None)
    offset = None
    if zone is None and (delta := value.utcoffset()) is not None:
        offset = int(delta.total_seconds())
    return Time(clock, offset, zone)


def add_days_time(value: DateTime, nanoseconds: int) -> DateTime | None:
    """The moment later by a duration; with a zone id along its local clock, as the standard's own table says."""
    local = _ordinal(value.year, value.month, value.day) * DAY + value.nanosecond + nanoseconds
    day, clock = divmod(local, DAY)
    found = from_ordinal(day)
    if found is None:
        return None
    return DateTime(found.year, found.month, found.day, clock, value.offset, value.zone)


def add_months(day: Date, months: int) -> Date | None:
    """The day so many months later; the last day of the month when the month is shorter."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    if abs(year) > MAX_YEAR:
        return None
    return Date(year, month + 1, min(day.day, days_in_month(year, month + 1)))


def months_between(start: Date | DateTime, end: Date | DateTime) -> int:
    """Whole months from day to day, whatever the time (conformance case 1121); negative when end is earlier."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        return months - 1
    if months < 0 and end.day > start.day:
        return months + 1
    return months


def days_in_month(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in {4, 6, 9, 11} else 31


def is_zone(name: str) -> bool:
    try:
        _zone(name)
    except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError
        return False
    return True


def zone_offset(name: str, ordinal: int, nanosecond: int) -> int:
    """UTC offset in seconds of a zone at a local day and time; the earlier offset where the clock is set back."""
    local = _representable(ordinal, nanosecond)
    offset = local.replace(tzinfo=_zone(name)).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _offset_at_instant(name: str, ordinal: int, nanosecond: int) -> int:
    moment = _representable(ordinal, nanosecond).replace(tzinfo=dt.UTC)
    try:
        offset = moment.astimezone(_zone(name)).utcoffset()
    except OverflowError:
        return zone_offset(name, ordinal, nanosecond)
    return 0 if offset is None else int(offset.total_seconds())


def _representable(ordinal: int, nanosecond: int) -> dt.datetime:
    """A datetime with the same clock, moved by whole 400-year cycles into the years that zoneinfo knows."""
    first, last = -719_162, 2_932_896  # 0001-01-01 and 9999-12-31
    if ordinal < first:
        ordinal += (first - ordinal + 146_096) // 146_097 * 146_097
    elif ordinal > last:
        ordinal -= (ordinal - last + 146_096) // 146_097 * 146_097
    seconds = nanosecond // SECOND
    return dt.datetime.fromordinal(ordinal + 719_163) + dt.timedelta(seconds=seconds)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _ordinal(year: int, month: int, day: int) -> int:
    # Howard Hinnant: days_from_civil.
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def _parse_time(text: str) -> tuple[Time, bool] | None:
    """The time and whether it was 24:00:00, the next day's midnight."""
    match = _TIME.fullmatch(text) if len(text) < _MAX_TEXT else None
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    fraction = _fraction(match[4])
    is_next_day = hour == 24 and minute == second == fraction == 0
    if not is_next_day and (hour > 23 or minute > 59 or second > 59):
        return None
    offset = None
    if match[5]:
        offset = _offset(match[5])
        if offset is None:
            return None
    zone = match[6]
    if zone is not None and not is_zone(zone):
        return None
    clock = 0 if is_next_day else ((hour * 60 + minute) * 60 + second) * SECOND + fraction
    return Time(clock, offset, zone), is_next_day


def _offset(text: str) -> int | None:
    if text == "Z":
        return 0
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    if minutes > 59 or any(second > 59 for second in seconds):
        return None
    total = hours * 3600 + minutes * 60 + sum(seconds)
    if total > MAX_OFFSET:
        return None
    return -total if text[0] == "-" else total


def _fraction(digits: str | None) -> int:
    return int(f"{digits or 0:0<9}"[:9]) if digits else 0


def _year(year: int) -> str:
    return f"-{-year:04}" if year < 0 else f"{year:04}"


def _clock(nanosecond: int) -> str:
    seconds, nanos = divmod(nanosecond, SECOND)
    fraction = f".{nanos:09}".rstrip("0") if nanos else ""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{fraction}"


def _zone_text(offset: int | None, zone: str | None) -> str:
    if zone is not None:
        return f"@{zone}"
    if offset is None:
        return ""
    if offset == 0:
        return "Z"
    sign, rest = ("-", -offset) if offset < 0 else ("+", offset)
    text = f"{sign}{rest // 3600:02}:{rest // 60 % 60:02}"
    return f"{text}:{rest % 60:02}" if rest % 60 else text
