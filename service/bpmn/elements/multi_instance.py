"""The body around the turns of a multi-instance activity: counts them, keeps their results, knows when it is enough."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import cast

from service.bpmn.definition import Dialect, MultiInstance
from service.bpmn.expressions import Expression
from service.bpmn.failure import Failure
from service.bpmn.node import LOOP, MAPPED, RESULT, NodeSpec, Task
from service.feel import Value

COUNT, DONE, ITEMS, OUTPUTS, ENOUGH, BEGUN, REMOVED = "mn", "md", "mi", "mo", "me", "mb", "mr"

KIND = "EXTRACT_VALUE_ERROR"
LIMIT = 10_000  # turns of one activity


_PATH = re.compile(r"=\s*([A-Za-z_][A-Za-z0-9_]*)(\s*\.\s*[A-Za-z_][A-Za-z0-9_]*)*\s*")


def _variable(output: Expression | None) -> str | None:
    """The variable that an output element takes its value from, where it is a name or a path; as in Camunda 8."""
    found = None if output is None else _PATH.fullmatch(output.text)
    return None if found is None else found[1]


class BodySpec(NodeSpec):
    """Boundary events stand here, mappings and the work itself at the turns."""

    is_body = True

    def __init__(self, process: object, element: object, name: str) -> None:
        super().__init__(process, element, name)  # type: ignore[arg-type]
        self.element_type = "MULTI_INSTANCE_BODY"

    @property
    def characteristics(self) -> MultiInstance:
        return cast(MultiInstance, self.element.multi_instance)

    def enter(self, task: Task) -> bool:
        # The mappings of the element belong to the turns.
        from service.bpmn.node import ENTERED, PHASE, Phase

        data, workflow = task.internal_data, task.workflow
        if ENTERED not in data:
            data[ENTERED] = 1
            workflow.entered_visit(task)
        if data.get(PHASE, Phase.INPUTS) != Phase.ACTIVATION:
            self.subscribe(task)
            data[PHASE] = Phase.ACTIVATION
            if workflow.look_at_conditions() and not workflow.is_alive(task):
                return False
        return self.activate(task)

    def activate(self, task: Task) -> bool:
        many = self.characteristics
        items = self._items(task)
        data = task.internal_data
        data[COUNT], data[DONE] = len(items), 0
        if many.output_collection:
            data[OUTPUTS] = [None] * len(items)
        if not items:
            return True
        data[BEGUN] = 0
        if many.sequential:
            data[ITEMS] = items
            self.begin_turn(task, items[0])
        else:
            for item in items:
                self.begin_turn(task, item)
        self.count(task)
        return False

    def count(self, task: Task) -> None:
        """Camunda 7 keeps the counts as variables of the body, where the turns read them."""
        if self.process.definition.dialect is not Dialect.CAMUNDA_7:
            return
        for name, value in self.counters(task).items():
            if name.startswith("nr") and task.workflow.scopes.get(task.id, {}).get(name) != value:
                task.workflow.variable_set(task, task.id, name, value)

    def _items(self, task: Task) -> list[Value]:
        many = self.characteristics
        place = task.workflow.scopes_of(task)
        found: Value = None
        if many.collection is not None:
            found = place.evaluate(many.collection, KIND)
            if not isinstance(found, list):
                raise place.unfit(many.collection, KIND, "bpmn.collection_not_list", found)
            if many.cardinality is None:
                self._limited(len(found))
                return found
        if many.cardinality is None:
            raise Failure(KIND, "bpmn.loop_without_collection", element=self.element.id)
        count = place.evaluate(many.cardinality, KIND)
        if isinstance(count, str) and count.strip().lstrip("-").isdigit():
            count = Decimal(count)
        if not isinstance(count, Decimal) or count != int(count) or count < 0:
            raise place.unfit(many.cardinality, KIND, "bpmn.cardinality_not_number", count)
        turns = self._limited(int(count))
        if not isinstance(found, list):
            return [None] * turns
        if turns > len(found):  # Camunda 7 with both: so many turns, each with its item
            raise Failure(
                KIND, "bpmn.fewer_items_than_turns", expression=many.cardinality.text, count=turns, items=len(found)
            )
        return found[:turns]

    def _limited(self, turns: int) -> int:
        if turns > LIMIT:
            raise Failure(KIND, "bpmn.too_many_turns", element=self.element.id, count=turns, limit=LIMIT)
        return turns

    def begin_turn(self, task: Task, item: Value) -> None:
        """Begin the next turn with its item."""
        many, data = self.characteristics, task.internal_data
        index = data[BEGUN]
        data[BEGUN] += 1
        counter = index + many.first
        local: dict[str, Value] = {"loopCounter": Decimal(counter)}
        if many.element and many.collection is not None:
            local[many.element] = item
        if (own := _variable(many.output_element)) is not None:
            local.setdefault(own, None)  # so that turns side by side don't overwrite one another's result
        spec = self.process.task_specs[self.element.id]
        task.workflow.begin(spec, task, local=local, loop=counter)

    def turn_done(self, turn: Task) -> None:
        """A turn is about to complete: take its result, look whether it is enough. Raises `Failure`."""
        task, many = turn.parent, self.characteristics
        place, data = turn.workflow.scopes_of(turn), task.internal_data
        output = place.evaluate(many.output_element, KIND) if many.output_element is not None else None
        enough = False
        if many.completion is not None:
            value = place.evaluate(many.completion, "CONDITION_ERROR", self.counters(task, after=True))
            if value is not None and not isinstance(value, bool):
                raise place.unfit(many.completion, "CONDITION_ERROR", "bpmn.condition_not_boolean", value)
            enough = bool(value)
        data[DONE] += 1
        if OUTPUTS in data:
            data[OUTPUTS][turn.internal_data[LOOP] - many.first] = output
        if enough:
            data[ENOUGH] = 1

    def counters(self, task: Task, after: bool = False) -> dict[str, Value]:
        """What a completion condition may ask about, under Camunda 8's names and Camunda 7's."""
        data = task.internal_data
        done = data[DONE] + after
        active = len(task._children) - after
        total = Decimal(data[COUNT] - len(data.get(REMOVED, ())))
        return {
            "numberOfInstances": total,
            "numberOfActiveInstances": Decimal(active),
            "numberOfCompletedInstances": Decimal(done),
            "numberOfTerminatedInstances": Decimal(0),
            "nrOfInstances": total,
            "nrOfActiveInstances": Decimal(active),
            "nrOfCompletedInstances": Decimal(done),
        }

    def child_ended(self, task: Task, child: Task) -> None:
        data, workflow = task.internal_data, task.workflow
        if child.task_spec.name != self.element.id:  # a compensation handler
            return
        if ENOUGH in data:
            workflow.empty(task)
        elif self.characteristics.sequential and data[BEGUN] < data[COUNT]:
            self.begin_turn(task, data[ITEMS][data[BEGUN]])
        self.count(task)
        if not task._children:
            workflow.finish_later(task)

    def leave(self, task: Task) -> bool:
        data = task.internal_data
        many = self.characteristics
        if MAPPED not in data:
            data[MAPPED] = 1
            data.pop(RESULT, None)
            if many.output_collection:
                removed = data.pop(REMOVED, ())
                found = [one for index, one in enumerate(data.pop(OUTPUTS, [])) if index not in removed]
                task.workflow.scopes_of(task).outward().set(many.output_collection, found)
        return super().leave(task)
