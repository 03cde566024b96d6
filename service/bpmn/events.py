"""What happened in a workflow, in order: the host's source for history and for messages to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from service.feel import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A flow node instance began; `loop_counter` is set for a turn of a multi-instance activity."""

    key: int
    element_id: str
    element_type: str
    instance_key: int
    scope_key: int  # flow node instance of the scope around it, or the process instance
    at: datetime
    loop_counter: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    key: int
    element_id: str
    element_type: str
    instance_key: int
    scope_key: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    key: int
    element_id: str
    element_type: str
    instance_key: int
    scope_key: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowTaken:
    flow_id: str
    instance_key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableSet:
    instance_key: int
    scope_key: int  # equal to the instance key for the instance's own scope
    name: str
    value: Value
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceStarted:
    key: int
    process_id: str
    definition_key: int
    parent_key: int | None  # process instance that calls
    parent_element_instance_key: int | None  # its call activity
    at: datetime
    business_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceEnded:
    key: int
    state: str  # completed | terminated
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageThrown:
    """A message left the instance; the host routes it: to this instance's own waits as to any other's."""

    name: str
    correlation_key: str | None
    variables: Mapping[str, Value]
    instance_key: int
    element_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalThrown:
    """A signal left the instance; waits of this document have already received it."""

    name: str
    variables: Mapping[str, Value]
    instance_key: int
    element_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired:
    """A timer fell due; of a cycle, so many turns had been missed and were skipped."""

    key: int  # of the wait
    element_id: str
    instance_key: int
    due: datetime
    missed: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRaised:
    key: int
    element_key: int
    element_id: str
    instance_key: int
    kind: str
    code: str
    at: datetime
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentResolved:
    key: int
    element_key: int
    element_id: str
    instance_key: int
    at: datetime


Event = (
    Entered
    | Completed
    | Cancelled
    | FlowTaken
    | VariableSet
    | InstanceStarted
    | InstanceEnded
    | MessageThrown
    | SignalThrown
    | TimerFired
    | IncidentRaised
    | IncidentResolved
)
