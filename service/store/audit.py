"""The audit log: appended only, each entry carrying the hash of the one before, the last one known to the head row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Index, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import KEY, Base, Page, decode_cursor, encode_cursor


class AuditEntry(Base):
    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "object_kind", "object_key", "sequence"), Index(None, "business_key", "sequence"))

    sequence: Mapped[int] = mapped_column(KEY, primary_key=True, autoincrement=False)  # 1-based, without gaps
    at: Mapped[datetime]
    actor: Mapped[str]
    actor_kind: Mapped[str]
    action: Mapped[str]
    object_kind: Mapped[str]
    object_key: Mapped[str]
    business_key: Mapped[str | None]
    before: Mapped[str]  # canonical JSON
    after: Mapped[str]
    effects: Mapped[str]  # canonical JSON list: what the action did besides
    previous_hash: Mapped[str]
    hash: Mapped[str]


class AuditHead(Base):
    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(KEY, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(KEY)
    hash: Mapped[str]


# What the first entry carries as the hash before it.
GENESIS = "0" * 64


def lock_head(session: Session) -> AuditHead:
    """Return the head of the chain.

    Transaction: on PostgreSQL its row is locked until the end, so this is the last thing before commit.
    """
    head = session.execute(
        select(AuditHead).where(AuditHead.id == 1).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if head is None:
        session.execute(insert(AuditHead).values(id=1, sequence=0, hash=GENESIS))
        head = session.execute(select(AuditHead).where(AuditHead.id == 1)).scalar_one()
    return head


def append(session: Session, entries: list[dict[str, object]], sequence: int, hash_: str) -> None:
    """Write entries and move the head to the last of them."""
    session.execute(insert(AuditEntry), entries)
    session.execute(
        update(AuditHead)
        .where(AuditHead.id == 1)
        .values(sequence=sequence, hash=hash_)
        .execution_options(synchronize_session=False)
    )


def head(session: Session) -> tuple[int, str]:
    """Return sequence and hash of the last entry; (0, GENESIS) before the first."""
    row = session.execute(select(AuditHead.sequence, AuditHead.hash).where(AuditHead.id == 1)).one_or_none()
    return (0, GENESIS) if row is None else (row[0], row[1])


def all_entries(session: Session, batch: int = 1000) -> Iterator[AuditEntry]:
    """Yield every entry in order, a batch at a time."""
    last = 0
    while True:
        statement = select(AuditEntry).where(AuditEntry.sequence > last).order_by(AuditEntry.sequence).limit(batch)
        rows = session.scalars(statement).all()
        if not rows:
            return
        yield from rows
        last = rows[-1].sequence
        session.expunge_all()


def search(
    session: Session,
    *,
    business_key: str | None = None,
    object_kind: str | None = None,
    object_key: str | None = None,
    actor: str | None = None,
    action: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[AuditEntry]:
    """Return entries, newest first."""
    statement = select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(limit + 1)
    for column, value in (
        (AuditEntry.business_key, business_key),
        (AuditEntry.object_kind, object_kind),
        (AuditEntry.object_key, object_key),
        (AuditEntry.actor, actor),
        (AuditEntry.action, action),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if after is not None:
        statement = statement.where(AuditEntry.sequence < decode_cursor(after, int)[0])
    rows = session.scalars(statement).all()
    items = rows[:limit]
    return Page(items, encode_cursor(items[-1].sequence) if len(rows) > limit else None, len(items))
