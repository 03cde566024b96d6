"""Recusal (D10) as it stands in a case: who declared, who must keep out, about whom a request is open.

The last word about a person counts. Whoever must recuse sees nothing of the case any more and is given nothing in it;
about whom a request is open is given nothing new.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.casework.case import Case

MUST = frozenset({"must_recuse", "recuse"})


def handlers(case: Case) -> list[str]:
    """Return the user names of those who work on a case, each once."""
    found: list[str] = []
    for value in case.people().values():
        found += value if isinstance(value, list) else [value] if value else []
    return list(dict.fromkeys(found))


def handler_at(case: Case, place: str) -> str:
    """Return who stands at a place of `handlers`, as pages number them; empty for a place that is none."""
    people = handlers(case)
    known = place.isascii() and place.isdecimal() and int(place) < len(people)
    return people[int(place)] if known else ""


def declared(case: Case, user: str) -> bool:
    """Whether a person has declared clearly enough for D10 to judge, or was ruled on."""
    return _results(case).get(user) not in {None, "insufficient"}


def recused(case: Case) -> set[str]:
    """Return the user names of those who must keep out of a case."""
    return {name for name, result in _results(case).items() if result in MUST}


def pending(case: Case) -> dict[str, Mapping[str, Any]]:
    """Return requests on which nothing was decided yet, by the person they are about."""
    found: dict[str, Mapping[str, Any]] = {}
    for entry in case.document("recusalDeclaration"):
        name = str(entry.get("person"))
        if entry.get("requestedBy") and not entry.get("result"):
            found[name] = entry
        elif entry.get("decidedAt"):
            found.pop(name, None)
    return found


def _results(case: Case) -> dict[str, str]:
    entries = case.document("recusalDeclaration")
    return {str(entry.get("person")): str(entry["result"]) for entry in entries if entry.get("result")}
