"""Decision evaluations: model, version, inputs, matched rules and outputs of every decision that was taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, Session

from service.store.base import Base, IndexedKey, Key, Page, PrimaryKey, decode_cursor, encode_cursor


class DecisionEvaluation(Base):
    __tablename__ = "decision_evaluation"
    __table_args__ = (Index(None, "business_key", "key"), Index(None, "decision_id", "key"))

    key: Mapped[PrimaryKey]
    decision_id: Mapped[str]
    decision_key: Mapped[IndexedKey]  # version of the decision
    decision_name: Mapped[str | None]
    decision_version: Mapped[int]
    requirements_key: Mapped[Key]
    model_digest: Mapped[str]  # SHA-256 of the definition and what it binds to
    instance_key: Mapped[IndexedKey | None]  # None: tried outside any instance
    root_key: Mapped[IndexedKey | None]
    element_id: Mapped[str | None]
    element_instance_key: Mapped[IndexedKey | None]
    business_key: Mapped[str | None]
    inputs: Mapped[str]  # JSON object: what stood in scope for it
    output: Mapped[str]  # JSON
    evaluated: Mapped[str]  # JSON list of evaluated decisions in order: inputs, matched rules, outputs, unmatched rules
    diagnostics: Mapped[str]  # JSON list
    failed_decision_id: Mapped[str | None]
    failure_code: Mapped[str | None]
    failure_facts: Mapped[str | None]  # JSON object
    evaluated_at: Mapped[datetime]
    evaluated_by: Mapped[str]


def add(session: Session, evaluation: DecisionEvaluation) -> None:
    session.add(evaluation)


def get(session: Session, key: int) -> DecisionEvaluation | None:
    return session.get(DecisionEvaluation, key)


def search(
    session: Session,
    *,
    decision_id: str | None = None,
    instance_key: int | None = None,
    root_key: int | None = None,
    element_instance_key: int | None = None,
    business_key: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[DecisionEvaluation]:
    """Return evaluations, newest first."""
    statement = select(DecisionEvaluation).order_by(DecisionEvaluation.key.desc()).limit(limit + 1)
    for column, value in (
        (DecisionEvaluation.decision_id, decision_id),
        (DecisionEvaluation.instance_key, instance_key),
        (DecisionEvaluation.root_key, root_key),
        (DecisionEvaluation.element_instance_key, element_instance_key),
        (DecisionEvaluation.business_key, business_key),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if after is not None:
        statement = statement.where(DecisionEvaluation.key < decode_cursor(after, int)[0])
    rows: Sequence[DecisionEvaluation] = session.scalars(statement).all()
    items = rows[:limit]
    return Page(items, encode_cursor(items[-1].key) if len(rows) > limit else None, len(items))
