"""Identity numbers: checked, kept sealed, shown masked, and in full only for a reason that is recorded.

They are no part of the records: forms, variables, history, search and the REST interface never hold one. The check
digit is that of GB 11643 (ISO 7064, MOD 11-2).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import regex

from service import auth
from service.auth import Permission, Vault
from service.casework import case_files, viewings
from service.casework.case import Case, of_case
from service.errors import Conflict, FormRejected, NotFound
from service.runtime import audit
from service.runtime.unit import UnitOfWork
from service.store import identities
from service.store.identities import SubjectIdentity

REASON_SHORTEST, REASON_LONGEST = 4, 500  # characters

_SHAPE = regex.compile(r"[1-9]\d{16}[\dX]", regex.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_FIRST_YEAR = 1900


def keep(unit: UnitOfWork, case_key: int, subject_key: int, number: str) -> None:
    """Keep the identity number of a person of a case, in the place of an earlier one.

    Raises `FormRejected` (`number`) for what is none.
    """
    case = _case(unit, case_key, subject_key, Permission.KEEP_IDENTITY)
    plain = checked(number, unit.now.astimezone(unit.engine.zone).date())
    vault = _vault(unit)
    if not vault.is_there and identities.any_kept(unit.session):
        # A new key would hide that the one which opens the numbers at hand is lost.
        raise Conflict("auth.key_file_broken", path=str(vault.path))
    sealed = vault.seal(plain)
    row = identities.get(unit.session, subject_key)
    before = row.masked if row else None
    if row is None:
        identities.add(
            unit.session,
            SubjectIdentity(
                subject_key=subject_key,
                sealed=sealed,
                masked=masked(plain),
                changed_at=unit.now,
                changed_by=unit.actor.name,
            ),
        )
    else:
        row.sealed, row.masked = sealed, masked(plain)
        row.changed_at, row.changed_by = unit.now, unit.actor.name
    audit.record(
        unit,
        "identity.keep",
        ("subject", subject_key),
        {"number": before},
        {"number": masked(plain)},
        business_key=str(case.key),
    )


def reveal(unit: UnitOfWork, case_key: int, subject_key: int, reason: str) -> str:
    """Return a number in full; who asked, when and why goes to the audit log in the same transaction.

    Raises `FormRejected` (`reason`) without one, `NotFound` where no number is kept.
    """
    case = _case(unit, case_key, subject_key, Permission.READ_IDENTITY)
    why = " ".join(reason.split())
    if len(why) < REASON_SHORTEST or len(why) > REASON_LONGEST or _holds_number(why):
        facts = {"least": REASON_SHORTEST, "most": REASON_LONGEST}
        raise FormRejected({"reason": [("casework.identity_needs_reason", facts)]})
    row = identities.get(unit.session, subject_key)
    if row is None:
        raise NotFound("casework.no_identity_number")
    number = _vault(unit).open(row.sealed)
    viewings.note(unit, case.key, viewings.IDENTITY, why)
    audit.record(unit, "identity.reveal", ("subject", subject_key), after={"reason": why}, business_key=str(case.key))
    return number


def shown(unit: UnitOfWork, subject_keys: Collection[int]) -> dict[int, str]:
    """Return masked numbers by subject; who may see the persons is the caller's to ask."""
    return identities.masked(unit.session, subject_keys)


def rotate(unit: UnitOfWork) -> int:
    """Seal every number with the newest key; return how many there are."""
    rows = identities.locked(unit.session)
    vault = _vault(unit)
    for row in rows:
        row.sealed = vault.reseal(row.sealed)
    audit.record(unit, "identity.rotate", ("site", "identity"), after={"numbers": len(rows)})
    return len(rows)


def checked(number: str, today: date) -> str:
    """Return a number in its written form; raises `FormRejected` (`number`) that never repeats what was typed."""
    plain = "".join(number.split()).upper()
    if not _SHAPE.fullmatch(plain):
        raise FormRejected({"number": [("casework.identity_shape", {})]})
    try:
        born = date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
    except ValueError:
        born = None
    if born is None or not (born.year >= _FIRST_YEAR and born <= today):
        raise FormRejected({"number": [("casework.identity_birthday", {})]})
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, plain, strict=False))
    if plain[-1] != _CHECK[total % 11]:
        raise FormRejected({"number": [("casework.identity_check_digit", {})]})
    return plain


def masked(number: str) -> str:
    """Return what may be shown of a number: the first and the last four."""
    return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"


def _holds_number(text: str) -> bool:
    return regex.search(r"\d{17}[\dXx]", text, regex.ASCII) is not None


def _case(unit: UnitOfWork, case_key: int, subject_key: int, permission: Permission) -> Case:
    case = of_case(unit, case_key)
    auth.require(unit.actor, permission, case_files.access(unit, case))
    case.subject(subject_key)
    return case


def _vault(unit: UnitOfWork) -> Vault:
    if unit.engine.plugins.vault is None:
        raise Conflict("casework.no_identity_keys")
    return unit.engine.plugins.vault
