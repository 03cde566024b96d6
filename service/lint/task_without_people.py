"""A user task that is nobody's: no assignee, no candidate groups, no candidate users.

Wrong: a user task without assignment; only an operator ever finds it.
Right: candidate groups `INVEST`, or the assignee `=case.leadInvestigator`.
"""

from __future__ import annotations

from collections.abc import Iterator

from service.bpmn.definition import UserTaskDefinition
from service.errors import Finding
from service.lint.deployment import Deployment, at


def check(deployment: Deployment) -> Iterator[Finding]:
    """Return a warning for each such task."""
    for process, element in deployment.elements():
        detail = element.detail
        if not isinstance(detail, UserTaskDefinition):
            continue
        if detail.assignee is None and detail.candidate_groups is None and detail.candidate_users is None:
            yield at(process, element, "lint_task_without_people", "zeebe:assignmentDefinition candidateGroups")
