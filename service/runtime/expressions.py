"""FEEL as a program asks for it: one expression, its value, and what there is to say about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service import feel
from service.errors import Invalid
from service.runtime import instances
from service.runtime.decision_run import shown
from service.runtime.unit import InstanceContext, UnitOfWork


@dataclass(frozen=True, slots=True)
class Remark:
    """Why a value is null, or what was passed over: a message code with its facts, and its place in the text."""

    code: str
    facts: Mapping[str, str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Outcome:
    value: object  # JSON-like
    remarks: tuple[Remark, ...]


def evaluate(unit: UnitOfWork, text: str, variables: Mapping[str, object]) -> Outcome:
    """Return what FEEL text comes to with variables; text that does not begin with `=` stands for itself.

    Raises `Invalid` for text that is not FEEL, and for a value without a JSON form.
    """
    if not text.startswith("="):
        return Outcome(text, ())
    values = instances.feel_mapping(variables)
    functions = unit.engine.plugins.functions.functions(unit, InstanceContext(0, 0, None, values))
    environment = feel.Environment(now=unit.now, zone=unit.engine.zone, functions=functions)
    expression = feel.parse(text[1:], unit.engine.plugins.functions.names | frozenset(values))
    try:
        result = expression.evaluate(values, environment)
    except feel.AssertionFailed as error:
        raise Invalid(error.code, **error.facts) from error
    remarks = tuple(
        Remark(item.code, {name: shown(value) for name, value in item.facts.items()}, item.start, item.end)
        for item in result.diagnostics
    )
    return Outcome(feel.codec.plain(result.value), remarks)
