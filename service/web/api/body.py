"""The JSON body of a REST request, field by field; fields nobody knows are passed over, as clients expect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NoReturn

import simplejson
from flask import request as http

from service.errors import Invalid

DEEPEST = 100  # objects and lists inside one another
LARGEST_EXPONENT = 6200  # of a number: what decimals of 34 digits can have

Sent = Mapping[str, Any]


def json_object() -> dict[str, Any]:
    """Return the body; an empty one is an empty object. Raises `Invalid` for anything else."""
    # Clients say application/json on requests without any body too, so the type tells nothing.
    data = http.get_data()
    if not data.strip():
        return {}
    try:
        found = simplejson.loads(data.decode("utf-8"), use_decimal=True, parse_int=Decimal, parse_constant=_no_number)
        check(found)
    except (ValueError, RecursionError) as error:
        raise Invalid("api_body_unreadable") from error
    if not isinstance(found, dict):
        raise Invalid("api_body_unreadable")
    return found


def text(sent: Sent, name: str) -> str | None:
    """Return a text, None if it is not given or empty."""
    found = sent.get(name)
    if found is None or isinstance(found, str):
        return found or None
    raise wrong(name, "string", found)


def required_text(sent: Sent, name: str) -> str:
    """Return a text that must be given."""
    found = text(sent, name)
    if found is None:
        raise Invalid("api_field_missing", field=name)
    return found


def whole(sent: Sent, name: str, *, low: int = -(2**31), high: int = 2**31 - 1) -> int | None:
    """Return a whole number, None if it is not given."""
    found = sent.get(name)
    if found is None:
        return None
    if isinstance(found, Decimal) and found == found.to_integral_value() and low <= found <= high:
        return int(found)
    raise wrong(name, "integer", found)


def required_whole(sent: Sent, name: str, *, low: int, high: int = 2**31 - 1) -> int:
    """Return a whole number that must be given."""
    found = whole(sent, name, low=low, high=high)
    if found is None:
        raise Invalid("api_field_missing", field=name)
    return found


def flag(sent: Sent, name: str, default: bool = False) -> bool:
    """Return true or false."""
    found = sent.get(name)
    if found is None:
        return default
    if isinstance(found, bool):
        return found
    raise wrong(name, "boolean", found)


def key_of(found: object, name: str) -> int:
    """Return a key, which is decimal text."""
    if isinstance(found, str) and len(found) <= 25:
        digits = found.removeprefix("-")
        if digits.isascii() and digits.isdecimal() and int(digits) < 2**63:
            return int(found)
    raise wrong(name, "key", found)


def key(sent: Sent, name: str) -> int | None:
    """Return a key, None if it is not given."""
    found = sent.get(name)
    return None if found is None or found == "" else key_of(found, name)


def mapping(sent: Sent, name: str) -> dict[str, Any]:
    """Return an object, empty if it is not given."""
    found = sent.get(name)
    if found is None:
        return {}
    if isinstance(found, dict):
        return found
    raise wrong(name, "object", found)


def listed(sent: Sent, name: str) -> Sequence[Any]:
    """Return a list, empty if it is not given."""
    found = sent.get(name)
    if found is None:
        return []
    if isinstance(found, list):
        return found
    raise wrong(name, "array", found)


def texts(sent: Sent, name: str) -> list[str]:
    """Return a list of texts, empty if it is not given."""
    found = listed(sent, name)
    for item in found:
        if not isinstance(item, str):
            raise wrong(name, "string[]", item)
    return list(found)


def moment_of(found: object, name: str) -> datetime:
    """Return a date and time with its offset."""
    if isinstance(found, str):
        try:
            moment = datetime.fromisoformat(found)
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise wrong(name, "date-time", found)


def day(sent: Sent, name: str) -> date | None:
    """Return a day, None if it is not given."""
    found = text(sent, name)
    if found is None:
        return None
    try:
        return date.fromisoformat(found)
    except ValueError as error:
        raise wrong(name, "date", found) from error


def wrong(name: str, expected: str, found: object) -> Invalid:
    """Return the error for a field of the wrong type."""
    return Invalid("api_field_wrong", field=name, expected=expected, found=_shown(found))


def _shown(found: object) -> str:
    if isinstance(found, bool) or found is None:
        return str(found).lower().replace("none", "null")
    if isinstance(found, dict | list):
        return "object" if isinstance(found, dict) else "array"
    return str(found)[:80]


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def check(value: Any) -> None:
    """Raise `ValueError` for what no row can hold: half a character, a zero byte, endless nesting or numbers."""
    stack = [(value, 0)]
    while stack:
        item, depth = stack.pop()
        if depth > DEEPEST:
            raise ValueError("too deep")
        if isinstance(item, str):
            item.encode("utf-8")
            if "\x00" in item:
                raise ValueError("zero byte")
        elif isinstance(item, Decimal):
            if abs(item.adjusted()) > LARGEST_EXPONENT:
                raise ValueError("number out of range")
        elif isinstance(item, dict):
            for name, inner in item.items():
                stack += [(name, depth), (inner, depth + 1)]
        elif isinstance(item, list):
            stack += [(inner, depth + 1) for inner in item]
