"""A database with the shipped models, made once a run; each test plays on a copy of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.processes.play import Play, prepare


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("prepared") / "models.db"
    prepare(database)
    return database


@pytest.fixture
def a_case(prepared: Path, tmp_path: Path) -> Callable[..., Play]:
    """Register a case; people are those held accountable, one by default."""

    def register(*people: dict[str, Any]) -> Play:
        return Play(prepared, tmp_path, *people)

    return register
