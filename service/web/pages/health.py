"""Whether the service is up and ready: for load balancers, containers and monitors."""

from __future__ import annotations

from flask import Blueprint, Response

from service.errors import NotFound
from service.runtime import monitoring
from service.web import measuring, request
from service.web.answers import json_of
from service.web.site import site

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def show() -> Response:
    with site().engine.reading(request.NOBODY) as unit:
        now = unit.now
    return json_of({"status": "up", "time": now.isoformat()})


@blueprint.get("/readyz")
def ready() -> Response:
    """Whether requests may be sent here: the database answers, and its tables are those of this version."""
    if site().engine.is_ready:
        return json_of({"status": "ready"})
    return json_of({"status": "not migrated"}, 503)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Figures for Prometheus: to callers on this machine, or with the token of the settings."""
    if not measuring.may_read():
        raise NotFound("page_missing")
    with site().engine.reading(request.NOBODY) as unit:
        return measuring.exposition(monitoring.figures(unit))
