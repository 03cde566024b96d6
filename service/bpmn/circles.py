"""Circles in a diagram at which nothing ever stops: Camunda 8 refuses them, for a slip would run them for ever."""

from __future__ import annotations

from collections.abc import Iterator

from service.bpmn.definition import CalledProcess, Element, ProcessDefinition

# Elements at which nothing waits and nothing is evaluated. A circle of these alone counts if it has one of the first
# kind, as in Camunda 8.
_STEPS = frozenset({"task", "manualTask", "callActivity"})
_BETWEEN = frozenset(
    {"startEvent", "endEvent", "exclusiveGateway", "inclusiveGateway", "parallelGateway", "subProcess"}
)


def without_wait(definition: ProcessDefinition) -> Iterator[list[str]]:
    """The ids along each such circle, one for each knot of circles."""
    following = {
        element.id: [other for other in _following(definition, element) if _passes(definition.elements[other])]
        for element in definition.elements.values()
        if _passes(element)
    }
    for knot in _knots(following):
        steps = [element for element in knot if definition.elements[element].tag in _STEPS]
        if steps:
            yield _shortest(following, steps[0], set(knot))


def _passes(element: Element) -> bool:
    return element.tag in _STEPS or element.tag in _BETWEEN


def _following(definition: ProcessDefinition, element: Element) -> list[str]:
    """Where a token goes from an element, into sub-processes and out of them, and into a process that calls itself."""
    if element.tag == "subProcess":
        return _starts(definition, element.id)
    called = element.detail.process_id if isinstance(element.detail, CalledProcess) else None
    if called is not None and called.is_static and called.value == definition.process_id:
        return _starts(definition, None)
    inside = None if element.parent is None else definition.elements[element.parent]
    flows = inside.outgoing if element.tag == "endEvent" and inside is not None else element.outgoing
    return [definition.flows[flow].target for flow in flows]


def _starts(definition: ProcessDefinition, scope: str | None) -> list[str]:
    return [element.id for element in definition.in_scope(scope) if element.tag == "startEvent"]


def _knots(following: dict[str, list[str]]) -> Iterator[list[str]]:
    """The strongly connected parts that hold a circle (Tarjan, without recursion)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    waiting: set[str] = set()
    path: list[tuple[str, Iterator[str]]] = []

    def enter(node: str) -> None:
        number[node] = low[node] = len(number)
        stack.append(node)
        waiting.add(node)
        path.append((node, iter(following[node])))

    for first in list(following):
        if first not in number:
            enter(first)
        while path:
            node, rest = path[-1]
            other = next(rest, None)
            if other is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == number[node]:
                    knot = [stack.pop()]
                    while knot[-1] != node:
                        knot.append(stack.pop())
                    waiting.difference_update(knot)
                    if len(knot) > 1 or node in following[node]:
                        yield knot[::-1]
            elif other not in number:
                enter(other)
            elif other in waiting:
                low[node] = min(low[node], number[other])


def _shortest(following: dict[str, list[str]], first: str, knot: set[str]) -> list[str]:
    """A shortest way from an element back to itself."""
    before = {first: ""}
    queue = [first]
    for node in queue:
        for other in following[node]:
            if other == first:
                way = [node]
                while before[way[-1]]:
                    way.append(before[way[-1]])
                return way[::-1]
            if other in knot and other not in before:
                before[other] = node
                queue.append(other)
    return [first]
