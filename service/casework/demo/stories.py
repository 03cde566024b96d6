"""The stories of `story.json`: people, and what happens to each case on which day."""

from __future__ import annotations

import functools
import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import resources
from typing import Any

from service import feel, store, texts
from service.auth import SYSTEM, Actor, accounts
from service.casework import applications, case_files, deadlines, notices, parameters, records
from service.casework.demo.stage import Stage, attached, offered_to
from service.errors import Conflict
from service.forms import nest
from service.runtime import audit, decisions, files
from service.runtime.unit import UnitOfWork
from service.runtime.user_tasks import UserTask

# Known to everybody who reads this: the demo profile listens on this machine alone.
PASSWORD = "Rongcuo-2026-demo"  # noqa: S105 - see above

MARK = "demo.seeded"
DESCRIPTION = "description"  # of a rule; it repeats what the other columns say
STEP_LIMIT = 200  # tasks done in one step of a story

_APART = frozenset(
    {
        "notice",
        "rectification-plan",
        "plan-approval",
        "progress",
        "extension-approval",
        "inspection",
        "proposal",
        "accountability-study",
        "filing-personnel",
        "filing-integrity",
        "filing-case",
    }
)


@dataclass(frozen=True, slots=True)
class Person:
    """A fictional person of the demonstration."""

    name: str  # user name
    display_name: str
    roles: tuple[str, ...]


@functools.cache
def _story() -> Mapping[str, Any]:
    value = feel.codec.decode((resources.files(__package__) / "story.json").read_text("utf-8"))
    if not isinstance(value, dict):
        raise TypeError("story.json is no object")
    return value


def people() -> tuple[Person, ...]:
    """Return the people in the order of the procedure's roles."""
    return tuple(Person(one["name"], one["displayName"], tuple(one["roles"])) for one in _story()["people"])


def is_seeded(unit: UnitOfWork) -> bool:
    """Whether the demonstration was filled to its end."""
    return bool(audit.search(unit, action=MARK, limit=1).items)


def seed(stage: Stage) -> bool:
    """Fill the site with people and cases; return False if that was done before.

    The clock ends at the moment it had. Raises `Conflict` if an earlier filling was interrupted.
    """
    present = stage.clock.now()
    with stage.engine.reading(SYSTEM) as unit:
        if is_seeded(unit):
            return False
        if accounts.find(unit, people()[0].name) is not None:
            raise Conflict("casework.demo_half_seeded")
    stage.run(SYSTEM, lambda unit: _create_people(unit, PASSWORD))
    stories = [_Case(stage, story, number) for number, story in enumerate(_story()["cases"])]
    days = [step["day"] for story in stories for step in story.steps]
    today = present.astimezone(stage.engine.zone).date()
    stage.clock.set(present + timedelta(days=int(min(days)) - 7))
    queue = [(int(step["day"]), story.number, place) for story in stories for place, step in enumerate(story.steps)]
    heapq.heapify(queue)
    done = 0
    total = len(queue)
    while queue:
        day, number, place = heapq.heappop(queue)
        stage.go_to(today + timedelta(days=day))
        story = stories[number]
        story.act(story.steps[place])
        done += 1
        stage.say(texts.message("casework.demo_progress", {"done": done, "total": total, "case": story.title}))
    if stage.clock.now() < present:
        stage.clock.set(present)
    stage.idle()
    stage.run(SYSTEM, lambda unit: audit.record(unit, MARK, ("site", "demo"), after={"cases": len(stories)}))
    return True


def play(stage: Stage) -> int:
    """Play one whole case and show each task, decision and deadline; return the key of the case."""
    with stage.engine.reading(SYSTEM) as unit:
        known = accounts.find(unit, people()[0].name) is not None
    if not known:
        stage.run(SYSTEM, lambda unit: _create_people(unit, None))  # nobody signs in here
    case = _Case(stage, _story()["whole"], 0)
    case.shown = _Shown(stage)
    start = stage.now.date()
    for step in case.steps:
        stage.go_to(start + timedelta(days=int(step["day"])))
        case.act(step)
    case.shown.end(case.key)
    return case.key


def _create_people(unit: UnitOfWork, password: str | None) -> None:
    for person in people():
        accounts.create(unit, person.name, person.display_name, None, [(role, "") for role in person.roles])
        audit.record(unit, "account.create", ("account", person.name), after={"roles": list(person.roles)})
    if password is not None:
        accounts.share_password(unit, [person.name for person in people()], password)


@dataclass
class _Case:
    """One case in the making."""

    stage: Stage
    story: Mapping[str, Any]
    number: int
    key: int = 0
    shown: _Shown | None = None
    answers: dict[str, dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        common, own = _story()["answers"], self.story.get("answers", {})
        self.answers = {element: {**common.get(element, {}), **own.get(element, {})} for element in {**common, **own}}

    @property
    def title(self) -> str:
        return str(self.story["title"])

    @property
    def steps(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.story["steps"]
        return found

    def act(self, step: Mapping[str, Any]) -> None:
        """Do one step of the story."""
        verb = next(name for name in _VERBS if name in step)
        _VERBS[verb](self, step[verb], step)

    # verbs of the story

    def register(self, persons: Sequence[str], step: Mapping[str, Any]) -> None:
        known = _story()["persons"]
        form = {
            **self.stage.filled({**_story()["registration"], **self.story.get("registration", {})}),
            "case.title": self.title,
            "case.accountabilityCaseNo": self.story["accountabilityCaseNo"],
            "case.subjects": [known[name] for name in persons],
        }
        self.key = self.stage.run(self._actor("intake"), lambda unit: case_files.register(unit, nest(form)).key)
        self.stage.idle()
        if self.shown:
            self.shown.begin(self.key)

    def until(self, elements: Sequence[str], step: Mapping[str, Any]) -> None:
        """Do what is open until one of the elements is, leaving out what runs apart and what the step names."""
        left = (_APART | set(step.get("leave", ()))) - set(step.get("with", ()))
        for _ in range(STEP_LIMIT):
            tasks = self.stage.open_tasks(self.key)
            if any(task.element_id in elements for task in tasks):
                return
            ready = [task for task in tasks if task.element_id not in left]
            if not ready:
                raise Conflict(
                    "casework.demo_stuck",
                    case=self.title,
                    wanted=", ".join(elements),
                    open=", ".join(sorted(task.element_id for task in tasks)),
                )
            self._do(ready[0], {})
        raise Conflict("casework.demo_stuck", case=self.title, wanted=", ".join(elements), open="…")

    def rest(self, elements: Sequence[str], step: Mapping[str, Any]) -> None:
        """Do what is open until only the elements named and what runs apart are left."""
        left = _APART | set(elements)
        for _ in range(STEP_LIMIT):
            ready = [task for task in self.stage.open_tasks(self.key) if task.element_id not in left]
            if not ready:
                return
            self._do(ready[0], {})

    def finish(self, _: object, step: Mapping[str, Any]) -> None:
        """Do everything that is open until nothing is."""
        for _ in range(STEP_LIMIT):
            tasks = self.stage.open_tasks(self.key)
            if not tasks:
                return
            self._do(tasks[0], {})

    def do(self, elements: Sequence[str], step: Mapping[str, Any]) -> None:
        """Do the open tasks of the elements named, in this order; what is not open is passed over."""
        for element in elements:
            for task in self.stage.open_tasks(self.key):
                if task.element_id == element:
                    self._do(task, step.get("answers", {}))

    def apply(self, form: Mapping[str, Any], step: Mapping[str, Any]) -> None:
        name = str(step["by"])

        def submit(unit: UnitOfWork) -> None:
            case = records.of_case(unit, self.key)
            subject = next(row for row in case.subjects if row.user_name == name)
            given = attached(unit, {**_story()["application"], **form}, files.Home(str(self.key)))
            applications.submit(unit, self.key, subject.key, nest(given))

        self.stage.run(self._actor(name), submit)
        self.stage.idle()

    def wait(self, _: object, step: Mapping[str, Any]) -> None:
        """Let time pass; what is due runs."""

    def tell(self, notice: Mapping[str, Any], step: Mapping[str, Any]) -> None:
        def send(unit: UnitOfWork) -> None:
            case = records.of_case(unit, self.key)
            notices.send(
                unit, notice["recipients"], notice["title"], notice["text"], source_key=unit.new_key(), case=case
            )

        self.stage.run(SYSTEM, send)

    # people

    def _do(self, task: UserTask, answers: Mapping[str, Any]) -> None:
        actor = self._actor(self._someone(task))
        given = {**self.answers.get(task.element_id, {}), **answers}
        if self.shown:
            self.shown.task(task, actor.name)
        self.stage.complete(task, actor, given)
        if self.shown:
            self.shown.after(self.key)

    @staticmethod
    def _actor(name: str) -> Actor:
        roles = next(person.roles for person in people() if person.name == name)
        return Actor(name, frozenset(roles))

    @staticmethod
    def _someone(task: UserTask) -> str:
        """Return a person who holds the task or to whom it is offered."""
        if task.assignee is not None:
            return task.assignee
        users, groups = offered_to(task)
        offered: Iterator[str] = iter(
            [*users, *(person.name for person in people() if set(person.roles) & set(groups))]
        )
        name = next(offered, None)
        if name is None:
            raise Conflict("casework.demo_nobody", element=task.element_id)
        return name


_VERBS: Mapping[str, Callable[[_Case, Any, Mapping[str, Any]], None]] = {
    "register": _Case.register,
    "until": _Case.until,
    "rest": _Case.rest,
    "finish": _Case.finish,
    "do": _Case.do,
    "apply": _Case.apply,
    "wait": _Case.wait,
    "tell": _Case.tell,
}


class _Shown:
    """Shows what happens in a case, line by line."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._names = {person.name: person.display_name for person in people()}
        self._evaluation = 0  # the last one shown
        self._deadlines: dict[int, str] = {}
        self._states: tuple[str, ...] = ()

    def _line(self, code: str, **facts: object) -> None:
        self._stage.say(texts.message(f"casework.demo_{code}", facts))

    def begin(self, key: int) -> None:
        with self._stage.engine.reading(SYSTEM) as unit:
            row = records.of_case(unit, key).row
            self._line("case", at=self._at(), number=row.case_no, title=row.title)
        self.after(key)

    def task(self, task: UserTask, name: str) -> None:
        facts = {"at": self._at(), "task": task.name or task.element_id, "who": self._names.get(name, name)}
        self._line("task", **facts)

    def after(self, key: int) -> None:
        """Show the decisions, deadlines and states that are new."""
        with self._stage.engine.reading(SYSTEM) as unit:
            page = decisions.evaluations(unit, business_key=str(key), limit=50)
            fresh = [row for row in page.items if row.key > self._evaluation]
            for row in sorted(fresh, key=lambda row: row.key):
                self._evaluation = row.key
                self._decision(row)
            for deadline in deadlines.of_case(unit, key):
                facts = f"{deadline.state.value} {deadline.due}"
                if self._deadlines.get(deadline.key) != facts:
                    self._deadlines[deadline.key] = facts
                    self._deadline(deadline)
            states = tuple(row.state for row in records.of_case(unit, key).subjects)
        if states != self._states:
            self._states = states
            names = _listed(texts.message(f"casework.state_{state}") for state in dict.fromkeys(states))
            self._line("state", states=names)

    def _decision(self, row: store.evaluations.DecisionEvaluation) -> None:
        output = feel.codec.decode(row.output)
        pairs = output.items() if isinstance(output, dict) else [("", output)]
        shown = _listed(f"{name} = {_short(value)}" if name else _short(value) for name, value in pairs)
        rules = [_rule(index, notes) for index, notes in _matched(decisions.trace(row))]
        self._line("decision", name=row.decision_name or row.decision_id, output=shown)
        if rules:
            self._line("rules", rules=_listed(rules))

    def _deadline(self, row: deadlines.Deadline) -> None:
        facts = {
            "parameter": row.parameter,
            "name": parameters.definition(row.parameter).name,
            "due": row.due.isoformat() if row.due else texts.message("casework.demo_no_due"),
        }
        self._line(f"deadline_{row.state.value}", **facts)

    def end(self, key: int) -> None:
        with self._stage.engine.reading(SYSTEM) as unit:
            case = records.of_case(unit, key)
            for row in case.subjects:
                outcome = texts.message(f"casework.outcome_{row.outcome}")
                state = texts.message(f"casework.state_{row.state}")
                self._line("end", name=row.name, outcome=outcome, state=state)
            whole = audit.verify(unit)
            self._line("audit", entries=whole.entries)

    def _at(self) -> str:
        return self._stage.now.strftime("%Y-%m-%d %H:%M")


def _listed(words: Iterable[str]) -> str:
    return texts.message("casework.comma").join(words)


def _rule(index: object, notes: Sequence[str]) -> str:
    if not notes:
        return str(index)
    return texts.message(
        "casework.demo_rule", {"index": index, "notes": texts.message("casework.semicolon").join(notes)}
    )


def _short(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_short(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_short(item)}" for name, item in value.items()) + "}"
    text = "–" if value is None else value if isinstance(value, str) else feel.string(value)  # type: ignore[arg-type]
    return text if len(text) <= 60 else text[:57] + "…"


def _matched(trace: Sequence[object]) -> Iterator[tuple[object, list[str]]]:
    """Yield index and annotations of the rules that the last decision table matched."""
    for decision in reversed(trace):
        matched = decision.get("matched") if isinstance(decision, Mapping) else None
        if not isinstance(matched, list) or not matched:
            continue
        for rule in matched:
            notes = rule.get("annotations") if isinstance(rule, Mapping) else None
            columns = notes.items() if isinstance(notes, Mapping) else ()
            words = [str(note) for column, note in columns if note and column != DESCRIPTION]
            yield (feel.string(rule.get("index")) if isinstance(rule, Mapping) else "", words)
        return
