"""Who works on a case: assigned by role, with the roles that one person may not hold in the same case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.auth import Role, accounts
from service.auth.roles import INCOMPATIBLE_IN_CASE, OUTSIDE
from service.casework.case import Case
from service.casework.catalogue import OFFERED, PEOPLE
from service.casework.schema import Found
from service.errors import Invalid
from service.runtime import audit
from service.runtime.unit import UnitOfWork
from service.store import cases

MINIMUM_INVESTIGATORS = 2  # Act on Administrative Sanctions for Public Officials, art. 42; more by P-INV-01


def check(case: Case, values: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what forbids assigning people by the values of a submission, all of them taken together."""
    given = {path.split(".")[1]: value for path, value in values.items() if _is_field(path)}
    if not given:
        return
    after = {**case.people(), **given}
    for field, value in given.items():
        role, _ = PEOPLE[field]
        for name in _names(value):
            account = accounts.find(case.unit, name)
            if account is None or not account.active:
                yield f"case.{field}", ("casework.no_such_person", {"user": name})
            elif role not in account.actor.groups:
                yield f"case.{field}", ("casework.person_lacks_role", {"user": name, "role": role.value})
            elif name in {row.user_name for row in case.subjects if row.user_name}:
                yield f"case.{field}", ("casework.person_is_subject", {"user": name})
    investigators = _names(after["investigators"])
    if "investigators" in given and len(set(investigators)) < MINIMUM_INVESTIGATORS:
        yield (
            "case.investigators",
            ("casework.two_investigators", {"least": MINIMUM_INVESTIGATORS, "found": len(set(investigators))}),
        )
    yield from _clashes(after, given)


def _clashes(after: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Found]:
    roles: dict[str, dict[Role, str]] = {}
    for field, (role, _) in PEOPLE.items():
        for name in _names(after[field]):
            roles.setdefault(name, {})[role] = field
    for name, held in roles.items():
        for pair in INCOMPATIBLE_IN_CASE:
            if not pair <= held.keys():
                continue
            one, other = sorted(pair)
            blamed = held[other] if held[other] in given else held[one]
            yield f"case.{blamed}", ("casework.roles_exclude", {"user": name, "one": one.value, "other": other.value})


def assign(case: Case, field: str, value: Any) -> None:
    """Replace those assigned in one role; the checks of `check` are the caller's."""
    role, single = PEOPLE[field]
    names = _names(value)
    if single and len(names) > 1:
        raise Invalid("casework.one_person", field=field)
    unit = case.unit
    before = case.people()[field]
    cases.set_people(unit.session, case.key, role, names, unit.now, unit.actor.name)
    case.forget_people()
    audit.record(
        unit,
        "case.assign",
        ("case", case.key),
        {field: before},
        {field: names[0] if single and names else names},
        business_key=str(case.key),
    )


def directory(unit: UnitOfWork, organ: str) -> dict[str, Any]:
    """Return by role code whom a form may offer: name to show and user name, of this organ or of every one.

    Those outside the organ by their part (responsible for a rectification, experts, units) are offered wherever
    they belong to.
    """
    found: dict[str, dict[str, str]] = {role.value: {} for role in OFFERED}
    for role, place, name, shown in accounts.members(unit, found):
        if role in OUTSIDE or place in {"", organ}:
            found[role][name] = shown
    return {role: [{"label": shown, "value": name} for name, shown in people.items()] for role, people in found.items()}


def names(case: Case, subject_key: int | None) -> dict[str, str]:
    """Return how those who act in a case are called, by user name: assigned now or before, and its subjects."""
    known = {name for value in case.people().values() for name in _names(value)}
    known |= {row.user_name for row in case.subjects if row.user_name}
    known |= {str(entry.get("person")) for entry in case.document("recusalDeclaration")}
    if subject_key is not None:
        meeting = case.document("meeting", subject_key)
        known |= {str(entry.get("person")) for entry in meeting.get("recusals") or ()}
        known |= {str(entry.get("member")) for entry in meeting.get("attendance") or ()}
    unasked = known - case.called.keys()
    if unasked:
        shown = accounts.display_names(case.unit, unasked)
        case.called.update({name: shown.get(name, name) for name in unasked})
    return {name: case.called[name] for name in sorted(known)}


def options(case: Case, names: Mapping[str, str]) -> dict[str, list[dict[str, str]]]:
    """Return whom a form may offer of those assigned, by field of the record `case`: name to show and user name."""
    return {
        field: [{"label": names.get(name, name), "value": name} for name in _names(value)]
        for field, value in case.people().items()
    }


def _is_field(path: str) -> bool:
    name, _, field = path.partition(".")
    return name == "case" and field in PEOPLE


def _names(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    return list(dict.fromkeys(value)) if isinstance(value, list | tuple) else [str(value)]
