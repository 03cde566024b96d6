"""The second person: what was deployed comes into force by somebody else's decision, at once or on a day to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from service import auth, store
from service.auth import Permission
from service.errors import Conflict, Finding, Forbidden, Invalid, NotFound
from service.runtime import audit, deployments, start_events
from service.runtime.deployments import Deployed, DeploymentRow, Release
from service.runtime.unit import UnitOfWork
from service.store.definitions import DecisionDefinition, FormDefinition, ProcessDefinition
from service.store.jobs import JobKind, JobState

__all__ = ["approve", "findings", "put_into_force", "refuse", "undecided"]

REASON_LIMIT = 500


def undecided(unit: UnitOfWork) -> Sequence[DeploymentRow]:
    """Return what waits for a second person or for its day, oldest first."""
    return store.deployments.undecided(unit.session)


def findings(unit: UnitOfWork, key: int) -> tuple[Finding, ...]:
    """Return what there is to say about a deployment's files as things stand now."""
    rows = store.deployments.resources(unit.session, key)
    files = [deployments.Resource(row.name, row.content) for row in rows]
    return deployments.check(unit, files).findings if files else ()


def approve(unit: UnitOfWork, key: int, effective_on: date | None = None) -> Deployed:
    """Let an undecided deployment in, at once or from the beginning of a day in the site's zone.

    The day of an approved one may be set anew. Raises `Forbidden` to whoever deployed it or something that comes in
    with it, `Conflict` when it was decided, `Invalid` for a day that is past, `DeploymentRejected` when a start event
    cannot be followed.
    """
    auth.require(unit.actor, Permission.RELEASE_DEPLOYMENT)
    deployment = _undecided(unit, key)
    if unit.actor.name in _deployers(unit, deployment):
        raise Forbidden("runtime.deployment_needs_second_person", key=key)
    today = unit.now.astimezone(unit.engine.zone).date()
    if effective_on is not None and effective_on < today:
        raise Invalid("runtime.effective_day_past", day=effective_on.isoformat(), today=today.isoformat())
    store.jobs.delete_all(unit.session, [key])
    waits = effective_on is not None and effective_on > today
    with audit.action(
        unit, "deployment.approve", "deployment", key, before={"release": deployment.release.value}
    ) as entry:
        deployment.decided_at, deployment.decided_by = unit.now, unit.actor.name
        if effective_on is not None and waits:
            deployment.release = Release.APPROVED
            deployment.effective_at = datetime.combine(effective_on, time(), unit.engine.zone)
            unit.session.flush()
            store.definitions.let_in(unit.session, key, Release.APPROVED, None)
            store.jobs.insert_all(unit.session, [_on_its_day(unit, key, deployment.effective_at)])
        else:
            _let_in(unit, deployment)
        unit.session.expire_all()
        entry.after.update(release=deployment.release.value, effective_at=deployment.effective_at)
    unit.engine.plugins.deployment_news(unit, key, "approved")
    return deployments.get(unit, key)


def refuse(unit: UnitOfWork, key: int, reason: str) -> None:
    """Turn an undecided deployment down; its versions are never used.

    What another undecided deployment holds unchanged goes on waiting with that one. Raises `Conflict` when it was
    decided, `Invalid` without a reason.
    """
    auth.require(unit.actor, Permission.RELEASE_DEPLOYMENT)
    deployment = _undecided(unit, key)
    reason = reason.strip()[:REASON_LIMIT]
    if not reason:
        raise Invalid("runtime.refusal_without_reason")
    store.jobs.delete_all(unit.session, [key])
    with audit.action(
        unit, "deployment.refuse", "deployment", key, before={"release": deployment.release.value}
    ) as entry:
        deployment.release, deployment.reason = Release.REFUSED, reason
        deployment.decided_at, deployment.decided_by = unit.now, unit.actor.name
        deployment.effective_at = None
        unit.session.flush()
        store.definitions.turn_down(unit.session, key)
        unit.session.expire_all()
        entry.after.update(release=Release.REFUSED.value, reason=reason)
    unit.engine.plugins.deployment_news(unit, key, "refused")


def put_into_force(unit: UnitOfWork, key: int) -> None:
    """Let an approved deployment in on its day; nothing happens if it was refused or let in meanwhile."""
    deployment = store.deployments.locked(unit.session, key)
    store.jobs.delete_all(unit.session, [key])
    if deployment is None or deployment.release is not Release.APPROVED:
        return
    with audit.action(
        unit, "deployment.in_force", "deployment", key, before={"release": deployment.release.value}
    ) as entry:
        _let_in(unit, deployment)
        unit.session.expire_all()
        entry.after.update(release=deployment.release.value)
    unit.engine.plugins.deployment_news(unit, key, "in_force")


def _let_in(unit: UnitOfWork, deployment: DeploymentRow) -> None:
    deployment.release, deployment.effective_at = Release.LIVE, unit.now
    unit.session.flush()
    fresh = set(store.definitions.let_in(unit.session, deployment.key, Release.LIVE, unit.now))
    unit.session.expire_all()
    start_events.follow(unit, [row for row in deployments.get(unit, deployment.key).processes if row.key in fresh])


def _undecided(unit: UnitOfWork, key: int) -> DeploymentRow:
    """Lock a deployment that can be decided."""
    deployment = store.deployments.locked(unit.session, key)
    if deployment is None:
        raise NotFound("runtime.deployment_not_found", key=key)
    if deployment.release not in {Release.WAITING, Release.APPROVED}:
        raise Conflict("runtime.deployment_decided", key=key, release=deployment.release.value)
    return deployment


def _deployers(unit: UnitOfWork, deployment: DeploymentRow) -> set[str]:
    """Who uploaded it, or brought earlier what waits still and is meant by it unchanged."""
    found = {deployment.created_by}
    deployed = deployments.get(unit, deployment.key)
    rows: list[ProcessDefinition | DecisionDefinition | FormDefinition] = [
        *deployed.processes,
        *deployed.decisions,
        *deployed.forms,
    ]
    for row in rows:
        if row.release is not Release.LIVE:
            found.add(deployments.get(unit, row.deployment_key).deployment.created_by)
    return found


def _on_its_day(unit: UnitOfWork, key: int, at: datetime) -> dict[str, object]:
    """The job that puts a deployment into force; its key is the deployment's."""
    return {
        "key": key,
        "kind": JobKind.RELEASE,
        "state": JobState.OPEN,
        "topic": None,
        "job_kind": None,
        "due_at": at,
        "timer_due_at": at,
        "priority": 50,
        "retries": 3,
        "failures": 0,
        "headers": "{}",
        "repetitions": None,
        "element_id": "",
        "element_instance_key": None,
        "instance_key": None,
        "root_key": None,
        "definition_key": key,
        "process_id": "",
        "business_key": None,
        "created_at": unit.now,
    }
