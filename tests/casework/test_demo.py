"""The demonstration: filled by playing the shipped processes, and shown in the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from importlib import resources
from pathlib import Path

import pytest

from service import auth
from service.auth import SYSTEM, accounts
from service.auth.roles import Role, clashes
from service.casework import case_files, demo, notices, records
from service.casework.demo import Stage
from service.casework.states import State
from service.errors import Conflict
from service.runtime import audit, deployments, files, incidents
from service.runtime.engine import Engine, SetClock
from service.worker import run_until_idle
from tests.processes import play

NOW = datetime(2026, 11, 25, 10, tzinfo=play.ZONE)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    clock = SetClock(NOW)
    engine = play.open_engine(tmp_path_factory.mktemp("demo") / "demo.db", clock)
    engine.migrate()
    engine.run(SYSTEM, lambda unit: deployments.deploy(unit, play.shipped_models()))
    yield Stage(engine, clock, lambda: run_until_idle(engine))
    engine.close()


@pytest.fixture(scope="module")
def seeded(stage: Stage) -> Engine:
    assert demo.seed(stage)
    return stage.engine


def test_every_role_has_an_account_of_its_own() -> None:
    held = {role for person in demo.people() for role in person.roles}

    assert held == {role.value for role in Role}
    assert all(not clashes(person.roles) for person in demo.people())


def test_everybody_in_it_is_marked_as_made_up() -> None:
    story = json.loads((resources.files(demo) / "story.json").read_text("utf-8"))

    names = [person.display_name for person in demo.people()] + [one["name"] for one in story["persons"].values()]
    assert all("示例" in name for name in (*names, *(case["title"] for case in story["cases"])))


def test_cases_stand_in_every_state_in_which_a_case_can_rest(seeded: Engine) -> None:
    with seeded.reading(SYSTEM) as unit:
        states = {person.state for line in case_files.search(unit, limit=100).items for person in line.subjects}

    passing = {State.ACCEPTED, State.ISSUED, State.SERVED}  # the process moves on from these in the same transaction
    assert states == set(State) - passing


def test_nothing_stands_still_for_a_fault_and_the_log_is_whole(seeded: Engine) -> None:
    with seeded.reading(SYSTEM) as unit:
        assert incidents.search(unit).items == []
        assert audit.verify(unit).whole


def test_its_cases_keep_files_as_evidence(seeded: Engine) -> None:
    with seeded.reading(SYSTEM) as unit:
        kept = [
            (case, entry)
            for line in case_files.search(unit, limit=100).items
            for case in [records.of_case(unit, line.key)]
            for person in case.subjects
            for entry in case.document("evidence", person.key)
            if entry.get("file")
        ]
        assert kept
        for case, entry in kept:
            listed = {row.sha256 for row in files.of_case(unit, str(case.key))}
            assert set(entry["sha256"].split(", ")) <= listed


def test_one_rectification_is_overdue_and_was_escalated(seeded: Engine) -> None:
    with seeded.reading(SYSTEM) as unit:
        levels = set()
        for line in case_files.search(unit, limit=100).items:
            case = records.of_case(unit, line.key)
            for person in case.subjects:
                entries = case.document("rectification", person.key).get("escalation") or []
                levels.add(tuple(entry["level"] for entry in entries))

    assert ("remind", "L1", "L2") in levels
    assert ("remind", "L1", "L2", "L3", "L4") in levels


def test_one_case_lacks_a_calendar_year_and_says_how_to_mend_it(seeded: Engine) -> None:
    with seeded.reading(SYSTEM) as unit:
        lacking = [line for line in case_files.search(unit, limit=100).items if "缺少年度工作日历" in line.title]
        (line,) = lacking
        assert line.calendar_missing
        assert any("导入" in notice.text for notice in notices.of_case(unit, line.key))


def test_seeded_people_sign_in_with_the_known_password(seeded: Engine) -> None:
    with seeded.unit(SYSTEM) as unit:
        found = accounts.authenticate(unit, "lead", demo.PASSWORD)

    assert found.account is not None
    assert found.account.actor.groups == {"LEAD"}


def test_the_subject_follows_own_cases_alone(seeded: Engine) -> None:
    with seeded.reading(auth.Actor("subject2", frozenset({"SUBJECT"}))) as unit:
        own = case_files.own_cases(unit)

        assert own
        assert all(person.account == "subject2" for seen in own for person in seen.summary.subjects)


def test_filling_it_again_changes_nothing(seeded: Engine, stage: Stage) -> None:
    with seeded.reading(SYSTEM) as unit:
        before = audit.verify(unit).entries

    assert not demo.seed(stage)

    with seeded.reading(SYSTEM) as unit:
        assert audit.verify(unit).entries == before
    assert stage.now >= NOW


def test_a_half_filled_demonstration_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    engine = play.open_engine(tmp_path / "half.db", SetClock(NOW))
    engine.migrate()
    name = demo.people()[0].name
    engine.run(SYSTEM, lambda unit: accounts.create(unit, name, "示例", None, [("SUBJECT", "")]))

    with pytest.raises(Conflict, match=r"casework\.demo_half_seeded"):
        demo.seed(Stage(engine, SetClock(NOW), lambda: run_until_idle(engine)))
    engine.close()


def test_the_whole_case_is_shown_task_by_task(tmp_path: Path) -> None:
    lines: list[str] = []
    clock = SetClock(datetime(2026, 3, 2, 9, tzinfo=play.ZONE))
    engine = play.open_engine(tmp_path / "whole.db", clock)
    engine.migrate()
    engine.run(SYSTEM, lambda unit: deployments.deploy(unit, play.shipped_models()))

    key = demo.play(Stage(engine, clock, lambda: run_until_idle(engine), lines.append))

    shown = "\n".join(lines)
    assert all(
        word in shown for word in ("主动考察", "形成决议", "签发关口", "命中规则", "P-T14", "结案", "免于追究责任")
    )
    assert "{" not in shown
    with engine.reading(SYSTEM) as unit:
        assert records.of_case(unit, key).row.state == "CLOSED"
    engine.close()
