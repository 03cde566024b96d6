"""Boxed `some` and `every`: whether one or all items satisfy a condition, in three-valued logic.

A condition of another type than boolean makes null at once (conformance case 1153 006). DMN 1.5, 7.3.11.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service import feel
from service.dmn.boxed import iteration
from service.dmn.model import Logic, Run
from service.dmn.reading import Element, Names, Reading, tag


@dataclass(frozen=True, slots=True)
class Quantified:
    kind: str  # some or every
    id: str | None
    variable: str
    collection: Logic | None
    condition: Logic | None

    def evaluate(self, scope: Mapping[str, feel.Value], run: Run) -> feel.Value:
        items = iteration.items_of(self.collection, scope, run, self.id)
        if items is None or self.condition is None:
            return None
        decisive = self.kind == "some"
        unknown = False
        for item in items:
            run.feel.step(2)
            outcome = self.condition.evaluate({**scope, self.variable: item}, run)
            if outcome is decisive:
                return decisive
            if not isinstance(outcome, bool | None):
                run.note("feel_condition", self.id, type=feel.type_name(outcome))
                return None
            unknown = unknown or outcome is None
        return None if unknown else not decisive


def read(element: Element, names: Names, reading: Reading) -> Quantified:
    variable = iteration.variable_of(element)
    collection, condition = iteration.read_parts(element, names, reading, "in", "satisfies", frozenset({variable}))
    return Quantified(tag(element), element.get("id"), variable, collection, condition)
