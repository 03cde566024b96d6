"""A boxed conditional; null chooses `else`, a condition of another type than boolean gives null. DMN 1.5, 7.3.9."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from service import feel
from service.dmn.model import Logic, Run
from service.dmn.reading import Element, Names, Reading, child


@dataclass(frozen=True, slots=True)
class Conditional:
    kind: ClassVar[str] = "conditional"
    id: str | None
    condition: Logic | None
    then: Logic | None
    otherwise: Logic | None

    def evaluate(self, scope: Mapping[str, feel.Value], run: Run) -> feel.Value:
        holds = self.condition.evaluate(scope, run) if self.condition else None
        if not isinstance(holds, bool | None):
            run.note("feel_condition", self.id, type=feel.type_name(holds))
            return None
        chosen = self.then if holds else self.otherwise
        return chosen.evaluate(scope, run) if chosen else None


def read(element: Element, names: Names, reading: Reading) -> Conditional:
    def part(name: str) -> Logic | None:
        found = child(element, name)
        logic = reading.boxed(found, names) if found is not None else None
        if logic is None:
            reading.find("dmn_part_missing", element, name, part=name)
        return logic

    return Conditional(element.get("id"), part("if"), part("then"), part("else"))
