"""One evaluation of a deployed decision, with the row that it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service import dmn, feel, store
from service.bpmn.definition import ElementRef
from service.errors import Invalid
from service.feel import Value
from service.runtime.unit import InstanceContext, UnitOfWork
from service.store.definitions import DecisionDefinition
from service.store.evaluations import DecisionEvaluation


@dataclass(frozen=True, slots=True)
class DecisionRun:
    row: DecisionEvaluation
    evaluation: dmn.Evaluation

    def matched_rows(self) -> list[Value]:
        """The outputs of the decision's matched rules, one context a rule, as Camunda 7 hands them on."""
        own = [decision for decision in self.evaluation.decisions if decision.id == self.row.decision_id]
        if not own or not own[-1].matched:
            value = self.evaluation.value
            if value is None:
                return []
            return [value if isinstance(value, dict) else {self.row.decision_id: value}]
        return [{output.name or output.id: output.value for output in rule.outputs} for rule in own[-1].matched]


def evaluate(
    unit: UnitOfWork,
    definition: DecisionDefinition,
    variables: Mapping[str, Value],
    environment: feel.Environment,
    context: InstanceContext | None = None,
    element: ElementRef | None = None,
) -> DecisionRun:
    """Evaluate a version of a decision and store how its result came about, a failed one too."""
    model = unit.engine.definitions.model(unit.session, definition.requirements_key)
    result = dmn.evaluate(model, definition.definition_id, variables, environment)
    failure = result.failures[0] if result.failures else None
    row = DecisionEvaluation(
        key=unit.new_key(),
        decision_id=definition.definition_id,
        decision_key=definition.key,
        decision_name=definition.name,
        decision_version=definition.version,
        requirements_key=definition.requirements_key,
        model_digest=definition.digest,
        instance_key=context.instance_key if context else None,
        root_key=context.root_key if context else None,
        element_id=element.element_id if element else None,
        element_instance_key=element.key if element else None,
        business_key=context.business_key if context else None,
        inputs=storable(_inputs(model, variables)),
        output=storable(result.value),
        evaluated=storable([_trace(decision) for decision in result.decisions]),
        diagnostics=storable(
            [
                {
                    "code": d.code,
                    "element": d.element_id,
                    "text": d.text,
                    "start": d.start,
                    "end": d.end,
                    "facts": {name: shown(value) for name, value in d.facts.items()},
                }
                for d in result.diagnostics
            ]
        ),
        failed_decision_id=(result.decisions[-1].id if result.decisions else definition.definition_id)
        if failure
        else None,
        failure_code=failure.code if failure else None,
        failure_facts=storable({name: shown(value) for name, value in failure.facts.items()}) if failure else None,
        evaluated_at=unit.now,
        evaluated_by=unit.actor.name,
    )
    store.evaluations.add(unit.session, row)
    return DecisionRun(row, result)


def storable(value: object) -> str:
    """Return a value as JSON text; what has no JSON form stands as its FEEL text."""
    try:
        return feel.codec.encode(value)
    except Invalid:
        return feel.codec.encode(_with_texts(value))


def shown(value: object) -> str:
    """Return a fact as text."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(shown(item) for item in value)
    return str(value)


def _with_texts(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _with_texts(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_texts(item) for item in value]
    try:
        return feel.codec.plain(value)
    except Invalid:
        return feel.string(feel.from_python(value))


def _inputs(model: dmn.Model, variables: Mapping[str, Value]) -> dict[str, Value]:
    """The variables that the model calls its input data; a model without any may read all, so all are kept."""
    if not model.inputs:
        return dict(variables)
    return {data.name: variables[data.name] for data in model.inputs if data.name in variables}


def _trace(decision: dmn.EvaluatedDecision) -> dict[str, object]:
    return {
        "id": decision.id,
        "name": decision.name,
        "type": decision.type,
        "inputs": [{"id": item.id, "name": item.name, "value": item.value} for item in decision.inputs],
        "matched": [
            {
                "id": rule.id,
                "index": rule.index,
                "outputs": [{"id": item.id, "name": item.name, "value": item.value} for item in rule.outputs],
                "annotations": dict(rule.annotations),
            }
            for rule in decision.matched
        ],
        "not_matched": [
            {
                "id": rule.id,
                "index": rule.index,
                "input": rule.input_name or rule.input_id,
                "wanted": rule.wanted,
                "got": rule.got,
            }
            for rule in decision.rules_not_matched
        ],
        "output": decision.output,
    }


def evaluated(row: DecisionEvaluation) -> list[dmn.EvaluatedDecision]:
    """Return the evaluated decisions as stored; dates and what else has no JSON form are texts in them."""
    trace: Any = feel.codec.decode(row.evaluated)
    return [
        dmn.EvaluatedDecision(
            item["id"],
            item["name"],
            item["type"],
            tuple(dmn.InputValue(**one) for one in item["inputs"]),
            tuple(
                dmn.MatchedRule(
                    rule["id"],
                    int(rule["index"]),
                    tuple(dmn.OutputValue(**one) for one in rule["outputs"]),
                    rule["annotations"],
                )
                for rule in item["matched"]
            ),
            tuple(
                dmn.RuleNotMatched(rule["id"], int(rule["index"]), "", rule["input"], rule["wanted"], rule["got"])
                for rule in item["not_matched"]
            ),
            item["output"],
        )
        for item in trace
    ]
