"""The operators + - * / ** and unary minus over all pairs of kinds. DMN 1.5, 10.3.2.9, tables 51 - 55.

A pair that has no meaning raises `Failure`; the interpreter makes it null with a diagnostic.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from service.feel import limits, temporal, values
from service.feel.diagnostics import Failure
from service.feel.temporal import DAY, Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration
from service.feel.values import NUMBERS, Value

MAX_DURATION = 10**30  # nanoseconds or months; beyond it no duration has a meaning


def add(left: Value, right: Value) -> Value:
    match left, right:
        case Decimal(), Decimal():
            return _number(NUMBERS.add, left, right)
        case str(), str():
            if len(left) + len(right) > limits.MAX_STRING:
                raise Failure("feel_limit_string", limit=limits.MAX_STRING)
            return left + right
        case (DaysTimeDuration(), DaysTimeDuration()):
            return DaysTimeDuration(left.nanoseconds + right.nanoseconds)
        case (YearsMonthsDuration(), YearsMonthsDuration()):
            return YearsMonthsDuration(left.total_months + right.total_months)
        case (Date() | DateTime() | Time(), DaysTimeDuration() | YearsMonthsDuration()):
            return _moved(left, right, 1)
        case (DaysTimeDuration() | YearsMonthsDuration(), Date() | DateTime() | Time()):
            return _moved(right, left, 1)
    raise _unfit("+", left, right)


def subtract(left: Value, right: Value) -> Value:
    match left, right:
        case Decimal(), Decimal():
            return _number(NUMBERS.subtract, left, right)
        case (DaysTimeDuration(), DaysTimeDuration()):
            return DaysTimeDuration(left.nanoseconds - right.nanoseconds)
        case (YearsMonthsDuration(), YearsMonthsDuration()):
            return YearsMonthsDuration(left.total_months - right.total_months)
        case (Date() | DateTime() | Time(), DaysTimeDuration() | YearsMonthsDuration()):
            return _moved(left, right, -1)
        case (Time(), Time()):
            return _distance(left, right)
        case (DateTime(), DateTime()):
            return _distance(left, right)
        case (Date() | DateTime(), Date() | DateTime()):
            # A date is its midnight in UTC, so only a moment with a zone can be set against it.
            for side in (left, right):
                if isinstance(side, DateTime) and side.is_local:
                    raise Failure("feel_local_and_zoned", left=left.lexical, right=right.lexical)
            return DaysTimeDuration(left.instant - right.instant)
    raise _unfit("-", left, right)


def multiply(left: Value, right: Value) -> Value:
    match left, right:
        case Decimal(), Decimal():
            return _number(NUMBERS.multiply, left, right)
        case (DaysTimeDuration() | YearsMonthsDuration(), Decimal()):
            return _scaled(left, right)
        case (Decimal(), DaysTimeDuration() | YearsMonthsDuration()):
            return _scaled(right, left)
    raise _unfit("*", left, right)


def divide(left: Value, right: Value) -> Value:
    match left, right:
        case Decimal(), Decimal():
            if not right:
                raise Failure("feel_division_by_zero")
            return _number(NUMBERS.divide, left, right)
        case (DaysTimeDuration() | YearsMonthsDuration(), Decimal()):
            if not right:
                raise Failure("feel_division_by_zero")
            amount = left.nanoseconds if isinstance(left, DaysTimeDuration) else left.total_months
            return _duration(left, _number(NUMBERS.divide, Decimal(amount), right))
        case (DaysTimeDuration(), DaysTimeDuration()):
            if not right.nanoseconds:
                raise Failure("feel_division_by_zero")
            return _number(NUMBERS.divide, Decimal(left.nanoseconds), Decimal(right.nanoseconds))
        case (YearsMonthsDuration(), YearsMonthsDuration()):
            if not right.total_months:
                raise Failure("feel_division_by_zero")
            return _number(NUMBERS.divide, Decimal(left.total_months), Decimal(right.total_months))
    raise _unfit("/", left, right)


def power(left: Value, right: Value) -> Value:
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        if not left and right < 0:
            raise Failure("feel_division_by_zero")  # the library says Infinity
        return _number(NUMBERS.power, left, right)
    raise _unfit("**", left, right)


def negate(value: Value) -> Value:
    match value:
        case Decimal():
            return NUMBERS.minus(value)
        case DaysTimeDuration():
            return DaysTimeDuration(-value.nanoseconds)
        case YearsMonthsDuration():
            return YearsMonthsDuration(-value.total_months)
    raise Failure("feel_operand", operator="-", type=values.type_name(value), value=values.brief(value))


OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}


def _number(operation: Callable[[Decimal, Decimal], Decimal], left: Decimal, right: Decimal) -> Decimal:
    try:
        return operation(left, right)
    except ArithmeticError as error:
        raise Failure(
            "feel_not_a_number", left=values.number_text(left)[:50], right=values.number_text(right)[:50]
        ) from error


def _distance(left: Time | DateTime, right: Time | DateTime) -> DaysTimeDuration:
    if left.is_local != right.is_local:
        raise Failure("feel_local_and_zoned", left=left.lexical, right=right.lexical)
    return DaysTimeDuration(left.instant - right.instant)


def _moved(moment: Date | DateTime | Time, by: DaysTimeDuration | YearsMonthsDuration, sign: int) -> Value:
    found: Value = None
    if isinstance(by, YearsMonthsDuration):
        if isinstance(moment, Time):
            raise _unfit("+" if sign > 0 else "-", moment, by)
        day = temporal.add_months(moment.date if isinstance(moment, DateTime) else moment, sign * by.total_months)
        found = day
        if isinstance(moment, DateTime) and day is not None:
            found = temporal.date_time(day, moment.time)
    elif isinstance(moment, Time):
        return Time((moment.nanosecond + sign * by.nanoseconds) % DAY, moment.offset, moment.zone)
    elif isinstance(moment, DateTime):
        found = temporal.add_days_time(moment, sign * by.nanoseconds)
    else:
        found = temporal.from_ordinal((moment.ordinal * DAY + sign * by.nanoseconds) // DAY)
    if found is None:
        raise Failure("feel_date_range", value=moment.lexical, duration=by.lexical)
    return found


def _scaled(value: DaysTimeDuration | YearsMonthsDuration, factor: Decimal) -> Value:
    amount = value.nanoseconds if isinstance(value, DaysTimeDuration) else value.total_months
    return _duration(value, _number(NUMBERS.multiply, Decimal(amount), factor))


def _duration(like: DaysTimeDuration | YearsMonthsDuration, amount: Decimal) -> Value:
    if abs(amount) > MAX_DURATION:
        raise Failure("feel_duration_range", duration=like.lexical[:60])
    # Whole months or nanoseconds, cut towards zero: P1Y11M * -2.5 is -P4Y9M (conformance case 0100).
    if isinstance(like, DaysTimeDuration):
        return DaysTimeDuration(int(amount))
    return YearsMonthsDuration(int(amount))


def _unfit(operator: str, left: Value, right: Value) -> Failure:
    return Failure(
        "feel_operands",
        operator=operator,
        left=values.type_name(left),
        right=values.type_name(right),
        left_value=values.brief(left),
        right_value=values.brief(right),
    )
