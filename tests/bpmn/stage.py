"""A stage for one workflow: diagrams from a few lines of XML, a clock set by hand, decisions and processes by name."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from service import bpmn, feel
from service.errors import Severity

ZONE = ZoneInfo("Asia/Shanghai")
START = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)  # a Monday, 09:00 in Shanghai

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn"
  modeler:executionPlatform="{platform}" modeler:executionPlatformVersion="8.8.0">
"""


def file(body: str, platform: str = "Camunda Cloud") -> bytes:
    """A whole file around processes and root elements, where `bpmn:` may be left out."""
    return (_HEAD.format(platform=platform) + _prefixed(body) + "</bpmn:definitions>").encode()


def process(body: str, process_id: str = "p", roots: str = "", platform: str = "Camunda Cloud") -> bytes:
    """A file with one process of the given flow elements."""
    return file(f'{roots}<process id="{process_id}" isExecutable="true">{body}</process>', platform)


def _prefixed(body: str) -> str:
    import re

    return re.sub(r"<(/?)([a-zA-Z]+)(?=[\s/>])", r"<\1bpmn:\2", body)


def flows(*pairs: str) -> str:
    """Sequence flows, each written `a>b`, or `a>b: =condition`."""
    found = []
    for pair in pairs:
        ends, _, condition = pair.partition(": ")
        source, target = ends.split(">")
        inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
        found.append(
            f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'
        )
    return "".join(found)


def ext(inner: str) -> str:
    return f"<extensionElements>{inner}</extensionElements>"


def user_task(element_id: str, inner: str = "", extensions: str = "", attributes: str = "") -> str:
    return f'<userTask id="{element_id}" {attributes}>{ext("<zeebe:userTask/>" + extensions)}{inner}</userTask>'


def read(xml: bytes, name: str = "test.bpmn") -> bpmn.File:
    found = bpmn.read(xml, name)
    assert [f for f in found.findings if f.severity is Severity.ERROR] == []
    return found


class Stage:
    """Starts processes and answers their waits; stores and restores the workflow after every answer."""

    def __init__(self, *files: bytes) -> None:
        self.now = START
        self.keys = itertools.count(100)
        self.processes: dict[str, bpmn.ProcessDefinition] = {}
        self.definitions: dict[int, bpmn.ProcessDefinition] = {}
        for number, xml in enumerate(files, start=1):
            for definition in read(xml).processes:
                key = number * 10 + len(self.definitions)
                self.definitions[key] = self.processes[definition.process_id] = definition.with_key(key)
        self.decisions: dict[str, Any] = {}
        self.record_values: dict[str, Any] = {}
        self.used_links: list[bpmn.Link] = []
        self.functions: dict[str, feel.Function] = {}
        self.events: list[bpmn.Event] = []
        self.workflow: bpmn.Workflow = None  # type: ignore[assignment]

    # Host

    @property
    def environment(self) -> feel.Environment:
        return feel.Environment(now=self.now, zone=ZONE, functions=self.functions)

    def new_key(self) -> int:
        return next(self.keys)

    def decide(self, reference, variables, element):
        if reference.decision_id not in self.decisions:
            raise bpmn.Failure("CALLED_DECISION_ERROR", "decision_unknown", decision=reference.decision_id)
        return self.decisions[reference.decision_id](variables)

    def process(self, reference, element):
        if reference.process_id not in self.processes:
            raise bpmn.Failure("CALLED_ELEMENT_ERROR", "process_unknown", process=reference.process_id)
        return self.processes[reference.process_id]

    def records(self, instance_key: int, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.record_values

    def links(self) -> tuple[bpmn.Link, ...]:
        found, self.used_links = tuple(self.used_links), []
        return found

    # Playing

    def start(
        self,
        process_id: str = "p",
        start_element: str | None = None,
        before: tuple[str, ...] = (),
        terminate_after: tuple[str, ...] = (),
        **variables,
    ):
        values = {name: feel.from_python(value) for name, value in variables.items()}
        self.workflow = bpmn.Workflow.start(
            self.processes[process_id],
            self,
            values,
            1,
            start_element=start_element,
            start_instructions=before,
            terminate_after=terminate_after,
        )
        self.settle()
        return self

    def settle(self) -> None:
        self.events += self.workflow.take_events()
        before = self.workflow.document()
        stored = feel.codec.decode(feel.codec.encode(before))
        self.workflow = bpmn.Workflow.restore(stored, self.definitions.__getitem__, self)
        assert self.workflow.document() == before

    def waits(self, kind=bpmn.Wait) -> list[Any]:
        return [wait for wait in self.workflow.waits.values() if isinstance(wait, kind)]

    @property
    def open(self) -> list[str]:
        """Element ids of open user tasks and jobs, oldest first."""
        return [wait.element_id for wait in self.waits((bpmn.UserTask, bpmn.Job))]

    @property
    def incidents(self) -> list[tuple[str, str, str]]:
        return [(wait.element_id, wait.kind, wait.code) for wait in self.waits(bpmn.Incident)]

    def wait(self, element_id: str, kind=bpmn.Wait) -> Any:
        return next(wait for wait in self.waits(kind) if wait.element_id == element_id)

    def complete(self, element_id: str, **variables):
        wait = self.wait(element_id, (bpmn.UserTask, bpmn.Job))
        self.workflow.complete(wait.key, {name: feel.from_python(value) for name, value in variables.items()})
        self.settle()
        return self

    def message(self, element_id: str, **variables):
        wait = self.wait(element_id, bpmn.MessageCatch)
        self.workflow.deliver_message(wait.key, {name: feel.from_python(v) for name, v in variables.items()})
        self.settle()
        return self

    def retry(self, element_id: str):
        self.workflow.retry(self.wait(element_id, bpmn.Incident).key)
        self.settle()
        return self

    def set(self, **variables):
        self.workflow.set_variables(None, {name: feel.from_python(value) for name, value in variables.items()})
        self.settle()
        return self

    def error(self, element_id: str, code: str, **variables):
        wait = self.wait(element_id, (bpmn.UserTask, bpmn.Job))
        self.workflow.throw_error(wait.key, code, "", {n: feel.from_python(v) for n, v in variables.items()})
        self.settle()
        return self

    def pass_time(self, **delta):
        """Let time pass; due timers fire in order, each at its moment."""
        until = self.now + dt.timedelta(**delta)
        while due := sorted((w.due, w.key) for w in self.waits(bpmn.Timer) if w.due <= until):
            self.now = max(self.now, due[0][0])
            self.workflow.fire(due[0][1], due[0][0])
            self.settle()
        self.now = until
        return self

    @property
    def variables(self) -> dict[str, Any]:
        return {name: _python(value) for name, value in self.workflow.variables().items()}

    @property
    def state(self) -> str:
        return self.workflow.state

    def completed(self) -> list[str]:
        return [event.element_id for event in self.events if isinstance(event, bpmn.Completed)]


def _python(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, list):
        return [_python(item) for item in value]
    if isinstance(value, dict):
        return {key: _python(item) for key, item in value.items()}
    return value
