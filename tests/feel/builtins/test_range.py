"""Relations between points and ranges: the examples of DMN 1.5, table 78."""

from __future__ import annotations

import pytest

from tests.feel.evaluating import shown

CASES = [
    ("before(1, 10)", "true"),
    ("before(10, 1)", "false"),
    ("before(1, [1..10])", "false"),
    ("before(1, (1..10])", "true"),
    ("before([1..10], 10)", "false"),
    ("before([1..10), 10)", "true"),
    ("before([1..10), [10..20])", "true"),
    ("before([1..10], (10..20])", "true"),
    ("before([1..10], [10..20])", "false"),
    ("after(12, [2..5])", "true"),
    ("after([11..20], [1..11))", "true"),
    ("meets([1..5], [5..10])", "true"),
    ("meets([1..5), [5..10])", "false"),
    ("met by([5..10], [1..5])", "true"),
    ("overlaps([1..5], [3..8])", "true"),
    ("overlaps([1..5], (5..8])", "false"),
    ("overlaps([5..8], [1..5])", "true"),
    ("overlaps before([1..5], [3..8])", "true"),
    ("overlaps before([1..5), [5..8])", "false"),
    ("overlaps after([3..8], [1..5])", "true"),
    ("overlaps after([5..8], [1..5))", "false"),
    ("finishes(10, [1..10])", "true"),
    ("finishes(10, [1..10))", "false"),
    ("finishes([5..10], [1..10])", "true"),
    ("finished by([1..10], 10)", "true"),
    ("includes([1..10], 5)", "true"),
    ("includes([1..10), 10)", "false"),
    ("includes([1..10], [4..6])", "true"),
    ("includes((1..8], [1..5])", "false"),
    ("during(5, [1..10])", "true"),
    ("during([4..6], [1..10))", "true"),
    ("starts(1, [1..10])", "true"),
    ("starts([1..5], (1..10])", "false"),
    ("started by([1..10], [1..5])", "true"),
    ("coincides(5, 5)", "true"),
    ("coincides([1..5], [1..5])", "true"),
    ("coincides([1..5], [1..5))", "false"),
    ('before(@"2024-01-01", @"2024-01-02")', "true"),
    ("includes((< 10), 5)", "true"),
    ("includes((> 10), (> 12))", "true"),
    ("includes((> 10), (< 12))", "false"),
    ("overlaps((> 10), (< 12))", "true"),
    ("before((< 5), (> 5))", "true"),
    ("before((> 5), 10)", "false"),
    ("coincides((< 5), (< 5))", "true"),
    ('before(1, "a")', "null"),
    ("meets(1, [1..2])", "null"),
    ("during([1..2], 1)", "null"),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_relation_has_the_value_of_the_standard(text: str, expected: str) -> None:
    assert shown(text) == expected
