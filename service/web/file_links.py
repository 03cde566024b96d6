"""Files as pages show them: name, size, where to get it; always from the row, whatever a reference says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from service.runtime import file_types, files, form_display
from service.runtime.unit import UnitOfWork

MB = 1024 * 1024
UNITS = ((MB, "MB"), (1024, "KB"))


@dataclass(frozen=True, slots=True)
class FileLink:
    """One file on a page."""

    id: str
    name: str
    size: str  # in words
    sha256: str
    content_type: str
    url: str
    preview: str  # address at which a browser may show it; empty for what is only handed out
    value: str = ""  # by which a plain form names it


def link(row: files.StoredFile, task: int | None = None) -> FileLink:
    """Return a file with its addresses, those of a task where the reader sees it there."""
    shown = row.content_type in file_types.SAFE_TO_SHOW
    return FileLink(
        row.id,
        row.name,
        size(row.size),
        row.sha256,
        row.content_type,
        url_for("files.download", file_id=row.id, task=task),
        url_for("files.preview", file_id=row.id, task=task) if shown else "",
        f"{row.id}:{row.sha256}",
    )


def links(unit: UnitOfWork, references: Iterable[Mapping[str, Any]], task: int | None = None) -> dict[str, FileLink]:
    """Return the files that references name, by id; one that is gone is left out."""
    ids = [str(item["documentId"]) for item in references]
    return {key: link(row, task) for key, row in files.several(unit, ids).items()}


def resolved(
    unit: UnitOfWork, rows: Sequence[form_display.FormRow], task: int | None = None
) -> list[form_display.FormRow]:
    """Return rows of a form with the files that they name."""
    found = links(unit, (item for row in rows for item in row.files), task)
    return [
        replace(row, files=tuple(found[item["documentId"]] for item in row.files if item["documentId"] in found))
        if row.files
        else row
        for row in rows
    ]


def size(count: int) -> str:
    """Return a number of bytes in words."""
    for unit, word in UNITS:
        if count >= unit:
            return f"{count / unit:.1f} {word}"
    return f"{count} B"
