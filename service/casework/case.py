"""A case with all its records, loaded once in a unit of work and written back once, each change as a new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service import feel
from service.casework import deadlines, moments
from service.casework.catalogue import OF_SUBJECT, PEOPLE, RECORDS
from service.casework.states import outcome_summary
from service.errors import NotFound
from service.feel import Value
from service.runtime.unit import UnitOfWork
from service.store import cases, records
from service.store.cases import CaseFile, CasePerson, CaseSubject
from service.store.records import NO_SUBJECT


@dataclass(slots=True)
class _Document:
    """One record in this unit of work."""

    key: int | None  # None: not stored yet
    version: int
    value: Any
    changed: bool = False


@dataclass(slots=True)
class Case:
    """A case with all its records, as this unit of work sees it."""

    unit: UnitOfWork
    row: CaseFile
    subjects: list[CaseSubject]
    _documents: dict[tuple[int, str], _Document]
    _people: Sequence[CasePerson] | None = field(default=None)
    called: dict[str, str] = field(default_factory=dict)  # user name -> how they are called, as far as asked for

    @property
    def key(self) -> int:
        return self.row.key

    # reading

    def document(self, name: str, subject_key: int = NO_SUBJECT) -> Any:
        """Return a record as stored: an empty object or list if nothing was written yet. Not to be changed."""
        found = self._documents.get((subject_key, name))
        if found is not None:
            return found.value
        return [] if RECORDS[name].is_list else {}

    def subject(self, key: int) -> CaseSubject:
        """Return one of its subjects; raises `NotFound`."""
        for row in self.subjects:
            if row.key == key:
                return row
        raise NotFound("casework.no_such_subject", key=key)

    def people(self) -> Mapping[str, Any]:
        """Return who is assigned, by the names of the record `case`: a user name, or a list of them."""
        if self._people is None:
            self._people = cases.people(self.unit.session, self.key)
        return _people_fields(self._people)

    def forget_people(self) -> None:
        """Read assignments anew when next asked for."""
        self._people = None

    def case_record(self, subject_key: int | None = None) -> dict[str, Any]:
        """Return the record `case`; with a subject, what is kept for each person stands in it too."""
        row = self.row
        record: dict[str, Any] = {
            **self.document("case"),
            **self.people(),
            "key": str(row.key),
            "caseNo": row.case_no,
            "accountabilityCaseNo": row.accountability_case_no,
            "title": row.title,
            "organ": row.organ,
            "organLevel": row.organ_level,
            "secrecyLevel": row.secrecy,
            "state": row.state,
            "outcome": outcome_summary([subject.outcome for subject in self.subjects]),
            "registeredAt": row.registered_at.astimezone(self.unit.engine.zone).isoformat(timespec="seconds"),
        }
        if subject_key is not None:
            own = self.subject_record(subject_key)
            record |= {name: own.get(name) for name in OF_SUBJECT}
        return record

    def subject_record(self, key: int) -> dict[str, Any]:
        """Return the record `subject` of one person."""
        row = self.subject(key)
        return {
            **self.document("subject", key),
            "key": str(row.key),
            "number": row.number,
            "name": row.name,
            "account": row.user_name,
            "state": row.state,
            "outcome": row.outcome,
            "filingState": row.filing_state,
            "appealState": row.appeal_state,
            "rectificationState": row.rectification_state,
        }

    def rectification_record(self, key: int) -> dict[str, Any]:
        """Return the record `rectification` of one person; its due moment is the deadline's, whatever moves that."""
        stored = dict(self.document("rectification", key))
        row = deadlines.find(self.unit, self.key, str(key), deadlines.RECTIFICATION)
        due = None if row is None or row.due is None else deadlines.due_moment(self.unit, row)
        return stored if due is None else {**stored, "dueAt": moments.text(due, self.unit.engine.zone)}

    def subject_records(self, key: int) -> dict[str, Any]:
        """Return all records of one person by name, `subject` among them."""
        found = {name: self.document(name, key) for name, record in RECORDS.items() if record.per_subject}
        return {**found, "subject": self.subject_record(key), "rectification": self.rectification_record(key)}

    def whole_subject(self, key: int) -> dict[str, Any]:
        """Return a person with all their records inside, as `case.subjects` lists them."""
        found = self.subject_records(key)
        own = found.pop("subject")
        return {**found, **own}

    # writing

    def set(self, name: str, path: Sequence[str], value: Value, subject_key: int = NO_SUBJECT) -> None:
        """Write a record, or (with a path) one of its fields; validation is the caller's."""
        document = self._documents.setdefault(
            (subject_key, name), _Document(None, 0, [] if RECORDS[name].is_list else {})
        )
        plain = feel.codec.plain(value)
        document.value = _with(document.value, tuple(path), plain) if path else plain
        document.changed = True

    def flush(self) -> None:
        """Write the changed records, each as its next version."""
        unit = self.unit
        for (subject_key, name), document in self._documents.items():
            if not document.changed:
                continue
            text = feel.codec.encode(document.value)
            if document.key is None:
                document.key = unit.new_key()
                place = (self.key, subject_key, name)
                records.create(unit.session, document.key, place, text, unit.now, unit.actor.name)
            else:
                records.replace(unit.session, document.key, document.version, text, unit.now, unit.actor.name)
            document.version += 1
            document.changed = False


class _Cases:
    """The cases that a unit of work has looked at; a part of the unit."""

    order = 20  # before the audit log, which locks its head last

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._loaded: dict[int, Case] = {}

    def get(self, key: int) -> Case | None:
        found = self._loaded.get(key)
        if found is None:
            session = self._unit.session
            row = cases.get(session, key)
            if row is None:
                return None
            documents = {
                (record.subject_key, record.name): _Document(record.key, record.version, decoded(record.document))
                for record in records.of_case(session, key)
            }
            found = self._loaded[key] = Case(self._unit, row, list(cases.subjects(session, key)), documents)
        return found

    def forget(self, key: int) -> None:
        self._loaded.pop(key, None)

    def write(self) -> None:
        for case in self._loaded.values():
            case.flush()

    def committed(self) -> None:
        self._loaded.clear()

    def dropped(self) -> None:
        self._loaded.clear()


def of_case(unit: UnitOfWork, key: int) -> Case:
    """Return a case with its records; raises `NotFound`."""
    found = unit.part(_Cases).get(key)
    if found is None:
        raise NotFound("casework.no_such_case", key=key)
    return found


def find(unit: UnitOfWork, business_key: str | None) -> Case | None:
    """Return the case of a process instance, None if it has none."""
    if business_key is None or not business_key.isascii() or not business_key.isdecimal() or len(business_key) > 19:
        return None
    return unit.part(_Cases).get(int(business_key))


def _people_fields(rows: Sequence[CasePerson]) -> dict[str, Any]:
    """Return the fields of the record `case` that name people; lists are there even when empty."""
    names: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: row.position):
        names.setdefault(row.role, []).append(row.user_name)
    record: dict[str, Any] = {}
    for name, (role, single) in PEOPLE.items():
        held = names.get(role, [])
        record[name] = (held[0] if held else None) if single else held
    return record


def decoded(text: str) -> Any:
    """Return the value of a stored document."""
    return feel.codec.decode(text)


def _with(document: Any, path: tuple[str, ...], value: Any) -> Any:
    """Return the document with one nested value set; what is on the way is copied."""
    name, *rest = path
    copy = dict(document) if isinstance(document, Mapping) else {}
    copy[name] = _with(copy.get(name), tuple(rest), value) if rest else value
    return copy
