"""Every shipped diagram, decision and form is clean for the Modeler and fits the others."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.models.conftest import ROOT, Lint

DIAGRAMS = sorted(ROOT.glob("processes/**/*.bpmn"))
DECISIONS = sorted(ROOT.glob("processes/**/*.dmn"))
FORMS = sorted(ROOT.glob("forms/*.form"))
EXAMPLES = Path(__file__).with_name("examples")

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
TASKS = [f"{BPMN}{name}" for name in ("userTask", "businessRuleTask", "callActivity")]
SHIPPED_PROCESSES = {
    "rc-case",
    "rc-subject",
    "rc-screening",
    "rc-investigation",
    "rc-review",
    "rc-collective",
    "rc-decision",
    "rc-feedback",
    "rc-rectification",
    "rc-application",
}


def root_of(file: Path) -> etree._Element:
    return etree.parse(file).getroot()


def ids(files: list[Path]) -> list[str]:
    return [file.name for file in files]


def test_every_model_is_clean_under_the_linter_of_the_modeler(lint: Lint) -> None:
    problems = lint([*DIAGRAMS, *DECISIONS, *FORMS])

    assert problems == []


@pytest.mark.parametrize(
    ("example", "rule", "message"),
    [
        ("no-platform.bpmn", "execution-platform", "executionPlatform is undefined undefined, not Camunda Cloud"),
        ("no-platform.form", "execution-platform", "executionPlatform is undefined undefined, not Camunda Cloud"),
        (
            "no-task-definition.bpmn",
            "camunda-compat/implementation",
            "A <Service Task> must have a <Task definition type>",
        ),
        ("not-xml.bpmn", "import", "missing start tag"),
    ],
)
def test_a_model_the_modeler_would_complain_of_is_reported(lint: Lint, example: str, rule: str, message: str) -> None:
    problems = lint([EXAMPLES / example])

    assert [p for p in problems if p.rule == rule and message in p.message]


def test_the_agreed_processes_are_shipped_and_executable() -> None:
    found = {
        process.get("id")
        for file in DIAGRAMS
        for process in root_of(file).iter(f"{BPMN}process")
        if process.get("isExecutable") == "true"
    }

    assert found == SHIPPED_PROCESSES


@pytest.mark.parametrize("file", DIAGRAMS, ids=ids(DIAGRAMS))
def test_every_task_is_named_and_documented_with_its_article(file: Path) -> None:
    lacking = [
        task.get("id")
        for task in root_of(file).iter(*TASKS)
        if not (
            re.search(r"[\u4e00-\u9fff]", task.get("name", ""))
            and task.findtext(f"{BPMN}documentation")
            and any(p.get("name") == "rc.article" and "条" in p.get("value", "") for p in task.iter(f"{ZEEBE}property"))
        )
    ]

    assert lacking == []


@pytest.mark.parametrize("file", DIAGRAMS, ids=ids(DIAGRAMS))
def test_every_user_task_says_who_does_it_and_with_which_form(file: Path) -> None:
    lacking = [
        task.get("id")
        for task in root_of(file).iter(f"{BPMN}userTask")
        if task.find(f".//{ZEEBE}userTask") is None
        or task.find(f".//{ZEEBE}assignmentDefinition") is None
        or task.find(f".//{ZEEBE}formDefinition") is None
    ]

    assert lacking == []


@pytest.mark.parametrize("file", DIAGRAMS, ids=ids(DIAGRAMS))
def test_every_flow_node_stands_in_one_lane(file: Path) -> None:
    process = root_of(file).find(f"{BPMN}process")
    assert process is not None
    in_lanes = Counter(ref.text for ref in process.iter(f"{BPMN}flowNodeRef"))

    nodes = {element.get("id") for element in process if element.find(f"{BPMN}incoming") is not None}
    nodes |= {element.get("id") for element in process if element.find(f"{BPMN}outgoing") is not None}

    assert {node for node in nodes if in_lanes[node] != 1} == set()


@pytest.mark.parametrize("file", DIAGRAMS, ids=ids(DIAGRAMS))
def test_every_element_is_drawn_and_no_two_shapes_overlap(file: Path) -> None:
    root = root_of(file)
    shapes = {
        shape.get("bpmnElement", ""): tuple(
            float(shape.find(f"{DC}Bounds").get(k)) for k in ("x", "y", "width", "height")
        )  # type: ignore[union-attr, arg-type]
        for shape in root.iter(f"{BPMNDI}BPMNShape")
    }
    edges = {edge.get("bpmnElement"): len(edge.findall(f"{DI}waypoint")) for edge in root.iter(f"{BPMNDI}BPMNEdge")}
    frames = {e.get("id", "") for e in root.iter(f"{BPMN}participant", f"{BPMN}lane", f"{BPMN}subProcess")}
    boundaries = {e.get("id", "") for e in root.iter(f"{BPMN}boundaryEvent")}
    nodes = {
        e.get("id", "")
        for e in root.iter()
        if e.find(f"{BPMN}incoming") is not None or e.find(f"{BPMN}outgoing") is not None
    }

    overlaps = [
        (a, b)
        for a in shapes.keys() - frames - boundaries
        for b in shapes.keys() - frames - boundaries
        if a < b
        and shapes[a][0] < shapes[b][0] + shapes[b][2]
        and shapes[b][0] < shapes[a][0] + shapes[a][2]
        and shapes[a][1] < shapes[b][1] + shapes[b][3]
        and shapes[b][1] < shapes[a][1] + shapes[a][3]
    ]

    assert nodes - shapes.keys() == set()
    assert {flow.get("id") for flow in root.iter(f"{BPMN}sequenceFlow") if edges.get(flow.get("id"), 0) < 2} == set()
    assert overlaps == []


def test_references_between_models_lead_somewhere() -> None:
    forms = {json.loads(file.read_text("utf-8"))["id"] for file in FORMS}
    decisions = {d.get("id") for file in DECISIONS for d in root_of(file).iter("{*}decision")}

    missing = [
        (file.name, reference)
        for file in DIAGRAMS
        for element in root_of(file).iter(f"{ZEEBE}formDefinition", f"{ZEEBE}calledDecision", f"{ZEEBE}calledElement")
        for reference in [element.get("formId") or element.get("decisionId") or element.get("processId")]
        if reference not in forms | decisions | SHIPPED_PROCESSES
    ]

    assert missing == []


def fields(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [c for outer in components for c in (outer, *fields(outer.get("components", [])))]


@pytest.mark.parametrize("file", FORMS, ids=ids(FORMS))
def test_a_form_is_chinese_and_its_fields_are_distinct(file: Path) -> None:
    form = json.loads(file.read_text("utf-8"))
    components = fields(form["components"])

    identifiers = Counter(component["id"] for component in components)
    top_keys = Counter(c["key"] for c in components if "key" in c and "." in c["key"])
    unlabelled = [
        c["id"]
        for c in components
        if c["type"] not in ("text", "group", "dynamiclist")
        and not re.search(r"[\u4e00-\u9fff]", c.get("label") or c.get("dateLabel") or "")
    ]

    assert form["id"] == file.stem
    assert [i for i, count in identifiers.items() if count > 1] == []
    assert [k for k, count in top_keys.items() if count > 1] == []
    assert unlabelled == []
    assert not [c for c in components if c["type"] in ("html", "iframe")]
