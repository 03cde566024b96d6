"""What the three administrators do: accounts and sessions, roles, and looking up who looked at what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import regex
from flask import Flask

from service.auth import SYSTEM, accounts
from service.runtime import audit, user_tasks
from service.runtime.engine import Engine
from service.runtime.user_tasks import UserTask
from tests.web.conftest import Browser, text

PASSWORD = regex.compile(r"<code[^>]*>([^<]+)</code>")


@pytest.fixture(autouse=True)
def _administrators(site_engine: Engine) -> None:
    def create(unit: object) -> None:
        for name, role in {"sec": "SECADM", "aud": "AUDADM"}.items():
            accounts.create(unit, name, f"{name} 示例", None, [(role, "")])  # type: ignore[arg-type]

    site_engine.run(SYSTEM, create)


@pytest.fixture
def browser(app: Flask) -> Browser:
    """Somebody who signs in beside the administrators: contexts of several browsers must not be kept open."""
    return Browser(app.test_client())


def entries(engine: Engine, action: str) -> list[audit.AuditEntry]:
    with engine.reading(SYSTEM) as unit:
        return list(audit.search(unit, action=action).items)


def test_a_person_is_added_given_a_role_and_signs_in_with_the_password_shown_once(
    browser_of: Callable[[str], Browser], browser: Browser, site_engine: Engine
) -> None:
    added = text(browser_of("sam").post("/people", {"name": "new.person", "shown": "新示例"}))
    found = PASSWORD.search(added)
    assert found is not None

    page = browser_of("sec").follow(
        browser_of("sec").post("/people/new.person/roles", {"role": "INTAKE", "organ": "示例市纪委监委"})
    )
    entered = browser.sign_in("new.person", found[1])

    assert "受理登记人员，示例市纪委监委" in page
    assert entered.status_code == 303
    assert browser.get("/tasks").headers["Location"].endswith("/password")  # it holds for one sign-in
    assert found[1] not in text(browser_of("sam").get("/people/new.person"))
    assert [entry.actor for entry in entries(site_engine, "role.give")] == ["sec"]
    assert found[1] not in "".join(entry.after for entry in entries(site_engine, "account.create"))


def test_sessions_are_listed_and_ended(browser_of: Callable[[str], Browser], browser: Browser) -> None:
    browser.sign_in("ann")
    assert browser.get("/tasks").status_code == 200
    sam = browser_of("sam")

    assert "登录于" in text(sam.get("/people/ann"))
    page = sam.follow(sam.post("/people/ann/sessions/end"))

    assert "未登录" in page
    assert browser.get("/tasks").status_code == 303


def test_a_lock_is_shown_and_taken_off(browser_of: Callable[[str], Browser], browser: Browser) -> None:
    for _ in range(5):
        browser.sign_in("ann", "wrong")
    assert browser.sign_in("ann").status_code == 401
    sam = browser_of("sam")

    assert "锁定至" in text(sam.get("/people/ann"))
    sam.post("/people/ann/unlock")

    assert browser.sign_in("ann").status_code == 303


def test_a_disabled_person_is_out_at_once(browser_of: Callable[[str], Browser], browser: Browser) -> None:
    browser.sign_in("ann")
    sam = browser_of("sam")

    sam.post("/people/ann/disable")
    assert browser.get("/tasks").status_code == 303
    assert browser.sign_in("ann").status_code == 401
    sam.post("/people/ann/enable")

    assert browser.sign_in("ann").status_code == 303


def test_a_leavers_tasks_go_to_who_may_have_them(
    browser_of: Callable[[str], Browser], site_engine: Engine, a_task: Callable[[], UserTask]
) -> None:
    key = a_task().key
    ann = accounts.get
    with site_engine.reading(SYSTEM) as unit:
        actor = ann(unit, "ann").actor
    site_engine.run(actor, lambda unit: user_tasks.claim(unit, key))
    sam = browser_of("sam")

    page = sam.follow(sam.post("/people/ann/hand-over", {"to": "bob"}))

    assert "已移交 1 项任务" in page
    with site_engine.reading(SYSTEM) as unit:
        assert user_tasks.get(unit, key).assignee == "bob"
    (entry,) = entries(site_engine, "account.hand_over")
    assert '"moved":1' in entry.after.replace(" ", "")


REFUSED = [
    # who, path, form, status
    ("ann", "/people", {"name": "xx", "shown": "x"}, 403),
    ("olga", "/people/ann/roles", {"role": "OWNER", "organ": ""}, 403),
    ("sam", "/people/ann/roles", {"role": "LEAD", "organ": ""}, 403),  # the two administrators keep apart
    ("sec", "/people/ann/disable", {}, 403),
    ("sec", "/people/ann/password", {}, 403),
    ("aud", "/people/ann/sessions/end", {}, 403),
    ("sec", "/people/sec/roles", {"role": "AUDADM", "organ": ""}, 409),
    ("sam", "/people/sam/disable", {}, 409),
    ("sec", "/people/ann/roles", {"role": "SYSADM", "organ": ""}, 409),  # excludes what ann holds
    ("sec", "/people/ann/roles", {"role": "NOBODY", "organ": ""}, 422),
    ("sec", "/people/ann/roles", {"role": "LEAD", "organ": "a@b"}, 422),
    ("sec", "/people/ann/roles/take", {"role": "LEAD", "organ": ""}, 404),
    ("sam", "/people/nobody/disable", {}, 404),
    ("sam", "/people", {"name": "Bad Name", "shown": "x"}, 422),
    ("sam", "/people", {"name": "ann", "shown": "x"}, 409),
    ("sam", "/people/ann/hand-over", {"to": "nobody"}, 422),
]


@pytest.mark.parametrize(
    ("who", "path", "form", "status"),
    REFUSED,
    ids=[f"{who}{path}-{number}" for number, (who, path, *_) in enumerate(REFUSED)],
)
def test_what_is_not_theirs_is_refused_and_changes_nothing(
    browser_of: Callable[[str], Browser], site_engine: Engine, who: str, path: str, form: dict[str, str], status: int
) -> None:
    def people() -> list[accounts.Account]:
        with site_engine.reading(SYSTEM) as unit:
            return list(accounts.search(unit).items)

    before = people()

    answer = browser_of(who).post(path, form)

    assert answer.status_code == status
    assert people() == before
    if status == 403:
        (entry,) = entries(site_engine, "access.refuse")
        assert (entry.actor, entry.object_kind) == (who, "request")
        assert path in entry.after


@pytest.mark.parametrize(
    ("path", "seen_by"),
    [
        ("/people", {"sam", "sec"}),
        ("/people/ann", {"sam", "sec"}),
        ("/rights", {"sam", "sec", "aud", "olga", "otto"}),
        ("/viewings", {"sec", "aud"}),
        ("/viewings.csv", {"sec", "aud"}),
    ],
)
def test_pages_of_administration_are_theirs_alone(
    browser_of: Callable[[str], Browser], path: str, seen_by: set[str]
) -> None:
    everybody = ("ann", "bob", "olga", "otto", "sam", "sec", "aud")

    assert {name for name in everybody if browser_of(name).get(path).status_code == 200} == seen_by


def test_a_refusal_is_one_entry_and_says_by_what_door(
    browser_of: Callable[[str], Browser], site_engine: Engine, a_task: Callable[[], UserTask]
) -> None:
    key = a_task().key
    bob = browser_of("bob")

    assert bob.get(f"/tasks/{key}").status_code == 404
    assert bob.get("/tasks").status_code == 200

    (entry,) = entries(site_engine, "access.refuse")
    assert entry.actor == "bob"
    assert f"/tasks/{key}" in entry.after


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01"])
def test_a_day_that_is_none_is_said(browser_of: Callable[[str], Browser], since: str) -> None:
    answer = browser_of("aud").get(f"/viewings?since={since}")

    assert answer.status_code == 422
    assert since in text(answer)


def test_an_end_before_the_beginning_is_said(browser_of: Callable[[str], Browser]) -> None:
    assert browser_of("aud").get("/viewings?since=2026-03-02&until=2026-03-01").status_code == 422
