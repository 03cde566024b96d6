"""Search requests: filters with operators, sorts and pages of the REST interface, read into queries on rows.

Each resource lists its fields in a table: name in the interface, column, kind. A filter that is not in the table is
refused by name: to pass it over would answer another question than the one asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from flask import Response

from service.errors import Invalid
from service.runtime.listings import Condition, Listing, Operator, Order, Query, Window
from service.web.answers import json_of
from service.web.api import body
from service.web.api.tenant import TENANT, check_tenant

DEFAULT_LIMIT = 100
LARGEST_LIMIT = 10_000
DEEPEST_OFFSET = 10_000_000
ALTERNATIVES = 20  # groups in one `$or`

Row = TypeVar("Row")


class Kind(StrEnum):
    TEXT = "string"
    KEY = "key"
    WHOLE = "integer"
    MOMENT = "date-time"
    FLAG = "boolean"
    TEXTS = "string[]"  # a stored list; a filter asks whether it holds one text


@dataclass(frozen=True, slots=True)
class Field:
    column: str
    kind: Kind = Kind.TEXT
    # Stored value by the word of the interface; words that are not here are never stored.
    choices: Mapping[str, object] | None = None
    sorts: bool = True


Fields = Mapping[str, Field]

_OPERATORS = {
    "$eq": Operator.EQ,
    "$neq": Operator.NEQ,
    "$exists": Operator.EXISTS,
    "$in": Operator.IN,
    "$notIn": Operator.NOT_IN,
    "$like": Operator.LIKE,
    "$gt": Operator.GT,
    "$gte": Operator.GTE,
    "$lt": Operator.LT,
    "$lte": Operator.LTE,
}
_COMPARED = {Operator.GT, Operator.GTE, Operator.LT, Operator.LTE}
_NOTHING = Condition("key", Operator.IN, [])


def read(
    sent: Mapping[str, Any], fields: Fields, *, apart: Sequence[str] = (), fixed: Sequence[Condition] = ()
) -> tuple[Query, dict[str, Any]]:
    """Return the query that a search request means, and those of its filters that are named in `apart`.

    Raises `Invalid` for unknown filters and sorts, wrong types, and pages that are no pages.
    """
    filters = body.mapping(sent, "filter")
    groups = body.listed(filters, "$or")
    if len(groups) > ALTERNATIVES:
        raise Invalid("api_field_wrong", field="filter.$or", expected=f"<= {ALTERNATIVES}", found=len(groups))
    either = []
    for group in groups:
        if not isinstance(group, dict):
            raise body.wrong("filter.$or", "object[]", group)
        either.append(_conditions(group, fields, ()))
    conditions = [*fixed, *_conditions(filters, fields, (*apart, "$or"))]
    query = Query(conditions, either, _orders(sent, fields), _window(sent))
    return query, {name: filters[name] for name in apart if filters.get(name) is not None}


def answer(listing: Listing[Any], items: Sequence[Mapping[str, Any]]) -> Response:
    """Return a page of a search."""
    return json_of(
        {
            "items": list(items),
            "page": {
                "totalItems": listing.total,
                "hasMoreTotalItems": listing.has_more_total,
                "startCursor": listing.start_cursor,
                "endCursor": listing.end_cursor,
            },
        }
    )


def everything(rows: Sequence[Row], item: Callable[[Row], Mapping[str, Any]]) -> Response:
    """Return a list that comes whole."""
    return answer(Listing(rows, len(rows), False), [item(row) for row in rows])


def narrowed(query: Query, *conditions: Condition) -> Query:
    """Return a query with further conditions."""
    return Query([*query.conditions, *conditions], query.either, query.orders, query.window)


def _conditions(filters: Mapping[str, Any], fields: Fields, apart: Sequence[str]) -> list[Condition]:
    found: list[Condition] = []
    for name, value in filters.items():
        if name in apart or value is None:
            continue
        if name == "tenantId":
            _check_tenant(value)
            continue
        field = fields.get(name)
        if field is None:
            raise Invalid("api_filter_unknown", field=name[:80], known=", ".join(sorted(fields)))
        found.extend(_condition(name, field, value))
    return found


def _condition(name: str, field: Field, value: Any) -> list[Condition]:
    if not isinstance(value, dict):
        return [_single(name, field, Operator.EQ, value)]
    found = []
    for sign, inner in value.items():
        operator = _OPERATORS.get(sign)
        if operator is None:
            raise Invalid("api_operator_unknown", field=name, found=sign[:40], known=", ".join(_OPERATORS))
        found.append(_single(name, field, operator, inner))
    return found


def _single(name: str, field: Field, operator: Operator, value: Any) -> Condition:
    place = f"filter.{name}"
    if operator is Operator.EXISTS:
        if not isinstance(value, bool):
            raise body.wrong(place, "boolean", value)
        return Condition(field.column, operator, value)
    if operator in {Operator.IN, Operator.NOT_IN}:
        if not isinstance(value, list):
            raise body.wrong(place, f"{field.kind}[]", value)
        known = [stored for item in value for stored in _values(place, field, item)]
        return Condition(field.column, operator, known)
    if operator is Operator.LIKE:
        if not isinstance(value, str) or field.kind is not Kind.TEXT:
            raise body.wrong(place, "$like: string", value)
        if field.choices is None:
            return Condition(field.column, operator, value)
        raise body.wrong(place, "$eq, $in", "$like")
    if operator in _COMPARED and field.kind not in {Kind.WHOLE, Kind.MOMENT, Kind.KEY}:
        raise body.wrong(place, "$eq, $in", f"${operator}")
    values = _values(place, field, value)
    if field.kind is Kind.TEXTS:
        if operator is not Operator.EQ:
            raise body.wrong(place, "$eq", f"${operator}")
        return Condition(field.column, Operator.HOLDS, values[0])
    if not values:  # a state that rows here never have
        return _NOTHING if operator is Operator.EQ else Condition("key", Operator.EXISTS, True)
    return Condition(field.column, operator, values[0])


def _values(place: str, field: Field, value: Any) -> list[Any]:
    """Return the stored value of a filter's value, in a list that is empty if nothing is ever stored so."""
    match field.kind:
        case Kind.KEY:
            return [body.key_of(value, place)]
        case Kind.MOMENT:
            return [body.moment_of(value, place)]
        case Kind.FLAG:
            if not isinstance(value, bool):
                raise body.wrong(place, field.kind, value)
        case Kind.WHOLE:
            if not isinstance(value, Decimal) or value != value.to_integral_value() or abs(value) >= 2**63:
                raise body.wrong(place, field.kind, value)
            return [int(value)]
        case Kind.TEXT | Kind.TEXTS:
            if not isinstance(value, str):
                raise body.wrong(place, "string", value)
            if field.choices is not None:
                stored = field.choices.get(value.upper())
                return [] if stored is None else [stored]
    return [value]


def _orders(sent: Mapping[str, Any], fields: Fields) -> list[Order]:
    orders = []
    for item in body.listed(sent, "sort"):
        if not isinstance(item, dict):
            raise body.wrong("sort", "object[]", item)
        name = body.required_text(item, "field")
        field = fields.get(name)
        if field is None or not field.sorts or field.kind is Kind.TEXTS:
            known = sorted(n for n, f in fields.items() if f.sorts and f.kind is not Kind.TEXTS)
            raise Invalid("api_sort_unknown", field=name[:80], known=", ".join(known))
        direction = (body.text(item, "order") or "ASC").upper()
        if direction not in {"ASC", "DESC"}:
            raise body.wrong("sort.order", "ASC, DESC", direction)
        orders.append(Order(field.column, direction == "DESC"))
    return orders


def _window(sent: Mapping[str, Any]) -> Window:
    page = body.mapping(sent, "page")
    limit = body.whole(page, "limit", low=0, high=LARGEST_LIMIT)
    offset = body.whole(page, "from", low=0, high=DEEPEST_OFFSET)
    after, before = body.text(page, "after"), body.text(page, "before")
    if sum(part is not None for part in (offset, after, before)) > 1:
        raise body.wrong("page", "from | after | before", ", ".join(sorted(page)))
    return Window(DEFAULT_LIMIT if limit is None else limit, offset or 0, after, before)


def _check_tenant(value: Any) -> None:
    asked = [value]
    if isinstance(value, dict):
        asked = [item for inner in value.values() for item in (inner if isinstance(inner, list) else [inner])]
    for tenant in asked:
        if not isinstance(tenant, bool) and tenant != TENANT:
            check_tenant(tenant if tenant not in (None, "") else "?")
