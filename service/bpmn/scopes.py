"""Variable scopes: what a flow node instance sees, where it writes, and the mappings at its borders.

A name is read from the nearest scope outwards up to the process instance, and written where it lives, else at the
process instance. Records stand outside all scopes, before them, and cannot be written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from service import feel
from service.bpmn.definition import Assignment, Mappings
from service.bpmn.expressions import Expression
from service.bpmn.failure import Failure
from service.errors import ServiceError
from service.feel import Value

Workflow = Any  # service.bpmn.workflow.Workflow, which imports this module
Task = Any


def plain(value: object) -> Value:
    """A value as scopes hold it: JSON values, temporal ones as text. Raises `Invalid` for functions and ranges."""
    return cast(Value, feel.codec.plain(value))


def plain_all(variables: Mapping[str, object] | None) -> dict[str, Value]:
    return {name: plain(value) for name, value in (variables or {}).items()}


class ScopeView(Mapping[str, Value]):
    """Everything visible at one place, nearest first."""

    def __init__(self, records: Mapping[str, Value], layers: tuple[Mapping[str, Value], ...]) -> None:
        self._records = records
        self._layers = layers

    def __getitem__(self, name: str) -> Value:
        if name in self._records:
            return self._records[name]
        for layer in self._layers:
            if name in layer:
                return layer[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return name in self._records or any(name in layer for layer in self._layers)

    def __iter__(self) -> Iterator[str]:
        seen: set[str] = set()
        for layer in (self._records, *self._layers):
            for name in layer:
                if name not in seen:
                    seen.add(name)
                    yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Place:
    """The scopes as seen from one flow node instance."""

    def __init__(self, workflow: Workflow, task: Task) -> None:
        self.workflow = workflow
        self.task = task

    def chain(self) -> list[int]:
        """Keys of the scopes that hold variables, nearest first; the process instance is the last."""
        found: list[int] = []
        task = self.task
        scopes = self.workflow.scopes
        while task is not None:
            if task.id in scopes:
                found.append(task.id)
            if task.task_spec.is_instance:
                break
            task = task.parent
        return found

    def view(self, extra: Mapping[str, Value] | None = None) -> ScopeView:
        layers: tuple[Mapping[str, Value], ...] = tuple(self.workflow.scopes[key] for key in self.chain())
        if extra is not None:
            layers = (extra, *layers)
        # Whose record `subject` is depends on the variable `subject` at this place.
        records = self.workflow.host.records(self.workflow.instance_of(self.task).id, ScopeView({}, layers))
        return ScopeView(records, layers)

    def arguments(self) -> ScopeView:
        """What a decision is asked with: the inputs mapped for it come before records of the same name."""
        return ScopeView(self.workflow.scopes.get(self.task.id, {}), (self.view(),))

    def variables(self) -> dict[str, Value]:
        """All variables visible here, records left out."""
        found: dict[str, Value] = {}
        for key in reversed(self.chain()):
            found.update(self.workflow.scopes[key])
        return found

    def evaluate(self, expression: Expression, kind: str, extra: Mapping[str, Value] | None = None) -> Value:
        """The value as it may enter a scope (plain JSON values). Raises `Failure`."""
        value = self.raw(expression, kind, extra)
        try:
            return plain(value)
        except ServiceError as error:
            raise Failure(kind, error.code, **{"expression": expression.text, **error.facts}) from error

    def raw(self, expression: Expression, kind: str, extra: Mapping[str, Value] | None = None) -> Value:
        """The FEEL value itself. Raises `Failure`, with what an incident has to tell."""
        if expression.is_static:
            return expression.value
        view = self.view(extra)
        environment = self.workflow.host.environment
        try:
            return expression.evaluate(view, environment, kind)
        except Failure as failure:
            failure.facts.update(expression.explain(view, environment))
            raise

    def text(self, expression: Expression | None, kind: str) -> str | None:
        """The value as text; None for null. Raises `Failure` for a list, context or function."""
        if expression is None:
            return None
        value = self.evaluate(expression, kind)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, (list, dict)):
            raise self.unfit(expression, kind, "bpmn.text_expected", value)
        return feel.string(value)

    def texts(self, expression: Expression | None, kind: str) -> tuple[str, ...]:
        """The value as texts: a list of them, or text parted by commas. Raises `Failure` for anything else."""
        if expression is None:
            return ()
        value = self.evaluate(expression, kind)
        if value is None:
            return ()
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(str(item) for item in value)
        raise self.unfit(expression, kind, "bpmn.texts_expected", value)

    def unfit(self, expression: Expression, kind: str, code: str, value: Value) -> Failure:
        """A failure because a value is of the wrong kind."""
        facts = expression.explain(self.view(), self.workflow.host.environment)
        return Failure(kind, code, **{**facts, "found": feel.type_name(value)})

    # Writing

    def set_local(self, name: str, value: Value) -> None:
        """A variable of this flow node instance itself."""
        self._write(self.task.id, name, value)

    def set(self, name: str, value: Value) -> None:
        """Written where the name lives, else at the process instance."""
        chain = self.chain()
        for key in chain:
            if name in self.workflow.scopes[key]:
                self._write(key, name, value)
                return
        self._write(chain[-1], name, value)

    def _write(self, key: int, name: str, value: Value) -> None:
        self.workflow.variable_set(self.task, key, name, value)

    def outward(self) -> Place:
        """The scopes around this flow node instance."""
        return (
            self
            if self.task.parent is None or self.task.task_spec.is_instance
            else Place(self.workflow, self.task.parent)
        )

    # Mappings

    def map_inputs(self, lines: Iterable[Assignment]) -> None:
        """Give this flow node instance its local variables; a later line sees the earlier ones. All or nothing."""
        values: dict[str, Value] = {}
        for line in lines:
            value = self.evaluate(line.source, "IO_MAPPING_ERROR", values)
            self._assign(values, line.target, value, lambda name: None)
        for name, value in values.items():
            self.set_local(name, value)

    def map_outputs(self, mappings: Mappings, result: Mapping[str, Value]) -> None:
        """Let the result go where the dialect sends it, through the output mappings. All or nothing."""
        outside = self.outward()
        values: dict[str, Value] = {}
        if mappings.outputs:
            seen = dict(result)
            for line in mappings.outputs:
                value = self.evaluate(line.source, "IO_MAPPING_ERROR", {**seen, **values})
                self._assign(values, line.target, value, outside.view().get)
        if not (mappings.outputs and mappings.outputs_replace):
            for name, value in result.items():
                self.set(name, value)
        for name, value in values.items():
            outside.set(name, value)

    @staticmethod
    def _assign(values: dict[str, Value], path: tuple[str, ...], value: Value, before: Any) -> None:
        """Put `value` at a path; contexts on the way are copied, so that no other holder of them sees the change."""
        name, *rest = path
        if not rest:
            values[name] = value
            return
        known = values[name] if name in values else before(name)
        top: dict[str, Value] = dict(known) if isinstance(known, dict) else {}
        values[name] = top
        for key in rest[:-1]:
            inner = top.get(key)
            fresh: dict[str, Value] = dict(inner) if isinstance(inner, dict) else {}
            top[key] = fresh
            top = fresh
        top[rest[-1]] = value
