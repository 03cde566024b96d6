"""The audit log: one entry for each action that changes something, chained by hash.

A use case wraps itself in `action`; what it calls on the way is noted as an effect of the same entry. Entries are
written last of all, for the chain's head is one row for which all writers wait.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from service import feel, store
from service.runtime.unit import Actor, Superseded, UnitOfWork
from service.store.audit import AuditEntry

__all__ = ["AuditEntry", "Entry", "Verification", "action", "record", "search", "verify"]


@dataclass(slots=True)
class Entry:
    """An action in the making; `after` may be completed until the action ends."""

    action: str  # noun.verb, e.g. user_task.complete
    object_kind: str
    object_key: str
    business_key: str | None
    before: Mapping[str, object]
    after: dict[str, object]
    effects: list[dict[str, object]] = field(default_factory=list)


Acting = AbstractContextManager[Entry]


@dataclass(frozen=True, slots=True)
class Verification:
    whole: bool
    entries: int  # how many were read
    broken_at: int | None = None  # sequence of the first entry that does not fit
    reason: str | None = None  # message code


class Trail:
    """The entries of one unit of work."""

    order = 100  # the head row is locked as the last statement before commit

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._open: list[Entry] = []
        self._closed: list[Entry] = []
        self._head: tuple[int, str] | None = None  # where this unit moved the head

    @contextmanager
    def action(self, entry: Entry) -> Iterator[Entry]:
        self._open.append(entry)
        try:
            yield entry
        finally:
            self._open.pop()
        if self._open:
            self._open[-1].effects.append(
                {"action": entry.action, "kind": entry.object_kind, "key": entry.object_key, "after": entry.after}
            )
            self._open[-1].effects.extend(entry.effects)
        else:
            self._closed.append(entry)

    def write(self) -> None:
        if not self._closed:
            return
        session = self._unit.session
        # Mostly this process wrote the last entry itself; where another came between, the head is locked and read.
        former = self._unit.engine.audit_head.known
        rows, latter = self._rows(*former)
        if not store.audit.move_head(session, former, latter):
            head = store.audit.lock_head(session)
            former = head.sequence, head.hash
            rows, latter = self._rows(*former)
            if not store.audit.move_head(session, former, latter):
                raise Superseded("runtime.superseded")
        store.audit.append(session, rows)
        self._head = latter

    def _rows(self, sequence: int, previous: str) -> tuple[list[dict[str, object]], tuple[int, str]]:
        """Return the entries behind a head, and the head that they lead to."""
        rows: list[dict[str, object]] = []
        for entry in self._closed:
            sequence += 1
            row: dict[str, object] = {
                "sequence": sequence,
                "at": self._unit.now,
                "actor": self._unit.actor.name,
                "actor_kind": _kind(self._unit.actor),
                "action": entry.action,
                "object_kind": entry.object_kind,
                "object_key": entry.object_key,
                "business_key": entry.business_key,
                "before": _canonical(entry.before),
                "after": _canonical(entry.after),
                "effects": _canonical(entry.effects),
                "previous_hash": previous,
            }
            previous = _hash(row)
            row["hash"] = previous
            rows.append(row)
        return rows, (sequence, previous)

    def committed(self) -> None:
        if self._head is not None:
            self._unit.engine.audit_head.known = self._head
        self._closed.clear()

    def dropped(self) -> None:
        self._closed.clear()


def action(
    unit: UnitOfWork,
    name: str,
    kind: str,
    key: object,
    *,
    business_key: str | None = None,
    before: Mapping[str, object] | None = None,
) -> Acting:
    """Enter one action in the log when the block ends; nested actions become its effects."""
    return unit.part(Trail).action(Entry(name, kind, str(key), business_key, before or {}, {}))


def record(
    unit: UnitOfWork,
    name: str,
    obj: tuple[str, object],
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    *,
    business_key: str | None = None,
) -> None:
    """Enter an action that is done; inside another one it becomes its effect. `obj` is kind and key."""
    with action(unit, name, obj[0], obj[1], business_key=business_key, before=before) as entry:
        entry.after.update(after or {})


def verify(unit: UnitOfWork) -> Verification:
    """Recompute the whole chain and compare it with the head row."""
    sequence, previous = 0, store.audit.GENESIS
    for entry in store.audit.all_entries(unit.session):
        if entry.sequence != sequence + 1:
            return Verification(False, sequence, entry.sequence, "runtime.audit_gap")
        if entry.previous_hash != previous:
            return Verification(False, sequence, entry.sequence, "runtime.audit_chain_broken")
        if entry.hash != _hash({name: getattr(entry, name) for name in _HASHED}):
            return Verification(False, sequence, entry.sequence, "runtime.audit_entry_changed")
        sequence, previous = entry.sequence, entry.hash
    if (sequence, previous) != store.audit.head(unit.session):
        return Verification(False, sequence, sequence + 1, "runtime.audit_end_missing")
    return Verification(True, sequence)


def search(
    unit: UnitOfWork,
    *,
    business_key: str | None = None,
    object_kind: str | None = None,
    object_key: str | None = None,
    actor: str | None = None,
    action: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> store.Page[AuditEntry]:
    """Return entries, newest first."""
    return store.audit.search(
        unit.session,
        business_key=business_key,
        object_kind=object_kind,
        object_key=object_key,
        actor=actor,
        action=action,
        after=after,
        limit=limit,
    )


_HASHED = (
    "sequence",
    "at",
    "actor",
    "actor_kind",
    "action",
    "object_kind",
    "object_key",
    "business_key",
    "before",
    "after",
    "effects",
    "previous_hash",
)


def _kind(actor: Actor) -> str:
    """Whether a person, a program or the system acted; for an API client its id too."""
    return str(actor.kind) if actor.client is None else f"{actor.kind}:{actor.client}"


def _hash(row: Mapping[str, object]) -> str:
    fields = [_text(row[name]) for name in _HASHED]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _text(value: object) -> object:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def _canonical(value: object) -> str:
    return feel.codec.encode(_plain(value))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(name): _plain(value[name]) for name in sorted(value)}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value
