"""Extension properties: kept as they stand, those of the product (`rc.…`) checked for misspelling."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from service.bpmn.source import Source

# Name -> values that it may have; empty: any text but none.
PROPERTIES: dict[str, frozenset[str]] = {
    "rc.article": frozenset(),
    "rc.nameEn": frozenset(),
    "rc.deadline": frozenset(),
    "rc.submit": frozenset(),  # word of the button that completes the task
    "rc.notBy": frozenset(),  # ids of earlier steps, by commas: whoever did one of them may not do this one
    "rc.verbs": frozenset(),  # names parted by commas, see VERBS
    "rc.searchable": frozenset(),
    "rc.variables": frozenset(),  # names that come from outside the deployment, read by lint
    "rc.opinions": frozenset({"before", "after"}),
    "rc.bulkAgree": frozenset({"true", "false"}),
}
# What can be done about a user task besides working on it; the one place that names them.
VERBS: tuple[str, ...] = ("transfer", "delegate", "sign", "copy", "remind", "return", "withdraw")
NO_VERBS = "none"
PREFIX = "rc."
FIELD_PREFIX = "rc.field."
FIELD_VALUES = frozenset({"readonly", "hidden", "masked"})


def read(source: Source) -> dict[str, str]:
    """The extension properties of an element, by name."""
    found: dict[str, str] = {}
    for holder in source.extensions("properties"):
        for part in holder.parts("property"):
            name = (part.attribute("name") or part.attribute("id") or "").strip()
            value = (part.attribute("value") or "").strip()
            if name.lower().startswith(PREFIX):
                if name in found:
                    part.error("bpmn.property_twice", name, name=name)
                _check(part, name, value)
            else:
                value = part.attribute("value") or ""
            found[name] = value
    return found


def verbs(properties: Mapping[str, str]) -> frozenset[str]:
    """The verbs that a user task offers: those of `rc.verbs`, all where it is absent."""
    text = properties.get("rc.verbs")
    return frozenset(VERBS) if text is None else frozenset(_names(text)) - {NO_VERBS}


def _names(text: str) -> list[str]:
    return [name for part in text.split(",") if (name := part.strip())]


def _check(source: Source, name: str, value: str) -> None:
    values = FIELD_VALUES if name.startswith(FIELD_PREFIX) and name != FIELD_PREFIX else PROPERTIES.get(name)
    if values is None:
        source.error("bpmn.property_unknown", name, name=name, nearest=_nearest_name(name))
    elif values and value not in values:
        allowed = ", ".join(sorted(values))
        source.error("bpmn.property_value", name, value=value, nearest=_nearest(value, values), allowed=allowed)
    elif not value:
        source.error("bpmn.property_empty", name, name=name)
    elif name == "rc.verbs":
        known = (*VERBS, NO_VERBS)
        for verb in _names(value):
            if verb not in known:
                source.error(
                    "bpmn.property_value", name, value=verb, nearest=_nearest(verb, known), allowed=", ".join(known)
                )


def _nearest_name(name: str) -> str:
    """The right spelling of a name; the key of `rc.field.<key>` is the author's own."""
    _, _, rest = name.partition(".")
    word, dot, key = rest.partition(".")
    if dot and key and difflib.SequenceMatcher(None, word.lower(), "field").ratio() >= _LIKE:
        return FIELD_PREFIX + key
    return _nearest(name, [*PROPERTIES, FIELD_PREFIX + "<key>"])


_LIKE = 0.6


def _nearest(wrong: str, right: Iterable[str]) -> str:
    """Of what is possible the one that is most alike."""
    by_likeness = sorted(right, key=lambda one: -difflib.SequenceMatcher(None, wrong.lower(), one.lower()).ratio())
    return by_likeness[0]
