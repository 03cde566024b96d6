"""`POST /oauth/token`: an API client shows its secret and gets a token, as OAuth 2.0 has it (RFC 6749, 4.4)."""

from __future__ import annotations

import base64
import binascii

from flask import Blueprint, Response
from flask import request as http

from service.auth import Actor, ActorKind, api_clients
from service.runtime import audit
from service.web import words
from service.web.answers import json_of
from service.web.api import tokens
from service.web.site import site

blueprint = Blueprint("api_token", __name__)

GRANT = "client_credentials"


@blueprint.post("/oauth/token")
def create() -> Response:
    if http.form.get("grant_type") != GRANT:
        return _refused("unsupported_grant_type", words.message("api_grant_unknown", expected=GRANT))
    client_id, secret = _credentials()
    actor = Actor(client_id.rpartition(".")[0][:80] or "anonymous", frozenset(), ActorKind.API, client_id[:160])
    with site().engine.unit(actor) as unit:
        client = api_clients.identify(unit, client_id, secret)
        if client is None:
            audit.record(unit, "session.refuse", ("api_client", client_id[:160]), after={"door": "token"})
        unit.commit()
        token = None if client is None else tokens.issue(client.client_id, unit.now)
    if token is None:
        return _refused("invalid_client", words.message("api_client_wrong"), 401)
    answer = json_of(
        {"access_token": token, "token_type": "Bearer", "expires_in": int(tokens.LIFETIME.total_seconds())}
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _credentials() -> tuple[str, str]:
    """Id and secret of the client, from the form or from the header; both ways are in use."""
    given = http.headers.get("Authorization", "")
    if given.lower().startswith("basic "):
        try:
            name, _, secret = base64.b64decode(given[6:], validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeError):
            return "", ""
        return _storable(name), secret
    return _storable(http.form.get("client_id", "")), http.form.get("client_secret", "")


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def _refused(code: str, description: str, status: int = 400) -> Response:
    return json_of({"error": code, "error_description": description}, status)
