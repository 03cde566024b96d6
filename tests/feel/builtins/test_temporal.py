"""Functions of dates and times."""

from __future__ import annotations

import pytest

from tests.feel.evaluating import shown

CASES = [
    ("now()", "2026-03-02T04:30:00@Asia/Shanghai"),
    ("today()", "2026-03-02"),
    ("today(1)", "null"),
    ('day of week(@"2019-09-17")', '"Tuesday"'),
    ('day of year(@"2019-09-17")', "260"),
    ('month of year(@"2019-09-17T10:00:00")', '"September"'),
    ('week of year(@"2019-09-17")', "38"),
    ('week of year(@"2003-12-29")', "1"),
    ('week of year(@"2004-01-04")', "1"),
    ('week of year(@"2005-01-01")', "53"),
    ('week of year("x")', "null"),
    ('last day of month(@"2022-02-01")', "2022-02-28"),
    ('is(@"23:00:50Z", @"23:00:50+00:00")', "true"),
    ('is(@"23:00:50", @"23:00:50Z")', "false"),
    ('is(@"P0Y", @"P0D")', "false"),
    ("is([1, {a: 2}], [1, {a: 2}])", "true"),
    (
        'date and time(@"2020-07-31T14:27:30@Europe/Berlin", "America/Los_Angeles")',
        "2020-07-31T05:27:30@America/Los_Angeles",
    ),
    ('date and time(@"2020-07-31T14:27:30", "America/Los_Angeles")', "null"),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_function_has_the_value_of_the_standard(text: str, expected: str) -> None:
    assert shown(text) == expected
