"""A fresh store and a transaction whose moment a test moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from service.auth import SYSTEM, Actor
from service.store import accounts
from service.store.base import Base


@dataclass
class FakeUnit:
    session: Session
    now: datetime
    actor: Actor = SYSTEM

    def wait(self, **span: int) -> None:
        self.now += timedelta(**span)


TABLES = [
    Base.metadata.tables[model.__tablename__]
    for model in (accounts.User, accounts.Membership, accounts.LoginSession, accounts.SignInFailures)
]


@pytest.fixture
def unit() -> Iterator[FakeUnit]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine, TABLES)
    with Session(engine) as session:
        yield FakeUnit(session, datetime(2026, 11, 25, 1, tzinfo=UTC))
    engine.dispose()
