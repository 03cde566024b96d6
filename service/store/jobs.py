"""Jobs: work waiting for the worker or an outside client, and the links that tie due moments to deadlines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, and_, case, delete, func, insert, not_, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import KEY, Base, IndexedKey, Key, PrimaryKey, enum_column


class JobKind(StrEnum):
    TIMER = "timer"  # a timer inside an instance
    START_TIMER = "start-timer"  # starts an instance of the latest version
    RELEASE = "release"  # puts an approved deployment into force on its day
    SERVICE = "service"  # a task whose topic names a handler here or a client outside


class JobState(StrEnum):
    OPEN = "open"
    FAILED = "failed"  # no retries left; an incident tells why
    COMPLETED = "completed"
    ERROR_THROWN = "error-thrown"  # ended by a BPMN error
    CANCELED = "canceled"  # its step was given up


ENDED = frozenset({JobState.COMPLETED, JobState.ERROR_THROWN, JobState.CANCELED})


class Job(Base):
    __tablename__ = "job"
    __table_args__ = (
        Index(None, "state", "due_at", "key"),
        Index(None, "topic", "state", "due_at", "key"),
    )

    key: Mapped[PrimaryKey]  # key of the flow node instance or timer that waits
    kind: Mapped[JobKind] = mapped_column(enum_column(JobKind))
    state: Mapped[JobState] = mapped_column(enum_column(JobState), default=JobState.OPEN)
    topic: Mapped[str | None]  # of service jobs
    job_kind: Mapped[str | None]  # BPMN_ELEMENT, EXECUTION_LISTENER, TASK_LISTENER
    due_at: Mapped[datetime]  # earliest moment; moved by back-off
    timer_due_at: Mapped[datetime | None]  # what the timer means, whatever back-off did
    priority: Mapped[int] = mapped_column(default=50)
    retries: Mapped[int]
    failures: Mapped[int] = mapped_column(default=0)  # so far, for back-off
    lease_until: Mapped[datetime | None]  # nobody else takes it before
    lease_token: Mapped[Key | None]  # whoever has it may answer for the job
    worker: Mapped[str | None]
    error_code: Mapped[str | None]  # of the last failure
    error_message: Mapped[str | None]
    headers: Mapped[str] = mapped_column(default="{}")  # JSON object
    repetitions: Mapped[int | None]  # turns of a cycle still to come; None without end or no cycle
    element_id: Mapped[str]
    element_instance_key: Mapped[Key | None]
    instance_key: Mapped[Key | None]  # None for start timers
    root_key: Mapped[IndexedKey | None]
    definition_key: Mapped[IndexedKey]
    process_id: Mapped[str]
    business_key: Mapped[str | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # of service jobs, which stay here as history; timers that are over are gone


class DeadlineLink(Base):
    """A due moment of a job or user task that an expression took from a deadline."""

    __tablename__ = "deadline_link"
    __table_args__ = (Index(None, "deadline_key", "root_key"),)

    holder_key: Mapped[int] = mapped_column(KEY, primary_key=True, autoincrement=False)  # job or user task
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    deadline_key: Mapped[Key]
    offset_days: Mapped[int | None]  # working days from the deadline's due day; None: the due moment itself
    root_key: Mapped[IndexedKey]


# So many times a batch are looked over for jobs of other instances, before one instance gets the whole batch.
WINDOW = 10

_COUNT_ABANDONED = case((Job.lease_token.is_not(None), Job.failures + 1), else_=Job.failures)


def get(session: Session, key: int) -> Job | None:
    """Return an open or failed job."""
    return _unended(session.get(Job, key))


def reload(session: Session, key: int) -> Job | None:
    """Return an open or failed job as it stands in the database, locked until the transaction's end on PostgreSQL."""
    return _unended(session.get(Job, key, populate_existing=True, with_for_update=True))


def insert_all(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.execute(insert(Job), rows)


def delete_all(session: Session, keys: Collection[int]) -> None:
    if keys:
        session.execute(delete(Job).where(Job.key.in_(list(keys))))


def end(session: Session, keys: Collection[int], state: JobState, now: datetime, *, failed: bool = True) -> None:
    """Keep service jobs as history; one that has ended already keeps how, without `failed` also one that failed."""
    if keys:
        wanted = (Job.key.in_(list(keys)), Job.state.not_in(ENDED if failed else ENDED | {JobState.FAILED}))
        values = {"state": state, "ended_at": now, "lease_until": None, "lease_token": None}
        session.execute(update(Job).where(*wanted).values(**values))


def change(session: Session, key: int, **values: Any) -> None:
    session.execute(update(Job).where(Job.key == key).values(**values))


def claim_due(
    session: Session,
    *,
    now: datetime,
    lease_until: datetime,
    lease_token: int,
    worker: str,
    topics: Collection[str],
    limit: int,
) -> Sequence[Job]:
    """Lease due timers, and due service jobs of the given topics, soonest first, each root instance in its turn.

    A job whose former lease ran out without an answer counts one failure more: whoever had it died of it or beside it.
    Transaction: on PostgreSQL rows that another worker is claiming are skipped.
    """
    wanted = _due(now, _mine(topics))
    window = session.execute(
        select(Job.key, Job.root_key).where(*wanted).order_by(Job.due_at, Job.key).limit(WINDOW * limit)
    ).all()
    if not window:
        return []
    keys = _in_turn([(row[0], row[1]) for row in window], limit)
    taken = _taken(session, [*wanted, Job.key.in_(keys)], limit)
    # Another worker had the same idea: take what it left.
    taken = taken or _taken(session, wanted, limit)
    return _leased(session, taken, lease_until, lease_token, worker, {"failures": _COUNT_ABANDONED})


def anything_due(session: Session, now: datetime, topics: Collection[str]) -> bool:
    """Whether a claim would find something."""
    return session.scalar(select(Job.key).where(*_due(now, _mine(topics))).limit(1)) is not None


def extend(session: Session, keys: Collection[int], lease_token: int, lease_until: datetime) -> Collection[int]:
    """Let leases run on; return the keys of those that were still held by the token."""
    held = (Job.key.in_(list(keys)), Job.lease_token == lease_token, Job.state == JobState.OPEN)
    session.execute(update(Job).where(*held).values(lease_until=lease_until))
    return set(session.scalars(select(Job.key).where(*held)))


def release(session: Session, keys: Collection[int], lease_token: int) -> None:
    """Give back jobs that were not begun."""
    session.execute(
        update(Job)
        .where(Job.key.in_(list(keys)), Job.lease_token == lease_token)
        .values(lease_until=None, lease_token=None)
    )


def activate(
    session: Session,
    *,
    now: datetime,
    lease_until: datetime,
    lease_token: int,
    worker: str,
    topic: str,
    limit: int,
    business_key: str | None = None,
    process_ids: Collection[str] = (),
    definition_keys: Collection[int] = (),
) -> Sequence[Job]:
    """Lease service jobs of one topic to a client outside, those of higher priority first."""
    mine = [Job.kind == JobKind.SERVICE, Job.topic == topic]
    if business_key is not None:
        mine.append(Job.business_key == business_key)
    if process_ids:
        mine.append(Job.process_id.in_(list(process_ids)))
    if definition_keys:
        mine.append(Job.definition_key.in_(list(definition_keys)))
    return _lease(session, and_(*mine), now, lease_until, lease_token, worker, limit, (Job.priority.desc(),))


def is_due(session: Session, topic: str, now: datetime) -> bool:
    """Whether a client outside could lease a job of a topic."""
    statement = select(Job.key).where(
        Job.kind == JobKind.SERVICE,
        Job.topic == topic,
        Job.state == JobState.OPEN,
        Job.due_at <= now,
        or_(Job.lease_until.is_(None), Job.lease_until <= now),
    )
    return session.scalar(statement.limit(1)) is not None


def next_due(session: Session, topics: Collection[str]) -> datetime | None:
    """Return when the worker has something to do next."""
    return session.scalar(
        select(func.min(Job.due_at)).where(
            Job.state == JobState.OPEN, or_(Job.kind != JobKind.SERVICE, Job.topic.in_(sorted(topics)))
        )
    )


def open_of_root(session: Session, root_key: int) -> Sequence[Job]:
    """Return what waits as a job; a service job that failed waits as its incident."""
    failed = and_(Job.kind == JobKind.SERVICE, Job.state == JobState.FAILED)
    wanted = (Job.root_key == root_key, Job.state.not_in(ENDED), not_(failed))
    return session.scalars(select(Job).where(*wanted).order_by(Job.key)).all()


def search(
    session: Session,
    *,
    root_key: int | None = None,
    instance_key: int | None = None,
    business_key: str | None = None,
    state: JobState | None = None,
    kind: JobKind | None = None,
    topic: str | None = None,
    limit: int = 100,
) -> Sequence[Job]:
    """Return jobs by due moment, without `state` those that have not ended."""
    statement = select(Job).order_by(Job.due_at, Job.key).limit(limit)
    if state is None:
        statement = statement.where(Job.state.not_in(ENDED))
    for column, value in (
        (Job.root_key, root_key),
        (Job.instance_key, instance_key),
        (Job.business_key, business_key),
        (Job.state, state),
        (Job.kind, kind),
        (Job.topic, topic),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return session.scalars(statement).all()


def start_timers(session: Session, process_id: str) -> Sequence[Job]:
    return session.scalars(select(Job).where(Job.kind == JobKind.START_TIMER, Job.process_id == process_id)).all()


def insert_links(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.execute(insert(DeadlineLink), rows)


def delete_links(session: Session, holder_keys: Collection[int]) -> None:
    if holder_keys:
        session.execute(delete(DeadlineLink).where(DeadlineLink.holder_key.in_(list(holder_keys))))


def roots_linked_to(session: Session, deadline_key: int) -> Sequence[int]:
    """Return the root instances that have a due moment from a deadline."""
    statement = (
        select(DeadlineLink.root_key)
        .where(DeadlineLink.deadline_key == deadline_key)
        .distinct()
        .order_by(DeadlineLink.root_key)
    )
    return session.scalars(statement).all()


def links_of(session: Session, holder_key: int) -> Sequence[DeadlineLink]:
    statement = select(DeadlineLink).where(DeadlineLink.holder_key == holder_key).order_by(DeadlineLink.position)
    return session.scalars(statement).all()


def _unended(job: Job | None) -> Job | None:
    return None if job is None or job.state in ENDED else job


def _lease(
    session: Session,
    mine: Any,
    now: datetime,
    lease_until: datetime,
    lease_token: int,
    worker: str,
    limit: int,
    first: Sequence[Any] = (),
) -> Sequence[Job]:
    taken = _taken(session, _due(now, mine), limit, first)
    return _leased(session, taken, lease_until, lease_token, worker, {}, first)


def _mine(topics: Collection[str]) -> Any:
    return or_(Job.kind != JobKind.SERVICE, Job.topic.in_(sorted(topics)))


def _due(now: datetime, mine: Any) -> list[Any]:
    free = or_(Job.lease_until.is_(None), Job.lease_until <= now)
    return [Job.state == JobState.OPEN, Job.due_at <= now, free, mine]


def _taken(session: Session, wanted: Sequence[Any], limit: int, first: Sequence[Any] = ()) -> list[int]:
    statement = (
        select(Job.key)
        .where(*wanted)
        .order_by(*first, Job.due_at, Job.key)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(statement))


def _leased(
    session: Session,
    keys: Sequence[int],
    lease_until: datetime,
    lease_token: int,
    worker: str,
    values: Mapping[str, Any],
    first: Sequence[Any] = (),
) -> Sequence[Job]:
    if not keys:
        return []
    session.execute(
        update(Job)
        .where(Job.key.in_(keys))
        .values(lease_until=lease_until, lease_token=lease_token, worker=worker, **values)
        .execution_options(synchronize_session=False)
    )
    leased = select(Job).where(Job.key.in_(keys)).order_by(*first, Job.due_at, Job.key)
    return session.scalars(leased.execution_options(populate_existing=True)).all()


def _in_turn(due: Sequence[tuple[int, int | None]], limit: int) -> list[int]:
    """Return at most `limit` keys: the first of every root, then the second of every root, ..."""
    turns: Counter[int | None] = Counter()
    ordered: list[tuple[int, int, int]] = []
    for position, (key, root_key) in enumerate(due):
        ordered.append((0 if root_key is None else turns[root_key], position, key))
        turns[root_key] += 1
    return [key for _, _, key in sorted(ordered)[:limit]]
