"""An exclusive gateway whose flows all have conditions, and no default flow.

Wrong: two flows, `=result = "pass"` and `=result = "block"`: with any other result, or none, the case stops there.
Right: one of the two is the default flow, or a third leads to a task where a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator

from service.errors import Finding
from service.lint.deployment import Deployment, at


def check(deployment: Deployment) -> Iterator[Finding]:
    """Return a warning for each such gateway."""
    for process, element in deployment.elements():
        if element.tag != "exclusiveGateway" or len(element.outgoing) < 2 or element.default is not None:
            continue
        if all(process.flows[flow].condition is not None for flow in element.outgoing):
            yield at(process, element, "lint_gateway_without_default", "default")
