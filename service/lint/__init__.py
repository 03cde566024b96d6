"""Rules over a whole deployment, one module a rule. Pure.

What a single file says is checked by `bpmn`, `dmn` and `forms` as they read it; here stands what shows only when the
files are seen together, and what runs but is hardly meant. A rule is a module with
`check(deployment) -> Iterator[Finding]` and a docstring with a wrong and a right model; enter it in RULES.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from service.errors import Finding
from service.lint import (
    gateway_without_default,
    missing_reference,
    rule_without_annotation,
    shared_form_variables,
    table_coverage,
    task_without_form,
    task_without_people,
    unknown_deadline,
    unknown_field,
    unknown_name,
    unreachable_node,
)
from service.lint.deployment import Deployment, Known

__all__ = ["RULES", "Deployment", "Known", "check"]

RULES: tuple[Callable[[Deployment], Iterator[Finding]], ...] = (
    missing_reference.check,
    unreachable_node.check,
    gateway_without_default.check,
    task_without_people.check,
    task_without_form.check,
    shared_form_variables.check,
    unknown_deadline.check,
    unknown_field.check,
    unknown_name.check,
    rule_without_annotation.check,
    table_coverage.check,
)


def check(deployment: Deployment) -> tuple[Finding, ...]:
    """Return the findings of all rules, in the order of RULES."""
    return tuple(finding for rule in RULES for finding in rule(deployment))
