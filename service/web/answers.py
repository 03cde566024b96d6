"""Answers in JSON: every number keeps its digits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import simplejson
from flask import Response, current_app


def json_of(body: object, status: int = 200) -> Response:
    """Return an answer in JSON; what JSON does not know stands as its text."""
    text = simplejson.dumps(body, use_decimal=True, ensure_ascii=False, default=str)
    response: Response = current_app.response_class(text, status=status, mimetype="application/json")
    return response


def json_text(value: object) -> str:
    """Return values as JSON text."""
    return str(simplejson.dumps(value, use_decimal=True, ensure_ascii=False, default=str))


def decoded(text: str) -> Any:
    """Return stored or sent JSON text as values; raises `ValueError` for what is none."""
    return simplejson.loads(text, use_decimal=True, parse_int=Decimal)


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return data with other data laid over: inner objects are merged, everything else is replaced."""
    result = dict(below)
    for name, value in above.items():
        under = result.get(name)
        result[name] = merged(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return result
