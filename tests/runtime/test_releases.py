"""The second person: what waits is used by nothing, approval by one other, a day to come, what comes in together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from service.auth import SYSTEM, Actor
from service.errors import Conflict, DeploymentRejected, Forbidden, Invalid, NotFound, Rejection
from service.runtime import audit, deployments, differences, instances, jobs, messages, releases, user_tasks
from service.runtime.deployments import Release, Resource
from service.runtime.engine import Engine, SetClock
from service.runtime.unit import Plugins, UnitOfWork
from service.runtime.user_tasks import UserTaskQuery
from service.worker import run_until_idle
from tests import builders
from tests.runtime.site import OWNER

SECOND = Actor("second", frozenset({"OWNER"}))
THIRD = Actor("third", frozenset({"OWNER"}))
TODAY = date(2025, 6, 10)  # of the clock, in the site's zone


def told(unit: UnitOfWork, key: int, what: str) -> None:
    audit.record(unit, f"told.{what}", ("deployment", key))


@pytest.fixture
def engine(database_url: str, open_engine: Callable[..., Engine]) -> Engine:
    """A site of each database where deployments wait."""
    return open_engine(database_url, Plugins(deployment_news=told), second_person=True)


def deploy(engine: Engine, *files: Resource, by: Actor = OWNER) -> int:
    return engine.run(by, lambda unit: deployments.deploy(unit, files)).deployment.key


def approve(engine: Engine, key: int, on: date | None = None, by: Actor = SECOND) -> Release:
    return engine.run(by, lambda unit: releases.approve(unit, key, on)).deployment.release


def release_of(engine: Engine, key: int) -> Release:
    with engine.reading(SYSTEM) as unit:
        return deployments.get(unit, key).deployment.release


def start(engine: Engine, process_id: str = "p", **options: int) -> int:
    return engine.run(OWNER, lambda unit: instances.start(unit, process_id, {}, **options)).definition_version


def version(task: str, **options: str) -> Resource:
    return builders.a_task_diagram("p", name=task, **options)


def test_an_approved_deployment_comes_into_force_on_its_day(engine: Engine, clock: SetClock) -> None:
    approve(engine, deploy(engine, version("one")))
    key = deploy(engine, version("two"))

    assert approve(engine, key, TODAY + timedelta(days=2)) is Release.APPROVED
    clock.advance(timedelta(hours=35))  # 23:00 of the day before
    run_until_idle(engine)
    assert start(engine) == 1
    with pytest.raises(Conflict):
        start(engine, version=2)

    clock.advance(timedelta(hours=1))
    run_until_idle(engine)

    assert release_of(engine, key) is Release.LIVE
    assert start(engine) == 2
    with engine.reading(SYSTEM) as unit:
        (entry,) = audit.search(unit, action="deployment.in_force").items
        actions = [item.action for item in audit.search(unit, object_kind="deployment").items]
    assert (entry.actor, entry.object_key) == (SYSTEM.name, str(key))
    assert [action for action in actions if action.startswith("told.")] == [
        "told.in_force", "told.approved", "told.waiting", "told.approved", "told.waiting"
    ]  # fmt: skip


def test_the_day_may_be_set_anew_and_an_approved_one_refused(engine: Engine, clock: SetClock) -> None:
    first, second = deploy(engine, version("one")), deploy(engine, builders.a_task_diagram("q"))
    for key in (first, second):
        approve(engine, key, TODAY + timedelta(days=1))

    approve(engine, first, TODAY + timedelta(days=3))
    engine.run(THIRD, lambda unit: releases.refuse(unit, second, "not yet"))
    clock.advance(timedelta(days=2))
    run_until_idle(engine)

    assert (release_of(engine, first), release_of(engine, second)) == (Release.APPROVED, Release.REFUSED)
    assert approve(engine, first) is Release.LIVE
    clock.advance(timedelta(days=2))
    assert run_until_idle(engine) == 0


def test_a_day_that_is_past_is_refused_and_today_means_at_once(engine: Engine) -> None:
    key = deploy(engine, version("one"))

    with pytest.raises(Invalid):
        approve(engine, key, TODAY - timedelta(days=1))
    assert release_of(engine, key) is Release.WAITING

    assert approve(engine, key, TODAY) is Release.LIVE


def test_a_refusal_needs_a_reason(engine: Engine) -> None:
    key = deploy(engine, version("one"))

    with pytest.raises(Invalid):
        engine.run(SECOND, lambda unit: releases.refuse(unit, key, " "))

    assert release_of(engine, key) is Release.WAITING


def test_of_two_who_decide_at_once_one_decides(engine: Engine) -> None:
    key = deploy(engine, version("one"))
    late: list[Rejection] = []

    def refuse() -> None:
        try:
            engine.run(THIRD, lambda unit: releases.refuse(unit, key, "no"))
        except Rejection as error:
            late.append(error)

    thread = threading.Thread(target=refuse)
    with engine.unit(SECOND) as unit:
        releases.approve(unit, key)
        thread.start()
        thread.join(0.5)
        assert late == []
        unit.commit()
    thread.join(30)

    assert [error.code for error in late] == ["runtime.deployment_decided"]
    assert start(engine) == 1


def test_who_deployed_a_part_that_waits_still_cannot_let_it_in_by_another_upload(engine: Engine) -> None:
    table, diagram = builders.a_table("d"), builders.a_diagram(
        builders.decision_task("r", "d", "result", binding="deployment"), builders.line("s", "r", "e")
    )  # fmt: skip
    deploy(engine, table)
    both = deploy(engine, table, diagram, by=THIRD)

    with pytest.raises(Forbidden):
        approve(engine, both, by=OWNER)

    approve(engine, both)
    assert start(engine) == 1, "the decision that waited came in with the process that means it"


def test_what_is_refused_in_one_upload_waits_on_in_another(engine: Engine) -> None:
    table = builders.a_table("d")
    alone = deploy(engine, table)
    both = deploy(engine, table, version("one"))

    engine.run(SECOND, lambda unit: releases.refuse(unit, alone, "later"))

    assert approve(engine, both) is Release.LIVE
    with engine.reading(SYSTEM) as unit:
        assert [row.version for row in deployments.decisions(unit)] == [1]


BOUND = {
    "latest": ("", "runtime.reference_latest_missing"),
    "versionTag": ("t1", "runtime.reference_versiontag_missing"),
}


@pytest.mark.parametrize("binding", BOUND)
def test_a_process_is_refused_while_its_decision_is_not_in_force(engine: Engine, binding: str) -> None:
    tag, code = BOUND[binding]
    table = builders.a_table("d", tag=tag)
    key = deploy(engine, table)
    diagram = builders.a_diagram(
        builders.decision_task("r", "d", "result", binding=binding, tag=tag), builders.line("s", "r", "e")
    )

    with pytest.raises(DeploymentRejected) as refused:
        deploy(engine, diagram)
    assert [finding.code for finding in refused.value.findings] == [code]

    approve(engine, key)
    approve(engine, deploy(engine, diagram))
    assert start(engine) == 1


def test_latest_stays_with_the_version_in_force_and_deployment_with_its_own(engine: Engine, clock: SetClock) -> None:
    called = builders.a_diagram(
        builders.user_task("a"), builders.line("s", "a", "e"), process_id="called", name="called.bpmn"
    )
    newer = builders.a_diagram(
        builders.user_task("b"), builders.line("s", "b", "e"), process_id="called", name="called.bpmn"
    )

    def caller(process_id: str, binding: str) -> Resource:
        return builders.a_diagram(
            builders.call_activity("c", "called", binding=binding),
            builders.line("s", "c", "e"),
            process_id=process_id,
            name=f"{process_id}.bpmn",
        )

    approve(engine, deploy(engine, called, caller("by-latest", "latest"), caller("by-deployment", "deployment")))
    key = deploy(engine, newer)

    def opened(process_id: str) -> str:
        start(engine, process_id)
        with engine.reading(SYSTEM) as unit:
            newest = max(user_tasks.search(unit, UserTaskQuery()).items, key=lambda task: task.key)
            return newest.element_id

    approve(engine, key, TODAY + timedelta(days=1))
    assert [opened("by-latest"), opened("by-deployment")] == ["a", "a"]

    clock.advance(timedelta(days=1))
    run_until_idle(engine)
    assert [opened("by-latest"), opened("by-deployment")] == ["b", "a"]


def test_start_messages_and_timers_stay_with_the_version_in_force(engine: Engine, clock: SetClock) -> None:
    def ticking(task: str) -> Resource:
        return builders.a_diagram(
            builders.timer_start("tick", cycle="R/PT1H"),
            builders.message_start("start", "m"),
            builders.user_task(task),
            builders.line("tick", task, "e"),
            builders.flow("start", task),
            outside=builders.message("m", "begin"),
        )

    approve(engine, deploy(engine, ticking("a")))
    key = deploy(engine, ticking("b"))
    with engine.reading(SYSTEM) as unit:
        (before,) = jobs.search(unit)

    approve(engine, key, TODAY + timedelta(days=1))

    with engine.reading(SYSTEM) as unit:
        timers = [job for job in jobs.search(unit) if job.kind is jobs.JobKind.START_TIMER]
    assert [job.key for job in timers] == [before.key], "its cycle did not begin anew"
    sent = engine.run(SYSTEM, lambda unit: messages.correlate(unit, "begin", "", {}))
    assert sent is not None
    with engine.reading(SYSTEM) as unit:
        assert instances.get(unit, sent.instance_key).definition_version == 1

    approve(engine, key)
    sent = engine.run(SYSTEM, lambda unit: messages.correlate(unit, "begin", "", {}))
    assert sent is not None
    with engine.reading(SYSTEM) as unit:
        assert instances.get(unit, sent.instance_key).definition_version == 2


def test_a_start_timer_that_cannot_be_set_is_refused_before_anybody_approves(engine: Engine) -> None:
    wrong = builders.a_diagram(
        builders.timer_start("tick", cycle="=missing"), builders.user_task("t"), builders.line("tick", "t", "e")
    )

    with pytest.raises(DeploymentRejected):
        deploy(engine, wrong)


def test_a_deployment_that_is_not_there(engine: Engine) -> None:
    with pytest.raises(NotFound):
        approve(engine, 4711)


def test_what_changes_is_named(engine: Engine) -> None:
    form = builders.a_form("f", {"key": "amount", "type": "number", "label": "Sum"})
    before = [version("one", form="f", assignee="=owner"), form, builders.a_table("d", rules={"< 10": '"a"'})]
    approve(engine, deploy(engine, *before))
    fields = (
        {"key": "amount", "type": "number", "label": "Amount"},
        {"key": "why", "type": "textfield", "label": "Why"},
    )
    after = [
        version("two", form="f", assignee="=owner"),
        builders.a_form("f", *fields),
        builders.a_table("d", rules={"< 20": '"a"'}),
    ]

    key = deploy(engine, *after)

    with engine.reading(SYSTEM) as unit:
        found = {item.kind: item for item in differences.of_deployment(unit, deployments.get(unit, key))}
    assert {item.former for item in found.values()} == {1}
    assert found["process"].changed == ("two",)
    assert (found["form"].added, found["form"].changed) == (("Why",), ("Amount",))
    assert len(found["decision"].changed) == 1
    assert found["process"].added == found["process"].removed == found["decision"].added == ()


def test_steps_that_say_the_same_are_no_change_wherever_they_stand(engine: Engine) -> None:
    first = [builders.user_task("a", assignee="=one"), builders.user_task("b", due="=due", name="B")]
    lines = builders.line("s", "a", "b", "e")
    approve(engine, deploy(engine, builders.a_diagram(*first, lines)))

    moved = deploy(
        engine,
        builders.a_diagram(*reversed(first), lines, builders.user_task("c", name="C"), builders.line("b", "c", "e")),
    )

    with engine.reading(SYSTEM) as unit:
        (found,) = differences.of_deployment(unit, deployments.get(unit, moved))
    assert (found.added, found.removed, found.changed) == (("C", "B → C", "C → e"), (), ())
