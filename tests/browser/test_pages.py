"""Every page at both widths: nothing breaks the policy, nothing is wider than the screen, islands are drawn."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from service.casework import case_files
from service.runtime.unit import Actor, UnitOfWork
from tests.browser.conftest import Server
from tests.processes import play

INTAKE = Actor("intake", frozenset({"INTAKE"}))

PAGES = [
    (None, "/sign-in"),
    (None, "/about"),
    ("lead", "/"),
    ("lead", "/tasks?list=group"),
    ("lead", "/cases"),
    ("lead", "/cases/{case}"),
    ("lead", "/cases/{case}?tab=progress"),
    ("lead", "/cases/{case}?tab=timeline"),
    ("lead", "/cases/{case}?tab=judgements"),
    ("lead", "/cases/{case}?tab=deadlines"),
    ("lead", "/cases/{case}?tab=submissions"),
    ("lead", "/rectification"),
    ("lead", "/decisions"),
    ("lead", "/decisions/D7"),
    ("lead", "/decisions/D7/graph"),
    ("owner", "/deployments"),
    ("owner", "/calendar"),
    ("owner", "/calendar/2026"),
    ("lead", "/deployments/process/rc-subject"),
    ("lead", "/notices"),
    ("lead", "/help"),
    ("lead", "/docs"),
    ("lead", "/nothing"),
    ("intake", "/cases/new"),
    ("subject", "/applications"),
    ("subject", "/applications/{case}"),
    ("subject", "/applications/{case}/apply"),
]


@pytest.mark.parametrize("width", [1280, 320])
def test_pages_keep_to_the_policy_and_to_the_screen(server: Server, width: int) -> None:
    def register(unit: UnitOfWork) -> int:
        return case_files.register(unit, play.a_registration()).key

    case = server.engine.run(INTAKE, register)
    server.idle()
    wide = []

    for name, path in PAGES:
        page = server.page(name, width)
        page.goto(server.url + path.format(case=case))
        page.wait_for_load_state("networkidle")
        for island in page.locator("[data-island]").all():
            island.scroll_into_view_if_needed()
        expect(page.locator("[data-island]:not([data-mounted])")).to_have_count(0, timeout=45_000)
        expect(page.locator("h1")).to_have_count(1)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)

    assert wide == []
    assert server.watch.violations == []
    assert server.watch.errors == []


def test_a_task_works_with_scripts_switched_off(server: Server) -> None:
    context = server.browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()

    page.goto(f"{server.url}/cases/new")

    expect(page.get_by_role("heading", level=1)).to_contain_text("容错纠错")
    context.close()
