"""Ranges: whether a value lies in one, and the relations between two (Allen's algebra, DMN 1.5, 10.3.4.11)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from service.feel import temporal, values
from service.feel.temporal import Date, DateTime
from service.feel.values import Range, Value


def contains(interval: Range, value: Value) -> bool | None:
    """Whether the value lies in the range; None when it cannot be compared with the ends."""
    if interval.operator in {"=", "!="}:
        same = values.equal(value, interval.start)
        if same is None:
            return None
        return same if interval.operator == "=" else not same
    if value is None:
        return None
    if interval.start is not None:
        order = values.compare(value, interval.start)
        if order is None:
            return None
        if order < 0 or (order == 0 and not interval.start_included):
            return False
    elif interval.end is None:
        return None
    if interval.end is not None:
        order = values.compare(value, interval.end)
        if order is None:
            return None
        if order > 0 or (order == 0 and not interval.end_included):
            return False
    return True


def items(interval: Range) -> Iterator[Value] | None:
    """The values that a loop over the range runs through; None when it has no steps or no end."""
    first, last = interval.start, interval.end
    if isinstance(first, Decimal) and isinstance(last, Decimal):
        return (
            value
            for value in span(first, last)
            if (interval.start_included or value != first) and (interval.end_included or value != last)
        )
    if isinstance(first, Date) and isinstance(last, Date):
        return (
            value
            for value in days(first, last)
            if (interval.start_included or value != first) and (interval.end_included or value != last)
        )
    return None


def span(first: Decimal, last: Decimal) -> Iterator[Decimal]:
    """From first to last in steps of one, upwards or downwards."""
    step = Decimal(1) if first <= last else Decimal(-1)
    value = first
    while (value <= last) if step > 0 else (value >= last):
        yield value
        following = values.NUMBERS.add(value, step)
        if following == value:
            return  # the number is too large to count on
        value = following


def days(first: Date, last: Date) -> Iterator[Date]:
    """From day to day, upwards or downwards."""
    step = 1 if first.ordinal <= last.ordinal else -1
    for ordinal in range(first.ordinal, last.ordinal + step, step):
        day = temporal.from_ordinal(ordinal)
        if day is not None:
            yield day


def is_descending(interval: Range) -> bool:
    return (
        interval.start is not None
        and interval.end is not None
        and (values.compare(interval.start, interval.end) or 0) > 0
    )


# Relations. A point is treated as the closed range from it to itself, except where the standard says otherwise.


def before(left: Value, right: Value) -> bool | None:
    a, b = _ends(left), _ends(right)
    order = _order(a, "end", b, "start")
    if order is None:
        return None
    return order < 0 or (order == 0 and not (a.end_included and b.start_included))


def after(left: Value, right: Value) -> bool | None:
    return before(right, left)


def meets(left: Range, right: Range) -> bool | None:
    order = _order(left, "end", right, "start")
    return None if order is None else order == 0 and left.end_included and right.start_included


def met_by(left: Range, right: Range) -> bool | None:
    return meets(right, left)


def overlaps(left: Range, right: Range) -> bool | None:
    first, second = before(left, right), before(right, left)
    return None if first is None or second is None else not first and not second


def overlaps_before(left: Range, right: Range) -> bool | None:
    starts, meet, ends = (
        _order(left, "start", right, "start"),
        _order(left, "end", right, "start"),
        _order(left, "end", right, "end"),
    )
    if starts is None or meet is None or ends is None:
        return None
    begins = starts < 0 or (starts == 0 and left.start_included and not right.start_included)
    touches = meet > 0 or (meet == 0 and left.end_included and right.start_included)
    stops = ends < 0 or (ends == 0 and (not left.end_included or right.end_included))
    return begins and touches and stops


def overlaps_after(left: Range, right: Range) -> bool | None:
    starts, meet, ends = (
        _order(right, "start", left, "start"),
        _order(right, "end", left, "start"),
        _order(right, "end", left, "end"),
    )
    if starts is None or meet is None or ends is None:
        return None
    begins = starts < 0 or (starts == 0 and right.start_included and not left.start_included)
    touches = meet > 0 or (meet == 0 and right.end_included and left.start_included)
    stops = ends < 0 or (ends == 0 and (not right.end_included or left.end_included))
    return begins and touches and stops


def finishes(left: Value, right: Range) -> bool | None:
    a = _ends(left)
    ends = _order(a, "end", right, "end")
    if ends is None:
        return None
    if not isinstance(left, Range):
        return ends == 0 and right.end_included
    starts = _order(a, "start", right, "start")
    if starts is None:
        return None
    return (
        ends == 0
        and a.end_included == right.end_included
        and (starts > 0 or (starts == 0 and (not a.start_included or right.start_included)))
    )


def finished_by(left: Range, right: Value) -> bool | None:
    return finishes(right, left)


def includes(left: Range, right: Value) -> bool | None:
    a = _ends(right)
    starts, ends = _order(left, "start", a, "start"), _order(a, "end", left, "end")
    if starts is None or ends is None:
        return None
    return (starts < 0 or (starts == 0 and (left.start_included or not a.start_included))) and (
        ends < 0 or (ends == 0 and (left.end_included or not a.end_included))
    )


def during(left: Value, right: Range) -> bool | None:
    return includes(right, left)


def starts(left: Value, right: Range) -> bool | None:
    a = _ends(left)
    begins = _order(a, "start", right, "start")
    if begins is None:
        return None
    if not isinstance(left, Range):
        return begins == 0 and right.start_included
    ends = _order(a, "end", right, "end")
    if ends is None:
        return None
    return (
        begins == 0
        and a.start_included == right.start_included
        and (ends < 0 or (ends == 0 and (not a.end_included or right.end_included)))
    )


def started_by(left: Range, right: Value) -> bool | None:
    return starts(right, left)


def coincides(left: Value, right: Value) -> bool | None:
    a, b = _ends(left), _ends(right)
    begins, ends = _order(a, "start", b, "start"), _order(a, "end", b, "end")
    if begins is None or ends is None:
        return None
    return begins == 0 and ends == 0 and a.start_included == b.start_included and a.end_included == b.end_included


def end_points_fit(first: Value, last: Value) -> bool:
    """Whether two values can be the ends of one range: comparable, of one kind; one of them may be open."""
    if first is None or last is None:
        return first is not last and _is_point(first if last is None else last)
    if isinstance(first, Date) is not isinstance(last, Date) or isinstance(first, DateTime) is not isinstance(
        last, DateTime
    ):
        return False
    return _is_point(first) and _is_point(last) and values.compare(first, last) is not None


def _is_point(value: Value) -> bool:
    return not isinstance(value, bool | list | dict | Range | values.Function)


def _ends(value: Value) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


def _order(left: Range, left_side: str, right: Range, right_side: str) -> int | None:
    """How an end of one range lies to an end of another; an open start lies before, an open end behind everything."""
    a = left.start if left_side == "start" else left.end
    b = right.start if right_side == "start" else right.end
    if a is not None and b is not None:
        return values.compare(a, b)
    if a is None and b is None:
        return (left_side == "end") - (right_side == "end")
    if a is None:
        return -1 if left_side == "start" else 1
    return 1 if right_side == "start" else -1
