"""One request: who acts, which unit of work, and the check that our own page sent it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, flash, g, make_response, redirect, render_template, url_for
from flask import request as http
from flask_wtf.csrf import CSRFProtect, validate_csrf
from werkzeug.exceptions import BadRequest
from wtforms import ValidationError

from service import auth, texts
from service.auth import SYSTEM, Actor, ActorKind, Permission, accounts, sessions
from service.auth.accounts import Account
from service.errors import Forbidden, FormRejected, Unauthenticated
from service.runtime.unit import UnitOfWork
from service.settings import is_loopback
from service.web import deploying, doors, file_links, labels, words
from service.web.answers import json_of
from service.web.site import site

T = TypeVar("T")

COOKIE = "rongcuo_session"

# What can be seen without signing in; `/v2` has its own check, see api/credentials.py.
PUBLIC_ENDPOINTS = frozenset(
    {
        "static_file",
        "signing_in.sign_in",
        "signing_in.enter",
        "signing_in.sign_out",
        "signing_in.keep",
        "signing_in.state",
        "signing_in.language",
        "about.show",
        "about.favicon",
        "about.texts",
        "about.notices_of_packages",
        "health.show",
        "health.ready",
        "health.metrics",
        "files.shared",
    }
)
# What a person may do whose password must be changed first.
PASSWORD_ENDPOINTS = PUBLIC_ENDPOINTS | {"signing_in.password"}

NOBODY = Actor("anonymous", frozenset(), ActorKind.USER)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in."""

    account: Account

    @property
    def name(self) -> str:
        """The user name."""
        return self.account.name

    @property
    def display_name(self) -> str:
        """What they are called."""
        return self.account.display_name

    @property
    def role_names(self) -> list[str]:
        """Their roles in words, with the unit where one was named."""
        return [f"{labels.role(code)} {unit}".strip() for code, unit in self.account.roles]

    @property
    def actor(self) -> Actor:
        """The person as the one who acts."""
        return self.account.actor

    def may(self, permission: Permission) -> bool:
        """Whether one of their roles gives a permission, before any object is looked at."""
        return auth.may(self.actor, permission)


def person() -> Person:
    """Return who is signed in; raises `Unauthenticated` if nobody is."""
    found = maybe_person()
    if found is None:
        raise Unauthenticated("sign_in_first")
    return found


def maybe_person() -> Person | None:
    """Return who is signed in, if anybody."""
    found = g.get("person")
    return found if isinstance(found, Person) else None


def actor() -> Actor:
    """Return who acts in this request."""
    found = maybe_person()
    return found.actor if found else NOBODY


def require(permission: Permission) -> None:
    """Raise `Forbidden` unless the person's roles give a permission."""
    if not person().may(permission):
        raise Forbidden("role_missing")


def reading() -> AbstractContextManager[UnitOfWork]:
    """Open a unit of work that only looks."""
    return site().engine.reading(actor())


def run(use_case: Callable[[UnitOfWork], T]) -> T:
    """Call a use case in one transaction and commit; after a lost race once more."""
    return site().engine.run(actor(), use_case)


def is_fragment() -> bool:
    """Whether htmx asks for a part of the page."""
    return "HX-Request" in http.headers and http.headers.get("HX-Boosted") != "true"


def is_secure() -> bool:
    """Whether the browser reached us by TLS."""
    return bool(http.is_secure)


def host_name() -> str:
    """Return the name by which we were called, without port."""
    host = http.host
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]


def page(template: str, block: str, status: HTTPStatus = HTTPStatus.OK, **content: object) -> Response:
    """Answer with a page, or with one block of it where htmx asks for a part."""
    if not is_fragment():
        return make_response(render_template(template, **content), status)
    found = current_app.jinja_env.get_template(template)
    context: dict[str, Any] = dict(content)
    current_app.update_template_context(context)
    return make_response("".join(found.blocks[block](found.new_context(context))), status)


def local_target(target: str | None, fallback: str) -> str:
    """Return a path of ours to go back to: nothing that another host could put there."""
    if not target:
        return fallback
    parts = urlsplit(target)
    plain = not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if plain and "\\" not in target and not any(ord(sign) < 32 for sign in target) else fallback


def go(location: str) -> Response:
    """Send the browser on after a change: 303, or the address as JSON where a script of ours asked."""
    if http.accept_mimetypes.best == "application/json":
        return json_of({"location": location})
    response = redirect(location, 303)
    assert isinstance(response, Response)  # noqa: S101 - werkzeug's wider type
    return response


def attempt(use_case: Callable[[UnitOfWork], object], done: str, location: str) -> Response:
    """Run what a small form of a page asks for, and send the browser back with what came of it."""
    try:
        run(use_case)
    except FormRejected as error:
        flash_problems(error)
    else:
        flash(done, "success")
    return go(location)


def flash_problems(error: FormRejected) -> None:
    """Say on the next page what was wrong with a form that is not shown again."""
    problems = texts.fields(error, words.locale()).values()
    flash(words.gettext("; ").join(said for found in problems for said in found), "danger")


def now_is(account: Account) -> None:
    """Let somebody who has just signed in act in the rest of this request."""
    g.person = Person(account)


def register(app: Flask) -> None:
    """Find out before each request who acts, and that a change was sent by a page of ours."""
    protection = CSRFProtect(app)

    @app.before_request
    def identify() -> Response | None:
        # A demonstration has known passwords: a name that a web page made to point here must not reach it.
        if site().settings.is_demo and not is_loopback(host_name()):
            raise BadRequest
        if doors.is_program(http.path):
            return None
        token = http.cookies.get(COOKIE)
        if token and http.endpoint != "static_file":
            _find_person(token)
        if maybe_person() is not None:
            # Who is signed in may send a file as large as the settings allow; nobody else makes us read so much.
            http.max_content_length = max(deploying.REQUEST_LIMIT, site().engine.site.files.limit + deploying.MB)
        if http.method not in {"GET", "HEAD", "OPTIONS"}:
            protection.protect()
        return _gate()

    @app.context_processor
    def _globals() -> dict[str, object]:
        found = maybe_person()
        return {
            "person": found,
            "demo": site().settings.is_demo,
            "may": lambda name: found is not None and found.may(Permission(name)),
            "chinese_name": words.in_chinese("Chinese"),
            "file_limit": file_links.size(site().engine.site.files.limit),
        }


def page_person(token: str) -> Person:
    """Return who is signed in on the page of ours that sent its token along; raises `Unauthenticated`."""
    try:
        validate_csrf(token)
    except ValidationError as error:
        raise Unauthenticated("sign_in_first") from error
    cookie = http.cookies.get(COOKIE)
    if cookie:
        _find_person(cookie)
    return person()


def _find_person(token: str) -> None:
    settings = site().settings
    limits = sessions.Limits(settings.session_idle, settings.session_lifetime)
    with site().engine.reading(NOBODY) as unit:
        found = sessions.find(unit, token, limits)
    if found is None:
        return
    g.person = Person(found.account)
    # A list that refreshes itself is nobody at work: an open tab alone keeps no session alive.
    if found.needs_touch and not (is_fragment() and http.method == "GET"):
        site().engine.run(NOBODY, lambda unit: sessions.touch(unit, token))


def _gate() -> Response | None:
    """Let nobody past who is not signed in, and nobody on whose password must be changed first."""
    if http.endpoint is None or http.endpoint in PUBLIC_ENDPOINTS:
        return None
    found = maybe_person()
    if found is None:
        if http.method == "GET" and not is_fragment() and http.accept_mimetypes.best != "application/json":
            return go(url_for("signing_in.sign_in", back=http.full_path.rstrip("?")))
        if http.method == "POST" and not is_fragment() and http.accept_mimetypes.best != "application/json":
            # What was typed goes with it: the browser sends the same form there.
            response = redirect(url_for("signing_in.keep", to=http.path), HTTPStatus.TEMPORARY_REDIRECT)
            assert isinstance(response, Response)  # noqa: S101 - werkzeug's wider type
            return response
        raise Unauthenticated("sign_in_first")
    if found.account.must_change_password and http.endpoint not in PASSWORD_ENDPOINTS:
        return go(url_for("signing_in.password"))
    return None


def display_names(unit: UnitOfWork, names: set[str]) -> dict[str, str]:
    """Return what people are called; a name without account stands for itself."""
    found = {SYSTEM.name: words.gettext("the system"), **accounts.display_names(unit, names)}
    return {name: found.get(name, name) for name in names}


class Called:
    """What people are called, each name looked up once; a text that is no user name stands for itself."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._known: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        if name not in self._known:
            self._known.update(display_names(self._unit, {name}))
        return self._known[name]
