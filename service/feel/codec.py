"""JSON of FEEL values: what enters a scope, a state document or an answer.

Numbers keep all 34 digits, written plainly and read as `Decimal`. Dates, times and durations become their FEEL text.
Functions and ranges are an error that names their path.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

import simplejson

from service.errors import Invalid
from service.feel import values
from service.feel.values import Value

JsonValue = None | bool | Decimal | str | list["JsonValue"] | dict[str, "JsonValue"]

MAX_DEPTH = 100
_HALVES = re.compile("[\ud800-\udfff]")


class Unencodable(Invalid):
    """A value has no JSON form; facts `path` and `type`."""


class Undecodable(Invalid):
    """A text is no JSON; facts `line`, `column`, `reason`."""


def plain(value: object) -> JsonValue:
    """The JSON-like value: decimals, strings, booleans, null, lists, dicts; temporal values as text.

    Accepts Python numbers, dates and tuples too. Raise `Unencodable` for functions and ranges.
    """
    return _plain(value, ())


def encode(value: object) -> str:
    """JSON text, numbers whole and without exponent, keys in their order, other characters than ASCII as they are."""
    return _dumps(_encodable(plain(value)))


def decode(text: str | bytes) -> Value:
    """The value of a JSON text; every number is a `Decimal` of at most 34 digits. Raise `Undecodable`."""
    try:
        return _rounded(simplejson.loads(text, use_decimal=True, parse_int=Decimal, parse_constant=_no_constant))
    except simplejson.JSONDecodeError as error:
        raise Undecodable("feel_json_invalid", line=error.lineno, column=error.colno, reason=error.msg) from error
    except RecursionError as error:
        raise Undecodable("feel_json_too_deep", limit=MAX_DEPTH) from error
    except (ValueError, ArithmeticError) as error:
        raise Undecodable("feel_json_invalid", line=1, column=1, reason=str(error)) from error


def _plain(value: object, path: tuple[str | int, ...]) -> JsonValue:
    kind = type(value)
    if value is None or kind is str or kind is bool:
        return value  # type: ignore[return-value]
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise Unencodable("feel_not_json", path=_path(path), type="number")
        return value
    if len(path) > MAX_DEPTH:
        raise Unencodable("feel_json_too_deep", path=_path(path[:10]), limit=MAX_DEPTH)
    if isinstance(value, Mapping):
        return {str(key): _plain(item, (*path, str(key))) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, (*path, index)) for index, item in enumerate(value)]
    try:
        converted = values.from_python(value)
    except TypeError as error:
        raise Unencodable("feel_not_json", path=_path(path), type=kind.__name__) from error
    if isinstance(converted, Decimal | str | bool) or converted is None:
        return converted
    if isinstance(converted, list | dict):
        return _plain(converted, path)
    if isinstance(converted, values.Range | values.Function):
        raise Unencodable("feel_not_json", path=_path(path), type=values.type_name(converted))
    return converted.lexical


def _path(path: tuple[str | int, ...]) -> str:
    """`subjects[2].name`, counted from 1 as FEEL does."""
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.lstrip(".")


class _PlainNumber(Decimal):
    """A decimal whose text has no exponent, for the encoder, which writes `str` of it."""

    def __str__(self) -> str:
        return f"{Decimal(self):f}"


def _encodable(value: JsonValue) -> object:
    if isinstance(value, Decimal):
        return _PlainNumber(value)
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    if isinstance(value, dict):
        return {key: _encodable(item) for key, item in value.items()}
    return value


def _dumps(value: object) -> str:
    return simplejson.dumps(value, use_decimal=True, ensure_ascii=False, separators=(",", ":"))


def _rounded(value: object) -> Value:
    """The decoded value with numbers of at most 34 digits, as FEEL has no others."""
    if isinstance(value, Decimal):
        return values.NUMBERS.plus(value)
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, dict):
        return {_text(key): _rounded(item) for key, item in value.items()}
    if isinstance(value, str):
        return _text(value)
    return value  # type: ignore[return-value]


def _text(text: str) -> str:
    """The text without halves of surrogate pairs: they are no characters, and no encoding could write them again."""
    return text if text.isascii() else _HALVES.sub("\ufffd", text)


def _no_constant(text: str) -> object:
    raise ValueError(f"{text} is no JSON number")
