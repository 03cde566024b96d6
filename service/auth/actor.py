"""Who acts: what every use case and permission check knows about the person or system behind a request."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    USER = "user"  # a person signed in
    SYSTEM = "system"  # the worker, the command line, the seed
    API = "api"  # a program with its own credentials


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts in a unit of work."""

    name: str  # user name, unique on the site
    groups: frozenset[str] = frozenset()  # role codes, "INVEST" and "INVEST@unit"
    kind: ActorKind | str = ActorKind.USER
    client: str | None = None  # id of the API client that acts for this user

    def has_role(self, code: str, unit: str | None = None) -> bool:
        """Whether the actor holds a role, anywhere or (with `unit`) in that unit."""
        return (code if unit is None else f"{code}@{unit}") in self.groups

    @property
    def is_system(self) -> bool:
        """Whether the service itself acts; no role is asked of it."""
        return self.kind == ActorKind.SYSTEM


SYSTEM = Actor("system", frozenset(), ActorKind.SYSTEM)
