"""People of the site: accounts, sessions, roles, who can do what, and who looked at what, for its administrators."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, current_app, flash, make_response, render_template, url_for
from flask import request as http

from service import texts
from service.auth import STEPS, Permission, Role
from service.auth.roles import ALLOWED
from service.casework import staff, viewings
from service.errors import Forbidden, Rejection
from service.runtime.unit import UnitOfWork
from service.web import labels, request, words
from service.web.words import N_, gettext

blueprint = Blueprint("people", __name__)

PARTS: dict[str, str] = {
    **labels.CASE_PARTS,
    viewings.TASK: N_("Task"),
    viewings.FILE: N_("File"),
    viewings.IDENTITY: N_("Identity number"),
    viewings.DOCUMENT: N_("Document"),
}

STEP_NAMES: dict[str, str] = {
    "screening": N_("Screening of own motion"),
    "application": N_("Submitting and withdrawing an application"),
    "admission": N_("Examining an application"),
    "investigation": N_("Investigation"),
    "expert_opinion": N_("Expert opinion"),
    "review": N_("Review"),
    "collective": N_("Collective study"),
    "drafting": N_("Drafting and issuing"),
    "serving": N_("Announcing, serving, explaining"),
    "filing": N_("Filing"),
    "appeal": N_("Appeal"),
    "rectification": N_("Rectification"),
    "proposal": N_("Proposals and escalation"),
    "backtracking": N_("Accountability review"),
    "parameters": N_("Parameters and rules"),
}


@blueprint.get("/people")
def index() -> Response:
    text, role = http.args.get("text", "").strip(), http.args.get("role", "")
    role = role if role in Role.__members__ else ""
    with request.reading() as unit:
        page = staff.people(unit, text, role, http.args.get("after"))
    arguments: dict[str, Any] = {"text": text or None, "role": role or None}
    html = render_template(
        "people.html",
        people=[
            {
                "url": url_for("people.show", name=account.name),
                "name": account.name,
                "shown": account.display_name,
                "active": account.active,
                "roles": [_role(code, organ) for code, organ in account.roles],
            }
            for account in page.items
        ],
        page=page,
        text=text,
        role=role,
        roles=[(code, labels.role(code)) for code in Role],
        next_url=url_for("people.index", **arguments, after=page.next) if page.next else None,
        first_url=url_for("people.index", **arguments) if "after" in http.args else None,
    )
    return make_response(html)


@blueprint.post("/people")
def add() -> Response:
    name, shown = http.form.get("name", "").strip(), http.form.get("shown", "").strip()
    password = request.run(lambda unit: staff.add(unit, name, shown))
    return _password(name, password)


@blueprint.get("/people/<name>")
def show(name: str) -> Response:
    with request.reading() as unit:
        standing = staff.standing(unit, name)
        known_organs = staff.organs(unit)
        successors = staff.people(unit).items if standing.open_tasks else []
        locked = standing.locked_until is not None and standing.locked_until > unit.now
    account = standing.account
    html = render_template(
        "person.html",
        account=account,
        itself=account.name == request.person().name,
        roles=[{"words": _role(code, organ), "code": code, "organ": organ} for code, organ in account.roles],
        locked_until=standing.locked_until if locked else None,
        sessions=standing.sessions,
        open_tasks=standing.open_tasks,
        organs=known_organs,
        all_roles=[(code, labels.role(code)) for code in Role],
        successors=[(row.name, row.display_name) for row in successors if row.active and row.name != account.name],
    )
    return make_response(html)


@blueprint.post("/people/<name>/password")
def reset_password(name: str) -> Response:
    return _password(name, request.run(lambda unit: staff.reset_password(unit, name)))


@blueprint.post("/people/<name>/disable")
def disable(name: str) -> Response:
    return _done(name, lambda unit: staff.set_active(unit, name, active=False), gettext("The account is disabled."))


@blueprint.post("/people/<name>/enable")
def enable(name: str) -> Response:
    return _done(name, lambda unit: staff.set_active(unit, name, active=True), gettext("The account is enabled."))


@blueprint.post("/people/<name>/unlock")
def unlock(name: str) -> Response:
    return _done(name, lambda unit: staff.unlock(unit, name), gettext("The account is unlocked."))


@blueprint.post("/people/<name>/sessions/end")
def end_sessions(name: str) -> Response:
    return _done(name, lambda unit: staff.end_sessions(unit, name), gettext("All sessions are ended."))


@blueprint.post("/people/<name>/roles")
def give_role(name: str) -> Response:
    role, organ = http.form.get("role", ""), http.form.get("organ", "")
    return _done(name, lambda unit: staff.give_role(unit, name, role, organ), gettext("The role is given."))


@blueprint.post("/people/<name>/roles/take")
def take_role(name: str) -> Response:
    role, organ = http.form.get("role", ""), http.form.get("organ", "")
    return _done(name, lambda unit: staff.take_role(unit, name, role, organ), gettext("The role is taken away."))


@blueprint.post("/people/<name>/hand-over")
def hand_over(name: str) -> Response:
    to = http.form.get("to", "")
    result = request.run(lambda unit: staff.hand_over(unit, name, to))
    flash(words.ngettext("%(num)s task handed over.", "%(num)s tasks handed over.", result.moved), "success")
    for reason in dict.fromkeys(texts.render(error, words.locale()) for error in result.kept):
        flash(gettext("Not handed over: %(reason)s", reason=reason), "warning")
    return request.go(url_for("people.show", name=name))


@blueprint.get("/rights")
def rights() -> Response:
    """Who can do what, from the tables by which the server checks."""
    if not any(request.person().may(item) for item in _MAY_SEE_RIGHTS):
        raise Forbidden("role_missing")
    html = render_template(
        "rights.html",
        permissions=[
            (labels.permission(item), [labels.role(role) for role in Role if role in ALLOWED[item]])
            for item in Permission
        ],
        steps=[
            (gettext(STEP_NAMES[name]), *(_listed(roles) for roles in (step.handles, step.checks, step.reads)))
            for name, step in STEPS.items()
        ],
    )
    return make_response(html)


_MAY_SEE_RIGHTS = (
    Permission.MANAGE_ACCOUNTS,
    Permission.MANAGE_ROLES,
    Permission.READ_AUDIT,
    Permission.SET_PARAMETERS,
)


@blueprint.get("/viewings")
def viewed() -> Response:
    filters, problem = _filters()
    with request.reading() as unit:
        try:
            page = viewings.search(unit, **filters, after=http.args.get("after"))
        except Rejection as error:
            if isinstance(error, Forbidden):
                raise
            page, problem = viewings.search(unit, limit=0), texts.render(error, words.locale())
    arguments = _asked()
    html = render_template(
        "viewings.html",
        lines=[(line, _part(line.part)) for line in page.items],
        page=page,
        typed=http.args,
        problem=problem,
        parts=[(code, gettext(label)) for code, label in PARTS.items()],
        csv_url=url_for("people.viewed_csv", **arguments),
        next_url=url_for("people.viewed", **arguments, after=page.next) if page.next else None,
        first_url=url_for("people.viewed", **arguments) if "after" in http.args else None,
    )
    return make_response(html, HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK)


@blueprint.get("/viewings.csv")
def viewed_csv() -> Response:
    filters, problem = _filters()
    if problem:
        return request.go(url_for("people.viewed", **_asked()))
    out = io.StringIO()
    writer = csv.writer(out)
    head = (N_("First"), N_("Last"), N_("Times"), N_("Person"), N_("Account"), N_("Case"), N_("Part"), N_("What"))
    writer.writerow([gettext(title) for title in head])
    with request.reading() as unit:
        for line in viewings.export(unit, **filters):
            cells = (line.called, line.who, line.case_no, _part(line.part), line.detail)
            writer.writerow(
                [words.moment(line.at), words.moment(line.last_at), line.times, *(_no_formula(cell) for cell in cells)]
            )
    response = current_app.response_class("\ufeff" + out.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="viewings.csv"'
    return response


def _asked() -> dict[str, Any]:
    return {name: value for name, value in http.args.items() if name in _FILTERS and value}


_FILTERS = ("who", "case_no", "part", "since", "until")


def _filters() -> tuple[dict[str, Any], str]:
    """Return what was asked for, and what is wrong with it."""
    found: dict[str, Any] = {name: http.args.get(name, "").strip() for name in ("who", "case_no")}
    part = http.args.get("part", "")
    found["part"] = part if part in PARTS else ""
    problem = ""
    for name in ("since", "until"):
        typed = http.args.get(name, "").strip()
        try:
            found[name] = date.fromisoformat(typed) if typed else None
        except ValueError:
            found[name], problem = None, gettext("%(found)s is no day; write it as 2026-03-02.", found=typed[:40])
    return found, problem


def _part(code: str) -> str:
    return gettext(PARTS[code]) if code in PARTS else code


def _no_formula(text: str) -> str:
    """Return a cell that a spreadsheet takes for text, whoever wrote it."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _listed(roles: frozenset[Role]) -> str:
    return gettext(", ").join(labels.role(role) for role in Role if role in roles)


def _role(code: str, organ: str) -> str:
    return gettext("%(role)s, %(organ)s", role=labels.role(code), organ=organ or gettext("all organs"))


def _done(name: str, use_case: Callable[[UnitOfWork], None], said: str) -> Response:
    request.run(use_case)
    flash(said, "success")
    return request.go(url_for("people.show", name=name))


def _password(name: str, password: str) -> Response:
    """Show a password once; it stands nowhere else."""
    return make_response(render_template("person_password.html", name=name, password=password))
