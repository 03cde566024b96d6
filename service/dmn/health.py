"""Health of a decision table: inputs that no rule takes, rules that overlap or never win, missing annotations.

Columns are cut into segments: the values named in their cells, what lies between them, and "another value". Every value
of a segment passes the same cells, so that a table is checked over its segments, with an example value for each.
Strings, numbers, booleans, dates, times and durations are understood; a cell with any other expression is opaque: what
depends on it is not judged. Null may come in, but a gap for null alone is none. Predefined values of a column
(`inputValues`) limit what counts.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cmp_to_key
from typing import NamedTuple
from zoneinfo import ZoneInfo

from service import feel
from service.dmn.boxed.decision_table import Table
from service.dmn.model import Decision, DecisionTable, HitPolicy, Model, Rule
from service.errors import Finding, Severity
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


class Segment(NamedTuple):
    example: str  # a value of the segment as FEEL text
    rows: Rows  # the rules whose cell its values pass
    is_null: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    segments: tuple[Segment, ...]
    texts: tuple[str, ...]  # cells by rule
    opaque: Rows  # rules whose cell is not understood; their bits are set in every segment


class _TooMuch(Exception):
    """The table needs more steps than one may take."""


def check(model: Model) -> tuple[Finding, ...]:
    """The warnings of all tables that are a decision's own logic."""
    found: list[Finding] = []
    for decision in model.decisions:
        if isinstance(decision.logic, Table):
            found.extend(_check(model, decision, decision.logic))
    return tuple(found)


def _check(model: Model, decision: Decision, logic: Table) -> Iterator[Finding]:
    table = logic.display
    columns = [_column(table, logic, position) for position in range(len(table.inputs))]

    def warn(code: str, at: Rule | None, **facts: object) -> Finding:
        element, line = (at.id, at.line) if at else (table.id or decision.id, decision.line)
        return Finding(code, Severity.WARNING, model.file, element, decision.name, "rule", line, facts)

    if table.annotations:
        for rule in table.rules:
            if not rule.annotations:
                yield warn("dmn_rule_without_annotation", rule, rule=rule.index)
    if not columns or not table.rules:
        return
    for first, second, example in itertools.islice(_overlaps(table, columns), MAXIMUM_OVERLAPS):
        facts = {"rules": [first.index, second.index], "example": example}
        if table.hit_policy is HitPolicy.UNIQUE:
            yield warn("dmn_rules_overlap", second, **facts)
        elif table.hit_policy is HitPolicy.ANY and first.outputs != second.outputs:
            yield warn("dmn_rules_overlap_any", second, **facts)
    yield from (warn("dmn_rule_unreachable", rule, rule=rule.index, **facts) for rule, facts in _idle(table, columns))
    if table.hit_policy.is_single and logic.defaults is None:
        yield from (warn("dmn_table_gap", None, example=example) for example in _gaps(table, columns))


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
    samples = _allowed(_samples(named), shown.allowed)
    segments: dict[Rows, Segment] = {}
    for sample in (*samples, None):
        rows = column.index.rows(sample) if column.index else None
        if rows is None:
            rows = sum(1 << row for row, part in enumerate(parts) if part.opaque or part.passes(sample))
        segments.setdefault(rows, Segment(_shown(sample), rows, sample is None))
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


def _samples(named: Sequence[feel.Value]) -> list[feel.Value]:
    """One value of each segment: the named ones, those between and beyond them, and a string that nothing names."""
    samples: list[feel.Value] = []
    if any(isinstance(one, bool) for one in named):
        samples += [True, False]
    texts = list(dict.fromkeys(one for one in named if isinstance(one, str)))
    if texts:
        samples += [*texts, _other(texts)]
    for kind in _ORDERED:
        points = [one for one in named if isinstance(one, kind)]
        if points:
            samples += _between(points)
    return samples or ["…"]


def _other(texts: Sequence[str]) -> str:
    return next(one for one in itertools.chain(["…"], (f"…{n}" for n in itertools.count())) if one not in texts)


def _between(points: Sequence[feel.Value]) -> list[feel.Value]:
    """The points in order, with a value before, between and after them where there is one."""
    ordered: list[feel.Value] = []
    for point in sorted(points, key=cmp_to_key(_order)):
        if not ordered or feel.equal(ordered[-1], point) is not True:
            ordered.append(point)
    samples: list[feel.Value] = [_beyond(ordered[0], -1)]
    for low, high in itertools.pairwise(ordered):
        samples += [low, _middle(low, high)]
    samples += [ordered[-1], _beyond(ordered[-1], 1)]
    return [sample for sample in samples if sample is not None]


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
    return _calculate(f"low {'+' if sign > 0 else '-'} {_STEPS[type(point)]}", point, point)


def _middle(low: feel.Value, high: feel.Value) -> feel.Value:
    """A value between two points; a whole number or the next moment where that is one."""
    following = _beyond(low, 1)
    if feel.compare(following, high) == -1:
        return following
    return _calculate("(low + high) / 2", low, high) if isinstance(low, Decimal) else None


def _calculate(text: str, low: feel.Value, high: feel.Value) -> feel.Value:
    return feel.parse(text).evaluate({"low": low, "high": high}, _ENVIRONMENT).value


def _shown(value: feel.Value) -> str:
    return f'"{value}"' if isinstance(value, str) else feel.string(value)


# Checks ------------------------------------------------------------------------------------------------------------


def _overlaps(table: DecisionTable, columns: Sequence[Column]) -> Iterator[tuple[Rule, Rule, str]]:
    """Pairs of rules that match the same input."""
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
            example = _common(columns, bit | lowest)
            if example is not None:
                yield first, table.rules[lowest.bit_length() - 1], example


def _common(columns: Sequence[Column], both: Rows) -> str | None:
    """An input that two rules take; None where there is none or it cannot be told."""
    parts: list[str] = []
    for column in columns:
        opaque = column.opaque & both
        if opaque:
            texts = {text for row, text in enumerate(column.texts) if both >> row & 1 and text not in {"", "-"}}
            if len(texts) > 1:
                return None
            parts.append(f"{column.label} {next(iter(texts))}")
            continue
        segment = next((one for one in column.segments if one.rows & both == both), None)
        if segment is None:
            return None
        parts.append(f"{column.label} = {segment.example}")
    return ", ".join(parts)


def _idle(table: DecisionTable, columns: Sequence[Column]) -> Iterator[tuple[Rule, dict[str, object]]]:
    """Rules that never match, and under FIRST those that an earlier rule always precedes."""
    for rule in table.rules:
        bit = 1 << rule.index - 1
        failing = next((column for column in columns if not any(one.rows & bit for one in column.segments)), None)
        if failing is not None:
            yield rule, {"why": f"{failing.label}: {rule.inputs[list(columns).index(failing)]}"}
        elif table.hit_policy is HitPolicy.FIRST and not any(column.opaque & (bit - 1 | bit) for column in columns):
            own = [tuple(one for one in column.segments if one.rows & bit) for column in columns]
            try:
                if not _uncovered(own, bit - 1, 1):
                    yield rule, {"why": "FIRST"}
            except _TooMuch:
                return


def _gaps(table: DecisionTable, columns: Sequence[Column]) -> list[str]:
    """Inputs that no rule takes, as examples."""
    if any(column.opaque for column in columns):
        return []
    try:
        given = [tuple(one for one in column.segments if not one.is_null) for column in columns]
        found = _uncovered(given, (1 << len(table.rules)) - 1, MAXIMUM_EXAMPLES)
    except _TooMuch:
        return []
    return [
        ", ".join(f"{column.label} = {example}" for column, example in zip(columns, examples, strict=True))
        for examples in found
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
