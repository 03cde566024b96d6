"""Typed settings of one running service, read once from a mapping of environment variables."""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DEFAULT_DATABASE = "sqlite:///var/rongcuo.db"
SITE_ZONE = ZoneInfo("Asia/Shanghai")
SECRET_KEY_FILE = Path("var/secret-key")
IDENTITY_KEYS_FILE = Path("var/identity-keys")
MINIMUM_SECRET_LENGTH = 32  # characters
LOCALES = ("zh_CN", "en")
MB = 1024 * 1024


class BadSetting(ValueError):
    """A variable or file holds what cannot be used: a stable code and facts, whose words `service.texts` has."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts: dict[str, object] = facts


class Profile(StrEnum):
    PRODUCTION = "production"  # no seed, no known passwords, deployments wait for a second person
    DEMO = "demo"  # seeded, deployments live at once; loopback only


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may differ between two installations."""

    database: str = DEFAULT_DATABASE  # SQLAlchemy URL, SQLite or PostgreSQL
    profile: Profile = Profile.PRODUCTION
    host: str = "127.0.0.1"
    port: int = 8080
    zone: ZoneInfo = SITE_ZONE  # of FEEL now(), cron and timers without a zone
    locale: str = "zh_CN"
    secret_key: str | None = None  # None: the key file is read, and written on first use
    secret_key_file: Path = SECRET_KEY_FILE
    metrics_token: str | None = None  # who shows it reads /metrics from another machine
    identity_keys_file: Path = IDENTITY_KEYS_FILE  # seal identity numbers; made on first use
    session_idle: timedelta = timedelta(minutes=30)  # a login session ends after so long without a request
    session_lifetime: timedelta = timedelta(hours=12)  # and in any case after so long
    deployment_approval: bool | None = None  # deployments wait for a second person; None: in production only
    file_limit: int = 50 * MB  # bytes of one file that is taken in
    file_types: frozenset[str] | None = None  # endings of their names; None: the usual ones

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; an unset or empty variable means its default.

        Raises `BadSetting` with the variable, what was found and what is expected.
        """
        values = os.environ if environment is None else environment
        default = cls()
        profile = _choice(values, "RONGCUO_PROFILE", [item.value for item in Profile], default.profile.value)
        host = values.get("RONGCUO_HOST") or default.host
        if profile == Profile.DEMO and not is_loopback(host):
            # Seeded accounts have known passwords: they must never be reachable from another machine.
            raise BadSetting("settings.demo_not_loopback", variable="RONGCUO_HOST", found=host)
        return cls(
            database=_database(values.get("RONGCUO_DATABASE") or default.database),
            profile=Profile(profile),
            host=host,
            port=_integer(values, "RONGCUO_PORT", default.port, 1, 65535),
            zone=_zone(values.get("RONGCUO_ZONE") or default.zone.key),
            locale=_choice(values, "RONGCUO_LOCALE", LOCALES, default.locale),
            secret_key=_secret(values, "RONGCUO_SECRET_KEY"),
            metrics_token=_secret(values, "RONGCUO_METRICS_TOKEN"),
            secret_key_file=Path(values.get("RONGCUO_SECRET_KEY_FILE") or default.secret_key_file),
            identity_keys_file=Path(values.get("RONGCUO_IDENTITY_KEYS_FILE") or default.identity_keys_file),
            session_idle=timedelta(minutes=_integer(values, "RONGCUO_SESSION_IDLE_MINUTES", 30, 1, 24 * 60)),
            session_lifetime=timedelta(hours=_integer(values, "RONGCUO_SESSION_HOURS", 12, 1, 24 * 7)),
            deployment_approval=_APPROVAL[_choice(values, "RONGCUO_DEPLOYMENT_APPROVAL", list(_APPROVAL), "profile")],
            file_limit=_integer(values, "RONGCUO_FILE_MB", 50, 1, 2000) * MB,
            file_types=_endings(values.get("RONGCUO_FILE_TYPES") or ""),
        )

    @property
    def is_demo(self) -> bool:
        """Whether this is a seeded demonstration on one machine."""
        return self.profile is Profile.DEMO

    @property
    def second_person(self) -> bool:
        """Whether a deployment waits until another process owner approves it."""
        return not self.is_demo if self.deployment_approval is None else self.deployment_approval


_APPROVAL: dict[str, bool | None] = {"on": True, "off": False, "profile": None}


def is_loopback(host: str) -> bool:
    """Whether a host name or address reaches this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def secret_key(settings: Settings) -> str:
    """Return the key that signs cookies and tokens; the key file is made on first use, readable by its owner alone."""
    if settings.secret_key is not None:
        return settings.secret_key
    path = settings.secret_key_file
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_text(encoding="ascii").strip()
        if len(key) < MINIMUM_SECRET_LENGTH:
            raise BadSetting("settings.secret_file_broken", path=str(path), minimum=MINIMUM_SECRET_LENGTH) from None
        return key
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key + "\n")
    return key


def _choice(values: Mapping[str, str], variable: str, allowed: tuple[str, ...] | list[str], default: str) -> str:
    found = values.get(variable) or default
    if found not in allowed:
        raise BadSetting("settings.not_a_choice", variable=variable, found=found, expected=", ".join(allowed))
    return found


def _integer(values: Mapping[str, str], variable: str, default: int, low: int, high: int) -> int:
    text = values.get(variable)
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
        raise BadSetting("settings.not_a_number", variable=variable, found=text, low=low, high=high)
    return int(text)


def _endings(text: str) -> frozenset[str] | None:
    found = frozenset(part.strip().lower().removeprefix(".") for part in text.split(",") if part.strip())
    return found or None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadSetting("settings.unknown_zone", variable="RONGCUO_ZONE", found=name) from error


def _database(url: str) -> str:
    if not url.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
        # The URL may hold a password: only its scheme is repeated.
        raise BadSetting("settings.unknown_database", variable="RONGCUO_DATABASE", found=url.split(":", 1)[0])
    if url.startswith("postgresql:"):
        return "postgresql+psycopg:" + url.removeprefix("postgresql:")
    return url


def _secret(values: Mapping[str, str], variable: str) -> str | None:
    text = values.get(variable) or None
    if text is not None and len(text) < MINIMUM_SECRET_LENGTH:
        raise BadSetting("settings.secret_too_short", variable=variable, minimum=MINIMUM_SECRET_LENGTH)
    return text
