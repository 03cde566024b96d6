"""Functions of a model as FEEL values: business knowledge models, boxed functions, decision services."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from service import feel
from service.dmn.model import Logic, Parameter, Run
from service.feel.types import ANY, Type, coerce


def make(
    name: str,
    element_id: str | None,
    parameters: tuple[Parameter, ...],
    result: Type,
    body: Logic | None,
    scope: Mapping[str, feel.Value],
    run: Run,
) -> feel.Function:
    """A function whose body sees `scope` and its arguments. An argument or result of the wrong type makes null."""

    def evaluate(arguments: dict[str, feel.Value]) -> feel.Value:
        return body.evaluate({**scope, **arguments}, run) if body else None

    return guarded(name, element_id, parameters, result, evaluate, run)


def guarded(
    name: str,
    element_id: str | None,
    parameters: tuple[Parameter, ...],
    result: Type,
    evaluate: Callable[[dict[str, feel.Value]], feel.Value],
    run: Run,
) -> feel.Function:
    """A function that checks arguments and result around `evaluate`; FEEL bounds the depth of calls."""
    types = run.feel.environment.types

    def call(*values: feel.Value) -> feel.Value:
        arguments: dict[str, feel.Value] = {}
        for parameter, value in zip(parameters, values, strict=True):
            arguments[parameter.name], fits = coerce(value, parameter.type, types)
            if not fits:
                got = feel.type_name(value)
                raise feel.Failure("dmn_argument_type", function=name, parameter=parameter.name, got=got)
        return run.coerce(evaluate(arguments), result, element_id, name)

    return feel.Function(
        name,
        tuple(parameter.name for parameter in parameters),
        call,
        # A type that is not declared fits wherever a function type is asked for (conformance case 0092 012).
        parameter_types=tuple(None if parameter.type is ANY else parameter.type for parameter in parameters),
        result_type=None if result is ANY else result,
    )
