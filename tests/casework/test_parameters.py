"""Parameters: shipped defaults, and versions that two people bring into force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from service import feel
from service.auth import Actor
from service.casework import calendars, parameters
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.feel import Value
from service.runtime.engine import Engine, SetClock
from service.runtime.unit import UnitOfWork

FIRST = Actor("owner-a", frozenset({"OWNER"}))
SECOND = Actor("owner-b", frozenset({"OWNER"}))
TODAY = date(2025, 6, 10)


def propose(id: str = "P-T05", new: Value = Decimal(40), on: date = TODAY) -> Callable[[UnitOfWork], int]:
    return lambda unit: parameters.propose(unit, id, new, on, "示例理由")


def value(engine: Engine, id: str = "P-T05") -> Value:
    with engine.reading(FIRST) as unit:
        return parameters.value(unit, id)


def test_defaults_stand_in_the_order_of_the_procedure_with_source_and_layer() -> None:
    known = parameters.definitions()

    assert list(known)[:20] == [f"P-T{number:02}" for number in range(1, 21)]
    assert known["P-T05"].default == Decimal(30)
    assert (known["P-T05"].extension, known["P-T05"].extensions) == (15, 1)
    assert known["P-T09"].cap_months == 1
    assert known["P-OVL-01"].default == []
    assert known["P-3D-01"].layer == "seed-ref"
    assert [id for id, entry in known.items() if not entry.source or not entry.layer] == []


def test_a_new_value_holds_once_another_person_approves_it(engine: Engine) -> None:
    key = engine.run(FIRST, propose())
    assert value(engine) == Decimal(30)

    engine.run(SECOND, lambda unit: parameters.approve(unit, key))

    assert value(engine) == Decimal(40)
    with engine.reading(FIRST) as unit:
        holding = parameters.in_force(unit, "P-T05")
    assert (holding.version_key, holding.approved_by, holding.effective_on) == (key, "owner-b", TODAY)


def test_a_new_value_waits_for_its_date(engine: Engine, clock: SetClock) -> None:
    key = engine.run(FIRST, propose(on=TODAY + timedelta(days=3)))
    engine.run(SECOND, lambda unit: parameters.approve(unit, key))

    assert value(engine) == Decimal(30)
    clock.advance(timedelta(days=3))
    assert value(engine) == Decimal(40)


REFUSED: list[tuple[str, type[Exception], str, Actor, Callable[[UnitOfWork], object]]] = [
    ("a rule of law", Forbidden, "parameter_fixed", FIRST, propose("F-01", Decimal(2))),
    ("unknown", NotFound, "parameter_unknown", FIRST, propose("P-T99")),
    ("another kind", Invalid, "parameter_kind", FIRST, propose(new="thirty")),
    ("below the minimum", Invalid, "parameter_number", FIRST, propose(new=Decimal(0))),
    ("no whole number", Invalid, "parameter_number", FIRST, propose(new=Decimal("1.5"))),
    ("fewer than two investigators", Invalid, "parameter_number", FIRST, propose("P-INV-01", Decimal(1))),
    ("in the past", Invalid, "parameter_date_past", FIRST, propose(on=TODAY - timedelta(days=1))),
    ("no version", NotFound, "parameter_version_unknown", FIRST, lambda unit: parameters.approve(unit, 1)),
]


@pytest.mark.parametrize(("error", "code", "actor", "act"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED])
def test_what_is_refused(
    engine: Engine, error: type[Forbidden], code: str, actor: Actor, act: Callable[[UnitOfWork], object]
) -> None:
    with pytest.raises(error) as refusal:
        engine.run(actor, act)

    assert refusal.value.code == code


def test_the_proposer_does_not_approve_and_nobody_twice(engine: Engine) -> None:
    key = engine.run(FIRST, propose())

    with pytest.raises(Forbidden) as same:
        engine.run(FIRST, lambda unit: parameters.approve(unit, key))
    engine.run(SECOND, lambda unit: parameters.approve(unit, key))
    with pytest.raises(Conflict) as twice:
        engine.run(SECOND, lambda unit: parameters.approve(unit, key))

    assert (same.value.code, twice.value.code) == ("parameter_second_person", "parameter_approved_already")


def test_only_the_process_owner_sets_parameters_and_imports_calendars(engine: Engine, ann: Actor) -> None:
    for act in (propose(), lambda unit: calendars.import_year(unit, "", "2030.csv")):
        with pytest.raises(Forbidden):
            engine.run(ann, act)


def test_an_imported_year_takes_the_place_of_the_shipped_one(engine: Engine) -> None:
    text = "# year: 2026\n# source: 示例〔2025〕1号\n# title: 示例\ndate,kind,name\n2026-03-11,holiday,示例\n"

    engine.run(FIRST, lambda unit: calendars.import_year(unit, text, "2026.csv"))

    with engine.reading(FIRST) as unit:
        calendar = calendars.calendar(unit)
        years = {year.number: year.source for year in calendar.years}
    assert not calendar.is_working_day(date(2026, 3, 11))
    assert calendar.is_working_day(date(2026, 10, 5))  # what the new notice does not name
    assert years[2026] == "示例〔2025〕1号"
    assert years[2025] == "国办发明电〔2024〕12号"


def test_values_keep_their_digits(engine: Engine) -> None:
    key = engine.run(FIRST, propose("P-T17", {**thresholds(), "L4": Decimal(45)}))
    engine.run(SECOND, lambda unit: parameters.approve(unit, key))

    assert feel.equal(value(engine, "P-T17"), {**thresholds(), "L4": Decimal(45)}) is True


def thresholds() -> dict[str, Value]:
    default = parameters.definition("P-T17").default
    assert isinstance(default, dict)
    return default
