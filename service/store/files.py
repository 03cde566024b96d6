"""Files: their content once for each SHA-256, in pieces, and one row for each upload of it.

Content never changes, so a piece may be read in any later transaction as long as a row refers to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import KEY, Base, Key

__all__ = [
    "FileContent",
    "FilePiece",
    "StoredFile",
    "add",
    "add_content",
    "drop_content",
    "expired",
    "get",
    "known",
    "of_case",
    "pending_of",
    "piece",
    "remove",
    "several",
    "use",
]


class FileContent(Base):
    __tablename__ = "file_content"

    sha256: Mapped[str] = mapped_column(primary_key=True)  # hexadecimal
    size: Mapped[Key]  # bytes


class FilePiece(Base):
    """A part of a content; all but the last are of one length."""

    __tablename__ = "file_piece"

    sha256: Mapped[str] = mapped_column(ForeignKey("file_content.sha256"), primary_key=True)
    number: Mapped[int] = mapped_column(KEY, primary_key=True, autoincrement=False)  # from 0
    content: Mapped[bytes] = mapped_column(LargeBinary)


class StoredFile(Base):
    """One upload: what it is called, whose it is, how long it stays."""

    __tablename__ = "stored_file"
    __table_args__ = (Index(None, "business_key", "created_at"), Index(None, "created_by", "pending_until"))

    id: Mapped[str] = mapped_column(primary_key=True)  # `documentId` of references to it
    sha256: Mapped[str] = mapped_column(ForeignKey("file_content.sha256"), index=True)
    name: Mapped[str]  # as typed
    content_type: Mapped[str]  # by content, not by what the sender said
    size: Mapped[Key]  # bytes
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    # What it belongs to: the case, or the root of process instances; an upload may wait for a task to be submitted.
    business_key: Mapped[str | None]
    root_key: Mapped[Key | None]
    instance_key: Mapped[Key | None]
    process_id: Mapped[str | None]
    task_key: Mapped[Key | None]
    place: Mapped[str | None]  # path of the field that took it
    pending_until: Mapped[datetime | None] = mapped_column(index=True)  # nothing refers to it yet
    expires_at: Mapped[datetime | None] = mapped_column(index=True)  # as its sender wished
    properties: Mapped[str]  # JSON object, the sender's


def known(session: Session, sha256: str) -> bool:
    """Return whether a content is stored."""
    return session.scalar(select(exists().where(FileContent.sha256 == sha256))) or False


def add_content(session: Session, sha256: str, size: int, pieces: Iterable[bytes]) -> None:
    """Store a content; only one piece at a time is held in memory."""
    session.execute(insert(FileContent).values(sha256=sha256, size=size))
    for number, content in enumerate(pieces):
        session.execute(insert(FilePiece).values(sha256=sha256, number=number, content=content))


def add(session: Session, row: StoredFile) -> None:
    session.add(row)
    session.flush()


def get(session: Session, file_id: str) -> StoredFile | None:
    return session.get(StoredFile, file_id)


def several(session: Session, ids: Iterable[str]) -> dict[str, StoredFile]:
    """Return the files that there are, by id."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    return {row.id: row for row in session.scalars(select(StoredFile).where(StoredFile.id.in_(wanted)))}


def piece(session: Session, sha256: str, number: int) -> bytes | None:
    statement = select(FilePiece.content).where(FilePiece.sha256 == sha256, FilePiece.number == number)
    return session.scalar(statement)


def of_case(session: Session, business_key: str) -> Sequence[StoredFile]:
    """Return the files that a case keeps, oldest first."""
    statement = (
        select(StoredFile)
        .where(StoredFile.business_key == business_key, StoredFile.pending_until.is_(None))
        .order_by(StoredFile.created_at, StoredFile.id)
    )
    return session.scalars(statement).all()


def pending_of(session: Session, user: str) -> tuple[int, int]:
    """Return number and bytes of what a person uploaded and nothing refers to yet."""
    statement = select(func.count(), func.coalesce(func.sum(StoredFile.size), 0)).where(
        StoredFile.created_by == user, StoredFile.pending_until.is_not(None)
    )
    count, size = session.execute(statement).one()
    return int(count), int(size)


def use(session: Session, file_id: str, **values: object) -> None:
    """Say what a file belongs to from now on."""
    session.execute(update(StoredFile).where(StoredFile.id == file_id).values(pending_until=None, **values))


def expired(session: Session, now: datetime, limit: int) -> Sequence[StoredFile]:
    """Return files whose time is over: uploads that nothing took, and what its sender gave an end."""
    statement = (
        select(StoredFile)
        .where(or_(StoredFile.pending_until <= now, StoredFile.expires_at <= now))
        .order_by(StoredFile.created_at, StoredFile.id)
        .limit(limit)
    )
    return session.scalars(statement).all()


def remove(session: Session, ids: Sequence[str]) -> None:
    session.execute(delete(StoredFile).where(StoredFile.id.in_(ids)))


def drop_content(session: Session, digests: Iterable[str]) -> None:
    """Delete those contents to which no file refers any more.

    An upload of the same content in another transaction holds its row by the foreign key: one of the two is refused
    by the database and tried again.
    """
    wanted = set(digests)
    used = set(session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(wanted))))
    unused = list(wanted - used)
    if unused:
        session.execute(delete(FilePiece).where(FilePiece.sha256.in_(unused)))
        session.execute(delete(FileContent).where(FileContent.sha256.in_(unused)))
