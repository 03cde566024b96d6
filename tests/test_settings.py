"""Settings: defaults, what is read, what is refused."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from service import settings
from service.settings import BadSetting, Profile, Settings


def test_nothing_set_gives_a_production_service_on_loopback() -> None:
    found = Settings.from_environment({})

    assert found == Settings()
    assert (found.profile, found.host, found.port) == (Profile.PRODUCTION, "127.0.0.1", 8080)


def test_every_variable_is_read() -> None:
    found = Settings.from_environment(
        {
            "RONGCUO_DATABASE": "postgresql://localhost/rongcuo",
            "RONGCUO_PROFILE": "demo",
            "RONGCUO_HOST": "localhost",
            "RONGCUO_PORT": "9000",
            "RONGCUO_ZONE": "UTC",
            "RONGCUO_LOCALE": "en",
            "RONGCUO_SECRET_KEY": "k" * 40,
            "RONGCUO_SESSION_IDLE_MINUTES": "5",
            "RONGCUO_SESSION_HOURS": "2",
            "RONGCUO_DEPLOYMENT_APPROVAL": "on",
        }
    )

    assert found.database == "postgresql+psycopg://localhost/rongcuo"
    assert found.is_demo
    assert (found.host, found.port, found.zone.key, found.locale) == ("localhost", 9000, "UTC", "en")
    assert settings.secret_key(found) == "k" * 40
    assert found.second_person
    assert (found.session_idle, found.session_lifetime) == (timedelta(minutes=5), timedelta(hours=2))


REFUSED = {
    "approval": ({"RONGCUO_DEPLOYMENT_APPROVAL": "yes"}, "settings.not_a_choice", "yes"),
    "profile": ({"RONGCUO_PROFILE": "test"}, "settings.not_a_choice", "test"),
    "port text": ({"RONGCUO_PORT": "web"}, "settings.not_a_number", "web"),
    "port zero": ({"RONGCUO_PORT": "0"}, "settings.not_a_number", "0"),
    "port other digits": ({"RONGCUO_PORT": "８０"}, "settings.not_a_number", "８０"),
    "zone": ({"RONGCUO_ZONE": "Mars/Base"}, "settings.unknown_zone", "Mars/Base"),
    "zone path": ({"RONGCUO_ZONE": "../etc/passwd"}, "settings.unknown_zone", "../etc/passwd"),
    "locale": ({"RONGCUO_LOCALE": "fr"}, "settings.not_a_choice", "fr"),
    "database": ({"RONGCUO_DATABASE": "mysql://u:secret@h/d"}, "settings.unknown_database", "mysql"),
    "demo reachable": (
        {"RONGCUO_PROFILE": "demo", "RONGCUO_HOST": "0.0.0.0"},  # noqa: S104
        "settings.demo_not_loopback",
        "0.0.0.0",  # noqa: S104
    ),
}


@pytest.mark.parametrize(("environment", "code", "found"), REFUSED.values(), ids=REFUSED)
def test_a_bad_value_is_refused_naming_what_was_found(environment: dict[str, str], code: str, found: str) -> None:
    with pytest.raises(BadSetting) as caught:
        Settings.from_environment(environment)

    assert (caught.value.code, caught.value.facts["found"]) == (code, found)


def test_a_short_secret_is_refused_without_repeating_it() -> None:
    with pytest.raises(BadSetting) as caught:
        Settings.from_environment({"RONGCUO_SECRET_KEY": "hush"})

    assert caught.value.code == "settings.secret_too_short"
    assert "hush" not in str(caught.value)


def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    chosen = Settings(secret_key_file=tmp_path / "var" / "key")

    first = settings.secret_key(chosen)

    assert settings.secret_key(chosen) == first
    assert stat.S_IMODE(chosen.secret_key_file.stat().st_mode) == 0o600


def test_an_emptied_key_file_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("\n")

    with pytest.raises(BadSetting, match=r"settings\.secret_file_broken"):
        settings.secret_key(Settings(secret_key_file=path))
