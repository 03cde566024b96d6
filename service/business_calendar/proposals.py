"""What libraries know or reckon of a year: a proposal that somebody has to confirm with the number of the notice.

`chinesecalendar` has the published days, working ones too, up to the year it was released in; of later years `holidays`
reckons the statutory holidays, without the days moved by the notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar
import holidays

from service.business_calendar.years import Day, DayKind, Year
from service.errors import Invalid

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Proposal:
    year: Year
    complete: bool  # days on which is worked are known too


def propose(number: int, source: str) -> Proposal:
    """Return the days of a year as a library has them. Raises `Invalid` where the number of the notice is missing."""
    if not source.strip():
        raise Invalid("calendar_proposal_source", year=number)
    if not 2004 <= number <= 2100:
        raise Invalid("calendar_proposal_year", year=number)
    published = _published(number)
    days = published if published is not None else _statutory(number)
    return Proposal(Year(number, source.strip(), "", days), published is not None)


def _published(number: int) -> dict[date, Day] | None:
    first = date(number, 1, 1)
    found: dict[date, Day] = {}
    try:
        for offset in range((date(number + 1, 1, 1) - first).days):
            day = first + timedelta(days=offset)
            is_holiday, name = chinese_calendar.get_holiday_detail(day)
            named = name.value if hasattr(name, "value") else str(name or "")
            holiday = chinese_calendar.Holiday
            chinese = next((one.chinese for one in holiday if one.value == named), "")
            if is_holiday and chinese:
                found[day] = Day(DayKind.HOLIDAY, chinese)
            elif not is_holiday and day.weekday() >= _SATURDAY:
                found[day] = Day(DayKind.WORKDAY, chinese)
    except NotImplementedError:
        return None
    return found


def _statutory(number: int) -> dict[date, Day]:
    known = holidays.country_holidays("CN", years=number, language="zh_CN")
    return {day: Day(DayKind.HOLIDAY, name) for day, name in sorted(known.items()) if day.year == number}
