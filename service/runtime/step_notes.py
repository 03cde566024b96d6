"""What a diagram notes about its steps in extension properties: article, English name, words, rights of fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service import store
from service.bpmn.definition import Element
from service.bpmn.properties import FIELD_PREFIX, VERBS, verbs
from service.errors import NotFound
from service.runtime.unit import UnitOfWork
from service.store.definitions import ProcessDefinition
from service.store.user_tasks import UserTask

READONLY = "readonly"


@dataclass(frozen=True, slots=True)
class StepNotes:
    """The notes of one element; None where the diagram says nothing."""

    name: str = ""  # as the diagram calls the step
    article: str | None = None  # of the law the step rests on
    name_en: str | None = None
    submit: str | None = None  # word of the button that completes the task
    verbs: frozenset[str] = frozenset(VERBS)  # what can be done about the task besides working on it
    deadline: str | None = None  # id of a parameter
    not_by: tuple[str, ...] = ()  # ids of steps; whoever did one of them last may not do this one
    opinions: str | None = None  # before | after the form; None: beside it
    bulk: bool = False  # several tasks of the step may be completed at once from the list
    fields: Mapping[str, str] = field(default_factory=dict)  # key of a field -> readonly | hidden | masked


def of_task(unit: UnitOfWork, task: UserTask) -> StepNotes:
    """Return the notes of a task's element."""
    return of_element(unit, task.definition_key, task.element_id)


def of_element(unit: UnitOfWork, definition_key: int, element_id: str) -> StepNotes:
    """Return the notes of an element, none for an element or definition that isn't there."""
    element = _elements(unit, definition_key).get(element_id)
    return StepNotes() if element is None else _of(element)


def of_definition(unit: UnitOfWork, definition_key: int) -> dict[str, StepNotes]:
    """Return the notes of every element of a version of a process, by element id."""
    return {element.id: _of(element) for element in _elements(unit, definition_key).values()}


def searchable(unit: UnitOfWork) -> frozenset[str]:
    """Return the variables by whose values tasks are found: `rc.searchable` of the processes in force.

    What a step of the same process hides or masks is left out: who may not see a value must not find it by guessing.
    """
    found: set[str] = set()
    for row in store.definitions.latest_of_each(unit.session, ProcessDefinition):
        process = unit.engine.definitions.process(unit.session, row.key)
        named = {name.strip() for name in process.properties.get("rc.searchable", "").split(",")} - {""}
        if named:
            found |= named - {
                key.partition(".")[0]
                for element in process.elements.values()
                for key, right in _of(element).fields.items()
                if right != READONLY
            }
    return frozenset(found)


def _elements(unit: UnitOfWork, definition_key: int) -> Mapping[str, Element]:
    try:
        return unit.engine.definitions.process(unit.session, definition_key).elements
    except NotFound:
        if store.definitions.get(unit.session, ProcessDefinition, definition_key) is None:
            return {}
        raise


def _of(element: Element) -> StepNotes:
    properties = element.properties
    return StepNotes(
        name=element.name or element.id,
        article=properties.get("rc.article"),
        name_en=properties.get("rc.nameEn"),
        submit=properties.get("rc.submit"),
        verbs=verbs(properties),
        deadline=properties.get("rc.deadline"),
        not_by=tuple(name.strip() for name in properties.get("rc.notBy", "").split(",") if name.strip()),
        opinions=properties.get("rc.opinions"),
        bulk=properties.get("rc.bulkAgree") == "true",
        fields={
            name.removeprefix(FIELD_PREFIX): right
            for name, right in properties.items()
            if name.startswith(FIELD_PREFIX)
        },
    )
