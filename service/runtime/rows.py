"""What a move leaves in the tables: history, user tasks, jobs, subscriptions, incidents, instances.

A workflow's waits are compared with those that the tables hold, which are known from the last write; nothing is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from service import bpmn, feel, store
from service.bpmn.definition import FormRef
from service.bpmn.events import (
    Cancelled,
    Completed,
    Entered,
    FlowTaken,
    InstanceEnded,
    InstanceStarted,
    MessageThrown,
    SignalThrown,
    TimerFired,
    VariableSet,
)
from service.bpmn.waits import (
    Condition,
    Incident,
    Job,
    Link,
    MessageCatch,
    SignalCatch,
    Timer,
    UserTask,
    Wait,
)
from service.errors import NotFound
from service.feel import Value
from service.runtime import audit
from service.runtime.decision_run import shown, storable
from service.runtime.definitions import bound
from service.runtime.unit import InstanceContext, UnitOfWork
from service.store.definitions import FormDefinition, ProcessDefinition
from service.store.history import FlowNodeState
from service.store.jobs import JobKind, JobState
from service.store.process_instances import InstanceState, ProcessInstance
from service.store.subscriptions import SubscriptionKind
from service.store.user_tasks import NEVER, CandidateKind, UserTaskState

__all__ = ["InstanceContext", "KnownInstance", "Spare", "Written", "decoded", "known", "write"]


@dataclass(frozen=True, slots=True)
class KnownInstance:
    """A running instance as the tables show it."""

    key: int
    process_id: str
    definition_key: int
    definition_version: int
    process_name: str | None
    parent_key: int | None


class Before(Protocol):
    """What the tables hold for a workflow."""

    @property
    def known(self) -> dict[int, Wait]: ...
    @property
    def instances(self) -> dict[int, KnownInstance]: ...
    @property
    def failed(self) -> frozenset[int]: ...


@dataclass(slots=True)
class Spare:
    """User tasks, locked by this transaction, that have nothing to delete when they are closed."""

    drafts: set[int] = field(default_factory=set)  # nobody has typed anything yet
    candidates: set[int] = field(default_factory=set)  # offered to nobody


@dataclass(slots=True)
class Written:
    """What the tables hold now, and what has to go to others."""

    known: dict[int, Wait]
    instances: dict[int, KnownInstance]
    failed: frozenset[int]
    thrown: list[MessageThrown | SignalThrown] = field(default_factory=list)
    caught: list[MessageCatch] = field(default_factory=list)  # new subscriptions, for which a message may lie ready


def known(row: ProcessInstance) -> KnownInstance:
    return KnownInstance(
        row.key, row.process_id, row.definition_key, row.definition_version, row.process_name, row.parent_key
    )


def decoded(text: str) -> dict[str, Value]:
    """Return a JSON object from a column."""
    value = feel.codec.decode(text)
    if not isinstance(value, dict):
        raise TypeError("a JSON object was stored here")
    return value


def write(
    unit: UnitOfWork,
    workflow: bpmn.Workflow,
    business_key: str | None,
    before: Before,
    tags: Sequence[str] = (),
    spare: Spare | None = None,
) -> Written:
    """Write the difference between a workflow and what the tables hold."""
    return _Writer(unit, workflow, business_key, before, tags, spare or Spare()).write()


class _Writer:
    def __init__(
        self,
        unit: UnitOfWork,
        workflow: bpmn.Workflow,
        business_key: str | None,
        before: Before,
        tags: Sequence[str],
        spare: Spare,
    ) -> None:
        self.spare = spare
        self.unit = unit
        self.session = unit.session
        self.workflow = workflow
        self.business_key = business_key
        self.tags = tags
        self.old = before.known
        self.instances = dict(before.instances)
        self.ended: dict[int, KnownInstance] = {}
        self.failed = before.failed
        self.thrown: list[MessageThrown | SignalThrown] = []
        self.cancelled: set[int] = set()
        self.root_key = workflow.key

    def write(self) -> Written:
        self._history()
        waits = dict(self.workflow.waits)
        new = [wait for key, wait in waits.items() if key not in self.old]
        gone = [wait for key, wait in self.old.items() if key not in waits]
        changed = [
            (self.old[key], wait)
            for key, wait in waits.items()
            if key in self.old and self.old[key] is not wait and self.old[key] != wait
        ]
        self._close(gone)
        self._end_jobs(gone, new)
        self._open(new)
        for former, wait in changed:
            self._change(former, wait)
        failed = self._failed(waits)
        ended_now = set(self.ended)
        store.process_instances.set_incidents(self.session, sorted(failed - self.failed), True)
        store.process_instances.set_incidents(self.session, sorted(self.failed - failed), False)
        for key in ended_now:
            self.instances.pop(key, None)
        caught = [wait for wait in new if isinstance(wait, MessageCatch)]
        return Written(waits, self.instances, frozenset(failed), self.thrown, caught)

    # Events

    def _history(self) -> None:
        unit, root_key = self.unit, self.root_key
        started: dict[int, dict[str, Any]] = {}
        ends: list[tuple[int, FlowNodeState, datetime]] = []
        flows: dict[tuple[int, str], int] = {}
        instances: dict[int, dict[str, Any]] = {}
        instance_ends: list[tuple[int, InstanceState, datetime]] = []
        variables: dict[tuple[int, str], dict[str, Any]] = {}
        changes: list[dict[str, Any]] = []
        for event in self.workflow.take_events():
            match event:
                case Entered():
                    started[event.key] = self._flow_node(event)
                case Completed() | Cancelled():
                    state = FlowNodeState.COMPLETED if isinstance(event, Completed) else FlowNodeState.TERMINATED
                    if isinstance(event, Cancelled):
                        self.cancelled.add(event.key)
                    if event.key in started:
                        started[event.key] |= {"state": state, "ended_at": event.at}
                    else:
                        ends.append((event.key, state, event.at))
                case FlowTaken():
                    flow = (event.instance_key, event.flow_id)
                    flows[flow] = flows.get(flow, 0) + 1
                case VariableSet():
                    row = {
                        "key": unit.new_key(),
                        "scope_key": event.scope_key,
                        "name": event.name,
                        "value": feel.codec.encode(event.value),
                        "instance_key": event.instance_key,
                        "root_key": root_key,
                        "changed_at": event.at,
                    }
                    variables[event.scope_key, event.name] = row
                    changes.append(row | {"changed_by": unit.actor.name})
                case InstanceStarted():
                    instances[event.key] = self._instance(event)
                case InstanceEnded():
                    state_now = InstanceState.COMPLETED if event.state == "completed" else InstanceState.TERMINATED
                    if event.key in self.instances:
                        self.ended[event.key] = self.instances[event.key]
                    if event.key in instances:
                        instances[event.key] |= {"state": state_now, "ended_at": event.at}
                    else:
                        instance_ends.append((event.key, state_now, event.at))
                case MessageThrown() | SignalThrown():
                    self.thrown.append(event)
                case TimerFired():
                    if event.missed:
                        audit.record(
                            unit,
                            "timer.skip",
                            ("timer", event.key),
                            after={"element": event.element_id, "missed": event.missed, "due": event.due},
                            business_key=self.business_key,
                        )
                case _:
                    pass  # incidents are waits
        store.process_instances.insert_all(self.session, list(instances.values()))
        for key, state_now, at in instance_ends:
            store.process_instances.set_state(self.session, key, state_now, at)
        store.history.insert_flow_nodes(self.session, list(started.values()))
        store.history.end_flow_nodes(self.session, ends)
        store.history.count_flows(self.session, flows)
        store.history.set_variables(self.session, list(variables.values()))
        store.history.append_changes(self.session, changes)

    def _flow_node(self, event: Entered) -> dict[str, Any]:
        definition_key = self._definition_of(event.instance_key)
        element = self._definition(definition_key).elements.get(event.element_id)
        return {
            "key": event.key,
            "element_id": event.element_id,
            "element_type": event.element_type,
            "name": (element.name or None) if element else None,
            "state": FlowNodeState.ACTIVE,
            "instance_key": event.instance_key,
            "root_key": self.root_key,
            "scope_key": event.scope_key,
            "definition_key": definition_key,
            "started_at": event.at,
            "ended_at": None,
        }

    def _instance(self, event: InstanceStarted) -> dict[str, Any]:
        definition_key = event.definition_key or self.workflow.definition.key
        row = store.definitions.get(self.session, ProcessDefinition, definition_key)
        if row is None:
            raise NotFound("runtime.definition_not_found", kind="process", key=definition_key)
        name = row.name or event.process_id
        self.instances[event.key] = KnownInstance(
            event.key, event.process_id, definition_key, row.version, name, event.parent_key
        )
        return {
            "key": event.key,
            "process_id": event.process_id,
            "definition_key": definition_key,
            "definition_version": row.version,
            "process_name": name,
            "root_key": self.root_key,
            "parent_key": event.parent_key,
            "parent_element_instance_key": event.parent_element_instance_key,
            "business_key": event.business_key or self.business_key,
            "state": InstanceState.ACTIVE,
            "has_incident": False,
            "tags": feel.codec.encode(list(self.tags) if event.parent_key is None else []),
            "started_at": event.at,
            "started_by": self.unit.actor.name,
            "ended_at": None,
        }

    def _definition(self, key: int) -> bpmn.ProcessDefinition:
        if key == self.workflow.definition.key:
            return self.workflow.definition
        return self.unit.engine.definitions.process(self.session, key)

    def _definition_of(self, instance_key: int) -> int:
        found = self.instances.get(instance_key)
        return found.definition_key if found else self.workflow.definition.key

    def _failed(self, waits: Mapping[int, Wait]) -> set[int]:
        """The instances with an incident in them or in what they called."""
        failed: set[int] = set()
        for wait in waits.values():
            key: int | None = wait.instance_key if isinstance(wait, Incident) else None
            while key is not None and key not in failed:
                failed.add(key)
                instance = self.instances.get(key)
                key = instance.parent_key if instance else None
        return failed

    # Waits

    def _end_jobs(self, gone: Sequence[Wait], new: Sequence[Wait]) -> None:
        """Say of each service job how it ended; one at whose step an incident began comes again under its key."""
        now = self.unit.now
        stopped = {wait.host_key for wait in new if isinstance(wait, Incident)}
        freed = {wait.host_key for wait in gone if isinstance(wait, Incident)}
        jobs = [wait.key for wait in gone if isinstance(wait, Job)]
        cancelled = [key for key in jobs if key in self.cancelled]
        store.jobs.end(self.session, cancelled, JobState.CANCELED, now)
        store.jobs.end(
            self.session, [key for key in jobs if key not in self.cancelled], JobState.COMPLETED, now, failed=False
        )
        if freed:
            again = {wait.key for wait in new if isinstance(wait, Job)} & freed
            store.jobs.delete_all(self.session, again)
            store.jobs.end(self.session, freed - again - stopped, JobState.CANCELED, now)

    def _close(self, gone: Sequence[Wait]) -> None:
        unit = self.unit
        done: list[int] = []
        cancelled: list[int] = []
        jobs: list[int] = []
        subscriptions: list[int] = []
        incidents: list[int] = []
        linked: list[int] = []
        for wait in gone:
            match wait:
                case UserTask():
                    (cancelled if wait.key in self.cancelled else done).append(wait.key)
                    if wait.links:
                        linked.append(wait.key)
                case Timer():
                    jobs.append(wait.key)
                    if wait.links:
                        linked.append(wait.key)
                case MessageCatch() | SignalCatch() | Condition():
                    subscriptions.append(wait.key)
                case Incident():
                    incidents.append(wait.key)
        store.user_tasks.close(self.session, done, UserTaskState.COMPLETED, unit.now, unit.actor.name)
        store.user_tasks.close(self.session, cancelled, UserTaskState.CANCELED, unit.now, None)
        closed = [*done, *cancelled]
        store.user_tasks.withdraw(self.session, [key for key in closed if key not in self.spare.candidates])
        store.submissions.delete_drafts(self.session, [key for key in closed if key not in self.spare.drafts])
        store.jobs.delete_all(self.session, jobs)
        store.jobs.delete_links(self.session, linked)
        store.subscriptions.delete_all(self.session, subscriptions)
        store.incidents.resolve(self.session, incidents, unit.now, unit.actor.name)

    def _open(self, new: Sequence[Wait]) -> None:
        tasks, candidates, jobs, links, subscriptions, incidents = [], [], [], [], [], []
        for wait in new:
            match wait:
                case UserTask():
                    tasks.append(self._user_task(wait))
                    candidates.extend(_candidates(wait))
                    links.extend(self._links(wait.key, wait.links))
                case Job():
                    jobs.append(self._job(wait))
                case Timer():
                    jobs.append(self._timer(wait))
                    links.extend(self._links(wait.key, wait.links))
                case MessageCatch():
                    subscriptions.append(
                        self._subscription(wait, SubscriptionKind.MESSAGE, wait.name, wait.correlation_key or "")
                    )
                case SignalCatch():
                    subscriptions.append(self._subscription(wait, SubscriptionKind.SIGNAL, wait.name, None))
                case Condition():
                    subscriptions.append(self._subscription(wait, SubscriptionKind.CONDITION, None, None))
                case Incident():
                    incidents.append(self._incident(wait))
        store.user_tasks.insert_all(self.session, tasks, candidates)
        store.jobs.insert_all(self.session, jobs)
        store.jobs.insert_links(self.session, links)
        store.subscriptions.insert_all(self.session, subscriptions)
        store.incidents.insert_all(self.session, incidents)
        if any(job["due_at"] <= self.unit.now for job in jobs):
            self.unit.part(_WorkArrived)

    def _change(self, former: Wait, wait: Wait) -> None:
        """Write only what the workflow changed: people may have changed other columns of the row meanwhile."""
        match former, wait:
            case UserTask(), UserTask():
                values: dict[str, Any] = {}
                for attribute, column in (("due", "due_at"), ("follow_up", "follow_up_at"), ("priority", "priority")):
                    if getattr(former, attribute) != getattr(wait, attribute):
                        values[column] = getattr(wait, attribute)
                if former.assignee != wait.assignee:
                    values["assignee"] = wait.assignee
                if (former.candidate_groups, former.candidate_users) != (wait.candidate_groups, wait.candidate_users):
                    values["candidate_groups"] = feel.codec.encode(list(wait.candidate_groups))
                    values["candidate_users"] = feel.codec.encode(list(wait.candidate_users))
                    store.user_tasks.replace_candidates(self.session, wait.key, _candidates(wait))
                if values:
                    store.user_tasks.change(self.session, wait.key, **values)
                self._relink(wait.key, former.links, wait.links)
            case Timer(), Timer():
                store.jobs.change(
                    self.session,
                    wait.key,
                    due_at=wait.due,
                    timer_due_at=wait.due,
                    repetitions=wait.repetitions,
                    state=JobState.OPEN,
                    lease_until=None,
                    lease_token=None,
                    failures=0,
                )
                self._relink(wait.key, former.links, wait.links)
            case MessageCatch(), MessageCatch():
                store.subscriptions.delete_all(self.session, [wait.key])
                store.subscriptions.insert_all(
                    self.session,
                    [self._subscription(wait, SubscriptionKind.MESSAGE, wait.name, wait.correlation_key or "")],
                )
            case _:
                pass  # whether a condition held, or an incident's facts: the row says nothing about them

    def _relink(self, key: int, former: Sequence[Link], links: Sequence[Link]) -> None:
        if tuple(former) != tuple(links):
            store.jobs.delete_links(self.session, [key])
            store.jobs.insert_links(self.session, self._links(key, links))

    def _links(self, holder_key: int, links: Sequence[Link]) -> list[dict[str, Any]]:
        return [
            {
                "holder_key": holder_key,
                "position": position,
                "deadline_key": link.deadline_key,
                "offset_days": link.offset,
                "root_key": self.root_key,
            }
            for position, link in enumerate(links)
        ]

    def _place(self, wait: Wait) -> dict[str, Any]:
        instance = self.instances.get(wait.instance_key) or self.ended.get(wait.instance_key)
        return {
            "instance_key": wait.instance_key,
            "root_key": self.root_key,
            "business_key": self.business_key,
            "process_id": instance.process_id if instance else self.workflow.definition.process_id,
            "definition_key": instance.definition_key if instance else self.workflow.definition.key,
        }

    def _user_task(self, wait: UserTask) -> dict[str, Any]:
        instance = self.instances[wait.instance_key]
        form = wait.form
        return self._place(wait) | {
            "key": wait.key,
            "element_id": wait.element_id,
            "name": wait.name or wait.element_name or None,
            "documentation": wait.documentation or None,
            "state": UserTaskState.CREATED,
            "assignee": wait.assignee or None,
            "candidate_groups": feel.codec.encode(list(wait.candidate_groups)),
            "candidate_users": feel.codec.encode(list(wait.candidate_users)),
            "priority": wait.priority,
            "due_at": wait.due,
            "due_order": wait.due or NEVER,
            "follow_up_at": wait.follow_up,
            "created_at": self.unit.now,
            "completed_at": None,
            "completed_by": None,
            "scope_key": self.workflow.scope_of(wait.host_key or wait.key),
            "process_name": instance.process_name,
            "definition_version": instance.definition_version,
            "form_key": self._form_key(form, instance.definition_key),
            "form_id": form.form_id if form else None,
            "form_schema": form.json if form else None,
            "external_form_reference": form.reference if form else None,
            "headers": feel.codec.encode(dict(wait.headers)),
            "organ": self.unit.engine.plugins.assignments.organ(self.unit, self.business_key),
        }

    def _form_key(self, form: FormRef | None, definition_key: int) -> int | None:
        """The version of a linked form that holds now; None if it is not deployed, which the task then says."""
        if form is None or form.form_id is None:
            return None
        try:
            return bound(
                self.session,
                FormDefinition,
                form.form_id,
                form.binding,
                version_tag=form.version_tag,
                version=form.version,
                caller_key=definition_key,
            ).key
        except NotFound:
            return None

    def _job(self, wait: Job) -> dict[str, Any]:
        return self._place(wait) | {
            "key": wait.key,
            "kind": JobKind.SERVICE,
            "state": JobState.OPEN,
            "topic": wait.topic,
            "job_kind": wait.kind,
            "due_at": self.unit.now,
            "timer_due_at": None,
            "priority": wait.priority,
            "retries": wait.retries,
            "failures": 0,
            "headers": feel.codec.encode(dict(wait.headers)),
            "repetitions": None,
            "element_id": wait.element_id,
            "element_instance_key": wait.host_key or wait.key,
            "created_at": self.unit.now,
        }

    def _timer(self, wait: Timer) -> dict[str, Any]:
        return self._place(wait) | {
            "key": wait.key,
            "kind": JobKind.TIMER,
            "state": JobState.OPEN,
            "topic": None,
            "job_kind": None,
            "due_at": wait.due,
            "timer_due_at": wait.due,
            "priority": 50,
            "retries": 3,
            "failures": 0,
            "headers": "{}",
            "repetitions": wait.repetitions,
            "element_id": wait.element_id,
            "element_instance_key": wait.host_key,
            "created_at": self.unit.now,
        }

    def _subscription(
        self, wait: Wait, kind: SubscriptionKind, name: str | None, correlation_key: str | None
    ) -> dict[str, Any]:
        return self._place(wait) | {
            "key": wait.key,
            "kind": kind,
            "name": name,
            "correlation_key": correlation_key,
            "element_id": wait.element_id,
            "element_instance_key": wait.host_key,
            "created_at": self.unit.now,
        }

    def _incident(self, wait: Incident) -> dict[str, Any]:
        job = self.old.get(wait.host_key)
        return self._place(wait) | {
            "key": wait.key,
            "kind": wait.kind,
            "code": wait.code,
            "facts": storable({str(name): _fact(value) for name, value in wait.facts.items()}),
            "state": store.incidents.IncidentState.ACTIVE,
            "element_id": wait.element_id,
            "element_instance_key": wait.host_key,
            "job_key": job.key if isinstance(job, Job) else None,
            "created_at": self.unit.now,
            "resolved_at": None,
            "resolved_by": None,
        }


class _WorkArrived:
    """Wakes the worker of this process once the jobs are there for it to see."""

    order = 90

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit

    def write(self) -> None:
        pass

    def committed(self) -> None:
        self._unit.engine.work_arrived.set()

    def dropped(self) -> None:
        pass


def _candidates(wait: UserTask) -> list[dict[str, Any]]:
    named = [(CandidateKind.GROUP, name) for name in wait.candidate_groups]
    named += [(CandidateKind.USER, name) for name in wait.candidate_users]
    return [{"user_task_key": wait.key, "kind": kind, "name": name} for kind, name in dict.fromkeys(named)]


def _fact(value: object) -> object:
    return value if isinstance(value, str | bool | int | list | dict) or value is None else shown(value)
