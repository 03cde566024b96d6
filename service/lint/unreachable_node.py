"""No start event leads to a flow node, so that it never runs.

Wrong: two tasks that lead to each other in a circle which nothing enters.
Right: a flow from a gateway, an event or another activity leads into the circle.
"""

from __future__ import annotations

from collections.abc import Iterator

from service.bpmn.definition import Element, ProcessDefinition
from service.errors import Finding
from service.lint.deployment import Deployment, at


def check(deployment: Deployment) -> Iterator[Finding]:
    """Return a warning for each node that cannot be reached and that no other such node would lead to first."""
    for process in deployment.processes():
        reached = _reached(process)
        for element in process.elements.values():
            if element.id not in reached and (element.parent is None or element.parent in reached):
                yield at(process, element, "lint_node_unreachable")


def _reached(process: ProcessDefinition) -> set[str]:
    scopes: dict[str | None, list[Element]] = {}
    boundary: dict[str, list[Element]] = {}
    catches: dict[tuple[str | None, str], list[Element]] = {}
    for element in process.elements.values():
        scopes.setdefault(element.parent, []).append(element)
        if element.attached_to is not None:
            boundary.setdefault(element.attached_to, []).append(element)
        link = element.event.link if element.event is not None else None
        if link is not None and element.tag == "intermediateCatchEvent":
            catches.setdefault((element.parent, link), []).append(element)
    handlers = set(process.compensation_handlers.values())
    waiting = _entries(scopes.get(None, ()))
    reached: set[str] = set()
    while waiting:
        element = waiting.pop()
        if element.id in reached:
            continue
        reached.add(element.id)
        waiting.extend(process.elements[process.flows[flow].target] for flow in element.outgoing)
        waiting.extend(boundary.get(element.id, ()))
        waiting.extend(_entries(scopes.get(element.id, ())))
        if element.id in process.compensation_handlers:
            waiting.append(process.elements[process.compensation_handlers[element.id]])
        link = element.event.link if element.event is not None else None
        if link is not None and element.tag == "intermediateThrowEvent":
            waiting.extend(catches.get((element.parent, link), ()))
    return reached | handlers


def _entries(scope: tuple[Element, ...] | list[Element]) -> list[Element]:
    """The nodes of a scope that begin without a flow; in an ad-hoc or start-less scope all that nothing leads to."""
    return [
        element
        for element in scope
        if element.tag == "startEvent"
        or element.type == "EVENT_SUB_PROCESS"
        or (not element.incoming and element.attached_to is None and _begins(element, scope))
    ]


def _begins(element: Element, scope: tuple[Element, ...] | list[Element]) -> bool:
    is_link = element.event is not None and element.event.kind == "link"
    return not is_link and not any(other.tag == "startEvent" for other in scope)
