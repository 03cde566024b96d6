"""Damaged diagrams: findings or a running instance with incidents, never another error than one of ours."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from lxml import etree

from service import bpmn, texts
from service.errors import ServiceError, Severity
from tests.bpmn.stage import Stage

SHIPPED = sorted((Path(__file__).parents[2] / "processes").rglob("*.bpmn"))
NAMES = frozenset({"working days between", "add working days", "working day due", "month due",
                   "overdue working days", "is working day"})  # fmt: skip
VALUES = [
    "",
    "x",
    "=",
    "=1 +",
    "${a.b()}",
    "true",
    "-1",
    "999999999999",
    "=null",
    "R/PT1S",
    "camunda-forms:bpmn:x",
    "\u4e2d",
]


def damaged(xml: bytes, seed: int) -> bytes:
    """The file with a few elements, attributes or texts gone, moved, doubled or changed."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    root = etree.fromstring(xml)
    for _ in range(chance.randint(1, 4)):
        nodes = [n for n in root.iter(etree.Element) if n.getparent() is not None and "BPMN/20100524/DI" not in n.tag]
        node = chance.choice(nodes)
        parent = node.getparent()
        match chance.randint(0, 5):
            case 0:
                parent.remove(node)
            case 1 if node.attrib:
                del node.attrib[chance.choice(list(node.attrib))]
            case 2 if node.attrib:
                node.attrib[chance.choice(list(node.attrib))] = chance.choice(VALUES)
            case 3:
                chance.choice(nodes).append(node)
            case 4:
                parent.append(etree.fromstring(etree.tostring(node)))
            case _:
                other = chance.choice(nodes)
                if "id" in other.attrib and node.attrib:
                    node.attrib[chance.choice(list(node.attrib))] = other.attrib["id"]
    return etree.tostring(root)


def played(definition: bpmn.ProcessDefinition, seed: int) -> None:
    """Answer the waits of an instance at random for a while."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    stage = Stage()
    stage.definitions[1] = stage.processes[definition.process_id] = definition.with_key(1)
    for trigger in definition.starts:
        stage.start(definition.process_id, start_element=trigger.element_id, x=1)
        for _ in range(30):
            waits = [wait for wait in stage.waits() if not isinstance(wait, bpmn.Condition)]
            if not waits:
                break
            wait = chance.choice(waits)
            match wait:
                case bpmn.UserTask() | bpmn.Job():
                    stage.workflow.complete(wait.key, {"decision": chance.choice(["accept", "reject", None])})
                case bpmn.Timer():
                    stage.now = max(stage.now, wait.due)
                    stage.workflow.fire(wait.key, wait.due)
                case bpmn.MessageCatch():
                    stage.workflow.deliver_message(wait.key, {})
                case bpmn.SignalCatch():
                    stage.workflow.deliver_signal(wait.key, {})
                case bpmn.Incident():
                    stage.workflow.retry(wait.key)
            stage.settle()
        if stage.state == "active":
            stage.workflow.cancel()
        assert stage.waits() == []


@pytest.mark.parametrize("path", SHIPPED, ids=[path.name for path in SHIPPED])
def test_a_damaged_diagram_never_breaks_reader_or_engine(path: Path) -> None:
    xml = path.read_bytes()

    for seed in range(12):
        try:
            found = bpmn.read(damaged(xml, seed), path.name, NAMES)
        except ServiceError:
            continue
        for finding in found.findings:
            assert texts.finding(finding)
        if not any(finding.severity is Severity.ERROR for finding in found.findings):
            for definition in found.processes:
                played(definition, seed)
