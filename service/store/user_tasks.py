"""User tasks: work waiting for people, who may take it, and the lists of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from service.errors import Invalid
from service.store.base import (
    COUNT_CAP,
    Base,
    IndexedKey,
    Key,
    Page,
    PrimaryKey,
    decode_cursor,
    encode_cursor,
    enum_column,
    send,
    table_of,
)
from service.store.history import Variable
from service.store.listing import Clause, without_case
from service.store.process_instances import InstanceDocument
from service.store.submissions import Draft
from service.store.task_acts import ActKind, TaskAct

# Where a task without due date stands in a list by due date: behind all others.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class UserTaskState(StrEnum):
    CREATED = "CREATED"
    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"
    FAILED = "FAILED"


class CandidateKind(StrEnum):
    GROUP = "group"
    USER = "user"


class UserTask(Base):
    __tablename__ = "user_task"
    __table_args__ = (
        Index(None, "state", "assignee", "due_order", "key"),
        Index(None, "state", "due_order", "key"),
        Index(None, "state", "key"),
        Index(None, "business_key", "state", "key"),
        Index(None, "assignee", "state", "key"),
    )

    key: Mapped[PrimaryKey]  # key of the flow node instance
    element_id: Mapped[str]
    name: Mapped[str | None]
    documentation: Mapped[str | None]
    state: Mapped[UserTaskState] = mapped_column(enum_column(UserTaskState))
    assignee: Mapped[str | None]
    candidate_groups: Mapped[str] = mapped_column(default="[]")  # JSON list, kept when the task is closed
    candidate_users: Mapped[str] = mapped_column(default="[]")
    priority: Mapped[int] = mapped_column(default=50)
    due_at: Mapped[datetime | None]
    due_order: Mapped[datetime]  # due_at, or NEVER
    follow_up_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[str | None]
    instance_key: Mapped[IndexedKey]
    root_key: Mapped[IndexedKey]
    scope_key: Mapped[Key | None]  # flow node instance or process instance around it
    business_key: Mapped[str | None]
    process_id: Mapped[str]
    process_name: Mapped[str | None]
    definition_key: Mapped[Key]
    definition_version: Mapped[int]
    form_key: Mapped[Key | None]  # version of the linked form, fixed when the task was created
    form_id: Mapped[str | None]
    form_schema: Mapped[str | None]  # JSON of a form embedded in the diagram
    external_form_reference: Mapped[str | None]
    headers: Mapped[str] = mapped_column(default="{}")  # JSON object
    organ: Mapped[str | None]  # in charge of the case: its people alone see the task by their role
    owner: Mapped[str | None]  # who delegated it and gets it back
    opened_at: Mapped[datetime | None]  # when its holder first looked at its form
    back_to: Mapped[str | None]  # element to which the token goes straight once this is done again
    back_to_user: Mapped[str | None]  # who returned it from there
    readers: Mapped[str] = mapped_column(default="[]", server_default="[]")  # JSON list: who got it for reading


class UserTaskCandidate(Base):
    """Who may take an open task; gone when it is closed."""

    __tablename__ = "user_task_candidate"
    __table_args__ = (Index(None, "kind", "name", "user_task_key"),)

    user_task_key: Mapped[int] = mapped_column(ForeignKey("user_task.key"), primary_key=True, autoincrement=False)
    kind: Mapped[CandidateKind] = mapped_column(enum_column(CandidateKind), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)


class TaskOrder(StrEnum):
    DUE = "due"  # soonest first, without due date last
    CREATED = "created"  # newest first
    PRIORITY = "priority"  # highest first
    COMPLETED = "completed"  # last closed first


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person with groups: may take what names one of them."""

    user: str
    groups: Collection[str] = field(default_factory=frozenset)
    limits: Mapping[str, Collection[str]] = field(default_factory=dict)  # group -> organs outside which it is none


@dataclass(frozen=True, slots=True)
class UserTaskQuery:
    """Which user tasks a list shows; None leaves a filter out."""

    state: UserTaskState | None = UserTaskState.CREATED
    assignee: str | None = None
    assigned: bool | None = None
    groups: Collection[str] | None = None  # one of these is a candidate group
    user: str | None = None  # is a candidate user
    candidate: Candidate | None = None  # may take it, being nobody's yet
    involved: Candidate | None = None  # assignee, or may take it
    completed_by: str | None = None
    owner: str | None = None
    reader: str | None = None  # got it for reading
    business_key: str | None = None
    instance_key: int | None = None
    root_key: int | None = None
    process_id: str | None = None
    definition_key: int | None = None
    element_id: str | None = None
    text: str | None = None  # part of the task's or process's name, or of a searched variable's value
    searched: frozenset[str] = frozenset()  # names of variables
    due_before: datetime | None = None
    due_after: datetime | None = None
    created_before: datetime | None = None
    created_after: datetime | None = None
    priority_at_least: int | None = None
    order: TaskOrder = TaskOrder.DUE


def get(session: Session, key: int) -> UserTask | None:
    return session.get(UserTask, key)


def reload(session: Session, key: int) -> UserTask | None:
    """Return a user task as it stands in the database, locked until the transaction's end on PostgreSQL."""
    return session.get(UserTask, key, populate_existing=True, with_for_update=True)


def with_state(session: Session, key: int) -> tuple[UserTask, int, bool] | None:
    """Return a task as it stands in the database, the row version of its instance's state, whether it has drafts.

    None when there is no such task or its instance has ended.

    Transaction: on PostgreSQL both rows are locked until the end, the state first, as everybody does who moves it.
    """
    statement = (
        select(UserTask, InstanceDocument.row_version, exists().where(Draft.user_task_key == UserTask.key))
        .join_from(InstanceDocument, UserTask, UserTask.root_key == InstanceDocument.root_key)
        .where(UserTask.key == key)
        .with_for_update(of=[InstanceDocument, UserTask])
        .execution_options(populate_existing=True)
    )
    row = session.execute(statement).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def mark_opened(session: Session, key: int, at: datetime) -> None:
    """Note when the holder of a task first looked at it."""
    session.execute(update(UserTask).where(UserTask.key == key, UserTask.opened_at.is_(None)).values(opened_at=at))


def of_root(session: Session, root_key: int) -> Sequence[UserTask]:
    """Return all tasks of a root instance, open and closed, oldest first."""
    return session.scalars(select(UserTask).where(UserTask.root_key == root_key).order_by(UserTask.key)).all()


def open_of_instance(session: Session, root_key: int) -> Sequence[UserTask]:
    statement = (
        select(UserTask)
        .where(UserTask.root_key == root_key, UserTask.state == UserTaskState.CREATED)
        .order_by(UserTask.key)
    )
    return session.scalars(statement).all()


def search(session: Session, query: UserTaskQuery, after: str | None, limit: int) -> Page[UserTask]:
    """Return user tasks in the query's order, at most `limit`, behind the cursor `after`."""
    conditions = _conditions(query)
    capped = select(UserTask.key).where(*conditions).limit(COUNT_CAP + 1).subquery()
    total = session.scalar(select(func.count()).select_from(capped)) or 0
    statement = select(UserTask).where(*conditions).limit(limit + 1)
    if query.order is TaskOrder.DUE:
        statement = statement.order_by(UserTask.due_order, UserTask.key)
        if after is not None:
            due, key = decode_cursor(after, datetime, int)
            statement = statement.where(tuple_(UserTask.due_order, UserTask.key) > (_aware(due), key))
    elif query.order is TaskOrder.PRIORITY:
        statement = statement.order_by(UserTask.priority.desc(), UserTask.key.desc())
        if after is not None:
            statement = statement.where(tuple_(UserTask.priority, UserTask.key) < tuple(decode_cursor(after, int, int)))
    elif query.order is TaskOrder.COMPLETED:
        statement = statement.order_by(UserTask.completed_at.desc(), UserTask.key.desc())
        if after is not None:
            done, key = decode_cursor(after, datetime, int)
            statement = statement.where(tuple_(UserTask.completed_at, UserTask.key) < (_aware(done), key))
    else:
        statement = statement.order_by(UserTask.key.desc())
        if after is not None:
            statement = statement.where(UserTask.key < decode_cursor(after, int)[0])
    rows = session.scalars(statement).all()
    items = rows[:limit]
    following = _cursor(query.order, items[-1]) if len(rows) > limit else None
    return Page(items, following, min(total, COUNT_CAP), total > COUNT_CAP)


def last_completed_by(session: Session, instance_key: int, element_id: str) -> str | None:
    """Return who completed an element's task last in an instance, None if nobody did."""
    return session.scalar(
        select(UserTask.completed_by)
        .where(
            UserTask.instance_key == instance_key,
            UserTask.element_id == element_id,
            UserTask.state == UserTaskState.COMPLETED,
        )
        .order_by(UserTask.completed_at.desc(), UserTask.key.desc())
        .limit(1)
    )


_TASKS = table_of(UserTask)
_CANDIDATES = table_of(UserTaskCandidate)
_OPEN = insert(_TASKS)
_OFFER = insert(_CANDIDATES)
_CLOSE = (
    update(_TASKS)
    .where(_TASKS.c.key.in_(bindparam("closed", expanding=True)), _TASKS.c.state == UserTaskState.CREATED)
    .values(state=bindparam("end_state"), completed_at=bindparam("end_moment"), completed_by=bindparam("closed_by"))
)
_WITHDRAW = delete(_CANDIDATES).where(_CANDIDATES.c.user_task_key.in_(bindparam("closed", expanding=True)))


def insert_all(session: Session, rows: Sequence[Mapping[str, Any]], candidates: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        send(session, _OPEN, rows)
    if candidates:
        send(session, _OFFER, candidates)


def close(session: Session, keys: Sequence[int], state: UserTaskState, at: datetime, by: str | None) -> None:
    """Close open tasks; a task that is closed already keeps its state."""
    if not keys:
        return
    send(session, _CLOSE, {"closed": keys, "end_state": state, "end_moment": at, "closed_by": by})
    for key in keys:
        held = session.identity_map.get(session.identity_key(UserTask, key))
        if held is not None and held.state is UserTaskState.CREATED:
            set_committed_value(held, "state", state)
            set_committed_value(held, "completed_at", at)
            set_committed_value(held, "completed_by", by)


def withdraw(session: Session, keys: Sequence[int]) -> None:
    """Forget who might have taken tasks that are closed."""
    if keys:
        send(session, _WITHDRAW, {"closed": keys})


def change(session: Session, key: int, **values: Any) -> None:
    """Set columns of an open task; `due_at` takes `due_order` along."""
    if "due_at" in values:
        values["due_order"] = values["due_at"] or NEVER
    session.execute(update(UserTask).where(UserTask.key == key).values(**values))


def replace_candidates(session: Session, key: int, candidates: Sequence[Mapping[str, Any]]) -> None:
    session.execute(delete(UserTaskCandidate).where(UserTaskCandidate.user_task_key == key))
    if candidates:
        session.execute(insert(UserTaskCandidate), candidates)


def assign(session: Session, key: int, user: str | None, *, only_if_free: bool = False) -> bool:
    """Give an open task to a person or to nobody; return whether it was open, and free if that was asked."""
    conditions: list[ColumnElement[bool]] = [UserTask.key == key, UserTask.state == UserTaskState.CREATED]
    if only_if_free:
        conditions.append(or_(UserTask.assignee.is_(None), UserTask.assignee == user))
    result = session.execute(update(UserTask).where(*conditions).values(assignee=user))
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def readable_by(person: Candidate | None, *, drives: bool = False) -> Clause:
    """A clause for tasks that a person holds or may take, or that somebody held who named them; None: for no task.

    `drives` adds the tasks of processes that are no cases.
    """
    if person is None:
        return false()
    clauses = [UserTask.assignee == person.user, _may_take(person)]
    clauses += [
        and_(UserTask.candidate_groups.like(_holding(group), escape="\\"), _in_organs(person.limits.get(group)))
        for group in sorted(person.groups)
    ]
    clauses.append(UserTask.candidate_users.like(_holding(person.user), escape="\\"))
    clauses += [UserTask.owner == person.user, UserTask.readers.like(_holding(person.user), escape="\\")]
    if drives:
        clauses.append(without_case(UserTask.business_key))
    return or_(*clauses)


def _holding(name: str) -> str:
    text = json.dumps(name, ensure_ascii=False)
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _conditions(query: UserTaskQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for column, value in (
        (UserTask.state, query.state),
        (UserTask.assignee, query.assignee),
        (UserTask.completed_by, query.completed_by),
        (UserTask.owner, query.owner),
        (UserTask.business_key, query.business_key),
        (UserTask.instance_key, query.instance_key),
        (UserTask.root_key, query.root_key),
        (UserTask.process_id, query.process_id),
        (UserTask.definition_key, query.definition_key),
        (UserTask.element_id, query.element_id),
    ):
        if value is not None:
            conditions.append(column == value)
    if query.order is TaskOrder.COMPLETED:
        conditions.append(UserTask.completed_at.is_not(None))
    if query.assigned is not None:
        conditions.append(UserTask.assignee.is_not(None) if query.assigned else UserTask.assignee.is_(None))
    if query.groups is not None:
        conditions.append(_named(CandidateKind.GROUP, query.groups))
    if query.user is not None:
        conditions.append(_named(CandidateKind.USER, [query.user]))
    if query.candidate is not None:
        conditions.append(and_(UserTask.assignee.is_(None), _may_take(query.candidate)))
    if query.involved is not None:
        conditions.append(
            or_(
                UserTask.assignee == query.involved.user,
                and_(UserTask.assignee.is_(None), _may_take(query.involved)),
            )
        )
    if query.reader is not None:
        copied = select(TaskAct.user_task_key).where(TaskAct.target == query.reader, TaskAct.kind == ActKind.COPY)
        conditions.append(UserTask.key.in_(copied))
    if query.text:
        pattern = "%" + query.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        alternatives: list[ColumnElement[bool]] = [
            UserTask.name.ilike(pattern, escape="\\"),
            UserTask.process_name.ilike(pattern, escape="\\"),
        ]
        if query.searched:
            alternatives.append(_with_value(query.searched, query.text))
        conditions.append(or_(*alternatives))
    if query.due_before is not None:
        conditions.append(UserTask.due_order < query.due_before)
    if query.due_after is not None:
        conditions.append(and_(UserTask.due_order >= query.due_after, UserTask.due_at.is_not(None)))
    if query.created_before is not None:
        conditions.append(UserTask.created_at < query.created_before)
    if query.created_after is not None:
        conditions.append(UserTask.created_at >= query.created_after)
    if query.priority_at_least is not None:
        conditions.append(UserTask.priority >= query.priority_at_least)
    return conditions


def _with_value(names: Collection[str], text: str) -> ColumnElement[bool]:
    """Whether the process instance of a task has one of these variables with a value that holds a text."""
    return exists().where(
        Variable.instance_key == UserTask.instance_key,
        Variable.scope_key == UserTask.instance_key,
        Variable.name.in_(sorted(names)),
        Variable.value.ilike(_part_of_json(text), escape="\\"),
    )


def _part_of_json(text: str) -> str:
    """The pattern of JSON text that holds a part of a string; the signs that enclose a string are none of its own."""
    return (
        "%"
        + json.dumps(text, ensure_ascii=False)[1:-1].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        + "%"
    )


def _may_take(candidate: Candidate) -> ColumnElement[bool]:
    everywhere = [group for group in candidate.groups if group not in candidate.limits]
    within: dict[frozenset[str], list[str]] = {}
    for group in candidate.groups:
        if group in candidate.limits:
            within.setdefault(frozenset(candidate.limits[group]), []).append(group)
    return or_(
        _named(CandidateKind.USER, [candidate.user]),
        _named(CandidateKind.GROUP, everywhere),
        *(and_(_named(CandidateKind.GROUP, groups), _in_organs(organs)) for organs, groups in within.items()),
    )


def _in_organs(organs: Collection[str] | None) -> ColumnElement[bool]:
    """Whether a task is of one of the organs, or of a process outside all cases; None: wherever it is."""
    return true() if organs is None else or_(UserTask.organ.is_(None), UserTask.organ.in_(sorted(organs)))


def _named(kind: CandidateKind, names: Collection[str]) -> ColumnElement[bool]:
    return UserTask.key.in_(
        select(UserTaskCandidate.user_task_key).where(
            UserTaskCandidate.kind == kind, UserTaskCandidate.name.in_(sorted(names))
        )
    )


def _cursor(order: TaskOrder, last: UserTask) -> str:
    if order is TaskOrder.DUE:
        return encode_cursor(last.due_order, last.key)
    if order is TaskOrder.PRIORITY:
        return encode_cursor(last.priority, last.key)
    if order is TaskOrder.COMPLETED:
        return encode_cursor(last.completed_at, last.key)
    return encode_cursor(last.key)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise Invalid("store.cursor_invalid", cursor=moment.isoformat())
    return moment
