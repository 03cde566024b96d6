"""`/engine-rest/deployment`: the Modeler's deploy button for Camunda 7."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from flask import Response
from flask import request as http

from service.auth import Permission
from service.errors import Invalid
from service.runtime import deployments
from service.runtime.deployments import Deployed, Resource
from service.web import deploying
from service.web.answers import json_of
from service.web.api import credentials
from service.web.api.seven.door import blueprint as made
from service.web.api.seven.door import definition_id, moment
from service.web.api.tenant import check_tenant
from service.web.site import site

blueprint = made("api_seven_deployment")

MOST = 1_000


@blueprint.get("/deployment")
def index() -> Response:
    """The Modeler only asks whether this answers, with `maxResults=0`."""
    actor = credentials.permitted(Permission.READ_MODELS)
    asked = http.args.get("maxResults", "100")
    if not (asked.isascii() and asked.isdecimal()):
        raise Invalid("api_field_wrong", field="maxResults", expected="integer", found=asked[:80])
    limit = min(int(asked), MOST)
    if limit == 0:
        return json_of([])
    with site().engine.reading(actor) as unit:
        page = deployments.history(unit, None, limit)
        return json_of([_row(row) for row in page.items])


@blueprint.post("/deployment/create")
def create() -> Response:
    actor = credentials.permitted(Permission.DEPLOY)
    check_tenant(http.form.get("tenant-id"))
    files = [
        Resource(PurePath(part.filename).name, part.read())
        for _name, part in http.files.items(multi=True)
        if part.filename
    ]
    if not files:
        raise Invalid("api_no_resources")
    name = http.form.get("deployment-name", "").strip()[:120] or files[0].name
    deployed = deploying.deploy(actor, files, name)
    return json_of(
        {
            **_row(deployed.deployment),
            "links": [],
            "deployedProcessDefinitions": _processes(deployed),
            "deployedCaseDefinitions": None,
            "deployedDecisionDefinitions": None,
            "deployedDecisionRequirementsDefinitions": None,
        }
    )


def _row(row: deployments.DeploymentRow) -> dict[str, Any]:
    return {
        "id": str(row.key),
        "name": row.name,
        "source": "Camunda Modeler",
        "deploymentTime": moment(row.created_at),
        "tenantId": None,
    }


def _processes(deployed: Deployed) -> dict[str, Any] | None:
    """What is new, by id; null if nothing is, and the Modeler then starts the version that it knows."""
    fresh = [row for row in deployed.processes if row.deployment_key == deployed.deployment.key]
    return {
        definition_id(row.definition_id, row.version, row.key): {
            "id": definition_id(row.definition_id, row.version, row.key),
            "key": row.definition_id,
            "category": None,
            "description": None,
            "name": row.name,
            "version": row.version,
            "resource": row.resource_name,
            "deploymentId": str(deployed.deployment.key),
            "diagram": None,
            "suspended": False,
            "tenantId": None,
            "versionTag": row.version_tag,
            "historyTimeToLive": None,
            "startableInTasklist": True,
        }
        for row in fresh
    } or None
