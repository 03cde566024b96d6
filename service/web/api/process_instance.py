"""`/v2/process-instances`: start, test one task as the Modeler does, wait for the end, look, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app

from service.auth import Permission
from service.casework import case_files
from service.errors import Invalid, NotFound
from service.runtime import history, instances, listings
from service.runtime.instances import InstanceState, ProcessInstance
from service.runtime.listings import Condition, Operator
from service.runtime.unit import UnitOfWork
from service.web import errors, words
from service.web.answers import json_of
from service.web.api import body, credentials, incident, searching, waiting
from service.web.api.fields import key, moment, names
from service.web.api.searching import Field, Kind
from service.web.api.tenant import TENANT, check_tenant
from service.web.site import site

blueprint = Blueprint("api_process_instance", __name__, url_prefix="/v2")

TERMINATE = "TERMINATE_PROCESS_INSTANCE"
DEFAULT_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=10)
TAGS_LIMIT = 10
TEXT_LIMIT = 256  # characters of a tag or business id

FIELDS = {
    "processInstanceKey": Field("key", Kind.KEY),
    "parentProcessInstanceKey": Field("parent_key", Kind.KEY),
    "parentElementInstanceKey": Field("parent_element_instance_key", Kind.KEY),
    "rootProcessInstanceKey": Field("root_key", Kind.KEY),
    "processDefinitionId": Field("process_id"),
    "processDefinitionName": Field("process_name"),
    "processDefinitionKey": Field("definition_key", Kind.KEY),
    "processDefinitionVersion": Field("definition_version", Kind.WHOLE),
    "state": Field("state", choices={state.value: state for state in InstanceState}),
    "hasIncident": Field("has_incident", Kind.FLAG),
    "startDate": Field("started_at", Kind.MOMENT),
    "endDate": Field("ended_at", Kind.MOMENT),
    "businessId": Field("business_key"),
}


@dataclass(frozen=True, slots=True)
class Order:
    """What a client wants started."""

    process_id: str | None
    definition_key: int | None
    version: int | None
    version_tag: str | None
    variables: Mapping[str, Any]
    business_id: str | None
    tags: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)  # elements to start before
    terminate_after: list[str] = field(default_factory=list)
    awaits: bool = False
    fetch: list[str] = field(default_factory=list)  # names of the variables to answer with; empty: all
    patience: timedelta = DEFAULT_WAIT


@blueprint.post("/process-instances")
def create() -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    order = _order(body.json_object())

    def use_case(unit: UnitOfWork) -> ProcessInstance:
        check_business_id(unit, order.business_id)
        return instances.start(
            unit,
            order.process_id,
            order.variables,
            version=order.version,
            definition_key=_tagged(unit, order) if order.version_tag else order.definition_key,
            business_key=order.business_id,
            start_instructions=order.before,
            terminate_after=order.terminate_after,
            tags=order.tags,
        )

    engine = site().engine
    if not order.awaits:
        return json_of(_started(engine.run(actor, use_case), order))
    with waiting.slot() as free:
        if not free:
            return errors.rest_problem(503, words.message("api_too_many_wait"))
        row = engine.run(actor, use_case)

        def ended() -> Mapping[str, Any] | None:
            with engine.reading(actor) as unit:
                if instances.get(unit, row.key).state is InstanceState.ACTIVE:
                    return None
                return {} if listings.is_of_case(unit, row.business_key) else instances.variables(unit, row.key)

        found = waiting.until(ended, order.patience)
    if found is None:
        return errors.rest_problem(504, words.message("api_instance_runs_on", key=row.key))
    chosen = {name: found[name] for name in found if not order.fetch or name in order.fetch}
    return json_of({**_started(row, order), "variables": chosen})


@blueprint.post("/process-instances/search")
def search() -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    query, apart = searching.read(body.json_object(), FIELDS, apart=("variables", "tags"))
    wanted = [_variable(item) for item in body.listed(apart, "variables")]
    tags = body.texts(apart, "tags")
    with site().engine.reading(actor) as unit:
        found = listings.process_instances(unit, query, variables=wanted, tags=tags)
        return searching.answer(found, _items(unit, found.items))


@blueprint.get("/process-instances/<int:instance_key>")
def show(instance_key: int) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    with site().engine.reading(actor) as unit:
        return json_of(_items(unit, [instances.get(unit, instance_key)])[0])


@blueprint.post("/process-instances/<int:instance_key>/cancellation")
def cancel(instance_key: int) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    body.json_object()
    site().engine.run(actor, lambda unit: instances.cancel(unit, instance_key))
    return current_app.response_class(status=204)


@blueprint.post("/process-instances/<int:instance_key>/incidents/search")
def search_incidents(instance_key: int) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    query, _ = searching.read(body.json_object(), incident.FIELDS)
    with site().engine.reading(actor) as unit:
        row = instances.get(unit, instance_key)
        # An incident in what an instance called stops the caller too, and is looked for there.
        column = "root_key" if row.key == row.root_key else "instance_key"
        found = listings.incidents(unit, searching.narrowed(query, Condition(column, Operator.EQ, instance_key)))
        return searching.answer(found, [incident.item(found_row) for found_row in found.items])


@blueprint.get("/process-instances/<int:instance_key>/sequence-flows")
def sequence_flows(instance_key: int) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    with site().engine.reading(actor) as unit:
        row = instances.get(unit, instance_key)
        flows = history.flows_taken(unit, instance_key)
    return json_of(
        {
            "items": [
                {
                    "sequenceFlowId": f"{row.key}_{flow}",
                    "processInstanceKey": str(row.key),
                    "rootProcessInstanceKey": str(row.root_key),
                    "processDefinitionKey": str(row.definition_key),
                    "processDefinitionId": row.process_id,
                    "elementId": flow,
                    "tenantId": TENANT,
                }
                for flow in flows
            ]
        }
    )


@blueprint.get("/process-instances/<int:instance_key>/statistics/element-instances")
def statistics(instance_key: int) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    with site().engine.reading(actor) as unit:
        states = history.element_states(unit, instance_key)
    return json_of(
        {
            "items": [
                {
                    "elementId": element_id,
                    "active": state.active,
                    "canceled": state.canceled,
                    "incidents": state.incidents,
                    "completed": state.completed,
                }
                for element_id, state in states.items()
            ]
        }
    )


def _order(sent: Mapping[str, Any]) -> Order:
    check_tenant(sent.get("tenantId"))
    definition_key, process_id = body.key(sent, "processDefinitionKey"), body.text(sent, "processDefinitionId")
    if (definition_key is None) == (process_id is None):
        raise Invalid("api_one_of", fields="processDefinitionKey, processDefinitionId")
    version = body.whole(sent, "processDefinitionVersion", low=-1)
    tags = body.texts(sent, "tags")
    business_id = body.text(sent, "businessId")
    if len(tags) > TAGS_LIMIT or any(len(tag) > TEXT_LIMIT for tag in [*tags, business_id or ""]):
        raise Invalid("api_text_too_long", field="tags, businessId", limit=TEXT_LIMIT)
    patience = body.whole(sent, "requestTimeout") or 0
    return Order(
        process_id,
        definition_key,
        None if version in (None, -1) else version,
        body.text(sent, "processDefinitionVersionTag"),
        body.mapping(sent, "variables"),
        business_id,
        tags,
        [_element(item, "startInstructions", "elementId") for item in body.listed(sent, "startInstructions")],
        [_terminated(item) for item in body.listed(sent, "runtimeInstructions")],
        body.flag(sent, "awaitCompletion"),
        body.texts(sent, "fetchVariables"),
        min(timedelta(milliseconds=patience), LONGEST_WAIT) if patience > 0 else DEFAULT_WAIT,
    )


def _tagged(unit: UnitOfWork, order: Order) -> int:
    """Return the key of the newest version that bears the tag. Raises `NotFound`."""
    wanted = [
        Condition("definition_id", Operator.EQ, order.process_id),
        Condition("version_tag", Operator.EQ, order.version_tag),
    ]
    newest = listings.Query(wanted, orders=[listings.Order("version", True)], window=listings.Window(1))
    found = listings.process_definitions(unit, newest).items
    if not found:
        raise NotFound("runtime.process_not_found", id=order.process_id, version=order.version_tag)
    return found[0].key


def check_business_id(unit: UnitOfWork, business_id: str | None) -> None:
    """Let nobody reach a case's records by starting something in its name who may not see the case.

    A business id of digits alone is the key of a case. Raises `NotFound`.
    """
    if business_id is not None and business_id.isascii() and business_id.isdigit():
        case_files.get(unit, body.key_of(business_id, "businessId"))


def _element(item: Any, where: str, name: str) -> str:
    if not isinstance(item, dict):
        raise body.wrong(where, "object[]", item)
    found = body.text(item, name)
    if found is None:
        raise Invalid("api_field_missing", field=f"{where}[].{name}")
    return found


def _terminated(item: Any) -> str:
    if isinstance(item, dict) and item.get("type") not in {None, TERMINATE}:
        raise body.wrong("runtimeInstructions[].type", TERMINATE, item["type"])
    return _element(item, "runtimeInstructions", "afterElementId")


def _variable(item: Any) -> tuple[str, str]:
    if not isinstance(item, dict):
        raise body.wrong("filter.variables", "object[]", item)
    value = item.get("value")
    if isinstance(value, dict):
        value = value.get("$eq")
    if not isinstance(value, str):
        raise body.wrong("filter.variables[].value", "JSON text", item.get("value"))
    return body.required_text(item, "name"), value


def _started(row: ProcessInstance, order: Order) -> dict[str, Any]:
    return {
        "processDefinitionId": row.process_id,
        "processDefinitionVersion": row.definition_version,
        "tenantId": TENANT,
        "variables": {},
        "processDefinitionKey": str(row.definition_key),
        "processInstanceKey": str(row.key),
        "tags": order.tags,
        "businessId": row.business_key,
    }


def _items(unit: UnitOfWork, rows: Any) -> list[dict[str, Any]]:
    definitions = listings.processes_of(unit, {row.definition_key for row in rows})
    return [_item(row, definitions.get(row.definition_key)) for row in rows]


def _item(row: ProcessInstance, definition: listings.ProcessDefinition | None) -> dict[str, Any]:
    return {
        "processInstanceKey": str(row.key),
        "processDefinitionId": row.process_id,
        "processDefinitionName": row.process_name,
        "processDefinitionVersion": row.definition_version,
        "processDefinitionVersionTag": definition.version_tag if definition else None,
        "processDefinitionKey": str(row.definition_key),
        "startDate": moment(row.started_at),
        "endDate": moment(row.ended_at),
        "state": row.state.value,
        "suspendedDate": None,
        "hasIncident": row.has_incident,
        "tenantId": TENANT,
        "parentProcessInstanceKey": key(row.parent_key),
        "parentElementInstanceKey": key(row.parent_element_instance_key),
        "rootProcessInstanceKey": str(row.root_key),
        "tags": names(row.tags),
        "businessId": row.business_key,
    }
