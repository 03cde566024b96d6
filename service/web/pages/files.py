"""Files: sent ahead of a form, taken back, handed out, and shown where a browser may show them."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, make_response
from flask import request as http

from service import auth
from service.auth import Permission, accounts
from service.casework import case_files
from service.errors import Forbidden, Invalid, NotFound
from service.runtime import file_types, files, form_display, user_tasks
from service.runtime.unit import UnitOfWork
from service.web import handing_out, request, signing, uploads, views
from service.web.answers import json_of
from service.web.site import site

blueprint = Blueprint("files", __name__, url_prefix="/files")


@blueprint.post("/for-task/<int:key>")
def for_task(key: int) -> Response:
    return _store(lambda unit: home_of_task(unit, key))


@blueprint.post("/for-application/<int:key>")
def for_application(key: int) -> Response:
    return _store(lambda unit: home_of_application(unit, key))


@blueprint.post("/for-registration")
def for_registration() -> Response:
    return _store(home_of_registration)


@blueprint.post("/<file_id>/remove")
def remove(file_id: str) -> Response:
    request.run(lambda unit: files.withdraw(unit, file_id))
    return make_response("", HTTPStatus.NO_CONTENT)


@blueprint.get("/<file_id>")
def download(file_id: str) -> Response:
    return _handed_out(file_id, "attachment")


@blueprint.get("/shared/<token>")
def shared(token: str) -> Response:
    """A document by a link that a program made: with the rights that its maker has now."""
    engine = site().engine
    with engine.reading(request.NOBODY) as unit:
        claims = signing.read(handing_out.LINK, token, unit.now)
        maker = accounts.find(unit, str(claims["by"]))
    if maker is None or not maker.active:
        raise NotFound("runtime.file_not_found")
    with engine.reading(maker.actor) as unit:
        row = files.readable(unit, str(claims["sub"]))
        if files.is_case_material(unit, row):
            raise NotFound("runtime.file_not_found")
        return handing_out.answer(row, files.opened(unit, row))


@blueprint.get("/<file_id>/preview")
def preview(file_id: str) -> Response:
    return _handed_out(file_id, "inline")


def home_of_task(unit: UnitOfWork, key: int) -> files.Home:
    """Return what an upload for a task is for; only whoever works on it may send one."""
    task = views.permitted_task(unit, key, Permission.WORK_ON)
    place = http.form.get("place", "")[:200] or None
    return files.Home(task.business_key, task.root_key, task.instance_key, task.process_id, task.key, place)


def home_of_application(unit: UnitOfWork, key: int) -> files.Home:
    """Return what an upload for an application is for: the case of the subject who sends it."""
    request.require(Permission.SUBMIT_APPLICATION)
    if case_files.view(unit, key).view is not auth.View.SUBJECT:
        raise NotFound("page_missing")
    return files.Home(str(key))


def home_of_registration(unit: UnitOfWork) -> files.Home:
    """Return what an upload for a registration is for: there is no case yet."""
    request.require(Permission.REGISTER_CASE)
    return files.Home()


def _store(home: Callable[[UnitOfWork], files.Home]) -> Response:
    part = http.files.get("file")
    if part is None or not part.filename:
        raise Invalid("upload_without_file")
    with request.reading() as unit:
        home(unit)  # before anything is read of it
    reference, link = uploads.store(part, home)
    return json_of({"reference": reference, "shown": uploads.as_json(link)}, HTTPStatus.CREATED)


def _handed_out(file_id: str, how: str) -> Response:
    try:
        with request.reading() as unit:
            row = _readable(unit, file_id)
            if how == "inline" and row.content_type not in file_types.SAFE_TO_SHOW:
                raise NotFound("page_missing")
            of_case = files.is_case_material(unit, row)
            content = files.opened(unit, row)
    except (Forbidden, NotFound):
        request.run(lambda unit: files.note_refusal(unit, file_id))
        raise
    if of_case:
        request.run(lambda unit: files.note_reading(unit, row, how=how))
    return handing_out.answer(row, content, how)


def _readable(unit: UnitOfWork, file_id: str) -> files.StoredFile:
    text = http.args.get("task", "")
    if not text.isascii() or not text.isdecimal() or len(text) > 19:
        return files.readable(unit, file_id)
    task = user_tasks.get(unit, int(text))
    if not auth.may(request.actor(), Permission.READ_TASK, user_tasks.access(task)):
        raise NotFound("runtime.file_not_found")
    home = files.Home(task.business_key, task.root_key)
    return files.readable(unit, file_id, form_display.files_of_task(unit, task.key), home)
