"""A decision is asked, its result goes to the result variable; or a job does it."""

from __future__ import annotations

from service.bpmn.definition import Binding, CalledDecision, DecisionRef, Dialect, Job, Script
from service.bpmn.elements.service_task import WorkSpec, read_job
from service.bpmn.elements.service_task import read as read_work
from service.bpmn.expressions import static
from service.bpmn.failure import Failure
from service.bpmn.node import RESULT, Task
from service.bpmn.scopes import plain
from service.bpmn.source import Source
from service.errors import ServiceError
from service.feel import Value

KIND = "DECISION_EVALUATION_ERROR"


class BusinessRuleTaskSpec(WorkSpec):
    def activate(self, task: Task) -> bool:
        called = self.element.detail
        if not isinstance(called, CalledDecision):
            return super().activate(task)
        workflow = task.workflow
        place = workflow.scopes_of(task)
        decision_id = place.text(called.decision_id, "CALLED_DECISION_ERROR")
        if not decision_id:
            raise place.unfit(called.decision_id, "CALLED_DECISION_ERROR", "bpmn.decision_without_id", None)
        reference = DecisionRef(
            decision_id, called.binding, called.version_tag, called.version, rows=called.mapping is not None
        )
        value = workflow.host.decide(reference, place.arguments(), workflow.ref(task))
        if called.mapping is not None:
            value = mapped(value, called.mapping, self.element.id)
        if called.result_variable:
            try:
                task.internal_data[RESULT] = {called.result_variable: plain(value)}
            except ServiceError as error:  # a function or range is no value that a scope can hold
                raise Failure(KIND, error.code, decision=decision_id, **error.facts) from error
        return True


def mapped(rows: Value, mapping: str, element_id: str) -> Value:
    """Camunda 7's `mapDecisionResult` of a raw result (rows, output name to value). Raises `Failure`.

    An output without a value is no entry there.
    """
    found: list[dict[str, Value]] = [
        {name: value for name, value in row.items() if value is not None}
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
    ]
    one_row = mapping in {"singleEntry", "singleResult"}
    one_entry = mapping in {"singleEntry", "collectEntries"}
    if (one_row and len(found) > 1) or (one_entry and any(len(row) != 1 for row in found)):
        raise Failure(KIND, "bpmn.decision_result_shape", mapping=mapping, element=element_id)
    match mapping:
        case "singleEntry":
            return next(iter(found[0].values())) if found else None
        case "singleResult":
            return found[0] if found else None
        case "collectEntries":
            return [next(iter(row.values())) for row in found]
        case _:
            return list(found)


def read(source: Source) -> CalledDecision | Job | Script | None:
    if source.dialect is Dialect.CAMUNDA_7:
        return _read_7(source)
    holder = source.extension("calledDecision")
    if holder is None:
        job = read_job(source)
        if job is None:
            source.error("bpmn.decision_missing", "zeebe:calledDecision decisionId")
        return job
    decision_id = holder.expression(holder.attribute("decisionId"), "zeebe:calledDecision decisionId")
    variable = holder.attribute("resultVariable")
    if decision_id is None:
        holder.error("bpmn.decision_missing", "zeebe:calledDecision decisionId")
        return None
    if not variable:
        holder.error("bpmn.result_variable_missing", "zeebe:calledDecision resultVariable")
    holder.variable(variable, "zeebe:calledDecision resultVariable")
    binding, tag = holder.binding("zeebe:calledDecision")
    holder.refer("decision", decision_id, "zeebe:calledDecision decisionId", binding, tag)
    return CalledDecision(decision_id, variable or None, binding, tag)


_MAPPINGS = ("singleEntry", "singleResult", "collectEntries", "resultList")


def _read_7(source: Source) -> CalledDecision | Job | Script | None:
    text = source.camunda("decisionRef")
    if text is None:
        found = read_work(source)
        if found is None:
            source.error("bpmn.decision_missing", "camunda:decisionRef")
        return found
    decision_id = source.expression(text, "camunda:decisionRef") or static(text)
    mapping = source.camunda("mapDecisionResult") or "resultList"
    if mapping not in _MAPPINGS:
        source.error("bpmn.decision_mapping", "camunda:mapDecisionResult", value=mapping)
    binding, tag, number = version_of(source, "decisionRef")
    source.refer("decision", decision_id, "camunda:decisionRef", binding, tag, number)
    return CalledDecision(decision_id, source.camunda("resultVariable"), binding, tag, number, mapping)


def version_of(source: Source, prefix: str) -> tuple[Binding, str | None, int | None]:
    """Camunda 7's binding attributes: `…Binding`, `…Version`, `…VersionTag`."""
    text = source.camunda(f"{prefix}Binding") or "latest"
    tag = source.camunda(f"{prefix}VersionTag")
    version = source.camunda(f"{prefix}Version") or ""
    try:
        binding = Binding(text)
    except ValueError:
        binding = Binding.LATEST
        source.error("bpmn.binding_unknown", f"camunda:{prefix}Binding", value=text)
    if (binding is Binding.VERSION and not version.isdigit()) or (binding is Binding.VERSION_TAG and tag is None):
        source.error("bpmn.binding_unknown", f"camunda:{prefix}Binding", value=text)
    return binding, tag, int(version) if version.isdigit() else None
