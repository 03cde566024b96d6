"""Messages reach exactly one receiver, signals all; what one instance throws reaches others in the same transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.auth import SYSTEM
from service.errors import Conflict, Invalid
from service.runtime import audit, instances, messages, user_tasks
from service.runtime.engine import SetClock
from service.runtime.instances import InstanceQuery, InstanceState
from tests import builders
from tests.runtime.site import Site

PAID = builders.message("m", "paid", "=order")
CATCH = builders.a_diagram(
    builders.message_catch("c", "m"), builders.user_task("t"), builders.line("s", "c", "t", "e"), outside=PAID
)


def send(site: Site, key: str, name: str = "paid", **variables: object) -> messages.Correlation | None:
    return site.run(lambda unit: messages.correlate(unit, name, key, variables))


def test_a_message_reaches_the_instance_with_its_key(site: Site) -> None:
    site.deploy(CATCH)
    first, second = site.start(variables={"order": "a"}), site.start(variables={"order": "b"})

    received = send(site, "b", amount=3)

    assert received is not None
    assert (received.instance_key, received.started) == (second.key, False)
    assert "amount" in site.variables(second.key)
    assert "amount" not in site.variables(first.key)


def test_of_two_receivers_with_one_key_the_one_that_has_waited_longest_gets_it(site: Site) -> None:
    site.deploy(CATCH)
    first, second = (site.start(variables={"order": "a"}) for _ in range(2))

    receivers = [received.instance_key for received in (send(site, "a"), send(site, "a")) if received]

    assert receivers == [first.key, second.key]


def test_a_message_that_nobody_waits_for_changes_nothing(site: Site) -> None:
    site.deploy(CATCH)
    site.start(variables={"order": "a"})

    assert send(site, "z") is None
    assert send(site, "a", "other") is None
    assert site.open_elements() == []


def test_the_site_survives_a_restart_between_waiting_and_message(site: Site) -> None:
    site.deploy(CATCH)
    site.start(variables={"order": "a"})
    site.restart()

    assert send(site, "a") is not None

    site.restart()
    assert site.open_elements() == ["t"]


def publish(site: Site, key: str, seconds: int, message_id: str | None = None) -> None:
    site.run(
        lambda unit: messages.publish(
            unit, "paid", key, {"early": True}, time_to_live=timedelta(seconds=seconds), message_id=message_id
        )
    )


def test_a_published_message_waits_for_its_receiver(site: Site) -> None:
    site.deploy(CATCH)
    publish(site, "a", 60)

    instance = site.start(variables={"order": "a"})

    assert site.variables(instance.key)["early"] is True
    site.start(variables={"order": "a"})
    assert site.open_elements() == ["t"]


def test_a_published_message_expires(site: Site, clock: SetClock) -> None:
    site.deploy(CATCH)
    publish(site, "a", 60)
    clock.advance(timedelta(seconds=60))

    site.start(variables={"order": "a"})

    assert site.open_elements() == []


def test_a_message_id_is_taken_once(site: Site) -> None:
    publish(site, "a", 60, "id-1")

    with pytest.raises(Conflict) as refused:
        publish(site, "a", 60, "id-1")

    assert refused.value.code == "runtime.message_known"


def test_the_id_of_a_delivered_message_is_taken_for_its_time_to_live(site: Site, clock: SetClock) -> None:
    site.deploy(CATCH)
    site.start(variables={"order": "a"})
    site.start(variables={"order": "b"})
    publish(site, "a", 60, "id-1")  # somebody waits
    publish(site, "c", 60, "id-1")  # nobody waits, then somebody does
    site.start(variables={"order": "c"})

    for key in ("a", "c"):
        with pytest.raises(Conflict):
            publish(site, key, 60, "id-1")
    site.start(variables={"order": "a"})
    assert len(site.open_elements()) == 2, "a delivered message reaches nobody else"

    clock.advance(timedelta(seconds=60))
    publish(site, "a", 60, "id-1")
    assert len(site.open_elements()) == 3


def test_messages_of_another_name_or_key_may_have_the_same_id(site: Site) -> None:
    publish(site, "a", 60, "id-1")

    publish(site, "b", 60, "id-1")

    site.deploy(CATCH)
    site.start(variables={"order": "b"})
    assert site.open_elements() == ["t"]


def test_a_message_needs_a_name(lite: Site) -> None:
    with pytest.raises(Invalid):
        send(lite, "a", "")


STARTED = builders.a_diagram(
    builders.message_start("start", "m"),
    builders.user_task("t"),
    builders.line("start", "t", "e"),
    outside=builders.message("m", "begin"),
)


def test_a_message_starts_an_instance_of_the_latest_version_in_its_case(site: Site) -> None:
    site.deploy(STARTED)
    site.deploy(
        builders.a_diagram(
            builders.message_start("start", "m"),
            builders.user_task("u"),
            builders.line("start", "u", "e"),
            outside=builders.message("m", "begin"),
        )
    )

    received = site.run(lambda unit: messages.correlate(unit, "begin", "", {"a": 1}, business_key="7"))

    assert received is not None
    assert received.started
    assert site.open_elements() == ["u"]
    instance = site.instance(received.instance_key)
    assert (instance.business_key, instance.definition_version) == ("7", 2)


def test_a_version_without_the_message_start_is_started_by_it_no_more(site: Site) -> None:
    site.deploy(STARTED)
    site.deploy(builders.a_task_diagram())

    assert send(site, "", "begin") is None


THROWER = builders.a_diagram(
    builders.user_task("ask"),
    builders.message_throw("throw", "m"),
    builders.line("s", "ask", "throw", "e"),
    process_id="thrower",
    name="thrower.bpmn",
    outside=builders.message("m", "paid", "=order"),
)


def test_what_one_instance_throws_moves_another_in_the_same_transaction(site: Site) -> None:
    site.deploy(CATCH)
    site.deploy(THROWER)
    waiting = site.start(variables={"order": "a"}, business_key="7")
    site.start("thrower", {"order": "a"}, business_key="8")

    site.complete("ask")

    assert site.open_elements() == ["t"]
    assert site.tasks()[0].instance_key == waiting.key
    entry = site.read(lambda unit: audit.search(unit, action="user_task.complete").items[0])
    assert entry.business_key == "8"


def test_nothing_of_it_stays_when_the_receiver_cannot_go_on_in_that_transaction(site: Site) -> None:
    site.deploy(CATCH)
    site.deploy(THROWER)
    site.start(variables={"order": "a"})
    site.start("thrower", {"order": "a"})
    task = next(task for task in site.tasks() if task.element_id == "ask")

    with site.engine.unit(SYSTEM) as unit:
        user_tasks.complete(unit, task.key)  # and no commit

    assert site.open_elements() == ["ask"]
    site.complete("ask")
    assert site.open_elements() == ["t"]


RING = [
    builders.a_diagram(
        builders.message_start("start", "m1"),
        builders.message_throw("throw", "m2"),
        builders.line("start", "throw", "e"),
        process_id=process,
        name=f"{process}.bpmn",
        outside=builders.message("m1", receives) + builders.message("m2", sends, '="k"'),
    )
    for process, receives, sends in (("ping", "ping", "pong"), ("pong", "pong", "ping"))
]


def test_a_ring_of_processes_is_stopped_and_leaves_nothing(lite: Site) -> None:
    lite.deploy(*RING)

    with pytest.raises(Conflict) as refused:
        send(lite, "k", "ping")

    assert refused.value.code == "runtime.message_ring"
    assert lite.read(lambda unit: instances.search(unit, InstanceQuery())).items == []


SIGNALLED = builders.a_diagram(
    builders.signal_catch("c", "sig"),
    builders.line("s", "c", "e"),
    outside='<bpmn:signal id="sig" name="alarm" />',
)


def test_a_signal_reaches_all(site: Site) -> None:
    site.deploy(SIGNALLED)
    keys = [site.start().key for _ in range(3)]

    site.run(lambda unit: messages.broadcast_signal(unit, "alarm", {"loud": True}))

    assert {site.instance(key).state for key in keys} == {InstanceState.COMPLETED}
    assert site.read(messages.subscriptions) == []
