"""One running process instance with everything it has called: start, answer waits, advance to the next waits.

The task tree of SpiffWorkflow is the tree of scopes: a process instance, inside it its flow node instances, inside a
sub-process those of the sub-process, inside a call activity the called instance. What has ended leaves the tree, so
that neither loops nor long lines make a step dearer or a document bigger. A queue holds what may run next; nothing
walks the tree to find it.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from SpiffWorkflow.task import Task as SpiffTask
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow as SpiffWorkflow

from service.bpmn import compensation, serializer, specification, timers
from service.bpmn.definition import Element, ElementRef, EventDefinition, Flow, ProcessDefinition
from service.bpmn.events import (
    Cancelled,
    Completed,
    Entered,
    Event,
    FlowTaken,
    IncidentRaised,
    IncidentResolved,
    InstanceEnded,
    InstanceStarted,
    MessageThrown,
    SignalThrown,
    TimerFired,
    VariableSet,
)
from service.bpmn.expressions import Expression, renewable
from service.bpmn.failure import Failure
from service.bpmn.host import Host
from service.bpmn.node import ENDED, ENTERED, FLOWS, INTERRUPTED, LOOP, RESULT, START, TRIGGERED, NodeSpec
from service.bpmn.scopes import Place, plain, plain_all
from service.bpmn.waits import Condition, Incident, Job, Link, MessageCatch, SignalCatch, Timer, UserTask, Wait
from service.errors import Conflict, NotFound
from service.feel import Value

Task = Any  # SpiffWorkflow.task.Task, untyped

# SpiffWorkflow logs every change of state together with the data of a task: too much, and nothing for a log.
for _name in ("spiff.task", "spiff.workflow"):
    logging.getLogger(_name).setLevel(logging.WARNING)

STEPS_LIMIT = 50_000  # flow node instances in one advance; more is an endless loop without a wait
DEPTH_LIMIT = 50  # process instances that call one another

ACTIVE, COMPLETED, TERMINATED = "active", "completed", "terminated"


@dataclass(frozen=True, slots=True)
class InstanceState:
    """A process instance of the document, the root or a called one."""

    key: int
    process_id: str
    definition_key: int
    parent_key: int | None
    parent_element_instance_key: int | None
    state: str


class Workflow(SpiffWorkflow):
    """A process instance and the instances it has called, driven by answers to its waits."""

    def __init__(self, definition: ProcessDefinition, host: Host) -> None:
        """Empty: use `start`, or `serializer.restore`."""
        super().__init__(specification.of(definition), deserializing=True)
        self.task_tree: Task = None
        self.definition = definition
        self.host = host
        self.state = ACTIVE
        self.key = 0
        self.scopes: dict[int, dict[str, Value]] = {}
        self._waits: dict[int, Wait] = {}
        self._waits_of: dict[int, dict[int, None]] = {}  # host key -> wait keys, in order
        self._conditions: dict[int, None] = {}  # keys of conditions among the waits
        self._fresh: list[int] = []  # conditions not looked at yet
        self._joins: dict[tuple[int, str], int] = {}  # scope, gateway -> flow node instance that waits for tokens
        self._inclusive: dict[int, None] = {}  # inclusive joins among them
        self._queue: deque[tuple[bool, int]] = deque()  # (finish?, flow node instance)
        self._changes: list[tuple[int, str, bool]] = []  # (scope, name, created) since conditions were looked at
        self._events: list[Event] = []
        self._steps = 0
        self._incidents = 0
        self._leaving: dict[int, None] = {}  # incidents that stand at the way out of their element
        self._intervals: dict[int, str] = {}  # timers that go on: ISO duration or cron
        self.terminate_after: frozenset[str] = frozenset()  # elements with whose end the whole instance ends
        self._stopping = False  # one of them has ended

    # ------------------------------------------------------------------------------------------------ doors

    @classmethod
    def start(
        cls,
        definition: ProcessDefinition,
        host: Host,
        variables: Mapping[str, Value],
        instance_key: int,
        start_element: str | None = None,
        start_instructions: Sequence[str] = (),
        terminate_after: Collection[str] = (),
    ) -> Workflow:
        """A new instance, run to its first waits.

        It begins at the none start event, at `start_element` (an event start), or before each element that
        `start_instructions` names, and is terminated when an element of `terminate_after` has ended. Raises `NotFound`
        when there is no such element, `Conflict` without a start, or for an element inside a multi-instance activity.
        """
        workflow = cls(definition, host)
        workflow.key = instance_key
        workflow.terminate_after = frozenset(terminate_after)
        for element_id in (*start_instructions, *terminate_after):
            if element_id not in definition.elements:
                raise NotFound("bpmn.element_unknown", element=element_id, process=definition.process_id)
        for element_id in start_instructions:
            around = definition.elements[element_id].parent
            while around is not None:
                if definition.elements[around].multi_instance is not None:
                    raise Conflict("bpmn.start_inside_loop", element=element_id, loop=around)
                around = definition.elements[around].parent
        if start_element is not None and start_element not in definition.elements:
            raise NotFound("bpmn.element_unknown", element=start_element, process=definition.process_id)
        if start_element is None and not start_instructions:
            start_element = workflow.none_start(definition)
            if start_element is None:
                raise Conflict("bpmn.no_none_start", process=definition.process_id)
        values = plain_all(variables)
        workflow.task_tree = workflow.begin_instance(definition, None, values, start_element or "", instance_key)
        workflow._advance()
        for element_id in start_instructions:
            workflow._start_before(element_id)
        workflow._advance()
        return workflow

    @classmethod
    def restore(
        cls, document: Mapping[str, Any], definition_of: Callable[[int], ProcessDefinition], host: Host
    ) -> Workflow:
        """The workflow that `document` was taken from."""
        return serializer.restore(cls, document, definition_of, host)

    def document(self) -> dict[str, Any]:
        """The whole state as a compact document of JSON values, numbers as `Decimal`."""
        return serializer.document(self)

    @property
    def waits(self) -> Mapping[int, Wait]:
        """What the instance waits for, by key, oldest first."""
        return self._waits

    @property
    def has_incident(self) -> bool:
        return self._incidents > 0

    @property
    def instances(self) -> tuple[InstanceState, ...]:
        """The root instance and the called ones that are still running."""
        found = [self._instance_state(task) for task in self.tasks.values() if task.task_spec.is_instance]
        if not any(state.key == self.key for state in found):
            found.insert(
                0, InstanceState(self.key, self.definition.process_id, self.definition.key, None, None, self.state)
            )
        return tuple(found)

    def take_events(self) -> list[Event]:
        """What happened since the last call, in order."""
        taken, self._events = self._events, []
        return taken

    def complete(self, key: int, variables: Mapping[str, Value]) -> None:
        """A user task or job is done. Raises `NotFound` when no such one is open."""
        wait = self._wait(key, UserTask, Job)
        task = self.tasks[wait.host_key]
        task.internal_data[RESULT] = plain_all(variables)
        self.drop(wait.key)
        task.task_spec.finish(task)
        self._advance()

    def throw_error(self, key: int, code: str, message: str = "", variables: Mapping[str, Value] | None = None) -> None:
        """The worker of a task or job reports a BPMN error; an incident when nothing in the diagram catches it."""
        wait = self._wait(key, UserTask, Job)
        task = self.tasks[wait.host_key]
        values = plain_all(variables)
        if not self.raise_error(task, code, message, values):
            self.drop(wait.key)
            self.stop(task, Failure("UNHANDLED_ERROR_EVENT", "bpmn.error_not_caught", error_code=code, message=message))
        self._advance()

    def throw_escalation(
        self, key: int, code: str, message: str = "", variables: Mapping[str, Value] | None = None
    ) -> None:
        """The worker of a task or job reports an escalation; the task stays open unless its catcher interrupts it."""
        wait = self._wait(key, UserTask, Job)
        values = plain_all(variables)
        self.raise_escalation(self.tasks[wait.host_key], code, values)
        self._advance()

    def fire(self, key: int, due: datetime | None = None) -> None:
        """A timer has fallen due. `due` is the moment for which it fires; turns missed meanwhile are skipped."""
        wait = cast(Timer, self._wait(key, Timer))
        missed = 0
        following: Timer | None = None
        if key in self._intervals and wait.repetitions != 0:
            following, missed = self._next_turn(wait, due or wait.due)
        self._events.append(
            TimerFired(
                key=key,
                element_id=wait.element_id,
                instance_key=wait.instance_key,
                due=due or wait.due,
                missed=missed,
                at=self.host.now,
            )
        )
        if following is not None:
            self._waits[key] = following
        else:
            self.drop(key)
        self._happen(wait, {})
        self._advance()

    def _next_turn(self, wait: Timer, due: datetime) -> tuple[Timer | None, int]:
        """The next turn of a cycle that is still to come, and how many were missed before it."""
        left, missed = wait.repetitions, 0
        moment: datetime | None = due
        while moment is not None and left != 0:
            moment = timers.following(self._intervals[wait.key], moment, self.zone)
            left = None if left is None else left - 1
            if moment is None or moment > self.host.now:
                break
            missed += 1
        if moment is None or moment <= self.host.now:
            return None, missed
        return replace(wait, due=moment, repetitions=left), missed

    def deliver_message(self, key: int, variables: Mapping[str, Value] | None = None) -> None:
        """The message that a subscription waits for has come."""
        self._deliver(self._wait(key, MessageCatch), variables)

    def deliver_signal(self, key: int, variables: Mapping[str, Value] | None = None) -> None:
        """The signal that a subscription waits for was thrown."""
        self._deliver(self._wait(key, SignalCatch), variables)

    def fail(self, key: int, kind: str, code: str, facts: Mapping[str, object] | None = None) -> None:
        """A job or timer cannot go on: an incident at its element; `retry` opens the job again."""
        wait = self._wait(key, Job, Timer)
        task = self.tasks[wait.host_key]
        if isinstance(wait, Job):
            self.drop(key)
        self.stop(task, Failure(kind, code, **dict(facts or {})))

    def retry(self, key: int) -> None:
        """The cause of an incident is mended: try the step again."""
        wait = cast(Incident, self._wait(key, Incident))
        task = self.tasks[wait.host_key]
        leaving = key in self._leaving
        self.drop(key)
        self._events.append(
            IncidentResolved(
                key=key,
                element_key=task.id,
                element_id=wait.element_id,
                instance_key=wait.instance_key,
                at=self.host.now,
            )
        )
        if leaving:
            self._queue.append((True, task.id))
        elif "conditional_event" in wait.facts:  # a condition that failed: look again, its element is as it was
            self._fresh.extend(k for k in self._waits_of.get(task.id, ()) if k in self._conditions)
        elif not task.has_state(TaskState.STARTED) or not self._has_work(task):
            task._set_state(TaskState.READY)
            self._queue.append((False, task.id))
        self._advance()

    def set_variables(self, scope_key: int | None, variables: Mapping[str, Value]) -> None:
        """Set variables in a scope itself (default: the root instance). Conditions are looked at again.

        Raises `NotFound` when there is no such scope.
        """
        task = self.tasks.get(self.key if scope_key is None else scope_key)
        if task is None:
            raise NotFound("bpmn.scope_unknown", key=scope_key)
        for name, value in variables.items():
            self.variable_set(task, task.id, name, plain(value))
        self._advance()

    def refresh(self) -> None:
        """Records have changed: look at the conditions again, and at due dates that are expressions."""
        for key, wait in list(self._waits.items()):
            if isinstance(wait, (UserTask, Timer)) and wait.host_key in self.tasks:
                self._renew(key, wait)
        self._look(list(self._conditions), edge=True)
        self._advance()

    def cancel(self) -> None:
        """End the instance and all it has called, without any further step."""
        if self.state == ACTIVE:
            self.cancel_task(self.task_tree)
            self.state = TERMINATED

    def variables(self, scope_key: int | None = None) -> dict[str, Value]:
        """What is visible in a scope (default: the root instance). Raises `NotFound` when there is no such scope."""
        key = self.key if scope_key is None else scope_key
        if key in self.tasks:
            return self.place(key).variables()
        if key == self.key:
            return dict(self.scopes.get(key, {}))
        raise NotFound("bpmn.scope_unknown", key=key)

    def place(self, key: int) -> Place:
        """The scopes as seen from a flow node instance or process instance."""
        if key not in self.tasks:
            raise NotFound("bpmn.scope_unknown", key=key)
        return Place(self, self.tasks[key])

    def scope_of(self, key: int) -> int:
        """The scope around a flow node instance. Raises `NotFound`."""
        if key not in self.tasks:
            raise NotFound("bpmn.scope_unknown", key=key)
        task = self.tasks[key]
        return int(task.id if task.parent is None else task.parent.id)

    def element_of(self, key: int) -> Element | None:
        """The element that a flow node instance visits; None for a process instance."""
        task = self.tasks.get(key)
        return None if task is None or task.task_spec.is_instance else task.task_spec.element

    # ------------------------------------------------------------------------------------------------ for elements

    @property
    def zone(self) -> Any:
        return self.host.environment.zone

    def scopes_of(self, task: Task) -> Place:
        return Place(self, task)

    def is_alive(self, task: Task) -> bool:
        return task.id in self.tasks

    def ready(self, task: Task) -> None:
        self._queue.append((False, task.id))

    def finish_later(self, task: Task) -> None:
        """Finish `task` in its turn, after what is already under way."""
        self._queue.append((True, task.id))

    def instance_of(self, task: Task) -> Task:
        """The process instance around a flow node instance, as its task."""
        while not task.task_spec.is_instance:
            task = task.parent
        return task

    def ref(self, task: Task) -> ElementRef:
        spec = task.task_spec
        return ElementRef(task.id, spec.element.id, self.instance_of(task).id, spec.process.definition.key)

    def wait_for(self, wait: Wait) -> None:
        self._waits[wait.key] = wait
        self._waits_of.setdefault(wait.host_key, {})[wait.key] = None

    def drop(self, key: int) -> None:
        wait = self._waits.pop(key, None)
        if wait is None:
            return
        if isinstance(wait, Incident):
            self._incidents -= 1
            self._leaving.pop(key, None)
        self._conditions.pop(key, None)
        self._intervals.pop(key, None)
        keys = self._waits_of.get(wait.host_key)
        if keys is not None:
            keys.pop(key, None)
            if not keys:
                del self._waits_of[wait.host_key]

    def drop_all(self, host_key: int) -> None:
        for key in list(self._waits_of.get(host_key, ())):
            self.drop(key)

    def about(self, task: Task) -> dict[str, Any]:
        """The fields that every wait of a flow node instance has."""
        spec: NodeSpec = task.task_spec
        return {
            "element_id": spec.element.id,
            "element_name": spec.element.name,
            "instance_key": self.instance_of(task).id,
            "definition_key": spec.process.definition.key,
            "host_key": task.id,
        }

    def begin(
        self, spec: NodeSpec, parent: Task, *, start: str | None = None, triggered: Mapping[str, Value] | None = None,
        local: Mapping[str, Value] | None = None, loop: int | None = None, key: int | None = None,
    ) -> Task:  # fmt: skip
        """A flow node instance of `spec` inside `parent`, queued to run."""
        task = self.add(spec, parent, TaskState.FUTURE, key)
        if start is not None:
            task.internal_data[START] = start
        if triggered is not None:
            task.internal_data[TRIGGERED] = 1
            task.internal_data[RESULT] = dict(triggered)
        if loop is not None:
            task.internal_data[LOOP] = loop
        if local:
            for name, value in local.items():
                self.variable_set(task, task.id, name, value)
        spec._update(task)
        return task

    def add(self, spec: NodeSpec, parent: Task | None, state: int, key: int | None = None) -> Task:
        return SpiffTask(self, spec, parent, state=state, id=key or self.host.new_key())

    def begin_instance(
        self,
        definition: ProcessDefinition,
        caller: Task | None,
        variables: Mapping[str, Value],
        start: str,
        key: int | None = None,
    ) -> Task:
        """A process instance, called by the call activity `caller` or by nobody."""
        key = key or self.host.new_key()
        self._events.append(
            InstanceStarted(
                key=key,
                process_id=definition.process_id,
                definition_key=definition.key,
                parent_key=None if caller is None else self.instance_of(caller).id,
                parent_element_instance_key=None if caller is None else caller.id,
                at=self.host.now,
            )
        )
        self.scopes[key] = {}
        if caller is None:
            # The root has no parent in whose tree it could stand when its variables are set.
            task = self.add(specification.of(definition).start, None, TaskState.FUTURE, key)
            self.task_tree = task
        else:
            task = self.add(specification.of(definition).start, caller, TaskState.FUTURE, key)
        task.internal_data[START] = start
        for name, value in variables.items():
            self.variable_set(task, key, name, value)
        specification.of(definition).start._update(task)
        return task

    def none_start(self, definition: ProcessDefinition, scope: str | None = None) -> str | None:
        """Id of the none start event of a process or sub-process."""
        for element in definition.in_scope(scope):
            if element.tag == "startEvent" and element.event is None:
                return element.id
        return None

    def depth(self, task: Task | None) -> int:
        """How many process instances stand around a flow node instance."""
        found = 0
        while task is not None:
            found += bool(task.task_spec.is_instance)
            task = task.parent
        return found

    def take(self, flow: Flow, scope: Task) -> None:
        """Move a token along a sequence flow inside `scope`."""
        self._events.append(FlowTaken(flow_id=flow.id, instance_key=self.instance_of(scope).id))
        process = self._process(scope)
        spec: NodeSpec = process.entry(flow.target)
        if spec.joins:
            self.meet(spec, scope, flow)
        else:
            self.begin(spec, scope)

    def meet(self, spec: NodeSpec, scope: Task, flow: Flow) -> None:
        """Let a token arrive at a join: at the flow node instance that already waits there, or at a new one."""
        waiting = self._joins.get((scope.id, spec.name))
        if waiting is None:
            task = self.add(spec, scope, TaskState.WAITING)
            self._joins[scope.id, spec.name] = task.id
        else:
            task = self.tasks[waiting]
        spec.arrive(task, flow)
        spec._update(task)

    def joined(self, task: Task) -> None:
        """A join has all its tokens and is no longer waiting for some."""
        self._joins.pop((task.parent.id, task.task_spec.name), None)
        self._inclusive.pop(task.id, None)

    def join_inclusively(self, task: Task) -> None:
        """Look at an inclusive join again whenever everything else has come to rest."""
        self._inclusive[task.id] = None

    def holds(self, flow: Flow, task: Task) -> bool:
        """Whether the condition of a flow holds where its token stands; null doesn't. Raises `Failure`."""
        if flow.condition is None:
            return True
        place = self.scopes_of(task).outward() if task.parent is not None else self.scopes_of(task)
        value = place.evaluate(flow.condition, "CONDITION_ERROR")
        if value is None or isinstance(value, bool):
            return bool(value)
        failure = place.unfit(flow.condition, "CONDITION_ERROR", "bpmn.condition_not_boolean", value)
        failure.facts["flow"] = flow.id
        raise failure

    def variable_set(self, task: Task, scope_key: int, name: str, value: Value) -> None:
        """Write a variable into a scope and tell those who care."""
        scope = self.scopes.setdefault(scope_key, {})
        created = name not in scope
        scope[name] = value
        if self._conditions:
            self._changes.append((scope_key, name, created))
        self._events.append(
            VariableSet(
                instance_key=self.instance_of(task).id, scope_key=scope_key, name=name, value=value, at=self.host.now
            )
        )

    def stop(self, task: Task, failure: Failure, leaving: bool = False) -> None:
        """An incident at `task`: it stays where it is until someone retries."""
        key = self.host.new_key()
        wait = Incident(key=key, kind=failure.kind, code=failure.code, facts=_json(failure.facts), **self.about(task))
        self.wait_for(wait)
        self._incidents += 1
        if leaving:
            self._leaving[key] = None
        self._events.append(
            IncidentRaised(
                key=key,
                element_key=task.id,
                element_id=wait.element_id,
                instance_key=wait.instance_key,
                kind=wait.kind,
                code=wait.code,
                facts=wait.facts,
                at=self.host.now,
            )
        )

    # Events caught

    def open(self, host: Task, events: Sequence[Element], at: Task | None = None) -> None:
        """Subscribe to `events` on behalf of `host`; all or nothing. Raises `Failure`."""
        opened = [self._subscription(host, element) for element in events]
        for wait, interval in opened:
            if wait is None:
                continue
            self.wait_for(wait)
            if interval is not None:
                self._intervals[wait.key] = interval
            if isinstance(wait, Condition):
                self._conditions[wait.key] = None
                self._fresh.append(wait.key)

    def _subscription(self, host: Task, element: Element) -> tuple[Wait | None, str | None]:
        event = element.event
        if event is None:
            return None, None
        about = {**self.about(host), "element_id": element.id, "element_name": element.name}
        place = self.scopes_of(host)
        match event.kind:
            case "timer" if event.timer is not None:
                self.host.links()
                value = place.raw(event.timer.expression, timers.KIND)
                links = self.host.links()
                try:
                    found = self._scheduled(event.timer, value, links)
                except Failure as failure:
                    failure.facts.update(event.timer.expression.explain(place.view(), self.host.environment))
                    raise
                timer = Timer(
                    key=self.host.new_key(),
                    due=found.due,
                    kind=event.timer.kind,
                    repetitions=found.repetitions,
                    links=links,
                    **about,
                )
                return timer, found.interval
            case "message":
                name, correlation = self.message(place, event, catching=True)
                return MessageCatch(key=self.host.new_key(), name=name, correlation_key=correlation, **about), None
            case "signal":
                return SignalCatch(key=self.host.new_key(), name=self.event_name(place, event), **about), None
            case "conditional":
                return Condition(key=self.host.new_key(), **about), None
            case _:
                return None, None  # errors, escalations and compensation find their catcher when they are thrown

    def _scheduled(self, timer: timers.TimerDefinition, value: Value, links: Sequence[Link]) -> timers.Schedule:
        """When a timer is due; one whose deadline has no due day yet (a calendar year is missing) waits for that."""
        if value is None and links and timer.kind == "date":
            return timers.Schedule(timers.NEVER)
        return timers.schedule(timer, value, self.host.now, self.zone)

    def event_name(self, place: Place, event: EventDefinition) -> str:
        """The name of a message or signal. Raises `Failure` when it has none."""
        name = place.text(event.name, "EXTRACT_VALUE_ERROR")
        if not name:
            code = f"bpmn.{event.kind}_without_name"
            if event.name is None:
                raise Failure("EXTRACT_VALUE_ERROR", code, expression="")
            raise place.unfit(event.name, "EXTRACT_VALUE_ERROR", code, None)
        return name

    def message(self, place: Place, event: EventDefinition, catching: bool = False) -> tuple[str, str | None]:
        """Name and correlation key of a message. Raises `Failure`."""
        name = self.event_name(place, event)
        if event.correlation_key is None:
            return name, None
        key = place.text(event.correlation_key, "EXTRACT_VALUE_ERROR")
        if key is None:
            raise place.unfit(event.correlation_key, "EXTRACT_VALUE_ERROR", "bpmn.correlation_key_null", None)
        return name, key

    def _event_of(self, wait: Wait) -> tuple[Element, NodeSpec]:
        spec: NodeSpec = self.tasks[wait.host_key].task_spec
        process = spec.process
        return process.definition.elements[wait.element_id], process.entry(wait.element_id)

    def _deliver(self, wait: Wait, variables: Mapping[str, Value] | None) -> None:
        values = plain_all(variables)
        self._happen(wait, values)
        self._advance()

    def _happen(self, wait: Wait, variables: Mapping[str, Value]) -> None:
        """What a subscription waited for has come."""
        host = self.tasks[wait.host_key]
        element, _ = self._event_of(wait)
        self.trigger(element, host, variables, wait.key)

    def trigger(
        self, element: Element, host: Task, variables: Mapping[str, Value], wait_key: int | None = None
    ) -> None:
        """Let an event happen: at itself, after an event-based gateway, at a boundary, or as a start inside a scope."""
        spec: NodeSpec = host.task_spec
        process = spec.process
        if element.tag == "boundaryEvent":
            scope = host.parent
            if element.interrupting:
                self.cancel_task(host)
            self.begin(process.entry(element.id), scope, triggered=variables)
        elif element.tag == "startEvent":
            sub_process = process.entry(element.parent or "")
            if element.interrupting:
                self.empty(host)
                self._stop_listening(host)
                host.internal_data[INTERRUPTED] = 1
            self.begin(sub_process, host, start=element.id, triggered=variables)
        elif host.task_spec.element.id == element.id:
            if wait_key is not None:
                self.drop(wait_key)
            host.internal_data[RESULT] = dict(variables)
            host.task_spec.finish(host)
        else:  # an event-based gateway: it is done, and the event has happened
            scope = host.parent
            host.internal_data[FLOWS] = ()
            self.begin(process.entry(element.id), scope, triggered=variables)
            self._events.extend(
                FlowTaken(flow_id=flow.id, instance_key=self.instance_of(scope).id)
                for flow in host.task_spec.flows
                if flow.target == element.id
            )
            host.complete()

    def _stop_listening(self, scope: Task) -> None:
        """A scope that was taken over listens for no other start of its event sub-processes; its boundary stays."""
        for key in list(self._waits_of.get(scope.id, ())):
            wait = self._waits[key]
            if not isinstance(wait, Incident) and self._event_of(wait)[0].tag == "startEvent":
                self.drop(key)

    def raise_error(self, task: Task, code: str, message: str, variables: Mapping[str, Value]) -> bool:
        """Let the nearest catcher of an error take over; False when there is none."""
        return self._propagate(task, "error", code, message, variables) is not None

    def raise_escalation(self, task: Task, code: str, variables: Mapping[str, Value]) -> bool:
        """Let the nearest catcher of an escalation begin; False when there is none, which is no fault."""
        return self._propagate(task, "escalation", code, "", variables) is not None

    def _propagate(
        self, task: Task, kind: str, code: str, message: str, variables: Mapping[str, Value]
    ) -> Element | None:
        node, inside_handler = task, False
        while node is not None:
            # Event sub-processes of the scope, unless the throw comes from one of them.
            if node.task_spec.is_scope and node is not task and not inside_handler:
                found = _catching(node.task_spec.starts(), kind, code)
                if found is not None:
                    self._caught(found, node, code, message, variables)
                    return found
            found = _catching(node.task_spec.boundary, kind, code) if node.task_spec.loop is None else None
            if found is not None:
                self._caught(found, node, code, message, variables)
                return found
            inside_handler = node.task_spec.is_handler
            node = node.parent
        return None

    def _caught(self, element: Element, host: Task, code: str, message: str, variables: Mapping[str, Value]) -> None:
        values = dict(variables)
        event = cast(EventDefinition, element.event)
        if event.code_variable:
            values[event.code_variable] = code
        if event.message_variable:
            values[event.message_variable] = message
        self.trigger(element, host, values)

    def throw_message(self, task: Task, event: EventDefinition) -> None:
        place = self.scopes_of(task)
        name, key = self.message(place, event)
        variables = dict(self.scopes.get(task.id, {}))
        self._events.append(
            MessageThrown(
                name=name,
                correlation_key=key,
                variables=variables,
                instance_key=self.instance_of(task).id,
                element_id=task.task_spec.element.id,
            )
        )

    def throw_signal(self, task: Task, event: EventDefinition) -> None:
        """Broadcast: this document's waits take it at once, the host tells the others."""
        place = self.scopes_of(task)
        name = self.event_name(place, event)
        variables = place.variables() if event.payload_of_all else dict(self.scopes.get(task.id, {}))
        for line in event.payload:
            variables[line.target[0]] = place.evaluate(line.source, "IO_MAPPING_ERROR")
        self._events.append(
            SignalThrown(
                name=name,
                variables=variables,
                instance_key=self.instance_of(task).id,
                element_id=task.task_spec.element.id,
            )
        )
        for wait in list(self._waits.values()):
            if isinstance(wait, SignalCatch) and wait.name == name and wait.key in self._waits:
                self._happen(wait, variables)

    # Endings

    def cancel_task(self, task: Task) -> None:
        """End a flow node instance and all inside it, innermost first."""
        self.empty(task)
        task.cancel()
        self._discard(task)

    def empty(self, task: Task, but: Task | None = None) -> None:
        """End all flow node instances inside a scope, except one."""
        for child in reversed(task.children):
            if child is not but:
                self.cancel_task(child)

    def _discard(self, task: Task) -> None:
        parent = task.parent
        self._joins.pop((task._parent, task.task_spec.name), None) if self._joins.get(
            (task._parent, task.task_spec.name)
        ) == task.id else None
        self._inclusive.pop(task.id, None)
        if parent is not None:
            parent._children.remove(task.id)
        del self.tasks[task.id]

    def entered_visit(self, task: Task) -> None:
        spec: NodeSpec = task.task_spec
        self._events.append(
            Entered(
                key=task.id,
                element_id=spec.element.id,
                element_type=spec.element_type,
                instance_key=self.instance_of(task).id,
                scope_key=task.id if task.parent is None else task.parent.id,
                loop_counter=task.internal_data.get(LOOP),
                at=self.host.now,
            )
        )

    def completed_visit(self, task: Task) -> None:
        """Bookkeeping when a flow node instance completes: history, subscriptions, what could be undone later."""
        spec: NodeSpec = task.task_spec
        self._events.append(
            Completed(
                key=task.id,
                element_id=spec.element.id,
                element_type=spec.element_type,
                instance_key=self.instance_of(task).id,
                scope_key=task.id if task.parent is None else task.parent.id,
                at=self.host.now,
            )
        )
        compensation.remember(self, task)
        self._forget(task)
        self._stop_after(task)

    def cancelled_visit(self, task: Task) -> None:
        spec: NodeSpec = task.task_spec
        if ENTERED in task.internal_data:
            self._events.append(
                Cancelled(
                    key=task.id,
                    element_id=spec.element.id,
                    element_type=spec.element_type,
                    instance_key=self.instance_of(task).id,
                    scope_key=task.id if task.parent is None else task.parent.id,
                    at=self.host.now,
                )
            )
        if spec.is_instance:
            self._events.append(InstanceEnded(key=task.id, state=TERMINATED, at=self.host.now))
        compensation.cancelled(self, task)
        self._forget(task)
        self._stop_after(task)

    def _stop_after(self, task: Task) -> None:
        """End the whole instance once an element that it was started to try out has ended."""
        spec: NodeSpec = task.task_spec
        if spec.loop is None and not spec.is_instance and spec.element.id in self.terminate_after:
            self._stopping = self._stopping or self.instance_of(task).id == self.key

    def take_flows(self, flows: Sequence[Flow], scope: Task) -> None:
        """Move on from an element that has completed."""
        for flow in () if self._stopping else flows:
            self.take(flow, scope)

    def ended_instance(self, task: Task) -> None:
        """A process instance has come to its end."""
        terminated = ENDED in task.internal_data
        state = TERMINATED if terminated else COMPLETED
        self._events.append(InstanceEnded(key=task.id, state=state, at=self.host.now))
        if task.parent is None:
            self.state = state

    def _forget(self, task: Task) -> None:
        self.drop_all(task.id)
        if task.id != self.key:
            self.scopes.pop(task.id, None)

    def _task_completed_notify(self, task: Task) -> None:
        """SpiffWorkflow's word that a task is complete: it leaves the tree, and its scope may be at its end."""
        self.last_task = None
        parent = task.parent
        self._discard(task)
        if parent is not None and not self._stopping:
            parent.task_spec.child_ended(parent, task)

    # ------------------------------------------------------------------------------------------------ moving on

    def is_completed(self) -> bool:
        return self.state != ACTIVE

    def update_waiting_tasks(self) -> None:
        """Nothing is polled: what waits is told."""

    def _advance(self) -> None:
        """Run until nothing can move without something from outside."""
        self._steps = 0
        while True:
            if self._stopping:
                self._queue.clear()
                self.cancel()
                return
            self.look_at_conditions()
            if self._queue:
                finishing, key = self._queue.popleft()
                self._step(finishing, key)
            elif not self._join_at_rest():
                return

    def _step(self, finishing: bool, key: int) -> None:
        task = self.tasks.get(key)
        if task is None:  # cancelled since it was queued
            return
        if finishing:
            task.task_spec.finish(task)
        elif task.has_state(TaskState.READY):
            self._steps += 1
            if self._steps > STEPS_LIMIT:
                self.stop(task, Failure("UNKNOWN", "bpmn.endless_loop", steps=STEPS_LIMIT))
                task._set_state(TaskState.STARTED)
                return
            task.run()

    def _join_at_rest(self) -> bool:
        for key in list(self._inclusive):
            task = self.tasks[key]
            if task.task_spec.may_join(task):
                task.task_spec.join(task)
                return True
        return False

    def look_at_conditions(self) -> bool:
        """Look at new conditions, and at those whose variables changed; True when one of them held."""
        held = False
        while self._fresh or self._changes:
            fresh, self._fresh = self._fresh, []
            changes, self._changes = self._changes, []
            keys = list(fresh)
            if changes:
                known = set(fresh)
                keys += [key for key in self._conditions if key not in known and self._concerned(key, changes)]
            held = self._look(keys) or held
        return held

    def _concerned(self, key: int, changes: list[tuple[int, str, bool]]) -> bool:
        element, _ = self._event_of(self._waits[key])
        event = cast(EventDefinition, element.event)
        names = frozenset(event.variable_names) or cast(Expression, event.condition).names
        chain = set(self.scopes_of(self.tasks[self._waits[key].host_key]).chain())
        return any(
            name in names
            and scope in chain
            and (not event.variable_events or ("create" if created else "update") in event.variable_events)
            for scope, name, created in changes
        )

    def _look(self, keys: Sequence[int], edge: bool = False) -> bool:
        held = False
        for key in keys:
            wait = self._waits.get(key)
            if not isinstance(wait, Condition):
                continue
            element, _ = self._event_of(wait)
            host = self.tasks[wait.host_key]
            try:
                holds = self._condition_holds(element, host)
            except Failure as failure:
                self._condition_failed(element, host, failure)
                continue
            before = wait.holds
            if holds != before:
                self._waits[key] = replace(wait, holds=holds)
            if holds and not (edge and before):
                held = True
                self._happen(wait, {})
        return held

    def _condition_holds(self, element: Element, host: Task) -> bool:
        """Whether the condition holds. One whose variables aren't there yet doesn't: it's looked at when they come.

        Raises `Failure` for a value that is neither true nor false.
        """
        condition = cast(Expression, cast(EventDefinition, element.event).condition)
        place = self.scopes_of(host)
        try:
            value = place.raw(condition, "CONDITION_ERROR")
        except Failure as failure:
            if failure.code == "bpmn.juel_unknown_name":
                return False
            raise
        if value is None or isinstance(value, bool):
            return bool(value)
        raise place.unfit(condition, "CONDITION_ERROR", "bpmn.condition_not_boolean", value)

    def _condition_failed(self, element: Element, host: Task, failure: Failure) -> None:
        """One incident for each condition that fails; it goes on being looked at, and a retry looks at once."""
        failure.facts["conditional_event"] = element.id
        incidents = (self._waits[key] for key in self._waits_of.get(host.id, ()))
        if not any(
            isinstance(wait, Incident) and wait.facts.get("conditional_event") == element.id for wait in incidents
        ):
            self.stop(host, failure)

    def _renew(self, key: int, wait: UserTask | Timer) -> None:
        """Evaluate a due date again. One that fails now keeps its old value: the task is already there."""
        place = self.place(wait.host_key)
        self.host.links()
        try:
            if isinstance(wait, Timer):
                element, _ = self._event_of(wait)
                timer = element.event.timer if element.event is not None else None
                if timer is None or not (wait.links or (timer.kind == "date" and renewable(timer.expression))):
                    return
                value = place.raw(timer.expression, timers.KIND)
                links = self.host.links()
                self._waits[key] = replace(wait, due=self._scheduled(timer, value, links).due, links=links)
            else:
                self._waits[key] = self.tasks[wait.host_key].task_spec.renewed(place, wait)
        except Failure:
            return

    def _has_work(self, task: Task) -> bool:
        """Whether the activity is still open beside its incident (a failed timer of its boundary)."""
        return any(isinstance(self._waits[k], (UserTask, Job)) for k in self._waits_of.get(task.id, ())) or bool(
            task._children
        )

    def _start_before(self, element_id: str) -> None:
        """Put a token before an element, opening the sub-processes around it without their starts."""
        path: list[Element] = []
        element: Element | None = self.definition.elements[element_id]
        while element is not None:
            path.insert(0, element)
            element = None if element.parent is None else self.definition.elements[element.parent]
        scope = self.task_tree
        for step in path[:-1]:
            found = next((child for child in scope.children if child.task_spec.element.id == step.id), None)
            scope = found or self.begin(self.spec.entry(step.id), scope, start="")
            self._advance_one(scope)
        task = self.begin(self.spec.entry(element_id), scope)
        if task.task_spec.joins:  # there is nothing that it could wait for
            task._ready()

    def _advance_one(self, task: Task) -> None:
        if task.has_state(TaskState.READY):
            self._queue = deque(item for item in self._queue if item[1] != task.id)
            task.run()

    def _wait(self, key: int, *kinds: type[Wait]) -> Wait:
        wait = self._waits.get(key)
        if wait is None or not isinstance(wait, kinds):
            raise NotFound("bpmn.wait_unknown", key=key)
        return wait

    def _process(self, scope: Task) -> Any:
        return scope.task_spec.process

    def _instance_state(self, task: Task) -> InstanceState:
        caller = task.parent
        definition = task.task_spec.process.definition
        return InstanceState(
            task.id,
            definition.process_id,
            definition.key,
            None if caller is None else self.instance_of(caller).id,
            None if caller is None else caller.id,
            ACTIVE if task.id in self.tasks else self.state,
        )


def _catching(events: Sequence[Element], kind: str, code: str) -> Element | None:
    """The event that catches `code`: one that names it goes before one that catches all."""
    catch_all = None
    for element in events:
        event = element.event
        if event is None or event.kind != kind:
            continue
        if event.code is None:
            catch_all = catch_all or element
        elif event.code.value == code:
            return element
    return catch_all


def _json(facts: Mapping[str, object]) -> dict[str, object]:
    """Facts as the document stores them: JSON values only."""

    def simple(value: object) -> object:
        if value is None or isinstance(value, (bool, int, str)):
            return value
        if isinstance(value, Mapping):
            return {str(k): simple(v) for k, v in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [simple(v) for v in value]
        return str(value)

    return {name: simple(value) for name, value in facts.items()}
