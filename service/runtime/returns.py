"""Going back: a task is returned to a step that was finished, or a person takes back what they submitted.

Both move the tokens of the running process (`service.bpmn.going_back`). What is refused is refused before anything
moves, with the reason. The earlier submission stays as it was; who does the step again finds it in the form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service import auth, bpmn, store
from service.auth import Permission
from service.bpmn import going_back
from service.bpmn.waits import Job
from service.bpmn.waits import UserTask as OpenTask
from service.errors import Conflict, Forbidden, FormRejected
from service.runtime import audit, execution, instances, step_notes, task_verbs, user_tasks
from service.runtime.unit import BackMove, InstanceContext, Reason, UnitOfWork
from service.runtime.user_tasks import UserTask, UserTaskState
from service.store.task_acts import ActKind

# What the service does by itself and other systems or people may have seen.
_DOES = frozenset({"SERVICE_TASK", "SEND_TASK", "INTERMEDIATE_THROW_EVENT", "MANUAL_TASK"})


@dataclass(frozen=True, slots=True)
class Goal:
    """A finished step to which a task may be returned, or why it may not."""

    key: int  # of the finished task
    element_id: str
    name: str
    by: str  # who did it
    at: datetime
    straight: bool  # may come straight back afterwards
    refused: Reason | None = None


def goals(unit: UnitOfWork, key: int) -> list[Goal]:
    """Return the finished steps before an open task, the latest first, with the reason where one is out of reach."""
    task = user_tasks.get(unit, key)
    auth.require(unit.actor, Permission.READ_TASK, user_tasks.access(task))
    workflow = _running(unit, task)
    return [] if workflow is None or key not in workflow.tasks else _goals(unit, workflow, task)


def return_task(unit: UnitOfWork, key: int, to: int, reason: str, *, straight: bool = False) -> UserTask | None:
    """Send an open task back to the step that the finished task `to` did; return the task that is open there now.

    `straight`: once it is done again, it comes straight back to the actor. Raises `Conflict` with the reason when the
    way back is not sure, `FormRejected` without a reason or a step.
    """
    execution.lock(unit, user_tasks.get(unit, key).root_key)
    task = task_verbs.usable(unit, key, "return")
    reason = task_verbs.require_text(reason)
    typed = store.submissions.draft(unit.session, key, unit.actor.name)
    kept = None if typed is None else typed.data
    with (
        audit.action(
            unit, "user_task.return", "user_task", key, business_key=task.business_key,
            before={"element": task.element_id, "assignee": task.assignee},
        ) as entry,
        execution.moving(unit, task.root_key) as workflow,
    ):  # fmt: skip
        goal = next((goal for goal in _goals(unit, workflow, task) if goal.key == to), None)
        if goal is None:
            raise FormRejected({"step": [("runtime.choose_step", {})]})
        if goal.refused is not None:
            raise Conflict(goal.refused[0], **goal.refused[1])
        if straight and not goal.straight:
            raise FormRejected({"straight": [("runtime.not_straight", {})]})
        done = user_tasks.get(unit, goal.key)
        before = {wait.key for wait in workflow.waits.values()}
        planned = going_back.plan(workflow, _scope_of(unit, done), done.element_id, key)
        going_back.move(workflow, planned)
        entry.after.update(element=done.element_id, reason=reason, straight=straight)
    act = task_verbs.note(unit, task, ActKind.RETURN, reason, target=done.completed_by, place=done.element_id)
    again = _reopened(unit, workflow, before, done)
    if again is not None:
        _offer_again(unit, again, done)
        if straight:
            store.user_tasks.change(unit.session, again.key, back_to=task.element_id, back_to_user=unit.actor.name)
            if kept is not None and again.assignee != unit.actor.name:
                # What the actor had typed waits for the token to come back.
                store.submissions.save_draft(unit.session, again.key, unit.actor.name, kept, unit.now)
        unit.session.refresh(again)
        people = [again.assignee] if again.assignee else list(user_tasks.access(again).candidate_users)
        task_verbs.tell(unit, again, act, people, "returned", reason, left=task.name or task.element_id)
    return again


def withdrawal(unit: UnitOfWork, key: int) -> Reason | None:
    """Return why the actor may not take back what they submitted; None if they may. Raises `NotFound`."""
    task = user_tasks.get(unit, key)
    workflow = _running(unit, task)
    try:
        if workflow is None:
            raise Conflict("runtime.withdraw_ended")
        _withdrawing(unit, workflow, task)
    except (Conflict, Forbidden) as error:
        return error.code, error.facts
    return None


def may_withdraw(unit: UnitOfWork, task: UserTask) -> bool:
    """Whether a finished task is the actor's own and its step offers to take it back."""
    return (
        task.state is UserTaskState.COMPLETED
        and task.completed_by == unit.actor.name
        and "withdraw" in step_notes.of_task(unit, task).verbs
    )


def withdraw(unit: UnitOfWork, key: int, reason: str) -> UserTask | None:
    """Take back what the actor submitted, as long as nobody has opened what came next; return the step's new task."""
    task = user_tasks.get(unit, key)
    execution.lock(unit, task.root_key)
    reason = task_verbs.require_text(reason)
    with (
        audit.action(
            unit, "user_task.withdraw", "user_task", key, business_key=task.business_key,
            before={"state": task.state.value},
        ) as entry,
        execution.moving(unit, task.root_key) as workflow,
    ):  # fmt: skip
        planned = _withdrawing(unit, workflow, task)
        before = {wait.key for wait in workflow.waits.values()}
        ended = [wait for wait in planned.waits if isinstance(wait, OpenTask)]
        told = {name for wait in ended if (name := user_tasks.get(unit, wait.key).assignee)}
        going_back.move(workflow, planned)
        entry.after.update(element=task.element_id, reason=reason)
    act = task_verbs.note(unit, task, ActKind.WITHDRAW, reason, place=task.element_id)
    again = _reopened(unit, workflow, before, task)
    if again is not None:
        _offer_again(unit, again, task)
        unit.session.refresh(again)
    task_verbs.tell(unit, task, act, sorted(told - {unit.actor.name}), "withdrawn", reason)
    return again


def _running(unit: UnitOfWork, task: UserTask) -> bpmn.Workflow | None:
    """Return the running instance of a task to look at; None when it has ended."""
    if store.process_instances.document(unit.session, task.root_key) is None:
        return None
    return execution.stored(unit, task.root_key)


def _goals(unit: UnitOfWork, workflow: bpmn.Workflow, task: UserTask) -> list[Goal]:
    around = going_back.scopes_around(workflow, task.key)
    latest: dict[tuple[int, str], UserTask] = {}
    for done in store.user_tasks.of_root(unit.session, task.root_key):
        scope = _scope_of(unit, done) if done.state is UserTaskState.COMPLETED else 0
        if scope in around and not (done.element_id == task.element_id and done.instance_key == task.instance_key):
            latest[scope, done.element_id] = done
    found = [_goal(unit, workflow, task, done) for done in latest.values()]
    return sorted((goal for goal in found if goal is not None), key=lambda goal: (goal.at, goal.key), reverse=True)


def _goal(unit: UnitOfWork, workflow: bpmn.Workflow, task: UserTask, done: UserTask) -> Goal | None:
    scope = _scope_of(unit, done)
    refused: Reason | None = None
    straight = False
    try:
        planned = going_back.plan(workflow, scope, done.element_id, task.key)
    except Conflict as error:
        if error.code == "bpmn.back_other_branch":
            return None  # no step before this one
        refused = (error.code, error.facts)
    else:
        same_scope = workflow.tasks[task.key].parent.id == scope
        straight = planned.leaves_other_branches and same_scope
        refused = _others_at_work(unit, planned, task) or _case_refuses(unit, workflow, done, ())
    name = done.name or done.element_id
    return Goal(
        done.key,
        done.element_id,
        name,
        done.completed_by or "",
        done.completed_at or done.created_at,
        straight,
        refused,
    )


def _others_at_work(unit: UnitOfWork, planned: going_back.Plan, task: UserTask) -> Reason | None:
    """Why a move would end what others are doing; the other turns of the same step end with it."""
    for wait in planned.waits:
        if isinstance(wait, Job):
            return "runtime.back_while_working", {"step": wait.element_name or wait.element_id}
        if isinstance(wait, OpenTask) and (wait.element_id, wait.instance_key) != (task.element_id, task.instance_key):
            return "runtime.back_ends_others", {"step": wait.name or wait.element_id}
    return None


def _case_refuses(
    unit: UnitOfWork, workflow: bpmn.Workflow, done: UserTask, since: Sequence[bpmn.Element]
) -> Reason | None:
    variables = instances.variables(unit, done.instance_key)
    context = InstanceContext(done.instance_key, done.root_key, done.business_key, variables, done.process_id)
    definition = unit.engine.definitions.process(unit.session, done.definition_key)
    return unit.engine.plugins.assignments.may_go_back(
        unit, BackMove(done.business_key, context.subject_key(), definition, done.element_id, since)
    )


def _withdrawing(unit: UnitOfWork, workflow: bpmn.Workflow, task: UserTask) -> going_back.Plan:
    """Return what a withdrawal would do. Raises `Forbidden`, and `Conflict` with the reason why it is too late."""
    if not may_withdraw(unit, task):
        raise Forbidden("runtime.withdraw_not_yours", task=task.name or task.element_id)
    completed_at = task.completed_at or unit.now
    if task.scope_key is not None and task.scope_key != _scope_of(unit, task):
        raise Conflict("bpmn.back_into_many")
    planned = going_back.plan(workflow, _scope_of(unit, task), task.element_id)
    if not planned.ends:
        raise Conflict("runtime.withdraw_ended")
    for wait in planned.waits:
        if isinstance(wait, Job):
            raise Conflict("runtime.back_while_working", step=wait.element_name or wait.element_id)
        if not isinstance(wait, OpenTask):
            continue
        row = user_tasks.get(unit, wait.key)
        if row.created_at < completed_at:
            raise Conflict("runtime.back_ends_others", step=row.name or row.element_id)
        seen = row.opened_at is not None or (row.assignee is not None and wait.assignee != row.assignee)
        if seen and row.assignee != unit.actor.name:
            raise Conflict("runtime.withdraw_opened", step=row.name or row.element_id)
    definition = unit.engine.definitions.process(unit.session, task.definition_key)
    after = going_back.reachable(definition, task.element_id)
    since = []
    for node in store.history.flow_nodes(unit.session, root_key=task.root_key):
        if node.started_at < completed_at or node.instance_key != task.instance_key or node.element_id not in after:
            continue
        if node.element_type == "USER_TASK" and node.ended_at is not None and node.key != task.key:
            raise Conflict("runtime.withdraw_done", step=node.name or node.element_id)
        if node.element_type in _DOES and node.ended_at is not None:
            since.append(definition.elements[node.element_id])
    refused = _case_refuses(unit, workflow, task, since)
    if refused is not None:
        raise Conflict(refused[0], **refused[1])
    return planned


def _scope_of(unit: UnitOfWork, task: UserTask) -> int:
    """Return the scope of a task's step: of a step done by several, the scope around all of them."""
    scope = task.scope_key or task.instance_key
    node = store.history.flow_node(unit.session, scope)
    if node is not None and node.element_type == "MULTI_INSTANCE_BODY":
        return node.scope_key or node.instance_key
    return scope


def _reopened(unit: UnitOfWork, workflow: bpmn.Workflow, before: set[int], done: UserTask) -> UserTask | None:
    for wait in workflow.waits.values():
        if isinstance(wait, OpenTask) and wait.key not in before and wait.element_id == done.element_id:
            return user_tasks.get(unit, wait.key)
    return None


def _offer_again(unit: UnitOfWork, again: UserTask, done: UserTask) -> None:
    """Give the step to who did it before, with what they had submitted, where they may still have it."""
    before = done.completed_by
    if before is None or not (again.assignee == before or user_tasks.let_have(unit, again, before)):
        return
    sent = store.submissions.of_task(unit.session, done.key)
    if sent is not None:
        store.submissions.save_draft(unit.session, again.key, before, sent.data, unit.now)
