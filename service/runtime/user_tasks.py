"""User tasks: lists, who may work on one, claim, assign, form, draft, completion."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from service import auth, bpmn, feel, forms, store
from service.auth import Permission
from service.bpmn import going_back
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.feel import Value
from service.runtime import audit, execution, instances, step_notes
from service.runtime.unit import Actor, InstanceContext, UnitOfWork
from service.store.submissions import Draft, Submission
from service.store.user_tasks import (
    Candidate,
    CandidateKind,
    TaskOrder,
    UserTask,
    UserTaskQuery,
    UserTaskState,
)

__all__ = [
    "Candidate",
    "Draft",
    "FormView",
    "Submission",
    "TaskOrder",
    "UserTask",
    "UserTaskQuery",
    "UserTaskState",
    "access",
    "assign",
    "candidate",
    "change",
    "claim",
    "complete",
    "draft",
    "draft_version",
    "form",
    "get",
    "laid_over",
    "let_have",
    "pass_on",
    "release",
    "save_draft",
    "search",
    "submission",
    "throw_error",
]


@dataclass(frozen=True, slots=True)
class FormView:
    """A form with what it shows: records first, then variables."""

    form: forms.Form
    schema: Mapping[str, Any]  # as it stands in the file
    data: dict[str, Value]
    form_key: int | None  # version; None for a form embedded in the diagram


def candidate(actor: Actor) -> Candidate:
    """Return an actor as lists ask for it: `UserTaskQuery(candidate=user_tasks.candidate(unit.actor))`."""
    return Candidate(actor.name, actor.groups, auth.limits_of(actor))


def search(unit: UnitOfWork, query: UserTaskQuery, after: str | None = None, limit: int = 50) -> store.Page[UserTask]:
    """Return user tasks in the query's order, behind the cursor `after`.

    The query's text is looked for in the variables too that a diagram makes searchable.
    """
    if query.text:
        query = replace(query, searched=step_notes.searchable(unit))
    return store.user_tasks.search(unit.session, query, after, limit)


def get(unit: UnitOfWork, key: int) -> UserTask:
    """Return a user task, open or closed. Raises `NotFound`."""
    task = store.user_tasks.get(unit.session, key)
    if task is None:
        raise NotFound("runtime.user_task_not_found", key=key)
    return task


def access(task: UserTask) -> auth.TaskAccess:
    """Return what decides who may see and do a task, for `auth.may` and `auth.require`."""
    case = task.business_key
    return auth.TaskAccess(
        key=task.key,
        assignee=task.assignee,
        candidate_users=frozenset(_names(task.candidate_users)),
        candidate_groups=frozenset(_names(task.candidate_groups)),
        case_key=int(case) if case is not None and case.isascii() and case.isdigit() else None,
        organ=task.organ or "",
        owner=task.owner,
        readers=frozenset(_names(task.readers)),
    )


def claim(unit: UnitOfWork, key: int) -> None:
    """Make the actor the assignee of a free task.

    Raises `NotFound` for a task of another group, `Forbidden` for one that somebody has.
    """
    task = _open(unit, key)
    if task.assignee == unit.actor.name:
        return
    auth.require(unit.actor, Permission.CLAIM, access(task))
    unit.engine.plugins.assignments.check(unit, access(task), unit.actor.name)
    with audit.action(
        unit, "user_task.claim", "user_task", key, business_key=task.business_key, before={"assignee": None}
    ) as entry:
        if not store.user_tasks.assign(unit.session, key, unit.actor.name, only_if_free=True):
            raise Conflict("runtime.user_task_taken", key=key)
        entry.after["assignee"] = unit.actor.name


def release(unit: UnitOfWork, key: int) -> None:
    """Give a task back to its candidates. Raises `Forbidden` for another's task."""
    task = _open(unit, key)
    if task.assignee is None:
        auth.require(unit.actor, Permission.READ_TASK, access(task))
        return
    if task.owner is not None and unit.actor.name == task.assignee:
        raise Conflict("runtime.task_delegated", key=key)
    if not auth.may(unit.actor, Permission.RELEASE, access(task)):
        auth.require(unit.actor, Permission.ASSIGN, access(task))
    _assign(unit, task, None, "user_task.release")


def assign(unit: UnitOfWork, key: int, user: str | None, *, override: bool = True) -> None:
    """Give a task to a person: by its holder or by those who assign, to whom the domain lets have it.

    Raises `Conflict` when somebody has it and `override` is off, `Forbidden` and `Invalid` for the target.
    """
    task = _open(unit, key)
    auth.require(unit.actor, Permission.ASSIGN, access(task))
    if task.assignee is not None and task.assignee != user and not override:
        raise Conflict("runtime.user_task_taken", key=key)
    if user is not None:
        unit.engine.plugins.assignments.check(unit, access(task), user)
    _assign(unit, task, user, "user_task.assign")


def pass_on(unit: UnitOfWork, task: UserTask, user: str) -> None:
    """Give an open task to a person; who may give it, and whether they may have it, is the caller's to have asked."""
    _assign(unit, task, user, "user_task.assign")


_KEEP: Any = object()


def change(
    unit: UnitOfWork,
    key: int,
    *,
    due_at: datetime | None = _KEEP,
    follow_up_at: datetime | None = _KEEP,
    priority: int = _KEEP,
    candidate_groups: Collection[str] = _KEEP,
    candidate_users: Collection[str] = _KEEP,
) -> None:
    """Set what is given of an open task's dates, priority and candidates."""
    task = _open(unit, key)
    auth.require(unit.actor, Permission.ASSIGN, access(task))
    if candidate_groups is not _KEEP or candidate_users is not _KEEP:
        unit.engine.plugins.assignments.check_offer(unit, access(task))
    given = {"due_at": due_at, "follow_up_at": follow_up_at, "priority": priority}
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not _KEEP}
    groups = _names(task.candidate_groups) if candidate_groups is _KEEP else tuple(candidate_groups)
    users = _names(task.candidate_users) if candidate_users is _KEEP else tuple(candidate_users)
    with audit.action(
        unit,
        "user_task.change",
        "user_task",
        key,
        business_key=task.business_key,
        before={name: getattr(task, name) for name in values},
    ) as entry:
        if candidate_groups is not _KEEP or candidate_users is not _KEEP:
            values["candidate_groups"] = feel.codec.encode(list(groups))
            values["candidate_users"] = feel.codec.encode(list(users))
            named = [(CandidateKind.GROUP, name) for name in groups] + [(CandidateKind.USER, name) for name in users]
            store.user_tasks.replace_candidates(
                unit.session,
                key,
                [{"user_task_key": key, "kind": kind, "name": name} for kind, name in dict.fromkeys(named)],
            )
        if values:
            store.user_tasks.change(unit.session, key, **values)
        unit.session.refresh(task)
        entry.after.update(values)


def complete(
    unit: UnitOfWork, key: int, submission: Mapping[str, object] | None = None, idempotency_key: str | None = None
) -> None:
    """Complete a user task and move its instance to the next wait states.

    The submission is validated against the task's form; fields of records go to the case, the others become variables.
    A second call with the same `idempotency_key` changes nothing. Raises `NotFound`, `Forbidden`, `FormRejected`, and
    `Conflict` when the task is closed.
    """
    sent = dict(submission or {})
    task = execution.held_task(unit, key)
    if task.state is not UserTaskState.CREATED:
        if idempotency_key is not None and store.submissions.repeated(unit.session, key, idempotency_key) is not None:
            return
        raise Conflict("runtime.user_task_closed", key=key, state=task.state.value)
    auth.require(unit.actor, Permission.WORK_ON, access(task))
    unit.engine.plugins.assignments.check_work(unit, access(task), unit.actor.name)
    if task.owner is not None and unit.actor.name == task.assignee:
        raise Conflict("runtime.task_delegated", key=key)
    with (
        audit.action(
            unit, "user_task.complete", "user_task", key, business_key=task.business_key,
            before={"state": task.state.value, "assignee": task.assignee},
        ) as entry,
        execution.moving(unit, task.root_key) as workflow,
    ):  # fmt: skip
        if key not in workflow.waits:
            raise Conflict("runtime.user_task_closed", key=key, state=task.state.value)
        context = InstanceContext(
            task.instance_key, task.root_key, task.business_key, workflow.variables(key), task.process_id
        )
        before = feel_safe(sent)
        accepted = instances.accept(unit, _form_of(unit, task), _open_fields(unit, task, sent), context, key)
        row = Submission(
            key=unit.new_key(),
            user_task_key=key,
            instance_key=task.instance_key,
            root_key=task.root_key,
            business_key=task.business_key,
            element_id=task.element_id,
            form_key=task.form_key,
            data=before,
            accepted=feel.codec.encode({"variables": accepted}),
            submitted_by=unit.actor.name,
            submitted_at=unit.now,
            idempotency_key=idempotency_key,
        )
        store.submissions.add(unit.session, row)
        standing = set(workflow.waits)
        waiting = store.submissions.draft(unit.session, key, task.back_to_user) if task.back_to_user else None
        kept = None if waiting is None else waiting.data
        if task.back_to is None:
            workflow.complete(key, accepted)
        else:
            going_back.complete_to(workflow, key, accepted, task.back_to)
        entry.after.update(state=UserTaskState.COMPLETED.value, submission=row.key, element=task.element_id)
    if task.back_to is not None:
        for wait in workflow.waits.values():
            if wait.key not in standing and isinstance(wait, bpmn.UserTask) and wait.element_id == task.back_to:
                _come_back(unit, wait.key, task.back_to_user, kept)
    if task.business_key is not None:
        instances.records_changed(unit, task.business_key)


def _come_back(unit: UnitOfWork, key: int, user: str | None, kept: str | None) -> None:
    """Give a step that a token came straight back to to who had returned it, with what they had typed."""
    again = get(unit, key)
    if user is not None and let_have(unit, again, user) and kept is not None:
        store.submissions.save_draft(unit.session, key, user, kept, unit.now)


def let_have(unit: UnitOfWork, task: UserTask, user: str) -> bool:
    """Make somebody the holder of a new task; False where the diagram chose another, or they may not hold it."""
    if task.assignee is not None:
        return task.assignee == user
    try:
        # The actor hands it on: what forbids it is looked for in the person, not in the actor.
        unit.engine.plugins.assignments.check(unit, replace(access(task), assignee=unit.actor.name), user)
    except (Forbidden, Invalid):
        return False  # it is offered to its groups, as the diagram says
    store.user_tasks.change(unit.session, task.key, assignee=user)
    unit.session.refresh(task)
    return True


def throw_error(
    unit: UnitOfWork, key: int, code: str, message: str = "", variables: Mapping[str, object] | None = None
) -> None:
    """End a user task by a BPMN error, which an error event of the diagram catches."""
    task = execution.held_task(unit, key)
    if task.state is not UserTaskState.CREATED:
        raise Conflict("runtime.user_task_closed", key=key, state=task.state.value)
    auth.require(unit.actor, Permission.WORK_ON, access(task))
    with (
        audit.action(unit, "user_task.error", "user_task", key, business_key=task.business_key) as entry,
        execution.moving(unit, task.root_key) as workflow,
    ):
        workflow.throw_error(key, code, message, instances.feel_mapping(variables or {}))
        entry.after["code"] = code


def form(unit: UnitOfWork, key: int) -> FormView | None:
    """Return a task's form with its data; None if it has none, or an external one. Raises `NotFound`.

    Data are the records and the variables visible at the task, the actor's draft over them.
    """
    task = get(unit, key)
    auth.require(unit.actor, Permission.READ_TASK, access(task))
    found = _form_of(unit, task)
    if found is None:
        return None
    variables = instances.variables(unit, key)
    context = InstanceContext(task.instance_key, task.root_key, task.business_key, variables, task.process_id)
    source = unit.engine.plugins.records
    records = source.read(unit, context) if source.names else {}
    wanted = {item.path.split(".", 1)[0].removesuffix("[]") for item in found.fields}
    data = dict(variables)
    # A form may show a record in a text or a condition without having a field for it, so all of them are handed over.
    data |= {name: records[name] for name in records}
    data = dict(unit.engine.plugins.assignments.shown(unit, task.business_key, data))
    saved = draft(unit, key) if task.state is UserTaskState.CREATED else None
    rights = step_notes.of_task(unit, task).fields
    if saved:
        saved = forms.concealed(saved, dict.fromkeys(rights, forms.HIDDEN))
        data = laid_over(data, {name: value for name, value in saved.items() if name in wanted})
    return FormView(found, _schema(unit, task), forms.concealed(data, rights), task.form_key)


def draft(unit: UnitOfWork, key: int) -> dict[str, Value] | None:
    """Return what the actor typed so far; None if nothing is saved."""
    row = store.submissions.draft(unit.session, key, unit.actor.name)
    if row is None:
        return None
    value = feel.codec.decode(row.data)
    return value if isinstance(value, dict) else None


def save_draft(unit: UnitOfWork, key: int, data: Mapping[str, object], base: int | None = None) -> int:
    """Keep what the actor typed, unvalidated, until the task is completed; return the draft's version.

    `base` is the version that the person began from. Raises `Forbidden`, and `Conflict` when the task is closed, or
    another window or device has saved a later version with other content.
    """
    task = _open(unit, key)
    auth.require(unit.actor, Permission.WORK_ON, access(task))
    typed = feel_safe(dict(data))
    saved = store.submissions.draft(unit.session, key, unit.actor.name)
    if base is not None and saved is not None and saved.version > base and saved.data != typed:
        raise Conflict("runtime.draft_changed", key=key, version=saved.version, base=base)
    return store.submissions.save_draft(unit.session, key, unit.actor.name, typed, unit.now).version


def draft_version(unit: UnitOfWork, key: int) -> int:
    """Return the version of the actor's draft; 0 if nothing is saved."""
    row = store.submissions.draft(unit.session, key, unit.actor.name)
    return 0 if row is None else row.version


def submission(unit: UnitOfWork, key: int) -> Submission | None:
    """Return what completed a task."""
    return store.submissions.of_task(unit.session, key)


def feel_safe(values: Mapping[str, object]) -> str:
    """Return what somebody sent as JSON text. Raises `Invalid` for what has no JSON form."""
    return feel.codec.encode(dict(values))


def _open(unit: UnitOfWork, key: int) -> UserTask:
    task = store.user_tasks.reload(unit.session, key)
    if task is None:
        raise NotFound("runtime.user_task_not_found", key=key)
    if task.state is not UserTaskState.CREATED:
        raise Conflict("runtime.user_task_closed", key=key, state=task.state.value)
    return task


def _assign(unit: UnitOfWork, task: UserTask, user: str | None, action: str) -> None:
    with audit.action(
        unit, action, "user_task", task.key, business_key=task.business_key, before={"assignee": task.assignee}
    ) as entry:
        if not store.user_tasks.assign(unit.session, task.key, user):
            raise Conflict("runtime.user_task_closed", key=task.key, state=task.state.value)
        store.user_tasks.change(unit.session, task.key, owner=None, opened_at=None)
        unit.session.refresh(task)
        entry.after["assignee"] = user


def _open_fields(unit: UnitOfWork, task: UserTask, sent: Mapping[str, object]) -> Mapping[str, object]:
    """Return what was sent without the fields that the task only shows."""
    rights = step_notes.of_task(unit, task).fields
    closed = {key: forms.HIDDEN for key, right in rights.items() if right != forms.HIDDEN}
    return forms.concealed(sent, closed)


def _form_of(unit: UnitOfWork, task: UserTask) -> forms.Form | None:
    """Return a task's form with the rights that its step has."""
    form = _whole_form(unit, task)
    rights = step_notes.of_task(unit, task).fields
    if form is None or not rights:
        return form
    definition, element = task.definition_key, task.element_id
    return unit.engine.definitions.restricted_form(definition, element, task.form_key, form, rights)


def _whole_form(unit: UnitOfWork, task: UserTask) -> forms.Form | None:
    if task.form_schema is not None:
        return unit.engine.definitions.embedded_form(task.definition_key, task.element_id, task.form_schema)
    if task.form_id is None:
        return None
    if task.form_key is None:
        raise Conflict("runtime.form_not_deployed", id=task.form_id, key=task.key)
    return unit.engine.definitions.form(unit.session, task.form_key)


def _schema(unit: UnitOfWork, task: UserTask) -> Mapping[str, Any]:
    if task.form_schema is not None:
        text: str | bytes = task.form_schema
    else:
        row = store.definitions.get(unit.session, store.definitions.FormDefinition, task.form_key or 0)
        resource = store.deployments.resource(unit.session, row.resource_key) if row else None
        if resource is None:
            raise NotFound("runtime.resource_not_found", key=task.form_key)
        text = resource.content
    value = feel.codec.decode(text)
    if not isinstance(value, dict):
        return {}
    return forms.restricted(_plain_numbers(value), step_notes.of_task(unit, task).fields)


def _plain_numbers(value: Any) -> Any:
    """Sizes and limits of a form schema as Python numbers, which every JSON writer knows."""
    if isinstance(value, dict):
        return {name: _plain_numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def laid_over(below: Mapping[str, Value], above: Mapping[str, Value]) -> dict[str, Value]:
    """Return nested data with a draft laid over what is stored."""
    merged = dict(below)
    for name, value in above.items():
        under = merged.get(name)
        merged[name] = laid_over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged


def _names(text: str) -> tuple[str, ...]:
    found = feel.codec.decode(text)
    return tuple(str(name) for name in found) if isinstance(found, list) else ()
