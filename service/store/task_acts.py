"""What people did about a task besides completing it: handing over, copying, reminding, giving back, remarks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.base import Base, IndexedKey, Key, PrimaryKey, enum_column


class ActKind(StrEnum):
    TRANSFER = "transfer"  # for good, to `target`
    DELEGATE = "delegate"  # to `target`, who gives it back
    ANSWER = "answer"  # of the delegate, back to `target`
    RECALL = "recall"  # the owner took it back from `target`
    COPY = "copy"  # to `target` for reading; `read_at` is the receipt
    REMIND = "remind"  # `target`, or the groups
    RETURN = "return"  # to an earlier step, named in `place`
    WITHDRAW = "withdraw"  # the own completion of this task
    ADD_SIGNER = "add_signer"
    REMOVE_SIGNER = "remove_signer"
    REMARK = "remark"


class TaskAct(Base):
    """One thing done about a task. Never changed, but for the receipt of a copy."""

    __tablename__ = "task_act"
    __table_args__ = (Index(None, "user_task_key", "kind"), Index(None, "target", "kind", "key"))

    key: Mapped[PrimaryKey]
    user_task_key: Mapped[Key]
    root_key: Mapped[IndexedKey]
    instance_key: Mapped[Key]
    business_key: Mapped[str | None]
    element_id: Mapped[str]
    task_name: Mapped[str | None]
    kind: Mapped[ActKind] = mapped_column(enum_column(ActKind))
    actor: Mapped[str]
    target: Mapped[str | None]  # user name
    place: Mapped[str | None]  # element id of the step that it went to
    text: Mapped[str] = mapped_column(default="")  # reason, answer, remark
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]


def add(session: Session, act: TaskAct) -> None:
    session.add(act)
    session.flush()


def of_task(session: Session, user_task_key: int) -> Sequence[TaskAct]:
    """Return what was done about a task, oldest first."""
    return session.scalars(
        select(TaskAct).where(TaskAct.user_task_key == user_task_key).order_by(TaskAct.at, TaskAct.key)
    ).all()


def of_root(session: Session, root_key: int) -> Sequence[TaskAct]:
    return session.scalars(select(TaskAct).where(TaskAct.root_key == root_key).order_by(TaskAct.at, TaskAct.key)).all()


def last_of(session: Session, user_task_key: int, kind: ActKind, actor: str) -> TaskAct | None:
    """Return the latest thing of a kind that somebody did about a task."""
    return session.scalars(
        select(TaskAct)
        .where(TaskAct.user_task_key == user_task_key, TaskAct.kind == kind, TaskAct.actor == actor)
        .order_by(TaskAct.at.desc(), TaskAct.key.desc())
        .limit(1)
    ).first()


def mark_read(session: Session, user_task_key: int, target: str, at: datetime) -> int:
    """Put the receipt on the copies that somebody got of a task; return how many had none."""
    result = session.execute(
        update(TaskAct)
        .where(
            TaskAct.user_task_key == user_task_key,
            TaskAct.target == target,
            TaskAct.kind == ActKind.COPY,
            TaskAct.read_at.is_(None),
        )
        .values(read_at=at)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def unread_copies(session: Session, target: str) -> int:
    statement = select(func.count(func.distinct(TaskAct.user_task_key))).where(
        TaskAct.target == target, TaskAct.kind == ActKind.COPY, TaskAct.read_at.is_(None)
    )
    return session.scalar(statement) or 0
