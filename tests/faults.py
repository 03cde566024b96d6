"""Load that is killed at random moments, and the proof that nothing was lost or doubled.

A web process and a worker process act on one site and tell through a pipe what was confirmed to them. Whichever dice
choose is killed with SIGKILL, at a moment that the dice choose too.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from service.auth import SYSTEM
from service.errors import Conflict
from service.runtime import deployments, instances, integrity, user_tasks
from service.runtime.engine import Engine
from service.runtime.unit import JobContext, Plugins, UnitOfWork
from service.runtime.user_tasks import UserTaskQuery, UserTaskState
from service.worker import Worker
from tests import builders

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.faults"])


def _handler(unit: UnitOfWork, job: JobContext) -> Mapping[str, object]:
    return {"worked": True}


PLUGINS = Plugins(handlers={"go": _handler})

MODELS = [
    builders.a_diagram(
        builders.user_task("ask", groups="INVEST", form="f"),
        builders.timer_boundary("late", "ask", duration="PT0.2S", interrupting=False),
        builders.user_task("remind"),
        builders.service_task("work", "go"),
        builders.timer_catch("pause", duration="PT0.1S"),
        builders.user_task("check", groups="REVIEW"),
        builders.line("s", "ask", "work", "pause", "check", "e"),
        builders.line("late", "remind", "e"),
    ),
    builders.a_form("f", {"key": "amount", "type": "number", "validate": {"required": True}}),
]


@dataclass(slots=True)
class Toll:
    """What was killed and what had been confirmed before."""

    kills: int = 0
    completed: int = 0
    started: int = 0


def prepare(url: str) -> None:
    engine = Engine(url, plugins=PLUGINS)
    engine.run(SYSTEM, lambda unit: deployments.deploy(unit, MODELS))
    engine.close()


def torment(url: str, kills: int, seed: int, check_every: int = 10) -> Toll:
    """Kill a process so many times. Raises `AssertionError` when something was lost, doubled or left over."""
    dice = random.Random(seed)  # noqa: S311 - chooses moments, guards nothing
    toll = Toll()
    confirmed: set[int] = set()
    started: set[int] = set()
    people = _Child(url, _people, dice.random())
    worker = _Child(url, _work, dice.random())
    try:
        while toll.kills < kills:
            time.sleep(dice.uniform(0.05, 0.5))
            victim = people if dice.random() < 0.7 else worker
            victim.kill()
            toll.kills += 1
            for kind, key in people.told():
                (confirmed if kind == "completed" else started).add(key)
            if toll.kills % check_every == 0 or toll.kills == kills:
                _prove(url, confirmed, started)
            if victim is people:
                people = _Child(url, _people, dice.random())
            else:
                worker = _Child(url, _work, dice.random())
    finally:
        people.kill()
        worker.kill()
    toll.completed, toll.started = len(confirmed), len(started)
    return toll


class _Child:
    def __init__(self, url: str, act: Any, seed: float) -> None:
        self._here, there = FORKS.Pipe(duplex=False)
        self._process = FORKS.Process(target=act, args=(url, there, seed), daemon=True)
        self._process.start()
        there.close()
        if not self._here.poll(60):
            raise TimeoutError("the process did not begin")
        self._here.recv()

    def kill(self) -> None:
        self._process.kill()
        self._process.join()

    def told(self) -> list[tuple[str, int]]:
        found = []
        # What was cut off in the middle was never said.
        with contextlib.suppress(EOFError, OSError):
            while self._here.poll(0):
                found.append(self._here.recv())
        return found


def _people(url: str, there: Connection, seed: float) -> None:
    engine = Engine(url, plugins=PLUGINS)
    said = threading.Lock()

    def tell(kind: str, key: int) -> None:
        with said:
            there.send((kind, key))

    def act(dice: random.Random) -> None:
        while True:
            if dice.random() < 0.3:
                tell("started", engine.run(SYSTEM, lambda unit: instances.start(unit, "p", {})).key)
                continue
            with engine.reading(SYSTEM) as unit:
                found = user_tasks.search(unit, UserTaskQuery(order=user_tasks.TaskOrder.CREATED), None, 20).items
            if not found:
                continue
            key = dice.choice(found).key
            # Somebody else was first: that is what is told them, and nothing is theirs.
            with contextlib.suppress(Conflict):
                engine.run(SYSTEM, lambda unit, key=key: user_tasks.complete(unit, key, {"amount": 1}, f"k{key}"))
                tell("completed", key)

    engine.run(SYSTEM, lambda unit: instances.start(unit, "p", {}))
    there.send(("ready", 0))
    threads = [threading.Thread(target=act, args=(random.Random(seed + number),)) for number in range(2)]  # noqa: S311
    for thread in threads:
        thread.start()


def _work(url: str, there: Connection, seed: float) -> None:
    engine = Engine(url, plugins=PLUGINS)
    there.send(("ready", 0))
    Worker(engine, f"worker-{os.getpid()}").run(threading.Event())


def _prove(url: str, confirmed: set[int], started: set[int]) -> None:
    engine = Engine(url, plugins=PLUGINS)
    try:
        with engine.reading(SYSTEM) as unit:
            report = integrity.check(unit)
            assert report.whole, report.breaches
            for key in confirmed:
                assert user_tasks.get(unit, key).state is UserTaskState.COMPLETED, key
            for key in started:
                instances.get(unit, key)
    finally:
        engine.close()
