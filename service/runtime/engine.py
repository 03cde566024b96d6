"""The engine: database, clock, plug-ins and caches of one process; opens units of work, retries a lost race once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from service import store
from service.runtime.definitions import Definitions
from service.runtime.file_types import FileRules
from service.runtime.unit import Actor, Clock, Plugins, Site, Superseded, UnitOfWork, opened
from service.runtime.workflow_cache import WorkflowCache

__all__ = ["Clock", "Engine", "SetClock", "Superseded", "SystemClock"]

T = TypeVar("T")

SITE_ZONE = ZoneInfo("Asia/Shanghai")


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


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
        self.site = Site(
            database=store.Database(database_url),
            clock=clock or SystemClock(),
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

    def close(self) -> None:
        self.site.workflows.clear()
        self.site.database.close()
