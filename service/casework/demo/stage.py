"""Where a story is played: an engine, a clock that is set, and somebody who does open tasks with given answers."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import regex

from service import feel
from service.auth import SYSTEM, Actor
from service.business_calendar import CalendarMissing
from service.casework import calendars
from service.forms import nest
from service.runtime import files, user_tasks
from service.runtime.engine import Engine, SetClock
from service.runtime.unit import UnitOfWork
from service.runtime.user_tasks import UserTask, UserTaskQuery

WORK_BEGINS = time(9)
PER_TASK = timedelta(minutes=5)

_PLACE = regex.compile(r"\{(now|today)([+-]\d+)?\}")


@dataclass
class Stage:
    """An engine on a set clock, and what the door lends."""

    engine: Engine
    clock: SetClock
    idle: Callable[[], object]  # runs what is due
    say: Callable[[str], None] = lambda _: None  # shows a line

    def run(self, actor: Actor, use_case: Callable[[UnitOfWork], Any]) -> Any:
        """Call a use case in a unit of its own and commit."""
        return self.engine.run(actor, use_case)

    # time

    @property
    def now(self) -> datetime:
        """The moment of the story, in the site's zone."""
        return self.clock.now().astimezone(self.engine.zone)

    def go_to(self, day: date) -> None:
        """Go to the morning of a day, or of the last working day before it, and let what became due run.

        The clock never goes back: what is played later happened later.
        """
        moment = datetime.combine(self._working_day(day), WORK_BEGINS, self.engine.zone)
        if moment > self.clock.now():
            self.clock.set(moment)
        self.idle()

    def _working_day(self, day: date) -> date:
        with self.engine.reading(SYSTEM) as unit:
            calendar = calendars.calendar(unit)
            try:
                while not calendar.is_working_day(day):
                    day -= timedelta(days=1)
            except CalendarMissing:
                return day
        return day

    # tasks

    def open_tasks(self, case_key: int) -> list[UserTask]:
        """Return the open tasks of a case in order of creation."""
        with self.engine.reading(SYSTEM) as unit:
            query = UserTaskQuery(business_key=str(case_key))
            found = list(user_tasks.search(unit, query, None, 200).items)
        return sorted(found, key=lambda task: task.key)

    def complete(self, task: UserTask, actor: Actor, answers: Mapping[str, Any]) -> None:
        """Claim a task and complete it with answers by dotted path; those that are null are left out."""
        given = {path: value for path, value in self.filled(answers).items() if value is not None}

        home = files.Home(task.business_key, task.root_key, task.instance_key, task.process_id, task.key)

        def work(unit: UnitOfWork) -> None:
            user_tasks.claim(unit, task.key)
            user_tasks.complete(unit, task.key, nest(attached(unit, given, home)))

        self.run(actor, work)
        self.clock.advance(PER_TASK)
        self.idle()

    def filled(self, value: Any) -> Any:
        """Return answers with `{now}`, `{today}` and `{today+10}` replaced by the story's time."""
        if isinstance(value, Mapping):
            return {name: self.filled(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        match = _PLACE.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            return copy.copy(value)
        moment = self.now + timedelta(days=int(match.group(2) or 0))
        if match.group(1) == "today":
            return moment.date().isoformat()
        return moment.isoformat(timespec="minutes")


def attached(unit: UnitOfWork, value: Any, home: files.Home) -> Any:
    """Return answers with files, told as name and text, stored as uploads of the actor and referred to."""
    if isinstance(value, Mapping) and value.keys() == {"file", "text"}:
        content = io.BytesIO(str(value["text"]).encode())
        received = files.receive(unit.engine.files, str(value["file"]), content)
        return files.reference(files.upload(unit, received, home))
    if isinstance(value, Mapping):
        return {name: attached(unit, item, home) for name, item in value.items()}
    return [attached(unit, item, home) for item in value] if isinstance(value, list) else value


def offered_to(task: UserTask) -> tuple[Sequence[str], Sequence[str]]:
    """Return the users and the groups to whom a task is offered."""
    users, groups = feel.codec.decode(task.candidate_users), feel.codec.decode(task.candidate_groups)
    return (
        [str(name) for name in users] if isinstance(users, list) else [],
        [str(name) for name in groups] if isinstance(groups, list) else [],
    )
