"""`rc.bulkAgree`: tasks of a marked step are submitted together, each for itself, with the result of each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.auth import SYSTEM, Actor
from service.runtime import deployments, instances, user_tasks
from service.runtime.engine import Engine
from service.runtime.user_tasks import UserTask, UserTaskQuery, UserTaskState
from tests import builders
from tests.web.conftest import Browser, text

Browsers = Callable[[str], Browser]
ANN = Actor("ann", frozenset({"INVEST"}))


@pytest.fixture
def tasks(site_engine: Engine) -> list[UserTask]:
    """Three tasks in Ann's hands whose form wants a sum: known, known, unknown; the third step is not marked."""
    marks = '<zeebe:properties><zeebe:property name="rc.bulkAgree" value="true"/></zeebe:properties>'
    step = builders.user_task("t", name="核对金额", groups="INVEST", form="sum")
    marked = step.replace("</bpmn:extensionElements>", f"{marks}</bpmn:extensionElements>", 1)
    form = builders.a_form(
        "sum", {"key": "amount", "type": "number", "label": "金额", "validate": {"required": True, "max": 100}}
    )
    files = [
        deployments.Resource(f"{name}.bpmn", builders.process(part, builders.line("s", "t", "e"), process_id=name))
        for name, part in (("marked", marked), ("plain", step))
    ]
    site_engine.run(SYSTEM, lambda unit: deployments.deploy(unit, [*files, form]))
    for name, values in (("marked", {"amount": 5}), ("marked", {}), ("plain", {"amount": 5})):
        site_engine.run(SYSTEM, lambda unit, name=name, values=values: instances.start(unit, name, values))  # type: ignore[misc]
    with site_engine.reading(SYSTEM) as unit:
        found = [task for task in user_tasks.search(unit, UserTaskQuery()).items if task.element_id == "t"]
    found = sorted((task for task in found if task.process_id in {"marked", "plain"}), key=lambda task: task.key)
    for task in found:
        site_engine.run(ANN, lambda unit, key=task.key: user_tasks.claim(unit, key))  # type: ignore[misc]
    return found


def state(engine: Engine, task: UserTask) -> UserTaskState:
    with engine.reading(SYSTEM) as unit:
        return user_tasks.get(unit, task.key).state


def test_what_can_be_is_submitted_and_what_cannot_is_named(
    browser_of: Browsers, site_engine: Engine, tasks: list[UserTask]
) -> None:
    ann, (ready, empty, other) = browser_of("ann"), tasks
    page = text(ann.get("/tasks"))
    assert page.count('name="task"') == 2, "only tasks of the marked step can be ticked"

    answer = text(ann.post("/tasks/agreement", {"task": [f"{task.key}:" for task in tasks]}))

    assert [state(site_engine, task) for task in tasks] == [
        UserTaskState.COMPLETED, UserTaskState.CREATED, UserTaskState.CREATED
    ]  # fmt: skip
    assert answer.count(">未提交<") == 2
    assert "金额" in answer
    assert "逐项办理" in answer
    with site_engine.reading(SYSTEM) as unit:
        (row,) = instances.variables(unit, ready.instance_key).items()
    assert row == ("amount", 5)
    assert empty.key != other.key


def test_a_draft_is_what_is_submitted(browser_of: Browsers, site_engine: Engine, tasks: list[UserTask]) -> None:
    ann, empty = browser_of("ann"), tasks[1]
    ann.post(f"/tasks/{empty.key}/draft", {"f:amount": "7"})

    answer = ann.post("/tasks/agreement", {"task": [f"{empty.key}:"]})

    assert answer.status_code == 303
    assert state(site_engine, empty) is UserTaskState.COMPLETED


def test_a_task_that_changed_since_the_list_was_shown_is_left_alone(
    browser_of: Browsers, site_engine: Engine, tasks: list[UserTask]
) -> None:
    browser_of("ann").post("/tasks/agreement", {"task": [f"{tasks[0].key}:stale"]})

    assert state(site_engine, tasks[0]) is UserTaskState.CREATED


def test_nobody_submits_what_is_in_other_hands(
    browser_of: Browsers, site_engine: Engine, tasks: list[UserTask]
) -> None:
    answer = text(browser_of("olga").post("/tasks/agreement", {"task": [f"{tasks[0].key}:"]}))

    assert "未提交" in answer
    assert state(site_engine, tasks[0]) is UserTaskState.CREATED


@pytest.mark.parametrize("sent", [{}, {"task": ["x:"]}, {"task": [f"{key}:" for key in range(51)]}])
def test_a_choice_that_is_none_is_refused(browser_of: Browsers, tasks: list[UserTask], sent: dict[str, object]) -> None:
    assert browser_of("ann").post("/tasks/agreement", sent).status_code == 422
