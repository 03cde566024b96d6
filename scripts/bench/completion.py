"""Times the completion of a user task: over HTTP with sign-in, permission, validation, history and audit, and alone.

The figure that counts is the share of the bare commit loop, which ran between the rounds on the same disk. `processor`
is the service's own time: on a busy machine it says more than the clock does.
"""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import http.client
import json
import os
import pstats
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from scripts.bench.lib import ground
from service import wiring
from service.auth import SYSTEM, Actor, accounts, sessions
from service.runtime import audit, deployments, instances, user_tasks
from service.runtime.engine import Engine
from service.runtime.unit import UnitOfWork
from service.runtime.user_tasks import UserTaskQuery
from service.web.request import COOKIE
from tests import builders
from tests.statements import counted

ANN = Actor("ann", frozenset({"INVEST"}))
STEPS = 6
KEY = "0123456789abcdef" * 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=150, help="completions a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true", help="show where the time of the use case goes")
    given = parser.parse_args()
    report: dict[str, Any] = {"machine": ground.machine()}
    with ground.databases() as urls:
        for name, url in urls.items():
            report[name] = measured(url, given.tasks, given.rounds, given.profile)
    print(json.dumps(report, ensure_ascii=False, indent=2))


def measured(url: str, count: int, rounds: int, profile: bool) -> dict[str, Any]:
    engine = prepared(url)
    complete_all(engine, open_tasks(engine, 20))  # warm
    bare: list[float] = []
    alone: list[float] = []
    processor = 0.0
    for _ in range(rounds):
        bare.append(ground.bare_commits(url, 0.5))
        keys = open_tasks(engine, count)
        before = time.process_time()
        alone += complete_all(engine, keys)
        processor += time.process_time() - before
    keys = open_tasks(engine, 1)
    with counted(engine) as sent:
        complete_all(engine, keys)
    if profile:
        _profile(engine, count)
    if not engine_is_whole(engine):
        sys.exit("the audit chain is broken after the run")
    result = {
        "bare_commits_per_second": [round(rate) for rate in bare],
        "use_case": _figures(alone, bare)
        | {
            "processor_ms": round(1000 * processor / len(alone), 2),
            "statements": sent.statements,
            "commits": sent.commits,
        },
    }
    with served(url, engine) as port:
        token = engine.run(SYSTEM, lambda unit: sessions.open_session(unit, "ann"))
        browser = Browser(port, token)
        browser.complete(open_tasks(engine, 20))
        over_http: list[float] = []
        bare = []
        for _ in range(rounds):
            bare.append(ground.bare_commits(url, 0.5))
            over_http += browser.complete(open_tasks(engine, count))
    result["http"] = _figures(over_http, bare)
    engine.close()
    return result


def _figures(milliseconds: list[float], bare: list[float]) -> dict[str, Any]:
    rate = 1000 * len(milliseconds) / sum(milliseconds)
    limit = sum(bare) / len(bare)
    return {"per_second": round(rate), "share_of_bare_commits": round(rate / limit, 3)} | ground.spread(milliseconds)


def prepared(url: str) -> Engine:
    engine = Engine(url, None, wiring.PLUGINS)
    engine.migrate()
    names = [f"step{n}" for n in range(STEPS)]
    models = [
        builders.a_diagram(
            *(builders.user_task(name, groups="INVEST", form="f") for name in names),
            builders.line("s", *names, "e"),
        ),
        builders.a_form(
            "f",
            {"key": "amount", "type": "number", "label": "amount", "validate": {"required": True, "max": 1000}},
            {"key": "note", "type": "textfield", "label": "note"},
        ),
    ]

    def seed(unit: UnitOfWork) -> None:
        accounts.create(unit, "ann", "Ann", "Correct-Horse-9", [("INVEST", "")])
        deployments.deploy(unit, models)

    engine.run(SYSTEM, seed)
    return engine


def open_tasks(engine: Engine, count: int) -> list[int]:
    """Open tasks of as many new instances, claimed by Ann."""

    def opened(unit: UnitOfWork) -> list[int]:
        roots = [instances.start(unit, "p", {"title": "a case"}).key for _ in range(count)]
        return [task.key for root in roots for task in user_tasks.search(unit, UserTaskQuery(instance_key=root)).items]

    keys = engine.run(SYSTEM, opened)

    def claim(unit: UnitOfWork) -> None:
        for key in keys:
            user_tasks.claim(unit, key)

    engine.run(ANN, claim)
    return keys


def complete_all(engine: Engine, keys: list[int]) -> list[float]:
    spent = []
    for key in keys:
        start = time.perf_counter()
        engine.run(
            ANN,
            lambda unit, key=key: user_tasks.complete(unit, key, {"amount": 12, "note": "seen"}, f"key-{key}"),  # type: ignore[misc]
        )
        spent.append(1000 * (time.perf_counter() - start))
    return spent


def engine_is_whole(engine: Engine) -> bool:
    with engine.reading(SYSTEM) as unit:
        return audit.verify(unit).whole


def _profile(engine: Engine, count: int) -> None:
    keys = open_tasks(engine, count)
    profile = cProfile.Profile()
    profile.enable()
    complete_all(engine, keys)
    profile.disable()
    pstats.Stats(profile, stream=sys.stderr).sort_stats("cumulative").print_stats(70)


@contextlib.contextmanager
def served(url: str, engine: Engine) -> Iterator[int]:
    """The service in a process of its own, as it is installed."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    environment = os.environ | {
        "RONGCUO_DATABASE": url,
        "RONGCUO_PORT": str(port),
        "RONGCUO_SECRET_KEY": KEY,
        "RONGCUO_LOCALE": "en",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "service", "serve"], env=environment, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            if child.stdout is None or not child.stdout.readline():
                sys.exit("the service did not start")
            yield port
        finally:
            child.terminate()
            child.wait(timeout=60)


class Browser:
    """Ann's browser: one connection kept open, her session, the page's token."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookie = f"{COOKIE}={token}"
        answer, page = self._send("GET", "/about")
        self._cookie += "; " + (answer.getheader("Set-Cookie") or "").partition(";")[0]
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        if found is None:
            sys.exit("the page shows no token")
        self._token = found[1]

    def complete(self, keys: list[int]) -> list[float]:
        spent = []
        for key in keys:
            body = urlencode(
                {
                    "csrf_token": self._token,
                    "idempotency_key": f"key-{key}",
                    "submission": json.dumps({"amount": 12, "note": "seen"}),
                }
            )
            start = time.perf_counter()
            answer, page = self._send("POST", f"/tasks/{key}/complete", body)
            spent.append(1000 * (time.perf_counter() - start))
            if answer.status != 303:
                sys.exit(f"task {key} was not completed: {answer.status} {page[:500]}")
        return spent

    def _send(self, method: str, path: str, body: str | None = None) -> tuple[http.client.HTTPResponse, str]:
        headers = {"Cookie": self._cookie, "Accept": "text/html"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        return answer, answer.read().decode()


if __name__ == "__main__":
    main()
