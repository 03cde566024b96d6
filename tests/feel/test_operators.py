"""Operators, literals and three-valued logic. DMN 1.5, 10.3.2."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.feel.evaluating import codes, result, shown

CASES = [
    # numbers
    ("1 + 2 * 3", "7"),
    ("(1 + 2) * 3", "9"),
    ("1 / 3", "0.3333333333333333333333333333333333"),
    ("0.1 + 0.2 = 0.3", "true"),
    ("2 ** 3 ** 2", "64"),  # from the left
    ("-5 ** 2", "25"),  # the sign first
    ("--5", "5"),
    ("2 - -3", "5"),
    ("1.23e4", "12300"),
    (".5", "0.5"),
    ("1 / 0", "null"),
    ("0 ** -1", "null"),
    ("10 ** 7000", "null"),
    ("(-8) ** 0.5", "null"),
    ("9999999999999999999999999999999999 + 1", "10000000000000000000000000000000000"),
    # strings
    ('"foo" + "bar"', '"foobar"'),
    ('"a" + 1', "null"),
    (r'"\u4e2d\U01F40E\uD83D\uDC0E"', '"中🐎🐎"'),
    (r'"a\"b\\c\td"', '"a"b\\c\td"'),
    (r'"\d"', '"\\d"'),
    (r'"a\uD83Db"', '"a\ufffdb"'),  # half of a pair is no character
    # comparisons
    ("1 < 2", "true"),
    ('"a" < "b"', "true"),
    ('1 < "2"', "null"),
    ("1 = null", "false"),
    ("null = null", "true"),
    ("null < 1", "null"),
    ('1 = "1"', "null"),
    ("true = false", "false"),
    ("true < false", "null"),
    ("[1, 2] = [1, 2]", "true"),
    ("{a: 1, b: 2} = {b: 2, a: 1}", "true"),
    ("1 != 2", "true"),
    ("2 between 1 and 3", "true"),
    ("2 between 1 and 3 and false", "false"),
    ("null between 1 and 3", "null"),
    # three-valued logic
    ("true and null", "null"),
    ("false and null", "false"),
    ("true or null", "true"),
    ("false or null", "null"),
    ('true and "x"', "null"),
    ('false and "x"', "false"),
    ("not(null)", "null"),
    # in
    ("5 in [1..5]", "true"),
    ("5 in [1..5)", "false"),
    ("5 in ]1..10[", "true"),
    ("1 in (1, 2)", "true"),
    ("3 in (< 2, > 5)", "false"),
    ("2 in (1..3]", "true"),
    ("1 in [[2..4], [1..3]]", "true"),
    ('"b" in ["a".."c"]', "true"),
    ('@"2024-05-01" in [@"2024-01-01"..@"2024-12-31"]', "true"),
    ("1 in [2, 1]", "true"),
    ("null in (null, 1)", "true"),
    # if
    ("if true then 1 else 2", "1"),
    ("if null then 1 else 2", "2"),
    ('if "x" then 1 else 2', "null"),
    ("if false then 1 else if true then 2 else 3", "2"),
    # comments
    ("1 + /* one */ 2 // and more", "3"),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_expression_has_the_value_of_the_standard(text: str, expected: str) -> None:
    assert shown(text) == expected


DIAGNOSTICS = [
    ("1 / 0", ["feel_division_by_zero"]),
    ('"a" + 1', ["feel_operands"]),
    ('1 < "2"', ["feel_comparison"]),
    ("x + 1", ["feel_unknown_name", "feel_operands"]),
    ("f(1)", ["feel_unknown_name", "feel_no_function"]),
    ("{a: 1}.b", ["feel_no_entry"]),
    ('"text".b', ["feel_no_property"]),
    ("[1][2]", ["feel_index"]),
    ('@"foo"', ["feel_at_literal"]),
    ('if "x" then 1 else 2', ["feel_condition"]),
    ("abs(null)", ["feel_argument_null"]),
    ('sqrt("4")', ["feel_argument_type"]),
    ("sqrt(1, 2)", ["feel_argument_count"]),
    ("sqrt(n: 4)", ["feel_argument_unknown"]),
    ("{a: 1, a: 2}", ["feel_duplicate_key"]),
    ("function(x) external {java: {}}", ["feel_external"]),
    ("1 instance of tUnknown", ["feel_unknown_type"]),
    ("null[1]", ["feel_filter_null"]),
    ("for x in null return x", ["feel_loop_null"]),
]


@pytest.mark.parametrize(("text", "expected"), DIAGNOSTICS, ids=[text for text, _ in DIAGNOSTICS])
def test_null_comes_with_its_reason(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_diagnostic_tells_the_place_in_the_text() -> None:
    text = "1 + (2 / 0)"

    (reason, _) = result(text).diagnostics

    assert text[reason.start : reason.end] == "(2 / 0)"


def test_diagnostic_tells_the_values() -> None:
    (reason,) = result('x < "2"', x=[1, 2]).diagnostics

    assert reason.facts == {
        "operator": "<",
        "left": "list",
        "right": "string",
        "left_value": "[2]",
        "right_value": '"2"',
    }


def test_decimal_keeps_34_digits() -> None:
    value = result("2 / 3").value

    assert isinstance(value, Decimal)
    assert len(value.as_tuple().digits) == 34
