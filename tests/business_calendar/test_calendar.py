from dataclasses import replace
from datetime import date

import pytest

from service.business_calendar import (
    Calendar,
    CalendarMissing,
    Day,
    DayKind,
    Due,
    provisional,
    shipped_years,
)

SHIPPED = {year.number: year for year in shipped_years()}
CALENDAR = Calendar([SHIPPED[2025], SHIPPED[2026]])

WORKING_DAYS = [
    pytest.param("2026-02-13", 5, "2026-02-27", id="over Spring Festival with a Saturday worked"),
    pytest.param("2025-09-26", 6, "2025-10-11", id="over National Day with two days worked"),
    pytest.param("2025-01-24", 6, "2025-02-08", id="ends on a Saturday worked"),
    pytest.param("2025-12-31", 1, "2026-01-04", id="over the turn of the year"),
    pytest.param("2026-10-10", -1, "2026-10-09", id="one day back"),
    pytest.param("2026-10-08", -2, "2026-09-29", id="back over National Day"),
    pytest.param("2026-10-03", 0, "2026-10-03", id="none leaves the day, even a rest day"),
]
MONTHS = [
    pytest.param("2026-03-10", 1, "2026-04-10", id="corresponding day"),
    pytest.param("2026-01-31", 1, "2026-02-28", id="last day of a shorter month, a Saturday worked"),
    pytest.param("2025-12-31", 1, "2026-02-02", id="Saturday moves to Monday"),
    pytest.param("2025-12-01", 1, "2026-01-04", id="holiday moves to the Sunday worked"),
    pytest.param("2026-09-01", 1, "2026-10-08", id="moves over the whole of National Day"),
    pytest.param("2025-11-28", 3, "2026-02-28", id="three months"),
    pytest.param("2026-04-30", 6, "2026-10-30", id="six months"),
]
OVERDUE = [
    pytest.param("2026-03-10", "2026-03-10", 0, id="due today"),
    pytest.param("2026-03-13", "2026-03-14", 0, id="the Saturday after"),
    pytest.param("2026-03-13", "2026-03-16", 1, id="the first working day after"),
    pytest.param("2026-03-13", "2026-03-06", -5, id="a week before"),
    pytest.param("2026-09-30", "2026-10-08", 1, id="holidays do not count"),
]


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(("start", "count", "expected"), WORKING_DAYS)
def test_working_days_are_counted_from_the_day_after(start: str, count: int, expected: str) -> None:
    assert CALENDAR.add_working_days(day(start), count) == day(expected)


@pytest.mark.parametrize(("start", "months", "expected"), MONTHS)
def test_months_end_on_the_corresponding_day_moved_off_rest_days(start: str, months: int, expected: str) -> None:
    assert CALENDAR.month_due(day(start), months) == day(expected)


@pytest.mark.parametrize(("due", "today", "expected"), OVERDUE)
def test_overdue_working_days(due: str, today: str, expected: int) -> None:
    assert CALENDAR.overdue_working_days(day(due), day(today)) == expected


def test_calendar_days_count_rest_days_but_do_not_end_on_one() -> None:
    assert CALENDAR.day_due(day("2026-01-16"), 30) == day("2026-02-24")


def test_a_year_that_is_not_imported_has_no_answer() -> None:
    assert CALENDAR.working_day_due(day("2026-12-31"), 1) == Due(None, "calendar_missing", 2027)
    assert CALENDAR.working_day_due(day("2024-12-31"), 1) == Due(day("2025-01-02"), "ok")
    with pytest.raises(CalendarMissing):
        CALENDAR.is_working_day(day("2024-12-30"))
    with pytest.raises(CalendarMissing):
        CALENDAR.month_due(day("2026-12-15"), 1)
    with pytest.raises(CalendarMissing):
        Calendar([SHIPPED[2024], SHIPPED[2026]]).add_working_days(day("2024-12-30"), 300)
    with pytest.raises(CalendarMissing):
        CALENDAR.month_due(day("9999-12-15"), 1)


def test_the_version_changes_with_a_day_and_not_with_the_order() -> None:
    other = replace(SHIPPED[2026], days={**SHIPPED[2026].days, day("2026-12-24"): Day(DayKind.HOLIDAY, "示例")})

    assert Calendar([SHIPPED[2026], SHIPPED[2025]]).version == CALENDAR.version
    assert Calendar([SHIPPED[2025], other]).version != CALENDAR.version
    assert Calendar([SHIPPED[2025]]).version != CALENDAR.version


def test_a_later_notice_changes_the_december_before() -> None:
    later = replace(SHIPPED[2026], days={**SHIPPED[2026].days, day("2025-12-27"): Day(DayKind.WORKDAY, "元旦")})

    assert not CALENDAR.is_working_day(day("2025-12-27"))
    assert Calendar([SHIPPED[2025], later]).is_working_day(day("2025-12-27"))


def test_a_provisional_day_says_which_year_is_missing() -> None:
    guess = provisional(CALENDAR, lambda calendar: calendar.add_working_days(day("2026-12-30"), 3))
    month = provisional(CALENDAR, lambda calendar: calendar.month_due(day("2026-12-16"), 1))
    certain = provisional(CALENDAR, lambda calendar: calendar.month_due(day("2026-03-16"), 1))

    assert (guess.guess, guess.missing_years) == (day("2027-01-04"), (2027,))
    assert (month.guess, month.missing_years) == (day("2027-01-18"), (2027,))
    assert (certain.guess, certain.missing_years) == (day("2026-04-16"), ())


def test_beyond_the_last_day_of_all_there_is_no_guess() -> None:
    with pytest.raises(CalendarMissing):
        provisional(CALENDAR, lambda calendar: calendar.add_working_days(day("9999-12-31"), 1))
