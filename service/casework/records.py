"""Records of cases: read by FEEL under their names, written by path in the transaction that completes a step.

`CaseRecords` is the runtime's `RecordSource`; `check` and `write` do the same for what is no process step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service import feel, forms
from service.casework import application_facts, moments, people, rules, schema
from service.casework.case import Case, decoded, find, of_case
from service.casework.catalogue import DERIVED, DIRECTORY, OF_SUBJECT, PEOPLE, RECORDS, RecordType
from service.casework.schema import Problem
from service.errors import FormRejected, Invalid
from service.feel import Value
from service.runtime import audit
from service.runtime.unit import InstanceContext, UnitOfWork
from service.store import records
from service.store.cases import CaseFile, CaseSubject
from service.store.records import NO_SUBJECT

__all__ = ["Case", "CaseRecords", "RecordVersion", "Versions", "check", "find", "of_case", "versions", "write"]


@dataclass(frozen=True, slots=True)
class RecordVersion:
    """One version of a record."""

    version: int
    written_at: datetime
    written_by: str
    value: Any


Versions = tuple[RecordVersion, ...]


def versions(unit: UnitOfWork, case_key: int, subject_key: int | None, name: str) -> Versions:
    """Return all versions of a record, oldest first; empty if it was never written."""
    row = records.get(unit.session, case_key, subject_key or NO_SUBJECT, name)
    if row is None:
        return ()
    return tuple(
        RecordVersion(item.version, item.written_at, item.written_by, decoded(item.document))
        for item in records.versions(unit.session, row.key)
    )


class CaseRecords:
    """The runtime's source of records."""

    names: frozenset[str] = frozenset((*RECORDS, DIRECTORY))

    def read(self, unit: UnitOfWork, instance: InstanceContext) -> Mapping[str, Value]:
        """Return the records of the instance's case, each made when asked for.

        Those of a person are there where the variable `subject` tells which person the step is about.
        """
        case = find(unit, instance.business_key)
        if case is None:
            return {}
        return _Records(case, _subject_key(case, instance))

    def validate(self, unit: UnitOfWork, instance: InstanceContext, values: Mapping[str, Value]) -> None:
        """Check values by path against types and rules; raises `FormRejected` with all problems by path."""
        case = find(unit, instance.business_key)
        if case is None:
            raise Invalid("casework.no_case_to_write", paths=", ".join(values))
        check(case, _subject_key(case, instance), values)

    def write(self, unit: UnitOfWork, instance: InstanceContext, path: str, value: Value) -> None:
        """Write one value that `validate` let pass."""
        case = find(unit, instance.business_key)
        if case is None:
            raise Invalid("casework.no_case_to_write", paths=path)
        write(case, _subject_key(case, instance), path, value)


def check(case: Case, subject_key: int | None, values: Mapping[str, Value]) -> None:
    """Check values by path for one case; raises `FormRejected`."""
    problems: dict[str, list[Problem]] = {}
    for path, value in values.items():
        for where, problem in _problems(path, value, subject_key):
            problems.setdefault(where, []).append(problem)
    if not problems:
        for where, problem in rules.check(case, subject_key, dict(values)):
            problems.setdefault(where, []).append(problem)
    if problems:
        raise FormRejected(problems)


def write(case: Case, subject_key: int | None, path: str, value: Value) -> None:
    """Write one checked value; what stands in columns of its own goes there."""
    name, *rest = path.split(".")
    if name == "case" and rest and rest[0] in OF_SUBJECT and subject_key is not None:
        name = "subject"
    if name == "case" and rest and rest[0] in PEOPLE:
        people.assign(case, rest[0], value)
        return
    record = RECORDS[name]
    if record.per_subject and subject_key is None:
        raise Invalid("casework.whose_record", record=name)
    if name == "subject" and subject_key is not None and _write_column(case.subject(subject_key), rest, value):
        return
    if name == "case" and rest and _write_case_column(case.row, rest, value):
        return
    if name == "evidence":
        value = _with_digests(value)
    if schema.type_at(record.shape, tuple(rest)) is schema.MOMENT:
        value = moments.tidy(value, case.unit.engine.zone)
    case.set(name, rest, value, subject_key if record.per_subject and subject_key is not None else NO_SUBJECT)
    if name == "evidence" and subject_key is not None:
        _forget_the_unproved(case, subject_key)


def _forget_the_unproved(case: Case, subject_key: int) -> None:
    """Facts that lost their last evidence are not ascertained any more (procedure.md 2.5)."""
    lost = rules.unproved(case, subject_key)
    for path in lost:
        name, *rest = path.split(".")
        case.set(name, rest, "unknown", subject_key)
    if lost:
        audit.record(
            case.unit,
            "records.unproved",
            ("subject", subject_key),
            None,
            {"facts": list(lost)},
            business_key=str(case.key),
        )


def _with_digests(entries: Value) -> Value:
    """Return evidence with the digests of its files: nobody types them."""
    if not isinstance(entries, list):
        return entries
    return [_with_digest(entry) if isinstance(entry, dict) else entry for entry in entries]


def _with_digest(entry: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in entry.items() if name != "sha256"}
    digests = [str(item["contentHash"]) for item in forms.references(entry.get("file"))]
    return {**rest, "sha256": ", ".join(digests)} if digests else rest


def _write_column(row: CaseSubject, rest: Sequence[str], value: Value) -> bool:
    if rest == ["name"]:
        row.name = str(value)
    elif rest == ["account"]:
        row.user_name = str(value) if value else None
    elif rest == ["outcome"]:
        row.outcome = str(value) if value else "pending"
    else:
        return False
    return True


def _write_case_column(row: CaseFile, rest: Sequence[str], value: Value) -> bool:
    columns = {"accountabilityCaseNo": "accountability_case_no", "title": "title", "secrecyLevel": "secrecy"}
    column = columns.get(rest[0])
    if column is None or len(rest) > 1:
        return False
    setattr(row, column, str(value or ""))
    return True


def _problems(path: str, value: Value, subject_key: int | None) -> Iterator[tuple[str, Problem]]:
    name, *rest = path.split(".")
    record: RecordType | None = RECORDS.get(name)
    if record is None:
        yield path, ("casework.unknown_record", {"record": name})
        return
    if (not rest and DERIVED.get(name)) or (rest and rest[0] in DERIVED.get(name, ())):
        yield path, ("casework.read_only", {"field": path})
        return
    own = name == "case" and bool(rest) and rest[0] in OF_SUBJECT
    if (record.per_subject or own) and subject_key is None:
        yield path, ("casework.whose_record", {"record": name})
        return
    shape = RECORDS["subject"].shape if own else record.shape
    kind = schema.type_at(shape, tuple(rest))
    if kind is None:
        yield path, ("casework.unknown_field", {"field": path})
        return
    for below, problem in schema.check(kind, _jsonable(value)):
        separator = "" if not below or below.startswith("[") else "."
        yield f"{path}{separator}{below}", problem


def _jsonable(value: Value) -> Any:
    return feel.codec.plain(value)


def _subject_key(case: Case, instance: InstanceContext) -> int | None:
    text = instance.subject_key()
    if text is None or not text.isascii() or not text.isdecimal():
        return None
    key = int(text)
    # A subject of another case is no subject here, whatever a variable says.
    return key if any(row.key == key for row in case.subjects) else None


class _Records(Mapping[str, Value]):
    """The records by name, each built at its first use."""

    def __init__(self, case: Case, subject_key: int | None) -> None:
        self._case = case
        self._subject_key = subject_key

    def __getitem__(self, name: str) -> Value:
        if name == DIRECTORY:
            return people.directory(self._case.unit, self._case.row.organ)
        record = RECORDS[name]
        case, subject_key = self._case, self._subject_key
        if name == "case":
            found = case.case_record(subject_key)
            found["names"] = people.names(case, subject_key)
            found["people"] = people.options(case, found["names"])
            found["subjects"] = [case.whole_subject(row.key) for row in case.subjects]
            return found
        if not record.per_subject:
            return case.document(name)  # type: ignore[no-any-return]
        if subject_key is None:
            raise KeyError(name)
        if name == "subject":
            return case.subject_record(subject_key)
        if name == "rectification":
            return case.rectification_record(subject_key)
        document = case.document(name, subject_key)
        if name == "application":
            return {**document, **application_facts.facts(case, subject_key)}
        return document  # type: ignore[no-any-return]

    def __contains__(self, name: object) -> bool:
        if name == DIRECTORY:
            return True
        record = RECORDS.get(name) if isinstance(name, str) else None
        return record is not None and (not record.per_subject or self._subject_key is not None)

    def __iter__(self) -> Iterator[str]:
        return (name for name in (*RECORDS, DIRECTORY) if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)
