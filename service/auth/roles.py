"""ROLES, who may do what: the roles of the procedure, their permissions by step and verb, and what excludes what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    SUBJECT = "SUBJECT"  # the person held accountable
    INTAKE = "INTAKE"
    INVEST = "INVEST"
    LEAD = "LEAD"
    REVIEW = "REVIEW"
    MEMBER = "MEMBER"
    SECRETARY = "SECRETARY"
    APPROVER = "APPROVER"
    DELIVER = "DELIVER"
    ARCHIVE = "ARCHIVE"
    UNIT = "UNIT"
    EXPERT = "EXPERT"
    RECT = "RECT"
    INSPECT = "INSPECT"
    APPEAL = "APPEAL"
    BACKTRACK = "BACKTRACK"
    HR = "HR"
    OWNER = "OWNER"  # process owner
    SYSADM = "SYSADM"
    SECADM = "SECADM"
    AUDADM = "AUDADM"


class Permission(StrEnum):
    # user tasks, checked on the task
    READ_TASK = "read_task"
    CLAIM = "claim"
    WORK_ON = "work_on"  # complete, save a draft
    RELEASE = "release"
    ASSIGN = "assign"
    # cases, checked on the case
    REGISTER_CASE = "register_case"
    READ_CASE = "read_case"
    ASSIGN_PEOPLE = "assign_people"
    CLOSE_CASE = "close_case"
    SUSPEND_CASE = "suspend_case"
    SUBMIT_APPLICATION = "submit_application"
    RECORD_APPLICATION = "record_application"  # write down what a subject asks for and signs
    WITHDRAW_APPLICATION = "withdraw_application"
    SUPERVISE = "supervise"  # see the board of rectifications, remind
    EXTEND_DEADLINE = "extend_deadline"
    ASK_ARCHIVE = "ask_archive"  # the whole one for archivists only
    APPROVE_ARCHIVE = "approve_archive"  # the second person
    ISSUE_DOCUMENT = "issue_document"  # each kind by its own roles, see `documents.TEMPLATES`
    REQUEST_RECUSAL = "request_recusal"  # of somebody who works on one's own case
    RULE_RECUSAL = "rule_recusal"
    KEEP_IDENTITY = "keep_identity"  # write down a person's identity number
    READ_IDENTITY = "read_identity"  # see it in full, for a reason that is recorded
    # models and running of the service
    READ_MODELS = "read_models"
    DEPLOY = "deploy"
    RELEASE_DEPLOYMENT = "release_deployment"  # the second person
    TRY_DECISIONS = "try_decisions"
    KEEP_DOCUMENTS = "keep_documents"  # send files ahead of what will refer to them
    OPERATE = "operate"  # instances, jobs, incidents
    SET_PARAMETERS = "set_parameters"
    IMPORT_CALENDAR = "import_calendar"
    MANAGE_TEMPLATES = "manage_templates"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_ROLES = "manage_roles"
    READ_AUDIT = "read_audit"


# Three administrators, each without case content and without the power of the other two.
ADMINISTRATORS = frozenset({Role.SYSADM, Role.SECADM, Role.AUDADM})

# Who works on cases as a whole; the others see a part (see `views`).
CASE_STAFF = frozenset(
    {
        Role.INTAKE,
        Role.INVEST,
        Role.LEAD,
        Role.REVIEW,
        Role.MEMBER,
        Role.SECRETARY,
        Role.APPROVER,
        Role.DELIVER,
        Role.ARCHIVE,
        Role.INSPECT,
    }
)

# Of the staff, who works on the cases they are assigned to and sees no others of their organ.
ASSIGNED_STAFF = frozenset({Role.INVEST, Role.REVIEW, Role.MEMBER})
ORGAN_STAFF = CASE_STAFF - ASSIGNED_STAFF

# Who sees the cases marked as work secrets without being assigned to them.
OVERSEERS = frozenset({Role.LEAD, Role.APPROVER})

# Whose part in a case comes from outside its organ: wherever they hold the role, they may be asked.
OUTSIDE = frozenset({Role.RECT, Role.UNIT, Role.EXPERT})

_EVERY_TASK_ROLE = frozenset(Role) - ADMINISTRATORS

ALLOWED: dict[Permission, frozenset[Role]] = {
    Permission.READ_TASK: _EVERY_TASK_ROLE,
    Permission.CLAIM: _EVERY_TASK_ROLE,
    Permission.WORK_ON: _EVERY_TASK_ROLE,
    Permission.RELEASE: _EVERY_TASK_ROLE,
    Permission.ASSIGN: frozenset({Role.LEAD, Role.APPROVER}),
    Permission.REGISTER_CASE: frozenset({Role.INTAKE}),
    Permission.READ_CASE: CASE_STAFF | {Role.SUBJECT, Role.UNIT, Role.RECT},
    Permission.ASSIGN_PEOPLE: frozenset({Role.LEAD, Role.APPROVER}),
    Permission.CLOSE_CASE: frozenset({Role.LEAD, Role.ARCHIVE}),
    Permission.SUSPEND_CASE: frozenset({Role.LEAD, Role.APPROVER}),
    Permission.SUBMIT_APPLICATION: frozenset({Role.SUBJECT}),
    Permission.RECORD_APPLICATION: frozenset({Role.INTAKE}),
    Permission.WITHDRAW_APPLICATION: frozenset({Role.SUBJECT}),
    Permission.SUPERVISE: frozenset({Role.INSPECT, Role.LEAD, Role.APPROVER}),
    Permission.EXTEND_DEADLINE: frozenset({Role.APPROVER}),
    Permission.ASK_ARCHIVE: frozenset({Role.ARCHIVE, Role.LEAD, Role.APPROVER}),
    Permission.APPROVE_ARCHIVE: frozenset({Role.LEAD, Role.APPROVER}),
    Permission.ISSUE_DOCUMENT: CASE_STAFF | {Role.APPEAL, Role.BACKTRACK},
    Permission.REQUEST_RECUSAL: frozenset({Role.SUBJECT}),
    Permission.RULE_RECUSAL: frozenset({Role.APPROVER}),
    Permission.KEEP_IDENTITY: frozenset({Role.INTAKE, Role.LEAD, Role.ARCHIVE}),
    Permission.READ_IDENTITY: frozenset({Role.INTAKE, Role.LEAD, Role.REVIEW, Role.ARCHIVE, Role.DELIVER}),
    Permission.READ_MODELS: frozenset(Role) - {Role.SUBJECT, Role.EXPERT},
    Permission.DEPLOY: frozenset({Role.OWNER}),
    Permission.RELEASE_DEPLOYMENT: frozenset({Role.OWNER}),
    Permission.TRY_DECISIONS: frozenset({Role.OWNER, Role.INVEST, Role.LEAD, Role.REVIEW, Role.APPROVER}),
    Permission.KEEP_DOCUMENTS: _EVERY_TASK_ROLE,
    Permission.OPERATE: frozenset({Role.OWNER}),
    Permission.SET_PARAMETERS: frozenset({Role.OWNER}),
    Permission.IMPORT_CALENDAR: frozenset({Role.OWNER}),
    Permission.MANAGE_TEMPLATES: frozenset({Role.OWNER}),
    Permission.MANAGE_ACCOUNTS: frozenset({Role.SYSADM}),
    Permission.MANAGE_ROLES: frozenset({Role.SECADM}),
    Permission.READ_AUDIT: frozenset({Role.AUDADM}),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the permission table: who handles, checks, reads and must not."""

    handles: frozenset[Role]
    checks: frozenset[Role]
    reads: frozenset[Role]
    forbidden: frozenset[Role] = frozenset()


def _step(handles: str, checks: str = "", reads: str = "", forbidden: str = "") -> Step:
    return Step(*(frozenset(Role(code) for code in text.split()) for text in (handles, checks, reads, forbidden)))


# procedure.md section 3, second table. People who may not act in one case only (its investigators in its review, those
# who have not declared themselves free of interest) are refused where people are assigned.
STEPS: dict[str, Step] = {
    "screening": _step("INVEST", "LEAD", "APPROVER", "SUBJECT"),
    "application": _step("SUBJECT", "", "INTAKE"),
    "admission": _step("INTAKE", "APPROVER", "LEAD"),
    "investigation": _step("INVEST", "LEAD", "REVIEW"),
    "expert_opinion": _step("EXPERT", "INVEST", "LEAD"),
    "review": _step("REVIEW", "APPROVER", "LEAD"),
    "collective": _step("MEMBER SECRETARY", "MEMBER", "REVIEW"),
    "drafting": _step("REVIEW", "APPROVER", "LEAD", "SYSADM"),
    "serving": _step("DELIVER", "LEAD", "UNIT SUBJECT"),
    "filing": _step("ARCHIVE", "LEAD", "HR"),
    "appeal": _step("APPEAL", "APPROVER", "SUBJECT"),
    "rectification": _step("RECT UNIT", "INSPECT", "LEAD"),
    "proposal": _step("INSPECT", "APPROVER", "UNIT"),
    "backtracking": _step("BACKTRACK", "OWNER"),
    "parameters": _step("OWNER", "OWNER", "AUDADM", "SYSADM"),
}

# Roles one person may not hold together, wherever.
INCOMPATIBLE: frozenset[frozenset[Role]] = frozenset(
    frozenset({administrator, other}) for administrator in ADMINISTRATORS for other in Role if other != administrator
)

# Roles one person may not hold in the same case.
INCOMPATIBLE_IN_CASE: frozenset[frozenset[Role]] = frozenset(
    frozenset(pair)
    for pair in (
        *((Role.REVIEW, other) for other in (Role.INVEST, Role.LEAD)),
        *((Role.APPEAL, other) for other in CASE_STAFF),
        *((Role.BACKTRACK, other) for other in (*CASE_STAFF, Role.APPEAL)),
        *((Role.SUBJECT, other) for other in Role if other not in {Role.SUBJECT, Role.RECT}),
    )
)


def code_of(group: str) -> str:
    """Return the role code of a candidate group: `INVEST@unit` -> `INVEST`."""
    return group.partition("@")[0]


def clashes(roles: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of roles that one person may not hold together."""
    held = sorted(set(roles))
    return tuple(
        (one, other)
        for index, one in enumerate(held)
        for other in held[index + 1 :]
        if {one, other} in [set(pair) for pair in INCOMPATIBLE]
    )


def is_role(code: str) -> bool:
    """Whether a text is a role code."""
    return code in Role.__members__
