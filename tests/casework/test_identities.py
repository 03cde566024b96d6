"""Identity numbers: validated, sealed on both databases, shown in full only for a recorded reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from service import wiring
from service.auth import SYSTEM, Actor, Vault
from service.casework import identities
from service.casework.states import FIRST, State, Strand
from service.errors import Conflict, Forbidden, FormRejected, NotFound
from service.runtime import audit
from service.runtime.engine import Engine
from service.store import Base, cases
from tests.conftest import NOON

NUMBER = "11010519491231002X"  # the example of GB 11643
OTHER = "440524198001010013"
INTAKE = Actor("intake", frozenset({"INTAKE"}))
CASE, SUBJECT = 71, 72


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "keys")


@pytest.fixture
def engine(database_url: str, open_engine: Callable[..., Engine], vault: Vault) -> Engine:
    engine = open_engine(database_url, replace(wiring.PLUGINS, vault=vault))
    a_case(engine)
    return engine


def a_case(engine: Engine) -> None:
    """Put a case of one person in the database, without processes."""
    with engine.unit(SYSTEM) as unit:
        cases.add(
            unit.session,
            cases.CaseFile(
                key=CASE,
                case_no="示例-1",
                accountability_case_no="1",
                title="示例",
                organ="市",
                organ_level="city",
                secrecy="internal",
                state=State.REGISTERED.value,
                opened_at=NOON,
                registered_at=NOON,
                registered_by="intake",
                closed_at=None,
                row_version=1,
            ),
        )
        cases.add(
            unit.session,
            cases.CaseSubject(
                key=SUBJECT,
                case_key=CASE,
                number=1,
                name="王示例",
                user_name=None,
                state=FIRST[Strand.MAIN],
                outcome="pending",
                filing_state=FIRST[Strand.FILING],
                appeal_state=FIRST[Strand.APPEAL],
                rectification_state=FIRST[Strand.RECTIFICATION],
                issued_at=None,
            ),
        )
        unit.commit()


def keep(engine: Engine, number: str, actor: Actor = INTAKE) -> None:
    engine.run(actor, lambda unit: identities.keep(unit, CASE, SUBJECT, number))


def everything(engine: Engine) -> str:
    """All rows of all tables, and for SQLite the bytes of its files."""
    database = engine.site.database.engine
    with database.connect() as connection:
        rows = [str(row) for table in Base.metadata.sorted_tables for row in connection.execute(table.select())]
    found = "\n".join(rows)
    if database.url.database and database.dialect.name == "sqlite":
        path = Path(database.url.database)
        found += "".join(file.read_bytes().decode("latin-1") for file in path.parent.glob(f"{path.name}*"))
    return found


def test_no_part_of_the_database_holds_the_number(engine: Engine) -> None:
    keep(engine, NUMBER)
    engine.run(INTAKE, lambda unit: identities.reveal(unit, CASE, SUBJECT, "送达前核对身份"))
    keep(engine, OTHER)

    found = everything(engine)
    assert "1101**********002X" in found  # it looks where it should
    for number in (NUMBER, OTHER):
        assert number not in found
        assert number[4:14] not in found


def test_it_is_shown_masked_and_in_full_for_a_reason_that_is_recorded(engine: Engine) -> None:
    keep(engine, " 110105 19491231 002x ")

    with engine.reading(INTAKE) as unit:
        assert identities.shown(unit, [SUBJECT]) == {SUBJECT: "1101**********002X"}
    assert engine.run(INTAKE, lambda unit: identities.reveal(unit, CASE, SUBJECT, "归档 核对")) == NUMBER
    with engine.reading(SYSTEM) as unit:
        (entry,) = audit.search(unit, action="identity.reveal").items
        assert (entry.actor, entry.at, entry.object_key) == ("intake", NOON, str(SUBJECT))
        assert "归档 核对" in entry.after


@pytest.mark.parametrize("reason", ["", "   ", "看", "x" * 501, f"核对 {NUMBER}"])
def test_without_a_reason_nothing_is_shown_or_recorded(engine: Engine, reason: str) -> None:
    keep(engine, NUMBER)

    with pytest.raises(FormRejected):
        engine.run(INTAKE, lambda unit: identities.reveal(unit, CASE, SUBJECT, reason))

    with engine.reading(SYSTEM) as unit:
        assert not audit.search(unit, action="identity.reveal").items


BAD = {
    "too short": ("1101051949123100", "casework.identity_shape"),
    "fifteen places": ("110105491231002", "casework.identity_shape"),
    "letters": ("1101051949123100AX", "casework.identity_shape"),
    "fullwidth digits": ("１1010519491231002X", "casework.identity_shape"),
    "X inside": ("1101051949123X002X", "casework.identity_shape"),
    "nothing": ("", "casework.identity_shape"),
    "thirty-second": ("110105194912320021", "casework.identity_birthday"),
    "29 February": ("110105202302290021", "casework.identity_birthday"),
    "before 1900": ("440524188001010014", "casework.identity_birthday"),
    "not yet born": ("110105209912310021", "casework.identity_birthday"),
    "wrong check digit": ("110105194912310021", "casework.identity_check_digit"),
    "two places swapped": ("11010519491231020X", "casework.identity_check_digit"),
}


@pytest.mark.parametrize(("number", "code"), BAD.values(), ids=BAD)
def test_what_is_no_number_is_refused_without_being_repeated(number: str, code: str) -> None:
    with pytest.raises(FormRejected) as caught:
        identities.checked(number, date(2026, 3, 2))

    assert [problem[0] for problem in caught.value.fields["number"]] == [code]
    assert not number or number not in str(caught.value.fields)


def test_a_refused_number_leaves_the_kept_one(engine: Engine) -> None:
    keep(engine, NUMBER)

    with pytest.raises(FormRejected):
        keep(engine, "110105194912310021")

    assert engine.run(INTAKE, lambda unit: identities.reveal(unit, CASE, SUBJECT, "归档核对")) == NUMBER


STRANGERS = {
    "process owner": (Actor("o", frozenset({"OWNER"})), NotFound),
    "system administrator": (Actor("s", frozenset({"SYSADM"})), NotFound),
    "security administrator": (Actor("s", frozenset({"SECADM"})), NotFound),
    "audit administrator": (Actor("s", frozenset({"AUDADM"})), NotFound),
    "expert": (Actor("e", frozenset({"EXPERT"})), NotFound),
    "personnel": (Actor("h", frozenset({"HR"})), NotFound),
    "another organ": (Actor("i", frozenset({"INTAKE", "INTAKE@县"})), NotFound),
    "supervisor": (Actor("i", frozenset({"INSPECT"})), Forbidden),
}


@pytest.mark.parametrize(("actor", "refusal"), STRANGERS.values(), ids=STRANGERS)
def test_nobody_else_keeps_or_sees_one(engine: Engine, actor: Actor, refusal: type[Exception]) -> None:
    keep(engine, NUMBER)

    with pytest.raises(refusal):
        engine.run(actor, lambda unit: identities.reveal(unit, CASE, SUBJECT, "归档核对"))
    with pytest.raises(refusal):
        keep(engine, OTHER, actor)


def test_a_rotation_seals_all_with_the_new_key(engine: Engine, vault: Vault) -> None:
    keep(engine, NUMBER)
    before = vault.path.read_text()

    vault.add_key()
    assert engine.run(SYSTEM, identities.rotate) == 1
    vault.forget_old_keys()

    assert before.strip() not in vault.path.read_text()
    assert engine.run(INTAKE, lambda unit: identities.reveal(unit, CASE, SUBJECT, "归档核对")) == NUMBER


def test_a_lost_key_file_is_said_and_not_replaced(engine: Engine, vault: Vault) -> None:
    keep(engine, NUMBER)
    vault.path.unlink()

    for attempt in (
        lambda: keep(engine, OTHER),
        lambda: engine.run(INTAKE, lambda unit: identities.reveal(unit, CASE, SUBJECT, "归档核对")),
    ):
        with pytest.raises(Conflict) as caught:
            attempt()
        assert caught.value.code == "auth.key_file_broken"
    assert not vault.path.exists()
