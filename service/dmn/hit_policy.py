"""Hit policies: one result from the outputs of the rules that match. DMN 1.5, 8.2.8 and 8.2.9.

COLLECT without a hit is an empty list; its COUNT is 0, its SUM, MIN and MAX are null, as FEEL's functions over an empty
list. The other lists are empty, single results null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from service import feel
from service.dmn.model import Aggregation, DecisionTable, HitPolicy, Run

Outputs = tuple[feel.Value, ...]  # of one rule, by column


class Hit(NamedTuple):
    """A rule that matches."""

    number: int  # of the rule, 1-based
    outputs: Outputs


@dataclass(frozen=True, slots=True)
class Hits:
    """What a policy has to work on."""

    table: DecisionTable
    ranks: tuple[tuple[feel.Value, ...], ...]  # predefined values of each output column, best first
    hits: Sequence[Hit]
    run: Run


def apply(hits: Hits) -> feel.Value:
    """The table's result for at least one hit."""
    return _POLICIES[hits.table.hit_policy](hits)


def without_hit(table: DecisionTable, default: Outputs | None, run: Run) -> feel.Value:
    """The table's result when no rule matches; `default` holds the default outputs where a column has one."""
    aggregation = table.aggregation if table.hit_policy is HitPolicy.COLLECT else None
    if default is not None:
        value = compose(table, default)
        return value if table.hit_policy.is_single or aggregation else [value]
    if table.hit_policy.is_single:
        return None
    return _aggregate(aggregation, [], run) if aggregation else []


def compose(table: DecisionTable, outputs: Outputs) -> feel.Value:
    """One output is the value, several make a context by output name."""
    if len(outputs) == 1:
        return outputs[0]
    return {column.name: value for column, value in zip(table.outputs, outputs, strict=True)}


def _unique(hits: Hits) -> feel.Value:
    if len(hits.hits) > 1:
        _violation("dmn_unique_violated", hits)
        return None
    return compose(hits.table, hits.hits[0].outputs)


def _first(hits: Hits) -> feel.Value:
    return compose(hits.table, hits.hits[0].outputs)


def _any(hits: Hits) -> feel.Value:
    first, *others = (list(hit.outputs) for hit in hits.hits)
    if any(feel.equal(first, other) is not True for other in others):
        _violation("dmn_any_violated", hits)
        return None
    return compose(hits.table, hits.hits[0].outputs)


def _priority(hits: Hits) -> feel.Value:
    return compose(hits.table, _by_rank(hits)[0].outputs)


def _output_order(hits: Hits) -> feel.Value:
    return [compose(hits.table, hit.outputs) for hit in _by_rank(hits)]


def _rule_order(hits: Hits) -> feel.Value:
    return [compose(hits.table, hit.outputs) for hit in hits.hits]


def _collect(hits: Hits) -> feel.Value:
    values = [compose(hits.table, hit.outputs) for hit in hits.hits]
    if hits.table.aggregation is None:
        return values
    result = _aggregate(hits.table.aggregation, values, hits.run)
    if result is None:
        _violation("dmn_aggregation_failed", hits, aggregation=str(hits.table.aggregation))
    return result


_POLICIES: Mapping[HitPolicy, Callable[[Hits], feel.Value]] = {
    HitPolicy.UNIQUE: _unique,
    HitPolicy.FIRST: _first,
    HitPolicy.ANY: _any,
    HitPolicy.PRIORITY: _priority,
    HitPolicy.COLLECT: _collect,
    HitPolicy.RULE_ORDER: _rule_order,
    HitPolicy.OUTPUT_ORDER: _output_order,
}


def _aggregate(aggregation: Aggregation, values: list[feel.Value], run: Run) -> feel.Value:
    return _FUNCTIONS[aggregation].run({"values": values}, run.feel)


_FUNCTIONS: Mapping[Aggregation, feel.Expression] = {
    Aggregation.SUM: feel.parse("sum(values)"),
    Aggregation.MIN: feel.parse("min(values)"),
    Aggregation.MAX: feel.parse("max(values)"),
    Aggregation.COUNT: feel.parse("count(values)"),
}


def _by_rank(hits: Hits) -> list[Hit]:
    """The hits, those with the better outputs first; a value that is not predefined comes last."""

    def key(hit: Hit) -> tuple[int, ...]:
        return tuple(_rank(value, ranks) for value, ranks in zip(hit.outputs, hits.ranks, strict=True) if ranks)

    return sorted(hits.hits, key=key)


def _rank(value: feel.Value, ranks: tuple[feel.Value, ...]) -> int:
    return next((rank for rank, known in enumerate(ranks) if feel.equal(value, known) is True), len(ranks))


def _violation(code: str, hits: Hits, **facts: object) -> None:
    hits.run.fail(
        code,
        table_id=hits.table.id,
        rules=[hit.number for hit in hits.hits],
        rule_ids=[hits.table.rules[hit.number - 1].id for hit in hits.hits],
        values=[feel.string(compose(hits.table, hit.outputs)) for hit in hits.hits],
        **facts,
    )
