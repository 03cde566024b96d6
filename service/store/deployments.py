"""Deployments: what was uploaded together, and the definitions that each upload brought or found unchanged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from service.store.base import Base, IndexedKey, Key, Page, PrimaryKey, decode_cursor, encode_cursor, enum_column


class Release(StrEnum):
    """Whether a deployment and its definitions are in use."""

    WAITING = "waiting"  # for a second person
    APPROVED = "approved"  # by the second person; its day has not come
    LIVE = "live"
    REFUSED = "refused"


class DefinitionKind(StrEnum):
    PROCESS = "process"
    DECISION = "decision"
    REQUIREMENTS = "requirements"
    FORM = "form"


class Deployment(Base):
    __tablename__ = "deployment"

    key: Mapped[PrimaryKey]
    name: Mapped[str]
    release: Mapped[Release] = mapped_column(enum_column(Release))
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    decided_at: Mapped[datetime | None]  # when the second person let it in or refused it
    decided_by: Mapped[str | None]
    effective_at: Mapped[datetime | None]  # from when an approved one is in force
    reason: Mapped[str] = mapped_column(default="")  # of a refusal


class Resource(Base):
    """One uploaded file, kept as it came."""

    __tablename__ = "resource"

    key: Mapped[PrimaryKey]
    deployment_key: Mapped[IndexedKey] = mapped_column(ForeignKey("deployment.key"))
    name: Mapped[str]
    digest: Mapped[str]  # SHA-256 of the content
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))


class DeploymentEntry(Base):
    """A definition in the version that a deployment means, new or found unchanged; `deployment` binding reads this."""

    __tablename__ = "deployment_entry"

    deployment_key: Mapped[int] = mapped_column(ForeignKey("deployment.key"), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[DefinitionKind] = mapped_column(enum_column(DefinitionKind))
    definition_id: Mapped[str]  # id in the file
    definition_key: Mapped[Key]


def get(session: Session, key: int) -> Deployment | None:
    return session.get(Deployment, key)


def locked(session: Session, key: int) -> Deployment | None:
    """Return a deployment as it stands, locked until the transaction's end on PostgreSQL."""
    return session.get(Deployment, key, populate_existing=True, with_for_update=True)


def undecided(session: Session) -> Sequence[Deployment]:
    """Return the deployments that wait for a second person or for their day, oldest first."""
    statement = select(Deployment).where(Deployment.release.in_([Release.WAITING, Release.APPROVED]))
    return session.scalars(statement.order_by(Deployment.key)).all()


def page(session: Session, after: str | None, limit: int) -> Page[Deployment]:
    """Return deployments, newest first."""
    statement = select(Deployment).order_by(Deployment.key.desc()).limit(limit + 1)
    if after is not None:
        statement = statement.where(Deployment.key < decode_cursor(after, int)[0])
    rows = session.scalars(statement).all()
    items = rows[:limit]
    return Page(items, encode_cursor(items[-1].key) if len(rows) > limit else None, len(items))


def entries(session: Session, deployment_key: int) -> Sequence[DeploymentEntry]:
    statement = (
        select(DeploymentEntry)
        .where(DeploymentEntry.deployment_key == deployment_key)
        .order_by(DeploymentEntry.position)
    )
    return session.scalars(statement).all()


def entry(session: Session, deployment_key: int, kind: DefinitionKind, definition_id: str) -> DeploymentEntry | None:
    """Return the version of a definition that a deployment means."""
    statement = select(DeploymentEntry).where(
        DeploymentEntry.deployment_key == deployment_key,
        DeploymentEntry.kind == kind,
        DeploymentEntry.definition_id == definition_id,
    )
    return session.scalars(statement).first()


def resources(session: Session, deployment_key: int) -> Sequence[Resource]:
    statement = select(Resource).where(Resource.deployment_key == deployment_key).order_by(Resource.name)
    return session.scalars(statement).all()


def uploads(session: Session, names: Collection[str]) -> Sequence[tuple[str, str, str]]:
    """Return name, digest and uploader of every upload of the named files that was not refused, oldest first."""
    statement = (
        select(Resource.name, Resource.digest, Deployment.created_by)
        .join(Deployment, Deployment.key == Resource.deployment_key)
        .where(Resource.name.in_(names), Deployment.release != Release.REFUSED)
        .order_by(Resource.key)
    )
    return [(name, digest, by) for name, digest, by in session.execute(statement)]


def resource(session: Session, key: int) -> Resource | None:
    return session.get(Resource, key)
