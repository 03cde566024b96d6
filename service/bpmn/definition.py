"""What a diagram says, once read: immutable, shared by all instances of a process definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from service.bpmn.expressions import Expression
from service.bpmn.timers import TimerDefinition
from service.errors import Finding


class Dialect(StrEnum):
    """Whose extensions a file is written with; told by executionPlatform, else by the namespace it declares."""

    CAMUNDA_8 = "camunda8"
    CAMUNDA_7 = "camunda7"


class Binding(StrEnum):
    """Which version of a form, decision or process is meant."""

    LATEST = "latest"
    DEPLOYMENT = "deployment"
    VERSION_TAG = "versionTag"
    VERSION = "version"  # Camunda 7 only


@dataclass(frozen=True, slots=True)
class FormRef:
    """The form of a user task or start event.

    `kind` is `linked` (`form_id` names a deployed form), `embedded` (`json` is the form) or `external` (`reference` is
    an address or key that the product only shows).
    """

    kind: str
    form_id: str | None = None
    json: str | None = None
    reference: str | None = None
    binding: Binding = Binding.LATEST
    version_tag: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class DecisionRef:
    """The decision that a business rule task asks for, its id already evaluated.

    With `rows` the host answers a list of contexts, one a matched rule, output name to value (Camunda 7's raw result);
    otherwise the value of the decision as FEEL sees it.
    """

    decision_id: str
    binding: Binding = Binding.LATEST
    version_tag: str | None = None
    version: int | None = None
    rows: bool = False


@dataclass(frozen=True, slots=True)
class ProcessRef:
    """The process that a call activity calls, its id already evaluated."""

    process_id: str
    binding: Binding = Binding.LATEST
    version_tag: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ElementRef:
    """One flow node instance, for the host: who asks."""

    key: int  # flow node instance
    element_id: str
    instance_key: int  # process instance (a called one, if so)
    definition_key: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A form, decision or process that a diagram names, for checks at deployment."""

    kind: str  # form | decision | process
    target: str | None  # None: only known at run time (an expression)
    binding: Binding
    version_tag: str | None
    element_id: str
    property: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class StartTrigger:
    """One way in which instances of a process begin."""

    element_id: str
    kind: str  # none | message | timer | signal | conditional
    name: Expression | None = None  # of the message or signal; static or FEEL without variables
    correlation_key: Expression | None = None
    timer: TimerDefinition | None = None
    condition: Expression | None = None
    form: FormRef | None = None
    initiator: str | None = None  # Camunda 7: variable that takes the name of whoever starts the process


@dataclass(frozen=True, slots=True)
class Assignment:
    """One line of a mapping: the value of `source` goes to the path `target`."""

    source: Expression
    target: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mappings:
    """Input and output mappings of an element."""

    inputs: tuple[Assignment, ...] = ()
    outputs: tuple[Assignment, ...] = ()
    # Camunda 8: with outputs, nothing else leaves the activity. Camunda 7: results go up as well.
    outputs_replace: bool = True


@dataclass(frozen=True, slots=True)
class MultiInstance:
    """A loop over a collection, or so many times."""

    sequential: bool
    collection: Expression | None = None
    cardinality: Expression | None = None
    element: str | None = None  # variable that holds the item
    output_collection: str | None = None
    output_element: Expression | None = None
    completion: Expression | None = None
    first: int = 1  # loopCounter of the first turn: 1 in Camunda 8, 0 in Camunda 7


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """What an event catches or throws; the fields that its kind needs are set."""

    kind: str  # message | signal | timer | conditional | error | escalation | compensation | link | terminate | cancel
    name: Expression | None = None  # message or signal name; link name
    correlation_key: Expression | None = None
    timer: TimerDefinition | None = None
    condition: Expression | None = None
    variable_names: tuple[str, ...] = ()  # conditional: look again only when one of these changed
    variable_events: tuple[str, ...] = ()  # conditional: create, update
    code: Expression | None = None  # error or escalation code; None catches all
    message: Expression | None = None  # Camunda 7: of a thrown error
    code_variable: str | None = None
    message_variable: str | None = None
    payload: tuple[Assignment, ...] = ()  # Camunda 7: what a signal takes along
    payload_of_all: bool = False  # all variables visible where it is thrown
    activity: str | None = None  # compensation: one activity only
    wait: bool = True  # compensation: go on when the handlers are done

    @property
    def link(self) -> str | None:
        """The name by which link events find each other."""
        return None if self.kind != "link" or self.name is None else str(self.name.value)


@dataclass(frozen=True, slots=True)
class Job:
    """Work for a handler outside the diagram."""

    topic: Expression
    retries: Expression | None = None
    priority: Expression | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class UserTaskDefinition:
    """Who works on a user task, until when, in which form."""

    assignee: Expression | None = None
    candidate_groups: Expression | None = None
    candidate_users: Expression | None = None
    due: Expression | None = None
    follow_up: Expression | None = None
    priority: Expression | None = None
    form_id: Expression | None = None
    form: FormRef | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CalledDecision:
    decision_id: Expression
    result_variable: str | None
    binding: Binding = Binding.LATEST
    version_tag: str | None = None
    version: int | None = None
    mapping: str | None = None  # Camunda 7: singleEntry | singleResult | collectEntries | resultList


@dataclass(frozen=True, slots=True)
class CalledProcess:
    process_id: Expression
    binding: Binding = Binding.LATEST
    version_tag: str | None = None
    version: int | None = None
    all_parent_variables: bool = True
    all_child_variables: bool = True
    inputs: tuple[Assignment, ...] = ()  # Camunda 7: in
    outputs: tuple[Assignment, ...] = ()  # Camunda 7: out


@dataclass(frozen=True, slots=True)
class Script:
    expression: Expression
    result_variable: str | None


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow."""

    id: str
    name: str
    source: str
    target: str
    condition: Expression | None = None


Detail = UserTaskDefinition | CalledDecision | CalledProcess | Script | Job


@dataclass(frozen=True, slots=True)
class Element:
    """One flow node of a process, sub-processes included."""

    id: str
    name: str
    type: str  # Camunda's name: USER_TASK, EXCLUSIVE_GATEWAY, EVENT_SUB_PROCESS, ...
    tag: str  # BPMN's name: userTask, exclusiveGateway, subProcess, ...
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)  # extension properties, rc.* among them
    lane: str | None = None  # name of the innermost lane
    parent: str | None = None  # id of the sub-process around it; None: the process itself
    incoming: tuple[str, ...] = ()  # ids of sequence flows
    outgoing: tuple[str, ...] = ()  # ids of sequence flows, in the order of the file
    default: str | None = None  # id of the default flow
    attached_to: str | None = None  # boundary event: the activity
    interrupting: bool = True  # boundary event, start of an event sub-process
    for_compensation: bool = False
    event: EventDefinition | None = None
    multi_instance: MultiInstance | None = None
    mappings: Mappings = Mappings()
    detail: Detail | None = None
    line: int | None = None

    @property
    def article(self) -> str | None:
        """The article of law that the element rests on, from the property `rc.article`."""
        return self.properties.get("rc.article")


@dataclass(frozen=True)
class ProcessDefinition:
    """One executable process of a file."""

    process_id: str
    name: str
    version_tag: str | None
    file: str
    dialect: Dialect
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    starts: tuple[StartTrigger, ...] = ()
    references: tuple[Reference, ...] = ()
    start_form: FormRef | None = None
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    compensation_handlers: Mapping[str, str] = field(default_factory=dict)  # boundary event id -> activity id
    # Camunda 7: who may start the process by hand; with neither, whoever may start processes at all
    candidate_starter_groups: tuple[str, ...] = ()
    candidate_starter_users: tuple[str, ...] = ()
    key: int = 0  # given by the runtime when it is deployed
    built: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)  # what `specification` keeps here

    def with_key(self, key: int) -> ProcessDefinition:
        """The same definition under the key that the site gave it."""
        return replace(self, key=key, built={})

    def in_scope(self, parent: str | None) -> tuple[Element, ...]:
        """The elements directly inside a sub-process, or inside the process."""
        return self._by_parent.get(parent, ())

    @cached_property
    def _by_parent(self) -> dict[str | None, tuple[Element, ...]]:
        found: dict[str | None, list[Element]] = {}
        for element in self.elements.values():
            found.setdefault(element.parent, []).append(element)
        return {parent: tuple(elements) for parent, elements in found.items()}


@dataclass(frozen=True)
class File:
    """One BPMN file as read."""

    name: str
    dialect: Dialect
    processes: tuple[ProcessDefinition, ...]
    findings: tuple[Finding, ...]
    drawing: bool  # no executable process: stored and shown only
    platform_version: str | None = None
    process_ids: tuple[str, ...] = ()  # of all processes, those only drawn too
