"""What documents say: the records of a case in words, by the names of the data dictionary.

`fields` is what a template may name, `values` what stands there for one document. Choices are said by the labels of
the forms that ask for them, people by their names, days as documents write them; what was not filled in stays false
and shows itself as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import regex

from service import texts
from service.auth import accounts
from service.casework import deadlines, moments
from service.casework.case import Case
from service.casework.catalogue import RECORDS
from service.casework.schema import BOOL, DATE, FILE, MOMENT, REF, STR, TEXT, TRI, Entity, Many, Scalar, Type
from service.documents import Fields, Template, Words
from service.runtime import form_display
from service.runtime.unit import UnitOfWork

__all__ = ["About", "Item", "as_templates_name", "fields", "items", "values"]

# What the service itself knows about a document.
DOCUMENT = ("number", "organ", "date", "maker", "version", "recipient", "copies", "due", "overdue")
_CASE = ("caseNo", "state", "outcome", "registeredAt", "organ", "organLevel", "title", "secrecyLevel")
_SUBJECT = ("number", "state", "outcome", "filingState", "appealState", "rectificationState")
# 2.19, for as long as no process keeps it as a record.
_BACKTRACKING = Entity(
    {
        **dict.fromkeys(("trigger", "snapshotId", "conclusion"), STR),
        **dict.fromkeys(("suspectedIssue", "findings", "accountability", "remedyForCase"), TEXT),
        "targetPersons": Many(REF),
        "handlers": Many(REF),
    }
)
SHEET = Entity(
    {
        **dict.fromkeys(("name", "parameter", "subject", "state", "length", "calendar", "source", "notices"), STR),
        "start": DATE,
        "due": STR,
        "pauses": Many(Entity({"start": DATE, "end": DATE, "reason": TEXT})),
        "extensions": Many(Entity({"on": DATE, "amount": STR, "reason": TEXT, "by": REF})),
        "days": Many(Entity(dict.fromkeys(("day", "weekday", "counted", "number", "reason"), STR))),
    }
)
_CODE = regex.compile(r"[A-Za-z0-9_()]+")


@dataclass(frozen=True, slots=True)
class Item:
    """One of several that a document can be about."""

    place: str  # e.g. appeal[0], filing.personnel
    label: str
    value: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class About:
    """What a document says beside the records."""

    number: str
    organ: str
    at: datetime
    maker: str  # user name
    version: str
    recipient: str = ""
    copies: str = ""
    sheet: Mapping[str, Any] = field(default_factory=dict)


def fields(template: Template) -> dict[str, Fields]:
    """Return what a template of this kind may name."""
    found: dict[str, Fields] = {name: _tree(kind) for name, kind in _shapes().items()}
    found["document"] = dict.fromkeys(DOCUMENT)
    if template.items:
        found["item"] = _tree(_item_shape(template))
    if template.key == "deadline-sheet":
        found["sheet"] = _tree(SHEET)
    return found


def items(case: Case, subject_key: int | None, template: Template) -> list[Item]:
    """Return what documents of this kind can be about in a case; empty where there is nothing to choose."""
    found: list[Item] = []
    for path in template.items:
        name, *rest = path.removesuffix("[]").split(".")
        value: Any = case.document(name, subject_key or 0) if _has(case, name, subject_key) else None
        for part in rest:
            value = value.get(part) if isinstance(value, Mapping) else None
        target = rest[0] if rest else name
        label = texts.message(f"documents.item_{target}")
        if path.endswith("[]"):
            entries = value if isinstance(value, list) else []
            for index, entry in enumerate(entries):
                place = f"{path.removesuffix('[]')}[{index}]"
                said = {"party": target, **entry} if path.startswith("opinionRecord.") else entry
                found.append(
                    Item(place, texts.message("documents.item_number", {"what": label, "number": index + 1}), said)
                )
        elif isinstance(value, Mapping) and value:
            found.append(Item(path, label, {**value, "target": target}))
    return found


def values(
    unit: UnitOfWork, case: Case, subject_key: int | None, template: Template, item: Item | None, about: About
) -> tuple[dict[str, object], set[str]]:
    """Return what a template's names stand for, and the set in which fields are noted that are shown but empty."""
    missing: set[str] = set()
    speaker = _Speaker(unit, missing)
    found: dict[str, object] = {}
    for name, shape in _shapes().items():
        found[name] = speaker.say(shape, _record(case, name, subject_key), name)
    place = "" if subject_key is None else str(subject_key)
    plan = deadlines.find(unit, case.key, place, "P-T05")
    rectification = deadlines.find(unit, case.key, place, deadlines.RECTIFICATION)
    late = deadlines.overdue_working_days(unit, rectification) if rectification else None
    local = about.at.astimezone(unit.engine.zone)
    found["document"] = {
        name: Words(text, path=f"document.{name}", missing=missing)
        for name, text in {
            "number": about.number,
            "organ": about.organ,
            "date": speaker.day(local),
            "maker": speaker.person(about.maker),
            "version": about.version,
            "recipient": about.recipient,
            "copies": about.copies,
            "due": speaker.day(plan.due) if plan is not None and plan.due is not None else "",
            "overdue": "" if late is None else str(max(late, 0)),
        }.items()
    }
    if template.items:
        found["item"] = speaker.say(_item_shape(template), item.value if item else {}, "item")
    if template.key == "deadline-sheet":
        found["sheet"] = speaker.say(SHEET, about.sheet, "sheet")
    return found, missing


def as_templates_name(path: str) -> str:
    """Return the path of a form's field as templates name it: of one person, without lists."""
    return path.replace("case.subjects[].", "subject.").replace("[]", "")


def _shapes() -> dict[str, Type]:
    found = {name: record.shape for name, record in RECORDS.items()}
    for name, more in (("case", _CASE), ("subject", _SUBJECT)):
        shape = found[name]
        assert isinstance(shape, Entity)  # noqa: S101 - both are
        found[name] = Entity({**dict.fromkeys(more, STR), **shape.fields})
    found.setdefault("backtracking", _BACKTRACKING)
    return found


def _item_shape(template: Template) -> Entity:
    path = template.items[0].removesuffix("[]")
    name, *rest = path.split(".")
    kind: Type | None = RECORDS[name].shape
    for part in rest:
        kind = kind.fields.get(part) if isinstance(kind, Entity) else None
    if isinstance(kind, Many):
        kind = kind.of
    assert isinstance(kind, Entity)  # noqa: S101 - a table of ours; tests read every template
    return Entity({**kind.fields, "target": STR})


def _tree(kind: Type) -> Fields:
    if isinstance(kind, Entity):
        return {name: _tree(inner) for name, inner in kind.fields.items()}
    if isinstance(kind, Many) and isinstance(kind.of, Entity):
        return [_tree(kind.of)]
    return None


def _has(case: Case, name: str, subject_key: int | None) -> bool:
    return name in RECORDS and (subject_key is not None or not RECORDS[name].per_subject)


def _record(case: Case, name: str, subject_key: int | None) -> Any:
    if name == "case":
        return case.case_record(subject_key)
    if subject_key is not None and name == "subject":
        return case.subject_record(subject_key)
    if subject_key is not None and name == "rectification":
        return case.rectification_record(subject_key)
    if not _has(case, name, subject_key):
        return {}
    return case.document(name, subject_key or 0) if RECORDS[name].per_subject else case.document(name)


class _Speaker:
    """Says values in words."""

    def __init__(self, unit: UnitOfWork, missing: set[str]) -> None:
        self._unit = unit
        self._missing = missing
        self._called: dict[str, str] = {}
        self._options: dict[str, Mapping[str, str]] = {}
        self._by_field: dict[str, dict[str, str]] = {}
        for path, known in form_display.field_words(unit).items():
            if known.options:
                plain = as_templates_name(path)
                self._options.setdefault(plain, known.options)
                shared = self._by_field.setdefault(plain.rpartition(".")[2], {})
                for code, label in known.options.items():
                    shared.setdefault(code, label)

    def say(self, kind: Type, value: Any, path: str) -> Any:
        """Return a value as a template reads it."""
        if isinstance(kind, Entity):
            if isinstance(value, list):  # kept as a list, shown as one: the newest counts
                value = value[-1] if value else {}
            given = value if isinstance(value, Mapping) else {}
            return {name: self.say(inner, given.get(name), f"{path}.{name}") for name, inner in kind.fields.items()}
        if isinstance(kind, Many) and isinstance(kind.of, Entity):
            entries = [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []
            # One line that says so, where a list is empty.
            return [self.say(kind.of, entry, path) for entry in entries] or [self.say(kind.of, {}, path)]
        scalar = kind.of if isinstance(kind, Many) else kind
        assert isinstance(scalar, Scalar)  # noqa: S101 - lists of lists are no type of the dictionary
        given_values = value if isinstance(value, list) and scalar is not FILE else [value]
        said = [self._scalar(scalar, one, path) for one in given_values if one not in (None, "", [], {})]
        code = value if isinstance(value, str) else None
        return Words(texts.message("documents.comma").join(said), path=path, missing=self._missing, code=code)

    def _scalar(self, kind: Scalar, value: Any, path: str) -> str:
        if isinstance(value, bool):
            return self.choice("yes" if value else "no", path)
        if kind in (DATE, MOMENT) or (kind is STR and path.endswith("At")):
            moment = moments.read(value, self._unit.engine.zone)
            return str(value) if moment is None else self.day(moment.astimezone(self._unit.engine.zone), str(value))
        if kind is FILE:
            return texts.message("documents.comma").join(_file_names(value))
        if isinstance(value, int | Decimal):
            return format(Decimal(value).normalize(), "f")
        text = str(value)
        if kind is REF:
            return self.person(text)
        if kind in (TRI, BOOL) or kind.choices or (_CODE.fullmatch(text) and kind is STR):
            return self.choice(text, path)
        return text

    def choice(self, code: str, path: str) -> str:
        """Return a choice by the label of the form that asks for it; a code nobody named stands for itself."""
        for known in (self._options.get(path, {}), self._by_field.get(path.rpartition(".")[2], {})):
            if code in known:
                return known[code]
        message = f"documents.word_{code}"
        return texts.message(message) if texts.has_message(message) else code

    def person(self, name: str) -> str:
        """Return what somebody is called; what is no user name stands for itself."""
        if name not in self._called:
            self._called[name] = accounts.display_names(self._unit, {name}).get(name, name)
        return self._called[name]

    def day(self, moment: Any, written: str = "") -> str:
        """Return a day as documents write it, with the time where one was written."""
        facts = {"year": moment.year, "month": moment.month, "day": moment.day}
        if "T" not in written or not isinstance(moment, datetime) or (moment.hour, moment.minute) == (0, 0):
            return texts.message("documents.day", facts)
        return texts.message("documents.moment", {**facts, "hour": moment.hour, "minute": f"{moment.minute:02}"})


def _file_names(value: Any) -> Sequence[str]:
    if isinstance(value, Mapping):
        metadata = value.get("metadata")
        return [str(metadata.get("fileName") or "") if isinstance(metadata, Mapping) else ""]
    if isinstance(value, list):
        return [name for one in value for name in _file_names(one)]
    return [str(value)]
