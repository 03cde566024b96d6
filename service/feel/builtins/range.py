"""Relations between points and ranges. DMN 1.5, 10.3.4.11."""

from __future__ import annotations

from collections.abc import Callable

from service.feel import ranges, values
from service.feel.builtins.signature import builtin, table
from service.feel.diagnostics import Failure
from service.feel.values import Function, Range, Value

Relation = Callable[..., "bool | None"]


def _relation(name: str, decide: Relation, *forms: tuple[str, str]) -> list[Function]:
    """The overloads of a relation: a parameter that begins with `point` takes no range, one with `range` no point."""
    return [
        builtin(name, _checked(decide, form), *(f"{parameter}: {_kind(parameter)}" for parameter in form))
        for form in forms
    ]


def _kind(parameter: str) -> str:
    return "range" if parameter.startswith("range") else "any"


def _checked(decide: Relation, form: tuple[str, str]) -> Callable[[Value, Value], Value]:
    def call(left: Value, right: Value) -> Value:
        result = decide(left, right)
        if result is None:
            raise Failure("feel_comparison", operator="", left=values.type_name(left), right=values.type_name(right))
        return result

    return call


def _both_ranges(decide: Relation, *, first: bool = True, second: bool = True) -> Relation:
    def decide_ranges(left: Value, right: Value) -> bool | None:
        if (first and not isinstance(left, Range)) or (second and not isinstance(right, Range)):
            return None
        return decide(left, right)

    return decide_ranges


_RANGES = ("range1", "range2")
_POINTS = ("point1", "point2")
_POINT_RANGE = ("point", "range")
_RANGE_POINT = ("range", "point")


def _family(name: str, decide: Relation, *forms: tuple[str, str]) -> list[Function]:
    needs_first = not any(form[0].startswith("point") for form in forms)
    needs_second = not any(form[1].startswith("point") for form in forms)
    return _relation(name, _both_ranges(decide, first=needs_first, second=needs_second), *forms)


FUNCTIONS = table(
    *_family("before", ranges.before, _RANGES, _POINT_RANGE, _RANGE_POINT, _POINTS),
    *_family("after", ranges.after, _RANGES, _POINT_RANGE, _RANGE_POINT, _POINTS),
    *_family("meets", ranges.meets, _RANGES),
    *_family("met by", ranges.met_by, _RANGES),
    *_family("overlaps", ranges.overlaps, _RANGES),
    *_family("overlaps before", ranges.overlaps_before, _RANGES),
    *_family("overlaps after", ranges.overlaps_after, _RANGES),
    *_family("finishes", ranges.finishes, _RANGES, _POINT_RANGE),
    *_family("finished by", ranges.finished_by, _RANGES, _RANGE_POINT),
    *_family("includes", ranges.includes, _RANGES, _RANGE_POINT),
    *_family("during", ranges.during, _RANGES, _POINT_RANGE),
    *_family("starts", ranges.starts, _RANGES, _POINT_RANGE),
    *_family("started by", ranges.started_by, _RANGES, _RANGE_POINT),
    *_family("coincides", ranges.coincides, _RANGES, _POINTS),
)
