"""Templates of documents: what counts, what owners upload in its place, and the codes of organs in numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import regex

from service import auth, documents, store
from service.auth import Permission
from service.casework import case_documents, document_data
from service.documents import TEMPLATES, Fields, Problem, Template
from service.errors import Invalid, NotFound
from service.runtime import audit
from service.runtime.unit import UnitOfWork
from service.store.documents import DocumentTemplate

__all__ = [
    "DocumentTemplate",
    "FieldName",
    "Kept",
    "check_shipped",
    "codes",
    "download",
    "field_names",
    "kept",
    "set_code",
    "upload",
]

_CODE = regex.compile(r"[\p{Han}A-Za-z0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class FieldName:
    path: str
    label: str  # empty where no form asks for it
    wanted: bool  # has to be shown
    listed: bool  # of an entry of a list


@dataclass(frozen=True, slots=True)
class Kept:
    template: Template
    versions: tuple[DocumentTemplate, ...]  # uploaded ones, oldest first


def kept(unit: UnitOfWork) -> list[Kept]:
    """Return all kinds of documents with the versions uploaded here. Raises `Forbidden`."""
    auth.require(unit.actor, Permission.MANAGE_TEMPLATES)
    rows: dict[str, list[DocumentTemplate]] = {}
    for row in store.documents.template_versions(unit.session):
        if row.origin == "uploaded":
            rows.setdefault(row.template, []).append(row)
    return [Kept(template, tuple(rows.get(key, ()))) for key, template in TEMPLATES.items()]


def download(unit: UnitOfWork, name: str, version: int | None = None) -> bytes:
    """Return a template file: an uploaded version, else the newest, else what came with the product."""
    auth.require(unit.actor, Permission.MANAGE_TEMPLATES)
    template = _template(name)
    rows = [row for row in store.documents.template_versions(unit.session, name) if row.origin == "uploaded"]
    if version is None:
        return rows[-1].content if rows else documents.shipped(template.key)
    for row in rows:
        if row.version == version:
            return row.content
    raise NotFound("documents.no_such_template", template=name[:60])


def upload(unit: UnitOfWork, name: str, content: bytes, note: str) -> DocumentTemplate:
    """Take a changed template; cases registered from now on use it.

    Raises `Forbidden`, `NotFound`, and `Invalid` naming what cannot be used: a field that does not exist, one that
    the document has to show and does not, anything beside fields, conditions and lists.
    """
    auth.require(unit.actor, Permission.MANAGE_TEMPLATES)
    template = _template(name)
    problems = _problems(template, content)
    if problems:
        raise Invalid("documents.template_refused", document=template.title(), problems=_said(problems))
    digest = hashlib.sha256(content).hexdigest()
    row = case_documents.add_template(unit, template, content, "uploaded", note.strip()[:500])
    after = {"template": name, "version": row.version, "sha256": digest}
    audit.record(unit, "document_template.upload", ("document_template", row.key), None, after)
    return row


def check_shipped() -> None:
    """Raise `Invalid` if a template of the product itself cannot be used; asked at every start."""
    for key, template in TEMPLATES.items():
        problems = _problems(template, documents.shipped(key))
        if problems:
            raise Invalid("documents.template_refused", document=template.title(), problems=_said(problems))


def set_code(unit: UnitOfWork, organ: str, code: str) -> None:
    """Set an organ's code in document numbers issued from now on. Raises `Forbidden`, `Invalid`."""
    auth.require(unit.actor, Permission.MANAGE_TEMPLATES)
    organ, code = organ.strip(), code.strip()
    if not organ or not _CODE.fullmatch(code):
        raise Invalid("documents.code_unusable", found=code[:40])
    before = store.documents.code_of(unit.session, organ)
    store.documents.set_code(unit.session, organ, code)
    audit.record(unit, "document_organ.code", ("document_organ", organ), {"code": before}, {"code": code})


def codes(unit: UnitOfWork) -> list[tuple[str, str]]:
    """Return organ and code where one was set."""
    return [(row.organ, row.code) for row in store.documents.codes(unit.session)]


def field_names(unit: UnitOfWork, template: Template) -> list[FieldName]:
    """Return what a template may name: what it has to show first, then in the order of the data dictionary."""
    paths = [*template.fields, *(path for path, _ in _paths(document_data.fields(template)))]
    listed = {path for path, in_list in _paths(document_data.fields(template)) if in_list}
    called = case_documents.field_labels(unit, template)
    return [FieldName(path, called(path), path in template.fields, path in listed) for path in dict.fromkeys(paths)]


def _paths(fields: Fields, path: str = "", in_list: bool = False) -> Iterator[tuple[str, bool]]:
    if isinstance(fields, list):
        yield from _paths(fields[0], path, True)
    elif fields is None:
        yield path, in_list
    else:
        for name, inner in fields.items():
            yield from _paths(inner, f"{path}.{name}" if path else name, in_list)


def _template(name: str) -> Template:
    found = TEMPLATES.get(name)
    if found is None:
        raise NotFound("documents.no_such_template", template=name[:60])
    return found


def _problems(template: Template, content: bytes) -> list[Problem]:
    return documents.check(content, document_data.fields(template), template.fields)


def _said(problems: list[Problem]) -> str:
    return "\n".join(documents.words_of(problem) for problem in problems)
