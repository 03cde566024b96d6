"""A person's procedure suspended by people: a suspected crime to hand over, force majeure, a case withdrawn.

The process goes to the task that settles what follows; time limits stand still until it is settled.
"""

from __future__ import annotations

from service import auth, texts
from service.auth import Permission
from service.casework import case_files, records
from service.casework.states import MAIN, State
from service.errors import Conflict
from service.runtime import audit, instances, messages
from service.runtime.unit import UnitOfWork

MESSAGE = "suspension-requested"


def suspend(unit: UnitOfWork, case_key: int, subject_key: int, kind: str, reason: str) -> None:
    """Suspend the procedure of one person.

    Raises `NotFound`, `Forbidden`, `FormRejected` for a kind that is none or a missing reason, and `Conflict` in a
    state that suspension may not follow.
    """
    case = records.of_case(unit, case_key)
    row = case.subject(subject_key)
    auth.require(unit.actor, Permission.SUSPEND_CASE, case_files.access(unit, case))
    if not possible(row.state):
        raise Conflict(
            "casework.not_suspendable",
            state=_called(row.state),
            allowed=[_called(one) for one in MAIN if possible(one)],
        )
    values = {"subject.suspendedKind": kind, "subject.suspendedReason": reason.strip()}
    records.check(case, subject_key, values)
    with audit.action(
        unit, "case.suspend", "subject", subject_key, business_key=str(case_key), before={"state": row.state}
    ) as entry:
        for path, value in values.items():
            records.write(case, subject_key, path, value)
        case.flush()
        correlation = messages.correlate(unit, MESSAGE, str(subject_key), {}, business_key=str(case_key))
        if correlation is None:
            raise Conflict("casework.nobody_suspends", message=MESSAGE)
        entry.after.update(kind=kind, instance=correlation.instance_key)
    instances.records_changed(unit, str(case_key))


def possible(state: str) -> bool:
    """Whether a procedure in this state can be suspended."""
    return State.SUSPENDED.value in MAIN.get(state, ())


def _called(state: str) -> str:
    return texts.message(f"casework.state_{state}")
