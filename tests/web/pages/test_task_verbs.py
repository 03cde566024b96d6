"""The verbs of a task as pages: plain forms, people by name, what is wrong at its field."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from service.auth import SYSTEM, accounts
from service.runtime import deployments, instances, user_tasks
from service.runtime.engine import Engine
from service.runtime.user_tasks import UserTask, UserTaskQuery
from tests import builders
from tests.web.conftest import PASSWORD, Browser, text

Browsers = Callable[[str], Browser]
Tasks = Callable[[], UserTask]


@pytest.fixture
def held(a_task: Tasks, site_engine: Engine, browser_of: Browsers) -> UserTask:
    """A task that Ann holds; Amy could hold it too."""
    site_engine.run(SYSTEM, lambda unit: accounts.create(unit, "amy", "艾示例", PASSWORD, [("INVEST", "")]))
    task = a_task()
    browser_of("ann").post(f"/tasks/{task.key}/claim")
    return task


def now(engine: Engine, task: UserTask) -> UserTask:
    with engine.reading(SYSTEM) as unit:
        return user_tasks.get(unit, task.key)


def open_elements(engine: Engine) -> list[str]:
    with engine.reading(SYSTEM) as unit:
        return [task.element_id for task in user_tasks.search(unit, UserTaskQuery()).items]


def test_a_task_is_handed_over_to_a_person_by_name(held: UserTask, browser_of: Browsers, site_engine: Engine) -> None:
    ann, path = browser_of("ann"), f"/tasks/{held.key}/do/transfer"
    assert path in text(ann.get(f"/tasks/{held.key}"))

    page = text(ann.get(path))
    shown = re.sub(r'value="[^"]*"', "", page)
    assert "艾示例" in shown
    assert "鲍示例" not in shown  # of another role
    assert "amy" not in shown
    refused = ann.post(path, {"person": "amy", "reason": " "})
    assert refused.status_code == 422
    assert 'href="#f-reason"' in text(refused)
    assert re.search(r'<option value="amy" selected', text(refused))
    done = ann.follow(ann.post(path, {"person": "amy", "reason": "出差"}))

    assert "已转办。" in done
    assert now(site_engine, held).assignee == "amy"
    acts = text(browser_of("amy").get(f"/tasks/{held.key}"))
    assert "转办给 艾示例" in acts
    assert "出差" in acts


def test_what_a_delegate_fills_in_is_the_owners_to_submit(
    held: UserTask, browser_of: Browsers, site_engine: Engine
) -> None:
    ann, amy = browser_of("ann"), browser_of("amy")
    ann.post(f"/tasks/{held.key}/do/delegate", {"person": "amy", "reason": "请核"})

    page = text(amy.get(f"/tasks/{held.key}"))
    assert "安示例 把此任务委派给您" in page
    answer = amy.follow(amy.post(f"/tasks/{held.key}/fill", {"f:amount": "12"}))
    assert "答复" in answer
    amy.post(f"/tasks/{held.key}/do/answer", {"answer": "已核"})

    page = text(ann.get(f"/tasks/{held.key}"))
    assert now(site_engine, held).assignee == "ann"
    assert 'value="12"' in page
    assert "已核" in page


def test_a_copy_says_when_it_was_read(held: UserTask, browser_of: Browsers) -> None:
    ann, amy = browser_of("ann"), browser_of("amy")
    ann.post(f"/tasks/{held.key}/do/copy", {"people": ["amy"], "text": "请阅"})
    assert "未阅" in text(ann.get(f"/tasks/{held.key}"))

    assert "核实金额" in text(amy.get("/tasks?list=copied"))
    amy.get(f"/tasks/{held.key}")

    assert "已阅" in text(ann.get(f"/tasks/{held.key}"))


def test_a_submission_is_taken_back_and_the_next_step_returns_another(
    held: UserTask, browser_of: Browsers, site_engine: Engine
) -> None:
    ann, bob = browser_of("ann"), browser_of("bob")
    ann.post(f"/tasks/{held.key}/complete", {"f:amount": "5"})
    assert open_elements(site_engine) == ["check"]
    assert f"/tasks/{held.key}/do/withdraw" in text(ann.get(f"/tasks/{held.key}"))
    ann.post(f"/tasks/{held.key}/do/withdraw", {"reason": "写错"})
    assert open_elements(site_engine) == ["ask"]

    with site_engine.reading(SYSTEM) as unit:
        (again,) = user_tasks.search(unit, UserTaskQuery()).items
    assert 'value="5"' in text(ann.get(f"/tasks/{again.key}"))
    ann.post(f"/tasks/{again.key}/complete", {"f:amount": "6"})
    with site_engine.reading(SYSTEM) as unit:
        (check,) = user_tasks.search(unit, UserTaskQuery()).items
    bob.post(f"/tasks/{check.key}/claim")
    late = text(ann.get(f"/tasks/{again.key}/do/withdraw"))
    assert "不能再撤回" in late
    page = text(bob.get(f"/tasks/{check.key}/do/return"))
    assert "核实金额" in page
    assert "上一步" in page
    bob.post(f"/tasks/{check.key}/do/return", {"step": str(again.key), "way": "straight", "reason": "补材料"})

    assert open_elements(site_engine) == ["ask"]
    assert "补材料" in text(bob.get(f"/tasks/{check.key}"))


def test_two_windows_with_one_draft_are_shown_beside_each_other(
    held: UserTask, browser_of: Browsers, site_engine: Engine
) -> None:
    ann = browser_of("ann")
    ann.post(f"/tasks/{held.key}/draft", {"f:note": "此处", "draft_version": "0"})

    other = ann.post(f"/tasks/{held.key}/draft", {"f:note": "彼处", "draft_version": "0"})

    assert other.status_code == 409
    page = text(other)
    assert "此处" in page
    assert "彼处" in page
    version = re.search(r'name="draft_version" value="(\d+)"', page)
    typed = re.search(r'name="submission" value="([^"]*)"', page)
    assert version is not None
    assert typed is not None
    kept = typed[1].replace("&#34;", '"')
    ann.post(f"/tasks/{held.key}/draft", {"submission": kept, "draft_version": version[1]})
    assert "彼处" in text(ann.get(f"/tasks/{held.key}"))


@pytest.mark.parametrize("verb", ["transfer", "delegate", "return", "copy", "recall", "answer"])
def test_who_does_not_hold_a_task_uses_none_of_its_verbs(
    held: UserTask, browser_of: Browsers, site_engine: Engine, verb: str
) -> None:
    sent = {"person": "amy", "people": "amy", "reason": "x", "answer": "x", "step": "1"}

    refused = browser_of("amy").post(f"/tasks/{held.key}/do/{verb}", sent)
    unseen = browser_of("bob").post(f"/tasks/{held.key}/do/{verb}", sent)

    assert refused.status_code in {403, 409}
    assert unseen.status_code == 404
    assert now(site_engine, held).assignee == "ann"


def test_a_signer_is_added_by_name_and_the_tally_says_who_has_signed(browser_of: Browsers, site_engine: Engine) -> None:
    for name, shown in (("amy", "艾示例"), ("ada", "阿示例")):
        site_engine.run(
            SYSTEM,
            lambda unit, name=name, shown=shown: accounts.create(unit, name, shown, PASSWORD, [("INVEST", "")]),  # type: ignore[misc]
        )
    step = builders.user_task("vote", name="会签", assignee="=person", groups="INVEST", many=True)
    site_engine.run(
        SYSTEM,
        lambda unit: deployments.deploy(
            unit, [builders.a_diagram(step, builders.line("s", "vote", "e"), process_id="v", name="v.bpmn")]
        ),
    )
    site_engine.run(SYSTEM, lambda unit: instances.start(unit, "v", {"people": ["ann", "amy"]}))
    with site_engine.reading(SYSTEM) as unit:
        (mine,) = user_tasks.search(unit, UserTaskQuery(assignee="ann")).items
    ann = browser_of("ann")

    page = text(ann.get(f"/tasks/{mine.key}/do/add_signer"))
    assert "阿示例" in page
    assert "鲍示例" not in re.sub(r'value="[^"]*"', "", page)
    done = ann.follow(ann.post(f"/tasks/{mine.key}/do/add_signer", {"person": "ada", "reason": "把关"}))

    assert "已签 0/3" in done
    assert "加签 阿示例" in done
    removing = text(ann.get(f"/tasks/{mine.key}/do/remove_signer"))
    number = re.search(r'name="signer" id="s-(\d+)"[^>]*>\s*<label[^>]*>阿示例', removing)
    assert number is not None
    ann.post(f"/tasks/{mine.key}/do/remove_signer", {"signer": number[1], "reason": "不必"})
    assert "已签 0/2" in text(ann.get(f"/tasks/{mine.key}"))
