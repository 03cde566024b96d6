"""Lists of user tasks: filters, orders and pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.store import Database, Session, user_tasks
from service.store.user_tasks import NEVER, Candidate, CandidateKind, TaskOrder, UserTaskQuery, UserTaskState

NOON = datetime(2025, 6, 10, 4, tzinfo=UTC)


def insert(session: Session, key: int, *, groups: tuple[str, ...] = (), users: tuple[str, ...] = (),
           **values: Any) -> None:  # fmt: skip
    row: dict[str, Any] = {
        "key": key,
        "element_id": "t",
        "name": f"Task {key}",
        "documentation": None,
        "state": UserTaskState.CREATED,
        "assignee": None,
        "candidate_groups": "[]",
        "candidate_users": "[]",
        "priority": 50,
        "due_at": None,
        "follow_up_at": None,
        "created_at": NOON,
        "completed_at": None,
        "completed_by": None,
        "instance_key": 1,
        "root_key": 1,
        "scope_key": 1,
        "business_key": None,
        "process_id": "p",
        "process_name": "Process",
        "definition_key": 1,
        "definition_version": 1,
        "form_key": None,
        "form_id": None,
        "form_schema": None,
        "external_form_reference": None,
        "headers": "{}",
    } | values
    row["due_order"] = row["due_at"] or NEVER
    named = [(CandidateKind.GROUP, name) for name in groups] + [(CandidateKind.USER, name) for name in users]
    user_tasks.insert_all(session, [row], [{"user_task_key": key, "kind": kind, "name": name} for kind, name in named])


@pytest.fixture
def session(database_url: str) -> Any:
    database = Database(database_url)
    with database.writing() as opened:
        yield opened
    database.close()


def keys(session: Session, query: UserTaskQuery, limit: int = 50) -> list[int]:
    return [row.key for row in user_tasks.search(session, query, None, limit).items]


FILTERS: dict[str, tuple[UserTaskQuery, list[int]]] = {
    "all open": (UserTaskQuery(), [3, 1, 2, 4, 5, 8]),
    "assignee": (UserTaskQuery(assignee="ann"), [2]),
    "assigned": (UserTaskQuery(assigned=True), [2, 4]),
    "free": (UserTaskQuery(assigned=False), [3, 1, 5, 8]),
    "group": (UserTaskQuery(groups=["REVIEW"]), [3, 4]),
    "user": (UserTaskQuery(user="ann"), [5]),
    "candidate": (UserTaskQuery(candidate=Candidate("ann", frozenset({"INVEST", "INVEST@a"}))), [1, 5]),
    "taken by another is no candidate's": (UserTaskQuery(candidate=Candidate("bob", frozenset({"REVIEW"}))), [3]),
    "involved": (UserTaskQuery(involved=Candidate("ann", frozenset({"INVEST"}))), [1, 2, 5]),
    "no groups": (UserTaskQuery(candidate=Candidate("zoe")), []),
    "case": (UserTaskQuery(business_key="7"), [3, 2]),
    "closed": (UserTaskQuery(state=UserTaskState.COMPLETED), [6]),
    "any state": (UserTaskQuery(state=None, order=TaskOrder.CREATED), [8, 7, 6, 5, 4, 3, 2, 1]),
    "due before": (UserTaskQuery(due_before=NOON + timedelta(days=2)), [3, 1]),
    "due after": (UserTaskQuery(due_after=NOON + timedelta(days=2)), [2]),
    "text": (UserTaskQuery(text="TASK 3"), [3]),
    "text with wildcard": (UserTaskQuery(text="%"), [8]),
    "two filters": (UserTaskQuery(groups=["REVIEW"], business_key="7"), [3]),
    "priority": (UserTaskQuery(order=TaskOrder.PRIORITY), [5, 8, 4, 3, 2, 1]),
    "completed": (UserTaskQuery(state=None, order=TaskOrder.COMPLETED), [7, 6]),
}


@pytest.fixture
def filled(session: Session) -> Session:
    insert(session, 1, groups=("INVEST",), due_at=NOON + timedelta(days=1))
    insert(session, 2, assignee="ann", groups=("INVEST",), due_at=NOON + timedelta(days=2), business_key="7")
    insert(session, 3, groups=("REVIEW",), due_at=NOON, business_key="7")
    insert(session, 4, assignee="bob", groups=("REVIEW",))
    insert(session, 5, users=("ann", "cid"), priority=90)
    insert(session, 6, state=UserTaskState.COMPLETED, completed_at=NOON, completed_by="ann")
    insert(session, 7, state=UserTaskState.CANCELED, completed_at=NOON + timedelta(hours=1))
    insert(session, 8, name="100 %")
    return session


@pytest.mark.parametrize("case", FILTERS)
def test_a_list_shows_what_its_filters_ask_for_in_its_order(filled: Session, case: str) -> None:
    query, expected = FILTERS[case]

    assert keys(filled, query) == expected


@pytest.mark.parametrize("order", TaskOrder)
def test_pages_join_to_the_whole_list(filled: Session, order: TaskOrder) -> None:
    query = UserTaskQuery(state=None, order=order)
    whole = keys(filled, query)
    seen: list[int] = []
    after = None
    while True:
        page = user_tasks.search(filled, query, after, 3)
        seen += [row.key for row in page.items]
        after = page.next
        if after is None:
            break

    assert seen == whole
    assert page.total == len(whole)


def test_closing_a_task_takes_it_from_its_candidates(filled: Session) -> None:
    user_tasks.close(filled, [1], UserTaskState.COMPLETED, NOON, "ann")
    user_tasks.withdraw(filled, [1])

    assert keys(filled, UserTaskQuery(state=None, groups=["INVEST"])) == [2]
    assert user_tasks.search(filled, UserTaskQuery(state=UserTaskState.COMPLETED), None, 9).total == 2


def test_a_closed_task_keeps_its_state(filled: Session) -> None:
    user_tasks.close(filled, [6], UserTaskState.CANCELED, NOON, None)
    filled.expire_all()

    row = user_tasks.get(filled, 6)
    assert row is not None
    assert row.state is UserTaskState.COMPLETED


def test_only_a_free_task_can_be_claimed(filled: Session) -> None:
    assert user_tasks.assign(filled, 1, "ann", only_if_free=True)
    assert not user_tasks.assign(filled, 1, "bob", only_if_free=True)
    assert not user_tasks.assign(filled, 6, "bob")
