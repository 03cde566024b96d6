"""Unary tests: the cells of a decision table. DMN 1.5, 10.3.1.2, rules 7 - 18."""

from __future__ import annotations

import pytest

from service import feel
from tests.feel.evaluating import ENVIRONMENT

CASES: list[tuple[str, object, bool | None]] = [
    ("-", 1, True),
    ("-", None, True),
    ("", 1, True),
    ("5", 5, True),
    ("5", 6, False),
    ('"a","b"', "b", True),
    ('not("a","b")', "b", False),
    ('not("a","b")', "c", True),
    (">= 5", 5, True),
    ("< 5, > 10", 11, True),
    ("[1..10]", 10, True),
    ("]1..10[", 10, False),
    ("]1..10[", 2, True),
    ("(1..10)", 1, False),
    ("true", True, True),
    ("false", True, False),
    ("not(true)", False, True),
    ("null", None, True),
    ("null", 1, False),
    ("5", None, False),
    ("> 5", None, None),
    ("? > 3 and ? < 6", 4, True),
    ('contains(?, "x")', "axb", True),
    ('not(contains(?, "x"))', "axb", False),
    ('not(contains(?, "x")) and true', "a", True),
    ("[1, 2, 3]", 2, True),
    ("list", 2, True),
    ("limit", 5, True),
    ("> limit", 6, True),
    ("limit + 1", 6, True),
    ("limit > 3", "anything", True),
    ("limit > 3", False, False),
    ('date("2024-01-01")', feel.Date(2024, 1, 1), True),
    ('< date("2024-01-01")', feel.Date(2023, 1, 1), True),
    ('[date("2024-01-01")..date("2024-12-31")]', feel.Date(2024, 6, 1), True),
    ('duration("P1D")', feel.DaysTimeDuration(86_400_000_000_000), True),
    ("5", "5", None),
    ("!= 5", 6, True),
    ("= 5", 5, True),
    ("some x in ? satisfies x > 2", [1, 3], True),
    ("count(?) > 1", [1, 3], True),
]


@pytest.mark.parametrize(("text", "value", "expected"), CASES, ids=[f"{text} of {value}" for text, value, _ in CASES])
def test_value_passes(text: str, value: object, expected: bool | None) -> None:
    scope = {"limit": feel.from_python(5), "list": feel.from_python([1, 2])}

    outcome = feel.parse_unary_tests(text).test(feel.from_python(value), scope, ENVIRONMENT)

    assert outcome.value is expected


@pytest.mark.parametrize("text", ["> ", "1,,2", "not(1", "5 6", "< 5 and > 3"])
def test_other_text_is_a_syntax_error(text: str) -> None:
    with pytest.raises(feel.FeelSyntaxError):
        feel.parse_unary_tests(text)


def test_tests_tell_which_names_they_read() -> None:
    assert feel.parse_unary_tests("> limit, ? = other").names == {"limit", "other"}


def test_dash_is_known_as_any() -> None:
    assert feel.parse_unary_tests("-").is_any
    assert not feel.parse_unary_tests("- 5").is_any
