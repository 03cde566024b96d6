"""Deployments: upload, findings by element, versions, download, and the second person's release."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from http import HTTPStatus
from pathlib import PurePath
from typing import TypeAlias
from urllib.parse import quote

from flask import Blueprint, Response, current_app, flash, make_response, render_template, url_for
from flask import request as http

from service import texts
from service.auth import Permission
from service.errors import DeploymentRejected, Invalid, NotFound, Rejection
from service.runtime import deployments, differences, instances, releases
from service.runtime.deployments import (
    DecisionDefinition,
    FormDefinition,
    ProcessDefinition,
    Release,
    Resource,
)
from service.runtime.instances import InstanceQuery, InstanceState
from service.runtime.unit import UnitOfWork
from service.web import deploying, errors, request, words
from service.web.answers import json_of
from service.web.words import N_, gettext

blueprint = Blueprint("deployments", __name__, url_prefix="/deployments")

HISTORY = 10
NAMED = 12  # steps, rules or fields that a difference names before it counts the rest

RELEASES: dict[Release, tuple[str, str]] = {
    Release.WAITING: (N_("waiting for a second person"), "amber"),
    Release.APPROVED: (N_("approved, in force from its day"), "blue"),
    Release.LIVE: (N_("in force"), "green"),
    Release.REFUSED: (N_("refused"), "grey"),
}

Definition: TypeAlias = ProcessDefinition | DecisionDefinition | FormDefinition

# Plural for lists, singular for one.
KINDS: dict[str, tuple[str, str]] = {
    "process": (N_("Processes"), N_("Process")),
    "decision": (N_("Decisions"), N_("Decision table")),
    "form": (N_("Forms"), N_("Form")),
}


@dataclass(frozen=True, slots=True)
class DefinitionRow:
    kind: str
    id: str
    name: str
    version: int
    tag: str | None
    file: str
    since: datetime
    url: str
    download: str
    state: tuple[str, str]
    fresh: bool = True
    running: int | None = None


@dataclass(frozen=True, slots=True)
class DeploymentItem:
    key: int
    name: str
    by: str
    at: datetime
    state: tuple[str, str]
    url: str
    waiting: bool
    others: bool  # somebody else deployed it, so this person may release it
    files: tuple[str, ...] = ()
    decided_by: str | None = None
    decided_at: datetime | None = None
    effective_at: datetime | None = None
    reason: str = ""


@blueprint.get("")
def index() -> Response:
    return _index()


@blueprint.post("")
def upload() -> Response:
    request.require(Permission.DEPLOY)
    uploads = [part for part in http.files.getlist("resources") if part.filename]
    name = http.form.get("name", "").strip()[:120]
    files = [Resource(PurePath(part.filename or "").name, part.read()) for part in uploads]
    try:
        if not files:
            raise Invalid("no_files_chosen")
        deployed = deploying.deploy(request.actor(), files, name or files[0].name)
    except DeploymentRejected as error:
        lines = [texts.finding(found, words.locale()) for found in error.findings]
        return _index(texts.render(error, words.locale()), lines, HTTPStatus.UNPROCESSABLE_ENTITY)
    except Rejection as error:
        return _index(texts.render(error, words.locale()), [], errors.status_of(error))
    for found in deployed.findings:
        flash(texts.finding(found, words.locale()), "warning")
    key = deployed.deployment.key
    rows: list[Definition] = [*deployed.processes, *deployed.decisions, *deployed.forms]
    if not any(row.deployment_key == key for row in rows):
        flash(gettext("Nothing had changed: every definition keeps its version."), "info")
    elif deployed.deployment.release is Release.WAITING:
        flash(gettext("Deployed. It waits for a second process owner."), "success")
    else:
        flash(gettext("Deployed and in force."), "success")
    return request.go(url_for("deployments.show", key=key))


@blueprint.get("/<int:key>")
def show(key: int) -> Response:
    request.require(Permission.READ_MODELS)
    with request.reading() as unit:
        deployed = deployments.get(unit, key)
        item = _item(unit, deployed.deployment)
        files = [
            {"name": row.name, "digest": row.digest, "url": url_for("deployments.download", key=row.key)}
            for row in deployments.resources(unit, key)
        ]
        rows = [
            _row(kind, row, fresh=row.deployment_key == key)
            for kind, found in (
                ("process", deployed.processes),
                ("decision", deployed.decisions),
                ("form", deployed.forms),
            )
            for row in found
        ]
        undecided = deployed.deployment.release in {Release.WAITING, Release.APPROVED}
        changes = [_change(found) for found in differences.of_deployment(unit, deployed)] if undecided else []
        hints = [texts.finding(found, words.locale()) for found in releases.findings(unit, key)] if undecided else []
        today = unit.now.astimezone(unit.engine.zone).date()
    listed = [{**_fields(row), "kind": gettext(KINDS[row.kind][1])} for row in rows]
    page = render_template(
        "deployment.html",
        deployment=item,
        files=files,
        definitions=listed,
        changes=changes,
        hints=hints,
        today=today,
        reason_limit=releases.REASON_LIMIT,
    )
    return make_response(page)


@blueprint.post("/<int:key>/decision")
def decide(key: int) -> Response:
    request.require(Permission.RELEASE_DEPLOYMENT)
    if http.form.get("decision") == "release":
        day = _day(http.form.get("effective_on", ""))
        deployed = request.run(lambda unit: releases.approve(unit, key, day))
        if deployed.deployment.release is Release.APPROVED:
            flash(gettext("Approved: it comes into force on %(day)s.", day=words.day(day)), "success")
        else:
            flash(gettext("Approved: new cases use it from now on."), "success")
    else:
        request.run(lambda unit: releases.refuse(unit, key, http.form.get("reason", "")))
        flash(gettext("Refused: it will never be used."), "info")
    return request.go(url_for("deployments.index"))


@blueprint.get("/files/<int:key>")
def download(key: int) -> Response:
    request.require(Permission.READ_MODELS)
    with request.reading() as unit:
        row = deployments.resource(unit, key)
        name, content = row.name, row.content
    response = current_app.response_class(content, mimetype="application/octet-stream")
    ascii_name = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    response.headers["Content-Disposition"] = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name)}"
    response.set_etag(hashlib.sha256(content).hexdigest())
    return response


@blueprint.get("/<kind>/<definition_id>", defaults={"version": None})
@blueprint.get("/<kind>/<definition_id>/<int:version>")
def definition(kind: str, definition_id: str, version: int | None) -> Response:
    request.require(Permission.READ_MODELS)
    with request.reading() as unit:
        versions, chosen = _versions(unit, kind, definition_id, version)
        rows = [replace(_row(kind, row), running=_running(unit, row)) for row in versions]
    live = [row for row in versions if row.release is Release.LIVE]
    earlier = {row.version for row in live[1:]}
    rows = [replace(row, state=(gettext("earlier version"), "grey")) if row.version in earlier else row for row in rows]
    diagram = url_for("deployments.diagram", key=chosen.key) if kind == "process" else None
    decision_url = (
        url_for("decisions.show", decision_id=definition_id)
        if kind == "decision" and request.person().may(Permission.TRY_DECISIONS)
        else None
    )
    page = render_template(
        "definition.html", definition=_row(kind, chosen), versions=rows, diagram=diagram, decision_url=decision_url
    )
    return make_response(page)


@blueprint.get("/diagrams/<int:key>.json")
def diagram(key: int) -> Response:
    request.require(Permission.READ_MODELS)
    with request.reading() as unit:
        xml = deployments.source_of(unit, ProcessDefinition, key)
    return json_of({"xml": xml.decode("utf-8", "replace"), "states": {}})


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("day_unreadable", found=text[:40]) from error


def _change(found: differences.Difference) -> dict[str, object]:
    """What a version changes, in words; long lists are cut."""
    parts = [
        (gettext("New"), found.added),
        (gettext("Gone"), found.removed),
        (gettext("Changed"), found.changed),
    ]
    return {
        "kind": gettext(KINDS[found.kind][1]),
        "name": found.name,
        "version": found.version,
        "former": found.former,
        "inner": found.is_inner,
        "parts": [
            {"label": label, "names": names[:NAMED], "more": max(len(names) - NAMED, 0)}
            for label, names in parts
            if names
        ],
    }


def _running(unit: UnitOfWork, row: Definition) -> int | None:
    """Return how many instances of a version of a process are under way; None for what is no process."""
    if not isinstance(row, ProcessDefinition):
        return None
    query = InstanceQuery(definition_key=row.key, state=InstanceState.ACTIVE)
    return instances.search(unit, query, limit=1).total


def _versions(
    unit: UnitOfWork, kind: str, definition_id: str, version: int | None
) -> tuple[list[Definition], Definition]:
    """Return all versions, newest first, and the one asked for."""
    if kind not in KINDS:
        raise NotFound("page_missing")
    found: list[Definition]
    if kind == "process":
        found = list(deployments.versions(unit, ProcessDefinition, definition_id))
    elif kind == "decision":
        found = list(deployments.versions(unit, DecisionDefinition, definition_id))
    else:
        found = list(deployments.versions(unit, FormDefinition, definition_id))
    chosen = [row for row in found if version is None or row.version == version]
    if not chosen:
        raise NotFound("page_missing")
    return found, chosen[0]


def _index(refused: str = "", lines: list[str] | None = None, status: HTTPStatus = HTTPStatus.OK) -> Response:
    request.require(Permission.READ_MODELS)
    with request.reading() as unit:
        groups = [
            {
                "label": gettext(KINDS["process"][0]),
                "rows": [_row("process", row) for row in deployments.processes(unit)],
            },
            {
                "label": gettext(KINDS["decision"][0]),
                "rows": [_row("decision", row) for row in deployments.decisions(unit)],
            },
            {"label": gettext(KINDS["form"][0]), "rows": [_row("form", row) for row in deployments.forms_latest(unit)]},
        ]
        page = deployments.history(unit, http.args.get("after"), HISTORY)
        history = [_item(unit, row) for row in page.items]
        waiting = [_item(unit, row) for row in releases.undecided(unit)]
        second_person = unit.engine.second_person
    html = render_template(
        "deployments.html",
        groups=groups,
        history=history,
        waiting=waiting,
        next_url=url_for("deployments.index", after=page.next) if page.next else None,
        refused=refused,
        findings=lines or ([refused] if refused else []),
        warnings=[],
        second_person=second_person,
        limits={"file": deployments.FILE_LIMIT // deploying.MB, "request": deploying.REQUEST_LIMIT // deploying.MB},
    )
    return make_response(html, status)


def _item(unit: UnitOfWork, row: deployments.DeploymentRow) -> DeploymentItem:
    names = request.display_names(unit, {row.created_by, *([row.decided_by] if row.decided_by else [])})
    state, colour = RELEASES[row.release]
    return DeploymentItem(
        row.key,
        row.name or gettext("Deployment %(key)s", key=row.key),
        names[row.created_by],
        row.created_at,
        (gettext(state), colour),
        url_for("deployments.show", key=row.key),
        row.release in {Release.WAITING, Release.APPROVED},
        row.created_by != request.actor().name,
        tuple(resource.name for resource in deployments.resources(unit, row.key))
        if row.release in {Release.WAITING, Release.APPROVED}
        else (),
        names.get(row.decided_by or "") if row.decided_by and row.decided_by != row.created_by else None,
        row.decided_at,
        row.effective_at,
        row.reason,
    )


def _row(kind: str, row: Definition, *, fresh: bool = True) -> DefinitionRow:
    state, colour = RELEASES[row.release]
    return DefinitionRow(
        kind,
        row.definition_id,
        row.name or row.definition_id,
        row.version,
        row.version_tag,
        row.resource_name,
        row.created_at,
        url_for("deployments.definition", kind=kind, definition_id=row.definition_id, version=row.version),
        url_for("deployments.download", key=row.resource_key),
        (gettext(state), colour),
        fresh,
    )


def _fields(row: DefinitionRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in DefinitionRow.__slots__}
