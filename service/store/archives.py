"""Requests for archives of cases: who asked, who agreed, for which state of the case, and what was handed out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base, IndexedKey, Key, PrimaryKey


class ArchiveRequest(Base):
    __tablename__ = "archive_request"

    key: Mapped[PrimaryKey]
    case_key: Mapped[IndexedKey] = mapped_column(ForeignKey("case_file.key"))
    kind: Mapped[str]  # archive | export
    reason: Mapped[str]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    decided_by: Mapped[str | None]  # None: not decided yet
    decided_at: Mapped[datetime | None]
    approved: Mapped[bool | None]
    sequence: Mapped[Key | None]  # of the audit entry that last changed the case when it was approved
    sha256: Mapped[str | None]  # of the archive, once it was made


def add(session: Session, row: ArchiveRequest) -> None:
    session.add(row)
    session.flush()


def get(session: Session, key: int) -> ArchiveRequest | None:
    return session.get(ArchiveRequest, key)


def of_case(session: Session, case_key: int) -> Sequence[ArchiveRequest]:
    """Return the requests of a case, newest first."""
    statement = select(ArchiveRequest).where(ArchiveRequest.case_key == case_key)
    return session.scalars(statement.order_by(ArchiveRequest.key.desc())).all()


def decide(session: Session, key: int, by: str, at: datetime, approved: bool, sequence: int) -> bool:
    """Decide a request; False if it was decided already."""
    statement = (
        update(ArchiveRequest)
        .where(ArchiveRequest.key == key, ArchiveRequest.decided_by.is_(None))
        .values(decided_by=by, decided_at=at, approved=approved, sequence=sequence)
    )
    return bool(session.execute(statement).rowcount == 1)  # type: ignore[attr-defined]
