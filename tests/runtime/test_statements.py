"""How many statements an action may send: a budget that no feature breaks unseen, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from service.auth import SYSTEM, Actor
from service.runtime import instances, user_tasks
from service.runtime.engine import Engine, SetClock
from service.runtime.unit import UnitOfWork
from service.worker import Worker
from tests import builders
from tests.runtime.site import Site
from tests.statements import Counted, counted

# Action -> statements, without begin and commit, once definitions are parsed and the workflow is in memory.
BUDGET = {
    "complete a task with a form": 15,
    "complete a task without one": 10,
    "claim": 4,
    "start": 12,
}


@pytest.fixture
def warm(database_url: str, open_engine: Callable[..., Engine]) -> Site:
    site = Site(database_url, open_engine)
    site.deploy(
        builders.a_diagram(
            builders.user_task("ask", groups="INVEST", form="f"),
            builders.user_task("check", groups="INVEST", form="f"),
            builders.line("s", "ask", "check", "e"),
        ),
        builders.a_diagram(
            builders.user_task("plain"),
            builders.user_task("next"),
            builders.line("s", "plain", "next", "e"),
            process_id="bare",
            name="bare.bpmn",
        ),
        builders.a_form("f", {"key": "amount", "type": "number", "validate": {"required": True}}),
    )
    site.start()
    site.complete("ask", {"amount": 1})
    site.start("bare")
    site.complete("plain")
    return site


def _actions(site: Site) -> dict[str, Callable[[UnitOfWork], object]]:
    site.start()
    site.start("bare")
    ask = next(task for task in site.tasks() if task.element_id == "ask")
    plain = next(task for task in site.tasks() if task.element_id == "plain")
    return {
        "complete a task with a form": lambda unit: user_tasks.complete(unit, ask.key, {"amount": 12}, "once"),
        "complete a task without one": lambda unit: user_tasks.complete(unit, plain.key),
        "claim": lambda unit: user_tasks.claim(unit, ask.key),
        "start": lambda unit: instances.start(unit, "p", {}),
    }


@pytest.mark.parametrize("action", BUDGET)
def test_an_action_keeps_to_its_statements_and_one_commit(warm: Site, ann: Actor, action: str) -> None:
    use_case = _actions(warm)[action]

    with counted(warm.engine) as found:
        warm.run(use_case, ann if action == "claim" else SYSTEM)

    assert found.commits == 1
    assert found.statements <= BUDGET[action]


def test_what_waits_longer_costs_no_more_statements(warm: Site, clock: SetClock) -> None:
    clock.advance(timedelta(days=1))

    with counted(warm.engine) as idle:
        assert Worker(warm.engine, "w").step() == 0

    assert idle == Counted(statements=1, commits=0)
