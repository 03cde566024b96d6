"""One diagram with a user task, a decision and a timer, the engine opened anew between every two steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from service.auth import Actor
from service.runtime import audit, decisions, deployments, history, instances, user_tasks
from service.runtime.engine import Engine, SetClock
from service.runtime.instances import InstanceState
from service.runtime.user_tasks import UserTask, UserTaskQuery
from service.worker import run_until_idle
from tests import builders

ADMIN = Actor("owner", frozenset({"OWNER"}))


@pytest.fixture
def diagram() -> list[deployments.Resource]:
    return [
        builders.a_diagram(
            builders.user_task("ask", groups="INVEST", form="f"),
            builders.decision_task("judge", "d", "size"),
            builders.timer_catch("wait", duration="P3D"),
            builders.user_task("check", groups="REVIEW"),
            builders.line("s", "ask", "judge", "wait", "check", "e"),
        ),
        builders.a_table("d"),
        builders.a_form("f", {"key": "amount", "type": "number", "validate": {"required": True}}),
    ]


def open_tasks(engine: Engine, actor: Actor) -> list[UserTask]:
    with engine.reading(actor) as unit:
        return list(user_tasks.search(unit, UserTaskQuery(involved=user_tasks.candidate(actor))).items)


def test_an_instance_survives_a_restart_between_every_two_steps(
    database_url: str, open_engine: Callable[..., Engine], clock: SetClock, diagram: list[deployments.Resource],
    ann: Actor, bob: Actor,
) -> None:  # fmt: skip
    open_engine(database_url).run(ADMIN, lambda unit: deployments.deploy(unit, diagram))
    instance = open_engine(database_url).run(ADMIN, lambda unit: instances.start(unit, "p", {}))

    (task,) = open_tasks(open_engine(database_url), ann)
    assert open_tasks(open_engine(database_url), bob) == []
    open_engine(database_url).run(ann, lambda unit: user_tasks.claim(unit, task.key))
    open_engine(database_url).run(ann, lambda unit: user_tasks.complete(unit, task.key, {"amount": 12}))
    assert open_tasks(open_engine(database_url), ann) == []

    engine = open_engine(database_url)
    clock.advance(timedelta(days=2, hours=23))
    assert run_until_idle(engine) == 0
    clock.advance(timedelta(hours=1))
    assert run_until_idle(open_engine(database_url)) == 1

    (check,) = open_tasks(open_engine(database_url), bob)
    assert check.element_id == "check"
    open_engine(database_url).run(bob, lambda unit: user_tasks.claim(unit, check.key))
    open_engine(database_url).run(bob, lambda unit: user_tasks.complete(unit, check.key))

    with open_engine(database_url).reading(ADMIN) as unit:
        ended = instances.get(unit, instance.key)
        assert ended.state is InstanceState.COMPLETED
        assert {row.name: row.value for row in history.variables(unit, instance_key=instance.key)} == {
            "amount": "12",
            "size": '"large"',
        }
        (evaluation,) = decisions.evaluations(unit, instance_key=instance.key).items
        assert evaluation.decision_version == 1
        (trace,) = decisions.trace(evaluation)
        assert isinstance(trace, dict)
        assert [rule["index"] for rule in trace["matched"]] == [2]  # type: ignore[index, union-attr, call-overload]
        states = history.element_states(unit, instance.key)
        assert states["wait"] == history.ElementState(completed=1)
        assert set(states) == {"s", "ask", "judge", "wait", "check", "e"}
        assert len(history.flows_taken(unit, instance.key)) == 5
        assert [event.kind.value for event in history.timeline(unit, root_key=instance.key, newest_first=False)] == [
            "instance_started",
            "task_opened",
            "task_completed",
            "decided",
            "task_opened",
            "task_completed",
            "instance_ended",
        ]
        result = audit.verify(unit)
        assert result.whole
        actions = [entry.action for entry in audit.search(unit).items]
    assert actions == [
        "user_task.complete",
        "user_task.claim",
        "timer.fire",
        "user_task.complete",
        "user_task.claim",
        "instance.start",
        "deployment.create",
    ]
    assert result.entries == 7
