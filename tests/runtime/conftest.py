from __future__ import annotations

from collections.abc import Callable

import pytest

from service.runtime.engine import Engine
from tests.runtime.site import Site


@pytest.fixture
def site(database_url: str, open_engine: Callable[..., Engine]) -> Site:
    """An engine without plug-ins, on each database."""
    return Site(database_url, open_engine)


@pytest.fixture
def lite(sqlite_url: str, open_engine: Callable[..., Engine]) -> Site:
    """An engine without plug-ins on SQLite, for what no database makes a difference to."""
    return Site(sqlite_url, open_engine)
