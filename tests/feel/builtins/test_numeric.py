"""Numeric functions. DMN 1.5, 10.3.4.5."""

from __future__ import annotations

import pytest

from tests.feel.evaluating import shown

CASES = [
    ("decimal(1/3, 2)", "0.33"),
    ("decimal(1.5, 0)", "2"),
    ("decimal(2.5, 0)", "2"),
    ("decimal(1234, -2)", "1200"),
    ("decimal(1, 6177)", "null"),
    ("floor(-1.5)", "-2"),
    ("floor(1.56, 1)", "1.5"),
    ("floor(1.56, null)", "null"),
    ("ceiling(1.5)", "2"),
    ("ceiling(-1.56, 1)", "-1.5"),
    ("round up(-5.5, 0)", "-6"),
    ("round down(-5.5, 0)", "-5"),
    ("round half up(1.125, 2)", "1.13"),
    ("round half up(-5.5, 0)", "-6"),
    ("round half down(5.5, 0)", "5"),
    ("abs(-10)", "10"),
    ('abs(@"-P1DT2H")', "P1DT2H"),
    ('abs("x")', "null"),
    ("modulo(-12, 5)", "3"),
    ("modulo(12, -5)", "-3"),
    ("modulo(-10.1, 4.5)", "3.4"),
    ("modulo(1, 0)", "null"),
    ("sqrt(16)", "4"),
    ("sqrt(-1)", "null"),
    ("log(10)", "2.302585092994045684017991454684364"),
    ("log(0)", "null"),
    ("exp(0)", "1"),
    ("exp(100000)", "null"),
    ("odd(5)", "true"),
    ("odd(-2)", "false"),
    ("even(5.5)", "false"),
    ("even(0)", "true"),
    ('odd("1")', "null"),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_function_has_the_value_of_the_standard(text: str, expected: str) -> None:
    assert shown(text) == expected
