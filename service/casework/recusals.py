"""Recusal (D10): what was declared by a person or asked for by others, and what follows for a case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.casework.case import Case

MUST = "must_recuse"


def latest(case: Case, user: str) -> Mapping[str, Any] | None:
    """Return what was declared last about a person; None if nothing was."""
    found = [entry for entry in case.document("recusalDeclaration") if entry.get("person") == user]
    return found[-1] if found else None


def recused(case: Case) -> set[str]:
    """Return the user names of those who must keep out of a case."""
    last = {str(entry.get("person")): entry.get("result") for entry in case.document("recusalDeclaration")}
    return {name for name, result in last.items() if result == MUST}
