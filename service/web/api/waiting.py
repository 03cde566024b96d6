"""Requests that wait for something: woken after every commit, never more than half of the threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from flask import current_app

from service.web.site import site

T = TypeVar("T")

SLOTS = 4  # of the eight threads with which the server runs
LOOK_AGAIN = 1.0  # seconds; commits of other processes wake nobody here

_EXTENSION = "rongcuo_waiting"


@contextmanager
def slot() -> Iterator[bool]:
    """Hold one of the places for waiting requests while the block runs; False when all are taken."""
    places: threading.BoundedSemaphore = current_app.extensions.setdefault(
        _EXTENSION, threading.BoundedSemaphore(SLOTS)
    )
    free = places.acquire(blocking=False)
    try:
        yield free
    finally:
        if free:
            places.release()


def until(look: Callable[[], T | None], patience: timedelta) -> T | None:
    """Look now and after every commit until there is something; None when patience ends."""
    committed = site().engine.site.committed
    end = time.monotonic() + patience.total_seconds()
    while True:
        seen = committed.count
        found = look()
        left = end - time.monotonic()
        if found is not None or left <= 0:
            return found
        committed.wait(seen, min(left, LOOK_AGAIN))
