"""What we hand out and know again: JSON Web Tokens, each kind signed by a key of its own made of the site's secret."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import jwt

from service.errors import Unauthenticated
from service.settings import secret_key
from service.web.site import site

ISSUER = "rongcuo"
ALGORITHM = "HS256"
LEEWAY = timedelta(seconds=10)


def signed(kind: str, subject: str, now: datetime, until: datetime, **claims: str) -> str:
    """Return a token of a kind that names a subject until a moment."""
    content = {
        **claims,
        "iss": ISSUER,
        "sub": subject,
        "iat": int(now.timestamp()),
        "exp": int(until.timestamp()),
        "jti": secrets.token_hex(8),
    }
    return jwt.encode(content, _key(kind), algorithm=ALGORITHM)


def read(kind: str, token: str, now: datetime) -> Mapping[str, Any]:
    """Return what a token of a kind holds. Raises `Unauthenticated` with the reason."""
    try:
        # The site's clock decides, as everywhere; the library would ask the machine's.
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(kind),
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            options={"require": ["exp", "sub", "iat"], "verify_exp": False, "verify_iat": False},
        )
    except jwt.PyJWTError as error:
        raise Unauthenticated("api_token_invalid") from error
    if now.timestamp() > claims["exp"] + LEEWAY.total_seconds():
        raise Unauthenticated("api_token_expired")
    return claims


def _key(kind: str) -> bytes:
    return hashlib.sha256(kind.encode() + b"\0" + secret_key(site().settings).encode()).digest()
