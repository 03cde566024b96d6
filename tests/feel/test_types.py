"""Types: instance of, conformance, implicit conversions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from service import feel
from service.feel import types
from tests.feel.evaluating import ENVIRONMENT, shown

CASES = [
    ("1 instance of number", "true"),
    ("1 + 2 instance of number", "true"),
    ('"a" instance of number', "false"),
    ("null instance of Any", "false"),
    ("null instance of Null", "true"),
    ('@"2024-01-01" instance of date', "true"),
    ('@"2024-01-01" instance of date and time', "false"),
    ('@"P1D" instance of days and time duration', "true"),
    ('@"P1M" instance of days and time duration', "false"),
    ("[1, 2] instance of list<number>", "true"),
    ('[1, "2"] instance of list<number>', "false"),
    ("[] instance of list<string>", "true"),
    ("[[1]] instance of list<list<number>>", "true"),
    ("{a: 1} instance of context<a: number>", "true"),
    ("{a: 1, b: 2} instance of context<a: number>", "true"),
    ("{a: 1} instance of context<a: string>", "false"),
    ("{} instance of context<a: string>", "false"),
    ("[1..2] instance of range<number>", "true"),
    ("[1..2] instance of range<string>", "false"),
    ("abs instance of function<Any> -> Any", "true"),
    ("(function(a: number) a) instance of function<number> -> Any", "true"),
    ("(function(a: number) a) instance of function<string> -> Any", "false"),
    ('(function() "x") instance of function<> -> string', "true"),
    ('(function() "x") instance of function<> -> number', "false"),
    ("(function(a, b) a) instance of function<Any> -> Any", "false"),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_instance_of(text: str, expected: str) -> None:
    assert shown(text) == expected


def _to_ten(value: feel.Value) -> bool:
    return isinstance(value, Decimal) and value <= 10


OWN: dict[str, types.Type] = {
    "small number": types.Constrained("small number", types.NUMBER, _to_ten),
    "smalls": types.ListOf(types.Named("small number")),
    "loop": types.Named("loop"),
}

COERCIONS: list[tuple[object, types.Type, object, bool]] = [
    ([1], types.NUMBER, 1, True),
    (1, types.LIST, [1], True),
    ([1, 2], types.NUMBER, None, False),
    ("1", types.NUMBER, None, False),
    (None, types.NUMBER, None, True),
    (feel.Date(2024, 1, 2), types.DATE_TIME, feel.DateTime(2024, 1, 2, 0, 0), True),
    (5, types.Named("small number"), 5, True),
    (50, types.Named("small number"), None, False),
    (5, types.Named("smalls"), [5], True),
    ([5], types.Named("small number"), 5, True),
    (5, types.Named("nowhere"), None, False),
    (5, types.Named("loop"), None, False),
]


@pytest.mark.parametrize(("value", "kind", "expected", "fits"), COERCIONS)
def test_value_is_converted_to_a_type(value: object, kind: types.Type, expected: object, fits: bool) -> None:
    converted = types.coerce(feel.from_python(value), kind, OWN)

    assert converted == (feel.from_python(expected), fits)


def test_instance_of_a_models_type_looks_at_the_kind_alone() -> None:
    environment = feel.Environment(ENVIRONMENT.now, ENVIRONMENT.zone, types=OWN)

    outcome = feel.parse("50 instance of small number", frozenset(OWN)).evaluate({}, environment)

    assert outcome.value is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("date and time", types.DATE_TIME),
        ("dateTime", types.DATE_TIME),
        ("list<number>", types.ListOf(types.NUMBER)),
        ("ns.tLoan", types.Named("ns.tLoan")),
        ("function<number, string> -> boolean", types.FunctionOf((types.NUMBER, types.STRING), types.BOOLEAN)),
        ("context<a b: date>", types.ContextOf((("a b", types.DATE),))),
    ],
)
def test_type_reference_is_read(text: str, expected: types.Type) -> None:
    assert feel.parse_type(text) == expected
