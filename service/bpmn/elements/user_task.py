"""A person's work: assignment, dates, priority and form."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from service.bpmn.definition import Binding, Dialect, FormRef, UserTaskDefinition
from service.bpmn.expressions import Expression, renewable
from service.bpmn.node import NodeSpec, Task
from service.bpmn.scopes import Place
from service.bpmn.source import Source
from service.bpmn.timers import due_date
from service.bpmn.waits import UserTask

KIND = "EXTRACT_VALUE_ERROR"


class UserTaskSpec(NodeSpec):
    def activate(self, task: Task) -> bool:
        task.workflow.wait_for(self._open(task))
        return False

    def renewed(self, place: Place, wait: UserTask) -> UserTask:
        detail = self._detail()
        place.workflow.host.links()
        due = self._date(place, detail.due)
        links = place.workflow.host.links()
        follow_up = self._date(place, detail.follow_up)
        return replace(
            wait,
            due=due if wait.links or renewable(detail.due) else wait.due,
            links=links,
            follow_up=follow_up if renewable(detail.follow_up) else wait.follow_up,
        )

    def _detail(self) -> UserTaskDefinition:
        return cast(UserTaskDefinition, self.element.detail)

    def _open(self, task: Task) -> UserTask:
        detail = self._detail()
        workflow = task.workflow
        place = workflow.scopes_of(task)
        workflow.host.links()
        due = self._date(place, detail.due)
        links = workflow.host.links()
        return UserTask(
            key=task.id,
            name=self.element.name or self.element.id,
            assignee=place.text(detail.assignee, KIND) or None,
            candidate_groups=place.texts(detail.candidate_groups, KIND),
            candidate_users=place.texts(detail.candidate_users, KIND),
            due=due,
            follow_up=self._date(place, detail.follow_up),
            priority=self._priority(place, detail.priority),
            form=self._form(place, detail),
            headers=dict(detail.headers),
            links=links,
            documentation=self.element.documentation,
            **workflow.about(task),
        )

    @staticmethod
    def _date(place: Place, expression: Expression | None) -> datetime | None:
        if expression is None:
            return None
        value = place.raw(expression, KIND)
        if value is None or value == "":
            return None
        workflow = place.workflow
        found = due_date(value, workflow.host.now, workflow.zone)
        if found is None:
            raise place.unfit(expression, KIND, "bpmn.date_expected", value)
        return found

    @staticmethod
    def _priority(place: Place, expression: Expression | None) -> int:
        if expression is None:
            return 50
        value = place.evaluate(expression, KIND)
        if value is None:
            return 50
        if isinstance(value, str) and value.strip().lstrip("-").isdigit():
            value = Decimal(value.strip())
        if not isinstance(value, Decimal) or value != int(value) or not 0 <= value <= 100:
            raise place.unfit(expression, KIND, "bpmn.priority_expected", value)
        return int(value)

    @staticmethod
    def _form(place: Place, detail: UserTaskDefinition) -> FormRef | None:
        if detail.form is None or detail.form_id is None or detail.form_id.is_static:
            return detail.form
        return replace(detail.form, form_id=place.text(detail.form_id, "FORM_NOT_FOUND"))


def read(source: Source) -> UserTaskDefinition:
    """The attributes of a user task, of either dialect."""
    if source.dialect is Dialect.CAMUNDA_7:
        return _read_7(source)
    if source.extension("userTask") is None:
        source.warning("bpmn.user_task_as_job", "zeebe:userTask")
    assignment = source.extension("assignmentDefinition")
    schedule = source.extension("taskSchedule")
    priority = source.extension("priorityDefinition")
    form, form_id = read_form(source, "zeebe:formDefinition")
    found = UserTaskDefinition(
        assignee=_of(assignment, "assignee", "zeebe:assignmentDefinition"),
        candidate_groups=_of(assignment, "candidateGroups", "zeebe:assignmentDefinition"),
        candidate_users=_of(assignment, "candidateUsers", "zeebe:assignmentDefinition"),
        due=_of(schedule, "dueDate", "zeebe:taskSchedule"),
        follow_up=_of(schedule, "followUpDate", "zeebe:taskSchedule"),
        priority=_of(priority, "priority", "zeebe:priorityDefinition"),
        form_id=form_id,
        form=form,
        headers=source.headers(),
    )
    _check_static(source, found)
    return found


def _of(holder: Source | None, name: str, extension: str) -> Expression | None:
    return None if holder is None else holder.expression(holder.attribute(name), f"{extension} {name}")


def _check_static(source: Source, found: UserTaskDefinition) -> None:
    for expression, property_ in ((found.due, "dueDate"), (found.follow_up, "followUpDate")):
        if expression is not None and expression.is_static:
            value = expression.value
            if due_date(value, datetime(2025, 1, 1, tzinfo=UTC), ZoneInfo("UTC")) is None:
                source.error("bpmn.date_expected", property_, expression=expression.text, found="string")
    if found.priority is not None and found.priority.is_static:
        text = found.priority.text.strip()
        if not text.isdigit() or int(text) > 100:
            source.error("bpmn.priority_expected", "priority", expression=text, found="string")


def read_form(source: Source, prefix: str, note: bool = True) -> tuple[FormRef | None, Expression | None]:
    """The form of a user task or start event, and its id where that is an expression."""
    if source.dialect is Dialect.CAMUNDA_7:
        return _form_7(source, note)
    holder = source.extension("formDefinition")
    if holder is None:
        return None, None
    if sum(bool(holder.attribute(name)) for name in ("formId", "formKey", "externalReference")) > 1:
        holder.error("bpmn.form_twice", prefix)
    binding, tag = holder.binding(prefix)
    if (form_id := holder.expression(holder.attribute("formId"), f"{prefix} formId")) is not None:
        if note:
            holder.refer("form", form_id, f"{prefix} formId", binding, tag)
        static_id = str(form_id.value) if form_id.is_static else None
        return FormRef("linked", form_id=static_id, binding=binding, version_tag=tag), form_id
    key = holder.attribute("formKey") or ""
    if key.startswith(_EMBEDDED):
        schema = source.context.forms.get(key.removeprefix(_EMBEDDED))
        if schema is None:
            holder.error("bpmn.embedded_form_missing", f"{prefix} formKey", value=key)
        return FormRef("embedded", json=schema, reference=key), None
    reference = holder.attribute("externalReference") or key
    if not reference:
        holder.error("bpmn.form_without_id", f"{prefix} formId")
        return None, None
    return FormRef("external", reference=reference), None


_EMBEDDED = "camunda-forms:bpmn:"


def _read_7(source: Source) -> UserTaskDefinition:
    form, form_id = _form_7(source, True)
    found = UserTaskDefinition(
        assignee=source.expression(source.camunda("assignee"), "camunda:assignee"),
        candidate_groups=source.expression(source.camunda("candidateGroups"), "camunda:candidateGroups"),
        candidate_users=source.expression(source.camunda("candidateUsers"), "camunda:candidateUsers"),
        due=source.expression(source.camunda("dueDate"), "camunda:dueDate"),
        follow_up=source.expression(source.camunda("followUpDate"), "camunda:followUpDate"),
        priority=source.expression(source.camunda("priority"), "camunda:priority"),
        form_id=form_id,
        form=form,
    )
    _check_static(source, found)
    return found


def _form_7(source: Source, note: bool) -> tuple[FormRef | None, Expression | None]:
    data = source.extension("formData")
    if sum(one is not None for one in (data, source.camunda("formRef"), source.camunda("formKey"))) > 1:
        source.error("bpmn.form_twice", "camunda:formRef")
    if data is not None:
        return FormRef("embedded", json=_generated(data)), None
    if (text := source.camunda("formRef")) is not None:
        form_id = source.expression(text, "camunda:formRef")
        binding = source.camunda("formRefBinding") or "latest"
        if binding not in {"latest", "deployment", "version"}:
            source.error("bpmn.binding_unknown", "camunda:formRefBinding", value=binding)
            binding = "latest"
        version = source.camunda("formRefVersion") or ""
        number = int(version) if version.isdigit() else None
        if binding == "version" and number is None:
            source.error("bpmn.binding_unknown", "camunda:formRefVersion", value=version)
        if note:
            source.refer("form", form_id, "camunda:formRef", Binding(binding), None, number)
        static_id = str(form_id.value) if form_id is not None and form_id.is_static else None
        return FormRef("linked", form_id=static_id, binding=Binding(binding), version=number), form_id
    if (key := source.camunda("formKey")) is not None:
        if key.startswith("embedded:"):
            source.error("bpmn.embedded_html_form", "camunda:formKey", value=key)
        elif key.startswith("camunda-forms:"):
            source.error("bpmn.form_by_file", "camunda:formKey", value=key)
        return FormRef("external", reference=key), None
    return None, None


_FIELD_TYPES = {
    "string": "textfield", "long": "number", "integer": "number", "boolean": "checkbox", "date": "datetime",
    "enum": "select",
}  # fmt: skip


def _generated(data: Source) -> str:
    """A form-js schema for the fields of `camunda:formData`."""
    components: list[dict[str, object]] = []
    keys: set[str] = set()
    for part in data.parts("formField"):
        kind = part.attribute("type") or "string"
        key = part.attribute("id") or ""
        if key in keys:
            part.error("bpmn.form_field_twice", "camunda:formField id", field=key)
        keys.add(key)
        if kind not in _FIELD_TYPES or not key:
            part.error("bpmn.form_field_kind", "camunda:formField type", value=kind, field=key)
            continue
        component: dict[str, object] = {
            "id": f"Field_{key}",
            "type": _FIELD_TYPES[kind],
            "key": key,
            "label": part.attribute("label") or key,
        }
        if kind == "date":
            component |= {"subtype": "date", "dateLabel": component["label"]}
        if kind == "enum":
            component["values"] = [
                {"value": value.attribute("id") or "", "label": value.attribute("name") or value.attribute("id") or ""}
                for value in part.parts("value")
            ]
        if default := part.attribute("defaultValue"):
            component["defaultValue"] = _default(part, kind, key, default)
        checks: dict[str, object] = {}
        for holder in part.parts("validation"):
            for rule in holder.parts("constraint"):
                name, value = rule.attribute("name") or "", (rule.attribute("config") or "").strip()
                if name == "readonly":
                    component["readonly"] = True
                elif name == "required":
                    checks["required"] = value != "false"
                elif name in _LIMITS and _NUMBER.fullmatch(value):
                    checks[_LIMITS[name]] = int(value)
                else:
                    rule.error("bpmn.form_constraint", "camunda:constraint name", field=key, name=name, value=value)
        if checks:
            component["validate"] = checks
        components.append(component)
    return json.dumps({"type": "default", "schemaVersion": 16, "components": components}, ensure_ascii=False)


_LIMITS = {"minlength": "minLength", "maxlength": "maxLength", "min": "min", "max": "max"}
_NUMBER = re.compile(r"-?[0-9]{1,15}")


def _default(part: Source, kind: str, key: str, text: str) -> object:
    """The default value of a field, as its component takes it."""
    match kind:
        case "boolean" if text in {"true", "false"}:
            return text == "true"
        case "long" | "integer" if _NUMBER.fullmatch(text):
            return int(text)
        case "string" | "enum" | "date" if "${" not in text and "#{" not in text:
            return text
    part.error("bpmn.form_field_default", "camunda:formField defaultValue", field=key, value=text)
    return None
