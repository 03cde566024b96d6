"""Whether the service is up: for load balancers and the container's health check."""

from __future__ import annotations

from flask import Blueprint, Response

from service.web import request
from service.web.answers import json_of
from service.web.site import site

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def show() -> Response:
    with site().engine.reading(request.NOBODY) as unit:
        now = unit.now
    return json_of({"status": "up", "time": now.isoformat()})
