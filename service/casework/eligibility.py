"""May a person be given a task of a case? One answer for claim, assignment and the list of whom to offer.

It looks at their role in the organ, the people of the case, recusal (D10), what excludes what, and earlier steps.
`refusal` is the question; what it returns says why not, in words, with rule and article.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from service import store
from service.auth import Role, TaskAccess, accounts, reaches
from service.auth.accounts import Account
from service.auth.roles import INCOMPATIBLE_IN_CASE, code_of, is_role
from service.casework import recusals
from service.casework.case import Case, find
from service.casework.catalogue import PEOPLE
from service.errors import Forbidden, Invalid, ServiceError
from service.runtime import step_notes, user_tasks
from service.runtime.unit import UnitOfWork

# Who must have declared themselves free of interest before they are given anything (procedure.md 2.20, section 3).
DECLARING = frozenset({Role.INVEST, Role.LEAD, Role.REVIEW})


@dataclass(frozen=True, slots=True)
class Offer:
    """Somebody to whom a task may be given."""

    name: str  # user name
    shown: str
    organs: tuple[str, ...]  # where they hold the role; empty: everywhere


def refusal(unit: UnitOfWork, task: TaskAccess, user: str) -> ServiceError | None:
    """Return why a task may not become this person's; None if it may.

    `Invalid` for an account that is none or not active, `Forbidden` for everybody else. A task outside all cases is
    free; one that its holder keeps is refused for nothing but their own earlier work.
    """
    case = of_task(unit, task)
    if case is None:
        return None
    account = accounts.find(unit, user)
    if account is None or not account.active:
        return Invalid("casework.no_such_person", user=user[:80])
    found = None if user == task.assignee else not_for(unit, case, task, account)
    return found or own_work(unit, task, account.name)


def require(unit: UnitOfWork, task: TaskAccess, user: str) -> None:
    """Return if a task may become this person's; raises what `refusal` returns."""
    found = refusal(unit, task, user)
    if found is not None:
        raise found


def people(unit: UnitOfWork, task: TaskAccess) -> list[Offer]:
    """Return to whom a task of a case may be given, by the name shown; nobody for what is personal."""
    case = of_task(unit, task)
    if case is None or not (task.candidate_users or task.candidate_groups):
        return []
    names = set(task.candidate_users)
    for group in task.candidate_groups:
        if is_role(code_of(group)):
            names.update(name for _, _, name, _ in accounts.members(unit, [code_of(group)]))
    for value in case.people().values():
        names.update(_listed(value))
    offered: list[Offer] = []
    for name in names:
        account = accounts.find(unit, name)
        if account is not None and name != task.assignee and refusal(unit, task, name) is None:
            offered.append(
                Offer(name, account.display_name, tuple(sorted({place for _, place in account.roles if place})))
            )
    return sorted(offered, key=lambda offer: (offer.shown, offer.name))


def of_task(unit: UnitOfWork, task: TaskAccess) -> Case | None:
    """Return the case of a task, None if it belongs to none."""
    return None if task.case_key is None else find(unit, str(task.case_key))


def own_work(unit: UnitOfWork, task: TaskAccess, user: str) -> Forbidden | None:
    """Return why a person may not do a step after their own work, where the diagram wants another (`rc.notBy`)."""
    row = user_tasks.get(unit, task.key)
    notes = step_notes.of_task(unit, row)
    for element in notes.not_by:
        if store.user_tasks.last_completed_by(unit.session, row.instance_key, element) == user:
            earlier = step_notes.of_element(unit, row.definition_key, element)
            return Forbidden(
                "casework.four_eyes",
                user=accounts.display_names(unit, {user}).get(user, user),
                step=notes.name,
                earlier=earlier.name or element,
                article=notes.article or "–",
            )
    return None


def not_for(unit: UnitOfWork, case: Case, task: TaskAccess, account: Account) -> Forbidden | None:
    """Return why a task is not for somebody, whoever did earlier steps; None if it is."""
    shown = account.display_name
    if not task.candidate_users and not task.candidate_groups:
        holder = task.assignee or ""
        return Forbidden("casework.personal_task", user=accounts.display_names(unit, {holder}).get(holder, "–"))
    explicit = account.name in task.candidate_users
    roles = _roles_offered(unit, case, task, account)
    if not roles and not explicit:
        return Forbidden("auth.target_not_a_candidate", key=task.key, user=shown)
    if not explicit and account.name in {row.user_name for row in case.subjects}:
        return Forbidden("casework.person_is_subject", user=shown)
    if account.name in recusals.recused(case):
        return Forbidden("casework.person_recused", user=shown)
    for own, other in _clashes(case, account.name, roles):
        return Forbidden("casework.roles_exclude", user=shown, one=own.value, other=other.value)
    if account.name in recusals.pending(case):
        return Forbidden("casework.recusal_pending", user=shown)
    if roles & DECLARING and not recusals.declared(case, account.name):
        return Forbidden("casework.person_undeclared", user=shown)
    return None


def _roles_offered(unit: UnitOfWork, case: Case, task: TaskAccess, account: Account) -> set[Role]:
    """Return the roles in which the task is offered to somebody: of a group, or of people of the case.

    A task of certain people of the case may go to whoever works on it by now in the same role.
    """
    found = {
        Role(code_of(group))
        for group in task.candidate_groups
        if is_role(code_of(group)) and reaches(account.actor, group, case.row.organ)
    }
    held = {code_of(group) for name in task.candidate_users for group in _groups_of(unit, name)}
    for field, value in case.people().items():
        role, _ = PEOPLE[field]
        if role in held and account.name in _listed(value) and role in account.actor.groups:
            found.add(role)
    return found


def _groups_of(unit: UnitOfWork, name: str) -> frozenset[str]:
    account = accounts.find(unit, name)
    return frozenset() if account is None else account.actor.groups


def _clashes(case: Case, user: str, roles: set[Role]) -> Iterator[tuple[Role, Role]]:
    for field, value in case.people().items():
        other, _ = PEOPLE[field]
        if user in _listed(value):
            yield from ((role, other) for role in sorted(roles) if frozenset({role, other}) in INCOMPATIBLE_IN_CASE)


def _listed(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list | tuple) else [str(value)] if value else []
