"""`/v2/user-tasks`: the caller's tasks; with what the caller may not see left out, as on the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, current_app

from service import auth
from service.auth import Permission, accounts
from service.casework import viewings
from service.errors import Invalid
from service.runtime import form_display, form_sources, history, instances, listings, user_tasks
from service.runtime.unit import UnitOfWork
from service.runtime.user_tasks import UserTask, UserTaskState
from service.web import views
from service.web.answers import json_of
from service.web.api import body, credentials, searching, variable
from service.web.api.fields import headers, key, moment, names
from service.web.api.form import item as form_item
from service.web.api.searching import Field, Kind
from service.web.api.tenant import TENANT
from service.web.site import site

blueprint = Blueprint("api_user_task", __name__, url_prefix="/v2")

PRIORITIES = (0, 100)

FIELDS = {
    "userTaskKey": Field("key", Kind.KEY),
    "elementInstanceKey": Field("key", Kind.KEY, sorts=False),
    "name": Field("name"),
    "elementId": Field("element_id"),
    "state": Field("state", choices={state.value: state for state in UserTaskState}),
    "assignee": Field("assignee"),
    "candidateGroup": Field("candidate_groups", Kind.TEXTS),
    "candidateUser": Field("candidate_users", Kind.TEXTS),
    "processInstanceKey": Field("instance_key", Kind.KEY),
    "processDefinitionId": Field("process_id"),
    "processDefinitionKey": Field("definition_key", Kind.KEY),
    "priority": Field("priority", Kind.WHOLE),
    "creationDate": Field("created_at", Kind.MOMENT),
    "completionDate": Field("completed_at", Kind.MOMENT),
    "dueDate": Field("due_at", Kind.MOMENT),
    "followUpDate": Field("follow_up_at", Kind.MOMENT),
    "businessId": Field("business_key"),
}


@blueprint.post("/user-tasks/search")
def search() -> Response:
    actor = credentials.caller()
    query, _ = searching.read(body.json_object(), FIELDS)
    with site().engine.reading(actor) as unit:
        found = listings.user_tasks(unit, query)
        return searching.answer(found, _items(unit, found.items))


@blueprint.get("/user-tasks/<int:task_key>")
def show(task_key: int) -> Response:
    actor = credentials.caller()
    with site().engine.reading(actor) as unit:
        task = _readable(unit, task_key)
        item, case_key = _items(unit, [task])[0], user_tasks.access(task).case_key
        step = task.name or task.element_id
    if case_key is not None:
        site().engine.run(actor, lambda unit: viewings.note(unit, case_key, viewings.TASK, step))
    return json_of(item)


@blueprint.post("/user-tasks/<int:task_key>/assignment")
def assign(task_key: int) -> Response:
    actor = credentials.caller()
    sent = body.json_object()
    user = body.required_text(sent, "assignee")
    override = body.flag(sent, "allowOverride", True)

    def use_case(unit: UnitOfWork) -> None:
        task = _readable(unit, task_key)
        access = user_tasks.access(task)
        if user == unit.actor.name and not auth.may(unit.actor, Permission.ASSIGN, access):
            user_tasks.claim(unit, task_key)
            return
        auth.require(unit.actor, Permission.ASSIGN, access)
        if access.case_key is not None:
            # Who works on a case is somebody with an account to whom the task is offered.
            auth.require_assignable(accounts.get(unit, user).actor, access)
        user_tasks.assign(unit, task_key, user, override=override)

    site().engine.run(actor, use_case)
    return current_app.response_class(status=204)


@blueprint.delete("/user-tasks/<int:task_key>/assignee")
def unassign(task_key: int) -> Response:
    actor = credentials.caller()

    def use_case(unit: UnitOfWork) -> None:
        _readable(unit, task_key)
        user_tasks.release(unit, task_key)

    site().engine.run(actor, use_case)
    return current_app.response_class(status=204)


@blueprint.post("/user-tasks/<int:task_key>/completion")
def complete(task_key: int) -> Response:
    actor = credentials.caller()
    values = body.mapping(body.json_object(), "variables")

    def use_case(unit: UnitOfWork) -> None:
        _readable(unit, task_key)
        user_tasks.complete(unit, task_key, values)

    site().engine.run(actor, use_case)
    return current_app.response_class(status=204)


@blueprint.patch("/user-tasks/<int:task_key>")
def change(task_key: int) -> Response:
    actor = credentials.caller()
    changes = _changes(body.mapping(body.json_object(), "changeset"))

    def use_case(unit: UnitOfWork) -> None:
        _readable(unit, task_key)
        user_tasks.change(unit, task_key, **changes)

    site().engine.run(actor, use_case)
    return current_app.response_class(status=204)


@blueprint.get("/user-tasks/<int:task_key>/form")
def form(task_key: int) -> Response:
    actor = credentials.caller()
    with site().engine.reading(actor) as unit:
        found = form_sources.of_task(unit, _readable(unit, task_key))
        return current_app.response_class(status=204) if found is None else json_of(form_item(found))


@blueprint.post("/user-tasks/<int:task_key>/variables/search")
@blueprint.post("/user-tasks/<int:task_key>/effective-variables/search")
def variables(task_key: int) -> Response:
    """The variables visible at a task, the innermost of each name; of a case only those that its form needs."""
    actor = credentials.caller()
    query, _ = searching.read(body.json_object(), variable.FIELDS)
    truncates = variable.truncating()
    with site().engine.reading(actor) as unit:
        found = listings.chosen_variables(unit, query, _visible(unit, _readable(unit, task_key)))
        return searching.answer(found, [variable.item(row, truncates) for row in found.items])


def _readable(unit: UnitOfWork, task_key: int) -> UserTask:
    task = user_tasks.get(unit, task_key)
    auth.require(unit.actor, Permission.READ_TASK, user_tasks.access(task))
    return task


def _visible(unit: UnitOfWork, task: UserTask) -> list[int]:
    """Return the keys of the variables that the reader of a task sees."""
    found: dict[str, int] = {}
    for scope_key in instances.scope_chain(unit, task.key):
        for row in history.variables(unit, scope_key=scope_key):
            found.setdefault(row.name, row.key)
    if listings.is_of_case(unit, task.business_key):
        view = user_tasks.form(unit, task.key)
        needed = form_display.needed(view) if view is not None else {}
        # An expert sees what a form shows, masked; values as they are stored would tell whom the case concerns.
        found = {} if views.is_nameless(unit.actor) else {name: key for name, key in found.items() if name in needed}
    return list(found.values())


def _changes(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a changeset changes; null and empty text clear."""
    changes: dict[str, Any] = {}
    for name, column in (("dueDate", "due_at"), ("followUpDate", "follow_up_at")):
        if name in sent:
            changes[column] = None if sent[name] in (None, "") else body.moment_of(sent[name], f"changeset.{name}")
    for name, column in (("candidateGroups", "candidate_groups"), ("candidateUsers", "candidate_users")):
        if name in sent:
            changes[column] = body.texts(sent, name)
    if "priority" in sent:
        low, high = PRIORITIES
        found = body.whole(sent, "priority")
        if found is not None and not low <= found <= high:
            raise body.wrong("changeset.priority", f"{low}..{high}", found)
        changes["priority"] = 50 if found is None else found
    if not changes:
        raise Invalid("api_field_missing", field="changeset")
    return changes


def _items(unit: UnitOfWork, rows: Sequence[UserTask]) -> list[dict[str, Any]]:
    found = listings.instances_of(unit, {row.instance_key for row in rows})
    return [_item(row, found.get(row.instance_key), nameless=views.is_nameless(unit.actor)) for row in rows]


def _item(row: UserTask, instance: listings.ProcessInstance | None, *, nameless: bool) -> dict[str, Any]:
    return {
        "userTaskKey": str(row.key),
        "name": row.name,
        "state": row.state.value,
        "assignee": row.assignee,
        "elementId": row.element_id,
        "elementInstanceKey": str(row.key),
        "candidateGroups": names(row.candidate_groups),
        "candidateUsers": names(row.candidate_users),
        "processDefinitionId": row.process_id,
        "processDefinitionKey": str(row.definition_key),
        "processDefinitionVersion": row.definition_version,
        "processName": row.process_name,
        "processInstanceKey": str(row.instance_key),
        "rootProcessInstanceKey": str(row.root_key),
        "businessId": None if nameless else row.business_key,
        "creationDate": moment(row.created_at),
        "completionDate": moment(row.completed_at),
        "followUpDate": moment(row.follow_up_at),
        "dueDate": moment(row.due_at),
        "priority": row.priority,
        "formKey": key(row.form_key),
        "externalFormReference": row.external_form_reference,
        "customHeaders": {name: str(value) for name, value in headers(row.headers).items()},
        "tags": names(instance.tags) if instance else [],
        "tenantId": TENANT,
    }
