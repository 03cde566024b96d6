"""`/engine-rest/process-definition` and `/process-instance`: start, and look whether it runs."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app
from flask import request as http

from service.auth import Permission
from service.errors import NotFound
from service.runtime import instances, listings
from service.runtime.instances import InstanceState, ProcessInstance
from service.runtime.listings import Condition, Operator, Query
from service.runtime.unit import UnitOfWork
from service.web.answers import json_of
from service.web.api import body, credentials
from service.web.api.process_instance import check_business_id
from service.web.api.seven import values
from service.web.api.seven.door import blueprint as made
from service.web.api.seven.door import definition_id, key_of, key_of_definition
from service.web.site import site

blueprint = made("api_seven_process")


@blueprint.post("/process-definition/key/<process_id>/start")
def start_latest(process_id: str) -> Response:
    return _start(process_id, None)


@blueprint.post("/process-definition/<definition>/start")
def start(definition: str) -> Response:
    return _start(None, key_of_definition(definition))


@blueprint.get("/process-instance")
def search() -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    conditions = [Condition("state", Operator.EQ, InstanceState.ACTIVE)]
    for name, column in (("processDefinitionKey", "process_id"), ("businessKey", "business_key")):
        if name in http.args:
            conditions.append(Condition(column, Operator.EQ, http.args[name]))
    with site().engine.reading(actor) as unit:
        found = listings.process_instances(unit, Query(conditions))
        return json_of([item(row) for row in found.items])


@blueprint.get("/process-instance/<instance>")
def show(instance: str) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    with site().engine.reading(actor) as unit:
        return json_of(item(_running(unit, instance)))


@blueprint.delete("/process-instance/<instance>")
def cancel(instance: str) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    site().engine.run(actor, lambda unit: instances.cancel(unit, key_of(instance)))
    return current_app.response_class(status=204)


@blueprint.get("/process-instance/<instance>/variables")
def variables(instance: str) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    with site().engine.reading(actor) as unit:
        return json_of(values.write(listings.open_variables(unit, _running(unit, instance).key)))


def item(row: ProcessInstance) -> dict[str, Any]:
    """Return a process instance as Camunda 7 shows it."""
    return {
        "links": [],
        "id": str(row.key),
        "definitionId": definition_id(row.process_id, row.definition_version, row.definition_key),
        "definitionKey": row.process_id,
        "businessKey": row.business_key,
        "caseInstanceId": None,
        "ended": row.state is not InstanceState.ACTIVE,
        "suspended": False,
        "tenantId": None,
    }


def _start(process_id: str | None, definition_key: int | None) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    sent = body.json_object()
    given, business_key = values.read(sent, "variables"), body.text(sent, "businessKey")

    def use_case(unit: UnitOfWork) -> ProcessInstance:
        check_business_id(unit, business_key)
        return instances.start(unit, process_id, given, definition_key=definition_key, business_key=business_key)

    return json_of(item(site().engine.run(actor, use_case)))


def _running(unit: UnitOfWork, instance: str) -> ProcessInstance:
    """Return an instance that runs; Camunda 7 knows no others here."""
    row = instances.get(unit, key_of(instance))
    if row.state is not InstanceState.ACTIVE:
        raise NotFound("runtime.instance_not_found", key=row.key)
    return row
