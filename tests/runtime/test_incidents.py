"""A FEEL error at run time is an incident: the instance stays where it is and goes on once the cause is mended."""

from __future__ import annotations

from service.runtime import decisions, incidents, instances
from service.runtime.instances import InstanceState
from tests import builders
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
