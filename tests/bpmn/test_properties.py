"""Extension properties: those of the product are spelt right or refused, all others are kept."""

from __future__ import annotations

import pytest

from service import bpmn, texts
from service.errors import Severity
from tests.bpmn.stage import ext, flows, process


def read(*properties: tuple[str, str]) -> bpmn.File:
    lines = "".join(f'<zeebe:property name="{name}" value="{value}"/>' for name, value in properties)
    task = f"<task id='t' name='Work'>{ext(f'<zeebe:properties>{lines}</zeebe:properties>')}</task>"
    return bpmn.read(process("<startEvent id='s'/>" + task + flows("s>t")), "x.bpmn")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rc.article", "7(1)"),
        ("rc.nameEn", "Check"),
        ("rc.deadline", "P-T05"),
        ("rc.verbs", "transfer, copy"),
        ("rc.searchable", "amount"),
        ("rc.variables", "a, b"),
        ("rc.opinions", "before"),
        ("rc.opinions", "after"),
        ("rc.bulkAgree", "true"),
        ("rc.field.matter.title", "readonly"),
        ("rc.field.a", "hidden"),
        ("rc.field.b", "masked"),
        ("colour", ""),
        ("recipe", "kept as it is "),
    ],
)
def test_what_is_spelt_right_is_kept(name: str, value: str) -> None:
    found = read((name, value))

    assert [f.code for f in found.findings if f.severity is Severity.ERROR] == []
    assert found.processes[0].elements["t"].properties == {name: value}


@pytest.mark.parametrize(
    ("name", "value", "code", "nearest"),
    [
        ("rc.artikle", "7", "bpmn.property_unknown", "rc.article"),
        ("rc.Article", "7", "bpmn.property_unknown", "rc.article"),
        ("RC.article", "7", "bpmn.property_unknown", "rc.article"),
        ("rc.name_en", "x", "bpmn.property_unknown", "rc.nameEn"),
        ("rc.deadlines", "x", "bpmn.property_unknown", "rc.deadline"),
        ("rc.bulkagree", "true", "bpmn.property_unknown", "rc.bulkAgree"),
        ("rc.fields.a", "hidden", "bpmn.property_unknown", "rc.field.a"),
        ("rc.field.", "hidden", "bpmn.property_unknown", "rc.field.<key>"),
        ("rc.field", "hidden", "bpmn.property_unknown", "rc.field.<key>"),
        ("rc.field.a", "readOnly", "bpmn.property_value", "readonly"),
        ("rc.field.a", "mask", "bpmn.property_value", "masked"),
        ("rc.opinions", "befor", "bpmn.property_value", "before"),
        ("rc.bulkAgree", "yes", "bpmn.property_value", None),
    ],
)
def test_what_is_misspelt_is_refused_with_the_nearest_right_spelling(
    name: str, value: str, code: str, nearest: str | None
) -> None:
    (finding,) = [f for f in read((name, value)).findings if f.severity is Severity.ERROR]

    assert (finding.code, finding.element_id, finding.property) == (code, "t", name)
    if nearest is not None:
        assert finding.facts["nearest"] == nearest
        line = texts.finding(finding, "en")
        assert 't "Work"' in line
        assert name in line
        assert nearest in line


@pytest.mark.parametrize("name", ["rc.article", "rc.verbs"])
def test_a_property_without_value_or_given_twice_is_refused(name: str) -> None:
    assert "bpmn.property_empty" in [f.code for f in read((name, "")).findings]
    assert "bpmn.property_twice" in [f.code for f in read((name, "a"), (name, "b")).findings]
