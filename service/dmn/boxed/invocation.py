"""A boxed invocation: a function and its arguments by name. DMN 1.5, 7.3.4."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from service import feel
from service.dmn.model import Logic, Run
from service.dmn.reading import Element, Names, Reading, child, children, name_of
from service.feel.types import Type


@dataclass(frozen=True, slots=True)
class Binding:
    name: str
    type: Type
    logic: Logic | None


@dataclass(frozen=True, slots=True)
class Invocation:
    kind: ClassVar[str] = "invocation"
    id: str | None
    callee: Logic | None
    bindings: tuple[Binding, ...]

    def evaluate(self, scope: Mapping[str, feel.Value], run: Run) -> feel.Value:
        function = self.callee.evaluate(scope, run) if self.callee else None
        arguments: dict[str, feel.Value] = {}
        for binding in self.bindings:
            value = binding.logic.evaluate(scope, run) if binding.logic else None
            arguments[binding.name] = run.coerce(value, binding.type, self.id, binding.name)
        return feel.invoke(run.feel, function, [], arguments)


def read(element: Element, names: Names, reading: Reading) -> Invocation:
    bindings: list[Binding] = []
    for binding in children(element, "binding"):
        parameter = child(binding, "parameter")
        if parameter is None:
            reading.find("dmn_part_missing", binding, "parameter", part="parameter")
            continue
        bindings.append(Binding(name_of(parameter), reading.type(parameter), reading.boxed(binding, names)))
    callee = reading.boxed(element, names)
    if callee is None:
        reading.find("dmn_part_missing", element, "literalExpression", part="literalExpression")
    return Invocation(element.get("id"), callee, tuple(bindings))
