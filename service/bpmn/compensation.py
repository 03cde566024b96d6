"""Undoing: what has completed and could be undone, and the handlers started for it, latest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.bpmn.definition import EventDefinition
from service.bpmn.node import LOOP

Workflow = Any  # service.bpmn.workflow.Workflow, which imports this module
Task = Any

RECORDS = "c"  # of a scope: what completed inside and can be undone, in order
THROWER = "x"  # of a handler: the event that started it
PENDING = "n"  # of a throwing event: handlers not done yet

# A record: e element, h handler element, s event sub-process that handles, v local variables, c records inside.
Record = dict[str, Any]


def remember(workflow: Workflow, task: Task) -> None:
    """Keep of a completed activity what is needed to undo it, at the scope around it."""
    spec = task.task_spec
    _handler_done(workflow, task)
    if task.parent is None or spec.is_instance or spec.element.for_compensation:
        return
    inside: list[Record] = task.internal_data.get(RECORDS, [])
    if spec.is_body:
        if inside:
            task.parent.internal_data.setdefault(RECORDS, []).extend(inside)
        return
    definition = spec.process.definition
    boundary = spec.boundary if LOOP not in task.internal_data else task.parent.task_spec.boundary
    handler = next(
        (definition.compensation_handlers.get(e.id) for e in boundary if e.event and e.event.kind == "compensation"),
        None,
    )
    starts = spec.starts() if spec.is_scope else ()
    sub_process = next((e.parent for e in starts if e.event and e.event.kind == "compensation"), None)
    if handler is None and sub_process is None and not inside:
        return
    record: Record = {"e": spec.element.id}
    if handler is not None:
        record["h"] = handler
    elif sub_process is not None:
        record["s"] = sub_process
    if inside:
        record["c"] = inside
    if local := workflow.scopes.get(task.id):
        record["v"] = dict(local)
    task.parent.internal_data.setdefault(RECORDS, []).append(record)


def cancelled(workflow: Workflow, task: Task) -> None:
    """A handler that is cancelled is not waited for."""
    _handler_done(workflow, task)


def throw(workflow: Workflow, task: Task, event: EventDefinition) -> bool:
    """Start the handlers; True when there is nothing to wait for."""
    # An event sub-process undoes what was done in the scope that it handles, too. One that is itself the undoing of a
    # completed sub-process has got the records of that, and stands in a scope that isn't its own.
    scopes = [task.parent]
    while scopes[-1].task_spec.is_handler and THROWER not in scopes[-1].internal_data:
        scopes.append(scopes[-1].parent)
    started = 0
    for scope in scopes:
        records: list[Record] = scope.internal_data.get(RECORDS, [])
        chosen = [record for record in records if event.activity in (None, record["e"])]
        if chosen:
            scope.internal_data[RECORDS] = [record for record in records if record not in chosen]
        for record in reversed(chosen):
            started += _undo(workflow, task, scope, record, {})
    if not started or not event.wait:
        return True
    task.internal_data[PENDING] = started
    return False


def everything(workflow: Workflow, task: Task, scope: Task) -> bool:
    """Undo all of a cancelled transaction on behalf of its cancel event; True when there is nothing to wait for."""
    records: list[Record] = scope.internal_data.pop(RECORDS, [])
    started = sum(_undo(workflow, task, scope, record, {}) for record in reversed(records))
    if started:
        task.internal_data[PENDING] = started
    return not started


def _undo(workflow: Workflow, thrower: Task, scope: Task, record: Record, outer: Mapping[str, Any]) -> int:
    """Start what undoes one record; how many handlers that was."""
    process = scope.task_spec.process
    local = {**outer, **record.get("v", {})}
    if handler := record.get("h"):
        task = workflow.begin(process.entry(handler), scope, local=local)
    elif sub_process := record.get("s"):
        start = next(
            e
            for e in process.definition.in_scope(sub_process)
            if e.event is not None and e.event.kind == "compensation"
        )
        task = workflow.begin(process.entry(sub_process), scope, start=start.id, triggered={}, local=local)
        task.internal_data[RECORDS] = list(record.get("c", []))
    else:
        return sum(_undo(workflow, thrower, scope, inner, local) for inner in reversed(record.get("c", [])))
    task.internal_data[THROWER] = thrower.id
    return 1


def _handler_done(workflow: Workflow, task: Task) -> None:
    thrower = workflow.tasks.get(task.internal_data.pop(THROWER, None))
    if thrower is None or PENDING not in thrower.internal_data:
        return
    thrower.internal_data[PENDING] -= 1
    if thrower.internal_data[PENDING] == 0:
        del thrower.internal_data[PENDING]
        workflow.finish_later(thrower)
