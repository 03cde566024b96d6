"""A relation: a list of contexts, written as a table. DMN 1.5, 7.3.7."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from service import feel
from service.dmn.model import Logic, Run
from service.dmn.reading import Element, Names, Reading, children, name_of
from service.feel.types import Type


@dataclass(frozen=True, slots=True)
class Relation:
    kind: ClassVar[str] = "relation"
    id: str | None
    columns: tuple[tuple[str, Type], ...]
    rows: tuple[tuple[Logic, ...], ...]

    def evaluate(self, scope: Mapping[str, feel.Value], run: Run) -> feel.Value:
        return [self._row(row, scope, run) for row in self.rows]

    def _row(self, row: tuple[Logic, ...], scope: Mapping[str, feel.Value], run: Run) -> dict[str, feel.Value]:
        return {
            name: run.coerce(cell.evaluate(scope, run), declared, self.id, name)
            for (name, declared), cell in zip(self.columns, row, strict=True)
        }


def read(element: Element, names: Names, reading: Reading) -> Relation:
    columns = tuple((name_of(column), reading.type(column)) for column in children(element, "column"))
    rows: list[tuple[Logic, ...]] = []
    for row in children(element, "row"):
        cells = tuple(reading.boxes(row, names))
        if len(cells) != len(columns):
            reading.find("dmn_row_length", row, "row", cells=len(cells), columns=len(columns))
            continue
        rows.append(cells)
    return Relation(element.get("id"), columns, tuple(rows))
