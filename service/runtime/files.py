"""Files: taken in, kept in the database, handed out to those who may read what they belong to.

An upload belongs to nobody but its sender until a submission, a record or a variable refers to it; from then on it
belongs to the case, or to the process instances around it, and is readable as they are. What nothing refers to goes
after a day. A reference has the shape that Camunda gives it, and is always written anew from the row: what a client
says of a file besides its id and digest is not believed.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, TypeAlias, cast

from service import auth, feel, forms, store
from service.auth import Permission
from service.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from service.runtime import audit, file_types
from service.runtime.file_types import FileRules
from service.runtime.unit import InstanceContext, UnitOfWork
from service.store.files import StoredFile

__all__ = [
    "Content",
    "FileRules",
    "Home",
    "Received",
    "StoredFile",
    "Taken",
    "adopt",
    "file_name",
    "is_case_material",
    "note_reading",
    "note_refusal",
    "of_case",
    "opened",
    "readable",
    "receive",
    "reference",
    "references",
    "several",
    "sweep",
    "upload",
    "withdraw",
]

Content: TypeAlias = BinaryIO

STORE = "rongcuo"  # the one store that references name
PIECE = 256 * 1024  # bytes
IN_MEMORY = 1024 * 1024  # bytes of a file while it is handed out; what is more lies in a temporary file
NAME_LIMIT = 255  # characters
PENDING = timedelta(hours=24)  # that an upload waits for a submission
PENDING_OF_PROGRAM = timedelta(days=30)
PENDING_FILES = 200  # of one person at a time
PENDING_SIZES = 20  # as many times the limit of one file, of one person at a time
SWEEP = 200  # files that one transaction of the worker removes


@dataclass(frozen=True, slots=True)
class Received:
    """A file that came in whole and may be stored."""

    name: str
    content_type: str
    size: int
    sha256: str
    stream: BinaryIO

    def pieces(self) -> Iterator[bytes]:
        self.stream.seek(0)
        while piece := self.stream.read(PIECE):
            yield piece


@dataclass(frozen=True, slots=True)
class Home:
    """What an upload is for."""

    business_key: str | None = None
    root_key: int | None = None
    instance_key: int | None = None
    process_id: str | None = None
    task_key: int | None = None
    place: str | None = None  # path of the field


# taking in


def receive(rules: FileRules, name: str, stream: BinaryIO) -> Received:
    """Return a file as it came in, measured and recognised; needs no transaction, so that none waits for its bytes.

    Raises `Invalid` for a bad name or an empty file, `TooLarge`, `Unsupported`.
    """
    clean = file_name(name)
    digest, size = hashlib.sha256(), 0
    stream.seek(0)
    while piece := stream.read(PIECE):
        size += len(piece)
        if size > rules.limit:
            raise TooLarge("runtime.upload_too_large", name=clean, limit=_megabytes(rules.limit))
        digest.update(piece)
    if size == 0:
        raise Invalid("runtime.file_empty", name=clean)
    return Received(clean, file_types.recognised(clean, stream, rules.types), size, digest.hexdigest(), stream)


def file_name(text: str) -> str:
    """Return a name as typed, without the folders that some browsers send along. Raises `Invalid`."""
    name = PurePosixPath(text.replace("\\", "/")).name.strip()
    if not name or len(name) > NAME_LIMIT or any(sign < " " or sign == "\x7f" or _is_half(sign) for sign in name):
        raise Invalid("runtime.file_name_unfit", limit=NAME_LIMIT)
    return name


def upload(
    unit: UnitOfWork,
    received: Received,
    home: Home,
    *,
    file_id: str | None = None,
    expires_at: datetime | None = None,
    properties: Mapping[str, object] | None = None,
    pending: timedelta | None = PENDING,
) -> StoredFile:
    """Store a file as the actor's upload, which waits to be referred to, unless it has a home for good already.

    Whether they may is the caller's to know.

    Raises `Conflict` for an id that is taken, `TooLarge` when too much of the actor's waits already.
    """
    count, size = store.files.pending_of(unit.session, unit.actor.name)
    room = PENDING_SIZES * unit.engine.files.limit
    if count >= PENDING_FILES or size + received.size > room:
        raise TooLarge("runtime.too_many_uploads", files=PENDING_FILES, size=_megabytes(room))
    key = file_id or secrets.token_hex(16)
    if store.files.get(unit.session, key) is not None:
        raise Conflict("runtime.file_exists", id=key)
    if not store.files.known(unit.session, received.sha256):
        store.files.add_content(unit.session, received.sha256, received.size, received.pieces())
    row = StoredFile(
        id=key,
        sha256=received.sha256,
        name=received.name,
        content_type=received.content_type,
        size=received.size,
        created_at=unit.now,
        created_by=unit.actor.name,
        business_key=home.business_key,
        root_key=home.root_key,
        instance_key=home.instance_key,
        process_id=home.process_id,
        task_key=home.task_key,
        place=home.place,
        pending_until=None if pending is None else unit.now + pending,
        expires_at=expires_at,
        properties=feel.codec.encode(dict(properties or {})),
    )
    with audit.action(unit, "file.upload", "file", key, business_key=home.business_key) as entry:
        store.files.add(unit.session, row)
        entry.after.update(sha256=row.sha256, size=row.size, type=row.content_type, task=home.task_key)
    return row


def reference(row: StoredFile) -> dict[str, Any]:
    """Return what variables and records hold of a file: Camunda 8's document reference."""
    ends = [moment for moment in (row.expires_at, row.pending_until) if moment is not None]
    return {
        "camunda.document.type": "camunda",
        "storeId": STORE,
        "documentId": row.id,
        "contentHash": row.sha256,
        "metadata": {
            "contentType": row.content_type,
            "fileName": row.name,
            "expiresAt": _moment(min(ends)) if ends else None,
            "size": row.size,
            "processDefinitionId": row.process_id,
            "processInstanceKey": None if row.instance_key is None else str(row.instance_key),
            "customProperties": feel.codec.decode(row.properties),
        },
    }


# referring to


@dataclass(slots=True)
class Taken:
    """Resolves the references that a submission brings, and then makes their files the submission's."""

    unit: UnitOfWork
    context: InstanceContext
    task_key: int | None = None
    _rows: dict[str, tuple[StoredFile, str]] = field(default_factory=dict)

    def __call__(self, path: str, sent: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the reference as it will stand in the data. Raises `Unfit` for a file that is not the sender's."""
        row = store.files.get(self.unit.session, sent["documentId"])
        if row is None or _is_over(row, self.unit.now) or not self._is_theirs(row):
            raise forms.Unfit("forms.no_such_file")
        if sent.get("contentHash") != row.sha256:
            raise forms.Unfit("forms.file_differs")
        self._rows[row.id] = (row, path)
        kept, home = reference(row), self.home()
        ends = None if self.context.business_key is not None or row.expires_at is None else _moment(row.expires_at)
        kept["metadata"] |= {
            "expiresAt": ends,
            "processDefinitionId": home.process_id,
            "processInstanceKey": None if home.instance_key is None else str(home.instance_key),
        }
        return kept

    def keep(self) -> None:
        """Let the files that were referred to belong to the case or the instance."""
        for row, path in self._rows.values():
            _keep(self.unit, row, self.home(path))

    def home(self, path: str | None = None) -> Home:
        """Return what the submission belongs to; before a start there is no instance yet."""
        context = self.context
        return Home(
            context.business_key, context.root_key or None, context.instance_key or None, context.process_id or None,
            self.task_key, path,
        )  # fmt: skip

    def _is_theirs(self, row: StoredFile) -> bool:
        if row.pending_until is None:
            return False  # belongs to something already
        if row.task_key is not None:
            return row.task_key == self.task_key
        return row.created_by == self.unit.actor.name and row.business_key in (None, self.context.business_key)


def adopt(unit: UnitOfWork, values: Mapping[str, Any], home: Home) -> None:
    """Let the files to which variables refer belong to an instance.

    Raises `Invalid` for a reference to a file that there is not, that differs, or that belongs to something else: who
    may write a variable must not come to read by it what they may not read.
    """
    found = {item["documentId"]: item for item in forms.references(values)}
    if not found:
        return
    rows = store.files.several(unit.session, found)
    for file_id, item in found.items():
        row = rows.get(file_id)
        if row is None or _is_over(row, unit.now) or item.get("contentHash") != row.sha256:
            raise Invalid("runtime.file_unknown", id=str(file_id)[:80])
        if row.pending_until is None and row.business_key is None and row.root_key is None:
            free = row.created_by == unit.actor.name
        elif row.pending_until is not None:
            free = row.created_by == unit.actor.name or row.task_key == home.task_key is not None
        else:
            free = False
        if free:
            _keep(unit, row, home)
        elif not _same(row, home):
            raise Invalid("runtime.file_unknown", id=str(file_id)[:80])


def _keep(unit: UnitOfWork, row: StoredFile, home: Home) -> None:
    store.files.use(
        unit.session,
        row.id,
        business_key=home.business_key,
        root_key=home.root_key,
        instance_key=home.instance_key,
        process_id=home.process_id,
        task_key=home.task_key,
        place=home.place,
        # What a case rests on stays; elsewhere the sender's wish holds.
        expires_at=None if home.business_key is not None else row.expires_at,
    )
    unit.session.refresh(row)
    audit.record(
        unit, "file.keep", ("file", row.id), after={"sha256": row.sha256, "place": home.place},
        business_key=home.business_key,
    )  # fmt: skip


def _same(row: StoredFile, home: Home) -> bool:
    if row.business_key is not None:
        return row.business_key == home.business_key
    return row.root_key is not None and row.root_key == home.root_key


# handing out


def readable(unit: UnitOfWork, file_id: str, ids_of_task: Collection[str] = (), home: Home | None = None) -> StoredFile:
    """Return a file that the actor may read. Raises `NotFound` for any other, so that a guessed id tells nothing.

    `ids_of_task` are the files that a task shows to the actor, and `home` is what that task belongs to.
    """
    row = store.files.get(unit.session, file_id)
    if row is None or _is_over(row, unit.now) or not _may_read(unit, row, ids_of_task, home):
        raise NotFound("runtime.file_not_found")
    return row


def _may_read(unit: UnitOfWork, row: StoredFile, ids_of_task: Collection[str], home: Home | None) -> bool:
    actor = unit.actor
    if actor.is_system:
        return True
    if row.pending_until is not None or (row.business_key is None and row.root_key is None):
        return row.created_by == actor.name
    if home is not None and row.id in ids_of_task and _same(row, home):
        return True
    if row.business_key is not None and unit.engine.plugins.files.is_domain(unit, row.business_key):
        return unit.engine.plugins.files.may_read(unit, row.business_key, row.id)
    return auth.may(actor, Permission.OPERATE) or row.created_by == actor.name


def is_case_material(unit: UnitOfWork, row: StoredFile) -> bool:
    """Whether a file belongs to a case of the domain."""
    return row.business_key is not None and unit.engine.plugins.files.is_domain(unit, row.business_key)


def opened(unit: UnitOfWork, row: StoredFile) -> Content:
    """Return a file's content, compared with its digest first: nothing of a damaged file is handed out.

    Raises `Conflict` when it is not what was stored.
    """
    spool = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the receiver closes it
    digest, number = hashlib.sha256(), 0
    while (piece := store.files.piece(unit.session, row.sha256, number)) is not None:
        digest.update(piece)
        spool.write(piece)
        number += 1
    if digest.hexdigest() != row.sha256:
        spool.close()
        raise Conflict("runtime.file_damaged", id=row.id, sha256=row.sha256)
    spool.seek(0)
    return cast(Content, spool)


def pieces(content: Content) -> Iterator[bytes]:
    """Yield what is handed out, a piece at a time, and let go of it."""
    with content:
        while piece := content.read(PIECE):
            yield piece


def digest_in_base64(row: StoredFile) -> str:
    """Return a file's digest as the header Content-Digest has it (RFC 9530)."""
    return base64.b64encode(bytes.fromhex(row.sha256)).decode()


def note_reading(unit: UnitOfWork, row: StoredFile, *, how: str) -> None:
    """Enter in the log that the actor got a file of a case."""
    audit.record(
        unit, "file.read", ("file", row.id), after={"sha256": row.sha256, "how": how}, business_key=row.business_key
    )


def note_refusal(unit: UnitOfWork, file_id: str) -> None:
    """Enter in the log that the actor asked for a file of a case that they may not read; nothing for no file."""
    row = store.files.get(unit.session, file_id)
    if row is not None and is_case_material(unit, row):
        audit.record(unit, "file.refuse", ("file", row.id), business_key=row.business_key)


def references(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the references inside data."""
    return forms.references(value)


def several(unit: UnitOfWork, ids: Iterable[str]) -> dict[str, StoredFile]:
    """Return rows by id, for pages that name the files of what the actor sees already."""
    return store.files.several(unit.session, ids)


def of_case(unit: UnitOfWork, business_key: str) -> list[StoredFile]:
    """Return the files that a case keeps, oldest first; who may see the case is the caller's to know."""
    return list(store.files.of_case(unit.session, business_key))


# going


def withdraw(unit: UnitOfWork, file_id: str, *, used: bool = False) -> None:
    """Remove an upload of the actor to which nothing refers yet; with `used`, also a file of an instance without case.

    Raises `NotFound` for a file they may not read, `Forbidden` for another's, `Conflict` for one in use.
    """
    row = readable(unit, file_id)
    in_use = row.pending_until is None and (row.business_key is not None or row.root_key is not None)
    if in_use and (not used or is_case_material(unit, row)):
        raise Conflict("runtime.file_in_use", id=file_id)
    may = row.created_by == unit.actor.name or (in_use and auth.may(unit.actor, Permission.OPERATE))
    if not may and not unit.actor.is_system:
        raise Forbidden("runtime.file_of_another")
    with audit.action(unit, "file.remove", "file", row.id, business_key=row.business_key) as entry:
        entry.after["sha256"] = row.sha256
        _remove(unit, [row])


def sweep(unit: UnitOfWork) -> int:
    """Remove files whose time is over, at most `SWEEP`; return how many.

    An upload that stands in somebody's draft waits on with it.
    """
    over = [row for row in store.files.expired(unit.session, unit.now, SWEEP) if not _waits(unit, row)]
    if over:
        with audit.action(unit, "file.expire", "file", over[0].id) as entry:
            entry.after["files"] = [row.id for row in over]
            _remove(unit, over)
    return len(over)


def _waits(unit: UnitOfWork, row: StoredFile) -> bool:
    if row.task_key is None or row.pending_until is None:
        return False
    if not any(row.id in draft for draft in store.submissions.drafts_of(unit.session, row.task_key)):
        return False
    row.pending_until = unit.now + PENDING
    return True


def _remove(unit: UnitOfWork, rows: list[StoredFile]) -> None:
    store.files.remove(unit.session, [row.id for row in rows])
    store.files.drop_content(unit.session, {row.sha256 for row in rows})


def _is_over(row: StoredFile, now: datetime) -> bool:
    # An upload in a draft outlives its day until the worker has looked at it: only the sender's own end is exact.
    return row.expires_at is not None and row.expires_at <= now


def _is_half(sign: str) -> bool:
    return "\ud800" <= sign <= "\udfff"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _megabytes(size: int) -> str:
    return f"{size / (1024 * 1024):g} MB"
