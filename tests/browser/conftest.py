"""A real server and a real browser: the distribution's Chromium, found by `CHROMIUM` or on the path."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

from service import wiring
from service.auth import SYSTEM, sessions
from service.runtime.engine import Engine, SetClock
from service.settings import Settings
from service.web import create_app
from service.web.request import COOKIE
from service.worker import run_until_idle
from tests.processes import play

# Told by the browser whenever something on a page breaks the content policy.
WATCH = """
addEventListener("securitypolicyviolation", (event) =>
  reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@dataclass
class Watch:
    """What went wrong in any page of a run."""

    violations: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def violation(self, text: str) -> None:
        self.violations.append(text)

    def console(self, message: ConsoleMessage) -> None:
        # Chromium reports every answer of 4xx here; whether one was expected is for the test to say.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)


@dataclass
class Server:
    """The service on a port of this machine, with the shipped models and a set clock."""

    url: str
    engine: Engine
    clock: SetClock
    browser: Browser
    watch: Watch
    contexts: dict[str, BrowserContext] = field(default_factory=dict)

    def page(self, name: str | None, width: int = 1280) -> Page:
        """Return a page of a person's own browser; nobody is signed in without a name."""
        key = f"{name}/{width}"
        if key not in self.contexts:
            context = self.browser.new_context(
                viewport={"width": width, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai"
            )
            context.set_default_timeout(45_000)  # milliseconds; the machine may be busy
            context.expose_function("reportViolation", self.watch.violation)
            context.add_init_script(WATCH)
            context.on("console", self.watch.console)
            context.on("weberror", lambda error: self.watch.errors.append(str(error.error)))
            if name is not None:
                token = self.engine.run(SYSTEM, lambda unit: sessions.open_session(unit, name))
                context.add_cookies([{"name": COOKIE, "value": token, "url": self.url}])
            self.contexts[key] = context
        pages = self.contexts[key].pages
        return pages[0] if pages else self.contexts[key].new_page()

    def idle(self) -> None:
        """Let what is due run, as the worker would."""
        run_until_idle(self.engine)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "no Chromium: set CHROMIUM or install it (scripts/test does)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("browser") / "models.db"
    play.prepare(database)
    return database


@pytest.fixture
def server(tmp_path: Path, models: Path, chromium: Browser) -> Iterator[Server]:
    database = tmp_path / "site.db"
    shutil.copy(models, database)
    clock = SetClock(play.OPENED)
    engine = wiring.engine(Settings(database=f"sqlite:///{database}"), clock)
    # The clock is moved by hours between steps: nobody is asked to sign in again for that.
    month = timedelta(days=30)
    app = create_app(engine, Settings(secret_key="k" * 40, session_idle=month, session_lifetime=month))
    waiting = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=waiting.serve_forever, daemon=True)
    thread.start()
    found = Server(f"http://127.0.0.1:{waiting.server_port}", engine, clock, chromium, Watch())
    yield found
    for context in found.contexts.values():
        context.close()
    waiting.shutdown()
    thread.join(timeout=10)
    waiting.server_close()
    engine.close()
