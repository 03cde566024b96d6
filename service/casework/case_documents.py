"""Documents of a case: offered, looked at first, issued under a number, kept with their hash and never changed.

A document is filled and numbered in the transaction that issues it. Its PDF is made afterwards, once, outside of any
transaction, because a word processor takes seconds and nobody should wait for them with a lock in hand: the worker
makes it, or the first who asks for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from service import auth, documents, store, texts
from service.auth import SYSTEM, Permission
from service.casework import case_files, document_data, records
from service.casework.case import Case
from service.casework.document_data import About, Item
from service.documents import TEMPLATES, Rendered, Template
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.runtime import audit, form_display
from service.runtime.engine import Engine
from service.runtime.unit import Actor, UnitOfWork
from service.store.documents import Document, DocumentFile, DocumentTemplate, FileKind

__all__ = [
    "Document",
    "FileKind",
    "Issued",
    "Offer",
    "Order",
    "content",
    "issue",
    "issue_by_process",
    "issued",
    "make_pdf",
    "make_pdfs",
    "offers",
    "preview",
]

OFFICIAL, RECORD = "official", "record"  # series of numbers

# Where a record keeps the number of its document; the series knows it, whatever somebody wrote before.
_NUMBER_PLACES = {"decision": "decisionDocument.docNo", "rectification-notice": "rectification.noticeId"}


@dataclass(frozen=True, slots=True)
class Order:
    """Which document somebody wants."""

    template: str
    subject_key: int | None = None
    place: str = ""  # which of several it is about; empty: the newest
    recipient: str = ""  # empty: whom the kind of document is written to
    copies: str = ""
    maker: str = ""  # user name; empty: who acts


@dataclass(frozen=True, slots=True)
class Offer:
    """A document that can be made for one person of a case, or for the case."""

    template: Template
    subject_key: int | None
    subject: str
    items: tuple[Item, ...]
    recipient: str
    may_issue: bool
    version: int  # issued so often already


@dataclass(frozen=True, slots=True)
class Issued:
    document: Document
    subject: str
    files: tuple[DocumentFile, ...]


def offers(unit: UnitOfWork, case_key: int) -> list[Offer]:
    """Return what can be made of a case, in the order of the procedure's list. Raises `NotFound`, `Forbidden`."""
    case = _case(unit, case_key)
    may = auth.may(unit.actor, Permission.ISSUE_DOCUMENT, case_files.access(unit, case))
    known: dict[tuple[int, str], int] = {}
    for row in store.documents.of_case(unit.session, case_key):
        known[row.subject_key, row.template] = known.get((row.subject_key, row.template), 0) + 1
    found = []
    for template in TEMPLATES.values():
        if not template.roles:
            continue
        places = [(row.key, row.name) for row in case.subjects] if template.per_subject else [(None, "")]
        for subject_key, name in places:
            choices = tuple(document_data.items(case, subject_key, template))
            if template.items and not choices:
                continue  # nothing yet that it could be about
            found.append(
                Offer(
                    template,
                    subject_key,
                    name,
                    choices,
                    _recipient(case, subject_key, template, choices[-1] if choices else None),
                    may and _may_issue(unit.actor, template, case.row.organ),
                    known.get((subject_key or 0, template.key), 0),
                )
            )
    return found


def issued(unit: UnitOfWork, case_key: int) -> list[Issued]:
    """Return the documents of a case in order of issue. Raises `NotFound`, `Forbidden`."""
    case = _case(unit, case_key)
    rows = store.documents.of_case(unit.session, case_key)
    files: dict[int, list[DocumentFile]] = {}
    for file in store.documents.files(unit.session, [row.key for row in rows]):
        files.setdefault(file.document_key, []).append(file)
    names = {row.key: row.name for row in case.subjects}
    return [Issued(row, names.get(row.subject_key, ""), tuple(files.get(row.key, ()))) for row in rows]


def preview(unit: UnitOfWork, case_key: int, order: Order) -> Rendered:
    """Return how a document would look, marked as no document; nothing is numbered or kept."""
    case = _case(unit, case_key)
    template = _template(order.template)
    version, content_ = _template_version(unit, case, template)
    item = _item(case, order, template)
    about = _about(unit, case, order, template, item, texts.message("documents.no_number_yet"), version, 0)
    given, missing = document_data.values(unit, case, order.subject_key, template, item, about)
    return documents.render(content_, given, missing, mark=texts.message("documents.preview_mark"))


def issue(unit: UnitOfWork, case_key: int, order: Order, *, accept_missing: bool = False) -> Document:
    """Number, fill and keep a document.

    Raises `NotFound`, `Forbidden` for who may not issue this kind, and `Invalid` with the fields that are not filled
    in unless `accept_missing`.
    """
    case = _case(unit, case_key)
    template = _template(order.template)
    auth.require(unit.actor, Permission.ISSUE_DOCUMENT, case_files.access(unit, case))
    if not _may_issue(unit.actor, template, case.row.organ):
        raise Forbidden("documents.role_missing", document=template.title(), roles=", ".join(template.roles))
    return _issue(unit, case, order, template, None, accept_missing)


def issue_by_process(unit: UnitOfWork, case: Case, order: Order, source_key: int) -> Document:
    """Issue a document as a step of a process; a second run of the same job returns what the first issued."""
    found = store.documents.of_source(unit.session, source_key)
    return found or _issue(unit, case, order, _template(order.template), source_key, True)


def _issue(
    unit: UnitOfWork, case: Case, order: Order, template: Template, source_key: int | None, accept_missing: bool
) -> Document:
    if not template.per_subject:
        order = replace(order, subject_key=None)
    session, subject_key = unit.session, order.subject_key or 0
    item = _item(case, order, template)
    place = item.place if item else ""
    version = store.documents.last_version(session, case.key, subject_key, template.key, place) + 1
    template_version, content_ = _template_version(unit, case, template)
    row_of_template = template_version or _keep_shipped(unit, template, content_)
    year = unit.now.astimezone(unit.engine.zone).year
    series = OFFICIAL if template.outgoing else RECORD
    sequence = store.documents.next_number(session, case.row.organ, series, year)
    facts = {
        "code": store.documents.code_of(session, case.row.organ) or case.row.organ,
        "year": year,
        "number": sequence,
    }
    number = texts.message(f"documents.number_{series}", facts)
    about = _about(unit, case, order, template, item, number, row_of_template, version)
    given, missing = document_data.values(unit, case, order.subject_key, template, item, about)
    rendered = documents.render(content_, given, missing)
    if rendered.missing and not accept_missing:
        said = labels(unit, template, rendered.missing)
        raise Invalid("documents.fields_missing", document=template.title(), fields=said)
    row = Document(
        key=unit.new_key(),
        case_key=case.key,
        subject_key=subject_key,
        template=template.key,
        template_key=row_of_template.key,
        item=place,
        version=version,
        organ=case.row.organ,
        series=series,
        year=year,
        sequence=sequence,
        number=number,
        title=_title(case, order.subject_key, template),
        recipient=about.recipient,
        missing=json.dumps(rendered.missing),
        issued_by=order.maker or unit.actor.name,
        issued_at=unit.now,
        source_key=source_key,
    )
    store.documents.add(session, row)
    file = _keep(unit, row.key, FileKind.DOCX, rendered.content)
    _write_number(case, order.subject_key, template, number)
    after = {
        "number": number,
        "template": template.key,
        "template_version": row_of_template.version,
        "version": version,
        "sha256": file.sha256,
    }
    audit.record(unit, "document.issue", ("document", row.key), None, after, business_key=str(case.key))
    return row


def content(unit: UnitOfWork, key: int, kind: FileKind) -> tuple[Document, DocumentFile | None]:
    """Return a document and one of its files, None while the PDF has not been made. Raises `NotFound`, `Forbidden`."""
    row = store.documents.get(unit.session, key)
    if row is None:
        raise NotFound("documents.no_such_document", key=key)
    _case(unit, row.case_key)
    file = store.documents.file(unit.session, key, kind)
    if file is not None and hashlib.sha256(file.content).hexdigest() != file.sha256:
        raise Conflict("documents.file_changed", document=row.number)
    return row, file


def make_pdf(engine: Engine, key: int) -> None:
    """Make the PDF of a document unless it is there already: outside of a transaction, kept by the first who is done.

    Raises `NotFound`, and `Conflict` where LibreOffice cannot do it.
    """
    with engine.reading(SYSTEM) as unit:
        if store.documents.file(unit.session, key, FileKind.PDF) is not None:
            return
        source = store.documents.file(unit.session, key, FileKind.DOCX)
        if source is None:
            raise NotFound("documents.no_such_document", key=key)
        docx = source.content
    pdf = documents.convert({"document": docx})["document"]

    def keep(unit: UnitOfWork) -> None:
        if not store.documents.lock(unit.session, key) or store.documents.file(unit.session, key, FileKind.PDF):
            return
        row = store.documents.get(unit.session, key)
        if row is not None:
            file = _keep(unit, key, FileKind.PDF, pdf)
            after = {"number": row.number, "sha256": file.sha256}
            audit.record(unit, "document.pdf", ("document", key), None, after, business_key=str(row.case_key))

    engine.run(SYSTEM, keep)


def make_pdfs(engine: Engine, limit: int = 5) -> int:
    """Make PDFs that are still to be made, oldest first; return how many were."""
    with engine.reading(SYSTEM) as unit:
        keys = store.documents.without_pdf(unit.session, limit)
    for key in keys:
        make_pdf(engine, key)
    return len(keys)


def labels(unit: UnitOfWork, template: Template, paths: Sequence[str]) -> list[str]:
    """Return what fields are called; a field that no form asks for stands for itself."""
    called = field_labels(unit, template)
    return list(dict.fromkeys(called(path) or path for path in paths))


def field_labels(unit: UnitOfWork, template: Template) -> Callable[[str], str]:
    """Return what says how a field is called: by the forms that ask for it, else in words of our own, else empty."""
    wording = {
        document_data.as_templates_name(path): known.label for path, known in form_display.field_words(unit).items()
    }

    def called(path: str) -> str:
        place = path
        if path.startswith("item.") and template.items:
            place = template.items[0].removesuffix("[]") + path.removeprefix("item")
        code = f"documents.field_{path.replace('.', '_')}"
        own = texts.message(code) if texts.has_message(code) else ""
        return wording.get(place) or wording.get(path) or own

    return called


def _case(unit: UnitOfWork, key: int) -> Case:
    case = records.of_case(unit, key)
    allowed = case_files.access(unit, case)
    auth.require(unit.actor, Permission.READ_CASE, allowed)
    if auth.view_of(unit.actor, allowed) is not auth.View.FULL:
        raise Forbidden("documents.not_yours")
    return case


def _template(key: str) -> Template:
    found = TEMPLATES.get(key)
    if found is None or not found.roles:
        raise NotFound("documents.no_such_template", template=key[:60])
    return found


def _may_issue(actor: Actor, template: Template, organ: str) -> bool:
    return actor.is_system or any(auth.reaches(actor, role, organ) for role in template.roles)


def _item(case: Case, order: Order, template: Template) -> Item | None:
    if not template.items:
        return None
    found = document_data.items(case, order.subject_key, template)
    if not found:
        raise Invalid("documents.nothing_to_be_about", document=template.title())
    if not order.place:
        return found[-1]
    for item in found:
        if item.place == order.place:
            return item
    raise NotFound("documents.no_such_item", document=template.title())


def _about(
    unit: UnitOfWork,
    case: Case,
    order: Order,
    template: Template,
    item: Item | None,
    number: str,
    row: DocumentTemplate | None,
    version: int,
) -> About:
    if order.subject_key is not None:
        case.subject(order.subject_key)
    elif template.per_subject:
        raise Invalid("documents.whose", document=template.title())
    said = {"template": row.version if row else 1, "document": version or 1}
    return About(
        number,
        case.row.organ,
        unit.now,
        order.maker or ("" if unit.actor.is_system else unit.actor.name),
        texts.message("documents.version", said),
        order.recipient.strip() or _recipient(case, order.subject_key, template, item),
        order.copies.strip(),
    )


def _recipient(case: Case, subject_key: int | None, template: Template, item: Item | None) -> str:
    """Return to whom a document is written unless somebody says otherwise."""
    if subject_key is None:
        return str((item.value if item else {}).get("targetOrg") or "")
    subject = case.subject_record(subject_key)
    if item is not None and item.value.get("target") == "partyOrg":
        return str(subject.get("partyOrg") or "")
    if template.audience is documents.Audience.UNIT:
        return str(subject.get("orgName") or "")
    if template.key in {"rectification-notice", "urging-notice"}:
        responsible = case.document("rectification", subject_key).get("responsible") or ()
        return texts.message("documents.comma").join(str(name) for name in responsible) or str(subject["name"])
    return str(subject["name"]) if template.audience is not documents.Audience.INTERNAL else ""


def _title(case: Case, subject_key: int | None, template: Template) -> str:
    if template.key == "decision" and subject_key is not None:
        return str(case.document("decisionDocument", subject_key).get("title") or template.title())
    return template.title()


def _write_number(case: Case, subject_key: int | None, template: Template, number: str) -> None:
    path = _NUMBER_PLACES.get(template.key)
    if path is None or subject_key is None:
        return
    record, field = path.split(".")
    case.set(record, (field,), number, subject_key)


def _template_version(unit: UnitOfWork, case: Case, template: Template) -> tuple[DocumentTemplate | None, bytes]:
    """Return the version that the case keeps to, and its content; None for what came with the product and is not kept.

    A case goes on with the version it used before; its first document of a kind takes what was uploaded up to its
    registration.
    """
    used = store.documents.used_by_case(unit.session, case.key, template.key)
    if used is not None:
        return used, used.content
    rows = [
        row
        for row in store.documents.template_versions(unit.session, template.key)
        if row.origin == "uploaded" and row.added_at <= case.row.registered_at
    ]
    if rows:
        return rows[-1], rows[-1].content
    shipped = documents.shipped(template.key)
    digest = hashlib.sha256(shipped).hexdigest()
    kept = [row for row in store.documents.template_versions(unit.session, template.key) if row.sha256 == digest]
    return (kept[-1] if kept else None), shipped


def template_content(unit: UnitOfWork, case: Case, template: Template) -> bytes:
    """Return the template file that a case uses."""
    return _template_version(unit, case, template)[1]


def _keep_shipped(unit: UnitOfWork, template: Template, content_: bytes) -> DocumentTemplate:
    return add_template(unit, template, content_, "shipped", "")


def add_template(unit: UnitOfWork, template: Template, content_: bytes, origin: str, note: str) -> DocumentTemplate:
    """Keep a version of a template; what it says was checked before."""
    known = store.documents.template_versions(unit.session, template.key)
    row = DocumentTemplate(
        key=unit.new_key(),
        template=template.key,
        version=(known[-1].version if known else 0) + 1,
        content=content_,
        sha256=hashlib.sha256(content_).hexdigest(),
        origin=origin,
        note=note,
        added_by=unit.actor.name,
        added_at=unit.now,
    )
    store.documents.add(unit.session, row)
    return row


def _keep(unit: UnitOfWork, key: int, kind: FileKind, content_: bytes) -> DocumentFile:
    made_at: datetime = unit.now
    file = DocumentFile(
        document_key=key,
        kind=kind,
        content=content_,
        sha256=hashlib.sha256(content_).hexdigest(),
        size=len(content_),
        made_at=made_at,
    )
    store.documents.add(unit.session, file)
    return file
