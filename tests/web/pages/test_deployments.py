from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from service.auth import SYSTEM
from service.runtime import deployments
from service.runtime.engine import Engine, SetClock
from service.worker import run_until_idle
from tests import builders
from tests.web.conftest import Browser, models, text

Browsers = Callable[[str], Browser]


def files(*resources: deployments.Resource) -> dict[str, object]:
    return {"resources": [(io.BytesIO(found.content), found.name) for found in resources], "name": "试部署"}


def test_files_are_uploaded_and_every_version_can_be_fetched_back(browser_of: Browsers) -> None:
    olga = browser_of("olga")
    changed = builders.a_form("f", {"key": "amount", "type": "number", "label": "金额（元）"})

    page = olga.follow(olga.post("/deployments", files(changed)))

    assert "已部署并生效" in page
    assert "试部署" in page
    versions = text(olga.get("/deployments/form/f"))
    assert "/deployments/form/f/2" in versions
    download = versions.split('href="/deployments/files/')[1].split('"')[0]
    fetched = olga.get(f"/deployments/files/{download}")
    assert fetched.data == changed.content
    assert "filename*=UTF-8''" in fetched.headers["Content-Disposition"]


def test_the_same_files_bring_no_new_version(browser_of: Browsers) -> None:
    olga = browser_of("olga")

    page = olga.follow(olga.post("/deployments", files(*models())))

    assert "沿用原版本" in page


def test_a_refused_deployment_names_file_element_and_property(browser_of: Browsers, site_engine: Engine) -> None:
    olga = browser_of("olga")
    broken = builders.a_diagram(
        builders.user_task("ask", name="核实", groups="INVEST", form="missing"), builders.line("s", "ask", "e")
    )

    refused = olga.post("/deployments", files(broken))

    page = text(refused)
    assert refused.status_code == 422
    assert "ask" in page
    assert "missing" in page
    with site_engine.reading(SYSTEM) as unit:
        assert len(deployments.history(unit).items) == 1


def send(person: Browser, content: bytes) -> TestResponse:
    """Send a file of any size: the test client would put a large one into a file that it leaves open."""
    head = 'Content-Disposition: form-data; name="resources"; filename="a.bpmn"\r\n\r\n'
    token = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{person.token()}\r\n'
    body = f"{token}--x\r\n{head}".encode() + content + b"\r\n--x--\r\n"
    return person.client.post(
        "/deployments", data=body, content_type="multipart/form-data; boundary=x", headers={"Accept-Language": "zh-CN"}
    )


def test_the_limits_shown_are_those_that_are_kept(browser_of: Browsers) -> None:
    olga = browser_of("olga")
    told = text(olga.get("/deployments"))
    largest, whole = (int(number) for number in re.findall(r"不超过 (\d+) MB", told))

    too_large = send(olga, b" " * (largest * 2**20 + 1))
    far_too_large = send(olga, b" " * (whole * 2**20 + 1))

    assert (too_large.status_code, far_too_large.status_code) == (413, 413)
    assert f"{largest}.1 MB，最多 {largest} MB" in text(too_large)
    assert f"超过 {whole} MB" in text(far_too_large)


def test_broken_and_hostile_files_are_refused_with_words(browser_of: Browsers) -> None:
    olga = browser_of("olga")
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'

    for name, content in (
        ("broken.bpmn", b"<bpmn:definitions>"),
        ("bomb.bpmn", bomb),
        ("bomb.dmn", bomb),
        ("broken.form", b"{"),
        ("script.exe", b"MZ"),
        ("../../etc/passwd.form", b"{"),
    ):
        refused = olga.post("/deployments", files(deployments.Resource(name, content)))
        assert refused.status_code == 422, name
        assert name.rsplit("/", 1)[-1] in text(refused)


def test_too_large_a_file_is_refused_before_it_is_read(browser_of: Browsers) -> None:
    olga = browser_of("olga")

    refused = olga.client.post(
        "/deployments", data=b" " * (25 * 1024 * 1024), content_type="multipart/form-data; boundary=x"
    )

    assert refused.status_code == 413
    assert "24 MB" in text(refused)


def test_only_process_owners_deploy(browser_of: Browsers) -> None:
    ann = browser_of("ann")

    assert ann.post("/deployments", files(*models())).status_code == 403
    assert ann.get("/deployments").status_code == 200
    assert 'name="resources"' not in text(ann.get("/deployments"))


CHANGED = builders.a_form("f", {"key": "amount", "type": "number", "label": "金额（元）"})


def waiting(browser: Browser) -> str:
    """Deploy a changed form and return where it is shown."""
    return browser.post("/deployments", files(CHANGED)).headers["Location"]


def test_a_waiting_deployment_is_let_in_by_somebody_else(browser_of: Browsers, site_engine: Engine) -> None:
    site_engine.site.second_person = True
    olga, otto = browser_of("olga"), browser_of("otto")
    waiting(olga)
    place = waiting(olga)  # sent twice: the second one means the version that waits
    assert "待复核" in text(olga.get(place))
    assert "这是您部署的" in text(olga.get(place))
    assert olga.post(f"{place}/decision", {"decision": "release"}).status_code == 403

    shown = text(otto.get(place))
    assert 'name="effective_on"' in shown
    assert otto.post(f"{place}/decision", {"decision": "release"}).status_code == 303

    assert "现行" in text(otto.get(place))
    assert "/deployments/form/f/2" in text(otto.get("/deployments"))


def test_who_decides_sees_what_changes_against_the_version_in_force(browser_of: Browsers, site_engine: Engine) -> None:
    site_engine.site.second_person = True
    place = waiting(browser_of("olga"))

    page = text(browser_of("otto").get(place))

    assert "第 2 版，现行为第 1 版" in page
    assert "金额（元）" in page


def test_a_deployment_is_approved_for_a_day(browser_of: Browsers, site_engine: Engine, clock: SetClock) -> None:
    site_engine.site.second_person = True
    olga, otto = browser_of("olga"), browser_of("otto")
    place = waiting(olga)
    day = clock.now().date() + timedelta(days=2)

    told = otto.follow(otto.post(f"{place}/decision", {"decision": "release", "effective_on": day.isoformat()}))

    assert f"{day:%Y-%m-%d}" in told or f"{day.year}年{day.month}月{day.day}日" in told
    assert "已同意，待生效" in text(olga.get(place))
    assert "/deployments/form/f/2" not in text(olga.get("/deployments")).split("group-3")[1].split("</table>")[0]
    clock.advance(timedelta(days=2))
    run_until_idle(site_engine)
    assert "现行" in text(browser_of("olga").get(place))


@pytest.mark.parametrize("sent", [{"decision": "refuse", "reason": " "}, {"decision": "release", "effective_on": "x"},
                                  {"decision": "release", "effective_on": "2020-01-01"}])  # fmt: skip
def test_a_decision_that_cannot_be_is_said_so(browser_of: Browsers, site_engine: Engine, sent: dict[str, str]) -> None:
    site_engine.site.second_person = True
    place = waiting(browser_of("olga"))

    assert browser_of("otto").post(f"{place}/decision", sent).status_code == 422
    assert "待复核" in text(browser_of("olga").get(place))


def test_the_reason_of_a_refusal_stands_on_the_page(browser_of: Browsers, site_engine: Engine) -> None:
    site_engine.site.second_person = True
    olga = browser_of("olga")
    place = waiting(olga)

    browser_of("otto").post(f"{place}/decision", {"decision": "refuse", "reason": "字段名不对"})

    assert "字段名不对" in text(olga.get(place))
