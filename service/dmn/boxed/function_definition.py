"""A boxed function definition: parameters and a body, closed over the scope where it stands. DMN 1.5, 7.3.8."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from service import feel
from service.dmn import functions
from service.dmn.model import Logic, Parameter, Run
from service.dmn.reading import Element, Names, Reading, children, name_of
from service.feel.types import Type


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    kind: ClassVar[str] = "functionDefinition"
    id: str | None
    parameters: tuple[Parameter, ...]
    result: Type
    body: Logic | None  # None also for functions of another kind than FEEL: calling them gives null

    def evaluate(self, scope: Mapping[str, feel.Value], run: Run) -> feel.Value:
        return functions.make("", self.id, self.parameters, self.result, self.body, scope, run)


def read(element: Element, names: Names, reading: Reading) -> FunctionDefinition:
    parameters = tuple(
        Parameter(name_of(parameter), reading.type(parameter)) for parameter in children(element, "formalParameter")
    )
    result = reading.result_type(element)
    kind = element.get("kind") or "FEEL"
    if kind.upper() not in {"FEEL", "F"}:
        reading.find("dmn_function_kind_not_supported", element, "kind", kind=kind)
        return FunctionDefinition(element.get("id"), parameters, result, None)
    body = reading.boxed(element, names | {parameter.name for parameter in parameters})
    return FunctionDefinition(element.get("id"), parameters, result, body)
