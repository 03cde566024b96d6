"""A boxed list. DMN 1.5, 7.3.6."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from service import feel
from service.dmn.model import Logic, Run
from service.dmn.reading import Element, Names, Reading


@dataclass(frozen=True, slots=True)
class List:
    kind: ClassVar[str] = "list"
    items: tuple[Logic, ...]

    def evaluate(self, scope: Mapping[str, feel.Value], run: Run) -> feel.Value:
        return [item.evaluate(scope, run) for item in self.items]


def read(element: Element, names: Names, reading: Reading) -> List:
    return List(tuple(reading.boxes(element, names)))
