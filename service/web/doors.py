"""Which requests come from programs: by their address, before anything is known about them."""

from __future__ import annotations

SEVEN_PREFIXES = ("/engine-rest/", "/rest/")
EIGHT_PREFIX = "/v2/"
WELL_KNOWN = "/.well-known/"
TOKEN = "/oauth/token"  # noqa: S105 - an address


def speaks_eight(path: str) -> bool:
    """Whether a program that speaks Camunda 8 asks, or one that wants a token."""
    return path.startswith(EIGHT_PREFIX) or path == TOKEN


def speaks_seven(path: str) -> bool:
    """Whether a program that speaks Camunda 7 asks."""
    return path.startswith(SEVEN_PREFIXES)


def is_program(path: str) -> bool:
    """Whether the caller is a program: it has no page, no session, and reads no HTML."""
    return speaks_eight(path) or speaks_seven(path) or path.startswith(WELL_KNOWN)
