"""The one error with which a step says that it cannot be taken."""

from __future__ import annotations

from service.errors import ServiceError


class Failure(ServiceError):
    """A step cannot be taken: the instance stays where it is and an incident of `kind` stands at its element."""

    def __init__(self, kind: str, code: str, **facts: object) -> None:
        super().__init__(code, **facts)
        self.kind = kind
