"""From a process definition to the SpiffWorkflow specification that runs it: one task specification a flow node."""

from __future__ import annotations

from service.bpmn.definition import Element, ProcessDefinition
from service.bpmn.elements import ELEMENTS
from service.bpmn.elements.multi_instance import BodySpec
from service.bpmn.elements.process import ProcessInstanceSpec
from service.bpmn.node import NodeSpec, ProcessSpec, body_name


def of(definition: ProcessDefinition) -> ProcessSpec:
    """The specification of a process, built once."""
    found: ProcessSpec | None = definition.built.get("spec")
    if found is None:
        found = definition.built["spec"] = build(definition)
    return found


def build(definition: ProcessDefinition) -> ProcessSpec:
    """The specification of a process; never recursive, so that long processes build too."""
    process = ProcessSpec(definition)
    process.start = ProcessInstanceSpec(process, definition)
    attached: dict[str, list[Element]] = {}
    for element in definition.elements.values():
        if element.attached_to is not None:
            attached.setdefault(element.attached_to, []).append(element)
    for element in definition.elements.values():
        spec: NodeSpec = ELEMENTS[element.tag].spec(process, element)
        if element.multi_instance is not None:
            spec.loop = element.multi_instance
            spec = BodySpec(process, element, body_name(element.id))
        spec.boundary = tuple(attached.get(element.id, ()))
        spec.flows = tuple(definition.flows[flow] for flow in element.outgoing)
    for flow in definition.flows.values():
        process.entry(flow.source).connect(process.entry(flow.target))
    return process
