"""Copies of a database: made while it is in use, of one moment; put back into an empty place only."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from service.errors import Conflict, Invalid, NotFound
from service.store.database import Database


def copy(database: Database, target: Path) -> None:
    """Write a copy to a new file: a database file of SQLite, an archive of pg_dump for PostgreSQL.

    Nothing stands at `target` before the copy is whole. Raises `Conflict` when something stands there already,
    `NotFound` without pg_dump, `Invalid` with what the tool said.
    """
    if target.exists():
        raise Conflict("store.backup_exists", path=str(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    growing = target.with_name(target.name + ".part")
    growing.unlink(missing_ok=True)
    # Whoever can read a copy can read every case.
    os.close(os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        if database.is_sqlite:
            _copy_sqlite(_file(database), growing)
        else:
            _tool(database, "pg_dump", "--format=custom", f"--schema={_schema(database)}", f"--file={growing}")
        growing.replace(target)
    finally:
        growing.unlink(missing_ok=True)


def put_back(database: Database, source: Path) -> None:
    """Fill an empty database from a copy.

    Raises `Conflict` when it holds tables, `NotFound` without a copy or tool, `Invalid` for a file that is no copy.
    """
    if not source.is_file():
        raise NotFound("store.backup_missing", path=str(source))
    with database.engine.connect() as connection:
        if inspect(connection).get_table_names():
            raise Conflict("store.restore_not_empty")
    if not database.is_sqlite:
        _tool(database, "pg_restore", "--exit-on-error", "--no-owner", "--single-transaction",
              f"--schema={_schema(database)}", f"--dbname={make_url(database.url).database}", str(source))  # fmt: skip
        return
    database.close()
    _copy_sqlite(source, _file(database))


def _copy_sqlite(source: Path, target: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
            (verdict,) = new.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise Invalid("store.backup_failed", tool="sqlite", reason=str(error)) from error
    if verdict != "ok":
        raise Invalid("store.backup_failed", tool="sqlite", reason=verdict)


def _file(database: Database) -> Path:
    return Path(str(make_url(database.url).database))


def _schema(database: Database) -> str:
    with database.engine.connect() as connection:
        return str(connection.execute(text("SELECT current_schema()")).scalar_one())


def _tool(database: Database, name: str, *arguments: str) -> None:
    found = shutil.which(name)
    if found is None:
        raise NotFound("store.backup_tool_missing", tool=name)
    url = make_url(database.url)
    given = {
        "PGHOST": str(url.query.get("host") or url.host or ""),
        "PGPORT": str(url.port or ""),
        "PGUSER": url.username or "",
        "PGPASSWORD": str(url.password or ""),  # not as an argument, which everybody on the machine can see
        "PGDATABASE": url.database or "",
        "PGOPTIONS": str(url.query.get("options") or ""),
    }
    environment = os.environ | {variable: value for variable, value in given.items() if value}
    done = subprocess.run([found, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise Invalid("store.backup_failed", tool=name, reason=" ".join(done.stderr.split())[-500:])
