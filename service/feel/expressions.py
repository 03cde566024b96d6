"""Parsed expressions and unary tests: what other packages hold and evaluate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from service.feel import interpreter, limits, parser, syntax
from service.feel.builtins import BUILTINS
from service.feel.diagnostics import Diagnostic, Failure, FeelSyntaxError, Stop
from service.feel.evaluation import Environment, Run
from service.feel.interpreter import Code, Test
from service.feel.syntax import Node
from service.feel.values import Value


@dataclass(frozen=True, slots=True)
class Result:
    value: Value
    diagnostics: tuple[
        Diagnostic, ...
    ] = ()  # why parts were null, in the order of evaluation; empty when all went well


class Expression:
    """A parsed and compiled expression; immutable, may be shared by threads."""

    __slots__ = ("code", "names", "text", "tree")

    def __init__(self, text: str, tree: Node, code: Code) -> None:
        self.text = text
        self.tree = tree
        self.code = code  # the bare closure; `run` is what guards it
        self.names = free_names(tree)  # variables and functions that it reads from outside, builtins left out

    def evaluate(self, scope: Mapping[str, Value], environment: Environment) -> Result:
        """The value and why parts of it are null. Raises `AssertionFailed` alone, from `assert()`."""
        run = Run(environment)
        value = self.run(scope, run)
        return Result(value, tuple(run.diagnostics))

    def run(self, scope: Mapping[str, Value], run: Run) -> Value:
        """The value within a run that several expressions share; the diagnostics gather in it."""
        return _guarded(self.code, scope, run, self.tree)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


class UnaryTests:
    """The parsed tests of an input entry; `-` and an empty text let every value pass."""

    __slots__ = ("code", "names", "text", "tree")

    def __init__(self, text: str, tree: syntax.Tests, code: Test) -> None:
        self.text = text
        self.tree = tree
        self.code = code  # the bare closure of value, scope and run
        self.names = free_names(tree) - {"?"}

    @property
    def is_any(self) -> bool:
        return self.tree.any

    def test(self, value: Value, scope: Mapping[str, Value], environment: Environment) -> Result:
        """True when the value passes, False when not, None when that cannot be said."""
        run = Run(environment)
        passed = self.run(value, scope, run)
        return Result(passed, tuple(run.diagnostics))

    def run(self, value: Value, scope: Mapping[str, Value], run: Run) -> Value:
        """Within a run that several expressions share."""
        code = self.code
        return _guarded(lambda frame, inner: code(value, frame, inner), scope, run, self.tree)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


_BUILTIN_NAMES = frozenset(BUILTINS)


@lru_cache(maxsize=8192)
def parse(text: str, names: frozenset[str] = frozenset()) -> Expression:
    """Read an expression. `names` are those in scope; the ones with spaces or operators must be told.

    Raises `FeelSyntaxError`.
    """
    try:
        tree = parser.parse_expression(text, names, _BUILTIN_NAMES)
        return Expression(text, tree, interpreter.compile_node(tree))
    except RecursionError as error:
        raise FeelSyntaxError("feel_too_nested", text, 0, limit=limits.MAX_NESTING) from error


@lru_cache(maxsize=8192)
def parse_unary_tests(text: str, names: frozenset[str] = frozenset()) -> UnaryTests:
    """Read the tests of an input entry. Raises `FeelSyntaxError`."""
    try:
        tree = parser.parse_tests(text, names, _BUILTIN_NAMES)
        return UnaryTests(text, tree, interpreter.compile_tests(tree))
    except RecursionError as error:
        raise FeelSyntaxError("feel_too_nested", text, 0, limit=limits.MAX_NESTING) from error


def free_names(tree: Node) -> frozenset[str]:
    """Names that the tree reads from outside; those a filter's item may bring count as from outside."""
    found: set[str] = set()
    _gather(tree, frozenset(), found)
    return frozenset(found)


def _guarded(code: Code, scope: Mapping[str, Value], run: Run, tree: Node) -> Value:
    try:
        value = code(scope, run)
        if type(value) is list or type(value) is dict:
            run.weigh_only(value)
        return value
    except Stop as stop:
        run.note(stop.code, tree, stop.facts)
    except Failure as failure:
        run.note(failure.code, tree, failure.facts)
    except RecursionError:
        run.note("feel_limit_depth", tree)
    return None


def _gather(node: Node, bound: frozenset[str], found: set[str]) -> None:
    match node:
        case syntax.Name():
            if node.name not in bound:
                found.add(node.name)
        case syntax.Call(function=syntax.Name(name=name)) if name in BUILTINS:
            for argument in (*node.positional, *(argument for _, argument in node.named)):
                _gather(argument, bound, found)
        case syntax.Filter():
            _gather(node.base, bound, found)
            _gather(node.condition, bound | {"item"}, found)
        case syntax.For() | syntax.Quantified():
            for iterator in node.iterators:
                _gather(iterator.domain, bound, found)
                bound |= {iterator.name}
            if isinstance(node, syntax.For):
                _gather(node.body, bound | {"partial"}, found)
            else:
                _gather(node.condition, bound, found)
        case syntax.FunctionDefinition():
            _gather(node.body, bound | {name for name, _ in node.parameters}, found)
        case syntax.ContextLiteral():
            inner = bound | {key for key, _ in node.entries}
            for _, entry in node.entries:
                _gather(entry, inner, found)
        case _:
            for child in syntax.children(node):
                _gather(child, bound, found)
