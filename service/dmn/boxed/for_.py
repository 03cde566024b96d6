"""A boxed `for`: a list made from a list; `partial` holds the results so far. DMN 1.5, 7.3.10."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from service import feel
from service.dmn.boxed import iteration
from service.dmn.model import Logic, Run
from service.dmn.reading import Element, Names, Reading


@dataclass(frozen=True, slots=True)
class For:
    kind: ClassVar[str] = "for"
    id: str | None
    variable: str
    collection: Logic | None
    body: Logic | None
    wants_partial: bool  # the body reads the results so far

    def evaluate(self, scope: Mapping[str, feel.Value], run: Run) -> feel.Value:
        items = iteration.items_of(self.collection, scope, run, self.id)
        if items is None or self.body is None:
            return None
        results: list[feel.Value] = []
        for item in items:
            own = {**scope, self.variable: item}
            run.feel.step(2)
            if self.wants_partial:
                run.feel.step(len(results) >> 6)
                own["partial"] = list(results)
            results.append(self.body.evaluate(own, run))
        return results


def read(element: Element, names: Names, reading: Reading) -> For:
    variable = iteration.variable_of(element)
    visible = frozenset({variable, "partial"})
    collection, body = iteration.read_parts(element, names, reading, "in", "return", visible)
    wants_partial = any("partial" in str(text) for text in element.itertext())
    return For(element.get("id"), variable, collection, body, wants_partial)
