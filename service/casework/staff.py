"""The people of a site as its administrators keep them: accounts and sessions by one, roles by another.

The system administrator adds, disables and hands over, the security administrator gives and takes roles; neither sees
what a case holds. Every act is an audit entry.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service import auth, store
from service.auth import Permission, accounts, sessions
from service.auth.accounts import Account
from service.casework import eligibility
from service.errors import Conflict, Invalid, ServiceError
from service.runtime import audit, user_tasks
from service.runtime.unit import UnitOfWork
from service.runtime.user_tasks import UserTaskQuery
from service.store.base import Page

HANDED_AT_ONCE = 500  # tasks


@dataclass(frozen=True, slots=True)
class Standing:
    """What an administrator sees of an account."""

    account: Account
    locked_until: datetime | None
    sessions: tuple[sessions.Session, ...]
    open_tasks: int  # that the person holds


@dataclass(frozen=True, slots=True)
class HandOver:
    """What became of a leaver's open tasks."""

    moved: int
    kept: tuple[ServiceError, ...]  # why the others could not be moved


def people(unit: UnitOfWork, text: str = "", role: str = "", after: str | None = None) -> Page[Account]:
    """Return accounts by name. For the system and the security administrator."""
    _require_any(unit)
    return accounts.search(unit, text or None, role or None, after)


def standing(unit: UnitOfWork, name: str) -> Standing:
    """Return an account with its sessions and its lock. Raises `NotFound`."""
    _require_any(unit)
    account = accounts.get(unit, name)
    held = user_tasks.search(unit, UserTaskQuery(assignee=name), None, 1).total
    return Standing(account, accounts.locked_until(unit, name), tuple(sessions.of_user(unit, name)), held)


def organs(unit: UnitOfWork) -> Sequence[str]:
    """Return the organs and units in which somebody holds a role, by name."""
    return store.accounts.units(unit.session)


def add(unit: UnitOfWork, name: str, shown: str) -> str:
    """Create an account without roles; return the password with which it signs in once."""
    auth.require(unit.actor, Permission.MANAGE_ACCOUNTS)
    password = _password()
    accounts.create(unit, name, shown, password, must_change_password=True)
    audit.record(unit, "account.create", ("account", name), after={"display_name": shown})
    return password


def reset_password(unit: UnitOfWork, name: str) -> str:
    """Give a new password for one sign-in, end all sessions and a lock; return it."""
    auth.require(unit.actor, Permission.MANAGE_ACCOUNTS)
    password = _password()
    accounts.reset_password(unit, name, password)
    audit.record(unit, "account.reset_password", ("account", name))
    return password


def set_active(unit: UnitOfWork, name: str, *, active: bool) -> None:
    """Let somebody in or keep them out; raises `Conflict` for one's own account."""
    auth.require(unit.actor, Permission.MANAGE_ACCOUNTS)
    _not_oneself(unit, name)
    (accounts.enable if active else accounts.disable)(unit, name)
    audit.record(unit, "account.enable" if active else "account.disable", ("account", name))


def end_sessions(unit: UnitOfWork, name: str) -> None:
    """Sign somebody out everywhere."""
    auth.require(unit.actor, Permission.MANAGE_ACCOUNTS)
    accounts.get(unit, name)
    sessions.close_all(unit, name)
    audit.record(unit, "session.end_all", ("account", name))


def unlock(unit: UnitOfWork, name: str) -> None:
    """Let somebody try again who mistyped their password too often."""
    auth.require(unit.actor, Permission.MANAGE_ACCOUNTS)
    accounts.get(unit, name)
    accounts.unlock(unit, name)
    audit.record(unit, "account.unlock", ("account", name))


def give_role(unit: UnitOfWork, name: str, role: str, organ: str) -> None:
    """Give a role, in one organ or (empty) in all; raises `Conflict` for one's own account and what excludes it."""
    auth.require(unit.actor, Permission.MANAGE_ROLES)
    _not_oneself(unit, name)
    place = " ".join(organ.split())
    if "@" in place:
        raise Invalid("casework.organ_name", found=place[:80])
    before = accounts.get(unit, name).roles
    accounts.give_role(unit, name, role, place)
    if accounts.get(unit, name).roles != before:
        audit.record(unit, "role.give", ("account", name), after={"role": role, "organ": place})


def take_role(unit: UnitOfWork, name: str, role: str, organ: str) -> None:
    """Take a role; raises `NotFound` if it is not held, `Conflict` for one's own account."""
    auth.require(unit.actor, Permission.MANAGE_ROLES)
    _not_oneself(unit, name)
    accounts.take_role(unit, name, role, organ)
    audit.record(unit, "role.take", ("account", name), before={"role": role, "organ": organ})


def hand_over(unit: UnitOfWork, leaver: str, successor: str) -> HandOver:
    """Give a leaver's open tasks to somebody, each after the same checks as any assignment.

    What may not be theirs stays where it is. Raises `Invalid` for a successor who cannot take any.
    """
    auth.require(unit.actor, Permission.MANAGE_ACCOUNTS)
    accounts.get(unit, leaver)
    target = accounts.find(unit, successor)
    if target is None or not target.active or successor == leaver:
        raise Invalid("casework.no_such_person", user=successor[:80])
    moved, kept = 0, []
    with audit.action(unit, "account.hand_over", "account", leaver) as entry:
        for task in user_tasks.search(unit, UserTaskQuery(assignee=leaver), None, HANDED_AT_ONCE).items:
            refusal = eligibility.refusal(unit, user_tasks.access(task), successor)
            if refusal is None:
                user_tasks.pass_on(unit, task, successor)
                moved += 1
            else:
                kept.append(refusal)
        entry.after.update(to=successor, moved=moved, kept=len(kept))
    return HandOver(moved, tuple(kept))


def _require_any(unit: UnitOfWork) -> None:
    if not auth.may(unit.actor, Permission.MANAGE_ROLES):
        auth.require(unit.actor, Permission.MANAGE_ACCOUNTS)


def _not_oneself(unit: UnitOfWork, name: str) -> None:
    if unit.actor.name == name:
        raise Conflict("casework.own_account")


def _password() -> str:
    """Return one that nobody guesses and every rule accepts."""
    return f"{secrets.token_urlsafe(9)}-{secrets.choice('ABCDEFGH')}{secrets.choice('abcdefgh')}{secrets.randbelow(10)}"
