"""Live workflows between units of work, each known by root instance and row version.

Whoever takes a workflow owns it: it is out of the cache until its unit of work has committed, so two threads never
move one object, and after an exception or a lost race it is simply never given back.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

DEFAULT_SIZE = 500


class WorkflowCache:
    """A bounded map; what was not used longest is dropped first."""

    def __init__(self, size: int = DEFAULT_SIZE) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._held: OrderedDict[int, tuple[int, object]] = OrderedDict()
        self.hits = 0
        self.misses = 0

    def take(self, root_key: int, row_version: int) -> object | None:
        """Return and remove what stands at this version; an older one is dropped."""
        with self._lock:
            found = self._held.pop(root_key, None)
            if found is None or found[0] != row_version:
                self.misses += 1
                return None
            self.hits += 1
            return found[1]

    def give_back(self, root_key: int, row_version: int, held: object) -> None:
        with self._lock:
            self._held[root_key] = (row_version, held)
            self._held.move_to_end(root_key)
            while len(self._held) > self._size:
                self._held.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._held.clear()

    def __len__(self) -> int:
        return len(self._held)
