"""Evaluation at a fixed moment, and values as the text that FEEL's `string()` gives, so that tables read easily."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from service import feel

ENVIRONMENT = feel.Environment(now=datetime(2026, 3, 1, 20, 30, tzinfo=UTC), zone=ZoneInfo("Asia/Shanghai"))


def result(text: str, environment: feel.Environment = ENVIRONMENT, **scope: object) -> feel.Result:
    values = {name: feel.from_python(value) for name, value in scope.items()}
    return feel.parse(text, frozenset(values)).evaluate(values, environment)


def shown(text: str, **scope: object) -> str:
    """The value as text; strings at the top in quotes."""
    value = result(text, **scope).value
    return f'"{value}"' if isinstance(value, str) else feel.string(value)


def codes(text: str, **scope: object) -> list[str]:
    return [diagnostic.code for diagnostic in result(text, **scope).diagnostics]
