"""`/v2/decision-definitions` and `/v2/decision-requirements`: the tables in use, and evaluating one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app

from service import texts
from service.auth import Permission
from service.errors import Invalid, NotFound
from service.runtime import decisions, deployments, listings
from service.runtime.decisions import DecisionRun
from service.runtime.deployments import DecisionDefinition
from service.runtime.listings import Condition, DecisionRequirements, Operator, Query
from service.runtime.unit import UnitOfWork
from service.web.answers import decoded, json_of
from service.web.api import body, credentials, searching
from service.web.api.fields import encoded
from service.web.api.searching import Field, Kind
from service.web.api.tenant import TENANT, check_tenant
from service.web.site import site

blueprint = Blueprint("api_decision", __name__, url_prefix="/v2")

FIELDS = {
    "decisionDefinitionKey": Field("key", Kind.KEY),
    "decisionDefinitionId": Field("definition_id"),
    "name": Field("name"),
    "version": Field("version", Kind.WHOLE),
    "decisionRequirementsKey": Field("requirements_key", Kind.KEY),
}
REQUIREMENTS_FIELDS = {
    "decisionRequirementsKey": Field("key", Kind.KEY),
    "decisionRequirementsId": Field("definition_id"),
    "decisionRequirementsName": Field("name"),
    "version": Field("version", Kind.WHOLE),
    "resourceName": Field("resource_name"),
}
TYPES = {"decisionTable": "DECISION_TABLE", "literalExpression": "LITERAL_EXPRESSION"}


@blueprint.post("/decision-definitions/search")
def search() -> Response:
    actor = credentials.permitted(Permission.READ_MODELS)
    query, apart = searching.read(body.json_object(), FIELDS, apart=("isLatestVersion",))
    latest = body.flag(apart, "isLatestVersion")
    with site().engine.reading(actor) as unit:
        found = listings.decisions(unit, query, latest=latest)
        return searching.answer(found, _items(unit, found.items))


@blueprint.get("/decision-definitions/<int:decision_key>")
def show(decision_key: int) -> Response:
    actor = credentials.permitted(Permission.READ_MODELS)
    with site().engine.reading(actor) as unit:
        return json_of(_items(unit, [_get(unit, decision_key)])[0])


@blueprint.get("/decision-definitions/<int:decision_key>/xml")
def xml(decision_key: int) -> Response:
    actor = credentials.permitted(Permission.READ_MODELS)
    with site().engine.reading(actor) as unit:
        source = deployments.source_of(unit, DecisionDefinition, _get(unit, decision_key).key)
    return current_app.response_class(source, mimetype="text/xml")


@blueprint.post("/decision-definitions/evaluation")
def evaluate() -> Response:
    actor = credentials.permitted(Permission.TRY_DECISIONS)
    sent = body.json_object()
    check_tenant(sent.get("tenantId"))
    key, name = body.key(sent, "decisionDefinitionKey"), body.text(sent, "decisionDefinitionId")
    if (key is None) == (name is None):
        raise Invalid("api_one_of", fields="decisionDefinitionKey, decisionDefinitionId")
    values = body.mapping(sent, "variables")

    def use_case(unit: UnitOfWork) -> dict[str, Any]:
        return _evaluated(unit, decisions.evaluate(unit, name, values, decision_key=key))

    return json_of(site().engine.run(actor, use_case))


@blueprint.post("/decision-requirements/search")
def search_requirements() -> Response:
    actor = credentials.permitted(Permission.READ_MODELS)
    query, _ = searching.read(body.json_object(), REQUIREMENTS_FIELDS)
    with site().engine.reading(actor) as unit:
        found = listings.decision_requirements(unit, query)
        return searching.answer(found, [_requirements(row) for row in found.items])


@blueprint.get("/decision-requirements/<int:requirements_key>")
def show_requirements(requirements_key: int) -> Response:
    actor = credentials.permitted(Permission.READ_MODELS)
    with site().engine.reading(actor) as unit:
        return json_of(_requirements(_get_requirements(unit, requirements_key)))


@blueprint.get("/decision-requirements/<int:requirements_key>/xml")
def requirements_xml(requirements_key: int) -> Response:
    actor = credentials.permitted(Permission.READ_MODELS)
    with site().engine.reading(actor) as unit:
        row = _get_requirements(unit, requirements_key)
        source = deployments.resource(unit, row.resource_key).content
    return current_app.response_class(source, mimetype="text/xml")


def _get(unit: UnitOfWork, key: int) -> DecisionDefinition:
    found = listings.decisions(unit, Query([Condition("key", Operator.EQ, key)])).items
    if not found:
        raise NotFound("runtime.definition_not_found", kind="decision", key=key)
    return found[0]


def _get_requirements(unit: UnitOfWork, key: int) -> DecisionRequirements:
    found = listings.decision_requirements(unit, Query([Condition("key", Operator.EQ, key)])).items
    if not found:
        raise NotFound("runtime.definition_not_found", kind="requirements", key=key)
    return found[0]


def _items(unit: UnitOfWork, rows: Any) -> list[dict[str, Any]]:
    graphs = listings.requirements_of(unit, {row.requirements_key for row in rows})
    return [_item(row, graphs[row.requirements_key]) for row in rows]


def _item(row: DecisionDefinition, graph: DecisionRequirements) -> dict[str, Any]:
    return {
        "decisionDefinitionKey": str(row.key),
        "decisionDefinitionId": row.definition_id,
        "name": row.name or row.definition_id,
        "version": row.version,
        "decisionRequirementsId": graph.definition_id,
        "decisionRequirementsKey": str(graph.key),
        "decisionRequirementsName": graph.name or graph.definition_id,
        "decisionRequirementsVersion": graph.version,
        "tenantId": TENANT,
    }


def _requirements(row: DecisionRequirements) -> dict[str, Any]:
    return {
        "decisionRequirementsKey": str(row.key),
        "decisionRequirementsId": row.definition_id,
        "decisionRequirementsName": row.name or row.definition_id,
        "version": row.version,
        "resourceName": row.resource_name,
        "tenantId": TENANT,
    }


def _evaluated(unit: UnitOfWork, run: DecisionRun) -> dict[str, Any]:
    row = run.row
    graph = listings.requirements_of(unit, [row.requirements_key])[row.requirements_key]
    siblings = {
        item.definition_id: item
        for item in listings.decisions(
            unit, Query([Condition("requirements_key", Operator.EQ, row.requirements_key)])
        ).items
    }
    failure = None
    if row.failure_code is not None:
        facts = decoded(row.failure_facts) if row.failure_facts else {}
        failure = texts.message(row.failure_code, facts, site().settings.locale)
    return {
        "decisionDefinitionId": row.decision_id,
        "decisionDefinitionKey": str(row.decision_key),
        "decisionDefinitionName": row.decision_name or row.decision_id,
        "decisionDefinitionVersion": row.decision_version,
        "decisionEvaluationKey": str(row.key),
        "decisionInstanceKey": str(row.key),
        "decisionRequirementsId": graph.definition_id,
        "decisionRequirementsKey": str(graph.key),
        "evaluatedDecisions": [
            _step(step, siblings.get(step["id"]), row, f"{row.key}-{number}")
            for number, step in enumerate(decoded(row.evaluated), 1)
        ],
        "failedDecisionDefinitionId": row.failed_decision_id,
        "failureMessage": failure,
        "output": row.output,
        "tenantId": TENANT,
    }


def _step(
    step: Mapping[str, Any], definition: DecisionDefinition | None, row: decisions.DecisionEvaluation, key: str
) -> dict[str, Any]:
    return {
        "decisionDefinitionId": step["id"],
        "decisionDefinitionName": step["name"] or step["id"],
        "decisionDefinitionVersion": definition.version if definition else row.decision_version,
        "decisionDefinitionKey": str(definition.key if definition else row.decision_key),
        "decisionDefinitionType": TYPES.get(step["type"], "UNKNOWN"),
        "decisionEvaluationInstanceKey": key,
        "output": encoded(step["output"]),
        "matchedRules": [
            {
                "ruleId": rule["id"] or "",
                "ruleIndex": int(rule["index"]),
                "evaluatedOutputs": [
                    {
                        "outputId": output["id"] or "",
                        "outputName": output["name"] or "",
                        "outputValue": encoded(output["value"]),
                        "ruleId": rule["id"] or "",
                        "ruleIndex": int(rule["index"]),
                    }
                    for output in rule["outputs"]
                ],
            }
            for rule in step["matched"]
        ],
        "evaluatedInputs": [
            {"inputId": item["id"] or "", "inputName": item["name"] or "", "inputValue": encoded(item["value"])}
            for item in step["inputs"]
        ],
        "tenantId": TENANT,
    }
