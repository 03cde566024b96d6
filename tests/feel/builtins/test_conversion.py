"""Conversion functions. DMN 1.5, 10.3.4.1."""

from __future__ import annotations

import pytest

from tests.feel.evaluating import shown

CASES = [
    ('date("2017-12-31")', "2017-12-31"),
    ("date(2017, 12, 31)", "2017-12-31"),
    ("date(year: 2017, month: 12, day: 31)", "2017-12-31"),
    ('date(date and time("2017-09-03T09:45:30@Europe/Paris"))', "2017-09-03"),
    ('date(from: "2012-12-25")', "2012-12-25"),
    ("date(2017, 13, 1)", "null"),
    ("date(2017.5, 1, 1)", "null"),
    ("date(-1000999999, 12, 1)", "null"),
    ("date(1)", "null"),
    ("date(null)", "null"),
    ("date()", "null"),
    ('time("11:22:33.444")', "11:22:33.444"),
    ("time(12, 0, 0, null)", "12:00:00"),
    ('time(11, 59, 45, duration("-PT2H45M55S"))', "11:59:45-02:45:55"),
    ("time(11, 59, 45.5)", "11:59:45.5"),
    ("time(24, 0, 0)", "null"),
    ('time(date("2017-08-10"))', "00:00:00Z"),
    ('date and time("2018-12-08")', "2018-12-08T00:00:00"),
    ('date and time("2018-12-08T24:00:00")', "2018-12-09T00:00:00"),
    ('date and time(date("2017-01-01"), time("23:59:01@Europe/Paris"))', "2017-01-01T23:59:01@Europe/Paris"),
    ('date and time(date and time("2017-01-01T01:01:01"), time("23:59:01"))', "2017-01-01T23:59:01"),
    ("date and time(2017, 1, 2, 3, 4, 5)", "2017-01-02T03:04:05"),
    ('date and time(2017, 1, 2, 3, 4, 5, "Asia/Shanghai")', "2017-01-02T03:04:05@Asia/Shanghai"),
    ("date and time(2017, 1, 2, 3, 4, 5, 8)", "2017-01-02T03:04:05+08:00"),
    ('duration("P1DT2H")', "P1DT2H"),
    ('duration("P26M")', "P2Y2M"),
    ('duration("P1Y1D")', "null"),
    ('years and months duration(date("2011-12-22"), date("2013-08-24"))', "P1Y8M"),
    ('years and months duration(date("2016-01-21"), date("2015-01-21"))', "-P1Y"),
    ('years and months duration(date("2016-01-21"), "x")', "null"),
    ('number("1 000,0", " ", ",")', "1000"),
    ('number("1,000,000.01", ",", ".")', "1000000.01"),
    ('number(from: "1.000,5", grouping separator: ".", decimal separator: ",")', "1000.5"),
    ('number("1500")', "1500"),
    ('number("1.5E3")', "1500"),
    ('number("1,000", ",", ",")', "null"),
    ('number("1;000", ";", ",")', "null"),
    ('number("x")', "null"),
    ("string(1.50)", '"1.5"'),
    ("string(1e-9)", '"0.000000001"'),
    ("string(10 ** 40)", '"1' + "0" * 40 + '"'),
    ("string(true)", '"true"'),
    ('string([1, "a", {b: null}])', '"[1, "a", {b: null}]"'),
    ('string(@"P1D")', '"P1D"'),
    ("string([1..2))", '"[1..2)"'),
    ("string(null)", "null"),
    ('range("[18..21)")', "[18..21)"),
    ('range("[date(\\"2024-01-01\\")..@\\"2024-12-31\\"]")', '[@"2024-01-01"..@"2024-12-31"]'),
    ('range("[3..1]")', "null"),
    ('range("[1..x]")', "null"),
    ('range("1")', "null"),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_function_has_the_value_of_the_standard(text: str, expected: str) -> None:
    assert shown(text) == expected
