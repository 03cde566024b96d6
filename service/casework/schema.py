"""Types of record fields, and the check of a value against them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

import regex

Problem: TypeAlias = tuple[str, dict[str, object]]  # message code, facts
Found: TypeAlias = tuple[str, Problem]  # path below the checked value, problem

TEXT_LIMIT = 100_000  # characters
LIST_LIMIT = 1_000  # items


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value."""

    name: str
    fits: Callable[[Any], bool]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Many:
    """A list of values of one type."""

    of: Type
    least: int = 0  # items, when the list is given at all
    code: str = "casework.too_few"  # message when there are fewer


@dataclass(frozen=True, slots=True)
class Entity:
    """Named fields."""

    fields: Mapping[str, Type] = field(default_factory=dict)


Type: TypeAlias = "Scalar | Many | Entity"

_DATE = regex.compile(r"\d{4}-\d{2}-\d{2}", regex.ASCII)
_MOMENT = regex.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}|@[A-Za-z_]+(/[A-Za-z_]+)*)?", regex.ASCII
)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= TEXT_LIMIT


def _is_date(value: Any) -> bool:
    if not isinstance(value, str) or not _DATE.fullmatch(value[:10]):
        return False
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return len(value) == 10 or _is_moment(value)


def _is_moment(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    if len(value) == 10:
        return _is_date(value)
    if not _MOMENT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value[:16])
    except ValueError:
        return False
    return True


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_files(value: Any) -> bool:
    if not isinstance(value, list) or len(value) > LIST_LIMIT:
        return False
    return all(
        isinstance(item, Mapping)
        and item.get("camunda.document.type") == "camunda"
        and isinstance(item.get("documentId"), str)
        and isinstance(item.get("contentHash"), str)
        for item in value
    )


STR = Scalar("str", lambda value: _is_text(value) and "\n" not in value)
TEXT = Scalar("text", _is_text)
DATE = Scalar("date", _is_date)
MOMENT = Scalar("dt", _is_moment)  # a plain date stands for its beginning
NUM = Scalar("num", _is_number)
INT = Scalar("int", lambda value: _is_number(value) and Decimal(value) == Decimal(value).to_integral_value())
BOOL = Scalar("bool", lambda value: isinstance(value, bool))
REF = Scalar("ref", lambda value: isinstance(value, str) and len(value) <= 200)  # user name, or key as text
FILE = Scalar("file", _is_files)  # references to stored files


def choice(*values: str) -> Scalar:
    """A value out of a closed set."""
    return Scalar("enum", lambda value: value in values, values)


TRI = choice("yes", "no", "unknown")  # decisions.md 0.2: an empty value means unknown


def check(kind: Type, value: Any, path: str = "") -> Iterator[Found]:
    """Yield what does not fit; an empty value always fits, since what is required when is said by forms and gates."""
    if value is None or value == "":
        return
    if isinstance(kind, Scalar):
        if not kind.fits(value):
            if kind.choices:
                yield path, ("casework.not_a_choice", {"expected": ", ".join(kind.choices)})
            else:
                yield path, ("casework.wrong_type", {"expected": kind.name})
        return
    if isinstance(kind, Many):
        if not isinstance(value, list):
            yield path, ("casework.wrong_type", {"expected": "list"})
            return
        if len(value) > LIST_LIMIT:
            yield path, ("casework.too_many", {"limit": LIST_LIMIT})
        elif value and len(value) < kind.least:
            yield path, (kind.code, {"least": kind.least, "found": len(value)})
        for index, item in enumerate(value[:LIST_LIMIT]):
            yield from check(kind.of, item, f"{path}[{index}]")
        return
    if not isinstance(value, Mapping):
        yield path, ("casework.wrong_type", {"expected": "object"})
        return
    for name, item in value.items():
        inner = f"{path}.{name}" if path else str(name)
        known = kind.fields.get(name)
        if known is None:
            yield inner, ("casework.unknown_field", {"field": inner})
        else:
            yield from check(known, item, inner)


def type_at(kind: Type, path: tuple[str, ...]) -> Type | None:
    """Return the type of a nested field, None where there is none."""
    for name in path:
        if not isinstance(kind, Entity):
            return None
        found = kind.fields.get(name)
        if found is None:
            return None
        kind = found
    return kind
