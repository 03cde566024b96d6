"""Subscriptions: who waits for a message, a signal or a condition, and messages that wait for a receiver."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base, IndexedKey, Key, PrimaryKey, enum_column


class SubscriptionKind(StrEnum):
    MESSAGE = "message"
    SIGNAL = "signal"
    CONDITION = "condition"  # looked at again when records change


class Subscription(Base):
    __tablename__ = "subscription"
    __table_args__ = (
        Index(None, "kind", "name", "correlation_key", "key"),
        Index(None, "business_key", "kind"),
    )

    key: Mapped[PrimaryKey]  # key of the flow node instance that waits; of its own for a start subscription
    kind: Mapped[SubscriptionKind] = mapped_column(enum_column(SubscriptionKind))
    name: Mapped[str | None]  # of the message or signal
    correlation_key: Mapped[str | None]  # None for signals and start subscriptions
    element_id: Mapped[str]
    element_instance_key: Mapped[Key | None]
    instance_key: Mapped[Key | None]  # None for start subscriptions
    root_key: Mapped[IndexedKey | None]
    definition_key: Mapped[IndexedKey]
    process_id: Mapped[str]
    business_key: Mapped[str | None]
    created_at: Mapped[datetime]


class BufferedMessage(Base):
    """A published message for which nobody waited yet, or whose id must not be used again while it would live."""

    __tablename__ = "buffered_message"
    __table_args__ = (
        Index(None, "name", "correlation_key", "key"),
        UniqueConstraint("name", "correlation_key", "message_id"),
    )

    key: Mapped[PrimaryKey]
    name: Mapped[str]
    correlation_key: Mapped[str]
    message_id: Mapped[str | None]  # of the sender; two of one name, correlation key and id are one
    variables: Mapped[str]  # JSON object
    published_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    delivered: Mapped[bool] = mapped_column(default=False)  # its receiver has it; only the id is kept


def insert_all(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.execute(insert(Subscription), rows)


def delete_all(session: Session, keys: Collection[int]) -> None:
    if keys:
        session.execute(delete(Subscription).where(Subscription.key.in_(list(keys))))


def waiting(session: Session, name: str, correlation_key: str) -> Subscription | None:
    """Return the one receiver inside an instance: whoever has waited longest."""
    statement = (
        select(Subscription)
        .where(
            Subscription.kind == SubscriptionKind.MESSAGE,
            Subscription.name == name,
            Subscription.correlation_key == correlation_key,
            Subscription.root_key.is_not(None),
        )
        .order_by(Subscription.key)
        .limit(1)
    )
    return session.scalars(statement).first()


def start_of(session: Session, kind: SubscriptionKind, name: str) -> Sequence[Subscription]:
    """Return the start events that a message or signal triggers."""
    statement = (
        select(Subscription)
        .where(Subscription.kind == kind, Subscription.name == name, Subscription.root_key.is_(None))
        .order_by(Subscription.key)
    )
    return session.scalars(statement).all()


def signalled(session: Session, name: str) -> Sequence[Subscription]:
    """Return all that wait for a signal inside instances, longest waiting first."""
    statement = (
        select(Subscription)
        .where(
            Subscription.kind == SubscriptionKind.SIGNAL,
            Subscription.name == name,
            Subscription.root_key.is_not(None),
        )
        .order_by(Subscription.key)
    )
    return session.scalars(statement).all()


def roots_with_conditions(session: Session, business_key: str) -> Sequence[int]:
    statement = (
        select(Subscription.root_key)
        .where(Subscription.kind == SubscriptionKind.CONDITION, Subscription.business_key == business_key)
        .distinct()
    )
    return [key for key in session.scalars(statement) if key is not None]


def of_root(session: Session, root_key: int) -> Sequence[Subscription]:
    statement = select(Subscription).where(Subscription.root_key == root_key).order_by(Subscription.key)
    return session.scalars(statement).all()


def delete_starts(session: Session, process_id: str) -> None:
    session.execute(delete(Subscription).where(Subscription.process_id == process_id, Subscription.root_key.is_(None)))


def search(
    session: Session,
    *,
    root_key: int | None = None,
    instance_key: int | None = None,
    business_key: str | None = None,
    name: str | None = None,
    limit: int = 100,
) -> Sequence[Subscription]:
    statement = select(Subscription).order_by(Subscription.key).limit(limit)
    for column, value in (
        (Subscription.root_key, root_key),
        (Subscription.instance_key, instance_key),
        (Subscription.business_key, business_key),
        (Subscription.name, name),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return session.scalars(statement).all()


def buffer(session: Session, message: BufferedMessage) -> None:
    session.add(message)


def buffered(session: Session, name: str, correlation_key: str, now: datetime) -> BufferedMessage | None:
    """Return the oldest message that still waits for this receiver."""
    statement = (
        select(BufferedMessage)
        .where(
            BufferedMessage.name == name,
            BufferedMessage.correlation_key == correlation_key,
            BufferedMessage.expires_at > now,
            BufferedMessage.delivered.is_(False),
        )
        .order_by(BufferedMessage.key)
        .limit(1)
        .with_for_update()
    )
    return session.scalars(statement).first()


def is_known(session: Session, name: str, correlation_key: str, message_id: str) -> bool:
    """Whether a message of this id was published whose time to live has not run out."""
    statement = select(BufferedMessage.key).where(
        BufferedMessage.name == name,
        BufferedMessage.correlation_key == correlation_key,
        BufferedMessage.message_id == message_id,
    )
    return session.scalar(statement) is not None


def take_buffered(session: Session, message: BufferedMessage) -> None:
    """Let go of a message that was delivered; its id stays known until it expires."""
    if message.message_id is None:
        session.delete(message)
    else:
        message.delivered, message.variables = True, "{}"
    session.flush()


def drop_expired(session: Session, now: datetime) -> None:
    session.execute(delete(BufferedMessage).where(BufferedMessage.expires_at <= now))
