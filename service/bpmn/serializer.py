"""Workflow to JSON document and back. A document holds what is alive, and names definitions by key.

Instances outlive programs: a document is upgraded as it is loaded, version by version, through `UPGRADES`. Whoever
changes the shape of a document raises `VERSION`, writes the step from the version before it, and keeps an example of
the new one beside the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from SpiffWorkflow.task import Task as SpiffTask

from service.bpmn import specification
from service.bpmn.definition import Binding, FormRef, ProcessDefinition
from service.bpmn.host import Host
from service.bpmn.waits import Condition, Incident, Job, Link, MessageCatch, SignalCatch, Timer, UserTask, Wait
from service.errors import Invalid

VERSION = 2

Document = dict[str, Any]


def _from_1(stored: Document) -> Document:
    """Version 1 had no list of elements with whose end the instance ends, at first."""
    return {"terminate_after": [], **stored}


# The version that a step leads away from -> the step to the next one. Steps are given a copy that is theirs to change.
UPGRADES: Mapping[int, Callable[[Document], Document]] = {1: _from_1}


def upgraded(stored: Mapping[str, Any]) -> Document:
    """The document in today's shape. Raises `Invalid` for one of a later program, or of none at all."""
    version = stored.get("version")
    number = version if isinstance(version, (int, Decimal)) and not isinstance(version, bool) else None
    if number is None or number not in (VERSION, *UPGRADES):
        raise Invalid("bpmn.document_version", version=version, known=VERSION)
    document: Document = dict(stored)
    for step in range(int(number), VERSION):
        document = {**UPGRADES[step](document), "version": step + 1}
    return document


_KINDS: dict[str, type[Wait]] = {
    "u": UserTask, "j": Job, "t": Timer, "m": MessageCatch, "s": SignalCatch, "c": Condition, "i": Incident,
}  # fmt: skip
_LETTERS = {kind: letter for letter, kind in _KINDS.items()}


def document(workflow: Any) -> dict[str, Any]:
    """The state of a workflow at rest, as JSON values."""
    return {
        "version": VERSION,
        "key": workflow.key,
        "definition": workflow.definition.key,
        "state": workflow.state,
        "tasks": [
            [
                task.id,
                task._parent,
                task.task_spec.process.definition.key if task.task_spec.is_instance else 0,
                task.task_spec.name,
                task.state,
                _copy(task.internal_data),
            ]
            for task in workflow.tasks.values()
        ],
        "scopes": {str(key): dict(scope) for key, scope in workflow.scopes.items()},
        "waits": [_wait(wait) for wait in workflow._waits.values()],
        "intervals": {str(key): interval for key, interval in workflow._intervals.items()},
        "leaving": list(workflow._leaving),
        "joins": [[scope, name, key] for (scope, name), key in workflow._joins.items()],
        "inclusive": list(workflow._inclusive),
        "terminate_after": sorted(workflow.terminate_after),
    }


def restore(cls: Any, stored: Mapping[str, Any], definition_of: Callable[[int], ProcessDefinition], host: Host) -> Any:
    """The workflow that `stored` describes. Raises `Invalid` for a document of an unknown version."""
    stored = upgraded(stored)
    workflow = cls(definition_of(int(stored["definition"])), host)
    workflow.key = int(stored["key"])
    workflow.state = stored["state"]
    # Parents stand before their children, as they came to be in that order.
    for key, parent_key, definition_key, name, state, data in stored["tasks"]:
        parent = None if parent_key is None else workflow.tasks[int(parent_key)]
        if definition_key or parent is None:
            process = specification.of(definition_of(int(definition_key)))
        else:
            process = parent.task_spec.process
        task = SpiffTask(workflow, process.task_specs[name], parent, state=int(state), id=int(key))
        task.internal_data = _numbers(_copy(data))
        if parent is None:
            workflow.task_tree = task
    workflow.scopes = {int(key): dict(scope) for key, scope in stored["scopes"].items()}
    for row in stored["waits"]:
        wait = _restored(row)
        workflow.wait_for(wait)
        if isinstance(wait, Condition):
            workflow._conditions[wait.key] = None
        elif isinstance(wait, Incident):
            workflow._incidents += 1
    workflow._intervals = {int(key): interval for key, interval in stored["intervals"].items()}
    workflow._leaving = {int(key): None for key in stored["leaving"]}
    workflow._joins = {(int(scope), name): int(key) for scope, name, key in stored["joins"]}
    workflow._inclusive = {int(key): None for key in stored["inclusive"]}
    workflow.terminate_after = frozenset(stored["terminate_after"])
    return workflow


def _copy(value: Any) -> Any:
    """Containers afresh, so that a document and a live workflow never share one."""
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_copy(item) for item in value]
    return value


_COUNTS = ("p", "e", "o", "t", "l", "z", "x", "n", "mn", "md", "me", "mb")


def _numbers(data: dict[str, Any]) -> dict[str, Any]:
    """Internal counters are whole numbers, whatever the JSON reader made of them."""
    for name in _COUNTS:
        if name in data:
            data[name] = int(data[name])
    if "a" in data:
        data["a"] = {flow: int(count) for flow, count in data["a"].items()}
    return data


def _wait(wait: Wait) -> dict[str, Any]:
    row: dict[str, Any] = {"": _LETTERS[type(wait)]}
    for field in fields(wait):
        value = getattr(wait, field.name)
        if isinstance(value, datetime):
            value = value.isoformat()
        elif isinstance(value, FormRef):
            value = {f.name: getattr(value, f.name) for f in fields(value) if getattr(value, f.name) is not None}
        elif field.name == "links":
            value = [[link.deadline_key, link.offset] for link in value]
        elif isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, Mapping):
            value = _copy(dict(value))
        if value not in (None, [], {}, ""):
            row[field.name] = value
    return row


def _restored(row: Mapping[str, Any]) -> Wait:
    values = {name: value for name, value in row.items() if name}
    for name in ("key", "instance_key", "definition_key", "host_key", "priority", "retries", "repetitions"):
        if name in values:
            values[name] = int(values[name])
    for name in ("due", "follow_up"):
        if name in values:
            values[name] = datetime.fromisoformat(values[name])
    for name in ("candidate_groups", "candidate_users"):
        if name in values:
            values[name] = tuple(values[name])
    if "links" in values:
        values["links"] = tuple(
            Link(int(key), None if offset is None else int(offset)) for key, offset in values["links"]
        )
    if "form" in values:
        form = dict(values["form"])
        form["binding"] = Binding(form["binding"])
        if "version" in form:
            form["version"] = int(form["version"])
        values["form"] = FormRef(**form)
    if "holds" in values:
        values["holds"] = bool(values["holds"])
    if row[""] == "m":
        values.setdefault("name", "")
    return _KINDS[row[""]](**values)
