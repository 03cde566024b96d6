"""The error family: what went wrong as a stable code and facts; words are made by `service.texts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class ServiceError(Exception):
    """The root of all errors of the service.

    `code` is stable and is the key of the message in `service.texts`; `facts` fill the message's fields.
    Facts carry ids and expectations, never personal data.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts: dict[str, object] = facts

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code


class Rejection(ServiceError):
    """The caller's to correct; nothing was changed."""


class NotFound(Rejection):
    """No such thing, or none that the actor may know of."""


class Invalid(Rejection):
    """The request cannot be carried out as it stands."""


class Conflict(Rejection):
    """The thing is no longer in the state that the request assumed."""


class Forbidden(Rejection):
    """The actor's roles do not allow it."""


class Unauthenticated(Rejection):
    """Nobody is signed in, or the credentials are wrong."""


class TooLarge(Rejection):
    """The request exceeds a limit that the message names."""


class Unsupported(Rejection):
    """The file is of a kind that is not taken."""


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check has to say about a deployed file."""

    code: str  # key of the message in service.texts
    severity: Severity
    file: str  # file name as uploaded
    element_id: str | None = None  # id in the diagram, table or form
    element_name: str | None = None
    property: str | None = None  # as the properties panel or the XML names it, e.g. zeebe:formDefinition formId
    line: int | None = None  # 1-based
    facts: Mapping[str, object] = field(default_factory=dict)


class DeploymentRejected(Rejection):
    """A deployment has findings of severity error; nothing was stored."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("deployment_rejected", count=len(findings))
        self.findings: tuple[Finding, ...] = tuple(findings)


class FormRejected(Rejection):
    """A submission does not fit its form; `fields` maps a field's path to (code, facts) pairs, in form order."""

    def __init__(self, fields: Mapping[str, Sequence[tuple[str, Mapping[str, object]]]]) -> None:
        super().__init__("form_rejected", count=len(fields))
        self.fields = {path: tuple(problems) for path, problems in fields.items()}


class BpmnError(ServiceError):
    """An outcome foreseen in the model: raised by a handler, caught by an error event of `error_code`."""

    def __init__(self, error_code: str, message: str = "", variables: Mapping[str, object] | None = None) -> None:
        super().__init__("bpmn_error", error_code=error_code, message=message)
        self.error_code = error_code
        self.variables: dict[str, object] = dict(variables or {})
