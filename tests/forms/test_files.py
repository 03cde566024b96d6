"""File pickers and previews, pure: what a field takes, what it keeps, and what a reader is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from service import forms
from service.errors import FormRejected
from tests.forms.build import ENVIRONMENT, a_form, component


def a_reference(name: str = "a.pdf", media: str = "application/pdf", file_id: str = "") -> dict[str, Any]:
    return {
        "camunda.document.type": "camunda",
        "storeId": "s",
        "documentId": file_id or name,
        "contentHash": "0" * 64,
        "metadata": {"fileName": name, "contentType": media, "size": 3},
    }


def any_file(path: str, sent: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**sent, "storeId": path}


def codes(found: forms.Form, sent: Mapping[str, Any], data: Mapping[str, Any] | None = None) -> dict[str, list[str]]:
    try:
        forms.validate(found, sent, data or {}, ENVIRONMENT, any_file)
    except FormRejected as error:
        return {path: [code.removeprefix("forms.") for code, _facts in said] for path, said in error.fields.items()}
    return {}


PDF, PNG, TXT = a_reference(), a_reference("b.PNG", "image/png"), a_reference("c.txt", "text/plain")
CASES: dict[str, tuple[dict[str, Any], Mapping[str, Any], list[str]]] = {
    "one": ({}, {"f": [PDF]}, []),
    "none": ({}, {"f": None}, []),
    "empty list": ({}, {"f": []}, []),
    "none, required": ({"validate": {"required": True}}, {"f": []}, ["required"]),
    "left out, required": ({"validate": {"required": True}}, {}, ["required"]),
    "two in a field of one": ({}, {"f": [PDF, PNG]}, ["one_file_only"]),
    "two": ({"multiple": True}, {"f": [PDF, PNG]}, []),
    "two by FEEL": ({"multiple": "=several"}, {"f": [PDF, PNG]}, []),
    "by ending, any case": ({"accept": ".png"}, {"f": [PNG]}, []),
    "by type": ({"accept": "application/pdf"}, {"f": [PDF]}, []),
    "by family": ({"accept": "image/*, .pdf", "multiple": True}, {"f": [PNG, PDF]}, []),
    "not among them": ({"accept": "image/*,.pdf"}, {"f": [TXT]}, ["file_not_accepted"]),
    "family is no prefix of a name": ({"accept": "image"}, {"f": [PNG]}, ["file_not_accepted"]),
    "by FEEL": ({"accept": '="." + kind'}, {"f": [PDF]}, []),
    "not by FEEL": ({"accept": '="." + kind'}, {"f": [PNG]}, ["file_not_accepted"]),
    "twice": ({"multiple": True}, {"f": [PDF, PDF]}, ["file_twice"]),
    "a name": ({}, {"f": "a.pdf"}, ["not_files"]),
    "no reference": ({}, {"f": [{"documentId": "a"}]}, ["not_files"]),
    "an object": ({}, {"f": PDF}, ["not_files"]),
    "too many": ({"multiple": True}, {"f": [a_reference(str(n)) for n in range(101)]}, ["too_many_files"]),
}


@pytest.mark.parametrize(("properties", "sent", "expected"), CASES.values(), ids=CASES)
def test_a_field_takes_what_it_says(properties: dict[str, Any], sent: Mapping[str, Any], expected: list[str]) -> None:
    found = a_form(component("filepicker", "f", **properties))

    assert codes(found, sent, {"several": True, "kind": "pdf"}).get("f", []) == expected


def test_what_stood_in_the_field_stays_as_it_was_and_what_is_new_is_asked_for() -> None:
    found = a_form(component("filepicker", "f", multiple=True))
    forged = {**PDF, "contentHash": "f" * 64}

    result = forms.validate(found, {"f": [forged, PNG]}, {"f": [PDF]}, ENVIRONMENT, any_file)

    assert result["f"] == [PDF, {**PNG, "storeId": "f"}]


def test_a_row_that_moves_takes_its_files_along() -> None:
    found = a_form(
        component("dynamiclist", "rows", allowAddRemove=True, components=[component("filepicker", "f", id="Inner")])
    )
    stored = {"rows": [{"f": [PDF]}, {"f": [PNG]}]}

    result = forms.validate(found, {"rows": [{"f": [PNG]}]}, stored, ENVIRONMENT)

    assert result["rows"] == [{"f": [PNG]}]


def test_without_somebody_who_knows_files_none_is_taken() -> None:
    found = a_form(component("filepicker", "f"))

    with pytest.raises(FormRejected):
        forms.validate(found, {"f": [PDF]}, {"g": [PDF]}, ENVIRONMENT)


def test_a_hidden_or_closed_field_takes_nothing() -> None:
    found = a_form(
        component("filepicker", "a", conditional={"hide": "=true"}), component("filepicker", "b", readonly=True)
    )

    assert forms.validate(found, {"a": [PDF], "b": [PDF]}, {}, ENVIRONMENT) == {}


def test_readers_are_shown_the_files_of_pickers_and_previews() -> None:
    found = a_form(
        component("filepicker", "f", label="材料"), component("documentPreview", dataSource="=deep.files", label="所附")
    )

    rows = forms.display(found, {"f": [PDF], "deep": {"files": [PNG, "no file"]}}, ENVIRONMENT)

    assert [(row.label, [item["documentId"] for item in row.files]) for row in rows] == [
        ("材料", ["a.pdf"]),
        ("所附", ["b.PNG"]),
    ]
