"""A form and its data as labelled rows: for completed tasks, print and pages without script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service import feel
from service.forms.schema import Component, Form, Option, Path
from service.forms.validation import choices, evaluated, lookup, place_in_list, references, scope_of


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the description."""

    kind: str  # "heading", "text", "value" or "row" (the n-th entry of a list)
    label: str
    values: tuple[str, ...] = ()  # words to show; several for a checklist; empty when nothing was entered
    level: int = 0  # depth of groups and lists around it
    path: str = ""  # dotted path of the field, empty for headings and texts
    flag: bool | None = None  # of a checkbox: the page has the words for yes and no
    files: tuple[Any, ...] = ()  # references to the files that a field or preview shows


def display(form: Form, data: Mapping[str, Any], environment: feel.Environment) -> tuple[Row, ...]:
    """Return what a reader of the form with this data would see, in order; hidden parts are left out."""
    rows: list[Row] = []
    _walk(form.components, scope_of(form, data), (), "", 0, environment, rows)
    return tuple(rows)


def _walk(
    components: Sequence[Component],
    scope: Mapping[str, Any],
    base: Path,
    prefix: str,
    level: int,
    environment: feel.Environment,
    rows: list[Row],
) -> None:
    for item in components:
        if item.hide is not None and evaluated(item.hide, scope, environment) is True:
            continue
        path = (*base, *item.path)
        label = item.label.fill(scope, environment)
        name = prefix + ".".join(path)
        if item.kind.is_group:
            if label:
                rows.append(Row("heading", label, level=level))
            _walk(item.children, scope, path, prefix, level + bool(label), environment, rows)
        elif item.kind.is_list:
            found = lookup(scope, path)
            rows.append(Row("heading", label, level=level, path=name))
            for index, entry in enumerate(found if isinstance(found, list) else []):
                rows.append(Row("row", label, (str(index + 1),), level + 1, f"{name}[{index}]"))
                inner = place_in_list(scope, entry if isinstance(entry, dict) else {}, index)
                _walk(item.children, inner, (), f"{name}[{index}].", level + 2, environment, rows)
        elif item.kind.name == "text":
            words = item.content.fill(scope, environment)
            if words:
                rows.append(Row("text", words, level=level))
        elif item.source is not None:
            shown = tuple(references(evaluated(item.source, scope, environment)))
            rows.append(Row("value", label, level=level, files=shown))
        elif item.kind.name == "filepicker":
            rows.append(Row("value", label, (), level, name, files=tuple(references(lookup(scope, path)))))
        elif item.kind.keyed:
            value = lookup(scope, path)
            flag = value if item.kind.name == "checkbox" and isinstance(value, bool) else None
            rows.append(Row("value", label, _words(item, value, scope, environment), level, name, flag))


def _words(item: Component, value: Any, scope: Mapping[str, Any], environment: feel.Environment) -> tuple[str, ...]:
    if value in (None, "", []) or isinstance(value, bool):
        return ()
    values = value if isinstance(value, list) else [value]
    if item.options is None:
        return tuple(one if isinstance(one, str) else feel.string(one) for one in values)
    options = choices(item.options, scope, environment) or ()
    return tuple(_label(one, options) for one in values)


def _label(value: Any, options: tuple[Option, ...]) -> str:
    for option in options:
        if option.value == value:
            return option.label
    return value if isinstance(value, str) else feel.string(value)
