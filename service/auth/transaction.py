"""What this package needs of a unit of work, which is made above it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from service.store.accounts import Session


class Transaction(Protocol):
    """One transaction and its moment."""

    @property
    def session(self) -> Session: ...
    @property
    def now(self) -> datetime: ...
    @property
    def actor(self) -> object: ...
