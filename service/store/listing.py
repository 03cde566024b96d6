"""Lists as outside programs ask for them: conditions on columns, orders, and a window by offset or by cursor.

A cursor is the place of a row in the order, so that rows added meanwhile move nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import Boolean, ColumnElement, Text, and_, case, cast, false, func, or_, select, true
from sqlalchemy.orm import Session

from service.errors import Invalid
from service.store.base import COUNT_CAP, Base, UtcDateTime

Clause: TypeAlias = ColumnElement[bool]

Row = TypeVar("Row", bound=Base)


class Operator(StrEnum):
    EQ = "eq"
    NEQ = "neq"
    EXISTS = "exists"
    IN = "in"
    NOT_IN = "notIn"
    LIKE = "like"  # * stands for any text, ? for one character, \ before either for itself
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    HOLDS = "holds"  # a JSON list of texts holds the text


@dataclass(frozen=True, slots=True)
class Condition:
    column: str  # attribute of the row
    operator: Operator
    value: Any


@dataclass(frozen=True, slots=True)
class Order:
    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of the list: `after` and `before` are cursors and go before the offset."""

    limit: int = 100
    offset: int = 0
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    conditions: Sequence[Condition] = ()
    either: Sequence[Sequence[Condition]] = ()  # at least one of these groups holds; empty: no such condition
    orders: Sequence[Order] = ()
    window: Window = field(default_factory=Window)


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    items: Sequence[Row]
    total: int  # rows that match, counted up to COUNT_CAP
    has_more_total: bool
    start_cursor: str | None = None  # place of the first row shown; None for an empty window
    end_cursor: str | None = None


def search(session: Session, table: type[Row], query: Query, clauses: Sequence[Clause] = ()) -> Listing[Row]:
    """Return the window of the rows that fulfil the query and all `clauses`; the key decides between equals."""
    wanted = [*clauses, *(_clause(table, condition) for condition in query.conditions)]
    if query.either:
        wanted.append(or_(*(and_(true(), *(_clause(table, c) for c in group)) for group in query.either)))
    key: Any = table.key  # type: ignore[attr-defined]
    capped = select(key).where(*wanted).limit(COUNT_CAP + 1).subquery()
    total = session.scalar(select(func.count()).select_from(capped)) or 0
    window = query.window
    backwards = window.before is not None
    parts = _parts(table, query.orders)
    statement = select(table).where(*wanted).limit(window.limit)
    cursor = window.before if backwards else window.after
    if cursor is not None:
        statement = statement.where(_behind(parts, _places(cursor, parts), backwards))
    elif window.offset:
        statement = statement.offset(window.offset)
    for part in parts:
        statement = statement.order_by(
            part.expression.desc() if part.descending != backwards else part.expression.asc()
        )
    items = list(session.scalars(statement))
    if backwards:
        items.reverse()
    start, end = (_cursor(items[0], parts), _cursor(items[-1], parts)) if items else (None, None)
    return Listing(items, min(total, COUNT_CAP), total > COUNT_CAP, start, end)


def without_case(business_key: Any) -> Clause:
    """A clause for rows that belong to no case file; what is in a case is not for those who run the engine."""
    from service.store.cases import CaseFile

    return or_(business_key.is_(None), business_key.not_in(select(cast(CaseFile.key, Text))))


@dataclass(frozen=True, slots=True)
class _Part:
    """One expression of the order. A column that may be null has two: whether it is null, then its value."""

    column: str
    expression: ColumnElement[Any]
    descending: bool
    nulls: bool = False


def _parts(table: type[Base], orders: Sequence[Order]) -> list[_Part]:
    parts: list[_Part] = []
    for order in [*orders, Order("key")]:
        column = getattr(table, order.column)
        if column.expression.nullable:
            parts.append(_Part(order.column, case((column.is_(None), 1), else_=0), order.descending, nulls=True))
        if isinstance(column.expression.type, Boolean):  # truth values have no greater and less in SQL
            column = case((column, 1), else_=0)
        parts.append(_Part(order.column, column, order.descending))
    return parts


def _behind(parts: Sequence[_Part], places: Sequence[Any], backwards: bool) -> Clause:
    """A clause for what comes behind a place in the order, or before it."""
    alternatives: list[Clause] = []
    equal: list[Clause] = []
    for part, place in zip(parts, places, strict=True):
        if place is None:  # the part before has said that the column is null
            continue
        less = part.descending != backwards
        alternatives.append(and_(*equal, part.expression < place if less else part.expression > place))
        equal.append(part.expression == place)
    return or_(*alternatives)


def _cursor(row: Base, parts: Sequence[_Part]) -> str:
    values: list[Any] = []
    for part in parts:
        value = getattr(row, part.column)
        value = int(value is None) if part.nulls else value
        value = int(value) if isinstance(value, bool) else value
        values.append(value.isoformat() if isinstance(value, datetime) else value)
    text = json.dumps(values, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _places(cursor: str, parts: Sequence[_Part]) -> list[Any]:
    try:
        padded = (cursor + "=" * (-len(cursor) % 4)).encode("ascii")
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(values, list) or len(values) != len(parts):
            raise ValueError(cursor)
        return [_place(value, part) for value, part in zip(values, parts, strict=True)]
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise Invalid("store.cursor_invalid", cursor=cursor[:80]) from error


def _place(value: Any, part: _Part) -> Any:
    stored = part.expression.type
    kind: type = datetime if isinstance(stored, UtcDateTime) else stored.python_type
    if value is None and not part.nulls:
        return None
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    if issubclass(kind, StrEnum):
        return kind(value)
    if type(value) is not kind or (isinstance(value, int) and not -(2**63) <= value < 2**63):
        raise TypeError(value)
    return value


def _clause(table: type[Base], condition: Condition) -> Clause:
    column, value = getattr(table, condition.column), condition.value
    clause: Clause
    match condition.operator:
        case Operator.EQ:
            clause = column == value
        case Operator.NEQ:
            clause = column.is_distinct_from(value)
        case Operator.EXISTS:
            clause = column.is_not(None) if value else column.is_(None)
        case Operator.IN:
            clause = column.in_(value) if value else false()
        case Operator.NOT_IN:
            clause = or_(column.is_(None), column.not_in(value)) if value else true()
        case Operator.LIKE:
            clause = column.like(_pattern(value), escape="\\")
        case Operator.GT:
            clause = column > value
        case Operator.GTE:
            clause = column >= value
        case Operator.LT:
            clause = column < value
        case Operator.LTE:
            clause = column <= value
        case Operator.HOLDS:
            clause = column.like(f"%{_literal(json.dumps(value, ensure_ascii=False))}%", escape="\\")
    return clause


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _pattern(text: str) -> str:
    """The SQL pattern of one with `*` and `?`."""
    found = []
    escaped = False
    for sign in text:
        if escaped:
            found.append(_literal(sign))
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign == "*":
            found.append("%")
        elif sign == "?":
            found.append("_")
        else:
            found.append(_literal(sign))
    return "".join(found) + ("\\\\" if escaped else "")
