"""Parameters of the process owner: what is in force on a day, and how a new value comes into force.

`parameters.csv` holds the defaults (procedure.md 6); a version approved on the site takes their place from its
effective date on. Whoever approves is not who proposed.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from importlib import resources
from itertools import pairwise

import regex

from service import auth, feel, store
from service.auth import Permission
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.feel import Value
from service.runtime import audit
from service.runtime.unit import UnitOfWork


class Kind(StrEnum):
    """How a value is entered."""

    NUMBER = "number"
    CHOICE = "choice"  # one of `CHOICES`
    SET = "set"  # any of `CHOICES`
    DATE = "date"
    SHARES = "shares"  # each of `PARTS` a fraction such as 2/3
    THRESHOLDS = "thresholds"  # each of `PARTS` a whole number, every one greater than the one before


# Values of parameters that are no numbers; a parameter without default may also be unset again.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "P-APP-01": ("received", "postmark"),
    "P-APP-02": ("issued", "resolved"),
    "P-ADV-01": ("off", "on"),
    "P-3D-01": ("on", "off"),
    "P-OVL-01": ("majorSafety", "majorEnv", "unitGain", "noDemocraticProcedure", "majorLossOrBadImpact"),
}
PARTS: Mapping[str, tuple[str, ...]] = {
    "P-T17": ("remind", "L1", "L2", "L3", "L4"),
    "P-MTG-01": ("quorum", "passed"),
}
_KINDS: Mapping[str, Kind] = {
    "P-APP-01": Kind.CHOICE,
    "P-APP-02": Kind.CHOICE,
    "P-ADV-01": Kind.CHOICE,
    "P-3D-01": Kind.CHOICE,
    "P-OVL-01": Kind.SET,
    "P-EFF-01": Kind.DATE,
    "P-T17": Kind.THRESHOLDS,
    "P-MTG-01": Kind.SHARES,
}

# The calendar is imported, not entered.
_ELSEWHERE = frozenset({"P-CAL-01"})

_SHARE = regex.compile(r"([1-9]\d?)/([1-9]\d?)", regex.ASCII)

# Time limits that national rules set (procedure.md 6.1); only a new release of the product changes them.
_FIXED_PREFIX = "F-"

_LONGEST = 3660  # a slip of the keyboard, not a time limit


class LengthUnit(StrEnum):
    WORKING_DAY = "working_day"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Definition:
    """A parameter as the product ships it."""

    id: str
    name: str
    default: Value
    unit: str  # a LengthUnit for time limits, else what the value counts, or empty
    minimum: int | None  # smallest whole number allowed; None where the value is no whole number
    extension: int | None  # longest extension at once, in `unit`
    extensions: int  # how many extensions are allowed
    cap_months: int | None  # latest end, in months from the start, extensions included
    layer: str
    source: str
    effective_on: date | None  # None: in force from the beginning
    note: str

    @property
    def is_changeable(self) -> bool:
        return not self.id.startswith(_FIXED_PREFIX) and self.id not in _ELSEWHERE

    @property
    def kind(self) -> Kind:
        return _KINDS.get(self.id, Kind.NUMBER)


@dataclass(frozen=True, slots=True)
class InForce:
    """A value with what makes it valid."""

    definition: Definition
    value: Value
    version_key: int | None  # None: the shipped default
    effective_on: date | None
    approved_by: str | None


@functools.cache
def definitions() -> dict[str, Definition]:
    """Return the shipped parameters by id, in the order of procedure.md 6."""
    text = (resources.files(__package__) / "parameters.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["id"]: _definition(row) for row in rows}


def definition(id: str) -> Definition:
    """Raises `NotFound` for an id that the product does not know."""
    found = definitions().get(id)
    if found is None:
        raise NotFound("parameter_unknown", parameter=id)
    return found


def in_force(unit: UnitOfWork, id: str, day: date | None = None) -> InForce:
    """Return what holds on a day, today if none is given. Raises `NotFound`."""
    known = definition(id)
    day = day or today(unit)
    row = store.deadlines.parameter_in_force(unit.session, id, day)
    if row is None:
        return InForce(known, known.default, None, known.effective_on, None)
    return InForce(known, feel.codec.decode(row.value), row.key, row.effective_on, row.approved_by)


def value(unit: UnitOfWork, id: str) -> Value:
    """Return the value in force today. Raises `NotFound`."""
    return in_force(unit, id).value


def today(unit: UnitOfWork) -> date:
    """Return the site's date at the unit's moment."""
    return unit.now.astimezone(unit.engine.zone).date()


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a parameter, proposed or in force."""

    key: int
    id: str
    value: Value
    effective_on: date
    reason: str
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None  # None: waits for the second person
    approved_at: datetime | None


def versions(unit: UnitOfWork, id: str | None = None) -> tuple[Version, ...]:
    """Return the versions of one parameter, or of all, newest first."""
    return tuple(
        Version(
            row.key,
            row.id,
            feel.codec.decode(row.value),
            row.effective_on,
            row.reason,
            row.proposed_by,
            row.proposed_at,
            row.approved_by,
            row.approved_at,
        )
        for row in store.deadlines.parameter_versions(unit.session, id)
    )


def propose(unit: UnitOfWork, id: str, new: Value, effective_on: date, reason: str) -> int:
    """Write down a new version, not yet in force; return its key.

    Raises `NotFound`, `Forbidden` for an actor without the permission or a parameter that follows a text of rule, and
    `Invalid` for a value of another kind than the default's, a number below its minimum, or a date before today.
    """
    auth.require(unit.actor, Permission.SET_PARAMETERS)
    known = definition(id)
    if not known.is_changeable:
        raise Forbidden("parameter_fixed", parameter=id, layer=known.layer)
    if effective_on < today(unit):
        raise Invalid("parameter_date_past", parameter=id, effective_on=effective_on.isoformat())
    if not reason.strip():
        raise Invalid("parameter_reason_missing", parameter=id)
    _check(known, new)
    row = store.deadlines.Parameter(
        key=unit.new_key(),
        id=id,
        value=feel.codec.encode(new),
        effective_on=effective_on,
        reason=reason.strip(),
        proposed_by=unit.actor.name,
        proposed_at=unit.now,
    )
    store.deadlines.add(unit.session, row)
    audit.record(
        unit,
        "parameter.propose",
        ("parameter", row.key),
        before={"value": feel.codec.encode(value(unit, id))},
        after={"id": id, "value": row.value, "effective_on": effective_on.isoformat(), "reason": row.reason},
    )
    return row.key


def approve(unit: UnitOfWork, key: int) -> None:
    """Let a proposed version come into force on its date.

    Raises `NotFound`, `Forbidden` for the proposer, `Conflict` if it is approved already.
    """
    auth.require(unit.actor, Permission.SET_PARAMETERS)
    row = store.deadlines.parameter_version(unit.session, key)
    if row is None:
        raise NotFound("parameter_version_unknown", key=key)
    if row.proposed_by == unit.actor.name:
        raise Forbidden("parameter_second_person", parameter=row.id)
    if not store.deadlines.approve_parameter(unit.session, key, unit.actor.name, unit.now):
        raise Conflict("parameter_approved_already", parameter=row.id)
    audit.record(
        unit,
        "parameter.approve",
        ("parameter", key),
        before={"value": feel.codec.encode(value(unit, row.id))},
        after={"id": row.id, "value": row.value, "effective_on": row.effective_on.isoformat()},
    )


def _check(known: Definition, new: Value) -> None:
    if known.kind is Kind.NUMBER:
        if known.default is not None and feel.type_name(new) != feel.type_name(known.default):
            raise Invalid("parameter_kind", parameter=known.id, expected=feel.type_name(known.default))
        minimum = known.minimum or 0
        if not isinstance(new, Decimal) or new != new.to_integral_value() or not minimum <= new <= _LONGEST:
            raise Invalid("parameter_number", parameter=known.id, minimum=minimum, maximum=_LONGEST)
    elif not (_FITS[known.kind](known.id, new) or (new is None and known.default is None)):
        expected = CHOICES.get(known.id) or PARTS.get(known.id) or ()
        raise Invalid(f"parameter_{known.kind.value}", parameter=known.id, expected=list(expected))


def _is_choice(id: str, new: Value) -> bool:
    return isinstance(new, str) and new in CHOICES[id]


def _is_set(id: str, new: Value) -> bool:
    return isinstance(new, list) and all(_is_choice(id, one) for one in new) and len(set(map(str, new))) == len(new)


def _is_date(id: str, new: Value) -> bool:
    return isinstance(new, str) and len(new) == len("2026-01-01") and feel.temporal.parse_date(new) is not None


def _are_shares(id: str, new: Value) -> bool:
    if not isinstance(new, Mapping) or tuple(new) != PARTS[id]:
        return False
    found = [_SHARE.fullmatch(str(share)) for share in new.values()]
    return all(share is not None and int(share[1]) <= int(share[2]) for share in found)


def _are_thresholds(id: str, new: Value) -> bool:
    if not isinstance(new, Mapping) or tuple(new) != PARTS[id]:
        return False
    days = [day for day in new.values() if isinstance(day, Decimal) and day == day.to_integral_value()]
    return len(days) == len(PARTS[id]) and all(one < other for one, other in pairwise(days)) and days[0] < 1 <= days[1]


_FITS: Mapping[Kind, Callable[[str, Value], bool]] = {
    Kind.CHOICE: _is_choice,
    Kind.SET: _is_set,
    Kind.DATE: _is_date,
    Kind.SHARES: _are_shares,
    Kind.THRESHOLDS: _are_thresholds,
}


def _definition(row: dict[str, str]) -> Definition:
    return Definition(
        id=row["id"],
        name=row["name"],
        default=feel.codec.decode(row["value"]),
        unit=row["unit"],
        minimum=int(row["minimum"]) if row["minimum"] else None,
        extension=int(row["extension"]) if row["extension"] else None,
        extensions=int(row["extensions"]),
        cap_months=int(row["cap_months"]) if row["cap_months"] else None,
        layer=row["layer"],
        source=row["source"],
        effective_on=date.fromisoformat(row["effective_on"]) if row["effective_on"] else None,
        note=row["note"],
    )
