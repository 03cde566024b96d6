"""`/engine-rest/external-task`: work for programs outside; who finds none may wait for some."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response, current_app

from service.auth import Actor, Permission
from service.errors import Conflict, Invalid
from service.runtime import jobs, listings
from service.runtime.jobs import Job
from service.runtime.unit import UnitOfWork
from service.web.answers import json_of
from service.web.api import body, credentials, waiting
from service.web.api.fields import headers
from service.web.api.seven import values
from service.web.api.seven.door import blueprint as made
from service.web.api.seven.door import definition_id, key_of, key_of_definition, moment
from service.web.site import site

blueprint = made("api_seven_external_task")

MOST_TASKS = 1_000
MOST_TOPICS = 50
LONGEST_LOCK = 7 * 24 * 3600 * 1000  # milliseconds
LONGEST_WAIT = 60_000  # milliseconds
NOT_HERE = ("processVariables", "processDefinitionVersionTag", "tenantIdIn", "localVariables")


@dataclass(frozen=True, slots=True)
class Topic:
    name: str
    lock: timedelta
    variables: list[str] | None  # names to answer with; None: all
    business_key: str | None
    process_ids: list[str]
    definition_keys: list[int]


@blueprint.post("/external-task/fetchAndLock")
def fetch_and_lock() -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    sent = body.json_object()
    worker = body.required_text(sent, "workerId")
    limit = min(body.required_whole(sent, "maxTasks", low=1), MOST_TASKS)
    topics = [_topic(item) for item in body.listed(sent, "topics")]
    if len(topics) > MOST_TOPICS:
        raise body.wrong("topics", f"<= {MOST_TOPICS}", len(topics))
    patience = body.whole(sent, "asyncResponseTimeout", low=0) or 0

    def look() -> list[dict[str, Any]] | None:
        return _fetched(actor, topics, worker, limit) or None

    found = look()
    if found is None and patience:
        with waiting.slot() as free:
            if free:
                found = waiting.until(look, timedelta(milliseconds=min(patience, LONGEST_WAIT)))
    return json_of(found or [])


@blueprint.post("/external-task/<task>/complete")
def complete(task: str) -> Response:
    sent = body.json_object()
    given = values.read(sent, "variables") | values.read(sent, "localVariables")
    return _answered(task, sent, lambda unit, key: jobs.complete(unit, key, given))


@blueprint.post("/external-task/<task>/failure")
def fail(task: str) -> Response:
    sent = body.json_object()
    retries = body.whole(sent, "retries", low=0)
    message = body.text(sent, "errorMessage") or ""
    pause = timedelta(milliseconds=body.whole(sent, "retryTimeout", low=0) or 0)
    given = values.read(sent, "variables")

    def use_case(unit: UnitOfWork, key: int) -> None:
        left = jobs.get(unit, key).retries if retries is None else retries
        jobs.fail(unit, key, left, message, pause, given)

    return _answered(task, sent, use_case)


@blueprint.post("/external-task/<task>/bpmnError")
def throw_error(task: str) -> Response:
    sent = body.json_object()
    code, message = body.required_text(sent, "errorCode"), body.text(sent, "errorMessage") or ""
    given = values.read(sent, "variables")
    return _answered(task, sent, lambda unit, key: jobs.throw_error(unit, key, code, message, given))


@blueprint.post("/external-task/<task>/extendLock")
def extend(task: str) -> Response:
    sent = body.json_object()
    lock = timedelta(milliseconds=body.required_whole(sent, "newDuration", low=1, high=LONGEST_LOCK))
    return _answered(task, sent, lambda unit, key: jobs.change(unit, key, lease=lock))


@blueprint.post("/external-task/<task>/lock")
def lock_again(task: str) -> Response:
    sent = body.json_object()
    lock = timedelta(milliseconds=body.required_whole(sent, "lockDuration", low=1, high=LONGEST_LOCK))
    return _answered(task, sent, lambda unit, key: jobs.change(unit, key, lease=lock))


@blueprint.post("/external-task/<task>/unlock")
def unlock(task: str) -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    site().engine.run(actor, lambda unit: jobs.change(unit, key_of(task), lease=timedelta(0)))
    return current_app.response_class(status=204)


def _answered(task: str, sent: Mapping[str, Any], use_case: Any) -> Response:
    """Let the worker that holds a task answer for it."""
    actor = credentials.permitted(Permission.OPERATE)
    worker, key = body.required_text(sent, "workerId"), key_of(task)

    def checked(unit: UnitOfWork) -> None:
        if jobs.get(unit, key).worker != worker:
            raise Conflict("api_task_of_another", key=key, worker=worker[:80])
        use_case(unit, key)

    site().engine.run(actor, checked)
    return current_app.response_class(status=204)


def _topic(item: Any) -> Topic:
    if not isinstance(item, dict):
        raise body.wrong("topics", "object[]", item)
    for name in NOT_HERE:
        if item.get(name):
            raise Invalid("api_not_supported", field=f"topics[].{name}")
    lock = body.required_whole(item, "lockDuration", low=1, high=LONGEST_LOCK)
    process, definition = body.text(item, "processDefinitionKey"), body.text(item, "processDefinitionId")
    return Topic(
        body.required_text(item, "topicName"),
        timedelta(milliseconds=lock),
        body.texts(item, "variables") if item.get("variables") is not None else None,
        body.text(item, "businessKey"),
        ([process] if process else []) + body.texts(item, "processDefinitionKeyIn"),
        [
            key_of_definition(found)
            for found in ([definition] if definition else []) + body.texts(item, "processDefinitionIdIn")
        ],
    )


def _fetched(actor: Actor, topics: list[Topic], worker: str, limit: int) -> list[dict[str, Any]]:
    engine = site().engine
    with engine.reading(actor) as unit:
        due = [topic for topic in topics if jobs.is_due(unit, topic.name)]
    if not due:
        return []

    def use_case(unit: UnitOfWork) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for topic in due:
            if len(found) < limit:
                found += _of_topic(unit, topic, worker, limit - len(found))
        return found

    return engine.run(actor, use_case)


def _of_topic(unit: UnitOfWork, topic: Topic, worker: str, limit: int) -> list[dict[str, Any]]:
    taken = jobs.activate(
        unit,
        topic.name,
        worker,
        topic.lock,
        limit,
        business_key=topic.business_key,
        process_ids=topic.process_ids,
        definition_keys=topic.definition_keys,
    )
    instances = listings.instances_of(unit, {job.instance_key for job, _ in taken})
    return [_item(job, instances.get(job.instance_key or 0), given, topic) for job, given in taken]


def _item(
    job: Job, instance: listings.ProcessInstance | None, given: Mapping[str, Any], topic: Topic
) -> dict[str, Any]:
    shown = {name: value for name, value in given.items() if topic.variables is None or name in topic.variables}
    version = instance.definition_version if instance else 1
    return {
        "id": str(job.key),
        "topicName": job.topic,
        "workerId": job.worker,
        "lockExpirationTime": moment(job.lease_until) if job.lease_until else None,
        "createTime": moment(job.created_at),
        # Null until a failure was counted: a client then begins with its own number.
        "retries": job.retries if job.failures else None,
        "errorMessage": job.error_message,
        "errorDetails": None,
        "processInstanceId": str(job.instance_key),
        "processDefinitionId": definition_id(job.process_id, version, job.definition_key),
        "processDefinitionKey": job.process_id,
        "processDefinitionVersionTag": None,
        "executionId": str(job.element_instance_key or job.key),
        "activityId": job.element_id,
        "activityInstanceId": str(job.element_instance_key or job.key),
        "tenantId": None,
        "variables": values.write(shown),
        "suspended": False,
        "businessKey": job.business_key,
        "priority": job.priority,
        "extensionProperties": headers(job.headers),
    }
