"""Decision rules: the tables as people read them, trying one out, and the graph of what requires what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import simplejson
from flask import Blueprint, Response, make_response, render_template, url_for
from flask import request as http

from service import texts
from service.auth import Permission
from service.casework import case_files, overviews
from service.errors import NotFound
from service.runtime import decisions, deployments, form_display
from service.runtime.decisions import Decision, Model
from service.runtime.deployments import DecisionDefinition
from service.runtime.form_display import FieldWords
from service.runtime.unit import UnitOfWork
from service.web import request, results, security, views, words
from service.web.answers import decoded, json_of
from service.web.words import gettext

blueprint = Blueprint("decisions", __name__, url_prefix="/decisions")

FIELD = "in:"
IDENTIFIER = re.compile(r"[^\W\d]\w*")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Named:
    id: str
    name: str
    version: int
    file: str
    since: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """A decision that nothing else in its file requires, with those that it requires."""

    top: Named
    helpers: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    words: str
    text: str  # as written in the file, where the words say it differently


@dataclass(frozen=True, slots=True)
class RuleRow:
    id: str
    index: int
    conditions: tuple[Cell, ...]
    values: tuple[Cell, ...]
    annotations: tuple[str, ...]
    matched: bool


@dataclass(frozen=True, slots=True)
class TableView:
    id: str
    name: str
    hit_policy: str
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()
    rules: tuple[RuleRow, ...] = ()
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """One fact to try a decision with."""

    name: str
    label: str
    type: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    problem: str = ""


@dataclass(slots=True)
class Trial:
    """What was typed, and what came of it."""

    typed: dict[str, str] = field(default_factory=dict)
    outcome: views.EvaluationView | None = None
    matched: frozenset[str] = frozenset()
    diagnostics: tuple[str, ...] = ()
    problem: str = ""


@blueprint.get("")
def index() -> Response:
    request.require(Permission.TRY_DECISIONS)
    with request.reading() as unit:
        groups = _groups(unit)
    return make_response(render_template("decisions.html", groups=groups))


@blueprint.get("/<decision_id>")
def show(decision_id: str) -> Response:
    return _page(decision_id, Trial())


@blueprint.get("/evaluations/<int:key>")
def evaluation(key: int) -> Response:
    """The table as it was when a case was judged, with that case's facts and the rules that matched."""
    request.require(Permission.TRY_DECISIONS)
    with request.reading() as unit:
        row = decisions.evaluation(unit, key)
        if row.business_key is not None:
            case_files.get(unit, int(row.business_key))  # raises for whoever may not know of the case
        elif row.evaluated_by != request.actor().name:
            raise NotFound("page_missing")
        trial = Trial(
            {str(name): _written(found) for name, found in decoded(row.inputs).items()},
            views.evaluation(unit, row),
            _matched(row),
        )
        decision_id, decision_key = row.decision_id, row.decision_key
    return _page(decision_id, trial, decision_key)


@blueprint.post("/<decision_id>")
def try_out(decision_id: str) -> Response:
    request.require(Permission.TRY_DECISIONS)
    typed = {name.removeprefix(FIELD): text for name, text in http.form.items() if name.startswith(FIELD)}
    trial = Trial(typed)

    def use_case(unit: UnitOfWork) -> None:
        model = deployments.model_of(unit, _definition(unit, decision_id).key)
        kinds = {item.name: item.type for item in _inputs(model, _closure(model, decision_id), trial)}
        variables = {
            name: _typed(text.strip(), kinds[name]) for name, text in typed.items() if text.strip() and name in kinds
        }
        run = decisions.evaluate(unit, decision_id, variables)
        trial.outcome = views.evaluation(unit, run.row)
        trial.matched = _matched(run.row)
        trial.diagnostics = tuple(
            texts.message(found.code, dict(found.facts), words.locale()) for found in run.evaluation.diagnostics[:5]
        )

    request.run(use_case)
    return _page(decision_id, trial)


@blueprint.get("/<decision_id>/graph")
def graph(decision_id: str) -> Response:
    request.require(Permission.TRY_DECISIONS)
    security.allow_style_attributes()
    with request.reading() as unit:
        definition = _definition(unit, decision_id)
        model = deployments.model_of(unit, definition.key)
        needed = _closure(model, decision_id)
        page = render_template(
            "graph.html",
            decision=_named(definition),
            requirements=[{"name": item.name} for item in needed],
        )
    return make_response(page)


@blueprint.get("/<decision_id>/graph.json")
def graph_source(decision_id: str) -> Response:
    request.require(Permission.TRY_DECISIONS)
    with request.reading() as unit:
        definition = _definition(unit, decision_id)
        xml = deployments.source_of(unit, DecisionDefinition, definition.key)
    return json_of({"xml": xml.decode("utf-8", "replace")})


def _matched(row: decisions.DecisionEvaluation) -> frozenset[str]:
    """Return the ids of the rules that matched, in whatever table of the evaluation."""
    return frozenset(str(rule["id"]) for item in decoded(row.evaluated) for rule in item.get("matched") or ())


def _page(decision_id: str, trial: Trial, decision_key: int | None = None) -> Response:
    request.require(Permission.TRY_DECISIONS)
    with request.reading() as unit:
        definition = _definition(unit, decision_id, decision_key)
        model = deployments.model_of(unit, definition.key)
        needed = _closure(model, decision_id)
        html = render_template(
            "decision.html",
            decision=_named(definition),
            tables=[_table(item, trial.matched) for item in needed if item.table or item.text],
            inputs=_inputs(model, needed, trial, form_display.field_words(unit)),
            outcome=trial.outcome,
            diagnostics=trial.diagnostics,
            problem=trial.problem,
            requirements=[
                {"name": item.name, "url": url_for("decisions.show", decision_id=item.id)} for item in needed[1:]
            ],
        )
    return make_response(html, HTTPStatus.UNPROCESSABLE_ENTITY if trial.problem else HTTPStatus.OK)


def _definition(unit: UnitOfWork, decision_id: str, decision_key: int | None = None) -> DecisionDefinition:
    """Return the version in force, or the one that is named by key."""
    if decision_key is not None:
        rows = deployments.versions(unit, DecisionDefinition, decision_id)
        wanted = [row for row in rows if row.key == decision_key]
    else:
        wanted = [row for row in deployments.decisions(unit) if row.definition_id == decision_id]
    for row in wanted:
        return row
    raise NotFound("runtime.decision_not_found", id=decision_id, version="")


def _groups(unit: UnitOfWork) -> list[Group]:
    """Return the decisions in force, file by file: what a file is there for, and below it what it is made of."""
    rows = deployments.decisions(unit)
    files: dict[tuple[int, str], list[DecisionDefinition]] = {}
    for row in rows:
        files.setdefault((row.deployment_key, row.resource_name), []).append(row)
    groups = []
    for found in files.values():
        model = deployments.model_of(unit, found[0].key)
        named = {row.definition_id: _named(row) for row in found}
        required = {
            reference.id
            for decision in model.decisions
            for reference in decision.required_decisions
            if not reference.namespace
        }
        for key, item in named.items():
            if key not in required:
                below = [named[part.id] for part in _closure(model, key)[1:] if part.id in named]
                groups.append(Group(item, tuple(sorted(below, key=_natural))))
        # Decisions that require one another in a ring have no top: each stands for itself.
        shown = {item.id for group in groups for item in (group.top, *group.helpers)}
        groups += [Group(item, ()) for key, item in named.items() if key not in shown]
    return sorted(groups, key=lambda group: _natural(group.top))


def _natural(item: Named) -> list[tuple[int, str]]:
    """Return what sorts D2 before D10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in DIGITS.split(item.id)]


def _named(row: DecisionDefinition) -> Named:
    return Named(
        row.definition_id,
        row.name or row.definition_id,
        row.version,
        row.resource_name,
        row.created_at,
        url_for("decisions.show", decision_id=row.definition_id),
    )


def _closure(model: Model, decision_id: str) -> list[Decision]:
    """Return a decision and all that it requires, itself first."""
    found: list[Decision] = []
    waiting = [decision_id]
    while waiting:
        decision = model.decision(waiting.pop(0))
        if decision is None or decision in found:
            continue
        found.append(decision)
        waiting += [reference.id for reference in decision.required_decisions if not reference.namespace]
    return found


def _table(decision: Decision, matched: frozenset[str]) -> TableView:
    table = decision.table
    if table is None:
        return TableView(decision.id, decision.name, "", expression=decision.text)
    # The Modeler's own column repeats the others, for those who open the file there.
    annotations = [name for name in table.annotations if name != "description" or len(table.annotations) == 1]
    policy = table.hit_policy.value + (f" {table.aggregation.value}" if table.aggregation else "")
    return TableView(
        decision.id,
        decision.name,
        policy,
        tuple(column.label or column.expression for column in table.inputs),
        tuple(column.label or column.name for column in table.outputs),
        tuple(gettext("Note") if name == "description" else name for name in annotations),
        tuple(
            RuleRow(
                rule.id,
                rule.index,
                tuple(_cell(cell, column.expression) for cell, column in zip(rule.inputs, table.inputs, strict=True)),
                tuple(_cell(cell, column.name) for cell, column in zip(rule.outputs, table.outputs, strict=True)),
                tuple(results.layer(rule.annotations.get(name, "")) for name in annotations),
                rule.id in matched,
            )
            for rule in table.rules
        ),
    )


def _cell(text: str, of: str) -> Cell:
    """Return a cell with the codes in it in words; the text itself stays for whoever points at it."""
    if text.strip() in {"", "-"}:
        return Cell("", "")
    said = results.condition(text, of)
    return Cell(said, text if said != text.replace('"', "") else "")


def _inputs(
    model: Model, needed: Sequence[Decision], trial: Trial, wording: Mapping[str, FieldWords] = MappingProxyType({})
) -> list[Input]:
    wanted = {reference.id for decision in needed for reference in decision.required_inputs}
    listed = [
        (item.name, _label(item.name, item.label, needed, wording), str(item.type).lower())
        for item in model.inputs
        if item.id in wanted or not wanted
    ]
    if not model.inputs:
        # A table drawn without input data: what its columns read are its facts.
        columns = [column for decision in needed if decision.table for column in decision.table.inputs]
        read = {
            column.expression.strip(): column for column in columns if IDENTIFIER.fullmatch(column.expression.strip())
        }
        listed = [(name, column.label or name, (column.type_name or "any").lower()) for name, column in read.items()]
    return [
        Input(name, label, kind, trial.typed.get(name, ""), _choices(name, kind, needed))
        for name, label, kind in listed
    ]


def _label(name: str, label: str, needed: Iterable[Decision], wording: Mapping[str, FieldWords]) -> str:
    """Return what a fact is called: by the graph, else by the column that reads it, else by a form that asks for it."""
    if label and label != name:
        return label
    for decision in needed:
        for column in decision.table.inputs if decision.table else ():
            if column.expression.strip() in {name, f"nz({name})"} and column.label:
                return column.label
    return next((known.label for path, known in wording.items() if path.rpartition(".")[2] == name), results.name(name))


def _choices(name: str, kind: str, needed: Iterable[Decision]) -> tuple[tuple[str, str], ...]:
    """Return the values that tables compare this fact with, where they are texts; nothing where any text will do."""
    if kind == "boolean":
        return (("true", gettext("yes")), ("false", gettext("no")))
    if kind not in {"string", "any"}:
        return ()
    found: dict[str, str] = {}
    reads = re.compile(rf"(?:nz\()?{re.escape(name)}\)?")
    for decision in needed:
        if decision.table is None:
            continue
        for position, column in enumerate(decision.table.inputs):
            if reads.fullmatch(column.expression.strip()):
                cells = [column.allowed, *(rule.inputs[position] for rule in decision.table.rules)]
                for text in results.LITERAL.findall(" ".join(cells)):
                    found.setdefault(text, results.value(text, name))
            elif re.search(rf"\b{re.escape(name)}\s*=\s*\"", column.expression):
                for text in results.LITERAL.findall(f"{column.expression} {column.allowed}"):
                    found.setdefault(text, results.value(text, name))
    if not found:
        found = {code: results.value(code) for code in overviews.choices(name)}
    if found.keys() & {"yes", "no"}:
        found = {code: results.value(code) for code in ("yes", "no", "unknown")} | found
    said = list(found.values())
    # Two codes that one word stands for are told apart by themselves.
    return tuple((code, f"{text} ({code})" if said.count(text) > 1 else text) for code, text in found.items())


def _written(value: Any) -> str:
    """Return a fact as it would be typed."""
    if isinstance(value, str):
        return value
    return "" if value is None else simplejson.dumps(value, use_decimal=True, ensure_ascii=False)


def _typed(text: str, kind: str) -> Any:
    """Return what was typed as the value that the fact's type asks for."""
    if kind == "boolean" or (kind == "any" and text in {"true", "false"}):
        return text == "true"
    if kind == "number" or (kind == "any" and NUMBER.fullmatch(text)):
        try:
            return Decimal(text.replace(",", ""))
        except InvalidOperation:
            return text
    if text[0] in "[{":
        try:
            return decoded(text)
        except ValueError:
            return text
    return text
