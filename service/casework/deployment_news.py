"""Notices about deployments: to the other process owners what waits for them, to those concerned what became of it."""

from __future__ import annotations

from service import store, texts
from service.auth import Role, accounts
from service.casework import notices
from service.runtime import audit
from service.runtime.unit import UnitOfWork


def tell(unit: UnitOfWork, key: int, what: str) -> None:
    """Send the notices of one event: `waiting`, `approved`, `refused` or `in_force`."""
    deployment = store.deployments.get(unit.session, key)
    if deployment is None:
        return
    if what == "waiting":
        concerned = notices.people_of(unit, [Role.OWNER.value]) - {unit.actor.name}
    else:
        concerned = {deployment.created_by, deployment.decided_by or ""} - {unit.actor.name, ""}
    actor = accounts.find(unit, unit.actor.name)
    day = deployment.effective_at.astimezone(unit.engine.zone).date() if deployment.effective_at else None
    facts = {
        "name": deployment.name or key,
        "by": actor.display_name if actor else "",
        "day": day.isoformat() if day else "",
        "reason": deployment.reason,
    }
    title = texts.message(f"casework.deployment_{what}_title", facts)
    text = texts.message(f"casework.deployment_{what}_text", facts)
    sent = notices.send(unit, sorted(concerned), title, text, source_key=unit.new_key())
    if sent:
        audit.record(unit, "deployment.notice", ("deployment", key), after={"event": what, "recipients": sent})
