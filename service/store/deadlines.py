"""Deadlines of cases, the parameters that set their length, and the calendar years imported on the site."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base, Key, PrimaryKey, enum_column


class DeadlineState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    CLOSED = "closed"


class Deadline(Base):
    __tablename__ = "deadline"
    __table_args__ = (
        Index(None, "case_key", "parameter"),
        Index(None, "state", "due"),
        # Two processes that ask at once for the same deadline must not open two.
        Index(
            "uq_deadline_open",
            "case_key",
            "subject_key",
            "parameter",
            unique=True,
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
    )

    key: Mapped[PrimaryKey]
    case_key: Mapped[Key]
    subject_key: Mapped[str] = mapped_column(default="")  # empty where the deadline is the whole case's
    parameter: Mapped[str]  # e.g. P-T05
    start: Mapped[date]  # does not count itself
    amount: Mapped[int]  # of the parameter's version in force at the start
    unit: Mapped[str]  # working_day | day | month
    cap_months: Mapped[int | None]  # latest, in months from the start, whatever the amount says
    pauses: Mapped[str] = mapped_column(default="[]")  # JSON list of {from, until, reason}; until null while it lasts
    extensions: Mapped[str] = mapped_column(default="[]")  # JSON list of {amount, until, reason, by, at}
    calendar_version: Mapped[str]  # by which `due` was counted
    due: Mapped[date | None]  # None: a year that it needs is not imported
    state: Mapped[DeadlineState] = mapped_column(enum_column(DeadlineState))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Parameter(Base):
    """One version of a parameter, as proposed by one person and approved by another."""

    __tablename__ = "parameter"
    __table_args__ = (Index(None, "id", "effective_on"),)

    key: Mapped[PrimaryKey]
    id: Mapped[str]  # e.g. P-T05
    value: Mapped[str]  # JSON
    effective_on: Mapped[date]
    reason: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    approved_by: Mapped[str | None]  # None: not in force
    approved_at: Mapped[datetime | None]


class CalendarYear(Base):
    """One import of a year's calendar; the newest import of a year counts."""

    __tablename__ = "calendar_year"
    __table_args__ = (Index(None, "year", "key"),)

    key: Mapped[PrimaryKey]
    year: Mapped[int]
    source: Mapped[str]  # number of the notice
    text: Mapped[str]  # csv as imported
    imported_by: Mapped[str]
    imported_at: Mapped[datetime]


def get(session: Session, key: int) -> Deadline | None:
    return session.get(Deadline, key)


def add(session: Session, row: Base) -> None:
    session.add(row)
    session.flush()


def open_one(session: Session, case_key: int, subject_key: str, parameter: str) -> Deadline | None:
    """Return the deadline that is not closed; there is at most one.

    Transaction: locked until the end on PostgreSQL.
    """
    statement = (
        select(Deadline)
        .where(
            Deadline.case_key == case_key,
            Deadline.subject_key == subject_key,
            Deadline.parameter == parameter,
            Deadline.state != DeadlineState.CLOSED,
        )
        .with_for_update()
    )
    return session.scalars(statement).one_or_none()


def last(session: Session, case_key: int, subject_key: str, parameter: str) -> Deadline | None:
    """Return the deadline opened last, closed or not."""
    statement = (
        select(Deadline)
        .where(
            Deadline.case_key == case_key,
            Deadline.subject_key == subject_key,
            Deadline.parameter == parameter,
        )
        .order_by(Deadline.key.desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def of_case(session: Session, case_key: int) -> Sequence[Deadline]:
    """Return the deadlines of a case in order of opening."""
    statement = select(Deadline).where(Deadline.case_key == case_key).order_by(Deadline.key)
    return session.scalars(statement).all()


def of_cases(session: Session, case_keys: Collection[int], parameters: Collection[str] = ()) -> Sequence[Deadline]:
    """Return the deadlines of several cases that are not closed, soonest first, those without a due day last."""
    wanted = [Deadline.case_key.in_(list(case_keys)), Deadline.state != DeadlineState.CLOSED]
    if parameters:
        wanted.append(Deadline.parameter.in_(list(parameters)))
    statement = select(Deadline).where(*wanted).order_by(Deadline.due.is_(None), Deadline.due, Deadline.key)
    return session.scalars(statement).all()


def open_ones(session: Session) -> Sequence[Deadline]:
    """Return all deadlines that are not closed, in order of opening."""
    statement = select(Deadline).where(Deadline.state != DeadlineState.CLOSED).order_by(Deadline.key)
    return session.scalars(statement).all()


def parameter_in_force(session: Session, id: str, day: date) -> Parameter | None:
    """Return the approved version with the latest effective date up to `day`; of two the one approved last."""
    statement = (
        select(Parameter)
        .where(Parameter.id == id, Parameter.approved_by.is_not(None), Parameter.effective_on <= day)
        .order_by(Parameter.effective_on.desc(), Parameter.approved_at.desc(), Parameter.key.desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def parameter_versions(session: Session, id: str | None = None) -> Sequence[Parameter]:
    """Return the versions of one parameter, or of all, newest first."""
    statement = select(Parameter).order_by(Parameter.key.desc())
    if id is not None:
        statement = statement.where(Parameter.id == id)
    return session.scalars(statement).all()


def parameter_version(session: Session, key: int) -> Parameter | None:
    return session.get(Parameter, key)


def approve_parameter(session: Session, key: int, by: str, at: datetime) -> bool:
    """Approve a version; False if it was approved already."""
    statement = (
        update(Parameter)
        .where(Parameter.key == key, Parameter.approved_by.is_(None))
        .values(approved_by=by, approved_at=at)
    )
    return bool(session.execute(statement).rowcount == 1)  # type: ignore[attr-defined]


def calendar_years(session: Session) -> Sequence[CalendarYear]:
    """Return the newest import of every year, in order of years."""
    rows = session.scalars(select(CalendarYear).order_by(CalendarYear.year, CalendarYear.key)).all()
    return list({row.year: row for row in rows}.values())
