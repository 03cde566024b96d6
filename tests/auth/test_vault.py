"""Sealing: nothing readable, keys changed without loss, a lost key said so."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from service.auth import Vault
from service.errors import Conflict


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "var" / "keys")


def test_what_is_sealed_opens_again_and_tells_nothing(vault: Vault) -> None:
    sealed = vault.seal("11010519491231002X")

    assert vault.open(sealed) == "11010519491231002X"
    assert "1949" not in sealed
    assert vault.seal("11010519491231002X") != sealed


def test_the_key_file_is_its_owners_alone(vault: Vault) -> None:
    vault.seal("a")

    assert stat.S_IMODE(vault.path.stat().st_mode) == 0o600


def test_a_new_key_leaves_the_old_ones_until_they_are_forgotten(vault: Vault) -> None:
    old = vault.seal("a")
    vault.add_key()
    new = vault.reseal(old)

    assert vault.open(old) == vault.open(new) == "a"
    assert vault.forget_old_keys() == 1
    assert vault.open(new) == "a"
    with pytest.raises(Conflict) as caught:
        vault.open(old)
    assert caught.value.code == "auth.key_does_not_fit"
    assert stat.S_IMODE(vault.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "no key\n", "\u952e"], ids=["empty", "no key", "not ascii"])
def test_a_damaged_key_file_is_named_and_not_replaced(vault: Vault, content: str) -> None:
    vault.path.parent.mkdir()
    vault.path.write_text(content, encoding="utf-8")

    with pytest.raises(Conflict) as caught:
        vault.seal("a")

    assert caught.value.code == "auth.key_file_broken"
    assert vault.path.read_text(encoding="utf-8") == content
