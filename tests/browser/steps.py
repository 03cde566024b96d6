"""Steps that people take in the browser: fields of form-js, and one task from its list to its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Page, expect

from service.auth import SYSTEM
from service.runtime import instances, user_tasks
from service.runtime.unit import Actor
from service.runtime.user_tasks import UserTask, UserTaskQuery
from tests.browser.conftest import Server
from tests.processes import play


def open_tasks(server: Server) -> list[UserTask]:
    with server.engine.reading(SYSTEM) as unit:
        return list(user_tasks.search(unit, UserTaskQuery(), limit=200).items)


def person_of(server: Server, task: UserTask) -> str:
    """Return the name of the person whom a task is about; empty if it is about the case as a whole."""
    with server.engine.reading(SYSTEM) as unit:
        about = instances.variables(unit, task.key).get("subject")
        return str(about.get("name")) if isinstance(about, Mapping) else ""


def choose(page: Page, label: str, option: str, number: int = 0) -> None:
    """Pick an option of a form-js select, which opens a list of its own; `number` counts fields of one label."""
    page.locator(".fjs-form-field-select").filter(has_text=label).nth(number).locator(".fjs-input-group").click()
    page.locator(".fjs-dropdownlist-item", has_text=option).first.click()


def enter(page: Page, label: str, text: str, *, exact: bool = False) -> None:
    """Type into a date or time field of form-js, which takes the text over on Enter."""
    field = page.locator(".fjs-container").get_by_label(label, exact=exact).first
    field.fill(text)
    field.press("Enter")


def tick(page: Page, label: str, option: str, number: int = 0) -> None:
    """Pick one of the round buttons of a form-js field; `number` counts fields of one label."""
    field = page.locator(".fjs-form-field-radio").filter(has_text=label).nth(number)
    field.get_by_label(option, exact=True).check()


def someone(task: UserTask) -> str:
    access = user_tasks.access(task)
    if task.assignee:
        return task.assignee
    offered = [*sorted(access.candidate_users)]
    offered += [name for name, role in play.PEOPLE.items() if role in access.candidate_groups]
    return offered[0]


def do(
    server: Server,
    task: UserTask,
    claimed: set[str],
    answers: Mapping[str, Any] | None = None,
    by_hand: Callable[[Page], None] = lambda page: None,
) -> None:
    """Do one task in the browser; the answers were typed before and stand in a draft, the rest is done by hand.

    `answers` changes the default ones by dotted path, None takes one away. Each person claims their first task by hand.
    """
    name = someone(task)
    page = server.page(name)
    actor = Actor(name, frozenset({play.PEOPLE[name]}))
    if task.assignee is None and name not in claimed:
        claimed.add(name)
        page.goto(f"{server.url}/tasks?list=group")
        page.locator(f"#task-{task.key}").get_by_role("button", name="签收").click()
        page.wait_for_url(f"{server.url}/tasks/{task.key}")
    else:
        server.engine.run(actor, lambda unit: user_tasks.claim(unit, task.key))
    given = {**play.default_answers(task.element_id, server.clock.now()), **(answers or {})}
    draft = play.nested({path: value for path, value in given.items() if value is not None})
    server.engine.run(actor, lambda unit: user_tasks.save_draft(unit, task.key, draft))
    page.goto(f"{server.url}/tasks/{task.key}", wait_until="domcontentloaded")
    page.locator(".fjs-container").wait_for()
    expect(page.locator(".fjs-powered-by").first).to_be_visible()
    by_hand(page)
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url(f"{server.url}/tasks", wait_until="domcontentloaded")
    expect(page.get_by_role("status").first).to_contain_text("已提交")
    server.idle()
