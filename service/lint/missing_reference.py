"""A form, decision or process that a diagram names is neither in the deployment nor on the site.

Wrong: a user task with the linked form `check-report`, deployed without a form of that id.
Right: `check-report.form` stands beside the diagram, or has been deployed before.

Only asked where the caller says what the site has; the runtime resolves versions and tags itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from service.bpmn.definition import Binding
from service.errors import Finding, Severity
from service.lint.deployment import Deployment


def check(deployment: Deployment) -> Iterator[Finding]:
    """Return an error for each name that nothing bears."""
    if deployment.known is None:
        return
    here = {
        "process": {process.process_id for process in deployment.processes()},
        "decision": {decision.id for model in deployment.models for decision in model.decisions},
        "form": set(deployment.forms_by_id),
    }
    known = deployment.known
    there = {"process": known.processes, "decision": known.decisions, "form": known.forms}
    for process in deployment.processes():
        for reference in process.references:
            target, kind = reference.target, reference.kind
            if target is None or target in here[kind]:
                continue
            if reference.binding is not Binding.DEPLOYMENT and target in there[kind]:
                continue
            element = process.elements.get(reference.element_id)
            yield Finding(
                f"lint_{kind}_missing",
                Severity.ERROR,
                process.file,
                reference.element_id,
                (element.name or None) if element else None,
                reference.property,
                element.line if element else None,
                {"target": target},
            )
