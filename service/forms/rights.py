"""What a task may do with the fields of its form: shown only, left out, or shown without what stands in them.

The same form serves several steps; which fields are whose is said by the step. What comes out is an ordinary schema, so
that the viewer, the page without script and the check of a submission all follow the same rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.forms.schema import Form

READONLY, HIDDEN, MASKED = "readonly", "hidden", "masked"
MASK = "•••"

_KEPT = ("id", "label", "layout", "conditional", "description")


def keys(form: Form) -> frozenset[str]:
    """The fields of a form, and its lists, as rights name them: dotted, without the brackets of lists."""
    return frozenset(field.path.replace("[]", "") for field in form.fields)


def restricted(schema: Mapping[str, Any], rights: Mapping[str, str]) -> dict[str, Any]:
    """Return a form's schema in which the fields of `rights` (key to right) are closed or left out."""
    return {**schema, "components": _components(schema.get("components", []), "", rights)}


def _components(components: Any, base: str, rights: Mapping[str, str]) -> list[Any]:
    found: list[Any] = []
    for component in components if isinstance(components, list) else []:
        own = component.get("key") or component.get("path") if isinstance(component, Mapping) else None
        path = ".".join(part for part in (base, str(own) if own else "") if part)
        right = rights.get(path) if own else None
        if right == HIDDEN:
            continue
        if right == MASKED:
            found.append(_masked(component))
            continue
        if isinstance(component, Mapping) and "components" in component:
            inner = {**component, "components": _components(component["components"], path, rights)}
            found.append(_closed(inner) if right == READONLY else inner)
        else:
            found.append({**component, "readonly": True} if right == READONLY else component)
    return found


def _closed(component: Mapping[str, Any]) -> dict[str, Any]:
    """A group or list in which nothing can be changed, added or removed."""
    inner = [
        _closed(child)
        if isinstance(child, Mapping) and "components" in child
        else {**child, "readonly": True}
        if isinstance(child, Mapping) and "key" in child
        else child
        for child in component["components"]
    ]
    closed = {**component, "components": inner}
    if component.get("type") == "dynamiclist":
        closed |= {"allowAddRemove": False}
    return closed


def _masked(component: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: component[name] for name in _KEPT if name in component}
    return {**kept, "type": "textfield", "key": component.get("key") or component.get("path"), "readonly": True}


def concealed(data: Mapping[str, Any], rights: Mapping[str, str]) -> dict[str, Any]:
    """Return data without the values of hidden fields, and with a mask for those of masked ones."""
    found = dict(data)
    for key, right in rights.items():
        if right in (HIDDEN, MASKED):
            found = _without(found, key.split("."), right)
    return found


def _without(data: Mapping[str, Any], path: list[str], right: str) -> dict[str, Any]:
    name, *rest = path
    found = dict(data)
    if name not in found:
        return found
    value = found[name]
    if rest:
        if isinstance(value, Mapping):
            found[name] = _without(value, rest, right)
        elif isinstance(value, list):
            found[name] = [_without(item, rest, right) if isinstance(item, Mapping) else item for item in value]
    elif right == MASKED:
        found[name] = value if value in (None, "", [], {}) else MASK
    else:
        del found[name]
    return found
