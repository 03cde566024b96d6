"""A FEEL expression whose value goes to the result variable; or a job does it. Scripts in other languages don't run."""

from __future__ import annotations

from service.bpmn.definition import Dialect, Job, Script
from service.bpmn.elements.service_task import read_job
from service.bpmn.expressions import Expression, camunda_8
from service.bpmn.source import Source, position_of
from service.errors import ServiceError


def read(source: Source) -> Script | Job | None:
    if source.dialect is Dialect.CAMUNDA_7:
        return _read_7(source)
    language = source.attribute("scriptFormat")
    if language and language.lower() != "feel":
        source.error("bpmn.language_refused", "scriptFormat", language=language)
    if (script := source.child("script")) is not None and script.text:
        source.error("bpmn.script_beside", "script")
    holder = source.extension("script")
    if holder is None:
        job = read_job(source)
        if job is None:
            source.error("bpmn.script_missing", "zeebe:script expression")
        return job
    expression = holder.dynamic(holder.attribute("expression"), "zeebe:script expression")
    if expression is None:
        holder.error("bpmn.script_missing", "zeebe:script expression")
        return None
    variable = holder.attribute("resultVariable")
    if not variable:
        holder.error("bpmn.result_variable_missing", "zeebe:script resultVariable")
    holder.variable(variable, "zeebe:script resultVariable")
    return Script(expression, variable or None)


def _read_7(source: Source) -> Script | None:
    """Camunda 7 scripts run only when their format is FEEL."""
    language = source.attribute("scriptFormat") or ""
    script = source.child("script")
    text = "" if script is None else script.text
    if language.lower() != "feel":
        source.error("bpmn.language_refused", "scriptFormat", language=language)
        return None
    try:
        found: Expression = camunda_8("=" + text, source.context.names)
    except ServiceError as error:
        source.error("bpmn.feel_syntax", "script", expression=text, **position_of(error))
        return None
    return Script(found, source.camunda("resultVariable"))
