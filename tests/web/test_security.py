"""Headers, error answers, and what templates may hold."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import regex

import service
from service.runtime.engine import Engine
from service.web import security, static
from service.web.island_words import ISLAND_WORDS
from tests.web.conftest import Browser, text

WEB = Path(security.__file__).parent
TEMPLATES = sorted(WEB.glob("pages/templates/*.html"))

FORBIDDEN = {
    "inline style": regex.compile(r"\sstyle="),
    "inline handler": regex.compile(r"\son[a-z]+="),
    "inline script": regex.compile(r"<script(?![^>]*\ssrc=)"),
    "style element": regex.compile(r"<style"),
    "htmx script": regex.compile(r"hx-on|js:|hx-trigger=\"[^\"]*\[[^\"]*\]"),
    "frame": regex.compile(r"<i?frame"),
    "positive tabindex": regex.compile(r"tabindex=\"[1-9]"),
    "another host": regex.compile(r"(?:src|href|action)=\"https?:"),
}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_keep_to_the_policy(template: Path) -> None:
    source = template.read_text("utf-8")

    found = [name for name, pattern in FORBIDDEN.items() if pattern.search(source)]

    assert found == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_changing_form_carries_the_token(template: Path) -> None:
    source = template.read_text("utf-8")

    for form in regex.findall(r'<form[^>]*method="post"[^>]*>.*?</form>', source, flags=regex.S):
        assert "csrf" in form


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_header_cells_have_a_scope(template: Path) -> None:
    assert regex.findall(r"<th\b(?![^>]*scope=)[^>]*>", template.read_text("utf-8")) == []


@pytest.mark.parametrize("path", ["/sign-in", "/about", "/healthz", "/nothing", "/v2/topology"])
def test_every_answer_carries_the_headers(browser: Browser, path: str) -> None:
    headers = browser.get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_static_files_are_kept_by_browsers_and_named_with_integrity(browser: Browser) -> None:
    page = text(browser.get("/sign-in"))
    script = static.manifest()["shell.js"]

    assert f'src="{script.url}" integrity="{script.integrity}"' in page
    with browser.get(script.url) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.mimetype == "text/javascript"
    assert browser.get("/static/../application.py").status_code in {303, 404}


def test_errors_are_pages_with_a_request_number(browser_of: Callable[[str], Browser]) -> None:
    answer = browser_of("ann").get("/cases/1")

    page = text(answer)
    assert answer.status_code == 404
    assert "请求编号" in page
    assert answer.headers["X-Request-Id"] in page


def test_an_unforeseen_error_shows_nothing_of_itself(
    browser_of: Callable[[str], Browser], site_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = browser_of("ann")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("service.runtime.user_tasks.search", broken)
    monkeypatch.setattr("service.web.navigation._task_counts", lambda: (0, 0))
    answer = ann.get("/tasks")

    assert answer.status_code == 500
    assert "secret inside" not in text(answer)
    assert "系统出现错误" in text(answer)


def test_words_of_scripts_are_served_in_the_language(browser: Browser) -> None:
    page = text(browser.get("/sign-in"))
    assert "data-texts" not in page  # the sign-in page has no islands

    found = browser.get("/texts/zh_CN-1.json").get_json()

    assert found["Field is required."] == "此项必填。"
    assert set(found) == set(ISLAND_WORDS)
    assert browser.get("/texts/xx-1.json").status_code == 404


def test_no_english_is_left_in_the_form_viewer() -> None:
    source = (Path(service.__file__).parents[1] / "node_modules/@bpmn-io/form-js-viewer/dist/index.es.js").read_text(
        "utf-8"
    )

    asked = set(regex.findall(r"""translate\('([^']+)'""", source)) | set(
        regex.findall(r'translate\("([^"]+)"', source)
    )

    internal = {"HELLO {you}", "binding path '{value}' is already claimed"}
    assert asked - internal - set(ISLAND_WORDS) == set()


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((Path(service.__file__).parents[1] / "pyproject.toml").read_text("utf-8"))

    assert service.__version__ == project["project"]["version"]


def test_health_is_open_to_all(browser: Browser) -> None:
    assert browser.get("/healthz").get_json()["status"] == "up"
