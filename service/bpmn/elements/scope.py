"""What all scopes share: flow nodes inside, event sub-processes that listen while they run, an end when all is done."""

from __future__ import annotations

from functools import cached_property

from service.bpmn.definition import Element
from service.bpmn.node import ENDED, RESULT, START, NodeSpec, Task


class ScopeSpec(NodeSpec):
    is_scope = True

    def inside(self) -> str | None:
        """Id by which the elements inside name this scope as their parent."""
        return self.element.id

    @cached_property
    def _starts(self) -> tuple[Element, ...]:
        definition = self.process.definition
        return tuple(
            start
            for element in definition.in_scope(self.inside())
            if element.type == "EVENT_SUB_PROCESS"
            for start in definition.in_scope(element.id)
            if start.tag == "startEvent"
        )

    def starts(self) -> tuple[Element, ...]:
        return self._starts

    def subscribe(self, task: Task) -> None:
        # One call for both, so that a failure leaves nothing half open.
        boundary = self.boundary if self.loop is None else ()
        task.workflow.open(task, (*boundary, *self.starts()))

    def activate(self, task: Task) -> bool:
        workflow, data = task.workflow, task.internal_data
        start = data.pop(START, None)
        if start is None:
            start = workflow.none_start(self.process.definition, self.inside())
            brought = {}
        else:
            brought = data.pop(RESULT, {})
        if start:
            workflow.begin(self.process.entry(start), task, triggered=brought)
        elif start is None:
            self.begin_without_start(task)
        return False

    def begin_without_start(self, task: Task) -> None:
        """A sub-process without start event begins at every element that nothing leads to."""
        begun = False
        for element in self.process.definition.in_scope(self.inside()):
            if not (
                element.incoming
                or element.tag in {"startEvent", "boundaryEvent"}
                or element.type == "EVENT_SUB_PROCESS"
                or element.for_compensation
            ):
                task.workflow.begin(self.process.entry(element.id), task)
                begun = True
        if not begun:
            task.workflow.finish_later(task)

    def finish(self, task: Task) -> None:
        if not task._children:  # something may have started since the last one ended
            super().finish(task)

    def child_ended(self, task: Task, child: Task) -> None:
        if not task._children:
            task.workflow.finish_later(task)

    def terminate(self, task: Task, by: Task) -> None:
        """A terminate end event was reached inside: nothing else goes on here."""
        task.workflow.empty(task, but=by)
        task.internal_data[ENDED] = 1
