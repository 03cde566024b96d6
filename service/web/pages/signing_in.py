"""Signing in and out, the language, and one's own password."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, Response, current_app, make_response, render_template, session, url_for
from flask import request as http
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from service.auth import Actor, accounts, sessions
from service.auth.accounts import SignIn
from service.casework import demo
from service.errors import Rejection
from service.runtime import audit
from service.runtime.unit import UnitOfWork
from service.texts import LOCALES, render
from service.web import labels, request, words
from service.web.answers import json_of
from service.web.pages import tasks
from service.web.site import site
from service.web.words import N_

blueprint = Blueprint("signing_in", __name__)

N_("Chinese")
KEPT = "kept:"
DRAFTS = frozenset({"tasks.complete", "tasks.save_draft"})
LANGUAGE_SECONDS = 365 * 24 * 3600


@blueprint.get("/sign-in")
def sign_in() -> Response:
    if request.maybe_person() is not None:
        return request.go(request.local_target(http.args.get("back"), url_for("home.show")))
    return _page()


@blueprint.get("/session.json")
def state() -> Response:
    """Who is signed in, and the token that a form of theirs needs: asked by pages that were open for long."""
    person = request.maybe_person()
    return json_of({"name": person.name if person else None, "token": generate_csrf()})


@blueprint.post("/sign-in/kept")
def keep() -> Response:
    """A form came after the session had ended: ask to sign in, and keep what was typed."""
    to = request.local_target(http.args.get("to"), "")
    kept = [(name, value) for name, value in http.form.items(multi=True) if name != "csrf_token"] if to else []
    return _page(kept=kept, kept_for=to, status=HTTPStatus.UNAUTHORIZED)


@blueprint.post("/sign-in")
def enter() -> Response:
    name, password = http.form.get("name", "").strip(), http.form.get("password", "")
    if site().settings.is_demo and "seat" in http.form:
        name, password = http.form["seat"], demo.PASSWORD
    kept, kept_for = _kept()
    back = request.local_target(http.form.get("back"), url_for("home.show"))
    address = http.remote_addr or ""

    def use_case(unit: UnitOfWork) -> tuple[SignIn, str]:
        outcome = accounts.authenticate(unit, name, password, address)
        if outcome.account is None:
            audit.record(unit, "session.refuse", ("user", name[:80]), after={"reason": outcome.code})
            return outcome, ""
        audit.record(unit, "session.open", ("user", outcome.account.name))
        return outcome, sessions.open_session(unit, outcome.account.name)

    # Nobody is signed in yet: what is written is written in the name that was given.
    outcome, token = site().engine.run(Actor(name[:80] or request.NOBODY.name), use_case)
    if outcome.account is None:
        problem = words.message(outcome.code, **dict(outcome.facts))
        return _page(problem=problem, name=name, kept=kept, kept_for=kept_for, status=HTTPStatus.UNAUTHORIZED)
    old = http.cookies.get(request.COOKIE)
    if old:
        site().engine.run(outcome.account.actor, lambda unit: sessions.close(unit, old))
    session.clear()  # a CSRF token from before must not outlive the change of person
    response = request.go(back)
    if kept_for and not outcome.account.must_change_password:
        request.now_is(outcome.account)
        response = _go_on(kept_for, kept)
    response.set_cookie(request.COOKIE, token, httponly=True, samesite="Lax", secure=request.is_secure(), path="/")
    return response


@blueprint.post("/sign-out")
def sign_out() -> Response:
    token = http.cookies.get(request.COOKIE)
    person = request.maybe_person()
    if token and person is not None:

        def use_case(unit: UnitOfWork) -> None:
            sessions.close(unit, token)
            audit.record(unit, "session.close", ("user", person.name))

        request.run(use_case)
    session.clear()
    response = request.go(url_for("signing_in.sign_in", out="1"))
    response.delete_cookie(request.COOKIE, path="/")
    return response


@blueprint.post("/language")
def language() -> Response:
    chosen = http.form.get("language", "")
    response = request.go(request.local_target(http.form.get("back"), url_for("home.show")))
    if chosen in LOCALES:
        response.set_cookie(
            words.COOKIE, chosen, max_age=LANGUAGE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response


@blueprint.route("/password", methods=["GET", "POST"])
def password() -> Response:
    problem = ""
    person = request.person()
    if http.method == "POST":
        old, new = http.form.get("old", ""), http.form.get("new", "")
        if new != http.form.get("again", ""):
            problem = words.message("passwords_differ")
        else:
            try:
                request.run(lambda unit: _change_password(unit, person.name, old, new))
            except Rejection as error:
                problem = render(error, words.locale())
            else:
                session.clear()
                response = request.go(url_for("signing_in.sign_in", changed="1"))
                response.delete_cookie(request.COOKIE, path="/")
                return response
    page = render_template("password.html", problem=problem, must=person.account.must_change_password)
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK)


def _change_password(unit: UnitOfWork, name: str, old: str, new: str) -> None:
    accounts.change_password(unit, name, old, new)
    audit.record(unit, "user.change_password", ("user", name))


def _kept() -> tuple[list[tuple[str, str]], str]:
    """Return what was typed before the session ended, and where it was to go."""
    to = request.local_target(http.form.get("kept_for"), "")
    found = http.form.items(multi=True)
    return [(name.removeprefix(KEPT), value) for name, value in found if name.startswith(KEPT)] if to else [], to


def _go_on(to: str, kept: list[tuple[str, str]]) -> Response:
    """Return to the form: a task shows what was typed as its draft, any other form is sent on by the person."""
    try:
        endpoint, arguments = current_app.url_map.bind("").match(to, method="POST")
    except HTTPException:
        return request.go(url_for("home.show"))
    if endpoint in DRAFTS:
        tasks.keep_draft(int(arguments["key"]), MultiDict(kept))
        return request.go(url_for("tasks.show", key=arguments["key"]))
    return make_response(render_template("kept.html", action=to, kept=kept))


def _page(
    problem: str = "",
    name: str = "",
    status: HTTPStatus = HTTPStatus.OK,
    kept: Sequence[tuple[str, str]] = (),
    kept_for: str = "",
) -> Response:
    note = words.gettext("Your session has ended. Sign in again; what you typed is kept.") if kept_for else ""
    if "out" in http.args:
        note = words.gettext("You are signed out.")
    elif "changed" in http.args:
        note = words.gettext("The password is changed; sign in with the new one.")
    page = render_template(
        "sign_in.html",
        problem=problem,
        note=note,
        name=name,
        back=http.values.get("back", ""),
        kept=kept,
        kept_for=kept_for,
        demo_people=_demo_people(),
    )
    return make_response(page, status)


def _demo_people() -> list[dict[str, object]]:
    """Return the seats of a demonstration, one press each; empty everywhere else, and before it is filled."""
    if not site().settings.is_demo:
        return []
    people = demo.people()
    with site().engine.reading(request.NOBODY) as unit:
        known = accounts.display_names(unit, [person.name for person in people])
    return [
        {
            "name": person.name,
            "display_name": person.display_name,
            "role_names": [labels.role(code) for code in person.roles],
            "password": demo.PASSWORD,
        }
        for person in people
        if person.name in known
    ]
