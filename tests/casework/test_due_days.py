"""What a deadline's last day is: pure counting."""

from datetime import date

import pytest

from service.business_calendar import Calendar, CalendarMissing, shipped_years
from service.casework.deadlines import Extension, Length, Pause, due_day
from service.casework.parameters import LengthUnit

CALENDAR = Calendar(shipped_years())
WORKING, DAY, MONTH = LengthUnit.WORKING_DAY, LengthUnit.DAY, LengthUnit.MONTH


def day(text: str) -> date:
    return date.fromisoformat(text)


def pause(start: str, end: str | None) -> Pause:
    return Pause(day(start), day(end) if end else None)


CASES = [
    pytest.param("2026-03-10", Length(5, WORKING), [], [], "2026-03-17", id="working days"),
    pytest.param("2026-03-10", Length(30, DAY), [], [], "2026-04-09", id="calendar days"),
    pytest.param("2026-09-01", Length(30, DAY), [], [], "2026-10-08", id="calendar days move off a holiday"),
    pytest.param("2026-01-31", Length(1, MONTH), [], [], "2026-02-28", id="month"),
    pytest.param(
        "2026-03-10",
        Length(5, WORKING),
        [pause("2026-03-11", "2026-03-13")],
        [],
        "2026-03-19",
        id="paused working days do not count",
    ),
    pytest.param(
        "2026-03-10",
        Length(5, WORKING),
        [pause("2026-03-11", "2026-03-11")],
        [],
        "2026-03-17",
        id="a pause ended on its day takes nothing",
    ),
    pytest.param(
        "2026-03-10",
        Length(5, WORKING),
        [pause("2026-03-13", "2026-03-15")],
        [],
        "2026-03-17",
        id="a paused weekend takes nothing",
    ),
    pytest.param(
        "2026-03-10",
        Length(5, WORKING),
        [pause("2026-03-11", "2026-03-12"), pause("2026-03-16", "2026-03-18")],
        [],
        "2026-03-20",
        id="two pauses",
    ),
    pytest.param(
        "2026-03-10",
        Length(1, MONTH),
        [pause("2026-03-20", "2026-03-27")],
        [],
        "2026-04-17",
        id="a month gets paused days back one by one",
    ),
    pytest.param("2026-03-10", Length(5, WORKING), [pause("2026-03-11", None)], [], None, id="paused now"),
    pytest.param(
        "2026-03-10", Length(30, WORKING), [], [Extension(15, WORKING)], "2026-05-15", id="working days extended"
    ),
    pytest.param("2026-01-31", Length(1, MONTH), [], [Extension(1, MONTH)], "2026-03-31", id="month extended"),
    pytest.param(
        "2026-01-31",
        Length(1, MONTH),
        [],
        [Extension(3, WORKING)],
        "2026-03-04",
        id="month extended by working days",
    ),
    pytest.param("2026-09-18", Length(30, WORKING, cap_months=1), [], [], "2026-10-19", id="no later than the cap"),
    pytest.param("2026-03-10", Length(7, WORKING, cap_months=1), [], [], "2026-03-19", id="cap not reached"),
]


@pytest.mark.parametrize(("start", "length", "pauses", "extensions", "expected"), CASES)
def test_due_day(
    start: str, length: Length, pauses: list[Pause], extensions: list[Extension], expected: str | None
) -> None:
    due = due_day(CALENDAR, day(start), length, pauses, extensions)

    assert due == (day(expected) if expected else None)


def test_a_deadline_into_a_year_that_is_not_imported_has_no_due_day() -> None:
    with pytest.raises(CalendarMissing):
        due_day(CALENDAR, day("2026-12-30"), Length(2, WORKING))
