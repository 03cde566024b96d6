"""Notices: messages to people inside the service, and which of them were read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session

from service.store.base import COUNT_CAP, Base, Key, Page, PrimaryKey, decode_cursor, encode_cursor


class Notice(Base):
    __tablename__ = "notice"
    __table_args__ = (Index(None, "user_name", "read_at", "key"), UniqueConstraint("source_key", "user_name"))

    key: Mapped[PrimaryKey]
    user_name: Mapped[str]
    case_key: Mapped[Key | None]
    subject_key: Mapped[Key | None]
    title: Mapped[str]
    text: Mapped[str]
    sent_at: Mapped[datetime]
    sent_by: Mapped[str]
    source_key: Mapped[Key]  # of the job that sent it, so that a second run sends nothing twice
    read_at: Mapped[datetime | None]


def get(session: Session, key: int) -> Notice | None:
    return session.get(Notice, key)


def recipients(session: Session, source_key: int) -> set[str]:
    """Return who has got the notice of a job already."""
    return set(session.scalars(select(Notice.user_name).where(Notice.source_key == source_key)))


def recipients_of(session: Session, source_keys: Collection[int]) -> dict[int, list[str]]:
    """Return who got the notices of jobs, by job."""
    found: dict[int, list[str]] = {}
    statement = select(Notice.source_key, Notice.user_name).where(Notice.source_key.in_(list(source_keys)))
    for source_key, name in session.execute(statement.order_by(Notice.source_key, Notice.user_name)):
        found.setdefault(source_key, []).append(name)
    return found


def add_all(session: Session, rows: Collection[Notice]) -> None:
    session.add_all(rows)
    session.flush()


def of_user(session: Session, user_name: str, unread: bool, after: str | None, limit: int) -> Page[Notice]:
    """Return a person's notices, newest first."""
    wanted = [Notice.user_name == user_name]
    if unread:
        wanted.append(Notice.read_at.is_(None))
    total = session.scalar(select(func.count()).select_from(Notice).where(*wanted)) or 0
    statement = select(Notice).where(*wanted).order_by(Notice.key.desc()).limit(limit + 1)
    if after is not None:
        statement = statement.where(Notice.key < decode_cursor(after, int)[0])
    rows = session.scalars(statement).all()
    items = rows[:limit]
    following = encode_cursor(items[-1].key) if len(rows) > limit else None
    return Page(items, following, min(total, COUNT_CAP), total > COUNT_CAP)


def of_case(session: Session, case_key: int) -> list[Notice]:
    """Return the notices about a case, oldest first."""
    return list(session.scalars(select(Notice).where(Notice.case_key == case_key).order_by(Notice.key)))


def unread_count(session: Session, user_name: str) -> int:
    statement = select(func.count()).select_from(Notice).where(Notice.user_name == user_name, Notice.read_at.is_(None))
    return session.scalar(statement) or 0


def mark_read(session: Session, user_name: str, keys: Collection[int] | None, now: datetime) -> int:
    """Mark a person's notices read, all of them without `keys`; return how many were not."""
    statement = update(Notice).where(Notice.user_name == user_name, Notice.read_at.is_(None))
    if keys is not None:
        statement = statement.where(Notice.key.in_(list(keys)))
    result = session.execute(statement.values(read_at=now))
    return int(result.rowcount)  # type: ignore[attr-defined]
