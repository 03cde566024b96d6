"""Who starts a process of the Camunda 7 dialect: whom the diagram lets, and the variable that keeps the name."""

from __future__ import annotations

import pytest

from service import texts
from service.auth import SYSTEM, Actor
from service.errors import Forbidden
from service.runtime import instances, messages
from service.runtime.deployments import Resource
from service.store.process_instances import InstanceQuery
from tests.bpmn.stage import file, flows
from tests.runtime.site import Site

ANN = Actor("ann", frozenset({"INVEST", "INVEST@first"}))
BOB = Actor("bob", frozenset({"REVIEW"}))


def diagram(attributes: str = "", start: str = "", roots: str = "") -> Resource:
    body = f"<startEvent id='s' camunda:initiator='starter'>{start}</startEvent><userTask id='t'/>" + flows("s>t")
    process = f'<process id="p" name="Repair" isExecutable="true" {attributes}>{body}</process>'
    return Resource("p.bpmn", file(roots + process, "Camunda Platform"))


@pytest.mark.parametrize(("actor", "name"), [(ANN, "ann"), (SYSTEM, None)], ids=["a person", "the service"])
def test_the_variable_of_the_start_event_names_who_started(site: Site, actor: Actor, name: str | None) -> None:
    site.deploy(diagram())

    key = site.run(lambda unit: instances.start(unit, "p", {"starter": "forged"}).key, actor)

    assert site.variables(key)["starter"] == name


def test_it_names_who_sent_the_message_that_started(site: Site) -> None:
    start = '<messageEventDefinition messageRef="M"/>'
    site.deploy(diagram(start=start, roots='<message id="M" name="paper"/>'))

    delivery = site.run(lambda unit: messages.correlate(unit, "paper", "", {}), ANN)

    assert site.variables(delivery.instance_key)["starter"] == "ann"


@pytest.mark.parametrize(
    "attributes",
    ['camunda:candidateStarterGroups="INVEST, OWNER"', 'camunda:candidateStarterUsers="ann"'],
    ids=["group", "user"],
)
def test_only_those_whom_the_diagram_names_start_it_by_hand(site: Site, attributes: str) -> None:
    site.deploy(diagram(attributes))

    with pytest.raises(Forbidden) as refused:
        site.run(lambda unit: instances.start(unit, "p", {}), BOB)
    started = [site.run(lambda unit: instances.start(unit, "p", {}).key, actor) for actor in (ANN, SYSTEM)]

    assert refused.value.code == "runtime.not_a_starter"
    assert "Repair" in texts.render(refused.value, "en")
    assert sorted(row.key for row in site.read(lambda u: instances.search(u, InstanceQuery())).items) == sorted(started)
