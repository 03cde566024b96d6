"""Accounts: users, the roles they hold, their login sessions, and the counters that lock a guessed account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm import Session as Session  # noqa: PLC0414 - exported for the types of service.auth

from service.store.base import COUNT_CAP, Base, Page, decode_cursor, encode_cursor, enum_column


class UserKind(StrEnum):
    PERSON = "person"
    PROGRAM = "program"  # signs in for every call of the API, never on the page


class User(Base):
    __tablename__ = "user_account"

    name: Mapped[str] = mapped_column(primary_key=True)  # what is typed at sign-in and stands in `assignee`
    display_name: Mapped[str]
    kind: Mapped[UserKind] = mapped_column(enum_column(UserKind))
    password_hash: Mapped[str | None]  # None: cannot sign in with a password
    password_changed_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Membership(Base):
    """A role held by a user, in one unit or (unit empty) everywhere."""

    __tablename__ = "membership"
    __table_args__ = (Index(None, "role", "unit"),)

    user_name: Mapped[str] = mapped_column(ForeignKey("user_account.name"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True, default="")
    given_at: Mapped[datetime]
    given_by: Mapped[str]


class LoginSession(Base):
    """One signed-in browser. The token itself is never stored, so a copy of the database opens no session."""

    __tablename__ = "login_session"

    digest: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of the token
    user_name: Mapped[str] = mapped_column(ForeignKey("user_account.name"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)


class SignInFailures(Base):
    """Failed sign-ins in a row, for one user name or one address."""

    __tablename__ = "sign_in_failures"

    subject: Mapped[str] = mapped_column(primary_key=True)  # "user:NAME" or "address:IP", also for names nobody has
    count: Mapped[int]
    last_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]


def user(session: Session, name: str) -> User | None:
    return session.get(User, name)


def add(session: Session, row: Base) -> None:
    session.add(row)
    session.flush()


def users(
    session: Session, after: str | None, limit: int, *, text: str | None = None, role: str | None = None
) -> Page[User]:
    """Return users by name; `text` is found in either name."""
    wanted: list[ColumnElement[bool]] = []
    if text:
        wanted.append(
            User.name.icontains(text.replace("\x00", ""), autoescape=True)
            | User.display_name.icontains(text.replace("\x00", ""), autoescape=True)
        )
    if role is not None:
        wanted.append(User.name.in_(select(Membership.user_name).where(Membership.role == role)))
    total = session.scalar(select(func.count()).select_from(User).where(*wanted)) or 0
    statement = select(User).where(*wanted).order_by(User.name).limit(limit + 1)
    if after is not None:
        statement = statement.where(User.name > decode_cursor(after, str)[0])
    rows = session.scalars(statement).all()
    items = rows[:limit]
    following = encode_cursor(items[-1].name) if len(rows) > limit else None
    return Page(items, following, min(total, COUNT_CAP), total > COUNT_CAP)


def display_names(session: Session, names: Sequence[str]) -> dict[str, str]:
    """Return the display names of those that exist."""
    rows = session.execute(select(User.name, User.display_name).where(User.name.in_(names)))
    return {row[0]: row[1] for row in rows}


def holders(session: Session, role: str, unit: str | None = None) -> Sequence[str]:
    """Return the names of active users that hold a role, in a unit or everywhere."""
    statement = (
        select(Membership.user_name)
        .join(User, User.name == Membership.user_name)
        .where(Membership.role == role, User.active)
        .distinct()
        .order_by(Membership.user_name)
    )
    if unit is not None:
        statement = statement.where(Membership.unit.in_(("", unit)))
    return session.scalars(statement).all()


def members(session: Session, roles: Sequence[str]) -> Sequence[tuple[str, str, str, str]]:
    """Return role, unit, user name and shown name of all active holders of the roles, by user name."""
    statement = (
        select(Membership.role, Membership.unit, User.name, User.display_name)
        .join(User, User.name == Membership.user_name)
        .where(Membership.role.in_(list(roles)), User.active)
        .order_by(User.name, Membership.role, Membership.unit)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(statement)]


def units(session: Session) -> Sequence[str]:
    """Return the units in which somebody holds a role, by name."""
    return session.scalars(
        select(Membership.unit).where(Membership.unit != "").distinct().order_by(Membership.unit)
    ).all()


def memberships(session: Session, user_name: str) -> Sequence[Membership]:
    statement = select(Membership).where(Membership.user_name == user_name).order_by(Membership.role, Membership.unit)
    return session.scalars(statement).all()


def remove_membership(session: Session, user_name: str, role: str, unit: str) -> bool:
    statement = delete(Membership).where(
        Membership.user_name == user_name, Membership.role == role, Membership.unit == unit
    )
    return bool(session.execute(statement).rowcount == 1)  # type: ignore[attr-defined]


def login_session(session: Session, digest: str) -> LoginSession | None:
    return session.get(LoginSession, digest)


def login_sessions(
    session: Session, user_name: str, seen_after: datetime, created_after: datetime
) -> Sequence[LoginSession]:
    """Return a person's sessions that live, the last used first."""
    statement = (
        select(LoginSession)
        .where(
            LoginSession.user_name == user_name,
            LoginSession.seen_at >= seen_after,
            LoginSession.created_at >= created_after,
        )
        .order_by(LoginSession.seen_at.desc())
    )
    return session.scalars(statement).all()


def touch(session: Session, digest: str, now: datetime) -> None:
    session.execute(update(LoginSession).where(LoginSession.digest == digest).values(seen_at=now))


def close_session(session: Session, digest: str) -> None:
    session.execute(delete(LoginSession).where(LoginSession.digest == digest))


def close_sessions(session: Session, user_name: str) -> None:
    session.execute(delete(LoginSession).where(LoginSession.user_name == user_name))


def forget_sessions(session: Session, seen_before: datetime, created_before: datetime) -> int:
    """Delete ended sessions; return how many."""
    statement = delete(LoginSession).where(
        (LoginSession.seen_at < seen_before) | (LoginSession.created_at < created_before)
    )
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def failures(session: Session, subject: str) -> SignInFailures | None:
    """Return the counter of a name or address.

    Transaction: locked until the end, so that guesses in parallel are all counted.
    """
    statement = select(SignInFailures).where(SignInFailures.subject == subject).with_for_update()
    return session.scalars(statement).one_or_none()


def clear_failures(session: Session, subject: str) -> None:
    session.execute(delete(SignInFailures).where(SignInFailures.subject == subject))
