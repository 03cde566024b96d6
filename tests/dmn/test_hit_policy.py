from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from service import dmn
from tests.dmn.models import decision, evaluated, read, table

RULES = [["> 0", '"low"', "1"], ["> 10", '"high"', "3"], ["> 100", '"top"', "2"]]
ORDER = {"level": '"top", "high", "low"'}
LOW, HIGH, TOP = ({"level": level, "points": Decimal(n)} for level, n in (("low", 1), ("high", 3), ("top", 2)))

CASES: dict[str, tuple[str, int, Any]] = {
    "unique, one match": ("UNIQUE", 5, LOW),
    "unique, none": ("UNIQUE", 0, None),
    "first": ("FIRST", 500, LOW),
    "any, one match": ("ANY", 5, LOW),
    "priority": ("PRIORITY", 500, TOP),
    "priority of two": ("PRIORITY", 50, HIGH),
    "collect": ("COLLECT", 500, [LOW, HIGH, TOP]),
    "collect, none": ("COLLECT", 0, []),
    "rule order": ("RULE ORDER", 500, [LOW, HIGH, TOP]),
    "output order": ("OUTPUT ORDER", 500, [TOP, HIGH, LOW]),
}


@pytest.mark.parametrize(("policy", "value", "expected"), CASES.values(), ids=CASES)
def test_hit_policy_chooses_among_the_matching_rules(policy: str, value: int, expected: object) -> None:
    logic = table(["value"], ["level", "points"], RULES, hit_policy=policy, allowed=ORDER)

    result = evaluated(read(decision("result", logic)), "result", value=value)

    assert result.value == expected
    assert not result.failed


AGGREGATIONS: dict[str, tuple[str, int, Any]] = {
    "sum": ("SUM", 500, 6),
    "min": ("MIN", 500, 1),
    "max": ("MAX", 500, 3),
    "count": ("COUNT", 500, 3),
    "sum of none": ("SUM", 0, None),
    "min of none": ("MIN", 0, None),
    "max of none": ("MAX", 0, None),
    "count of none": ("COUNT", 0, 0),
}


@pytest.mark.parametrize(("aggregation", "value", "expected"), AGGREGATIONS.values(), ids=AGGREGATIONS)
def test_collect_aggregates(aggregation: str, value: int, expected: object) -> None:
    rules = [[test, points] for test, _, points in RULES]
    logic = table(["value"], ["points"], rules, hit_policy="COLLECT", aggregation=aggregation)

    result = evaluated(read(decision("result", logic)), "result", value=value)

    assert result.value == expected
    assert not result.failed


VIOLATIONS = {
    "unique": ("UNIQUE", "", [["> 0", '"a"'], ["< 0", '"b"'], ["> 10", '"a"']], "dmn_unique_violated", [1, 3]),
    "any": ("ANY", "", [["> 0", '"a"'], ["> 10", '"b"']], "dmn_any_violated", [1, 2]),
    "sum of strings": ("COLLECT", "SUM", [["> 0", '"a"'], ["> 10", "2"]], "dmn_aggregation_failed", [1, 2]),
}


@pytest.mark.parametrize(("policy", "aggregation", "rules", "code", "hits"), VIOLATIONS.values(), ids=VIOLATIONS)
def test_a_violation_is_a_failure_with_decision_rules_and_values(
    policy: str, aggregation: str, rules: list[list[str]], code: str, hits: list[int]
) -> None:
    logic = table(["value"], ["out"], rules, hit_policy=policy, aggregation=aggregation)

    result = evaluated(read(decision("result", logic)), "result", value=20)

    (failure,) = result.failures
    assert result.value is None
    assert failure.code == code
    assert failure.facts["decision_id"] == "result"
    assert failure.facts["rules"] == hits
    assert failure.facts["rule_ids"] == [f"rule{hit}" for hit in hits]
    assert len(failure.facts["values"]) == len(hits)  # type: ignore[arg-type]


def test_any_takes_equal_outputs_of_several_rules() -> None:
    logic = table(["value"], ["out"], [["> 0", '"a"'], ["> 10", '"a"']], hit_policy="ANY")

    result = evaluated(read(decision("result", logic)), "result", value=20)

    assert result.value == "a"
    assert [rule.index for rule in result.decisions[0].matched] == [1, 2]


DEFAULTS: dict[str, tuple[str, str, Any]] = {
    "single": ("UNIQUE", "", "none"),
    "list": ("COLLECT", "", ["none"]),
    "aggregated": ("COLLECT", "MAX", "none"),
}


@pytest.mark.parametrize(("policy", "aggregation", "expected"), DEFAULTS.values(), ids=DEFAULTS)
def test_default_output_holds_when_no_rule_matches(policy: str, aggregation: str, expected: object) -> None:
    logic = table(
        ["value"], ["out"], [["> 0", '"a"']], hit_policy=policy, aggregation=aggregation, defaults={"out": '"none"'}
    )

    assert evaluated(read(decision("result", logic)), "result", value=-1).value == expected


def test_letters_of_old_files_are_hit_policies() -> None:
    model = read(decision("result", table(["value"], ["out"], [], hit_policy="R")))

    assert model.decisions[0].table is not None
    assert model.decisions[0].table.hit_policy is dmn.HitPolicy.RULE_ORDER
