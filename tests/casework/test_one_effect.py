"""What is sent twice at one moment takes effect once, on each database."""

from __future__ import annotations

import threading
from collections.abc import Callable

from service import wiring
from service.auth import SYSTEM, Actor, accounts
from service.casework import case_files
from service.casework.case_files import CaseFile
from service.runtime import deployments
from service.runtime.engine import Engine, SetClock
from service.runtime.unit import UnitOfWork
from tests.processes import play

INTAKE = Actor("intake", frozenset({"INTAKE"}))


def test_two_registrations_with_one_key_at_one_moment_give_one_case(
    database_url: str, open_engine: Callable[..., Engine], clock: SetClock
) -> None:
    clock.set(play.OPENED)
    engine = open_engine(database_url, wiring.PLUGINS)
    with engine.unit(SYSTEM) as unit:
        for name, role in play.PEOPLE.items():
            accounts.create(unit, name, name, None, [(role, "")])
        deployments.deploy(unit, play.shipped_models())
        unit.commit()
    second: list[int] = []

    def register(unit: UnitOfWork) -> CaseFile:
        return case_files.register(unit, play.a_registration(), "once")

    thread = threading.Thread(target=lambda: second.append(engine.run(INTAKE, register).key))
    with engine.unit(INTAKE) as unit:
        first = register(unit).key
        thread.start()  # neither sees the other's case before it is committed
        thread.join(0.5)
        assert second == []
        unit.commit()
    thread.join(60)

    assert second == [first]
    with engine.reading(SYSTEM) as unit:
        assert case_files.search(unit).total == 1
