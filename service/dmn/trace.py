"""What an evaluation leaves behind: the value, why it is that value, and what went wrong on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from service import feel


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Why something became null."""

    code: str  # key of the message in service.texts; those of feel among them
    element_id: str | None  # element of the model that was being evaluated
    facts: Mapping[str, object] = field(default_factory=dict)
    text: str = ""  # the expression
    start: int = 0  # position in the expression
    end: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """A reason why the value must not be used: the runtime raises an incident."""

    code: str
    facts: Mapping[str, object]


class InputValue(NamedTuple):
    id: str
    name: str
    value: feel.Value


class OutputValue(NamedTuple):
    id: str
    name: str
    value: feel.Value


@dataclass(frozen=True, slots=True)
class MatchedRule:
    id: str
    index: int  # 1-based
    outputs: tuple[OutputValue, ...]
    annotations: Mapping[str, str]  # column -> text


@dataclass(frozen=True, slots=True)
class RuleNotMatched:
    """A rule that did not match, with the first cell that failed."""

    id: str
    index: int  # 1-based
    input_id: str
    input_name: str
    wanted: str  # text of the cell
    got: feel.Value


Outcomes = tuple[bool | None, ...]  # of a rule's cells by column; None for a cell that takes anything


@dataclass(slots=True)
class TableTrace:
    """What one decision table did, written while it is evaluated."""

    wants_cells: bool = False  # every cell of every rule is to be tested, not only as far as the result needs
    inputs: tuple[InputValue, ...] = ()
    matched: tuple[MatchedRule, ...] = ()
    not_matched: tuple[RuleNotMatched, ...] = ()
    cells: tuple[Outcomes, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluatedDecision:
    id: str
    name: str
    type: str  # the logic's element name, e.g. decisionTable
    inputs: tuple[InputValue, ...]  # a table's input columns; else the values of what the decision requires
    matched: tuple[MatchedRule, ...]
    rules_not_matched: tuple[RuleNotMatched, ...]  # under FIRST only those before the match
    output: feel.Value
    cells: tuple[Outcomes, ...] = ()  # by rule; only where an explanation was asked for


@dataclass(frozen=True, slots=True)
class Evaluation:
    value: feel.Value
    diagnostics: tuple[Diagnostic, ...]
    failures: tuple[Failure, ...]
    decisions: tuple[EvaluatedDecision, ...]  # in order of evaluation, required ones first

    @property
    def failed(self) -> bool:
        """Whether the value must not be used."""
        return bool(self.failures)
