from __future__ import annotations

from typing import Any

import pytest

from tests.dmn.models import codes, decision, evaluated, input_data, literal, read

ITEMS = """
<itemDefinition name="tLevel"><typeRef>string</typeRef><allowedValues><text>"low", "high"</text></allowedValues>
</itemDefinition>
<itemDefinition name="tLevels" isCollection="true"><typeRef>tLevel</typeRef></itemDefinition>
<itemDefinition name="tPerson">
  <itemComponent name="first name"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="level"><typeRef>tLevel</typeRef></itemComponent>
  <itemComponent name="points" isCollection="true"><typeRef>number</typeRef></itemComponent>
</itemDefinition>
<itemDefinition name="tShort" isCollection="true"><typeRef>number</typeRef>
  <typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>
<itemDefinition name="tAge"><typeRef>number</typeRef><allowedValues><text>[0..150]</text></allowedValues>
</itemDefinition>
"""

PERSON = {"first name": "示例", "level": "low", "points": [1]}

CASES: dict[str, tuple[str, Any, bool]] = {
    "predefined": ("tLevel", "low", True),
    "not predefined": ("tLevel", "middle", False),
    "null": ("tLevel", None, True),
    "collection": ("tLevels", ["low", "high"], True),
    "collection with a wrong item": ("tLevels", ["low", "middle"], False),
    "context": ("tPerson", PERSON, True),
    "context with more entries": ("tPerson", {**PERSON, "more": 1}, True),
    "context with a component missing": ("tPerson", {"first name": "示例"}, False),
    "context with a null component": ("tPerson", {**PERSON, "level": None}, True),
    "context with a wrong component": ("tPerson", {**PERSON, "level": "middle"}, False),
    "constraint on the whole collection": ("tShort", [1, 2], True),
    "constraint broken": ("tShort", [1, 2, 3], False),
    "interval": ("tAge", 150, True),
    "outside the interval": ("tAge", 151, False),
}


@pytest.mark.parametrize(("type_ref", "value", "fits"), CASES.values(), ids=CASES)
def test_an_input_must_have_the_type_of_its_item_definition(type_ref: str, value: object, fits: bool) -> None:
    model = read(ITEMS, input_data("x", type_ref), decision("d", literal("x"), "input:x"))

    result = evaluated(model, "d", x=value)

    assert result.value == (value if fits else None)
    assert result.failed is not fits


def test_components_with_spaces_are_known_after_a_dot() -> None:
    model = read(ITEMS, input_data("p", "tPerson"), decision("d", literal("p.first name"), "input:p"))

    assert codes(model) == []
    assert evaluated(model, "d", p=PERSON).value == "示例"


INSTANCES = {
    '"low" instance of tLevel': True,
    '["low"] instance of tLevels': True,
    "null instance of tLevel": False,
}


@pytest.mark.parametrize(("text", "expected"), INSTANCES.items(), ids=INSTANCES)
def test_instance_of_knows_item_definitions(text: str, expected: bool) -> None:
    assert evaluated(read(ITEMS, decision("d", literal(text))), "d").value is expected


def test_item_definitions_may_refer_to_one_another_in_any_order() -> None:
    later = '<itemDefinition name="a"><typeRef>b</typeRef></itemDefinition>'
    earlier = '<itemDefinition name="b"><typeRef>number</typeRef></itemDefinition>'
    model = read(later, earlier, input_data("x", "a"), decision("d", literal("x"), "input:x"))

    assert codes(model) == []
    assert evaluated(model, "d", x=1).value == 1
    assert evaluated(model, "d", x="1").failed
