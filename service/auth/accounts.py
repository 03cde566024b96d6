"""Accounts: created, signed in to, changed, disabled; roles given and taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import regex

from service.auth import passwords, roles
from service.auth.actor import Actor, ActorKind
from service.auth.transaction import Transaction
from service.errors import Conflict, Invalid, NotFound
from service.store import accounts as rows
from service.store.accounts import Membership, SignInFailures, User, UserKind
from service.store.base import Page

FAILURES_BEFORE_LOCK = 5
ADDRESS_FAILURES_BEFORE_LOCK = 30  # many people may sit behind one address
FAILURE_WINDOW = timedelta(minutes=15)
LOCK = timedelta(minutes=15)

_NAME = regex.compile(r"[a-z][a-z0-9._-]{1,62}", regex.ASCII)
_RESERVED = frozenset({"system", "anonymous"})


@dataclass(frozen=True, slots=True)
class Account:
    """A user as other packages see it."""

    name: str
    display_name: str
    kind: UserKind
    active: bool
    must_change_password: bool
    roles: tuple[tuple[str, str], ...]  # (role code, unit); unit empty: everywhere

    @property
    def actor(self) -> Actor:
        """The account as the one who acts."""
        everywhere = {role for role, unit in self.roles if not unit}
        groups = {role for role, _ in self.roles}
        groups |= {f"{role}@{unit}" for role, unit in self.roles if unit and role not in everywhere}
        kind = ActorKind.USER if self.kind is UserKind.PERSON else ActorKind.API
        return Actor(self.name, frozenset(groups), kind)


@dataclass(frozen=True, slots=True)
class SignIn:
    """The outcome of a try to sign in. The door commits either way: failures are counted in the same transaction."""

    account: Account | None
    code: str = ""  # why not
    facts: tuple[tuple[str, object], ...] = ()


def create(
    transaction: Transaction,
    name: str,
    display_name: str,
    password: str | None,
    memberships: Iterable[tuple[str, str]] = (),
    *,
    kind: UserKind = UserKind.PERSON,
    must_change_password: bool = False,
) -> Account:
    """Create an account with roles as (code, unit).

    Raises `Invalid` for a bad name, password or role, `Conflict` if the name is taken.
    """
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise Invalid("auth.bad_user_name", name=name[:80])
    if not display_name.strip():
        raise Invalid("auth.no_display_name", name=name)
    if rows.user(transaction.session, name) is not None:
        raise Conflict("auth.name_taken", name=name)
    if password is not None:
        passwords.check(password, name)
    row = User(
        name=name,
        display_name=display_name.strip(),
        kind=kind,
        password_hash=passwords.hash_of(password) if password is not None else None,
        password_changed_at=transaction.now if password is not None else None,
        must_change_password=must_change_password,
        active=True,
        created_at=transaction.now,
        disabled_at=None,
    )
    rows.add(transaction.session, row)
    for role, unit in memberships:
        give_role(transaction, name, role, unit)
    return get(transaction, name)


def get(transaction: Transaction, name: str) -> Account:
    """Return an account, disabled ones too; raises `NotFound`."""
    found = find(transaction, name)
    if found is None:
        raise NotFound("auth.no_such_user", name=name[:80])
    return found


def find(transaction: Transaction, name: str) -> Account | None:
    """Return an account, None if there is none of that name."""
    row = rows.user(transaction.session, name)
    return None if row is None else _account(transaction, row)


def search(
    transaction: Transaction,
    text: str | None = None,
    role: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Account]:
    """Return accounts by name."""
    page = rows.users(transaction.session, after, limit, text=text, role=role)
    return Page([_account(transaction, row) for row in page.items], page.next, page.total, page.has_more_total)


def display_names(transaction: Transaction, names: Iterable[str]) -> dict[str, str]:
    """Return what people are called; names without an account are left out."""
    return rows.display_names(transaction.session, sorted(set(names)))


def holders(transaction: Transaction, group: str) -> tuple[str, ...]:
    """Return the active users of a candidate group, `CODE` or `CODE@unit`."""
    role, _, unit = group.partition("@")
    return tuple(rows.holders(transaction.session, role, unit or None))


def members(transaction: Transaction, roles: Iterable[str]) -> list[tuple[str, str, str, str]]:
    """Return role, unit (empty: everywhere), user name and shown name of all active holders of the roles, by name."""
    return list(rows.members(transaction.session, [str(role) for role in roles]))


def give_role(transaction: Transaction, name: str, role: str, unit: str = "") -> None:
    """Give a role; nothing happens if it is held already.

    Raises `Invalid` for an unknown role, `Conflict` if it excludes one that the user holds.
    """
    if not roles.is_role(role):
        raise Invalid("auth.unknown_role", role=role[:40], expected=", ".join(roles.Role))
    account = get(transaction, name)
    if (role, unit) in account.roles:
        return
    clash = roles.clashes([role, *(held for held, _ in account.roles)])
    if clash:
        raise Conflict("auth.roles_exclude", one=clash[0][0], other=clash[0][1], name=name)
    giver = transaction.actor.name if isinstance(transaction.actor, Actor) else "system"
    rows.add(
        transaction.session,
        Membership(user_name=name, role=role, unit=unit, given_at=transaction.now, given_by=giver),
    )


def take_role(transaction: Transaction, name: str, role: str, unit: str = "") -> None:
    """Take a role away; raises `NotFound` if it is not held."""
    if not rows.remove_membership(transaction.session, name, role, unit):
        raise NotFound("auth.role_not_held", name=name[:80], role=role[:40])


def authenticate(transaction: Transaction, name: str, password: str, address: str = "") -> SignIn:
    """Check name and password, count failures, lock what is guessed at.

    One answer for a wrong name and a wrong password. While locked, the password is not looked at.
    Transaction: writes counters; commit whatever the outcome.
    """
    name = name.strip()
    if not _NAME.fullmatch(name):
        name = ""  # nobody's, and perhaps nothing that a database can hold
    subjects = [(f"user:{name}", FAILURES_BEFORE_LOCK)]
    if address:
        subjects.append((f"address:{address[:60]}", ADDRESS_FAILURES_BEFORE_LOCK))
    for subject, _ in subjects:
        counter = rows.failures(transaction.session, subject)
        if counter is not None and counter.locked_until is not None and counter.locked_until > transaction.now:
            minutes = -((transaction.now - counter.locked_until) // timedelta(minutes=1))
            return SignIn(None, "auth.locked", (("minutes", minutes),))
    row = rows.user(transaction.session, name)
    matches = passwords.verify(row.password_hash if row is not None else None, password)
    if row is None or not matches or not row.active:
        for subject, limit in subjects:
            _count_failure(transaction, subject, limit)
        return SignIn(None, "auth.wrong_credentials")
    rows.clear_failures(transaction.session, subjects[0][0])
    if row.password_hash is not None and passwords.needs_rehash(row.password_hash):
        row.password_hash = passwords.hash_of(password)
    return SignIn(_account(transaction, row))


def change_password(transaction: Transaction, name: str, old: str, new: str) -> None:
    """Change one's own password and end all sessions; raises `Invalid` if the old one is wrong or the new one weak."""
    row = rows.user(transaction.session, name)
    if row is None or not passwords.verify(row.password_hash, old):
        raise Invalid("auth.old_password_wrong")
    if old == new:
        raise Invalid("auth.password_unchanged")
    _set_password(transaction, row, new, must_change=False)


def reset_password(transaction: Transaction, name: str, new: str) -> None:
    """Set a password that must be changed at the next sign-in, and end all sessions."""
    row = rows.user(transaction.session, name)
    if row is None:
        raise NotFound("auth.no_such_user", name=name[:80])
    _set_password(transaction, row, new, must_change=True)
    rows.clear_failures(transaction.session, f"user:{name}")


def share_password(transaction: Transaction, names: Iterable[str], password: str) -> None:
    """Set one password for several accounts at the cost of one hash; for a demonstration, where all may know it."""
    shared = passwords.hash_of(password)
    for name in names:
        row = rows.user(transaction.session, name)
        if row is None:
            raise NotFound("auth.no_such_user", name=name[:80])
        passwords.check(password, name)
        row.password_hash = shared
        row.password_changed_at = transaction.now


def locked_until(transaction: Transaction, name: str) -> datetime | None:
    """Return until when a person cannot sign in after too many failed tries; None if they can."""
    counter = rows.failures(transaction.session, f"user:{name}")
    until = None if counter is None else counter.locked_until
    return until if until is not None and until > transaction.now else None


def unlock(transaction: Transaction, name: str) -> None:
    """Forget a person's failed tries."""
    rows.clear_failures(transaction.session, f"user:{name}")


def disable(transaction: Transaction, name: str) -> None:
    """Disable an account and end its sessions; its name stays in what it did."""
    row = rows.user(transaction.session, name)
    if row is None:
        raise NotFound("auth.no_such_user", name=name[:80])
    if row.active:
        row.active = False
        row.disabled_at = transaction.now
    rows.close_sessions(transaction.session, name)


def enable(transaction: Transaction, name: str) -> None:
    """Let a disabled account sign in again."""
    row = rows.user(transaction.session, name)
    if row is None:
        raise NotFound("auth.no_such_user", name=name[:80])
    row.active = True
    row.disabled_at = None


def _set_password(transaction: Transaction, row: User, new: str, *, must_change: bool) -> None:
    passwords.check(new, row.name)
    row.password_hash = passwords.hash_of(new)
    row.password_changed_at = transaction.now
    row.must_change_password = must_change
    rows.close_sessions(transaction.session, row.name)


def _count_failure(transaction: Transaction, subject: str, limit: int) -> None:
    counter = rows.failures(transaction.session, subject)
    if counter is None:
        counter = SignInFailures(subject=subject, count=0, last_at=transaction.now, locked_until=None)
        rows.add(transaction.session, counter)
    if transaction.now - counter.last_at > FAILURE_WINDOW or counter.locked_until is not None:
        counter.count = 0
        counter.locked_until = None
    counter.count += 1
    counter.last_at = transaction.now
    if counter.count >= limit:
        counter.locked_until = transaction.now + LOCK


def _account(transaction: Transaction, row: User) -> Account:
    held = tuple((item.role, item.unit) for item in rows.memberships(transaction.session, row.name))
    return Account(row.name, row.display_name, row.kind, row.active, row.must_change_password, held)
