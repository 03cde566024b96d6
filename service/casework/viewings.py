"""Viewing recorded: who opened a case, its parts, tasks and files, for the audit administrator to look up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from service import auth
from service.auth import Permission, accounts
from service.casework.case import of_case
from service.errors import Invalid
from service.runtime.unit import UnitOfWork
from service.store import viewings as rows
from service.store.base import Page
from service.store.viewings import ViewingQuery

BATCH = timedelta(minutes=15)  # looks at the same thing no further apart are one entry
QUIET = timedelta(minutes=1)  # a page loaded anew so soon writes nothing
EXPORT_LIMIT = 50_000  # lines

TASK, FILE, IDENTITY, DOCUMENT = "task", "file", "identity", "document"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as it is shown."""

    at: datetime
    last_at: datetime
    times: int
    who: str  # user name
    called: str
    case_no: str
    part: str
    detail: str


def note(unit: UnitOfWork, case_key: int, part: str, detail: str = "") -> None:
    """Enter that the actor looks at a part of a case; what they may see is the caller's to have asked."""
    if unit.actor.is_system:
        return
    case = of_case(unit, case_key)
    row = rows.latest(unit.session, unit.actor.name, case.key, part, detail, unit.now - BATCH)
    if row is None:
        rows.add(
            unit.session,
            rows.Viewing(
                key=unit.new_key(),
                case_key=case.key,
                user_name=unit.actor.name,
                part=part,
                detail=detail,
                first_at=unit.now,
                last_at=unit.now,
                times=1,
            ),
        )
    elif unit.now - row.last_at >= QUIET:
        row.last_at = unit.now
        row.times += 1


def search(
    unit: UnitOfWork,
    *,
    who: str = "",
    case_no: str = "",
    part: str = "",
    since: date | None = None,
    until: date | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Line]:
    """Return entries, newest first; the last day counts.

    For audit administrators; the security administrator sees who saw identity numbers.
    """
    if not auth.may(unit.actor, Permission.READ_AUDIT):
        auth.require(unit.actor, Permission.MANAGE_ROLES)
        part = IDENTITY
    if since and until and until < since:
        raise Invalid("casework.ends_before_it_begins", begin=since)
    zone = unit.engine.zone
    query = ViewingQuery(
        user_name=who or None,
        case_no=case_no or None,
        part=part or None,
        since=datetime.combine(since, time(), zone) if since else None,
        until=datetime.combine(until + timedelta(days=1), time(), zone) if until else None,
    )
    page = rows.search(unit.session, query, after, limit)
    called = accounts.display_names(unit, {row.user_name for row, _ in page.items})
    lines = [
        Line(
            row.first_at,
            row.last_at,
            row.times,
            row.user_name,
            called.get(row.user_name, row.user_name),
            case_no,
            row.part,
            row.detail,
        )
        for row, case_no in page.items
    ]
    return Page(lines, page.next, page.total, page.has_more_total)


def export(unit: UnitOfWork, *, page: int = 500, **filters: Any) -> Iterator[Line]:
    """Yield all entries that a search finds, newest first, at most `EXPORT_LIMIT`; `page` are read at a time."""
    after: str | None = None
    for _ in range(0, EXPORT_LIMIT, page):
        found = search(unit, after=after, limit=page, **filters)
        yield from found.items
        if found.next is None:
            return
        after = found.next
