"""Parameters of the process owner: what is in force on a day, and how a new value comes into force.

`parameters.csv` holds the defaults (procedure.md 6); a version approved on the site takes their place from its
effective date on. Whoever approves is not who proposed.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from importlib import resources

from service import auth, feel, store
from service.auth import Permission
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.feel import Value
from service.runtime import audit
from service.runtime.unit import UnitOfWork

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
        return not self.id.startswith(_FIXED_PREFIX)


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
    expected = feel.type_name(known.default)
    if known.default is not None and feel.type_name(new) != expected:
        raise Invalid("parameter_kind", parameter=known.id, expected=expected)
    if known.minimum is None:
        return
    if not isinstance(new, Decimal) or new != new.to_integral_value() or not known.minimum <= new <= _LONGEST:
        raise Invalid("parameter_number", parameter=known.id, minimum=known.minimum, maximum=_LONGEST)


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
