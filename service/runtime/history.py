"""What happened: the timeline of a case or instance, and where a diagram's elements stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    INCIDENT = "incident"
    INCIDENT_RESOLVED = "incident_resolved"


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
    events.sort(key=lambda event: (event.at, event.key), reverse=newest_first)
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


def _of_root(unit: UnitOfWork, root_key: int) -> list[TimelineEvent]:
    session = unit.session
    events: list[TimelineEvent] = []
    for row in store.process_instances.of_root(session, root_key):
        facts = {"process": row.process_id, "version": row.definition_version, "called": row.parent_key is not None}
        name = row.process_name
        events.append(
            TimelineEvent(
                row.started_at, EventKind.INSTANCE_STARTED, row.key, None, name, row.started_by, row.key, facts
            )
        )
        if row.ended_at is not None:
            ended = facts | {"state": row.state.value}
            events.append(
                TimelineEvent(row.ended_at, EventKind.INSTANCE_ENDED, row.key, None, name, None, row.key, ended)
            )
    query = store.user_tasks.UserTaskQuery(state=None, root_key=root_key, order=store.user_tasks.TaskOrder.CREATED)
    for task in store.user_tasks.search(session, query, None, 5000).items:
        place = (task.key, task.element_id, task.name)
        detail: dict[str, object] = {"due": task.due_at, "assignee": task.assignee, "documentation": task.documentation}
        events.append(TimelineEvent(task.created_at, EventKind.TASK_OPENED, *place, None, task.instance_key, detail))
        if task.completed_at is not None:
            done = task.state is store.user_tasks.UserTaskState.COMPLETED
            kind = EventKind.TASK_COMPLETED if done else EventKind.TASK_CANCELED
            late = task.due_at is not None and task.completed_at > task.due_at
            events.append(
                TimelineEvent(
                    task.completed_at, kind, *place, task.completed_by, task.instance_key, detail | {"late": late}
                )
            )
    for decision in store.evaluations.search(session, root_key=root_key, limit=5000).items:
        events.append(
            TimelineEvent(
                decision.evaluated_at,
                EventKind.DECIDED,
                decision.key,
                decision.element_id,
                decision.decision_name,
                decision.evaluated_by,
                decision.instance_key,
                {
                    "decision": decision.decision_id,
                    "version": decision.decision_version,
                    "output": feel.codec.decode(decision.output),
                    "failed": decision.failure_code,
                },
            )
        )
    for node in store.history.flow_nodes(session, root_key=root_key):
        done = node.state is FlowNodeState.COMPLETED
        if done and node.element_type in _SHOWN_EVENTS and node.ended_at is not None and node.name:
            events.append(
                    TimelineEvent(
                        node.ended_at, EventKind.EVENT, node.key, node.element_id, node.name, None, node.instance_key,
                        {"type": node.element_type},
                    )
                )  # fmt: skip
    for incident in store.incidents.search(session, state=None, root_key=root_key, limit=5000).items:
        facts = {"code": incident.code, "type": incident.kind}
        events.append(
            TimelineEvent(
                incident.created_at, EventKind.INCIDENT, incident.key, incident.element_id, None, None,
                incident.instance_key, facts,
            )
        )  # fmt: skip
        if incident.resolved_at is not None:
            events.append(
                TimelineEvent(
                    incident.resolved_at, EventKind.INCIDENT_RESOLVED, incident.key, incident.element_id, None,
                    incident.resolved_by, incident.instance_key, facts,
                )
            )  # fmt: skip
    return events
