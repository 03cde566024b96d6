"""Who may be given a task of a case, as the runtime asks it: whenever a task gets a holder, by whichever door.

What is checked of the person stands in `eligibility`.
"""

from __future__ import annotations

from service import auth
from service.auth import Permission, TaskAccess
from service.casework import case_files, eligibility
from service.casework.case import find
from service.errors import Forbidden
from service.runtime.unit import UnitOfWork


class CaseAssignments:
    """Checks the target of claims and assignments on the object (procedure.md section 3, last paragraph)."""

    def check(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        """Return if the task may become this person's.

        Raises `Invalid` for an account that is none or not active, `Forbidden` for everybody else who may not hold it,
        and for an actor who hands on a task in a case out of their reach. A task of a process without a case is free.
        """
        case = eligibility.of_task(unit, task)
        if case is None:
            return
        if unit.actor.name not in {user, task.assignee} and not unit.actor.is_system:
            auth.require(unit.actor, Permission.ASSIGN_PEOPLE, case_files.access(unit, case))
        eligibility.require(unit, task, user)

    def check_work(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        """Return if a person may complete a task they hold.

        Raises `Forbidden` where the diagram wants another person than who did an earlier step (`rc.notBy`).
        """
        if eligibility.of_task(unit, task) is not None:
            found = eligibility.own_work(unit, task, user)
            if found is not None:
                raise found

    def check_offer(self, unit: UnitOfWork, task: TaskAccess) -> None:
        """Return if the candidates of the task may be changed by hand; those of a case follow its records."""
        if eligibility.of_task(unit, task) is not None and not unit.actor.is_system:
            raise Forbidden("casework.candidates_from_records", key=task.key)

    def organ(self, unit: UnitOfWork, business_key: str | None) -> str | None:
        """Return the organ whose people see the group tasks of a case; None outside all cases."""
        case = find(unit, business_key)
        return None if case is None else case.row.organ
