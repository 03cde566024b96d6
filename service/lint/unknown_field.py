"""The extension property `rc.field.<key>` names a field that the task's form doesn't have.

Wrong: `rc.field.matter.titel` = `readonly` where the form's field is `matter.title`: the field stays open to all.
Right: `rc.field.matter.title`, the key as the form has it; of a field in a list without the brackets.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import replace

from service import forms
from service.bpmn.definition import Element, ProcessDefinition, UserTaskDefinition
from service.bpmn.properties import FIELD_PREFIX
from service.errors import Finding, Severity
from service.lint.deployment import Deployment, at


def check(deployment: Deployment) -> Iterator[Finding]:
    """Return an error for each such property."""
    for process, element in deployment.elements():
        rules = [name for name in element.properties if name.startswith(FIELD_PREFIX)]
        if not rules:
            continue
        form = _form(deployment, process, element)
        if form is None:
            continue
        known = forms.keys(form)
        for name in rules:
            key = name.removeprefix(FIELD_PREFIX)
            if key not in known:
                nearest = difflib.get_close_matches(key, sorted(known), 1, 0.0)
                found = at(process, element, "lint_field_unknown", name, field=key, nearest=", ".join(nearest))
                yield replace(found, severity=Severity.ERROR)


def _form(deployment: Deployment, process: ProcessDefinition, element: Element) -> forms.Form | None:
    detail = element.detail
    reference = detail.form if isinstance(detail, UserTaskDefinition) else None
    if element.tag == "startEvent" and element.event is None and element.parent is None:
        reference = process.start_form
    if reference is None:
        return None
    if reference.json is not None:
        return forms.read(reference.json.encode(), f"{element.id}.form", deployment.functions)
    return deployment.forms_by_id.get(reference.form_id or "")
