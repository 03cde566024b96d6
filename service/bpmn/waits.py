"""What a process instance waits for: everything that a host turns into rows and later answers by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from service.bpmn.definition import FormRef


@dataclass(frozen=True, slots=True)
class Link:
    """A tie to a deadline: whatever moves the deadline moves the due moment too."""

    deadline_key: int
    offset: int | None = None  # working days


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """`key` answers it; for tasks and jobs it is the flow node instance's own key."""

    key: int
    element_id: str
    element_name: str = ""
    instance_key: int  # process instance, the called one where it is called
    definition_key: int = 0
    host_key: int = 0  # flow node instance that it belongs to: itself, the activity of a boundary event, or the scope


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTask(Wait):
    name: str
    assignee: str | None = None
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    due: datetime | None = None
    follow_up: datetime | None = None
    priority: int = 50
    form: FormRef | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    links: tuple[Link, ...] = ()  # deadlines that the due date comes from
    documentation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Wait):
    topic: str
    retries: int = 3
    priority: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "task"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer(Wait):
    due: datetime
    kind: str  # date | duration | cycle
    repetitions: int | None = None  # left after this one; None: endless; 0: the last
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCatch(Wait):
    name: str
    correlation_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalCatch(Wait):
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(Wait):
    """Looked at again inside whenever a variable or a record changes; nobody outside answers it."""

    holds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident(Wait):
    """A stop that needs a person; `host_key` is the flow node instance that stands there."""

    kind: str  # Camunda's error type: IO_MAPPING_ERROR, CONDITION_ERROR, EXTRACT_VALUE_ERROR, ...
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
