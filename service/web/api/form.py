"""`/v2/forms`: a deployed form's file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from service.auth import Permission
from service.runtime import form_sources
from service.runtime.form_sources import FormSource
from service.web.answers import json_of
from service.web.api import credentials
from service.web.api.tenant import TENANT
from service.web.site import site

blueprint = Blueprint("api_form", __name__, url_prefix="/v2")


@blueprint.get("/forms/<int:form_key>")
def show(form_key: int) -> Response:
    actor = credentials.permitted(Permission.READ_MODELS)
    with site().engine.reading(actor) as unit:
        return json_of(item(form_sources.of_key(unit, form_key)))


def item(form: FormSource) -> dict[str, Any]:
    """Return a form as the interface shows it."""
    return {
        "formId": form.form_id,
        "formKey": str(form.key),
        "version": form.version,
        "schema": form.schema,
        "tenantId": TENANT,
    }
