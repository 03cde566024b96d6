"""`/v2/incidents`: what stopped, why, and trying again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app

from service import texts
from service.auth import Permission
from service.runtime import incidents, listings
from service.runtime.incidents import Incident, IncidentState
from service.web.answers import json_of
from service.web.api import body, credentials, searching
from service.web.api.fields import key, moment
from service.web.api.searching import Field, Kind
from service.web.api.tenant import TENANT
from service.web.site import site

blueprint = Blueprint("api_incident", __name__, url_prefix="/v2")

FIELDS = {
    "incidentKey": Field("key", Kind.KEY),
    "processInstanceKey": Field("instance_key", Kind.KEY),
    "processDefinitionKey": Field("definition_key", Kind.KEY),
    "processDefinitionId": Field("process_id"),
    "elementId": Field("element_id"),
    "elementInstanceKey": Field("element_instance_key", Kind.KEY),
    "jobKey": Field("job_key", Kind.KEY),
    "errorType": Field("kind"),
    "creationTime": Field("created_at", Kind.MOMENT),
    "state": Field("state", choices={state.value: state for state in IncidentState}),
}


@blueprint.post("/incidents/search")
def search() -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    query, _ = searching.read(body.json_object(), FIELDS)
    with site().engine.reading(actor) as unit:
        found = listings.incidents(unit, query)
        return searching.answer(found, [item(row) for row in found.items])


@blueprint.get("/incidents/<int:incident_key>")
def show(incident_key: int) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    with site().engine.reading(actor) as unit:
        return json_of(item(incidents.get(unit, incident_key)))


@blueprint.post("/incidents/<int:incident_key>/resolution")
def resolve(incident_key: int) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    body.json_object()
    site().engine.run(actor, lambda unit: incidents.retry(unit, incident_key))
    return current_app.response_class(status=204)


def item(row: Incident) -> dict[str, Any]:
    """Return an incident as the interface shows it."""
    return {
        "incidentKey": str(row.key),
        "processDefinitionId": row.process_id,
        "processDefinitionKey": str(row.definition_key),
        "processInstanceKey": str(row.instance_key),
        "rootProcessInstanceKey": str(row.root_key),
        "elementId": row.element_id,
        "elementInstanceKey": str(row.element_instance_key or row.instance_key),
        "jobKey": key(row.job_key),
        "errorType": row.kind,
        "errorMessage": texts.message(row.code, incidents.facts(row), site().settings.locale),
        "creationTime": moment(row.created_at),
        "state": row.state.value,
        "tenantId": TENANT,
    }
