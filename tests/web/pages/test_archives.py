"""Archives on the pages: asked for by one, agreed to by another, handed out to who may have them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from urllib.parse import unquote

import pytest

from service.auth import SYSTEM
from service.casework import verify_archive
from service.runtime import audit
from service.runtime.engine import Engine
from tests.web.conftest import Browser, text
from tests.web.pages.test_documents import key, models, site_engine

__all__ = ["key", "models", "site_engine"]  # fixtures

Browsers = Callable[[str], Browser]


def asked(browser_of: Browsers, key: int, kind: str = "archive") -> str:
    """Return the address at which the request is decided, as the head of the investigation sees it."""
    archive = browser_of("archive")
    archive.follow(archive.post(f"/cases/{key}/archives", {"kind": kind, "reason": "年度归档"}))
    page = text(browser_of("lead").get(f"/cases/{key}?tab=archives"))
    [address] = [part.split('"')[0] for part in page.split('action="')[1:] if part.startswith("/archives/")]
    return address


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_an_archive_is_asked_for_agreed_to_and_proves_itself(
    browser_of: Browsers, key: int, site_engine: Engine, language: str
) -> None:
    address = asked(browser_of, key)
    lead, archive = browser_of("lead"), browser_of("archive")
    archive.language = language

    agreed = lead.follow(lead.post(address, {"decision": "approve"}))
    got = archive.post(f"{address}.zip")
    again = archive.post(f"{address}.zip")

    assert "已同意" in agreed
    assert f"{address}.zip" not in agreed
    assert got.data == again.data
    manifest = verify_archive.verify(io.BytesIO(got.data))
    with zipfile.ZipFile(io.BytesIO(got.data)) as file:
        assert "登记" in file.read("目录.html").decode() or "示例案件" in file.read("目录.html").decode()
        assert "任务到达" in file.read("时间线.html").decode()
        assert "张示例" in file.read("记录.html").decode()
    assert "归档案卷.zip" in unquote(got.headers["Content-Disposition"])
    assert manifest["archive_sha256"] in text(archive.get(f"/cases/{key}?tab=archives"))
    with site_engine.reading(SYSTEM) as unit:
        built = audit.search(unit, action="archive.build").items
    assert [entry.actor for entry in built] == ["archive", "archive"]


def test_nobody_agrees_to_what_they_asked_for_or_takes_what_is_not_agreed_to(browser_of: Browsers, key: int) -> None:
    address = asked(browser_of, key)

    assert browser_of("archive").post(address, {"decision": "approve"}).status_code == 403
    assert browser_of("archive").post(f"{address}.zip").status_code == 409
    browser_of("lead").post(address, {"decision": "refuse"})
    assert browser_of("archive").post(f"{address}.zip").status_code == 409
    assert browser_of("lead").post(address, {"decision": "approve"}).status_code == 409


@pytest.mark.parametrize("who", ["lead", "invest1", "subject", "owner", "hr"])
def test_the_whole_archive_is_for_archivists_alone(browser_of: Browsers, key: int, who: str) -> None:
    address = asked(browser_of, key)
    browser_of("lead").post(address, {"decision": "approve"})

    given = {"kind": "archive", "reason": "看看"}
    assert browser_of(who).post(f"/cases/{key}/archives", given).status_code in {403, 404}
    assert browser_of(who).post(f"{address}.zip").status_code in {403, 404}


def test_a_kind_that_does_not_exist_and_a_missing_reason_are_refused(browser_of: Browsers, key: int) -> None:
    archive = browser_of("archive")

    assert archive.post(f"/cases/{key}/archives", {"kind": "all", "reason": "看看"}).status_code == 404
    assert archive.post(f"/cases/{key}/archives", {"kind": "export", "reason": " "}).status_code in {400, 422}
    assert archive.post("/archives/1.zip").status_code == 404
