"""Decisions: evaluate one with the trace of its rules kept, and read what was decided."""

from __future__ import annotations

from collections.abc import Mapping

from service import dmn, feel, store
from service.errors import NotFound
from service.feel import Value
from service.runtime import audit, decision_run, instances
from service.runtime.definitions import required
from service.runtime.unit import InstanceContext, UnitOfWork
from service.store.definitions import DecisionDefinition
from service.store.evaluations import DecisionEvaluation

__all__ = [
    "Decision",
    "DecisionEvaluation",
    "DecisionRun",
    "Model",
    "Wording",
    "evaluate",
    "evaluation",
    "evaluations",
    "explanation",
    "trace",
]

DecisionRun = decision_run.DecisionRun

# What a decision says, for those who show it and may not read models themselves.
Model = dmn.Model
Decision = dmn.Decision
Wording = dmn.Wording


def evaluate(
    unit: UnitOfWork,
    decision_id: str | None,
    variables: Mapping[str, object],
    *,
    version: int | None = None,
    decision_key: int | None = None,
    business_key: str | None = None,
) -> DecisionRun:
    """Evaluate a decision by id (latest live version, or the one named), by name, or by key, and keep how.

    A failed evaluation is kept and returned too. Raises `NotFound`.
    """
    definition = _definition(unit, decision_id, version, decision_key)
    values = instances.feel_mapping(variables)
    context = InstanceContext(0, 0, business_key, values)
    functions = unit.engine.plugins.functions.functions(unit, context)
    environment = feel.Environment(now=unit.now, zone=unit.engine.zone, functions=functions)
    with audit.action(unit, "decision.evaluate", "decision", definition.key, business_key=business_key) as entry:
        run = decision_run.evaluate(unit, definition, values, environment)
        run.row.business_key = business_key
        entry.after.update(evaluation=run.row.key, version=definition.version, failed=run.evaluation.failed)
    return run


def evaluation(unit: UnitOfWork, key: int) -> DecisionEvaluation:
    """Return a stored evaluation. Raises `NotFound`."""
    row = store.evaluations.get(unit.session, key)
    if row is None:
        raise NotFound("runtime.evaluation_not_found", key=key)
    return row


def evaluations(
    unit: UnitOfWork,
    *,
    decision_id: str | None = None,
    instance_key: int | None = None,
    root_key: int | None = None,
    element_instance_key: int | None = None,
    business_key: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> store.Page[DecisionEvaluation]:
    """Return stored evaluations, newest first."""
    return store.evaluations.search(
        unit.session,
        decision_id=decision_id,
        instance_key=instance_key,
        root_key=root_key,
        element_instance_key=element_instance_key,
        business_key=business_key,
        after=after,
        limit=limit,
    )


def trace(row: DecisionEvaluation) -> list[Value]:
    """Return the evaluated decisions in order.

    Each has `id`, `name`, `type`, `inputs` (id, name, value), `matched` (id, index, outputs, annotations),
    `not_matched` (id, index, input, wanted, got) and `output`.
    """
    value = feel.codec.decode(row.evaluated)
    return value if isinstance(value, list) else []


def explanation(unit: UnitOfWork, row: DecisionEvaluation, wording: dmn.Wording = dmn.AS_WRITTEN) -> list[dmn.Sentence]:
    """Return why the stored evaluation has its result: codes and facts of sentences, in order."""
    model = unit.engine.definitions.model(unit.session, row.requirements_key)
    told: list[dmn.Sentence] = []
    for item in decision_run.evaluated(row):
        decision = model.decision(item.id)
        told += dmn.sentences(item, decision.text if decision else "", wording)
    if row.failure_code:
        facts = feel.codec.decode(row.failure_facts or "{}")
        told.append(dmn.Sentence(row.failure_code, facts if isinstance(facts, dict) else {}))
    return told


def _definition(
    unit: UnitOfWork, decision_id: str | None, version: int | None, decision_key: int | None
) -> DecisionDefinition:
    if decision_key is not None:
        return required(unit.session, DecisionDefinition, decision_key)
    wanted = decision_id or ""
    found = (
        store.definitions.live(unit.session, DecisionDefinition, wanted)
        if version is None
        else store.definitions.by_version(unit.session, DecisionDefinition, wanted, version)
    )
    if found is None and version is None:
        found = store.definitions.by_name(unit.session, DecisionDefinition, wanted)
    if found is None:
        raise NotFound("runtime.decision_not_found", id=wanted, version=version or "")
    return found
