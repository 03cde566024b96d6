"""What a decision file says: decisions, their logic and what each requires; frozen, shared by all evaluations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from service.errors import Finding
from service.feel import Run as FeelRun
from service.feel import Value
from service.feel.types import ANY, Type


class HitPolicy(StrEnum):
    """What holds when several rules of a table match. DMN 1.5, 8.2.8."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"

    @property
    def is_single(self) -> bool:
        """Whether the table's result is one rule's output, not a list of outputs."""
        return self in {HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.ANY, HitPolicy.PRIORITY}


class Aggregation(StrEnum):
    """How COLLECT makes one value of many."""

    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


class Run(Protocol):
    """What logic may ask of the evaluation that it is part of; see `service.dmn.run`."""

    @property
    def feel(self) -> FeelRun:
        """FEEL's own state: environment with the model's types, steps taken, depth of calls."""

    def coerce(self, value: Value, wanted: Type, element_id: str | None, name: str = "") -> Value:
        """The value as that type by the implicit conversions; null with a diagnostic where there is none."""

    def note(self, code: str, element_id: str | None, **facts: object) -> None:
        """Add a diagnostic."""

    def take_diagnostics(self, element_id: str | None, text: str) -> None:
        """Move what FEEL has noted to the evaluation's diagnostics, naming the expression."""

    def fail(self, code: str, **facts: object) -> None:
        """Note a reason why the result must not be used; the decision under evaluation is named with it."""


class Logic(Protocol):
    """A boxed expression, read and compiled."""

    @property
    def kind(self) -> str:
        """The element's name in the file, e.g. `decisionTable`."""

    def evaluate(self, scope: Mapping[str, Value], run: Run) -> Value:
        """Return the value; null where FEEL says so, the reason in the run's diagnostics."""


@dataclass(frozen=True, slots=True)
class InputColumn:
    id: str
    label: str  # as the Modeler shows it; the expression's text where there is none
    expression: str
    type_name: str | None
    allowed: str  # predefined values as FEEL text; empty where there are none


@dataclass(frozen=True, slots=True)
class OutputColumn:
    id: str
    name: str  # key in the result of a table with several outputs; may be empty for a single one
    label: str
    type_name: str | None
    allowed: str  # predefined values as FEEL text, in order of priority
    default: str  # value when no rule matches, as FEEL text


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    index: int  # 1-based row
    inputs: tuple[str, ...]  # cell texts in column order; `-` or empty means any
    outputs: tuple[str, ...]
    annotations: Mapping[str, str]  # column name -> text; the Modeler's own column is `description`
    line: int | None = None


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A decision table as people read it."""

    id: str
    hit_policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    annotations: tuple[str, ...]
    rules: tuple[Rule, ...]


class Reference(NamedTuple):
    """Which element another one requires; `namespace` is empty within one file."""

    namespace: str
    id: str


class Parameter(NamedTuple):
    """A formal parameter of a function."""

    name: str
    type: Type = ANY


@dataclass(frozen=True, eq=False)
class InputData:
    id: str
    name: str  # of its variable, under which its value stands in scope
    type: Type = ANY
    label: str = ""  # as the diagram shows it


@dataclass(frozen=True, eq=False)
class Decision:
    id: str
    name: str
    variable: str  # name of its result, mostly the same
    version_tag: str | None
    kind: str  # name of the logic's element, or `empty`
    logic: Logic | None  # None: a decision without logic, whose value is null
    type: Type = ANY
    required_inputs: tuple[Reference, ...] = ()
    required_decisions: tuple[Reference, ...] = ()
    required_knowledge: tuple[Reference, ...] = ()
    description: str = ""
    question: str = ""
    table: DecisionTable | None = None  # where the logic is a table
    text: str = ""  # where the logic is a literal expression
    line: int | None = None


@dataclass(frozen=True, eq=False)
class BusinessKnowledgeModel:
    """A named function of the model."""

    id: str
    name: str
    parameters: tuple[Parameter, ...]
    logic: Logic | None
    type: Type = ANY
    required_knowledge: tuple[Reference, ...] = ()
    line: int | None = None


@dataclass(frozen=True, eq=False)
class DecisionService:
    """Decisions offered as one function of the decisions and data they are given."""

    id: str
    name: str
    outputs: tuple[Reference, ...]
    encapsulated: tuple[Reference, ...]
    input_decisions: tuple[Reference, ...]
    input_data: tuple[Reference, ...]
    type: Type = ANY
    line: int | None = None


Element = InputData | Decision | BusinessKnowledgeModel | DecisionService


@dataclass(frozen=True, slots=True)
class Import:
    name: str  # prefix of the imported names; empty: they join this model's names
    namespace: str
    location: str  # file name, where given
    line: int | None = None


@dataclass(frozen=True, eq=False)
class Model:
    id: str
    name: str
    namespace: str
    file: str
    decisions: tuple[Decision, ...]
    services: tuple[DecisionService, ...]
    bkms: tuple[BusinessKnowledgeModel, ...]
    inputs: tuple[InputData, ...]
    imports: tuple[Import, ...]
    findings: tuple[Finding, ...]
    types: Mapping[str, Type] = field(repr=False)  # item definitions by name, imported ones by `import.name`
    elements: Mapping[str, Element] = field(repr=False)  # by id
    imported: Mapping[str, Model] = field(repr=False)  # by the import's name
    decisions_by_name: Mapping[str, Decision] = field(repr=False)  # the first of each name
    xml: bytes = field(repr=False)
    names: frozenset[str] = field(default=frozenset(), repr=False)  # of functions that the environment adds

    def decision(self, reference: str) -> Decision | None:
        """The decision with this id, else with this name."""
        found = self.elements.get(reference)
        return found if isinstance(found, Decision) else self.decisions_by_name.get(reference)

    def resolve(self, reference: Reference) -> tuple[str | None, Model, Element] | None:
        """The import's name (None for this model), the model and the element that a reference points to."""
        if not reference.namespace or (reference.namespace == self.namespace and reference.id in self.elements):
            element = self.elements.get(reference.id)
            return (None, self, element) if element else None
        for name, model in self.imported.items():
            if model.namespace == reference.namespace and reference.id in model.elements:
                return name, model, model.elements[reference.id]
        return None
