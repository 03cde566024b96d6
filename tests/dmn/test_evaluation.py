from __future__ import annotations

from typing import Any

import pytest

from service import dmn, feel
from service.errors import NotFound
from tests.dmn.models import ENVIRONMENT, decision, evaluated, input_data, literal, read, table


def test_all_supplied_values_are_in_scope_without_input_data() -> None:
    model = read(decision("fee", table(["days", "kind"], ["fee"], [["> 3", '"A"', "base * 2"]])))

    assert evaluated(model, "fee", days=5, kind="A", base=10).value == 20


@pytest.mark.parametrize("cell", ["", "-"])
def test_empty_cell_and_dash_take_anything(cell: str) -> None:
    model = read(decision("fee", table(["days"], ["fee"], [[cell, "1"]])))

    assert evaluated(model, "fee", days=None).value == 1


def test_empty_output_cell_is_null() -> None:
    model = read(decision("fee", table(["days"], ["fee", "why"], [["-", "", '"x"']])))

    assert evaluated(model, "fee", days=1).value == {"fee": None, "why": "x"}


CELLS: dict[str, tuple[str, Any, bool]] = {
    "open range of the Modeler": ("]1..10[", 1, False),
    "inside the open range": ("]1..10[", 2, True),
    "disjunction": ('"a", "b"', "b", True),
    "negation": ('not("a", "b")', "b", False),
    "free FEEL": ('contains(?, "x")', "axb", True),
    "boolean": ("true", True, True),
    "null": ("null", None, True),
}


@pytest.mark.parametrize(("cell", "value", "matches"), CELLS.values(), ids=CELLS)
def test_cells_of_the_modelers_editors(cell: str, value: object, matches: bool) -> None:
    model = read(decision("d", table(["value"], ["out"], [[cell, "true"]])))

    assert model.findings == ()
    assert evaluated(model, "d", value=value).value is (True if matches else None)


@pytest.mark.parametrize("text", ["risk level", "risk_level"])
def test_the_result_of_a_required_decision_has_its_name_and_its_id(text: str) -> None:
    model = read(
        decision("risk level", literal("1 + days")),
        f'<decision id="fee" name="fee"><informationRequirement><requiredDecision href="#risk_level"/>'
        f"</informationRequirement>{literal('risk_level * 10') if '_' in text else literal('risk level * 10')}"
        "</decision>",
    )

    result = evaluated(model, "fee", days=2)

    assert result.value == 30
    assert [one.name for one in result.decisions] == ["risk level", "fee"]


def test_a_stale_variable_does_not_replace_a_required_decision() -> None:
    model = read(decision("risk", literal("1")), decision("fee", literal("risk"), "decision:risk"))

    assert evaluated(model, "fee", risk=99).value == 1
    given = dmn.evaluate(model, "fee", {}, ENVIRONMENT, given={"risk": feel.from_python(99)})
    assert given.value == 99


def test_a_decision_required_twice_is_evaluated_once() -> None:
    model = read(
        decision("base", literal("1")),
        decision("left", literal("base"), "decision:base"),
        decision("right", literal("base"), "decision:base"),
        decision("top", literal("left + right"), "decision:left", "decision:right"),
    )

    result = evaluated(model, "top")

    assert result.value == 2
    assert [one.id for one in result.decisions] == ["base", "left", "right", "top"]


def test_a_long_chain_of_decisions_is_evaluated() -> None:
    chain = [decision("d0", literal("0"))]
    chain += [decision(f"d{n}", literal(f"d{n - 1} + 1"), f"decision:d{n - 1}") for n in range(1, 2000)]

    assert evaluated(read(*chain), "d1999").value == 1999


def test_the_trace_tells_inputs_matches_annotations_and_why_others_did_not_match() -> None:
    model = read(
        decision(
            "fee",
            '<decisionTable id="t"><input id="i1" label="天数">'
            "<inputExpression><text>days</text></inputExpression></input>"
            '<input id="i2"><inputExpression><text>kind</text></inputExpression></input>'
            '<output id="o" name="fee"/><annotation name="article"/>'
            "<rule id='r1'><inputEntry><text>&lt; 3</text></inputEntry><inputEntry><text>-</text></inputEntry>"
            "<outputEntry><text>1</text></outputEntry></rule>"
            '<rule id="r2"><inputEntry><text>>= 3</text></inputEntry><inputEntry><text>"B"</text></inputEntry>'
            "<outputEntry><text>2</text></outputEntry></rule>"
            '<rule id="r3"><inputEntry><text>>= 3</text></inputEntry><inputEntry><text>"A"</text></inputEntry>'
            "<outputEntry><text>3</text></outputEntry><annotationEntry><text>第七条</text></annotationEntry></rule>"
            "</decisionTable>",
        )
    )

    (trace,) = evaluated(model, "fee", days=5, kind="A").decisions

    assert [(one.name, one.value) for one in trace.inputs] == [("天数", 5), ("kind", "A")]
    (matched,) = trace.matched
    assert (matched.id, matched.index, matched.annotations) == ("r3", 3, {"article": "第七条"})
    assert [(one.id, one.name, one.value) for one in matched.outputs] == [("o", "fee", 3)]
    assert [(one.id, one.input_id, one.wanted, one.got) for one in trace.rules_not_matched] == [
        ("r1", "i1", "< 3", 5),
        ("r2", "i2", '"B"', "A"),
    ]
    assert trace.output == 3


def test_an_input_of_the_wrong_type_is_a_failure_and_null() -> None:
    model = read(input_data("days", "number"), decision("fee", literal("days"), "input:days"))

    result = evaluated(model, "fee", days="five")

    assert result.value is None
    assert [one.code for one in result.failures] == ["dmn_input_type"]
    assert result.failures[0].facts["element_id"] == "days"


def test_a_result_of_the_wrong_type_is_a_failure_and_null() -> None:
    result = evaluated(read(decision("fee", literal('"ten"'), type_ref="number")), "fee")

    assert result.value is None
    assert [one.code for one in result.failures] == ["dmn_result_type"]


CONVERSIONS: dict[str, tuple[str, str, Any]] = {
    "list of one to its item": ("[1]", "number", 1),
    "item to a list": ("1", "list&lt;number&gt;", [1]),
    "nothing to convert": ("[1, 2]", "list&lt;number&gt;", [1, 2]),
    "null fits every type": ("null", "number", None),
}


@pytest.mark.parametrize(("text", "type_ref", "expected"), CONVERSIONS.values(), ids=CONVERSIONS)
def test_results_are_converted_to_the_declared_type(text: str, type_ref: str, expected: object) -> None:
    result = evaluated(
        read(f'<decision id="d" name="d"><variable name="d" typeRef="{type_ref}"/>{literal(text)}</decision>'), "d"
    )

    assert result.value == expected
    assert not result.failed


def test_feel_errors_are_null_with_a_diagnostic_that_names_the_cell() -> None:
    result = evaluated(read(decision("d", literal('1 + "a"'))), "d")

    assert result.value is None
    assert not result.failed
    (diagnostic,) = result.diagnostics
    assert diagnostic.text == '1 + "a"'


def test_assert_fails_the_evaluation() -> None:
    result = evaluated(read(decision("d", literal("assert(days, days > 3)"))), "d", days=1)

    assert result.value is None
    assert result.failed


def test_recursion_without_end_ends_in_null() -> None:
    function = (
        '<businessKnowledgeModel id="f" name="f"><encapsulatedLogic><formalParameter name="n"/>'
        f"{literal('f(n + 1)')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    model = read(function, decision("d", literal("f(1)"), "knowledge:f"))

    result = evaluated(model, "d")

    assert result.value is None
    assert result.diagnostics


def test_an_unknown_decision_is_not_found() -> None:
    with pytest.raises(NotFound) as missing:
        evaluated(read(), "nowhere")

    assert missing.value.code == "decision_unknown"


def test_a_circle_is_null_with_a_diagnostic_instead_of_a_hang() -> None:
    model = read(decision("d", literal("e"), "decision:e"), decision("e", literal("d"), "decision:d"))

    result = evaluated(model, "d")

    assert result.value is None
    assert "dmn_requirement_cycle" in [one.code for one in result.diagnostics]


BKM = (
    '<businessKnowledgeModel id="fee" name="fee"><variable name="fee"/><encapsulatedLogic>'
    '<formalParameter name="days" typeRef="number"/><formalParameter name="rate"/>'
    f"{literal('days * rate')}</encapsulatedLogic></businessKnowledgeModel>"
)

CALLS: dict[str, tuple[str, Any]] = {
    "by position": ("fee(3, 4)", 12),
    "by name": ("fee(rate: 4, days: 3)", 12),
    "too few": ("fee(3)", None),
    "unknown name": ("fee(rate: 4, day: 3)", None),
    "wrong type": ('fee("3", 4)', None),
    "converted": ("fee([3], 4)", 12),
}


@pytest.mark.parametrize(("text", "expected"), CALLS.values(), ids=CALLS)
def test_business_knowledge_models_are_functions(text: str, expected: object) -> None:
    model = read(BKM, decision("d", literal(text), "knowledge:fee"))

    assert evaluated(model, "d").value == expected


def test_a_business_knowledge_model_sees_nothing_but_its_parameters_and_requirements() -> None:
    function = (
        '<businessKnowledgeModel id="f" name="f"><encapsulatedLogic>'
        f"{literal('days')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    model = read(function, decision("d", literal("f()"), "knowledge:f"))

    assert evaluated(model, "d", days=3).value is None


def test_business_knowledge_models_may_call_one_another() -> None:
    def function(name: str, text: str, needs: str) -> str:
        return (
            f'<businessKnowledgeModel id="{name}" name="{name}"><encapsulatedLogic><formalParameter name="n"/>'
            f"{literal(text)}</encapsulatedLogic><knowledgeRequirement><requiredKnowledge href='#{needs}'/>"
            "</knowledgeRequirement></businessKnowledgeModel>"
        )

    model = read(
        function("even number", "if n = 0 then true else odd_(n - 1)", "odd_"),
        function("odd_", "if n = 0 then false else even number(n - 1)", "even number"),
        decision("d", literal("even number(6)"), "knowledge:even number"),
    )

    assert evaluated(model, "d").value is True


SERVICE = (
    input_data("rate"),
    decision("days", literal("1")),
    decision("fee", literal("days * rate"), "decision:days", "input:rate"),
    decision("twice", literal("fee * 2"), "decision:fee"),
    '<decisionService id="one" name="one"><outputDecision href="#fee"/><inputDecision href="#days"/>'
    '<inputData href="#rate"/></decisionService>',
    '<decisionService id="two" name="two"><outputDecision href="#fee"/><outputDecision href="#twice"/>'
    '<inputData href="#rate"/></decisionService>',
)


def test_a_decision_service_gives_its_output_decision_for_the_given_values() -> None:
    values = {"days": feel.from_python(3), "rate": feel.from_python(5)}

    assert dmn.evaluate_service(read(*SERVICE), "one", values, ENVIRONMENT).value == 15


def test_a_decision_service_takes_and_gives_only_declared_types() -> None:
    model = read(
        '<itemDefinition name="tService"><functionItem outputTypeRef="string"/></itemDefinition>',
        input_data("x", "number"),
        decision("echo", literal("x"), "input:x"),
        '<decisionService id="plain" name="plain"><outputDecision href="#echo"/><inputData href="#x"/>'
        "</decisionService>",
        '<decisionService id="typed" name="typed"><variable name="typed" typeRef="tService"/>'
        '<outputDecision href="#echo"/><inputData href="#x"/></decisionService>',
    )

    def serve(service: str, value: object) -> feel.Value:
        return dmn.evaluate_service(model, service, {"x": feel.from_python(value)}, ENVIRONMENT).value

    assert serve("plain", 1) == 1
    assert serve("plain", "1") is None
    assert serve("typed", 1) is None


def test_a_decision_service_with_several_outputs_gives_a_context() -> None:
    result = dmn.evaluate_service(read(*SERVICE), "two", {"rate": feel.from_python(5)}, ENVIRONMENT)

    assert result.value == {"fee": 5, "twice": 10}


def test_a_decision_service_is_a_function_of_input_data_then_input_decisions() -> None:
    model = read(*SERVICE, decision("d", literal("one(5, 3) + days"), "knowledge:one", "decision:days"))

    result = evaluated(model, "d")

    assert result.value == 16
    assert [one.name for one in result.decisions] == ["days", "d"]
