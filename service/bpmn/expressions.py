"""The expressions of a diagram: static text, FEEL (`=…`) or JUEL (`${…}`), parsed once when the diagram is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service import feel
from service.bpmn import juel
from service.bpmn.failure import Failure
from service.errors import ServiceError
from service.feel import Value


@dataclass(frozen=True, slots=True)
class Expression:
    """Text with a value: itself when static, else evaluated in a scope."""

    text: str  # as it stands in the file
    program: Any = None  # feel.Expression, juel.Template; None: static
    value: Value = None  # of a static expression

    @property
    def is_static(self) -> bool:
        return self.program is None

    @property
    def names(self) -> frozenset[str]:
        """The variables that the value depends on."""
        return frozenset() if self.program is None else frozenset(self.program.names)

    def evaluate(self, scope: Mapping[str, Value], environment: feel.Environment, kind: str) -> Value:
        """The value in `scope`. Raises `Failure` of `kind` when there cannot be one.

        FEEL gives null where other languages raise; only what FEEL itself calls a failure (`assert`) is one. JUEL
        fails on an unknown name, as Camunda 7 does.
        """
        if self.program is None:
            return self.value
        if isinstance(self.program, Variable):
            return scope.get(self.program.name)
        if isinstance(self.program, Built):
            return self.program.evaluate(scope, environment, kind)
        if isinstance(self.program, juel.Template):
            try:
                return self.program.evaluate(scope, environment)
            except juel.JuelError as error:
                raise Failure(kind, error.code, expression=self.text, **error.facts) from error
        try:
            result: feel.Result = self.program.evaluate(scope, environment)
        except ServiceError as error:
            raise Failure(kind, error.code, expression=self.text, **error.facts) from error
        return result.value

    def explain(self, scope: Mapping[str, Value], environment: feel.Environment) -> dict[str, object]:
        """Facts for an incident: the expression, where in it something went wrong, and the variables it read.

        `start` and `end` (exclusive) are positions in the expression as it stands in the file, 0-based; all of it where
        no part is to blame alone.
        """
        facts: dict[str, object] = {"expression": self.text, "start": 0, "end": len(self.text)}
        if isinstance(self.program, feel.Expression):
            try:
                diagnostics = self.program.evaluate(scope, environment).diagnostics
            except feel.AssertionFailed:
                diagnostics = ()
            before = len(self.text) - len(self.text[1:].lstrip()) if self.text.startswith("=") else 0
            facts["diagnostics"] = [
                {
                    "code": d.code,
                    "start": before + d.start,
                    "end": before + d.end,
                    "facts": {k: str(v) for k, v in d.facts.items()},
                }
                for d in diagnostics
            ]
            if diagnostics:
                facts["start"], facts["end"] = before + diagnostics[0].start, before + diagnostics[0].end
        facts["variables"] = {name: _shown(scope[name]) for name in sorted(self.names) if name in scope}
        return facts


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable taken by its name, whatever the name is."""

    name: str

    @property
    def names(self) -> frozenset[str]:
        return frozenset({self.name})


@dataclass(frozen=True, slots=True)
class Built:
    """A list, or a map where `keys` are given, of expressions: Camunda 7's structured parameters."""

    items: tuple[Expression, ...]
    keys: tuple[str, ...] | None = None

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*(item.names for item in self.items))

    def evaluate(self, scope: Mapping[str, Value], environment: feel.Environment, kind: str) -> Value:
        values = [item.evaluate(scope, environment, kind) for item in self.items]
        return values if self.keys is None else dict(zip(self.keys, values, strict=True))


def static(text: str, value: Value = None) -> Expression:
    """Text that stands for itself."""
    return Expression(text, None, text if value is None else value)


def camunda_8(text: str, names: frozenset[str] = frozenset()) -> Expression:
    """An attribute of the Camunda 8 dialect: FEEL behind `=`, else static. Raises `FeelSyntaxError`."""
    if text.startswith("="):
        return Expression(text, feel.parse(text[1:].strip(), names))
    return static(text)


def camunda_7(text: str) -> Expression:
    """An attribute of the Camunda 7 dialect: JUEL in `${…}` or `#{…}`, else static. Raises `juel.JuelError`."""
    if "${" in text or "#{" in text:
        return Expression(text, juel.parse(text))
    return static(text)


_NOW = re.compile(r"\b(now|today|dateTime)\s*\(|\bduration\s*\(|[\"']P[T\d]")


def renewable(expression: Expression | None) -> bool:
    """Whether a date may be evaluated again later: one that counts from the present moment would run away."""
    return expression is not None and not expression.is_static and not _NOW.search(expression.text)


def _shown(value: Value) -> object:
    """A value for an incident's facts; long ones are cut, so that an incident doesn't carry a case file."""
    try:
        shown = feel.string(value)
    except ServiceError:
        return type(value).__name__
    text = "null" if shown is None else shown
    return text if len(text) <= 200 else text[:200] + "…"
