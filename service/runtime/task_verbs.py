"""What people do about a task besides working on it: hand it over, delegate it, copy it, remind of it, remark on it.

Each verb checks the person it names on the server, is noted as an act of the task, entered in the audit log, and told
to those concerned. Which verbs a step offers is said in its diagram (`rc.verbs`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from service import auth, feel, store
from service.auth import Permission
from service.bpmn import signers as turns
from service.errors import Conflict, Forbidden, FormRejected, Invalid, NotFound
from service.runtime import audit, execution, instances, signers, step_notes, user_tasks
from service.runtime.unit import InstanceContext, Person, Told, UnitOfWork
from service.runtime.user_tasks import UserTask, UserTaskState
from service.store.task_acts import ActKind, TaskAct

__all__ = [
    "ActKind",
    "Person",
    "TaskAct",
    "acts",
    "acts_of_root",
    "add_signer",
    "answer",
    "copy",
    "delegate",
    "mark_opened",
    "needs_opening",
    "note",
    "offered",
    "people_for",
    "readers_for",
    "recall",
    "remark",
    "remind",
    "remove_signer",
    "require_text",
    "tell",
    "transfer",
    "unread_copies",
    "usable",
]

TEXT_LIMIT = 2000
COPIES_AT_ONCE = 50
OFFERED_AT_MOST = 300


def acts(unit: UnitOfWork, key: int) -> Sequence[TaskAct]:
    """Return what was done about a task, oldest first. Raises `NotFound` for a task that the actor may not see."""
    auth.require(unit.actor, Permission.READ_TASK, user_tasks.access(user_tasks.get(unit, key)))
    return store.task_acts.of_task(unit.session, key)


def acts_of_root(unit: UnitOfWork, root_key: int) -> Sequence[TaskAct]:
    """Return what was done about the tasks of a root instance; who may see that is the caller's to ask."""
    return store.task_acts.of_root(unit.session, root_key)


def offered(unit: UnitOfWork, task: UserTask) -> frozenset[str]:
    """Return which verbs the actor may use on an open task; `answer` and `recall` belong to a delegated one."""
    if task.state is not UserTaskState.CREATED:
        return frozenset()
    drawn = step_notes.of_task(unit, task).verbs
    access = user_tasks.access(task)
    found: set[str] = set()
    me = unit.actor.name
    if task.assignee == me and auth.may(unit.actor, Permission.WORK_ON, access):
        found |= {"answer", "copy"} if task.owner else {"transfer", "delegate", "copy", "return"}
        if not task.owner and signers.is_shared(unit, task):
            found.add("sign")
    elif task.owner == me and auth.may(unit.actor, Permission.READ_TASK, access):
        found |= {"recall"}
    elif task.assignee is not None and task.owner is None and auth.may(unit.actor, Permission.ASSIGN, access):
        found |= {"transfer"}
    if task.assignee != me and _may_urge(unit, task):
        found.add("remind")
    return frozenset(found & (drawn | {"answer", "recall"}))


def people_for(unit: UnitOfWork, key: int) -> list[Person]:
    """Return whom a task may be handed to, by name: every one of them passes the check of the assignment."""
    task = user_tasks.get(unit, key)
    access = user_tasks.access(task)
    auth.require(unit.actor, Permission.READ_TASK, access)
    return [
        person
        for person in unit.engine.plugins.assignments.people(unit, access)[:OFFERED_AT_MOST]
        if person.name not in {task.assignee, task.owner} and _fits(unit, access, person.name)
    ]


def readers_for(unit: UnitOfWork, key: int) -> list[Person]:
    """Return to whom a task may be shown for reading, by name."""
    access = user_tasks.access(user_tasks.get(unit, key))
    auth.require(unit.actor, Permission.READ_TASK, access)
    check = unit.engine.plugins.assignments.check_reader
    found = []
    for person in unit.engine.plugins.assignments.readers(unit, access)[:OFFERED_AT_MOST]:
        if person.name in {access.assignee, unit.actor.name, *access.readers}:
            continue
        try:
            check(unit, access, person.name)
        except (Forbidden, Invalid):
            continue  # not offered: the page lists only who may read it
        found.append(person)
    return found


def transfer(unit: UnitOfWork, key: int, user: str, reason: str) -> None:
    """Hand a task over for good. The new holder finds what the old one typed.

    Raises `Forbidden` for who may not hold it, `FormRejected` without reason, `Conflict` for a delegated task.
    """
    task = usable(unit, key, "transfer")
    reason = require_text(reason)
    before = task.assignee
    act = _give(unit, task, user, None, ActKind.TRANSFER, reason)
    tell(unit, task, act, [user], "transferred_to_you", reason)
    if before is not None and before not in {unit.actor.name, user}:
        tell(unit, task, act, [before], "transferred_from_you", reason)


def delegate(unit: UnitOfWork, key: int, user: str, reason: str) -> None:
    """Let another person do the task; they give it back with an answer, and the actor completes it."""
    task = usable(unit, key, "delegate")
    reason = require_text(reason)
    act = _give(unit, task, user, unit.actor.name, ActKind.DELEGATE, reason)
    tell(unit, task, act, [user], "delegated", reason)


def answer(unit: UnitOfWork, key: int, text: str) -> None:
    """Give a delegated task back to its owner, with what was filled in and an answer in words."""
    task = usable(unit, key, "answer")
    owner = task.owner
    if owner is None:  # `offered` has looked: somebody took it back in between
        raise Conflict("runtime.task_not_delegated", key=key)
    text = require_text(text, "answer")
    act = _give(unit, task, owner, None, ActKind.ANSWER, text)
    tell(unit, task, act, [owner], "answered", text)


def recall(unit: UnitOfWork, key: int) -> None:
    """Take a delegated task back before the delegate has answered."""
    task = usable(unit, key, "recall")
    delegate_ = task.assignee
    act = _give(unit, task, unit.actor.name, None, ActKind.RECALL, "", target=delegate_)
    if delegate_ is not None:
        tell(unit, task, act, [delegate_], "recalled", "")


def copy(unit: UnitOfWork, key: int, users: Collection[str], text: str = "") -> int:
    """Show a task to people for reading; return how many had not got it yet. Opening it is the receipt."""
    task = usable(unit, key, "copy")
    text = _limited(text)
    access = user_tasks.access(task)
    names = [name for name in dict.fromkeys(users) if name]
    if not names:
        raise FormRejected({"people": [("runtime.choose_people", {})]})
    if len(names) > COPIES_AT_ONCE:
        raise FormRejected({"people": [("runtime.too_many_copies", {"limit": COPIES_AT_ONCE})]})
    for name in names:
        unit.engine.plugins.assignments.check_reader(unit, access, name)
    fresh = [name for name in names if name not in access.readers]
    with audit.action(
        unit, "user_task.copy", "user_task", key, business_key=task.business_key,
        before={"readers": sorted(access.readers)},
    ) as entry:  # fmt: skip
        readers = sorted(access.readers | set(names))
        store.user_tasks.change(unit.session, key, readers=feel.codec.encode(list(readers)))
        unit.session.refresh(task)
        for name in fresh:
            act = note(unit, task, ActKind.COPY, text, target=name)
            tell(unit, task, act, [name], "copied", text)
        entry.after["readers"] = readers
    return len(fresh)


def add_signer(unit: UnitOfWork, key: int, user: str, reason: str, *, before: bool = False) -> None:
    """Let one more person sign the step beside the actor; where they sign in order, right after or `before` the actor.

    Raises `Forbidden` for who may not, `FormRejected` for who signs already, `Conflict` where the step takes no more.
    """
    execution.lock(unit, user_tasks.get(unit, key).root_key)
    task = usable(unit, key, "sign")
    reason = require_text(reason)
    if not user:
        raise FormRejected({"person": [("runtime.choose_person", {})]})
    if user in {signer.person for signer in signers.tally(unit, task)}:
        raise FormRejected({"person": [("runtime.signs_already", {})]})
    unit.engine.plugins.assignments.check_successor(unit, user_tasks.access(task), user)
    with (
        audit.action(unit, "user_task.add_signer", "user_task", key, business_key=task.business_key) as entry,
        execution.moving(unit, task.root_key) as workflow,
    ):
        turns.add(workflow, key, user, before=before)
        entry.after.update(signer=user, before=before, reason=reason)
    act = note(unit, task, ActKind.ADD_SIGNER, reason, target=user)
    tell(unit, task, act, [user], "added", reason)


def remove_signer(unit: UnitOfWork, key: int, signer: int, reason: str) -> None:
    """Take somebody who has not signed out of the step; `signer` is the key of their task."""
    execution.lock(unit, user_tasks.get(unit, key).root_key)
    task = usable(unit, key, "sign")
    reason = require_text(reason)
    found = next((one for one in signers.tally(unit, task) if one.key == signer and not one.done), None)
    if found is None or found.key == key:
        raise FormRejected({"signer": [("runtime.choose_signer", {})]})
    with (
        audit.action(unit, "user_task.remove_signer", "user_task", key, business_key=task.business_key) as entry,
        execution.moving(unit, task.root_key) as workflow,
    ):
        turns.remove(workflow, signer)
        entry.after.update(signer=found.person, reason=reason)
    act = note(unit, task, ActKind.REMOVE_SIGNER, reason, target=found.person)
    tell(unit, task, act, [name for name in [found.person] if name], "removed", reason)


def mark_opened(unit: UnitOfWork, key: int) -> None:
    """Note that the holder opened a task, or that somebody read their copy of it."""
    task = user_tasks.get(unit, key)
    if task.assignee == unit.actor.name and task.opened_at is None:
        store.user_tasks.mark_opened(unit.session, key, unit.now)
    store.task_acts.mark_read(unit.session, key, unit.actor.name, unit.now)


def needs_opening(unit: UnitOfWork, task: UserTask) -> bool:
    """Whether the actor's looking at a task is worth a note."""
    me = unit.actor.name
    if task.assignee == me and task.opened_at is None and task.state is UserTaskState.CREATED:
        return True
    return me in user_tasks.access(task).readers and any(
        act.kind is ActKind.COPY and act.target == me and act.read_at is None
        for act in store.task_acts.of_task(unit.session, task.key)
    )


def remind(unit: UnitOfWork, key: int, text: str = "") -> None:
    """Remind the holder of a task, or those to whom it is offered; each person once a day.

    Raises `Conflict` on the second try of a day, and `Forbidden` for who may not urge.
    """
    task = user_tasks.get(unit, key)
    if task.state is not UserTaskState.CREATED:
        raise Conflict("runtime.user_task_closed", key=key, state=task.state.value)
    if "remind" not in offered(unit, task):
        raise _refusal(unit, task, "remind")
    text = _limited(text)
    last = store.task_acts.last_of(unit.session, key, ActKind.REMIND, unit.actor.name)
    zone = unit.engine.zone
    if last is not None and last.at.astimezone(zone).date() == unit.now.astimezone(zone).date():
        raise Conflict("runtime.reminded_today", at=last.at.astimezone(zone).strftime("%H:%M"))
    access = user_tasks.access(task)
    people = {task.assignee} if task.assignee else access.candidate_users | access.candidate_groups
    with audit.action(unit, "user_task.remind", "user_task", key, business_key=task.business_key) as entry:
        act = note(unit, task, ActKind.REMIND, text, target=task.assignee)
        tell(unit, task, act, [name for name in people if name], "reminded", text)
        entry.after["target"] = task.assignee or ", ".join(sorted(people))


def remark(unit: UnitOfWork, key: int, text: str) -> None:
    """Write a remark on an open task: read by everybody who may see it."""
    task = user_tasks.get(unit, key)
    auth.require(unit.actor, Permission.READ_TASK, user_tasks.access(task))
    text = require_text(text, "text")
    if task.state is not UserTaskState.CREATED:
        raise Conflict("runtime.user_task_closed", key=key, state=task.state.value)
    with audit.action(unit, "user_task.remark", "user_task", key, business_key=task.business_key) as entry:
        act = note(unit, task, ActKind.REMARK, text)
        others = {task.assignee, task.owner} - {None, unit.actor.name}
        tell(unit, task, act, [name for name in others if name], "remarked", text)
        entry.after["act"] = act.key


def unread_copies(unit: UnitOfWork) -> int:
    """Return how many tasks were copied to the actor that they have not opened."""
    return store.task_acts.unread_copies(unit.session, unit.actor.name)


def note(
    unit: UnitOfWork, task: UserTask, kind: ActKind, text: str, *, target: str | None = None, place: str | None = None
) -> TaskAct:
    """Write down an act of the actor."""
    act = TaskAct(
        key=unit.new_key(),
        user_task_key=task.key,
        root_key=task.root_key,
        instance_key=task.instance_key,
        business_key=task.business_key,
        element_id=task.element_id,
        task_name=task.name,
        kind=kind,
        actor=unit.actor.name,
        target=target,
        place=place,
        text=text,
        at=unit.now,
        read_at=None,
    )
    store.task_acts.add(unit.session, act)
    return act


def tell(
    unit: UnitOfWork, task: UserTask, act: TaskAct, people: Collection[str], what: str, text: str, **facts: object
) -> None:
    """Tell people of an act; `what` is the end of the message's code."""
    variables = instances.variables(unit, task.instance_key)
    context = InstanceContext(task.instance_key, task.root_key, task.business_key, variables)
    unit.engine.plugins.assignments.tell(
        unit,
        Told(
            people,
            f"runtime.notice_{what}",
            {"task": task.name or task.element_id, "who": unit.actor.name, "text": text, **facts},
            user_tasks.access(task),
            act.key,
            context.subject_key(),
        ),
    )


def require_text(text: str, field: str = "reason") -> str:
    """Return a reason without blanks around it. Raises `FormRejected` where there is none, or too much."""
    text = text.strip()
    if not text:
        raise FormRejected({field: [("runtime.reason_missing", {})]})
    if len(text) > TEXT_LIMIT:
        raise FormRejected({field: [("runtime.text_too_long", {"limit": TEXT_LIMIT, "found": len(text)})]})
    return text


def _limited(text: str) -> str:
    return require_text(text, "text") if text.strip() else ""


def usable(unit: UnitOfWork, key: int, verb: str) -> UserTask:
    """Return an open task on which the actor may use a verb, locked. Raises `NotFound`, `Conflict`, `Forbidden`."""
    task = store.user_tasks.reload(unit.session, key)
    if task is None:
        raise NotFound("runtime.user_task_not_found", key=key)
    auth.require(unit.actor, Permission.READ_TASK, user_tasks.access(task))
    if task.state is not UserTaskState.CREATED:
        raise Conflict("runtime.user_task_closed", key=key, state=task.state.value)
    if verb not in offered(unit, task):
        raise _refusal(unit, task, verb)
    return task


def _refusal(unit: UnitOfWork, task: UserTask, verb: str) -> Forbidden | Conflict:
    if verb not in step_notes.of_task(unit, task).verbs | {"answer", "recall"}:
        return Forbidden("runtime.verb_not_offered", task=task.name or task.element_id)
    if verb in {"answer", "recall"} and task.owner is None:
        return Conflict("runtime.task_not_delegated", key=task.key)
    if task.owner is not None and task.assignee == unit.actor.name:
        return Conflict("runtime.task_delegated", key=task.key)
    return Forbidden("runtime.verb_not_yours", key=task.key)


def _may_urge(unit: UnitOfWork, task: UserTask) -> bool:
    access = user_tasks.access(task)
    if auth.may(unit.actor, Permission.ASSIGN, access) and auth.may(unit.actor, Permission.READ_TASK, access):
        return True
    root = store.process_instances.get(unit.session, task.root_key)
    initiated = root is not None and root.started_by == unit.actor.name
    return initiated or unit.engine.plugins.assignments.may_urge(unit, access)


def _fits(unit: UnitOfWork, access: auth.TaskAccess, user: str) -> bool:
    try:
        unit.engine.plugins.assignments.check_successor(unit, access, user)
    except (Forbidden, Invalid):
        return False
    return True


def _give(
    unit: UnitOfWork,
    task: UserTask,
    user: str,
    owner: str | None,
    kind: ActKind,
    text: str,
    *,
    target: str | None = None,
) -> TaskAct:
    """Make somebody the holder, with what the present one typed; return the act as it was noted."""
    if not user:
        raise FormRejected({"person": [("runtime.choose_person", {})]})
    if user == task.assignee:
        raise FormRejected({"person": [("runtime.holds_it_already", {})]})
    access = user_tasks.access(task)
    back = kind in {ActKind.ANSWER, ActKind.RECALL}
    # Whoever delegated a task held it by right; they get it back although they may have left its groups meanwhile.
    assignments = unit.engine.plugins.assignments
    if back:
        assignments.check(unit, replace(access, assignee=user), user)
    else:
        assignments.check_successor(unit, access, user)
    held = task.assignee
    with audit.action(
        unit, f"user_task.{kind.value}", "user_task", task.key, business_key=task.business_key,
        before={"assignee": held, "owner": task.owner},
    ) as entry:  # fmt: skip
        act = note(unit, task, kind, text, target=target or user)
        if held is not None:
            _hand_on_draft(unit, task.key, held, user, over=back)
        store.user_tasks.change(unit.session, task.key, assignee=user, owner=owner, opened_at=None)
        unit.session.refresh(task)
        entry.after.update(assignee=user, owner=owner, reason=text, act=act.key)
    return act


def _hand_on_draft(unit: UnitOfWork, key: int, held: str, user: str, *, over: bool) -> None:
    """Let the next holder find what was typed so far; what they had typed themselves stays, but for the owner's.

    The delegate began from what the owner had typed.
    """
    typed = store.submissions.draft(unit.session, key, held)
    if typed is not None and (over or store.submissions.draft(unit.session, key, user) is None):
        store.submissions.save_draft(unit.session, key, user, typed.data, unit.now)
