"""Why a decision has its value: the whole evaluation as a structure, and as sentences for the message catalogues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from service import feel
from service.dmn.boxed.decision_table import Table
from service.dmn.evaluation import evaluate
from service.dmn.model import Decision, DecisionTable, Model
from service.dmn.trace import EvaluatedDecision, Evaluation, RuleNotMatched


class Sentence(NamedTuple):
    """A code and facts of `service.texts`."""

    code: str
    facts: Mapping[str, object]


class Wording(Protocol):
    """How names and values are said to a reader."""

    def name(self, name: str) -> str:
        """Say what an input or output is called."""

    def value(self, value: feel.Value, of: str) -> str:
        """Say a value of the input or output of that name."""

    def test(self, text: str, of: str) -> str:
        """Say what a cell under the input of that name wants."""


class Cell(NamedTuple):
    text: str
    passes: bool | None  # None: the cell takes anything


@dataclass(frozen=True, slots=True)
class ExplainedRule:
    id: str
    index: int  # 1-based
    cells: tuple[Cell, ...]  # by input column
    matched: bool  # its outputs are in the result; under FIRST a later rule may hold and not be matched
    failed_cell: int | None  # 0-based column of the first cell that failed
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ExplainedDecision:
    evaluated: EvaluatedDecision
    table: DecisionTable | None
    text: str  # of a literal expression
    rules: tuple[ExplainedRule, ...]  # of a table, in its order


@dataclass(frozen=True, slots=True)
class Explanation:
    evaluation: Evaluation
    decisions: tuple[ExplainedDecision, ...]  # in order of evaluation, required ones first

    def sentences(self) -> tuple[Sentence, ...]:
        """The explanation in words: a sentence each for decision, inputs, rules, annotations and failures."""
        told = tuple(sentence for one in self.decisions for sentence in sentences(one.evaluated, one.text))
        return told + tuple(Sentence(failure.code, failure.facts) for failure in self.evaluation.failures)


def explain(model: Model, decision: str, inputs: Mapping[str, feel.Value], env: feel.Environment) -> Explanation:
    """Evaluate a decision and tell of every rule what each of its cells said. Raises `NotFound` as `evaluate`."""
    evaluation = evaluate(model, decision, inputs, env, every_cell=True)
    return Explanation(evaluation, tuple(_explained(model, one) for one in evaluation.decisions))


def _explained(model: Model, evaluated: EvaluatedDecision) -> ExplainedDecision:
    decision = _find(model, evaluated.id)
    table = decision.table if decision else None
    if table is None or not evaluated.cells:
        return ExplainedDecision(evaluated, table, decision.text if decision else "", ())
    matched = {rule.index for rule in evaluated.matched}
    rules = tuple(
        ExplainedRule(
            rule.id,
            rule.index,
            tuple(Cell(text, passes) for text, passes in zip(rule.inputs, outcomes, strict=True)),
            rule.index in matched,
            outcomes.index(False) if False in outcomes else None,
            rule.annotations,
        )
        for rule, outcomes in zip(table.rules, evaluated.cells, strict=True)
    )
    return ExplainedDecision(evaluated, table, "", rules)


def _find(model: Model, identifier: str) -> Decision | None:
    """The decision of that id, in the model or in one that it imports."""
    found = model.elements.get(identifier)
    if isinstance(found, Decision):
        return found
    return next((one for other in model.imported.values() if (one := _find(other, identifier))), None)


class AsWritten:
    """Names as they are, values and tests as FEEL writes them."""

    def name(self, name: str) -> str:
        return name

    def value(self, value: feel.Value, of: str) -> str:
        return f'"{value}"' if isinstance(value, str) else feel.string(value)

    def test(self, text: str, of: str) -> str:
        return text


AS_WRITTEN = AsWritten()


def sentences(evaluated: EvaluatedDecision, expression: str = "", wording: Wording = AS_WRITTEN) -> Iterator[Sentence]:
    """Why one decision has its value; `expression` is the text of a literal expression where it is known."""
    yield Sentence(
        "explain_decision", {"decision": evaluated.name, "value": wording.value(evaluated.output, evaluated.name)}
    )
    if evaluated.inputs:
        inputs = [f"{wording.name(one.name)} = {wording.value(one.value, one.name)}" for one in evaluated.inputs]
        yield Sentence("explain_inputs", {"inputs": inputs})
    if evaluated.type != Table.kind:
        if expression:
            yield Sentence("explain_expression", {"expression": expression})
        return
    if not evaluated.matched:
        yield Sentence("explain_no_rule", {"decision": evaluated.name})
    for rule in evaluated.matched:
        outputs = [
            f"{wording.name(one.name)} = {wording.value(one.value, one.name)}"
            if one.name
            else wording.value(one.value, evaluated.name)
            for one in rule.outputs
        ]
        yield Sentence("explain_rule", {"rule": rule.index, "outputs": outputs})
        for column, text in rule.annotations.items():
            if text:
                yield Sentence("explain_annotation", {"rule": rule.index, "column": column, "text": text})
    for missed in evaluated.rules_not_matched:
        yield _missed(missed, wording)


def _missed(rule: RuleNotMatched, wording: Wording) -> Sentence:
    of = rule.input_name or rule.input_id
    wanted, got = wording.test(rule.wanted, of), wording.value(rule.got, of)
    return Sentence(
        "explain_rule_missed", {"rule": rule.index, "input": wording.name(of), "wanted": wanted, "got": got}
    )
