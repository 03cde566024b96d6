"""How a builtin is written down: its FEEL name, its parameters and the Python function behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from service.feel import types
from service.feel.types import Type
from service.feel.values import Function, Value

_TYPES: dict[str, Type] = {
    "any": types.ANY,
    "number": types.NUMBER,
    "string": types.STRING,
    "boolean": types.BOOLEAN,
    "date": types.DATE,
    "time": types.TIME,
    "date and time": types.DATE_TIME,
    "days and time duration": types.DAYS_TIME,
    "years and months duration": types.YEARS_MONTHS,
    "list": types.LIST,
    "context": types.CONTEXT,
    "range": types.RANGE,
    "function": types.FUNCTION,
}


def builtin(
    name: str, call: Callable[..., Value], *parameters: str, variadic: bool = False, wants_run: bool = False
) -> Function:
    """A builtin with parameters written `name: type`.

    `type?` may be left out or null, `type or absent` left out only, `type or null` null only; any other must be there.
    `any` takes every kind.
    """
    names: list[str] = []
    kinds: list[Type] = []
    nullable: set[int] = set()
    optional = 0
    for index, parameter in enumerate(parameters):
        own, _, kind = parameter.partition(": ")
        if kind.endswith("?"):
            kind = kind[:-1]
            optional += 1
            nullable.add(index)
        elif kind.endswith(" or absent"):
            kind = kind.removesuffix(" or absent")
            optional += 1
        elif kind.endswith(" or null"):
            kind = kind.removesuffix(" or null")
            nullable.add(index)
        names.append(own)
        kinds.append(_TYPES[kind])
    return Function(
        name,
        tuple(names),
        call,
        variadic=variadic,
        optional=optional,
        parameter_types=tuple(kinds),
        nullable=frozenset(nullable),
        exact=tuple(map(types.python_type, kinds)),
        wants_run=wants_run,
    )


def table(*functions: Function) -> dict[str, Function]:
    """The functions by name; several of one name become overloads, tried in the order written."""
    found: dict[str, Function] = {}
    for function in functions:
        first = found.get(function.name)
        if first is None:
            found[function.name] = function
        else:
            found[function.name] = replace(first, overloads=(*first.overloads, function))
    return found
