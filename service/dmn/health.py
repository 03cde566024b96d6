"""Health of a decision table: inputs that no rule takes, rules that overlap or never win.

Columns are cut into segments: the values named in their cells, what lies between them, and "another value". Every value
of a segment passes the same cells, so that a table is checked over its segments, with an example value for each.
Strings, numbers, booleans, dates, times and durations are understood; a cell with any other expression is opaque: what
depends on it is not judged. Predefined values of a column (`inputValues`) limit what counts. The words for what is seen
are those of `service.lint`.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cmp_to_key
from typing import NamedTuple
from zoneinfo import ZoneInfo

from service import feel
from service.dmn.boxed.decision_table import Table
from service.dmn.model import Decision, DecisionTable, HitPolicy, Rule
from service.feel import syntax

# So many steps a table; one that needs more is not checked for gaps.
MAXIMUM_STEPS = 200_000
MAXIMUM_EXAMPLES = 3
MAXIMUM_OVERLAPS = 20

_ENVIRONMENT = feel.Environment(now=dt.datetime(1970, 1, 1, tzinfo=dt.UTC), zone=ZoneInfo("UTC"))
_ORDERED = (
    Decimal,
    feel.Date,
    feel.DateTime,
    feel.Time,
    feel.DaysTimeDuration,
    feel.YearsMonthsDuration,
)

Rows = int  # a set of rules, a bit each
_CONSTANTS = (bool, str, *_ORDERED)


class Kind(StrEnum):
    GAP = "gap"  # no rule takes the example, though the hit policy makes null of that
    OVERLAP = "overlap"  # two rules take the example, though UNIQUE forbids it, or ANY does and their outputs differ
    IDLE = "idle"  # the rule never wins: nothing passes one of its cells, or under FIRST earlier rules take all


@dataclass(frozen=True, slots=True)
class Observation:
    kind: Kind
    rules: tuple[Rule, ...]  # that it is about; none for a gap
    example: tuple[tuple[str, str], ...]  # label of each column and a value as FEEL shows it; empty for an idle rule


class Segment(NamedTuple):
    example: str  # a value of the segment as FEEL text
    rows: Rows  # the rules whose cell its values pass
    is_unusual: bool = False  # null, or a fraction between neighbouring whole numbers: a gap for these alone is none


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    segments: tuple[Segment, ...]
    texts: tuple[str, ...]  # cells by rule
    opaque: Rows  # rules whose cell is not understood; their bits are set in every segment


class _TooMuch(Exception):
    """The table needs more steps than one may take."""


def check(decision: Decision) -> tuple[Observation, ...]:
    """What is to be said about the table that is the decision's own logic; nothing for other logic."""
    logic = decision.logic
    if not isinstance(logic, Table) or not logic.display.rules or not logic.display.inputs:
        return ()
    table = logic.display
    columns = [_column(table, logic, position) for position in range(len(table.inputs))]
    found = list(itertools.islice(_overlaps(table, columns), MAXIMUM_OVERLAPS))
    found += _idle(table, columns)
    if table.hit_policy.is_single and logic.defaults is None:
        found += _gaps(table, columns)
    return tuple(found)


# Columns and segments ----------------------------------------------------------------------------------------------


def _column(table: DecisionTable, logic: Table, position: int) -> Column:
    shown = table.inputs[position]
    texts = tuple(rule.inputs[position] for rule in table.rules)
    column = logic.matcher.column(position, len(texts))
    parts = [
        _Cell.of(text, cell.tests if cell else None, cell is None)
        for text, cell in zip(texts, column.cells, strict=True)
    ]
    opaque = sum(1 << row for row, part in enumerate(parts) if part.opaque)
    named = [value for part in parts for value in part.values()]
    samples = _allowed(_samples(named, shown.type_name), shown.allowed)
    segments: dict[Rows, Segment] = {}
    unusual: list[feel.Value] = [*_fractions(named), None]
    for number, sample in enumerate([*samples, *unusual]):
        rows = column.index.rows(sample) if column.index else None
        if rows is None:
            rows = sum(1 << row for row, part in enumerate(parts) if part.opaque or part.passes(sample))
        segments.setdefault(rows, Segment(feel.string(sample), rows, number >= len(samples)))
    return Column(shown.label, tuple(segments.values()), texts, opaque)


@dataclass(frozen=True, slots=True)
class _Cell:
    """What a cell takes: all, the values and intervals that it lists, or those that it does not list."""

    anything: bool
    negated: bool
    wanted: tuple[feel.Value, ...]  # constants and ranges
    opaque: bool

    @staticmethod
    def of(text: str, tests: feel.UnaryTests | None, anything: bool) -> _Cell:
        if anything:
            return _Cell(True, False, (), False)
        wanted = [_constant(text, test) for test in tests.tree.tests] if tests is not None else [_OPAQUE]
        if any(isinstance(one, _Opaque) for one in wanted):
            return _Cell(False, False, (), True)
        known = tuple(one for one in wanted if not isinstance(one, _Opaque))
        return _Cell(False, tests is not None and tests.tree.negated, known, False)

    def values(self) -> Iterator[feel.Value]:
        for one in self.wanted:
            if isinstance(one, feel.Range):
                yield from (end for end in (one.start, one.end) if end is not None)
            elif one is not None:
                yield one

    def passes(self, sample: feel.Value) -> bool:
        if self.anything:
            return True
        outcomes = [feel.matches(sample, one) for one in self.wanted]
        if None in outcomes and True not in outcomes:
            return False  # unknown, negated or not
        return (True in outcomes) is not self.negated


class _Opaque:
    """A test that is no constant."""


_OPAQUE = _Opaque()


def _constant(text: str, test: syntax.Node) -> feel.Value | _Opaque:
    """The constant or range that a test compares with."""
    if any(isinstance(node, syntax.Name) and node.name == "?" for node in syntax.walk(test)):
        return _OPAQUE
    if isinstance(test, syntax.Literal):
        return test.value
    try:
        expression = feel.parse(f"({text[test.start : test.end]})")
    except feel.FeelSyntaxError:
        return _OPAQUE
    value = expression.evaluate({}, _ENVIRONMENT).value if not expression.names else None
    if isinstance(value, feel.Range):
        # Between two strings there are strings without number.
        return _OPAQUE if isinstance(value.start, str) or isinstance(value.end, str) else value
    return value if isinstance(value, _CONSTANTS) else _OPAQUE


def _allowed(samples: list[feel.Value], predefined: str) -> list[feel.Value]:
    """The samples that a column's predefined values let through, with those that no cell names."""
    if not predefined:
        return samples
    try:
        tests = feel.parse_unary_tests(predefined)
    except feel.FeelSyntaxError:
        return samples
    listed = [_constant(predefined, test) for test in tests.tree.tests]
    if tests.tree.negated or any(isinstance(one, _Opaque) for one in listed):
        return samples
    unnamed = [one for one in listed if isinstance(one, _CONSTANTS) and one not in samples]
    return [*unnamed, *(one for one in samples if tests.test(one, {}, _ENVIRONMENT).value is True)]


def _samples(named: Sequence[feel.Value], type_name: str | None) -> list[feel.Value]:
    """One value of each segment: the named ones, those between and beyond them, and a string that nothing names."""
    samples: list[feel.Value] = []
    if type_name == "boolean" or any(isinstance(one, bool) for one in named):
        samples += [True, False]
    texts = list(dict.fromkeys(one for one in named if isinstance(one, str)))
    if texts:
        samples += [*texts, _other(texts)]
    for kind in _ORDERED:
        points = _sorted([one for one in named if isinstance(one, kind)])
        if points:
            samples += [*points, *_between(points)]
    return samples or ["…"]


def _other(texts: Sequence[str]) -> str:
    return next(one for one in itertools.chain(["…"], (f"…{n}" for n in itertools.count())) if one not in texts)


def _sorted(points: Sequence[feel.Value]) -> list[feel.Value]:
    """The points in order, each once."""
    ordered: list[feel.Value] = []
    for point in sorted(points, key=cmp_to_key(_order)):
        if not ordered or feel.equal(ordered[-1], point) is not True:
            ordered.append(point)
    return ordered


def _between(points: Sequence[feel.Value]) -> list[feel.Value]:
    """Values between and beyond points that are in order, where there are such."""
    middles = [_middle(low, high) for low, high in itertools.pairwise(points)]
    samples = [*middles, _beyond(points[0], -1), _beyond(points[-1], 1)]
    return [sample for sample in samples if sample is not None]


def _fractions(named: Sequence[feel.Value]) -> list[feel.Value]:
    """Numbers between neighbouring whole ones."""
    points = [one for one in _sorted([one for one in named if isinstance(one, Decimal)]) if isinstance(one, Decimal)]
    return [(low + high) / 2 for low, high in itertools.pairwise(points) if _are_neighbours(low, high)]


def _are_neighbours(low: Decimal, high: Decimal) -> bool:
    return high - low == 1 and low == low.to_integral_value()


_STEPS = {
    Decimal: "1",
    feel.Date: 'duration("P1D")',
    feel.DateTime: 'duration("PT1S")',
    feel.Time: 'duration("PT1S")',
    feel.DaysTimeDuration: 'duration("PT1S")',
    feel.YearsMonthsDuration: 'duration("P1M")',
}


def _order(left: feel.Value, right: feel.Value) -> int:
    return feel.compare(left, right) or 0


def _beyond(point: feel.Value, sign: int) -> feel.Value:
    """The next value after a point, or before it."""
    move = feel.parse(f"point {'+' if sign > 0 else '-'} {_STEPS[type(point)]}")
    return move.evaluate({"point": point}, _ENVIRONMENT).value


def _middle(low: feel.Value, high: feel.Value) -> feel.Value:
    """A value between two points; a whole number or the next moment where that is one."""
    following = _beyond(low, 1)
    if feel.compare(following, high) == -1:
        return following
    if isinstance(low, Decimal) and isinstance(high, Decimal) and not _are_neighbours(low, high):
        return (low + high) / 2
    return None


# Checks ------------------------------------------------------------------------------------------------------------


def _overlaps(table: DecisionTable, columns: Sequence[Column]) -> Iterator[Observation]:
    """Pairs of rules that match the same input though the hit policy forbids it."""
    if table.hit_policy not in {HitPolicy.UNIQUE, HitPolicy.ANY}:
        return
    for first in table.rules:
        bit = 1 << first.index - 1
        others = -1 << first.index  # the rules after it
        for column in columns:
            shared = 0
            for segment in column.segments:
                if segment.rows & bit:
                    shared |= segment.rows
            others &= shared
        while others:
            lowest = others & -others
            others ^= lowest
            second = table.rules[lowest.bit_length() - 1]
            if table.hit_policy is HitPolicy.ANY and first.outputs == second.outputs:
                continue
            example = _common(columns, bit | lowest)
            if example is not None:
                yield Observation(Kind.OVERLAP, (first, second), example)


def _common(columns: Sequence[Column], both: Rows) -> tuple[tuple[str, str], ...] | None:
    """An input that two rules take; None where there is none or it cannot be told."""
    parts: list[tuple[str, str]] = []
    for column in columns:
        opaque = column.opaque & both
        if opaque:
            texts = {text for row, text in enumerate(column.texts) if both >> row & 1 and text not in {"", "-"}}
            if len(texts) > 1:
                return None
            parts.append((column.label, next(iter(texts))))
            continue
        segment = next((one for one in column.segments if one.rows & both == both), None)
        if segment is None:
            return None
        parts.append((column.label, segment.example))
    return tuple(parts)


def _idle(table: DecisionTable, columns: Sequence[Column]) -> list[Observation]:
    """Rules that never match, and under FIRST those that earlier rules always precede."""
    return [Observation(Kind.IDLE, (rule,), ()) for rule in table.rules if _is_idle(rule, table, columns)]


def _is_idle(rule: Rule, table: DecisionTable, columns: Sequence[Column]) -> bool:
    bit = 1 << rule.index - 1
    own = [tuple(one for one in column.segments if one.rows & bit) for column in columns]
    if not all(own):
        return True
    if table.hit_policy is not HitPolicy.FIRST:
        return False
    # An earlier rule with an opaque cell may or may not match: it precedes nothing for certain.
    certain = bit - 1
    for column in columns:
        certain &= ~column.opaque
    if any(column.opaque & bit for column in columns):
        return False
    try:
        return not _uncovered(own, certain, 1)
    except _TooMuch:
        return False


def _gaps(table: DecisionTable, columns: Sequence[Column]) -> list[Observation]:
    """Inputs that no rule takes."""
    if any(column.opaque for column in columns):
        return []
    given = [tuple(one for one in column.segments if not one.is_unusual) for column in columns]
    try:
        found = _uncovered(given, (1 << len(table.rules)) - 1, MAXIMUM_EXAMPLES)
    except _TooMuch:
        return []
    return [
        Observation(Kind.GAP, (), tuple((column.label, value) for column, value in zip(columns, values, strict=True)))
        for values in found
    ]


def _uncovered(columns: Sequence[Sequence[Segment]], rules: Rows, limit: int) -> list[tuple[str, ...]]:
    """Inputs, one segment of each column, that none of the rules takes; at most so many."""
    covered: set[tuple[int, Rows]] = set()  # column and rules left, from where everything is taken
    found: list[tuple[str, ...]] = []
    # Rules that take everything from a column on settle the rest at once.
    open_after = [rules]
    for segments in reversed(columns):
        everywhere = rules
        for segment in segments:
            everywhere &= segment.rows
        open_after.append(open_after[-1] & everywhere)
    open_after.reverse()
    steps = 0

    def search(position: int, left: Rows, chosen: tuple[str, ...]) -> bool:
        """Whether everything below is taken."""
        nonlocal steps
        if left & open_after[position] or (position, left) in covered:
            return True
        if not left or position == len(columns):
            found.append(chosen + tuple(segments[0].example for segments in columns[position:]))
            return False
        steps += 1
        if steps > MAXIMUM_STEPS:
            raise _TooMuch
        whole = True
        for segment in columns[position]:
            if len(found) >= limit:
                return False
            whole = search(position + 1, left & segment.rows, (*chosen, segment.example)) and whole
        if whole:
            covered.add((position, left))
        return whole

    search(0, rules, ())
    return found
