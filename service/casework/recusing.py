"""Declaring recusal, asking for it, and ruling on what was asked: D10, Act on Administrative Sanctions, art. 47, 48."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service import auth, feel, texts
from service.auth import Permission, View, accounts
from service.casework import case_files, notices, records, recusals
from service.casework.case import Case
from service.errors import Conflict, Forbidden, FormRejected
from service.runtime import audit, decisions, instances
from service.runtime.unit import UnitOfWork

DECISION = "D10"
GROUNDS = ("nearRelative", "witness", "interest", "otherImpact", "isOrganHead")
ANSWERS = frozenset({"yes", "no", "unknown"})
REASON_LONGEST = 2000  # characters


def declare(unit: UnitOfWork, case_key: int, answers: Mapping[str, str]) -> str:
    """Write down what the actor declares about themselves; return the result of D10.

    Raises `NotFound` for a case they do not see, `FormRejected` for a ground that is not answered.
    """
    case = records.of_case(unit, case_key)
    auth.require(unit.actor, Permission.READ_CASE, case_files.access(unit, case))
    if auth.view_of(unit.actor, case_files.access(unit, case)) is not View.FULL:
        raise Forbidden("casework.not_a_handler")
    missing = [name for name in GROUNDS if answers.get(name) not in ANSWERS]
    if missing:
        raise FormRejected({f"recusal.{name}": [("forms.required", {})] for name in missing})
    given = {name: answers[name] for name in GROUNDS}
    run = decisions.evaluate(unit, DECISION, {"phase": "investigate", **given}, business_key=str(case_key))
    value = feel.codec.plain(run.evaluation.value)
    result = str(value.get("recusal") or "insufficient") if isinstance(value, Mapping) else "insufficient"
    entry = {"person": unit.actor.name, "phase": "investigate", **given, "result": result}
    _append(unit, case, entry, "recusal.declare")
    return result


def request(unit: UnitOfWork, case_key: int, person: str, reason: str) -> None:
    """Ask, as the person held accountable, that somebody who works on the case recuse."""
    case = records.of_case(unit, case_key)
    auth.require(unit.actor, Permission.REQUEST_RECUSAL, case_files.access(unit, case))
    if person not in recusals.handlers(case):
        raise FormRejected({"recusal.person": [("casework.not_of_the_case", {})]})
    if person in recusals.pending(case):
        raise Conflict("casework.recusal_pending", user=accounts.display_names(unit, [person]).get(person, "–"))
    entry = {"person": person, "requestedBy": unit.actor.name, "note": _reason(reason)}
    _append(unit, case, entry, "recusal.request")


def rule(unit: UnitOfWork, case_key: int, person: str, *, must: bool, reason: str) -> None:
    """Decide on a request; never on one about oneself (Act on Administrative Sanctions, art. 48)."""
    case = records.of_case(unit, case_key)
    auth.require(unit.actor, Permission.RULE_RECUSAL, case_files.access(unit, case))
    if person == unit.actor.name:
        raise Forbidden("casework.own_recusal")
    asked = recusals.pending(case).get(person)
    if asked is None:
        raise Conflict("casework.no_recusal_pending")
    entry = {
        "person": person,
        "note": _reason(reason),
        "decidedBy": unit.actor.name,
        "decidedAt": unit.now.astimezone(unit.engine.zone).isoformat(timespec="seconds"),
        "result": "recuse" if must else "stay",
    }
    _append(unit, case, entry, "recusal.rule")
    facts = {"user": accounts.display_names(unit, [person]).get(person, "–"), "reason": entry["note"]}
    notices.send(
        unit,
        [str(asked["requestedBy"])],
        texts.message("casework.recusal_ruled_title"),
        texts.message("casework.recusal_ordered" if must else "casework.recusal_denied", facts),
        source_key=unit.new_key(),
        case=case,
    )


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason or len(reason) > REASON_LONGEST:
        raise FormRejected({"recusal.reason": [("forms.required", {})]})
    return reason


def _append(unit: UnitOfWork, case: Case, entry: Mapping[str, Any], action: str) -> None:
    with audit.action(unit, action, "case", case.key, business_key=str(case.key)) as done:
        values = {"recusalDeclaration": [*case.document("recusalDeclaration"), dict(entry)]}
        records.check(case, None, values)
        records.write(case, None, "recusalDeclaration", values["recusalDeclaration"])
        case.flush()
        done.after.update({name: entry[name] for name in ("person", "result") if name in entry})
    instances.records_changed(unit, str(case.key))
