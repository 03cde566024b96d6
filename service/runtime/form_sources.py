"""Forms as they stand in their files or diagrams, for programs that show them by themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace

from service import feel, forms, store
from service.bpmn.definition import FormRef
from service.errors import NotFound
from service.runtime import step_notes
from service.runtime.definitions import bound, required
from service.runtime.unit import UnitOfWork
from service.store.definitions import FormDefinition, ProcessDefinition
from service.store.user_tasks import UserTask


@dataclass(frozen=True, slots=True)
class FormSource:
    form_id: str
    key: int  # version of the form; of the process, where the form stands in its diagram
    version: int
    schema: str  # JSON text


def of_key(unit: UnitOfWork, key: int) -> FormSource:
    """Return a version of a form. Raises `NotFound`."""
    row = required(unit.session, FormDefinition, key)
    resource = store.deployments.resource(unit.session, row.resource_key)
    if resource is None:
        raise NotFound("runtime.resource_not_found", key=row.resource_key)
    return FormSource(row.definition_id, row.key, row.version, resource.content.decode("utf-8-sig"))


def of_task(unit: UnitOfWork, task: UserTask) -> FormSource | None:
    """Return the form of a user task as its step may use it; None if it has none here."""
    if task.form_schema is not None:
        found = FormSource(task.element_id, task.definition_key, task.definition_version, task.form_schema)
    elif task.form_key is not None:
        found = of_key(unit, task.form_key)
    else:
        return None
    rights = step_notes.of_task(unit, task).fields
    schema = feel.codec.decode(found.schema) if rights else None
    if not isinstance(schema, dict):
        return found
    return replace(found, schema=feel.codec.encode(forms.restricted(schema, rights)))


def of_start(unit: UnitOfWork, definition_key: int) -> FormSource | None:
    """Return the start form of a version of a process; None if it has none. Raises `NotFound`."""
    row = required(unit.session, ProcessDefinition, definition_key)
    reference = unit.engine.definitions.process(unit.session, definition_key).start_form
    if reference is None:
        return None
    if reference.json is not None:
        return FormSource(row.definition_id, row.key, row.version, reference.json)
    return _linked(unit, definition_key, reference)


def _linked(unit: UnitOfWork, definition_key: int, reference: FormRef) -> FormSource | None:
    if reference.form_id is None:
        return None
    row = bound(
        unit.session,
        FormDefinition,
        reference.form_id,
        reference.binding,
        version_tag=reference.version_tag,
        version=reference.version,
        caller_key=definition_key,
    )
    return of_key(unit, row.key)
