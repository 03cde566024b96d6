"""What Camunda adds; @camunda/feel-builtins 1.4.1."""

from __future__ import annotations

import re

import pytest

from service import feel
from tests.feel.evaluating import shown

CASES = [
    ("is defined(1)", "true"),
    ("is defined(null)", "false"),
    ("is defined(nowhere)", "false"),
    ("is defined({a: 1}.b)", "false"),
    ('get or else("this", "default")', '"this"'),
    ('get or else(null, "default")', '"default"'),
    ("get or else(null, null)", "null"),
    ("assert(1, 1 > 0)", "1"),
    ('trim("  hello  world ")', '"hello  world"'),
    ('is blank(" \t")', "true"),
    ('is blank("a")', "false"),
    ('to base64("FEEL 容错")', '"RkVFTCDlrrnplJk="'),
    ('from base64("RkVFTCDlrrnplJk=")', '"FEEL 容错"'),
    ('from base64("%")', "null"),
    ('to json({a: 1, b: [true, null, @"P1D"]})', '"{"a":1,"b":[true,null,"P1D"]}"'),
    ("to json([1..2])", "null"),
    ('from json("{\\"a\\": [1.50, null]}")', "{a: [1.5, null]}"),
    ('from json("{")', "null"),
    ("random number() >= 0 and random number() < 1", "true"),
    ('fromAi(5, "the number", "number")', "5"),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_function_has_the_value_that_camunda_documents(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_uuid_is_another_one_each_time() -> None:
    first, second = shown("uuid()"), shown("uuid()")

    assert re.fullmatch(r'"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"', first)
    assert first != second


STANDARD = """
    not get value|get entries|context put|string|number|context|date|time|date and time|duration
    |years and months duration|from json|to json|list contains|count|min|max|sum|product|mean|median|stddev|mode|all
    |any|sublist|append|concatenate|insert before|remove|reverse|index of|union|distinct values|flatten|sort
    |string join|decimal|floor|ceiling|round up|round down|round half up|round half down|abs|modulo|sqrt|log|exp|odd
    |even|before|after|meets|met by|overlaps|overlaps before|overlaps after|finishes|finished by|includes|during
    |starts|started by|coincides|substring|string length|upper case|lower case|substring before|substring after
    |contains|starts with|ends with|matches|replace|split|now|today|day of week|day of year|week of year
    |month of year|is|list replace|range|context merge
    |is defined|get or else|assert|put|put all|duplicate values|is empty|partition|random number|uuid|extract|trim
    |is blank|to base64|from base64|last day of month|fromAi
"""


def test_every_builtin_of_the_standard_and_of_camunda_is_there() -> None:
    wanted = {" ".join(name.split()) for name in STANDARD.replace("not get", "not|get").split("|")}

    assert wanted - set(feel.BUILTINS) == set()
