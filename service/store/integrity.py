"""Rows that contradict one another: looked for by `python -m service check`, written by nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import exists, func, not_, or_, select, text
from sqlalchemy.orm import Session, aliased

from service.store import keys
from service.store.base import Base
from service.store.history import FlowNodeInstance, FlowNodeState, Variable, VariableChange
from service.store.incidents import Incident, IncidentState
from service.store.jobs import ENDED, DeadlineLink, Job
from service.store.process_instances import InstanceDocument, InstanceState, ProcessInstance
from service.store.submissions import Draft, Submission
from service.store.subscriptions import Subscription
from service.store.user_tasks import UserTask, UserTaskCandidate, UserTaskState

# Of one kind of contradiction more keys than this are not told.
LIMIT = 200


def hold_still(session: Session) -> None:
    """Let everything that is read from here on be of one moment; the first thing in a transaction."""
    if session.get_bind().dialect.name != "sqlite":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def running_roots(session: Session, batch: int = 500) -> Iterator[int]:
    """Yield the keys of all state documents, ascending."""
    last = 0
    while True:
        statement = (
            select(InstanceDocument.root_key)
            .where(InstanceDocument.root_key > last)
            .order_by(InstanceDocument.root_key)
            .limit(batch)
        )
        found = session.scalars(statement).all()
        yield from found
        if len(found) < batch:
            return
        last = found[-1]
        session.expunge_all()


def links_of_root(session: Session, root_key: int) -> Sequence[DeadlineLink]:
    statement = (
        select(DeadlineLink)
        .where(DeadlineLink.root_key == root_key)
        .order_by(DeadlineLink.holder_key, DeadlineLink.position)
    )
    return session.scalars(statement).all()


def contradictions(session: Session) -> Iterator[tuple[str, int]]:
    """Yield what kind of contradiction stands at which key."""
    for kind, statement in _KINDS.items():
        for key in session.scalars(statement.limit(LIMIT)):
            yield kind, key


def highest_key(session: Session) -> int:
    """Return the highest key that any table holds."""
    columns = (table.c.key for table in Base.metadata.sorted_tables if "key" in table.c and table.c.key.primary_key)
    return max((session.scalar(select(func.max(column))) or 0 for column in columns), default=0)


def next_key(session: Session) -> int:
    """Return the first key that is not handed out yet."""
    if session.get_bind().dialect.name == "sqlite":
        return session.scalar(select(keys.KeySequence.next)) or 1
    last, called = session.execute(text(f"SELECT last_value, is_called FROM {keys.SITE_KEYS.name}")).one()  # noqa: S608
    return int(last) + (keys.BLOCK if called else 0)


_ROOT = aliased(ProcessInstance)
_LATER = aliased(VariableChange)


def _runs(root_key: Any) -> Any:
    return exists().where(InstanceDocument.root_key == root_key)


_OPEN_TASK = UserTask.state == UserTaskState.CREATED

_KINDS: dict[str, Any] = {
    # A running root has a state, and a state has a running root.
    "instance_without_state": select(ProcessInstance.key).where(
        ProcessInstance.state == InstanceState.ACTIVE, not_(_runs(ProcessInstance.root_key))
    ),
    "state_without_instance": select(InstanceDocument.root_key).where(
        not_(
            exists().where(
                _ROOT.key == InstanceDocument.root_key,
                _ROOT.root_key == _ROOT.key,
                _ROOT.state == InstanceState.ACTIVE,
            )
        )
    ),
    # What is over leaves nothing behind that waits.
    "task_of_ended": select(UserTask.key).where(_OPEN_TASK, not_(_runs(UserTask.root_key))),
    "job_of_ended": select(Job.key).where(
        Job.root_key.is_not(None), Job.state.not_in(ENDED), not_(_runs(Job.root_key))
    ),
    "subscription_of_ended": select(Subscription.key).where(
        Subscription.root_key.is_not(None), not_(_runs(Subscription.root_key))
    ),
    "incident_of_ended": select(Incident.key).where(
        Incident.state == IncidentState.ACTIVE, not_(_runs(Incident.root_key))
    ),
    "visit_of_ended": select(FlowNodeInstance.key).where(
        FlowNodeInstance.state == FlowNodeState.ACTIVE, not_(_runs(FlowNodeInstance.root_key))
    ),
    "link_without_holder": select(DeadlineLink.holder_key).where(
        not_(exists().where(Job.key == DeadlineLink.holder_key)),
        not_(exists().where(UserTask.key == DeadlineLink.holder_key, _OPEN_TASK)),
    ),
    "candidates_of_closed": select(UserTaskCandidate.user_task_key)
    .where(not_(exists().where(UserTask.key == UserTaskCandidate.user_task_key, _OPEN_TASK)))
    .distinct(),
    "draft_of_closed": select(Draft.user_task_key)
    .where(not_(exists().where(UserTask.key == Draft.user_task_key, _OPEN_TASK)))
    .distinct(),
    # Once is once.
    "submitted_twice": select(Submission.user_task_key)
    .where(Submission.user_task_key.is_not(None))
    .group_by(Submission.user_task_key)
    .having(func.count() > 1),
    "submission_without_task": select(Submission.key).where(
        Submission.user_task_key.is_not(None),
        not_(exists().where(UserTask.key == Submission.user_task_key, UserTask.state == UserTaskState.COMPLETED)),
    ),
    # History tells where things stand.
    "value_not_in_history": select(Variable.key).where(
        not_(
            exists().where(
                VariableChange.scope_key == Variable.scope_key,
                VariableChange.name == Variable.name,
                VariableChange.value == Variable.value,
                not_(
                    exists().where(
                        _LATER.scope_key == VariableChange.scope_key,
                        _LATER.name == VariableChange.name,
                        _LATER.key > VariableChange.key,
                    )
                ),
            )
        )
    ),
    "ended_without_moment": select(UserTask.key).where(
        or_(
            _OPEN_TASK & UserTask.completed_at.is_not(None),
            not_(_OPEN_TASK) & UserTask.completed_at.is_(None),
        )
    ),
}
