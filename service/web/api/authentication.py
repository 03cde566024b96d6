"""`/v2/authentication`: who the caller is."""

from __future__ import annotations

from flask import Blueprint, Response

from service.auth import accounts
from service.web.answers import json_of
from service.web.api import body, credentials, searching
from service.web.api.tenant import TENANT
from service.web.site import site

blueprint = Blueprint("api_authentication", __name__, url_prefix="/v2")


@blueprint.get("/authentication/me")
def show() -> Response:
    actor = credentials.caller()
    with site().engine.reading(actor) as unit:
        account = accounts.get(unit, actor.name)
    return json_of(
        {
            "username": account.name,
            "displayName": account.display_name,
            "email": None,
            "authorizedComponents": ["*"],
            "tenants": [{"tenantId": TENANT, "name": "Default", "description": None}],
            "groups": sorted(actor.groups),
            "roles": sorted({role for role, _unit in account.roles}),
            "salesPlanType": None,
            "c8Links": {},
            "canLogout": False,
        }
    )


@blueprint.post("/authentication/me/authorizations/search")
def authorizations() -> Response:
    """Rights come from roles here, not from authorizations of single resources."""
    credentials.caller()
    searching.read(body.json_object(), _FILTERS)
    return searching.everything([], lambda row: row)


_FILTERS = {name: searching.Field("key") for name in ("ownerId", "ownerType", "resourceType", "resourceId")} | {
    "resourceIds": searching.Field("key", searching.Kind.TEXTS)
}
