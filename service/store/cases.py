"""Case files: the case, the persons held accountable in it, and who is assigned to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import COUNT_CAP, Base, IndexedKey, Page, PrimaryKey, decode_cursor, encode_cursor

# Secrecy label of cases that lists show to fewer people.
WORK_SECRET = "work_secret"  # noqa: S105 - a label, no password


class CaseFile(Base):
    """One case. What the procedure's data dictionary says about it beyond these columns is its record `case`."""

    __tablename__ = "case_file"
    __table_args__ = (Index(None, "state", "key"), Index(None, "organ", "key"))

    key: Mapped[PrimaryKey]  # as text, the business key of its process instances
    case_no: Mapped[str] = mapped_column(unique=True)
    accountability_case_no: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    organ: Mapped[str]
    organ_level: Mapped[str]
    secrecy: Mapped[str]
    state: Mapped[str]  # summary of its subjects' states until it is closed
    opened_at: Mapped[datetime | None]  # when accountability work began; None: not yet
    registered_at: Mapped[datetime]
    registered_by: Mapped[str]
    closed_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column(default=1)


class CaseSubject(Base):
    """One person held accountable, with the states of the parallel lines."""

    __tablename__ = "case_subject"
    __table_args__ = (UniqueConstraint("case_key", "number"), Index(None, "rectification_state", "key"))

    key: Mapped[PrimaryKey]
    case_key: Mapped[IndexedKey] = mapped_column(ForeignKey("case_file.key"))
    number: Mapped[int]  # 1-based, in order of registration
    name: Mapped[str]
    user_name: Mapped[str | None] = mapped_column(index=True)  # account through which the person applies and follows
    state: Mapped[str]
    outcome: Mapped[str]
    filing_state: Mapped[str]
    appeal_state: Mapped[str]
    rectification_state: Mapped[str]
    issued_at: Mapped[datetime | None]  # of the decision; from then on document and outcome are locked


class CasePerson(Base):
    """Somebody assigned to a case in a role."""

    __tablename__ = "case_person"

    case_key: Mapped[int] = mapped_column(ForeignKey("case_file.key"), primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(primary_key=True)
    user_name: Mapped[str] = mapped_column(primary_key=True, index=True)
    position: Mapped[int]  # order within the role
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[str]


class CaseNumber(Base):
    """The yearly sequence of case numbers of one organ."""

    __tablename__ = "case_number"

    organ: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Which cases a list shows; None leaves a filter out."""

    text: str | None = None  # in case number, accountability case number, title or a subject's name
    states: Collection[str] = ()
    organ: str | None = None
    outcome: str | None = None  # of one of its subjects
    person: str | None = None  # user name assigned to it
    subject_user: str | None = None  # user name of one of its subjects
    keys: Collection[int] | None = None
    # who asks: sees cases of these organs (None: of every organ), those assigned to, and those they are a subject of
    visible_organs: Collection[str] | None = None
    secret_organs: Collection[str] | None = None  # of them, where work secrets are seen too (None: in every one)
    visible_to: str | None = None  # None: no limit by person either


def get(session: Session, key: int) -> CaseFile | None:
    return session.get(CaseFile, key)


def lock(session: Session, key: int) -> CaseFile | None:
    """Return a case and, on PostgreSQL, keep others from changing it until the end of the transaction."""
    return session.scalars(select(CaseFile).where(CaseFile.key == key).with_for_update()).one_or_none()


def by_number(session: Session, case_no: str) -> CaseFile | None:
    return session.scalars(select(CaseFile).where(CaseFile.case_no == case_no)).one_or_none()


def subject(session: Session, key: int) -> CaseSubject | None:
    return session.get(CaseSubject, key)


def lock_subject(session: Session, key: int) -> CaseSubject | None:
    """Return a subject as it stands in the database, kept from others' changes until the end on PostgreSQL."""
    return session.get(CaseSubject, key, populate_existing=True, with_for_update=True)


def subjects(session: Session, case_key: int) -> Sequence[CaseSubject]:
    statement = select(CaseSubject).where(CaseSubject.case_key == case_key).order_by(CaseSubject.number)
    return session.scalars(statement).all()


def subjects_of(session: Session, case_keys: Collection[int]) -> Sequence[CaseSubject]:
    """Return the subjects of several cases by case and number."""
    statement = (
        select(CaseSubject)
        .where(CaseSubject.case_key.in_(list(case_keys)))
        .order_by(CaseSubject.case_key, CaseSubject.number)
    )
    return session.scalars(statement).all()


def subjects_in_rectification(
    session: Session, states: Collection[str], visible_organs: Collection[str] | None, after: str | None, limit: int
) -> Page[CaseSubject]:
    """Return subjects whose rectification stands in one of the states, oldest first."""
    wanted: list[ColumnElement[bool]] = [CaseSubject.rectification_state.in_(list(states))]
    if visible_organs is not None:
        reached = select(CaseFile.key).where(CaseFile.organ.in_(list(visible_organs)))
        wanted.append(CaseSubject.case_key.in_(reached))
    total = session.scalar(select(func.count()).select_from(CaseSubject).where(*wanted)) or 0
    statement = select(CaseSubject).where(*wanted).order_by(CaseSubject.key).limit(limit + 1)
    if after is not None:
        statement = statement.where(CaseSubject.key > decode_cursor(after, int)[0])
    rows = session.scalars(statement).all()
    items = rows[:limit]
    following = encode_cursor(items[-1].key) if len(rows) > limit else None
    return Page(items, following, min(total, COUNT_CAP), total > COUNT_CAP)


def people(session: Session, case_key: int) -> Sequence[CasePerson]:
    statement = (
        select(CasePerson)
        .where(CasePerson.case_key == case_key)
        .order_by(CasePerson.role, CasePerson.position, CasePerson.user_name)
    )
    return session.scalars(statement).all()


def leads(session: Session, case_keys: Collection[int], role: str) -> dict[int, str]:
    """Return who is assigned first in a role, by case."""
    statement = (
        select(CasePerson.case_key, CasePerson.user_name)
        .where(CasePerson.case_key.in_(list(case_keys)), CasePerson.role == role)
        .order_by(CasePerson.position.desc())
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def set_people(session: Session, case_key: int, role: str, names: Sequence[str], now: datetime, by: str) -> None:
    """Replace those assigned in one role; who stays keeps the moment of the first assignment."""
    known = {row.user_name: (row.assigned_at, row.assigned_by) for row in people(session, case_key) if row.role == role}
    session.execute(delete(CasePerson).where(CasePerson.case_key == case_key, CasePerson.role == role))
    rows = [
        {
            "case_key": case_key,
            "role": role,
            "user_name": name,
            "position": position,
            "assigned_at": known.get(name, (now, by))[0],
            "assigned_by": known.get(name, (now, by))[1],
        }
        for position, name in enumerate(dict.fromkeys(names))
    ]
    if rows:
        session.execute(insert(CasePerson), rows)


def add(session: Session, row: Base) -> None:
    session.add(row)
    session.flush()


def next_number(session: Session, organ: str, year: int) -> int:
    """Return the next number of the yearly sequence.

    Transaction: the counter is locked until the end, so numbers have no gaps.
    """
    statement = (
        update(CaseNumber)
        .where(CaseNumber.organ == organ, CaseNumber.year == year)
        .values(last=CaseNumber.last + 1)
        .returning(CaseNumber.last)
        .execution_options(synchronize_session=False)
    )
    number = session.execute(statement).scalar_one_or_none()
    if number is None:
        session.execute(insert(CaseNumber).values(organ=organ, year=year, last=1))
        number = 1
    return number


def search(session: Session, query: CaseQuery, after: str | None, limit: int) -> Page[CaseFile]:
    """Return cases, newest first."""
    wanted = _wanted(query)
    capped = select(CaseFile.key).where(*wanted).limit(COUNT_CAP + 1).subquery()
    total = session.scalar(select(func.count()).select_from(capped)) or 0
    statement = select(CaseFile).where(*wanted).order_by(CaseFile.key.desc()).limit(limit + 1)
    if after is not None:
        statement = statement.where(CaseFile.key < decode_cursor(after, int)[0])
    rows = session.scalars(statement).all()
    items = rows[:limit]
    following = encode_cursor(items[-1].key) if len(rows) > limit else None
    return Page(items, following, min(total, COUNT_CAP), total > COUNT_CAP)


def count_by_state(session: Session, query: CaseQuery) -> dict[str, int]:
    """Return how many visible cases stand in each state."""
    statement = select(CaseFile.state, func.count()).where(*_wanted(query)).group_by(CaseFile.state)
    return {row[0]: row[1] for row in session.execute(statement)}


def _wanted(query: CaseQuery) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    mine = CaseSubject.case_key == CaseFile.key
    if query.text:
        pattern = (
            "%" + query.text.replace("\x00", "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        )
        wanted.append(
            or_(
                CaseFile.case_no.ilike(pattern, escape="\\"),
                CaseFile.accountability_case_no.ilike(pattern, escape="\\"),
                CaseFile.title.ilike(pattern, escape="\\"),
                exists().where(mine, CaseSubject.name.ilike(pattern, escape="\\")),
            )
        )
    if query.states:
        wanted.append(CaseFile.state.in_(list(query.states)))
    if query.organ is not None:
        wanted.append(CaseFile.organ == query.organ)
    if query.outcome is not None:
        wanted.append(exists().where(mine, CaseSubject.outcome == query.outcome))
    if query.person is not None:
        wanted.append(exists().where(CasePerson.case_key == CaseFile.key, CasePerson.user_name == query.person))
    if query.subject_user is not None:
        wanted.append(exists().where(mine, CaseSubject.user_name == query.subject_user))
    if query.keys is not None:
        wanted.append(CaseFile.key.in_(list(query.keys)))
    if query.visible_to is not None:
        assigned = exists().where(CasePerson.case_key == CaseFile.key, CasePerson.user_name == query.visible_to)
        own = exists().where(mine, CaseSubject.user_name == query.visible_to)
        registered = and_(CaseFile.secrecy == WORK_SECRET, CaseFile.registered_by == query.visible_to)
        plain = true() if query.visible_organs is None else CaseFile.organ.in_(list(query.visible_organs))
        secret = true() if query.secret_organs is None else CaseFile.organ.in_(list(query.secret_organs))
        wanted.append(
            or_(
                assigned,
                own,
                registered,
                and_(CaseFile.secrecy != WORK_SECRET, plain),
                and_(CaseFile.secrecy == WORK_SECRET, secret),
            )
        )
    return wanted
