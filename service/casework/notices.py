"""Notices: messages to people inside the service."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from service import store
from service.auth import Role, accounts
from service.auth.roles import is_role
from service.casework.records import Case
from service.errors import NotFound
from service.runtime.unit import UnitOfWork
from service.store import notices
from service.store.notices import Notice

__all__ = ["Notice", "mark_read", "of_actor", "of_case", "people_of", "recipients_of", "send", "unread_count"]


def send(
    unit: UnitOfWork,
    recipients: Iterable[str],
    title: str,
    text: str,
    *,
    source_key: int,
    case: Case | None = None,
    subject_key: int | None = None,
) -> int:
    """Send a notice to people by user name, role code or `CODE@unit`; return how many got it.

    Whoever got the notice of `source_key` already gets no second one, so that a repeated job sends nothing twice.
    """
    names = people_of(unit, recipients, case, subject_key) - notices.recipients(unit.session, source_key)
    rows = [
        Notice(
            key=unit.new_key(),
            user_name=name,
            case_key=case.key if case else None,
            subject_key=subject_key,
            title=title,
            text=text,
            sent_at=unit.now,
            sent_by=unit.actor.name,
            source_key=source_key,
            read_at=None,
        )
        for name in sorted(names)
    ]
    notices.add_all(unit.session, rows)
    return len(rows)


def people_of(
    unit: UnitOfWork, recipients: Iterable[str], case: Case | None = None, subject_key: int | None = None
) -> set[str]:
    """Return the user names behind user names and role codes; disabled accounts are left out.

    A role of a case means who is assigned to it in that role, else its holders in the case's organ; the role SUBJECT
    means the person whom the step is about.
    """
    found: set[str] = set()
    for recipient in recipients:
        code, _, place = recipient.partition("@")
        if not is_role(code):
            account = accounts.find(unit, recipient)
            if account is not None and account.active:
                found.add(recipient)
        elif code == Role.SUBJECT and case is not None:
            rows = [row for row in case.subjects if subject_key in (None, row.key)]
            found.update(row.user_name for row in rows if row.user_name)
        else:
            assigned = _assigned(unit, case, code)
            organ = place or (case.row.organ if case else "")
            found.update(assigned or accounts.holders(unit, f"{code}@{organ}" if organ else code))
    return found


def _assigned(unit: UnitOfWork, case: Case | None, code: str) -> set[str]:
    if case is None:
        return set()
    return {row.user_name for row in store.cases.people(unit.session, case.key) if row.role == code}


def of_actor(
    unit: UnitOfWork, *, unread: bool = False, after: str | None = None, limit: int = 50
) -> store.Page[Notice]:
    """Return the actor's notices, newest first."""
    return notices.of_user(unit.session, unit.actor.name, unread, after, limit)


def of_case(unit: UnitOfWork, case_key: int) -> list[Notice]:
    """Return the notices about a case, oldest first; who may see the case is the caller's to ask."""
    return notices.of_case(unit.session, case_key)


def recipients_of(unit: UnitOfWork, source_keys: Collection[int]) -> dict[int, list[str]]:
    """Return who got the notices that steps sent, by the key of the step."""
    return notices.recipients_of(unit.session, source_keys)


def unread_count(unit: UnitOfWork) -> int:
    """Return how many notices the actor has not read."""
    return notices.unread_count(unit.session, unit.actor.name)


def mark_read(unit: UnitOfWork, keys: Collection[int] | None = None) -> int:
    """Mark notices of the actor read, all of them without `keys`; raises `NotFound` for somebody else's."""
    for key in keys or ():
        row = notices.get(unit.session, key)
        if row is None or row.user_name != unit.actor.name:
            raise NotFound("casework.no_such_notice", key=key)
    return notices.mark_read(unit.session, unit.actor.name, keys, unit.now)
