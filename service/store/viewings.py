"""Who looked at what of a case, and how often in a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import COUNT_CAP, Base, IndexedKey, Page, PrimaryKey, decode_cursor, encode_cursor
from service.store.cases import CaseFile


class Viewing(Base):
    __tablename__ = "viewing"
    __table_args__ = (Index(None, "user_name", "case_key", "part", "last_at"),)

    key: Mapped[PrimaryKey]
    case_key: Mapped[IndexedKey] = mapped_column(ForeignKey("case_file.key"))
    user_name: Mapped[str]
    part: Mapped[str]  # a tab of the case page, "task", "file", "identity"
    detail: Mapped[str]  # name of the step or file; why a number was shown
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    times: Mapped[int]


@dataclass(frozen=True, slots=True)
class ViewingQuery:
    """Which entries a list shows; None leaves a filter out."""

    user_name: str | None = None
    case_no: str | None = None
    part: str | None = None
    since: datetime | None = None
    until: datetime | None = None  # exclusive


def latest(session: Session, user_name: str, case_key: int, part: str, detail: str, since: datetime) -> Viewing | None:
    """Return the entry that another look at the same thing belongs to."""
    statement = (
        select(Viewing)
        .where(
            Viewing.user_name == user_name,
            Viewing.case_key == case_key,
            Viewing.part == part,
            Viewing.detail == detail,
            Viewing.last_at >= since,
        )
        .order_by(Viewing.key.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def add(session: Session, row: Viewing) -> None:
    session.add(row)
    session.flush()


def search(session: Session, query: ViewingQuery, after: str | None, limit: int) -> Page[tuple[Viewing, str]]:
    """Return entries with the number of their case, newest first."""
    wanted = []
    if query.user_name is not None:
        wanted.append(Viewing.user_name == query.user_name)
    if query.case_no is not None:
        wanted.append(CaseFile.case_no == query.case_no)
    if query.part is not None:
        wanted.append(Viewing.part == query.part)
    if query.since is not None:
        wanted.append(Viewing.last_at >= query.since)
    if query.until is not None:
        wanted.append(Viewing.first_at < query.until)
    joined = select(Viewing, CaseFile.case_no).join(CaseFile, CaseFile.key == Viewing.case_key).where(*wanted)
    total = session.scalar(select(func.count()).select_from(joined.limit(COUNT_CAP + 1).subquery())) or 0
    statement = joined.order_by(Viewing.key.desc()).limit(limit + 1)
    if after is not None:
        statement = statement.where(Viewing.key < decode_cursor(after, int)[0])
    rows = [(row[0], row[1]) for row in session.execute(statement)]
    items = rows[:limit]
    following = encode_cursor(items[-1][0].key) if len(rows) > limit else None
    return Page(items, following, min(total, COUNT_CAP), total > COUNT_CAP)
