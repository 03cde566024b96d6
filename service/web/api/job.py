"""`/v2/jobs`: work for programs outside, handed out under a lease; who finds none may wait for some."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app

from service import texts
from service.auth import Actor, Permission
from service.errors import Invalid
from service.runtime import jobs, listings
from service.runtime.jobs import Job, JobState
from service.runtime.unit import UnitOfWork
from service.web import errors, words
from service.web.answers import json_of
from service.web.api import body, credentials, searching, waiting
from service.web.api.fields import headers, key, moment, names
from service.web.api.searching import Field, Kind
from service.web.api.tenant import TENANT, check_tenant
from service.web.site import site

blueprint = Blueprint("api_job", __name__, url_prefix="/v2")

DEFAULT_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(seconds=60)
MOST_JOBS = 1_000
LONGEST_LEASE = 7 * 24 * 3600 * 1000  # milliseconds

# What a job is here: a task of the diagram; listeners make none.
KIND, LISTENER = "BPMN_ELEMENT", "UNSPECIFIED"
STATES = {
    "CREATED": JobState.OPEN,
    "FAILED": JobState.FAILED,
    "COMPLETED": JobState.COMPLETED,
    "ERROR_THROWN": JobState.ERROR_THROWN,
    "CANCELED": JobState.CANCELED,
}
WORDS = {stored: word for word, stored in STATES.items()}

FIELDS = {
    "jobKey": Field("key", Kind.KEY),
    "type": Field("topic"),
    "state": Field("state", choices=STATES),
    "worker": Field("worker"),
    "retries": Field("retries", Kind.WHOLE),
    "priority": Field("priority", Kind.WHOLE),
    "errorCode": Field("error_code"),
    "errorMessage": Field("error_message"),
    "elementId": Field("element_id"),
    "elementInstanceKey": Field("element_instance_key", Kind.KEY),
    "processInstanceKey": Field("instance_key", Kind.KEY),
    "processDefinitionKey": Field("definition_key", Kind.KEY),
    "processDefinitionId": Field("process_id"),
    "deadline": Field("lease_until", Kind.MOMENT),
    "creationTime": Field("created_at", Kind.MOMENT),
    "endTime": Field("ended_at", Kind.MOMENT),
}


@blueprint.post("/jobs/activation")
def activate() -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    sent = body.json_object()
    for tenant in body.texts(sent, "tenantIds"):
        check_tenant(tenant)
    topic = body.required_text(sent, "type")
    lease = timedelta(milliseconds=body.required_whole(sent, "timeout", low=1, high=LONGEST_LEASE))
    limit = min(body.required_whole(sent, "maxJobsToActivate", low=1), MOST_JOBS)
    worker = body.text(sent, "worker") or "default"
    wanted = body.texts(sent, "fetchVariable")
    patience = body.whole(sent, "requestTimeout") or 0

    def look() -> list[dict[str, Any]] | None:
        return _activated(actor, topic, worker, lease, limit, wanted) or None

    if patience < 0:
        return json_of({"jobs": look() or []})
    found = look()
    if found is None:
        with waiting.slot() as free:
            if not free:
                return errors.rest_problem(503, words.message("api_too_many_wait"))
            time = timedelta(milliseconds=patience) if patience else DEFAULT_WAIT
            found = waiting.until(look, min(time, LONGEST_WAIT))
    return json_of({"jobs": found or []})


@blueprint.post("/jobs/<int:job_key>/completion")
def complete(job_key: int) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    sent = body.json_object()
    values = body.mapping(sent, "variables")
    if sent.get("result") is not None:
        # It answers task listeners and ad-hoc sub-processes, which deployment refuses: passing it over would lie.
        raise Invalid("api_job_result")
    site().engine.run(actor, lambda unit: jobs.complete(unit, job_key, values))
    return current_app.response_class(status=204)


@blueprint.post("/jobs/<int:job_key>/failure")
def fail(job_key: int) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    sent = body.json_object()
    retries = body.whole(sent, "retries", low=0) or 0
    message = body.text(sent, "errorMessage") or ""
    back_off = timedelta(milliseconds=body.whole(sent, "retryBackOff", low=0) or 0)
    values = body.mapping(sent, "variables")
    site().engine.run(actor, lambda unit: jobs.fail(unit, job_key, retries, message, back_off, values))
    return current_app.response_class(status=204)


@blueprint.post("/jobs/<int:job_key>/error")
def throw_error(job_key: int) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    sent = body.json_object()
    code, message = body.required_text(sent, "errorCode"), body.text(sent, "errorMessage") or ""
    values = body.mapping(sent, "variables")
    site().engine.run(actor, lambda unit: jobs.throw_error(unit, job_key, code, message, values))
    return current_app.response_class(status=204)


@blueprint.patch("/jobs/<int:job_key>")
def change(job_key: int) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    sent = body.json_object()
    changes = body.mapping(sent, "changeset")
    if not changes:
        raise Invalid("api_field_missing", field="changeset")
    retries = body.whole(changes, "retries", low=1)
    lease = body.whole(changes, "timeout", low=0, high=LONGEST_LEASE)
    priority = body.whole(changes, "priority")
    if retries is None and lease is None and priority is None:
        raise Invalid("api_one_of", fields="retries, timeout, priority")

    def use_case(unit: UnitOfWork) -> None:
        jobs.change(
            unit,
            job_key,
            retries=retries,
            lease=None if lease is None else timedelta(milliseconds=lease),
            priority=priority,
        )

    site().engine.run(actor, use_case)
    return current_app.response_class(status=204)


@blueprint.post("/jobs/search")
def search() -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    # Every job here is a task's: these filters decide between all and none.
    constant = {"kind": KIND, "listenerEventType": LISTENER}
    query, apart = searching.read(body.json_object(), FIELDS, apart=tuple(constant))
    for name, value in apart.items():
        if not isinstance(value, str):
            raise body.wrong(f"filter.{name}", "string", value)
        if value.upper() != constant[name]:
            return searching.everything([], _item)
    with site().engine.reading(actor) as unit:
        found = listings.jobs(unit, query)
        return searching.answer(found, [_item(row) for row in found.items])


def _activated(
    actor: Actor, topic: str, worker: str, lease: timedelta, limit: int, wanted: list[str]
) -> list[dict[str, Any]]:
    """Lease what is there. Writing waits for other writers, so it is looked first whether there is something."""
    engine = site().engine
    with engine.reading(actor) as unit:
        if not jobs.is_due(unit, topic):
            return []

    def use_case(unit: UnitOfWork) -> list[dict[str, Any]]:
        found = jobs.activate(unit, topic, worker, lease, limit)
        instances = listings.instances_of(unit, {job.instance_key for job, _ in found})
        return [_leased(job, instances.get(job.instance_key or 0), values, wanted) for job, values in found]

    return engine.run(actor, use_case)


def _leased(
    job: Job, instance: listings.ProcessInstance | None, values: Mapping[str, Any], wanted: list[str]
) -> dict[str, Any]:
    return {
        "jobKey": str(job.key),
        "type": job.topic,
        "processDefinitionId": job.process_id,
        "processDefinitionVersion": instance.definition_version if instance else 1,
        "processDefinitionKey": str(job.definition_key),
        "processInstanceKey": key(job.instance_key),
        "rootProcessInstanceKey": key(job.root_key),
        "elementId": job.element_id,
        "elementInstanceKey": key(job.element_instance_key),
        "customHeaders": headers(job.headers),
        "worker": job.worker,
        "retries": job.retries,
        "deadline": int(job.lease_until.timestamp() * 1000) if job.lease_until else 0,
        "variables": {name: value for name, value in values.items() if not wanted or name in wanted},
        "tenantId": TENANT,
        "physicalTenantId": "default",
        "kind": KIND,
        "listenerEventType": LISTENER,
        "userTask": None,
        "tags": names(instance.tags) if instance else [],
        "businessId": job.business_key,
        "priority": job.priority,
        "leaseToken": None,
        "jobLeaseToken": None,
    }


def _item(row: Job) -> dict[str, Any]:
    return {
        "jobKey": str(row.key),
        "type": row.topic,
        "kind": KIND,
        "listenerEventType": LISTENER,
        "state": WORDS[row.state],
        "worker": row.worker or "",
        "retries": row.retries,
        "priority": row.priority,
        "customHeaders": headers(row.headers),
        "deadline": moment(row.lease_until),
        "deniedReason": None,
        "isDenied": None,
        "errorCode": row.error_code if row.state is JobState.ERROR_THROWN else None,
        "errorMessage": _message(row),
        "hasFailedWithRetriesLeft": row.failures > 0 and row.state is JobState.OPEN,
        "elementId": row.element_id,
        "elementInstanceKey": key(row.element_instance_key),
        "processDefinitionId": row.process_id,
        "processDefinitionKey": str(row.definition_key),
        "processInstanceKey": key(row.instance_key),
        "rootProcessInstanceKey": key(row.root_key),
        "businessId": row.business_key,
        "creationTime": moment(row.created_at),
        "lastUpdateTime": moment(row.ended_at or row.created_at),
        "endTime": moment(row.ended_at),
        "tags": [],
        "tenantId": TENANT,
    }


def _message(row: Job) -> str | None:
    if row.error_message or row.error_code is None or row.state is JobState.ERROR_THROWN:
        return row.error_message
    return texts.message(row.error_code, {}, site().settings.locale)
