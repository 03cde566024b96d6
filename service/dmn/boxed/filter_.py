"""A boxed filter: the items that match; `item` is the item, and a context's entries stand in scope. DMN 1.5, 7.3.12."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from service import feel
from service.dmn.boxed import iteration
from service.dmn.model import Logic, Run
from service.dmn.reading import Element, Names, Reading


@dataclass(frozen=True, slots=True)
class Filter:
    kind: ClassVar[str] = "filter"
    id: str | None
    collection: Logic | None
    condition: Logic | None

    def evaluate(self, scope: Mapping[str, feel.Value], run: Run) -> feel.Value:
        items = iteration.items_of(self.collection, scope, run, self.id)
        if items is None or self.condition is None:
            return None
        chosen: list[feel.Value] = []
        # A position is asked for once, of an empty list too.
        for position, item in enumerate(items or [None]):
            run.feel.step(2)
            members = item if isinstance(item, dict) else {}
            outcome = self.condition.evaluate({**scope, "item": item, **members}, run)
            if isinstance(outcome, Decimal) and position == 0:
                return _at(items, outcome)
            if outcome is True:
                chosen.append(item)
            elif not isinstance(outcome, bool | None):
                run.note("feel_condition", self.id, type=feel.type_name(outcome))
                return None
        return chosen if items else []


def _at(items: list[feel.Value], position: Decimal) -> feel.Value:
    """The item at a 1-based position; negative counts from the end, as in the FEEL filter."""
    index = int(position)
    if index != position or not 1 <= abs(index) <= len(items):
        return None
    return items[index - 1] if index > 0 else items[index]


def read(element: Element, names: Names, reading: Reading) -> Filter:
    collection, condition = iteration.read_parts(element, names, reading, "in", "match", frozenset({"item"}))
    return Filter(element.get("id"), collection, condition)
