"""Each rule with right and wrong models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from service import bpmn, dmn, forms, lint
from service.casework.functions import FUNCTIONS
from service.casework.records import CaseRecords
from service.errors import Finding, Severity
from service.lint import Deployment, Known
from service.runtime.deployments import Resource
from tests import builders
from tests.lint.deployments import diagram, of, table

ROOT = Path(__file__).parents[2]


def gateway(*, default: str = "", third: bool = False) -> str:
    flows = builders.flow("g", "a", '=x = "1"') + builders.flow("g", "b", '=x = "2"')
    flows += builders.flow("g", "e") if third else ""
    attribute = f'default="{default}"' if default else ""
    return (
        f'<bpmn:exclusiveGateway id="g" {attribute} />{flows}'
        + builders.script_task("a", "=1", "x")
        + builders.script_task("b", "=2", "x")
        + builders.line("s", "g")
        + builders.line("a", "e")
        + builders.line("b", "e")
    )


def task(element_id: str = "t", *, inside: str = "", people: str = "INVEST", form: str = "f") -> str:
    """A user task, `inside` of which stands further XML, e.g. a loop."""
    text = builders.user_task(element_id, groups=people, form=form)
    return text.replace("</bpmn:userTask>", f"{inside}</bpmn:userTask>")


def loop(*, output: bool = False) -> str:
    collected = 'outputCollection="all" outputElement="=amount"' if output else ""
    return (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        f'<zeebe:loopCharacteristics inputCollection="=case.members" inputElement="member" {collected} />'
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )


def noted(element: str, name: str, value: str) -> Deployment:
    """A task with an extension property, on a site that has one parameter."""
    properties = f'<zeebe:properties><zeebe:property name="{name}" value="{value}"/></zeebe:properties>'
    element = element.replace("</bpmn:extensionElements>", f"{properties}</bpmn:extensionElements>", 1)
    return replace(of(builders.a_diagram(element, LINE), FORM), parameters=frozenset({"P-T05"}))


LINE = builders.line("s", "t", "e")
FORM = builders.a_form("f", {"key": "amount"})
RECORD_FORM = builders.a_form("f", {"key": "matter.title"})

REFERENCES = builders.a_diagram(
    builders.user_task("t", groups="INVEST", form="f"),
    builders.decision_task("d", "judge", "x"),
    builders.call_activity("c", "other"),
    builders.line("s", "t", "d", "c", "e"),
)
CIRCLE = builders.script_task("a", "=1", "x") + builders.script_task("b", "=1", "x") + builders.line("a", "b", "a")

WRONG: list[tuple[str, Deployment, list[tuple[str, str | None, Mapping[str, Any]]]]] = [
    (
        "nothing that is named is there",
        of(REFERENCES, known=Known()),
        [
            ("lint_form_missing", "t", {"target": "f"}),
            ("lint_decision_missing", "d", {"target": "judge"}),
            ("lint_process_missing", "c", {"target": "other"}),
        ],
    ),
    (
        "bound to a deployment that lacks it, though the site has one",
        of(
            builders.a_diagram(builders.user_task("t", groups="INVEST", form="f", binding="deployment"), LINE),
            known=Known(forms=frozenset({"f"})),
        ),
        [("lint_form_missing", "t", {"target": "f"})],
    ),
    (
        "a circle that nothing enters",
        diagram(LINE, task(), CIRCLE),
        [("lint_node_unreachable", "a", {}), ("lint_node_unreachable", "b", {})],
    ),
    ("no default", diagram(gateway()), [("lint_gateway_without_default", "g", {})]),
    ("nobody's task", diagram(task(people=""), LINE), [("lint_task_without_people", "t", {})]),
    ("no form", diagram(task(form=""), LINE), [("lint_task_without_form", "t", {})]),
    (
        "turns overwrite one another",
        of(builders.a_diagram(task(inside=loop()), LINE), FORM),
        [("lint_form_variables_shared", "t", {"fields": "amount"})],
    ),
    (
        "a deadline that the site doesn't have",
        noted(task(), "rc.deadline", "P-T99"),
        [("lint_deadline_unknown", "t", {"parameter": "P-T99", "nearest": "P-T05"})],
    ),
    (
        "a right of a field that the form doesn't have",
        noted(task(), "rc.field.amuont", "readonly"),
        [("lint_field_unknown", "t", {"field": "amuont", "nearest": "amount"})],
    ),
    (
        "a slip of the pen",
        of(
            builders.a_diagram(task(), builders.timer_catch("w", date="=amuont"), builders.line("s", "t", "w", "e")),
            FORM,
        ),
        [("lint_name_unknown", "w", {"name": "amuont", "expression": "=amuont"})],
    ),
    (
        "a condition",
        diagram(
            builders.flow("s", "g"),
            '<bpmn:exclusiveGateway id="g" default="g_e" />',
            builders.flow("g", "e"),
            builders.script_task("a", "=1", "x"),
            builders.flow("g", "a", "=y > 1"),
            builders.flow("a", "e"),
        ),
        [("lint_name_unknown", "g", {"name": "y", "expression": "=y > 1"})],
    ),
    (
        "a form that reads what nobody writes",
        of(
            builders.a_task_diagram(groups="INVEST", form="f"),
            builders.a_form("f", {"key": "amount", "conditional": {"hide": "=amuont = 1"}}),
        ),
        [("lint_form_name_unknown", "f", {"name": "amuont", "property": "rc.variables"})],
    ),
    (
        "no ground",
        table(('"a"', "1"), ("-", "2"), policy="FIRST", annotated=False),
        [("lint_rule_without_annotation", "d", {"rules": "1, 2"})],
    ),
    (
        "a value is missing",
        table(('"a"', "1"), ('"b"', "2"), allowed=('"a","b","c"',)),
        [("lint_table_gap", "d", {"example": "c0 = c"})],
    ),
    ("a text is missing", table(('"a"', "1"), ('"b"', "2")), [("lint_table_gap", "d", {"example": "c0 = …"})]),
    (
        "a number between",
        table(("<= 5", "1"), ("> 7", "2"), kind="number"),
        [("lint_table_gap", "d", {"example": "c0 = 7"})],
    ),
    (
        "a day between",
        table(('< date("2024-01-01")', "1"), ('> date("2024-01-01")', "2"), kind="date"),
        [("lint_table_gap", "d", {"example": "c0 = 2024-01-01"})],
    ),
    (
        "a day twice",
        table(('<= date("2024-01-01")', "1"), ('>= date("2024-01-01")', "2"), kind="date"),
        [("lint_table_overlap", "d", {"rules": "1, 2", "example": "c0 = 2024-01-01"})],
    ),
    (
        "a number twice",
        table(("<= 5", "1"), ("[5..9]", "2"), ("> 9", "3"), kind="number"),
        [("lint_table_overlap", "d", {"rules": "1, 2", "example": "c0 = 5"})],
    ),
    (
        "a range left open",
        table(
            ("[1..5]", '"x"', "1"), ("[6..9]", "-", "2"), ("< 1, > 9", "-", "3"), kind="string", allowed=("", '"x","y"')
        ),
        [("lint_table_gap", "d", {"example": "c0 = 1, c1 = y"})],
    ),
    (
        "both hold",
        table(('"a","b"', "1"), ('not("a")', "2"), allowed=('"a","b","c"',)),
        [("lint_table_overlap", "d", {"rules": "1, 2", "example": "c0 = b"})],
    ),
    (
        "after one that takes all",
        table(("-", "1"), ('"a"', "2"), policy="FIRST"),
        [("lint_rule_without_effect", "d", {"rules": "2"})],
    ),
    (
        "a range upside down",
        table(("[9..1]", "1"), ("-", "2"), policy="FIRST", kind="number"),
        [("lint_rule_without_effect", "d", {"rules": "1"})],
    ),
]

OTHER_FORM = builders.a_diagram(task(), builders.timer_catch("w", date="=other"), builders.line("s", "t", "w", "e"))
SITE = Known(frozenset({"other"}), frozenset({"judge"}), frozenset({"f"}))

RIGHT: list[tuple[str, Deployment]] = [
    (
        "all that is named stands beside it",
        of(
            REFERENCES,
            builders.a_form("f", {"key": "amount"}),
            builders.a_table("judge"),
            builders.a_diagram(builders.line("s", "e"), process_id="other", name="other.bpmn"),
            known=Known(),
        ),
    ),
    ("all that is named is on the site", of(REFERENCES, known=SITE)),
    ("a name may come from a form that is not here", of(OTHER_FORM)),
    ("a form alone", of(builders.a_form("f", {"key": "amount", "conditional": {"hide": "=other = 1"}}))),
    ("references are another's", of(REFERENCES)),
    ("a default flow", diagram(gateway(default="g_b"))),
    ("a boundary event is reached through its activity", diagram(
        task(), builders.timer_boundary("late", "t", duration="P1D"), builders.line("late", "e"), LINE)),
    ("an assignee", diagram(builders.user_task("t", assignee="=case.lead", form="f"), LINE)),
    ("an output element", of(builders.a_diagram(task(inside=loop(output=True)), LINE), FORM)),
    ("a record's field", of(builders.a_diagram(task(inside=loop()), LINE), RECORD_FORM)),
    (
        "names of fields, results, loops, records, functions and builtins",
        of(
            builders.a_diagram(
                task(inside=loop(output=True)),
                builders.script_task("a", "=amount + count(case.members) + loopCounter", "total"),
                builders.timer_catch("w", date='=deadline("P-T05")'),
                builders.script_task("b", "=total + working days between(case.a, case.b)", "more"),
                builders.line("s", "t", "a", "w", "b", "e"),
            ),
            FORM,
        ),
    ),
    (
        "a name brought from outside is listed",
        diagram(
            builders.script_task("a", "=fromOutside", "x").replace(
                "<bpmn:extensionElements>",
                '<bpmn:extensionElements><zeebe:properties><zeebe:property name="rc.variables" value="fromOutside" />'
                "</zeebe:properties>",
            ),
            builders.line("s", "a", "e"),
        ),
    ),
    ("a deadline of the site", noted(task(), "rc.deadline", "P-T05")),
    ("a right of a field", noted(task(), "rc.field.amount", "readonly")),
    ("every value has its rule", table(('"a"', "1"), ('not("a")', "2"), allowed=('"a","b"',))),
    ("a last rule for all others", table(('"a"', "1"), ("-", "2"), policy="FIRST")),
    ("whole numbers side by side", table(("< 1", "1"), ("[1..5]", "2"), ("> 5", "3"), kind="number")),
    ("a rule for no value", table(("null", "1"), ('"a"', "2"), ("-", "3"), policy="FIRST", allowed=('"a","b"',))),
    ("several may hold, or none", table(('"a"', "1"), ('"a","b"', "2"), policy="COLLECT")),
    ("a cell that looks elsewhere is left alone", table(("> limit", "1"), policy="UNIQUE", kind="number")),
]  # fmt: skip

# What an example shows beside what it is about.
BESIDE = {"lint_task_without_form", "lint_rule_without_annotation"}


def _shown(findings: Iterator[Finding] | tuple[Finding, ...]) -> list[tuple[str, str | None, dict[str, Any]]]:
    return [(finding.code, finding.element_id, dict(finding.facts)) for finding in findings]


@pytest.mark.parametrize(("deployment", "expected"), [pytest.param(*row[1:], id=row[0]) for row in WRONG])
def test_wrong(deployment: Deployment, expected: list[tuple[str, str | None, Mapping[str, Any]]]) -> None:
    assert _shown(lint.check(deployment)) == [(code, element, dict(facts)) for code, element, facts in expected]


@pytest.mark.parametrize("deployment", [pytest.param(row[1], id=row[0]) for row in RIGHT])
def test_right(deployment: Deployment) -> None:
    findings = lint.check(deployment)

    assert [finding for finding in _shown(findings) if finding[0] not in BESIDE] == []


def test_only_what_is_missing_or_named_wrong_is_an_error() -> None:
    severities = {finding.code: finding.severity for _, deployment, _ in WRONG for finding in lint.check(deployment)}

    assert {code for code, severity in severities.items() if severity is Severity.ERROR} == {
        "lint_form_missing",
        "lint_decision_missing",
        "lint_process_missing",
        "lint_deadline_unknown",
        "lint_field_unknown",
    }


def test_the_decision_tables_and_diagrams_shipped_are_clean() -> None:
    names = FUNCTIONS.names
    shipped = Deployment(
        diagrams=tuple(
            bpmn.read(file.read_bytes(), file.name, names) for file in sorted(ROOT.glob("processes/*/*.bpmn"))
        ),
        models=dmn.link(
            [dmn.read(file.read_bytes(), file.name, names=names) for file in sorted(ROOT.glob("processes/*/*.dmn"))]
        ),
        forms=tuple(forms.read(file.read_bytes(), file.name, names) for file in sorted(ROOT.glob("forms/*.form"))),
        known=Known(),
        functions=names,
        records=CaseRecords.names,
    )

    assert len(shipped.models) >= 14
    assert _shown(lint.check(shipped)) == []


def test_a_deployment_of_nothing_has_no_findings() -> None:
    assert lint.check(of(Resource("a.txt", b""))) == ()
