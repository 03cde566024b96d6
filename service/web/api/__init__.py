"""Programs at the door: Camunda 8's REST interface and the part of Camunda 7's that its clients need.

One blueprint module a resource. What a resource can filter and sort by is a table in it, which `searching` reads; who
calls is found out by `credentials`, and each view names the permission that it asks for.
"""

from __future__ import annotations

from flask import Blueprint

from service.web.api import (
    authentication,
    decision,
    deployment,
    document,
    element_instance,
    expression,
    form,
    incident,
    job,
    message,
    openapi,
    process_definition,
    process_instance,
    seven,
    signal,
    token,
    topology,
    user_task,
    variable,
)

RESOURCES: tuple[Blueprint, ...] = (
    topology.blueprint,
    token.blueprint,
    authentication.blueprint,
    deployment.blueprint,
    document.blueprint,
    process_definition.blueprint,
    decision.blueprint,
    form.blueprint,
    process_instance.blueprint,
    element_instance.blueprint,
    variable.blueprint,
    user_task.blueprint,
    job.blueprint,
    incident.blueprint,
    message.blueprint,
    signal.blueprint,
    expression.blueprint,
    openapi.blueprint,
    *seven.RESOURCES,
)
