"""Dates, times and durations: texts, properties, arithmetic, order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import feel
from service.feel import temporal
from tests.feel.evaluating import shown

TEXTS = [
    "2024-02-29",
    "-0044-03-15",
    "999999999-12-31",
    "-999999999-01-01",
    "10:30:00",
    "10:30:00.123456789",
    "10:30:00Z",
    "10:30:00+02:45:55",
    "10:30:00-05:00",
    "10:30:00@Europe/Paris",
    "2024-02-29T10:30:00",
    "2024-02-29T10:30:00.5@Asia/Shanghai",
    "-2021-01-01T10:10:10+11:00",
    "P1DT2H3M4.5S",
    "-PT0.000000001S",
    "PT0S",
    "P1Y2M",
    "-P11M",
    "P0M",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_survives_reading_and_writing(text: str) -> None:
    value = temporal.parse(text)

    assert value is not None
    assert value.lexical == text


WRITTEN = [
    ("10:30:00+00:00", "10:30:00Z"),
    ("10:30:00-00:00", "10:30:00Z"),
    ("24:00:00", "00:00:00"),
    ("2024-12-31T24:00:00", "2025-01-01T00:00:00"),
    ("PT36H", "P1DT12H"),
    ("P14M", "P1Y2M"),
    ("10:30:00.1234567899", "10:30:00.123456789"),
]


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_text_is_brought_to_one_form(text: str, expected: str) -> None:
    value = temporal.parse(text)

    assert value is not None
    assert value.lexical == expected


WRONG = [
    "2024-02-30",
    "2023-02-29",
    "24-01-01",
    "02024-01-01",
    "+2024-01-01",
    "1000000000-01-01",
    "10:60:00",
    "24:00:01",
    "7:00:00",
    "10:30",
    "10:30:00+19:00",
    "10:30:00+02:00@Europe/Paris",
    "10:30:00@Nowhere/Land",
    "10:30:00@../../etc/passwd",
    "2024-01-01T",
    "P",
    "PT",
    "P1YT1H",
    "P1Y1D",
    "-P",
    "1D",
    "",
    "9" * 300,
]


@pytest.mark.parametrize("text", WRONG)
def test_other_text_is_no_temporal_value(text: str) -> None:
    assert temporal.parse(text) is None


CASES = [
    # properties
    ('@"2018-12-10".weekday', "1"),
    ('@"2018-12-10T10:30:01@Etc/UTC".timezone', '"Etc/UTC"'),
    ('@"2018-07-10T10:30:01@Europe/Paris".time offset', "PT2H"),
    ('@"10:30:01+05:00".time offset', "PT5H"),
    ('@"10:30:01".time offset', "null"),
    ('@"-P1DT2H".days', "-1"),
    ('@"P1Y2M".months', "2"),
    ('@"P1Y".days', "null"),
    # arithmetic
    ('@"2024-01-31" + @"P1M"', "2024-02-29"),
    ('@"2024-02-29" + @"P1Y"', "2025-02-28"),
    ('@"2024-01-01" + @"PT36H"', "2024-01-02"),
    ('@"2021-01-02" - @"PT1S"', "2021-01-01"),
    ('@"2024-03-01" - @"2024-02-01"', "P29D"),
    ('@"10:00:00" + @"PT15H"', "01:00:00"),
    ('@"10:00:00" - @"09:30:00"', "PT30M"),
    ('@"2024-01-01T10:00:00Z" - @"2024-01-01T10:00:00@Asia/Shanghai"', "PT8H"),
    ('@"2024-01-01T10:00:00Z" - @"2024-01-01T10:00:00"', "null"),
    ('@"P1D" * 1.5', "P1DT12H"),
    ('@"P1Y11M" * -2.5', "-P4Y9M"),
    ('@"P10D" / @"P5D"', "2"),
    ('@"P1D" / 0', "null"),
    ('@"P1D" + @"P1M"', "null"),
    ('-@"P1D"', "-P1D"),
    ('@"999999999-12-31" + @"P1D"', "null"),
    ('@"-2021-01-01T10:10:10" + @"-P1D"', "-2022-12-31T10:10:10"),
    # equality and order
    ('@"2024-01-01T10:00:00+01:00" = @"2024-01-01T09:00:00Z"', "true"),
    ('@"10:00:00" = @"10:00:00Z"', "false"),
    ('@"10:00:00" < @"10:00:00Z"', "null"),
    ('@"10:00:00.1" = @"10:00:00.2"', "true"),
    ('@"P1D" = @"PT24H"', "true"),
    ('@"P1D" < @"P1M"', "null"),
    ('@"2024-01-01" < @"2024-01-02"', "true"),
    ('is(@"10:00:00@Europe/Paris", @"10:00:00+01:00")', "false"),
    ("today()", "2026-03-02"),
    ("now()", "2026-03-02T04:30:00@Asia/Shanghai"),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_expression_has_the_value_of_the_standard(text: str, expected: str) -> None:
    assert shown(text) == expected


@given(st.integers(-365_242_000_000, 365_241_000_000))
def test_day_number_and_date_are_each_others_inverse(ordinal: int) -> None:
    day = temporal.from_ordinal(ordinal)

    assert day is not None
    assert day.ordinal == ordinal


@given(st.dates())
def test_days_agree_with_the_standard_library(day: date) -> None:
    own = feel.Date(day.year, day.month, day.day)

    assert own.ordinal == day.toordinal() - date(1970, 1, 1).toordinal()
    assert own.weekday == day.isoweekday()
    assert own.to_date() == day


@given(st.datetimes(timezones=st.just(ZoneInfo("Europe/Paris"))))
def test_instant_agrees_with_the_standard_library(moment: datetime) -> None:
    moment = moment.replace(fold=0)
    own = temporal.from_datetime(moment)

    assert own.instant == (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000


def test_moment_becomes_an_aware_datetime() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    local, fixed = (
        temporal.parse_date_time("2024-05-01T08:00:00"),
        temporal.parse_date_time("2024-05-01T08:00:00+01:00"),
    )
    assert local is not None
    assert fixed is not None

    assert local.to_datetime(shanghai) == datetime(2024, 5, 1, 8, tzinfo=shanghai)
    assert fixed.to_datetime(shanghai) == datetime(2024, 5, 1, 8, tzinfo=timezone(timedelta(hours=1)))


def test_moment_outside_of_pythons_years_is_a_value_error() -> None:
    far = temporal.parse_date_time("99999-05-01T08:00:00")
    assert far is not None

    with pytest.raises(ValueError, match="year"):
        far.to_datetime(UTC)
