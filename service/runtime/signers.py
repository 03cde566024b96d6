"""The tally of a step that several people do: who has signed, who is still to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service import store
from service.runtime.unit import UnitOfWork
from service.store.user_tasks import UserTask, UserTaskState

__all__ = ["Signer", "is_shared", "tally"]


@dataclass(frozen=True, slots=True)
class Signer:
    """One of those who sign a step."""

    key: int  # of their task
    person: str | None  # user name; None while it is offered to groups
    done: bool
    at: datetime | None


def is_shared(unit: UnitOfWork, task: UserTask) -> bool:
    """Whether a task is one of several of the same step."""
    node = None if task.scope_key is None else store.history.flow_node(unit.session, task.scope_key)
    return node is not None and node.element_type == "MULTI_INSTANCE_BODY"


def tally(unit: UnitOfWork, task: UserTask) -> Sequence[Signer]:
    """Return those who sign the step of a task, in order; empty for a step that one person does."""
    if not is_shared(unit, task):
        return ()
    return [
        Signer(row.key, row.completed_by or row.assignee, row.state is UserTaskState.COMPLETED, row.completed_at)
        for row in store.user_tasks.of_root(unit.session, task.root_key)
        if row.scope_key == task.scope_key and row.state in {UserTaskState.CREATED, UserTaskState.COMPLETED}
    ]
