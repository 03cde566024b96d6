"""A multi-instance user task whose form writes variables that all turns share.

Wrong: each member of a meeting enters `opinion`; the last one to complete overwrites what the others said.
Right: output collection `opinions` with output element `=opinion`, or an output mapping, or a field of a record.
"""

from __future__ import annotations

from collections.abc import Iterator

from service.bpmn.definition import Element, UserTaskDefinition
from service.errors import Finding
from service.forms import Form
from service.lint.deployment import Deployment, at


def check(deployment: Deployment) -> Iterator[Finding]:
    """Return a warning for each such task, naming the fields."""
    for process, element in deployment.elements():
        loop = element.multi_instance
        if loop is None or loop.output_element is not None or element.mappings.outputs:
            continue
        form = _form(deployment, element)
        shared = [] if form is None else _shared(form, deployment.records)
        if shared:
            yield at(
                process,
                element,
                "lint_form_variables_shared",
                "zeebe:loopCharacteristics outputElement",
                fields=", ".join(shared),
            )


def _form(deployment: Deployment, element: Element) -> Form | None:
    detail = element.detail
    if not isinstance(detail, UserTaskDefinition) or detail.form_id is None or not detail.form_id.is_static:
        return None
    return deployment.forms_by_id.get(str(detail.form_id.value))


def _shared(form: Form, records: frozenset[str]) -> list[str]:
    names = {field.path.split(".")[0].removesuffix("[]"): None for field in form.fields}
    return [name for name in names if name not in records]
