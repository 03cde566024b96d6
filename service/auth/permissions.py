"""`require`: may this actor do that to this object? Checked in the server, on the object, every time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from service.auth.actor import Actor, ActorKind
from service.auth.roles import ADMINISTRATORS, ALLOWED, ORGAN_STAFF, OUTSIDE, OVERSEERS, Permission, Role, code_of
from service.errors import Forbidden, NotFound


@dataclass(frozen=True, slots=True)
class TaskAccess:
    """What decides who may see and do a user task."""

    key: int
    assignee: str | None
    candidate_users: frozenset[str] = frozenset()
    candidate_groups: frozenset[str] = frozenset()  # "INVEST" or "INVEST@unit"
    case_key: int | None = None  # None: a task of a process without a case
    organ: str = ""  # in charge of the case: its group tasks are of its people alone
    owner: str | None = None  # who delegated it to the assignee
    readers: frozenset[str] = frozenset()  # who got it for reading


@dataclass(frozen=True, slots=True)
class CaseAccess:
    """What decides who may see a case and act in it."""

    key: int
    organ: str = ""  # unit in charge; a role held in another unit does not reach the case
    subjects: frozenset[str] = frozenset()  # user names of the persons held accountable
    participants: frozenset[str] = frozenset()  # user names of everybody assigned to it
    responsible: frozenset[str] = frozenset()  # user names responsible for its rectification
    recused: frozenset[str] = frozenset()  # user names of those who must keep out of it
    restricted: bool = False  # a work secret: of the organ only those see it who oversee it


Object: TypeAlias = TaskAccess | CaseAccess


class View(StrEnum):
    """How much of a case an actor sees."""

    FULL = "full"
    SUBJECT = "subject"  # own application, notices, decision, feedback, rectification, appeal
    RECTIFICATION = "rectification"  # the rectification and its deadlines
    NONE = "none"


# What nobody but the person held accountable does, in their own case.
OF_THE_PERSON = frozenset({Permission.SUBMIT_APPLICATION, Permission.WITHDRAW_APPLICATION, Permission.REQUEST_RECUSAL})


def require(actor: Actor, permission: Permission, obj: Object | None = None) -> None:
    """Return if the actor may do it.

    Raises `NotFound` for a task or case the actor may not know of, so that a guessed key tells nothing, and
    `Forbidden` for what the actor may see but not do.
    """
    if actor.is_system:
        return
    if isinstance(obj, TaskAccess):
        _require_task(actor, permission, obj)
    elif isinstance(obj, CaseAccess):
        _require_case(actor, permission, obj)
    elif not _holds(actor, permission):
        raise Forbidden("auth.no_permission", permission=permission.value, roles=_names(permission))


def may(actor: Actor, permission: Permission, obj: Object | None = None) -> bool:
    """Whether `require` would return; for leaving out what cannot be used."""
    try:
        require(actor, permission, obj)
    except (Forbidden, NotFound):
        return False
    return True


def is_candidate(actor: Actor, task: TaskAccess) -> bool:
    """Whether the task is offered to the actor."""
    return not _is_administrator(actor) and (
        actor.name in task.candidate_users or any(reaches(actor, group, task.organ) for group in task.candidate_groups)
    )


def reaches(actor: Actor, group: str, organ: str) -> bool:
    """Whether a candidate group, `CODE` or `CODE@unit`, means the actor in matters of an organ.

    A role held in certain units only is none elsewhere. The part of some in a case comes from outside the organ.
    """
    return group in actor.groups and (not organ or organ in limits_of(actor).get(group, {organ}))


def limits_of(actor: Actor) -> dict[str, frozenset[str]]:
    """Return by role code the units to which a role of the actor is limited; one held everywhere is not there.

    Nobody is the person held accountable in every case: a task of theirs names them, and is never a group's.
    """
    found: dict[str, set[str]] = {Role.SUBJECT.value: set()} if Role.SUBJECT in actor.groups else {}
    for group in actor.groups:
        code, _, unit = group.partition("@")
        if unit and code not in OUTSIDE and code != Role.SUBJECT:
            found.setdefault(code, set()).add(unit)
    return {code: frozenset(units) for code, units in found.items()}


def view_of(actor: Actor, case: CaseAccess) -> View:
    """Return how much of a case the actor sees.

    Whoever is a subject of a case sees it as its subject, whatever roles they hold besides.
    """
    if actor.is_system:
        return View.FULL
    if _is_administrator(actor):
        return View.NONE
    if actor.name in case.subjects:
        return View.SUBJECT
    if actor.name in case.recused:
        return View.NONE
    wide = OVERSEERS if case.restricted else ORGAN_STAFF
    if actor.name in case.participants or any(_reaches(actor, role, case.organ) for role in wide):
        return View.FULL
    if actor.name in case.responsible:
        return View.RECTIFICATION
    return View.NONE


def _require_task(actor: Actor, permission: Permission, task: TaskAccess) -> None:
    candidate = is_candidate(actor, task)
    holder = task.assignee == actor.name and not _is_administrator(actor)
    assigns = _holds(actor, Permission.ASSIGN) and (
        not task.organ or any(_reaches(actor, role, task.organ) for role in ALLOWED[Permission.ASSIGN])
    )
    # A program of the process owner may drive processes that are no cases; the tasks of a case belong to people.
    drives = actor.kind == ActorKind.API and Role.OWNER in actor.groups and task.case_key is None
    if drives:
        return
    aside = not _is_administrator(actor) and (actor.name == task.owner or actor.name in task.readers)
    if not (candidate or holder or assigns or aside):
        raise NotFound("auth.no_such_task", key=task.key)
    if permission is Permission.READ_TASK:
        return
    if permission is Permission.ASSIGN:
        if not (assigns or holder):
            raise Forbidden("auth.not_yours_to_assign", key=task.key)
    elif permission is Permission.CLAIM:
        if task.assignee is not None and not holder:
            raise Forbidden("auth.claimed_by_another", key=task.key)
        if not candidate and not holder:
            raise Forbidden("auth.not_a_candidate", key=task.key)
    elif permission in {Permission.WORK_ON, Permission.RELEASE}:
        if task.assignee is None:
            raise Forbidden("auth.claim_first", key=task.key)
        if not holder:
            raise Forbidden("auth.claimed_by_another", key=task.key)
    else:
        raise Forbidden("auth.no_permission", permission=permission.value, roles=_names(permission))


def require_assignable(target: Actor, task: TaskAccess) -> None:
    """Return if a task may be given to this person; raises `Forbidden` if it is not offered to them."""
    if not is_candidate(target, task):
        raise Forbidden("auth.target_not_a_candidate", key=task.key, user=target.name)


def _require_case(actor: Actor, permission: Permission, case: CaseAccess) -> None:
    view = view_of(actor, case)
    if view is View.NONE:
        raise NotFound("auth.no_such_case", key=case.key)
    if permission is Permission.READ_CASE:
        return
    own = permission in OF_THE_PERSON
    if own:
        if view is not View.SUBJECT:
            raise Forbidden("auth.only_the_subject", permission=permission.value)
        return
    if view is not View.FULL or not any(_reaches(actor, role, case.organ) for role in ALLOWED[permission]):
        raise Forbidden("auth.no_permission", permission=permission.value, roles=_names(permission))


def _holds(actor: Actor, permission: Permission) -> bool:
    roles = {code_of(group) for group in actor.groups}
    if roles & ADMINISTRATORS and not ALLOWED[permission] & ADMINISTRATORS & roles:
        # An administrator who also got another role keeps out of what that role would open.
        return False
    return bool(roles & ALLOWED[permission])


def _reaches(actor: Actor, role: str, organ: str) -> bool:
    """Whether the actor holds a role for that unit: anywhere if no unit was named when it was given."""
    units = {group.partition("@")[2] for group in actor.groups if group.startswith(f"{role}@")}
    return organ in units if units else role in actor.groups


def _is_administrator(actor: Actor) -> bool:
    return any(code_of(group) in ADMINISTRATORS for group in actor.groups)


def _names(permission: Permission) -> tuple[str, ...]:
    return tuple(role.value for role in sorted(ALLOWED[permission]))
