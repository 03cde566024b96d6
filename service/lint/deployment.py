"""What the rules look at: the files of one deployment as read, and what the site has already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property

from service.bpmn.definition import Element, File, ProcessDefinition
from service.bpmn.expressions import Expression
from service.dmn import Model
from service.errors import Finding, Severity
from service.forms import Form


@dataclass(frozen=True, slots=True)
class Known:
    """Ids that are deployed already."""

    processes: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Deployment:
    diagrams: tuple[File, ...] = ()
    models: tuple[Model, ...] = ()
    forms: tuple[Form, ...] = ()
    known: Known | None = None  # None: whoever asks resolves references itself
    functions: frozenset[str] = frozenset()  # names that the site adds to FEEL
    records: frozenset[str] = frozenset()  # names that stand in every scope of a case
    parameters: frozenset[str] | None = None  # ids of the site's parameters; None: unknown

    @cached_property
    def forms_by_id(self) -> dict[str, Form]:
        return {form.id: form for form in self.forms if form.id}

    def processes(self) -> Iterator[ProcessDefinition]:
        for file in self.diagrams:
            yield from file.processes

    def elements(self) -> Iterator[tuple[ProcessDefinition, Element]]:
        for process in self.processes():
            for element in process.elements.values():
                yield process, element


@dataclass(frozen=True, slots=True)
class Located:
    """An expression and where it stands."""

    expression: Expression
    property: str


def expressions(part: object, path: str = "") -> Iterator[Located]:
    """Return the expressions anywhere in a part of a definition, with the path of fields that leads to them."""
    if isinstance(part, Expression):
        yield Located(part, path)
    elif isinstance(part, tuple):
        for item in part:
            yield from expressions(item, path)
    elif is_dataclass(part):
        for entry in fields(part):
            if not entry.name.startswith("_"):
                yield from expressions(getattr(part, entry.name), f"{path} {entry.name}".strip())


def at(
    process: ProcessDefinition, element: Element, code: str, property: str | None = None, **facts: object
) -> Finding:
    """A warning at a flow node."""
    return Finding(
        code, Severity.WARNING, process.file, element.id, element.name or None, property, element.line, facts
    )
