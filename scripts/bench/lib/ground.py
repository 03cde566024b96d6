"""The ground a figure stands on: machine, databases of their own, the bare commit loop that all is held to."""

from __future__ import annotations

import contextlib
import os
import platform
import secrets
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

CPUS = Path("/proc/cpuinfo")
POSTGRES = os.environ.get("RONGCUO_TEST_POSTGRES", "")
ROW = b"x" * 3000  # as large as a late state


def machine() -> dict[str, Any]:
    """What the figures were measured on, and how busy it was with other work."""
    model = platform.processor() or platform.machine()
    if CPUS.exists():
        names = (line.partition(":")[2].strip() for line in CPUS.read_text().splitlines() if "model name" in line)
        model = next(names, model)
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
    }


@contextlib.contextmanager
def databases() -> Iterator[dict[str, str]]:
    """An empty database of each kind by name: SQLite on the disk, PostgreSQL where RONGCUO_TEST_POSTGRES names one."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("RONGCUO_BENCH_FOLDER")) as folder:
        found = {"sqlite": f"sqlite:///{folder}/bench.db"}
        if not POSTGRES:
            yield found
            return
        schema = f"bench_{secrets.token_hex(6)}"
        url = make_url(POSTGRES).set(drivername="postgresql+psycopg")
        admin = create_engine(url)
        with admin.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        own = url.update_query_dict({"options": f"-csearch_path={schema}"})
        try:
            yield found | {"postgresql": own.render_as_string(hide_password=False)}
        finally:
            with admin.begin() as connection:
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
            admin.dispose()


def bare_commits(url: str, seconds: float) -> float:
    """Commits a second of one connection that writes a row of 3 kB a commit, with the settings that the service has."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(str(parsed.database)).with_name("bare.db")
        lite = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            lite.execute(f"PRAGMA {pragma}")
        lite.execute("CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, content BLOB)")

        def commit() -> None:
            lite.execute("BEGIN IMMEDIATE")
            lite.execute("INSERT INTO bare (content) VALUES (?)", (ROW,))
            lite.execute("COMMIT")

        with contextlib.closing(lite):
            return _rate(commit, seconds)
    plain = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, content bytea)")
        connection.commit()

        def commit() -> None:
            connection.execute("INSERT INTO bare (content) VALUES (%s)", (ROW,))
            connection.commit()

        return _rate(commit, seconds)


def _rate(action: Callable[[], None], seconds: float) -> float:
    action()
    count, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        action()
        count += 1
    return count / spent


def spread(milliseconds: Sequence[float]) -> dict[str, float]:
    """Median and tail of what was measured, in milliseconds."""
    ordered = sorted(milliseconds)
    return {
        "p50_ms": round(statistics.median(ordered), 2),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 2),
        "worst_ms": round(ordered[-1], 2),
    }
