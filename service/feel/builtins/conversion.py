"""Conversion functions. DMN 1.5, 10.3.4.1."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from service.feel import limits, parser, ranges, syntax, temporal, values
from service.feel.builtins.signature import builtin, table
from service.feel.diagnostics import Failure, FeelSyntaxError
from service.feel.temporal import SECOND, Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration
from service.feel.values import Range, Value

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,5})?", re.ASCII)
T = TypeVar("T")

_SEPARATORS = frozenset([" ", ",", "."])


def date(value: Value) -> Date:
    """The day of a text, a date and time or a date."""
    match value:
        case str():
            return _found(temporal.parse_date(value), "date", value)
        case DateTime():
            return value.date
        case Date():
            return value
    raise _unfit("from", "string", value)


def date_of(year: Decimal, month: Decimal, day: Decimal) -> Date:
    found = temporal.date(_whole(year), _whole(month), _whole(day))
    return _found(found, "date", f"{year}-{month}-{day}")


def time(value: Value) -> Time:
    """The time of day of a text, a date and time, a time, or of a date: its midnight in UTC."""
    match value:
        case str():
            return _found(temporal.parse_time(value), "time", value)
        case DateTime():
            return value.time
        case Time():
            return value
        case Date():
            return Time(0, 0)
    raise _unfit("from", "string", value)


def time_of(hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTimeDuration | None) -> Time:
    return Time(_clock(hour, minute, second), _offset(offset))


def date_and_time(value: Value) -> DateTime:
    """The date and time of a text, a date (its midnight in UTC) or a date and time."""
    match value:
        case str():
            return _found(temporal.parse_date_time(value), "date and time", value)
        case DateTime():
            return value
        case Date():
            return DateTime(value.year, value.month, value.day, 0, 0)
    raise _unfit("from", "string", value)


def date_and_time_of(day: Value, time_of_day: Time) -> DateTime:
    if isinstance(day, DateTime):
        day = day.date
    if not isinstance(day, Date):
        raise _unfit("date", "date", day)
    return temporal.date_time(day, time_of_day)


def date_and_time_from_parts(
    year: Decimal,
    month: Decimal,
    day: Decimal,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    offset: Value = None,
) -> DateTime:
    """DMN 1.4: the moment of its parts, local or at an offset given as hours, a duration or a zone id."""
    time_of_day = Time(_clock(hour, minute, second))
    match offset:
        case None:
            pass
        case Decimal():
            time_of_day = Time(time_of_day.nanosecond, _offset(DaysTimeDuration(int(offset * 3600) * SECOND)))
        case DaysTimeDuration():
            time_of_day = Time(time_of_day.nanosecond, _offset(offset))
        case str():
            if not temporal.is_zone(offset):
                raise Failure("feel_zone", zone=offset[:60])
            time_of_day = Time(time_of_day.nanosecond, None, offset)
        case _:
            raise _unfit("offset", "days and time duration", offset)
    return temporal.date_time(date_of(year, month, day), time_of_day)


def duration(text: str) -> DaysTimeDuration | YearsMonthsDuration:
    found = temporal.parse_duration(text)
    if found is None:
        raise Failure("feel_text", type="duration", text=text[:60])
    return found


def years_and_months_duration(start: Value, end: Value) -> YearsMonthsDuration:
    for argument, value in (("from", start), ("to", end)):
        if not isinstance(value, Date | DateTime):
            raise _unfit(argument, "date", value)
    assert isinstance(start, Date | DateTime)  # noqa: S101 - for the type checker, looked at just above
    assert isinstance(end, Date | DateTime)  # noqa: S101
    return YearsMonthsDuration(temporal.months_between(start, end))


def number(text: str) -> Decimal:
    """Camunda's form of one argument; a number may be given too."""
    return number_with(text, None, None)


def number_with(text: str, grouping: str | None, decimal_separator: str | None) -> Decimal:
    """The number of a text whose separators are told; space, comma or point each, and not the same."""
    if grouping is not None and grouping not in _SEPARATORS:
        raise Failure("feel_separator", separator=grouping[:10])
    if decimal_separator is not None and decimal_separator not in {",", "."}:
        raise Failure("feel_separator", separator=decimal_separator[:10])
    if grouping is not None and grouping == (decimal_separator or "."):
        raise Failure("feel_separator", separator=grouping)
    plain = text
    if grouping is not None:
        plain = plain.replace(grouping, "")
    if decimal_separator is not None:
        if decimal_separator != "." and "." in plain:
            raise Failure("feel_no_number", text=text[:60])
        plain = plain.replace(decimal_separator, ".")
    if len(plain) > 10_000 or not _NUMBER.fullmatch(plain):
        raise Failure("feel_no_number", text=text[:60])
    return values.NUMBERS.create_decimal(plain)


def string(value: Value) -> str:
    if values.measure(value, 2 * limits.MAX_STRING, limits.MAX_DEPTH).weight > 2 * limits.MAX_STRING:
        raise Failure("feel_limit_string", limit=limits.MAX_STRING)
    return values.string(value)


def range_of(text: str) -> Range:
    """The range that a text writes with literals at both ends; DMN 1.4.

    Both ends are needed, in order, of one kind (conformance case 1156).
    """
    try:
        node = parser.parse_expression(text.strip(), frozenset(), frozenset(_LITERAL_CALLS))
    except FeelSyntaxError as error:
        raise Failure("feel_range_text", text=text[:60]) from error
    if not isinstance(node, syntax.RangeLiteral):
        raise Failure("feel_range_text", text=text[:60])
    first, last = _end(node.first, text), _end(node.last, text)
    order = values.compare(first, last) if ranges.end_points_fit(first, last) else None
    if (first is None and last is None) or (first is not None and last is not None and (order is None or order > 0)):
        raise Failure("feel_range_text", text=text[:60])
    return Range(first, last, node.start_included and first is not None, node.end_included and last is not None)


_LITERAL_CALLS: dict[str, Callable[[str], Value]] = {
    "date": date,
    "time": time,
    "date and time": date_and_time,
    "duration": duration,
}


def _end(node: syntax.Node, text: str) -> Value:
    """An end of a range in a text: a literal, or a call such as `date("...")` of one."""
    match node:
        case syntax.Literal():
            return node.value
        case syntax.Call(function=syntax.Name(name=name), positional=(syntax.Literal(value=str() as argument),)):
            if name in _LITERAL_CALLS:
                return _LITERAL_CALLS[name](argument)
    raise Failure("feel_range_text", text=text[:60])


def _clock(hour: Decimal, minute: Decimal, second: Decimal) -> int:
    whole_hour, whole_minute = _whole(hour), _whole(minute)
    if not (0 <= whole_hour <= 23 and 0 <= whole_minute <= 59 and 0 <= second < 60):
        raise Failure("feel_text", type="time", text=f"{hour}:{minute}:{second}")
    return (whole_hour * 60 + whole_minute) * 60 * SECOND + int(second * SECOND)


def _offset(offset: DaysTimeDuration | None) -> int | None:
    if offset is None:
        return None
    seconds = abs(offset.nanoseconds) // SECOND
    if seconds > temporal.MAX_OFFSET:
        raise Failure("feel_zone", zone=offset.lexical)
    return -seconds if offset.nanoseconds < 0 else seconds


def _whole(value: Decimal) -> int:
    if value != value.to_integral_value():
        raise Failure("feel_not_whole", value=values.number_text(value)[:40])
    return int(value) if abs(value) < Decimal(10) ** 12 else 10**12


def _found(value: T | None, kind: str, text: str) -> T:
    if value is None:
        raise Failure("feel_text", type=kind, text=text[:60])
    return value


def _unfit(argument: str, expected: str, value: Value) -> Failure:
    return Failure("feel_argument_type", argument=argument, expected=expected, type=values.type_name(value))


FUNCTIONS = table(
    builtin("date", date, "from: any"),
    builtin("date", date_of, "year: number", "month: number", "day: number"),
    builtin("time", time, "from: any"),
    builtin("time", time_of, "hour: number", "minute: number", "second: number", "offset: days and time duration?"),
    builtin("date and time", date_and_time, "from: any"),
    builtin("date and time", date_and_time_of, "date: any", "time: time"),
    builtin(
        "date and time",
        date_and_time_from_parts,
        "year: number",
        "month: number",
        "day: number",
        "hour: number",
        "minute: number",
        "second: number",
        "offset: any?",
    ),
    builtin("duration", duration, "from: string"),
    builtin("years and months duration", years_and_months_duration, "from: any", "to: any"),
    builtin("number", number, "from: string"),
    builtin("number", number_with, "from: string", "grouping separator: string or null", "decimal separator: string?"),
    builtin("string", string, "from: any"),
    builtin("range", range_of, "from: string"),
)
