"""Connecting programs: settings to copy, a self-test, API clients, and what became of the last deployments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, flash, make_response, render_template, url_for
from flask import request as http

from service import texts
from service.auth import Permission, api_clients
from service.auth.api_clients import ApiClient
from service.errors import Finding, NotFound, Severity
from service.runtime import audit, instances, jobs, listings, refusals
from service.runtime.listings import Condition, Operator, Query, Window
from service.runtime.unit import UnitOfWork
from service.settings import is_loopback
from service.web import element_templates, request, words
from service.web.answers import json_of
from service.web.pages.deployments import RELEASES
from service.web.site import site
from service.web.words import gettext

blueprint = Blueprint("connect", __name__, url_prefix="/connect")

SHOWN = 10
AUDIENCE = "rongcuo"
LATE = timedelta(minutes=1)  # after which a due job says that no worker runs


@dataclass(frozen=True, slots=True)
class Setting:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the self-test."""

    label: str
    good: bool
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A deployment, taken or refused."""

    at: datetime
    name: str
    url: str
    state: tuple[str, str]
    problems: int = 0


@blueprint.get("")
def show() -> Response:
    return _page()


@blueprint.post("/clients")
def create_client() -> Response:
    request.require(Permission.DEPLOY)
    name = http.form.get("name", "")

    def use_case(unit: UnitOfWork) -> tuple[ApiClient, str]:
        client, secret = api_clients.create(unit, unit.actor.name, name)
        audit.record(unit, "api_client.create", ("api_client", client.client_id), after={"name": client.name})
        return client, secret

    # The secret is in this answer and nowhere else, so there is no redirect to one that could be asked for again.
    return _page(request.run(use_case))


@blueprint.post("/clients/<client_id>/revocation")
def revoke_client(client_id: str) -> Response:
    request.require(Permission.DEPLOY)

    def use_case(unit: UnitOfWork) -> None:
        client = api_clients.revoke(unit, unit.actor.name, client_id)
        audit.record(unit, "api_client.revoke", ("api_client", client.client_id))

    request.run(use_case)
    flash(gettext("Revoked: the client and its tokens are let in no more."), "success")
    return request.go(url_for("connect.show"))


@blueprint.get("/refused/<int:key>")
def refused(key: int) -> Response:
    request.require(Permission.DEPLOY)
    with request.reading() as unit:
        row = refusals.get(unit, key)
        found = refusals.findings(row)
        names = refusals.diagram_names(unit, key)
    files = [
        {
            "name": name,
            "diagram": url_for("connect.refused_diagram", key=key, name=name) if name in names else None,
            "lines": [
                {"words": texts.finding(item, words.locale()), "error": item.severity is Severity.ERROR}
                for item in found
                if item.file == name
            ],
        }
        for name in dict.fromkeys(item.file for item in found)
    ]
    return make_response(render_template("refused.html", refusal=row, files=files))


@blueprint.get("/refused/<int:key>/diagram.json")
def refused_diagram(key: int) -> Response:
    request.require(Permission.DEPLOY)
    name = http.args.get("name", "")
    with request.reading() as unit:
        row = refusals.get(unit, key)
        xml = refusals.diagram(unit, key, name)
        found = [item for item in refusals.findings(row) if item.file == name and item.element_id]
    return json_of({"xml": xml.decode("utf-8", "replace"), "states": _marks(found)})


@blueprint.get("/element-templates.json")
def templates() -> Response:
    request.require(Permission.READ_MODELS)
    response = json_of(element_templates.templates())
    response.headers["Content-Disposition"] = 'attachment; filename="rongcuo-element-templates.json"'
    return response


def _page(created: tuple[ApiClient, str] | None = None) -> Response:
    request.require(Permission.DEPLOY)
    with request.reading() as unit:
        clients = api_clients.of_user(unit, request.actor().name)
        attempts = _attempts(unit)
    html = render_template(
        "connect.html",
        eight=_eight(created),
        seven=_seven(),
        checks=_checks() if "test" in http.args else None,
        clients=clients,
        created=created,
        attempts=attempts,
        second_person=site().engine.site.second_person,
    )
    return make_response(html)


def _eight(created: tuple[ApiClient, str] | None) -> list[Setting]:
    root = http.host_url
    settings = [
        Setting(gettext("Target"), "Camunda 8 Self-Managed"),
        Setting(gettext("Cluster endpoint"), f"{root}v2"),
        Setting(gettext("Operate address"), f"{root}operate"),
        Setting(gettext("Tasklist address"), f"{root}tasklist"),
    ]
    if site().settings.is_demo:
        return [*settings, Setting(gettext("Authentication"), "None")]
    return [
        *settings,
        Setting(gettext("Authentication"), "OAuth"),
        Setting(gettext("Client id"), created[0].client_id if created else gettext("of an API client, see below")),
        Setting(gettext("Client secret"), created[1] if created else gettext("shown once, when the client is made")),
        Setting(gettext("OAuth address"), f"{root}oauth/token"),
        Setting(gettext("Audience"), AUDIENCE),
    ]


def _seven() -> list[Setting]:
    settings = [
        Setting(gettext("Target"), "Camunda 7"),
        Setting(gettext("REST endpoint"), f"{http.host_url}engine-rest"),
    ]
    if site().settings.is_demo:
        return [*settings, Setting(gettext("Authentication"), "None")]
    return [
        *settings,
        Setting(gettext("Authentication"), "HTTP Basic"),
        Setting(gettext("User name"), request.person().name),
    ]


def _checks() -> list[Check]:
    """Ask ourselves what the Modeler asks, and look at what a deployment needs."""
    settings, address = site().settings, urlsplit(http.host_url)
    topology = current_app.test_client().get("/v2/topology", base_url=http.host_url)
    deploying = current_app.test_client().get("/v2/authentication/me", base_url=http.host_url)
    due = jobs.next_due(site().engine)
    now = site().engine.clock.now()
    return [
        Check(gettext("The Modeler finds Camunda 8 here"), topology.status_code == 200),
        Check(
            gettext("The connection is encrypted, or stays on this machine"),
            address.scheme == "https" or is_loopback(address.hostname or ""),
            gettext("Passwords and secrets travel openly: put TLS in front of this service."),
        ),
        Check(
            gettext("Without credentials nobody deploys")
            if not settings.is_demo
            else gettext("The Modeler on this machine deploys without credentials"),
            deploying.status_code == (200 if settings.is_demo else 401),
            gettext("Ask the administrator to look at the profile and the addresses."),
        ),
        Check(gettext("Your roles allow you to deploy"), request.person().may(Permission.DEPLOY)),
        Check(
            gettext("Timers and service tasks are worked on"),
            due is None or due > now - LATE,
            gettext("A job is overdue: start the worker (python -m service work)."),
        ),
    ]


def _attempts(unit: UnitOfWork) -> list[Attempt]:
    taken = listings.deployments(
        unit,
        Query(
            [Condition("created_by", Operator.EQ, unit.actor.name)],
            orders=[listings.Order("key", True)],
            window=Window(SHOWN),
        ),
    )
    found = [
        Attempt(
            row.created_at,
            row.name or str(row.key),
            url_for("deployments.show", key=row.key),
            (gettext(RELEASES[row.release][0]), RELEASES[row.release][1]),
        )
        for row in taken.items
    ]
    found += [
        Attempt(
            row.created_at,
            row.name or str(row.key),
            url_for("connect.refused", key=row.key),
            (gettext("not taken"), "red"),
            sum(item.severity is Severity.ERROR for item in refusals.findings(row)),
        )
        for row in refusals.of_actor(unit, SHOWN)
    ]
    return sorted(found, key=lambda attempt: attempt.at, reverse=True)[:SHOWN]


def _marks(found: list[Finding]) -> dict[str, dict[str, object]]:
    counts: dict[str, int] = {}
    for item in found:
        counts[item.element_id or ""] = counts.get(item.element_id or "", 0) + 1
    return {element: {"state": "failed", "times": count} for element, count in counts.items()}


# Where the Modeler's links lead

links = Blueprint("modeler_links", __name__)


@links.get("/operate/")
@links.get("/operate/<path:rest>")
def operate(rest: str = "") -> Response:
    """`processes?process=ID&version=N`, `processes/KEY`, `decisions?name=ID&version=N`."""
    kind, _, key = rest.rstrip("/").partition("/")
    version = http.args.get("version", type=int)
    if kind == "processes" and key:
        return request.go(_instance(key))
    named: dict[str, tuple[str, str | None]] = {
        "processes": ("process", http.args.get("process")),
        "decisions": ("decision", http.args.get("name")),
    }
    what, name = named.get(kind, ("", None))
    if not name:
        return request.go(url_for("deployments.index"))
    return request.go(url_for("deployments.definition", kind=what, definition_id=name, version=version))


@links.get("/tasklist/")
@links.get("/tasklist/<path:rest>")
def tasklist(rest: str = "") -> Response:
    key = rest.rstrip("/").rpartition("/")[2]
    if key.isascii() and key.isdecimal() and int(key) < 2**63:
        return request.go(url_for("tasks.show", key=int(key)))
    return request.go(url_for("tasks.index"))


def _instance(key: str) -> str:
    """Where an instance is shown: its case, else the diagram of its version."""
    if not (key.isascii() and key.isdecimal() and int(key) < 2**63):
        raise NotFound("page_missing")
    with request.reading() as unit:
        row = instances.get(unit, int(key))
        if row.business_key is not None and listings.is_of_case(unit, row.business_key):
            return url_for("cases.show", key=int(row.business_key))
    return url_for(
        "deployments.definition", kind="process", definition_id=row.process_id, version=row.definition_version
    )
