"""Another process is run inside: its own instance and scope, in the same document and transaction."""

from __future__ import annotations

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
            raise Failure(KIND, "bpmn.process_without_called_id", expression=called.process_id.text)
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
    everything = {"in": False, "out": False}
    lines: dict[str, list[Assignment]] = {"in": [], "out": []}
    business_key = None
    for direction in ("in", "out"):
        for part in source.extensions(direction):
            property_ = f"camunda:{direction}"
            if part.attribute("businessKey"):
                business_key = part.expression(part.attribute("businessKey"), f"{property_} businessKey")
                continue
            if part.attribute("variables") == "all":
                everything[direction] = True
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
                lines[direction].append(line)
    return CalledProcess(
        process_id,
        binding,
        tag,
        number,
        all_parent_variables=everything["in"],
        all_child_variables=everything["out"],
        inputs=tuple(lines["in"]),
        outputs=tuple(lines["out"]),
        business_key=business_key,
    )


def _variable(name: str, target: str | None) -> Assignment | None:
    """A variable taken over by name; one that isn't there is null."""
    return None if not target else Assignment(Expression(name, Variable(name)), (target,))
