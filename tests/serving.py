"""The service on a loopback port, with its worker, for clients that speak HTTP."""

from __future__ import annotations

import contextlib
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from service.auth import SYSTEM, accounts
from service.runtime.engine import Engine
from service.runtime.unit import Plugins
from service.settings import Profile, Settings
from service.web import create_app
from service.worker import Worker

OWNER, PASSWORD = "olive", "Correct-Horse-9"
PEOPLE = {
    OWNER: "OWNER",
    "paul": "OWNER",
    "irene": "INVEST",
    "rita": "REVIEW",
    "sam": "SYSADM",
}
SECRET = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Served:
    """A running service."""

    address: str  # http://127.0.0.1:port
    engine: Engine

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> Answer:
        """Send one request, as the demonstration's process owner unless `headers` say otherwise."""
        sent = dict(headers or {})
        if body is not None:
            data = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        request = urllib.request.Request(self.address + path, data=data, headers=sent, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                return Answer(response.status, response.read(), dict(response.headers))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read(), dict(error.headers))


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.content)


def settings(folder: Path, *, demo: bool = True) -> Settings:
    return Settings(
        profile=Profile.DEMO if demo else Profile.PRODUCTION,
        secret_key=SECRET,
        secret_key_file=folder / "secret-key",
        locale="en",
    )


def people(engine: Engine) -> None:
    def use_case(unit: Any) -> None:
        for name, role in PEOPLE.items():
            accounts.create(unit, name, name.title(), PASSWORD, [(role, "")])

    engine.run(SYSTEM, use_case)


@contextlib.contextmanager
def served(url: str, folder: Path, *, demo: bool = True, plugins: Plugins | None = None) -> Iterator[Served]:
    """Serve a database, with the worker beside."""
    engine = Engine(url, plugins=plugins, second_person=not demo)
    application = create_app(engine, settings(folder, demo=demo))
    server = create_server(application, host="127.0.0.1", port=0, threads=8, ident=None)
    stop = threading.Event()
    worker = threading.Thread(target=Worker(engine).run, args=(stop,), name="worker")
    door = threading.Thread(target=server.run, name="door")
    worker.start()
    door.start()
    try:
        yield Served(f"http://127.0.0.1:{server.effective_port}", engine)
    finally:
        stop.set()
        engine.site.work_arrived.set()
        # In its own thread, where nothing waits on what is closed; which may come before the trigger is written to.
        with contextlib.suppress(OSError):
            server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
        door.join(timeout=10)
        worker.join(timeout=10)
        server.task_dispatcher.shutdown()
        engine.close()
