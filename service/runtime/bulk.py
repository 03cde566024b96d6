"""Steps that the diagram lets people complete several at a time: `rc.bulkAgree`."""

from __future__ import annotations

from service import forms
from service.errors import Invalid
from service.runtime import step_notes, user_tasks
from service.runtime.unit import UnitOfWork

__all__ = ["agree"]


def agree(unit: UnitOfWork, key: int) -> None:
    """Complete a task with what its form shows, the actor's draft over it, as sending it unchanged would.

    Raises what `user_tasks.complete` raises, and `Invalid` for a step that the diagram doesn't mark.
    """
    task = user_tasks.get(unit, key)
    if not step_notes.of_task(unit, task).bulk:
        raise Invalid("runtime.task_one_by_one", name=task.name or task.element_id)
    view = user_tasks.form(unit, key)
    user_tasks.complete(unit, key, forms.nest(forms.paths(view.form, view.data)) if view else {})
