from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from service import dmn
from tests.dmn.models import decision, read, table

Warnings = list[tuple[str, object]]

CASES: dict[str, tuple[str, Sequence[Sequence[str]], Warnings]] = {
    "numbers without a gap": ("UNIQUE", [["< 1", "0"], ["[1..10)", "0"], [">= 10", "0"]], []),
    "gap between numbers": ("UNIQUE", [["< 1", "0"], ["> 1", "0"]], [("gap", "x = 1")]),
    "gap beyond the numbers": ("UNIQUE", [["[1..10]", "0"]], [("gap", "x = 0")]),
    "overlapping numbers": (
        "UNIQUE",
        [["<= 1", "0"], [">= 1", "0"]],
        [("overlap", "x = 1")],
    ),
    "overlap allowed by FIRST": ("FIRST", [["<= 1", "0"], ["-", "0"]], []),
    "whole numbers side by side": ("UNIQUE", [["< 1", "0"], ["[1..5]", "0"], ["> 5", "0"]], []),
    "a fraction between them is no gap": ("UNIQUE", [["<= 5", "0"], [">= 6", "0"]], []),
    "strings without another one": (
        "UNIQUE",
        [['"a"', "0"], ['"b"', "0"]],
        [("gap", "x = …")],
    ),
    "strings and the others": ("UNIQUE", [['"a"', "0"], ['not("a")', "0"]], []),
    "booleans": ("UNIQUE", [["true", "0"], ["false", "0"]], []),
    "one boolean": ("UNIQUE", [["true", "0"]], [("gap", "x = false")]),
    "dates": (
        "UNIQUE",
        [['< date("2024-01-01")', "0"], ['> date("2024-01-01")', "0"]],
        [("gap", "x = 2024-01-01")],
    ),
    "a day between two dates": (
        "UNIQUE",
        [['<= date("2024-01-01")', "0"], ['>= date("2024-01-03")', "0"]],
        [("gap", "x = 2024-01-02")],
    ),
    "durations": ("UNIQUE", [['< duration("P1D")', "0"], ['>= duration("P1D")', "0"]], []),
    "unreachable after a wider rule": (
        "FIRST",
        [["> 0", "0"], ["> 5", "0"], ["-", "0"]],
        [("idle", 2)],
    ),
    "unreachable after two rules together": (
        "FIRST",
        [["< 5", "0"], [">= 5", "0"], ["7", "0"], ["-", "0"]],
        [("idle", 3)],
    ),
    "reachable by null": ("FIRST", [["true", "0"], ["false", "0"], ["-", "0"]], []),
    "reachable by null alone": (
        "FIRST",
        [["true", "0"], ["false", "0"], ["null", "0"], ["-", "0"]],
        [("idle", 4)],
    ),
    "a cell that nothing passes": (
        "UNIQUE",
        [["[5..1]", "0"], ["-", "0"]],
        [("idle", 1)],
    ),
    "an expression is not judged": ("UNIQUE", [["? > limit", "0"], ["? < limit", "0"]], []),
    "the same expression twice": (
        "UNIQUE",
        [["? > limit", "0"], ["? > limit", "1"]],
        [("overlap", "x = ? > limit")],
    ),
    "ANY with equal outputs": ("ANY", [["> 0", "0"], ["> 1", "0"], ["<= 0", "0"]], []),
    "ANY with different outputs": (
        "ANY",
        [["> 0", "0"], ["> 1", "1"], ["<= 0", "0"]],
        [("overlap", "x = 2")],
    ),
    "COLLECT has neither gaps nor overlaps": ("COLLECT", [["> 0", "0"], ["> 1", "1"]], []),
    "no rules": ("UNIQUE", [], []),
}


@pytest.mark.parametrize(("policy", "rules", "expected"), CASES.values(), ids=CASES)
def test_health_of_one_column(policy: str, rules: Sequence[Sequence[str]], expected: Warnings) -> None:
    found = _health(table(["x"], ["out"], rules, hit_policy=policy))

    assert [(one.kind, _example(one) or one.rules[0].index) for one in found] == expected


def test_a_gap_of_several_columns_has_an_example_of_each() -> None:
    rules = [['"a"', "> 0", "1"], ['"a"', "<= 0", "1"], ['not("a")', "> 5", "1"]]

    gaps = _health(table(["kind", "n"], ["out"], rules))

    assert [_example(gap) for gap in gaps] == ["kind = …, n = 0", "kind = …, n = 5"]


def test_predefined_values_limit_what_counts() -> None:
    logic = table(["kind"], ["out"], [['"a"', "1"], ['"b"', "1"]])
    column = "<inputValues><text>{}</text></inputValues></input>"

    complete = _health(logic.replace("</input>", column.format('"a", "b"')))
    (missing,) = _health(logic.replace("</input>", column.format('"a", "b", "c"')))

    assert complete == ()
    assert _example(missing) == "kind = c"


def test_a_default_output_closes_every_gap() -> None:
    logic = table(["x"], ["out"], [["> 0", "1"]], defaults={"out": "0"})

    assert _health(logic) == ()


def test_a_large_table_is_judged_in_time() -> None:
    rules = [[f'"k{n % 40}"', f"[{n}..{n + 1})", f"> {n % 7}", str(n)] for n in range(600)]
    model = read(decision("d", table(["a", "b", "c"], ["out"], rules)))

    start = time.perf_counter()
    found = dmn.health(model.decisions[0])

    assert time.perf_counter() - start < 5
    assert {one.kind for one in found} == {"gap"}


def _health(logic: str) -> tuple[dmn.Observation, ...]:
    return dmn.health(read(decision("d", logic)).decisions[0])


def _example(found: dmn.Observation) -> str:
    return ", ".join(f"{label} = {value}" for label, value in found.example)
