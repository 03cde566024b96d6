"""`kill -9` in the middle of a shipped process: after the restart the case stands where it stands without it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from service.auth import SYSTEM
from service.runtime import audit
from tests.processes.play import ROOT, Play, default_answers, nested

ACase = Callable[..., Play]

# Completes a task and lets the worker go on; kills itself before it commits for the n-th time, as a power cut would.
CHILD = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from sqlalchemy import event
from service import feel
from service.auth.actor import Actor
from service.runtime import user_tasks
from service.runtime.engine import SetClock
from service.worker import run_until_idle
from tests.processes.play import PEOPLE, open_engine

database, now, key, name, answers, wanted = sys.argv[1:]
engine = open_engine(Path(database), SetClock(datetime.fromisoformat(now)))
seen = 0

def count(*_):
    global seen
    seen += 1
    if seen == int(wanted):
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(engine.site.database.engine, "commit", count)
with engine.unit(Actor(name, frozenset({PEOPLE[name]}))) as unit:
    user_tasks.claim(unit, int(key))
    user_tasks.complete(unit, int(key), feel.codec.decode(answers))
    unit.commit()
run_until_idle(engine)
"""

# Process -> (step from which the case starts, task that is done, commits until the power goes).
MOMENTS = {
    "rc-case": ("staffing", "staffing", 1),
    "rc-subject": ("screening", "screening-review", 3),
    "rc-investigation": ("evidence", "evidence", 1),
    "rc-collective": ("statements", "statements", 1),
    "rc-rectification": ("screening", "notice", 4),
    "rc-application": ("evidence", "application-review", 3),
}


def killed(play: Play, element: str, commits: int) -> bool:
    """Do a task in a process of its own that is killed; whether the task is done nevertheless."""
    task = play.task(element)
    person = play.someone(task)
    answers = json.dumps(nested(default_answers(element, play.now)), default=str)
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(play.database), play.clock.now().isoformat(), str(task.key), person, answers,
         str(commits)],
        cwd=ROOT, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    return task.key not in {open_task.key for open_task in play.open_tasks()}


@pytest.mark.parametrize("process", MOMENTS)
def test_a_shipped_process_goes_on_after_a_power_cut(a_case: ACase, tmp_path: Path, process: str) -> None:
    at, element, commits = MOMENTS[process]
    play = a_case(at=at)
    if process == "rc-application":
        play.apply()
    if process == "rc-subject":
        play.up_to(element)
    (tmp_path / "twin").mkdir()
    twin = play.copy(tmp_path / "twin")
    twin.do(element)

    done = killed(play, element, commits)
    assert done is (commits > 1)
    play.later(minutes=10)  # leases of the dead worker run out
    if not done:
        play.do(element)

    assert play.open() == twin.open()
    assert play.record("subject")["state"] == twin.record("subject")["state"]
    assert play.record("rectification") == twin.record("rectification")
    assert play.running() == twin.running()
    with play.engine() as engine, engine.reading(SYSTEM) as unit:
        assert audit.verify(unit).whole
