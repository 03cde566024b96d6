"""Documents of a case: what can be made, a look at it first, issuing, and the files; templates for their owners."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, current_app, flash, make_response, render_template, url_for
from flask import request as http

from service import documents, texts
from service.auth import Permission
from service.casework import case_documents, case_files, document_templates, viewings
from service.casework.case_documents import FileKind, Offer, Order
from service.documents import TEMPLATES
from service.errors import Invalid, NotFound
from service.runtime.unit import UnitOfWork
from service.web import deploying, request, words
from service.web.site import site
from service.web.words import N_, gettext

blueprint = Blueprint("documents", __name__)

MIME = {
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.PDF: "application/pdf",
}
AUDIENCES: dict[documents.Audience, str] = {
    documents.Audience.INTERNAL: N_("inside the organ"),
    documents.Audience.SUBJECT: N_("the person held accountable"),
    documents.Audience.UNIT: N_("the unit"),
    documents.Audience.PARTIES: N_("the person and their unit"),
}


def tab(unit: UnitOfWork, key: int) -> dict[str, Any]:
    """Return what the tab of a case shows: what was issued, and what can be."""
    called = request.Called(unit)
    issued = [
        {
            "number": item.document.number,
            "title": item.document.title,
            "subject": item.subject,
            "version": item.document.version,
            "by": called(item.document.issued_by),
            "at": item.document.issued_at,
            "files": [
                {"kind": file.kind.value.upper(), "url": _file_url(item.document.key, file.kind), "sha256": file.sha256}
                for file in item.files
            ],
            "pdf": None
            if any(file.kind is FileKind.PDF for file in item.files)
            else _file_url(item.document.key, FileKind.PDF),
        }
        for item in reversed(case_documents.issued(unit, key))
    ]
    return {"issued": issued, "offers": [_offer(key, offer) for offer in case_documents.offers(unit, key)]}


@blueprint.get("/cases/<int:key>/documents/new")
def new(key: int) -> Response:
    return _page(key, _order(http.args))


@blueprint.get("/cases/<int:key>/documents/preview.pdf")
def preview(key: int) -> Response:
    order = _order(http.args)
    with request.reading() as unit:
        rendered = case_documents.preview(unit, key, order)
    pdf = documents.convert({"preview": rendered.content})["preview"]
    return _file(pdf, MIME[FileKind.PDF], f"{TEMPLATES[order.template].title()}.pdf", inline=True)


@blueprint.post("/cases/<int:key>/documents")
def issue(key: int) -> Response:
    order = _order(http.form)
    accept = http.form.get("accept_missing") == "yes"
    try:
        row = request.run(lambda unit: case_documents.issue(unit, key, order, accept_missing=accept))
    except Invalid as error:
        return _page(key, order, texts.render(error, words.locale()), HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(gettext("Issued under number %(number)s.", number=row.number), "success")
    return request.go(url_for("cases.show", key=key, tab="documents"))


@blueprint.get("/documents/<int:key>.<any(docx, pdf):kind>")
def download(key: int, kind: str) -> Response:
    wanted = FileKind(kind)
    with request.reading() as unit:
        row, file = case_documents.content(unit, key, wanted)
        content = file.content if file is not None else b""
    if file is None:
        case_documents.make_pdf(site().engine, key)
        with request.reading() as unit:
            row, file = case_documents.content(unit, key, wanted)
            if file is None:
                raise NotFound("documents.no_such_document", key=key)
            content = file.content
    request.run(lambda unit: viewings.note(unit, row.case_key, viewings.DOCUMENT, row.number))
    return _file(content, MIME[wanted], f"{row.number}_{row.title}.{kind}", inline=wanted is FileKind.PDF)


@blueprint.get("/templates")
def templates() -> Response:
    return _templates()


@blueprint.get("/templates/<name>")
def template(name: str) -> Response:
    return _template(name)


@blueprint.post("/templates/<name>")
def upload(name: str) -> Response:
    part = http.files.get("file")
    try:
        if part is None or not part.filename:
            raise Invalid("no_files_chosen")
        content = part.read(6 * deploying.MB)
        row = request.run(lambda unit: document_templates.upload(unit, name, content, http.form.get("note", "")))
    except Invalid as error:
        return _template(name, texts.render(error, words.locale()), HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(gettext("Version %(version)s is used by cases registered from now on.", version=row.version), "success")
    return request.go(url_for("documents.template", name=name))


@blueprint.get("/templates/<name>.docx")
def template_file(name: str) -> Response:
    version = http.args.get("version", type=int)
    with request.reading() as unit:
        content = document_templates.download(unit, name, version)
    return _file(content, MIME[FileKind.DOCX], f"{TEMPLATES[name].title()}.docx")


@blueprint.post("/templates/codes")
def code() -> Response:
    organ, text = http.form.get("organ", ""), http.form.get("code", "")
    try:
        request.run(lambda unit: document_templates.set_code(unit, organ, text))
    except Invalid as error:
        return _templates(texts.render(error, words.locale()), HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(gettext("Numbers of %(organ)s are written with %(code)s from now on.", organ=organ, code=text), "success")
    return request.go(url_for("documents.templates"))


def _order(given: Mapping[str, str]) -> Order:
    subject = given.get("subject", "")
    return Order(
        given.get("template", ""),
        int(subject) if subject.isascii() and subject.isdecimal() else None,
        given.get("place", "")[:200],
        given.get("recipient", "")[:300].replace("\n", " "),
        given.get("copies", "")[:600].replace("\n", " "),
    )


def _page(key: int, order: Order, problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    with request.reading() as unit:
        offer = next(
            (
                offer
                for offer in case_documents.offers(unit, key)
                if offer.template.key == order.template and offer.subject_key == order.subject_key
            ),
            None,
        )
        if offer is None:
            raise NotFound("documents.no_such_template", template=order.template[:60])
        missing = case_documents.labels(unit, offer.template, case_documents.preview(unit, key, order).missing)
        case = case_files.get(unit, key)
    html = render_template(
        "document_new.html",
        case=case,
        offer=offer,
        title=offer.template.title(words.locale()),
        order=order,
        place=order.place or (offer.items[-1].place if offer.items else ""),
        recipient=order.recipient or offer.recipient,
        missing=missing,
        problem=problem,
        preview=url_for(
            "documents.preview",
            key=key,
            template=order.template,
            subject=order.subject_key,
            place=order.place or None,
            recipient=order.recipient or None,
            copies=order.copies or None,
        ),
    )
    return make_response(html, status)


def _offer(key: int, offer: Offer) -> dict[str, Any]:
    found = offer.template
    return {
        "number": found.number,
        "title": found.title(words.locale()),
        "articles": found.articles,
        "audience": gettext(AUDIENCES[found.audience]),
        "subject": offer.subject,
        "made": offer.version,
        "may_issue": offer.may_issue,
        "url": url_for("documents.new", key=key, template=found.key, subject=offer.subject_key),
    }


def _templates(problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    request.require(Permission.MANAGE_TEMPLATES)
    with request.reading() as unit:
        rows = [
            {
                "number": kept.template.number,
                "title": kept.template.title(words.locale()),
                "articles": kept.template.articles,
                "audience": gettext(AUDIENCES[kept.template.audience]),
                "version": kept.versions[-1].version if kept.versions else None,
                "url": url_for("documents.template", name=kept.template.key),
                "download": url_for("documents.template_file", name=kept.template.key),
            }
            for kept in document_templates.kept(unit)
        ]
        organs = document_templates.codes(unit)
    return make_response(render_template("templates.html", templates=rows, organs=organs, problem=problem), status)


def _template(name: str, problem: str = "", status: HTTPStatus = HTTPStatus.OK) -> Response:
    request.require(Permission.MANAGE_TEMPLATES)
    with request.reading() as unit:
        found = next((kept for kept in document_templates.kept(unit) if kept.template.key == name), None)
        if found is None:
            raise NotFound("documents.no_such_template", template=name[:60])
        called = request.Called(unit)
        versions = [
            {
                "version": row.version,
                "by": called(row.added_by),
                "at": row.added_at,
                "note": row.note,
                "sha256": row.sha256,
                "url": url_for("documents.template_file", name=name, version=row.version),
            }
            for row in reversed(found.versions)
        ]
        names = document_templates.field_names(unit, found.template)
    html = render_template(
        "template.html",
        template=found.template,
        title=found.template.title(words.locale()),
        versions=versions,
        names=names,
        problem=problem,
    )
    return make_response(html, status)


def _file_url(key: int, kind: FileKind) -> str:
    return url_for("documents.download", key=key, kind=kind.value)


def pdf_response(content: bytes, name: str) -> Response:
    """Answer with a PDF to be shown."""
    return _file(content, MIME[FileKind.PDF], name, inline=True)


def _file(content: bytes, mime: str, name: str, *, inline: bool = False) -> Response:
    response = current_app.response_class(content, mimetype=mime)
    response.headers["Content-Disposition"] = disposition(name, "inline" if inline else "attachment")
    return response


def disposition(name: str, kind: str = "attachment") -> str:
    """Return the header that names a file, in ASCII for those who read nothing else."""
    plain = "".join(sign for sign in name if sign >= " " and sign not in '/\\:*?"<>|')
    suffix = plain.rpartition(".")[2]
    return f"{kind}; filename=\"document.{suffix}\"; filename*=UTF-8''{quote(plain, safe='')}"
