"""User tasks: who may, once only, forms and records, drafts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal

import pytest

from service.auth import Actor
from service.errors import Conflict, Forbidden, FormRejected, NotFound
from service.runtime import audit, history, instances, user_tasks
from service.runtime.engine import Engine
from service.runtime.unit import Plugins, UnitOfWork
from service.runtime.user_tasks import UserTaskState
from tests import builders
from tests.runtime.site import Notebook, Site

ANN = Actor("ann", frozenset({"INVEST"}))
BEA = Actor("bea", frozenset({"INVEST"}))
BOB = Actor("bob", frozenset({"REVIEW"}))
LEAD = Actor("lea", frozenset({"LEAD"}))
FORGED = 987654321


@pytest.fixture
def task(site: Site) -> int:
    """An open task of the group INVEST."""
    site.deploy(builders.a_task_diagram(groups="INVEST"))
    site.start()
    return site.tasks()[0].key


def test_a_task_is_claimed_completed_and_gone(site: Site, task: int) -> None:
    site.run(lambda unit: user_tasks.claim(unit, task), ANN)
    site.run(lambda unit: user_tasks.complete(unit, task, {"amount": 12}), ANN)

    (closed,) = site.tasks(state=None)
    assert closed.state is UserTaskState.COMPLETED
    assert closed.completed_by == "ann"
    assert site.instance(closed.instance_key).state is instances.InstanceState.COMPLETED


def test_claiming_twice_is_the_same_as_once(site: Site, task: int) -> None:
    site.run(lambda unit: user_tasks.claim(unit, task), ANN)
    site.run(lambda unit: user_tasks.claim(unit, task), ANN)

    assert site.read(lambda unit: len(audit.search(unit, action="user_task.claim").items)) == 1


Act = Callable[[UnitOfWork, int], object]
ACTIONS: dict[str, Act] = {
    "claim": user_tasks.claim,
    "complete": user_tasks.complete,
    "save draft": lambda unit, key: user_tasks.save_draft(unit, key, {"a": 1}),
    "assign": lambda unit, key: user_tasks.assign(unit, key, "ann"),
    "change": lambda unit, key: user_tasks.change(unit, key, priority=1),
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("forged", [True, False], ids=["forged key", "task of another group"])
def test_what_is_not_there_for_somebody_cannot_be_touched(lite: Site, action: str, forged: bool) -> None:
    lite.deploy(builders.a_task_diagram(groups="INVEST"))
    lite.start()
    key = FORGED if forged else lite.tasks()[0].key
    before = lite.read(audit.verify).entries

    with pytest.raises(NotFound):
        lite.run(lambda unit: ACTIONS[action](unit, key), BOB)

    assert lite.read(audit.verify).entries == before
    assert lite.open_elements() == ["t"]


def test_a_claimed_task_is_closed_to_others(site: Site, task: int) -> None:
    site.run(lambda unit: user_tasks.claim(unit, task), ANN)

    for action in (user_tasks.claim, user_tasks.complete, user_tasks.release):
        with pytest.raises(Forbidden):
            site.run(lambda unit, action=action: action(unit, task), BEA)  # type: ignore[misc]


def test_a_released_task_is_offered_again(site: Site, task: int) -> None:
    site.run(lambda unit: user_tasks.claim(unit, task), ANN)
    site.run(lambda unit: user_tasks.release(unit, task), ANN)

    site.run(lambda unit: user_tasks.claim(unit, task), BEA)

    assert site.tasks()[0].assignee == "bea"


def test_a_lead_gives_a_task_to_somebody(site: Site, task: int) -> None:
    site.run(lambda unit: user_tasks.assign(unit, task, "bea"), LEAD)

    assert site.tasks()[0].assignee == "bea"
    with pytest.raises(Conflict):
        site.run(lambda unit: user_tasks.assign(unit, task, "ann", override=False), LEAD)


def test_a_task_completed_again_changes_nothing(site: Site, task: int) -> None:
    site.run(lambda unit: user_tasks.complete(unit, task, {"a": 1}))
    entries = site.read(audit.verify).entries

    with pytest.raises(Conflict) as refused:
        site.run(lambda unit: user_tasks.complete(unit, task, {"a": 2}))

    assert refused.value.code == "runtime.user_task_closed"
    assert site.read(audit.verify).entries == entries
    assert site.variables(site.tasks(state=None)[0].instance_key) == {"a": Decimal(1)}


def test_the_same_request_twice_is_answered_twice_and_done_once(site: Site, task: int) -> None:
    for _ in range(2):
        site.run(lambda unit: user_tasks.complete(unit, task, {"a": 1}, idempotency_key="k"))

    assert site.read(lambda unit: len(audit.search(unit, action="user_task.complete").items)) == 1


def test_two_people_completing_at_once_are_one_completion_and_one_refusal(site: Site, task: int) -> None:
    site.run(lambda unit: user_tasks.claim(unit, task), ANN)
    start = threading.Barrier(2)
    answers: list[str] = []

    def complete() -> None:
        start.wait()
        try:
            site.run(lambda unit: user_tasks.complete(unit, task, {}), ANN)
            answers.append("done")
        except Conflict as error:
            answers.append(error.code)

    threads = [threading.Thread(target=complete) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["done", "runtime.user_task_closed"]
    assert site.read(audit.verify).whole


def test_tasks_of_one_instance_completed_at_once_are_all_done(site: Site) -> None:
    names = [f"t{index}" for index in range(6)]
    site.deploy(
        builders.a_diagram(
            '<bpmn:parallelGateway id="fork" /><bpmn:parallelGateway id="join" />',
            *(builders.user_task(name) + builders.line("fork", name, "join") for name in names),
            builders.line("s", "fork"),
            builders.line("join", "e"),
        )
    )
    instance = site.start()
    keys = [task.key for task in site.tasks()]
    start = threading.Barrier(len(keys))
    failures: list[BaseException] = []

    def complete(key: int) -> None:
        start.wait()
        try:
            site.run(lambda unit: user_tasks.complete(unit, key, {f"v{key}": key}))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=complete, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert site.instance(instance.key).state is instances.InstanceState.COMPLETED
    assert len(site.read(lambda unit: history.variables(unit, instance_key=instance.key))) == len(keys)
    assert site.read(audit.verify).whole


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def office(sqlite_url: str, open_engine: Callable[..., Engine], notebook: Notebook) -> Site:
    """A site with records, and a task whose form has fields of a record and of its own."""
    office = Site(sqlite_url, open_engine, Plugins(records=notebook))
    office.deploy(
        builders.a_diagram(
            builders.user_task("t", form="f"),
            builders.user_task("u", assignee="=matter.owner"),
            builders.line("s", "t", "u", "e"),
        ),
        builders.a_form(
            "f",
            {"key": "matter.title", "validate": {"required": True}},
            {"key": "matter.owner"},
            {"key": "amount", "type": "number"},
        ),
    )
    return office


def test_fields_of_a_record_go_to_the_case_and_the_others_to_variables(office: Site, notebook: Notebook) -> None:
    instance = office.start(business_key="7")

    office.complete("t", {"matter": {"title": "Bridge", "owner": "ann"}, "amount": 3})

    assert notebook.written == {"7": {"title": "Bridge", "owner": "ann"}}
    assert office.variables(instance.key) == {"amount": Decimal(3)}
    assert office.tasks()[0].assignee == "ann"


def test_a_form_shows_records_and_variables_and_the_draft_over_them(office: Site, notebook: Notebook) -> None:
    notebook.written["7"] = {"title": "Old", "owner": "bob"}
    office.start("p", {"amount": 3}, business_key="7")
    key = office.tasks()[0].key

    office.run(lambda unit: user_tasks.save_draft(unit, key, {"matter": {"title": "New"}, "forged": 1}))
    view = office.read(lambda unit: user_tasks.form(unit, key))

    assert view is not None
    assert view.data["matter"] == {"title": "New", "owner": "bob"}
    assert view.data["amount"] == Decimal(3)
    assert "forged" not in view.data
    assert view.schema["id"] == "f"


REFUSED_SUBMISSIONS = {
    "required field left out": ({"amount": 3}, "matter.title"),
    "unknown field": ({"matter": {"title": "x"}, "forged": 1}, "forged"),
    "wrong type": ({"matter": {"title": "x"}, "amount": "many"}, "amount"),
    "refused by the record": ({"matter": {"title": ""}}, "matter.title"),
}


@pytest.mark.parametrize("case", REFUSED_SUBMISSIONS)
def test_a_refused_submission_changes_nothing(office: Site, notebook: Notebook, case: str) -> None:
    submission, field = REFUSED_SUBMISSIONS[case]
    instance = office.start(business_key="7")
    entries = office.read(audit.verify).entries

    with pytest.raises(FormRejected) as refused:
        office.complete("t", submission)

    assert field in refused.value.fields
    assert office.open_elements() == ["t"]
    assert notebook.written == {}
    assert office.variables(instance.key) == {}
    assert office.read(audit.verify).entries == entries


def test_completions_without_a_form_follow_the_same_rule(
    sqlite_url: str, open_engine: Callable[..., Engine], notebook: Notebook
) -> None:
    office = Site(sqlite_url, open_engine, Plugins(records=notebook))
    office.deploy(builders.a_task_diagram())
    instance = office.start(business_key="7")

    office.complete("t", {"matter": {"title": "Bridge"}, "matter.owner": "ann", "other": {"a": 1}})

    assert notebook.written == {"7": {"title": "Bridge", "owner": "ann"}}
    assert office.variables(instance.key) == {"other": {"a": Decimal(1)}}


def test_a_submission_stays_as_it_was_sent(site: Site, task: int) -> None:
    number = "1234567890123456789012345678901234"
    site.run(lambda unit: user_tasks.complete(unit, task, {"amount": Decimal(number)}))

    stored = site.read(lambda unit: user_tasks.submission(unit, task))

    assert stored is not None
    assert stored.data == f'{{"amount":{number}}}'
    assert stored.submitted_by == "system"


def test_a_draft_is_its_authors_alone_and_goes_with_the_task(site: Site, task: int) -> None:
    site.run(lambda unit: user_tasks.claim(unit, task), ANN)
    site.run(lambda unit: user_tasks.save_draft(unit, task, {"a": 1}), ANN)

    assert site.read(lambda unit: user_tasks.draft(unit, task), ANN) == {"a": Decimal(1)}
    assert site.read(lambda unit: user_tasks.draft(unit, task), BEA) is None
    site.run(lambda unit: user_tasks.complete(unit, task), ANN)
    assert site.read(lambda unit: user_tasks.draft(unit, task), ANN) is None
