"""The verbs of a task, each a small page with its form: hand over, delegate, copy, remind, return, take back.

A form is a page of its own, so that it works without script, has an address, and keeps what was typed when it comes
back with what needs attention.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, flash, make_response, render_template, url_for
from flask import request as http

from service import auth, texts
from service.auth import Permission
from service.errors import FormRejected, NotFound
from service.runtime import returns, signers, step_notes, task_verbs, user_tasks
from service.runtime.signers import Signer
from service.runtime.task_verbs import ActKind, TaskAct
from service.runtime.unit import Person, UnitOfWork
from service.runtime.user_tasks import UserTask
from service.web import request, views, words
from service.web.words import N_, gettext

blueprint = Blueprint("task_verbs", __name__, url_prefix="/tasks")


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb as its page says it."""

    label: str  # of the button that leads here, and the heading
    what: str  # what happens next
    send: str  # of the button that does it
    done: str
    people: str = ""  # "one", "many"
    text: str = ""  # label of the text field
    needs_text: bool = False
    field: str = "reason"
    icon: str = ""


VERBS: dict[str, Verb] = {
    "answer": Verb(
        N_("Give back"),
        N_("The task goes back to who delegated it, with what you have filled in. They submit it."),
        N_("Give back"),
        N_("Given back."),
        text=N_("Answer"),
        needs_text=True,
        field="answer",
    ),
    "transfer": Verb(
        N_("Hand on"),
        N_("The task becomes the other person's for good, with what was filled in so far. The deadline stays."),
        N_("Hand on"),
        N_("Handed over."),
        people="one",
        text=N_("Reason"),
        needs_text=True,
    ),
    "delegate": Verb(
        N_("Delegate"),
        N_("The other person fills it in and gives it back; you submit it. The deadline stays."),
        N_("Delegate"),
        N_("Delegated."),
        people="one",
        text=N_("What you ask for"),
        needs_text=True,
    ),
    "recall": Verb(
        N_("Take back"),
        N_("The task is yours again, with what the other person has filled in so far."),
        N_("Take back"),
        N_("The task is yours again."),
    ),
    "return": Verb(
        N_("Return"),
        N_("The step chosen is done again, with what was entered there before. Its time limit runs anew."),
        N_("Return"),
        N_("Returned."),
        text=N_("Reason"),
        needs_text=True,
    ),
    "withdraw": Verb(
        N_("Withdraw"),
        N_("What you submitted comes back to you to be changed, as long as nobody has opened what comes next."),
        N_("Withdraw"),
        N_("Withdrawn: the task is yours again."),
        text=N_("Reason"),
        needs_text=True,
    ),
    "add_signer": Verb(
        N_("Add a signer"),
        N_("One more person signs this step. Those who have signed need not sign again."),
        N_("Add"),
        N_("The signer has been added."),
        people="one",
        text=N_("Reason"),
        needs_text=True,
    ),
    "remove_signer": Verb(
        N_("Remove a signer"),
        N_("A person who has not signed yet need not sign any more."),
        N_("Remove"),
        N_("The signer has been removed."),
        text=N_("Reason"),
        needs_text=True,
    ),
    "copy": Verb(
        N_("Copy to"),
        N_("They may read this task and its form. You see here when each of them has opened it."),
        N_("Send"),
        N_("Sent."),
        people="many",
        text=N_("Accompanying words"),
        field="text",
    ),
    "remind": Verb(
        N_("Remind"),
        N_("Whoever holds the task gets a notice. You may remind of a task once a day; the timeline shows it."),
        N_("Remind"),
        N_("Reminded."),
        text=N_("Accompanying words"),
        field="text",
    ),
}

# What the list of what was done says, with `target` and `place` filled in.
ACTS: dict[ActKind, str] = {
    ActKind.TRANSFER: N_("handed it over to %(target)s"),
    ActKind.DELEGATE: N_("delegated it to %(target)s"),
    ActKind.ANSWER: N_("gave it back to %(target)s"),
    ActKind.RECALL: N_("took it back from %(target)s"),
    ActKind.COPY: N_("sent a copy to %(target)s"),
    ActKind.REMIND: N_("reminded"),
    ActKind.RETURN: N_("returned it to “%(place)s”"),
    ActKind.WITHDRAW: N_("withdrew what was submitted"),
    ActKind.ADD_SIGNER: N_("added %(target)s as a signer"),
    ActKind.REMOVE_SIGNER: N_("removed %(target)s as a signer"),
    ActKind.REMARK: N_("remarked"),
}


@dataclass(frozen=True, slots=True)
class ActView:
    """One thing done about a task, in words."""

    at: object
    who: str
    words: str
    text: str
    receipt: str  # of a copy


@dataclass(frozen=True, slots=True)
class Offer:
    """A verb that the person may use now."""

    url: str
    label: str


def offers(unit: UnitOfWork, task: UserTask) -> list[Offer]:
    """Return the ways to the verbs that the person may use on a task, in the order of `VERBS`."""
    found = _offered(unit, task)
    if returns.may_withdraw(unit, task) and returns.withdrawal(unit, task.key) is None:
        found.add("withdraw")
    return [
        Offer(url_for("task_verbs.show", key=task.key, verb=name), gettext(verb.label))
        for name, verb in VERBS.items()
        if name in found and name != "answer"
    ]


def _offered(unit: UnitOfWork, task: UserTask) -> set[str]:
    """Return the names of `VERBS` that the person may use on an open task."""
    found = set(task_verbs.offered(unit, task))
    if "sign" in found:
        found |= {"add_signer"} | ({"remove_signer"} if _removable(unit, task) else set())
    return found


def _removable(unit: UnitOfWork, task: UserTask) -> list[Signer]:
    """Return the signers who have not signed, but for the holder."""
    return [signer for signer in signers.tally(unit, task) if not signer.done and signer.key != task.key]


@dataclass(frozen=True, slots=True)
class Tally:
    """Who signs a step, in words."""

    done: int
    all: int
    lines: Sequence[tuple[str, str]]  # who, and when they signed


def tally(unit: UnitOfWork, task: UserTask) -> Tally | None:
    """Return who signs the step of a task; None for a step that one person does, or whose votes are not shown."""
    found = signers.tally(unit, task)
    if not found:
        return None
    called = request.Called(unit)
    lines = [
        (
            called(signer.person) if signer.person else gettext("unclaimed"),
            words.moment(signer.at) if signer.done and signer.at else gettext("not signed yet"),
        )
        for signer in found
    ]
    return Tally(sum(signer.done for signer in found), len(found), lines)


def acts(unit: UnitOfWork, task: UserTask) -> list[ActView]:
    """Return what was done about a task, in words, oldest first."""
    called = request.Called(unit)
    return [_act(unit, row, called) for row in task_verbs.acts(unit, task.key)]


def act_words(kind: str, target: str, place: str) -> str:
    """Return what somebody did, for timelines."""
    return gettext(ACTS[ActKind(kind)], target=target, place=place)


def _act(unit: UnitOfWork, row: TaskAct, called: request.Called) -> ActView:
    receipt = ""
    if row.kind is ActKind.COPY:
        receipt = gettext("read %(at)s", at=words.moment(row.read_at)) if row.read_at else gettext("not read yet")
    place = step_name(unit, row.user_task_key, row.place) if row.place else ""
    target = called(row.target) if row.target else ""
    return ActView(row.at, called(row.actor), act_words(row.kind.value, target, place), row.text, receipt)


def step_name(unit: UnitOfWork, task_key: int, element_id: str) -> str:
    """Return what a step around a task is called."""
    task = user_tasks.get(unit, task_key)
    note = step_notes.of_element(unit, task.definition_key, element_id)
    return views.step_name(note, note.name or element_id)


@blueprint.get("/<int:key>/do/<verb>")
def show(key: int, verb: str) -> Response:
    return _page(key, verb)


@blueprint.post("/<int:key>/do/<verb>")
def act(key: int, verb: str) -> Response:
    found = _verb(verb)
    use_case = DO[verb]
    try:
        request.run(lambda unit: use_case(unit, key))
    except FormRejected as error:
        return _page(key, verb, error)
    flash(gettext(found.done), "success")
    stays = verb in {"copy", "remind", "recall", "add_signer", "remove_signer"}
    with request.reading() as unit:
        readable = auth.may(request.actor(), Permission.READ_TASK, user_tasks.access(user_tasks.get(unit, key)))
    return request.go(url_for("tasks.show", key=key) if stays and readable else url_for("tasks.index"))


@blueprint.post("/<int:key>/remark")
def remark(key: int) -> Response:
    try:
        request.run(lambda unit: task_verbs.remark(unit, key, http.form.get("text", "")))
    except FormRejected as error:
        request.flash_problems(error)
    return request.go(url_for("tasks.show", key=key) + "#acts")


def _return(unit: UnitOfWork, key: int) -> None:
    returns.return_task(
        unit, key, _number("step"), http.form.get("reason", ""),
        straight=http.form.get("way") == "straight",
    )  # fmt: skip


def _number(field: str) -> int:
    sent = http.form.get(field, "")
    return int(sent) if sent.isdecimal() else 0


def _reason() -> str:
    return http.form.get("reason", "")


DO: dict[str, Callable[[UnitOfWork, int], object]] = {
    "answer": lambda unit, key: task_verbs.answer(unit, key, http.form.get("answer", "")),
    "transfer": lambda unit, key: task_verbs.transfer(unit, key, http.form.get("person", ""), _reason()),
    "delegate": lambda unit, key: task_verbs.delegate(unit, key, http.form.get("person", ""), _reason()),
    "recall": task_verbs.recall,
    "return": _return,
    "add_signer": lambda unit, key: task_verbs.add_signer(
        unit, key, http.form.get("person", ""), _reason(), before=http.form.get("place") == "before"
    ),
    "remove_signer": lambda unit, key: task_verbs.remove_signer(unit, key, _number("signer"), _reason()),
    "withdraw": lambda unit, key: returns.withdraw(unit, key, _reason()),
    "copy": lambda unit, key: task_verbs.copy(unit, key, http.form.getlist("people"), http.form.get("text", "")),
    "remind": lambda unit, key: task_verbs.remind(unit, key, http.form.get("text", "")),
}


def _verb(name: str) -> Verb:
    if name not in VERBS:
        raise NotFound("page_missing")
    return VERBS[name]


def _page(key: int, name: str, error: FormRejected | None = None) -> Response:
    verb = _verb(name)
    problems = _problems(error, verb)
    summary = words.ngettext("%(num)s entry needs attention", "%(num)s entries need attention", len(problems))
    with request.reading() as unit:
        task = user_tasks.get(unit, key)
        if name != "remind" or "remind" not in task_verbs.offered(unit, task):
            auth.require(request.actor(), Permission.READ_TASK, user_tasks.access(task))
        goals = returns.goals(unit, key) if name == "return" else []
        called = request.Called(unit)
        html = render_template(
            "task_verb.html",
            task=task,
            task_name=views.step_name(step_notes.of_task(unit, task), task.name or task.element_id),
            heading=views.headings(unit, [task])[key],
            name=name,
            verb=verb,
            people=_people(unit, key, name),
            removable=[(signer.key, called(signer.person or "")) for signer in _removable(unit, task)]
            if name == "remove_signer"
            else [],
            goals=[_goal(goal, called) for goal in goals],
            possible=_possible(unit, task, name, goals),
            summary=summary if problems else "",
            problems=problems,
            wrong={str(problem["path"]): problem["messages"] for problem in problems},
            typed=http.form,
            chosen=http.form.getlist("people"),
            holder=called(task.assignee) if task.assignee else "",
            readable=auth.may(request.actor(), Permission.READ_TASK, user_tasks.access(task)),
        )
    return make_response(html, HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK)


def _people(unit: UnitOfWork, key: int, name: str) -> Sequence[Person]:
    if name == "copy":
        return task_verbs.readers_for(unit, key)
    return task_verbs.people_for(unit, key) if VERBS[name].people else ()


def _possible(unit: UnitOfWork, task: UserTask, name: str, goals: Sequence[returns.Goal]) -> str:
    """Return in words why the verb cannot be used now; empty if it can."""
    if name == "withdraw":
        refused = returns.withdrawal(unit, task.key)
        return words.message(refused[0], **refused[1]) if refused else ""
    if name not in _offered(unit, task):
        return gettext("This is not offered to you for this task, as it stands now.")
    if name == "return" and not any(goal.refused is None for goal in goals):
        return gettext("There is no earlier step to which it could be returned.")
    return ""


def _goal(goal: returns.Goal, called: request.Called) -> dict[str, object]:
    return {
        "key": goal.key,
        "name": goal.name,
        "by": called(goal.by),
        "at": goal.at,
        "straight": goal.straight,
        "refused": words.message(goal.refused[0], **goal.refused[1]) if goal.refused else "",
    }


_LABELS: Mapping[str, str] = {
    "person": N_("Person"),
    "people": N_("People"),
    "step": N_("Step"),
    "signer": N_("Signer"),
    "straight": N_("Afterwards"),
    "text": N_("Accompanying words"),
    "answer": N_("Answer"),
}


def _problems(error: FormRejected | None, verb: Verb) -> list[dict[str, object]]:
    if error is None:
        return []
    return [
        {"path": path, "label": gettext(_LABELS.get(path, verb.text)), "messages": messages}
        for path, messages in texts.fields(error, words.locale()).items()
    ]
