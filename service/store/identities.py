"""Identity numbers of the persons of a case, sealed; what may be shown of them stands beside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base


class SubjectIdentity(Base):
    __tablename__ = "subject_identity"

    subject_key: Mapped[int] = mapped_column(ForeignKey("case_subject.key"), primary_key=True, autoincrement=False)
    sealed: Mapped[str]
    masked: Mapped[str]  # 1101**********1234
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


def get(session: Session, subject_key: int) -> SubjectIdentity | None:
    return session.get(SubjectIdentity, subject_key)


def masked(session: Session, subject_keys: Collection[int]) -> dict[int, str]:
    """Return what may be shown, by subject."""
    statement = select(SubjectIdentity.subject_key, SubjectIdentity.masked).where(
        SubjectIdentity.subject_key.in_(list(subject_keys))
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def any_kept(session: Session) -> bool:
    """Whether there is a number at all."""
    return session.scalar(select(SubjectIdentity.subject_key).limit(1)) is not None


def locked(session: Session) -> Sequence[SubjectIdentity]:
    """Return all of them; on PostgreSQL nobody else changes them until the end of the transaction."""
    return session.scalars(select(SubjectIdentity).order_by(SubjectIdentity.subject_key).with_for_update()).all()


def add(session: Session, row: SubjectIdentity) -> None:
    session.add(row)
    session.flush()
