"""The tables of elements and properties tell, in both languages, of all that runs and all that is refused by name."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from service.bpmn import allowed
from service.bpmn.elements import ELEMENTS
from service.bpmn.properties import PROPERTIES
from service.bpmn.reader import REFUSED_ELEMENTS

DOCS = Path(__file__).parents[2] / "service/web/docs"
REFUSED = {"zh_CN": "拒绝", "en": "refused"}
LANGUAGES = list(REFUSED)
DRAWN = allowed.SCOPE_CHILDREN  # only drawn; told of in one row


@cache
def told(language: str) -> dict[str, set[bool]]:
    """Names in the first column of the tables, and whether a row with it is a refusal."""
    found: dict[str, set[bool]] = {}
    for row in (DOCS / language / "bpmn.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        if row.startswith("|") and len(cells) >= 3:
            refused = REFUSED[language] in (cells[1], cells[2])
            for name in re.findall(r"`([^`]+)`", cells[0]):
                found.setdefault(name, set()).add(refused)
    return found


def extensions(prefix: str, table: dict[str, dict[str, frozenset[str]]]) -> set[str]:
    return {f"{prefix}:{name}" for places in table.values() for name in places}


def parts(table: dict[str, dict[str, frozenset[str]]]) -> set[str]:
    """Attributes and children of extensions, without what a child's attribute repeats."""
    return {
        part.rpartition(":")[2]
        for places in table.values()
        for known in places.values()
        for part in known
        if part != "*"
    }


ZEEBE = extensions("zeebe", allowed.ZEEBE) | parts(allowed.ZEEBE) | allowed.ZEEBE_ATTRIBUTES | allowed.STAMPS_OF_PARTS
CAMUNDA = (
    extensions("camunda", allowed.CAMUNDA)
    | parts(allowed.CAMUNDA)
    | allowed.CAMUNDA_STAMPS
    | {name for names in allowed.CAMUNDA_ATTRIBUTES.values() for name in names}
)
READ_AND_REFUSED = {"businessId"}
BEYOND = [tag for tag, code in REFUSED_ELEMENTS.items() if code != "bpmn.element_unsupported"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted({*ELEMENTS, *PROPERTIES, *ZEEBE, *CAMUNDA} - READ_AND_REFUSED))
def test_what_is_allowed_is_in_a_table_and_not_as_refused_alone(name: str, language: str) -> None:
    assert False in told(language)[name]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "tag", [*BEYOND, "startQuantity", "behavior", "ioSpecification", *READ_AND_REFUSED, "zeebe:executionListeners"]
)
def test_what_is_refused_by_name_is_in_a_table_as_refused(tag: str, language: str) -> None:
    assert told(language)[tag] == {True}


def test_both_languages_tell_of_the_same() -> None:
    chinese, english = (told(language) for language in LANGUAGES)

    assert {name: verdicts for name, verdicts in chinese.items() if english.get(name) != verdicts} == {}
    assert set(english) == set(chinese)
