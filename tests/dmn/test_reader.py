from __future__ import annotations

import pytest

from service import dmn
from service.dmn.reader import MAXIMUM_BYTES, NAMESPACES
from service.errors import Invalid, Severity
from tests.dmn.models import (
    DMN13,
    ENVIRONMENT,
    codes,
    decision,
    definitions,
    evaluated,
    input_data,
    literal,
    read,
    table,
)


@pytest.mark.parametrize("namespace", NAMESPACES, ids=NAMESPACES.values())
def test_every_version_of_dmn_is_read(namespace: str) -> None:
    xml = definitions(decision("fee", table(["days"], ["fee"], [["> 3", "10"]])), namespace=namespace)

    model = dmn.read(xml, "fee.dmn")

    assert model.findings == ()
    assert evaluated(model, "fee", days=5).value == 10


BROKEN = {
    "cut off": (b"<definitions", "dmn_xml_broken"),
    "not xml": (b"{}", "dmn_xml_broken"),
    "empty": (b"", "dmn_xml_broken"),
    "another root": (f'<drd xmlns="{DMN13}"/>'.encode(), "dmn_not_dmn"),
    "bpmn": (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "dmn_not_dmn"),
    "document type": (b'<!DOCTYPE definitions SYSTEM "http://x.invalid/dtd"><definitions/>', "dmn_document_type"),
    "entity": (
        b'<!DOCTYPE d [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><definitions>&c;</definitions>',
        "dmn_document_type",
    ),
    "too large": (b" " * (MAXIMUM_BYTES + 1), "dmn_too_large"),
    "too deep": (b"<definitions>" + b"<a>" * 100_000, "dmn_xml_broken"),
}


@pytest.mark.parametrize(("xml", "code"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_dmn_file_is_refused(xml: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        dmn.read(xml, "models.dmn")

    assert refused.value.code == code
    assert refused.value.facts["file"] == "models.dmn"


def _juel(text: str) -> str:
    return f'<literalExpression expressionLanguage="juel"><text>{text}</text></literalExpression>'


FAULTS = {
    "syntax": (decision("d", literal("1 +")), "dmn_expression_syntax"),
    "cell syntax": (decision("d", table(["a"], ["b"], [["< < 3", "1"]])), "dmn_expression_syntax"),
    "another language": (decision("d", _juel("${1}")), "dmn_language_not_supported"),
    "unknown type": (decision("d", literal("1"), type_ref="tNowhere"), "dmn_type_unknown"),
    "missing requirement": (decision("d", literal("1"), "input:nowhere"), "dmn_requirement_missing"),
    "requirement of another kind": (
        decision("d", literal("1"), "input:e") + decision("e", literal("1")),
        "dmn_requirement_kind",
    ),
    "circle": (
        decision("d", literal("e"), "decision:e") + decision("e", literal("d"), "decision:d"),
        "dmn_requirement_cycle",
    ),
    "circle of one": (decision("d", literal("d"), "decision:d"), "dmn_requirement_cycle"),
    "id twice": (decision("d", literal("1")) + decision("e", literal("1"), identifier="d"), "dmn_id_twice"),
    "short rule": (decision("d", table(["a", "b"], ["c"], [["1", "2"]])), "dmn_rule_length"),
    "hit policy": (decision("d", table(["a"], ["b"], [], hit_policy="BEST")), "dmn_hit_policy_unknown"),
    "aggregation": (
        decision("d", table(["a"], ["b"], [], hit_policy="COLLECT", aggregation="MEAN")),
        "dmn_aggregation_unknown",
    ),
    "aggregation of several outputs": (
        decision("d", table(["a"], ["b", "c"], [], hit_policy="COLLECT", aggregation="SUM")),
        "dmn_aggregation_of_several",
    ),
    "priority without order": (
        decision("d", table(["a"], ["b"], [], hit_policy="PRIORITY")),
        "dmn_priority_without_values",
    ),
    "several outputs, one without name": (decision("d", table(["a"], ["b", ""], [])), "dmn_output_without_name"),
    "input without expression": (decision("d", table([""], ["b"], [])), "dmn_input_expression_missing"),
    "java function": (
        '<businessKnowledgeModel id="f" name="f"><encapsulatedLogic kind="Java"/></businessKnowledgeModel>',
        "dmn_function_kind_not_supported",
    ),
    "import of something else": ('<import name="x" namespace="x" importType="http://x"/>', "dmn_import_not_supported"),
    "type defined by itself": (
        '<itemDefinition name="a"><typeRef>b</typeRef></itemDefinition>'
        '<itemDefinition name="b"><typeRef>a</typeRef></itemDefinition>',
        "dmn_type_cycle",
    ),
}


@pytest.mark.parametrize(("elements", "code"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_the_model_is_a_finding(elements: str, code: str) -> None:
    model = read(elements)

    assert code in codes(model)
    assert all(finding.severity is Severity.ERROR for finding in model.findings)


def test_a_syntax_error_tells_element_property_line_and_column_and_spoils_only_its_expression() -> None:
    model = read("\n\n", decision("bad", literal("1 +\n  * 2")), decision("good", literal("1 + 1")))

    (finding,) = model.findings

    assert (finding.element_id, finding.element_name, finding.line) == ("bad", "bad", 3)
    assert finding.facts["line"] == 2
    assert finding.facts["column"] == 3
    assert str(finding.facts["caret"]).endswith("^")
    assert finding.facts["marked"] == "  ▸* 2"
    assert evaluated(model, "good").value == 2
    spoilt = evaluated(model, "bad")
    assert spoilt.value is None
    assert [one.code for one in spoilt.diagnostics] == ["dmn_expression_unreadable"]


def test_version_tags_of_both_flavours_are_read() -> None:
    cloud = '<decision id="a" name="a"><extensionElements><zeebe:versionTag value="v1"/></extensionElements></decision>'
    platform = '<decision id="b" name="b" camunda:versionTag="v2"/>'

    model = read(cloud, platform)

    assert [one.version_tag for one in model.decisions] == ["v1", "v2"]


def test_a_table_is_shown_with_its_texts_and_annotation_columns() -> None:
    model = read(
        decision(
            "fee",
            '<decisionTable id="t" hitPolicy="FIRST"><input id="i" label="天数"><inputExpression typeRef="number">'
            "<text>days</text></inputExpression><inputValues><text>[0..30]</text></inputValues></input>"
            '<output id="o" name="fee" label="费用" typeRef="number"/><annotation name="article"/>'
            '<rule id="r"><description>from the Modeler</description><inputEntry><text>&gt; 3</text></inputEntry>'
            "<outputEntry><text>10</text></outputEntry><annotationEntry><text>第七条</text></annotationEntry></rule>"
            "</decisionTable>",
        )
    )

    shown = model.decisions[0].table

    assert model.findings == ()
    assert shown is not None
    assert shown.hit_policy is dmn.HitPolicy.FIRST
    assert shown.inputs == (dmn.InputColumn("i", "天数", "days", "number", "[0..30]"),)
    assert shown.outputs == (dmn.OutputColumn("o", "fee", "费用", "number", "", ""),)
    assert shown.annotations == ("article", "description")
    (rule,) = shown.rules
    assert (rule.inputs, rule.outputs) == (("> 3",), ("10",))
    assert rule.annotations == {"article": "第七条", "description": "from the Modeler"}


def test_names_with_spaces_and_operators_are_known_from_the_requirements() -> None:
    model = read(
        input_data("days late"),
        input_data("a-b"),
        decision("x", literal("days late + a-b"), "input:days late", "input:a-b"),
    )

    assert model.findings == ()
    assert evaluated(model, "x", **{"days late": 2, "a-b": 40}).value == 42


@pytest.mark.parametrize("inputs", [[], ["a"]], ids=["no input column", "one input column"])
def test_a_rule_that_cannot_be_read_never_matches(inputs: list[str]) -> None:
    model = read(
        decision("d", table(inputs, ["b", "c"], [["-"] * len(inputs) + ["1"], ["-"] * len(inputs) + ["1", "2"]]))
    )

    assert codes(model) == ["dmn_rule_length"]
    assert evaluated(model, "d").value == {"b": 1, "c": 2}
    assert dmn.explain(model, "d", {}, ENVIRONMENT).evaluation.value == {"b": 1, "c": 2}
