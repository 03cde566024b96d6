"""The revisions lead from nothing to exactly the tables of the models, and back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import inspect

from service.store import Base, Database, migrations


def test_migrations_from_empty_give_exactly_the_models(empty_database_url: str) -> None:
    database = Database(empty_database_url)

    migrations.upgrade(database)

    assert migrations.differences(database) == []
    assert migrations.current(database) == migrations.newest()
    database.close()


def test_upgrading_twice_changes_nothing(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    migrations.upgrade(database)

    migrations.upgrade(database)

    assert migrations.differences(database) == []
    database.close()


def test_downgrading_leaves_nothing_behind_and_upgrading_brings_it_back(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    migrations.upgrade(database)

    migrations.downgrade(database)

    assert set(inspect(database.engine).get_table_names()) == {"alembic_version"}
    migrations.upgrade(database)
    assert migrations.differences(database) == []
    database.close()


def test_two_processes_that_start_at_once_migrate_once(empty_database_url: str) -> None:
    databases = [Database(empty_database_url) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrations.upgrade, databases))

    assert migrations.differences(databases[0]) == []
    for database in databases:
        database.close()


def test_every_constraint_has_a_name() -> None:
    nameless = [
        f"{table.name}.{constraint!r}"
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is None
    ]

    assert nameless == []


def test_no_name_is_longer_than_postgresql_keeps() -> None:
    names = [
        str(thing.name) for table in Base.metadata.tables.values() for thing in (*table.constraints, *table.indexes)
    ]

    assert [name for name in names if len(name) > 63] == []
