"""Process instances: one row each, called ones too, and the state document of every running root instance."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, LargeBinary, bindparam, delete, func, insert, not_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

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


class InstanceState(StrEnum):
    ACTIVE = "ACTIVE"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"


class ProcessInstance(Base):
    __tablename__ = "process_instance"
    __table_args__ = (
        Index(None, "state", "key"),
        Index(None, "business_key", "key"),
        Index(None, "process_id", "state", "key"),
    )

    key: Mapped[PrimaryKey]
    process_id: Mapped[str]
    definition_key: Mapped[IndexedKey]
    definition_version: Mapped[int]
    process_name: Mapped[str | None]
    root_key: Mapped[IndexedKey]  # own key for a root instance
    parent_key: Mapped[Key | None]  # calling instance
    parent_element_instance_key: Mapped[Key | None]  # call activity that started it
    business_key: Mapped[str | None]  # id of the case file
    state: Mapped[InstanceState] = mapped_column(enum_column(InstanceState))
    has_incident: Mapped[bool] = mapped_column(default=False)
    tags: Mapped[str] = mapped_column(default="[]")  # JSON list of texts
    started_at: Mapped[datetime]
    started_by: Mapped[str]
    ended_at: Mapped[datetime | None]


class InstanceDocument(Base):
    """The state of a running root instance; gone when it ends.

    It stands apart from `process_instance`, so that lists never touch it.
    """

    __tablename__ = "instance_document"

    root_key: Mapped[PrimaryKey]
    row_version: Mapped[int]  # counts up with every write; compare-and-set
    format: Mapped[int]  # of the packing, not of the document within
    content: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class InstanceQuery:
    """Which instances a list shows; None leaves a filter out."""

    process_id: str | None = None
    definition_key: int | None = None
    business_key: str | None = None
    state: InstanceState | None = None
    has_incident: bool | None = None
    parent_key: int | None = None
    root_key: int | None = None
    roots_only: bool = False


def get(session: Session, key: int) -> ProcessInstance | None:
    return session.get(ProcessInstance, key)


def root_of(session: Session, key: int) -> int | None:
    return session.scalar(select(ProcessInstance.root_key).where(ProcessInstance.key == key))


def of_keys(session: Session, keys: Collection[int]) -> Sequence[ProcessInstance]:
    return session.scalars(select(ProcessInstance).where(ProcessInstance.key.in_(sorted(keys)))).all() if keys else ()


def keys_in_cases() -> Any:
    """A subquery for the keys of instances that belong to a case file."""
    return select(ProcessInstance.key).where(not_(without_case(ProcessInstance.business_key)))


def with_variable(name: str, value: str) -> Clause:
    """A clause for instances whose own scope has a variable of this JSON text."""
    return ProcessInstance.key.in_(
        select(Variable.scope_key).where(
            Variable.scope_key == Variable.instance_key, Variable.name == name, Variable.value == value
        )
    )


def of_root(session: Session, root_key: int) -> Sequence[ProcessInstance]:
    """Return a root instance and all that it called, in order of start."""
    statement = select(ProcessInstance).where(ProcessInstance.root_key == root_key).order_by(ProcessInstance.key)
    return session.scalars(statement).all()


def active_roots(session: Session, business_key: str) -> Sequence[int]:
    statement = (
        select(ProcessInstance.key)
        .where(
            ProcessInstance.business_key == business_key,
            ProcessInstance.key == ProcessInstance.root_key,
            ProcessInstance.state == InstanceState.ACTIVE,
        )
        .order_by(ProcessInstance.key)
    )
    return session.scalars(statement).all()


def search(session: Session, query: InstanceQuery, after: str | None, limit: int) -> Page[ProcessInstance]:
    """Return instances, newest first."""
    wanted = []
    for column, value in (
        (ProcessInstance.process_id, query.process_id),
        (ProcessInstance.definition_key, query.definition_key),
        (ProcessInstance.business_key, query.business_key),
        (ProcessInstance.state, query.state),
        (ProcessInstance.has_incident, query.has_incident),
        (ProcessInstance.parent_key, query.parent_key),
        (ProcessInstance.root_key, query.root_key),
    ):
        if value is not None:
            wanted.append(column == value)
    if query.roots_only:
        wanted.append(ProcessInstance.root_key == ProcessInstance.key)
    capped = select(ProcessInstance.key).where(*wanted).limit(COUNT_CAP + 1).subquery()
    total = session.scalar(select(func.count()).select_from(capped)) or 0
    statement = select(ProcessInstance).where(*wanted).order_by(ProcessInstance.key.desc()).limit(limit + 1)
    if after is not None:
        statement = statement.where(ProcessInstance.key < decode_cursor(after, int)[0])
    rows = session.scalars(statement).all()
    items = rows[:limit]
    following = encode_cursor(items[-1].key) if len(rows) > limit else None
    return Page(items, following, min(total, COUNT_CAP), total > COUNT_CAP)


def insert_all(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.execute(insert(ProcessInstance), rows)


def set_state(session: Session, key: int, state: InstanceState, ended_at: datetime | None) -> None:
    session.execute(update(ProcessInstance).where(ProcessInstance.key == key).values(state=state, ended_at=ended_at))


def set_incidents(session: Session, keys: Sequence[int], has_incident: bool) -> None:
    if keys:
        session.execute(update(ProcessInstance).where(ProcessInstance.key.in_(keys)).values(has_incident=has_incident))


def document_version(session: Session, root_key: int) -> int | None:
    """Return the row version of a running instance's state, None if it does not run.

    Transaction: on PostgreSQL the row is locked until the end, so that a second mover waits instead of working in vain.
    """
    return send(session, _LOCK, {"root": root_key}).scalar_one_or_none()


def document(session: Session, root_key: int) -> tuple[int, int, bytes] | None:
    """Return row version, packing format and packed state of a running instance."""
    statement = select(InstanceDocument.row_version, InstanceDocument.format, InstanceDocument.content).where(
        InstanceDocument.root_key == root_key
    )
    row = session.execute(statement).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


_DOCUMENTS = table_of(InstanceDocument)
_REPLACE = (
    update(_DOCUMENTS)
    .where(_DOCUMENTS.c.root_key == bindparam("root"), _DOCUMENTS.c.row_version == bindparam("expected"))
    .values(row_version=bindparam("next"), format=bindparam("packing"), content=bindparam("packed"))
)
_LOCK = select(_DOCUMENTS.c.row_version).where(_DOCUMENTS.c.root_key == bindparam("root")).with_for_update()


def insert_document(session: Session, root_key: int, format_: int, content: bytes) -> None:
    session.execute(insert(InstanceDocument).values(root_key=root_key, row_version=1, format=format_, content=content))


def replace_document(session: Session, root_key: int, expected: int, format_: int, content: bytes) -> bool:
    """Write a state if nobody wrote one since row version `expected`; return whether that was so."""
    values = {"root": root_key, "expected": expected, "next": expected + 1, "packing": format_, "packed": content}
    return bool(send(session, _REPLACE, values).rowcount == 1)


def delete_document(session: Session, root_key: int, expected: int) -> bool:
    """Remove the state of an instance that ended; return whether it still stood at row version `expected`."""
    statement = (
        delete(InstanceDocument)
        .where(InstanceDocument.root_key == root_key, InstanceDocument.row_version == expected)
        .execution_options(synchronize_session=False)
    )
    return bool(session.execute(statement).rowcount == 1)  # type: ignore[attr-defined]
