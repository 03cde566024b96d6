"""Deployments that were refused: what was said about them, and the diagrams in which it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, delete, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from service.store.base import Base, PrimaryKey


class RefusedDeployment(Base):
    __tablename__ = "refused_deployment"
    __table_args__ = (Index(None, "created_by", "key"),)

    key: Mapped[PrimaryKey]
    name: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    findings: Mapped[str]  # JSON list


class RefusedDiagram(Base):
    __tablename__ = "refused_diagram"

    refused_key: Mapped[int] = mapped_column(
        ForeignKey("refused_deployment.key"), primary_key=True, autoincrement=False
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))


def add(session: Session, row: RefusedDeployment, diagrams: Sequence[tuple[str, bytes]]) -> None:
    session.add(row)
    session.flush()
    session.add_all(RefusedDiagram(refused_key=row.key, name=name, content=content) for name, content in diagrams)
    session.flush()


def get(session: Session, key: int) -> RefusedDeployment | None:
    return session.get(RefusedDeployment, key)


def of_user(session: Session, user: str, limit: int) -> Sequence[RefusedDeployment]:
    """Return a person's refused deployments, newest first."""
    statement = (
        select(RefusedDeployment)
        .where(RefusedDeployment.created_by == user)
        .order_by(RefusedDeployment.key.desc())
        .limit(limit)
    )
    return session.scalars(statement).all()


def diagram_names(session: Session, key: int) -> Sequence[str]:
    statement = select(RefusedDiagram.name).where(RefusedDiagram.refused_key == key).order_by(RefusedDiagram.name)
    return session.scalars(statement).all()


def diagram(session: Session, key: int, name: str) -> bytes | None:
    statement = select(RefusedDiagram.content).where(RefusedDiagram.refused_key == key, RefusedDiagram.name == name)
    return session.scalar(statement)


def keep_newest(session: Session, user: str, count: int) -> None:
    """Delete all but a person's newest."""
    kept = (
        select(RefusedDeployment.key)
        .where(RefusedDeployment.created_by == user)
        .order_by(RefusedDeployment.key.desc())
        .limit(count)
    )
    old = list(
        session.scalars(
            select(RefusedDeployment.key).where(
                RefusedDeployment.created_by == user, RefusedDeployment.key.not_in(kept.scalar_subquery())
            )
        )
    )
    if old:
        session.execute(delete(RefusedDiagram).where(RefusedDiagram.refused_key.in_(old)))
        session.execute(delete(RefusedDeployment).where(RefusedDeployment.key.in_(old)))
