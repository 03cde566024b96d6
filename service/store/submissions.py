"""Submissions, which never change, and drafts, which their author may change until the task is completed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, bindparam, delete, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import KEY, Base, IndexedKey, Key, PrimaryKey, send, table_of


class Submission(Base):
    """What a person sent in through a form or a client, before and after validation."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("user_task_key", "idempotency_key"),
        Index(None, "business_key", "key"),
        # A start form belongs to no task, and null equals nothing in the constraint above.
        Index(
            None,
            "submitted_by",
            "idempotency_key",
            unique=True,
            sqlite_where=text("user_task_key IS NULL"),
            postgresql_where=text("user_task_key IS NULL"),
        ),
    )

    key: Mapped[PrimaryKey]
    user_task_key: Mapped[IndexedKey | None]  # None: a start form
    instance_key: Mapped[Key]
    root_key: Mapped[IndexedKey]
    business_key: Mapped[str | None]
    element_id: Mapped[str]
    form_key: Mapped[Key | None]
    data: Mapped[str]  # JSON as sent
    accepted: Mapped[str]  # JSON after validation: {"variables": {...}, "records": {path: value}}
    submitted_by: Mapped[str]
    submitted_at: Mapped[datetime]
    idempotency_key: Mapped[str | None]  # a second request with the same key changes nothing


class Draft(Base):
    __tablename__ = "draft"

    user_task_key: Mapped[int] = mapped_column(KEY, primary_key=True, autoincrement=False)
    author: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[str]  # JSON as typed
    saved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1, server_default="1")  # counts up with every change


_SUBMISSIONS = table_of(Submission)
_ADD = insert(_SUBMISSIONS)
_DELETE_DRAFTS = delete(table_of(Draft)).where(table_of(Draft).c.user_task_key.in_(bindparam("closed", expanding=True)))


def add(session: Session, submission: Submission) -> None:
    send(session, _ADD, [{column.key: getattr(submission, column.key) for column in _SUBMISSIONS.columns}])


def of_task(session: Session, user_task_key: int) -> Submission | None:
    statement = select(Submission).where(Submission.user_task_key == user_task_key).order_by(Submission.key.desc())
    return session.scalars(statement).first()


def repeated(session: Session, user_task_key: int, idempotency_key: str) -> Submission | None:
    """Return the submission that an earlier request with the same key made."""
    statement = select(Submission).where(
        Submission.user_task_key == user_task_key, Submission.idempotency_key == idempotency_key
    )
    return session.scalars(statement).first()


def repeated_start(session: Session, submitted_by: str, idempotency_key: str) -> Submission | None:
    """Return what an earlier request of a person with the same key began: a start form belongs to no task."""
    statement = select(Submission).where(
        Submission.user_task_key.is_(None),
        Submission.submitted_by == submitted_by,
        Submission.idempotency_key == idempotency_key,
    )
    return session.scalars(statement).first()


def of_root(session: Session, root_key: int) -> Sequence[Submission]:
    return session.scalars(select(Submission).where(Submission.root_key == root_key).order_by(Submission.key)).all()


def of_case(session: Session, business_key: str) -> Sequence[Submission]:
    statement = select(Submission).where(Submission.business_key == business_key).order_by(Submission.key)
    return session.scalars(statement).all()


def draft(session: Session, user_task_key: int, author: str) -> Draft | None:
    return session.get(Draft, (user_task_key, author))


def drafts_of(session: Session, user_task_key: int) -> Sequence[str]:
    """Return what everybody typed so far in a task's form."""
    return session.scalars(select(Draft.data).where(Draft.user_task_key == user_task_key)).all()


def save_draft(session: Session, user_task_key: int, author: str, data: str, saved_at: datetime) -> Draft:
    """Keep what somebody typed; the version counts up where it differs from what was kept."""
    row = session.get(Draft, (user_task_key, author))
    if row is None:
        row = Draft(user_task_key=user_task_key, author=author, data=data, saved_at=saved_at, version=1)
        session.add(row)
    elif row.data != data:
        row.data = data
        row.saved_at = saved_at
        row.version += 1
    session.flush()
    return row


def delete_drafts(session: Session, user_task_keys: Sequence[int]) -> None:
    if user_task_keys:
        send(session, _DELETE_DRAFTS, {"closed": user_task_keys})
