"""Records of cases as JSON documents, with every version that they had."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.errors import Conflict
from service.store.base import Base, Key, PrimaryKey

NO_SUBJECT = 0  # a record of the case as a whole; a null would not be unique


class Record(Base):
    __tablename__ = "record"
    __table_args__ = (UniqueConstraint("case_key", "subject_key", "name"),)

    key: Mapped[PrimaryKey]
    case_key: Mapped[Key] = mapped_column(ForeignKey("case_file.key"))
    subject_key: Mapped[Key]  # NO_SUBJECT for the whole case
    name: Mapped[str]  # matter, meeting, ...
    version: Mapped[int]  # counts up with every write; compare-and-set
    document: Mapped[str]  # JSON
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]


class RecordVersion(Base):
    """One version of a record; never changed."""

    __tablename__ = "record_version"

    record_key: Mapped[int] = mapped_column(ForeignKey("record.key"), primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[str]  # JSON
    written_at: Mapped[datetime]
    written_by: Mapped[str]


def of_case(session: Session, case_key: int, subject_key: int | None = None) -> Sequence[Record]:
    """Return the records of a case, or of one of its subjects."""
    statement = select(Record).where(Record.case_key == case_key).order_by(Record.key)
    if subject_key is not None:
        statement = statement.where(Record.subject_key == subject_key)
    return session.scalars(statement).all()


def get(session: Session, case_key: int, subject_key: int, name: str) -> Record | None:
    statement = select(Record).where(
        Record.case_key == case_key, Record.subject_key == subject_key, Record.name == name
    )
    return session.scalars(statement).one_or_none()


def create(session: Session, key: int, place: tuple[int, int, str], document: str, now: datetime, by: str) -> None:
    """Write the first version; `place` is case, subject and name."""
    case_key, subject_key, name = place
    session.execute(
        insert(Record).values(
            key=key,
            case_key=case_key,
            subject_key=subject_key,
            name=name,
            version=1,
            document=document,
            updated_at=now,
            updated_by=by,
        )
    )
    _keep(session, key, 1, document, now, by)


def replace(session: Session, key: int, expected: int, document: str, now: datetime, by: str) -> None:
    """Write the next version; raises `Conflict` if somebody else wrote since version `expected`."""
    statement = (
        update(Record)
        .where(Record.key == key, Record.version == expected)
        .values(version=expected + 1, document=document, updated_at=now, updated_by=by)
        .execution_options(synchronize_session=False)
    )
    if session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("casework.record_changed", record=key)
    _keep(session, key, expected + 1, document, now, by)


def versions(session: Session, record_key: int) -> Sequence[RecordVersion]:
    """Return all versions, oldest first."""
    statement = select(RecordVersion).where(RecordVersion.record_key == record_key).order_by(RecordVersion.version)
    return session.scalars(statement).all()


def _keep(session: Session, key: int, version: int, document: str, now: datetime, by: str) -> None:
    session.execute(
        insert(RecordVersion).values(record_key=key, version=version, document=document, written_at=now, written_by=by)
    )
