"""Documents on the pages: looked at, issued, downloaded; templates for their owners."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import docx
import pytest

from service import wiring
from service.auth import Actor
from service.casework import case_files
from service.documents import shipped
from service.runtime.engine import Engine
from service.runtime.unit import UnitOfWork
from tests.documents.test_template import a_file
from tests.processes import play
from tests.web.conftest import Browser, text
from tests.web.pages.test_signing_in import hidden_fields

Browsers = Callable[[str], Browser]
INTAKE = Actor("intake", frozenset({"INTAKE"}))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("documents") / "models.db"
    play.prepare(database)
    return database


@pytest.fixture
def site_engine(models: Path, tmp_path: Path, open_engine: Callable[..., Engine]) -> Engine:
    database = tmp_path / "site.db"
    shutil.copy(models, database)
    return open_engine(f"sqlite:///{database}", wiring.PLUGINS)


@pytest.fixture
def key(site_engine: Engine) -> int:
    def register(unit: UnitOfWork) -> int:
        form = play.a_registration()
        form["case"]["accountabilityOpenedAt"] = "2025-06-02T09:00+08:00"
        return case_files.register(unit, form).key

    return site_engine.run(INTAKE, register)


def links(page: str, part: str) -> list[str]:
    return [unescape(url) for url in re.findall(r'href="([^"]+)"', page) if part in url]


def test_a_document_is_looked_at_issued_and_downloaded(browser_of: Browsers, key: int) -> None:
    lead = browser_of("lead")
    tab = text(lead.get(f"/cases/{key}?tab=documents"))
    [offer] = links(tab, "template=screening-record")[:1]

    page = text(lead.get(offer))
    preview = lead.get(links(page, "preview.pdf")[0])
    given = {name: value for name, value in hidden_fields(page).items() if name != "accept_missing"}
    refused = lead.post(f"/cases/{key}/documents", given)
    done = lead.post(f"/cases/{key}/documents", {**given, "accept_missing": "yes"})

    assert "考察理由" in page
    assert preview.data.startswith(b"%PDF")
    assert refused.status_code == 422
    assert "考察理由" in text(refused)
    listed = lead.follow(done)
    assert "容记〔2025〕1号" in listed
    file = lead.get(links(listed, ".docx")[0])
    assert "容记〔2025〕1号_主动考察记录.docx" in unquote(file.headers["Content-Disposition"])
    assert docx.Document(io.BytesIO(file.data)).paragraphs[0].text == "主动考察记录"
    pdf = lead.get(links(listed, ".pdf")[0])
    assert pdf.data.startswith(b"%PDF")
    assert lead.get(links(listed, ".pdf")[0]).data == pdf.data


def test_who_may_only_look_gets_no_button_and_no_document(browser_of: Browsers, key: int) -> None:
    archive = browser_of("archive")
    page = text(archive.get(links(text(archive.get(f"/cases/{key}?tab=documents")), "screening-record")[0]))

    assert "您的角色不签发此文书" in page
    given = {"template": "screening-record", "subject": re.findall(r'name="subject" value="(\d+)"', page)[0]}
    assert archive.post(f"/cases/{key}/documents", {**given, "accept_missing": "yes"}).status_code == 403


@pytest.mark.parametrize("who", ["subject", "hr", "owner"])
def test_files_are_for_those_who_work_on_the_case(browser_of: Browsers, key: int, who: str) -> None:
    lead = browser_of("lead")
    page = text(lead.get(links(text(lead.get(f"/cases/{key}?tab=documents")), "screening-record")[0]))
    listed = lead.follow(lead.post(f"/cases/{key}/documents", {**hidden_fields(page), "accept_missing": "yes"}))

    assert browser_of(who).get(links(listed, ".docx")[0]).status_code in {403, 404}
    assert browser_of(who).get(f"/cases/{key}/documents/new?template=screening-record").status_code in {403, 404}


@pytest.mark.parametrize(
    "query", ["", "template=deadline-sheet", "template=nothing", "template=screening-record&subject=1"]
)
def test_an_address_that_names_no_document_leads_nowhere(browser_of: Browsers, key: int, query: str) -> None:
    assert browser_of("lead").get(f"/cases/{key}/documents/new?{query}").status_code == 404
    assert browser_of("lead").get(f"/cases/{key}/documents/preview.pdf?{query}").status_code in {404, 422}


def test_an_owner_downloads_changes_and_uploads_a_template(browser_of: Browsers) -> None:
    owner = browser_of("owner")

    listed = text(owner.get("/templates"))
    got = owner.get("/templates/decision.docx")
    bad = owner.post("/templates/decision", {"file": (io.BytesIO(a_file("{{ subject.nmae }}")), "a.docx")})
    good = owner.post("/templates/decision", {"file": (io.BytesIO(got.data), "a.docx"), "note": "版式"})

    assert listed.count("/templates/") > 29
    assert got.data == shipped("decision")
    assert bad.status_code == 422
    assert "subject.nmae" in text(bad)
    assert "第 1 版将用于今后登记的案件" in owner.follow(good)


def test_templates_are_for_process_owners(browser_of: Browsers) -> None:
    approver = browser_of("approver")

    assert approver.get("/templates").status_code == 403
    assert approver.get("/templates/decision.docx").status_code == 403
    assert approver.post("/templates/codes", {"organ": "a", "code": "b"}).status_code == 403
    assert "/templates" not in text(approver.get("/"))


def test_the_code_of_an_organ_is_kept_or_refused(browser_of: Browsers) -> None:
    owner = browser_of("owner")

    refused = owner.post("/templates/codes", {"organ": "示例市纪委监委", "code": "{{ x }}"})
    kept = owner.post("/templates/codes", {"organ": "示例市纪委监委", "code": "示纪"})

    assert refused.status_code == 422
    assert "示纪" in owner.follow(kept)


def test_no_document_is_read_without_signing_in(browser: Browser) -> None:
    assert browser.get("/documents/1.docx").status_code == 303


def test_a_time_limit_is_told_day_by_day_and_printed(browser_of: Browsers, key: int) -> None:
    lead = browser_of("lead")
    [address] = links(text(lead.get(f"/cases/{key}?tab=deadlines")), f"/cases/{key}/deadlines/")[:1]

    page = text(lead.get(address))
    pdf = lead.get(f"{address}.pdf")

    assert "起始日不计入" in page
    assert "工作日" in page
    assert pdf.data.startswith(b"%PDF")
    assert "P-T01_期限推算单.pdf" in unquote(pdf.headers["Content-Disposition"])
    for who in ("subject", "hr", "owner"):
        assert browser_of(who).get(address).status_code in {403, 404}
    assert lead.get(f"/cases/{key}/deadlines/1").status_code == 404
