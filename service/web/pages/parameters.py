"""Parameters: what holds, since when and by whom; a new value is proposed by one owner and approved by another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, flash, make_response, render_template, url_for
from flask import request as http

from service import texts
from service.auth import Permission
from service.casework import parameters
from service.casework.parameters import CHOICES, PARTS, Definition, Kind, Version
from service.errors import Conflict, Forbidden, Invalid
from service.runtime.unit import UnitOfWork
from service.web import request, results, words
from service.web.request import Called
from service.web.words import N_, gettext

blueprint = Blueprint("parameters", __name__, url_prefix="/parameters")

UNITS: Mapping[str, str] = {
    "working_day": N_("working days"),
    "day": N_("days"),
    "month": N_("months"),
    "people": N_("people"),
}
CHOSEN: Mapping[str, str] = {
    "received": N_("when it was received"),
    "postmark": N_("by the postmark"),
    "issued": N_("when the document is issued"),
    "resolved": N_("when the meeting resolves"),
    "on": N_("switched on"),
    "off": N_("switched off"),
    "majorSafety": N_("grave safety accident"),
    "majorEnv": N_("grave harm to the environment"),
    "unitGain": N_("improper gain for the unit"),
    "noDemocraticProcedure": N_("no democratic procedure"),
    "majorLossOrBadImpact": N_("great loss or bad social impact"),
    "remind": N_("Reminder before the last day"),
    "L1": N_("L1, reminder"),
    "L2": N_("L2, formal order"),
    "L3": N_("L3, proposal to be considered"),
    "L4": N_("L4, accountability to be studied"),
    "quorum": N_("Present, of those due to attend"),
    "passed": N_("Agreeing, more than this share of those due to attend"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter as the list shows it."""

    id: str
    name: str
    value: str
    since: str
    layer: str
    source: str
    note: str
    url: str | None  # None: follows a rule, or is entered elsewhere


@dataclass(frozen=True, slots=True)
class Proposal:
    """A version as the pages show it."""

    key: int
    id: str
    name: str
    value: str
    effective_on: date
    reason: str
    proposed: str
    approved: str | None
    own: bool


@blueprint.get("")
def index() -> Response:
    request.require(Permission.SET_PARAMETERS)
    with request.reading() as unit:
        called = request.Called(unit)
        rows = [_row(unit, known, called) for known in parameters.definitions().values()]
        waiting = [_proposal(row, called) for row in parameters.versions(unit) if row.approved_by is None]
    return make_response(render_template("parameters.html", rows=rows, waiting=waiting))


@blueprint.get("/<id>")
def show(id: str) -> Response:
    return _show(id)


@blueprint.post("/<id>")
def propose(id: str) -> Response:
    request.require(Permission.SET_PARAMETERS)
    known = parameters.definition(id)
    day = _day(http.form.get("effective_on", ""))
    reason = http.form.get("reason", "").strip()[:2000]
    try:
        if day is None:
            raise Invalid("parameter_day_missing", parameter=id)
        new = _entered(known)
        request.run(lambda unit: parameters.propose(unit, id, new, day, reason))
    except Invalid as error:
        return _show(id, texts.render(error, words.locale()), HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(gettext("Proposed. It comes into force once another process owner has approved it."), "success")
    return request.go(url_for("parameters.show", id=id))


@blueprint.post("/versions/<int:key>/approve")
def approve(key: int) -> Response:
    request.require(Permission.SET_PARAMETERS)
    try:
        request.run(lambda unit: parameters.approve(unit, key))
    except (Forbidden, Conflict) as error:
        flash(texts.render(error, words.locale()), "danger")
    else:
        flash(gettext("Approved."), "success")
    return request.go(url_for("parameters.index"))


def _show(id: str, problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    request.require(Permission.SET_PARAMETERS)
    known = parameters.definition(id)
    with request.reading() as unit:
        called = request.Called(unit)
        holding = parameters.in_force(unit, id)
        row = _row(unit, known, called)
        history = [_proposal(version, called) for version in parameters.versions(unit, id)]
        today = parameters.today(unit)
    typed = http.form.to_dict(flat=True) if http.method == "POST" else {}
    html = render_template(
        "parameter.html",
        row=row,
        default=_said(known, known.default),
        kind=known.kind.value,
        unit=gettext(UNITS[known.unit]) if known.unit in UNITS else "",
        minimum=known.minimum or 0,
        optional=known.default is None,
        choices=[(one, gettext(CHOSEN[one])) for one in CHOICES.get(id, ())],
        parts=[(one, gettext(CHOSEN[one])) for one in PARTS.get(id, ())],
        value=holding.value,
        typed=typed,
        chosen=http.form.getlist("value") if http.method == "POST" else holding.value or [],
        history=history,
        today=today,
        problem=problem,
        changeable=known.is_changeable,
    )
    return make_response(html, status)


def _entered(known: Definition) -> Any:
    """Return what the form says, of the kind that the parameter takes; the use case judges it."""
    text = http.form.get("value", "").strip()
    if known.kind is Kind.NUMBER:
        return _number(text)
    if known.kind is Kind.SET:
        return [str(one) for one in http.form.getlist("value")]
    if known.kind is Kind.THRESHOLDS:
        return {part: _number(http.form.get(part, "").strip()) for part in PARTS[known.id]}
    if known.kind is Kind.SHARES:
        return {part: http.form.get(part, "").strip() for part in PARTS[known.id]}
    return text or None


def _number(text: str) -> Any:
    plain = text.removeprefix("-")
    return Decimal(text) if plain.isascii() and plain.isdecimal() and len(plain) <= 6 else text


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _row(unit: UnitOfWork, known: Definition, called: Called) -> Row:
    holding = parameters.in_force(unit, known.id)
    since = gettext("as shipped")
    if holding.version_key is not None and holding.effective_on and holding.approved_by:
        since = gettext(
            "since %(day)s, approved by %(who)s", day=words.day(holding.effective_on), who=called(holding.approved_by)
        )
    return Row(
        known.id,
        known.name,
        _said(known, holding.value),
        since,
        results.layer(known.layer),
        known.source,
        known.note,
        url_for("parameters.show", id=known.id) if known.is_changeable else None,
    )


def _proposal(version: Version, called: Called) -> Proposal:
    known = parameters.definition(version.id)
    approved = None
    if version.approved_by and version.approved_at:
        approved = f"{called(version.approved_by)} {words.moment(version.approved_at)}"
    return Proposal(
        version.key,
        version.id,
        known.name,
        _said(known, version.value),
        version.effective_on,
        version.reason,
        f"{called(version.proposed_by)} {words.moment(version.proposed_at)}",
        approved,
        version.proposed_by == request.actor().name,
    )


def _said(known: Definition, value: Any) -> str:
    """Return a value in words."""
    if value is None:
        return gettext("not set")
    if isinstance(value, list):
        return gettext(", ").join(_word(str(one)) for one in value) or gettext("none")
    if isinstance(value, Mapping):
        return gettext("; ").join(f"{_word(str(part))} {one}" for part, one in value.items())
    if known.kind is Kind.NUMBER:
        return f"{value} {gettext(UNITS[known.unit])}" if known.unit in UNITS else str(value)
    return _word(str(value))


def _word(text: str) -> str:
    return gettext(CHOSEN[text]) if text in CHOSEN else text
