"""`kill -9` in the middle of an action: nothing of it is there afterwards, and the next try does all of it once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from service.runtime import audit, history
from service.runtime.engine import Engine
from service.runtime.instances import InstanceState
from tests import builders
from tests.runtime.site import Site

# Completes the open task and kills itself at a named statement, as a power cut would.
CHILD = """
import os, signal, sys
from sqlalchemy import event
from service.auth import SYSTEM
from service.runtime import user_tasks
from service.runtime.engine import Engine

url, key, word, moment = sys.argv[1:]
engine = Engine(url)

def strike(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def before(connection, cursor, statement, *_):
    if statement.startswith(word):
        strike()

if moment == "statement":
    event.listen(engine.site.database.engine, "before_cursor_execute", before)
elif moment == "commit":
    event.listen(engine.site.database.engine, "commit", strike)
engine.run(SYSTEM, lambda unit: user_tasks.complete(unit, int(key), {"answer": 42}))
if moment == "after":
    strike()
"""

MOMENTS = {
    "before the submission is written": ("INSERT INTO submission", "statement"),
    "before the task is closed": ("UPDATE user_task", "statement"),
    "before the next task is opened": ("INSERT INTO user_task", "statement"),
    "before the state is written": ("UPDATE instance_document", "statement"),
    "before the audit entry is written": ("INSERT INTO audit_entry", "statement"),
    "before the head of the chain moves": ("UPDATE audit_head", "statement"),
    "before the commit": ("-", "commit"),
    "after the commit": ("-", "after"),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_action_is_done_whole_or_not_at_all(
    database_url: str, open_engine: Callable[..., Engine], tmp_path: Path, moment: str
) -> None:
    site = Site(database_url, open_engine)
    site.deploy(
        builders.a_diagram(
            builders.user_task("a"),
            builders.timer_boundary("b", "a", duration="PT1H"),
            builders.user_task("next"),
            builders.line("s", "a", "next", "e"),
            builders.line("b", "e"),
        )
    )
    instance = site.start()
    task = site.tasks()[0].key
    entries = site.read(audit.verify).entries
    site.engine.close()

    word, kind = MOMENTS[moment]
    child = subprocess.run(
        [sys.executable, "-c", CHILD, database_url, str(task), word, kind],
        cwd=Path(__file__).parents[2], env=os.environ, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    site.restart()

    done = kind == "after"
    assert site.open_elements() == (["next"] if done else ["a"])
    assert site.read(audit.verify) == audit.Verification(True, entries + done)
    assert ("answer" in site.variables(instance.key)) is done
    if not done:
        site.complete("a", {"answer": 42})
    assert site.open_elements() == ["next"]
    visits = site.read(lambda unit: history.flow_nodes(unit, root_key=instance.key))
    assert [visit.element_id for visit in visits if visit.key != instance.key].count("a") == 1
    site.complete("next")
    assert site.instance(instance.key).state is InstanceState.COMPLETED
