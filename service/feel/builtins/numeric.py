"""Numeric functions. DMN 1.5, 10.3.4.5."""

from __future__ import annotations

import decimal
from decimal import Decimal

from service.feel import values
from service.feel.builtins.signature import builtin, table
from service.feel.diagnostics import Failure
from service.feel.temporal import DaysTimeDuration, YearsMonthsDuration
from service.feel.values import NUMBERS, Value

_WIDE = decimal.Context(prec=12_500, Emin=-20_000, Emax=20_000)  # so that rounding to a scale never fails on digits
_MIN_SCALE, _MAX_SCALE = -6111, 6176


def rounded(value: Decimal, scale: Decimal, mode: str) -> Decimal:
    """To so many digits after the point. Raise `Failure` outside of the scales of the standard."""
    digits = values.whole(scale)
    if not _MIN_SCALE <= digits <= _MAX_SCALE:
        raise Failure("feel_scale", scale=values.number_text(scale)[:20], minimum=_MIN_SCALE, maximum=_MAX_SCALE)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= digits:
        return value
    return NUMBERS.plus(value.quantize(Decimal(1).scaleb(-digits, _WIDE), rounding=mode, context=_WIDE))


def decimal_(n: Decimal, scale: Decimal) -> Decimal:
    return rounded(n, scale, decimal.ROUND_HALF_EVEN)


def floor(n: Decimal, scale: Decimal | None) -> Decimal:
    return rounded(n, scale or Decimal(0), decimal.ROUND_FLOOR)


def ceiling(n: Decimal, scale: Decimal | None) -> Decimal:
    return rounded(n, scale or Decimal(0), decimal.ROUND_CEILING)


def round_up(n: Decimal, scale: Decimal | None) -> Decimal:
    return rounded(n, scale or Decimal(0), decimal.ROUND_UP)


def round_down(n: Decimal, scale: Decimal | None) -> Decimal:
    return rounded(n, scale or Decimal(0), decimal.ROUND_DOWN)


def round_half_up(n: Decimal, scale: Decimal | None) -> Decimal:
    return rounded(n, scale or Decimal(0), decimal.ROUND_HALF_UP)


def round_half_down(n: Decimal, scale: Decimal | None) -> Decimal:
    return rounded(n, scale or Decimal(0), decimal.ROUND_HALF_DOWN)


def absolute(n: Value) -> Value:
    """Without its sign, of a number or a duration."""
    match n:
        case Decimal():
            return NUMBERS.abs(n)
        case DaysTimeDuration():
            return DaysTimeDuration(abs(n.nanoseconds))
        case YearsMonthsDuration():
            return YearsMonthsDuration(abs(n.total_months))
        case [single]:
            return absolute(single)
    raise Failure("feel_argument_type", argument="n", expected="number", type=values.type_name(n))


def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    """What is left of the dividend, with the sign of the divisor: dividend - divisor * floor(dividend / divisor)."""
    if not divisor:
        raise Failure("feel_division_by_zero")
    rest = NUMBERS.plus(_WIDE.remainder(dividend, divisor))
    if rest and (rest < 0) != (divisor < 0):
        rest = NUMBERS.add(rest, divisor)
    return rest


def sqrt(number: Decimal) -> Decimal:
    if number < 0:
        raise Failure("feel_number_domain", function="sqrt", value=values.number_text(number)[:40])
    return NUMBERS.sqrt(number)


def log(number: Decimal) -> Decimal:
    """The natural logarithm."""
    if number <= 0:
        raise Failure("feel_number_domain", function="log", value=values.number_text(number)[:40])
    return NUMBERS.ln(number)


def exp(number: Decimal) -> Decimal:
    return NUMBERS.exp(number)


def odd(number: Decimal) -> bool | None:
    return _parity(number, 1)


def even(number: Decimal) -> bool | None:
    return _parity(number, 0)


def _parity(number: Decimal, wanted: int) -> bool:
    return abs(_WIDE.remainder(number, Decimal(2))) == wanted


FUNCTIONS = table(
    builtin("decimal", decimal_, "n: number", "scale: number"),
    builtin("floor", floor, "n: number", "scale: number or absent"),
    builtin("ceiling", ceiling, "n: number", "scale: number or absent"),
    builtin("round up", round_up, "n: number", "scale: number or absent"),
    builtin("round down", round_down, "n: number", "scale: number or absent"),
    builtin("round half up", round_half_up, "n: number", "scale: number or absent"),
    builtin("round half down", round_half_down, "n: number", "scale: number or absent"),
    builtin("abs", absolute, "n: any"),
    builtin("modulo", modulo, "dividend: number", "divisor: number"),
    builtin("sqrt", sqrt, "number: number"),
    builtin("log", log, "number: number"),
    builtin("exp", exp, "number: number"),
    builtin("odd", odd, "number: number"),
    builtin("even", even, "number: number"),
)
