"""Which rules of a table match: columns of constants are answered by look-up, a bit a rule, only the rest cell by cell.

A column whose cells all test against strings, all against numbers or all against booleans becomes an index from the
value to the set of rules whose cell it passes. A value of another kind, null for one, goes through the cells
themselves, which know what that means and note why. The answer is the same either way; tests/dmn/test_matching.py
compares them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, Protocol

from service import feel
from service.dmn.model import Run
from service.dmn.reading import Tests
from service.feel import syntax

# Beyond so many bits an index of numbers costs more than it saves.
_MAXIMUM_NUMBER_INDEX = 2_000_000

Rows = int  # a set of rows, one bit each, the first row lowest
Cells = Sequence[Tests | None]  # of one column; None takes anything


class Index(Protocol):
    def rows(self, value: feel.Value) -> Rows | None:
        """The rows whose cell the value passes; None where the index cannot tell."""


@dataclass(frozen=True, slots=True)
class _ValueIndex:
    kind: type
    known: Mapping[object, Rows]
    other: Rows

    def rows(self, value: feel.Value) -> Rows | None:
        if type(value) is not self.kind:
            return None
        return self.known.get(value, self.other)


@dataclass(frozen=True, slots=True)
class _NumberIndex:
    points: tuple[Decimal, ...]
    segments: tuple[Rows, ...]  # before the first point, at it, between it and the next, ...

    def rows(self, value: feel.Value) -> Rows | None:
        if type(value) is not Decimal:
            return None
        points = self.points
        at = bisect_left(points, value)
        return self.segments[2 * at + (at < len(points) and points[at] == value)]


@dataclass(frozen=True, slots=True)
class Column:
    cells: Cells
    index: Index | None


@dataclass(frozen=True, slots=True)
class Matcher:
    """The condition side of a table."""

    columns: tuple[tuple[int, Column], ...]  # position and column, in order; those that take anything left out
    all_rows: Rows

    def column(self, position: int, count: int) -> Column:
        """The column at a position, of so many rows."""
        return next((column for at, column in self.columns if at == position), Column([None] * count, None))

    def can_match(self, row: int) -> bool:
        return bool(self.all_rows >> row & 1)

    def match(self, values: Sequence[feel.Value], scope: Mapping[str, feel.Value], run: Run, first: bool) -> list[int]:
        """The matching rows in order; with `first` the first one only."""
        rows, slow = self.all_rows, []
        for position, column in self.columns:
            known = column.index.rows(values[position]) if column.index is not None else None
            if known is None:
                slow.append((position, column))
            else:
                rows &= known
                if not rows:
                    return []
        matching: list[int] = []
        while rows:
            lowest = rows & -rows
            rows ^= lowest
            row = lowest.bit_length() - 1
            for position, column in slow:
                cell = column.cells[row]
                if cell is not None and not cell.passes(values[position], scope, run):
                    break
            else:
                matching.append(row)
                if first:
                    break
        return matching

    def explain(
        self, values: Sequence[feel.Value], scope: Mapping[str, feel.Value], run: Run, first: bool
    ) -> tuple[list[int], list[tuple[int, int]]]:
        """The matching rows, and of those that do not match row and first failing column."""
        known = [
            (position, column, column.index.rows(values[position]) if column.index is not None else None)
            for position, column in self.columns
        ]
        matching: list[int] = []
        missed: list[tuple[int, int]] = []
        for row in range(self.all_rows.bit_length()):
            if not self.can_match(row):
                continue
            for position, column, rows in known:
                cell = column.cells[row]
                if cell is None:
                    continue
                if not (cell.passes(values[position], scope, run) if rows is None else rows >> row & 1):
                    missed.append((row, position))
                    break
            else:
                matching.append(row)
                if first:
                    break
        return matching, missed

    def outcomes(
        self, values: Sequence[feel.Value], scope: Mapping[str, feel.Value], run: Run, count: int
    ) -> list[list[bool | None]]:
        """Of each rule what each cell says; None where it takes anything. A rule that cannot match has only False."""
        table: list[list[bool | None]] = []
        for row in range(count):
            outcomes: list[bool | None] = [None] * len(values)
            for position, column in self.columns:
                cell = column.cells[row]
                if cell is not None:
                    outcomes[position] = cell.passes(values[position], scope, run)
            table.append(outcomes if self.can_match(row) else [False] * len(values))
        return table


def build(columns: Sequence[Cells], rows: Iterable[bool]) -> Matcher:
    """The matcher of a table by its columns; `rows` says which of the rules can match at all."""
    used = (
        (position, Column(cells, _index(cells)))
        for position, cells in enumerate(columns)
        if any(cell is not None for cell in cells)
    )
    return Matcher(tuple(used), _bits(rows))


def _bits(flags: Iterable[bool]) -> Rows:
    return sum(1 << row for row, flag in enumerate(flags) if flag)


def _index(cells: Cells) -> Index | None:
    """The index of a column; None where a cell holds more than constants of one kind."""
    trees: list[tuple[int, syntax.Tests]] = []
    for row, cell in enumerate(cells):
        if cell is not None:
            if cell.tests is None or cell.tests.is_any:
                return None
            trees.append((row, cell.tests.tree))
    anything = _bits(cell is None for cell in cells)
    for kind in (str, bool):
        if all(
            isinstance(test, syntax.Literal) and type(test.value) is kind for _, tree in trees for test in tree.tests
        ):
            return _value_index(kind, trees, anything)
    intervals = [(row, tree.negated, [_interval(test) for test in tree.tests]) for row, tree in trees]
    known = [(row, negated, [one for one in found if one]) for row, negated, found in intervals if all(found)]
    return _number_index(known, anything) if len(known) == len(intervals) else None


def _value_index(kind: type, trees: Sequence[tuple[int, syntax.Tests]], anything: Rows) -> Index:
    other = anything  # rows that a value passes which stands in no cell
    passing: dict[object, Rows] = {}
    refusing: dict[object, Rows] = {}
    for row, tree in trees:
        bit = 1 << row
        if tree.negated:
            other |= bit
        listed = refusing if tree.negated else passing
        for test in tree.tests:
            if isinstance(test, syntax.Literal):
                listed[test.value] = listed.get(test.value, 0) | bit
    known = {value: (other | passing.get(value, 0)) & ~refusing.get(value, 0) for value in (*passing, *refusing)}
    return _ValueIndex(kind, known, other)


class _Interval(NamedTuple):
    """Numbers between two ends; an end that is None is infinite."""

    start: Decimal | None
    start_included: bool
    end: Decimal | None
    end_included: bool

    def holds(self, position: int, positions: Mapping[Decimal, int]) -> bool:
        """Whether a segment lies inside; segment numbers are those of `_NumberIndex`."""
        if self.start is not None:
            first = positions[self.start]
            if position < first or (position == first and not self.start_included):
                return False
        if self.end is not None:
            last = positions[self.end]
            if position > last or (position == last and not self.end_included):
                return False
        return True


def _interval(test: syntax.Node) -> _Interval | None:
    """The numbers that a test lets pass; None where it is no constant test of numbers."""
    match test:
        case syntax.Literal(value=Decimal() as value):
            return _Interval(value, True, value, True)
        case syntax.Negative(operand=syntax.Literal(value=Decimal() as value)):
            return _Interval(-value, True, -value, True)
        case syntax.UnaryComparison(operator=operator, operand=operand):
            bound = _number(operand)
            if bound is None or operator not in {"<", "<=", ">", ">=", "="}:
                return None
            if operator == "=":
                return _Interval(bound, True, bound, True)
            included = operator in {"<=", ">="}
            return (
                _Interval(None, False, bound, included) if "<" in operator else _Interval(bound, included, None, False)
            )
        case syntax.RangeLiteral(first=first, last=last, start_included=start_included, end_included=end_included):
            start, end = _number(first), _number(last)
            if start is None or end is None or start > end:
                return None
            return _Interval(start, start_included, end, end_included)
    return None


def _number(node: syntax.Node) -> Decimal | None:
    match node:
        case syntax.Literal(value=Decimal() as value):
            return value
        case syntax.Negative(operand=syntax.Literal(value=Decimal() as value)):
            return -value
    return None


def _number_index(cells: Sequence[tuple[int, bool, list[_Interval]]], anything: Rows) -> Index | None:
    ends = {end for _, _, intervals in cells for one in intervals for end in (one.start, one.end) if end is not None}
    points = tuple(sorted(ends))
    if (2 * len(points) + 1) * len(cells) > _MAXIMUM_NUMBER_INDEX:
        return None
    positions = {point: 2 * number + 1 for number, point in enumerate(points)}
    segments = []
    for position in range(2 * len(points) + 1):
        rows = anything
        for row, negated, intervals in cells:
            if any(one.holds(position, positions) for one in intervals) is not negated:
                rows |= 1 << row
        segments.append(rows)
    return _NumberIndex(points, tuple(segments))
