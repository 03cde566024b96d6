"""Another process is run inside: its own instance and scope, in the same document and transaction."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, cast

from service.bpmn.definition import Assignment, CalledProcess, Dialect, ProcessRef
from service.bpmn.elements.business_rule_task import version_of
from service.bpmn.expressions import Expression, Variable
from service.bpmn.failure import Failure
from service.bpmn.node import RESULT, NodeSpec, Task
from service.bpmn.scopes import Place
from service.bpmn.source import Source
from service.feel import Value

KIND = "CALLED_ELEMENT_ERROR"
DEPTH_LIMIT = 50  # process instances around one another; more is a process that calls itself for ever


class CallActivitySpec(NodeSpec):
    def activate(self, task: Task) -> bool:
        called = self._called()
        workflow = task.workflow
        place = workflow.scopes_of(task)
        process_id = place.text(called.process_id, KIND)
        if not process_id:
            raise place.unfit(called.process_id, KIND, "bpmn.process_without_called_id", None)
        if workflow.depth(task) >= DEPTH_LIMIT:
            raise Failure(KIND, "bpmn.call_depth", process=process_id, limit=DEPTH_LIMIT)
        reference = ProcessRef(process_id, called.binding, called.version_tag, called.version)
        definition = workflow.host.process(reference, workflow.ref(task))
        start = workflow.none_start(definition)
        if start is None:
            raise Failure(KIND, "bpmn.called_without_none_start", process=process_id)
        variables: dict[str, Value] = (
            place.variables() if called.all_parent_variables else dict(workflow.scopes.get(task.id, {}))
        )
        values: dict[str, Value] = {}
        for line in called.inputs:
            values[line.target[0]] = place.evaluate(line.source, "IO_MAPPING_ERROR")
        workflow.begin_instance(definition, task, {**variables, **values}, start)
        return False

    def _called(self) -> CalledProcess:
        return cast(CalledProcess, self.element.detail)

    def called_ended(self, task: Task, instance: Task) -> None:
        """The called process has come to its end: keep what it brings."""
        called = self._called()
        workflow = task.workflow
        variables = dict(workflow.scopes.get(instance.id, {}))
        brought: dict[str, Value] = {}
        if called.all_child_variables or (self.element.mappings.outputs and self.element.mappings.outputs_replace):
            brought.update(variables)
        place = Place(workflow, instance)
        for line in called.outputs:
            brought[line.target[0]] = place.evaluate(line.source, "IO_MAPPING_ERROR")
        task.internal_data[RESULT] = brought

    def child_ended(self, task: Task, child: Any) -> None:
        task.workflow.finish_later(task)


# As the Modeler writes it. A called process always belongs to the case of its caller.
_OWN_KEY = re.compile(r"[#$]\{\s*execution\.(processBusinessKey|businessKey)\s*\}")


def read(source: Source) -> CalledProcess | None:
    if source.dialect is Dialect.CAMUNDA_7:
        return _read_7(source)
    prefix = "zeebe:calledElement"
    holder = source.extension("calledElement")
    if holder is None:
        source.error("bpmn.called_process_missing", f"{prefix} processId")
        return None
    text = holder.attribute("processId") or holder.attribute("processIdExpression")
    process_id = holder.expression(text, f"{prefix} processId")
    if process_id is None:
        holder.error("bpmn.called_process_missing", f"{prefix} processId")
        return None
    if holder.attribute("businessId") is not None:
        holder.error("bpmn.business_key", f"{prefix} businessId", value=holder.attribute("businessId"))
    binding, tag = holder.binding(prefix)
    holder.refer("process", process_id, f"{prefix} processId", binding, tag)
    return CalledProcess(
        process_id,
        binding,
        tag,
        all_parent_variables=holder.flag("propagateAllParentVariables", True),
        all_child_variables=holder.flag("propagateAllChildVariables", True),
    )


def _read_7(source: Source) -> CalledProcess | None:
    text = source.attribute("calledElement")
    process_id = source.expression(text, "calledElement")
    if process_id is None:
        source.error("bpmn.called_process_missing", "calledElement")
        return None
    binding, tag, number = version_of(source, "calledElement")
    source.refer("process", process_id, "calledElement", binding, tag, number)
    inwards, outwards = read_lines(source, "in"), read_lines(source, "out")
    return CalledProcess(
        process_id,
        binding,
        tag,
        number,
        all_parent_variables=inwards.everything,
        all_child_variables=outwards.everything,
        inputs=inwards.lines,
        outputs=outwards.lines,
    )


@dataclass(frozen=True, slots=True)
class Lines:
    """What `camunda:in` or `camunda:out` takes over: all variables, and single ones under names of their own."""

    everything: bool
    lines: tuple[Assignment, ...]


def read_lines(source: Source, direction: str) -> Lines:
    """The `camunda:in` or `camunda:out` of a call activity, or of a signal that is thrown."""
    everything, lines = False, []
    property_ = f"camunda:{direction}"
    for part in source.extensions(direction):
        if (key := part.attribute("businessKey")) is not None:
            if not _OWN_KEY.fullmatch(key):
                part.error("bpmn.business_key", f"{property_} businessKey", value=key)
            continue
        if (all_ := part.attribute("variables")) is not None:
            everything = True
            if all_ != "all":
                part.error("bpmn.variables_all", f"{property_} variables", value=all_)
            continue
        target = part.attribute("target")
        expression = part.attribute("sourceExpression")
        if expression is None and (name := part.attribute("source")):
            line = _variable(name, target)
        else:
            line = part.assignment(expression, target, property_)
        if line is None:
            part.error("bpmn.mapping_without_target", property_, target=target or "")
        else:
            lines.append(line)
    return Lines(everything, tuple(lines))


def _variable(name: str, target: str | None) -> Assignment | None:
    """A variable taken over by name; one that isn't there is null."""
    return None if not target else Assignment(Expression(name, Variable(name)), (target,))
