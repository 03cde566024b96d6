"""`kill -9` while a file comes in or a form with it is submitted: it is there whole or not at all."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from service.auth import Actor
from service.runtime import audit, files, user_tasks
from service.runtime.engine import Engine
from tests import builders
from tests.runtime.site import Site

ANN = Actor("ann", frozenset({"INVEST"}))
CONTENT = b"%PDF-1.4\n" + bytes(range(256)) * 3000  # several pieces

# Uploads a file for a task and submits the task with it, and kills itself at a named statement of one of the two.
CHILD = """
import io, os, signal, sys
from sqlalchemy import event
from service.runtime import files, user_tasks
from service.runtime.engine import Engine
from tests.runtime.test_files_kill import ANN, CONTENT

url, key, word, during = sys.argv[1:]
engine = Engine(url)
step = ""

def strike(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def before(connection, cursor, statement, *_):
    if step == during and word != "commit" and statement.startswith(word):
        strike()

def committing(*_):
    if step == during and word == "commit":
        strike()

event.listen(engine.site.database.engine, "before_cursor_execute", before)
event.listen(engine.site.database.engine, "commit", committing)
with engine.reading(ANN) as unit:
    task = user_tasks.get(unit, int(key))
home = files.Home(task.business_key, task.root_key, task.instance_key, task.process_id, task.key, "papers")
received = files.receive(engine.site.files, "a.pdf", io.BytesIO(CONTENT))
step = "upload"
one = files.reference(engine.run(ANN, lambda unit: files.upload(unit, received, home)))
step = "between"
if during == "between":
    strike()
step = "submit"
engine.run(ANN, lambda unit: user_tasks.complete(unit, task.key, {"papers": [one]}))
"""

MOMENTS = {
    "before its first piece": ("INSERT INTO file_piece", "upload"),
    "before its row": ("INSERT INTO stored_file", "upload"),
    "before the upload is committed": ("commit", "upload"),
    "between upload and submit": ("-", "between"),
    "before it belongs to the instance": ("UPDATE stored_file", "submit"),
    "before the submission is written": ("INSERT INTO submission", "submit"),
    "before the submission is committed": ("commit", "submit"),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_file_is_there_whole_or_not_at_all(
    database_url: str, open_engine: Callable[..., Engine], moment: str
) -> None:
    site = Site(database_url, open_engine)
    picker = {"key": "papers", "type": "filepicker", "label": "p", "multiple": True}
    site.deploy(builders.a_form("f", picker), builders.a_task_diagram("p", form="f", groups="INVEST"))
    site.start()
    (task,) = site.tasks()
    site.run(lambda unit: user_tasks.claim(unit, task.key), ANN)
    site.engine.close()

    word, during = MOMENTS[moment]
    child = subprocess.run(
        [sys.executable, "-c", CHILD, database_url, str(task.key), word, during],
        cwd=Path(__file__).parents[2], env=os.environ, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    site.restart()

    arrived = during != "upload"
    counts = {table: rows(site, table) for table in ("file_content", "stored_file", "file_piece")}
    pieces = -(-len(CONTENT) // files.PIECE)
    assert counts == (
        {"file_content": 1, "stored_file": 1, "file_piece": pieces} if arrived else dict.fromkeys(counts, 0)
    )
    assert site.tasks()  # nothing is submitted
    assert site.read(audit.verify).whole
    received = files.receive(site.engine.site.files, "a.pdf", io.BytesIO(CONTENT))
    home = files.Home(None, task.root_key, task.instance_key, task.process_id, task.key, "papers")
    again = site.run(lambda unit: files.reference(files.upload(unit, received, home)), ANN)
    site.run(lambda unit: user_tasks.complete(unit, task.key, {"papers": [again]}), ANN)
    assert (rows(site, "file_content"), rows(site, "file_piece")) == (1, pieces)


def rows(site: Site, table: str) -> int:
    with site.engine.site.database.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608
