"""An expression reads a name that nothing in the deployment produces.

Wrong: a condition `=resutl = "pass"` after a decision whose result variable is `result`; it is never true.
Right: the name as it is written by a form field, a result variable, a mapping or a loop. Variables that come from
outside, with a start by API, a message or a service task, are listed in the extension property `rc.variables` of the
process or of the element that brings them, separated by commas.

All files are taken together, since a called process passes its variables on. Where a form or process that a diagram
names is not among them, nobody can tell here what it writes, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from service import feel
from service.bpmn.definition import CalledDecision, Element, ProcessDefinition, Script
from service.errors import Finding, Severity
from service.lint.deployment import Deployment, Located, at, expressions

PROPERTY = "rc.variables"

_LOOP_NAMES = frozenset({"loopCounter", "nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances",
                         "numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances",
                         "numberOfTerminatedInstances"})  # fmt: skip

# Output mappings and output elements are evaluated over what a handler or a called process returned, whose names only
# it knows; within these fields a name counts as known to the element.
_OWN_RESULT = ("mappings outputs", "multi_instance output_element", "detail outputs")


def check(deployment: Deployment) -> Iterator[Finding]:
    """Return a warning for each element and unknown name."""
    if not _is_whole(deployment):
        return
    known = _known(deployment)
    for process, element in deployment.elements():
        seen: set[str] = set()
        for located in _of(process, element):
            if located.property.startswith(_OWN_RESULT) and not _is_form_task(element):
                continue
            for name in sorted(located.expression.names - known - seen):
                seen.add(name)
                yield at(
                    process, element, "lint_name_unknown", located.property, name=name,
                    expression=located.expression.text,
                )  # fmt: skip
    for form in deployment.forms:
        for name in sorted({name for expression in form.expressions for name in expression.names} - known - _IN_LISTS):
            yield Finding(
                "lint_form_name_unknown",
                Severity.WARNING,
                form.file,
                form.id,
                facts={"name": name, "property": PROPERTY},
            )


def _is_whole(deployment: Deployment) -> bool:
    here = {
        "form": set(deployment.forms_by_id),
        "process": {process.process_id for process in deployment.processes()},
    }
    references = [reference for process in deployment.processes() for reference in process.references]
    return bool(here["process"]) and all(
        reference.target in here[reference.kind] for reference in references if reference.kind in here
    )


# What stands in scope inside a dynamic list of a form.
_IN_LISTS = frozenset({"this", "parent", "i"})


def _is_form_task(element: Element) -> bool:
    return element.tag == "userTask"


def _of(process: ProcessDefinition, element: Element) -> Iterator[Located]:
    yield from expressions(element)
    for flow in element.outgoing:
        condition = process.flows[flow].condition
        if condition is not None:
            yield Located(condition, "conditionExpression")


def _known(deployment: Deployment) -> frozenset[str]:
    names = {*deployment.records, *deployment.functions, *feel.BUILTINS, *_LOOP_NAMES}
    for form in deployment.forms:
        # Parts of a path count too: inside a filter the fields of the list's items stand in scope.
        names.update(part.removesuffix("[]") for field in form.fields for part in field.path.split("."))
    for process, element in deployment.elements():
        names.update(_listed(process.properties.get(PROPERTY)))
        names.update(_listed(element.properties.get(PROPERTY)))
        names.update(_produced(element))
    return frozenset(names)


def _produced(element: Element) -> Iterator[str]:
    for assignment in (*element.mappings.inputs, *element.mappings.outputs):
        yield assignment.target[0]
    loop = element.multi_instance
    if loop is not None:
        yield from (name for name in (loop.element, loop.output_collection) if name)
    detail = element.detail
    if isinstance(detail, (CalledDecision, Script)) and detail.result_variable:
        yield detail.result_variable
    event = element.event
    if event is not None:
        yield from (name for name in (event.code_variable, event.message_variable) if name)


def _listed(text: str | None) -> Iterator[str]:
    return (name.strip() for name in (text or "").split(",") if name.strip())
