"""A site with the shipped models and an account for each role, copied for every test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from service.auth import SYSTEM, Actor
from service.casework import case_files, records
from service.casework.case import Case
from service.runtime.engine import SetClock
from service.runtime.unit import UnitOfWork
from tests.processes import play


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("casework") / "prepared.db"
    play.prepare(path)
    return path


class Site:
    """One site with a case registered in it, seen by whoever acts."""

    def __init__(self, database: Path) -> None:
        self.clock = SetClock(play.OPENED)
        self.engine = play.open_engine(database, self.clock)
        self.key = 0

    def register(self, *people: Mapping[str, Any], by: str = "intake") -> int:
        with self.unit(by) as unit:
            self.key = case_files.register(unit, play.a_registration(*people)).key
            unit.commit()
        return self.key

    @staticmethod
    def actor(name: str, *groups: str) -> Actor:
        return Actor(name, frozenset(groups or {play.PEOPLE[name]}))

    @contextmanager
    def unit(self, who: str | Actor = SYSTEM) -> Iterator[UnitOfWork]:
        with self.engine.unit(self.actor(who) if isinstance(who, str) else who) as unit:
            yield unit

    @contextmanager
    def case(self) -> Iterator[Case]:
        """The case in a unit that is committed at the end."""
        with self.unit() as unit:
            yield records.of_case(unit, self.key)
            unit.commit()

    def subject(self, number: int = 1) -> int:
        with self.engine.reading(SYSTEM) as unit:
            return records.of_case(unit, self.key).subjects[number - 1].key

    def record(self, name: str, number: int = 1) -> Any:
        with self.engine.reading(SYSTEM) as unit:
            case = records.of_case(unit, self.key)
            return case.subject_records(case.subjects[number - 1].key)[name]

    def write(self, values: Mapping[str, Any], number: int = 1) -> None:
        """Check and write records of a person as a step would."""
        with self.case() as case:
            key = case.subjects[number - 1].key
            records.check(case, key, dict(values))
            for path, value in values.items():
                records.write(case, key, path, value)

    def later(self, **span: float) -> None:
        self.clock.advance(timedelta(**span))


@pytest.fixture
def site(prepared: Path, tmp_path: Path) -> Iterator[Site]:
    path = tmp_path / "site.db"
    path.write_bytes(prepared.read_bytes())
    site = Site(path)
    yield site
    site.engine.close()


@pytest.fixture
def case(site: Site) -> Site:
    """A site with one registered case of one person."""
    site.register()
    return site


@pytest.fixture
def two(site: Site) -> Site:
    """A site with one registered case of two persons."""
    site.register(play.a_person(account="subject"), play.a_person("李示例"))
    return site
