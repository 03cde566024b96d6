"""`POST /v2/expression/evaluation`: try FEEL out."""

from __future__ import annotations

from flask import Blueprint, Response

from service import texts
from service.auth import Permission
from service.runtime import expressions
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
    with site().engine.reading(actor) as unit:
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
