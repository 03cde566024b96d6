"""Whom a task of a case may be given to, by claim and by assignment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from service import texts
from service.auth import SYSTEM, Actor, TaskAccess, accounts, reaches
from service.casework import case_files, eligibility, records
from service.casework.assignments import CaseAssignments
from service.errors import Forbidden, Invalid, NotFound, ServiceError
from service.runtime import listings, user_tasks
from service.runtime.engine import Engine
from service.runtime.user_tasks import UserTaskQuery
from tests.processes.play import ORGAN, PEOPLE, Play

LEAD = Actor("lead", frozenset({"LEAD"}))

# Besides the people of the stage: name -> roles with their unit.
MORE = {
    "lead2": [("LEAD", "")],
    "lead-elsewhere": [("LEAD", "示例县纪委监委")],
    "invest3": [("INVEST", "")],
    "intake-here": [("INTAKE", ORGAN)],
    "intake-elsewhere": [("INTAKE", "示例县纪委监委")],
    "judge-and-party": [("INTAKE", ""), ("SUBJECT", "")],
    "gone": [("LEAD", "")],
    "review-here": [("REVIEW", ORGAN), ("REVIEW", "")],
}


class Office:
    """A case at a step, with more people than work on it."""

    def __init__(self, play: Play) -> None:
        self.play = play
        with play.engine() as engine, engine.unit(SYSTEM) as unit:
            for name, roles in MORE.items():
                accounts.create(unit, name, name, None, roles)
            accounts.disable(unit, "gone")
            unit.commit()

    def assign(self, element: str, user: str, actor: Actor = LEAD) -> None:
        key = self.play.task(element).key
        with self.play.engine() as engine, engine.unit(actor) as unit:
            user_tasks.assign(unit, key, user)
            unit.commit()

    def claim(self, element: str, user: str) -> None:
        key = self.play.task(element).key
        with self.play.engine() as engine, engine.unit(self.actor(engine, user)) as unit:
            user_tasks.claim(unit, key)
            unit.commit()

    @staticmethod
    def actor(engine: Engine, user: str) -> Actor:
        with engine.reading(SYSTEM) as unit:
            return accounts.get(unit, user).actor

    def holder(self, element: str) -> str | None:
        return self.play.task(element).assignee


@pytest.fixture(scope="module")
def registered(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Play:
    play = Play.registered(prepared, tmp_path_factory.mktemp("office"))
    play.do("staffing")
    return play


@pytest.fixture
def office(registered: Play, tmp_path: Path) -> Office:
    return Office(registered.copy(tmp_path))


@pytest.fixture
def screened(office: Office) -> Office:
    """At the lead's review of the screening."""
    office.play.up_to("screening-review", leaving=["rights-notice"])
    return office


def declare(office: Office, person: str, result: str = "clear") -> None:
    with office.play.engine() as engine, engine.unit(SYSTEM) as unit:
        case = records.of_case(unit, office.play.case_key)
        known = list(case.document("recusalDeclaration"))
        case.set("recusalDeclaration", (), [*known, {"person": person, "result": result}])
        case.flush()
        unit.commit()


def test_a_task_of_the_lead_may_be_handed_to_another_lead_who_declared(screened: Office) -> None:
    assert screened.holder("screening-review") == "lead"
    declare(screened, "lead2")

    screened.assign("screening-review", "lead2")

    assert screened.holder("screening-review") == "lead2"


def test_whoever_declared_nothing_is_given_no_investigation(screened: Office) -> None:
    with pytest.raises(Forbidden) as caught:
        screened.assign("screening-review", "lead2")

    assert caught.value.code == "casework.person_undeclared"
    assert "D10" in texts.render(caught.value)
    assert screened.holder("screening-review") == "lead"


REFUSED: list[tuple[str, str, type[ServiceError], str]] = [
    ("screening-review", "invest1", Forbidden, "auth.target_not_a_candidate"),
    ("screening-review", "lead-elsewhere", Forbidden, "auth.target_not_a_candidate"),
    ("screening-review", "nobody", Invalid, "casework.no_such_person"),
    ("screening-review", "gone", Invalid, "casework.no_such_person"),
    ("rights-notice", "intake-elsewhere", Forbidden, "auth.target_not_a_candidate"),
    ("rights-notice", "subject", Forbidden, "auth.target_not_a_candidate"),
]


@pytest.mark.parametrize(("element", "user", "kind", "code"), REFUSED, ids=[f"{row[0]}-{row[1]}" for row in REFUSED])
def test_a_task_is_given_to_nobody_who_may_not_do_it(
    screened: Office, element: str, user: str, kind: type[ServiceError], code: str
) -> None:
    before = screened.holder(element)

    with pytest.raises(kind) as caught:
        screened.assign(element, user)

    assert caught.value.code == code
    assert screened.holder(element) == before


def test_a_role_held_in_the_organ_of_the_case_is_enough(screened: Office) -> None:
    screened.assign("rights-notice", "intake-here")

    assert screened.holder("rights-notice") == "intake-here"


def test_what_is_personal_is_handed_to_nobody(office: Office) -> None:
    element = "declare"
    person = office.holder(element)

    with pytest.raises(Forbidden) as caught:
        office.assign(element, "invest3")

    assert caught.value.code == "casework.personal_task"
    assert office.holder(element) == person


def test_a_task_follows_the_people_of_the_case(office: Office) -> None:
    office.play.up_to("screening", leaving=["rights-notice"])

    with pytest.raises(Forbidden):
        office.assign("screening", "invest3")
    with office.play.engine() as engine, engine.unit(LEAD) as unit:
        case_files.assign(unit, office.play.case_key, {"investigators": ["invest1", "invest2", "invest3"]})
        unit.commit()
    declare(office, "invest3")
    office.assign("screening", "invest3")

    assert office.holder("screening") == "invest3"


def recuse(office: Office) -> None:
    with office.play.engine() as engine, engine.unit(SYSTEM) as unit:
        case = records.of_case(unit, office.play.case_key)
        case.set("recusalDeclaration", (), [{"person": "intake", "result": "must_recuse"}])
        case.flush()
        unit.commit()


def accuse(office: Office) -> None:
    with office.play.engine() as engine, engine.unit(SYSTEM) as unit:
        records.of_case(unit, office.play.case_key).subjects[0].user_name = "intake"
        unit.commit()


@pytest.mark.parametrize(
    ("made", "code"),
    [(recuse, "casework.person_recused"), (accuse, "casework.person_is_subject")],
    ids=["recused", "held accountable"],
)
def test_whoever_is_biased_neither_claims_nor_gets_a_task(
    screened: Office, made: Callable[[Office], None], code: str
) -> None:
    made(screened)

    for attempt in (screened.claim, screened.assign):
        with pytest.raises(Forbidden) as caught:
            attempt("rights-notice", "intake")
        assert caught.value.code == code
    assert screened.holder("rights-notice") is None


def test_roles_that_exclude_one_another_in_a_case_do_not_meet_in_a_task(office: Office) -> None:
    with office.play.engine() as engine, engine.unit(SYSTEM) as unit:
        accounts.give_role(unit, "invest1", "REVIEW")
        task = TaskAccess(1, None, candidate_groups=frozenset({"REVIEW"}), case_key=office.play.case_key)

        with pytest.raises(Forbidden) as caught:
            CaseAssignments().check(unit, task, "invest1")

    assert caught.value.code == "casework.roles_exclude"


def test_a_lead_of_another_organ_hands_on_nothing(screened: Office) -> None:
    outside = Actor("lead-elsewhere", frozenset({"LEAD", "LEAD@示例县纪委监委"}))

    with pytest.raises(NotFound):
        screened.assign("rights-notice", "intake", outside)


def test_the_candidates_of_a_case_are_not_changed_in_the_task(screened: Office) -> None:
    key = screened.play.task("screening-review").key

    with screened.play.engine() as engine, engine.unit(LEAD) as unit, pytest.raises(Forbidden) as caught:
        user_tasks.change(unit, key, candidate_users=["invest3"])

    assert caught.value.code == "casework.candidates_from_records"


def test_the_same_people_are_offered_who_may_be_given_the_task(screened: Office) -> None:
    key = screened.play.task("rights-notice").key
    with screened.play.engine() as engine, engine.reading(LEAD) as unit:
        task = user_tasks.access(user_tasks.get(unit, key))
        offered = {offer.name for offer in eligibility.people(unit, task)}
        allowed = {name for name in {*PEOPLE, *MORE} if eligibility.refusal(unit, task, name) is None}

    assert offered == allowed == {"intake", "intake-here", "judge-and-party"}


def test_group_tasks_are_seen_and_claimed_only_in_the_organ_of_the_case(screened: Office) -> None:
    def sees(name: str) -> bool:
        with screened.play.engine() as engine, engine.reading(screened.actor(engine, name)) as unit:
            query = UserTaskQuery(candidate=user_tasks.candidate(unit.actor))
            listed = {task.element_id for task in user_tasks.search(unit, query).items}
            found = {task.element_id for task in listings.user_tasks(unit, listings.Query([])).items}
            assert ("rights-notice" in listed) == ("rights-notice" in found)
            return "rights-notice" in listed

    assert [sees(name) for name in ("intake", "intake-here", "intake-elsewhere")] == [True, True, False]
    with pytest.raises(NotFound):
        screened.claim("rights-notice", "intake-elsewhere")
    screened.claim("rights-notice", "intake-here")


def test_a_role_held_everywhere_and_in_one_organ_reaches_everywhere(office: Office) -> None:
    with office.play.engine() as engine:
        actor = office.actor(engine, "review-here")

    assert reaches(actor, "REVIEW", "示例县纪委监委")
