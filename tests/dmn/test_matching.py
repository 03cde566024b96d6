from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from service import dmn, feel
from service.dmn.boxed.decision_table import Table
from tests.dmn.models import ENVIRONMENT, decision, evaluated, read, table

COLUMNS: dict[str, tuple[Sequence[str], Sequence[Any]]] = {
    "strings": (['"a"', '"a", "b"', 'not("a")', 'not("a", "c")', "-", ""], ["a", "b", "c", "z", None, 1]),
    "numbers": (
        [
            "1",
            "< 1",
            "<= 1",
            "> 1",
            ">= 1",
            "[1..3]",
            "(1..3)",
            "]1..3[",
            "1, 3",
            "not(1, 3)",
            "not([1..3])",
            "-1",
            "< -1",
        ],
        [-2, -1, 0, 1, 2, 3, 4, None, "a", True],
    ),
    "numbers with gaps": (["[1..2], [5..6]", "< 0, > 10", "not(< 0, > 10)", "-"], [-1, 0, 1, 1.5, 3, 5, 10, 11]),
    "booleans": (["true", "false", "not(true)", "-", "true, false"], [True, False, None, "true"]),
    "mixed kinds": (['"a"', "1", "null", "-"], ["a", 1, None]),
    "expressions": (["? > limit", "limit", "-", "not(limit)", "? = 2"], [1, 2, 3, None]),
    "descending range": (["[3..1]", "-"], [1, 2, 3]),
}


@pytest.mark.parametrize(("cells", "values"), COLUMNS.values(), ids=COLUMNS)
def test_an_index_finds_the_rules_that_the_cells_find(cells: Sequence[str], values: Sequence[Any]) -> None:
    rules = [[cell, str(row)] for row, cell in enumerate(cells)]
    model = read(decision("all", table(["value"], ["row"], rules, hit_policy="RULE ORDER")))
    # Beside a cell of another kind no column is indexed.
    alone = [read(decision("one", table(["value"], ["row"], [rule, ['? = "never"', "0"]]))) for rule in rules]

    for value in values:
        expected = [
            row for row, one in enumerate(alone) if evaluated(one, "one", value=value, limit=2).value is not None
        ]
        inputs = {"value": feel.from_python(value), "limit": feel.from_python(2)}

        assert dmn.evaluate(model, "all", inputs, ENVIRONMENT, trace=False).value == expected
        assert [
            rule.index - 1 for rule in evaluated(model, "all", value=value, limit=2).decisions[0].matched
        ] == expected


def test_columns_of_constants_are_indexed() -> None:
    indexed = {name: _is_indexed(cells) for name, (cells, _) in COLUMNS.items()}

    assert indexed == {
        "strings": True,
        "numbers": True,
        "numbers with gaps": True,
        "booleans": True,
        "mixed kinds": False,
        "expressions": False,
        "descending range": False,
    }


def test_a_large_table_is_indexed_by_its_first_column() -> None:
    rules = [[f'"k{n}"', f">= {n % 7}", str(n)] for n in range(3000)]
    model = read(decision("d", table(["key", "value"], ["n"], rules)))

    for n, value in itertools.product((0, 1500, 2999), (0, 6)):
        expected = n if value >= n % 7 else None
        assert evaluated(model, "d", key=f"k{n}", value=value).value == expected


def _is_indexed(cells: Sequence[str]) -> bool:
    logic = read(decision("d", table(["value"], ["row"], [[cell, "1"] for cell in cells]))).decisions[0].logic
    assert isinstance(logic, Table)
    return all(column.index is not None for _, column in logic.matcher.columns)
