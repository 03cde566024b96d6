"""Permissions, as a table of roles, and on the object."""

from __future__ import annotations

import pytest

from service import auth, texts
from service.auth import STEPS, SYSTEM, Actor, CaseAccess, Permission, Role, TaskAccess, View
from service.auth.roles import ADMINISTRATORS, ALLOWED, CASE_STAFF, clashes
from service.errors import Forbidden, NotFound


def an_actor(name: str, *groups: str, kind: str = "user") -> Actor:
    return Actor(name, frozenset(groups), kind)


def a_task(**facts: object) -> TaskAccess:
    given: dict[str, object] = {"assignee": None, "candidate_groups": frozenset({"INVEST"}), "case_key": 7}
    return TaskAccess(key=1, **{**given, **facts})  # type: ignore[arg-type]


def a_case(**facts: object) -> CaseAccess:
    return CaseAccess(key=7, **{"organ": "city", "subjects": frozenset({"wang"}), **facts})  # type: ignore[arg-type]


TASKS = {
    # id: (actor, task, permission, outcome)
    "candidate by group reads": (an_actor("a", "INVEST"), a_task(), Permission.READ_TASK, None),
    "candidate by group claims": (an_actor("a", "INVEST"), a_task(), Permission.CLAIM, None),
    "candidate by name claims": (
        an_actor("a", "EXPERT"),
        a_task(candidate_users=frozenset({"a"})),
        Permission.CLAIM,
        None,
    ),
    "candidate of the unit claims": (
        an_actor("a", "INVEST", "INVEST@city"),
        a_task(candidate_groups=frozenset({"INVEST@city"})),
        Permission.CLAIM,
        None,
    ),
    "other unit knows of nothing": (
        an_actor("a", "INVEST", "INVEST@county"),
        a_task(candidate_groups=frozenset({"INVEST@city"})),
        Permission.READ_TASK,
        NotFound,
    ),
    "other group knows of nothing": (an_actor("a", "REVIEW"), a_task(), Permission.WORK_ON, NotFound),
    "candidate must claim first": (an_actor("a", "INVEST"), a_task(), Permission.WORK_ON, Forbidden),
    "holder works": (an_actor("a", "INVEST"), a_task(assignee="a"), Permission.WORK_ON, None),
    "holder releases": (an_actor("a", "INVEST"), a_task(assignee="a"), Permission.RELEASE, None),
    "holder passes on": (an_actor("a", "INVEST"), a_task(assignee="a"), Permission.ASSIGN, None),
    "second claim": (an_actor("b", "INVEST"), a_task(assignee="a"), Permission.CLAIM, Forbidden),
    "second worker": (an_actor("b", "INVEST"), a_task(assignee="a"), Permission.WORK_ON, Forbidden),
    "supervisor assigns": (an_actor("c", "APPROVER"), a_task(assignee="a"), Permission.ASSIGN, None),
    "supervisor does not do the work": (an_actor("c", "LEAD"), a_task(assignee="a"), Permission.WORK_ON, Forbidden),
    "administrator never": (
        an_actor("s", "SYSADM"),
        a_task(assignee="s", candidate_users=frozenset({"s"})),
        Permission.WORK_ON,
        NotFound,
    ),
    "administrator with a role by mistake": (
        an_actor("s", "AUDADM", "INVEST"),
        a_task(),
        Permission.READ_TASK,
        NotFound,
    ),
    "program of the owner, no case": (
        an_actor("p", "OWNER", kind="api"),
        a_task(case_key=None),
        Permission.WORK_ON,
        None,
    ),
    "program of the owner, a case": (an_actor("p", "OWNER", kind="api"), a_task(), Permission.WORK_ON, NotFound),
    "owner in person, no case": (an_actor("p", "OWNER"), a_task(case_key=None), Permission.WORK_ON, NotFound),
    "the service itself": (SYSTEM, a_task(), Permission.WORK_ON, None),
}


@pytest.mark.parametrize(("actor", "task", "permission", "refusal"), TASKS.values(), ids=TASKS)
def test_a_task_is_open_to(
    actor: Actor, task: TaskAccess, permission: Permission, refusal: type[Exception] | None
) -> None:
    if refusal is None:
        auth.require(actor, permission, task)
    else:
        with pytest.raises(refusal):
            auth.require(actor, permission, task)


CASES = {
    "intake of the organ": (an_actor("a", "INTAKE", "INTAKE@city"), Permission.READ_CASE, None),
    "investigator of the organ, not of the case": (
        an_actor("a", "INVEST", "INVEST@city"),
        Permission.READ_CASE,
        NotFound,
    ),
    "investigator of another organ": (an_actor("a", "INVEST", "INVEST@county"), Permission.READ_CASE, NotFound),
    "leader everywhere": (an_actor("a", "LEAD"), Permission.READ_CASE, None),
    "the subject reads": (an_actor("wang", "SUBJECT"), Permission.READ_CASE, None),
    "the subject applies": (an_actor("wang", "SUBJECT"), Permission.SUBMIT_APPLICATION, None),
    "another subject": (an_actor("li", "SUBJECT"), Permission.READ_CASE, NotFound),
    "an official applies for somebody": (an_actor("a", "INTAKE"), Permission.SUBMIT_APPLICATION, Forbidden),
    "intake records": (an_actor("a", "INTAKE"), Permission.RECORD_APPLICATION, None),
    "the subject, staff elsewhere, closes own case": (
        an_actor("wang", "SUBJECT", "LEAD"),
        Permission.CLOSE_CASE,
        Forbidden,
    ),
    "archivist assigns people": (an_actor("a", "ARCHIVE"), Permission.ASSIGN_PEOPLE, Forbidden),
    "leader assigns people": (an_actor("a", "LEAD"), Permission.ASSIGN_PEOPLE, None),
    "owner": (an_actor("o", "OWNER"), Permission.READ_CASE, NotFound),
    "personnel department": (an_actor("h", "HR"), Permission.READ_CASE, NotFound),
    "expert": (an_actor("e", "EXPERT"), Permission.READ_CASE, NotFound),
    **{
        f"administrator {role}": (an_actor("s", role), Permission.READ_CASE, NotFound)
        for role in sorted(ADMINISTRATORS)
    },
}


@pytest.mark.parametrize(("actor", "permission", "refusal"), CASES.values(), ids=CASES)
def test_a_case_is_open_to(actor: Actor, permission: Permission, refusal: type[Exception] | None) -> None:
    assert auth.may(actor, permission, a_case()) is (refusal is None)
    if refusal is not None:
        with pytest.raises(refusal):
            auth.require(actor, permission, a_case())


def test_views_of_a_case() -> None:
    case = a_case(participants=frozenset({"expert"}), responsible=frozenset({"rect"}))

    assert auth.view_of(an_actor("wang", "SUBJECT", "INVEST"), case) is View.SUBJECT
    assert auth.view_of(an_actor("expert", "REVIEW"), case) is View.FULL
    assert auth.view_of(an_actor("rect", "RECT"), case) is View.RECTIFICATION
    assert auth.view_of(an_actor("rect2", "RECT"), case) is View.NONE


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_no_administrator_gets_case_content(role: Role, permission: Permission) -> None:
    actor = an_actor("s", role)

    assert not auth.may(actor, permission, a_case(participants=frozenset({"s"})))
    assert not auth.may(actor, permission, a_task(assignee="s"))


@pytest.mark.parametrize("permission", list(Permission))
def test_every_permission_is_held_by_somebody(permission: Permission) -> None:
    assert ALLOWED[permission]


@pytest.mark.parametrize("permission", [Permission.DEPLOY, Permission.MANAGE_ROLES, Permission.READ_AUDIT])
@pytest.mark.parametrize("role", list(Role))
def test_permissions_without_an_object_go_by_role(role: Role, permission: Permission) -> None:
    assert auth.may(an_actor("x", role), permission) is (role in ALLOWED[permission])


def test_every_step_has_somebody_to_handle_it_and_no_administrator() -> None:
    for name, step in STEPS.items():
        assert step.handles, name
        assert not (step.handles | step.checks) & ADMINISTRATORS, name
        assert not step.handles & step.forbidden, name


def test_roles_that_exclude_one_another() -> None:
    assert clashes(["INVEST", "REVIEW"]) == ()
    assert clashes(["SYSADM", "AUDADM"]) == (("AUDADM", "SYSADM"),)
    assert all(clashes([administrator, role]) for administrator in ADMINISTRATORS for role in CASE_STAFF)


@pytest.mark.parametrize("code", [*(f"role.{role}" for role in Role), *(f"permission.{item}" for item in Permission)])
def test_every_role_and_permission_has_words(code: str) -> None:
    assert texts.has_message(code)


def test_a_refusal_names_permission_and_roles_in_words() -> None:
    with pytest.raises(Forbidden) as caught:
        auth.require(an_actor("a", "INVEST"), Permission.ASSIGN_PEOPLE, a_case(participants=frozenset({"a"})))

    said = texts.render(caught.value)
    assert "确定办案人员" in said
    assert "签发人" in said
    assert not any(role in said for role in Role)


def test_whoever_must_recuse_sees_nothing_of_the_case() -> None:
    for role in ("LEAD", "INVEST", "APPROVER"):
        case = a_case(participants=frozenset({"a"}), recused=frozenset({"a"}))
        assert auth.view_of(an_actor("a", role), case) is View.NONE


WORK_SECRETS = {
    "leader": (an_actor("a", "LEAD"), View.FULL),
    "approver of the organ": (an_actor("a", "APPROVER", "APPROVER@city"), View.FULL),
    "approver elsewhere": (an_actor("a", "APPROVER", "APPROVER@county"), View.NONE),
    "archivist": (an_actor("a", "ARCHIVE"), View.NONE),
    "intake": (an_actor("a", "INTAKE"), View.NONE),
    "investigator of the case": (an_actor("inv", "INVEST"), View.FULL),
    "the person": (an_actor("wang", "SUBJECT"), View.SUBJECT),
}


@pytest.mark.parametrize(("actor", "view"), WORK_SECRETS.values(), ids=WORK_SECRETS)
def test_a_work_secret_is_seen_by_who_works_on_it_and_who_oversees_it(actor: Actor, view: View) -> None:
    assert auth.view_of(actor, a_case(restricted=True, participants=frozenset({"inv"}))) is view


def test_a_task_of_the_person_is_never_a_groups() -> None:
    task = a_task(candidate_groups=frozenset({"SUBJECT"}), organ="city")

    assert not auth.is_candidate(an_actor("li", "SUBJECT"), task)
    assert auth.is_candidate(an_actor("li", "SUBJECT"), a_task(candidate_users=frozenset({"li"}), organ="city"))
