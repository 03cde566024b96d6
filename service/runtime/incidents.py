"""Incidents: what stopped, why, and trying again once the cause is mended."""

from __future__ import annotations

from service import auth, feel, store
from service.auth import Permission
from service.errors import Conflict, NotFound
from service.runtime import audit, execution
from service.runtime.jobs import RETRIES
from service.runtime.unit import UnitOfWork
from service.store.incidents import Incident, IncidentState
from service.store.jobs import JobState

__all__ = ["Incident", "IncidentState", "facts", "get", "retry", "search"]


def search(
    unit: UnitOfWork,
    *,
    state: IncidentState | None = IncidentState.ACTIVE,
    root_key: int | None = None,
    instance_key: int | None = None,
    business_key: str | None = None,
    process_id: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> store.Page[Incident]:
    """Return incidents, newest first."""
    return store.incidents.search(
        unit.session,
        state=state,
        root_key=root_key,
        instance_key=instance_key,
        business_key=business_key,
        process_id=process_id,
        after=after,
        limit=limit,
    )


def get(unit: UnitOfWork, key: int) -> Incident:
    """Return an incident. Raises `NotFound`."""
    incident = store.incidents.get(unit.session, key)
    if incident is None:
        raise NotFound("runtime.incident_not_found", key=key)
    return incident


def facts(incident: Incident) -> dict[str, object]:
    """Return the facts of an incident's message."""
    value = feel.codec.decode(incident.facts)
    return dict(value) if isinstance(value, dict) else {}


def retry(unit: UnitOfWork, key: int) -> None:
    """Try the step again at which an instance stopped. Raises `NotFound`, and `Conflict` when that was done."""
    auth.require(unit.actor, Permission.OPERATE)
    incident = get(unit, key)
    if incident.state is not IncidentState.ACTIVE:
        raise Conflict("runtime.incident_resolved", key=key)
    with (
        audit.action(unit, "incident.retry", "incident", key, business_key=incident.business_key) as entry,
        execution.moving(unit, incident.root_key) as workflow,
    ):
        workflow.retry(key)
        entry.after.update(element=incident.element_id, kind=incident.kind)
    # A timer keeps its row through an incident; a service job has got a new one.
    for job in store.jobs.search(unit.session, root_key=incident.root_key, state=JobState.FAILED, limit=1000):
        if job.element_instance_key == incident.element_instance_key:
            store.jobs.change(unit.session, job.key, state=JobState.OPEN, retries=RETRIES, failures=0, due_at=unit.now)
            unit.session.refresh(job)
            unit.engine.work_arrived.set()
