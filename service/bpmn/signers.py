"""Signers are added to or removed from a step that several people do, while it runs."""

from __future__ import annotations

from typing import Any, cast

from service.bpmn.elements.multi_instance import BEGUN, COUNT, ITEMS, LIMIT, OUTPUTS, REMOVED, BodySpec
from service.bpmn.node import LOOP
from service.bpmn.workflow import Workflow
from service.errors import Conflict, NotFound
from service.feel import Value

Task = Any  # SpiffWorkflow.task.Task, untyped


def add(workflow: Workflow, key: int, signer: str, *, before: bool = False) -> None:
    """Let one more person sign beside the turn `key`; one after the other: right after it, or `before` it.

    Raises `Conflict` where the items of the step are no names of people.
    """
    body = _body(workflow, key)
    spec = _spec(body)
    many, data = spec.characteristics, body.internal_data
    if many.element is None or not all(isinstance(item, str) for item in _items(workflow, body)):
        raise Conflict("bpmn.signers_not_names", element=spec.element.id)
    if data[COUNT] >= LIMIT:
        raise Conflict("bpmn.too_many_turns", element=spec.element.id, count=data[COUNT] + 1, limit=LIMIT)
    data[COUNT] += 1
    if OUTPUTS in data:
        data[OUTPUTS].append(None)
    if not many.sequential:
        spec.begin_turn(body, signer)
    elif before:
        present = data[BEGUN] - 1
        data[ITEMS].insert(present, signer)
        data[BEGUN] = present
        workflow.cancel_task(workflow.tasks[key])
        spec.begin_turn(body, signer)
    else:
        data[ITEMS].insert(data[BEGUN], signer)
    spec.count(body)
    workflow._advance()


def remove(workflow: Workflow, key: int) -> None:
    """Take the turn of one who has not signed out of a step whose signers sign side by side.

    Raises `Conflict` for the last one, and where signers come one after the other.
    """
    body = _body(workflow, key)
    spec, data = _spec(body), body.internal_data
    if spec.characteristics.sequential:
        raise Conflict("bpmn.signers_in_order", element=spec.element.id)
    if len(body.children) < 2:
        raise Conflict("bpmn.signer_last", element=spec.element.id)
    turn = workflow.tasks[key]
    # Its place stays counted, so that the others keep theirs; the result leaves it out.
    data.setdefault(REMOVED, []).append(turn.internal_data[LOOP] - spec.characteristics.first)
    workflow.cancel_task(turn)
    spec.count(body)
    workflow._advance()


def _items(workflow: Workflow, body: Task) -> list[Value]:
    many, data = _spec(body).characteristics, body.internal_data
    if many.sequential:
        return list(data[ITEMS])
    return [
        workflow.scopes.get(turn.id, {}).get(many.element or "") for turn in body.children if LOOP in turn.internal_data
    ]


def _body(workflow: Workflow, key: int) -> Task:
    task = workflow.tasks.get(key)
    if task is None:
        raise NotFound("bpmn.wait_unknown", key=key)
    if task.parent is None or not task.parent.task_spec.is_body:
        raise Conflict("bpmn.signers_of_one", element=task.task_spec.element.id)
    return task.parent


def _spec(body: Task) -> BodySpec:
    return cast(BodySpec, body.task_spec)
