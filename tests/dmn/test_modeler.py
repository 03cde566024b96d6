"""Whole files as Camunda Modeler writes them, for either platform: what its editors produce is read and answered."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pytest

from service import dmn, feel
from tests.dmn.models import DMN13, ENVIRONMENT, codes

CLOUD = 'modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.8.0"'
PLATFORM = 'modeler:executionPlatform="Camunda Platform" modeler:executionPlatformVersion="7.23.0"'
NAMED = '"c","b","a"'
OVERLAPPING = [[">= 1", '"a"'], [">= 2", '"b"'], [">= 3", '"c"']]


def _file(elements: str, platform: str = CLOUD, namespace: str = DMN13) -> dmn.Model:
    xml = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{namespace}"'
        ' xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"'
        ' xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" xmlns:camunda="http://camunda.org/schema/1.0/dmn"'
        ' xmlns:biodi="http://bpmn.io/schema/dmn/biodi/2.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0"'
        ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="Definitions_1" name="DRD"'
        ' namespace="http://camunda.org/schema/1.0/dmn" exporter="Camunda Modeler" exporterVersion="5.50.1"'
        f" {platform}>{elements}<dmndi:DMNDI><dmndi:DMNDiagram><dmndi:DMNShape dmnElementRef="
        '"Decision_1"><dc:Bounds height="80" width="180" x="160" y="100" /></dmndi:DMNShape></dmndi:DMNDiagram>'
        "</dmndi:DMNDI></definitions>"
    )
    return dmn.read(xml.encode(), "drd.dmn")


def _decision(logic: str, *before: str, identifier: str = "Decision_1", name: str = "Decision 1, for now?") -> str:
    return f'<decision id="{identifier}" name="{name}">{"".join(before)}{logic}</decision>'


def _table(
    inputs: Sequence[tuple[str, str]],
    outputs: Sequence[tuple[str, str, str, str]],
    rules: Sequence[Sequence[str | None]],
    policy: str = "",
    language: str = "",
) -> str:
    """Inputs: expression, typeRef. Outputs: name, typeRef, predefined values, default. None is a cell without text."""
    spoken = f' expressionLanguage="{language}"' if language else ""
    hit_policy, _, aggregation = policy.partition("+")
    declared = (f' hitPolicy="{hit_policy}"' if hit_policy else "") + (
        f' aggregation="{aggregation}"' if aggregation else ""
    )
    columns = "".join(
        f'<input id="Input_{n}" label="Input {n}" biodi:width="192" camunda:inputVariable="v{n}"><inputExpression'
        f' id="Expression_{n}" typeRef="{kind}"{spoken}><text>{escape(text)}</text></inputExpression></input>'
        for n, (text, kind) in enumerate(inputs)
    )
    for n, (name, kind, values, default) in enumerate(outputs):
        columns += f'<output id="Output_{n}" label="Output {n}" name="{name}" typeRef="{kind}">'
        columns += f'<outputValues id="Values_{n}"><text>{escape(values)}</text></outputValues>' if values else ""
        columns += f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
        columns += "</output>"
    rows = ""
    for n, cells in enumerate(rules):
        rows += f'<rule id="Rule_{n}"><description>because</description>'
        for m, cell in enumerate(cells):
            entry = "inputEntry" if m < len(inputs) else "outputEntry"
            inner = "" if cell is None else f"<text>{escape(cell)}</text>"
            rows += f'<{entry} id="Cell_{n}_{m}"{spoken}>{inner}</{entry}>'
        rows += "<annotationEntry><text>Article 1</text></annotationEntry></rule>"
    return f'<decisionTable id="Table_1"{declared}>{columns}<annotation name="ground" />{rows}</decisionTable>'


def _value(model: dmn.Model, **inputs: object) -> str:
    values = {name: feel.from_python(value) for name, value in inputs.items()}
    return feel.string(dmn.evaluate(model, "Decision_1", values, ENVIRONMENT).value)


POLICIES = {
    "": "null",
    "UNIQUE": "null",
    "FIRST": "a",
    "ANY": "null",
    "PRIORITY": "c",
    "COLLECT": '["a", "b", "c"]',
    "RULE ORDER": '["a", "b", "c"]',
    "OUTPUT ORDER": '["c", "b", "a"]',
    "COLLECT+COUNT": "3",
    "COLLECT+MIN": "a",
    "COLLECT+MAX": "c",
}


@pytest.mark.parametrize(("policy", "expected"), POLICIES.items())
def test_every_hit_policy_of_the_menu(policy: str, expected: str) -> None:
    model = _file(_decision(_table([("x", "number")], [("o", "string", NAMED, "")], OVERLAPPING, policy)))

    assert codes(model) == []
    assert _value(model, x=3) == expected


NUMBERS = [["]1..10[", "1"], ["[10..20[", "2"], ["]20..30]", "3"]]
DATES = [['< date("2024-01-01")', "1"], ['[date("2024-01-01")..date("2024-12-31")]', "2"]]
COLUMNS: list[tuple[str, Sequence[Sequence[str | None]], object, str]] = [
    ("string", [['"a","b"', "1"], ['not("a","b")', "2"]], "c", "2"),
    ("number", NUMBERS, 10, "2"),
    ("number", NUMBERS, 30, "3"),
    ("number", NUMBERS, 20, "null"),
    ("integer", [["> 1", "1"]], 2, "1"),
    ("long", [["> 1", "1"]], 2, "1"),
    ("double", [["> 1", "1"]], 2.5, "1"),
    ("boolean", [["true", "1"], ["false", "2"]], False, "2"),
    ("date", DATES, feel.temporal.parse("2024-06-01"), "2"),
    ("time", [['< time("10:00:00")', "1"]], feel.temporal.parse("09:00:00"), "1"),
    ("dateTime", [['> date and time("2024-01-01T00:00:00")', "1"]], feel.temporal.parse("2024-01-02T00:00:00"), "1"),
    ("dayTimeDuration", [['> duration("P1D")', "1"]], feel.temporal.parse("P2D"), "1"),
    ("yearMonthDuration", [['> duration("P1Y")', "1"]], feel.temporal.parse("P2Y"), "1"),
    ("days and time duration", [['> duration("P1D")', "1"]], feel.temporal.parse("P2D"), "1"),
    ("Any", [['list contains(?, "b")', "1"]], ["a", "b"], "1"),
    ("string", [['contains(?, "b") and string length(?) = 3', "1"]], "abc", "1"),
    ("number", [["> limit", "x + limit"]], 5, "8"),
    ("number", [["", "1"]], 5, "1"),
    ("number", [["-", None]], 5, "null"),
    ("number", [[None, "1"]], 5, "1"),
]


@pytest.mark.parametrize("platform", [CLOUD, PLATFORM], ids=["cloud", "platform"])
@pytest.mark.parametrize(("kind", "rules", "given", "expected"), COLUMNS)
def test_what_the_cell_editors_write(
    platform: str, kind: str, rules: Sequence[Sequence[str | None]], given: object, expected: str
) -> None:
    model = _file(_decision(_table([("x", kind)], [("o", "number", "", "")], rules)), platform)

    assert codes(model) == []
    assert _value(model, x=given, limit=3) == expected


def test_several_outputs_with_defaults_make_a_context() -> None:
    outputs = [("o", "number", "", "7"), ("p", "string", "", '"z"')]
    model = _file(_decision(_table([("x", "string")], outputs, [['"a"', "1", '"q"']])))

    assert (_value(model, x="a"), _value(model, x="b")) == ('{o: 1, p: "q"}', '{o: 7, p: "z"}')


@pytest.mark.parametrize("policy", ["COLLECT", "COLLECT+COUNT", "COLLECT+SUM", "COLLECT+MIN"])
def test_collecting_nothing(policy: str) -> None:
    model = _file(_decision(_table([("x", "number")], [("o", "number", "", "")], [["> 10", "1"]], policy)))

    assert _value(model, x=1) == {"COLLECT": "[]", "COLLECT+COUNT": "0"}.get(policy, "null")


@pytest.mark.parametrize("language", ["", "feel", "FEEL", "https://www.omg.org/spec/DMN/20191111/FEEL/"])
def test_feel_by_any_of_its_names(language: str) -> None:
    rules = [['"a"', "1"]]
    model = _file(_decision(_table([("x", "string")], [("o", "number", "", "")], rules, language=language)), PLATFORM)

    assert codes(model) == []
    assert _value(model, x="a") == "1"


@pytest.mark.parametrize("language", ["juel", "javascript", "groovy", "python", "jruby"])
def test_other_languages_of_the_menu_are_refused_by_name(language: str) -> None:
    rules = [['"a"', "1"]]
    model = _file(_decision(_table([("x", "string")], [("o", "number", "", "")], rules, language=language)), PLATFORM)

    assert set(codes(model)) == {"dmn_language_not_supported"}
    assert {finding.facts["language"] for finding in model.findings} == {language}


def test_literal_expression_empty_decision_and_business_knowledge_model() -> None:
    function = (
        '<businessKnowledgeModel id="Bkm_1" name="Calc fee"><encapsulatedLogic id="F" kind="FEEL"><formalParameter'
        ' id="P1" name="the amount" typeRef="number" /><formalParameter id="P2" name="n" typeRef="integer" />'
        '<literalExpression id="L"><text>the amount * n</text></literalExpression></encapsulatedLogic>'
        "</businessKnowledgeModel>"
    )
    needs = '<knowledgeRequirement id="K"><requiredKnowledge href="#Bkm_1" /></knowledgeRequirement>'
    text = "Calc fee(x, 3) + Calc fee(n: 2, the amount: 4)"
    variable = '<variable id="V" name="res ult" typeRef="number" />'
    literal = f'<literalExpression id="L2"><text>{text}</text></literalExpression>'
    model = _file(function + _decision(literal, variable, needs) + _decision("", identifier="Decision_2", name="empty"))

    assert codes(model) == []
    assert _value(model, x=2) == "14"
    assert dmn.evaluate(model, "empty", {}, ENVIRONMENT).value is None


@pytest.mark.parametrize("text", ["Base fee.fee + 1", "Decision_0.fee + 1"])
def test_a_required_decision_is_read_by_name_or_id(text: str) -> None:
    outputs = [("fee", "number", "", ""), ("why", "string", "", "")]
    base = _decision(_table([("x", "number")], outputs, [["-", "5", '"w"']]), identifier="Decision_0", name="Base\nfee")
    needs = '<informationRequirement id="I"><requiredDecision href="#Decision_0" /></informationRequirement>'
    literal = f'<literalExpression id="L"><text>{text}</text></literalExpression>'

    assert _value(_file(base + _decision(literal, needs)), x=1) == "6"


def test_both_flavours_of_a_version_tag() -> None:
    cloud = '<extensionElements><zeebe:versionTag value="v2" /></extensionElements>'
    seven = _decision("").replace("<decision ", '<decision camunda:versionTag="v2" camunda:historyTimeToLive="P30D" ')

    assert [_file(one).decisions[0].version_tag for one in (_decision("", cloud), seven)] == ["v2", "v2"]
