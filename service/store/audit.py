"""The audit log: appended only, each entry carrying the hash of the one before, the last one known to the head row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Index, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import KEY, Base, Page, decode_cursor, encode_cursor, send, table_of


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


_ENTRIES = insert(table_of(AuditEntry))
_HEAD = table_of(AuditHead)
_MOVE = (
    update(_HEAD)
    .where(_HEAD.c.id == 1, _HEAD.c.sequence == bindparam("from_sequence"), _HEAD.c.hash == bindparam("from_hash"))
    .values(sequence=bindparam("to_sequence"), hash=bindparam("to_hash"))
)


def move_head(session: Session, former: tuple[int, str], latter: tuple[int, str]) -> bool:
    """Move the head on if it still stands where it was thought to; return whether it did.

    Transaction: on PostgreSQL its row is locked until the end, so this and `append` are the last before commit.
    """
    values = {
        "from_sequence": former[0], "from_hash": former[1], "to_sequence": latter[0], "to_hash": latter[1],
    }  # fmt: skip
    return bool(send(session, _MOVE, values).rowcount == 1)


def append(session: Session, entries: list[dict[str, object]]) -> None:
    """Write entries behind those to which the head pointed."""
    send(session, _ENTRIES, entries)


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
