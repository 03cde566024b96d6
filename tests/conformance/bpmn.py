"""An engine in memory around `service.bpmn`, for the shared conformance cases: a set clock, messages routed by hand.

Its contract stands at the top of ../shared/bpmn-conformance/run.py.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from service import bpmn, dmn, feel
from service.bpmn import Failure, timers
from service.errors import Severity

ZONE = ZoneInfo("UTC")  # the cases compare wall clocks


class DeploymentError(Exception):
    """A file that the engine will not run; the findings are its arguments."""


class Host:
    """What the workflows of one engine share; `links` and records don't occur in the cases."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def now(self) -> dt.datetime:
        return self.engine.clock

    @property
    def environment(self) -> feel.Environment:
        return feel.Environment(now=self.engine.clock, zone=ZONE)

    def new_key(self) -> int:
        return next(self.engine.keys)

    def decide(self, reference, variables, element):
        for model in self.engine.models:
            if any(decision.id == reference.decision_id for decision in model.decisions):
                found = dmn.evaluate(model, reference.decision_id, variables, self.environment)
                if found.failed:
                    raise Failure("DECISION_EVALUATION_ERROR", "decision_failed", decision=reference.decision_id)
                if not reference.rows:
                    return found.value
                return [{output.name: output.value for output in rule.outputs} for rule in found.decisions[-1].matched]
        raise Failure("CALLED_DECISION_ERROR", "decision_unknown", decision=reference.decision_id)

    def process(self, reference, element):
        if reference.process_id not in self.engine.processes:
            raise Failure("CALLED_ELEMENT_ERROR", "process_unknown", process=reference.process_id)
        return self.engine.processes[reference.process_id]

    def records(self, instance_key, variables) -> Mapping[str, feel.Value]:
        return {}

    def links(self):
        return ()


class Engine:
    def __init__(self) -> None:
        self.clock = dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)
        self.keys = itertools.count(1)
        self.host = Host(self)
        self.processes: dict[str, bpmn.ProcessDefinition] = {}
        self.models: list[dmn.Model] = []
        self.workflows: dict[int, bpmn.Workflow] = {}
        self.root_of: dict[int, int] = {}
        self.process_of: dict[int, str] = {}
        self.ended: dict[int, str] = {}
        self.values: dict[int, dict[str, feel.Value]] = {}
        self.completed: list[tuple[str, str]] = []
        self.start_timers: list[list] = []

    # Contract

    def deploy(self, files: list[Path]) -> None:
        definitions: dict[int, bpmn.ProcessDefinition] = {}
        for file in files:
            if file.suffix == ".dmn":
                self.models.append(dmn.read(file.read_bytes(), file.name))
                continue
            read = bpmn.read(file.read_bytes(), file.name)
            errors = [finding for finding in read.findings if finding.severity is Severity.ERROR]
            if errors:
                raise DeploymentError(*errors)
            for process in read.processes:
                key = next(self.keys)
                definitions[key] = process.with_key(key)
        self.definitions = definitions
        self.processes |= {process.process_id: process for process in definitions.values()}
        for process in definitions.values():
            for trigger in process.starts:
                if trigger.kind == "timer":
                    value = trigger.timer.expression.evaluate({}, self.host.environment, timers.KIND)
                    found = timers.schedule(trigger.timer, value, self.clock, ZONE)
                    self.start_timers.append([found.due, found, process.process_id, trigger.element_id])

    def start(self, process_id: str, variables: dict) -> str:
        return str(self._begin(process_id, variables, None))

    def instances(self, process_id: str) -> list[str]:
        return [str(key) for key, process in self.process_of.items() if process == process_id]

    def active_tasks(self, instance: str | None) -> list[tuple[str, str]]:
        found = []
        for workflow in self.workflows.values():
            for wait in workflow.waits.values():
                if isinstance(wait, (bpmn.UserTask, bpmn.Job)) and (
                    instance is None or int(instance) in self._around(workflow, wait.instance_key)
                ):
                    found.append((wait.key, wait.element_id))
        return [(element_id, str(key)) for key, element_id in sorted(found)]

    def task(self, task_key: str) -> dict:
        workflow, wait = self._open(task_key)
        found = {"variables": workflow.place(wait.key).variables()}
        if isinstance(wait, bpmn.UserTask):
            found |= {
                "name": wait.name,
                "assignee": wait.assignee,
                "candidate_users": list(wait.candidate_users),
                "candidate_groups": list(wait.candidate_groups),
                "priority": wait.priority,
                "due": self._shown(wait.due),
                "follow_up": self._shown(wait.follow_up),
            }
        return found

    def complete(self, task_key: str, variables: dict) -> None:
        workflow, wait = self._open(task_key)
        workflow.complete(wait.key, self._values(variables))
        self._settle(workflow)

    def throw_error(self, task_key: str, code: str, variables: dict) -> None:
        workflow, wait = self._open(task_key)
        if code == "*":
            definition = workflow.tasks[wait.key].task_spec.process.definition
            code = next(
                str(event.event.code.value) if event.event.code else "any"
                for event in definition.elements.values()
                if event.attached_to == wait.element_id and event.event.kind == "error"
            )
        workflow.throw_error(wait.key, code, "", self._values(variables))
        self._settle(workflow)

    def set_variables(self, instance: str, variables: dict) -> None:
        workflow = self.workflows[self.root_of[int(instance)]]
        workflow.set_variables(int(instance), self._values(variables))
        self._settle(workflow)

    def correlate_message(self, name: str, correlation_key: str | None, variables: dict) -> int:
        waiting = [
            (wait.key, workflow)
            for workflow in self.workflows.values()
            for wait in workflow.waits.values()
            if isinstance(wait, bpmn.MessageCatch)
            and wait.name == name
            and (correlation_key is None or wait.correlation_key in (None, correlation_key))
        ]
        if waiting:
            key, workflow = min(waiting, key=lambda pair: pair[0])
            workflow.deliver_message(key, self._values(variables))
            self._settle(workflow)
            return 1
        for process in self.processes.values():
            for trigger in process.starts:
                if trigger.kind == "message" and trigger.name.value == name:
                    self._begin(process.process_id, variables, trigger.element_id)
                    return 1
        return 0

    def broadcast_signal(self, name: str, variables: dict, source: bpmn.Workflow | None = None) -> None:
        values = self._values(variables)
        for workflow in list(self.workflows.values()):
            if workflow is source:
                continue
            for wait in list(workflow.waits.values()):
                if isinstance(wait, bpmn.SignalCatch) and wait.name == name and wait.key in workflow.waits:
                    workflow.deliver_signal(wait.key, values)
            self._settle(workflow)
        for process in list(self.processes.values()):
            for trigger in process.starts:
                if trigger.kind == "signal" and trigger.name.value == name:
                    self._begin(process.process_id, variables, trigger.element_id)

    def now(self) -> dt.datetime:
        return self.clock

    def advance_clock(self, seconds: float) -> None:
        until = self.clock + dt.timedelta(seconds=seconds)
        while True:
            due = [
                (wait.due, wait.key, workflow)
                for workflow in self.workflows.values()
                for wait in workflow.waits.values()
                if isinstance(wait, bpmn.Timer) and wait.due <= until
            ]
            starts = [row for row in self.start_timers if row[0] <= until]
            if not due and not starts:
                break
            if starts and (not due or min(row[0] for row in starts) <= min(due)[0]):
                self._fire_start(min(starts, key=lambda row: row[0]))
                continue
            moment, key, workflow = min(due, key=lambda row: row[:2])
            self.clock = max(self.clock, moment)
            workflow.fire(key, moment)
            self._settle(workflow)
        self.clock = until

    def state(self, instance: str) -> str:
        key = int(instance)
        if key in self.ended:
            return self.ended[key]
        workflow = self.workflows[self.root_of[key]]
        stuck = any(
            isinstance(wait, bpmn.Incident) and key in self._around(workflow, wait.instance_key)
            for wait in workflow.waits.values()
        )
        return "incident" if stuck else "active"

    def variables(self, instance: str) -> dict:
        return dict(self.values[int(instance)])

    def history(self) -> list[tuple[str, str]]:
        return list(self.completed)

    def close(self) -> None:
        self.workflows.clear()

    # Inside

    def _begin(self, process_id: str, variables: dict, start: str | None) -> int:
        key = next(self.keys)
        workflow = bpmn.Workflow.start(
            self.processes[process_id], self.host, self._values(variables), key, start_element=start
        )
        self.workflows[key] = workflow
        self._settle(workflow)
        return key

    def _fire_start(self, row: list) -> None:
        self.clock = max(self.clock, row[0])
        _, found, process_id, element_id = row
        left = found.repetitions
        moment = None if found.interval is None or left == 0 else timers.following(found.interval, row[0], ZONE)
        if moment is None:
            self.start_timers.remove(row)
        else:
            row[0] = moment
            row[1] = bpmn.Schedule(moment, None if left is None else left - 1, found.interval)
        self._begin(process_id, {}, element_id)

    def _settle(self, workflow: bpmn.Workflow) -> None:
        """Take what happened, store and restore the workflow, and pass on what it threw."""
        thrown = []
        for event in workflow.take_events():
            match event:
                case bpmn.InstanceStarted():
                    self.process_of[event.key] = event.process_id
                    self.root_of[event.key] = workflow.key
                    self.values[event.key] = {}
                case bpmn.InstanceEnded():
                    self.ended[event.key] = event.state
                case bpmn.VariableSet() if event.scope_key == event.instance_key:
                    self.values[event.instance_key][event.name] = event.value
                case bpmn.Completed() if event.element_type in _ACTIVITIES:
                    self.completed.append((str(event.instance_key), event.element_id))
                case bpmn.MessageThrown() | bpmn.SignalThrown():
                    thrown.append((event, workflow))
                case _:
                    pass
        self.workflows[workflow.key] = self._stored(workflow)
        for event, source in thrown:
            if isinstance(event, bpmn.MessageThrown):
                self.correlate_message(event.name, event.correlation_key, dict(event.variables))
            else:
                self.broadcast_signal(event.name, dict(event.variables), self.workflows[source.key])

    def _stored(self, workflow: bpmn.Workflow) -> bpmn.Workflow:
        """The workflow after a round trip through its document, so that every case tests that too."""
        stored = feel.codec.decode(feel.codec.encode(workflow.document()))
        return bpmn.Workflow.restore(stored, self.definitions.__getitem__, self.host)

    def _open(self, task_key: str):
        for workflow in self.workflows.values():
            if int(task_key) in workflow.waits:
                return workflow, workflow.waits[int(task_key)]
        raise KeyError(task_key)

    @staticmethod
    def _around(workflow: bpmn.Workflow, instance_key: int) -> set[int]:
        """An instance and those that called it."""
        parents = {state.key: state.parent_key for state in workflow.instances}
        found = set()
        key: int | None = instance_key
        while key is not None:
            found.add(key)
            key = parents.get(key)
        return found

    @staticmethod
    def _values(variables: dict) -> dict[str, feel.Value]:
        return {name: feel.from_python(value) for name, value in variables.items()}

    @staticmethod
    def _shown(moment: dt.datetime | None) -> dt.datetime | None:
        return None if moment is None else moment.astimezone(ZONE)


_ACTIVITIES = {"TASK", "MANUAL_TASK", "USER_TASK", "SERVICE_TASK", "SEND_TASK", "RECEIVE_TASK", "SCRIPT_TASK",
               "BUSINESS_RULE_TASK", "CALL_ACTIVITY", "SUB_PROCESS"}  # fmt: skip
