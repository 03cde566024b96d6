"""`POST /v2/expression/evaluation`: try FEEL out."""

from __future__ import annotations

from flask import Blueprint, Response

from service import texts
from service.auth import Permission, may
from service.errors import Forbidden
from service.runtime import expressions, listings
from service.web.answers import json_of
from service.web.api import body, credentials
from service.web.api.tenant import check_tenant
from service.web.site import site

blueprint = Blueprint("api_expression", __name__, url_prefix="/v2")


@blueprint.post("/expression/evaluation")
def evaluate() -> Response:
    actor = credentials.permitted(Permission.TRY_DECISIONS)
    sent = body.json_object()
    check_tenant(sent.get("tenantId"))
    text, values = body.required_text(sent, "expression"), body.mapping(sent, "variables")
    scope = body.key(sent, "scopeKey") or body.key(sent, "processInstanceKey") or body.key(sent, "elementInstanceKey")
    if scope is not None and not may(actor, Permission.OPERATE):
        raise Forbidden("api_role_missing", user=actor.name, permission=Permission.OPERATE.value)
    with site().engine.reading(actor) as unit:
        if scope is not None:
            values = {**listings.open_variables(unit, scope), **values}
        found = expressions.evaluate(unit, text, values)
    locale = site().settings.locale
    return json_of(
        {
            "expression": text,
            "result": found.value,
            "warnings": [{"message": texts.message(item.code, item.facts, locale)} for item in found.remarks],
            "referencedSecrets": [],
        }
    )
