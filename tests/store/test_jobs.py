"""Jobs are leased to one worker at a time, soonest first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.store import Database, Session, jobs
from service.store.jobs import JobKind, JobState

NOON = datetime(2025, 6, 10, 4, tzinfo=UTC)


def insert(session: Session, key: int, **values: Any) -> None:
    jobs.insert_all(
        session,
        [
            {
                "key": key,
                "kind": JobKind.TIMER,
                "state": JobState.OPEN,
                "topic": None,
                "job_kind": None,
                "due_at": NOON,
                "timer_due_at": NOON,
                "priority": 50,
                "retries": 3,
                "failures": 0,
                "headers": "{}",
                "repetitions": None,
                "element_id": "t",
                "element_instance_key": 1,
                "instance_key": 1,
                "root_key": 1,
                "definition_key": 1,
                "process_id": "p",
                "business_key": None,
                "created_at": NOON,
            }
            | values
        ],
    )


def claim(session: Session, now: datetime = NOON, *, token: int = 1, topics: tuple[str, ...] = (),
          limit: int = 10) -> list[int]:  # fmt: skip
    leased = jobs.claim_due(
        session,
        now=now,
        lease_until=now + timedelta(minutes=1),
        lease_token=token,
        worker="w",
        topics=topics,
        limit=limit,
    )
    return [job.key for job in leased]


@pytest.fixture
def session(database_url: str) -> Any:
    database = Database(database_url)
    with database.writing() as opened:
        yield opened
    database.close()


def test_due_jobs_are_claimed_soonest_first_up_to_the_limit(session: Session) -> None:
    insert(session, 1, due_at=NOON - timedelta(minutes=1))
    insert(session, 2, due_at=NOON - timedelta(minutes=3))
    insert(session, 3, due_at=NOON)
    insert(session, 4, due_at=NOON + timedelta(microseconds=1))

    assert claim(session, limit=2) == [2, 1]
    assert claim(session) == [3]
    assert claim(session) == []


def test_a_lease_that_ran_out_is_given_again(session: Session) -> None:
    insert(session, 1)
    claim(session, token=1)

    assert claim(session, NOON + timedelta(seconds=59), token=2) == []
    assert claim(session, NOON + timedelta(seconds=60), token=3) == [1]
    job = jobs.get(session, 1)
    assert job is not None
    assert job.lease_token == 3


def test_the_worker_takes_only_topics_that_have_a_handler(session: Session) -> None:
    insert(session, 1, kind=JobKind.SERVICE, topic="rc.state")
    insert(session, 2, kind=JobKind.SERVICE, topic="outside")

    assert claim(session, topics=("rc.state",)) == [1]
    activated = jobs.activate(session, now=NOON, lease_until=NOON, lease_token=5, worker="c", topic="outside", limit=10)
    assert [job.key for job in activated] == [2]


def test_failed_jobs_wait_for_a_person(session: Session) -> None:
    insert(session, 1, state=JobState.FAILED)

    assert claim(session) == []
    assert jobs.next_due(session, ()) is None


def test_next_due_is_the_soonest_that_the_worker_takes(session: Session) -> None:
    insert(session, 1, due_at=NOON + timedelta(days=2))
    insert(session, 2, due_at=NOON + timedelta(days=1), kind=JobKind.SERVICE, topic="outside")

    assert jobs.next_due(session, ()) == NOON + timedelta(days=2)
    assert jobs.next_due(session, ("outside",)) == NOON + timedelta(days=1)
