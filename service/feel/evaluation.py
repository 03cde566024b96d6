"""The state of one evaluation, and how a function is called in it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from service.feel import limits, types, values
from service.feel.diagnostics import Diagnostic, Failure, Stop
from service.feel.syntax import Node
from service.feel.values import Function, Value

Scope = Mapping[str, Value]


@dataclass(frozen=True)
class Environment:
    """What an evaluation needs from outside."""

    now: datetime  # aware
    zone: ZoneInfo
    functions: Mapping[str, Function] = field(default_factory=dict)  # what the domain adds to the builtins
    types: Mapping[str, types.Type] = field(default_factory=dict)  # what a model defines, by name


class Run:
    """The state of one evaluation: its environment, its diagnostics and how much it has used."""

    __slots__ = ("calls", "diagnostics", "environment", "regex_seconds", "steps")

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.diagnostics: list[Diagnostic] = []
        self.steps = 0
        self.calls = 0
        self.regex_seconds = limits.REGEX_SECONDS  # left

    def note(self, code: str, node: Node, facts: dict[str, object] | None = None) -> None:
        """Add a diagnostic; beyond the limit it is dropped."""
        if len(self.diagnostics) < limits.MAX_DIAGNOSTICS:
            self.diagnostics.append(Diagnostic(code, node.start, node.end, facts or {}))

    def step(self, count: int = 1) -> None:
        self.steps += count
        if self.steps > limits.MAX_STEPS:
            raise Stop("feel_limit_steps", limit=limits.MAX_STEPS)

    def weigh(self, value: Value) -> None:
        """Count the steps of walking through the value once; refuse one that is too large for that."""
        kind = type(value)
        if kind is list or kind is dict:
            self.step(self.weigh_only(value) >> 6)
        elif kind is str:
            self.step(len(value) >> 6)  # type: ignore[arg-type]

    def weigh_only(self, value: Value) -> int:
        """The weight of a list or context, which must be within the limits."""
        weight, depth = values.measure(value, limits.MAX_WEIGHT, limits.MAX_DEPTH)
        if depth > limits.MAX_DEPTH:
            raise Stop("feel_limit_depth")
        if weight > limits.MAX_WEIGHT:
            raise Stop("feel_limit_weight", limit=limits.MAX_WEIGHT)
        return weight

    def check_result(self, value: Value) -> None:
        """Refuse what a function has made larger than any list or string may be."""
        if type(value) is list:
            self.check_items(len(value))
        elif type(value) is str and len(value) > limits.MAX_STRING:
            raise Stop("feel_limit_string", limit=limits.MAX_STRING)

    def regex_time(self) -> _RegexTime:
        return _RegexTime(self)

    def check_items(self, count: int) -> None:
        if count > limits.MAX_ITEMS:
            raise Stop("feel_limit_items", limit=limits.MAX_ITEMS)


class _RegexTime:
    """Takes the time of a regular expression off what the run has left."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.began = 0.0

    def __enter__(self) -> float:
        self.began = time.perf_counter()
        return max(self.run.regex_seconds, 0.001)

    def __exit__(self, *error: object) -> None:
        self.run.regex_seconds -= time.perf_counter() - self.began
        if self.run.regex_seconds <= 0:
            raise Stop("feel_limit_regex", seconds=limits.REGEX_SECONDS)


def invoke(
    run: Run, function: Value, positional: list[Value], named: dict[str, Value] | None = None, node: Node | None = None
) -> Value:
    """The function's value for these arguments; null with a diagnostic when they do not fit it."""
    place = node or _NOWHERE
    if not isinstance(function, Function):
        run.note("feel_not_a_function", place, {"type": values.type_name(function)})
        return None
    run.step(2)
    for argument in positional if named is None else named.values():
        if type(argument) in _LARGE:
            run.weigh(argument)
    problem: Failure | None = None
    for candidate in (function, *function.overloads):
        try:
            arguments = _bound(candidate, positional, named, run)
        except Failure as failure:
            # Of several forms the one that has so many parameters tells best what is wrong.
            if problem is None or problem.code == "feel_argument_count":
                problem = failure
            continue
        if run.calls >= limits.MAX_CALLS:
            raise Stop("feel_limit_calls", limit=limits.MAX_CALLS)
        run.calls += 1
        try:
            result = candidate.call(run, *arguments) if candidate.wants_run else candidate.call(*arguments)
        except Failure as failure:
            run.note(failure.code, place, {"function": function.name, **failure.facts})
            return None
        except ArithmeticError:
            run.note("feel_not_a_number", place, {"function": function.name})
            return None
        finally:
            run.calls -= 1
        if type(result) in _LARGE:
            run.check_result(result)
        if candidate.result_type is not None:
            result = _result(run, candidate, result, place)
        return result
    if problem is not None:
        run.note(problem.code, place, {"function": function.name, **problem.facts})
    return None


def _bound(function: Function, positional: list[Value], named: dict[str, Value] | None, run: Run) -> list[Value]:
    """The arguments by position, converted to the parameters' types; raise `Failure` when they do not fit."""
    names = function.parameters
    count = len(names)
    if named:
        unknown = [name for name in named if name not in names]
        if unknown:
            raise Failure("feel_argument_unknown", argument=unknown[0], parameters=", ".join(names))
        missing = [name for name in names[: count - function.optional] if name not in named]
        if missing:
            raise Failure("feel_argument_missing", argument=missing[0], parameters=", ".join(names))
        arguments = [named.get(name) for name in names]
    else:
        given = len(positional)
        if given < count - function.optional or (given > count and not function.variadic):
            raise Failure("feel_argument_count", given=given, parameters=", ".join(names))
        arguments = positional if given >= count else positional + [None] * (count - given)
        if function.variadic and given < count:
            arguments = positional  # none at all for the last parameter
    kinds = function.parameter_types
    if not kinds:
        return arguments
    exact = function.exact
    fitted = list(arguments)
    for index, value in enumerate(arguments):
        if exact and index < count and type(value) is exact[index]:
            continue
        kind = kinds[min(index, count - 1)]
        if kind is None or (kind is types.ANY and value is not None):
            continue
        if value is None:
            place = min(index, count - 1)
            if function.nullable is None or place in function.nullable:
                continue
            if place < count - function.optional or (names[place] in named if named else index < len(positional)):
                raise Failure("feel_argument_null", argument=names[place])
            continue
        converted, fits = types.coerce(value, kind, run.environment.types)
        if not fits:
            raise Failure(
                "feel_argument_type",
                argument=names[min(index, count - 1)],
                expected=str(kind),
                type=values.type_name(value),
                value=values.brief(value),
            )
        fitted[index] = converted
    return fitted


def _result(run: Run, function: Function, result: Value, place: Node) -> Value:
    kind = function.result_type
    if kind is None:
        return result
    run.weigh(result)
    converted, fits = types.coerce(result, kind, run.environment.types)
    if not fits:
        run.note(
            "feel_result_type",
            place,
            {"function": function.name, "expected": str(kind), "type": values.type_name(result)},
        )
    return converted


_NOWHERE = Node(0, 0)
_LARGE = frozenset([list, dict, str])
