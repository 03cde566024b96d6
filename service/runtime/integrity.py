"""Whether the tables tell the truth: each running instance has exactly what its state says, and nothing else waits.

What is found is told, never mended: whoever reads it decides, with a backup at hand.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from service import store
from service.bpmn.waits import Condition, Incident, Job, MessageCatch, SignalCatch, Timer, UserTask, Wait
from service.errors import ServiceError
from service.runtime import audit, execution
from service.runtime.unit import UnitOfWork

__all__ = ["Breach", "Report", "check"]


@dataclass(frozen=True, slots=True)
class Breach:
    """One contradiction, in words by its code."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    instances: int  # running root instances that were looked at
    entries: int  # of the audit log
    breaches: tuple[Breach, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.breaches


def check(unit: UnitOfWork) -> Report:
    """Compare every state with the rows that stand for it, look for rows that nothing stands for, verify the audit log.

    Transaction: reads one state of the database and hinders nobody; the unit must be fresh.
    """
    store.integrity.hold_still(unit.session)
    count = 0
    breaches: list[Breach] = []
    for root_key in store.integrity.running_roots(unit.session):
        count += 1
        breaches.extend(_of_root(unit, root_key))
    breaches += [
        Breach(f"integrity.{kind}", {"key": key}) for kind, key in store.integrity.contradictions(unit.session)
    ]
    highest, following = store.integrity.highest_key(unit.session), store.integrity.next_key(unit.session)
    if highest >= following:
        breaches.append(Breach("integrity.keys_given_out_twice", {"highest": highest, "next": following}))
    verified = audit.verify(unit)
    if not verified.whole:
        breaches.append(Breach(verified.reason or "", {"sequence": verified.broken_at}))
    return Report(count, verified.entries, tuple(breaches))


def _of_root(unit: UnitOfWork, root_key: int) -> Iterator[Breach]:
    session = unit.session
    try:
        workflow = execution.stored(unit, root_key)
    except (ServiceError, LookupError, TypeError, ValueError, zlib.error) as error:
        # Whatever stands there, the other instances are looked at too.
        yield Breach("integrity.state_unreadable", {"key": root_key, "error": getattr(error, "code", repr(error))})
        return
    waits = workflow.waits.values()
    tasks = store.user_tasks.open_of_instance(session, root_key)
    jobs = store.jobs.open_of_root(session, root_key)
    for kind, told, found in (
        ("task", _places(waits, UserTask), {row.key: row.element_id for row in tasks}),
        ("job", _places(waits, Job, Timer), {row.key: row.element_id for row in jobs}),
        (
            "subscription",
            _places(waits, MessageCatch, SignalCatch, Condition),
            {row.key: row.element_id for row in store.subscriptions.of_root(session, root_key)},
        ),
        (
            "incident",
            _places(waits, Incident),
            {row.key: row.element_id for row in store.incidents.active_of_root(session, root_key)},
        ),
        (
            "instance",
            {state.key: state.process_id for state in workflow.instances},
            {
                row.key: row.process_id
                for row in store.process_instances.of_root(session, root_key)
                if row.state is store.process_instances.InstanceState.ACTIVE
            },
        ),
        ("link", _links(waits), _stored_links(unit, root_key)),
    ):
        yield from _compared(kind, root_key, told, found)
    timers = {wait.key: wait.due for wait in waits if isinstance(wait, Timer)}
    for row in jobs:
        if row.key in timers and row.timer_due_at != timers[row.key]:
            facts = {"key": row.key, "element": row.element_id, "root": root_key}
            yield Breach("integrity.timer_differs", facts)


def _places(waits: Iterable[Wait], *kinds: type[Wait]) -> dict[int, str]:
    return {wait.key: wait.element_id for wait in waits if isinstance(wait, kinds)}


def _links(waits: Iterable[Wait]) -> dict[int, str]:
    return {
        wait.key: _listed((link.deadline_key, link.offset) for link in wait.links)
        for wait in waits
        if isinstance(wait, (UserTask, Timer)) and wait.links
    }


def _stored_links(unit: UnitOfWork, root_key: int) -> dict[int, str]:
    found: dict[int, list[tuple[int, int | None]]] = {}
    for link in store.integrity.links_of_root(unit.session, root_key):
        found.setdefault(link.holder_key, []).append((link.deadline_key, link.offset_days))
    return {key: _listed(links) for key, links in found.items()}


def _listed(links: Iterable[tuple[int, int | None]]) -> str:
    return ", ".join(f"{deadline}{'' if offset is None else f'{offset:+d}'}" for deadline, offset in links)


def _compared(kind: str, root_key: int, told: Mapping[int, str], found: Mapping[int, str]) -> Iterator[Breach]:
    for key in sorted(told.keys() - found.keys()):
        yield Breach(f"integrity.{kind}_missing", {"key": key, "element": told[key], "root": root_key})
    for key in sorted(found.keys() - told.keys()):
        yield Breach(f"integrity.{kind}_extra", {"key": key, "element": found[key], "root": root_key})
    for key in sorted(key for key in told.keys() & found.keys() if told[key] != found[key]):
        facts = {"key": key, "element": told[key], "found": found[key], "root": root_key}
        yield Breach(f"integrity.{kind}_differs", facts)
