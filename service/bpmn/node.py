"""The life of a flow node instance, common to all element types, as a SpiffWorkflow task specification.

A flow node instance is a SpiffWorkflow task whose parent is the scope around it. SpiffWorkflow drives it: FUTURE when a
token arrives, WAITING at a join, READY when it may run, STARTED while it waits for something from outside, COMPLETED or
CANCELLED at the end. Nothing is predicted and no data is copied from task to task: variables live in scopes.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from service.bpmn.definition import Element, Flow, MultiInstance, ProcessDefinition
from service.bpmn.failure import Failure
from service.bpmn.scopes import Place
from service.bpmn.waits import UserTask
from service.feel import Value

Task = Any  # SpiffWorkflow.task.Task, untyped

# Keys of a task's internal data, which is stored: short, because every flow node instance carries some.
PHASE = "p"  # next phase of entering, after an incident
ENTERED = "e"  # history knows of it
RESULT = "r"  # variables that arrived from outside
MAPPED = "o"  # outputs are written
FLOWS = "f"  # flows to take, between leaving and completing
TRIGGERED = "t"  # an event that has already happened, with the variables it brought
START = "s"  # start event with which a scope begins; "" for none
LOOP = "l"  # loop counter of a turn
INTERRUPTED = "i"  # an event sub-process has taken the scope over
ENDED = "z"  # ended by a terminate event


class Phase:
    """Where entering goes on after an incident."""

    INPUTS, SUBSCRIPTIONS, ACTIVATION = range(3)


class ProcessSpec(WorkflowSpec):
    """All flow nodes of a process, sub-processes included, by name.

    An element's name is its id; the body of a multi-instance activity and the process itself have names that no XML id
    can have, so that no id of a diagram collides with them.
    """

    def __init__(self, definition: ProcessDefinition) -> None:
        super().__init__(definition.process_id, filename=definition.file)
        self.definition = definition

    def entry(self, element_id: str) -> NodeSpec:
        """Where a token enters an element: the body, if it is a multi-instance activity."""
        found: NodeSpec = self.task_specs.get(body_name(element_id)) or self.task_specs[element_id]
        return found


def body_name(element_id: str) -> str:
    return f"{element_id}:body"


class NodeSpec(TaskSpec):
    """One element of a process. A subclass says what the element does in `activate` and `choose`."""

    is_scope = False  # has flow nodes inside
    is_instance = False  # is a process instance
    is_handler = False  # is an event sub-process
    is_body = False  # is the body around the turns of a multi-instance activity
    joins = False  # tokens of several flows meet in one flow node instance

    def __init__(self, process: ProcessSpec, element: Element, name: str | None = None) -> None:
        super().__init__(process, name or element.id)
        self.process = process
        self.element = element
        self.flows: tuple[Flow, ...] = ()
        self.boundary: tuple[Element, ...] = ()  # events attached to it
        self.element_type = element.type
        self.loop: MultiInstance | None = None  # set on the turns of a multi-instance activity

    # SpiffWorkflow's hooks

    def test(self) -> None:
        """A start or a compensation handler has no inputs, and may be alone: nothing to complain about."""

    def _predict_hook(self, my_task: Task) -> None:
        """The future is not drawn into the task tree: loops would grow it, and no token needs it."""

    def _update_hook(self, my_task: Task) -> bool:
        return True

    def _on_ready_hook(self, my_task: Task) -> None:
        my_task.workflow.ready(my_task)

    def _run_hook(self, my_task: Task) -> bool | None:
        """True: done; None: waits, stopped at an incident, or was cancelled by its own doing."""
        try:
            if not self.enter(my_task):
                return None
        except Failure as failure:
            my_task.workflow.stop(my_task, failure)
            return None
        return True if self.leave(my_task) else None

    def _on_complete_hook(self, my_task: Task) -> None:
        my_task.workflow.completed_visit(my_task)
        flows = [self.process.definition.flows[flow] for flow in my_task.internal_data.pop(FLOWS, ())]
        my_task.workflow.take_flows(flows, my_task.parent)

    def _on_cancel(self, my_task: Task) -> None:
        my_task.workflow.cancelled_visit(my_task)

    # What an element does

    def enter(self, task: Task) -> bool:
        """Begin the visit: mappings, subscriptions, then the element's own doing. True when it is already done."""
        workflow = task.workflow
        data = task.internal_data
        if ENTERED not in data:
            data[ENTERED] = 1
            workflow.entered_visit(task)
        if data.get(PHASE, Phase.INPUTS) == Phase.INPUTS:
            workflow.scopes_of(task).map_inputs(self.element.mappings.inputs)
            data[PHASE] = Phase.SUBSCRIPTIONS
        if data[PHASE] == Phase.SUBSCRIPTIONS:
            self.subscribe(task)
            data[PHASE] = Phase.ACTIVATION
            if workflow.look_at_conditions() and (not workflow.is_alive(task) or INTERRUPTED in data):
                return False
        return self.activate(task)

    def subscribe(self, task: Task) -> None:
        """Open what may interrupt the visit. All or nothing. Raises `Failure`."""
        if self.boundary and self.loop is None:
            task.workflow.open(task, self.boundary)

    def activate(self, task: Task) -> bool:
        """Do the element's work. True when it is done, False when something from outside must come first.

        Raises `Failure`, having changed nothing; it's called again on retry.
        """
        return True

    def finish(self, task: Task) -> None:
        """The work is done: leave and go on, or stop at an incident."""
        if self.leave(task):
            task.complete()

    def leave(self, task: Task) -> bool:
        """Write the outputs and choose the flows. False when an incident stands in the way, or an interruption came."""
        workflow = task.workflow
        data = task.internal_data
        try:
            if MAPPED not in data:
                workflow.scopes_of(task).map_outputs(self.element.mappings, self.result(task))
                data[MAPPED] = 1
                data.pop(RESULT, None)
            if self.loop is not None:
                self.parent_body(task).turn_done(task)
                data[FLOWS] = ()
            else:
                data[FLOWS] = tuple(flow.id for flow in self.choose(task))
        except Failure as failure:
            workflow.stop(task, failure, leaving=True)
            return False
        return True

    def result(self, task: Task) -> dict[str, Value]:
        """The variables that the work brought."""
        found: dict[str, Value] = task.internal_data.get(RESULT, {})
        return found

    def choose(self, task: Task) -> tuple[Flow, ...]:
        """Flows out of an activity or event: those without condition, those whose condition holds, else the default.

        Raises `Failure` when there are flows and none may be taken.
        """
        if not self.flows:
            return ()
        default = self.element.default
        taken: list[Flow] = []
        conditional = False
        for flow in self.flows:
            if flow.id == default:
                continue
            if flow.condition is None:
                taken.append(flow)
            else:
                conditional = True
                if task.workflow.holds(flow, task):
                    taken.append(flow)
        if default is not None and not any(flow.condition is not None for flow in taken):
            taken += [flow for flow in self.flows if flow.id == default]
        if not taken and conditional:
            raise no_flow(self.element)
        return tuple(taken)

    def starts(self) -> tuple[Element, ...]:
        """Start events of the event sub-processes inside; for scopes."""
        return ()

    def renewed(self, place: Place, wait: UserTask) -> UserTask:
        """The task with its dates evaluated again; for user tasks."""
        return wait

    def child_ended(self, task: Task, child: Task) -> None:
        """A flow node instance inside ended; for scopes."""

    @staticmethod
    def parent_body(task: Task) -> Any:
        """The specification of the multi-instance body around a turn."""
        return task.parent.task_spec


def no_flow(element: Element) -> Failure:
    return Failure("CONDITION_ERROR", "bpmn.no_flow_selected", element=element.id)
