"""Counts what an engine sends to its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import event

from service.runtime.engine import Engine


@dataclass(slots=True)
class Counted:
    statements: int = 0  # begin and commit left out
    commits: int = 0


@contextmanager
def counted(engine: Engine) -> Iterator[Counted]:
    """Count statements and commits meanwhile."""
    found = Counted()

    def sent(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.statements += not statement.startswith("BEGIN")

    def committed(_connection: object) -> None:
        found.commits += 1

    target = engine.site.database.engine
    event.listen(target, "before_cursor_execute", sent)
    event.listen(target, "commit", committed)
    try:
        yield found
    finally:
        event.remove(target, "before_cursor_execute", sent)
        event.remove(target, "commit", committed)
