"""The state of one evaluation: what is given, what was computed, what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.dmn.model import Decision, Element, Model
from service.dmn.trace import Diagnostic, EvaluatedDecision, Failure
from service.feel import Run as FeelRun
from service.feel import Value, type_name
from service.feel.types import ANY, Type, coerce

# So many are kept: the first ones tell why, thousands more would tell no more.
MAXIMUM_DIAGNOSTICS = 500


@dataclass(slots=True)
class Journal:
    """What all models of one evaluation write to together."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


@dataclass(slots=True)
class Run:
    """One evaluation within one model. Imported models are evaluated in a run of their own with the same journal."""

    model: Model
    feel: FeelRun  # FEEL's own state: environment with the model's types, steps taken, depth of calls
    inputs: Mapping[str, Value]  # all that is supplied, by name
    given: Mapping[str, Value]  # values that stand in for decisions, by name
    journal: Journal
    decisions: list[EvaluatedDecision] | None  # None: nobody asks why
    results: dict[Element, Value] = field(default_factory=dict)  # computed so far; functions are values too
    pending: set[Decision] = field(default_factory=set)  # being computed, or next in turn
    imported: dict[str, Run] = field(default_factory=dict)  # by the import's name
    decision: Decision | None = None  # the one under evaluation
    explaining: bool = False  # the trace is to hold every cell of a table

    def coerce(self, value: Value, wanted: Type, element_id: str | None, name: str = "") -> Value:
        """The value as that type by the implicit conversions; null with a diagnostic where there is none."""
        if wanted is ANY:
            return value
        converted, fits = coerce(value, wanted, self.feel.environment.types)
        if not fits:
            self.note("dmn_type_mismatch", element_id, name=name, wanted=str(wanted), got=type_name(value))
        return converted

    def note(self, code: str, element_id: str | None, **facts: object) -> None:
        if len(self.journal.diagnostics) < MAXIMUM_DIAGNOSTICS:
            self.journal.diagnostics.append(Diagnostic(code, element_id, facts))

    def take_diagnostics(self, element_id: str | None, text: str) -> None:
        """Move what FEEL has noted to the journal, naming the expression."""
        room = MAXIMUM_DIAGNOSTICS - len(self.journal.diagnostics)
        self.journal.diagnostics.extend(
            Diagnostic(one.code, element_id, one.facts, text, one.start, one.end)
            for one in self.feel.diagnostics[: max(room, 0)]
        )
        self.feel.diagnostics.clear()

    def fail(self, code: str, **facts: object) -> None:
        """Note a reason why the result must not be used; the decision under evaluation is named with it."""
        decision = self.decision
        named = {"decision_id": decision.id, "decision": decision.name} if decision else {}
        self.journal.failures.append(Failure(code, {**named, **facts}))
