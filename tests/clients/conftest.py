from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import models
from tests.serving import Served, served
from tests.web.api.conftest import _peopled, peopled_url

__all__ = ["_peopled", "files", "peopled_url", "service"]

with warnings.catch_warnings():
    # The Python client for Camunda 7 declares its settings in a way that pydantic warns of.
    warnings.simplefilter("ignore", DeprecationWarning)
    importlib.import_module("camunda.client.engine_client")


@pytest.fixture
def service(peopled_url: str, tmp_path: Path) -> Iterator[Served]:
    """A demonstration on a loopback port."""
    with served(peopled_url, tmp_path) as running:
        yield running


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """The models as files."""
    folder = tmp_path / "models"
    folder.mkdir()
    return models.write(folder)
