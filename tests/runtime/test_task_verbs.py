"""Verbs of tasks: handed over, delegated, copied, reminded of, each to who may have it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from service.auth import Actor, TaskAccess
from service.errors import Conflict, DeploymentRejected, Forbidden, FormRejected, NotFound
from service.runtime import audit, history, task_verbs, user_tasks
from service.runtime.engine import Engine, SetClock
from service.runtime.task_verbs import ActKind
from service.runtime.unit import BackMove, Person, Plugins, Reason, Told, UnitOfWork
from service.runtime.user_tasks import UserTaskState
from tests import builders
from tests.runtime.site import Site

ANN = Actor("ann", frozenset({"INVEST"}))
BEA = Actor("bea", frozenset({"INVEST"}))
CID = Actor("cid", frozenset({"REVIEW"}))
LEAD = Actor("lea", frozenset({"LEAD"}))


class Office:
    """A domain in which nobody of `barred` may hold or read anything; it keeps what it was to tell."""

    def __init__(self, barred: Sequence[str] = ("cid",)) -> None:
        self.barred = barred
        self.told: list[Told] = []

    def check(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        if user in self.barred:
            raise Forbidden("auth.target_not_a_candidate", key=task.key, user=user)

    def check_successor(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        self.check(unit, task, user)

    def check_offer(self, unit: UnitOfWork, task: TaskAccess) -> None:
        return None

    def check_reader(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        self.check(unit, task, user)

    def people(self, unit: UnitOfWork, task: TaskAccess) -> Sequence[Person]:
        return [Person("ann", "Ann"), Person("bea", "Bea"), Person("cid", "Cid")]

    def readers(self, unit: UnitOfWork, task: TaskAccess) -> Sequence[Person]:
        return self.people(unit, task)

    def check_work(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        return None

    def organ(self, unit: UnitOfWork, business_key: str | None) -> str | None:
        return None

    def may_urge(self, unit: UnitOfWork, task: TaskAccess) -> bool:
        return unit.actor.name == "ina"

    def tell(self, unit: UnitOfWork, told: Told) -> None:
        self.told.append(told)

    def may_go_back(self, unit: UnitOfWork, move: BackMove) -> Reason | None:
        return None


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def site(database_url: str, open_engine: Callable[..., Engine], office: Office) -> Site:
    return Site(database_url, open_engine, Plugins(assignments=office))


@pytest.fixture
def held(site: Site) -> int:
    """A task that Ann holds, with a draft."""
    site.deploy(builders.a_task_diagram(groups="INVEST"))
    site.start()
    key = site.tasks()[0].key
    site.run(lambda unit: user_tasks.claim(unit, key), ANN)
    site.run(lambda unit: user_tasks.save_draft(unit, key, {"note": "half"}), ANN)
    return key


def kinds(site: Site, key: int) -> list[ActKind]:
    return [act.kind for act in site.read(lambda unit: task_verbs.acts(unit, key))]


def test_a_task_handed_over_is_the_others_for_good_with_what_was_typed(site: Site, held: int, office: Office) -> None:
    site.run(lambda unit: task_verbs.transfer(unit, held, "bea", " on leave "), ANN)

    (task,) = site.tasks()
    assert (task.assignee, task.owner) == ("bea", None)
    assert site.read(lambda unit: user_tasks.draft(unit, held), BEA) == {"note": "half"}
    assert [(told.people, told.facts["text"]) for told in office.told] == [(["bea"], "on leave")]
    (entry,) = site.read(lambda unit: audit.search(unit, action="user_task.transfer").items)
    assert entry.actor == "ann"
    site.run(lambda unit: user_tasks.complete(unit, held), BEA)
    assert site.tasks(state=None)[0].completed_by == "bea"


def test_who_handed_over_cannot_go_on(site: Site, held: int) -> None:
    site.run(lambda unit: task_verbs.transfer(unit, held, "bea", "x"), ANN)

    with pytest.raises(Forbidden):
        site.run(lambda unit: user_tasks.complete(unit, held), ANN)
    with pytest.raises(Forbidden, match="verb_not_yours"):
        site.run(lambda unit: task_verbs.transfer(unit, held, "ann", "back"), ANN)


def test_both_learn_of_it_when_a_lead_hands_a_task_over(site: Site, held: int, office: Office) -> None:
    site.run(lambda unit: task_verbs.transfer(unit, held, "bea", "balance"), LEAD)

    assert sorted(name for told in office.told for name in told.people) == ["ann", "bea"]


def test_the_delegate_fills_it_in_and_the_owner_completes_it(site: Site, held: int, office: Office) -> None:
    site.run(lambda unit: task_verbs.delegate(unit, held, "bea", "please check"), ANN)
    site.run(lambda unit: user_tasks.save_draft(unit, held, {"note": "whole"}), BEA)

    with pytest.raises(Conflict, match="task_delegated"):
        site.run(lambda unit: user_tasks.complete(unit, held, {}), BEA)
    with pytest.raises(Conflict, match="task_delegated"):
        site.run(lambda unit: user_tasks.release(unit, held), BEA)
    site.run(lambda unit: task_verbs.answer(unit, held, "done"), BEA)

    (task,) = site.tasks()
    assert (task.assignee, task.owner) == ("ann", None)
    assert site.read(lambda unit: user_tasks.draft(unit, held), ANN) == {"note": "whole"}
    assert kinds(site, held) == [ActKind.DELEGATE, ActKind.ANSWER]
    assert [told.people for told in office.told] == [["bea"], ["ann"]]
    site.run(lambda unit: user_tasks.complete(unit, held), ANN)
    assert site.tasks(state=None)[0].state is UserTaskState.COMPLETED


def test_the_owner_takes_a_delegated_task_back(site: Site, held: int) -> None:
    site.run(lambda unit: task_verbs.delegate(unit, held, "bea", "please"), ANN)

    site.run(lambda unit: task_verbs.recall(unit, held), ANN)

    (task,) = site.tasks()
    assert (task.assignee, task.owner) == ("ann", None)
    with pytest.raises(Conflict, match="task_not_delegated"):
        site.run(lambda unit: task_verbs.answer(unit, held, "late"), BEA)


@pytest.mark.parametrize("verb", [task_verbs.transfer, task_verbs.delegate])
def test_who_may_not_hold_it_gets_nothing_and_nothing_changes(
    site: Site, held: int, office: Office, verb: Callable[[UnitOfWork, int, str, str], None]
) -> None:
    with pytest.raises(Forbidden):
        site.run(lambda unit: verb(unit, held, "cid", "x"), ANN)

    assert (site.tasks()[0].assignee, kinds(site, held), office.told) == ("ann", [], [])


CASES: dict[str, tuple[str, str, str]] = {
    "no reason": ("bea", "  ", "reason"),
    "a reason without end": ("bea", "x" * 2001, "reason"),
    "nobody": ("", "x", "person"),
    "the holder": ("ann", "x", "person"),
}


@pytest.mark.parametrize(("user", "reason", "field"), CASES.values(), ids=CASES)
def test_what_is_missing_is_said_at_its_field(site: Site, held: int, user: str, reason: str, field: str) -> None:
    with pytest.raises(FormRejected) as refused:
        site.run(lambda unit: task_verbs.transfer(unit, held, user, reason), ANN)

    assert list(refused.value.fields) == [field]
    assert site.tasks()[0].assignee == "ann"


def test_people_are_offered_only_if_they_may_hold_it(site: Site, held: int) -> None:
    assert [person.shown for person in site.read(lambda unit: task_verbs.people_for(unit, held), ANN)] == ["Bea"]


def test_a_copy_is_read_once_and_gives_no_right_to_work(site: Site, held: int, office: Office) -> None:
    office.barred = ()
    with pytest.raises(NotFound):
        site.run(lambda unit: task_verbs.mark_opened(unit, held) or task_verbs.acts(unit, held), CID)
    assert site.run(lambda unit: task_verbs.copy(unit, held, ["cid"], "see"), ANN) == 1
    assert site.run(lambda unit: task_verbs.copy(unit, held, ["cid"]), ANN) == 0
    assert site.read(task_verbs.unread_copies, CID) == 1

    site.run(lambda unit: task_verbs.mark_opened(unit, held), CID)

    (act,) = site.read(lambda unit: task_verbs.acts(unit, held), CID)
    assert act.read_at is not None
    assert site.read(task_verbs.unread_copies, CID) == 0
    assert [task.key for task in site.tasks(reader="cid", state=None)] == [held]
    with pytest.raises(Forbidden):
        site.run(lambda unit: user_tasks.complete(unit, held), CID)
    assert len(office.told) == 1


def test_reminding_is_possible_once_a_day(site: Site, held: int, office: Office, clock: SetClock) -> None:
    ina = Actor("ina", frozenset({"INSPECT"}))
    site.run(lambda unit: task_verbs.remind(unit, held, "soon"), ina)
    with pytest.raises(Conflict, match="reminded_today"):
        site.run(lambda unit: task_verbs.remind(unit, held), ina)
    clock.advance(timedelta(days=1))
    site.run(lambda unit: task_verbs.remind(unit, held), ina)

    assert [list(told.people) for told in office.told] == [["ann"], ["ann"]]
    with pytest.raises(Forbidden):
        site.run(lambda unit: task_verbs.remind(unit, held), CID)


def test_what_was_done_stands_in_the_timeline(site: Site, held: int) -> None:
    site.run(lambda unit: task_verbs.transfer(unit, held, "bea", "on leave"), ANN)
    root = site.tasks()[0].root_key

    events = site.read(lambda unit: history.timeline(unit, root_key=root))

    (event,) = [event for event in events if event.kind is history.EventKind.TASK_ACT]
    assert (event.actor, event.detail["act"], event.detail["target"]) == ("ann", "transfer", "bea")
    assert event.detail["text"] == "on leave"


VERBS: dict[str, tuple[str | None, set[str]]] = {
    "nothing noted": (None, {"transfer", "delegate", "copy", "return"}),
    "two": ("copy, delegate", {"copy", "delegate"}),
    "none": ("none", set()),
}


@pytest.mark.parametrize(("noted", "offered"), VERBS.values(), ids=VERBS)
def test_a_step_offers_what_its_diagram_notes(site: Site, noted: str | None, offered: set[str]) -> None:
    site.deploy(builders.a_task_diagram(groups="INVEST", properties={} if noted is None else {"rc.verbs": noted}))
    site.start()
    key = site.tasks()[0].key
    site.run(lambda unit: user_tasks.claim(unit, key), ANN)

    assert site.read(lambda unit: task_verbs.offered(unit, user_tasks.get(unit, key)), ANN) == offered
    if "transfer" not in offered:
        with pytest.raises(Forbidden, match="verb_not_offered"):
            site.run(lambda unit: task_verbs.transfer(unit, key, "bea", "x"), ANN)


def test_a_verb_that_there_is_not_is_refused_with_the_likely_one(site: Site) -> None:
    with pytest.raises(DeploymentRejected) as refused:
        site.deploy(builders.a_task_diagram(groups="INVEST", properties={"rc.verbs": "copy, transfert"}))

    (finding,) = [found for found in refused.value.findings if found.code == "bpmn.property_value"]
    assert (finding.facts["value"], finding.facts["nearest"]) == ("transfert", "transfer")


def test_a_draft_that_two_windows_change_is_not_overwritten(site: Site, held: int) -> None:
    base = site.read(lambda unit: user_tasks.draft_version(unit, held), ANN)
    site.run(lambda unit: user_tasks.save_draft(unit, held, {"note": "here"}, base), ANN)

    with pytest.raises(Conflict, match="draft_changed"):
        site.run(lambda unit: user_tasks.save_draft(unit, held, {"note": "there"}, base), ANN)

    assert site.read(lambda unit: user_tasks.draft(unit, held), ANN) == {"note": "here"}
    assert site.run(lambda unit: user_tasks.save_draft(unit, held, {"note": "here"}, base), ANN) == base + 1
