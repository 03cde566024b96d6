"""A decision table that leaves cases open, whose rules overlap though they may not, or that has rules without effect.

Wrong: hit policy UNIQUE, where `"yes"` in the first column meets two rules: the decision fails for such a case. Or a
table without a rule for `"unknown"`: the result is null.
Right: rules that exclude one another, and one rule for each case or a last one for all others.

Only tables whose cells can be tried out are looked at: constants, lists, ranges, `not(...)`. The values tried are the
predefined ones of a column, else the constants in its cells and what lies between and beyond them. Null, and fractions
between whole numbers, are tried only to see whether a rule can come to bear, since many a table is never given one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, Decimal
from zoneinfo import ZoneInfo

from service import feel
from service.dmn import Decision, DecisionTable, HitPolicy, Model
from service.errors import Finding, Severity
from service.feel import Value
from service.lint.deployment import Deployment

MOST_STATES = 20_000  # different sets of rules that are left over after some columns

# Cells that are constants do not look at the clock.
_ENVIRONMENT = feel.Environment(now=datetime(2000, 1, 1, tzinfo=UTC), zone=ZoneInfo("UTC"))
_ANY = frozenset({"", "-"})


def check(deployment: Deployment) -> Iterator[Finding]:
    """Return warnings for cases without rule, overlapping rules and rules that never come to bear, with an example."""
    for model in deployment.models:
        for decision in model.decisions:
            if decision.table is not None and decision.table.rules:
                yield from _check(model, decision, decision.table)


@dataclass(frozen=True, slots=True)
class _Column:
    values: Sequence[Value]
    unusual: frozenset[int]  # positions of values that need no rule
    hits: Sequence[int]  # for each value the rules whose cell it passes, as bits


@dataclass
class _Coverage:
    """What trying all cases has shown; rules are bits, the first rule the lowest."""

    effective: int = 0  # rules that come to bear in some case
    gap: tuple[Value, ...] | None = None  # a case without rule
    overlaps: dict[int, tuple[Value, ...]] = field(default_factory=dict)  # rules that match together, with a case


def _check(model: Model, decision: Decision, table: DecisionTable) -> Iterator[Finding]:
    columns = []
    for number in range(len(table.inputs)):
        column = _column(table, number)
        if column is None:
            return
        columns.append(column)
    coverage = _tried(columns, table)
    if coverage is None:
        return
    if coverage.gap is not None and table.hit_policy.is_single and not any(output.default for output in table.outputs):
        yield _finding(model, decision, "lint_table_gap", example=_shown(table, coverage.gap))
    if table.hit_policy is HitPolicy.UNIQUE:
        for hits, case in coverage.overlaps.items():
            rules = [rule.index for position, rule in enumerate(table.rules) if hits >> position & 1]
            yield _finding(
                model,
                decision,
                "lint_table_overlap",
                rules=", ".join(map(str, rules)),
                example=_shown(table, case),
            )
    idle = [rule.index for position, rule in enumerate(table.rules) if not coverage.effective >> position & 1]
    if idle:
        yield _finding(model, decision, "lint_rule_without_effect", rules=", ".join(map(str, idle)))


def _tried(columns: Sequence[_Column], table: DecisionTable) -> _Coverage | None:
    """Try all combinations, column by column; None if there are too many to tell.

    What the columns to come can still do depends only on the rules left, so each set of rules is followed once in each
    column.
    """
    coverage = _Coverage()
    first_only = table.hit_policy is HitPolicy.FIRST
    level: dict[tuple[int, bool], tuple[Value, ...]] = {((1 << len(table.rules)) - 1, False): ()}
    for column in columns:
        following: dict[tuple[int, bool], tuple[Value, ...]] = {}
        for (rules, unusual), case in level.items():
            for position, (value, hits) in enumerate(zip(column.values, column.hits, strict=True)):
                key = (rules & hits, unusual or position in column.unusual)
                following.setdefault(key, (*case, value))
        if len(following) > MOST_STATES:
            return None
        level = following
    for (rules, unusual), case in level.items():
        coverage.effective |= rules & -rules if first_only else rules
        if unusual:
            continue
        if rules == 0 and coverage.gap is None:
            coverage.gap = case
        if rules & (rules - 1):
            coverage.overlaps[rules] = case
    return coverage


def _column(table: DecisionTable, number: int) -> _Column | None:
    """The values to try in a column; None where a cell depends on more than its input."""
    cells: list[feel.UnaryTests | None] = []
    for rule in table.rules:
        text = rule.inputs[number].strip()
        try:
            test = None if text in _ANY else feel.parse_unary_tests(text)
        except feel.FeelSyntaxError:
            return None
        if test is not None and test.names:
            return None
        cells.append(test)
    texts = [rule.inputs[number] for rule in table.rules]
    usual = _values(table.inputs[number].allowed, table.inputs[number].type_name, texts)
    extra = _fractions(usual)
    values: list[Value] = [*usual, *extra, None]
    hits = [
        sum(
            1 << position
            for position, test in enumerate(cells)
            if test is None or test.test(value, {}, _ENVIRONMENT).value is True
        )
        for value in values
    ]
    return _Column(values, frozenset(range(len(usual), len(values))), hits)


def _values(allowed: str, type_name: str | None, texts: Sequence[str]) -> list[Value]:
    if type_name == "boolean":
        return [True, False]
    constants = _constants(allowed)
    if constants:
        return constants
    found = [constant for text in texts for constant in _constants(text)]
    numbers = sorted({constant for constant in found if isinstance(constant, Decimal)})
    if numbers:
        between = [(low + high) / 2 for low, high in itertools.pairwise(numbers)]
        if all(number == number.to_integral_value() for number in numbers):
            between = [middle.to_integral_value(ROUND_FLOOR) for middle in between]
        return list(dict.fromkeys([*numbers, *between, numbers[0] - 1, numbers[-1] + 1]))
    others: list[Value] = [constant for constant in dict.fromkeys(str(item) for item in found)]
    return [*others, "\N{HORIZONTAL ELLIPSIS}"]


def _fractions(values: Sequence[Value]) -> list[Value]:
    """What lies between neighbouring whole numbers; nothing for other values."""
    numbers = sorted(value for value in values if isinstance(value, Decimal))
    return [(low + high) / 2 for low, high in itertools.pairwise(numbers) if high - low == 1]


def _constants(text: str) -> list[Value]:
    """The texts and numbers written in a cell; signs and brackets do not matter, for what lies between is tried too."""
    found: list[Value] = []
    rest = text
    while '"' in rest:
        before, _, after = rest.partition('"')
        inside, _, rest = after.partition('"')
        found.extend(_numbers(before))
        found.append(inside)
    found.extend(_numbers(rest))
    return found


def _numbers(text: str) -> Iterator[Value]:
    for sign in "[](),<>=!":
        text = text.replace(sign, " ")
    for word in text.replace("..", " ").split():
        try:
            yield Decimal(word)
        except ArithmeticError:
            continue


def _shown(table: DecisionTable, case: Sequence[Value]) -> str:
    pairs = zip(table.inputs, case, strict=True)
    return ", ".join(f"{column.label or column.expression} = {feel.string(value)}" for column, value in pairs)


def _finding(model: Model, decision: Decision, code: str, **facts: object) -> Finding:
    return Finding(
        code, Severity.WARNING, model.file, decision.id, decision.name or None, "decisionTable", decision.line, facts
    )
