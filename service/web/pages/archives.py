"""Archives of a case: asked for, agreed to by somebody else, handed out as one file that proves itself.

What the tab of a case shows is made in `archive_requests`.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, url_for
from flask import request as http

from service.casework import archives, case_documents, case_files, catalogue
from service.casework.archives import Fact, Kind, Section, Told
from service.casework.case_documents import FileKind
from service.casework.case_files import CaseView
from service.errors import NotFound
from service.runtime import files
from service.runtime.history import EventKind
from service.runtime.unit import UnitOfWork
from service.web import labels, request, views, words
from service.web.pages import cases, documents
from service.web.site import site
from service.web.words import gettext

blueprint = Blueprint("archives", __name__)


@blueprint.post("/cases/<int:key>/archives")
def ask(key: int) -> Response:
    wanted = http.form.get("kind", "")
    if wanted not in set(Kind):
        raise NotFound("page_missing")
    request.run(lambda unit: archives.ask(unit, key, Kind(wanted), http.form.get("reason", "")))
    flash(gettext("Asked for. Somebody else has to agree."), "success")
    return request.go(url_for("cases.show", key=key, tab="archives"))


@blueprint.post("/archives/<int:key>")
def decide(key: int) -> Response:
    approve = http.form.get("decision") == "approve"
    case_key = request.run(lambda unit: archives.decide(unit, key, approve=approve).case_key)
    flash(gettext("Agreed.") if approve else gettext("Refused."), "success")
    return request.go(url_for("cases.show", key=case_key, tab="archives"))


@blueprint.post("/archives/<int:key>.zip")
def download(key: int) -> Response:
    with request.reading() as unit:
        case_key = archives.case_of(unit, key)
        waiting = [
            item.document.key
            for item in case_documents.issued(unit, case_key)
            if all(file.kind is not FileKind.PDF for file in item.files)
        ]
    for document in waiting:
        case_documents.make_pdf(site().engine, document)
    # An archive speaks the language of documents, whoever asks for it.
    words.speak("zh_CN")

    def make(unit: UnitOfWork) -> tuple[Any, str]:
        words_of_case = told(unit, archives.case_of(unit, key), archives.kind_of(unit, key))
        row, content, _ = archives.build(unit, key, words_of_case)
        case = case_files.get(unit, row.case_key)
        return content, f"{case.case_no}_{archives.title(Kind(row.kind))}.zip"

    content, name = request.run(make)
    response = current_app.response_class(files.pieces(content), mimetype="application/zip")
    response.headers["Content-Disposition"] = documents.disposition(name)
    return response


def told(unit: UnitOfWork, key: int, kind: Kind) -> Told:
    """Return what the pages say of a case, oldest first."""
    case = case_files.view(unit, key)
    wording, called = cases.record_words(unit), request.Called(unit)
    parts = []
    about = {name: item for name, item in case.record.items() if name not in {"subjects", *catalogue.PEOPLE}}
    for name, record in [("case", about)]:
        parts.append(
            _section(labels.record(name), name, cases.facts_of(name, _kept(kind, name, record), wording, called))
        )
    for row in case.subjects:
        for name, record in row.items():
            title = f"{labels.record(name)} · {row['subject']['name']}"
            parts.append(_section(title, name, cases.facts_of(name, _kept(kind, name, record), wording, called)))
    people = tuple(
        (labels.role(code), gettext(", ").join(called(name) for name in names)) for code, names in case.people.items()
    )
    parts.append(Section(gettext("People"), people))
    return Told(
        tuple(part for part in parts if part.facts),
        tuple(_timeline(unit, case, kind)),
        tuple(_judgement(unit, row) for row in reversed(case.evaluations)),
    )


def _kept(kind: Kind, name: str, record: Any) -> Any:
    if isinstance(record, list):
        return [_kept(kind, name, entry) for entry in record]
    return {field: value for field, value in record.items() if not archives.is_withheld(kind, f"{name}.{field}")}


def _section(title: str, source: str, facts: list[Fact]) -> Section:
    return Section(title, tuple(facts), source)


def _timeline(unit: UnitOfWork, case: CaseView, kind: Kind) -> list[Fact]:
    # Results of judgements stand under their own heading, where those about the meeting are left out.
    shown = [event for event in case.timeline if kind is Kind.ARCHIVE or event.kind is not EventKind.DECIDED]
    events = cases.told_events(unit, case, shown)
    return [
        (words.moment(event["at"]), " ".join(filter(None, (event["words"], event["who"], event["detail"]))))
        for event in reversed(events)
    ]


def _judgement(unit: UnitOfWork, row: Any) -> Section:
    view = views.evaluation(unit, row)
    title = f"{view.name} {words.moment(view.at) if view.at else ''}".strip()
    facts: list[Fact] = [(gettext("Result"), view.result)]
    for rule in view.rules:
        said = [rule.table, *(f"{name} {text}" for name, text in rule.annotations)]
        facts.append((gettext("Rule %(index)s", index=rule.index), gettext("; ").join(said)))
    facts += [(gettext("Why"), sentence) for sentence in view.why]
    facts += list(view.inputs)
    return Section(title, tuple(facts), row.decision_id)
