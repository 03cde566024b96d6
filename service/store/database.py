"""The database of a site: connections, writing and reading sessions, and what differs between SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from service.errors import Conflict

BUSY_TIMEOUT_SECONDS = 15
STATEMENT_SECONDS = 60
HANG_SECONDS = 300
MIGRATION_LOCK = 7_260_411  # any number that nothing else in the database uses

# serialization failure, deadlock, lock not available
_LOST_RACES = frozenset({"40001", "40P01", "55P03"})


class Database:
    """One database: `writing()` and `reading()` open sessions; whoever opens one commits and closes it."""

    def __init__(self, url: str, *, echo: bool = False) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        options: dict[str, Any] = {"echo": echo}
        if self.is_sqlite:
            if parsed.database and parsed.database != ":memory:":
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            options["connect_args"] = {"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
        else:
            parsed = parsed.set(drivername="postgresql+psycopg")
            options |= {"pool_pre_ping": True, "isolation_level": "READ COMMITTED"}
            options |= {"pool_size": 10, "max_overflow": 10, "pool_timeout": BUSY_TIMEOUT_SECONDS}
        self.url = parsed.render_as_string(hide_password=False)
        self._engine = create_engine(parsed, **options)
        # SQLite has one writer; waiting for it here is fair and wakes at once, unlike the busy handler's polling.
        self._writer = threading.Lock() if self.is_sqlite else None
        if self.is_sqlite:
            event.listen(self._engine, "connect", _prepare_sqlite_connection)
            event.listen(self._engine, "begin", _begin_sqlite_transaction)
        else:
            event.listen(self._engine, "connect", _prepare_postgresql_connection)
        self._write_engine = self._engine.execution_options(rongcuo_writes=True)

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine, for migrations and for tests of this package."""
        return self._engine

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a session that may write.

        Transaction: on SQLite it holds the only write lock from its start to its end. Raises `Conflict` when another
        writer does not finish in time.
        """
        if self._writer is not None and not self._writer.acquire(timeout=BUSY_TIMEOUT_SECONDS):
            raise Conflict("store.busy", seconds=BUSY_TIMEOUT_SECONDS)
        try:
            with Session(self._write_engine, expire_on_commit=False, autoflush=True) as session:
                yield session
        finally:
            if self._writer is not None:
                self._writer.release()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that sees one state of the database and hinders no writer."""
        with Session(self._engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Open a connection that changes tables, alone: a second process waits and then finds the work done."""
        with self._write_engine.begin() as connection:
            if not self.is_sqlite:
                connection.execute(text("SET LOCAL statement_timeout = 0"))  # a large table takes its time
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            yield connection

    def now(self) -> datetime | None:
        """Return the moment by the database server's clock; None on SQLite, which has none of its own."""
        if self.is_sqlite:
            return None
        with self._engine.connect() as connection:
            found: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
            return found.astimezone(UTC)

    def close(self) -> None:
        self._engine.dispose()


# What the driver raises, for those who must tell a lost race from a fault.
DatabaseError = DBAPIError


def is_lost_race(error: BaseException) -> bool:
    """Return whether a database error means that another transaction came first, so that a second try may succeed."""
    if isinstance(error, IntegrityError):
        return True
    if isinstance(error, OperationalError) and "database is locked" in str(error.orig):
        return True
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _LOST_RACES


def _prepare_sqlite_connection(connection: Any, _record: object) -> None:
    # The driver would begin transactions by its own rules; _begin_sqlite_transaction does it by ours.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}")
    _write_ahead(cursor)
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    # Where several open a new file at once, one of them switches it, and SQLite tells the others so without waiting.
    until = time.monotonic() + BUSY_TIMEOUT_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "database is locked" not in str(error) or time.monotonic() > until:
                raise
            cursor.execute("BEGIN IMMEDIATE")  # this waits for the other
            cursor.execute("COMMIT")


def _prepare_postgresql_connection(connection: Any, _record: object) -> None:
    # A statement that runs away, or a transaction whose process hangs, must not hold locks for ever.
    connection.autocommit = True
    for setting in (
        f"statement_timeout = '{STATEMENT_SECONDS}s'",
        f"lock_timeout = '{BUSY_TIMEOUT_SECONDS}s'",
        f"idle_in_transaction_session_timeout = '{HANG_SECONDS}s'",
    ):
        connection.execute(f"SET {setting}")
    connection.autocommit = False


def _begin_sqlite_transaction(connection: Connection) -> None:
    # A writer that began as a reader could not be given the write lock without risking SQLITE_BUSY in the middle.
    writes = connection.get_execution_options().get("rongcuo_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
