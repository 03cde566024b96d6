"""`/v2/documents`: files of programs, by Camunda 8's document references."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import simplejson
from flask import Blueprint, Response, current_app
from flask import request as http
from werkzeug.datastructures import FileStorage

from service import auth, texts
from service.auth import Actor, Permission
from service.errors import Forbidden, Invalid, NotFound, Rejection, ServiceError
from service.runtime import files, instances, listings
from service.runtime.unit import UnitOfWork
from service.web import errors, handing_out
from service.web.answers import json_of
from service.web.api import body, credentials
from service.web.api.fields import moment
from service.web.site import site

blueprint = Blueprint("api_document", __name__, url_prefix="/v2")

ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}", re.ASCII)
MB = 1024 * 1024
BATCH = 4  # times the limit of one file, of one request
METADATA = 20_000  # characters
DEFAULT_LINK = timedelta(hours=1)
LONGEST_LINK = timedelta(days=7)


@blueprint.post("/documents")
def create() -> Response:
    actor = _sender()
    _check_store()
    file_id = http.args.get("documentId") or None
    if file_id is not None and not ID.fullmatch(file_id):
        raise body.wrong("documentId", ID.pattern, file_id)
    part = http.files.get("file")
    if part is None:
        raise Invalid("api_field_missing", field="file")
    return json_of(_created(actor, part, _metadata("metadata", _texts("metadata")), file_id), 201)


@blueprint.post("/documents/batch")
def create_batch() -> Response:
    """Each file by itself: those that are refused hinder no other, and are named in the answer."""
    actor = _sender()
    _check_store()
    parts = http.files.getlist("files")
    if not parts:
        raise Invalid("api_field_missing", field="files")
    described = _list_of_metadata(_texts("metadataList"))
    if described and len(described) != len(parts):
        raise Invalid("api_metadata_count", files=len(parts), found=len(described))
    created, failed = [], []
    for number, part in enumerate(parts):
        metadata = described[number] if described else {}
        try:
            created.append(_created(actor, part, metadata))
        except Rejection as error:
            failed.append(_failure(error, _name(part, metadata)))
    return json_of({"createdDocuments": created, "failedDocuments": failed}, 207 if failed else 201)


@blueprint.get("/documents/<file_id>")
def show(file_id: str) -> Response:
    actor = credentials.caller()
    _check_store()
    engine = site().engine
    try:
        with engine.reading(actor) as unit:
            row = _checked(unit, file_id)
            of_case = files.is_case_material(unit, row)
            content = files.opened(unit, row)
    except NotFound:
        engine.run(actor, lambda unit: files.note_refusal(unit, file_id))
        raise
    if of_case:
        engine.run(actor, lambda unit: files.note_reading(unit, row, how="api"))
    return handing_out.answer(row, content)


@blueprint.delete("/documents/<file_id>")
def remove(file_id: str) -> Response:
    actor = credentials.caller()
    _check_store()
    site().engine.run(actor, lambda unit: files.withdraw(unit, file_id, used=True))
    return current_app.response_class(status=204)


@blueprint.post("/documents/<file_id>/links")
def create_link(file_id: str) -> Response:
    """An address without credentials: never for what belongs to a case."""
    actor = credentials.caller()
    _check_store()
    longest = int(LONGEST_LINK.total_seconds() * 1000)
    milliseconds = body.whole(body.json_object(), "timeToLive", low=1, high=longest)
    lifetime = DEFAULT_LINK if milliseconds is None else timedelta(milliseconds=milliseconds)
    with site().engine.reading(actor) as unit:
        row = _checked(unit, file_id)
        if files.is_case_material(unit, row):
            raise Forbidden("api_no_link_of_case", id=file_id)
        url = handing_out.link(row, actor.name, unit.now, lifetime)
        return json_of({"url": url, "expiresAt": moment(unit.now + lifetime)}, 201)


def _sender() -> Actor:
    actor = credentials.permitted(Permission.KEEP_DOCUMENTS)
    http.max_content_length = BATCH * site().engine.site.files.limit + MB
    return actor


def _check_store() -> None:
    found = http.args.get("storeId")
    if found not in (None, "", files.STORE):
        raise Invalid("api_no_such_store", found=found[:80], expected=files.STORE)


def _checked(unit: UnitOfWork, file_id: str) -> files.StoredFile:
    row = files.readable(unit, file_id)
    if http.args.get("contentHash") not in (None, row.sha256):
        raise Invalid("api_document_differs", id=file_id)
    return row


def _created(
    actor: Actor, part: FileStorage, metadata: Mapping[str, Any], file_id: str | None = None
) -> dict[str, Any]:
    engine = site().engine
    received = files.receive(engine.site.files, _name(part, metadata), part.stream)  # type: ignore[arg-type]
    ends = metadata.get("expiresAt")
    expires_at = None if ends in (None, "") else body.moment_of(ends, "metadata.expiresAt")
    properties = body.mapping(metadata, "customProperties")

    def use_case(unit: UnitOfWork) -> files.StoredFile:
        _check_end(unit.now, expires_at)
        home = _home(unit, metadata)
        pending = None if home.root_key is not None else files.PENDING_OF_PROGRAM
        return files.upload(
            unit, received, home, file_id=file_id, expires_at=expires_at, properties=properties, pending=pending
        )

    return files.reference(engine.run(actor, use_case))


def _check_end(now: datetime, expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= now:
        raise body.wrong("metadata.expiresAt", f"> {now.isoformat(timespec='seconds')}", expires_at.isoformat())


def _home(unit: UnitOfWork, metadata: Mapping[str, Any]) -> files.Home:
    """Return what a document is said to belong to: an instance that is no case, of those who run instances."""
    process_id = body.text(metadata, "processDefinitionId")
    key = body.key(metadata, "processInstanceKey")
    if key is None:
        return files.Home(process_id=process_id)
    auth.require(unit.actor, Permission.OPERATE)
    instance = instances.get(unit, key)
    if listings.is_of_case(unit, instance.business_key):
        raise Forbidden("api_document_for_case", key=key)
    return files.Home(instance.business_key, instance.root_key, instance.key, instance.process_id)


def _name(part: FileStorage, metadata: Mapping[str, Any]) -> str:
    return body.text(metadata, "fileName") or part.filename or ""


def _texts(name: str) -> list[str]:
    """Return JSON parts of the request: some clients send them as fields, others as files."""
    found = http.form.getlist(name)
    for part in http.files.getlist(name):
        try:
            found.append(part.stream.read(METADATA + 1).decode("utf-8"))
        except UnicodeDecodeError as error:
            raise Invalid("api_body_unreadable") from error
    return found


def _metadata(name: str, found: list[str]) -> Mapping[str, Any]:
    return _object(name, _value(found[0])) if found else {}


def _list_of_metadata(found: list[str]) -> list[Mapping[str, Any]]:
    """Return one object a file: as a part each, or as one part that is their list."""
    values = [_value(text) for text in found]
    if len(values) == 1 and isinstance(values[0], list):
        values = values[0]
    return [_object("metadataList", value) for value in values]


def _value(text: str) -> Any:
    if len(text) > METADATA:
        raise Invalid("api_metadata_too_long", limit=METADATA)
    try:
        value = simplejson.loads(text, use_decimal=True)
        body.check(value)
    except (ValueError, RecursionError) as error:
        raise Invalid("api_body_unreadable") from error
    return value


def _object(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise body.wrong(name, "object", value)
    return value


def _failure(error: ServiceError, name: str) -> dict[str, Any]:
    code = errors.rest_status(error)
    return {
        "fileName": name,
        "status": code,
        "title": errors.TITLES.get(code, "INVALID_ARGUMENT"),
        "detail": texts.render(error, site().settings.locale),
    }
