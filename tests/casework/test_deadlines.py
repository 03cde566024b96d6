"""Deadlines as rows, and the timers and tasks that follow them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from service import store
from service.auth import SYSTEM, Actor
from service.business_calendar import Day, DayKind, Year, shipped_years, write_year
from service.casework import calendars, deadlines
from service.casework.deadlines import DeadlineState
from service.casework.functions import FUNCTIONS
from service.errors import Conflict, Invalid, NotFound
from service.runtime import audit, deployments, incidents, instances, user_tasks
from service.runtime.engine import Engine, SetClock
from service.runtime.unit import Plugins, UnitOfWork
from service.worker import run_until_idle
from tests import builders

OWNER = Actor("owner", frozenset({"OWNER"}))
CASE = 42
PARAMETER = "P-T05"  # 30 working days, once 15 more


@pytest.fixture
def site(database_url: str, open_engine: Callable[..., Engine]) -> Engine:
    return open_engine(database_url, Plugins(functions=FUNCTIONS))


def opened(site: Engine, parameter: str = PARAMETER, subject: str = "7") -> None:
    site.run(SYSTEM, lambda unit: deadlines.ensure(unit, CASE, subject, parameter))


def row(unit: UnitOfWork, parameter: str = PARAMETER, subject: str = "7") -> deadlines.Deadline:
    return deadlines.required(unit, CASE, subject, parameter)


def due(site: Engine, parameter: str = PARAMETER) -> date | None:
    with site.reading(SYSTEM) as unit:
        found = deadlines.find(unit, CASE, "7", parameter)
        assert found is not None
        return found.due


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


# Rows


def test_a_deadline_runs_from_the_day_after_it_opens(site: Engine) -> None:
    opened(site)

    assert due(site) == date(2025, 7, 22)


def test_a_deadline_is_found_again_and_not_opened_twice(site: Engine) -> None:
    first = site.run(SYSTEM, lambda unit: deadlines.ensure(unit, CASE, "7", PARAMETER).key)

    again = site.run(SYSTEM, lambda unit: deadlines.ensure(unit, CASE, "7", PARAMETER).key)
    other = site.run(SYSTEM, lambda unit: deadlines.ensure(unit, CASE, "8", PARAMETER).key)

    assert again == first
    assert other != first


def test_opening_anew_closes_the_old_one(site: Engine, clock: SetClock) -> None:
    opened(site)
    clock.advance(timedelta(days=7))

    site.run(SYSTEM, lambda unit: deadlines.open_anew(unit, CASE, "7", PARAMETER))

    with site.reading(SYSTEM) as unit:
        states = [(found.state, found.start) for found in deadlines.of_case(unit, CASE)]
    assert states == [
        (DeadlineState.CLOSED, date(2025, 6, 10)),
        (DeadlineState.RUNNING, date(2025, 6, 17)),
    ]


def test_a_pause_gives_its_days_back(site: Engine, clock: SetClock) -> None:
    opened(site)

    site.run(SYSTEM, lambda unit: deadlines.pause(unit, row(unit), "补正"))
    assert due(site) is None
    clock.advance(timedelta(days=7))
    site.run(SYSTEM, lambda unit: deadlines.resume(unit, row(unit)))

    assert due(site) == date(2025, 7, 29)


def test_an_extension_is_granted_once_and_before_the_end(site: Engine, clock: SetClock) -> None:
    opened(site)

    site.run(SYSTEM, lambda unit: deadlines.extend(unit, row(unit), "鉴定未出"))
    assert due(site) == date(2025, 8, 12)
    with pytest.raises(Conflict) as again:
        site.run(SYSTEM, lambda unit: deadlines.extend(unit, row(unit), "再延"))

    assert again.value.code == "deadline_extended_already"
    with site.reading(SYSTEM) as unit:
        (extension,) = deadlines.extensions_of(row(unit))
    assert (extension.amount, extension.reason, extension.by, extension.on) == (15, "鉴定未出", "system", "2025-06-10")


@pytest.mark.parametrize(
    ("until", "code", "expected"),
    [
        pytest.param("2025-07-25", None, "2025-07-25", id="shorter than allowed"),
        pytest.param("2025-08-12", None, "2025-08-12", id="whole"),
        pytest.param("2025-07-26", None, "2025-07-28", id="a Saturday moves on"),
        pytest.param("2025-08-13", "deadline_until_too_late", None, id="too long"),
        pytest.param("2025-07-22", "deadline_until_too_early", None, id="no extension at all"),
    ],
)
def test_an_extension_until_a_day(site: Engine, until: str, code: str | None, expected: str | None) -> None:
    opened(site)

    def extend(unit: UnitOfWork) -> None:
        deadlines.extend(unit, row(unit), "理由", until=date.fromisoformat(until))

    if code is not None:
        with pytest.raises(Invalid) as refusal:
            site.run(SYSTEM, extend)
        assert refusal.value.code == code
    else:
        site.run(SYSTEM, extend)
        assert due(site) == date.fromisoformat(expected or "")


def test_a_deadline_shortened_at_its_opening_is_extended_by_the_whole_month(site: Engine) -> None:
    def open_(unit: UnitOfWork) -> None:
        deadlines.open_until(unit, CASE, "7", "P-T14", date(2025, 6, 20))

    site.run(SYSTEM, open_)
    assert due(site, "P-T14") == date(2025, 6, 20)
    site.run(SYSTEM, lambda unit: deadlines.extend(unit, row(unit, "P-T14"), "理由"))

    assert due(site, "P-T14") == date(2025, 7, 21)


REFUSED: list[tuple[str, str, Callable[[UnitOfWork], object]]] = [
    ("extending after the end", "deadline_run_out", lambda unit: deadlines.extend(unit, row(unit), "迟")),
    (
        "extending what may not be",
        "deadline_extended_already",
        lambda unit: deadlines.extend(unit, row(unit, "P-T02"), "x"),
    ),
    ("resuming what runs", "deadline_state", lambda unit: deadlines.resume(unit, row(unit))),
    ("a deadline never opened", "deadline_not_open", lambda unit: row(unit, "P-T06")),
    ("a parameter that is no time limit", "deadline_no_length", lambda unit: deadlines.ensure(unit, 1, "", "P-T17")),
    ("an unknown parameter", "parameter_unknown", lambda unit: deadlines.ensure(unit, 1, "", "P-T99")),
]


@pytest.mark.parametrize(("code", "act"), [pytest.param(*entry[1:], id=entry[0]) for entry in REFUSED])
def test_what_is_refused(site: Engine, clock: SetClock, code: str, act: Callable[[UnitOfWork], object]) -> None:
    opened(site)
    opened(site, "P-T02")
    clock.advance(timedelta(days=60))

    with pytest.raises((Conflict, Invalid, NotFound)) as refusal:
        site.run(SYSTEM, act)

    assert refusal.value.code == code


def test_each_move_stands_in_the_audit_log(site: Engine) -> None:
    opened(site)
    site.run(SYSTEM, lambda unit: deadlines.pause(unit, row(unit)))
    site.run(SYSTEM, lambda unit: deadlines.resume(unit, row(unit)))
    site.run(SYSTEM, lambda unit: deadlines.extend(unit, row(unit), "理由"))
    site.run(SYSTEM, lambda unit: deadlines.close(unit, row(unit)))

    with site.reading(SYSTEM) as unit:
        entries = audit.search(unit).items

    assert [entry.action for entry in entries] == [
        "deadline.close",
        "deadline.extend",
        "deadline.resume",
        "deadline.pause",
        "deadline.open",
    ]
    assert {entry.business_key for entry in entries} == {str(CASE)}


# Timers and tasks

DIAGRAM = builders.a_diagram(
    builders.user_task("work", groups="INVEST", due='=deadline("P-T05")'),
    builders.timer_boundary("remind", "work", date='=deadline("P-T05", -5)', interrupting=False),
    builders.timer_boundary("late", "work", date='=deadline("P-T05", 1)', interrupting=False),
    builders.user_task("reminded", groups="INVEST"),
    builders.user_task("overdue", groups="INVEST"),
    builders.line("s", "work", "e"),
    builders.line("remind", "reminded"),
    builders.line("late", "overdue"),
)


def started(site: Engine) -> int:
    site.run(OWNER, lambda unit: deployments.deploy(unit, [DIAGRAM]))
    variables = {"subject": {"key": "7", "name": "示例"}}
    return site.run(OWNER, lambda unit: instances.start(unit, "p", variables, business_key=str(CASE))).key


def task_due(site: Engine) -> datetime | None:
    with site.reading(OWNER) as unit:
        found = user_tasks.search(unit, user_tasks.UserTaskQuery(element_id="work")).items
        return found[0].due_at


def timers(site: Engine) -> dict[str, datetime]:
    with site.reading(OWNER) as unit:
        return {job.element_id: job.due_at for job in unit.session.scalars(store_jobs()).all()}


def store_jobs() -> object:
    from sqlalchemy import select

    return select(store.jobs.Job)


def elements(site: Engine) -> set[str]:
    with site.reading(OWNER) as unit:
        return {task.element_id for task in user_tasks.search(unit, user_tasks.UserTaskQuery()).items}


def test_a_diagram_opens_the_deadline_and_hangs_its_timers_on_it(site: Engine) -> None:
    started(site)

    assert due(site) == date(2025, 7, 22)
    assert task_due(site) == local("2025-07-22T23:59:59")
    assert timers(site) == {"remind": local("2025-07-15T00:00:00"), "late": local("2025-07-23T00:00:00")}


def test_an_extension_moves_timers_and_task_in_the_same_transaction(site: Engine, clock: SetClock) -> None:
    started(site)

    site.run(OWNER, lambda unit: deadlines.extend(unit, row(unit), "鉴定未出"))

    assert task_due(site) == local("2025-08-12T23:59:59")
    assert timers(site) == {"remind": local("2025-08-05T00:00:00"), "late": local("2025-08-13T00:00:00")}
    clock.set(local("2025-07-23T08:00:00"))
    assert run_until_idle(site) == 0
    clock.set(local("2025-08-05T08:00:00"))
    assert run_until_idle(site) == 1
    assert elements(site) == {"work", "reminded"}


def test_an_extension_that_is_rolled_back_moves_nothing(site: Engine) -> None:
    started(site)

    with site.unit(OWNER) as unit:
        deadlines.extend(unit, row(unit), "未提交")

    assert due(site) == date(2025, 7, 22)
    assert task_due(site) == local("2025-07-22T23:59:59")
    assert timers(site)["late"] == local("2025-07-23T00:00:00")


def test_nothing_fires_while_the_deadline_is_paused(site: Engine, clock: SetClock) -> None:
    started(site)

    site.run(OWNER, lambda unit: deadlines.pause(unit, row(unit), "中止"))
    clock.set(local("2025-12-01T08:00:00"))
    assert run_until_idle(site) == 0
    clock.set(local("2025-12-02T08:00:00"))
    site.run(OWNER, lambda unit: deadlines.resume(unit, row(unit)))

    assert due(site) == date(2026, 1, 14)
    assert timers(site)["late"] == local("2026-01-15T00:00:00")


def test_a_changed_calendar_moves_what_is_still_open(site: Engine) -> None:
    started(site)
    shipped = next(year for year in shipped_years() if year.number == 2025)
    changed = Year(
        2025, "国办发明电〔2025〕99号", "示例", {**shipped.days, date(2025, 7, 22): Day(DayKind.HOLIDAY, "示例")}
    )

    def import_(unit: UnitOfWork) -> tuple[deadlines.Moved, ...]:
        calendars.import_year(unit, write_year(changed), "2025.csv")
        return deadlines.recompute(unit)

    (moved,) = site.run(OWNER, import_)

    assert (moved.before, moved.after) == (date(2025, 7, 22), date(2025, 7, 23))
    assert task_due(site) == local("2025-07-23T23:59:59")
    assert site.run(OWNER, deadlines.recompute) == ()


def test_a_missing_calendar_starts_nothing_and_is_mended_by_importing_it(site: Engine, clock: SetClock) -> None:
    clock.set(local("2026-12-21T09:00:00"))
    started(site)

    with site.reading(OWNER) as unit:
        assert incidents.search(unit).items == []
        guess = deadlines.provisional_due(unit, row(unit))
    assert due(site) is None
    assert task_due(site) is None
    assert run_until_idle(site) == 0
    assert guess is not None
    assert (guess.guess, guess.missing_years) == (date(2027, 2, 1), (2027,))
    year = "# year: 2027\n# source: 示例〔2026〕1号\n# title: 示例\ndate,kind,name\n2027-01-01,holiday,元旦\n"

    def mend(unit: UnitOfWork) -> None:
        calendars.import_year(unit, year, "2027.csv")
        deadlines.recompute(unit)

    site.run(OWNER, mend)

    assert due(site) == date(2027, 2, 2)
    assert task_due(site) == local("2027-02-02T23:59:59")
    assert timers(site) == {"remind": local("2027-01-26T00:00:00"), "late": local("2027-02-03T00:00:00")}
