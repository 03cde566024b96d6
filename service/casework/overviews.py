"""What lists and timelines say about cases in one line, read for many rows at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from service import auth, feel, store
from service.auth import Permission
from service.casework import case_files, deadlines, records
from service.casework.catalogue import RECORDS
from service.casework.deadlines import Deadline, DeadlineState
from service.casework.schema import Entity, Many, Scalar, Type
from service.runtime.unit import UnitOfWork
from service.runtime.user_tasks import UserTask
from service.store import cases
from service.store.cases import CaseQuery, CaseSubject

_LIMIT = 1000


def choices(field: str) -> tuple[str, ...]:
    """Return the closed set of values that a field of this name takes in whatever record; empty where there is none."""
    for record in RECORDS.values():
        found = _choices(record.shape, field)
        if found:
            return found
    return ()


def _choices(kind: Type, field: str) -> tuple[str, ...]:
    if isinstance(kind, Many):
        return _choices(kind.of, field)
    if not isinstance(kind, Entity):
        return ()
    own = kind.fields.get(field)
    if isinstance(own, Many):
        own = own.of
    if isinstance(own, Scalar) and own.choices:
        return own.choices
    return next((found for inner in kind.fields.values() if (found := _choices(inner, field))), ())


@dataclass(frozen=True, slots=True)
class Heading:
    """What a task or notice belongs to."""

    case_key: int
    case_no: str
    title: str
    subject_key: int | None = None  # the person whom the step is about
    subject_name: str = ""


def headings_of_tasks(unit: UnitOfWork, tasks: Sequence[UserTask]) -> dict[int, Heading]:
    """Return the heading of each task of a case, by task key."""
    cases_of = {task.key: key for task in tasks if (key := _case_key(task.business_key)) is not None}
    found = headings(unit, cases_of.values())
    places = {task.key: (task.key, task.scope_key, task.instance_key) for task in tasks}
    people = subjects_at(unit, places)
    names = {
        row.key: row.name for row in cases.subjects_of(unit.session, list(found)) if row.key in set(people.values())
    }
    result = {}
    for task in tasks:
        heading = found.get(cases_of.get(task.key, 0))
        if heading is None:
            continue
        person = people.get(task.key)
        result[task.key] = Heading(heading.case_key, heading.case_no, heading.title, person, names.get(person or 0, ""))
    return result


def headings(unit: UnitOfWork, case_keys: Iterable[int]) -> dict[int, Heading]:
    """Return number and title of cases by key; unknown ones are left out."""
    keys = sorted(set(case_keys))
    if not keys:
        return {}
    rows = cases.search(unit.session, CaseQuery(keys=keys), None, _LIMIT).items
    return {row.key: Heading(row.key, row.case_no, row.title) for row in rows}


def subjects_at(unit: UnitOfWork, places: Mapping[int, tuple[int | None, ...]]) -> dict[int, int]:
    """Return the subject whom each place of a process is about, by the variable `subject` nearest around it.

    A place is a tuple of scope keys, nearest first; the last one is its process instance, whose callers are looked
    through in turn.
    """
    chains = {place: [key for key in scopes if key is not None] for place, scopes in places.items()}
    result: dict[int, int] = {}
    while chains:
        wanted = {key for chain in chains.values() for key in chain}
        values = {
            row.scope_key: _subject_key(row.value)
            for row in store.history.variables(unit.session, scope_keys=sorted(wanted), name="subject")
        }
        following: dict[int, list[int]] = {}
        for place, chain in chains.items():
            person = next((values[key] for key in chain if values.get(key) is not None), None)
            if person is not None:
                result[place] = person
                continue
            instance = store.process_instances.get(unit.session, chain[-1])
            if instance is not None and instance.parent_key is not None:
                around = [instance.parent_element_instance_key, instance.parent_key]
                following[place] = [key for key in around if key is not None]
        chains = following
    return result


def provisional_day(unit: UnitOfWork, row: Deadline) -> date | None:
    """Return the day on which a deadline would end were an unknown year's holidays plain weekdays.

    For showing, marked as provisional; nothing is stored or started by it. None unless a year's notice is missing.
    """
    guess = deadlines.provisional_due(unit, row)
    return None if guess is None else guess.guess


def _case_key(business_key: str | None) -> int | None:
    plain = business_key is not None and business_key.isascii() and business_key.isdecimal()
    return int(business_key) if plain and business_key is not None and len(business_key) <= 19 else None


def _subject_key(text: str) -> int | None:
    value = feel.codec.decode(text)
    key = value.get("key") if isinstance(value, dict) else None
    return int(str(key)) if key is not None and str(key).isdecimal() else None


# Deadlines of a rectification, and the states in which one is under way.
_RECTIFICATION = ("P-T12", "P-T13", "P-T14", "P-T15", "P-T16")
_LEVELS = ("L4", "L3", "L2", "L1", "remind")  # of escalation, highest first
_UNDER_WAY = ("noticed", "planned", "in_progress", "submitted", "inspecting", "rework", "escalated")


@dataclass(frozen=True, slots=True)
class RectificationLine:
    """A person's rectification on the supervision board."""

    case_key: int
    case_no: str
    title: str
    subject_key: int
    subject_name: str
    state: str
    responsible: tuple[str, ...]  # as written down
    level: str | None  # highest level of escalation reached
    parameter: str | None  # of the deadline that ends it, or else of the step that is due first
    due: date | None
    stopped: bool  # its clock stands still
    calendar_missing: bool


def rectifications(unit: UnitOfWork) -> list[RectificationLine]:
    """Return the rectifications under way that the actor may see, the first to end first; raises `Forbidden`."""
    auth.require(unit.actor, Permission.SUPERVISE)
    limits = case_files.visibility(unit)
    if limits is None:
        return []
    rows = cases.subjects_in_rectification(unit.session, _UNDER_WAY, limits.organs, None, _LIMIT).items
    found = headings(unit, [row.case_key for row in rows])
    due: dict[tuple[int, str], list[Deadline]] = {}
    for deadline in store.deadlines.of_cases(unit.session, sorted(found)):
        if deadline.parameter in _RECTIFICATION:
            due.setdefault((deadline.case_key, deadline.subject_key), []).append(deadline)
    lines = [_line(unit, found[row.case_key], row, due.get((row.case_key, str(row.key)), [])) for row in rows]
    return sorted(lines, key=lambda line: (line.due is None, line.due or date.max, line.subject_key))


# Of escalation (D9), the highest first.
_LEVELS = ("L4", "L3", "L2", "L1", "remind")


def _line(unit: UnitOfWork, heading: Heading, row: CaseSubject, due: Sequence[Deadline]) -> RectificationLine:
    case = records.of_case(unit, row.case_key)
    record = case.document("rectification", row.key)
    people = record.get("responsible") or case.document("subject", row.key).get("responsible") or ()
    reached = {entry.get("level") for entry in record.get("escalation") or ()}
    # What ends the rectification counts; before it runs, the step that leads to it. Reports come round by themselves.
    ends = [deadline for deadline in due if deadline.parameter == "P-T14"]
    steps = [deadline for deadline in due if deadline.parameter != "P-T15"]
    first = min(ends or steps, key=lambda deadline: (deadline.due is None, deadline.due or date.max), default=None)
    return RectificationLine(
        row.case_key,
        heading.case_no,
        heading.title,
        row.key,
        row.name,
        row.rectification_state,
        tuple(str(name) for name in people),
        next((level for level in _LEVELS if level in reached), None),
        first.parameter if first else None,
        first.due if first else None,
        first is not None and first.state is DeadlineState.PAUSED,
        first is not None and first.due is None and first.state is DeadlineState.RUNNING,
    )
