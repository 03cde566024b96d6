"""`/v2/element-instances`: visits to flow nodes, and variables set in one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app

from service.auth import Permission
from service.errors import Invalid, NotFound
from service.runtime import instances, listings
from service.runtime.history import FlowNodeState
from service.runtime.listings import Condition, FlowNodeInstance, Operator, Query
from service.runtime.unit import UnitOfWork
from service.web.answers import json_of
from service.web.api import body, credentials, searching
from service.web.api.fields import key, moment
from service.web.api.searching import Field, Kind
from service.web.api.tenant import TENANT
from service.web.site import site

blueprint = Blueprint("api_element_instance", __name__, url_prefix="/v2")

FIELDS = {
    "elementInstanceKey": Field("key", Kind.KEY),
    "processInstanceKey": Field("instance_key", Kind.KEY),
    "processDefinitionKey": Field("definition_key", Kind.KEY),
    "elementId": Field("element_id"),
    "elementName": Field("name"),
    "type": Field("element_type"),
    "state": Field("state", choices={state.value: state for state in FlowNodeState}),
    "startDate": Field("started_at", Kind.MOMENT),
    "endDate": Field("ended_at", Kind.MOMENT),
    "elementInstanceScopeKey": Field("scope_key", Kind.KEY),
}


@blueprint.post("/element-instances/search")
def search() -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    query, _ = searching.read(body.json_object(), FIELDS)
    with site().engine.reading(actor) as unit:
        found = listings.flow_nodes(unit, query)
        return searching.answer(found, _items(unit, found.items))


@blueprint.get("/element-instances/<int:element_key>")
def show(element_key: int) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    with site().engine.reading(actor) as unit:
        found = listings.flow_nodes(unit, Query([Condition("key", Operator.EQ, element_key)])).items
        if not found:
            raise NotFound("runtime.scope_not_found", key=element_key)
        return json_of(_items(unit, found)[0])


@blueprint.put("/element-instances/<int:element_key>/variables")
def set_variables(element_key: int) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    sent = body.json_object()
    if "variables" not in sent:
        raise Invalid("api_field_missing", field="variables")
    values, local = body.mapping(sent, "variables"), body.flag(sent, "local")
    site().engine.run(actor, lambda unit: instances.set_variables(unit, element_key, values, local=local))
    return current_app.response_class(status=204)


def _items(unit: UnitOfWork, rows: Any) -> list[dict[str, Any]]:
    definitions = listings.processes_of(unit, {row.definition_key for row in rows})
    stopped = listings.active_incidents(unit, [row.key for row in rows])
    return [_item(row, definitions.get(row.definition_key), stopped.get(row.key)) for row in rows]


def _item(row: FlowNodeInstance, definition: listings.ProcessDefinition | None, incident: int | None) -> dict[str, Any]:
    return {
        "elementInstanceKey": str(row.key),
        "processInstanceKey": str(row.instance_key),
        "rootProcessInstanceKey": str(row.root_key),
        "processDefinitionKey": str(row.definition_key),
        "processDefinitionId": definition.definition_id if definition else None,
        "elementId": row.element_id,
        "elementName": row.name or row.element_id,
        "type": row.element_type,
        "state": row.state.value,
        "startDate": moment(row.started_at),
        "endDate": moment(row.ended_at),
        "hasIncident": incident is not None,
        "incidentKey": key(incident),
        "tenantId": TENANT,
    }
