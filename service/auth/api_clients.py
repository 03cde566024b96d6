"""API clients: made and revoked by a person, whose rights they use; the secret is shown once and kept as a digest."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from service.auth import accounts
from service.auth.accounts import Account
from service.auth.transaction import Transaction
from service.errors import Conflict, Invalid, NotFound
from service.store import api_clients as rows
from service.store.api_clients import ApiClient

__all__ = ["ApiClient", "create", "identify", "of_user", "owner", "revoke"]

MOST = 20  # of one person that are not revoked
NAME_LIMIT = 80  # characters


def create(transaction: Transaction, user_name: str, name: str) -> tuple[ApiClient, str]:
    """Make a client of a person; return it with its secret, which cannot be told again.

    Raises `Invalid` for a name that is empty or too long, `Conflict` when the person has too many.
    """
    called = " ".join(name.split())
    if not called or len(called) > NAME_LIMIT:
        raise Invalid("auth.client_name_bad", limit=NAME_LIMIT)
    if sum(row.revoked_at is None for row in rows.of_user(transaction.session, user_name)) >= MOST:
        raise Conflict("auth.too_many_clients", limit=MOST)
    secret = secrets.token_urlsafe(32)
    row = ApiClient(
        client_id=f"{user_name}.{secrets.token_hex(4)}",
        user_name=user_name,
        name=called,
        secret_digest=_digest(secret),
        created_at=transaction.now,
        used_at=None,
        revoked_at=None,
    )
    rows.add(transaction.session, row)
    return row, secret


def of_user(transaction: Transaction, user_name: str) -> Sequence[ApiClient]:
    """Return a person's clients, newest first, revoked ones too."""
    return rows.of_user(transaction.session, user_name)


def revoke(transaction: Transaction, user_name: str, client_id: str) -> ApiClient:
    """Let a client in no more; its tokens end with it. Raises `NotFound` for a client of somebody else."""
    row = rows.get(transaction.session, client_id)
    if row is None or row.user_name != user_name:
        raise NotFound("auth.no_such_client", client=client_id[:80])
    if row.revoked_at is None:
        row.revoked_at = transaction.now
        transaction.session.flush()
    return row


def identify(transaction: Transaction, client_id: str, secret: str) -> ApiClient | None:
    """Return the client whose secret this is, and note that it was used; None for anybody else."""
    row = rows.get(transaction.session, client_id[:160])
    matches = hmac.compare_digest(row.secret_digest if row is not None else _digest(""), _digest(secret))
    if row is None or not matches or owner(transaction, row.client_id) is None:
        return None
    rows.mark_used(transaction.session, row.client_id, transaction.now)
    return row


def owner(transaction: Transaction, client_id: str) -> Account | None:
    """Return whose rights a client has now; None when it was revoked or its person's account is disabled."""
    row = rows.get(transaction.session, client_id[:160])
    if row is None or row.revoked_at is not None:
        return None
    account = accounts.find(transaction, row.user_name)
    return account if account is not None and account.active else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
