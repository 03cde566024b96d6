"""The files that a case keeps, as its page lists them: by kind, with digest, sender and moment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.casework.catalogue import RECORDS
from service.runtime import files
from service.runtime.form_display import FieldWords
from service.runtime.unit import UnitOfWork
from service.web import file_links, labels, request
from service.web.words import gettext

INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Material:
    """One file of a case."""

    file: file_links.FileLink
    kind: str  # record, or name of the variable
    kind_words: str
    field: str  # what the form calls it
    subject: str  # whom it concerns
    by: str
    at: datetime


def content(
    unit: UnitOfWork, case_key: int, wording: Mapping[str, FieldWords], about: Mapping[int, str], chosen: str
) -> dict[str, Any]:
    """Return what the tab shows: all files, or those of one kind; the number of queries does not grow with them."""
    rows = files.of_case(unit, str(case_key))
    called = request.display_names(unit, {row.created_by for row in rows})
    found = [_material(row, wording, about, called[row.created_by]) for row in rows]
    kinds = {item.kind: item.kind_words for item in found}
    return {
        "materials": [item for item in found if chosen not in kinds or item.kind == chosen],
        "kinds": sorted(kinds.items(), key=lambda kind: list(RECORDS).index(kind[0]) if kind[0] in RECORDS else 99),
        "kind": chosen if chosen in kinds else "",
    }


def _material(row: files.StoredFile, wording: Mapping[str, FieldWords], about: Mapping[int, str], by: str) -> Material:
    place = INDEX.sub("[]", row.place or "")
    kind = re.split(r"[.\[]", place, maxsplit=1)[0]
    known = wording.get(place)
    words = labels.record(kind) if kind in RECORDS else gettext("Other")
    return Material(
        file_links.link(row),
        kind if kind in RECORDS else "other",
        words,
        known.label if known else "",
        about.get(row.instance_key or 0, ""),
        by,
        row.created_at,
    )
