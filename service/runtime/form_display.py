"""Forms as labelled rows: what a task shows to those who only read it, and what was once submitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service import feel, forms, store
from service.forms.validation import accept_of, choices, evaluated, scope_of
from service.runtime import deployments, instances, user_tasks
from service.runtime.unit import InstanceContext, UnitOfWork
from service.runtime.user_tasks import FormView, Submission, UserTask

__all__ = [
    "FieldWords",
    "Filled",
    "FormRow",
    "Wording",
    "field_words",
    "files_of_task",
    "filled",
    "needed",
    "of_submission",
    "of_task",
    "of_values",
    "submissions",
    "wordings",
]

FormRow = forms.Row


def of_task(unit: UnitOfWork, key: int) -> tuple[FormRow, ...]:
    """Return an open task's form as it stands, empty where it has none. Raises `NotFound`."""
    task = user_tasks.get(unit, key)
    view = user_tasks.form(unit, key)
    return () if view is None else forms.display(view.form, view.data, _environment(unit, _context(task, view.data)))


def of_values(unit: UnitOfWork, key: int, data: Mapping[str, Any]) -> tuple[FormRow, ...]:
    """Return values by the labels of a task's form, empty where it has none."""
    view = user_tasks.form(unit, key)
    if view is None:
        return ()
    return forms.display(
        view.form, data, _environment(unit, _context(user_tasks.get(unit, key), {**view.data, **data}))
    )


def of_submission(unit: UnitOfWork, submission: Submission) -> tuple[FormRow, ...]:
    """Return what was submitted, by the labels of the form's version that took it; keys where there was no form."""
    data = _decoded(submission.data)
    form: forms.Form | None
    if submission.user_task_key is not None:
        view = user_tasks.form(unit, submission.user_task_key)
        form = view.form if view else None
        context = _context(user_tasks.get(unit, submission.user_task_key), data)
    else:
        view = None
        instance = instances.get(unit, submission.instance_key)
        if submission.form_key is not None:
            form = unit.engine.definitions.form(unit.session, submission.form_key)
        else:
            form = instances.start_form(unit, instance.process_id)
        context = InstanceContext(instance.key, instance.root_key, instance.business_key, data, instance.process_id)
    if form is None:
        return tuple(forms.Row("value", name, (feel.string(value),), path=name) for name, value in data.items())
    # Words of labels and choices come from the records too; what was entered comes from the submission alone.
    around = {} if view is None else _without(view.data, [item.path.split(".") for item in form.fields])
    return forms.display(form, user_tasks.laid_over(around, data), _environment(unit, context))


def _without(data: Mapping[str, Any], paths: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return nested data without what stands at some paths."""
    found = dict(data)
    for path in paths:
        inner = found
        for name in path[:-1]:
            if not isinstance(inner.get(name), Mapping):
                break
            inner[name] = dict(inner[name])
            inner = inner[name]
        else:
            inner.pop(path[-1], None)
    return found


def files_of_task(unit: UnitOfWork, key: int) -> frozenset[str]:
    """Return the ids of the files that a task shows to its readers, in its form or in what was submitted."""
    view = user_tasks.form(unit, key)
    shown: list[Any] = [needed(view)] if view is not None else []
    submitted = user_tasks.submission(unit, key)
    if submitted is not None:
        shown.append(_decoded(submitted.data))
    return frozenset(item["documentId"] for item in forms.references(shown))


def needed(view: FormView) -> dict[str, Any]:
    """Return of a form's data what its fields and expressions read, and nothing else: the rest is not the reader's."""
    names = {name for expression in view.form.expressions for name in expression.names}
    names |= {path.partition(".")[0] for path in _sources(view.form.schema)}
    shown: dict[str, Any] = {name: view.data[name] for name in sorted(names) if name in view.data}
    for item in view.form.fields:
        if item.list_path is None:
            _copy(view.data, shown, item.path.split("."))
    return shown


def _sources(schema: Mapping[str, Any]) -> list[str]:
    """Return the data that components name outside FEEL: choices by key, and tables."""
    found: list[str] = []
    for component in schema.get("components", ()):
        if not isinstance(component, Mapping):
            continue
        for name in ("valuesKey", "dataSource"):
            text = component.get(name)
            if isinstance(text, str) and text and not text.startswith("="):
                found.append(text)
        found += _sources(component)
    return found


def _copy(source: Any, target: dict[str, Any], path: list[str]) -> None:
    for name in path[:-1]:
        if not isinstance(source, Mapping) or name not in source:
            return
        source = source[name]
        inner = target.setdefault(name, {})
        if not isinstance(inner, dict) or inner is source:
            return  # the whole of it is shown already
        target = inner
    if isinstance(source, Mapping) and path[-1] in source:
        target.setdefault(path[-1], source[path[-1]])


def _context(task: UserTask, data: Mapping[str, Any]) -> InstanceContext:
    return InstanceContext(task.instance_key, task.root_key, task.business_key, data, task.process_id)


def _environment(unit: UnitOfWork, context: InstanceContext) -> feel.Environment:
    functions = unit.engine.plugins.functions.functions(unit, context)
    return feel.Environment(now=unit.now, zone=unit.engine.zone, functions=functions)


def _decoded(text: str) -> dict[str, Any]:
    value = feel.codec.decode(text)
    return dict(value) if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class Filled:
    """What one component says with the data at hand."""

    label: str
    description: str
    content: str  # of a text
    options: tuple[tuple[object, str], ...] | None  # value and label; None where there are none to choose from
    files: tuple[Mapping[str, Any], ...] = ()  # references that a preview shows
    accept: tuple[str, ...] = ()  # of a file picker
    multiple: bool = False


def filled(unit: UnitOfWork, key: int, view: FormView) -> dict[str, Filled]:
    """Return the words of a task's form by component id, its expressions evaluated; entries of lists see no entry."""
    environment = _environment(unit, _context(user_tasks.get(unit, key), view.data))
    scope = scope_of(view.form, view.data)
    return {item.id: _filled(item, scope, environment) for item in _components(view.form.components)}


def _components(items: Sequence[forms.Component]) -> Iterator[forms.Component]:
    for item in items:
        yield item
        yield from _components(item.children)


def _filled(item: forms.Component, scope: Mapping[str, Any], environment: feel.Environment) -> Filled:
    found = choices(item.options, scope, environment) if item.options else None
    return Filled(
        item.label.fill(scope, environment),
        item.description.fill(scope, environment),
        item.content.fill(scope, environment),
        None if found is None else tuple((option.value, option.label) for option in found),
        tuple(forms.references(evaluated(item.source, scope, environment))) if item.source else (),
        accept_of(item, scope, environment),
        item.multiple if isinstance(item.multiple, bool) else evaluated(item.multiple, scope, environment) is True,
    )


def submissions(unit: UnitOfWork, business_key: str) -> Sequence[Submission]:
    """Return all that was submitted in a case, oldest first."""
    return store.submissions.of_case(unit.session, business_key)


@dataclass(frozen=True, slots=True)
class Wording:
    """What stands written at one component of a form."""

    component_id: str
    label: str
    words: str  # label, description and content as in the file


def wordings(unit: UnitOfWork) -> dict[str, list[Wording]]:
    """Return all that stands written in the live forms, by the id of the form."""
    found: dict[str, list[Wording]] = {}
    for row in deployments.forms_latest(unit):
        form = unit.engine.definitions.form(unit.session, row.key)
        found[row.definition_id] = [
            Wording(
                item.id,
                item.label.source,
                "\n".join((item.label.source, item.description.source, item.content.source)),
            )
            for item in _components(form.components)
        ]
    return found


@dataclass(frozen=True, slots=True)
class FieldWords:
    """What a field is called in the forms, and what its choices are called."""

    label: str
    options: Mapping[str, str]


def field_words(unit: UnitOfWork) -> dict[str, FieldWords]:
    """Return label and choices of every field of the live forms, by path; the first form that has a field names it."""
    found: dict[str, FieldWords] = {}
    for row in deployments.forms_latest(unit):
        form = unit.engine.definitions.form(unit.session, row.key)
        for item in form.fields:
            label = item.label.strip()
            if label and not label.startswith("=") and "{{" not in label:
                options = {str(option.value): option.label for option in item.options}
                known = found.get(item.path)
                if known is None or (options and not known.options):
                    found[item.path] = FieldWords(known.label if known else label, options)
    return found
