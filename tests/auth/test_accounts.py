"""Accounts, passwords, lockout and login sessions."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from service.auth import accounts, passwords, sessions
from service.errors import Conflict, Invalid, NotFound
from service.store.accounts import UserKind

from .conftest import FakeUnit

PASSWORD = "Puyang-2026-ok"


def a_user(unit: FakeUnit, name: str = "zhang.san", *roles: tuple[str, str]) -> accounts.Account:
    return accounts.create(unit, name, "张三（示例）", PASSWORD, roles or [("INVEST", "city")])


def test_an_account_acts_with_its_roles_and_units(unit: FakeUnit) -> None:
    account = a_user(unit, "zhang.san", ("INVEST", "city"), ("LEAD", ""))

    assert account.actor.name == "zhang.san"
    assert account.actor.groups == {"INVEST", "INVEST@city", "LEAD"}


def test_a_program_acts_as_one(unit: FakeUnit) -> None:
    account = accounts.create(unit, "modeler", "Modeler", PASSWORD, [("OWNER", "")], kind=UserKind.PROGRAM)

    assert account.actor.kind == "api"


BAD_NAMES = ["", "a", "Zhang", "张三", "1abc", "a b", "system", "x" * 64, "a'--"]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_user_name_is_plain(unit: FakeUnit, name: str) -> None:
    with pytest.raises(Invalid) as caught:
        accounts.create(unit, name, "某人", PASSWORD)

    assert caught.value.code == "auth.bad_user_name"


def test_a_taken_name_is_refused(unit: FakeUnit) -> None:
    a_user(unit)

    with pytest.raises(Conflict, match=r"auth\.name_taken"):
        a_user(unit)


BAD_PASSWORDS = {
    "short": ("Ab1-", "auth.password_too_short"),
    "long": ("Ab1-" * 80, "auth.password_too_long"),
    "two classes": ("abcdefghij12", "auth.password_too_plain"),
    "name inside": ("Zhang.San-2026", "auth.password_holds_name"),
    "common": ("Password-2026", "auth.password_too_common"),
    "few characters": ("aaaaaaaaA1", "auth.password_too_common"),
}


@pytest.mark.parametrize(("password", "code"), BAD_PASSWORDS.values(), ids=BAD_PASSWORDS)
def test_a_weak_password_is_refused_by_rule(password: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        passwords.check(password, "zhang.san")

    assert caught.value.code == code


def test_chinese_passphrase_counts_as_its_own_class() -> None:
    passwords.check("长江黄河淮河-2026Ab", "zhang.san")


def test_the_password_is_kept_as_argon2_only(unit: FakeUnit) -> None:
    a_user(unit)

    stored = unit.session.execute(text("select password_hash from user_account")).scalar_one()
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


def test_right_credentials_sign_in(unit: FakeUnit) -> None:
    a_user(unit)

    outcome = accounts.authenticate(unit, " zhang.san ", PASSWORD, "10.0.0.1")

    assert outcome.account is not None
    assert outcome.account.name == "zhang.san"


@pytest.mark.parametrize(
    ("name", "password"),
    [("zhang.san", "wrong"), ("nobody", PASSWORD), ("", ""), ("zhang\x00san", "x"), ("\ud800", "x")],
)
def test_wrong_name_and_wrong_password_get_the_same_answer(unit: FakeUnit, name: str, password: str) -> None:
    a_user(unit)

    outcome = accounts.authenticate(unit, name, password)

    assert (outcome.account, outcome.code, outcome.facts) == (None, "auth.wrong_credentials", ())


def test_five_failures_lock_even_the_right_password_for_a_quarter_of_an_hour(unit: FakeUnit) -> None:
    a_user(unit)
    for _ in range(accounts.FAILURES_BEFORE_LOCK):
        accounts.authenticate(unit, "zhang.san", "wrong")

    locked = accounts.authenticate(unit, "zhang.san", PASSWORD)
    unit.wait(minutes=15)
    later = accounts.authenticate(unit, "zhang.san", PASSWORD)

    assert (locked.code, dict(locked.facts)) == ("auth.locked", {"minutes": 15})
    assert later.account is not None


def test_a_name_that_nobody_has_locks_as_well(unit: FakeUnit) -> None:
    for _ in range(accounts.FAILURES_BEFORE_LOCK):
        accounts.authenticate(unit, "nobody", "wrong")

    assert accounts.authenticate(unit, "nobody", "wrong").code == "auth.locked"


def test_success_clears_the_counter(unit: FakeUnit) -> None:
    a_user(unit)
    for _ in range(2):
        for _ in range(accounts.FAILURES_BEFORE_LOCK - 1):
            accounts.authenticate(unit, "zhang.san", "wrong")
        assert accounts.authenticate(unit, "zhang.san", PASSWORD).account is not None


def test_failures_long_apart_do_not_add_up(unit: FakeUnit) -> None:
    a_user(unit)
    for _ in range(accounts.FAILURES_BEFORE_LOCK + 1):
        accounts.authenticate(unit, "zhang.san", "wrong")
        unit.wait(minutes=16)

    assert accounts.authenticate(unit, "zhang.san", PASSWORD).account is not None


def test_one_address_guessing_many_names_is_locked(unit: FakeUnit) -> None:
    for number in range(accounts.ADDRESS_FAILURES_BEFORE_LOCK):
        accounts.authenticate(unit, f"user{number}", "wrong", "10.0.0.9")

    assert accounts.authenticate(unit, "another", "wrong", "10.0.0.9").code == "auth.locked"
    assert accounts.authenticate(unit, "another", "wrong", "10.0.0.8").code == "auth.wrong_credentials"


def test_a_disabled_account_neither_signs_in_nor_keeps_its_session(unit: FakeUnit) -> None:
    a_user(unit)
    token = sessions.open_session(unit, "zhang.san")

    accounts.disable(unit, "zhang.san")

    assert accounts.authenticate(unit, "zhang.san", PASSWORD).code == "auth.wrong_credentials"
    assert sessions.find(unit, token) is None


def test_changing_the_password_ends_all_sessions(unit: FakeUnit) -> None:
    a_user(unit)
    token = sessions.open_session(unit, "zhang.san")

    accounts.change_password(unit, "zhang.san", PASSWORD, "Another-2026-ok")

    assert sessions.find(unit, token) is None
    assert accounts.authenticate(unit, "zhang.san", "Another-2026-ok").account is not None


def test_a_reset_password_must_be_changed(unit: FakeUnit) -> None:
    a_user(unit)

    accounts.reset_password(unit, "zhang.san", "Another-2026-ok")

    assert accounts.get(unit, "zhang.san").must_change_password


@pytest.mark.parametrize(
    ("held", "given"),
    [("SYSADM", "SECADM"), ("SYSADM", "INVEST"), ("AUDADM", "OWNER"), ("APPROVER", "SECADM"), ("OWNER", "SYSADM")],
)
def test_an_administrator_holds_no_other_role(unit: FakeUnit, held: str, given: str) -> None:
    a_user(unit, "zhang.san", (held, ""))

    with pytest.raises(Conflict) as caught:
        accounts.give_role(unit, "zhang.san", given)

    assert caught.value.code == "auth.roles_exclude"
    assert accounts.get(unit, "zhang.san").roles == ((held, ""),)


def test_an_unknown_role_is_refused(unit: FakeUnit) -> None:
    a_user(unit)

    with pytest.raises(Invalid, match=r"auth\.unknown_role"):
        accounts.give_role(unit, "zhang.san", "KING")


def test_a_role_is_taken_away(unit: FakeUnit) -> None:
    a_user(unit)

    accounts.take_role(unit, "zhang.san", "INVEST", "city")

    assert accounts.get(unit, "zhang.san").roles == ()
    with pytest.raises(NotFound):
        accounts.take_role(unit, "zhang.san", "INVEST", "city")


def test_holders_of_a_group_are_active_and_of_the_unit_or_of_all(unit: FakeUnit) -> None:
    for name, place in (("one", "city"), ("two", "county"), ("three", ""), ("four", "city")):
        a_user(unit, name, ("INVEST", place))
    accounts.disable(unit, "four")

    assert accounts.holders(unit, "INVEST") == ("one", "three", "two")
    assert accounts.holders(unit, "INVEST@city") == ("one", "three")


@pytest.mark.parametrize(
    ("text_", "found"), [("han", ["zhang.san"]), ("示例", ["zhang.san"]), ("%", []), ("_", []), ("\x00", ["zhang.san"])]
)
def test_search_finds_by_words(unit: FakeUnit, text_: str, found: list[str]) -> None:
    a_user(unit)

    assert [account.name for account in accounts.search(unit, text_).items] == found


def test_search_pages_by_name(unit: FakeUnit) -> None:
    for name in ("bb", "aa", "cc"):
        a_user(unit, name)

    first = accounts.search(unit, limit=2)
    rest = accounts.search(unit, after=first.next, limit=2)

    assert [account.name for account in (*first.items, *rest.items)] == ["aa", "bb", "cc"]
    assert (first.total, rest.next) == (3, None)


def test_a_session_is_found_by_its_token_and_stored_without_it(unit: FakeUnit) -> None:
    a_user(unit)

    token = sessions.open_session(unit, "zhang.san")
    found = sessions.find(unit, token)

    assert found is not None
    assert found.account.name == "zhang.san"
    assert token not in str(unit.session.execute(text("select * from login_session")).all())


@pytest.mark.parametrize("token", ["", "x", "\ud800", "x" * 10_000])
def test_a_made_up_token_finds_nothing(unit: FakeUnit, token: str) -> None:
    assert sessions.find(unit, token) is None


def test_a_session_ends_when_idle(unit: FakeUnit) -> None:
    a_user(unit)
    token = sessions.open_session(unit, "zhang.san")

    unit.wait(minutes=31)

    assert sessions.find(unit, token) is None


def test_use_keeps_a_session_until_its_lifetime_is_over(unit: FakeUnit) -> None:
    a_user(unit)
    token = sessions.open_session(unit, "zhang.san")

    for _ in range(36):
        unit.wait(minutes=20)
        found = sessions.find(unit, token)
        assert found is not None
        assert found.needs_touch
        sessions.touch(unit, token)
    unit.wait(minutes=1)

    assert sessions.find(unit, token) is None
    assert sessions.forget_ended(unit) == 1


def test_closing_ends_a_session(unit: FakeUnit) -> None:
    a_user(unit)
    token = sessions.open_session(unit, "zhang.san")

    sessions.close(unit, token)

    assert sessions.find(unit, token) is None
