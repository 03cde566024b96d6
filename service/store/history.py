"""History: visits to flow nodes, flows taken, and every value a variable ever had."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import KEY, Base, IndexedKey, Key, PrimaryKey, enum_column, send, table_of


class FlowNodeState(StrEnum):
    ACTIVE = "ACTIVE"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"


class FlowNodeInstance(Base):
    """One visit to a flow node."""

    __tablename__ = "flow_node_instance"
    __table_args__ = (Index(None, "instance_key", "element_id"),)

    key: Mapped[PrimaryKey]
    element_id: Mapped[str]
    element_type: Mapped[str]
    name: Mapped[str | None]
    state: Mapped[FlowNodeState] = mapped_column(enum_column(FlowNodeState))
    instance_key: Mapped[Key]
    root_key: Mapped[IndexedKey]
    scope_key: Mapped[Key | None]  # flow node instance or process instance around it
    definition_key: Mapped[Key]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class FlowTaken(Base):
    """How often a sequence flow was taken in an instance."""

    __tablename__ = "flow_taken"

    instance_key: Mapped[int] = mapped_column(KEY, primary_key=True, autoincrement=False)
    flow_id: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int]


class Variable(Base):
    """The present value of a variable."""

    __tablename__ = "variable"
    __table_args__ = (UniqueConstraint("scope_key", "name"), Index(None, "instance_key", "name"))

    key: Mapped[PrimaryKey]
    scope_key: Mapped[Key]  # flow node instance or process instance that owns it
    name: Mapped[str]
    value: Mapped[str]  # JSON text
    instance_key: Mapped[Key]
    root_key: Mapped[IndexedKey]
    changed_at: Mapped[datetime]


class VariableChange(Base):
    """One value that a variable took."""

    __tablename__ = "variable_change"
    __table_args__ = (Index(None, "scope_key", "name", "key"),)

    key: Mapped[PrimaryKey]
    scope_key: Mapped[Key]
    name: Mapped[str]
    value: Mapped[str]  # JSON text
    instance_key: Mapped[Key]
    root_key: Mapped[IndexedKey]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


_NODES = table_of(FlowNodeInstance)
_ENTER = insert(_NODES)
_END = (
    update(_NODES)
    .where(_NODES.c.key == bindparam("visit"))
    .values(state=bindparam("end_state"), ended_at=bindparam("end_moment"))
)
_APPEND = insert(table_of(VariableChange))


def _adding(insert_: Any) -> Any:
    """Count flows, or add to what is counted."""
    statement = insert_(table_of(FlowTaken))
    return statement.on_conflict_do_update(
        index_elements=["instance_key", "flow_id"],
        set_={"times": table_of(FlowTaken).c.times + statement.excluded.times},
    )


def _setting(insert_: Any) -> Any:
    """Write present values; the keys of rows that exist stay."""
    statement = insert_(table_of(Variable))
    return statement.on_conflict_do_update(
        index_elements=["scope_key", "name"],
        set_={column: statement.excluded[column] for column in ("value", "changed_at")},
    )


# By dialect: both spell an upsert alike, but SQLAlchemy has one for each.
_COUNT = {"sqlite": _adding(sqlite_insert), "postgresql": _adding(postgresql_insert)}
_SET = {"sqlite": _setting(sqlite_insert), "postgresql": _setting(postgresql_insert)}


def insert_flow_nodes(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        send(session, _ENTER, rows)


def end_flow_nodes(session: Session, ends: Sequence[tuple[int, FlowNodeState, datetime]]) -> None:
    """Write the end of visits that began in earlier transactions."""
    if ends:
        send(session, _END, [{"visit": key, "end_state": state, "end_moment": at} for key, state, at in ends])


def count_flows(session: Session, flows: Mapping[tuple[int, str], int]) -> None:
    """Add to the counts of sequence flows taken; the mapping's key is (instance key, flow id)."""
    if flows:
        rows = [{"instance_key": key, "flow_id": flow, "times": times} for (key, flow), times in sorted(flows.items())]
        send(session, _COUNT[session.get_bind().dialect.name], rows)


def set_variables(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write present values; the keys of rows that exist stay."""
    if rows:
        send(session, _SET[session.get_bind().dialect.name], rows)


def append_changes(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        send(session, _APPEND, rows)


def flow_nodes(
    session: Session,
    *,
    instance_key: int | None = None,
    root_key: int | None = None,
    element_id: str | None = None,
    state: FlowNodeState | None = None,
    limit: int = 10_000,
) -> Sequence[FlowNodeInstance]:
    """Return visits in order of arrival."""
    statement = select(FlowNodeInstance).order_by(FlowNodeInstance.key).limit(limit)
    for column, value in (
        (FlowNodeInstance.instance_key, instance_key),
        (FlowNodeInstance.root_key, root_key),
        (FlowNodeInstance.element_id, element_id),
        (FlowNodeInstance.state, state),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return session.scalars(statement).all()


def flow_node(session: Session, key: int) -> FlowNodeInstance | None:
    return session.get(FlowNodeInstance, key)


def element_counts(session: Session, instance_key: int) -> Sequence[tuple[str, FlowNodeState, int]]:
    """Return how many visits each element has in each state, the process itself left out."""
    statement = (
        select(FlowNodeInstance.element_id, FlowNodeInstance.state, func.count())
        .where(FlowNodeInstance.instance_key == instance_key, FlowNodeInstance.key != instance_key)
        .group_by(FlowNodeInstance.element_id, FlowNodeInstance.state)
        .order_by(FlowNodeInstance.element_id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def flows_taken(session: Session, instance_key: int) -> Mapping[str, int]:
    statement = select(FlowTaken).where(FlowTaken.instance_key == instance_key).order_by(FlowTaken.flow_id)
    return {row.flow_id: row.times for row in session.scalars(statement)}


def variables(
    session: Session,
    *,
    instance_key: int | None = None,
    root_key: int | None = None,
    scope_key: int | None = None,
    scope_keys: Collection[int] | None = None,
    name: str | None = None,
    limit: int = 10_000,
) -> Sequence[Variable]:
    statement = select(Variable).order_by(Variable.name, Variable.key).limit(limit)
    for column, value in (
        (Variable.instance_key, instance_key),
        (Variable.root_key, root_key),
        (Variable.scope_key, scope_key),
        (Variable.name, name),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if scope_keys is not None:
        statement = statement.where(Variable.scope_key.in_(list(scope_keys)))
    return session.scalars(statement).all()


def changes(session: Session, root_key: int) -> Sequence[VariableChange]:
    """Return every value of every variable of a root instance, oldest first."""
    statement = select(VariableChange).where(VariableChange.root_key == root_key).order_by(VariableChange.key)
    return session.scalars(statement).all()
