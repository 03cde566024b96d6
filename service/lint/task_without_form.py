"""A user task without a form: its page can only be ticked off.

Wrong: the task that asks for the result of an inspection, with no form to enter it.
Right: a linked form with the field `inspection.result`.
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
        if isinstance(detail, UserTaskDefinition) and detail.form is None and detail.form_id is None:
            yield at(process, element, "lint_task_without_form", "zeebe:formDefinition formId")
