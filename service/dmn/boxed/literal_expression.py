"""A literal expression: FEEL text in a box. DMN 1.5, 7.3.3."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from service import feel
from service.dmn.model import Run
from service.dmn.reading import Element, Names, Reading, Text, child
from service.feel.types import Type


@dataclass(frozen=True, slots=True)
class LiteralExpression:
    kind: ClassVar[str] = "literalExpression"
    text: Text
    type: Type

    def evaluate(self, scope: Mapping[str, feel.Value], run: Run) -> feel.Value:
        return run.coerce(self.text.evaluate(scope, run), self.type, self.text.element_id)


def read(element: Element, names: Names, reading: Reading) -> LiteralExpression:
    if child(element, "importedValues") is not None:
        reading.find("dmn_imported_values_not_supported", element, "importedValues")
    declared = reading.type(element)
    return LiteralExpression(reading.text(element, names), declared)
