"""What Camunda adds to the standard, apart from further forms of functions that stand in their own section.

Source: @camunda/feel-builtins 1.4.1 and the documentation of Camunda 8.
"""

from __future__ import annotations

import base64
import binascii
import random
import uuid as uuids
from decimal import Decimal

from service.feel import codec, temporal, values
from service.feel.builtins.signature import builtin, table
from service.feel.diagnostics import AssertionFailed, Failure
from service.feel.temporal import DateTime
from service.feel.values import Value


def is_defined(value: Value) -> bool:
    """False for null and for a name that is not known."""
    return value is not None


def get_or_else(value: Value, default: Value) -> Value:
    return default if value is None else value


def assert_(value: Value, condition: Value, cause: str | None) -> Value:
    """The value when the condition is true; else the evaluation fails with `AssertionFailed`."""
    if condition is not True:
        raise AssertionFailed("feel_assertion", cause=cause or "")
    return value


def in_zone(moment: DateTime, zone: str) -> Value:
    """The same instant in another zone."""
    if moment.is_local:
        raise Failure("feel_local_and_zoned", left=moment.lexical, right=zone)
    if not temporal.is_zone(zone):
        raise Failure("feel_zone", zone=zone[:60])
    return temporal.from_instant(moment.instant, None, zone)


def trim(string: str) -> str:
    return string.strip()


def is_blank(string: str) -> bool:
    return not string.strip()


def to_base64(value: str) -> str:
    return base64.b64encode(value.encode("utf-8", "surrogatepass")).decode("ascii")


def from_base64(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise Failure("feel_text", type="base64", text=value[:60]) from error


def to_json(value: Value) -> str:
    try:
        return codec.encode(value)
    except codec.Unencodable as error:
        raise Failure(error.code, **error.facts) from error


def from_json(value: str) -> Value:
    try:
        return codec.decode(value)
    except codec.Undecodable as error:
        raise Failure(error.code, **error.facts) from error


def random_number() -> Decimal:
    """A number from 0 to below 1; not for secrets."""
    return values.NUMBERS.create_decimal(repr(random.random()))  # noqa: S311


def uuid() -> str:
    return str(uuids.uuid4())


def from_ai(value: Value, description: Value, type_: Value, schema: Value, options: Value) -> Value:
    """The value; the other arguments tell a language model what to fill in, which does not happen here."""
    return value


FUNCTIONS = table(
    builtin("is defined", is_defined, "value: any or null"),
    builtin("get or else", get_or_else, "value: any or null", "default: any or null"),
    builtin("assert", assert_, "value: any or null", "condition: any or null", "cause: string?"),
    builtin("trim", trim, "string: string"),
    builtin("is blank", is_blank, "string: string"),
    builtin("to base64", to_base64, "value: string"),
    builtin("from base64", from_base64, "value: string"),
    builtin("to json", to_json, "value: any or null"),
    builtin("from json", from_json, "value: string"),
    builtin("random number", random_number),
    builtin("uuid", uuid),
    builtin(
        "fromAi", from_ai, "value: any or null", "description: any?", "type: any?", "schema: any?", "options: any?"
    ),
)

# A further form of a function of the standard.
IN_ZONE = builtin("date and time", in_zone, "date: date and time", "timezone: string")
