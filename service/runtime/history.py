"""What happened: the timeline of a case or instance, and where a diagram's elements stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from service import feel, store
from service.errors import NotFound
from service.feel import Value
from service.runtime.unit import UnitOfWork
from service.store.history import FlowNodeInstance, FlowNodeState, Variable, VariableChange

__all__ = [
    "ElementState",
    "EventKind",
    "FlowNodeInstance",
    "FlowNodeState",
    "TimelineEvent",
    "Variable",
    "VariableChange",
    "element_states",
    "flow_nodes",
    "flows_taken",
    "timeline",
    "value",
    "variable_changes",
    "variables",
]


class EventKind(StrEnum):
    INSTANCE_STARTED = "instance_started"
    INSTANCE_ENDED = "instance_ended"
    TASK_OPENED = "task_opened"
    TASK_COMPLETED = "task_completed"
    TASK_CANCELED = "task_canceled"
    DECIDED = "decided"
    EVENT = "event"  # an event of the diagram was reached
    TASK_ACT = "task_act"  # something people did about a task: handed over, returned, reminded, ...
    INCIDENT = "incident"
    INCIDENT_RESOLVED = "incident_resolved"


_LAST = 2**63


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    at: datetime
    kind: EventKind
    key: int  # of the instance, user task, evaluation, flow node instance or incident
    element_id: str | None
    name: str | None  # as the model calls it
    actor: str | None
    instance_key: int | None
    detail: Mapping[str, object]
    # Among events of one moment: keys are given out in the order in which things happen.
    order: int = _LAST


@dataclass(frozen=True, slots=True)
class ElementState:
    """How many visits an element of a diagram has in each state."""

    active: int = 0
    completed: int = 0
    canceled: int = 0
    incidents: int = 0


_SHOWN_EVENTS = frozenset(
    {"START_EVENT", "END_EVENT", "INTERMEDIATE_CATCH_EVENT", "INTERMEDIATE_THROW_EVENT", "BOUNDARY_EVENT"}
)


def timeline(
    unit: UnitOfWork, *, business_key: str | None = None, root_key: int | None = None, newest_first: bool = True
) -> list[TimelineEvent]:
    """Return what happened in a case, or in a root instance with all that it called."""
    if root_key is not None:
        roots: Sequence[int] = [root_key]
    elif business_key is not None:
        query = store.process_instances.InstanceQuery(business_key=business_key, roots_only=True)
        roots = [row.key for row in store.process_instances.search(unit.session, query, None, 1000).items]
    else:
        return []
    events: list[TimelineEvent] = []
    for root in roots:
        events.extend(_of_root(unit, root))
    events.sort(key=lambda event: (event.at, event.order), reverse=newest_first)
    return events


def element_states(unit: UnitOfWork, instance_key: int) -> dict[str, ElementState]:
    """Return the state of every element visited, by element id. Raises `NotFound`."""
    row = store.process_instances.get(unit.session, instance_key)
    if row is None:
        raise NotFound("runtime.instance_not_found", key=instance_key)
    counts: dict[str, dict[str, int]] = {}
    fields = {
        FlowNodeState.ACTIVE: "active",
        FlowNodeState.COMPLETED: "completed",
        FlowNodeState.TERMINATED: "canceled",
    }
    for element_id, state, count in store.history.element_counts(unit.session, instance_key):
        counts.setdefault(element_id, {})[fields[state]] = count
    for incident in store.incidents.active_of_root(unit.session, row.root_key):
        if incident.instance_key == instance_key:
            found = counts.setdefault(incident.element_id, {})
            found["incidents"] = found.get("incidents", 0) + 1
    return {element_id: ElementState(**found) for element_id, found in counts.items()}


def flows_taken(unit: UnitOfWork, instance_key: int) -> Mapping[str, int]:
    """Return how often each sequence flow was taken."""
    return store.history.flows_taken(unit.session, instance_key)


def flow_nodes(
    unit: UnitOfWork,
    *,
    instance_key: int | None = None,
    root_key: int | None = None,
    element_id: str | None = None,
    state: FlowNodeState | None = None,
) -> Sequence[FlowNodeInstance]:
    """Return visits in order of arrival."""
    return store.history.flow_nodes(
        unit.session, instance_key=instance_key, root_key=root_key, element_id=element_id, state=state
    )


def variables(
    unit: UnitOfWork,
    *,
    instance_key: int | None = None,
    root_key: int | None = None,
    scope_key: int | None = None,
    name: str | None = None,
) -> Sequence[Variable]:
    """Return variables as they are now, or were when their instance ended, by name; `value` is JSON text."""
    return store.history.variables(
        unit.session, instance_key=instance_key, root_key=root_key, scope_key=scope_key, name=name
    )


def variable_changes(unit: UnitOfWork, root_key: int) -> Sequence[VariableChange]:
    """Return every value that any variable of a root instance took, oldest first."""
    return store.history.changes(unit.session, root_key)


def value(row: Variable | VariableChange) -> Value:
    """Return the FEEL value of a variable's row."""
    return feel.codec.decode(row.value)


def _of_root(unit: UnitOfWork, root_key: int) -> Iterator[TimelineEvent]:
    yield from _instances(unit, root_key)
    yield from _tasks(unit, root_key)
    yield from _acts(unit, root_key)
    yield from _decisions(unit, root_key)
    yield from _events(unit, root_key)
    yield from _incidents(unit, root_key)


def _instances(unit: UnitOfWork, root_key: int) -> Iterator[TimelineEvent]:
    for row in store.process_instances.of_root(unit.session, root_key):
        event = TimelineEvent(
            at=row.started_at,
            kind=EventKind.INSTANCE_STARTED,
            key=row.key,
            element_id=None,
            name=row.process_name,
            actor=row.started_by,
            instance_key=row.key,
            detail={"process": row.process_id, "version": row.definition_version, "called": row.parent_key is not None},
            order=row.key,
        )
        yield event
        if row.ended_at is not None:
            detail = {**event.detail, "state": row.state.value}
            yield replace(event, at=row.ended_at, kind=EventKind.INSTANCE_ENDED, actor=None, detail=detail, order=_LAST)


def _tasks(unit: UnitOfWork, root_key: int) -> Iterator[TimelineEvent]:
    query = store.user_tasks.UserTaskQuery(state=None, root_key=root_key, order=store.user_tasks.TaskOrder.CREATED)
    submissions = {row.user_task_key: row.key for row in store.submissions.of_root(unit.session, root_key)}
    for task in store.user_tasks.search(unit.session, query, None, 5000).items:
        opened = TimelineEvent(
            at=task.created_at,
            kind=EventKind.TASK_OPENED,
            key=task.key,
            element_id=task.element_id,
            name=task.name,
            actor=None,
            instance_key=task.instance_key,
            detail={"due": task.due_at, "assignee": task.assignee, "documentation": task.documentation},
            order=task.key,
        )
        yield opened
        if task.completed_at is None:
            continue
        completed = task.state is store.user_tasks.UserTaskState.COMPLETED
        yield replace(
            opened,
            at=task.completed_at,
            kind=EventKind.TASK_COMPLETED if completed else EventKind.TASK_CANCELED,
            actor=task.completed_by,
            detail={**opened.detail, "late": task.due_at is not None and task.completed_at > task.due_at},
            order=submissions.get(task.key, _LAST - 1),
        )


def _acts(unit: UnitOfWork, root_key: int) -> Iterator[TimelineEvent]:
    for act in store.task_acts.of_root(unit.session, root_key):
        yield TimelineEvent(
            at=act.at,
            kind=EventKind.TASK_ACT,
            key=act.key,
            element_id=act.element_id,
            name=act.task_name,
            actor=act.actor,
            instance_key=act.instance_key,
            detail={"act": act.kind.value, "target": act.target, "place": act.place, "text": act.text},
            order=act.key,
        )


def _decisions(unit: UnitOfWork, root_key: int) -> Iterator[TimelineEvent]:
    for row in store.evaluations.search(unit.session, root_key=root_key, limit=5000).items:
        yield TimelineEvent(
            at=row.evaluated_at,
            kind=EventKind.DECIDED,
            key=row.key,
            element_id=row.element_id,
            name=row.decision_name,
            actor=row.evaluated_by,
            instance_key=row.instance_key,
            detail={
                "decision": row.decision_id,
                "version": row.decision_version,
                "output": feel.codec.decode(row.output),
                "failed": row.failure_code,
            },
            order=row.key,
        )


def _events(unit: UnitOfWork, root_key: int) -> Iterator[TimelineEvent]:
    """Named events of the diagram; those without a name say nothing to a reader."""
    for node in store.history.flow_nodes(unit.session, root_key=root_key, state=FlowNodeState.COMPLETED):
        if node.element_type in _SHOWN_EVENTS and node.ended_at is not None and node.name:
            yield TimelineEvent(
                at=node.ended_at,
                kind=EventKind.EVENT,
                key=node.key,
                element_id=node.element_id,
                name=node.name,
                actor=None,
                instance_key=node.instance_key,
                detail={"type": node.element_type},
                order=node.key,
            )


def _incidents(unit: UnitOfWork, root_key: int) -> Iterator[TimelineEvent]:
    for row in store.incidents.search(unit.session, state=None, root_key=root_key, limit=5000).items:
        raised = TimelineEvent(
            at=row.created_at,
            kind=EventKind.INCIDENT,
            key=row.key,
            element_id=row.element_id,
            name=None,
            actor=None,
            instance_key=row.instance_key,
            detail={"code": row.code, "type": row.kind},
            order=row.key,
        )
        yield raised
        if row.resolved_at is not None:
            yield replace(
                raised,
                at=row.resolved_at,
                kind=EventKind.INCIDENT_RESOLVED,
                actor=row.resolved_by,
                order=_LAST - 1,
            )
