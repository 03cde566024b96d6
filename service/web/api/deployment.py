"""`POST /v2/deployments`: what the Modeler's deploy button sends."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from flask import Blueprint, Response
from flask import request as http

from service.auth import Actor, Permission
from service.errors import Invalid
from service.runtime import deployments
from service.runtime.deployments import Deployed, Resource
from service.web import deploying
from service.web.answers import json_of
from service.web.api import credentials
from service.web.api.tenant import TENANT, check_tenant
from service.web.site import site

blueprint = Blueprint("api_deployment", __name__, url_prefix="/v2")

NOT_RUN = frozenset({".rpa"})  # the Modeler draws and sends these too

EMPTY: dict[str, object] = {
    "processDefinition": None,
    "decisionDefinition": None,
    "decisionRequirements": None,
    "form": None,
    "resource": None,
}


@blueprint.post("/deployments")
def create() -> Response:
    actor = credentials.permitted(Permission.DEPLOY)
    check_tenant(http.form.get("tenantId"))
    # The part's name and content type differ from client to client; the file name is what all of them send.
    files = [
        Resource(PurePath(part.filename).name, part.read())
        for _name, part in http.files.items(multi=True)
        if part.filename
    ]
    for file in files:
        if PurePath(file.name).suffix.lower() in NOT_RUN:
            raise Invalid("api_file_unsupported", file=file.name)
    if not files:
        raise Invalid("api_no_resources")
    name = files[0].name if len(files) == 1 else f"{files[0].name} +{len(files) - 1}"
    deployed = deploying.deploy(actor, files, name)
    return json_of(
        {
            "deploymentKey": str(deployed.deployment.key),
            "tenantId": TENANT,
            "deployments": _entries(deployed) + _drawings(actor, deployed),
        }
    )


def _drawings(actor: Actor, deployed: Deployed) -> list[dict[str, object]]:
    """The files that define nothing to run, such as a diagram that is only drawn: stored, and named as they are."""
    running = {row.resource_name for row in deployed.processes}
    running |= {row.resource_name for row in deployed.requirements}
    running |= {row.resource_name for row in deployed.forms}
    with site().engine.reading(actor) as unit:
        files = deployments.resources(unit, deployed.deployment.key)
    return [
        {
            **EMPTY,
            "resource": {
                "resourceId": row.name,
                "resourceName": row.name,
                "version": 1,
                "tenantId": TENANT,
                "resourceKey": str(row.key),
            },
        }
        for row in files
        if row.name not in running
    ]


def _entries(deployed: Deployed) -> list[dict[str, object]]:
    models = {row.key: row for row in deployed.requirements}
    entries: list[tuple[str, dict[str, Any]]] = [
        (
            "processDefinition",
            {
                "processDefinitionId": row.definition_id,
                "processDefinitionVersion": row.version,
                "resourceName": row.resource_name,
                "tenantId": TENANT,
                "processDefinitionKey": str(row.key),
            },
        )
        for row in deployed.processes
    ]
    entries += [
        (
            "decisionDefinition",
            {
                "decisionDefinitionId": row.definition_id,
                "version": row.version,
                "name": row.name or row.definition_id,
                "tenantId": TENANT,
                "decisionRequirementsId": models[row.requirements_key].definition_id
                if row.requirements_key in models
                else "",
                "decisionDefinitionKey": str(row.key),
                "decisionRequirementsKey": str(row.requirements_key),
            },
        )
        for row in deployed.decisions
    ]
    entries += [
        (
            "decisionRequirements",
            {
                "decisionRequirementsId": row.definition_id,
                "decisionRequirementsName": row.name or row.definition_id,
                "version": row.version,
                "resourceName": row.resource_name,
                "tenantId": TENANT,
                "decisionRequirementsKey": str(row.key),
            },
        )
        for row in deployed.requirements
    ]
    entries += [
        (
            "form",
            {
                "formId": row.definition_id,
                "version": row.version,
                "resourceName": row.resource_name,
                "tenantId": TENANT,
                "formKey": str(row.key),
            },
        )
        for row in deployed.forms
    ]
    return [{**EMPTY, kind: entry} for kind, entry in entries]
