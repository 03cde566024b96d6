"""Passwords: what is accepted as one, and how it is kept."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from service.errors import Invalid

MINIMUM = 10  # characters
MAXIMUM = 256  # more would only make hashing slow
CLASSES = 3  # of lower case, upper case, digits, other

_TOO_COMMON = ("password", "passw0rd", "123456", "qwerty", "abc123", "admin123", "iloveyou", "1q2w3e", "letmein")

_HASHER = PasswordHasher()
# Verified against when there is no such user, so that the answer takes as long as for a real one.
_NOBODY = _HASHER.hash("nobody has this password")


def check(password: str, user_name: str) -> None:
    """Return if a password may be chosen; raises `Invalid` with the rule that it breaks."""
    if len(password) < MINIMUM:
        raise Invalid("auth.password_too_short", minimum=MINIMUM)
    if len(password) > MAXIMUM:
        raise Invalid("auth.password_too_long", maximum=MAXIMUM)
    kinds = {
        "lower" if c.islower() else "upper" if c.isupper() else "digit" if c.isdigit() else "other" for c in password
    }
    if len(kinds) < CLASSES:
        raise Invalid("auth.password_too_plain", classes=CLASSES)
    lowered = password.lower()
    if user_name.lower() in lowered:
        raise Invalid("auth.password_holds_name")
    if any(common in lowered for common in _TOO_COMMON) or len(set(lowered)) < MINIMUM // 2:
        raise Invalid("auth.password_too_common")


def hash_of(password: str) -> str:
    """Return the argon2 hash to store."""
    return _HASHER.hash(password)


def verify(stored: str | None, password: str) -> bool:
    """Whether a password is the stored one; takes the same time without one."""
    try:
        _HASHER.verify(stored if stored is not None else _NOBODY, password[: MAXIMUM + 1])
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether a hash was made with weaker settings than today's."""
    return _HASHER.check_needs_rehash(stored)
