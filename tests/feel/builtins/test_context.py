"""Context functions. DMN 1.5, 10.3.4.12, and Camunda's forms."""

from __future__ import annotations

import pytest

from tests.feel.evaluating import shown

CASES = [
    ('get value({key1: "value1"}, "key1")', '"value1"'),
    ('get value({a: 1}, "b")', "null"),
    ('get value({a: {b: {c: 1}}}, ["a", "b", "c"])', "1"),
    ('get value({a: 1}, ["a", "b"])', "null"),
    ("get value({a: 1}, [])", "null"),
    ("get entries({a: 1})", '[{key: "a", value: 1}]'),
    ("get entries({})", "[]"),
    ("get entries(1)", "null"),
    ('context([{key: "a", value: 1}, {key: "b", value: 2}])', "{a: 1, b: 2}"),
    ('context([{key: "a", value: 1}, {key: "a", value: 2}])', "null"),
    ("context([{key: 1, value: 1}])", "null"),
    ('context put({x: 1}, "y", 2)', "{x: 1, y: 2}"),
    ('context put({x: 1, y: 0}, "x", null)', "{x: null, y: 0}"),
    ('context put({x: 1, y: {a: 0}}, ["y", "a"], 2)', "{x: 1, y: {a: 2}}"),
    ('context put({x: 1}, ["y", "z"], 2)', "{x: 1, y: {z: 2}}"),
    ('context put({x: 1}, ["x", "z"], 2)', "null"),
    ("context put({x: 1}, [], 2)", "null"),
    ("context merge([{x: 1}, {y: 0}, {x: 3}])", "{x: 3, y: 0}"),
    ("context merge([{x: 1}, 2])", "null"),
    ('put({x: 1}, "y", 2)', "{x: 1, y: 2}"),
    ("put all({x: 1}, {y: 2})", "{x: 1, y: 2}"),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_function_has_the_value_of_the_standard(text: str, expected: str) -> None:
    assert shown(text) == expected
