"""Tokens of API clients: JSON Web Tokens, signed by a key made of the site's secret."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import jwt

from service.errors import Unauthenticated
from service.settings import secret_key
from service.web.site import site

LIFETIME = timedelta(hours=1)
ISSUER = "rongcuo"
ALGORITHM = "HS256"
LEEWAY = timedelta(seconds=10)


def issue(client_id: str, now: datetime) -> str:
    """Return a token by which a client is known for `LIFETIME`."""
    claims = {
        "iss": ISSUER,
        "sub": client_id,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFETIME).timestamp()),
        "jti": secrets.token_hex(8),
    }
    return jwt.encode(claims, _key(), algorithm=ALGORITHM)


def client_of(token: str, now: datetime) -> str:
    """Return the id of the client that a token was issued to. Raises `Unauthenticated`."""
    try:
        # The site's clock decides, as everywhere; the library would ask the machine's.
        claims = jwt.decode(
            token,
            _key(),
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            options={"require": ["exp", "sub", "iat"], "verify_exp": False, "verify_iat": False},
        )
    except jwt.PyJWTError as error:
        raise Unauthenticated("api_token_invalid") from error
    if now.timestamp() > claims["exp"] + LEEWAY.total_seconds():
        raise Unauthenticated("api_token_expired")
    return str(claims["sub"])


def _key() -> bytes:
    return hashlib.sha256(b"api tokens\0" + secret_key(site().settings).encode()).digest()
