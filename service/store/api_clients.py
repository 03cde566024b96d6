"""API clients: programs that act with a person's rights, known by an id and the digest of a secret."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base


class ApiClient(Base):
    __tablename__ = "api_client"

    client_id: Mapped[str] = mapped_column(primary_key=True)
    user_name: Mapped[str] = mapped_column(ForeignKey("user_account.name"), index=True)  # whose rights it uses
    name: Mapped[str]  # what its person calls it
    # SHA-256: the secret is 256 random bits, which nobody guesses, however fast hashing is.
    secret_digest: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]  # when it last got a token
    revoked_at: Mapped[datetime | None]


def get(session: Session, client_id: str) -> ApiClient | None:
    return session.get(ApiClient, client_id)


def add(session: Session, row: ApiClient) -> None:
    session.add(row)
    session.flush()


def of_user(session: Session, user_name: str) -> Sequence[ApiClient]:
    """Return a person's clients, newest first."""
    statement = (
        select(ApiClient)
        .where(ApiClient.user_name == user_name)
        .order_by(ApiClient.created_at.desc(), ApiClient.client_id)
    )
    return session.scalars(statement).all()


def mark_used(session: Session, client_id: str, at: datetime) -> None:
    session.execute(update(ApiClient).where(ApiClient.client_id == client_id).values(used_at=at))
