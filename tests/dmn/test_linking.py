from __future__ import annotations

import pytest

from service import dmn
from tests.dmn.models import DMN13, codes, decision, definitions, evaluated, input_data, literal

BASE = definitions(
    '<itemDefinition name="tRate"><typeRef>number</typeRef></itemDefinition>',
    input_data("rate", "tRate"),
    decision("double rate", literal("rate * 2"), "input:rate"),
    '<businessKnowledgeModel id="f" name="say hello"><encapsulatedLogic><formalParameter name="r" typeRef="tRate"/>'
    f"{literal('r + 1')}</encapsulatedLogic></businessKnowledgeModel>",
    own="urn:base",
)


def _importing(text: str, *requirements: str, own: str = "urn:top", name: str = "base model") -> bytes:
    return definitions(
        f'<import name="{name}" namespace="urn:base" importType="{DMN13}"/>',
        decision("d", literal(text), *requirements),
        own=own,
    )


CASES = {
    "decision": ("base model.double rate + 1", "decision:urn|base#double_rate", 7),
    "function": ("base model.say hello(3)", "knowledge:urn|base#f", 4),
    "function with a wrong argument": ('base model.say hello("3")', "knowledge:urn|base#f", None),
    "type": ("3 instance of base model.tRate", "decision:urn|base#double_rate", True),
}


@pytest.mark.parametrize(("text", "requirement", "expected"), CASES.values(), ids=CASES)
def test_imported_elements_are_reached_through_the_imports_name(text: str, requirement: str, expected: object) -> None:
    models = [dmn.read(_importing(text, requirement), "top.dmn"), dmn.read(BASE, "base.dmn")]

    top, _ = dmn.link(models)

    assert codes(top) == []
    assert evaluated(top, "d", rate=3).value == expected


def test_imports_nest() -> None:
    middle = definitions(
        f'<import name="base model" namespace="urn:base" importType="{DMN13}"/>',
        decision("m", literal("base model.double rate"), "decision:urn|base#double_rate"),
        own="urn:middle",
    )
    top = definitions(
        f'<import name="mid" namespace="urn:middle" importType="{DMN13}"/>',
        decision("d", literal("mid.m + 1"), "decision:urn|middle#m"),
        own="urn:top",
    )

    linked = dmn.link([dmn.read(xml, f"{n}.dmn") for n, xml in enumerate((top, middle, BASE))])

    assert codes(linked[0]) == []
    assert evaluated(linked[0], "d", rate=3).value == 7


def test_a_missing_import_is_a_finding() -> None:
    (top,) = dmn.link([dmn.read(_importing("1"), "top.dmn")])

    assert codes(top) == ["dmn_import_missing"]


def test_files_of_one_namespace_are_told_apart_by_location() -> None:
    first = dmn.read(definitions(decision("one", literal("1"))), "first.dmn")
    second = dmn.read(definitions(decision("one", literal("2"))), "second.dmn")

    def top(location: str) -> dmn.Model:
        xml = definitions(
            f'<import name="x" namespace="http://camunda.org/schema/1.0/dmn" importType="{DMN13}"{location}/>',
            decision("d", literal("1")),
            own="urn:top",
        )
        return dmn.link([dmn.read(xml, "top.dmn"), first, second])[0]

    assert codes(top("")) == ["dmn_import_ambiguous"]
    assert codes(top(' locationURI="second.dmn"')) == []
    assert top(' locationURI="second.dmn"').imported["x"].file == "second.dmn"


def test_imports_in_a_circle_are_a_finding() -> None:
    xml = definitions(
        f'<import name="top" namespace="urn:top" importType="{DMN13}"/>', decision("d", literal("1")), own="urn:base"
    )

    linked = dmn.link([dmn.read(_importing("1"), "top.dmn"), dmn.read(xml, "base.dmn")])

    assert "dmn_import_cycle" in [code for model in linked for code in codes(model)]
