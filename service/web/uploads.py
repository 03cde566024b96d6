"""Files that arrive with a page: sent ahead by a script, or together with a form where there is none.

Either way a file is stored at once, in a transaction of its own, and waits for the form to be accepted: what else is
wrong with the form costs nobody the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import request as http
from flask import url_for
from werkzeug.datastructures import FileStorage, MultiDict

from service.errors import FormRejected, Rejection
from service.runtime import files
from service.runtime.unit import UnitOfWork
from service.web import fallback, file_links, request
from service.web.site import site

Home = Callable[[UnitOfWork], files.Home]  # checks that the person may, and says what the upload is for


def store(part: FileStorage, home: Home) -> tuple[dict[str, Any], file_links.FileLink]:
    """Store a file as the person's upload; return its reference and how to show it."""
    received = files.receive(site().engine.site.files, part.filename or "", part.stream)  # type: ignore[arg-type]

    def use_case(unit: UnitOfWork) -> files.StoredFile:
        return files.upload(unit, received, home(unit))

    row = request.run(use_case)
    return files.reference(row), file_links.link(row)


def with_form(home: Home) -> tuple[MultiDict[str, str], dict[str, list[tuple[str, dict[str, object]]]]]:
    """Return the fields of a plain form with its files named among them, and what is wrong with files, by path."""
    fields: MultiDict[str, str] = MultiDict(http.form)
    refused: dict[str, list[tuple[str, dict[str, object]]]] = {}
    for name, part in http.files.items(multi=True):
        if not part.filename or not name.startswith(fallback.PREFIX):
            continue
        try:
            _reference, link = store(part, home)
        except FormRejected:
            raise
        except Rejection as error:
            refused.setdefault(name.removeprefix(fallback.PREFIX), []).append((error.code, error.facts))
        else:
            fields.add(name, link.value)
    return fields, refused


def for_island(unit: UnitOfWork, upload_url: str, data: Any = None, task: int | None = None) -> Mapping[str, Any]:
    """Return what the form island needs to take and show files."""
    shown = file_links.links(unit, files.references(data), task)
    rules = site().engine.site.files
    return {
        "upload": upload_url,
        "remove": url_for("files.remove", file_id="-"),
        "limit": rules.limit,
        "limitWords": file_links.size(rules.limit),
        "types": sorted(rules.types),
        "shown": {key: as_json(link) for key, link in shown.items()},
    }


def as_json(link: file_links.FileLink) -> dict[str, str]:
    return {"name": link.name, "size": link.size, "url": link.url, "preview": link.preview, "type": link.content_type}
