"""List functions. DMN 1.5, 10.3.4.4 and 10.3.4.8, and Camunda's own."""

from __future__ import annotations

import pytest

from tests.feel.evaluating import shown

CASES = [
    ("list contains([1, null], null)", "true"),
    ('list contains([1], "1")', "false"),
    ("count([1, [2, 3]])", "2"),
    ("count(1)", "1"),
    ("count(null)", "null"),
    ("min([3, 1, 2])", "1"),
    ("min(3, 1, 2)", "1"),
    ('max("a", "c", "b")', '"c"'),
    ('max(@"2024-01-01", @"2024-02-01")', "2024-02-01"),
    ("min([])", "null"),
    ('min([1, "a"])', "null"),
    ("sum([1, 2, 3])", "6"),
    ("sum(1)", "1"),
    ("sum([])", "null"),
    ("sum([1, null])", "null"),
    ("product([2, 3, 4])", "24"),
    ("mean([1, 2, 6])", "3"),
    ("median([8, 2, 5, 3, 4])", "4"),
    ("median(6, 1, 2, 3)", "2.5"),
    ("stddev([2, 4, 7, 5])", "2.081665999466132735282297706979931"),
    ("stddev([1])", "null"),
    ("mode([6, 3, 9, 6, 6])", "[6]"),
    ("mode([6, 1, 9, 6, 1])", "[1, 6]"),
    ("mode([])", "[]"),
    ("all([true, null, false])", "false"),
    ("all([true, null])", "null"),
    ("any([false, null])", "null"),
    ("any(false, true)", "true"),
    ("all([])", "true"),
    ("any([])", "false"),
    ("sublist([4, 5, 6], 1, 2)", "[4, 5]"),
    ("sublist([4, 5, 6], -2)", "[5, 6]"),
    ("sublist([4, 5, 6], 0)", "null"),
    ("sublist([4, 5, 6], 2, 5)", "null"),
    ("append([1], 2, 3)", "[1, 2, 3]"),
    ("append(1, 2)", "[1, 2]"),
    ("concatenate([1, 2], [3])", "[1, 2, 3]"),
    ("insert before([1, 3], 1, 2)", "[2, 1, 3]"),
    ("insert before([1, 3], -1, 2)", "[1, 2, 3]"),
    ("insert before([1, 3], 3, 2)", "null"),
    ("remove([1, 2, 3], 2)", "[1, 3]"),
    ("list replace([1, 2, 3], 2, 4)", "[1, 4, 3]"),
    ("list replace([2, 4, 7], function(item, newItem) item < newItem, 5)", "[5, 5, 7]"),
    ("list replace([2, 4], function(item) true, 5)", "null"),
    ("reverse([1, 2, 3])", "[3, 2, 1]"),
    ("index of([1, 2, 3, 2], 2)", "[2, 4]"),
    ("union([1, 2], [2, 3])", "[1, 2, 3]"),
    ('distinct values([1, 1.0, "1", null, null, [1], [1], {a: 1}, {a: 1}])', '[1, "1", null, [1], {a: 1}]'),
    ("flatten([[1, 2], [[3]], 4])", "[1, 2, 3, 4]"),
    ("sort([3, 1, 4, 5, 2], function(x, y) x < y)", "[1, 2, 3, 4, 5]"),
    ("sort(list: [{a: 2}, {a: 1}], precedes: function(x, y) x.a < y.a)", "[{a: 1}, {a: 2}]"),
    ("sort([3, 1, 2])", "[1, 2, 3]"),
    ("sort([1, 2], function(x, y) null)", "null"),
    ("sort([1, 2], 3)", "null"),
    ("duplicate values([1, 2, 3, 2, 1])", "[1, 2]"),
    ("partition([1, 2, 3, 4, 5], 2)", "[[1, 2], [3, 4], [5]]"),
    ("partition([1], 0)", "null"),
    ("is empty([])", "true"),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_function_has_the_value_of_the_standard(text: str, expected: str) -> None:
    assert shown(text) == expected
