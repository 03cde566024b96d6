"""Users, roles and permission checks.

`require(actor, permission, object)` is the one question; the tables behind it are `roles.ALLOWED` (permission -> roles)
and `roles.STEPS` (step -> who handles, checks, reads). A task or case is handed over as `TaskAccess` or `CaseAccess`.
`accounts` keeps users and roles, `sessions` who is signed in. To add a permission, enter it in `Permission` and
`ALLOWED`.
"""

from __future__ import annotations

from service.auth.actor import SYSTEM, Actor, ActorKind
from service.auth.permissions import (
    CaseAccess,
    TaskAccess,
    View,
    is_candidate,
    limits_of,
    may,
    reaches,
    require,
    require_assignable,
    view_of,
)
from service.auth.roles import ADMINISTRATORS, STEPS, Permission, Role
from service.auth.vault import Vault

__all__ = [
    "ADMINISTRATORS",
    "STEPS",
    "SYSTEM",
    "Actor",
    "ActorKind",
    "CaseAccess",
    "Permission",
    "Role",
    "TaskAccess",
    "Vault",
    "View",
    "is_candidate",
    "limits_of",
    "may",
    "reaches",
    "require",
    "require_assignable",
    "view_of",
]
