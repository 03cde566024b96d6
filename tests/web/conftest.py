"""The web application over a small site: three people, one process with a form and a decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import regex
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service import wiring
from service.auth import SYSTEM, accounts, sessions
from service.runtime import deployments, instances, user_tasks
from service.runtime.engine import Engine, SetClock
from service.runtime.unit import UnitOfWork
from service.runtime.user_tasks import UserTask, UserTaskQuery
from service.settings import Profile, Settings
from service.web import create_app
from service.web.request import COOKIE
from tests import builders
from tests.conftest import NOON

PASSWORD = "Muster-wort-2026"
TOKEN = regex.compile(r'name="csrf_token" value="([^"]+)"')
SECRET = "s" * 40

# User name -> name shown, role.
PEOPLE = {
    "ann": ("安示例", "INVEST"),
    "bob": ("鲍示例", "REVIEW"),
    "olga": ("吴示例", "OWNER"),
    "otto": ("沈示例", "OWNER"),
    "sam": ("管示例", "SYSADM"),
}


@dataclass
class Browser:
    """A person at a browser: keeps cookies, sends the page's token with each form."""

    client: FlaskClient
    language: str = "zh-CN"

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers={"Accept-Language": self.language, **_named(headers)})

    def post(self, path: str, data: dict[str, Any] | None = None, **headers: str) -> TestResponse:
        sent = {"csrf_token": self.token(), **(data or {})}
        return self.client.post(path, data=sent, headers={"Accept-Language": self.language, **_named(headers)})

    def token(self) -> str:
        found = TOKEN.search(self.get("/about").get_data(as_text=True)) or TOKEN.search(
            self.get("/sign-in").get_data(as_text=True)
        )
        assert found is not None
        return unescape(found[1])

    def sign_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/sign-in", {"name": name, "password": password})

    def follow(self, response: TestResponse) -> str:
        """Return the page that a redirect leads to."""
        assert response.status_code == 303, response.get_data(as_text=True)[:2000]
        return text(self.get(response.headers["Location"]))


def text(response: TestResponse) -> str:
    return response.get_data(as_text=True)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def models() -> list[deployments.Resource]:
    return [
        builders.a_diagram(
            builders.user_task("ask", name="核实金额", groups="INVEST", form="f"),
            builders.decision_task("judge", "d", "size"),
            builders.user_task("check", name="复核", groups="REVIEW"),
            builders.line("s", "ask", "judge", "check", "e"),
        ),
        builders.a_table("d"),
        builders.a_form(
            "f",
            {"key": "amount", "type": "number", "label": "金额", "validate": {"required": True, "max": 1000}},
            {"key": "note", "type": "textfield", "label": "说明"},
        ),
    ]


@pytest.fixture(scope="session")
def _seeded(tmp_path_factory: pytest.TempPathFactory, _migrated: bytes) -> bytes:
    """The file of a site with people and models, made once and copied for every test: hashing passwords takes time."""
    path = tmp_path_factory.mktemp("web") / "seeded.db"
    path.write_bytes(_migrated)
    engine = Engine(f"sqlite:///{path}", SetClock(NOON), wiring.PLUGINS)

    def seed(unit: UnitOfWork) -> None:
        for name, (display_name, role) in PEOPLE.items():
            accounts.create(unit, name, display_name, PASSWORD, [(role, "")])
        deployments.deploy(unit, models(), "示例")

    engine.run(SYSTEM, seed)
    with engine.site.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.close()
    return path.read_bytes()


@pytest.fixture
def site_engine(tmp_path: Path, _seeded: bytes, open_engine: Callable[..., Engine]) -> Engine:
    path = tmp_path / "site.db"
    path.write_bytes(_seeded)
    return open_engine(f"sqlite:///{path}", wiring.PLUGINS)


@pytest.fixture
def make_app(site_engine: Engine) -> Callable[..., Flask]:
    def make(profile: Profile = Profile.PRODUCTION) -> Flask:
        app = create_app(site_engine, Settings(profile=profile, secret_key=SECRET))
        app.testing = False  # errors are answered as they are to people
        return app

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def browser(app: Flask) -> Iterator[Browser]:
    with app.test_client() as client:
        yield Browser(client)


@pytest.fixture
def browser_of(app: Flask, site_engine: Engine) -> Callable[[str], Browser]:
    """Browsers of people who have signed in, without the time that a password takes."""

    def of(name: str) -> Browser:
        client = app.test_client()
        client.set_cookie(COOKIE, site_engine.run(SYSTEM, lambda unit: sessions.open_session(unit, name)))
        return Browser(client)

    return of


@pytest.fixture
def a_task(site_engine: Engine) -> Callable[[], UserTask]:
    """Start the process; the task that opens is offered to investigators."""

    def start() -> UserTask:
        instance = site_engine.run(SYSTEM, lambda unit: instances.start(unit, "p", {}))
        with site_engine.reading(SYSTEM) as unit:
            return user_tasks.search(unit, UserTaskQuery(instance_key=instance.key)).items[0]

    return start
