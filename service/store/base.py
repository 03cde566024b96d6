"""Declarative base, constraint names, column types, and the pages that lists come in."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar, cast

from sqlalchemy import BigInteger, CursorResult, DateTime, Dialect, Enum, Executable, Integer, MetaData, Table, Text
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from service.errors import Invalid

# Every constraint has a name, so that a migration can drop it on either database.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite's rowid alias is spelt INTEGER; it holds 64 bits as well.
KEY = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept as UTC; a naive one is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError(f"naive datetime {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime(), str: Text()}  # noqa: RUF012 - as SQLAlchemy reads it


PrimaryKey = Annotated[int, mapped_column(KEY, primary_key=True, autoincrement=False)]
Key = Annotated[int, mapped_column(KEY)]
IndexedKey = Annotated[int, mapped_column(KEY, index=True)]


def enum_column(kind: type[StrEnum]) -> Enum:
    """Return a column type that stores the enum's value as text, the same on every database."""
    return Enum(
        kind, native_enum=False, create_constraint=False, length=32, values_callable=lambda k: [m.value for m in k]
    )


def table_of(model: type[Base]) -> Table:
    """Return the table of a model, for statements that are built once and sent often."""
    return cast(Table, model.__table__)


def send(session: Session, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
    """Execute a statement past the object layer, whose share in a small write is larger than the database's.

    Objects of the session do not follow what it changes.
    """
    return session.connection().execute(statement, parameters)


Row = TypeVar("Row")

# A count beyond this is not worth its scan; lists say "more than".
COUNT_CAP = 10_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    items: Sequence[Row]
    next: str | None  # cursor of the page that follows; None at the end
    total: int  # rows that match, counted up to COUNT_CAP
    has_more_total: bool = False  # the count stopped at COUNT_CAP


def encode_cursor(*parts: Any) -> str:
    """Return a position in a list as opaque text."""
    plain = [part.isoformat() if isinstance(part, datetime) else part for part in parts]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type) -> list[Any]:
    """Return the parts of a cursor made by `encode_cursor`.

    Raises `Invalid` for text that is none, since cursors come back from outside.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        parts = json.loads(base64.urlsafe_b64decode(padded.encode()))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise ValueError(cursor)
        return [
            datetime.fromisoformat(part) if kind is datetime else kind(part)
            for part, kind in zip(parts, kinds, strict=True)
        ]
    except (ValueError, TypeError, binascii.Error, UnicodeError) as error:
        raise Invalid("store.cursor_invalid", cursor=cursor[:80]) from error
