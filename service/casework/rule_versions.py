"""Which version of the rules a person's procedure goes by: what was in force when it was started (Articles 11, 12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from service import store
from service.casework import moments, parameters
from service.casework.case import Case, find
from service.feel import Value
from service.runtime.unit import InstanceContext, UnitOfWork
from service.store.definitions import DecisionDefinition, ProcessDefinition

# Parameters that are rules, no time limits: they hold for a person as they stood when the procedure was started.
RULES = frozenset({"P-MTG-01", "P-ADV-01", "P-OVL-01", "P-INV-01", "P-3D-01"})


def since(unit: UnitOfWork, instance: InstanceContext) -> datetime | None:
    """Return when the procedure of the instance's person was started; None before that and for any other instance."""
    case = find(unit, instance.business_key)
    key = instance.subject_key()
    if case is None or key is None:
        return None
    return _started(case, key)


def parameter(unit: UnitOfWork, instance: InstanceContext, id: str) -> Value:
    """Return a parameter as it holds for the instance's person."""
    begun = since(unit, instance) if id in RULES else None
    day = begun.astimezone(unit.engine.zone).date() if begun else None
    return parameters.in_force(unit, id, day).value


def in_force(unit: UnitOfWork, kind: str) -> str:
    """Return what holds now as one line: id and version of each decision or process, such as `D1 1, D2 3`."""
    shown: Sequence[DecisionDefinition | ProcessDefinition]
    if kind == "process":
        shown = store.definitions.all_live(unit.session, ProcessDefinition)
    else:
        decisions = store.definitions.all_live(unit.session, DecisionDefinition)
        shown = [row for row in decisions if row.definition_id[1:].isdecimal()]
    return ", ".join(f"{row.definition_id} {row.version}" for row in sorted(shown, key=_order))


def _order(row: DecisionDefinition | ProcessDefinition) -> tuple[str, int]:
    letter, digits = row.definition_id[:1], row.definition_id[1:]
    return (letter, int(digits)) if digits.isdecimal() else (row.definition_id, 0)


def _started(case: Case, key: str) -> datetime | None:
    for row in case.subjects:
        if str(row.key) == key:
            return moments.read(case.document("subject", row.key).get("startedAt"), case.unit.engine.zone)
    return None
