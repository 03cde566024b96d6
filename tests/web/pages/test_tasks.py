from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from service.auth import SYSTEM, accounts
from service.runtime import decisions, deployments, history, instances, user_tasks
from service.runtime.engine import Engine, SetClock
from service.runtime.user_tasks import UserTask, UserTaskQuery, UserTaskState
from tests import builders
from tests.web.conftest import Browser, text

Browsers = Callable[[str], Browser]
Tasks = Callable[[], UserTask]


def state(engine: Engine, task: UserTask) -> UserTaskState:
    with engine.reading(SYSTEM) as unit:
        return user_tasks.get(unit, task.key).state


def variables(engine: Engine, task: UserTask) -> dict[str, str]:
    with engine.reading(SYSTEM) as unit:
        return {row.name: row.value for row in history.variables(unit, instance_key=task.instance_key)}


def test_a_task_is_claimed_filled_and_submitted_with_plain_fields(
    browser_of: Browsers, a_task: Tasks, site_engine: Engine
) -> None:
    task, ann = a_task(), browser_of("ann")

    assert "核实金额" in text(ann.get("/tasks?list=group"))
    page = ann.follow(ann.post(f"/tasks/{task.key}/claim"))
    assert 'name="f:amount"' in page
    done = ann.post(f"/tasks/{task.key}/complete", {"f:amount": "12.30", "f:note": "无"})

    assert "已提交：核实金额" in ann.follow(done)
    assert state(site_engine, task) is UserTaskState.COMPLETED
    assert variables(site_engine, task)["amount"] == "12.30"
    finished = text(ann.get(f"/tasks/{task.key}"))
    assert "12.30" in finished
    assert "核实金额" in text(ann.get("/tasks?list=done"))


def test_what_the_server_refuses_is_named_at_its_field_and_stays_typed(
    browser_of: Browsers, a_task: Tasks, site_engine: Engine
) -> None:
    task, ann = a_task(), browser_of("ann")
    ann.post(f"/tasks/{task.key}/claim")

    refused = ann.post(f"/tasks/{task.key}/complete", {"f:amount": "5000", "f:note": "写下的话"})

    page = text(refused)
    assert refused.status_code == 422
    assert "1 处需要修改" in page
    assert 'href="#f-amount"' in page
    assert 'value="5000"' in page
    assert "写下的话" in page
    assert state(site_engine, task) is UserTaskState.CREATED


def test_who_comes_second_reads_the_task_and_who_holds_it(
    browser_of: Browsers, a_task: Tasks, site_engine: Engine
) -> None:
    site_engine.run(SYSTEM, lambda unit: accounts.create(unit, "amy", "艾示例", "Muster-wort-2026", [("INVEST", "")]))
    task, ann, amy = a_task(), browser_of("ann"), browser_of("amy")
    ann.post(f"/tasks/{task.key}/claim")

    page = amy.follow(amy.post(f"/tasks/{task.key}/claim"))

    assert "安示例 已签收此任务" in page
    assert "核实金额" in page


def test_who_only_reads_a_form_reads_labels_and_moments(browser_of: Browsers, site_engine: Engine) -> None:
    form = builders.a_form(
        "when",
        {"key": "", "type": "text", "text": "**要点** 其余"},
        {
            "key": "at",
            "label": "",
            "type": "datetime",
            "subtype": "datetime",
            "dateLabel": "取证时间",
            "timeLabel": "时间",
        },
    )
    diagram = builders.process(
        builders.user_task("t", groups="INVEST", form="when"), builders.line("s", "t", "e"), process_id="when"
    )
    files = [deployments.Resource("when.bpmn", diagram), form]
    site_engine.run(SYSTEM, lambda unit: deployments.deploy(unit, files))
    started = site_engine.run(SYSTEM, lambda unit: instances.start(unit, "when", {"at": "2026-03-02T08:30+08:00"}))
    with site_engine.reading(SYSTEM) as unit:
        (task,) = user_tasks.search(unit, UserTaskQuery(instance_key=started.key)).items

    page = text(browser_of("ann").get(f"/tasks/{task.key}"))

    assert "<dt>取证时间</dt>" in page
    assert "2026-03-02 08:30" in page
    assert "要点 其余" in page
    assert "**" not in page


def test_the_viewer_gets_problems_by_path(browser_of: Browsers, a_task: Tasks) -> None:
    task, ann = a_task(), browser_of("ann")
    ann.post(f"/tasks/{task.key}/claim")

    refused = ann.post(f"/tasks/{task.key}/complete", {"submission": '{"amount": 5000}'}, Accept="application/json")

    assert refused.status_code == 422
    (problem,) = refused.get_json()["fields"]
    assert (problem["path"], problem["label"]) == ("amount", "金额")
    assert "1000" in problem["messages"][0]


@pytest.mark.parametrize("submission", ["", "{", "[1]", '"x"', '{"amount": NaN}'])
def test_a_submission_that_is_no_json_object_is_refused(
    browser_of: Browsers, a_task: Tasks, site_engine: Engine, submission: str
) -> None:
    task, ann = a_task(), browser_of("ann")
    ann.post(f"/tasks/{task.key}/claim")

    refused = ann.post(f"/tasks/{task.key}/complete", {"submission": submission}, Accept="application/json")

    assert refused.status_code == 422
    assert state(site_engine, task) is UserTaskState.CREATED


def test_fields_that_the_form_does_not_have_are_refused(
    browser_of: Browsers, a_task: Tasks, site_engine: Engine
) -> None:
    task, ann = a_task(), browser_of("ann")
    ann.post(f"/tasks/{task.key}/claim")

    refused = ann.post(
        f"/tasks/{task.key}/complete", {"submission": '{"amount": 5, "size": "large"}'}, Accept="application/json"
    )

    assert refused.status_code == 422
    assert "size" not in variables(site_engine, task)


def test_submitting_twice_has_the_effect_of_one(browser_of: Browsers, a_task: Tasks, site_engine: Engine) -> None:
    task, ann = a_task(), browser_of("ann")
    ann.post(f"/tasks/{task.key}/claim")
    sent = {"f:amount": "12", "idempotency_key": "once"}

    first = ann.post(f"/tasks/{task.key}/complete", sent)
    second = ann.post(f"/tasks/{task.key}/complete", sent)
    third = ann.post(f"/tasks/{task.key}/complete", {"f:amount": "13", "idempotency_key": "other"})

    assert (first.status_code, second.status_code, third.status_code) == (303, 303, 409)
    assert first.headers["Location"] == second.headers["Location"]
    assert variables(site_engine, task)["amount"] == "12"


def test_a_task_that_changed_meanwhile_is_not_submitted_but_kept(
    browser_of: Browsers, a_task: Tasks, site_engine: Engine
) -> None:
    task, ann = a_task(), browser_of("ann")
    ann.post(f"/tasks/{task.key}/claim")

    answer = ann.post(f"/tasks/{task.key}/complete", {"f:amount": "12", "revision": "an older one"})

    assert answer.status_code == 409
    assert state(site_engine, task) is UserTaskState.CREATED
    assert 'value="12"' in text(ann.get(f"/tasks/{task.key}"))


def test_a_draft_survives_signing_out(browser_of: Browsers, a_task: Tasks) -> None:
    task, ann = a_task(), browser_of("ann")
    ann.post(f"/tasks/{task.key}/claim")

    saved = ann.post(f"/tasks/{task.key}/draft", {"submission": '{"note": "未完"}'}, Accept="application/json")

    assert "草稿已保存" in saved.get_json()["text"]
    ann.post("/sign-out")
    again = browser_of("ann")
    assert "未完" in text(again.get(f"/tasks/{task.key}"))
    assert json.loads(text(again.get(f"/tasks/{task.key}/form.json")))["data"]["note"] == "未完"


def test_a_task_of_another_group_and_a_forged_key_look_alike(browser_of: Browsers, a_task: Tasks) -> None:
    task, bob = a_task(), browser_of("bob")

    for key in (task.key, 999_999_999):
        for answer in (
            bob.get(f"/tasks/{key}"),
            bob.get(f"/tasks/{key}/form.json"),
            bob.get(f"/tasks/{key}/diagram.json"),
            bob.post(f"/tasks/{key}/claim"),
            bob.post(f"/tasks/{key}/draft", {"f:amount": "1"}),
            bob.post(f"/tasks/{key}/complete", {"f:amount": "1"}),
        ):
            assert answer.status_code == 404


def test_the_loser_of_two_claims_is_told(browser_of: Browsers, a_task: Tasks) -> None:
    task, ann = a_task(), browser_of("ann")
    ann.post(f"/tasks/{task.key}/claim")
    ann.post(f"/tasks/{task.key}/release")
    ann.post(f"/tasks/{task.key}/claim")

    assert browser_of("sam").post(f"/tasks/{task.key}/claim").status_code == 404
    assert ann.post(f"/tasks/{task.key}/claim").status_code == 303


def test_a_released_task_is_offered_again(browser_of: Browsers, a_task: Tasks) -> None:
    task, ann = a_task(), browser_of("ann")
    ann.post(f"/tasks/{task.key}/claim")

    page = ann.follow(ann.post(f"/tasks/{task.key}/release"))

    assert "已释放" in page
    assert f'id="task-{task.key}"' in page


def test_the_diagram_tells_where_it_stands_and_the_steps_say_so_in_words(browser_of: Browsers, a_task: Tasks) -> None:
    task, ann = a_task(), browser_of("ann")

    found = json.loads(text(ann.get(f"/tasks/{task.key}/diagram.json")))

    assert found["xml"].startswith("<?xml")
    assert found["states"]["ask"] == {"state": "current", "times": 1}
    assert found["states"]["s"]["state"] == "done"
    assert "进行中" in text(ann.get(f"/tasks/{task.key}"))


def test_a_judgement_stands_beside_the_next_task_with_its_rule(browser_of: Browsers, a_task: Tasks) -> None:
    task, ann, bob = a_task(), browser_of("ann"), browser_of("bob")
    ann.post(f"/tasks/{task.key}/claim")
    ann.post(f"/tasks/{task.key}/complete", {"f:amount": "12"})

    page = text(bob.get("/tasks?list=group"))
    key = re.findall(r'id="task-(\d+)"', page)[0]
    shown = text(bob.get(f"/tasks/{key}"))

    assert "判定说明" in shown
    assert "已命中" in shown
    assert re.search(r"结果的由来.*命中第 \d+ 条规则", shown, re.DOTALL)
    assert "/decisions/evaluations/" in shown


def test_a_trial_can_be_opened_again_by_whoever_made_it(browser_of: Browsers, site_engine: Engine) -> None:
    olga = browser_of("olga")
    olga.post("/decisions/d", {"in:amount": "12"})
    with site_engine.reading(SYSTEM) as unit:
        (row,) = decisions.evaluations(unit, decision_id="d").items

    page = text(olga.get(f"/decisions/evaluations/{row.key}"))

    assert page.count('class="is-matched"') == 1
    assert 'value="12"' in page
    assert re.search(r"结果的由来.*命中第 \d+ 条规则", page, re.DOTALL)
    assert browser_of("otto").get(f"/decisions/evaluations/{row.key}").status_code == 404


def test_lists_come_in_pages_and_keep_their_filters(browser_of: Browsers, a_task: Tasks) -> None:
    for _ in range(52):
        a_task()
    ann = browser_of("ann")

    first = text(ann.get("/tasks?list=group&text=核实"))

    assert first.count('id="task-1') + first.count('id="task-2') >= 1
    assert first.count("<tr id=") == 50
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "list=group" in following
    assert text(ann.get(following)).count("<tr id=") == 2
    assert ann.get("/tasks?list=group&after=nonsense").status_code == 422


def test_a_fragment_is_the_same_page(browser_of: Browsers, a_task: Tasks) -> None:
    a_task()
    ann = browser_of("ann")

    part = text(ann.get("/tasks?list=group", HX_Request="true"))

    assert "核实金额" in part
    assert "<html" not in part


def test_a_list_that_refreshes_itself_keeps_no_session_alive(browser_of: Browsers, clock: SetClock) -> None:
    ann = browser_of("ann")

    for _ in range(3):
        clock.advance(timedelta(minutes=11))
        answer = ann.get("/tasks", HX_Request="true")

    assert answer.status_code == 401
    assert "<html" not in text(answer)
    assert "请先登录" in text(answer)
