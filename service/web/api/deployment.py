"""`/v2/deployments`: what the Modeler's deploy button sends; whether it is in use, and the second person's decision."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from flask import Blueprint, Response
from flask import request as http

from service.auth import Actor, Permission
from service.errors import Invalid
from service.runtime import deployments, releases
from service.runtime.deployments import Deployed, Resource
from service.runtime.unit import UnitOfWork
from service.web import deploying
from service.web.answers import json_of
from service.web.api import body, credentials
from service.web.api.fields import moment
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


@blueprint.get("/deployments/<int:key>")
def show(key: int) -> Response:
    actor = credentials.permitted(Permission.READ_MODELS)
    with site().engine.reading(actor) as unit:
        return json_of(_release(deployments.get(unit, key)))


@blueprint.post("/deployments/<int:key>/approval")
def approve(key: int) -> Response:
    actor = credentials.permitted(Permission.RELEASE_DEPLOYMENT)
    day = body.day(body.json_object(), "effectiveOn")
    return json_of(_release(site().engine.run(actor, lambda unit: releases.approve(unit, key, day))))


@blueprint.post("/deployments/<int:key>/refusal")
def refuse(key: int) -> Response:
    actor = credentials.permitted(Permission.RELEASE_DEPLOYMENT)
    reason = body.required_text(body.json_object(), "reason")

    def use_case(unit: UnitOfWork) -> dict[str, object]:
        releases.refuse(unit, key, reason)
        return _release(deployments.get(unit, key))

    return json_of(site().engine.run(actor, use_case))


def _release(deployed: Deployed) -> dict[str, object]:
    """Whether a deployment is in use: our own part of the interface, Camunda has no second person."""
    row = deployed.deployment
    return {
        "deploymentKey": str(row.key),
        "name": row.name,
        "state": row.release.value.upper(),
        "createdAt": moment(row.created_at),
        "createdBy": row.created_by,
        "decidedAt": moment(row.decided_at),
        "decidedBy": row.decided_by,
        "inForceFrom": moment(row.effective_at),
        "reason": row.reason or None,
        "tenantId": TENANT,
        "deployments": _entries(deployed),
    }


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
