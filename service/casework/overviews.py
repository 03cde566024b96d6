"""What lists and timelines say about cases in one line, read for many rows at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service import feel, store
from service.casework.catalogue import RECORDS
from service.casework.schema import Entity, Many, Scalar, Type
from service.runtime.unit import UnitOfWork
from service.runtime.user_tasks import UserTask
from service.store import cases
from service.store.cases import CaseQuery

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


def _case_key(business_key: str | None) -> int | None:
    plain = business_key is not None and business_key.isascii() and business_key.isdecimal()
    return int(business_key) if plain and business_key is not None and len(business_key) <= 19 else None


def _subject_key(text: str) -> int | None:
    value = feel.codec.decode(text)
    key = value.get("key") if isinstance(value, dict) else None
    return int(str(key)) if key is not None and str(key).isdecimal() else None
