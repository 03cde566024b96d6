"""Gateways: where tokens part and meet."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from service.bpmn.definition import Flow
from service.bpmn.node import NodeSpec, Task, no_flow

ARRIVED = "a"  # of a join: tokens by flow, those that no other token has been matched with


class ExclusiveSpec(NodeSpec):
    """The first flow whose condition holds, else the default; a flow without condition is one, as in Camunda 7."""

    def choose(self, task: Task) -> tuple[Flow, ...]:
        default = self.element.default
        for flow in self.flows:
            if flow.id != default and flow.condition is not None and task.workflow.holds(flow, task):
                return (flow,)
        for flow in self.flows:
            if flow.id == default or (default is None and flow.condition is None):
                return (flow,)
        if self.flows:
            raise no_flow(self.element)
        return ()


class JoinSpec(NodeSpec):
    """Tokens wait for one another; one flow node instance stands for the meeting."""

    @property
    def joins(self) -> bool:  # type: ignore[override]
        return len(self.element.incoming) > 1

    def arrive(self, task: Task, flow: Flow) -> None:
        arrived = task.internal_data.setdefault(ARRIVED, {})
        arrived[flow.id] = arrived.get(flow.id, 0) + 1

    def join(self, task: Task) -> None:
        """One token of each flow goes on; a second token of a flow waits for the next meeting."""
        workflow = task.workflow
        workflow.joined(task)
        rest = {flow: count - 1 for flow, count in task.internal_data.pop(ARRIVED, {}).items() if count > 1}
        task._ready()
        for flow, count in rest.items():
            for _ in range(count):
                workflow.meet(self, task.parent, self.process.definition.flows[flow])


class ParallelSpec(JoinSpec):
    """Waits for a token on every incoming flow, and leaves by every outgoing one."""

    def _update_hook(self, my_task: Task) -> bool:
        arrived = my_task.internal_data.get(ARRIVED)
        if arrived is None:
            return not self.joins
        if len(arrived) == len(self.element.incoming):
            self.join(my_task)
        return False

    def choose(self, task: Task) -> tuple[Flow, ...]:
        return self.flows


class InclusiveSpec(JoinSpec):
    """Waits for every token that could still come; leaves by every flow whose condition holds, else the default."""

    def _update_hook(self, my_task: Task) -> bool:
        arrived = my_task.internal_data.get(ARRIVED)
        if arrived is None:
            return not self.joins
        if len(arrived) == len(self.element.incoming):
            self.join(my_task)
        else:
            my_task.workflow.join_inclusively(my_task)
        return False

    def choose(self, task: Task) -> tuple[Flow, ...]:
        default = self.element.default
        taken = tuple(f for f in self.flows if f.id != default and task.workflow.holds(f, task))
        taken = taken or tuple(f for f in self.flows if f.id == default)
        if self.flows and not taken:
            raise no_flow(self.element)
        return taken

    def may_join(self, task: Task) -> bool:
        """No other token of the scope can reach a flow that has none yet.

        BPMN 2.0.2, 13.4.3: a token that can also reach a flow that already has one is not waited for.
        """
        arrived = set(task.internal_data[ARRIVED])
        missing = set(self.element.incoming) - arrived
        return not any(
            other is not task and self._comes(other.task_spec.element.id, missing, arrived)
            for other in task.parent.children
        )

    def _comes(self, element_id: str, missing: Iterable[str], arrived: Iterable[str]) -> bool:
        reach = self._reach
        return any(element_id in reach[flow] for flow in missing) and not any(
            element_id in reach[flow] for flow in arrived
        )

    @cached_property
    def _reach(self) -> dict[str, set[str]]:
        """For each incoming flow, the elements from which a path leads to it without passing this gateway."""
        definition = self.process.definition
        before: dict[str, list[str]] = {}
        for flow in definition.flows.values():
            before.setdefault(flow.target, []).append(flow.source)
        links: dict[str, list[str]] = {}
        for element in definition.elements.values():
            if element.attached_to is not None:
                before.setdefault(element.id, []).append(element.attached_to)
            if element.event is not None and element.event.kind == "link" and element.event.name is not None:
                links.setdefault(f"{element.tag} {element.parent} {element.event.name.value}", []).append(element.id)
        for key, targets in links.items():
            if key.startswith("intermediateCatchEvent "):
                for target in targets:
                    before.setdefault(target, []).extend(links.get(key.replace("Catch", "Throw", 1), []))
        found: dict[str, set[str]] = {}
        for incoming in self.element.incoming:
            seen: set[str] = set()
            queue = [definition.flows[incoming].source]
            while queue:
                element_id = queue.pop()
                if element_id in seen or element_id == self.element.id:
                    continue
                seen.add(element_id)
                queue.extend(before.get(element_id, ()))
            found[incoming] = seen
        return found


class EventBasedSpec(NodeSpec):
    """Waits for the first of the events that follow."""

    def activate(self, task: Task) -> bool:
        elements = self.process.definition.elements
        task.workflow.open(task, [elements[flow.target] for flow in self.flows])
        return False

    def choose(self, task: Task) -> tuple[Flow, ...]:
        return ()
