"""Files in a real browser: sent at once with progress, refused in words at the field, the rest of the form kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from service.auth import SYSTEM, accounts
from service.auth.actor import Actor
from service.runtime import deployments, instances, releases, user_tasks
from service.runtime.file_types import FileRules
from service.runtime.unit import UnitOfWork
from service.runtime.user_tasks import UserTaskQuery
from tests import builders
from tests.browser.conftest import Server
from tests.filling import MACRO_DOCX, PDF, PNG

PASSWORD = "Muster-wort-2026"
NAME = "关于仓库整改的说明（终稿）𠮷.pdf"
PICKER = {
    "key": "papers",
    "type": "filepicker",
    "label": "附件",
    "multiple": True,
    "accept": ".pdf,.docx,image/*",
    "validate": {"required": True},
}
VIEW = {"id": "View", "type": "documentPreview", "label": "所附材料", "dataSource": "=papers"}
ANN = Actor("ann", frozenset({"INVEST"}))


@pytest.fixture
def task(server: Server) -> int:
    """A task whose person holds it; the next one, offered to the same group, shows the files."""

    def deploy(unit: UnitOfWork) -> int:
        accounts.create(unit, "ann", "安示例", PASSWORD, [("INVEST", "")])
        diagram = builders.a_diagram(
            builders.user_task("t", name="提交材料", groups="INVEST", form="papers"),
            builders.user_task("u", name="查看材料", groups="INVEST", form="shown"),
            builders.line("s", "t", "u", "e"),
        )
        note = {"key": "note", "type": "textfield", "label": "说明"}
        files = [diagram, builders.a_form("papers", note, PICKER), builders.a_form("shown", VIEW)]
        return deployments.deploy(unit, files).deployment.key

    deployed = server.engine.run(SYSTEM, deploy)
    server.engine.run(Actor("owner", frozenset({"OWNER"})), lambda unit: releases.approve(unit, deployed))
    server.engine.run(SYSTEM, lambda unit: instances.start(unit, "p", {}))
    return claimed(server)


def claimed(server: Server) -> int:
    def use_case(unit: UnitOfWork) -> int:
        key = user_tasks.search(unit, UserTaskQuery(process_id="p")).items[0].key
        user_tasks.claim(unit, key)
        return key

    return server.engine.run(ANN, use_case)


def opened(server: Server, key: int) -> Page:
    page = server.page("ann")
    page.goto(f"{server.url}/tasks/{key}")
    page.wait_for_selector(".is-mounted")
    return page


@pytest.fixture
def papers(tmp_path: Path) -> dict[str, Path]:
    contents = {NAME: PDF, "现场照片.png": PNG, "宏.docx": MACRO_DOCX, "太大.pdf": PDF + b" " * 200_000}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in contents}


def test_a_chinese_pdf_and_a_picture_are_sent_submitted_and_shown(
    server: Server, task: int, papers: dict[str, Path]
) -> None:
    page = opened(server, task)
    page.get_by_label("说明", exact=True).fill("附两份")
    page.get_by_label("附件").set_input_files([papers[NAME], papers["现场照片.png"]])

    expect(page.locator(".files li a")).to_have_count(2)
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**/tasks")

    page = opened(server, claimed(server))
    expect(page.get_by_text("所附材料")).to_be_visible()
    expect(page.locator(".file-preview a").filter(has_text=NAME)).to_be_visible()
    picture = page.locator(".file-preview img")
    expect(picture).to_be_visible()
    assert picture.evaluate("found => found.complete && found.naturalWidth") == 4
    with page.expect_download() as download:
        page.locator(".file-preview a").filter(has_text=NAME).click()
    assert download.value.suggested_filename == NAME
    assert Path(download.value.path()).read_bytes() == PDF
    assert server.watch.violations == []
    # The small models of this test carry no drawing, which the diagram's island says.
    assert [text for text in server.watch.errors if "no diagram to display" not in text] == []


def test_a_file_that_is_not_taken_is_told_at_the_field_and_blocks_until_it_is_removed(
    server: Server, task: int, papers: dict[str, Path]
) -> None:
    server.engine.site.files = FileRules(limit=100_000)
    page = opened(server, task)
    expect(page.get_by_text("单个文件不超过")).to_be_visible()
    page.get_by_label("说明", exact=True).fill("写了很久")
    page.get_by_label("附件").set_input_files([papers["宏.docx"], papers["太大.pdf"], papers[NAME]])

    expect(page.locator(".files li.text-danger")).to_have_count(2)
    expect(page.locator(".files li").filter(has_text="宏.docx")).to_contain_text("与扩展名 .docx 不符")
    expect(page.locator(".files li").filter(has_text="太大.pdf")).to_contain_text("超过单个文件的上限")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("[data-errors]")).to_contain_text("请从列表移除")
    expect(page.get_by_label("说明", exact=True)).to_have_value("写了很久")

    # By keyboard alone.
    for name in ("宏.docx", "太大.pdf"):
        button = page.get_by_role("button", name=f"移除“{name}”")
        button.focus()
        page.keyboard.press("Enter")
        expect(button).to_have_count(0)
        assert page.evaluate("document.activeElement.type") == "file"
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**/tasks")


def test_progress_is_shown_while_a_file_is_on_its_way_and_it_can_be_cancelled(
    server: Server, task: int, papers: dict[str, Path]
) -> None:
    page = opened(server, task)
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/files/for-task/*", hold)
    page.get_by_label("附件").set_input_files([papers[NAME]])

    bar = page.get_by_role("progressbar", name=f"正在上传“{NAME}”")
    expect(bar).to_be_visible()
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("[data-errors]")).to_contain_text("请等待上传完成")
    page.get_by_role("button", name=f"取消上传“{NAME}”").click()

    expect(bar).to_have_count(0)
    page.unroute("**/files/for-task/*")
    page.get_by_label("附件").set_input_files([papers["现场照片.png"]])
    expect(page.locator(".files li a")).to_have_text(["现场照片.png"])
    page.get_by_role("button", name="移除“现场照片.png”").click()
    expect(page.locator(".files li")).to_have_count(0)


def test_a_file_outlives_leaving_the_page_in_the_draft(server: Server, task: int, papers: dict[str, Path]) -> None:
    page = opened(server, task)
    page.get_by_label("附件").set_input_files([papers[NAME]])
    expect(page.locator(".files li a")).to_have_text([NAME])
    expect(page.locator("[data-draft-status]")).to_contain_text("草稿", timeout=15_000)

    page = opened(server, task)

    expect(page.locator(".files li a")).to_have_text([NAME])
