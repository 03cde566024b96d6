"""Variables of Camunda 7: each with its type, which clients may leave out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from service.errors import Invalid
from service.web.answers import decoded
from service.web.api import body
from service.web.api.fields import encoded

INTEGER, LONG = 2**31, 2**63
WHOLE = frozenset({"integer", "long", "short"})
AS_SENT = frozenset({"", "string", "boolean", "double", "number", "null", "date", "bytes-text"})
JSON_TEXT = frozenset({"json", "object"})


def read(sent: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the variables of a request as plain values. Raises `Invalid`."""
    return {variable: _value(variable, item) for variable, item in body.mapping(sent, name).items()}


def write(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return plain values with their types."""
    return {name: _typed(value) for name, value in values.items()}


def _value(name: str, item: Any) -> Any:
    if not isinstance(item, dict):
        raise body.wrong(f"variables.{name}", "object", item)
    value, kind = item.get("value"), str(item.get("type") or "").lower()
    if kind in WHOLE and value is not None:
        if not isinstance(value, Decimal) or value != value.to_integral_value():
            raise body.wrong(f"variables.{name}", kind, value)
        return value
    if kind in AS_SENT or kind in WHOLE:
        return value
    if kind in JSON_TEXT:
        if not isinstance(value, str):
            return value
        try:
            found = decoded(value)
            body.check(found)
        except (ValueError, RecursionError) as error:
            raise body.wrong(f"variables.{name}", "JSON text", value) from error
        return found
    raise Invalid("api_field_wrong", field=f"variables.{name}", expected="String, Boolean, Integer, Long, Double, Json",
                  found=kind[:40])  # fmt: skip


def _typed(value: Any) -> dict[str, Any]:
    kind = "Json"
    match value:
        case None:
            kind = "Null"
        case bool():
            kind = "Boolean"
        case str():
            kind = "String"
        case Decimal() if value == value.to_integral_value() and abs(value) < LONG:
            kind, value = ("Integer" if abs(value) < INTEGER else "Long"), int(value)
        case Decimal():
            kind = "Double"
        case _:
            value = encoded(value)
    return {"type": kind, "value": value, "valueInfo": {}}
