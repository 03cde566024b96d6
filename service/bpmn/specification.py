"""From a process definition to the SpiffWorkflow specification that runs it: one task specification a flow node."""

from __future__ import annotations

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from service.bpmn.definition import Element, ProcessDefinition
from service.bpmn.elements import ELEMENTS
from service.bpmn.elements.multi_instance import BodySpec
from service.bpmn.elements.process import ProcessInstanceSpec
from service.bpmn.node import NodeSpec


class ProcessSpec(WorkflowSpec):
    """All flow nodes of a process, sub-processes included, by name.

    An element's name is its id; the body of a multi-instance activity and the process itself have names that no XML id
    can have, so that no id of a diagram collides with them.
    """

    def __init__(self, definition: ProcessDefinition) -> None:
        super().__init__(definition.process_id, filename=definition.file)
        self.definition = definition
        self.start = ProcessInstanceSpec(self, definition)

    def entry(self, element_id: str) -> NodeSpec:
        """Where a token enters an element: the body, if it is a multi-instance activity."""
        found: NodeSpec = self.task_specs.get(body_name(element_id)) or self.task_specs[element_id]
        return found


def body_name(element_id: str) -> str:
    return f"{element_id}:body"


def build(definition: ProcessDefinition) -> ProcessSpec:
    """The specification of a process; never recursive, so that long processes build too."""
    process = ProcessSpec(definition)
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
