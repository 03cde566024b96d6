"""A form as read: components in document order, with every expression parsed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from service.errors import Finding, Severity

if TYPE_CHECKING:
    import regex

    from service import feel
    from service.forms.kinds import Kind
    from service.forms.templating import Text

Path: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a select, radio, checklist or taglist."""

    label: str
    value: str | Decimal | bool


@dataclass(frozen=True, slots=True)
class Options:
    """Where the choices come from: exactly one of the three is set."""

    static: tuple[Option, ...] | None = None
    key: str | None = None  # valuesKey: a variable that holds them
    expression: feel.Expression | None = None  # valuesExpression


@dataclass(frozen=True, slots=True)
class Constraints:
    """The `validate` part of an input; a limit is a number or FEEL."""

    required: bool = False
    minimum: Decimal | feel.Expression | None = None
    maximum: Decimal | feel.Expression | None = None
    min_length: Decimal | feel.Expression | None = None
    max_length: Decimal | feel.Expression | None = None
    pattern: regex.Pattern[str] | None = None
    pattern_message: str | None = None  # the author's words for a text that does not match
    validation_type: str | None = None  # "email" or "phone"


@dataclass(frozen=True, slots=True)
class Component:
    """One component; `children` only in groups and dynamic lists."""

    id: str
    kind: Kind
    path: Path  # of an input: its key; of a group or list: its path (empty for a group without); below its container
    label: Text
    description: Text
    content: Text  # of a text component
    hide: feel.Expression | None = None
    disabled: bool = False
    readonly: bool | feel.Expression = False
    constraints: Constraints = field(default_factory=Constraints)
    options: Options | None = None
    formula: feel.Expression | None = None  # of an expression component
    accept: Text | None = None  # of a file picker: endings and content types, "" for all
    multiple: bool | feel.Expression = False  # of a file picker
    source: feel.Expression | None = None  # of a document preview: references to files
    default: Any = None
    properties: Mapping[str, Any] = field(default_factory=dict)  # the rest as JSON, numbers Decimal
    children: tuple[Component, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One input as other packages see it."""

    path: str  # dotted, from the root of the data: "matter.privateGain"; inside a list: "plan.measures[].owner"
    type: str
    label: str  # as written in the file, may be FEEL
    required: bool
    component_id: str
    list_path: str | None = None  # dotted path of the list around it, if any
    options: tuple[Option, ...] = ()  # static ones


@dataclass(frozen=True, slots=True)
class Form:
    """One form file."""

    id: str | None
    file: str
    version_tag: str | None
    components: tuple[Component, ...]
    schema: Mapping[str, Any]  # as JSON, for the viewer
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing in it forbids deployment."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def fields(self) -> tuple[Field, ...]:
        """All inputs in document order."""
        return tuple(_fields(self.components, (), None))

    @property
    def reads(self) -> frozenset[str] | None:
        """Names at the top of the data that fields and FEEL look at; None where `parent` may mean any of them."""
        names = {name for expression in self.expressions for name in expression.names}
        if "parent" in names:
            return None
        heads = {field.path.partition(".")[0].removesuffix("[]") for field in self.fields}
        return frozenset(names | heads | set(_option_keys(self.components)))

    @property
    def expressions(self) -> tuple[feel.Expression, ...]:
        """All parsed FEEL of the form, for checks of the names it reads."""
        return tuple(_expressions(self.components))


def _fields(components: tuple[Component, ...], prefix: Path, list_path: str | None) -> Iterator[Field]:
    for item in components:
        path = (*prefix, *item.path)
        if item.kind.is_list:
            yield Field(".".join(path), item.kind.name, item.label.source, False, item.id, list_path)
            yield from _fields(item.children, (*path[:-1], path[-1] + "[]"), ".".join(path))
        elif item.kind.is_group:
            yield from _fields(item.children, path, list_path)
        elif item.kind.keyed:
            static = item.options.static if item.options else None
            yield Field(
                ".".join(path),
                item.kind.name,
                item.label.source,
                item.constraints.required,
                item.id,
                list_path,
                static or (),
            )


def _option_keys(components: tuple[Component, ...]) -> Iterator[str]:
    for item in components:
        if item.options is not None and item.options.key is not None:
            yield from (item.options.key, item.options.key.partition(".")[0])
        yield from _option_keys(item.children)


def _expressions(components: tuple[Component, ...]) -> Iterator[feel.Expression]:
    from service.feel import Expression

    for item in components:
        limits = item.constraints
        found: list[object] = [
            item.hide,
            item.readonly,
            item.formula,
            item.options.expression if item.options else None,
            limits.minimum,
            limits.maximum,
            limits.min_length,
            limits.max_length,
            *item.label.expressions,
            *item.description.expressions,
            *item.content.expressions,
            item.source,
            item.multiple,
            *(item.accept.expressions if item.accept else ()),
        ]
        yield from (expression for expression in found if isinstance(expression, Expression))
        yield from _expressions(item.children)
