"""A decision table that leaves cases open, whose rules overlap though they may not, or that has rules without effect.

Wrong: hit policy UNIQUE, where `"yes"` in the first column meets two rules: the decision fails for such a case. Or a
table without a rule for `"unknown"`: the result is null.
Right: rules that exclude one another, and one rule for each case or a last one for all others.

What is looked at, and what is left alone, says `service.dmn.health`.
"""

from __future__ import annotations

from collections.abc import Iterator

from service import dmn
from service.dmn import Decision, HealthKind, HitPolicy, Model, Observation
from service.errors import Finding, Severity
from service.lint.deployment import Deployment

_CODES = {
    HealthKind.GAP: "lint_table_gap",
    HealthKind.OVERLAP: "lint_table_overlap",
    HealthKind.IDLE: "lint_rule_without_effect",
}


def check(deployment: Deployment) -> Iterator[Finding]:
    """Return warnings for cases without rule, overlapping rules and rules that never come to bear, with an example."""
    for model in deployment.models:
        for decision in model.decisions:
            seen = dmn.health(decision)
            for kind in HealthKind:
                yield from _findings(model, decision, [one for one in seen if one.kind is kind])


def _findings(model: Model, decision: Decision, seen: list[Observation]) -> Iterator[Finding]:
    """One finding a table for gaps, with the first of them; one for all idle rules; one for each overlap."""
    if not seen:
        return
    match seen[0].kind:
        case HealthKind.GAP:
            yield _finding(model, decision, seen[0], example=_example(seen[0]))
        case HealthKind.OVERLAP:
            for one in seen:
                yield _finding(model, decision, one, rules=_rules([one]), example=_example(one))
        case HealthKind.IDLE:
            yield _finding(model, decision, seen[0], rules=_rules(seen))


def _rules(seen: list[Observation]) -> str:
    return ", ".join(str(rule.index) for one in seen for rule in one.rules)


def _example(seen: Observation) -> str:
    return ", ".join(f"{label} = {value}" for label, value in seen.example)


def _finding(model: Model, decision: Decision, seen: Observation, **facts: object) -> Finding:
    code = _CODES[seen.kind]
    if seen.kind is HealthKind.OVERLAP and decision.table is not None and decision.table.hit_policy is HitPolicy.ANY:
        code = "lint_table_overlap_any"
    line = seen.rules[-1].line if seen.rules else decision.line
    return Finding(
        code,
        Severity.WARNING,
        model.file,
        decision.id,
        decision.name or None,
        "decisionTable",
        line,
        facts,
    )
