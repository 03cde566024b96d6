"""Texts of a form: plain, FEEL after `=`, or a template with `{{FEEL}}`, `{{#if FEEL}}` and `{{#loop FEEL}}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import regex

from service import feel

_TAG = regex.compile(r"\{\{(.*?)\}\}", regex.DOTALL)


@dataclass(frozen=True, slots=True)
class _Print:
    expression: feel.Expression


@dataclass(frozen=True, slots=True)
class _Block:
    word: str  # "if" or "loop"
    expression: feel.Expression
    body: tuple[_Part, ...]


_Part: TypeAlias = "str | _Print | _Block"


@dataclass(frozen=True, slots=True)
class Text:
    """A text property, ready to be filled from data."""

    source: str  # as written in the file
    parts: tuple[_Part, ...]

    @property
    def expressions(self) -> tuple[feel.Expression, ...]:
        """All FEEL inside."""
        return tuple(_expressions(self.parts))

    def fill(self, scope: Mapping[str, Any], environment: feel.Environment) -> str:
        """Return the words for this data; what is null prints as nothing."""
        return _fill(self.parts, scope, environment)


class TemplateError(Exception):
    """A template block is not closed, or closes nothing."""


EMPTY = Text("", ())


def parse(source: str, names: frozenset[str] = frozenset()) -> Text:
    """Return the parsed text; raises `FeelSyntaxError` or `TemplateError`."""
    if source.startswith("="):
        return Text(source, (_Print(feel.parse(source[1:], names)),))
    stack: list[tuple[str, feel.Expression | None, list[_Part]]] = [("", None, [])]
    position = 0
    for match in _TAG.finditer(source):
        if match.start() > position:
            stack[-1][2].append(source[position : match.start()])
        position = match.end()
        inner = match.group(1).strip()
        if inner.startswith("#"):
            word, _, text = inner[1:].partition(" ")
            if word not in {"if", "loop"}:
                raise TemplateError(inner)
            stack.append((word, feel.parse(text, names), []))
        elif inner.startswith("/"):
            word, expression, body = stack.pop()
            if expression is None or word != inner[1:].strip():
                raise TemplateError(inner)
            stack[-1][2].append(_Block(word, expression, tuple(body)))
        else:
            stack[-1][2].append(_Print(feel.parse(inner, names)))
    if len(stack) != 1:
        raise TemplateError("#" + stack[-1][0])
    if position < len(source):
        stack[-1][2].append(source[position:])
    return Text(source, tuple(stack[0][2]))


def _expressions(parts: tuple[_Part, ...]) -> list[feel.Expression]:
    found: list[feel.Expression] = []
    for part in parts:
        if isinstance(part, _Print):
            found.append(part.expression)
        elif isinstance(part, _Block):
            found += [part.expression, *_expressions(part.body)]
    return found


def _fill(parts: tuple[_Part, ...], scope: Mapping[str, Any], environment: feel.Environment) -> str:
    words: list[str] = []
    for part in parts:
        if isinstance(part, str):
            words.append(part)
            continue
        value = part.expression.evaluate(scope, environment).value
        if isinstance(part, _Print):
            words.append("" if value is None else value if isinstance(value, str) else feel.string(value))
        elif part.word == "if":
            words.append(_fill(part.body, scope, environment) if value is True else "")
        else:
            for item in value if isinstance(value, list) else []:
                inner = {**scope, **(item if isinstance(item, dict) else {}), "this": item, "parent": dict(scope)}
                words.append(_fill(part.body, inner, environment))
    return "".join(words)
