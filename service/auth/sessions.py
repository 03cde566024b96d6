"""Login sessions: opened with a random token of which only the SHA-256 is stored, ended by idleness or by age."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.auth import accounts
from service.auth.accounts import Account
from service.auth.transaction import Transaction
from service.store import accounts as rows
from service.store.accounts import LoginSession

IDLE = timedelta(minutes=30)
LIFETIME = timedelta(hours=12)
TOUCH_AFTER = timedelta(minutes=1)  # not every request writes


@dataclass(frozen=True, slots=True)
class Limits:
    """When sessions end."""

    idle: timedelta = IDLE
    lifetime: timedelta = LIFETIME


@dataclass(frozen=True, slots=True)
class Found:
    """A session that lives."""

    account: Account
    needs_touch: bool  # its last request is long enough ago to be noted


@dataclass(frozen=True, slots=True)
class Session:
    """A session that lives, as an administrator sees it."""

    opened_at: datetime
    seen_at: datetime


def of_user(transaction: Transaction, name: str, limits: Limits = Limits()) -> list[Session]:
    """Return a person's sessions, the last used first."""
    found = rows.login_sessions(
        transaction.session, name, transaction.now - limits.idle, transaction.now - limits.lifetime
    )
    return [Session(row.created_at, row.seen_at) for row in found]


def close_all(transaction: Transaction, name: str) -> None:
    """End all sessions of a person."""
    rows.close_sessions(transaction.session, name)


def open_session(transaction: Transaction, name: str) -> str:
    """Open a session and return its token, which is shown nowhere else."""
    token = secrets.token_urlsafe(32)
    row = LoginSession(digest=_digest(token), user_name=name, created_at=transaction.now, seen_at=transaction.now)
    rows.add(transaction.session, row)
    return token


def find(transaction: Transaction, token: str, limits: Limits = Limits()) -> Found | None:
    """Return who is signed in with a token; None if it is unknown, ended, or its account disabled. Writes nothing."""
    row = rows.login_session(transaction.session, _digest(token))
    if row is None:
        return None
    idle = transaction.now - row.seen_at
    if idle > limits.idle or transaction.now - row.created_at > limits.lifetime:
        return None
    account = accounts.find(transaction, row.user_name)
    if account is None or not account.active:
        return None
    return Found(account, idle > TOUCH_AFTER)


def touch(transaction: Transaction, token: str) -> None:
    """Note that a session is in use."""
    rows.touch(transaction.session, _digest(token), transaction.now)


def close(transaction: Transaction, token: str) -> None:
    """End a session; nothing happens if it has ended."""
    rows.close_session(transaction.session, _digest(token))


def forget_ended(transaction: Transaction, limits: Limits = Limits()) -> int:
    """Delete the rows of ended sessions; return how many."""
    return rows.forget_sessions(transaction.session, transaction.now - limits.idle, transaction.now - limits.lifetime)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
