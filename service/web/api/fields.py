"""How fields of an answer are written: keys as decimal text, moments in UTC with milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import simplejson

from service.web.answers import decoded


def key(value: int | None) -> str | None:
    """Return a key as text."""
    return None if value is None else str(value)


def moment(value: datetime | None) -> str | None:
    """Return a moment as ISO 8601 in UTC."""
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encoded(value: object) -> str:
    """Return a value as JSON text, numbers with all their digits."""
    return simplejson.dumps(value, use_decimal=True, ensure_ascii=False, default=str)


def names(text: str) -> list[str]:
    """Return a stored JSON list of texts."""
    found: Any = decoded(text)
    return [str(name) for name in found] if isinstance(found, list) else []


def headers(text: str) -> dict[str, Any]:
    """Return a stored JSON object."""
    found: Any = decoded(text)
    return found if isinstance(found, dict) else {}
