"""Modelled forms in a real browser: what is chosen is shown, what is typed outlives leaving and the session."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from service.auth import SYSTEM, accounts, sessions
from service.auth.actor import Actor
from service.runtime import deployments, instances, releases, user_tasks
from service.runtime.unit import UnitOfWork
from service.runtime.user_tasks import UserTaskQuery
from service.web.request import COOKIE
from tests import builders
from tests.browser.conftest import Server

PASSWORD = "Muster-wort-2026"
FIELDS = (
    {"key": "note", "type": "textfield", "label": "说明"},
    {
        "key": "level",
        "type": "select",
        "label": "层级",
        "values": [{"label": "市", "value": "city"}, {"label": "县区", "value": "county"}],
    },
)


def an_open_task(server: Server) -> int:
    """Return a task that its person, who has a password, holds."""

    def deploy(unit: UnitOfWork) -> int:
        accounts.create(unit, "ann", "安示例", PASSWORD, [("INVEST", "")])
        diagram = builders.a_diagram(
            builders.user_task("t", name="核实", groups="INVEST", form="notes"), builders.line("s", "t", "e")
        )
        return deployments.deploy(unit, [diagram, builders.a_form("notes", *FIELDS)]).deployment.key

    def start(unit: UnitOfWork) -> int:
        started = instances.start(unit, "p", {})
        return user_tasks.search(unit, UserTaskQuery(instance_key=started.key)).items[0].key

    deployed = server.engine.run(SYSTEM, deploy)
    server.engine.run(Actor("owner", frozenset({"OWNER"})), lambda unit: releases.approve(unit, deployed))
    key = server.engine.run(SYSTEM, start)
    server.engine.run(Actor("ann", frozenset({"INVEST"})), lambda unit: user_tasks.claim(unit, key))
    return key


def opened(server: Server, key: int) -> Page:
    page = server.page("ann")
    page.goto(f"{server.url}/tasks/{key}")
    page.wait_for_selector(".is-mounted")
    return page


def wait_for_draft(server: Server, page: Page, key: int) -> None:
    """The browser sends it behind the page that was left, and reports it to nobody."""
    for _ in range(50):
        with server.engine.reading(Actor("ann", frozenset({"INVEST"}))) as unit:
            if user_tasks.draft(unit, key) is not None:
                return
        page.wait_for_timeout(100)
    raise AssertionError("no draft was saved")


def end_session(server: Server, page: Page) -> None:
    (token,) = [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == COOKIE]
    server.engine.run(SYSTEM, lambda unit: sessions.close(unit, token))


def test_a_choice_shows_what_was_chosen_and_the_hint_when_it_is_taken_back(server: Server) -> None:
    page = opened(server, an_open_task(server))
    shown = page.locator(".fjs-select-display")

    expect(shown).to_have_text("请选择")
    page.locator(".fjs-input-group").last.click()
    page.get_by_text("县区").click()

    expect(shown).to_have_text("县区")
    page.locator(".fjs-select-cross").click()
    expect(shown).to_have_text("请选择")


def test_leaving_at_once_keeps_what_was_typed(server: Server) -> None:
    key = an_open_task(server)
    page = opened(server, key)

    page.get_by_label("说明").fill("马上离开")
    page.goto(f"{server.url}/notices")
    wait_for_draft(server, page, key)

    page = opened(server, key)
    expect(page.get_by_label("说明")).to_have_value("马上离开")


def test_a_session_that_ends_while_a_form_is_open_costs_nothing(server: Server) -> None:
    key = an_open_task(server)
    page = opened(server, key)
    page.get_by_label("说明").fill("写了很久")
    end_session(server, page)

    page.get_by_role("button", name="提交").click()
    page.get_by_role("button", name="重新登录").first.click()
    page.get_by_label("用户名").fill("ann")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()

    page.wait_for_url(f"**/tasks/{key}")
    page.wait_for_selector(".is-mounted")
    expect(page.get_by_label("说明")).to_have_value("写了很久")


def test_signing_in_in_another_tab_lets_the_open_form_go_on(server: Server) -> None:
    key = an_open_task(server)
    page = opened(server, key)
    page.get_by_label("说明").fill("另一个标签页")
    end_session(server, page)
    other = page.context.new_page()
    other.goto(f"{server.url}/sign-in")
    other.get_by_label("用户名").fill("ann")
    other.get_by_label("密码").fill(PASSWORD)
    other.get_by_role("button", name="登录").click()
    other.wait_for_url(f"{server.url}/")
    other.close()

    page.get_by_role("button", name="提交").click()

    page.wait_for_url("**/tasks")
    expect(page.get_by_text("已提交：核实")).to_be_visible()
