"""Viewing recorded: one entry for looks close together, found by filters, for the administrators it is meant for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from service import wiring
from service.auth import SYSTEM, Actor, accounts
from service.casework import viewings
from service.errors import Forbidden
from service.runtime.engine import Engine, SetClock
from tests.casework.test_identities import CASE, a_case

AUDITOR = Actor("aud", frozenset({"AUDADM"}))
SECURITY = Actor("sec", frozenset({"SECADM"}))
ANN, BOB = Actor("ann", frozenset({"LEAD"})), Actor("bob", frozenset({"LEAD"}))


@pytest.fixture
def engine(database_url: str, open_engine: Callable[..., Engine]) -> Engine:
    engine = open_engine(database_url, wiring.PLUGINS)
    a_case(engine)
    engine.run(SYSTEM, lambda unit: accounts.create(unit, "ann", "安示例", None))
    return engine


def look(engine: Engine, actor: Actor = ANN, part: str = "overview", detail: str = "") -> None:
    engine.run(actor, lambda unit: viewings.note(unit, CASE, part, detail))


def found(engine: Engine, actor: Actor = AUDITOR, **filters: object) -> list[viewings.Line]:
    with engine.reading(actor) as unit:
        return list(viewings.search(unit, **filters).items)  # type: ignore[arg-type]


def test_looks_close_together_are_one_entry_and_later_ones_another(engine: Engine, clock: SetClock) -> None:
    for minutes in (0, 5, 5, 10):
        clock.advance(viewings.QUIET * minutes)
        look(engine)
    clock.advance(viewings.BATCH * 2)
    look(engine)

    newest, first = found(engine)
    assert (newest.times, first.times) == (1, 4)
    assert (first.called, first.case_no) == ("安示例", "示例-1")
    assert first.last_at - first.at == viewings.QUIET * 20


def test_another_part_step_or_person_is_another_entry(engine: Engine) -> None:
    look(engine)
    look(engine, BOB)
    look(engine, part=viewings.TASK, detail="核实")
    look(engine, part=viewings.TASK, detail="复核")

    assert len(found(engine)) == 4


def test_the_service_itself_looks_at_nothing(engine: Engine) -> None:
    look(engine, SYSTEM)

    assert found(engine) == []


FILTERS = [
    ({"who": "ann"}, ["overview", "task"]),
    ({"who": "nobody"}, []),
    ({"case_no": "示例-1"}, ["overview", "task", "identity"]),
    ({"case_no": "示例"}, []),
    ({"part": "task"}, ["task"]),
    ({"since": date(2025, 6, 11)}, ["task"]),
    ({"until": date(2025, 6, 10)}, ["overview", "identity"]),
    ({"since": date(2025, 6, 10), "until": date(2025, 6, 11)}, ["overview", "task", "identity"]),
]


@pytest.mark.parametrize(("filters", "parts"), FILTERS)
def test_entries_are_found_by(engine: Engine, clock: SetClock, filters: dict[str, object], parts: list[str]) -> None:
    look(engine)
    look(engine, BOB, viewings.IDENTITY, "归档核对")
    clock.advance(viewings.BATCH * 100)
    look(engine, part=viewings.TASK, detail="核实")

    assert sorted(line.part for line in found(engine, **filters)) == sorted(parts)


def test_the_security_administrator_sees_who_saw_identity_numbers_alone(engine: Engine) -> None:
    look(engine)
    look(engine, BOB, viewings.IDENTITY, "归档核对")

    assert [line.part for line in found(engine, SECURITY)] == ["identity"]
    assert [line.part for line in found(engine, SECURITY, part="overview")] == ["identity"]


@pytest.mark.parametrize("role", ["LEAD", "OWNER", "SYSADM", "INVEST"])
def test_nobody_else_looks_them_up(engine: Engine, role: str) -> None:
    with pytest.raises(Forbidden):
        found(engine, Actor("x", frozenset({role})))


def test_an_export_holds_all_pages(engine: Engine) -> None:
    for number in range(7):
        look(engine, part=viewings.TASK, detail=str(number))

    with engine.reading(AUDITOR) as unit:
        lines = list(viewings.export(unit, page=3))

    assert [line.detail for line in lines] == [str(number) for number in range(6, -1, -1)]
