"""The part of Camunda 7's REST interface that the Modeler and the clients of external tasks need."""

from __future__ import annotations

from flask import Blueprint

from service.web.api.seven import deployment, external_task, message, process, version

RESOURCES: tuple[Blueprint, ...] = (
    version.blueprint,
    deployment.blueprint,
    process.blueprint,
    message.blueprint,
    external_task.blueprint,
)
