"""The permission matrix of procedure.md section 3: every role, every step and verb, own and other organ, by both doors.

`permissions/steps.csv` is the table of section 3 as it stands there. What a role may see and do is worked out from it
here, apart from the code, and asked of the pages and of the REST interface. A permission changed in the code breaks it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import regex
from flask import Flask

from service import wiring
from service.auth import STEPS, SYSTEM, Role, accounts, sessions
from service.casework import case_files, records
from service.runtime import audit, deployments, instances, user_tasks
from service.runtime.engine import Engine, SetClock
from service.runtime.unit import UnitOfWork
from service.runtime.user_tasks import UserTaskQuery
from service.settings import Settings
from service.web import create_app
from service.web.request import COOKIE
from service.worker import run_until_idle
from tests import builders
from tests.processes import play
from tests.web.conftest import SECRET, Browser

ELSEWHERE = "示例县纪委监委"
CODE = regex.compile(r"[A-Z]{2,}")
TABLE = Path(__file__).parent / "permissions" / "steps.csv"

# The steps of the table by their names in the code.
NAMES = dict(
    zip(
        (
            "主动考察", "提出、撤回申请", "受理审查", "调查核实", "专家意见", "审理", "集体研究", "起草、签发",
            "宣布、送达、说明", "归档", "申诉", "整改", "建议、升级", "责任倒查", "参数、规则",
        ),
        (
            "screening", "application", "admission", "investigation", "expert_opinion", "review", "collective",
            "drafting", "serving", "filing", "appeal", "rectification", "proposal", "backtracking", "parameters",
        ),
        strict=True,
    )
)  # fmt: skip

ADMINISTRATORS = {"SYSADM", "SECADM", "AUDADM"}
OUTSIDERS = {"EXPERT", "UNIT", "RECT"}  # their part in a case comes from outside its organ
OVERSEERS = {"LEAD", "APPROVER"}  # give tasks to people, so that they see them


def rows() -> dict[str, dict[str, set[str]]]:
    """Step -> column -> role codes that stand there."""
    with TABLE.open(encoding="utf-8") as file:
        return {
            NAMES[row["步骤"]]: {column: set(CODE.findall(text)) & set(Role) for column, text in row.items()}
            for row in csv.DictReader(file)
        }


MATRIX = rows()
IN_CASE = [step for step in MATRIX if step != "parameters"]


def test_the_tables_of_the_code_are_those_of_the_procedure() -> None:
    assert set(STEPS) == set(MATRIX)
    for name, step in STEPS.items():
        row = MATRIX[name]
        assert {"handles": step.handles, "reads": step.reads} == {"handles": row["办理"], "reads": row["只读或抄送"]}
        chair = {"MEMBER"} if name == "collective" else set()  # the chair is a member
        assert step.checks == row["审核"] | chair
        # The other entries of that column hold in one case only: they are checked where people are assigned.
        assert step.forbidden == row["禁止"] - {"INVEST", "EXPERT"}


@dataclass
class Matrix:
    """A site with one person a role and organ, a case in each organ, and in the first a task for each step."""

    engine: Engine
    app: Flask
    case: int
    other_case: int
    subject: int = 0  # person of the first case
    tasks: dict[str, int] = field(default_factory=dict)

    def browser(self, name: str) -> Browser:
        client = self.app.test_client()
        client.set_cookie(COOKIE, self.engine.run(SYSTEM, lambda unit: sessions.open_session(unit, name)))
        return Browser(client)

    def holder(self, step: str) -> str | None:
        with self.engine.reading(SYSTEM) as unit:
            return user_tasks.get(unit, self.tasks[step]).assignee

    def free(self, step: str) -> None:
        self.engine.run(SYSTEM, lambda unit: user_tasks.assign(unit, self.tasks[step], None))

    def refusals(self, name: str) -> list[str]:
        with self.engine.reading(SYSTEM) as unit:
            return [entry.after for entry in audit.search(unit, action="access.refuse", actor=name, limit=5000).items]


def person(role: str, place: str) -> str:
    return f"{role.lower()}-{place}"


def _register(unit: UnitOfWork, organ: str) -> int:
    sent = play.a_registration()
    sent["case"]["organ"] = organ
    for subject in sent["case"]["subjects"]:
        subject.pop("account", None)
    return case_files.register(unit, sent).key


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    database = tmp_path_factory.mktemp("matrix") / "site.db"
    play.prepare(database)
    engine = Engine(f"sqlite:///{database}", SetClock(play.OPENED), wiring.PLUGINS)

    def people(unit: UnitOfWork) -> None:
        for role in Role:
            for place, organ in (("here", play.ORGAN), ("there", ELSEWHERE)):
                accounts.create(unit, person(role, place), person(role, place), None, [(role, organ)])

    engine.run(SYSTEM, people)
    steps = [
        builders.a_diagram(
            builders.user_task("do", name=step, groups=",".join(sorted(MATRIX[step]["办理"]))),
            builders.line("s", "do", "e"),
            name=f"step-{step}.bpmn",
            process_id=f"step-{step.replace('_', '-')}",
        )
        for step in IN_CASE
    ]
    engine.run(SYSTEM, lambda unit: deployments.deploy(unit, steps, "示例"))
    case = engine.run(SYSTEM, lambda unit: _register(unit, play.ORGAN))
    other = engine.run(SYSTEM, lambda unit: _register(unit, ELSEWHERE))
    run_until_idle(engine)
    found = Matrix(engine, create_app(engine, Settings(secret_key=SECRET)), case, other)

    def start(unit: UnitOfWork) -> None:
        of_case = records.of_case(unit, case)
        found.subject = of_case.subjects[0].key
        declared = [{"person": person(role, "here"), "result": "clear"} for role in ("INVEST", "LEAD", "REVIEW")]
        of_case.set("recusalDeclaration", (), declared)
        of_case.flush()
        for step in IN_CASE:
            instances.start(unit, f"step-{step.replace('_', '-')}", {}, business_key=str(case))

    engine.run(SYSTEM, start)
    with engine.reading(SYSTEM) as unit:
        for task in user_tasks.search(unit, UserTaskQuery(business_key=str(case)), None, 200).items:
            if task.element_id == "do":
                found.tasks[str(task.name)] = task.key
    assert set(found.tasks) == set(IN_CASE)
    yield found
    engine.close()


def may_take(role: str, place: str, step: str) -> bool:
    """Section 3, column of who handles; people of another organ keep out, and a group is never of one person."""
    if role not in MATRIX[step]["办理"] or role == "SUBJECT":
        return False
    return place == "here" or role in OUTSIDERS


def may_see(role: str, place: str, step: str) -> bool:
    return may_take(role, place, step) or (role in OVERSEERS and place == "here")


EVERYBODY = [(role, place) for role in Role for place in ("here", "there")]


@pytest.mark.parametrize(("role", "place"), EVERYBODY, ids=[f"{role}-{place}" for role, place in EVERYBODY])
def test_a_role_sees_and_takes_the_tasks_of_its_steps_alone(matrix: Matrix, role: Role, place: str) -> None:
    name = person(role, place)
    browser = matrix.browser(name)
    token = browser.token()
    seen_by_page, seen_by_rest, taken_by_page, taken_by_rest = set(), set(), set(), set()

    def rest(method: str, path: str, body: object = None) -> int:
        answer = browser.client.open(
            f"/v2{path}", method=method, json=body, headers={"X-CSRFToken": token, "Origin": "http://localhost"}
        )
        return int(answer.status_code)

    def by_page(key: int) -> None:
        browser.client.post(f"/tasks/{key}/claim", data={"csrf_token": token})

    def by_rest(key: int) -> None:
        rest("POST", f"/user-tasks/{key}/assignment", {"assignee": name})

    for step, key in matrix.tasks.items():
        if browser.get(f"/tasks/{key}").status_code == 200:
            seen_by_page.add(step)
        if rest("GET", f"/user-tasks/{key}") == 200:
            seen_by_rest.add(step)
        # Nobody completes what is not in their hands.
        assert rest("POST", f"/user-tasks/{key}/completion", {}) in {403, 404}
        for taken, attempt in ((taken_by_page, by_page), (taken_by_rest, by_rest)):
            attempt(key)
            if matrix.holder(step) == name:
                taken.add(step)
                matrix.free(step)

    expected = {step for step in IN_CASE if may_see(role, place, step)}
    assert seen_by_page == expected
    assert seen_by_rest == expected
    expected = {step for step in IN_CASE if may_take(role, place, step)}
    assert taken_by_page == expected
    assert taken_by_rest == expected


# Who reads the whole file of a case of their organ without being assigned to it: those whom the table names for the
# organ's own steps. Investigators, reviewers and members see the cases they are assigned to; those outside the organ
# a part; who has no part in a case, nothing.
WHOLE = {"INTAKE", "LEAD", "SECRETARY", "APPROVER", "DELIVER", "ARCHIVE", "INSPECT"}
ASSIGNED = {"INVEST", "REVIEW", "MEMBER"}


@pytest.mark.parametrize(("role", "place"), EVERYBODY, ids=[f"{role}-{place}" for role, place in EVERYBODY])
def test_a_role_opens_the_cases_of_its_organ_alone(matrix: Matrix, role: Role, place: str) -> None:
    browser = matrix.browser(person(role, place))

    opened = {
        organ
        for organ, key in (("here", matrix.case), ("there", matrix.other_case))
        if browser.get(f"/cases/{key}").status_code == 200
    }

    assert opened == ({place} if role in WHOLE else set())
    listed = browser.get("/cases").get_data(as_text=True)
    assert {
        organ for organ, key in (("here", matrix.case), ("there", matrix.other_case)) if f'/cases/{key}"' in listed
    } == opened


@pytest.mark.parametrize("role", sorted(ASSIGNED))
def test_whoever_is_assigned_opens_that_case_alone(matrix: Matrix, role: str) -> None:
    fields = {"INVEST": "investigators", "REVIEW": "reviewers", "MEMBER": "members"}
    name = person(role, "here")
    people = [name, "invest1"] if role == "INVEST" else [name]
    matrix.engine.run(SYSTEM, lambda unit: case_files.assign(unit, matrix.case, {fields[role]: people}))
    try:
        browser = matrix.browser(name)
        assert browser.get(f"/cases/{matrix.case}").status_code == 200
        assert browser.get(f"/cases/{matrix.other_case}").status_code == 404
    finally:
        others = ["invest1", "invest2"] if role == "INVEST" else []
        matrix.engine.run(SYSTEM, lambda unit: case_files.assign(unit, matrix.case, {fields[role]: others}))


# Verb on a case -> roles (section 3; the last column of its text on assigning).
VERBS = {
    "suspend": ({"LEAD", "APPROVER"}, lambda m: f"/cases/{m.case}/subjects/{m.subject}/suspend"),
    "identity": ({"INTAKE", "LEAD", "ARCHIVE"}, lambda m: f"/cases/{m.case}/subjects/{m.subject}/identity"),
    "reveal": (
        {"INTAKE", "LEAD", "ARCHIVE", "DELIVER"},
        lambda m: f"/cases/{m.case}/subjects/{m.subject}/identity/reveal",
    ),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", list(Role))
def test_a_verb_on_a_case_is_of_its_roles(matrix: Matrix, role: Role, verb: str) -> None:
    allowed, path = VERBS[verb]
    own, other = (matrix.browser(person(role, place)).post(path(matrix)) for place in ("here", "there"))

    # Nothing is filled in, and the case has just begun: whoever may do it is told so, the others that they may not.
    text = own.get_data(as_text=True)
    assert other.status_code == 404
    if role in allowed:
        assert own.status_code in {303, 409}
    else:
        assert own.status_code == (403 if role in WHOLE else 404)
    del text


def test_each_refused_attempt_is_one_entry(matrix: Matrix) -> None:
    name = person("OWNER", "here")
    browser = matrix.browser(name)
    before = len(matrix.refusals(name))

    browser.get(f"/cases/{matrix.case}")
    browser.get("/cases")

    found = matrix.refusals(name)
    assert len(found) == before + 1
    assert f"/cases/{matrix.case}" in found[0]
