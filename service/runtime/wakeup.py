"""A wake-up after every commit of this process, for requests that wait for something to happen."""

from __future__ import annotations

import threading


class Wakeup:
    """Counts commits; whoever saw a count can wait for the next one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    @property
    def count(self) -> int:
        """How many commits there were; read it before looking, so that none is missed between looking and waiting."""
        with self._changed:
            return self._count

    def signal(self) -> None:
        """Wake everybody."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def wait(self, seen: int, seconds: float) -> None:
        """Return as soon as there are more commits than `seen`, at the latest after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._count != seen, timeout=seconds)
