"""Events: those that catch wait, or have happened already; those that throw do so once.

What each kind of throw does stands in `THROWS`; what each kind of catch waits for, in `Workflow.open`.
"""

from __future__ import annotations

from collections.abc import Callable

from service.bpmn import compensation
from service.bpmn.definition import Dialect, EventDefinition, Job
from service.bpmn.elements.service_task import open_job, read_job
from service.bpmn.failure import Failure
from service.bpmn.node import TRIGGERED, NodeSpec, Task
from service.bpmn.source import Source


class CatchSpec(NodeSpec):
    """Intermediate catch events and receive tasks; a token that comes by an event that happened goes on at once."""

    def activate(self, task: Task) -> bool:
        event = self.element.event
        if event is None or TRIGGERED in task.internal_data or event.kind == "link":
            return True
        task.workflow.open(task, (self.element,))
        return False


class StartSpec(NodeSpec):
    """It has happened by the time there is a token."""


class BoundarySpec(NodeSpec):
    """It has happened by the time there is a token."""


class ThrowSpec(NodeSpec):
    """Intermediate throw events and end events."""

    def activate(self, task: Task) -> bool:
        event = self.element.event
        if isinstance(self.element.detail, Job):
            open_job(task, self.element.detail, "event")
            return False
        return event is None or THROWS[event.kind](task, event)

    def finish(self, task: Task) -> None:
        # A cancel event comes back here when everything in its transaction is undone.
        event = self.element.event
        if event is not None and event.kind == "cancel":
            _cancelled(task)
        else:
            super().finish(task)


def _message(task: Task, event: EventDefinition) -> bool:
    task.workflow.throw_message(task, event)
    return True


def _signal(task: Task, event: EventDefinition) -> bool:
    task.workflow.throw_signal(task, event)
    return bool(task.workflow.is_alive(task))


def _error(task: Task, event: EventDefinition) -> bool:
    workflow = task.workflow
    place = workflow.scopes_of(task)
    code = place.text(event.code, "EXTRACT_VALUE_ERROR") or ""
    message = place.text(event.message, "EXTRACT_VALUE_ERROR") or ""
    variables = dict(workflow.scopes.get(task.id, {}))
    if not workflow.raise_error(task, code, message, variables):
        raise Failure("UNHANDLED_ERROR_EVENT", "bpmn.error_not_caught", error_code=code, message=message)
    return bool(workflow.is_alive(task))


def _escalation(task: Task, event: EventDefinition) -> bool:
    workflow = task.workflow
    code = workflow.scopes_of(task).text(event.code, "EXTRACT_VALUE_ERROR") or ""
    workflow.raise_escalation(task, code, dict(workflow.scopes.get(task.id, {})))
    return bool(workflow.is_alive(task))


def _compensation(task: Task, event: EventDefinition) -> bool:
    return compensation.throw(task.workflow, task, event)


def _terminate(task: Task, _event: EventDefinition) -> bool:
    task.parent.task_spec.terminate(task.parent, task)
    return True


def _link(task: Task, event: EventDefinition) -> bool:
    definition = task.task_spec.process.definition
    target = next(
        element
        for element in definition.in_scope(task.task_spec.element.parent)
        if element.tag == "intermediateCatchEvent"
        and element.event is not None
        and element.event.kind == "link"
        and element.event.link == event.link
    )
    task.workflow.begin(task.task_spec.process.entry(target.id), task.parent, triggered={})
    return True


def _cancel(task: Task, _event: EventDefinition) -> bool:
    """Everything else in the transaction stops and is undone; then the transaction is left by its cancel event."""
    transaction = _transaction(task)
    inner = task
    while inner.parent is not transaction:
        inner = inner.parent
    task.workflow.empty(transaction, but=inner)
    if compensation.everything(task.workflow, task, transaction):
        _cancelled(task)
    return False


def _transaction(task: Task) -> Task:
    scope = task.parent
    while scope.task_spec.element.tag != "transaction":
        scope = scope.parent
    return scope


def _cancelled(task: Task) -> None:
    workflow, transaction = task.workflow, _transaction(task)
    host = transaction.parent if transaction.task_spec.loop is not None else transaction
    boundary = next(
        (e for e in host.task_spec.boundary if e.event is not None and e.event.kind == "cancel"),
        None,
    )
    if boundary is not None:
        workflow.trigger(boundary, host, {})
    else:
        workflow.empty(transaction)
        workflow.finish_later(transaction)


THROWS: dict[str, Callable[[Task, EventDefinition], bool]] = {
    "message": _message,
    "signal": _signal,
    "error": _error,
    "escalation": _escalation,
    "compensation": _compensation,
    "terminate": _terminate,
    "link": _link,
    "cancel": _cancel,
}


def read_throw(source: Source) -> Job | None:
    """The job with which a message is published, of either dialect; without one the engine sends it itself."""
    if source.dialect is Dialect.CAMUNDA_8:
        return read_job(source)
    definition = source.child("messageEventDefinition")
    if definition is None or definition.camunda("type") is None:
        return None
    if definition.camunda("type") != "external":
        definition.error("bpmn.service_task_without_work", "camunda:type")
        return None
    topic = definition.expression(definition.camunda("topic"), "camunda:topic")
    if topic is None:
        definition.error("bpmn.job_missing", "camunda:topic")
        return None
    return Job(topic=topic)
