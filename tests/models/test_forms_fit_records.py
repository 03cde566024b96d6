"""What forms write fits the data dictionary, and our own readers find nothing in what the Modeler finds clean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service import bpmn, forms
from service.casework.catalogue import DERIVED, RECORDS
from service.casework.functions import FUNCTIONS
from service.casework.schema import Entity, Many, Scalar, Type, type_at
from tests.models.conftest import ROOT

DIAGRAMS = sorted(ROOT.glob("processes/**/*.bpmn"))
FORMS = sorted(ROOT.glob("forms/*.form"))

# Type of a record's field -> form components that may enter it.
COMPONENTS = {
    "str": {"textfield", "select", "radio"},
    "text": {"textarea", "textfield"},
    "date": {"datetime"},
    "dt": {"datetime"},
    "num": {"number"},
    "int": {"number"},
    "bool": {"checkbox"},
    "ref": {"textfield", "select"},
    "file": {"filepicker"},
    "enum": {"select", "radio"},
}


def names(files: list[Path]) -> list[str]:
    return [file.name for file in files]


def misfits(components: list[dict[str, Any]], inside: Type | None = None, prefix: str = "") -> Iterator[str]:
    """Yield record fields of a form that the dictionary does not know, or that a component cannot fill."""
    for component in components:
        path = component.get("key") or component.get("path") or ""
        if component["type"] == "group":
            yield from misfits(component["components"], inside, prefix)
        elif path:
            yield from _misfits(component, path, inside, prefix)


def _misfits(component: dict[str, Any], path: str, inside: Type | None, prefix: str) -> Iterator[str]:
    kind = _kind(path, inside)
    where = f"{prefix}{path}"
    if kind is None:
        if inside is not None or path.partition(".")[0] in RECORDS:
            yield f"{where}: unknown"
        return
    if component["type"] == "dynamiclist":
        if isinstance(kind, Many):
            yield from misfits(component["components"], kind.of, f"{where}.")
        else:
            yield f"{where}: no list"
        return
    if inside is None and path.partition(".")[2].partition(".")[0] in DERIVED.get(path.partition(".")[0], ()):
        yield f"{where}: never written"
    values = {option["value"] for option in component.get("values", ())}
    scalar = kind.of if isinstance(kind, Many) else kind
    allowed = {"taglist", "checklist"} if isinstance(kind, Many) else COMPONENTS.get(getattr(kind, "name", ""), set())
    if component["type"] not in allowed:
        yield f"{where}: a {component['type']} does not fit"
    if isinstance(scalar, Scalar) and scalar.choices and values - set(scalar.choices):
        yield f"{where}: {sorted(values - set(scalar.choices))} are no choices"


def _kind(path: str, inside: Type | None) -> Type | None:
    if inside is not None:
        return type_at(inside, tuple(path.split(".")))
    name, *rest = path.split(".")
    if (name, rest) == ("case", ["subjects"]):
        subject = RECORDS["subject"].shape
        assert isinstance(subject, Entity)
        return Many(subject)
    return type_at(RECORDS[name].shape, tuple(rest)) if name in RECORDS else None


@pytest.mark.parametrize("file", FORMS, ids=names(FORMS))
def test_a_form_writes_only_fields_of_the_dictionary(file: Path) -> None:
    form = json.loads(file.read_text("utf-8"))

    assert list(misfits(form["components"])) == []


@pytest.mark.parametrize("file", FORMS, ids=names(FORMS))
def test_our_reader_finds_nothing_in_a_shipped_form(file: Path) -> None:
    assert forms.read(file.read_bytes(), file.name).findings == ()


@pytest.mark.parametrize("file", DIAGRAMS, ids=names(DIAGRAMS))
def test_our_reader_finds_nothing_in_a_shipped_diagram(file: Path) -> None:
    assert bpmn.read(file.read_bytes(), file.name, FUNCTIONS.names).findings == ()
