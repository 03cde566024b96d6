"""Tokens of API clients."""

from __future__ import annotations

from datetime import datetime, timedelta

from service.web import signing

LIFETIME = timedelta(hours=1)
KIND = "api tokens"


def issue(client_id: str, now: datetime) -> str:
    """Return a token by which a client is known for `LIFETIME`."""
    return signing.signed(KIND, client_id, now, now + LIFETIME)


def client_of(token: str, now: datetime) -> str:
    """Return the id of the client that a token was issued to. Raises `Unauthenticated`."""
    return str(signing.read(KIND, token, now)["sub"])
