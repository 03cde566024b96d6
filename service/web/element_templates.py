"""Element templates: our service tasks and extension properties, for the properties panel of the Modeler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.web.words import N_, gettext

SCHEMA = "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of the properties panel."""

    label: str
    binding: dict[str, str]
    kind: str = "String"
    feel: str | None = None  # required | optional
    choices: tuple[tuple[str, str], ...] = ()
    value: str | None = None
    required: bool = False


def _header(name: str, label: str, *, required: bool = False, choices: tuple[tuple[str, str], ...] = ()) -> Entry:
    kind = "Dropdown" if choices else "String"
    return Entry(label, {"type": "zeebe:taskHeader", "key": name}, kind, None, choices, None, required)


def _input(name: str, label: str, *, required: bool = False) -> Entry:
    return Entry(label, {"type": "zeebe:input", "name": name}, "String", "required", (), None, required)


def _property(name: str, label: str, choices: tuple[tuple[str, str], ...] = ()) -> Entry:
    return Entry(label, {"type": "zeebe:property", "name": name}, "Dropdown" if choices else "String", None, choices)


TASKS: tuple[tuple[str, str, tuple[Entry, ...]], ...] = (
    (
        "rc.state",
        N_("Set the state of the person in hand"),
        (
            _header("state", N_("State code"), required=True),
            _header(
                "strand",
                N_("Line"),
                choices=(
                    ("main", N_("Main line")),
                    ("filing", N_("Filing")),
                    ("appeal", N_("Appeal")),
                    ("rectification", N_("Rectification")),
                ),
            ),
        ),
    ),
    (
        "rc.publish",
        N_("Send a message to another process"),
        (
            _input("messageName", N_("Name of the message"), required=True),
            _input("correlationKey", N_("Correlation key"), required=True),
            _input("messageVariables", N_("Variables of the message")),
        ),
    ),
    (
        "rc.records",
        N_("Write records of the case"),
        (_input("values", N_("Values by path, such as subject.outcome"), required=True),),
    ),
    (
        "rc.notify",
        N_("Notify people"),
        (
            _input("recipients", N_("Users or role codes"), required=True),
            _input("title", N_("Title"), required=True),
            _input("text", N_("Text")),
        ),
    ),
    (
        "rc.deadline",
        N_("Open, close, stop or extend a deadline"),
        (
            _header(
                "do",
                N_("What to do"),
                required=True,
                choices=(
                    ("open", N_("Open")),
                    ("close", N_("Close")),
                    ("pause", N_("Stop the clock")),
                    ("resume", N_("Go on")),
                    ("extend", N_("Extend")),
                ),
            ),
            _header("parameter", N_("Parameters, such as P-T05, parted by commas"), required=True),
            _input("until", N_("Until")),
            _input("reason", N_("Reason")),
        ),
    ),
    (
        "rc.escalate",
        N_("Raise the reminder level of a rectification"),
        (_input("level", N_("Level, L1 to L4"), required=True),),
    ),
)

PROPERTIES: tuple[Entry, ...] = (
    _property("rc.article", N_("Article of the measure")),
    _property("rc.nameEn", N_("English name")),
    _property("rc.deadline", N_("Deadline parameter")),
    _property("rc.submit", N_("Word on the submit button")),
    _property("rc.verbs", N_("What can be done about the task: names parted by commas, or none")),
    _property("rc.notBy", N_("Not by whoever did these steps")),
    _property("rc.opinions", N_("Opinions of others"), (("before", N_("Shown before")), ("after", N_("Shown after")))),
    _property("rc.bulkAgree", N_("Agree to several at once"), (("true", N_("Yes")), ("false", N_("No")))),
)


PROCESS_PROPERTIES: tuple[Entry, ...] = (
    _property("rc.searchable", N_("Variables to search tasks by, parted by commas")),
    _property("rc.variables", N_("Variables that come from outside, parted by commas")),
)


def templates() -> list[dict[str, Any]]:
    """Return all templates in the language of the page, as the Modeler reads them."""
    found = [_task(topic, name, entries) for topic, name, entries in TASKS]
    found.append(
        _template("user-task", gettext(N_("User task of a case")), "bpmn:UserTask", [_entry(e) for e in PROPERTIES])
    )
    process = _template(
        "process", gettext(N_("Process of this product")), "bpmn:Process", [_entry(e) for e in PROCESS_PROPERTIES]
    )
    return [*found, {**process, "appliesTo": ["bpmn:Process"]}]


def _task(topic: str, name: str, entries: tuple[Entry, ...]) -> dict[str, Any]:
    fixed = {"type": "Hidden", "value": topic, "binding": {"type": "zeebe:taskDefinition", "property": "type"}}
    return _template(topic, gettext(name), "bpmn:ServiceTask", [fixed, *(_entry(entry) for entry in entries)])


def _template(template_id: str, name: str, element: str, properties: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "name": name,
        "id": f"rongcuo.{template_id.removeprefix('rc.')}",
        "version": VERSION,
        "appliesTo": ["bpmn:Task", element],
        "elementType": {"value": element},
        "properties": properties,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    found: dict[str, Any] = {"label": gettext(entry.label), "type": entry.kind, "binding": dict(entry.binding)}
    if entry.feel is not None:
        found["feel"] = entry.feel
    if entry.choices:
        found["choices"] = [{"name": gettext(label), "value": value} for value, label in entry.choices]
    if entry.required:
        found["constraints"] = {"notEmpty": True}
    else:
        found["optional"] = True
    return found
