"""Who calls the REST interface: HTTP Basic, an API client, a page of ours, or the demonstration's Modeler."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import ParamSpec

from flask import Response, g
from flask import request as http

from service.auth import Actor, ActorKind, Permission, accounts, api_clients
from service.auth import may as actor_may
from service.auth.accounts import Account
from service.errors import Forbidden, Unauthenticated
from service.runtime import audit
from service.runtime.unit import UnitOfWork
from service.settings import is_loopback
from service.web import request
from service.web.api import tokens
from service.web.site import site

P = ParamSpec("P")

DEMO_OWNER_ROLE = "OWNER"
PAGE_TOKEN = "X-CSRFToken"  # noqa: S105 - the name of a header


def caller() -> Actor:
    """Return who calls; raises `Unauthenticated`.

    Without `Authorization`, a page of ours is its person if it sends its token along; and a demonstration lets in as
    its process owner whoever is on this machine and is no web page: a page's request carries its own `Origin`, and a
    name made to point here is no loopback name.
    """
    found = _caller()
    g.program = found  # for the entry that a refusal leaves
    return found


def _caller() -> Actor:
    if _has_credentials() or PAGE_TOKEN in http.headers:
        _refuse_foreign_pages()
    if _has_credentials():
        return _with_token() if _is_bearer() else _as_program(_account())
    if PAGE_TOKEN in http.headers:
        return _as_program(request.page_person(http.headers[PAGE_TOKEN]).account)
    if not _is_local_program():
        raise Unauthenticated("api_credentials_missing")
    return replace(_demo_owner(), kind=ActorKind.API)


def permitted(permission: Permission) -> Actor:
    """Return the caller if their roles give a permission; raises `Unauthenticated` or `Forbidden`."""
    actor = caller()
    if not actor_may(actor, permission):
        raise Forbidden("api_role_missing", user=actor.name, permission=permission.value)
    return actor


def checked_if_given(view: Callable[P, Response]) -> Callable[P, Response]:
    """Let a view answer without credentials, but refuse wrong ones: that is how the Modeler tells them apart."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> Response:
        if _has_credentials():
            caller()
        return view(*args, **kwargs)

    return wrapped


def _as_program(account: Account) -> Actor:
    """A person's rights, used by a program."""
    if account.must_change_password:
        raise Forbidden("api_password_expired", user=account.name)
    return replace(account.actor, kind=ActorKind.API)


def _has_credentials() -> bool:
    """Whether there are any: the Modeler's library sends an empty header where it has none."""
    return bool(http.headers.get("Authorization", "").strip())


def _is_bearer() -> bool:
    return http.headers["Authorization"].lower().startswith("bearer ")


def _with_token() -> Actor:
    with site().engine.reading(request.NOBODY) as unit:
        client_id = tokens.client_of(http.headers["Authorization"][7:].strip(), unit.now)
        account = api_clients.owner(unit, client_id)
    if account is None:
        raise Unauthenticated("api_token_revoked", client=client_id)
    return replace(_as_program(account), client=client_id)


def _account() -> Account:
    given = http.authorization
    if given is None or given.type != "basic" or given.username is None or given.password is None:
        raise Unauthenticated("api_basic_only")
    name, password, address = given.username, given.password, http.remote_addr or ""
    with site().engine.unit(Actor(name[:80], frozenset(), ActorKind.API)) as unit:
        outcome = accounts.authenticate(unit, name, password, address)
        if outcome.account is None:
            audit.record(unit, "session.refuse", ("user", name[:80]), after={"reason": outcome.code, "door": "api"})
        unit.commit()
    if outcome.account is None:
        raise Unauthenticated(outcome.code, **dict(outcome.facts))
    return outcome.account


def _refuse_foreign_pages() -> None:
    """A browser that knows a password sends it along with whatever page asks: only our own pages and files may."""
    origin = http.headers.get("Origin")
    if origin not in {None, "file://", http.host_url.rstrip("/")}:
        raise Forbidden("api_origin_foreign", origin=str(origin)[:80])


def _is_local_program() -> bool:
    if not site().settings.is_demo:
        return False
    host = http.host.rsplit(":", 1)[0] if not http.host.endswith("]") else http.host
    origin = http.headers.get("Origin")
    return is_loopback(host) and origin in {None, "file://"}


def _demo_owner() -> Actor:
    with site().engine.reading(request.NOBODY) as unit:
        found = _first_owner(unit)
    if found is None:
        raise Unauthenticated("api_no_demo_owner")
    return found


def _first_owner(unit: UnitOfWork) -> Actor | None:
    for name in accounts.holders(unit, DEMO_OWNER_ROLE):
        return accounts.get(unit, name).actor
    return None
