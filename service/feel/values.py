"""The value kinds of FEEL, their names, their text, equality and order.

Equality and order are three-valued: `None` says that two values cannot be compared. DMN 1.5, 10.3.2.2 and 10.3.2.13.
"""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias, Union

from service.feel import temporal
from service.feel.temporal import SECOND, Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration

# Numbers of FEEL are IEEE 754-2008 decimal128 (DMN 1.5, 10.3.2.3.1): 34 digits, half even.
NUMBERS = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)

Value: TypeAlias = Union[
    bool,
    Decimal,
    str,
    list["Value"],
    dict[str, "Value"],
    Date,
    Time,
    DateTime,
    DaysTimeDuration,
    YearsMonthsDuration,
    "Range",
    "Function",
    None,
]


@dataclass(frozen=True, slots=True)
class Range:
    """An interval; an end that is None is open to infinity. `=` and `!=` ranges keep their own operator."""

    start: Value
    end: Value
    start_included: bool = True
    end_included: bool = True
    operator: str = ""  # "<", "<=", ">", ">=", "=", "!=" when written as a unary test, else empty

    def __hash__(self) -> int:
        return hash((Range, self.start_included, self.end_included, self.operator))

    def __str__(self) -> str:
        return string(self)


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function as a value.

    `call` gets the arguments by position, None for those not given. It may raise `feel.Failure` for a null with a
    diagnostic. `variadic` says that the last parameter takes any number of arguments, handed over one by one.
    """

    name: str
    parameters: tuple[str, ...]
    call: Callable[..., Value]
    variadic: bool = False
    optional: int = 0  # so many parameters at the end may be left out
    parameter_types: tuple[Any, ...] = field(default=(), repr=False)  # types.Type of each, None where not declared
    result_type: Any = field(default=None, repr=False)  # types.Type, None when not declared
    inferred_type: Any = field(default=None, repr=False)  # types.Type that the body is known to give; only for its type
    nullable: frozenset[int] | None = None  # which arguments may be null, by position; None: all of them
    exact: tuple[Any, ...] = field(default=(), repr=False)  # Python type of each parameter that needs no look at `Type`
    overloads: tuple[Function, ...] = field(default=(), repr=False)  # tried after this one, in order
    wants_run: bool = field(default=False, repr=False)  # hand over the evaluation's state as first argument


def whole(value: Decimal) -> int:
    """The number cut to a whole one, and to what any position or length can be."""
    if value.adjusted() > 18:
        return 10**18 if value > 0 else -(10**18)
    return int(value)


def from_python(value: object) -> Value:
    """The FEEL value of a Python value; raise `TypeError` for what has none."""
    match value:
        case None | bool() | Decimal() | Date() | Time() | DateTime() | DaysTimeDuration() | YearsMonthsDuration():
            return value
        case Range() | Function():
            return value
        case str():
            return str(value)
        case int():
            return Decimal(value)
        case float():
            return NUMBERS.create_decimal(repr(value))
        case Mapping():
            return {str(key): from_python(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [from_python(item) for item in value]
        case dt.datetime():
            return temporal.from_datetime(value)
        case dt.date():
            return Date(value.year, value.month, value.day)
        case dt.time():
            return temporal.from_time(value)
        case dt.timedelta():
            return DaysTimeDuration(value // dt.timedelta(microseconds=1) * 1000)
    raise TypeError(f"no FEEL value for {type(value).__name__}")


def type_name(value: Value) -> str:
    """The name of a value's type as FEEL writes it."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case Decimal():
            return "number"
        case str():
            return "string"
        case list():
            return "list"
        case dict():
            return "context"
        case Range():
            return "range"
        case Function():
            return "function"
        case _:
            return value.type_name


def brief(value: Value) -> str:
    """A value for a diagnostic: short, whatever its size."""
    if isinstance(value, list):
        return f"[{len(value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(list(value)[:5])[:50]}}}"
    if isinstance(value, Decimal):
        return f"{value:.34g}" if abs(value.adjusted()) > 40 else number_text(value)
    text = f'"{value[:50]}"' if isinstance(value, str) else _text(value)
    return text[:60]


def number_text(value: Decimal) -> str:
    """A number written plainly: all digits, no exponent, no trailing zeros after the point."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def string(value: Value) -> str:
    """What FEEL's `string()` gives; inside lists and contexts strings are quoted."""
    if isinstance(value, str):
        return value
    return _text(value)


def _text(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return number_text(value)
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case list():
            return "[" + ", ".join(map(_text, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{_key(key)}: {_text(item)}" for key, item in value.items()) + "}"
        case Range():
            return _range_text(value)
        case Function():
            return f"function {value.name}({', '.join(value.parameters)})".replace("function  ", "function ")
        case _:
            return value.lexical


def _key(key: str) -> str:
    plain = key.replace(" ", "_").replace("-", "_").isidentifier()
    return key if plain else _text(key)


def _range_text(value: Range) -> str:
    if value.operator:
        bound = value.start if value.start is not None else value.end
        return f"({value.operator} {_literal(bound)})"
    opening = "[" if value.start_included else "("
    closing = "]" if value.end_included else ")"
    return f"{opening}{_literal(value.start)}..{_literal(value.end)}{closing}"


def _literal(value: Value) -> str:
    if isinstance(value, (Date, Time, DateTime, DaysTimeDuration, YearsMonthsDuration)):
        return f'@"{value.lexical}"'
    return _text(value)


class Measure(NamedTuple):
    """How large a value is; what stands in several places counts in each, as whoever walks through it meets it."""

    weight: int  # about how many characters it would have as text
    depth: int  # of lists and contexts in one another


def measure(value: Value, weight: int, depth: int) -> Measure:
    """The measure of a value, or where it goes beyond the limits given, any that does."""
    if isinstance(value, list | dict):
        return _measure(value, weight, depth, {})
    return Measure(_scalar_weight(value), 0)


def _measure(value: list[Value] | dict[str, Value], limit: int, levels: int, known: dict[int, Measure]) -> Measure:
    found = known.get(id(value))
    if found is not None:
        return found
    if levels < 1:
        return Measure(limit + 1, 1)
    total = 2
    depth = 0
    for part in value if isinstance(value, list) else value.values():
        kind = type(part)
        if kind is str:
            total += len(part) + 2  # type: ignore[arg-type]
        elif kind is list or kind is dict:
            inner = _measure(part, limit, levels - 1, known)  # type: ignore[arg-type]
            total += inner.weight
            depth = max(depth, inner.depth)
        else:
            total += _scalar_weight(part)
        if total > limit:
            break
    if isinstance(value, dict):
        total += sum(map(len, value))
    known[id(value)] = made = Measure(total, depth + 1)
    return made


def _scalar_weight(value: Value) -> int:
    kind = type(value)
    if kind is Decimal:
        size = abs(value.adjusted())  # type: ignore[union-attr]
        return 8 if size < 40 else size
    return len(value) + 2 if kind is str else 16  # type: ignore[arg-type]


def key(value: Value) -> object:
    """Something to look values up by: what is equal has the same key, and mostly the other way round too."""
    match value:
        case [single]:
            return key(single)  # equal to its item (see `equal`)
        case list():
            return tuple(map(key, value))
        case dict():
            return frozenset((name, key(item)) for name, item in value.items())
        case Time() | DateTime():
            return value.is_local, value.instant // SECOND
        case Range():
            return value.start_included, value.end_included, value.operator, key(value.start), key(value.end)
        case Function():
            return id(value)
    return type(value), value


def equal(left: Value, right: Value) -> bool | None:
    """Whether two values are equal; None when their kinds cannot be compared.

    Fractions of a second do not count, as the standard compares times by hour, minute and second
    (conformance cases 0068 time_005 and datetime_003_a).
    """
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is not type(right):
        return _equal_across(left, right)
    if kind is str or kind is Decimal or kind is bool:
        return left == right
    match left, right:
        case list(), list():
            return _equal_lists(left, right)
        case dict(), dict():
            return _equal_contexts(left, right)
        case (Time(), Time()):
            return _equal_moments(left, right)
        case (DateTime(), DateTime()):
            return _equal_moments(left, right)
        case Range(), Range():
            if (left.start_included, left.end_included, left.operator) != (
                right.start_included,
                right.end_included,
                right.operator,
            ):
                return False
            return equal(left.start, right.start) is True and equal(left.end, right.end) is True
        case Function(), Function():
            return left is right
    return left == right


def _equal_moments(left: Time | DateTime, right: Time | DateTime) -> bool:
    if left.is_local != right.is_local:
        return False
    return left.instant // SECOND == right.instant // SECOND


def _equal_across(left: Value, right: Value) -> bool | None:
    # A list of one item and the item are each other's implicit conversion (DMN 1.5, 10.3.2.9.4).
    if isinstance(left, list) and not isinstance(right, list) and len(left) == 1:
        return equal(left[0], right)
    if isinstance(right, list) and not isinstance(left, list) and len(right) == 1:
        return equal(left, right[0])
    for kind in (str, Decimal, dict, list):
        if isinstance(left, kind) and isinstance(right, kind):
            return left == right  # a subclass came in from outside
    return None


def _equal_lists(left: list[Value], right: list[Value]) -> bool:
    return len(left) == len(right) and all(equal(a, b) is True for a, b in zip(left, right, strict=True))


def _equal_contexts(left: dict[str, Value], right: dict[str, Value]) -> bool:
    return left.keys() == right.keys() and all(equal(item, right[key]) is True for key, item in left.items())


def compare(left: Value, right: Value) -> int | None:
    """-1, 0 or 1; None when the values have no order between them."""
    match left, right:
        case (bool(), _) | (_, bool()):
            return None
        case (Decimal(), Decimal()):
            return (left > right) - (left < right)
        case (str(), str()):
            return (left > right) - (left < right)
        case (Date(), Date()):
            return _sign(left.ordinal - right.ordinal)
        case (Date(), DateTime()):
            # A date is midnight UTC; a local date and time has no place on that line.
            return None if right.is_local else _sign(left.instant - right.instant)
        case (DateTime(), Date()):
            return None if left.is_local else _sign(left.instant - right.instant)
        case (Time(), Time()):
            return None if left.is_local != right.is_local else _sign(left.instant - right.instant)
        case (DateTime(), DateTime()):
            return None if left.is_local != right.is_local else _sign(left.instant - right.instant)
        case DaysTimeDuration(), DaysTimeDuration():
            return _sign(left.nanoseconds - right.nanoseconds)
        case YearsMonthsDuration(), YearsMonthsDuration():
            return _sign(left.total_months - right.total_months)
    if isinstance(left, list) and len(left) == 1 and not isinstance(right, list):
        return compare(left[0], right)
    if isinstance(right, list) and len(right) == 1 and not isinstance(left, list):
        return compare(left, right[0])
    return None


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def is_same(left: Value, right: Value) -> bool:
    """What `is()` gives: the same kind and the same element of the semantic domain, zone ids included."""
    if type(left) is not type(right):
        return False
    match left, right:
        case list(), list():
            return len(left) == len(right) and all(map(is_same, left, right))
        case dict(), dict():
            return left.keys() == right.keys() and all(is_same(item, right[key]) for key, item in left.items())
        case Range(), Range():
            return equal(left, right) is True
    return left == right
