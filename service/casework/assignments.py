"""Who may be given a task of a case: offered to them, not recused, in no role that excludes it, of the case's organ.

`CaseAssignments` is the runtime's `Assignments`; it is asked whenever a task gets a holder, by whichever door.
"""

from __future__ import annotations

from collections.abc import Iterator

from service import auth, store
from service.auth import Permission, Role, TaskAccess, accounts
from service.auth.accounts import Account
from service.auth.roles import INCOMPATIBLE_IN_CASE, code_of, is_role
from service.casework import case_files
from service.casework.case import Case, find
from service.casework.catalogue import PEOPLE
from service.errors import Forbidden, Invalid
from service.runtime import step_notes, user_tasks
from service.runtime.unit import UnitOfWork


class CaseAssignments:
    """Checks the target of claims and assignments on the object (procedure.md section 3, last paragraph)."""

    def check(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        """Return if the task may become this person's.

        Raises `Invalid` for an account that is none or not active, `Forbidden` for everybody else who may not hold it,
        and for an actor who hands on a task in a case out of their reach. A task of a process without a case is free.
        """
        case = _case(unit, task)
        if case is None:
            return
        if unit.actor.name not in {user, task.assignee} and not unit.actor.is_system:
            auth.require(unit.actor, Permission.ASSIGN_PEOPLE, case_files.access(unit, case))
        account = accounts.find(unit, user)
        if account is None or not account.active:
            raise Invalid("casework.no_such_person", user=user[:80])
        _refuse_own_work(unit, task, user)
        if user == task.assignee:
            return
        if not task.candidate_users and not task.candidate_groups:
            raise Forbidden("casework.personal_task", user=task.assignee or "–")
        roles = _roles_offered(unit, case, task, account)
        if not roles and user not in task.candidate_users:
            raise Forbidden("auth.target_not_a_candidate", key=task.key, user=user)
        _refuse(case, user, roles, explicit=user in task.candidate_users)

    def check_work(self, unit: UnitOfWork, task: TaskAccess, user: str) -> None:
        """Return if a person may complete a task they hold.

        Raises `Forbidden` where the diagram wants another person than who did an earlier step (`rc.notBy`).
        """
        if _case(unit, task) is not None:
            _refuse_own_work(unit, task, user)

    def check_offer(self, unit: UnitOfWork, task: TaskAccess) -> None:
        """Return if the candidates of the task may be changed by hand; those of a case follow its records."""
        if _case(unit, task) is not None and not unit.actor.is_system:
            raise Forbidden("casework.candidates_from_records", key=task.key)


def _refuse_own_work(unit: UnitOfWork, task: TaskAccess, user: str) -> None:
    row = user_tasks.get(unit, task.key)
    notes = step_notes.of_task(unit, row)
    for element in notes.not_by:
        if store.user_tasks.last_completed_by(unit.session, row.instance_key, element) == user:
            earlier = step_notes.of_element(unit, row.definition_key, element)
            raise Forbidden(
                "casework.four_eyes",
                user=accounts.display_names(unit, {user}).get(user, user),
                step=notes.name,
                earlier=earlier.name or element,
                article=notes.article or "–",
            )


def _case(unit: UnitOfWork, task: TaskAccess) -> Case | None:
    return None if task.case_key is None else find(unit, str(task.case_key))


def _roles_offered(unit: UnitOfWork, case: Case, task: TaskAccess, account: Account) -> set[Role]:
    """Return the roles in which the task is offered to somebody: of a group, or of people of the case.

    A task of certain people of the case may go to whoever works on it by now in the same role.
    """
    found: set[Role] = set()
    for group in task.candidate_groups:
        code = code_of(group)
        wanted = group.partition("@")[2] or case.row.organ
        if group in account.actor.groups and is_role(code) and _belongs(account, code, wanted):
            found.add(Role(code))
    held = {code_of(group) for name in task.candidate_users for group in _groups_of(unit, name)}
    for field, value in case.people().items():
        role, _ = PEOPLE[field]
        names = value if isinstance(value, list) else [value]
        if role in held and account.name in names:
            found.add(role)
    return found


def _belongs(account: Account, code: str, organ: str) -> bool:
    """Whether a role is held everywhere, or in this organ."""
    return any(role == code and unit in {"", organ} for role, unit in account.roles)


def _groups_of(unit: UnitOfWork, name: str) -> frozenset[str]:
    account = accounts.find(unit, name)
    return frozenset() if account is None else account.actor.groups


def _refuse(case: Case, user: str, roles: set[Role], *, explicit: bool) -> None:
    if not explicit and user in {row.user_name for row in case.subjects}:
        raise Forbidden("casework.person_is_subject", user=user)
    declared = case.document("recusalDeclaration")
    if any(entry.get("person") == user and entry.get("result") == "must_recuse" for entry in declared):
        raise Forbidden("casework.person_recused", user=user)
    for own, other in _clashes(case, user, roles):
        raise Forbidden("casework.roles_exclude", user=user, one=own.value, other=other.value)


def _clashes(case: Case, user: str, roles: set[Role]) -> Iterator[tuple[Role, Role]]:
    for field, value in case.people().items():
        other, _ = PEOPLE[field]
        if user in (value if isinstance(value, list) else [value]):
            yield from ((role, other) for role in sorted(roles) if frozenset({role, other}) in INCOMPATIBLE_IN_CASE)
