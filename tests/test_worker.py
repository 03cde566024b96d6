"""The worker: runs what is due, sleeps otherwise, survives what handlers do."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta

import pytest

from service.errors import Conflict
from service.runtime import audit, integrity, jobs, user_tasks
from service.runtime.engine import Engine, SetClock
from service.runtime.unit import JobContext, Plugins, UnitOfWork
from service.worker import Worker, run_until_idle
from tests import builders
from tests.runtime.site import Site

WORK = builders.a_diagram(
    builders.service_task("work", "go"), builders.user_task("after"), builders.line("s", "work", "after", "e")
)


@pytest.fixture
def site(database_url: str, open_engine: Callable[..., Engine]) -> Site:
    def handler(unit: UnitOfWork, job: JobContext) -> Mapping[str, object]:
        if job.variables.get("bad"):
            raise ValueError("nobody may read this")
        return {"done": True}

    site = Site(database_url, open_engine, Plugins(handlers={"go": handler}))
    site.deploy(WORK)
    return site


def test_nothing_due_is_nothing_done(site: Site) -> None:
    assert run_until_idle(site.engine) == 0


def test_a_bad_job_does_not_stop_the_others(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.start(variables={"bad": True})
    site.start()

    with caplog.at_level(logging.WARNING):
        assert run_until_idle(site.engine) == 2

    assert site.open_elements() == ["after"]
    assert "failed: ValueError" in caplog.text


def test_a_worker_takes_up_a_new_job_at_once_and_stops_when_told(site: Site) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=Worker(site.engine).run, args=(stop,))
    thread.start()
    try:
        site.start()
        done = threading.Event()
        for _ in range(100):
            if site.open_elements() == ["after"]:
                break
            done.wait(0.05)
        assert site.open_elements() == ["after"]
    finally:
        stop.set()
        site.engine.site.work_arrived.set()
        thread.join(timeout=10)
    assert not thread.is_alive()


def test_two_workers_run_each_job_once(database_url: str, open_engine: Callable[..., Engine]) -> None:
    ran: list[int] = []

    def handler(unit: UnitOfWork, job: JobContext) -> Mapping[str, object]:
        ran.append(job.key)
        return {}

    plugins = Plugins(handlers={"go": handler})
    sites = [Site(database_url, open_engine, plugins) for _ in range(2)]
    sites[0].deploy(WORK)
    for _ in range(20):
        sites[0].start()

    threads = [threading.Thread(target=run_until_idle, args=(site.engine,)) for site in sites]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(ran) == len(set(ran)) == 20
    assert len(sites[0].open_elements()) == 20


def test_a_job_whose_worker_died_is_run_by_another_when_its_lease_is_over(site: Site, clock: SetClock) -> None:
    site.start()
    jobs.claim_due(site.engine)
    assert run_until_idle(site.engine) == 0

    clock.advance(timedelta(seconds=jobs.LEASE_SECONDS))

    assert run_until_idle(site.engine) == 1
    assert site.open_elements() == ["after"]


def test_the_worker_goes_on_after_the_database_was_away(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    calls: list[int] = []

    def step(self: Worker, _stop: threading.Event) -> int:
        calls.append(1)
        if len(calls) == 1:
            raise ConnectionError
        stop.set()
        return 0

    monkeypatch.setattr(Worker, "step", step)
    monkeypatch.setattr("service.worker.AFTER_FAULT_SECONDS", 0.01)
    Worker(site.engine).run(stop)

    assert len(calls) == 2


def test_a_task_completed_while_its_timer_fires_is_one_or_the_other(site: Site, clock: SetClock) -> None:
    site.deploy(
        builders.a_diagram(
            builders.user_task("t"),
            builders.timer_boundary("b", "t", duration="PT1H"),
            builders.user_task("done"),
            builders.user_task("late"),
            builders.line("s", "t", "done", "e"),
            builders.line("b", "late", "e"),
            process_id="race",
            name="race.bpmn",
        )
    )
    for _ in range(10):
        site.start("race")
    keys = [task.key for task in site.tasks()]
    clock.advance(timedelta(hours=1))

    def complete() -> None:
        for key in keys:
            with suppress(Conflict):
                site.run(lambda unit, key=key: user_tasks.complete(unit, key))  # type: ignore[misc]

    threads = [threading.Thread(target=complete), threading.Thread(target=run_until_idle, args=(site.engine,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(site.open_elements()) == 10
    assert set(site.open_elements()) <= {"done", "late"}
    assert site.read(audit.verify).whole
    assert not site.read(jobs.search)


def test_one_case_with_many_jobs_does_not_keep_others_waiting(site: Site, clock: SetClock) -> None:
    site.deploy(
        builders.a_diagram(
            '<bpmn:parallelGateway id="all" />',
            *(builders.service_task(f"w{number}", "go") for number in range(30)),
            builders.line("s", "all"),
            *(builders.line("all", f"w{number}", "e") for number in range(30)),
            process_id="many",
            name="many.bpmn",
        )
    )
    many = site.start("many")
    clock.advance(timedelta(seconds=1))
    other = site.start()

    leases = jobs.claim_due(site.engine, 5)

    roots = [site.read(lambda unit, key=lease.key: jobs.get(unit, key).root_key) for lease in leases]  # type: ignore[misc]
    assert len(leases) == 5
    assert set(roots) == {many.key, other.key}


def test_a_job_that_kills_its_worker_again_and_again_becomes_an_incident(site: Site, clock: SetClock) -> None:
    site.start()
    for _ in range(jobs.LOST_WORKERS + 1):
        assert jobs.claim_due(site.engine)
        clock.advance(timedelta(seconds=jobs.LEASE_SECONDS))

    run_until_idle(site.engine)

    (incident,) = site.incidents()
    assert incident.code == "runtime.job_worker_lost"
    assert site.read(integrity.check).whole


def test_a_worker_that_stops_gives_back_what_it_has_not_begun(
    database_url: str, open_engine: Callable[..., Engine]
) -> None:
    stop = threading.Event()

    def handler(unit: UnitOfWork, job: JobContext) -> Mapping[str, object]:
        stop.set()
        return {}

    site = Site(database_url, open_engine, Plugins(handlers={"go": handler}))
    site.deploy(WORK)
    for _ in range(3):
        site.start()

    assert Worker(site.engine).step(stop) == 1
    assert run_until_idle(site.engine) == 2

    assert len(site.open_elements()) == 3


def test_a_lease_that_another_took_meanwhile_is_not_run_twice(site: Site, clock: SetClock) -> None:
    site.start()
    site.start()
    mine = jobs.claim_due(site.engine)
    clock.advance(timedelta(seconds=jobs.LEASE_SECONDS))
    (theirs, *_) = jobs.claim_due(site.engine, 1)

    held = jobs.extend(site.engine, mine)
    for lease in mine:
        jobs.run(site.engine, lease)

    assert [lease.key for lease in held] == [lease.key for lease in mine if lease.key != theirs.key]
    assert site.open_elements() == ["after"]
    jobs.run(site.engine, theirs)
    assert site.open_elements() == ["after", "after"]
    assert site.read(integrity.check).whole


def test_a_new_job_of_another_process_starts_soon(database_url: str, open_engine: Callable[..., Engine]) -> None:
    begun = threading.Event()

    def handler(unit: UnitOfWork, job: JobContext) -> Mapping[str, object]:
        begun.set()
        return {}

    plugins = Plugins(handlers={"go": handler})
    site, other = Site(database_url, open_engine, plugins), Site(database_url, open_engine, plugins)
    site.deploy(WORK)
    stop = threading.Event()
    thread = threading.Thread(target=Worker(other.engine).run, args=(stop,))
    thread.start()
    waits = []
    try:
        for _ in range(5):
            begun.clear()
            site.start()
            start = time.monotonic()
            assert begun.wait(10)
            waits.append(time.monotonic() - start)
    finally:
        stop.set()
        thread.join(timeout=10)
    # The best of five: how soon it can be; the others tell how busy the machine is.
    assert min(waits) < 1  # seconds; a busy machine must not fail it, the probe itself runs every 80 ms
