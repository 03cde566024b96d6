"""Processes that die at random moments under load; a request that comes twice at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

from service.errors import Conflict
from service.runtime import integrity, user_tasks
from service.runtime.engine import Engine
from tests import builders, faults
from tests.runtime.site import Site


def test_nothing_is_lost_or_doubled_by_kills_at_random_moments(database_url: str) -> None:
    faults.prepare(database_url)

    toll = faults.torment(database_url, kills=12, seed=7, check_every=4)

    assert toll.kills == 12
    assert toll.completed > 0


def test_the_same_request_twice_at_once_has_one_effect(database_url: str, open_engine: Callable[..., Engine]) -> None:
    sites = [Site(database_url, open_engine) for _ in range(2)]
    sites[0].deploy(
        builders.a_diagram(builders.user_task("t"), builders.user_task("n"), builders.line("s", "t", "n", "e"))
    )
    for _ in range(8):
        sites[0].start()
    keys = [task.key for task in sites[0].tasks()]
    problems: list[BaseException] = []

    def send(site: Site, together: threading.Barrier) -> None:
        for key in keys:
            together.wait(30)
            try:
                site.run(lambda unit, key=key: user_tasks.complete(unit, key, {"a": 1}, "once"))  # type: ignore[misc]
            except Conflict as error:
                problems.append(error)

    together = threading.Barrier(2)
    threads = [threading.Thread(target=send, args=(site, together)) for site in sites]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []  # the second is told the same as the first
    assert sites[0].open_elements() == ["n"] * 8
    assert sites[0].read(integrity.check).whole
