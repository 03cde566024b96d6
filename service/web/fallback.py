"""A modelled form as plain HTML fields, for pages without scripts, and the submission that comes back from them.

The form island replaces these fields where scripts run. Conditions are not watched here: a field that depends on other
answers is shown with a note, and the server leaves out what does not apply when it validates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from service.runtime.form_display import Filled
from service.web.file_links import FileLink

PREFIX = "f:"
TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
MARKS = re.compile(r"\*\*|^#+ *", re.MULTILINE)  # emphasis and headings of Markdown
TEXTS = {"textfield", "textarea"}
CHOICES = {"radio", "select"}
MULTIPLE = {"checklist", "taglist"}
INPUTS = TEXTS | CHOICES | MULTIPLE | {"number", "datetime", "checkbox", "filepicker"}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Node:
    """One thing to draw: a field, a text, or a group of nodes."""

    kind: str  # component type; "row" for an entry of a list
    label: str = ""
    description: str = ""
    name: str = ""  # of the HTML field
    path: str = ""  # dotted, as errors name it
    value: str = ""
    checked: bool = False
    required: bool = False
    fixed: bool = False  # read-only or disabled
    conditional: bool = False
    subtype: str = ""  # of datetime
    choices: tuple[Choice, ...] = ()
    children: tuple[Node, ...] = ()
    problems: tuple[str, ...] = ()
    files: tuple[FileLink, ...] = ()  # chosen before, or shown
    accept: str = ""  # of a file picker
    multiple: bool = False

    @property
    def element_id(self) -> str:
        """The id of the control, which the error summary links to."""
        return "f-" + self.path.replace(".", "-").replace("[", "-").replace("]", "")


@dataclass(frozen=True, slots=True)
class _Place:
    data: Any
    path: tuple[str, ...] = ()
    prefix: str = ""  # of list entries around: "plan.measures[0]."
    problems: Mapping[str, Sequence[str]] = field(default_factory=dict)
    words: Mapping[str, Filled] = field(default_factory=dict)
    files: Mapping[str, FileLink] = field(default_factory=dict)

    def name(self, key: tuple[str, ...]) -> str:
        return self.prefix + ".".join((*self.path, *key))

    def value(self, key: tuple[str, ...]) -> Any:
        found = self.data
        for part in (*self.path, *key):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found


def nodes(
    schema: Mapping[str, Any],
    data: Mapping[str, Any],
    problems: Mapping[str, Sequence[str]] | None = None,
    words: Mapping[str, Filled] | None = None,
    files: Mapping[str, FileLink] | None = None,
) -> tuple[Node, ...]:
    """Return what to draw for a form with its data, in order.

    `words` are the evaluated ones by component id, `files` what the data refers to, by id.
    """
    place = _Place(data, problems=problems or {}, words=words or {}, files=files or {})
    return tuple(_nodes(schema.get("components", ()), place))


def submission(schema: Mapping[str, Any], sent: MultiDict[str, str], zone: ZoneInfo) -> dict[str, Any]:
    """Return what the fields of `nodes` sent, in the shape in which the form viewer submits."""
    result: dict[str, Any] = {}
    _collect(schema.get("components", ()), sent, (), "", result, zone)
    return result


def _key(component: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(part for part in str(component.get("key") or component.get("path") or "").split(".") if part)


def _nodes(components: Sequence[Mapping[str, Any]], place: _Place) -> Iterator[Node]:
    for component in components:
        kind = str(component.get("type", ""))
        said = place.words.get(str(component.get("id")))
        label = said.label if said else _plain(component.get("label") or component.get("dateLabel") or "")
        if kind == "group":
            inner = replace(place, path=(*place.path, *_key(component)))
            yield Node("group", label, children=tuple(_nodes(component.get("components", ()), inner)))
        elif kind == "dynamiclist":
            yield _list(component, label, place)
        elif kind == "text":
            text = said.content if said else _plain(component.get("text") or "")
            if text.strip():
                yield Node("text", MARKS.sub("", text))
        elif kind == "documentPreview" and said:
            yield Node("files", label, files=_files(said.files, place))
        elif kind in INPUTS and _key(component):
            yield _input(component, kind, label or _plain(component.get("timeLabel") or ""), place, said)


def _list(component: Mapping[str, Any], label: str, place: _Place) -> Node:
    key = _key(component)
    name = place.name(key)
    found = place.value(key)
    entries = list(found) if isinstance(found, list) else []
    blank = 0 if component.get("allowAddRemove") is False else 1
    count = max(len(entries) + blank, int(component.get("defaultRepetitions") or 1))
    rows = []
    for index in range(count):
        entry = entries[index] if index < len(entries) and isinstance(entries[index], Mapping) else {}
        inner = replace(place, data=entry, path=(), prefix=f"{name}[{index}].")
        rows.append(Node("row", str(index + 1), children=tuple(_nodes(component.get("components", ()), inner))))
    return Node("list", label, path=name, children=tuple(rows), problems=tuple(place.problems.get(name, ())))


def _input(component: Mapping[str, Any], kind: str, label: str, place: _Place, said: Filled | None) -> Node:
    key = _key(component)
    path = place.name(key)
    value = place.value(key)
    rules = component.get("validate") or {}
    return Node(
        kind,
        label,
        said.description if said else _plain(component.get("description") or ""),
        PREFIX + path,
        path,
        value=_shown(value, component),
        checked=value is True,
        required=bool(rules.get("required")),
        fixed=bool(component.get("disabled")) or component.get("readonly") is True,
        conditional=bool((component.get("conditional") or {}).get("hide")),
        subtype=str(component.get("subtype") or "date"),
        choices=_choices(component, value, place, said) if kind in CHOICES | MULTIPLE else (),
        problems=tuple(place.problems.get(path, ())),
        files=_files(value, place) if kind == "filepicker" else (),
        accept=",".join(said.accept) if said else "",
        multiple=said.multiple if said else component.get("multiple") is True,
    )


def _files(references: Any, place: _Place) -> tuple[FileLink, ...]:
    ids = [str(item.get("documentId")) for item in references or () if isinstance(item, Mapping)]
    return tuple(place.files[key] for key in ids if key in place.files)


def _shown(value: Any, component: Mapping[str, Any]) -> str:
    if value is None or isinstance(value, (bool, list, Mapping)):
        return ""
    text = str(value)
    if component.get("type") == "datetime" and component.get("subtype") == "datetime":
        return text[:16]
    return text


def _options(component: Mapping[str, Any], place: _Place | None) -> list[tuple[Any, str]]:
    found = component.get("values")
    if found is None and place is not None and component.get("valuesKey"):
        found = place.value(tuple(str(component["valuesKey"]).split(".")))
    listed = []
    for option in found if isinstance(found, list) else []:
        if isinstance(option, Mapping):
            listed.append((option.get("value"), str(option.get("label") or option.get("value"))))
        else:
            listed.append((option, str(option)))
    return listed


def _choices(component: Mapping[str, Any], value: Any, place: _Place, said: Filled | None) -> tuple[Choice, ...]:
    chosen = [str(one) for one in (value if isinstance(value, list) else [value])]
    options = said.options if said and said.options is not None else _options(component, place)
    return tuple(Choice(str(one), label, str(one) in chosen) for one, label in options)


def _plain(text: object) -> str:
    """Return a text as far as it needs no evaluation."""
    found = str(text)
    return "" if found.startswith("=") else TEMPLATE.sub("", found)


def _collect(
    components: Sequence[Mapping[str, Any]],
    sent: MultiDict[str, str],
    path: tuple[str, ...],
    prefix: str,
    result: dict[str, Any],
    zone: ZoneInfo,
) -> None:
    for component in components:
        kind = str(component.get("type", ""))
        key = (*path, *_key(component))
        if kind == "group":
            _collect(component.get("components", ()), sent, key, prefix, result, zone)
        elif kind == "dynamiclist":
            _put(result, key, list(_entries(component, sent, prefix + ".".join(key), zone)))
        elif (
            kind in INPUTS
            and _key(component)
            and not component.get("disabled")
            and component.get("readonly") is not True
        ):
            _put(result, key, _value(component, kind, sent, PREFIX + prefix + ".".join(key), zone))


def _entries(
    component: Mapping[str, Any], sent: MultiDict[str, str], name: str, zone: ZoneInfo
) -> Iterator[dict[str, Any]]:
    index = 0
    while any(field_name.startswith(f"{PREFIX}{name}[{index}].") for field_name in sent):
        entry: dict[str, Any] = {}
        _collect(component.get("components", ()), sent, (), f"{name}[{index}].", entry, zone)
        if any(value not in (None, "", [], False, {}) for value in _leaves(entry)):
            yield entry
        index += 1


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    else:
        yield value


def _value(component: Mapping[str, Any], kind: str, sent: MultiDict[str, str], name: str, zone: ZoneInfo) -> Any:
    if kind == "filepicker":
        return [_reference(one) for one in sent.getlist(name) if one] or None
    text = sent.get(name, "").replace("\r\n", "\n")
    if kind in TEXTS:
        return text
    if kind == "checkbox":
        return name in sent
    by_text = {str(value): value for value, _label in _options(component, None)}
    if kind in MULTIPLE:
        return [by_text.get(one, one) for one in sent.getlist(name) if one]
    if not text.strip():
        return None
    if kind in CHOICES:
        return by_text.get(text, text)
    if kind == "number":
        return _number(text, component)
    return _moment(text, component, zone)


def _reference(value: str) -> dict[str, Any]:
    """Return what a file that is named by a plain form refers to: the server knows the rest of it."""
    key, _colon, digest = value.partition(":")
    return {"camunda.document.type": "camunda", "documentId": key, "contentHash": digest}


def _number(text: str, component: Mapping[str, Any]) -> Any:
    plain = text.strip().replace(",", "")
    if component.get("serializeToString"):
        return plain
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return text  # The form's own check says what is wrong with it.
    return number if number.is_finite() else text


def _moment(text: str, component: Mapping[str, Any], zone: ZoneInfo) -> str:
    if component.get("subtype") != "datetime":
        return text
    form = component.get("timeSerializingFormat", "utc_offset")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if form == "no_timezone" or moment.tzinfo is not None:
        return text
    local = moment.replace(tzinfo=zone)
    if form == "utc_normalized":
        return local.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    return local.isoformat(timespec="minutes")


def _put(result: dict[str, Any], key: tuple[str, ...], value: Any) -> None:
    target = result
    for part in key[:-1]:
        target = target.setdefault(part, {})
    target[key[-1]] = value
