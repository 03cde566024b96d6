"""The requirements between elements: what is missing, what runs in a circle, and how models import one another."""

from __future__ import annotations

from collections.abc import Container, Iterator

from service.dmn.model import BusinessKnowledgeModel, Decision, DecisionService, Element, InputData, Model, Reference
from service.errors import Finding, Severity

_KINDS: dict[str, tuple[type[Element], ...]] = {
    "requiredInput": (InputData,),
    "requiredDecision": (Decision,),
    "requiredKnowledge": (BusinessKnowledgeModel, DecisionService),
    "outputDecision": (Decision,),
    "encapsulatedDecision": (Decision,),
    "inputDecision": (Decision,),
    "inputData": (InputData,),
}


def requirements(element: Element) -> Iterator[tuple[str, Reference]]:
    """What an element requires, with the name of the XML element that says so."""
    groups: list[tuple[str, tuple[Reference, ...]]] = []
    match element:
        case Decision():
            groups = [
                ("requiredInput", element.required_inputs),
                ("requiredDecision", element.required_decisions),
                ("requiredKnowledge", element.required_knowledge),
            ]
        case BusinessKnowledgeModel():
            groups = [("requiredKnowledge", element.required_knowledge)]
        case DecisionService():
            groups = [
                ("outputDecision", element.outputs),
                ("encapsulatedDecision", element.encapsulated),
                ("inputDecision", element.input_decisions),
                ("inputData", element.input_data),
            ]
    for name, references in groups:
        for reference in references:
            yield name, reference


def check(model: Model) -> Iterator[Finding]:
    """Requirements that lead nowhere or to the wrong kind, names that stand twice, and circles."""
    linked = {imported.namespace for imported in model.imported.values()}
    for element in model.elements.values():
        for kind, reference in requirements(element):
            found = model.resolve(reference)
            if found is None:
                waits = any(one.namespace == reference.namespace for one in model.imports)
                if not (waits and reference.namespace not in linked):  # an import that is not linked yet
                    yield _finding("dmn_requirement_missing", model, element, kind, target=reference.id)
            elif not isinstance(found[2], _KINDS[kind]):
                yield _finding("dmn_requirement_kind", model, element, kind, target=reference.id)
    yield from _names(model)
    yield from _cycles(model)


def order(model: Model, decision: Decision, given: Container[str]) -> list[Decision]:
    """The decisions of the same file to evaluate, required ones first, the decision itself last.

    What is `given` by name needs no evaluation. In a circle the decision met first comes last.
    """
    ordered: list[Decision] = []
    seen: set[str] = set()
    stack = [(decision, False)]
    while stack:
        one, leaving = stack.pop()
        if leaving:
            ordered.append(one)
        elif one.id not in seen:
            seen.add(one.id)
            stack.append((one, True))
            for reference in reversed(one.required_decisions):
                found = model.elements.get(reference.id) if not reference.namespace else None
                if isinstance(found, Decision) and found.name not in given:
                    stack.append((found, False))
    return ordered


def _names(model: Model) -> Iterator[Finding]:
    seen: dict[str, Element] = {}
    for element in model.elements.values():
        if not element.name:
            yield _finding("dmn_name_missing", model, element, "name", Severity.WARNING)
        elif element.name in seen:
            other = seen[element.name].id
            yield _finding("dmn_name_twice", model, element, "name", Severity.WARNING, name=element.name, other=other)
        else:
            seen[element.name] = element


def _cycles(model: Model) -> Iterator[Finding]:
    """One finding for each circle of decisions or of business knowledge models. Recursion of one BKM is allowed."""
    done: set[str] = set()
    path: list[str] = []  # elements whose requirements are being looked at
    stack = [(identifier, False) for identifier in model.elements]  # an own stack: models may be deeper than Python's
    while stack:
        identifier, leaving = stack.pop()
        if leaving:
            done.add(path.pop())
        elif identifier in path:
            circle = [*path[path.index(identifier) :], identifier]
            yield _finding(
                "dmn_requirement_cycle", model, model.elements[identifier], "requirement", path=" → ".join(circle)
            )
        elif identifier not in done:
            path.append(identifier)
            stack.append((identifier, True))
            stack.extend((below, False) for below in _below(model, identifier))


def _below(model: Model, identifier: str) -> list[str]:
    """What an element needs first, within its own file."""
    element = model.elements[identifier]
    needed: tuple[Reference, ...] = ()
    if isinstance(element, Decision):
        needed = (*element.required_decisions, *element.required_knowledge)
    elif isinstance(element, BusinessKnowledgeModel):
        needed = tuple(one for one in element.required_knowledge if one.id != identifier)
    elif isinstance(element, DecisionService):
        needed = element.outputs
    return [one.id for one in needed if not one.namespace and one.id in model.elements]


def _finding(
    code: str, model: Model, element: Element, at: str, severity: Severity = Severity.ERROR, **facts: object
) -> Finding:
    line = None if isinstance(element, InputData) else element.line
    return Finding(code, severity, model.file, element.id, element.name, at, line, facts)
