"""What SQLite is told to be, and how writers and readers meet."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text

from service.errors import Invalid
from service.store import Database, DatabaseError
from service.store.base import decode_cursor, encode_cursor
from service.store.deployments import Deployment, Release
from tests.conftest import POSTGRES

EAST = timezone(timedelta(hours=8))


def a_deployment(key: int, at: datetime) -> Deployment:
    return Deployment(key=key, name="", release=Release.LIVE, created_at=at, created_by="ann")


def test_several_that_open_a_new_file_at_once_all_get_it(sqlite_url: str) -> None:
    databases = [Database(sqlite_url) for _ in range(8)]

    def mode(database: Database) -> str:
        with database.reading() as session:
            return str(session.execute(text("PRAGMA journal_mode")).scalar())

    with ThreadPoolExecutor(len(databases)) as pool:
        found = list(pool.map(mode, databases))

    assert found == ["wal"] * len(databases)
    for database in databases:
        database.close()


def test_sqlite_keeps_what_is_committed_and_checks_foreign_keys(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.reading() as session:
        found = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous",
                                                                                     "foreign_keys")}  # fmt: skip
    database.close()

    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_reader_sees_the_state_before_a_writer_that_has_not_committed(database_url: str) -> None:
    database = Database(database_url)
    with database.writing() as writer:
        writer.add(a_deployment(1, datetime(2025, 1, 1, tzinfo=UTC)))
        writer.flush()
        with database.reading() as reader:
            assert reader.get(Deployment, 1) is None
        writer.commit()
    with database.reading() as reader:
        assert reader.get(Deployment, 1) is not None
    database.close()


def test_sqlite_writers_wait_for_one_another(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    order: list[str] = []

    def second() -> None:
        with database.writing() as session:
            session.execute(text("SELECT 1"))
            order.append("second")

    with database.writing() as session:
        thread = threading.Thread(target=second)
        thread.start()
        session.execute(text("SELECT 1"))
        order.append("first")
    thread.join()
    database.close()

    assert order == ["first", "second"]


def test_moments_come_back_as_utc_whatever_zone_they_went_in_with(database_url: str) -> None:
    database = Database(database_url)
    with database.writing() as session:
        session.add(a_deployment(1, datetime(2025, 6, 10, 12, 30, 0, 123456, tzinfo=EAST)))
        session.commit()
    with database.reading() as session:
        row = session.get(Deployment, 1)
        assert row is not None
        assert row.created_at == datetime(2025, 6, 10, 4, 30, 0, 123456, tzinfo=UTC)
        assert row.created_at.tzinfo is UTC
    database.close()


def test_a_naive_moment_is_refused(database_url: str) -> None:
    database = Database(database_url)
    with database.writing() as session:
        session.add(a_deployment(1, datetime(2025, 6, 10)))  # noqa: DTZ001
        with pytest.raises(Exception, match="naive datetime"):
            session.flush()
    database.close()


def test_a_cursor_comes_back_as_it_went_out() -> None:
    moment = datetime(2025, 6, 10, 4, 30, tzinfo=UTC)

    assert decode_cursor(encode_cursor(moment, 2**62), datetime, int) == [moment, 2**62]


@pytest.mark.parametrize("cursor", ["", "x", "🙂", "W10", "WyJhIl0", encode_cursor("a", 1), encode_cursor(1, 2, 3)])
def test_a_cursor_from_elsewhere_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        decode_cursor(cursor, int, int)

    assert refused.value.code == "store.cursor_invalid"


@pytest.mark.skipif(not POSTGRES, reason="no PG")
def test_a_transaction_whose_process_hangs_is_ended_by_the_database(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.store.database.HANG_SECONDS", 1)
    database = Database(postgres_url)
    with database.writing() as hanging:
        hanging.add(a_deployment(1, datetime(2025, 1, 1, tzinfo=UTC)))
        hanging.flush()
        threading.Event().wait(1.5)
        with pytest.raises(DatabaseError):
            hanging.execute(text("SELECT 1"))
        hanging.rollback()

    with database.reading() as reader:
        assert reader.get(Deployment, 1) is None
    database.close()


def test_a_migration_may_take_longer_than_a_statement(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    with database.migrating() as connection:
        if not database.is_sqlite:
            assert connection.execute(text("SHOW statement_timeout")).scalar() == "0"
    if not database.is_sqlite:
        with database.reading() as session:
            assert session.execute(text("SHOW statement_timeout")).scalar() == "1min"
    database.close()
