"""The process instance itself: the outermost scope, called or not."""

from __future__ import annotations

from service.bpmn.definition import Element, ProcessDefinition
from service.bpmn.elements.scope import ScopeSpec
from service.bpmn.failure import Failure
from service.bpmn.node import ProcessSpec, Task


class ProcessInstanceSpec(ScopeSpec):
    """What runs a process: subscriptions of its event sub-processes, its start, its end."""

    is_instance = True

    def __init__(self, process: ProcessSpec, definition: ProcessDefinition) -> None:
        element = Element(
            id=definition.process_id,
            name=definition.name,
            type="PROCESS",
            tag="process",
            documentation=definition.documentation,
            properties=definition.properties,
        )
        super().__init__(process, element, f"{definition.process_id}:process")

    def inside(self) -> str | None:
        return None

    def leave(self, task: Task) -> bool:
        # The caller takes over the variables before they are forgotten.
        caller = task.parent
        if caller is not None:
            try:
                caller.task_spec.called_ended(caller, task)
            except Failure as failure:
                task.workflow.stop(task, failure, leaving=True)
                return False
        return super().leave(task)

    def _on_complete_hook(self, my_task: Task) -> None:
        workflow = my_task.workflow
        workflow.completed_visit(my_task)
        workflow.ended_instance(my_task)
