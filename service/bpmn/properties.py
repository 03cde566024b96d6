"""Extension properties: kept as they stand, those of the product (`rc.…`) checked for misspelling."""

from __future__ import annotations

from service.bpmn.source import Source

# Name -> values that it may have; empty: any text.
PROPERTIES: dict[str, frozenset[str]] = {
    "rc.article": frozenset(),
    "rc.nameEn": frozenset(),
    "rc.deadline": frozenset(),
    "rc.verbs": frozenset(),
    "rc.searchable": frozenset(),
    "rc.variables": frozenset(),  # names that come from outside the deployment, read by lint
    "rc.opinions": frozenset({"before", "after"}),
    "rc.bulkAgree": frozenset({"true", "false"}),
}
FIELD_PREFIX = "rc.field."
FIELD_VALUES = frozenset({"readonly", "hidden", "masked"})


def read(source: Source) -> dict[str, str]:
    """The extension properties of an element, by name."""
    found: dict[str, str] = {}
    for holder in source.extensions("properties"):
        for part in holder.parts("property"):
            name = (part.attribute("name") or part.attribute("id") or "").strip()
            value = part.attribute("value") or ""
            if name.startswith("rc."):
                _check(part, name, value)
            found[name] = value
    return found


def _check(source: Source, name: str, value: str) -> None:
    if name.startswith(FIELD_PREFIX) and len(name) > len(FIELD_PREFIX):
        if value not in FIELD_VALUES:
            source.error("bpmn.property_value", name, value=value, allowed=", ".join(sorted(FIELD_VALUES)))
    elif name not in PROPERTIES:
        known = ", ".join([*sorted(PROPERTIES), FIELD_PREFIX + "<key>"])
        source.error("bpmn.property_unknown", name, name=name, known=known)
    elif PROPERTIES[name] and value not in PROPERTIES[name]:
        source.error("bpmn.property_value", name, value=value, allowed=", ".join(sorted(PROPERTIES[name])))
