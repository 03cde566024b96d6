"""Damaged models: whatever a file says, reading gives findings or `Invalid`, and evaluating gives a value."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from service import dmn, feel, texts
from service.errors import Invalid
from tests.dmn.models import ENVIRONMENT, decision, definitions, input_data, literal, table

WHOLE = definitions(
    '<itemDefinition name="tLevel"><typeRef>string</typeRef><allowedValues><text>"a", "b"</text></allowedValues>'
    '</itemDefinition><itemDefinition name="tAll" isCollection="true"><itemComponent name="of it"><typeRef>tLevel'
    "</typeRef></itemComponent></itemDefinition>",
    input_data("x", "tLevel"),
    input_data("y", "number"),
    '<businessKnowledgeModel id="f" name="f"><encapsulatedLogic><formalParameter name="n" typeRef="number"/>'
    f"{literal('if n < 1 then 0 else n + f(n - 1)')}</encapsulatedLogic></businessKnowledgeModel>",
    decision("a", table(["x", "y"], ["p", "q"], [['"a"', "< 3", "y", "1"], ["-", "[1..5]", "2", '"b"']]), "input:x"),
    decision("b", table(["y"], ["p"], [["> 1", "1"], ["> 2", "2"]], hit_policy="COLLECT", aggregation="SUM")),
    decision(
        "c",
        f'<context><contextEntry><variable name="k"/>{literal("f(y)")}</contextEntry><contextEntry><variable name="l"/>'
        f'<relation><column name="u"/><row>{literal("k + 1")}</row></relation></contextEntry><contextEntry><list>'
        f"{literal('a.p')}{literal('l')}</list></contextEntry></context>",
        "decision:a",
        "decision:b",
        "knowledge:f",
    ),
    decision("d", f'<for iteratorVariable="i"><in>{literal("[1..3]")}</in><return>{literal("i * y")}</return></for>'),
    '<decisionService id="s" name="s"><outputDecision href="#c"/><inputDecision href="#a"/><inputData href="#y"/>'
    "</decisionService>",
)
TEXTS = ("", "-", "?", "(", "1", "null", "[", "a", "not(", '"', "}", "for", "x.y", "f(f)", "1..", "sum(b)", "((((")
NAMES = ("", "x", "#x", "#a", "#c", "FEEL", "a b", "number", "list<", "tAll", "COLLECT", "true", "Java", "#")
VALUES = (None, True, 1, "a", [], [1], {"of it": None}, {"p": {"q": []}})


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=True))
def test_a_damaged_model_gives_findings_and_values_but_never_another_error(random: Random) -> None:
    try:
        model = dmn.read(_damaged(random), "damaged.dmn")
    except Invalid:
        return

    inputs = {one.name: feel.from_python(random.choice(VALUES)) for one in model.inputs}
    results = [dmn.evaluate(model, one.id, inputs, ENVIRONMENT, trace=False) for one in model.decisions]
    explained = [dmn.explain(model, one.id, inputs, ENVIRONMENT) for one in model.decisions]
    for service in model.services:
        dmn.evaluate_service(model, service.id, inputs, ENVIRONMENT)

    assert all(texts.finding(finding, "en") for finding in model.findings)
    assert all(texts.has_message(finding.code) for finding in model.findings)
    for result, one in zip(results, explained, strict=True):
        assert feel.string(one.evaluation.value) == feel.string(result.value)
        codes = [*(problem.code for problem in result.diagnostics), *(failure.code for failure in result.failures)]
        assert [code for code in codes if not texts.has_message(code)] == []
        assert all(texts.message(code, facts, "en") for code, facts in one.sentences())


def _damaged(random: Random) -> bytes:
    root = etree.fromstring(WHOLE)
    nodes: list[Any] = list(root.iter())
    for _ in range(random.randint(1, 5)):
        node, other = random.choice(nodes), random.choice(nodes)
        match random.randrange(6):
            case 0 if node.getparent() is not None:
                node.getparent().remove(node)
            case 1 if node.attrib:
                del node.attrib[random.choice(list(node.attrib))]
            case 2 if node.attrib:
                node.set(random.choice(list(node.attrib)), random.choice(NAMES))
            case 3:
                node.text = random.choice(TEXTS)
            case 4 if other is not root:
                node.append(copy.deepcopy(other))
            case 5:
                node.tag = other.tag
    return etree.tostring(root)
