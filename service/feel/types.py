"""Types of FEEL: references by name, whether a value conforms, and the implicit conversions.

Built-in names are those of DMN 1.5, 10.3.1.2 (grammar rules 52-54) and the short forms that Camunda Modeler writes.
Types that a model defines are looked up by name in `Environment.types`; a model that has constraints of its own makes a
`Constrained`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from service.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration
from service.feel.values import Function, Range, Value


@dataclass(frozen=True, slots=True)
class Simple:
    """A built-in type without parameters."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListOf:
    item: Type

    def __str__(self) -> str:
        return f"list<{self.item}>"


@dataclass(frozen=True, slots=True)
class ContextOf:
    """A context with at least these entries."""

    entries: tuple[tuple[str, Type], ...]

    def __str__(self) -> str:
        return "context<" + ", ".join(f"{name}: {kind}" for name, kind in self.entries) + ">"


@dataclass(frozen=True, slots=True)
class RangeOf:
    item: Type

    def __str__(self) -> str:
        return f"range<{self.item}>"


@dataclass(frozen=True, slots=True)
class FunctionOf:
    parameters: tuple[Type, ...]
    result: Type

    def __str__(self) -> str:
        return "function<" + ", ".join(map(str, self.parameters)) + f"> -> {self.result}"


@dataclass(frozen=True, slots=True)
class Named:
    """A reference to a type that a model defines, resolved when it is used."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, eq=False)
class Constrained:
    """A type with a condition on its values, such as the allowed values of an item definition."""

    name: str
    base: Type
    allows: Callable[[Value], bool]

    def __str__(self) -> str:
        return self.name


Type = Simple | ListOf | ContextOf | RangeOf | FunctionOf | Named | Constrained

ANY = Simple("Any")
NULL = Simple("Null")
NUMBER = Simple("number")
STRING = Simple("string")
BOOLEAN = Simple("boolean")
DATE = Simple("date")
TIME = Simple("time")
DATE_TIME = Simple("date and time")
DAYS_TIME = Simple("days and time duration")
YEARS_MONTHS = Simple("years and months duration")
CONTEXT = Simple("context")
LIST = ListOf(ANY)
RANGE = RangeOf(ANY)
FUNCTION = Simple("function")

BUILT_IN: dict[str, Type] = {
    "Any": ANY,
    "Null": NULL,
    "number": NUMBER,
    "string": STRING,
    "boolean": BOOLEAN,
    "date": DATE,
    "time": TIME,
    "date and time": DATE_TIME,
    "days and time duration": DAYS_TIME,
    "years and months duration": YEARS_MONTHS,
    "context": CONTEXT,
    "list": LIST,
    "range": RANGE,
    "function": FUNCTION,
    # short forms of typeRef attributes
    "dateTime": DATE_TIME,
    "dayTimeDuration": DAYS_TIME,
    "yearMonthDuration": YEARS_MONTHS,
    # of the platform flavour of Camunda Modeler
    "any": ANY,
    "integer": NUMBER,
    "long": NUMBER,
    "double": NUMBER,
}

_PYTHON: dict[str, type | tuple[type, ...]] = {
    "number": Decimal,
    "string": str,
    "boolean": bool,
    "date": Date,
    "time": Time,
    "date and time": DateTime,
    "days and time duration": DaysTimeDuration,
    "years and months duration": YearsMonthsDuration,
    "context": dict,
    "function": Function,
}


def python_type(kind: Type) -> type | None:
    """The Python type whose every value is of the built-in type; None where that is not enough to know."""
    if kind == LIST:
        return list
    found = _PYTHON.get(kind.name) if isinstance(kind, Simple) else None
    return found if isinstance(found, type) else None


Types = Mapping[str, Type]
NO_TYPES: Types = {}


def conforms(value: Value, kind: Type, types: Types = NO_TYPES, *, constraints: bool = True) -> bool:
    """Whether a value is of a type; null is of every type (`instance of` alone excludes it).

    Without `constraints` only the kinds count, not what a model allows of them.
    """
    if value is None:
        return True
    match kind:
        case Simple(name):
            if name == "Any":
                return True
            expected = _PYTHON.get(name)
            return expected is not None and isinstance(value, expected)
        case ListOf(item):
            return isinstance(value, list) and (
                item is ANY or all(conforms(each, item, types, constraints=constraints) for each in value)
            )
        case ContextOf(entries):
            return isinstance(value, dict) and all(
                name in value and conforms(value[name], entry, types, constraints=constraints)
                for name, entry in entries
            )
        case RangeOf(item):
            return isinstance(value, Range) and conforms(value.start, item, types) and conforms(value.end, item, types)
        case FunctionOf(parameters, result):
            return isinstance(value, Function) and _function_conforms(value, parameters, result, types)
        case Constrained(_, base, allows):
            return conforms(value, base, types, constraints=constraints) and (not constraints or allows(value))
        case Named():
            found = resolve(kind, types)
            return not isinstance(found, Named) and conforms(value, found, types, constraints=constraints)


def is_instance(value: Value, kind: Type, types: Types = NO_TYPES) -> bool:
    """What `instance of` gives: null is of type Null alone, and allowed values do not count (conformance case 0070)."""
    if value is None:
        return kind == NULL
    return conforms(value, kind, types, constraints=False)


def coerce(value: Value, kind: Type, types: Types = NO_TYPES) -> tuple[Value, bool]:
    """The value as that type by the implicit conversions, and whether it could be done (else the value is None).

    DMN 1.5, 10.3.2.9.4: a list of one item to the item, an item to a list of it, a date to its midnight in UTC.
    """
    if conforms(value, kind, types):
        return value, True
    target = resolve(kind, types)
    base = _base(target, types)
    if isinstance(base, ListOf):
        if not isinstance(value, list) and conforms([value], target, types):
            return [value], True
    elif isinstance(value, list) and len(value) == 1 and value[0] is not None:
        item, fits = coerce(value[0], target, types)
        if fits:
            return item, True
    if base == DATE_TIME and isinstance(value, Date):
        moment = DateTime(value.year, value.month, value.day, 0, 0)
        if conforms(moment, target, types):
            return moment, True
    return None, False


def resolve(kind: Type, types: Types = NO_TYPES) -> Type:
    """The type that a reference stands for; the reference itself when nothing has that name."""
    seen: set[str] = set()
    while isinstance(kind, Named) and kind.name not in seen:
        seen.add(kind.name)
        found = types.get(kind.name) or BUILT_IN.get(kind.name)
        if found is None:
            return kind
        kind = found
    return kind


def _base(kind: Type, types: Types) -> Type:
    kind = resolve(kind, types)
    while isinstance(kind, Constrained):
        kind = resolve(kind.base, types)
    return kind


def _function_conforms(value: Function, parameters: tuple[Type, ...], result: Type, types: Types) -> bool:
    if value.variadic or len(value.parameters) != len(parameters):
        return False
    declared = value.parameter_types or (ANY,) * len(parameters)
    # A function fits where it takes all that may be given and gives only what may come back.
    for wanted, own in zip(parameters, declared, strict=True):
        if own is not None and not is_subtype(wanted, own, types):
            return False
    own_result = value.result_type or value.inferred_type
    # A result that nobody declared may be anything; the call itself will tell.
    return own_result is None or own_result == ANY or is_subtype(own_result, result, types)


def is_subtype(kind: Type, of: Type, types: Types = NO_TYPES) -> bool:
    """Whether every value of `kind` is one of `of` (DMN 1.5, 10.3.2.9.3)."""
    left = _base(kind, types)
    right = _base(of, types)
    if right in (ANY, left) or left == NULL:
        return True
    match left, right:
        case ListOf(a), ListOf(b):
            return is_subtype(a, b, types)
        case RangeOf(a), RangeOf(b):
            return is_subtype(a, b, types)
        case ContextOf(a), ContextOf(b):
            own = dict(a)
            return all(name in own and is_subtype(own[name], entry, types) for name, entry in b)
        case ContextOf(), Simple("context"):
            return True
        case FunctionOf(), Simple("function"):
            return True
        case FunctionOf(a, a_result), FunctionOf(b, b_result):
            return (
                len(a) == len(b)
                and all(is_subtype(q, p, types) for p, q in zip(a, b, strict=True))
                and is_subtype(a_result, b_result, types)
            )
    return False
