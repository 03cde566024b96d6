"""A rule of a decision table does not say on what it rests.

Wrong: a rule without annotation; whoever is shown the result sees no ground for it.
Right: the rule's annotation, or an annotation column, names the article, and the layer it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator

from service.errors import Finding, Severity
from service.lint.deployment import Deployment


def check(deployment: Deployment) -> Iterator[Finding]:
    """Return a warning for each table, naming the rules."""
    for model in deployment.models:
        for decision in model.decisions:
            if decision.table is None:
                continue
            bare = [
                rule for rule in decision.table.rules if not any(text.strip() for text in rule.annotations.values())
            ]
            if bare:
                yield Finding(
                    "lint_rule_without_annotation",
                    Severity.WARNING,
                    model.file,
                    decision.id,
                    decision.name or None,
                    "annotationEntry",
                    bare[0].line,
                    {"rules": ", ".join(str(rule.index) for rule in bare)},
                )
