"""Cases to start from, made once a run; each test plays on a copy of one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.processes.play import Play, prepare

# Steps from which tests start, in the order in which a case comes to them.
STEPS = ["staffing", "screening", "evidence", "facts-check", "trial", "convening", "statements", "issuance"]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("prepared") / "models.db"
    prepare(database)
    return database


@pytest.fixture(scope="session")
def reached(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Play]:
    """Bring a case to a step by default answers, each step made from the one before."""
    known: dict[str, Play] = {}

    def reach(step: str) -> Play:
        if step not in known:
            number = STEPS.index(step)
            folder = tmp_path_factory.mktemp(step)
            if number == 0:
                known[step] = Play.registered(prepared, folder)
            else:
                known[step] = reach(STEPS[number - 1]).copy(folder)
                known[step].up_to(step)
        return known[step]

    return reach


@pytest.fixture
def a_case(prepared: Path, tmp_path: Path, reached: Callable[[str], Play]) -> Callable[..., Play]:
    """Return a case at one of `STEPS`; with other people than the one by default it is at its beginning."""

    def make(*people: dict[str, Any], at: str = "staffing") -> Play:
        return Play.registered(prepared, tmp_path, *people) if people else reached(at).copy(tmp_path)

    return make
