"""What the boxed iterations share: an iterated list, a body, the name of the item. DMN 1.5, 7.3.10 and 7.3.11."""

from __future__ import annotations

from collections.abc import Mapping

from service import feel
from service.dmn.model import Logic, Run
from service.dmn.reading import Element, Names, Reading, child

# What a range holds is FEEL's to say.
_RANGE_ITEMS = feel.parse("for each in values return each")


def read_parts(
    element: Element, names: Names, reading: Reading, collection: str, body: str, body_names: frozenset[str]
) -> tuple[Logic | None, Logic | None]:
    """Read the two parts; a missing one is a finding."""
    parts: list[Logic | None] = []
    for part, visible in ((collection, names), (body, names | body_names)):
        found = child(element, part)
        logic = reading.boxed(found, visible) if found is not None else None
        if logic is None:
            reading.find("dmn_part_missing", element, part, part=part)
        parts.append(logic)
    return parts[0], parts[1]


def variable_of(element: Element) -> str:
    return " ".join((element.get("iteratorVariable") or "").split())


def items_of(
    collection: Logic | None, scope: Mapping[str, feel.Value], run: Run, element_id: str | None
) -> list[feel.Value] | None:
    """The items to iterate over; a single value is a list of one, null is none at all."""
    value = collection.evaluate(scope, run) if collection else None
    if isinstance(value, feel.Range):
        value = _RANGE_ITEMS.run({"values": value}, run.feel)
    if value is None:
        run.note("dmn_nothing_to_iterate", element_id)
        return None
    return value if isinstance(value, list) else [value]
