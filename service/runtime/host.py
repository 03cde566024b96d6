"""What a running workflow sees of the outside: the moment, FEEL functions, records, decisions, called processes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from service import bpmn, feel
from service.bpmn import Failure
from service.bpmn.definition import DecisionRef, ElementRef, ProcessDefinition, ProcessRef
from service.bpmn.waits import Link
from service.errors import NotFound
from service.feel import Value
from service.runtime import decision_run
from service.runtime.definitions import bound
from service.runtime.unit import InstanceContext, UnitOfWork
from service.store.definitions import DecisionDefinition
from service.store.definitions import ProcessDefinition as ProcessRow


class InstanceHost:
    """The host of one root instance; a unit of work binds itself to it for as long as it moves the instance."""

    def __init__(self, root_key: int, business_key: str | None, process_id: str) -> None:
        # Follows the evaluation, so that a domain function knows whose expression calls it.
        self.context = InstanceContext(root_key, root_key, business_key, {}, process_id)
        self._unit: UnitOfWork | None = None
        self._environment: feel.Environment | None = None

    def bind(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._environment = None

    def release(self) -> None:
        """Forget the unit, so that a cached workflow holds on to no session."""
        self._unit = None
        self._environment = None
        self.context.variables = {}

    @property
    def unit(self) -> UnitOfWork:
        if self._unit is None:
            raise RuntimeError("no unit of work moves this instance")
        return self._unit

    @property
    def now(self) -> datetime:
        return self.unit.now

    @property
    def environment(self) -> feel.Environment:
        if self._environment is None:
            unit = self.unit
            self._environment = feel.Environment(
                now=unit.now,
                zone=unit.engine.zone,
                functions=unit.engine.plugins.functions.functions(unit, self.context),
            )
        return self._environment

    def new_key(self) -> int:
        return self.unit.new_key()

    def decide(self, reference: DecisionRef, variables: Mapping[str, Value], element: ElementRef) -> Value:
        unit = self.unit
        try:
            row = bound(
                unit.session,
                DecisionDefinition,
                reference.decision_id,
                reference.binding,
                version_tag=reference.version_tag,
                version=reference.version,
                caller_key=element.definition_key,
                since=self._rules_since(element, variables),
            )
        except NotFound as error:
            raise Failure("CALLED_DECISION_ERROR", error.code, **error.facts) from error
        context = InstanceContext(
            element.instance_key, self.context.root_key, self.context.business_key, variables, self.context.process_id
        )
        run = decision_run.evaluate(unit, row, variables, self.environment, context, element)
        if run.evaluation.failed:
            failure = run.evaluation.failures[0]
            facts = {str(name): value for name, value in failure.facts.items()}
            facts |= {"decision": reference.decision_id, "evaluation": run.row.key}
            raise Failure("DECISION_EVALUATION_ERROR", failure.code, **facts)
        return run.matched_rows() if reference.rows else run.evaluation.value

    def process(self, reference: ProcessRef, element: ElementRef) -> ProcessDefinition:
        unit = self.unit
        try:
            row = bound(
                unit.session,
                ProcessRow,
                reference.process_id,
                reference.binding,
                version_tag=reference.version_tag,
                version=reference.version,
                caller_key=element.definition_key,
            )
            return unit.engine.definitions.process(unit.session, row.key)
        except NotFound as error:
            raise Failure("CALLED_ELEMENT_ERROR", error.code, **error.facts) from error

    def _rules_since(self, element: ElementRef, variables: Mapping[str, Value]) -> datetime | None:
        context = InstanceContext(
            element.instance_key, self.context.root_key, self.context.business_key, variables, self.context.process_id
        )
        return self.unit.engine.plugins.rules_since(self.unit, context)

    def records(self, instance_key: int, variables: Mapping[str, Value]) -> Mapping[str, Value]:
        self.context.instance_key = instance_key
        self.context.variables = variables
        source = self.unit.engine.plugins.records
        return source.read(self.unit, self.context) if source.names else {}

    def links(self) -> tuple[Link, ...]:
        links = tuple(dict.fromkeys(self.unit.links))
        self.unit.links.clear()
        return links


_protocol: type[bpmn.Host] = InstanceHost
