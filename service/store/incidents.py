"""Incidents: stops that need a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, func, insert, select, update
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
)


class IncidentState(StrEnum):
    ACTIVE = "ACTIVE"
    RESOLVED = "RESOLVED"


class Incident(Base):
    __tablename__ = "incident"
    __table_args__ = (Index(None, "state", "key"), Index(None, "business_key", "key"))

    key: Mapped[PrimaryKey]
    kind: Mapped[str]  # errorType of the Camunda API
    code: Mapped[str]  # of the message in service.texts
    facts: Mapped[str]  # JSON object
    state: Mapped[IncidentState] = mapped_column(enum_column(IncidentState))
    element_id: Mapped[str]
    element_instance_key: Mapped[Key | None]
    job_key: Mapped[Key | None]
    instance_key: Mapped[IndexedKey]
    root_key: Mapped[IndexedKey]
    definition_key: Mapped[Key]
    process_id: Mapped[str]
    business_key: Mapped[str | None]
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]


def get(session: Session, key: int) -> Incident | None:
    return session.get(Incident, key)


def insert_all(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.execute(insert(Incident), rows)


def resolve(session: Session, keys: Collection[int], at: datetime, by: str) -> None:
    if keys:
        session.execute(
            update(Incident)
            .where(Incident.key.in_(list(keys)))
            .values(state=IncidentState.RESOLVED, resolved_at=at, resolved_by=by)
        )


def active_at(session: Session, element_instance_keys: Collection[int]) -> dict[int, int]:
    """Return the key of an active incident by the flow node instance at which it stands."""
    statement = select(Incident.element_instance_key, Incident.key).where(
        Incident.element_instance_key.in_(sorted(element_instance_keys)), Incident.state == IncidentState.ACTIVE
    )
    return {row[0]: row[1] for row in session.execute(statement) if row[0] is not None}


def active_of_root(session: Session, root_key: int) -> Sequence[Incident]:
    statement = (
        select(Incident)
        .where(Incident.root_key == root_key, Incident.state == IncidentState.ACTIVE)
        .order_by(Incident.key)
    )
    return session.scalars(statement).all()


def search(
    session: Session,
    *,
    state: IncidentState | None = IncidentState.ACTIVE,
    root_key: int | None = None,
    instance_key: int | None = None,
    business_key: str | None = None,
    process_id: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Incident]:
    """Return incidents, newest first."""
    wanted = [
        column == value
        for column, value in (
            (Incident.state, state),
            (Incident.root_key, root_key),
            (Incident.instance_key, instance_key),
            (Incident.business_key, business_key),
            (Incident.process_id, process_id),
        )
        if value is not None
    ]
    capped = select(Incident.key).where(*wanted).limit(COUNT_CAP + 1).subquery()
    total = session.scalar(select(func.count()).select_from(capped)) or 0
    statement = select(Incident).where(*wanted).order_by(Incident.key.desc()).limit(limit + 1)
    if after is not None:
        statement = statement.where(Incident.key < decode_cursor(after, int)[0])
    rows = session.scalars(statement).all()
    items = rows[:limit]
    following = encode_cursor(items[-1].key) if len(rows) > limit else None
    return Page(items, following, min(total, COUNT_CAP), total > COUNT_CAP)
