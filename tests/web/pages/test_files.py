"""Files through the door: uploads by script and by plain form, downloads, and who gets nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
import regex

from service.auth import SYSTEM, Actor
from service.runtime import deployments, instances, user_tasks
from service.runtime.engine import Engine
from service.runtime.file_types import FileRules
from service.runtime.unit import UnitOfWork
from service.runtime.user_tasks import UserTaskQuery
from service.web.handing_out import disposition
from tests import builders
from tests.filling import MACRO_DOCX, PDF, PNG
from tests.web.conftest import Browser, text

NAME = "整改材料（一）《附件》𠮷.pdf"
FORM = (
    {"key": "note", "type": "textfield", "label": "说明", "validate": {"required": True}},
    {"key": "papers", "type": "filepicker", "label": "附件", "multiple": True, "validate": {"required": True}},
)


@pytest.fixture
def task(site_engine: Engine) -> int:
    """A task that ann holds, whose form takes files and which leads to one of bob that shows them."""

    def deploy(unit: UnitOfWork) -> int:
        diagram = builders.a_diagram(
            builders.user_task("t", name="提交", groups="INVEST", form="papers"),
            builders.user_task("u", name="查看", groups="REVIEW", form="shown"),
            builders.line("s", "t", "u", "e"),
            process_id="q",
        )
        shown = {"id": "View", "type": "documentPreview", "label": "所附", "dataSource": "=papers"}
        return deployments.deploy(
            unit, [diagram, builders.a_form("papers", *FORM), builders.a_form("shown", shown)]
        ).deployment.key

    site_engine.run(SYSTEM, deploy)
    started = site_engine.run(SYSTEM, lambda unit: instances.start(unit, "q", {}))
    with site_engine.reading(SYSTEM) as unit:
        key = user_tasks.search(unit, UserTaskQuery(instance_key=started.key)).items[0].key
    site_engine.run(Actor("ann", frozenset({"INVEST"})), lambda unit: user_tasks.claim(unit, key))
    return key


def sent(browser: Browser, task: int, content: bytes = PDF, name: str = NAME) -> Any:
    return browser.post(
        f"/files/for-task/{task}",
        {"file": (io.BytesIO(content), name), "place": "papers"},
        Accept="application/json",
    )


def next_task(engine: Engine, task: int) -> int:
    with engine.reading(SYSTEM) as unit:
        instance = user_tasks.get(unit, task).instance_key
        return user_tasks.search(unit, UserTaskQuery(instance_key=instance)).items[0].key


def test_a_file_sent_ahead_is_submitted_and_shown_to_the_next_reader(
    browser_of: Callable[[str], Browser], task: int, site_engine: Engine
) -> None:
    ann, bob = browser_of("ann"), browser_of("bob")
    reference = sent(ann, task).get_json()["reference"]

    body = json.dumps({"note": "x", "papers": [reference]})
    assert ann.post(f"/tasks/{task}/complete", {"submission": body}).status_code == 303

    following = next_task(site_engine, task)
    page = text(bob.get(f"/tasks/{following}"))
    assert NAME in page
    (address,) = set(regex.findall(r'href="(/files/[0-9a-f]{32}\?task=\d+)"', page))
    answer = bob.get(address)
    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.headers["Content-Disposition"] == disposition("attachment", NAME)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert bob.get(address.partition("?")[0]).status_code == 404
    assert browser_of("sam").get(address).status_code == 404


def test_without_scripts_files_go_with_the_form_and_stay_when_it_is_refused(
    browser_of: Callable[[str], Browser], task: int, site_engine: Engine
) -> None:
    ann = browser_of("ann")
    page = text(ann.get(f"/tasks/{task}"))
    assert 'enctype="multipart/form-data"' in page
    assert '<input class="form-control" type="file" id="f-papers" name="f:papers" multiple' in page

    refused = ann.post(f"/tasks/{task}/complete", {"f:note": "", "f:papers": (io.BytesIO(PDF), NAME)})

    assert refused.status_code == 422
    (value,) = regex.findall(r'name="f:papers" value="([0-9a-f:]+)" checked', text(refused))
    assert NAME in text(refused)
    done = ann.post(f"/tasks/{task}/complete", {"f:note": "x", "f:papers": [value, (io.BytesIO(PNG), "图.png")]})
    assert done.status_code == 303, text(done)
    with site_engine.reading(SYSTEM) as unit:
        (kept,) = [instances.variables(unit, user_tasks.get(unit, task).instance_key)["papers"]]
    assert [one["metadata"]["fileName"] for one in kept] == [NAME, "图.png"]  # type: ignore[index,union-attr,call-overload]


def test_a_forbidden_file_is_named_at_its_field_and_costs_nothing_else(
    browser_of: Callable[[str], Browser], task: int
) -> None:
    ann = browser_of("ann")

    answer = ann.post(
        f"/tasks/{task}/complete", {"f:note": "写了很久", "f:papers": (io.BytesIO(MACRO_DOCX), "宏.docx")}
    )

    assert answer.status_code == 422
    assert "“宏.docx”的内容与扩展名 .docx 不符" in text(answer)
    assert 'value="写了很久"' in text(answer)


@pytest.mark.parametrize(
    ("content", "name", "status"), [(MACRO_DOCX, "a.docx", 415), (b"", "a.pdf", 422), (b"MZ", "a.exe", 415)]
)
def test_a_script_is_told_why_a_file_is_not_taken(
    browser_of: Callable[[str], Browser], task: int, content: bytes, name: str, status: int
) -> None:
    answer = sent(browser_of("ann"), task, content, name)

    assert answer.status_code == status
    assert name in answer.get_json()["text"]


def test_a_file_above_the_limit_is_refused_before_it_is_stored(
    browser_of: Callable[[str], Browser], task: int, site_engine: Engine
) -> None:
    site_engine.site.files = FileRules(limit=1000)

    answer = sent(browser_of("ann"), task, PDF + b"x" * 2000)

    assert answer.status_code == 413
    assert "超过单个文件的上限" in answer.get_json()["text"]


def test_only_who_works_on_a_task_sends_files_for_it(browser_of: Callable[[str], Browser], task: int) -> None:
    assert sent(browser_of("bob"), task).status_code == 404
    assert sent(browser_of("olga"), task).status_code == 404
    assert browser_of("ann").post("/files/for-registration", {"file": (io.BytesIO(PDF), NAME)}).status_code == 403
    assert browser_of("ann").post("/files/for-application/1", {"file": (io.BytesIO(PDF), NAME)}).status_code == 403


def test_an_upload_can_be_taken_back_by_its_sender_alone(browser_of: Callable[[str], Browser], task: int) -> None:
    ann = browser_of("ann")
    answer = sent(ann, task).get_json()
    key = answer["reference"]["documentId"]

    assert browser_of("bob").post(f"/files/{key}/remove").status_code == 404
    assert ann.get(answer["shown"]["url"]).data == PDF
    assert ann.post(f"/files/{key}/remove").status_code == 204
    assert ann.get(answer["shown"]["url"]).status_code == 404


def test_a_preview_runs_nothing_and_is_framed_by_our_pages_alone(
    browser_of: Callable[[str], Browser], task: int
) -> None:
    ann = browser_of("ann")
    picture = sent(ann, task, PNG, "图.png").get_json()
    words = sent(ann, task, "容错".encode(), "说明.txt").get_json()

    answer = ann.get(picture["shown"]["preview"])

    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("inline;")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert words["shown"]["preview"] == ""
    assert ann.get(f"/files/{words['reference']['documentId']}/preview").status_code == 404


NAMES = {
    "plain": ("report.pdf", "attachment; filename=\"report.pdf\"; filename*=UTF-8''report.pdf"),
    "chinese": ("案卷.pdf", "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E6%A1%88%E5%8D%B7.pdf"),
    "quotes and lines": ('a"b\\c;d.pdf', "attachment; filename=\"a_b_c_d.pdf\"; filename*=UTF-8''a%22b%5Cc%3Bd.pdf"),
    "beyond the plane": ("𠮷.pdf", "attachment; filename=\"_.pdf\"; filename*=UTF-8''%F0%A0%AE%B7.pdf"),
}


@pytest.mark.parametrize(("name", "expected"), NAMES.values(), ids=NAMES)
def test_names_survive_the_header(name: str, expected: str) -> None:
    assert disposition("attachment", name) == expected
