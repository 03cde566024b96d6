"""A FEEL error at run time is an incident: the instance stays where it is and goes on once the cause is mended."""

from __future__ import annotations

import pytest

from service import feel, texts
from service.runtime import decisions, incidents, instances
from service.runtime.deployments import Resource
from service.runtime.instances import InstanceState
from tests import builders
from tests.dmn import models
from tests.runtime.site import Site

GATEWAY = builders.a_diagram(
    '<bpmn:exclusiveGateway id="g" />',
    builders.user_task("ask"),
    builders.user_task("big"),
    builders.user_task("small"),
    builders.line("s", "ask", "g"),
    builders.flow("g", "big", "=amount > 10"),
    builders.flow("g", "small", "=amount <= 10"),
    builders.line("big", "e"),
    builders.line("small", "e"),
)


def test_a_condition_without_result_stops_the_instance_until_the_variable_is_mended(site: Site) -> None:
    site.deploy(GATEWAY)
    instance = site.start()
    site.complete("ask", {"amount": "many"})

    (incident,) = site.incidents()
    assert (incident.element_id, incident.instance_key) == ("g", instance.key)
    assert site.instance(instance.key).has_incident
    assert site.instance(instance.key).state is InstanceState.ACTIVE
    assert site.open_elements() == []

    site.restart()
    site.run(lambda unit: instances.set_variables(unit, instance.key, {"amount": 12}))
    site.run(lambda unit: incidents.retry(unit, incident.key))

    assert site.open_elements() == ["big"]
    assert not site.instance(instance.key).has_incident
    assert site.incidents() == []


def test_retrying_without_mending_raises_it_anew(site: Site) -> None:
    site.deploy(GATEWAY)
    site.start()
    site.complete("ask", {"amount": "many"})
    (first,) = site.incidents()

    site.run(lambda unit: incidents.retry(unit, first.key))

    (second,) = site.incidents()
    assert second.key != first.key
    assert site.instance(second.instance_key).has_incident


def test_a_decision_that_fails_is_an_incident_and_its_evaluation_is_kept(site: Site) -> None:
    site.deploy(
        builders.a_diagram(builders.decision_task("judge", "d", "size"), builders.line("s", "judge", "e")),
        builders.a_table("d", rules={"> 1": '"a"', "> 2": '"b"'}, policy="UNIQUE"),
    )

    instance = site.start(variables={"amount": 3})

    (incident,) = site.incidents()
    assert (incident.kind, incident.element_id) == ("DECISION_EVALUATION_ERROR", "judge")
    (evaluation,) = site.read(lambda unit: decisions.evaluations(unit, instance_key=instance.key)).items
    assert evaluation.failure_code == incident.code
    assert evaluation.failed_decision_id == "d"


OVERLAPPING = [["> 1", '"a"'], ["< 0", '"b"'], ["> 2", '"c"']]
FAILING = {
    "two rules though UNIQUE": (
        models.decision("d", models.table(["amount"], ["result"], OVERLAPPING)),
        "dmn_unique_violated",
        {"rules": "1, 3", "values": "a, c"},
    ),
    "different outputs though ANY": (
        models.decision("d", models.table(["amount"], ["result"], OVERLAPPING, hit_policy="ANY")),
        "dmn_any_violated",
        {"rules": "1, 3", "values": "a, c"},
    ),
    "no number to sum up": (
        models.decision(
            "d", models.table(["amount"], ["result"], OVERLAPPING, hit_policy="COLLECT", aggregation="SUM")
        ),
        "dmn_aggregation_failed",
        {"rules": "1, 3", "values": "a, c"},
    ),
    "an input of another type": (
        models.input_data("amount", "string") + models.decision("d", models.literal("amount"), "input:amount"),
        "dmn_input_type",
        {"wanted": "string", "got": "number", "value": "3"},
    ),
    "a result of another type": (
        models.decision("d", models.literal("amount"), type_ref="string"),
        "dmn_result_type",
        {"wanted": "string", "got": "number", "value": "3"},
    ),
    "an assertion": (
        models.decision("d", models.literal('assert(amount, amount < 3, "too much")')),
        "feel_assertion",
        {"cause": "too much"},
    ),
}


@pytest.mark.parametrize(("elements", "code", "facts"), FAILING.values(), ids=FAILING)
def test_the_incident_of_a_decision_names_it_and_what_met_there(
    lite: Site, elements: str, code: str, facts: dict[str, str]
) -> None:
    lite.deploy(
        builders.a_diagram(builders.decision_task("judge", "d", "size"), builders.line("s", "judge", "e")),
        Resource("d.dmn", models.definitions(elements)),
    )

    instance = lite.start(variables={"amount": 3})

    (incident,) = lite.incidents()
    told = feel.codec.decode(incident.facts)
    assert isinstance(told, dict)
    assert (incident.kind, incident.code, incident.element_id) == ("DECISION_EVALUATION_ERROR", code, "judge")
    assert told["decision"] == "d"
    assert {name: decision_text(told[name]) for name in facts} == facts
    for locale in ("zh_CN", "en"):
        sentence = texts.message(code, told, locale)
        assert all(part in sentence for value in facts.values() for part in value.split(", ")), sentence
    assert lite.instance(instance.key).has_incident
    (evaluation,) = lite.read(lambda unit: decisions.evaluations(unit, instance_key=instance.key)).items
    assert evaluation.failure_code == code


def decision_text(value: object) -> str:
    return ", ".join(map(decision_text, value)) if isinstance(value, list) else feel.string(feel.from_python(value))


def test_a_called_instance_with_an_incident_marks_its_callers(site: Site) -> None:
    site.deploy(
        builders.a_diagram(builders.call_activity("c", "p"), builders.line("s", "c", "e"), process_id="outer",
                           name="outer.bpmn"),
        GATEWAY,
    )  # fmt: skip
    outer = site.start("outer")
    site.complete("ask", {"amount": "many"})

    rows = site.read(lambda unit: instances.of_root(unit, outer.key))

    assert [(row.process_id, row.has_incident) for row in rows] == [("outer", True), ("p", True)]
    site.run(lambda unit: instances.set_variables(unit, rows[1].key, {"amount": 1}))
    site.run(lambda unit: incidents.retry(unit, site.incidents()[0].key))
    assert [row.has_incident for row in site.read(lambda unit: instances.of_root(unit, outer.key))] == [False, False]


def test_cancelling_an_instance_ends_its_incidents_tasks_and_jobs(site: Site) -> None:
    site.deploy(GATEWAY)
    instance = site.start()
    site.complete("ask", {"amount": "many"})

    site.run(lambda unit: instances.cancel(unit, instance.key, "a mistake"))

    ended = site.instance(instance.key)
    assert (ended.state, ended.has_incident) == (InstanceState.TERMINATED, False)
    assert site.incidents() == []
