"""What a new version of a process, decision or form changes against the one in force, named as people know it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from service import dmn, forms, store
from service.runtime.deployments import Deployed
from service.runtime.unit import UnitOfWork
from service.store.definitions import AnyDefinition, DecisionDefinition, FormDefinition, ProcessDefinition

__all__ = ["Difference", "of_deployment"]

# Id of a part -> what it is called and what it says; parts that say the same are equal.
Parts = Mapping[str, tuple[str, object]]


@dataclass(frozen=True, slots=True)
class Difference:
    """One definition of a deployment beside the version in force."""

    kind: str  # process | decision | form
    name: str
    version: int
    former: int | None  # version in force; None: it is new
    added: tuple[str, ...] = ()  # names of steps, rules or fields
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def is_inner(self) -> bool:
        """Whether nothing that has a name of its own changed: layout, notes, or a form that it binds."""
        return not (self.added or self.removed or self.changed)


def of_deployment(unit: UnitOfWork, deployed: Deployed) -> list[Difference]:
    """Return what each definition that a deployment brings or lets in changes, in the order of its files."""
    key = deployed.deployment.key
    found = [
        _difference(unit, "process", row, ProcessDefinition, _process)
        for row in deployed.processes
        if row.deployment_key == key
    ]
    found += [
        _difference(unit, "decision", row, DecisionDefinition, _decision)
        for row in deployed.decisions
        if row.deployment_key == key
    ]
    found += [
        _difference(unit, "form", row, FormDefinition, _form) for row in deployed.forms if row.deployment_key == key
    ]
    return found


def _difference(unit: UnitOfWork, kind: str, row: Any, table: type[AnyDefinition], parts_of: Any) -> Difference:
    former = store.definitions.before(unit.session, table, row.definition_id, row.version)
    name = row.name or row.definition_id
    if former is None:
        return Difference(kind, name, row.version, None)
    old, new = parts_of(unit, former), parts_of(unit, row)
    return Difference(
        kind,
        name,
        row.version,
        former.version,
        _names(new, (part for part in new if part not in old)),
        _names(old, (part for part in old if part not in new)),
        _names(new, (part for part in new if part in old and old[part][1] != new[part][1])),
    )


def _names(parts: Parts, ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(parts[part][0] for part in ids))


def _process(unit: UnitOfWork, row: ProcessDefinition) -> Parts:
    model = unit.engine.definitions.process(unit.session, row.key)
    parts: dict[str, tuple[str, object]] = {}
    for element in model.elements.values():
        # Where it stands in the file and which lines meet there is no change of the step.
        plain = dataclasses.replace(element, line=None, incoming=(), outgoing=())
        parts[element.id] = (element.name or element.id, plain)
    for flow in model.flows.values():
        ends = [model.elements[end].name or end for end in (flow.source, flow.target) if end in model.elements]
        condition = flow.condition.text if flow.condition else ""
        parts[flow.id] = (flow.name or " → ".join(ends), (flow.name, flow.source, flow.target, condition))
    return parts


def _decision(unit: UnitOfWork, row: DecisionDefinition) -> Parts:
    model = unit.engine.definitions.model(unit.session, row.requirements_key)
    decision = next((found for found in model.decisions if found.id == row.definition_id), None)
    return {} if decision is None else _rules(decision)


def _rules(decision: dmn.Decision) -> Parts:
    parts: dict[str, tuple[str, object]] = {}
    table = decision.table
    if table is None:
        parts[decision.id] = (decision.name or decision.id, (decision.kind, decision.text, decision.type))
        return parts
    head = (table.hit_policy, table.aggregation, table.inputs, table.outputs, decision.required_decisions)
    parts[decision.id] = (decision.name or decision.id, head)
    for rule in table.rules:
        said = next((text for text in rule.annotations.values() if text), "")
        parts[rule.id] = (f"{rule.index} {said}".strip(), (rule.inputs, rule.outputs, dict(rule.annotations)))
    return parts


def _form(unit: UnitOfWork, row: FormDefinition) -> Parts:
    return _components(unit.engine.definitions.form(unit.session, row.key))


def _components(form: forms.Form) -> Parts:
    parts: dict[str, tuple[str, object]] = {}

    def walk(components: Any) -> None:
        for component in components if isinstance(components, list) else ():
            if not isinstance(component, dict):
                continue
            own = {name: value for name, value in component.items() if name not in {"components", "layout"}}
            key = str(component.get("key") or component.get("path") or component.get("id") or "")
            label = str(component.get("label") or component.get("text") or key)
            parts[f"{component.get('type')}:{key}"] = (label.strip()[:80], own)
            walk(component.get("components"))

    walk(form.schema.get("components"))
    return parts
