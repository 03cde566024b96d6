"""Every page that a link leads to, filled with the demonstration, in both languages and at both widths: axe finds
nothing, nothing is wider than the screen, nothing breaks the content policy."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from service import wiring
from service.auth import SYSTEM
from service.casework import demo
from service.runtime import deployments, user_tasks
from service.runtime.engine import Engine, SetClock, SystemClock
from service.settings import Profile, Settings
from service.web import create_app
from service.worker import run_until_idle
from tests.browser.conftest import Watch, listening, sign_in
from tests.processes import play

AXE = (play.ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
# What is no page: files to take away, and what signs the visitor out.
NO_PAGE = re.compile(
    r"\.(json|csv|xml|svg|txt|bpmn|dmn|form|zip|pdf|docx|xlsx|ics)$|/static/|/files/|/v2/|/engine-rest/|openapi"
)
KINDS = ("tab", "list", "view")  # parameters that make another page of the same address
TASK_PAGES = 12  # forms differ from task to task: so many that differ are looked at
WIDTHS = (1280, 320)


class Visit:
    """Follows links from a person's home; of pages made alike, one is enough for all people together."""

    def __init__(self, engine: Engine, adapter: MapAdapter) -> None:
        self.engine = engine
        self.adapter = adapter
        self.seen: set[tuple[object, ...]] = set()
        self.tasks: set[str] = set()

    def forget(self, endpoint: str) -> None:
        self.seen = {shape for shape in self.seen if shape[0] != endpoint}

    def is_new(self, address: str) -> bool:
        parts = urlsplit(address)
        if NO_PAGE.search(parts.path):
            return False
        try:
            endpoint, arguments = self.adapter.match(parts.path, method="GET")
        except HTTPException:
            return False
        query = parse_qs(parts.query)
        shape = (endpoint, *(query.get(name, [""])[0] for name in KINDS))
        if endpoint == "docs.show":
            shape += (arguments["name"],)
        if endpoint == "tasks.show":
            with self.engine.reading(SYSTEM) as unit:
                step = user_tasks.get(unit, arguments["key"]).element_id
            if step in self.tasks or len(self.tasks) >= TASK_PAGES:
                return False
            self.tasks.add(step)
            return True
        if shape in self.seen:
            return False
        self.seen.add(shape)
        return True


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the shipped models and the demonstration's people and cases."""
    database = tmp_path_factory.mktemp("demonstration") / "demo.db"
    clock = SetClock(SystemClock().now())
    engine = wiring.engine(Settings(database=f"sqlite:///{database}", profile=Profile.DEMO), clock)
    engine.migrate()
    models = play.shipped_models()
    engine.run(SYSTEM, lambda unit: deployments.deploy(unit, models))
    demo.seed(demo.Stage(engine, clock, lambda: run_until_idle(engine), lambda _line: None))
    engine.close()
    return database


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_page_can_be_used_by_everybody(
    language: str, demonstration: Path, tmp_path: Path, chromium: Browser
) -> None:
    database = tmp_path / "demo.db"
    shutil.copy(demonstration, database)
    settings = Settings(database=f"sqlite:///{database}", profile=Profile.DEMO, secret_key="k" * 40)
    engine = wiring.engine(settings)
    app = create_app(engine, settings)
    visit, watch = Visit(engine, app.url_map.bind("localhost")), Watch()
    faults: list[str] = []
    with listening(app) as port:
        url = f"http://localhost:{port}"
        for person in (None, *(one.name for one in demo.people())):
            context = chromium.new_context(viewport={"width": 1280, "height": 900}, timezone_id="Asia/Shanghai")
            watch.over(context)
            context.add_cookies([{"name": "rongcuo_language", "value": language, "url": url}])
            if person is not None:
                sign_in(engine, context, url, person)
            faults += _visit_all(context.new_page(), url, visit, person)
            context.close()
    engine.close()

    if faults:
        pytest.fail("\n".join(faults))
    assert watch.violations == []
    assert watch.errors == []
    assert len(visit.seen) > 30  # else the links lead nowhere
    assert visit.tasks


def _visit_all(page: Page, url: str, visit: Visit, person: str | None) -> Iterator[str]:
    visit.forget("home.show")  # what a home shows depends on who it is
    waiting = ["/"] if person else ["/sign-in", "/about"]
    while waiting:
        address = waiting.pop(0)
        if not visit.is_new(address):
            continue
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})

        page.goto(url + address)
        page.wait_for_load_state("networkidle")
        for island in page.locator("[data-island]").all():
            island.scroll_into_view_if_needed()
        expect(page.locator("[data-island]:not([data-mounted])")).to_have_count(0, timeout=45_000)
        links = page.eval_on_selector_all("a[href]", "found => found.map((one) => one.href)")
        waiting += [link.removeprefix(url) for link in links if link.startswith(url + "/")]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            # As high as the page: bars that stick to an edge cover nothing then.
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": min(height + 100, 10_000)})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                yield f"{person} {address} {width}: wider than the screen"
            yield from (f"{person} {address} {width}: {told}" for told in _axe(page))


def _axe(page: Page) -> list[str]:
    if not page.evaluate("!!window.axe"):
        page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("(rules) => axe.run(document, rules)", RULES)
    return [
        f"{fault['id']} ({fault['help']}): " + " | ".join(node["html"][:160] for node in fault["nodes"][:3])
        for fault in found["violations"]
    ]
