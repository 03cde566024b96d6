"""What one application was made for: its engine and settings."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from service.runtime.engine import Engine
from service.settings import Settings

EXTENSION = "rongcuo"


@dataclass(frozen=True, slots=True)
class Site:
    engine: Engine
    settings: Settings


def site() -> Site:
    """Return the site of the application that handles this request."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Site)  # noqa: S101 - put there by create_app
    return found
