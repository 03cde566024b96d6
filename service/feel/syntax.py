"""The syntax tree of FEEL: one class a construct, each with its place in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from service.feel.types import Type
from service.feel.values import Value


@dataclass(frozen=True, slots=True)
class Node:
    start: int  # positions in the text, 0-based, end exclusive
    end: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, string, boolean, null or a valid `@"..."`."""

    value: Value


@dataclass(frozen=True, slots=True)
class InvalidAt(Node):
    """An `@"..."` that is no temporal value: null with a diagnostic, not a syntax error (conformance case 0093)."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable or function by name; `?` is the value under test."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    function: Node
    positional: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...]  # empty when `positional` is not


@dataclass(frozen=True, slots=True)
class Negative(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    operator: str  # + - * / **
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    operator: str  # = != < <= > >=
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class And(Node):
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    value: Node
    type: Type


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Span(Node):
    """`1..10` as the domain of a loop; unlike a range it may run downwards."""

    first: Node
    last: Node


@dataclass(frozen=True, slots=True)
class Iterator_(Node):
    """One `name in domain` of a loop."""

    name: str
    domain: Node


@dataclass(frozen=True, slots=True)
class For(Node):
    iterators: tuple[Iterator_, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    every: bool  # else `some`
    iterators: tuple[Iterator_, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Node):
    parameters: tuple[tuple[str, Type | None], ...]
    body: Node
    external: bool


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    first: Node
    last: Node
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class UnaryComparison(Node):
    """`< 10` as a test, or `(< 10)` as a range."""

    operator: str  # = != < <= > >=
    operand: Node


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """The tests of an input entry; `any` is the `-` that every value passes."""

    tests: tuple[Node, ...]
    negated: bool
    any: bool


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below, in the order of the text."""
    for field in fields(node):
        yield from _nodes(getattr(node, field.name))


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def uses(node: Node, name: str) -> bool:
    return any(isinstance(each, Name) and each.name == name for each in walk(node))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)
