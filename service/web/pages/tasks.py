"""Tasks: the lists, the page on which one is worked on, and what can be done with it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, current_app, flash, make_response, render_template, url_for
from flask import request as http
from werkzeug.datastructures import MultiDict

from service import auth, texts
from service.auth import Permission
from service.casework import calendars, viewings
from service.errors import Conflict, Forbidden, FormRejected, Invalid, NotFound, Rejection
from service.runtime import bulk, form_display, step_notes, task_verbs, user_tasks
from service.runtime import files as found_files
from service.runtime.unit import UnitOfWork
from service.runtime.user_tasks import TaskOrder, UserTask, UserTaskQuery, UserTaskState
from service.web import fallback, file_links, labels, lights, request, uploads, views, words
from service.web.answers import decoded, json_of, json_text, merged
from service.web.lights import Light
from service.web.pages import files
from service.web.pages import task_verbs as verb_pages
from service.web.site import site
from service.web.words import N_, gettext

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")

PAGE = 50
SOON = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class TaskItem:
    """A task as lists and its page show it."""

    key: int
    name: str
    process: str
    heading: str  # case number and person
    title: str  # of the case
    url: str
    light: Light | None
    due_day: str
    assignee: str | None
    holder: str
    mine: bool
    claimable: bool
    workable: bool
    releasable: bool
    open: bool
    state_words: str
    created_at: datetime
    completed_at: datetime | None
    documentation: str
    article: str  # of the law the step rests on; empty where the diagram names none
    verb: str  # word of the button that completes it; empty for the usual one
    owner: str  # what who delegated it is called; empty where nobody did
    answering: bool  # the person fills it in for its owner
    revision: str
    opinions: str  # where remarks stand: before or after the form; empty: beside it
    bulk: bool  # may be completed together with others, as its form stands


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one task of several."""

    name: str
    url: str
    done: bool
    reason: str = ""


LISTS: dict[str, tuple[str, str]] = {
    "mine": (N_("My tasks"), N_("You hold no task. Look under To be claimed.")),
    "group": (N_("To be claimed"), N_("Nothing is offered to your groups at the moment.")),
    "delegated": (N_("Delegated by me"), N_("Nothing that you delegated is still with somebody else.")),
    "copied": (N_("For my information"), N_("Nobody has sent you a copy of a task.")),
    "done": (N_("Done by me"), N_("You have not completed any task yet.")),
}


@blueprint.get("")
def index() -> Response:
    which = http.args.get("list", "mine")
    which = which if which in LISTS else "mine"
    text, due = http.args.get("text", "").strip(), http.args.get("due", "")
    with request.reading() as unit:
        query = _query(unit, which, text or None, due)
        page = user_tasks.search(unit, query, after=http.args.get("after"), limit=PAGE)
        items = items_of(unit, page.items)
        counts = {name: user_tasks.search(unit, _query(unit, name), limit=1).total for name in LISTS if name != "done"}
        counts["copied"] = task_verbs.unread_copies(unit)
    tabs = [
        {
            "url": url_for("tasks.index", list=name),
            "label": gettext(label),
            "count": counts.get(name),
            "current": name == which,
        }
        for name, (label, _empty) in LISTS.items()
    ]
    arguments: dict[str, Any] = {"list": which, "text": text or None, "due": due or None}
    return request.page(
        "tasks.html",
        "list",
        heading=gettext(LISTS[which][0]),
        empty_words=gettext(LISTS[which][1]),
        which=which,
        text=text,
        due=due,
        tabs=tabs,
        tasks=items,
        page=page,
        # Ticks would be lost if the list came anew under somebody's hands.
        refresh="after" not in http.args and not any(item.bulk for item in items),
        bulk=sum(item.bulk for item in items) if which == "mine" else 0,
        next_url=url_for("tasks.index", **arguments, after=page.next) if page.next else None,
        first_url=url_for("tasks.index", **arguments) if "after" in http.args else None,
    )


@blueprint.post("/agreement")
def agree() -> Response:
    """Complete the chosen tasks, each in its own transaction, and say of each what became of it."""
    chosen = list(dict.fromkeys(http.form.getlist("task")))
    if not chosen:
        raise Invalid("no_tasks_chosen")
    if len(chosen) > PAGE:
        raise Invalid("too_many_tasks", limit=PAGE)
    outcomes = [_agreed(*item.partition(":")[::2]) for item in chosen]
    done = sum(outcome.done for outcome in outcomes)
    flash(
        words.ngettext("%(num)s task submitted", "%(num)s tasks submitted", done),
        "success" if done == len(outcomes) else "warning",
    )
    if done == len(outcomes):
        return request.go(url_for("tasks.index"))
    return make_response(render_template("agreed.html", outcomes=outcomes))


def _agreed(key: str, revision: str) -> Outcome:
    """Complete one task as its form stands, if it stands as it was shown in the list."""
    if not (key.isascii() and key.isdecimal() and int(key) < 2**63):
        raise Invalid("no_tasks_chosen")
    name = ""

    def use_case(unit: UnitOfWork) -> None:
        nonlocal name
        task = views.permitted_task(unit, int(key), Permission.WORK_ON)
        name = " · ".join(
            part for part in (task.name or task.element_id, views.headings(unit, [task])[task.key].line) if part
        )
        if revision and revision != views.revision(task):
            raise Conflict("form_changed", key=task.key)
        bulk.agree(unit, task.key)

    url = url_for("tasks.show", key=int(key))
    try:
        request.run(use_case)
    except FormRejected as error:
        with request.reading() as unit:
            said = [
                f"{one['label']}: {' '.join(one['messages'])}" for one in problems_of(schema_of(unit, int(key)), error)
            ]
        return Outcome(name, url, False, "; ".join(said))
    except Rejection as error:
        return Outcome(
            name or gettext("A task that is not in your hands"), url, False, texts.render(error, words.locale())
        )
    return Outcome(name, url, True)


@blueprint.get("/<int:key>")
def show(key: int) -> Response:
    with request.reading() as unit:
        new = task_verbs.needs_opening(unit, views.readable_task(unit, key))
    if new:
        # What comes before may be taken back until its next step is looked at; a copy is read by opening it.
        request.run(lambda unit: task_verbs.mark_opened(unit, key))
    return _page(key)


@blueprint.post("/<int:key>/claim")
def claim(key: int) -> Response:
    def use_case(unit: UnitOfWork) -> None:
        views.permitted_task(unit, key, Permission.CLAIM)
        user_tasks.claim(unit, key)

    try:
        request.run(use_case)
    except Forbidden as error:
        if error.code != "auth.claimed_by_another":
            raise
        with request.reading() as unit:
            task = views.readable_task(unit, key)
            holder = request.display_names(unit, {task.assignee or ""})[task.assignee or ""]
        flash(gettext("%(name)s has claimed this task; you may read it.", name=holder), "warning")
        return request.go(url_for("tasks.show", key=key))
    flash(gettext("The task is yours."), "success")
    return request.go(url_for("tasks.show", key=key))


@blueprint.post("/<int:key>/release")
def release(key: int) -> Response:
    def use_case(unit: UnitOfWork) -> None:
        views.permitted_task(unit, key, Permission.RELEASE)
        user_tasks.release(unit, key)

    request.run(use_case)
    flash(gettext("Released: your groups see the task again."), "success")
    return request.go(url_for("tasks.index", list="group"))


@blueprint.get("/<int:key>/form.json")
def form(key: int) -> Response:
    with request.reading() as unit:
        task = views.readable_task(unit, key)
        view = user_tasks.form(unit, key)
        if view is None:
            raise NotFound("page_missing")
        mine = task.state is UserTaskState.CREATED and task.assignee == request.actor().name
        data = form_display.needed(view)
        found = uploads.for_island(unit, url_for("files.for_task", key=key), data, key)
        return json_of({"schema": view.schema, "data": data, "readOnly": not mine, "files": found})


@blueprint.post("/<int:key>/draft")
def save_draft(key: int) -> Response:
    fields, _refused_files = uploads.with_form(lambda unit: files.home_of_task(unit, key))
    base = http.form.get("draft_version", "")

    def use_case(unit: UnitOfWork) -> tuple[datetime, int]:
        views.permitted_task(unit, key, Permission.WORK_ON)
        typed = submission_of(schema_of(unit, key), fields)
        return unit.now, user_tasks.save_draft(unit, key, typed, int(base) if base.isdecimal() else None)

    try:
        at, version = request.run(use_case)
    except Conflict as error:
        if error.code != "runtime.draft_changed":
            raise
        return _two_drafts(key, error, fields)
    said = gettext("Draft saved %(at)s, version %(version)s", at=words.moment(at), version=version)
    if http.accept_mimetypes.best == "application/json":
        return json_of({"text": said, "version": version})
    flash(said, "success")
    return request.go(url_for("tasks.show", key=key))


def _two_drafts(key: int, error: Conflict, fields: MultiDict[str, str]) -> Response:
    """Show what was typed here beside what was saved elsewhere meanwhile; neither is lost."""
    if http.accept_mimetypes.best == "application/json":
        return json_of({"text": texts.render(error, words.locale()), "conflict": True}, HTTPStatus.CONFLICT)
    with request.reading() as unit:
        typed = submission_of(schema_of(unit, key), fields)
        rows = views.two_drafts(unit, key, typed)
        version = user_tasks.draft_version(unit, key)
        task = views.readable_task(unit, key)
        html = render_template(
            "draft_conflict.html", task=task, rows=rows, version=version, typed=json_text(typed),
            said=texts.render(error, words.locale()),
        )  # fmt: skip
    return make_response(html, HTTPStatus.CONFLICT)


@blueprint.post("/<int:key>/complete")
def complete(key: int) -> Response:
    sent: dict[str, Any] = {}
    fields, refused = uploads.with_form(lambda unit: files.home_of_task(unit, key))

    def use_case(unit: UnitOfWork) -> str:
        task = views.readable_task(unit, key)
        sent.update(submission_of(schema_of(unit, key), fields))
        if refused:
            raise FormRejected(refused)
        revision = http.form.get("revision", "")
        if task.state is UserTaskState.CREATED:
            views.permitted_task(unit, key, Permission.WORK_ON)
            if revision and revision != views.revision(task):
                raise Conflict("form_changed", key=key)
        user_tasks.complete(unit, key, sent, idempotency_key=http.form.get("idempotency_key") or None)
        return task.name or task.element_id

    try:
        name = request.run(use_case)
    except FormRejected as error:
        return _refused(key, error, sent)
    except Conflict:
        _keep(key, sent)
        raise
    flash(gettext("Submitted: %(name)s", name=name), "success")
    return request.go(url_for("tasks.index"))


@blueprint.post("/<int:key>/fill")
def fill(key: int) -> Response:
    """Keep what a delegate has filled in, and go on to the answer with which they give it back."""
    fields, _refused_files = uploads.with_form(lambda unit: files.home_of_task(unit, key))

    def use_case(unit: UnitOfWork) -> None:
        views.permitted_task(unit, key, Permission.WORK_ON)
        user_tasks.save_draft(unit, key, submission_of(schema_of(unit, key), fields))

    request.run(use_case)
    return request.go(url_for("task_verbs.show", key=key, verb="answer"))


@blueprint.get("/<int:key>/diagram.json")
def diagram(key: int) -> Response:
    with request.reading() as unit:
        task = views.readable_task(unit, key)
        if not views.around(unit, task).full:
            raise NotFound("page_missing")  # who sees a part of the case knows their own step of it
        return json_of({**views.diagram(unit, task.instance_key), "focus": task.element_id})


def keep_draft(key: int, sent: MultiDict[str, str]) -> None:
    """Keep what was typed in a task's form before the session ended, where the task is the person's to work on."""

    def use_case(unit: UnitOfWork) -> None:
        views.permitted_task(unit, key, Permission.WORK_ON)
        user_tasks.save_draft(unit, key, submission_of(schema_of(unit, key), sent))

    try:
        request.run(use_case)
    except (Conflict, Forbidden, NotFound, Invalid):
        # It was another person's, or is done: the page that comes next shows how the task stands.
        current_app.logger.info("what was typed for task %s could not be kept", key)
    else:
        flash(gettext("What you had typed is shown as your draft. Nothing has been submitted yet."), "info")


def submission_of(schema: Mapping[str, Any] | None, sent: MultiDict[str, str] | None = None) -> dict[str, Any]:
    """Return what the page's form sent: the viewer's JSON, or the plain fields."""
    fields = http.form if sent is None else sent
    text = fields.get("submission")
    if text is None:
        return fallback.submission(schema or {}, fields, site().settings.zone)
    try:
        found = decoded(text)
    except ValueError as error:
        raise Invalid("submission_unreadable") from error
    if not isinstance(found, dict):
        raise Invalid("submission_unreadable")
    return found


def schema_of(unit: UnitOfWork, key: int) -> Mapping[str, Any]:
    """Return the schema of a task's form, empty where it has none."""
    view = user_tasks.form(unit, key)
    return view.schema if view else {}


def _keep(key: int, sent: dict[str, Any]) -> None:
    """Keep what was typed although the task cannot be completed any more, where it is still the person's."""
    try:
        request.run(lambda unit: user_tasks.save_draft(unit, key, sent))
    except (Conflict, Forbidden, NotFound, Invalid):
        # The task is closed: there is nothing to go on with, the error page says what happened.
        current_app.logger.info("draft of task %s could not be kept", key)


def _refused(key: int, error: FormRejected, sent: Mapping[str, Any]) -> Response:
    with request.reading() as unit:
        problems = problems_of(schema_of(unit, key), error)
    summary = words.ngettext("%(num)s entry needs attention", "%(num)s entries need attention", len(problems))
    if http.accept_mimetypes.best == "application/json":
        return json_of({"text": summary, "fields": problems}, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _page(key, sent, summary, problems, HTTPStatus.UNPROCESSABLE_ENTITY)


def problems_of(schema: Mapping[str, Any], error: FormRejected) -> list[dict[str, Any]]:
    """Return path, label and messages of each field that a form's check refused, in form order."""
    named = {node.path: node.label for node in _flat(fallback.nodes(schema, {}))}
    return [
        {"path": path, "label": named.get(path) or path, "messages": messages}
        for path, messages in texts.fields(error, words.locale()).items()
    ]


def _flat(nodes: Sequence[fallback.Node]) -> list[fallback.Node]:
    return [found for node in nodes for found in (node, *_flat(node.children))]


def _page(
    key: int,
    typed: Mapping[str, Any] | None = None,
    summary: str = "",
    problems: Sequence[Mapping[str, Any]] = (),
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    with request.reading() as unit:
        task = views.readable_task(unit, key)
        case_key, step = user_tasks.access(task).case_key, task.name or task.element_id
        (item,) = items_of(unit, [task])
        around = views.around(unit, task)
        nodes: Sequence[fallback.Node] | None = None
        rows: Sequence[form_display.FormRow] = ()
        has_draft, submitted = False, None
        if not item.open:
            submitted = views.submitted(unit, task)
        elif item.workable:
            view = user_tasks.form(unit, key)
            has_draft = user_tasks.draft(unit, key) is not None
            if view is not None:
                refused = {problem["path"]: problem["messages"] for problem in problems}
                said = form_display.filled(unit, key, view)
                data = merged(view.data, typed or {})
                named = [*found_files.references(data), *(item for one in said.values() for item in one.files)]
                nodes = fallback.nodes(view.schema, data, refused, said, file_links.links(unit, named, key))
        else:
            rows = views.rows_of_task(unit, key)
        html = render_template(
            "task.html",
            task=item,
            nodes=nodes,
            rows=rows,
            has_draft=has_draft,
            submitted=submitted,
            summary=summary,
            problems=problems,
            idempotency_key=http.form.get("idempotency_key") or secrets.token_urlsafe(16),
            around=around,
            evaluations=views.evaluations_of_task(unit, task) if around.full else [],
            steps=views.steps(unit, task.instance_key) if around.full else None,
            offers=verb_pages.offers(unit, task),
            acts=verb_pages.acts(unit, task),
            tally=verb_pages.tally(unit, task),
            draft_version=user_tasks.draft_version(unit, key),
        )
    if case_key is not None:
        request.run(lambda unit: viewings.note(unit, case_key, viewings.TASK, step))
    return make_response(html, status)


def _query(unit: UnitOfWork, which: str, text: str | None = None, due: str = "") -> UserTaskQuery:
    me = request.actor()
    before = {"late": unit.now, "soon": unit.now + SOON}.get(due)
    if which == "done":
        return UserTaskQuery(state=UserTaskState.COMPLETED, completed_by=me.name, text=text, order=TaskOrder.COMPLETED)
    if which == "delegated":
        return UserTaskQuery(owner=me.name, text=text, due_before=before)
    if which == "copied":
        return UserTaskQuery(state=None, reader=me.name, text=text, due_before=before, order=TaskOrder.CREATED)
    if which == "group":
        return UserTaskQuery(candidate=user_tasks.candidate(me), text=text, due_before=before)
    return UserTaskQuery(assignee=me.name, text=text, due_before=before)


def items_of(unit: UnitOfWork, tasks: Sequence[UserTask]) -> list[TaskItem]:
    """Return tasks as lists show them, with what their cases are called."""
    me = request.actor()
    zone = site().settings.zone
    calendar = calendars.calendar(unit)
    people = {name for task in tasks for name in (task.assignee, task.completed_by, task.owner) if name}
    names = request.display_names(unit, people)
    headings = views.headings(unit, tasks)
    items = []
    for task in tasks:
        heading = headings[task.key]
        notes = step_notes.of_task(unit, task)
        is_open = task.state is UserTaskState.CREATED
        mine = is_open and task.assignee == me.name
        claimable = is_open and task.assignee is None and auth.may(me, Permission.CLAIM, user_tasks.access(task))
        offered = auth.is_candidate(me, user_tasks.access(task))
        holder = gettext("me") if mine else names.get(task.assignee or "", "") or gettext("unclaimed")
        items.append(
            TaskItem(
                key=task.key,
                name=views.step_name(notes, task.name or task.element_id),
                process=task.process_name or task.process_id,
                heading=heading.line,
                title=heading.title,
                url=url_for("tasks.show", key=task.key),
                light=lights.of_due(task.due_at, unit.now, calendar, zone) if is_open else None,
                due_day=lights.due_day(task.due_at, zone).isoformat() if task.due_at else "",
                assignee=task.assignee,
                holder=holder if is_open else names.get(task.completed_by or "", ""),
                mine=mine,
                claimable=claimable,
                workable=mine,
                releasable=mine and offered and task.owner is None,
                open=is_open,
                state_words=labels.text(labels.TASK_STATES, task.state.value),
                created_at=task.created_at,
                completed_at=task.completed_at,
                documentation=task.documentation or "",
                article=notes.article or "",
                verb=notes.submit or "",
                owner=names.get(task.owner or "", ""),
                answering=mine and task.owner is not None,
                revision=views.revision(task),
                opinions=notes.opinions or "",
                bulk=mine and task.owner is None and notes.bulk,
            )
        )
    return items
