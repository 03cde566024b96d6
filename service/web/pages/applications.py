"""The subject's own page: what is going on in their cases, applying, and withdrawing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for
from flask import request as http

from service import auth
from service.auth import Permission
from service.casework import applications, case_files, notices, records, recusals, recusing
from service.casework.case_files import CaseView
from service.casework.deadlines import DeadlineState
from service.errors import FormRejected, NotFound
from service.runtime import files as found_files
from service.runtime.unit import UnitOfWork
from service.web import fallback, file_links, labels, request, uploads, words
from service.web.answers import json_of
from service.web.pages import files
from service.web.pages import notices as notice_pages
from service.web.pages.cases import deadline_view, facts_of, record_words
from service.web.pages.tasks import problems_of, submission_of
from service.web.words import N_, gettext

blueprint = Blueprint("applications", __name__, url_prefix="/applications")

ADMISSIONS: dict[str, str] = {
    "accept": N_("accepted"),
    "supplement": N_("to be supplemented"),
    "reject": N_("not accepted"),
    "redirect_appeal": N_("late: the way is an appeal"),
    "transfer": N_("passed on to the organ in charge"),
    "insufficient": N_("under examination"),
    "manual": N_("under examination"),
    "register_only": N_("kept on record until accountability work begins"),
    "proactive_review": N_("passed on as a lead for screening"),
}


@blueprint.get("")
def index() -> Response:
    _require()
    with request.reading() as unit:
        matters = [_matter(unit, case) for case in case_files.own_cases(unit)]
    return make_response(render_template("applications.html", matters=matters))


@blueprint.get("/<int:key>")
def show(key: int) -> Response:
    _require()
    with request.reading() as unit:
        case = _own(unit, key)
        matter = _matter(unit, case)
        wording = record_words(unit)
        called = request.Called(unit)
        sections = [
            {"label": labels.record(name), "facts": facts}
            for name, record in case.subjects[0].items()
            if (facts := facts_of(name, record, wording, called))
        ]
        told = [notice_pages.view(unit, row) for row in notices.of_actor(unit).items if row.case_key == key]
        people = [called(name) for name in recusals.handlers(records.of_case(unit, key))]
    html = render_template("application.html", matter=matter, sections=sections, notices=told, handlers=people)
    return make_response(html)


@blueprint.post("/<int:key>/recusal")
def ask_for_recusal(key: int) -> Response:
    """Ask that somebody who works on one's case recuse; people are meant by their place in the list shown."""
    _require()
    number, reason = http.form.get("person", ""), http.form.get("reason", "")

    def use_case(unit: UnitOfWork) -> None:
        case = records.of_case(unit, _own(unit, key).summary.key)
        recusing.request(unit, key, recusals.handler_at(case, number), reason)

    done = gettext("Your request is recorded; you will be told of the ruling.")
    return request.attempt(use_case, done, url_for("applications.show", key=key))


@blueprint.get("/<int:key>/apply")
def apply(key: int) -> Response:
    _require()
    return _form(key, {})


@blueprint.get("/<int:key>/form.json")
def form(key: int) -> Response:
    _require()
    with request.reading() as unit:
        case = _own(unit, key)
        found = uploads.for_island(unit, url_for("files.for_application", key=key))
        return json_of(
            {"schema": applications.form(unit).schema, "data": _shown(case), "readOnly": False, "files": found}
        )


@blueprint.post("/<int:key>/apply")
def submit(key: int) -> Response:
    _require()
    sent: dict[str, Any] = {}
    fields, refused = uploads.with_form(lambda unit: files.home_of_application(unit, key))

    def use_case(unit: UnitOfWork) -> None:
        case = _own(unit, key)
        sent.update(submission_of(applications.form(unit).schema, fields))
        if refused:
            raise FormRejected(refused)
        key_of_request = http.form.get("idempotency_key") or None
        applications.submit(unit, key, _subject_key(case), sent, idempotency_key=key_of_request)

    try:
        request.run(use_case)
    except FormRejected as error:
        with request.reading() as unit:
            problems = problems_of(applications.form(unit).schema, error)
        summary = words.ngettext("%(num)s entry needs attention", "%(num)s entries need attention", len(problems))
        if http.accept_mimetypes.best == "application/json":
            return json_of({"text": summary, "fields": problems}, HTTPStatus.UNPROCESSABLE_ENTITY)
        return _form(key, sent, summary, problems, HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(gettext("Your application has been handed in. You see here what becomes of it."), "success")
    return request.go(url_for("applications.show", key=key))


@blueprint.post("/<int:key>/withdraw")
def withdraw(key: int) -> Response:
    _require()

    def use_case(unit: UnitOfWork) -> None:
        case = _own(unit, key)
        applications.withdraw(unit, key, _subject_key(case), http.form.get("reason", "").strip()[:2000])

    request.run(use_case)
    flash(gettext("Your application is withdrawn."), "success")
    return request.go(url_for("applications.show", key=key))


def _require() -> None:
    request.require(Permission.SUBMIT_APPLICATION)


def _own(unit: UnitOfWork, key: int) -> CaseView:
    """Return a case in which the person is a subject; raises `NotFound` for any other."""
    case = case_files.view(unit, key)
    if case.view is not auth.View.SUBJECT or not case.subjects:
        raise NotFound("page_missing")
    return case


def _subject_key(case: CaseView) -> int:
    return int(str(case.subjects[0]["subject"]["key"]))


def _shown(case: CaseView) -> dict[str, Any]:
    subject = case.subjects[0]["subject"]
    return {"subject": {name: subject.get(name) for name in ("name", "orgName", "positionAtTime")}, "application": {}}


def _matter(unit: UnitOfWork, case: CaseView) -> dict[str, Any]:
    """Return what the person's page says of one case."""
    own = case.subjects[0]
    subject, application = own["subject"], own.get("application") or {}
    pending = applications.under_examination(records.of_case(unit, case.summary.key), _subject_key(case))
    events = []
    if application.get("submittedAt"):
        said = labels.text(ADMISSIONS, application.get("admission")) or gettext("under examination")
        if application.get("withdrawnAt"):
            said = gettext("withdrawn")
        events.append(
            {"at": application["submittedAt"], "words": gettext("Application handed in: %(state)s", state=said)}
        )
    outcome = subject.get("outcome")
    names = {str(subject["key"]): ""}
    return {
        "key": case.summary.key,
        "case_no": case.summary.case_no,
        "title": case.summary.title,
        "state": labels.tag(labels.STATES, subject.get("state")),
        "outcome": labels.text(labels.OUTCOMES, outcome) if outcome and outcome != "pending" else "",
        "applications": events,
        "deadlines": [
            deadline_view(unit, row, names) for row in case.deadlines if row.state is not DeadlineState.CLOSED
        ],
        "decided_at": ((own.get("delivery") or {}).get("subject") or {}).get("deliveredAt"),
        "appeal": (own.get("decisionDocument") or {}).get("appealInfo"),
        "url": url_for("applications.show", key=case.summary.key),
        "apply_url": url_for("applications.apply", key=case.summary.key),
        "pending": pending,
        "may_apply": not pending and subject.get("state") not in {"CLOSED", "TERMINATED"},
    }


def _form(
    key: int,
    typed: Mapping[str, Any],
    summary: str = "",
    problems: Sequence[Mapping[str, Any]] = (),
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    with request.reading() as unit:
        case = _own(unit, key)
        schema = applications.form(unit).schema
        data = _shown(case) | dict(typed)
        refused = {problem["path"]: problem["messages"] for problem in problems}
        html = render_template(
            "start.html",
            heading=gettext("Apply for a determination of fault tolerance"),
            lead=gettext(
                "The decision in case %(number)s was served on you: an application now leads to the way of appeal.",
                number=case.summary.case_no,
            )
            if _matter(unit, case)["decided_at"]
            else gettext(
                "Case %(number)s. What you write goes to the intake officer at once.", number=case.summary.case_no
            ),
            trail=[(url_for("applications.index"), gettext("My applications"))],
            action=url_for("applications.submit", key=key),
            source=url_for("applications.form", key=key),
            nodes=fallback.nodes(schema, data, refused, None, file_links.links(unit, found_files.references(data))),
            summary=summary,
            problems=problems,
            idempotency_key=http.form.get("idempotency_key") or secrets.token_urlsafe(16),
            submit_label=gettext("Hand in"),
        )
    return make_response(html, status)
