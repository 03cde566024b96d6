"""Processes whose machines disagree about the time agree by the database's."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from service.runtime import jobs
from service.runtime.engine import DatabaseClock, Engine, SystemClock
from service.runtime.unit import Plugins
from service.store import Database
from tests import builders
from tests.conftest import POSTGRES
from tests.runtime.site import Site

pytestmark = pytest.mark.skipif(not POSTGRES, reason="no PG")


class Skewed:
    """A machine's clock that is wrong."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        return SystemClock().now() + self._by


def test_a_wrong_clock_is_put_right_by_the_database(postgres_url: str) -> None:
    database = Database(postgres_url)
    ahead = DatabaseClock(database, Skewed(timedelta(hours=3)))
    behind = DatabaseClock(database, Skewed(-timedelta(hours=3)))

    assert abs(ahead.now() - behind.now()) < timedelta(seconds=5)
    database.close()


def test_a_worker_whose_clock_is_ahead_takes_no_lease_that_still_holds(postgres_url: str) -> None:
    engines = []

    def opened(url: str, plugins: Plugins | None, by: timedelta) -> Engine:
        database = Database(url)
        engine = Engine(url, DatabaseClock(database, Skewed(by)), plugins)
        engines.append((engine, database))
        return engine

    plugins = Plugins(handlers={"go": lambda unit, job: {}})
    right = Site(postgres_url, lambda url, plug=None: opened(url, plug, timedelta(0)), plugins)
    ahead = Site(postgres_url, lambda url, plug=None: opened(url, plug, timedelta(hours=1)), plugins)
    right.deploy(
        builders.a_diagram(builders.service_task("work", "go"), builders.line("s", "work", "e")),
        builders.a_diagram(
            builders.timer_catch("wait", duration="PT30M"),
            builders.line("s", "wait", "e"),
            process_id="later",
            name="later.bpmn",
        ),
    )
    right.start()
    right.start("later")

    assert len(jobs.claim_due(right.engine)) == 1
    assert jobs.claim_due(ahead.engine) == []

    for engine, database in engines:
        engine.close()
        database.close()
