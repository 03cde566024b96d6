"""`/v2/process-definitions`: the versions in use, their diagrams and start forms."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app

from service.auth import Permission
from service.errors import NotFound
from service.runtime import deployments, form_sources, listings
from service.runtime.listings import Condition, Operator, ProcessDefinition, Query
from service.runtime.unit import UnitOfWork
from service.web.answers import json_of
from service.web.api import body, credentials, searching
from service.web.api.form import item as form_item
from service.web.api.searching import Field, Kind
from service.web.api.tenant import TENANT
from service.web.site import site

blueprint = Blueprint("api_process_definition", __name__, url_prefix="/v2")

FIELDS = {
    "processDefinitionKey": Field("key", Kind.KEY),
    "processDefinitionId": Field("definition_id"),
    "name": Field("name"),
    "resourceName": Field("resource_name"),
    "version": Field("version", Kind.WHOLE),
    "versionTag": Field("version_tag"),
}


@blueprint.post("/process-definitions/search")
def search() -> Response:
    actor = credentials.permitted(Permission.READ_MODELS)
    query, apart = searching.read(body.json_object(), FIELDS, apart=("isLatestVersion", "hasStartForm", "state"))
    latest = body.flag(apart, "isLatestVersion")
    if "hasStartForm" in apart:
        has = Condition("start_form_id", Operator.EXISTS, body.flag(apart, "hasStartForm"))
        query = searching.narrowed(query, has)
    if (body.text(apart, "state") or "ACTIVE").upper() != "ACTIVE":
        return searching.everything([], _item)
    with site().engine.reading(actor) as unit:
        found = listings.process_definitions(unit, query, latest=latest)
        return searching.answer(found, [_item(row) for row in found.items])


@blueprint.get("/process-definitions/<int:definition_key>")
def show(definition_key: int) -> Response:
    actor = credentials.permitted(Permission.READ_MODELS)
    with site().engine.reading(actor) as unit:
        return json_of(_item(_get(unit, definition_key)))


@blueprint.get("/process-definitions/<int:definition_key>/xml")
def xml(definition_key: int) -> Response:
    actor = credentials.permitted(Permission.READ_MODELS)
    with site().engine.reading(actor) as unit:
        source = deployments.source_of(unit, ProcessDefinition, _get(unit, definition_key).key)
    return current_app.response_class(source, mimetype="text/xml")


@blueprint.get("/process-definitions/<int:definition_key>/form")
def start_form(definition_key: int) -> Response:
    actor = credentials.permitted(Permission.READ_MODELS)
    with site().engine.reading(actor) as unit:
        found = form_sources.of_start(unit, _get(unit, definition_key).key)
    return current_app.response_class(status=204) if found is None else json_of(form_item(found))


def _get(unit: UnitOfWork, definition_key: int) -> ProcessDefinition:
    found = listings.process_definitions(unit, Query([Condition("key", Operator.EQ, definition_key)])).items
    if not found:
        raise NotFound("runtime.definition_not_found", kind="process", key=definition_key)
    return found[0]


def _item(row: ProcessDefinition) -> dict[str, Any]:
    return {
        "processDefinitionKey": str(row.key),
        "processDefinitionId": row.definition_id,
        "name": row.name,
        "resourceName": row.resource_name,
        "version": row.version,
        "versionTag": row.version_tag,
        "hasStartForm": row.start_form_id is not None,
        "state": "ACTIVE",
        "tenantId": TENANT,
    }
