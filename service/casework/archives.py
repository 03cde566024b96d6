"""Archives of a case: the whole one for the archivist, and one to be handed out, without what stays inside.

An archive is asked for by one person and agreed to by another; the agreement is for the state of the case at that
moment. Made twice of the same state it is the same byte for byte: fixed order, fixed times, nothing compressed, stored
files instead of new ones. `verify_archive.py`, which lies inside, proves it without this product.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from importlib import resources
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast
from urllib.parse import quote

import regex

from service import auth, feel, store, texts
from service.auth import Permission, Role
from service.casework import case_documents, case_files, deadline_sheets, deadlines, records, verify_archive
from service.casework.case import Case
from service.documents import TEMPLATES
from service.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from service.runtime import audit, files
from service.runtime.audit import AuditEntry
from service.runtime.files import StoredFile
from service.runtime.unit import UnitOfWork
from service.store.archives import ArchiveRequest
from service.store.documents import FileKind

__all__ = [
    "ArchiveRequest",
    "Fact",
    "Kind",
    "Section",
    "Told",
    "ask",
    "build",
    "decide",
    "is_withheld",
    "last_change",
    "requests",
]


class Kind(StrEnum):
    ARCHIVE = "archive"  # whole, for the archivist
    EXPORT = "export"  # without reasons and opinions of the meeting (procedure.md section 8)


Fact = tuple[str, str]  # label, words


@dataclass(frozen=True, slots=True)
class Section:
    """Something told in words; `source` is the record, judgement or event that it tells, by which it is withheld."""

    title: str
    facts: tuple[Fact, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the pages say of a case, in the words of documents."""

    records: tuple[Section, ...] = ()
    timeline: tuple[Fact, ...] = ()  # moment, what happened
    judgements: tuple[Section, ...] = ()


@dataclass(slots=True)
class _Member:
    path: str
    pieces: Callable[[], Iterable[bytes]]
    title: str = ""
    size: int = 0
    sha256: str = ""


# Records that an export leaves out, and single fields that may tell who informed the organ.
WITHHELD_RECORDS = frozenset({"reasonBasis", "meeting"})
WITHHELD_FIELDS = frozenset({"evidence.sourceHolder", "recusalDeclaration.requestedBy", "case.source"})
# Judgements about the meeting name its votes.
WITHHELD_JUDGEMENTS = frozenset({"D11"})

# What is noted in the log without changing the case.
_READING = frozenset(
    {
        "access.refuse",
        "archive.request",
        "archive.approve",
        "archive.refuse",
        "archive.build",
        "document.pdf",
        "file.read",
        "file.refuse",
        "identity.reveal",
    }
)
_UNFIT = regex.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_IN_MEMORY = 8 * 1024 * 1024


def ask(unit: UnitOfWork, case_key: int, kind: Kind, reason: str) -> ArchiveRequest:
    """Ask for an archive. Raises `NotFound`, `Forbidden`, and `Invalid` without a reason."""
    case = _case(unit, case_key, Permission.ASK_ARCHIVE)
    _require_archivist(unit, case, kind)
    if not reason.strip():
        raise Invalid("archives.reason_missing")
    row = ArchiveRequest(
        key=unit.new_key(),
        case_key=case.key,
        kind=kind.value,
        reason=reason.strip()[:1000],
        requested_by=unit.actor.name,
        requested_at=unit.now,
        decided_by=None,
        decided_at=None,
        approved=None,
        sequence=None,
        sha256=None,
    )
    store.archives.add(unit.session, row)
    after = {"kind": kind.value, "reason": row.reason}
    audit.record(unit, "archive.request", ("archive_request", row.key), None, after, business_key=str(case.key))
    return row


def decide(unit: UnitOfWork, key: int, *, approve: bool) -> ArchiveRequest:
    """Agree to an archive or refuse it. Raises `Forbidden` for who asked, `Conflict` for what is decided already."""
    row = _request(unit, key)
    case = _case(unit, row.case_key, Permission.APPROVE_ARCHIVE)
    if row.requested_by == unit.actor.name:
        raise Forbidden("archives.own_request")
    sequence = last_change(unit, case.key).sequence
    if not store.archives.decide(unit.session, key, unit.actor.name, unit.now, approve, sequence):
        raise Conflict("archives.decided_already")
    action = "archive.approve" if approve else "archive.refuse"
    audit.record(unit, action, ("archive_request", key), None, {"sequence": sequence}, business_key=str(case.key))
    unit.session.refresh(row)
    return row


def requests(unit: UnitOfWork, case_key: int) -> list[ArchiveRequest]:
    """Return the requests of a case, newest first. Raises `NotFound`, `Forbidden`."""
    _case(unit, case_key, Permission.READ_CASE)
    return list(store.archives.of_case(unit.session, case_key))


def last_change(unit: UnitOfWork, case_key: int) -> AuditEntry:
    """Return the last entry of the audit log that changed a case."""
    for entry in reversed(_entries(unit, case_key)):
        if entry.action not in _READING:
            return entry
    raise NotFound("casework.no_such_case", key=case_key)


def case_of(unit: UnitOfWork, key: int) -> int:
    """Return the case that a request is about. Raises `NotFound`, `Forbidden`."""
    return _case(unit, _request(unit, key).case_key, Permission.READ_CASE).key


def kind_of(unit: UnitOfWork, key: int) -> Kind:
    return Kind(_request(unit, key).kind)


def may_ask(unit: UnitOfWork, case_key: int, kind: Kind) -> bool:
    """Whether the actor may ask for an archive of a kind, and have it once it is agreed to."""
    try:
        _require_archivist(unit, _case(unit, case_key, Permission.ASK_ARCHIVE), kind)
    except (Forbidden, NotFound):
        return False
    return True


def may_decide(unit: UnitOfWork, case_key: int) -> bool:
    """Whether the actor may agree to archives of a case that somebody else asked for."""
    access = case_files.access(unit, records.of_case(unit, case_key))
    return auth.may(unit.actor, Permission.APPROVE_ARCHIVE, access)


def title(kind: Kind) -> str:
    """Return what an archive is called, as its file is."""
    return texts.message(f"archives.title_{kind}")


def is_withheld(kind: Kind, source: str) -> bool:
    """Whether an archive of a kind leaves out what tells a record, a field of one or a judgement."""
    record, judgement = source.partition(".")[0], source.partition("_")[0]
    withheld = record in WITHHELD_RECORDS or source in WITHHELD_FIELDS or judgement in WITHHELD_JUDGEMENTS
    return kind is Kind.EXPORT and withheld


def build(unit: UnitOfWork, key: int, told: Told) -> tuple[ArchiveRequest, BinaryIO, str]:
    """Return an archive that was agreed to, with its SHA-256, and note in the log that it was made.

    Raises `Forbidden` for who may not have it, and `Conflict` where it is not agreed to, the case has changed since, a
    PDF is still to be made or a stored file is damaged.
    """
    row = _request(unit, key)
    case = _case(unit, row.case_key, Permission.ASK_ARCHIVE)
    kind = Kind(row.kind)
    _require_archivist(unit, case, kind)
    change = last_change(unit, case.key)
    if not row.approved:
        raise Conflict("archives.not_approved")
    if row.sequence != change.sequence:
        raise Conflict("archives.changed_since")
    members = list(_members(unit, case, kind, told, change))
    for member in members:
        digest = hashlib.sha256()
        for piece in member.pieces():
            digest.update(piece)
            member.size += len(piece)
        member.sha256 = digest.hexdigest()
    manifest = {
        "format": verify_archive.FORMAT,
        "case": case.row.case_no,
        "kind": kind.value,
        "chain": {"sequence": change.sequence, "hash": change.hash},
        "withheld": sorted(WITHHELD_RECORDS | WITHHELD_FIELDS | WITHHELD_JUDGEMENTS) if kind is Kind.EXPORT else [],
        "files": [{"path": member.path, "size": member.size, "sha256": member.sha256} for member in members],
    }
    members.append(_data(verify_archive.MANIFEST, verify_archive.canonical(manifest)))
    target = cast(BinaryIO, SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - the receiver closes it
    try:
        verify_archive.write(target, ((member.path, member.pieces()) for member in members))
    except OverflowError as error:
        target.close()
        raise TooLarge("archives.too_large", limit=verify_archive.LARGEST // 1_000_000_000) from error
    digest = hashlib.sha256()
    target.seek(0)
    for piece in iter(lambda: target.read(verify_archive.PIECE), b""):
        digest.update(piece)
    target.seek(0)
    row.sha256 = digest.hexdigest()
    unit.session.flush()
    after = {"kind": kind.value, "sha256": row.sha256, "chain": change.hash, "sequence": change.sequence}
    audit.record(unit, "archive.build", ("archive_request", row.key), None, after, business_key=str(case.key))
    return row, target, row.sha256


# content


def _members(unit: UnitOfWork, case: Case, kind: Kind, told: Told, change: AuditEntry) -> Iterator[_Member]:
    documents = list(_documents(unit, case, kind))
    material = list(_material(unit, case, kind))
    pages = {
        "records": _sections([part for part in told.records if not is_withheld(kind, part.source)]),
        "timeline": _table((_w("archives.at"), _w("archives.event")), told.timeline),
        "judgements": _sections([part for part in told.judgements if not is_withheld(kind, part.source)]),
        "deadlines": "".join(_deadlines(unit, case)),
    }
    lists = ((_w("archives.documents"), documents), (_w("archives.material"), material))
    yield _text(_w("archives.path_readme"), _w(f"archives.readme_{kind}", case=case.row.case_no))
    yield _page("index", case, _index(case, kind, lists))
    for name, body in pages.items():
        yield _page(name, case, body)
    yield _data("case.json", verify_archive.canonical(_plain_records(case, kind)))
    if kind is Kind.ARCHIVE:
        # What was only read afterwards is no part of the state that is archived.
        entries = [_entry(row) for row in _entries(unit, case.key) if row.sequence <= change.sequence]
        yield _data(verify_archive.AUDIT, verify_archive.canonical(entries))
    yield from documents
    yield from material
    yield _data("verify_archive.py", (resources.files(__package__) / "verify_archive.py").read_bytes())


def _documents(unit: UnitOfWork, case: Case, kind: Kind) -> Iterator[_Member]:
    for place, item in enumerate(case_documents.issued(unit, case.key), 1):
        row = item.document
        if kind is Kind.EXPORT and TEMPLATES[row.template].withheld:
            continue
        if not any(file.kind is FileKind.PDF for file in item.files):
            raise Conflict("archives.pdf_pending", document=row.number)
        for file in item.files:
            _, found = case_documents.content(unit, row.key, file.kind)
            content = found.content if found else b""
            name = _fit(f"{place:03}_{row.title}_{row.number}_v{row.version}.{file.kind}")
            yield _data(f"{_w('archives.path_documents')}/{name}", content, f"{row.title} {row.number}")


def _material(unit: UnitOfWork, case: Case, kind: Kind) -> Iterator[_Member]:
    shown = None
    if kind is Kind.EXPORT:
        # Files follow their records: what only a withheld record refers to stays inside.
        shown = {str(item["documentId"]) for item in files.references(_plain_records(case, kind))}
    for place, row in enumerate(files.of_case(unit, str(case.key)), 1):
        if shown is None or row.id in shown:
            name = _fit(f"{place:03}_{row.name}")
            yield _Member(f"{_w('archives.path_material')}/{name}", _stored(unit, row), row.name)


def _stored(unit: UnitOfWork, row: StoredFile) -> Callable[[], Iterable[bytes]]:
    return lambda: files.pieces(files.opened(unit, row))


def _deadlines(unit: UnitOfWork, case: Case) -> Iterator[str]:
    for row in deadlines.of_case(unit, case.key):
        sheet = deadline_sheets.sheet(unit, case.key, row.key)
        # What lasts is not told day by day: it would be another tomorrow.
        lasts = row.state is not deadlines.DeadlineState.CLOSED and row.due is None
        sheet_lines = () if lasts else sheet.lines
        facts = [
            (_w("archives.person"), sheet.subject or _w("documents.none")),
            (_w("archives.start"), row.start.isoformat()),
            (_w("archives.length"), deadline_sheets.length_words(row)),
            (_w("archives.due"), row.due.isoformat() if row.due else _w("documents.none")),
            (_w("archives.calendar"), row.calendar_version),
            (_w("archives.notices"), _w("documents.comma").join(sheet.notices)),
        ]
        facts += [(_w("archives.pause"), f"{item.start} – {item.end or '…'} {item.reason}") for item in sheet.pauses]
        facts += [(_w("archives.extension"), f"{item.on} +{item.amount} {item.reason}") for item in sheet.extensions]
        yield f"<h2>{_e(sheet.name)} {_e(row.parameter)}</h2>{_facts(facts)}"
        days = [
            (
                f"{line.day} {deadline_sheets.weekday(line.day)}",
                f"{_w('documents.counts' if line.counts else 'documents.counts_not')} {line.number or ''} "
                f"{deadline_sheets.reason(line)}",
            )
            for line in sheet_lines
        ]
        yield _table((_w("archives.day"), _w("archives.why")), days)


def _plain_records(case: Case, kind: Kind) -> dict[str, Any]:
    """Return the records as they are stored, without what an archive of this kind leaves out."""
    found: dict[str, Any] = {
        "case": _without(kind, "case", {**case.case_record(), "caseNo": case.row.case_no}),
        "recusalDeclaration": _without(kind, "recusalDeclaration", case.document("recusalDeclaration")),
        "disciplinaryProposal": case.document("disciplinaryProposal"),
        "persons": [
            {
                name: _without(kind, name, value)
                for name, value in case.subject_records(row.key).items()
                if not is_withheld(kind, name)
            }
            for row in case.subjects
        ],
    }
    plain = feel.codec.decode(feel.codec.encode(found))
    return cast(dict[str, Any], _numbers(plain))


def _without(kind: Kind, name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_without(kind, name, item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {field_: item for field_, item in value.items() if not is_withheld(kind, f"{name}.{field_}")}


def _numbers(value: Any) -> Any:
    """Return data whose numbers JSON of the standard library writes: whole ones as such, others as text."""
    if isinstance(value, Mapping):
        return {str(name): _numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    return str(value)


# words and pages

_STYLE = (
    "body{font:16px/1.7 'Noto Serif CJK SC',SimSun,serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "nav a{margin-right:1em}table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.3em .6em;"
    "text-align:left;vertical-align:top}dt{font-weight:bold}dd{margin:0 0 .4em 1em;white-space:pre-line}"
    "@media print{nav{display:none}}"
)
_PAGES = ("index", "records", "timeline", "judgements", "deadlines")


def _page(name: str, case: Case, body: str) -> _Member:
    title = f"{case.row.case_no} {_w(f'archives.page_{name}')}"
    links = "".join(f'<a href="{_path(other)}">{_e(_w(f"archives.page_{other}"))}</a>' for other in _PAGES)
    text = (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{_e(title)}</title>'
        f"<style>{_STYLE}</style></head><body><nav>{links}</nav><h1>{_e(title)}</h1>{body}</body></html>\n"
    )
    return _text(_path(name), text)


def _path(name: str) -> str:
    return f"{_w(f'archives.page_{name}')}.html"


def _index(case: Case, kind: Kind, lists: Sequence[tuple[str, Sequence[_Member]]]) -> str:
    facts = [
        (_w("archives.case"), f"{case.row.case_no} {case.row.title}"),
        (_w("archives.organ"), case.row.organ),
        (_w("archives.accountability"), case.row.accountability_case_no or _w("documents.missing")),
        (_w("archives.persons"), _w("documents.comma").join(row.name for row in case.subjects)),
        (_w("archives.kind"), _w(f"archives.kind_{kind}")),
    ]
    parts = [_facts(facts)]
    for title, members in lists:
        rows = "".join(
            f'<tr><td>{number}</td><td><a href="{_href(member.path)}">{_e(member.title)}</a></td></tr>'
            for number, member in enumerate(members, 1)
        )
        parts.append(
            f"<h2>{_e(title)}</h2><table>{rows}</table>"
            if rows
            else f"<h2>{_e(title)}</h2><p>{_e(_w('documents.none'))}</p>"
        )
    return "".join(parts)


def _sections(sections: Sequence[Section]) -> str:
    return "".join(f"<h2>{_e(section.title)}</h2>{_facts(section.facts)}" for section in sections)


def _facts(facts: Iterable[Fact]) -> str:
    return "<dl>" + "".join(f"<dt>{_e(label)}</dt><dd>{_e(value)}</dd>" for label, value in facts) + "</dl>"


def _table(head: Fact, rows: Iterable[Fact]) -> str:
    body = "".join(f"<tr><td>{_e(one)}</td><td>{_e(other)}</td></tr>" for one, other in rows)
    return f"<table><tr><th>{_e(head[0])}</th><th>{_e(head[1])}</th></tr>{body}</table>"


def _e(text: object) -> str:
    return html.escape(str(text))


def _href(path: str) -> str:
    return html.escape(quote(path))


def _w(code: str, **facts: object) -> str:
    return texts.message(code, facts)


def _fit(name: str) -> str:
    """Return a name that every file system takes, at most 120 bytes before its ending."""
    plain = _UNFIT.sub("_", name).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    stem, ending = (stem, dot + ending) if dot and len(ending) <= 8 else (plain, "")
    while len(stem.encode()) > 120:
        stem = stem[:-1]
    return stem + ending


def _text(path: str, text: str) -> _Member:
    return _data(path, text.encode())


def _data(path: str, content: bytes, title: str = "") -> _Member:
    return _Member(path, lambda: (content,), title)


# the log


def _entries(unit: UnitOfWork, case_key: int) -> list[AuditEntry]:
    """Return the entries of a case, oldest first, those that change nothing too."""
    found: list[AuditEntry] = []
    after = None
    while True:
        page = audit.search(unit, business_key=str(case_key), after=after, limit=500)
        found += page.items
        if page.next is None:
            return found[::-1]
        after = page.next


def _entry(row: AuditEntry) -> dict[str, Any]:
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    names = ("sequence", "actor", "actor_kind", "action", "object_kind", "object_key", "business_key")
    rest = ("before", "after", "effects", "previous_hash", "hash")
    return {"at": at, **{name: getattr(row, name) for name in (*names, *rest)}}


def _request(unit: UnitOfWork, key: int) -> ArchiveRequest:
    row = store.archives.get(unit.session, key)
    if row is None:
        raise NotFound("archives.no_such_request", key=key)
    return row


def _require_archivist(unit: UnitOfWork, case: Case, kind: Kind) -> None:
    actor = unit.actor
    if kind is Kind.ARCHIVE and not (actor.is_system or auth.reaches(actor, Role.ARCHIVE, case.row.organ)):
        raise Forbidden("archives.archivist_only")


def _case(unit: UnitOfWork, key: int, permission: Permission) -> Case:
    case = records.of_case(unit, key)
    allowed = case_files.access(unit, case)
    auth.require(unit.actor, permission, allowed)
    if auth.view_of(unit.actor, allowed) is not auth.View.FULL:
        raise Forbidden("documents.not_yours")
    return case
