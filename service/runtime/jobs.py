"""Jobs: timers and service tasks, taken under a lease, run each in its own unit of work, retried, at last an incident.

The worker takes timers and the topics that have a handler here; clients outside take the other topics.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service import feel, store
from service.errors import BpmnError, Conflict, Forbidden, Invalid, NotFound, ServiceError
from service.feel import Value
from service.runtime import audit, execution, files, instances, releases, start_events
from service.runtime.decision_run import shown
from service.runtime.engine import Engine
from service.runtime.unit import SYSTEM, InstanceContext, JobContext, UnitOfWork
from service.store.definitions import ProcessDefinition
from service.store.jobs import Job, JobKind, JobState

__all__ = [
    "Job",
    "JobKind",
    "JobState",
    "Lease",
    "WorkerLost",
    "activate",
    "anything_due",
    "change",
    "claim_due",
    "complete",
    "extend",
    "fail",
    "failed",
    "get",
    "is_due",
    "next_due",
    "release",
    "reschedule",
    "run",
    "search",
    "throw_error",
]

LEASE_SECONDS = 60
FIRST_BACK_OFF = timedelta(seconds=10)
LONGEST_BACK_OFF = timedelta(hours=1)
LOST_WORKERS = 5  # a job whose worker never came back so often is tried no more
RETRIES = 3  # of a job whose incident is retried


@dataclass(frozen=True, slots=True)
class Lease:
    """A job that nobody else runs for a while."""

    key: int
    token: int
    kind: JobKind
    until: datetime
    failures: int = 0  # so far, those counted in whose worker never came back


class WorkerLost(ServiceError):
    """Whoever ran the job died of it, again and again."""


# For the worker


def anything_due(engine: Engine) -> bool:
    """Whether `claim_due` would find something; reads only, so that many workers may ask often."""
    with engine.reading(SYSTEM) as unit:
        return store.jobs.anything_due(unit.session, unit.now, engine.plugins.handlers.keys())


def extend(engine: Engine, leases: Sequence[Lease]) -> list[Lease]:
    """Let leases of one claim run on; return those that are still held."""

    def use_case(unit: UnitOfWork) -> list[Lease]:
        until = unit.now + timedelta(seconds=LEASE_SECONDS)
        held = store.jobs.extend(unit.session, [lease.key for lease in leases], leases[0].token, until)
        return [replace(lease, until=until) for lease in leases if lease.key in held]

    return engine.run(SYSTEM, use_case)


def release(engine: Engine, leases: Sequence[Lease]) -> None:
    """Give back leases of one claim that were not begun, for others to take at once."""
    keys = [lease.key for lease in leases]
    engine.run(SYSTEM, lambda unit: store.jobs.release(unit.session, keys, leases[0].token))


def claim_due(engine: Engine, limit: int = 50, worker: str = "worker") -> list[Lease]:
    """Lease due timers and service jobs that have a handler, soonest first, in a unit of work of its own."""
    with engine.unit(SYSTEM) as unit:
        until = unit.now + timedelta(seconds=LEASE_SECONDS)
        token = unit.new_key()
        jobs = store.jobs.claim_due(
            unit.session,
            now=unit.now,
            lease_until=until,
            lease_token=token,
            worker=worker,
            topics=engine.plugins.handlers.keys(),
            limit=limit,
        )
        leases = [Lease(job.key, token, job.kind, until, job.failures) for job in jobs]
        if leases:
            unit.commit()
        return leases


def next_due(engine: Engine) -> datetime | None:
    """Return when the worker has something to do next; None when nothing waits."""
    with engine.reading(SYSTEM) as unit:
        return store.jobs.next_due(unit.session, engine.plugins.handlers.keys())


def run(engine: Engine, lease: Lease) -> None:
    """Run a leased job in its own unit of work; does nothing when the job is gone or somebody else's by now.

    Whatever it raises has changed nothing: the caller hands it to `failed`.
    """

    def use_case(unit: UnitOfWork) -> None:
        job = _leased(unit, lease)
        if job is None:
            return
        match job.kind:
            case JobKind.TIMER:
                _fire(unit, job)
            case JobKind.START_TIMER:
                _start(unit, job)
            case JobKind.RELEASE:
                releases.put_into_force(unit, job.key)
            case JobKind.SERVICE:
                _serve(unit, job)

    engine.run(SYSTEM, use_case)


def failed(engine: Engine, lease: Lease, error: BaseException) -> None:
    """Count a failed run: one retry less and a later due moment, or an incident when none is left."""

    def use_case(unit: UnitOfWork) -> None:
        job = _leased(unit, lease)
        if job is not None:
            code, facts = _described(error)
            retries = 0 if isinstance(error, WorkerLost) else job.retries - 1
            _count_failure(unit, job, retries, code, facts, None)

    engine.run(SYSTEM, use_case)


# For clients outside


def activate(
    unit: UnitOfWork,
    topic: str,
    worker: str,
    lease: timedelta,
    limit: int,
    *,
    business_key: str | None = None,
    process_ids: Sequence[str] = (),
    definition_keys: Sequence[int] = (),
) -> list[tuple[Job, dict[str, Value]]]:
    """Lease service jobs of a topic to a client; return each with the variables visible at its task.

    Only those of a business key, of some processes or of some of their versions, where that is asked for.
    """
    if lease <= timedelta(0) or limit < 1:
        raise Invalid("runtime.job_activation_invalid")
    if topic in unit.engine.plugins.handlers:
        raise Forbidden("runtime.job_of_handler", topic=topic)
    jobs = store.jobs.activate(
        unit.session,
        now=unit.now,
        lease_until=unit.now + lease,
        lease_token=unit.new_key(),
        worker=worker,
        topic=topic,
        limit=limit,
        business_key=business_key,
        process_ids=process_ids,
        definition_keys=definition_keys,
    )
    return [(job, instances.variables(unit, job.key)) for job in jobs]


def is_due(unit: UnitOfWork, topic: str) -> bool:
    """Whether there is a job of a topic to take now. Raises `Forbidden` for a topic that is done here."""
    if topic in unit.engine.plugins.handlers:
        raise Forbidden("runtime.job_of_handler", topic=topic)
    return store.jobs.is_due(unit.session, topic, unit.now)


def complete(unit: UnitOfWork, key: int, variables: Mapping[str, object] | None = None) -> None:
    """Complete a service job from outside. Raises `NotFound` when there is none, `Conflict` after an incident."""
    job = _service_job(unit, key)
    values = instances.feel_mapping(variables or {})
    with _acting(unit, job, "job.complete"), execution.moving(unit, _root(job)) as workflow:
        files.adopt(unit, values, files.Home(job.business_key, _root(job), job.instance_key))
        workflow.complete(key, values)


def throw_error(
    unit: UnitOfWork, key: int, code: str, message: str = "", variables: Mapping[str, object] | None = None
) -> None:
    """End a service job by a BPMN error."""
    job = _service_job(unit, key)
    with _acting(unit, job, "job.error"), execution.moving(unit, _root(job)) as workflow:
        store.jobs.change(unit.session, key, error_code=code[:200], error_message=message[:2000] or None)
        store.jobs.end(unit.session, [key], JobState.ERROR_THROWN, unit.now)
        workflow.throw_error(key, code, message, instances.feel_mapping(variables or {}))


def fail(
    unit: UnitOfWork,
    key: int,
    retries: int,
    message: str = "",
    back_off: timedelta = timedelta(0),
    variables: Mapping[str, object] | None = None,
) -> None:
    """Report from outside that a service job failed; with no retries left it becomes an incident."""
    job = _service_job(unit, key)
    with _acting(unit, job, "job.fail"):
        if variables:
            with execution.moving(unit, _root(job)) as workflow:
                workflow.set_variables(key, instances.feel_mapping(variables))
        _count_failure(unit, job, retries, "runtime.job_failed_outside", {"message": message}, back_off)


def change(
    unit: UnitOfWork,
    key: int,
    *,
    retries: int | None = None,
    lease: timedelta | None = None,
    priority: int | None = None,
) -> None:
    """Set retries, lease or priority of a job. Raises `NotFound`."""
    job = get(unit, key)
    values: dict[str, object] = {}
    if retries is not None:
        if retries < 1:
            raise Invalid("runtime.job_retries_invalid", retries=retries)
        values["retries"] = retries
    if lease is not None:
        values["lease_until"] = unit.now + lease
    if priority is not None:
        values["priority"] = priority
    with _acting(unit, job, "job.change") as entry:
        store.jobs.change(unit.session, key, **values)
        unit.session.refresh(job)
        entry.after.update(values)


def get(unit: UnitOfWork, key: int) -> Job:
    """Return an open or failed job. Raises `NotFound`."""
    job = _locked(unit, key) if unit.writes else store.jobs.get(unit.session, key)
    if job is None:
        raise NotFound("runtime.job_not_found", key=key)
    return job


def search(
    unit: UnitOfWork,
    *,
    root_key: int | None = None,
    instance_key: int | None = None,
    business_key: str | None = None,
    state: JobState | None = None,
    kind: JobKind | None = None,
    topic: str | None = None,
    limit: int = 100,
) -> Sequence[Job]:
    """Return jobs by due moment, without `state` those that have not ended."""
    return store.jobs.search(
        unit.session,
        root_key=root_key,
        instance_key=instance_key,
        business_key=business_key,
        state=state,
        kind=kind,
        topic=topic,
        limit=limit,
    )


def reschedule(unit: UnitOfWork, deadline_key: int) -> int:
    """Let every timer and due date that comes from a deadline follow it; return how many instances were looked at.

    The expressions are evaluated anew, so the deadline must stand at its new due moment before.
    """
    roots = store.jobs.roots_linked_to(unit.session, deadline_key)
    for root_key in roots:
        with execution.moving(unit, root_key) as workflow:
            workflow.refresh()
    return len(roots)


# Inside


def _leased(unit: UnitOfWork, lease: Lease) -> Job | None:
    job = _locked(unit, lease.key)
    return job if job is not None and job.lease_token == lease.token and job.state is JobState.OPEN else None


def _locked(unit: UnitOfWork, key: int) -> Job | None:
    """Lock a job behind its instance and return it as it stands then."""
    job = store.jobs.get(unit.session, key)
    if job is None:
        return None
    if job.root_key is not None:
        execution.lock(unit, job.root_key)
    return store.jobs.reload(unit.session, key)


def _fire(unit: UnitOfWork, job: Job) -> None:
    with (
        audit.action(unit, "timer.fire", "timer", job.key, business_key=job.business_key) as entry,
        execution.moving(unit, _root(job)) as workflow,
    ):
        if job.key not in workflow.waits:
            raise Conflict("runtime.job_not_found", key=job.key)
        due = job.timer_due_at or job.due_at
        workflow.fire(job.key, due)
        entry.after.update(element=job.element_id, due=due, late_seconds=int((unit.now - due).total_seconds()))


def _start(unit: UnitOfWork, job: Job) -> None:
    definition = store.definitions.get(unit.session, ProcessDefinition, job.definition_key)
    if definition is None:
        raise NotFound("runtime.definition_not_found", kind="process", key=job.definition_key)
    model = unit.engine.definitions.process(unit.session, definition.key)
    following, missed = start_events.next_turn(unit, model, job)
    with audit.action(unit, "timer.start", "process", definition.definition_id) as entry:
        key = execution.begin(unit, definition, {}, start_element=job.element_id)
        entry.after.update(instance=key, element=job.element_id, missed=missed)
        if following is None:
            store.jobs.delete_all(unit.session, [job.key])
        else:
            store.jobs.change(
                unit.session,
                job.key,
                due_at=following.due,
                timer_due_at=following.due,
                repetitions=following.repetitions,
                retries=RETRIES,
                failures=0,
                lease_until=None,
                lease_token=None,
            )


def _serve(unit: UnitOfWork, job: Job) -> None:
    handler = unit.engine.plugins.handlers.get(job.topic or "")
    if handler is None:
        raise NotFound("runtime.handler_not_found", topic=job.topic or "", key=job.key)
    with (
        audit.action(unit, "job.run", "job", job.key, business_key=job.business_key) as entry,
        execution.moving(unit, _root(job)) as workflow,
    ):
        if job.key not in workflow.waits:
            raise Conflict("runtime.job_not_found", key=job.key)
        variables = workflow.variables(job.key)
        headers = feel.codec.decode(job.headers)
        context = JobContext(
            key=job.key,
            topic=job.topic or "",
            element_id=job.element_id,
            headers={name: str(value) for name, value in headers.items()} if isinstance(headers, dict) else {},
            variables=variables,
            instance=InstanceContext(
                job.instance_key or job.root_key or 0, _root(job), job.business_key, variables, job.process_id
            ),
            attempt=job.failures + 1,
        )
        entry.after.update(topic=job.topic, element=job.element_id)
        try:
            result = handler(unit, context)
        except BpmnError as error:
            entry.after["error"] = error.error_code
            store.jobs.end(unit.session, [job.key], JobState.ERROR_THROWN, unit.now)
            message = str(error.facts.get("message") or "")
            workflow.throw_error(job.key, error.error_code, message, instances.feel_mapping(error.variables))
        else:
            workflow.complete(job.key, instances.feel_mapping(result or {}))
    if job.business_key is not None:
        instances.records_changed(unit, job.business_key)


def _count_failure(
    unit: UnitOfWork, job: Job, retries: int, code: str, facts: Mapping[str, object], back_off: timedelta | None
) -> None:
    failures = job.failures + 1
    if back_off is None:
        back_off = min(FIRST_BACK_OFF * 4 ** min(failures - 1, 10), LONGEST_BACK_OFF)
        # What failed together, because something they all need was away, is not tried again all at once.
        back_off *= 1 + random.random() / 5  # noqa: S311 - spreads load, guards nothing
    store.jobs.change(
        unit.session,
        job.key,
        retries=max(retries, 0),
        failures=failures,
        due_at=unit.now + back_off,
        lease_until=None,
        lease_token=None,
        error_code=code,
        error_message=shown(facts.get("message", "")) or None,
        state=JobState.OPEN if retries > 0 else JobState.FAILED,
    )
    unit.session.refresh(job)
    if retries > 0 or job.kind in {JobKind.START_TIMER, JobKind.RELEASE}:
        return
    with (
        audit.action(unit, "job.give_up", "job", job.key, business_key=job.business_key) as entry,
        execution.moving(unit, _root(job)) as workflow,
    ):
        workflow.fail(job.key, "JOB_NO_RETRIES", code, {name: shown(value) for name, value in facts.items()})
        entry.after.update(code=code, topic=job.topic)


def _described(error: BaseException) -> tuple[str, dict[str, object]]:
    """Return code and facts of a failure; an exception of no known family shows its kind alone, never its data."""
    if isinstance(error, ServiceError):
        return error.code, dict(error.facts)
    return "runtime.job_failed", {"error": type(error).__name__}


def _service_job(unit: UnitOfWork, key: int) -> Job:
    job = get(unit, key)
    if job.kind is not JobKind.SERVICE:
        raise NotFound("runtime.job_not_found", key=key)
    if job.topic in unit.engine.plugins.handlers:
        raise Forbidden("runtime.job_of_handler", topic=job.topic)
    if job.state is not JobState.OPEN:
        raise Conflict("runtime.job_failed_already", key=key)
    return job


def _acting(unit: UnitOfWork, job: Job, action: str) -> audit.Acting:
    return audit.action(unit, action, "job", job.key, business_key=job.business_key)


def _root(job: Job) -> int:
    if job.root_key is None:
        raise TypeError(f"job {job.key} belongs to no instance")
    return job.root_key
