"""Cases: the list, registration, and one case with its people, progress, judgements and deadlines."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for
from flask import request as http

from service import auth
from service.auth import Permission
from service.business_calendar import Calendar
from service.casework import (
    calendars,
    case_files,
    catalogue,
    deadlines,
    identities,
    overviews,
    parameters,
    records,
    recusals,
    recusing,
    suspensions,
    viewings,
)
from service.casework.case_files import CaseSummary, CaseView
from service.casework.deadlines import Deadline, DeadlineState
from service.errors import FormRejected, NotFound
from service.runtime import files as found_files
from service.runtime import form_display, instances, user_tasks
from service.runtime.form_display import FieldWords
from service.runtime.history import EventKind, TimelineEvent
from service.runtime.instances import InstanceState
from service.runtime.unit import UnitOfWork
from service.web import (
    fallback,
    file_links,
    kept_words,
    labels,
    lights,
    materials,
    request,
    results,
    uploads,
    views,
    words,
)
from service.web.answers import json_of
from service.web.lights import Light
from service.web.pages import archive_requests, documents, files, task_verbs
from service.web.pages.tasks import items_of, problems_of, submission_of
from service.web.request import Called
from service.web.site import site
from service.web.words import N_, gettext

blueprint = Blueprint("cases", __name__, url_prefix="/cases")

PAGE = 50

INSTANCE_STATES: dict[InstanceState, tuple[str, str]] = {
    InstanceState.ACTIVE: (N_("under way"), ""),
    InstanceState.COMPLETED: (N_("done"), "green"),
    InstanceState.TERMINATED: (N_("cancelled"), "grey"),
}

EVENTS: dict[EventKind, tuple[str, str]] = {
    EventKind.INSTANCE_STARTED: (N_("Process begun: %(name)s"), "event"),
    EventKind.INSTANCE_ENDED: (N_("Process ended: %(name)s"), "event"),
    EventKind.TASK_OPENED: (N_("Task arrived: %(name)s"), "event"),
    EventKind.TASK_COMPLETED: (N_("Task submitted: %(name)s"), "task"),
    EventKind.TASK_CANCELED: (N_("Task cancelled: %(name)s"), "event"),
    EventKind.DECIDED: (N_("Judgement: %(name)s"), "decision"),
    EventKind.EVENT: (N_("Event: %(name)s"), "deadline"),
    EventKind.TASK_ACT: (N_("About the task: %(name)s"), "task"),
    EventKind.INCIDENT: (N_("Stopped: %(name)s"), "incident"),
    EventKind.INCIDENT_RESOLVED: (N_("Goes on: %(name)s"), "event"),
}


SECRECY: dict[str, tuple[str, str]] = {
    "internal": (N_("Internal"), ""),
    "work_secret": (N_("Work secret"), "red"),
}


@dataclass(frozen=True, slots=True)
class CaseRow:
    key: int
    url: str
    case_no: str
    title: str
    subjects: tuple[str, ...]
    state: tuple[str, str] | None
    light: Light | None
    registered: Any
    secrecy: tuple[str, str] | None  # label and colour


@dataclass(frozen=True, slots=True)
class DeadlineView:
    name: str
    parameter: str
    subject: str
    start: date
    light: Light | None
    due_words: str
    counted: str
    sheet: str  # address of the page that shows how it was counted


@blueprint.get("")
def index() -> Response:
    text, state = http.args.get("text", "").strip(), http.args.get("state", "")
    state = state if state in labels.STATES else ""
    with request.reading() as unit:
        page = case_files.search(
            unit, text=text or None, states=[state] if state else (), after=http.args.get("after"), limit=PAGE
        )
        if len(page.items) == 1 and page.items[0].case_no == text:
            return request.go(url_for("cases.show", key=page.items[0].key))
        calendar, today = calendars.calendar(unit), parameters.today(unit)
        rows = [row_of(summary, calendar, today) for summary in page.items]
    arguments: dict[str, Any] = {"text": text or None, "state": state or None}
    html = render_template(
        "cases.html",
        cases=rows,
        page=page,
        text=text,
        state=state,
        states=[(code, gettext(label)) for code, (label, _colour) in labels.STATES.items()],
        next_url=url_for("cases.index", **arguments, after=page.next) if page.next else None,
        first_url=url_for("cases.index", **arguments) if "after" in http.args else None,
    )
    return make_response(html)


@blueprint.get("/new")
def new() -> Response:
    request.require(Permission.REGISTER_CASE)
    return _registration({})


@blueprint.get("/new/form.json")
def form() -> Response:
    request.require(Permission.REGISTER_CASE)
    with request.reading() as unit:
        found = uploads.for_island(unit, url_for("files.for_registration"))
        return json_of({"schema": _registration_schema(unit), "data": {}, "readOnly": False, "files": found})


@blueprint.post("/new")
def register() -> Response:
    request.require(Permission.REGISTER_CASE)
    sent: dict[str, Any] = {}
    fields, refused = uploads.with_form(files.home_of_registration)

    def use_case(unit: UnitOfWork) -> tuple[int, str]:
        sent.update(submission_of(_registration_schema(unit), fields))
        if refused:
            raise FormRejected(refused)
        row = case_files.register(unit, sent, http.form.get("idempotency_key") or None)
        return row.key, row.case_no

    try:
        key, case_no = request.run(use_case)
    except FormRejected as error:
        with request.reading() as unit:
            problems = problems_of(_registration_schema(unit), error)
        summary = words.ngettext("%(num)s entry needs attention", "%(num)s entries need attention", len(problems))
        if http.accept_mimetypes.best == "application/json":
            return json_of({"text": summary, "fields": problems}, HTTPStatus.UNPROCESSABLE_ENTITY)
        return _registration(sent, summary, problems, HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(gettext("Registered under number %(number)s.", number=case_no), "success")
    return request.go(url_for("cases.show", key=key))


@blueprint.get("/<int:key>")
def show(key: int) -> Response:
    tab = http.args.get("tab", "overview")
    tab = tab if tab in labels.CASE_PARTS else "overview"
    with request.reading() as unit:
        case = case_files.view(unit, key)
        if case.view is not auth.View.FULL:
            tab = "overview"
        content = _CONTENT[tab](unit, case)
        summary = case.summary
        tabs = [
            {
                "url": url_for("cases.show", key=key, tab=name if name != "overview" else None),
                "label": gettext(label),
                "count": {"judgements": len(case.evaluations), "deadlines": len(case.deadlines)}.get(name),
                "current": name == tab,
            }
            for name, label in labels.CASE_PARTS.items()
            if case.view is auth.View.FULL or name == "overview"
        ]
        head = row_of(summary, calendars.calendar(unit), parameters.today(unit))
    request.run(lambda unit: viewings.note(unit, key, tab))
    return make_response(render_template("case.html", case=head, tabs=tabs, tab=tab, **content))


@blueprint.post("/<int:key>/subjects/<int:subject>/suspend")
def suspend(key: int, subject: int) -> Response:
    kind, reason = http.form.get("kind", ""), http.form.get("reason", "").strip()[:2000]
    done, back = gettext("The procedure is suspended; time limits stand still."), url_for("cases.show", key=key)
    return request.attempt(lambda unit: suspensions.suspend(unit, key, subject, kind, reason), done, back)


@blueprint.post("/<int:key>/recusal/declare")
def declare_recusal(key: int) -> Response:
    answers = {name: http.form.get(name, "") for name in recusing.GROUNDS}
    try:
        result = request.run(lambda unit: recusing.declare(unit, key, answers))
    except FormRejected as error:
        request.flash_problems(error)
        return request.go(url_for("cases.show", key=key))
    flash(gettext("Declared. Result: %(result)s", result=gettext(RECUSAL_RESULTS.get(result, result))), "success")
    return request.go(url_for("cases.show", key=key) if result not in recusals.MUST else url_for("cases.index"))


@blueprint.post("/<int:key>/recusal/rule")
def rule_recusal(key: int) -> Response:
    must, reason = http.form.get("must") == "yes", http.form.get("reason", "")
    person = http.form.get("person", "")  # by place, so that no account name goes to the page
    return request.attempt(
        lambda unit: recusing.rule(
            unit, key, recusals.handler_at(records.of_case(unit, key), person), must=must, reason=reason
        ),
        gettext("The ruling is recorded."),
        url_for("cases.show", key=key),
    )


@blueprint.post("/<int:key>/subjects/<int:subject>/identity")
def keep_identity(key: int, subject: int) -> Response:
    number = http.form.get("number", "")
    done, back = gettext("The identity number is kept, sealed."), url_for("cases.show", key=key)
    return request.attempt(lambda unit: identities.keep(unit, key, subject, number), done, back)


@blueprint.post("/<int:key>/subjects/<int:subject>/identity/reveal")
def reveal_identity(key: int, subject: int) -> Response:
    reason = http.form.get("reason", "")
    try:
        number = request.run(lambda unit: identities.reveal(unit, key, subject, reason))
    except FormRejected as error:
        request.flash_problems(error)
        return request.go(url_for("cases.show", key=key))
    with request.reading() as unit:
        case = case_files.view(unit, key)
    name = next((row.name for row in case.summary.subjects if row.key == subject), "")
    head = {"case_no": case.summary.case_no, "url": url_for("cases.show", key=key)}
    return make_response(render_template("identity.html", case=head, name=name, number=number))


@blueprint.get("/<int:key>/instances/<int:instance>.json")
def diagram(key: int, instance: int) -> Response:
    with request.reading() as unit:
        case = case_files.view(unit, key)
        if instance not in {row.key for row in case.instances}:
            raise NotFound("page_missing")
        return json_of(views.diagram(unit, instance))


def row_of(summary: CaseSummary, calendar: Calendar, today: date) -> CaseRow:
    """Return a case as lists show it."""
    light = lights.of_day(summary.next_due, today, calendar) if summary.next_due else None
    return CaseRow(
        summary.key,
        url_for("cases.show", key=summary.key),
        summary.case_no,
        summary.title,
        tuple(subject.name for subject in summary.subjects),
        labels.tag(labels.STATES, summary.state),
        light,
        summary.registered_at,
        labels.tag(SECRECY, summary.secrecy),
    )


def deadline_view(unit: UnitOfWork, row: Deadline, names: Mapping[str, str]) -> DeadlineView:
    """Return a deadline with its light and how it was counted."""
    calendar, today = calendars.calendar(unit), parameters.today(unit)
    zone = site().settings.zone
    known = parameters.definitions().get(row.parameter)
    light: Light | None
    due_words = row.due.isoformat() if row.due else ""
    if row.state is DeadlineState.CLOSED:
        on_time = row.due is None or row.closed_at is None or row.closed_at.astimezone(zone).date() <= row.due
        light = lights.finished(on_time)
    elif row.state is DeadlineState.PAUSED:
        light = lights.stopped()
    elif row.due is None:
        provisional = overviews.provisional_day(unit, row)
        light = lights.missing()
        due_words = gettext("%(day)s, provisional", day=provisional.isoformat()) if provisional else ""
    else:
        light = lights.of_day(row.due, today, calendar)
    units = {
        "working_day": words.ngettext("%(num)s working day", "%(num)s working days", row.amount),
        "day": words.ngettext("%(num)s day", "%(num)s days", row.amount),
        "month": words.ngettext("%(num)s month", "%(num)s months", row.amount),
    }
    counted = [gettext("%(length)s after %(start)s", length=units.get(row.unit, row.amount), start=row.start)]
    counted += [
        gettext("extended by %(amount)s: %(reason)s", amount=item.amount, reason=item.reason)
        for item in deadlines.extensions_of(row)
    ]
    counted += [
        gettext("stopped %(start)s to %(end)s: %(reason)s", start=item.start, end=item.end or "…", reason=item.reason)
        for item in deadlines.pauses_of(row)
    ]
    if known is not None and known.source:
        counted.append(known.source)
    return DeadlineView(
        known.name if known else row.parameter,
        row.parameter,
        names.get(row.subject_key, ""),
        row.start,
        light,
        due_words,
        gettext("; ").join(str(part) for part in counted),
        url_for("deadlines.show", key=row.case_key, deadline=row.key),
    )


def _registration(
    typed: Mapping[str, Any],
    summary: str = "",
    problems: Sequence[Mapping[str, Any]] = (),
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    with request.reading() as unit:
        schema = _registration_schema(unit)
        named = file_links.links(unit, found_files.references(typed))
    refused = {problem["path"]: problem["messages"] for problem in problems}
    html = render_template(
        "start.html",
        heading=gettext("Register a case"),
        lead=gettext("Registration starts the procedure: screening of own motion begins for every person named here."),
        trail=[(url_for("cases.index"), gettext("Cases"))],
        action=url_for("cases.register"),
        source=url_for("cases.form"),
        nodes=fallback.nodes(schema, typed, refused, None, named),
        summary=summary,
        problems=problems,
        idempotency_key=http.form.get("idempotency_key") or secrets.token_urlsafe(16),
        submit_label=gettext("Register"),
    )
    return make_response(html, status)


def _registration_schema(unit: UnitOfWork) -> Mapping[str, Any]:
    found = instances.start_form(unit, case_files.PROCESS)
    if found is None:
        raise NotFound("page_missing")
    return found.schema


RECUSAL_RESULTS: dict[str, str] = {
    "clear": N_("need not recuse"),
    "must_recuse": N_("must recuse"),
    "insufficient": N_("not declared clearly"),
    "recuse": N_("recusal ordered"),
    "stay": N_("need not recuse, by ruling"),
}
GROUND_WORDS: dict[str, str] = {
    "nearRelative": N_("Near relative of the person"),
    "witness": N_("Witness or informant in the case"),
    "interest": N_("Interest of one's own or of a near relative"),
    "otherImpact": N_("Anything else that may impair fairness"),
    "isOrganHead": N_("Head of the organ"),
}


def _recusal(unit: UnitOfWork, case: CaseView, called: Called) -> dict[str, Any] | None:
    """Return how recusal stands in the case, for those who work on it."""
    if case.view is not auth.View.FULL:
        return None
    whole = records.of_case(unit, case.summary.key)
    people, asked = recusals.handlers(whole), recusals.pending(whole)
    me = request.actor()
    return {
        "declare_url": url_for("cases.declare_recusal", key=case.summary.key),
        "rule_url": url_for("cases.rule_recusal", key=case.summary.key),
        "mine": me.name in people and not recusals.declared(whole, me.name),
        "grounds": [(name, gettext(label)) for name, label in GROUND_WORDS.items()],
        "asked": [
            {"number": people.index(name), "name": called(name), "reason": entry.get("note") or ""}
            for name, entry in asked.items()
            if name in people
        ],
        "may_rule": auth.may(me, Permission.RULE_RECUSAL, case_files.access(unit, whole)),
    }


# Content of the tabs


def _overview(unit: UnitOfWork, case: CaseView) -> dict[str, Any]:
    wording = record_words(unit)
    called = request.Called(unit)
    names = {str(row["subject"]["key"]): str(row["subject"]["name"]) for row in case.subjects}
    subjects, sections = [], []
    whole = case_files.access(unit, records.of_case(unit, case.summary.key))
    numbers = identities.shown(unit, [row.key for row in case.summary.subjects]) if case.view is auth.View.FULL else {}
    may_keep, may_reveal = (
        auth.may(request.actor(), permission, whole)
        for permission in (Permission.KEEP_IDENTITY, Permission.READ_IDENTITY)
    )
    may_suspend = auth.may(request.actor(), Permission.SUSPEND_CASE, whole)
    for row in case.subjects:
        subject = row["subject"]
        tags = [
            labels.tag(labels.STATES, subject.get("state")),
            labels.tag(labels.RECTIFICATION, subject.get("rectificationState")),
            labels.tag(labels.FILING, subject.get("filingState")),
            labels.tag(labels.APPEAL, subject.get("appealState")),
        ]
        outcome = subject.get("outcome")
        facts = facts_of("subject", subject, wording, called)
        if outcome and outcome != "pending":
            facts.insert(0, (gettext("Decision"), labels.text(labels.OUTCOMES, outcome)))
        subjects.append(
            {
                "name": subject["name"],
                "tags": [tag for tag in tags if tag],
                "facts": facts,
                "suspend_url": url_for("cases.suspend", key=case.summary.key, subject=subject["key"])
                if may_suspend and suspensions.possible(str(subject.get("state")))
                else None,
                "identity": numbers.get(int(subject["key"])),
                "keep_url": url_for("cases.keep_identity", key=case.summary.key, subject=subject["key"])
                if may_keep
                else None,
                "reveal_url": url_for("cases.reveal_identity", key=case.summary.key, subject=subject["key"])
                if may_reveal and int(subject["key"]) in numbers
                else None,
            }
        )
        for name, record in row.items():
            found = facts_of(name, record, wording, called) if name != "subject" else []
            if found:
                label = labels.record(name)
                label = f"{label} · {subject['name']}" if len(case.subjects) > 1 else label
                sections.append({"label": label, "facts": found})
    plain = {name: item for name, item in case.record.items() if name not in {"subjects", *catalogue.PEOPLE}}
    about = facts_of("case", plain, wording, called)
    if about:
        sections.insert(0, {"label": gettext("About the case"), "facts": about})
    return {
        "subjects": subjects,
        "records": sections,
        "recusal": _recusal(unit, case, called),
        "tasks": _tasks(unit, case),
        "deadlines": [
            deadline_view(unit, row, names) for row in case.deadlines if row.state is not DeadlineState.CLOSED
        ],
        "people": [
            (labels.role(code), gettext(", ").join(called(name) for name in names_))
            for code, names_ in case.people.items()
        ],
    }


def record_words(unit: UnitOfWork) -> dict[str, FieldWords]:
    """Return what fields of records are called, by path."""
    wording = form_display.field_words(unit)
    # Registration writes persons as entries of a list; their record shows the same fields.
    entries = {path: known for path, known in wording.items() if path.startswith("case.subjects[].")}
    persons = {path.replace("case.subjects[].", "subject.", 1): known for path, known in entries.items()}
    return kept_words.words() | persons | dict(wording)


def facts_of(record: str, value: Any, wording: Mapping[str, FieldWords], called: Called) -> list[tuple[str, str]]:
    """Return what a record says, by the labels of the forms that write it; what no form names is left out."""
    if isinstance(value, list):
        return [
            (gettext("No. %(number)s", number=index + 1), gettext("; ").join(f"{name} {text}" for name, text in found))
            for index, item in enumerate(value)
            if (
                found := _fields(f"{record}[]", item, wording, called)
                or _fields(record, item, wording, called)
                or _fields("evidenceEntry", item, wording, called)
            )
        ]
    return _fields(record, value, wording, called)


def _fields(path: str, value: Any, wording: Mapping[str, FieldWords], called: Called) -> list[tuple[str, str]]:
    if not isinstance(value, Mapping):
        return []
    found: list[tuple[str, str]] = []
    for name, item in value.items():
        inner = f"{path}.{name}"
        known = wording.get(inner)
        if item in (None, "", [], {}):
            continue
        files = list(found_files.references(item)) if isinstance(item, list) and known is not None else []
        if files and known is not None:
            found.append((known.label, gettext("; ").join(_file_words(one) for one in files)))
        elif isinstance(item, Mapping):
            found += _fields(inner, item, wording, called)
        elif isinstance(item, list) and item and isinstance(item[0], Mapping):
            for index, entry in enumerate(item):
                entries = _fields(f"{inner}[]", entry, wording, called)
                if entries:
                    label = f"{known.label if known else ''} {index + 1}".strip()
                    found.append((label, gettext("; ").join(f"{key} {text}" for key, text in entries)))
        elif known is not None:
            values = item if isinstance(item, list) else [item]
            found.append((known.label, gettext(", ").join(_said(one, known, called) for one in values)))
    return found


def _file_words(reference: Mapping[str, Any]) -> str:
    name = (reference.get("metadata") or {}).get("fileName")
    return gettext("%(name)s (SHA-256 %(digest)s)", name=name, digest=reference.get("contentHash"))


def _said(value: Any, known: FieldWords, called: Called) -> str:
    """Return one value in words: a choice by its label, a person by name, a moment in the site's zone."""
    if isinstance(value, str):
        if value in known.options:
            return known.options[value]
        if views.MOMENT.match(value):
            return words.moment(value)
        if views.USER_NAME.fullmatch(value):
            return called(value)
    return results.value(value)


def _tasks(unit: UnitOfWork, case: CaseView) -> list[dict[str, Any]]:
    found = []
    headings = overviews.headings_of_tasks(unit, case.tasks)
    for task, item in zip(case.tasks, items_of(unit, case.tasks), strict=True):
        may_read = auth.may(request.actor(), Permission.READ_TASK, user_tasks.access(task))
        heading = headings.get(task.key)
        found.append(
            {
                "name": item.name,
                "holder": item.holder,
                "light": item.light,
                "url": item.url if may_read else None,
                "subject": heading.subject_name if heading else "",
            }
        )
    return found


def _progress(unit: UnitOfWork, case: CaseView) -> dict[str, Any]:
    about = _subjects_of(unit, case)
    parts = []
    for row in sorted(case.instances, key=lambda row: row.key):
        state, colour = INSTANCE_STATES[row.state]
        parts.append(
            {
                "key": row.key,
                "name": row.process_name or row.process_id,
                "subject": about.get(row.key, ""),
                "state_words": gettext("needs attention") if row.has_incident else gettext(state),
                "colour": "red" if row.has_incident else colour,
                "steps": views.steps(unit, row.key),
            }
        )
    return {"instances": parts}


def _timeline(unit: UnitOfWork, case: CaseView) -> dict[str, Any]:
    return {"events": told_events(unit, case, case.timeline)}


def told_events(unit: UnitOfWork, case: CaseView, events: Sequence[TimelineEvent]) -> list[dict[str, Any]]:
    """Return events of a case in words, in the order given."""
    about = _subjects_of(unit, case)
    people = {event.actor for event in events if event.actor}
    people |= {str(event.detail["target"]) for event in events if event.detail.get("target")}
    called = request.display_names(unit, people)
    # The arrival of a task that was done since tells nothing that its completion does not tell.
    done = {event.key for event in events if event.kind in {EventKind.TASK_COMPLETED, EventKind.TASK_CANCELED}}
    shown = [event for event in events if event.kind is not EventKind.TASK_OPENED or event.key not in done]
    names = {event.element_id: event.name for event in events if event.element_id and event.name}
    return [_event(event, about, called, names) for event in shown]


def _event(
    event: TimelineEvent, about: Mapping[int, str], called: Mapping[str, str], names: Mapping[str, str]
) -> dict[str, Any]:
    text, kind = EVENTS[event.kind]
    detail = []
    if event.kind is EventKind.DECIDED:
        detail.append(results.result(event.detail.get("output")))
    if event.kind is EventKind.TASK_COMPLETED and event.detail.get("late"):
        detail.append(gettext("finished late"))
    if event.kind is EventKind.TASK_ACT:
        target = called.get(str(event.detail.get("target")), "")
        place = names.get(str(event.detail.get("place")), "")
        detail.append(task_verbs.act_words(str(event.detail["act"]), target, place))
        detail.append(str(event.detail["text"]))
    if event.kind is EventKind.INCIDENT:
        detail.append(words.message(str(event.detail.get("code"))))
    who = called.get(event.actor or "", "")
    return {
        "at": event.at,
        "kind": kind,
        "words": gettext(text, name=event.name or event.element_id or ""),
        "who": gettext(" · ").join(part for part in (who, about.get(event.instance_key or 0, "")) if part),
        "detail": gettext("; ").join(part for part in detail if part),
    }


def _judgements(unit: UnitOfWork, case: CaseView) -> dict[str, Any]:
    about = _subjects_of(unit, case)
    return {
        "evaluations": [
            views.evaluation(unit, row, subject=about.get(row.instance_key or 0, "")) for row in case.evaluations
        ]
    }


def _deadlines(unit: UnitOfWork, case: CaseView) -> dict[str, Any]:
    names = {str(row["subject"]["key"]): str(row["subject"]["name"]) for row in case.subjects}
    return {"deadlines": [deadline_view(unit, row, names) for row in case.deadlines]}


def _documents(unit: UnitOfWork, case: CaseView) -> dict[str, Any]:
    return documents.tab(unit, case.summary.key)


def _materials(unit: UnitOfWork, case: CaseView) -> dict[str, Any]:
    chosen = http.args.get("kind", "")
    return materials.content(unit, case.summary.key, record_words(unit), _subjects_of(unit, case), chosen)


def _archives(unit: UnitOfWork, case: CaseView) -> dict[str, Any]:
    return archive_requests.tab(unit, case)


def _submissions(unit: UnitOfWork, case: CaseView) -> dict[str, Any]:
    about = _subjects_of(unit, case)
    found = []
    for row in reversed(form_display.submissions(unit, str(case.summary.key))):
        name = gettext("Registration") if row.element_id == case_files.PROCESS else labels.record(row.element_id)
        if row.user_task_key is not None:
            task = user_tasks.get(unit, row.user_task_key)
            name = task.name or task.element_id
        found.append(views.submission(unit, row, name, about.get(row.instance_key, "")))
    return {"submissions": found}


def _subjects_of(unit: UnitOfWork, case: CaseView) -> dict[int, str]:
    """Return whom each instance of a case is about, by instance key."""
    names = {int(str(row["subject"]["key"])): str(row["subject"]["name"]) for row in case.subjects}
    places: dict[int, tuple[int | None, ...]] = {row.key: (row.key,) for row in case.instances}
    return {place: names.get(key, "") for place, key in overviews.subjects_at(unit, places).items()}


_CONTENT = {
    "overview": _overview,
    "progress": _progress,
    "timeline": _timeline,
    "judgements": _judgements,
    "deadlines": _deadlines,
    "documents": _documents,
    "materials": _materials,
    "submissions": _submissions,
    "archives": _archives,
}
