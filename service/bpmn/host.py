"""What a workflow needs from outside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from service import feel
from service.bpmn.definition import DecisionRef, ElementRef, ProcessDefinition, ProcessRef
from service.bpmn.failure import Failure
from service.bpmn.waits import Link
from service.feel import Value


class Host(Protocol):
    """The world of one unit of work, as a workflow sees it."""

    @property
    def now(self) -> datetime: ...

    @property
    def environment(self) -> feel.Environment: ...

    def new_key(self) -> int:
        """The next key of the site's sequence."""
        ...

    def decide(self, reference: DecisionRef, variables: Mapping[str, Value], element: ElementRef) -> Value:
        """The result of a decision. Raises `Failure`."""
        ...

    def process(self, reference: ProcessRef, element: ElementRef) -> ProcessDefinition:
        """The process that a call activity calls, resolved by binding. Raises `Failure`."""
        ...

    def records(self, instance_key: int, variables: Mapping[str, Value]) -> Mapping[str, Value]:
        """Names that stand outside all scopes, read-only; no variable shadows them.

        `variables` are those visible where the expression stands, without the records: the variable `subject` there
        tells whose record `subject` is meant. Asked anew for each expression; cheap, for the mapping reads lazily.
        """
        ...

    def links(self) -> tuple[Link, ...]:
        """The deadlines that expressions evaluated since the last call have used."""
        ...


__all__ = ["Failure", "Host"]
