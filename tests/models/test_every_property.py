"""Every property that the Modeler's own description of its extensions knows is allowed, or refused by name.

The documentation tells of each. The descriptions are those with which the Modeler reads and writes diagrams: a newer
one that knows more makes these tests fail until someone has decided.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from service import bpmn
from service.bpmn import allowed
from service.bpmn.definition import Dialect
from service.errors import Severity
from tests.bpmn.stage import ext, flows, process
from tests.bpmn.test_documentation import LANGUAGES, told
from tests.models.conftest import ROOT

FILES = {
    "zeebe": ("Camunda Cloud", Dialect.CAMUNDA_8, "zeebe-bpmn-moddle/resources/zeebe.json"),
    "camunda": ("Camunda Platform", Dialect.CAMUNDA_7, "camunda-bpmn-moddle/resources/camunda.json"),
}
# Types that only gather others or stand inside others of their own.
ABSTRACT = {"InputOutputParameterDefinition", "Definitions", "InOutBinding", "InputOutputParameter"}


def _types(prefix: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((ROOT / "node_modules" / FILES[prefix][2]).read_text())["types"]
    return found


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _names() -> Iterator[tuple[str, str]]:
    """Every extension element, and every attribute, in use."""
    for prefix in FILES:
        for kind in _types(prefix):
            if kind["name"] in ABSTRACT and kind["name"] != "InOutBinding":
                continue
            attributes = [p["name"].removeprefix("camunda:") for p in kind.get("properties", []) if p.get("isAttr")]
            yield from ((prefix, name) for name in attributes)
            if not kind.get("extends") and not kind.get("isAbstract"):
                yield prefix, f"{prefix}:{_lower(kind['name'])}"


INSIDE = {"zeebe:inputOutputParameter", "camunda:inOutBinding"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted({name for _, name in _names()} - INSIDE))
def test_every_property_of_the_modeler_is_told_of(name: str, language: str) -> None:
    known = told(language)

    assert name in known or name.partition(":")[2] in known


PLACES = {
    "bpmn:Process": "process", "bpmn:UserTask": "userTask", "bpmn:ServiceTask": "serviceTask",
    "bpmn:CallActivity": "callActivity", "bpmn:BusinessRuleTask": "businessRuleTask", "bpmn:ScriptTask": "scriptTask",
    "bpmn:SendTask": "sendTask", "bpmn:ReceiveTask": "receiveTask", "bpmn:SubProcess": "subProcess",
    "bpmn:EndEvent": "endEvent", "bpmn:StartEvent": "startEvent", "bpmn:Activity": "userTask", "bpmn:Event": "endEvent",
    "bpmn:IntermediateThrowEvent": "intermediateThrowEvent", "bpmn:ExclusiveGateway": "exclusiveGateway",
    "bpmn:InclusiveGateway": "inclusiveGateway", "bpmn:ParallelGateway": "parallelGateway",
    "bpmn:EventBasedGateway": "eventBasedGateway", "bpmn:Task": "task", "bpmn:ManualTask": "manualTask",
    "bpmn:IntermediateCatchEvent": "intermediateCatchEvent", "bpmn:BoundaryEvent": "boundaryEvent",
}  # fmt: skip


def _refusals() -> Iterator[tuple[str, str, str]]:
    """Extension elements at places where the Modeler writes them and nothing here reads them."""
    for prefix, (_, dialect, _) in FILES.items():
        for kind in _types(prefix):
            name = _lower(kind["name"])
            for place in (kind.get("meta") or {}).get("allowedIn", []):
                tag = PLACES.get(place)
                if tag is not None and allowed.extension(dialect, tag, name) is None:
                    yield prefix, tag, name


@pytest.mark.parametrize(("prefix", "tag", "name"), sorted(set(_refusals())))
def test_an_extension_that_nothing_reads_is_refused_by_name(prefix: str, tag: str, name: str) -> None:
    extension = ext(f"<{prefix}:{name}/>")
    if tag == "process":
        body = process(extension + "<startEvent id='s'/><task id='a'/>" + flows("s>a"), platform=FILES[prefix][0])
    else:
        body = process(
            f"<startEvent id='s'/><{tag} id='t'>{extension}</{tag}>" + flows("s>t"), platform=FILES[prefix][0]
        )

    refused = [f.property for f in bpmn.read(body, "x.bpmn").findings if f.severity is Severity.ERROR]

    assert f"{prefix}:{name}" in refused


ATTRIBUTES = [
    (place, _name)
    for kind in _types("camunda")
    for place in kind.get("extends", [])
    if place in PLACES
    for _name in (p["name"].removeprefix("camunda:") for p in kind["properties"] if p.get("isAttr"))
    if _name not in allowed.extension_attributes(Dialect.CAMUNDA_7, PLACES[place])
]


@pytest.mark.parametrize(("place", "name"), ATTRIBUTES)
def test_an_attribute_that_nothing_reads_is_refused_by_name(place: str, name: str) -> None:
    tag = PLACES[place]
    body = f"<startEvent id='s'/><{tag} id='t' camunda:{name}='x'/>" + flows("s>t")

    findings = bpmn.read(process(body, platform="Camunda Platform"), "x.bpmn").findings

    assert (f"camunda:{name}", Severity.ERROR) in [(f.property, f.severity) for f in findings]
