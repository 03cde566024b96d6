"""Versions of processes, decisions and forms: three tables of one shape, and the questions that all three answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ForeignKey, Index, UniqueConstraint, exists, func, not_, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from service.store.base import Base, IndexedKey, Key, PrimaryKey, enum_column
from service.store.deployments import Deployment, DeploymentEntry, Release
from service.store.listing import Clause


class _Definition:
    """What a version of a process, decision, requirements graph or form has in common."""

    key: Mapped[PrimaryKey]
    definition_id: Mapped[str]  # id in the file
    version: Mapped[int]  # counts up per id from 1
    version_tag: Mapped[str | None]
    name: Mapped[str | None]
    deployment_key: Mapped[IndexedKey] = mapped_column(ForeignKey("deployment.key"))
    resource_key: Mapped[Key] = mapped_column(ForeignKey("resource.key"))
    resource_name: Mapped[str]
    digest: Mapped[str]  # SHA-256 over the file and what it binds to by `deployment`; equal digest, no new version
    release: Mapped[Release] = mapped_column(enum_column(Release))
    created_at: Mapped[datetime]
    in_force_at: Mapped[datetime | None]  # since when it is live; None before


class ProcessDefinition(_Definition, Base):
    __tablename__ = "process_definition"
    __table_args__ = (
        UniqueConstraint("definition_id", "version"),
        Index(None, "definition_id", "release", "version"),
        Index(None, "definition_id", "version_tag"),
    )

    start_form_id: Mapped[str | None]


class DecisionRequirements(_Definition, Base):
    """A version of a .dmn file's decision requirements graph."""

    __tablename__ = "decision_requirements"
    __table_args__ = (UniqueConstraint("definition_id", "version"), Index(None, "definition_id", "release", "version"))


class DecisionDefinition(_Definition, Base):
    __tablename__ = "decision_definition"
    __table_args__ = (
        UniqueConstraint("definition_id", "version"),
        Index(None, "definition_id", "release", "version"),
        Index(None, "definition_id", "version_tag"),
    )

    requirements_key: Mapped[Key] = mapped_column(ForeignKey("decision_requirements.key"))


class FormDefinition(_Definition, Base):
    __tablename__ = "form_definition"
    __table_args__ = (
        UniqueConstraint("definition_id", "version"),
        Index(None, "definition_id", "release", "version"),
        Index(None, "definition_id", "version_tag"),
    )


AnyDefinition = TypeVar("AnyDefinition", ProcessDefinition, DecisionRequirements, DecisionDefinition, FormDefinition)


def get(session: Session, kind: type[AnyDefinition], key: int) -> AnyDefinition | None:
    return session.get(kind, key)


def live(
    session: Session, kind: type[AnyDefinition], definition_id: str, since: datetime | None = None
) -> AnyDefinition | None:
    """Return the latest version in use; with `since` the latest that was in use at that moment."""
    statement = (
        select(kind)
        .where(kind.definition_id == definition_id, kind.release == Release.LIVE)
        .order_by(kind.version.desc())
        .limit(1)
    )
    if since is not None:
        statement = statement.where(kind.in_force_at <= since)
    return session.scalars(statement).first()


def all_live(session: Session, kind: type[AnyDefinition]) -> Sequence[AnyDefinition]:
    """Return the latest version in use of each definition, by id."""
    other = aliased(kind)
    later = exists().where(
        other.definition_id == kind.definition_id, other.release == Release.LIVE, other.version > kind.version
    )
    statement = select(kind).where(kind.release == Release.LIVE, not_(later)).order_by(kind.definition_id)
    return session.scalars(statement).all()


def before(session: Session, kind: type[AnyDefinition], definition_id: str, version: int) -> AnyDefinition | None:
    """Return the latest version in use that is older than a version."""
    statement = (
        select(kind)
        .where(kind.definition_id == definition_id, kind.release == Release.LIVE, kind.version < version)
        .order_by(kind.version.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def newest(session: Session, kind: type[AnyDefinition], definition_id: str) -> AnyDefinition | None:
    """Return the latest version that was not refused, in use or waiting."""
    statement = (
        select(kind)
        .where(kind.definition_id == definition_id, kind.release != Release.REFUSED)
        .order_by(kind.version.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def highest_version(session: Session, kind: type[AnyDefinition], definition_id: str) -> int:
    """Return the highest version number ever given to an id; 0 when there is none."""
    return session.scalar(select(func.max(kind.version)).where(kind.definition_id == definition_id)) or 0


def by_version(session: Session, kind: type[AnyDefinition], definition_id: str, version: int) -> AnyDefinition | None:
    statement = select(kind).where(
        kind.definition_id == definition_id, kind.version == version, kind.release == Release.LIVE
    )
    return session.scalars(statement).first()


def by_version_tag(session: Session, kind: type[AnyDefinition], definition_id: str, tag: str) -> AnyDefinition | None:
    """Return the latest version in use that bears a version tag."""
    statement = (
        select(kind)
        .where(kind.definition_id == definition_id, kind.version_tag == tag, kind.release == Release.LIVE)
        .order_by(kind.version.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def latest_of_each(session: Session, kind: type[AnyDefinition]) -> Sequence[AnyDefinition]:
    """Return the latest version in use of every id, ordered by id."""
    newest_version = (
        select(kind.definition_id, func.max(kind.version).label("version"))
        .where(kind.release == Release.LIVE)
        .group_by(kind.definition_id)
        .subquery()
    )
    statement = (
        select(kind)
        .join(
            newest_version,
            (kind.definition_id == newest_version.c.definition_id) & (kind.version == newest_version.c.version),
        )
        .order_by(kind.definition_id)
    )
    return session.scalars(statement).all()


def in_use(kind: type[AnyDefinition], *, latest: bool = False) -> list[Clause]:
    """Clauses for versions in use, or only for the latest of each id."""
    clauses: list[Clause] = [kind.release == Release.LIVE]
    if latest:
        other = aliased(kind)
        newer = exists().where(
            other.definition_id == kind.definition_id, other.release == Release.LIVE, other.version > kind.version
        )
        clauses.append(not_(newer))
    return clauses


def versions(session: Session, kind: type[AnyDefinition], definition_id: str | None = None) -> Sequence[AnyDefinition]:
    """Return all versions, of one id or of all, newest first within an id."""
    statement = select(kind).order_by(kind.definition_id, kind.version.desc())
    if definition_id is not None:
        statement = statement.where(kind.definition_id == definition_id)
    return session.scalars(statement).all()


def by_name(session: Session, kind: type[AnyDefinition], name: str) -> AnyDefinition | None:
    """Return the latest version in use of a definition with this name."""
    statement = (
        select(kind).where(kind.name == name, kind.release == Release.LIVE).order_by(kind.version.desc()).limit(1)
    )
    return session.scalars(statement).first()


def of_keys(session: Session, kind: type[AnyDefinition], keys: Iterable[int]) -> Sequence[AnyDefinition]:
    return session.scalars(select(kind).where(kind.key.in_(list(keys)))).all()


def let_in(session: Session, deployment_key: int, release: Release, at: datetime | None) -> list[int]:
    """Let in everything that a deployment means and that is not live yet; return the keys.

    A definition that an earlier upload brought and that waits still, unchanged in this one, comes in with it.
    """
    let: list[int] = []
    meant = select(DeploymentEntry.definition_key).where(DeploymentEntry.deployment_key == deployment_key)
    for kind in KINDS:
        wanted = (kind.key.in_(meant), kind.release != Release.LIVE)
        let += session.scalars(select(kind.key).where(*wanted))
        session.execute(update(kind).where(*wanted).values(release=release, in_force_at=at))
    return let


def turn_down(session: Session, deployment_key: int) -> None:
    """Refuse what a deployment brought, but for what is live and what another undecided deployment means too."""
    others = (
        select(DeploymentEntry.definition_key)
        .join(Deployment, Deployment.key == DeploymentEntry.deployment_key)
        .where(Deployment.key != deployment_key, Deployment.release.in_([Release.WAITING, Release.APPROVED]))
    )
    meant = select(DeploymentEntry.definition_key).where(DeploymentEntry.deployment_key == deployment_key)
    for kind in KINDS:
        wanted = (kind.key.in_(meant), kind.release != Release.LIVE, kind.key.not_in(others))
        session.execute(update(kind).where(*wanted).values(release=Release.REFUSED))


KINDS = (ProcessDefinition, DecisionRequirements, DecisionDefinition, FormDefinition)
