"""What experts see: questions and materials without the names, organ, numbers and posts that tell whom they concern."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import regex

from service import auth
from service.auth import Role, View
from service.casework import case_files
from service.casework.case import Case
from service.runtime.unit import UnitOfWork

MASK = "***"
SHORTEST = 2  # characters of a text that is masked wherever it stands

_IDENTITY_NUMBER = regex.compile(r"(?<!\d)\d{17}[\dXx](?!\d)", regex.ASCII)
_TELLING = ("name", "orgName", "partyOrg", "positionAtTime", "currentPosition", "contact", "deliveryAddress")


def applies(unit: UnitOfWork, case: Case) -> bool:
    """Whether the actor meets a case as an expert only."""
    if unit.actor.is_system or Role.EXPERT not in unit.actor.groups:
        return False
    return auth.view_of(unit.actor, case_files.access(unit, case)) is View.NONE


def redacted(case: Case, value: Any) -> Any:
    """Return a value with everything that tells whom the case concerns masked, however deep it stands."""
    return _masked(value, _pattern(case))


def _pattern(case: Case) -> regex.Pattern[str]:
    row = case.row
    telling = {row.case_no, row.accountability_case_no, row.title, row.organ}
    for subject in case.subjects:
        record = case.subject_record(subject.key)
        telling.update(str(record.get(name) or "") for name in _TELLING)
    found = sorted((text for text in telling if len(text) >= SHORTEST), key=len, reverse=True)
    return regex.compile("|".join([*(regex.escape(text) for text in found), _IDENTITY_NUMBER.pattern]), regex.ASCII)


def _masked(value: Any, pattern: regex.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(MASK, value)
    if isinstance(value, Mapping):
        return {name: _masked(item, pattern) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item, pattern) for item in value]
    return value
