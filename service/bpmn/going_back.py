"""Tokens go back: from where a token stands to a step that was finished, in the same scope or one around it.

What ends is found before anything moves, so that a person can be told, or refused with the reason. A token leaves with
all that hangs on it: what stands inside it, its boundary events, timers and subscriptions. Tokens of other branches
stay, unless they come from the step itself; a join keeps those tokens that no way from the step brings again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.bpmn.definition import ProcessDefinition
from service.bpmn.elements.gateways import ARRIVED
from service.bpmn.failure import Failure
from service.bpmn.node import FLOWS, INTERRUPTED, MAPPED
from service.bpmn.scopes import plain_all
from service.bpmn.waits import UserTask, Wait
from service.bpmn.workflow import Workflow
from service.errors import Conflict
from service.feel import Value

Task = Any  # SpiffWorkflow.task.Task, untyped


@dataclass(frozen=True, slots=True)
class Plan:
    """What a move back would do."""

    scope_key: int
    element_id: str
    ends: tuple[int, ...]  # flow node instances in the scope that end, with all inside
    waits: tuple[Wait, ...]  # what is waited for in them
    forgotten: int  # tokens of finished branches that a join has taken and that come again

    @property
    def leaves_other_branches(self) -> bool:
        """Whether only the one token moves, so that it may come straight back."""
        return self.forgotten == 0


def scopes_around(workflow: Workflow, key: int) -> list[int]:
    """Keys of the scopes around a flow node instance, nearest first, those of calling instances too."""
    found = []
    task = workflow.tasks[key].parent
    while task is not None:
        found.append(int(task.id))
        task = task.parent
    return found


def definition_at(workflow: Workflow, scope_key: int) -> ProcessDefinition:
    """The definition whose elements stand in a scope."""
    found: ProcessDefinition = workflow.tasks[scope_key].task_spec.process.definition
    return found


def plan(workflow: Workflow, scope_key: int, element_id: str, left: int | None = None) -> Plan:
    """What ends when a token goes back to `element_id` in a scope.

    `left` is the flow node instance that is left; without it everything that came after the step ends. Raises
    `Conflict` with the reason where the way back is not sure.
    """
    scope = workflow.tasks.get(scope_key)
    if scope is None:
        raise Conflict("bpmn.back_scope_ended")
    if scope.task_spec.is_body:
        raise Conflict("bpmn.back_into_many")
    if INTERRUPTED in scope.internal_data:
        raise Conflict("bpmn.back_out_of_handler")
    definition = definition_at(workflow, scope_key)
    if definition.elements[element_id].for_compensation:
        raise Conflict("bpmn.back_out_of_handler")
    after = reachable(definition, element_id)
    leaving = None if left is None else _in_scope(workflow, left, scope)
    if leaving is not None and leaving.task_spec.element.id not in after:
        raise Conflict("bpmn.back_other_branch")
    ends: list[int] = []
    forgotten = 0
    for child in scope.children:
        if child.task_spec.element.id not in after or child.task_spec.is_handler:
            continue
        kept, lost = _arrivals(definition, child, after)
        forgotten += lost
        if not kept:
            ends.append(int(child.id))
    waits = tuple(wait for key in ends for wait in _waits_in(workflow, workflow.tasks[key]))
    return Plan(scope_key, element_id, tuple(ends), waits, forgotten)


def move(workflow: Workflow, planned: Plan) -> None:
    """Do what a plan says, and run to the next waits."""
    scope = workflow.tasks[planned.scope_key]
    definition = definition_at(workflow, planned.scope_key)
    after = reachable(definition, planned.element_id)
    for child in list(scope.children):
        if child.id in planned.ends:
            workflow.cancel_task(child)
        elif ARRIVED in child.internal_data and child.task_spec.element.id in after:
            child.internal_data[ARRIVED], _ = _arrivals(definition, child, after)
    workflow.begin(scope.task_spec.process.entry(planned.element_id), scope)
    workflow._advance()


def complete_to(workflow: Workflow, key: int, variables: Mapping[str, Value], element_id: str) -> None:
    """A user task is done, and its token goes straight to a step of the scope around it, past its flows.

    Raises `Conflict` when the outputs of the task can't be written: nothing has changed then but in memory.
    """
    wait = workflow._wait(key, UserTask)
    task = workflow.tasks[wait.host_key]
    scope = task.parent
    workflow.drop(wait.key)
    try:
        workflow.scopes_of(task).map_outputs(task.task_spec.element.mappings, plain_all(variables))
    except Failure as failure:
        raise Conflict("bpmn.back_outputs", element=task.task_spec.element.id) from failure
    task.internal_data[MAPPED] = 1
    task.internal_data[FLOWS] = ()
    workflow.begin(scope.task_spec.process.entry(element_id), scope)
    task.complete()
    workflow._advance()


def reachable(definition: ProcessDefinition, element_id: str) -> frozenset[str]:
    """Elements of the same scope to which a token may come from a step, the step itself among them."""
    boundary: dict[str, list[str]] = {}
    for element in definition.elements.values():
        if element.attached_to is not None:
            boundary.setdefault(element.attached_to, []).append(element.id)
    seen, queue = {element_id}, deque([element_id])
    while queue:
        element = definition.elements[queue.popleft()]
        targets = [definition.flows[flow].target for flow in element.outgoing] + boundary.get(element.id, [])
        for target in targets:
            if target not in seen:
                seen.add(target)
                queue.append(target)
    return frozenset(seen)


def _in_scope(workflow: Workflow, key: int, scope: Task) -> Task:
    """The flow node instance of a scope in which another one stands. Raises `Conflict` for one inside a handler."""
    task = workflow.tasks[key]
    while task.parent is not None and task.parent.id != scope.id:
        if task.task_spec.is_handler:
            raise Conflict("bpmn.back_out_of_handler")
        task = task.parent
    if task.parent is None:
        raise Conflict("bpmn.back_scope_ended")
    if task.task_spec.is_handler:
        raise Conflict("bpmn.back_out_of_handler")
    return task


def _arrivals(definition: ProcessDefinition, child: Task, after: frozenset[str]) -> tuple[dict[str, int], int]:
    """Tokens that a waiting join keeps, by flow, and how many of it come again."""
    arrived: dict[str, int] = child.internal_data.get(ARRIVED, {})
    kept = {flow: count for flow, count in arrived.items() if definition.flows[flow].source not in after}
    return kept, sum(arrived.values()) - sum(kept.values())


def _waits_in(workflow: Workflow, task: Task) -> list[Wait]:
    found = [workflow.waits[key] for key in workflow._waits_of.get(task.id, ())]
    for child in task.children:
        found += _waits_in(workflow, child)
    return found
