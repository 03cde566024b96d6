"""The engine: database, clock, plug-ins and caches of one process; opens units of work, retries a lost race once."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from service import store
from service.runtime.definitions import Definitions
from service.runtime.file_types import FileRules
from service.runtime.unit import Actor, Clock, Plugins, Site, Superseded, UnitOfWork, opened
from service.runtime.workflow_cache import WorkflowCache

__all__ = ["Clock", "DatabaseClock", "Engine", "SetClock", "Superseded", "SystemClock"]

T = TypeVar("T")

MEASURE_SECONDS = 60.0  # a clock that is set meanwhile is noticed after so long

SITE_ZONE = ZoneInfo("Asia/Shanghai")


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class DatabaseClock:
    """The database server's clock, by which all processes of a site agree whatever their machines say.

    How far this machine's clock is from it is measured now and then; in between this machine counts on.
    """

    def __init__(self, database: store.Database, local: Clock) -> None:
        self._database = database
        self._local = local
        self._ahead = timedelta(0)  # of the database
        self._measured: float | None = None

    def now(self) -> datetime:
        """Return the moment. Raises what the driver raises when the database cannot be asked."""
        if self._measured is None or time.monotonic() - self._measured > MEASURE_SECONDS:
            theirs = self._database.now()
            self._ahead = timedelta(0) if theirs is None else theirs - self._local.now()
            self._measured = time.monotonic()
        return self._local.now() + self._ahead


class SetClock:
    """A clock that stands still until somebody moves it, for tests and the demo."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def set(self, now: datetime) -> None:
        """Move to a moment."""
        self._now = now.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move forward."""
        self._now += by


class Engine:
    """One process's engine on one database."""

    def __init__(
        self,
        database_url: str,
        clock: Clock | None = None,
        plugins: Plugins | None = None,
        *,
        zone: ZoneInfo = SITE_ZONE,
        second_person: bool = False,
        cached_workflows: int = 500,
        files: FileRules | None = None,
    ) -> None:
        plugins = plugins or Plugins()
        database = store.Database(database_url)
        self.site = Site(
            database=database,
            clock=clock or DatabaseClock(database, SystemClock()),
            zone=zone,
            plugins=plugins,
            second_person=second_person,
            definitions=Definitions(plugins.functions.names),
            workflows=WorkflowCache(cached_workflows),
            files=files or FileRules(),
        )

    @property
    def clock(self) -> Clock:
        return self.site.clock

    @property
    def plugins(self) -> Plugins:
        return self.site.plugins

    @property
    def zone(self) -> ZoneInfo:
        return self.site.zone

    def unit(self, actor: Actor) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work that may write; leaving it without `commit()` rolls back."""
        return opened(self.site, actor, writes=True)

    def reading(self, actor: Actor) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work that sees one state of the database and hinders nobody."""
        return opened(self.site, actor, writes=False)

    def run(self, actor: Actor, use_case: Callable[[UnitOfWork], T]) -> T:
        """Call a use case in a unit of work and commit; after a lost race once more on a fresh load.

        Raises `Conflict` when the race is lost again.
        """
        try:
            return self._once(actor, use_case)
        except Superseded:
            return self._once(actor, use_case)

    def _once(self, actor: Actor, use_case: Callable[[UnitOfWork], T]) -> T:
        try:
            with self.unit(actor) as unit:
                result = use_case(unit)
                unit.commit()
                return result
        except store.DatabaseError as error:
            if store.is_lost_race(error):
                raise Superseded("runtime.superseded") from error
            raise

    def migrate(self) -> None:
        """Bring the database to the newest revision."""
        store.migrations.upgrade(self.site.database)

    def back_up(self, target: Path) -> None:
        """Copy the database to a new file while it is in use. Raises `Conflict`, `NotFound`, `Invalid`."""
        store.backup.copy(self.site.database, target)

    def restore(self, source: Path) -> None:
        """Fill an empty database from a copy. Raises `Conflict`, `NotFound`, `Invalid`."""
        store.backup.put_back(self.site.database, source)

    @property
    def is_ready(self) -> bool:
        """Whether the database answers and its tables are those that this program knows."""
        return store.migrations.current(self.site.database) == store.migrations.newest()

    def close(self) -> None:
        self.site.workflows.clear()
        self.site.database.close()
