"""A decision table: input columns, rules, outputs and a hit policy. DMN 1.5, 8.

Declared types of columns are for people and for the Modeler's editors; as in Camunda they are not enforced on cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from service import feel
from service.dmn import hit_policy, item_definitions, matching
from service.dmn.model import Aggregation, DecisionTable, HitPolicy, InputColumn, OutputColumn, Rule, Run
from service.dmn.reading import (
    Element,
    Names,
    Reading,
    Tests,
    Text,
    all_text,
    child,
    children,
    empty,
    line_of,
    name_of,
    text_of,
    type_name,
)
from service.dmn.trace import InputValue, MatchedRule, OutputValue, RuleNotMatched, TableTrace
from service.feel.types import ANY, Type

# Column of the Modeler's own annotations, which it keeps in a rule's description.
DESCRIPTION = "description"

_HIT_POLICY_LETTERS = {
    "U": "UNIQUE",
    "F": "FIRST",
    "A": "ANY",
    "P": "PRIORITY",
    "C": "COLLECT",
    "R": "RULE ORDER",
    "O": "OUTPUT ORDER",
}


@dataclass(frozen=True, slots=True)
class Table:
    kind: ClassVar[str] = "decisionTable"
    display: DecisionTable
    inputs: tuple[Text, ...]
    matcher: matching.Matcher
    outputs: tuple[tuple[Text, ...], ...]  # by row
    defaults: tuple[Text, ...] | None
    ranks: tuple[tuple[feel.Value, ...], ...]
    first_only: bool
    is_single: bool
    type: Type = ANY

    def evaluate(self, scope: Mapping[str, feel.Value], run: Run) -> feel.Value:
        return self.decide(scope, run, None)

    def decide(self, scope: Mapping[str, feel.Value], run: Run, trace: TableTrace | None) -> feel.Value:
        """The table's value; what happened to each rule goes into the trace where one is given."""
        return run.coerce(self._decide(scope, run, trace), self.type, self.display.id)

    def _decide(self, scope: Mapping[str, feel.Value], run: Run, trace: TableTrace | None) -> feel.Value:
        values = [expression.evaluate(scope, run) for expression in self.inputs]
        missed: list[tuple[int, int]] = []
        if trace is None:
            rows = self.matcher.match(values, scope, run, self.first_only)
        elif trace.wants_cells:
            rows, missed = self._test_all(trace, values, scope, run)
        else:
            rows, missed = self.matcher.explain(values, scope, run, self.first_only)
        hits = [
            hit_policy.Hit(row + 1, tuple([cell.evaluate(scope, run) for cell in self.outputs[row]])) for row in rows
        ]
        if trace is not None:
            self._record(trace, values, hits, missed)
        if self.is_single and len(hits) == 1:
            return hit_policy.compose(self.display, hits[0].outputs)
        if hits:
            return hit_policy.apply(hit_policy.Hits(self.display, self.ranks, hits, run))
        default = tuple([cell.evaluate(scope, run) for cell in self.defaults]) if self.defaults else None
        return hit_policy.without_hit(self.display, default, run)

    def _test_all(
        self, trace: TableTrace, values: list[feel.Value], scope: Mapping[str, feel.Value], run: Run
    ) -> tuple[list[int], list[tuple[int, int]]]:
        """Like `Matcher.explain`, but with the outcome of every cell in the trace."""
        outcomes = self.matcher.outcomes(values, scope, run, len(self.display.rules))
        trace.cells = tuple(map(tuple, outcomes))
        missed = [(row, cells.index(False)) for row, cells in enumerate(outcomes) if False in cells]
        rows = [row for row, cells in enumerate(outcomes) if False not in cells and self.matcher.can_match(row)]
        return rows[:1] if self.first_only else rows, missed

    def _record(
        self,
        trace: TableTrace,
        values: list[feel.Value],
        hits: list[hit_policy.Hit],
        missed: list[tuple[int, int]],
    ) -> None:
        columns, rules = self.display.inputs, self.display.rules
        trace.inputs = tuple(
            InputValue(column.id, column.label, value) for column, value in zip(columns, values, strict=True)
        )
        trace.matched = tuple(
            MatchedRule(
                rules[hit.number - 1].id,
                hit.number,
                tuple(
                    OutputValue(column.id, column.name or column.label, value)
                    for column, value in zip(self.display.outputs, hit.outputs, strict=True)
                ),
                rules[hit.number - 1].annotations,
            )
            for hit in hits
        )
        trace.not_matched = tuple(
            RuleNotMatched(rules[row].id, row + 1, columns[at].id, columns[at].label, rules[row].inputs[at], values[at])
            for row, at in missed
        )


def read(element: Element, names: Names, reading: Reading) -> Table:
    inputs = [(_input_column(column), column) for column in children(element, "input")]
    outputs = [(_output_column(column), column) for column in children(element, "output")]
    annotations = tuple(
        name_of(column) or f"annotation {position}"
        for position, column in enumerate(children(element, "annotation"), start=1)
    )
    rows = _rules(element, annotations, len(inputs), len(outputs), names, reading)
    if any(DESCRIPTION in rule.annotations for rule in rows.display):
        annotations = (*annotations, DESCRIPTION)
    table = DecisionTable(
        id=element.get("id") or "",
        hit_policy=_hit_policy(element, reading),
        aggregation=_aggregation(element, reading),
        inputs=tuple(column for column, _ in inputs),
        outputs=tuple(column for column, _ in outputs),
        annotations=annotations,
        rules=rows.display,
    )
    ranks = tuple(_ranks(column, node, names, reading) for column, node in outputs)
    _check_outputs(table, element, ranks, reading)
    return Table(
        display=table,
        inputs=tuple(_input_expression(node, names, reading) for _, node in inputs),
        matcher=rows.matcher(len(inputs)),
        outputs=rows.outputs,
        defaults=_defaults([node for _, node in outputs], names, reading),
        ranks=ranks,
        first_only=table.hit_policy is HitPolicy.FIRST,
        is_single=table.hit_policy.is_single,
        type=reading.type(element),
    )


def _input_column(column: Element) -> InputColumn:
    expression = child(column, "inputExpression")
    text = text_of(expression)
    return InputColumn(
        id=column.get("id") or "",
        label=column.get("label") or text,
        expression=text,
        type_name=type_name(expression) if expression is not None else None,
        allowed=text_of(child(column, "inputValues")),
    )


def _output_column(column: Element) -> OutputColumn:
    name = name_of(column)
    return OutputColumn(
        id=column.get("id") or "",
        name=name,
        label=column.get("label") or name,
        type_name=type_name(column),
        allowed=text_of(child(column, "outputValues")),
        default=text_of(child(column, "defaultOutputEntry")),
    )


def _input_expression(column: Element, names: Names, reading: Reading) -> Text:
    expression = child(column, "inputExpression")
    if expression is None or not text_of(expression):
        reading.find("dmn_input_expression_missing", column, "inputExpression")
        return empty(column)
    return reading.text(expression, names, "inputExpression")


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rules of a table, for people and compiled."""

    display: tuple[Rule, ...]
    readable: tuple[bool, ...]  # a rule that cannot be read never matches
    tests: tuple[tuple[Tests | None, ...], ...]  # by row; empty for a rule that cannot be read
    outputs: tuple[tuple[Text, ...], ...]

    def matcher(self, columns: int) -> matching.Matcher:
        by_column = [[cells[column] if cells else None for cells in self.tests] for column in range(columns)]
        return matching.build(by_column, self.readable)


def _rules(
    element: Element, annotations: tuple[str, ...], inputs: int, outputs: int, names: Names, reading: Reading
) -> _Rows:
    display: list[Rule] = []
    readable: list[bool] = []
    compiled: list[tuple[Tests | None, ...]] = []
    results: list[tuple[Text, ...]] = []
    for index, rule in enumerate(children(element, "rule"), start=1):
        tests = list(children(rule, "inputEntry"))
        values = list(children(rule, "outputEntry"))
        readable.append((len(tests), len(values)) == (inputs, outputs))
        if not readable[-1]:
            reading.find(
                "dmn_rule_length", rule, "rule", row=index,
                inputs=len(tests), outputs=len(values), wanted_inputs=inputs, wanted_outputs=outputs,
            )  # fmt: skip
            tests, values = [], []
        display.append(
            Rule(
                id=rule.get("id") or f"rule {index}",
                index=index,
                inputs=tuple(map(text_of, tests)) or ("",) * inputs,
                outputs=tuple(map(text_of, values)) or ("",) * outputs,
                annotations=_annotations(rule, annotations),
                line=line_of(rule),
            )
        )
        compiled.append(tuple(reading.tests(cell, names, "inputEntry") for cell in tests))
        results.append(tuple(_output(cell, names, reading) for cell in values))
    return _Rows(tuple(display), tuple(readable), tuple(compiled), tuple(results))


def _output(cell: Element, names: Names, reading: Reading) -> Text:
    """An output cell; an empty one, or the Modeler's `-`, is null."""
    if text_of(cell) in {"", "-"}:
        return empty(cell)
    return reading.text(cell, names, "outputEntry")


def _annotations(rule: Element, columns: tuple[str, ...]) -> dict[str, str]:
    texts = [text_of(entry) for entry in children(rule, "annotationEntry")]
    named = {
        columns[position] if position < len(columns) else f"annotation {position + 1}": text
        for position, text in enumerate(texts)
        if text
    }
    if description := all_text(child(rule, "description")):
        named[DESCRIPTION] = description
    return named


def _defaults(columns: list[Element], names: Names, reading: Reading) -> tuple[Text, ...] | None:
    entries = [child(column, "defaultOutputEntry") for column in columns]
    if not any(entry is not None and text_of(entry) for entry in entries):
        return None
    return tuple(
        _output(entry, names, reading) if entry is not None else empty(column)
        for entry, column in zip(entries, columns, strict=True)
    )


def _hit_policy(element: Element, reading: Reading) -> HitPolicy:
    written = (element.get("hitPolicy") or "UNIQUE").strip()
    name = _HIT_POLICY_LETTERS.get(written, written)
    if name not in {known.value for known in HitPolicy}:
        reading.find("dmn_hit_policy_unknown", element, "hitPolicy", hit_policy=written)
        return HitPolicy.UNIQUE
    return HitPolicy(name)


def _aggregation(element: Element, reading: Reading) -> Aggregation | None:
    written = (element.get("aggregation") or "").strip()
    if not written:
        return None
    if written not in {known.value for known in Aggregation}:
        reading.find("dmn_aggregation_unknown", element, "aggregation", aggregation=written)
        return None
    return Aggregation(written)


def _ranks(column: OutputColumn, node: Element, names: Names, reading: Reading) -> tuple[feel.Value, ...]:
    """The column's predefined values in order; those of its type where it has none of its own."""
    text = column.allowed or reading.allowed_values.get(column.type_name or "", "")
    return tuple(item_definitions.ordered_values(text, names | reading.member_names))


def _check_outputs(
    table: DecisionTable, element: Element, ranks: tuple[tuple[feel.Value, ...], ...], reading: Reading
) -> None:
    if not table.outputs:
        reading.find("dmn_output_missing", element, "output")
    if len(table.outputs) > 1:
        output_nodes = children(element, "output")
        for column, node in zip(table.outputs, output_nodes, strict=True):
            if not column.name:
                reading.find("dmn_output_without_name", node, "name")
            elif sum(other.name == column.name for other in table.outputs) > 1:
                reading.find("dmn_name_twice", node, "name", name=column.name)
        if table.hit_policy is HitPolicy.COLLECT and table.aggregation not in {None, Aggregation.COUNT}:
            reading.find("dmn_aggregation_of_several", element, "aggregation", aggregation=str(table.aggregation))
    if table.hit_policy in {HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER} and not any(ranks):
        reading.find("dmn_priority_without_values", element, "outputValues", hit_policy=str(table.hit_policy))
