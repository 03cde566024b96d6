"""A real server and a real browser: the distribution's Chromium, found by `CHROMIUM` or on the path."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
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

    def over(self, context: BrowserContext) -> None:
        """Note what goes wrong in a browser from now on, and give its pages time: the machine may be busy."""
        context.set_default_timeout(45_000)  # milliseconds
        context.expose_function("reportViolation", self.violation)
        context.add_init_script(WATCH)
        context.on("console", self.console)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))

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
            self.watch.over(context)
            if name is not None:
                sign_in(self.engine, context, self.url, name)
            self.contexts[key] = context
        pages = self.contexts[key].pages
        return pages[0] if pages else self.contexts[key].new_page()

    def idle(self) -> None:
        """Let what is due run, as the worker would."""
        run_until_idle(self.engine)


def sign_in(engine: Engine, context: BrowserContext, url: str, name: str) -> None:
    """Let a browser hold an open session of somebody."""
    token = engine.run(SYSTEM, lambda unit: sessions.open_session(unit, name))
    context.add_cookies([{"name": COOKIE, "value": token, "url": url}])


@contextmanager
def listening(app: Flask) -> Iterator[int]:
    """Serve an application on a port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


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
    with listening(app) as port:
        found = Server(f"http://127.0.0.1:{port}", engine, clock, chromium, Watch())
        yield found
        for context in found.contexts.values():
            context.close()
    engine.close()
