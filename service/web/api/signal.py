"""`POST /v2/signals/broadcast`."""

from __future__ import annotations

from flask import Blueprint, Response

from service.auth import Permission
from service.runtime import messages
from service.web.answers import json_of
from service.web.api import body, credentials
from service.web.api.tenant import TENANT, check_tenant
from service.web.site import site

blueprint = Blueprint("api_signal", __name__, url_prefix="/v2")


@blueprint.post("/signals/broadcast")
def broadcast() -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    sent = body.json_object()
    check_tenant(sent.get("tenantId"))
    name, values = body.required_text(sent, "signalName"), body.mapping(sent, "variables")
    found = site().engine.run(actor, lambda unit: messages.broadcast_signal(unit, name, values))
    return json_of({"tenantId": TENANT, "signalKey": str(found)})
