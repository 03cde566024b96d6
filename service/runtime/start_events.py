"""Start events that something from outside triggers: timers, messages and signals follow the latest live version."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from service import bpmn, feel, store
from service.bpmn import timers
from service.bpmn.definition import StartTrigger
from service.bpmn.timers import Schedule
from service.errors import DeploymentRejected, Finding, Severity
from service.runtime.unit import InstanceContext, UnitOfWork
from service.store.definitions import ProcessDefinition
from service.store.jobs import Job, JobKind, JobState
from service.store.subscriptions import SubscriptionKind


def follow(unit: UnitOfWork, rows: Iterable[ProcessDefinition]) -> None:
    """Let start timers and start subscriptions follow versions that have just come into force.

    A version that has a later one in force beside it changes nothing: its cycles must not begin anew. Raises
    `DeploymentRejected` for a start event whose expression has no usable value.
    """
    for row in rows:
        latest = store.definitions.live(unit.session, ProcessDefinition, row.definition_id)
        if latest is not None and latest.key == row.key:
            _checked(row, lambda: follow_latest(unit, row.definition_id))  # noqa: B023 - called at once


def check(unit: UnitOfWork, rows: Iterable[ProcessDefinition]) -> None:
    """Raise `DeploymentRejected` for versions whose start events could not be followed when they come into force."""
    for row in rows:
        _checked(row, lambda: _starts(unit, row))  # noqa: B023 - called at once


def follow_latest(unit: UnitOfWork, process_id: str) -> None:
    """Replace a process's start timers and start subscriptions by those of its latest live version."""
    session = unit.session
    former = {job.element_id: job for job in store.jobs.start_timers(session, process_id)}
    store.jobs.delete_all(session, [job.key for job in former.values()])
    store.subscriptions.delete_starts(session, process_id)
    row = store.definitions.live(session, ProcessDefinition, process_id)
    if row is None:
        return
    jobs, subscriptions = _starts(unit, row)
    store.jobs.insert_all(session, jobs)
    store.subscriptions.insert_all(session, subscriptions)


def next_turn(unit: UnitOfWork, definition: bpmn.ProcessDefinition, job: Job) -> tuple[Schedule | None, int]:
    """Return when a start timer fires again, None if never, and how many turns were missed."""
    start = next((start for start in definition.starts if start.element_id == job.element_id), None)
    if start is None or start.timer is None or start.timer.kind != "cycle" or job.repetitions == 0:
        return None, 0
    interval = _schedule(unit, start).interval
    if interval is None:
        return None, 0
    left = None if job.repetitions is None else job.repetitions - 1
    due: datetime | None = timers.following(interval, job.timer_due_at or job.due_at, unit.engine.zone)
    missed = 0
    while due is not None and due <= unit.now and left != 0:
        missed += 1
        left = None if left is None else left - 1
        due = timers.following(interval, due, unit.engine.zone)
    return (None if due is None else Schedule(due, left, interval)), missed


def _starts(unit: UnitOfWork, row: ProcessDefinition) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows of a version's start timers and start subscriptions."""
    jobs: list[dict[str, Any]] = []
    subscriptions: list[dict[str, Any]] = []
    for start in unit.engine.definitions.process(unit.session, row.key).starts:
        if start.kind == "timer":
            jobs.append(_timer(unit, row, start))
        elif start.kind in {"message", "signal"}:
            subscriptions.append(_subscription(unit, row, start))
    return jobs, subscriptions


def _checked(row: ProcessDefinition, look: Callable[[], object]) -> None:
    try:
        look()
    except bpmn.Failure as error:
        finding = Finding(error.code, Severity.ERROR, row.resource_name, row.definition_id, facts=error.facts)
        raise DeploymentRejected([finding]) from error


def _timer(unit: UnitOfWork, row: ProcessDefinition, start: StartTrigger) -> dict[str, Any]:
    schedule = _schedule(unit, start)
    return {
        "key": unit.new_key(),
        "kind": JobKind.START_TIMER,
        "state": JobState.OPEN,
        "topic": None,
        "job_kind": None,
        "due_at": schedule.due,
        "timer_due_at": schedule.due,
        "priority": 50,
        "retries": 3,
        "failures": 0,
        "headers": "{}",
        "repetitions": schedule.repetitions,
        "element_id": start.element_id,
        "element_instance_key": None,
        "instance_key": None,
        "root_key": None,
        "definition_key": row.key,
        "process_id": row.definition_id,
        "business_key": None,
        "created_at": unit.now,
    }


def _schedule(unit: UnitOfWork, start: StartTrigger) -> Schedule:
    if start.timer is None:
        raise TypeError(f"start event {start.element_id} has no timer")
    environment = _environment(unit)
    value = start.timer.expression.evaluate({}, environment, timers.KIND)
    return timers.schedule(start.timer, value, unit.now, unit.engine.zone)


def _subscription(unit: UnitOfWork, row: ProcessDefinition, start: StartTrigger) -> dict[str, Any]:
    name = start.name.evaluate({}, _environment(unit), timers.KIND) if start.name else None
    return {
        "key": unit.new_key(),
        "kind": SubscriptionKind.MESSAGE if start.kind == "message" else SubscriptionKind.SIGNAL,
        "name": None if name is None else str(name),
        "correlation_key": None,
        "element_id": start.element_id,
        "element_instance_key": None,
        "instance_key": None,
        "root_key": None,
        "definition_key": row.key,
        "process_id": row.definition_id,
        "business_key": None,
        "created_at": unit.now,
    }


def _environment(unit: UnitOfWork) -> feel.Environment:
    functions = unit.engine.plugins.functions.functions(unit, InstanceContext(0, 0, None, {}))
    return feel.Environment(now=unit.now, zone=unit.engine.zone, functions=functions)
