from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

from flask import Flask

from service.auth import SYSTEM, accounts
from service.casework import demo as demo_people
from service.runtime import audit, user_tasks
from service.runtime.engine import Engine, SetClock
from service.runtime.user_tasks import UserTask, UserTaskState
from service.settings import Profile
from tests.web.conftest import PASSWORD, Browser, text


def test_a_page_leads_to_signing_in_and_back(browser: Browser) -> None:
    away = browser.get("/tasks?list=group")

    assert away.status_code == 303
    assert "/sign-in?back=" in away.headers["Location"]
    inside = browser.post("/sign-in", {"name": "ann", "password": PASSWORD, "back": "/tasks?list=group"})
    assert inside.headers["Location"] == "/tasks?list=group"


def test_no_other_host_can_be_gone_back_to(browser: Browser) -> None:
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        answer = browser.post("/sign-in", {"name": "ann", "password": PASSWORD, "back": target})
        assert answer.headers["Location"] == "/"
        browser.post("/sign-out")


def test_wrong_passwords_lock_the_account_and_say_so(browser: Browser, clock: SetClock) -> None:
    for _ in range(5):
        refused = browser.sign_in("ann", "wrong")
        assert refused.status_code == 401

    locked = browser.sign_in("ann")
    assert locked.status_code == 401
    assert "分钟后再试" in text(locked)

    clock.advance(timedelta(minutes=16))
    assert browser.sign_in("ann").status_code == 303


def test_signing_in_and_out_leaves_entries_in_the_audit_log(browser: Browser, site_engine: Engine) -> None:
    browser.sign_in("ann", "wrong")
    browser.sign_in("ann")
    browser.post("/sign-out")

    with site_engine.reading(SYSTEM) as unit:
        actions = [entry.action for entry in audit.search(unit, object_kind="user").items]
    assert actions == ["session.close", "session.open", "session.refuse"]
    assert browser.get("/tasks").status_code == 303


def hidden_fields(page: str, names: str = r"\w+") -> dict[str, str]:
    """Return what a page carries along unseen, without its token."""
    pattern = rf'name="({names})"(?: value="([^"]*)"|>\n(.*?)</textarea>)'
    found = re.findall(pattern, page.partition("<main")[2], re.S)
    return {name: unescape(value or inner) for name, value, inner in found if name != "csrf_token"}


def kept_fields(page: str) -> dict[str, str]:
    return hidden_fields(page, r'kept[:_][^"]*')


def test_what_was_typed_in_a_task_outlives_the_session(
    browser: Browser, clock: SetClock, a_task: Callable[[], UserTask], site_engine: Engine
) -> None:
    task = a_task()
    browser.sign_in("ann")
    browser.post(f"/tasks/{task.key}/claim")
    clock.advance(timedelta(hours=2))

    sent = browser.post(f"/tasks/{task.key}/complete", {"f:amount": "12", "f:note": "写了很久\n的话 <b>"})
    asked = browser.post(sent.headers["Location"], {"f:amount": "12", "f:note": "写了很久\n的话 <b>"})
    wrong = browser.post("/sign-in", {"name": "ann", "password": "wrong", **kept_fields(text(asked))})
    again = browser.post("/sign-in", {"name": "ann", "password": PASSWORD, **kept_fields(text(wrong))})
    page = browser.follow(again)

    assert (sent.status_code, asked.status_code, wrong.status_code) == (307, 401, 401)
    assert again.headers["Location"] == f"/tasks/{task.key}"
    assert "已存为草稿" in page
    assert "写了很久\n的话 &lt;b&gt;" in page or "写了很久 的话 &lt;b&gt;" in page
    with site_engine.reading(SYSTEM) as unit:
        assert user_tasks.get(unit, task.key).state is UserTaskState.CREATED


def test_somebody_else_who_signs_in_gets_no_draft_of_it(
    browser: Browser, clock: SetClock, a_task: Callable[[], UserTask]
) -> None:
    task = a_task()
    browser.sign_in("ann")
    browser.post(f"/tasks/{task.key}/claim")
    clock.advance(timedelta(hours=2))
    asked = browser.post(f"/sign-in/kept?to=/tasks/{task.key}/complete", {"f:amount": "12"})

    other = browser.post("/sign-in", {"name": "bob", "password": PASSWORD, **kept_fields(text(asked))})

    assert browser.get(other.headers["Location"]).status_code == 404
    assert "草稿" not in text(browser.get("/"))


def test_another_form_is_sent_on_by_the_person(browser: Browser, clock: SetClock) -> None:
    browser.sign_in("ann")
    clock.advance(timedelta(hours=2))
    asked = browser.post("/sign-in/kept?to=/cases/new", {"f:case.title": "标题"})

    page = text(browser.post("/sign-in", {"name": "ann", "password": PASSWORD, **kept_fields(text(asked))}))

    assert "现在提交" in page
    assert 'action="/cases/new"' in page
    assert "标题" in page


def test_a_form_goes_to_no_other_host(browser: Browser) -> None:
    asked = text(browser.post("/sign-in/kept?to=//evil.example/x", {"f:a": "b"}))

    assert "evil.example" not in asked
    assert "kept" not in asked


def test_an_open_page_learns_who_is_signed_in_and_the_token_of_its_forms(browser: Browser) -> None:
    before = browser.get("/session.json").get_json()
    browser.sign_in("ann")
    after = browser.get("/session.json").get_json()

    assert before["name"] is None
    assert after["name"] == "ann"
    assert browser.client.post("/notices/read", data={"csrf_token": after["token"]}).status_code == 303


def test_a_session_ends_by_idleness(browser: Browser, clock: SetClock) -> None:
    browser.sign_in("ann")
    assert browser.get("/tasks").status_code == 200

    clock.advance(timedelta(minutes=31))

    assert browser.get("/tasks").status_code == 303


def test_a_form_without_the_pages_token_is_refused(browser: Browser) -> None:
    answer = browser.client.post("/sign-in", data={"name": "ann", "password": PASSWORD})

    assert answer.status_code == 400
    assert browser.get("/tasks").status_code == 303


def test_whoever_must_change_the_password_does_nothing_else_first(browser: Browser, site_engine: Engine) -> None:
    site_engine.run(SYSTEM, lambda unit: accounts.reset_password(unit, "ann", "Another-pass-1"))
    browser.sign_in("ann", "Another-pass-1")

    assert browser.get("/tasks").headers["Location"] == "/password"
    short = browser.post("/password", {"old": "Another-pass-1", "new": "short", "again": "short"})
    assert short.status_code == 422
    differing = browser.post("/password", {"old": "Another-pass-1", "new": "Third-pass-12", "again": "Third-pass-13"})
    assert "不一致" in text(differing)
    done = browser.post("/password", {"old": "Another-pass-1", "new": "Third-pass-12", "again": "Third-pass-12"})
    assert done.status_code == 303
    assert browser.sign_in("ann", "Third-pass-12").status_code == 303
    assert browser.get("/tasks").status_code == 200


def test_the_language_is_a_choice_that_stays(browser: Browser) -> None:
    assert '<html lang="zh-CN">' in text(browser.get("/sign-in"))

    browser.post("/language", {"language": "en", "back": "/sign-in"})

    page = text(browser.get("/sign-in"))
    assert '<html lang="en">' in page
    assert "Password" in page


def test_a_demonstration_offers_its_people_and_answers_loopback_names_alone(
    make_app: Callable[..., Flask], site_engine: Engine
) -> None:
    person = demo_people.people()[0]
    site_engine.run(SYSTEM, lambda unit: accounts.create(unit, person.name, person.display_name, demo_people.PASSWORD))
    demo = make_app(Profile.DEMO).test_client()
    production = make_app().test_client()

    assert person.display_name in text(demo.get("/sign-in"))
    assert person.display_name not in text(production.get("/sign-in"))
    assert demo.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400
