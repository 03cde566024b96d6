"""What can go wrong in an expression: diagnostics beside the value, and the two errors that are raised.

`MESSAGES` of `service.texts.messages.feel` lists the codes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from service.errors import Invalid, ServiceError


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Why a part of an expression was null."""

    code: str
    start: int  # positions in the text, 0-based, end exclusive
    end: int
    facts: dict[str, object] = field(default_factory=dict)


class FeelSyntaxError(Invalid):
    """A text is not FEEL.

    Facts: `line` and `column` (1-based), `text` (the line), `caret` (spaces and `^` below the place), and what was
    `expected` and `found` where that is known.
    """

    def __init__(self, code: str, source: str, position: int, **facts: object) -> None:
        before = source[:position]
        line = before.count("\n") + 1
        column = position - (before.rfind("\n") + 1) + 1
        text = source.split("\n")[line - 1] if source else ""
        first = max(0, column - 60)  # of a very long line only the part about the place
        shown = text[first : column + 60]
        super().__init__(code, line=line, column=column, text=shown, caret=" " * (column - 1 - first) + "^", **facts)
        self.position = position
        self.line = line
        self.column = column

    @property
    def caret(self) -> str:
        """The line and a caret below the place."""
        return f"{self.facts['text']}\n{self.facts['caret']}"


class AssertionFailed(ServiceError):
    """`assert()` did not hold: the one FEEL call that truly fails."""


class Failure(ServiceError):
    """Raised by a function that has no value to give: the call is null, and code and facts become its diagnostic."""


class Stop(Exception):
    """A limit is reached; the whole evaluation is null."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
