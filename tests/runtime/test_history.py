"""What happened, for the timeline of a case and the colours of a diagram."""

from __future__ import annotations

from datetime import timedelta

from service.runtime import history, instances
from service.runtime.engine import SetClock
from service.runtime.history import ElementState, EventKind
from service.worker import run_until_idle
from tests import builders
from tests.conftest import NOON
from tests.runtime.site import Site

WATCHED = builders.a_diagram(
    builders.user_task("t", name="Ask", due='="2025-06-10T13:00:00"'),
    builders.timer_boundary("b", "t", duration="PT2H"),
    builders.user_task("late"),
    builders.line("s", "t", "e"),
    builders.line("b", "late", "e"),
)


def test_a_diagram_shows_where_an_instance_stands_and_has_been(site: Site, clock: SetClock) -> None:
    site.deploy(WATCHED)
    instance = site.start()
    clock.advance(timedelta(hours=2))
    run_until_idle(site.engine)

    states = site.read(lambda unit: history.element_states(unit, instance.key))

    assert states == {
        "s": ElementState(completed=1),
        "t": ElementState(canceled=1),
        "b": ElementState(completed=1),
        "late": ElementState(active=1),
    }
    assert site.read(lambda unit: history.flows_taken(unit, instance.key)) == {"s_t": 1, "b_late": 1}


def test_an_incident_is_shown_at_its_element(site: Site) -> None:
    site.deploy(builders.a_diagram(
        '<bpmn:exclusiveGateway id="g" />', builders.user_task("t"), builders.line("s", "g"), builders.line("t", "e"),
        builders.flow("g", "e", "=nothing"), builders.flow("g", "t", "=nothing"),
    ))  # fmt: skip
    instance = site.start()

    states = site.read(lambda unit: history.element_states(unit, instance.key))

    assert states["g"].incidents == 1


def test_a_loop_is_counted(site: Site) -> None:
    site.deploy(
        builders.a_diagram(
            '<bpmn:exclusiveGateway id="g" default="g_e" />',
            builders.user_task("t"),
            builders.line("s", "t", "g", "e"),
            builders.flow("g", "t", "=again"),
        )
    )
    instance = site.start()
    for again in (True, True, False):
        site.complete("t", {"again": again})

    assert site.read(lambda unit: history.element_states(unit, instance.key))["t"] == ElementState(completed=3)
    assert site.read(lambda unit: history.flows_taken(unit, instance.key))["g_t"] == 2
    assert [row.value for row in site.read(lambda unit: history.variable_changes(unit, instance.key))] == [
        "true",
        "true",
        "false",
    ]


def test_the_timeline_of_a_case_joins_its_instances_newest_first(site: Site, clock: SetClock) -> None:
    site.deploy(WATCHED)
    first = site.start(business_key="7")
    site.start(business_key="8")
    clock.advance(timedelta(hours=1, minutes=30))
    second = site.start(business_key="7")
    site.complete("t")

    events = site.read(lambda unit: history.timeline(unit, business_key="7"))

    assert [(event.kind, event.instance_key) for event in events] == [
        (EventKind.INSTANCE_ENDED, first.key),
        (EventKind.TASK_COMPLETED, first.key),
        (EventKind.TASK_OPENED, second.key),
        (EventKind.INSTANCE_STARTED, second.key),
        (EventKind.TASK_OPENED, first.key),
        (EventKind.INSTANCE_STARTED, first.key),
    ]
    completed = events[1]
    assert (completed.name, completed.actor, completed.detail["late"]) == ("Ask", "system", True)
    assert completed.at == NOON + timedelta(hours=1, minutes=30)


def test_the_values_of_an_ended_instance_stay(site: Site) -> None:
    site.deploy(builders.a_task_diagram())
    instance = site.start(variables={"a": 1})
    site.complete("t", {"a": 2})
    site.restart()

    assert site.instance(instance.key).state is instances.InstanceState.COMPLETED
    assert [
        history.value(row) for row in site.read(lambda unit: history.variables(unit, instance_key=instance.key))
    ] == [2]
