"""A case in which every field of the data dictionary is filled in, by its type; text tells which field it is."""

from __future__ import annotations

from typing import Any

from service.casework import records
from service.casework.case import Case
from service.casework.catalogue import DERIVED, PEOPLE, RECORDS
from service.casework.schema import BOOL, DATE, FILE, INT, MOMENT, NUM, REF, STR, TEXT, Entity, Many, Type
from tests.casework.conftest import Site

RARE = "𬭛龘㛃"  # characters that common fonts lack: extension E, the basic plane, extension A


def value_of(kind: Type, path: str) -> Any:
    """Return a value of a type; text and names say their path, so that a page tells whence they are."""
    if isinstance(kind, Entity):
        return {name: value_of(inner, f"{path}.{name}") for name, inner in kind.fields.items()}
    if isinstance(kind, Many):
        return [value_of(kind.of, path)] * max(kind.least, 1)
    if kind.choices:
        return kind.choices[0]
    return {
        STR.name: f"名·{path}",
        TEXT.name: f"文·{path}。{RARE}",
        DATE.name: "2026-03-09",
        MOMENT.name: "2026-03-05T09:30:00+08:00",
        NUM.name: 12345,
        INT.name: 3,
        BOOL.name: True,
        REF.name: "lead",
        FILE.name: f"件·{path}",
    }[kind.name]


def fill(site: Site) -> None:
    """Fill in all records of the site's case."""
    with site.case() as case:
        fill_case(case)


def fill_case(case: Case) -> None:
    for name, record in RECORDS.items():
        shape = record.shape
        if not isinstance(shape, Entity):
            entries = [value_of(shape.of, name)] if isinstance(shape, Many) else []
            case.set(name, (), entries, case.subjects[0].key if record.per_subject else 0)
            continue
        for field, kind in shape.fields.items():
            own = name == "subject" and field in {"name", "account", "outcome"}
            if own or field in DERIVED.get(name, ()) or (name == "case" and (field in PEOPLE or field == "organ")):
                continue
            key = case.subjects[0].key if record.per_subject else None
            records.write(case, key, f"{name}.{field}", value_of(kind, f"{name}.{field}"))
