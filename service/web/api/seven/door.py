"""Both addresses under which Camunda 7 is looked for, the keys in its ids, and its moments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint

from service.errors import Invalid
from service.web.doors import SEVEN_PREFIXES

_ADDRESSES = ",".join(f"'{prefix.strip('/')}'" for prefix in SEVEN_PREFIXES)


def blueprint(name: str) -> Blueprint:
    """Return a blueprint that answers at each of the addresses; its views need not know at which."""
    made = Blueprint(name, __name__, url_prefix=f"/<any({_ADDRESSES}):door>")

    @made.url_value_preprocessor
    def _forget_door(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values is not None:
            values.pop("door", None)

    return made


def definition_id(process_id: str, version: int, key: int) -> str:
    """Return the id of a version of a process, as Camunda 7 writes it."""
    return f"{process_id}:{version}:{key}"


def key_of_definition(text: str) -> int:
    """Return the key of a version of a process from its id. Raises `Invalid`."""
    return key_of(text.rpartition(":")[2], text)


def key_of(text: str, shown: str | None = None) -> int:
    """Return a key. Raises `Invalid` for what is none."""
    if text.isascii() and text.isdecimal() and int(text) < 2**63:
        return int(text)
    raise Invalid("api_field_wrong", field="id", expected="id", found=(shown or text)[:80])


def moment(value: datetime) -> str:
    """Return a moment as Camunda 7 writes it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}+0000"
