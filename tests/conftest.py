"""What many tests share: a fresh database of each kind, a clock set by hand, an engine on both.

PostgreSQL is used when RONGCUO_TEST_POSTGRES names an empty database; every test has a schema of its own there.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from service.auth import Actor
from service.runtime.engine import Engine, SetClock
from service.runtime.unit import Plugins
from service.store import Base, Database, migrations

POSTGRES = os.environ.get("RONGCUO_TEST_POSTGRES", "")
NOON = datetime(2025, 6, 10, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai, a Tuesday


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of an empty, migrated SQLite database, made once and copied for every test."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path.read_bytes()


@pytest.fixture
def sqlite_url(tmp_path: Path, _migrated: bytes) -> str:
    """A migrated SQLite database."""
    path = tmp_path / "rongcuo.db"
    path.write_bytes(_migrated)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.skipif(not POSTGRES, reason="no PG"))])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'rongcuo.db'}"
        return
    with _schema() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.skipif(not POSTGRES, reason="no PG"))])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database, of each kind."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture(scope="session")
def _postgres() -> Iterator[str]:
    """A migrated PostgreSQL schema, made once: its tables are emptied for every test."""
    with _schema() as url:
        database = Database(url)
        migrations.upgrade(database)
        database.close()
        yield url


@pytest.fixture
def postgres_url(_postgres: str) -> str:
    database = Database(_postgres)
    with database.engine.begin() as connection:
        connection.execute(text("SET lock_timeout = '10s'"))
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
    database.close()
    return _postgres


class _schema:
    """A PostgreSQL schema of its own."""

    def __enter__(self) -> str:
        self._name = f"test_{secrets.token_hex(6)}"
        url = make_url(POSTGRES).set(drivername="postgresql+psycopg")
        self._engine = create_engine(url)
        with self._engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {self._name}"))
        own = url.update_query_dict({"options": f"-csearch_path={self._name}"})
        return own.render_as_string(hide_password=False)

    def __exit__(self, *_: object) -> None:
        with self._engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {self._name} CASCADE"))
        self._engine.dispose()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
def open_engine(clock: SetClock) -> Iterator[Callable[..., Engine]]:
    """Open engines that are closed at the end; opening another one on the same database is a restart."""
    opened: list[Engine] = []

    def open_(url: str, plugins: Plugins | None = None, **options: object) -> Engine:
        engine = Engine(url, clock, plugins, **options)  # type: ignore[arg-type]
        opened.append(engine)
        return engine

    yield open_
    for engine in opened:
        engine.close()


@pytest.fixture
def engine(database_url: str, open_engine: Callable[..., Engine]) -> Engine:
    """An engine without plug-ins on a migrated database of each kind."""
    return open_engine(database_url)


@pytest.fixture
def ann() -> Actor:
    return Actor("ann", frozenset({"INVEST"}))


@pytest.fixture
def bob() -> Actor:
    return Actor("bob", frozenset({"REVIEW"}))
