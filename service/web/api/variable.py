"""`/v2/variables`: present values as JSON text. Those of case files are their people's, and are not shown here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from flask import request as http

from service.auth import Permission
from service.errors import Invalid
from service.runtime import listings
from service.runtime.listings import Variable
from service.web.answers import json_of
from service.web.api import body, credentials, searching
from service.web.api.searching import Field, Kind
from service.web.api.tenant import TENANT
from service.web.site import site

blueprint = Blueprint("api_variable", __name__, url_prefix="/v2")

TRUNCATED = 8192  # characters of a value in a list, unless the client wants it whole

FIELDS = {
    "variableKey": Field("key", Kind.KEY),
    "name": Field("name"),
    "value": Field("value"),
    "scopeKey": Field("scope_key", Kind.KEY),
    "processInstanceKey": Field("instance_key", Kind.KEY),
}


@blueprint.post("/variables/search")
def search() -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    query, _ = searching.read(body.json_object(), FIELDS)
    truncates = truncating()
    with site().engine.reading(actor) as unit:
        found = listings.variables(unit, query)
        return searching.answer(found, [item(row, truncates) for row in found.items])


@blueprint.get("/variables/<int:variable_key>")
def show(variable_key: int) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    with site().engine.reading(actor) as unit:
        found = item(listings.variable(unit, variable_key), False)
    del found["isTruncated"]
    return json_of(found)


def truncating() -> bool:
    """Whether long values of this request's answer are cut."""
    asked = http.args.get("truncateValues", "true").lower()
    if asked not in {"true", "false"}:
        raise Invalid("api_field_wrong", field="truncateValues", expected="true, false", found=asked[:80])
    return asked == "true"


def item(row: Variable, truncates: bool) -> dict[str, Any]:
    """Return a variable as the interface shows it."""
    cut = truncates and len(row.value) > TRUNCATED
    return {
        "variableKey": str(row.key),
        "name": row.name,
        "value": row.value[:TRUNCATED] if cut else row.value,
        "isTruncated": cut,
        "scopeKey": str(row.scope_key),
        "processInstanceKey": str(row.instance_key),
        "rootProcessInstanceKey": str(row.root_key),
        "tenantId": TENANT,
    }
