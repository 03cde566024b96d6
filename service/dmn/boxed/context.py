"""A boxed context: entries in order, each visible to the next; one without name is the result. DMN 1.5, 7.3.5."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from service import feel
from service.dmn.model import Logic, Run
from service.dmn.reading import Element, Names, Reading, child, children, name_of
from service.feel.types import ANY, Type


@dataclass(frozen=True, slots=True)
class Entry:
    name: str  # empty: the context's result
    id: str | None
    type: Type
    logic: Logic | None


@dataclass(frozen=True, slots=True)
class Context:
    kind: ClassVar[str] = "context"
    entries: tuple[Entry, ...]

    def evaluate(self, scope: Mapping[str, feel.Value], run: Run) -> feel.Value:
        # The functions of a context see the entries after them too, themselves among them: one scope that grows.
        visible = dict(scope)
        result: dict[str, feel.Value] = {}
        for entry in self.entries:
            value = entry.logic.evaluate(visible, run) if entry.logic else None
            value = run.coerce(value, entry.type, entry.id, entry.name)
            if not entry.name:
                return value
            visible[entry.name] = value
            result[entry.name] = value
        return result


def read(element: Element, names: Names, reading: Reading) -> Context:
    entries: list[Entry] = []
    visible = names | {
        name_of(variable) for entry in children(element, "contextEntry") for variable in children(entry, "variable")
    }
    for entry in children(element, "contextEntry"):
        variable = child(entry, "variable")
        name = name_of(variable) if variable is not None else ""
        if name and any(known.name == name for known in entries):
            reading.find("dmn_name_twice", entry, "name", name=name)
        declared = reading.type(variable) if variable is not None else ANY
        identifier = entry.get("id") or (variable.get("id") if variable is not None else None)
        entries.append(Entry(name, identifier, declared, reading.boxed(entry, visible)))
    return Context(tuple(entries))
