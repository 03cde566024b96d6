"""Process instances: start, look at, set variables, cancel; and the records that an instance's case has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from service import auth, feel, forms, store
from service.auth import Permission
from service.bpmn.definition import FormRef
from service.errors import Conflict, Forbidden, FormRejected, Invalid, NotFound
from service.feel import Value
from service.runtime import audit, execution, files
from service.runtime.definitions import bound, required
from service.runtime.unit import InstanceContext, UnitOfWork
from service.store.definitions import FormDefinition, ProcessDefinition
from service.store.process_instances import InstanceQuery, InstanceState, ProcessInstance
from service.store.submissions import Submission

__all__ = [
    "InstanceQuery",
    "InstanceState",
    "ProcessInstance",
    "cancel",
    "case_instances",
    "get",
    "of_root",
    "records_changed",
    "search",
    "set_variables",
    "start",
    "start_form",
    "variables",
]


def start(
    unit: UnitOfWork,
    process_id: str | None,
    variables: Mapping[str, object],
    *,
    version: int | None = None,
    definition_key: int | None = None,
    business_key: str | None = None,
    start_element: str | None = None,
    start_instructions: Sequence[str] = (),
    terminate_after: Sequence[str] = (),
    tags: Sequence[str] = (),
    submission: Mapping[str, object] | None = None,
) -> ProcessInstance:
    """Start an instance of a process's latest live version, or of the one named, and run it to its first waits.

    `submission` is what a start form brought: it is validated, its record fields are written to the case, its other
    fields join the variables. The instance is terminated once an element of `terminate_after` has ended. Raises
    `NotFound`, `Conflict` without a start event that fits or for a version that is not in use, `FormRejected`,
    `Forbidden` where the diagram names who may start it and the actor isn't among them.
    """
    definition = _definition(unit, process_id, version, definition_key)
    _require_starter(unit, definition)
    values = feel_mapping(variables)
    with audit.action(unit, "instance.start", "process", definition.definition_id, business_key=business_key) as entry:
        accepted: dict[str, Value] = {}
        form: forms.Form | None = None
        if submission is not None:
            form = _start_form(unit, definition)
            context = InstanceContext(0, 0, business_key, values, definition.definition_id)
            accepted = accept(unit, form, submission, context)
            values |= accepted
        key = execution.begin(
            unit,
            definition,
            values,
            business_key=business_key,
            start_element=start_element,
            start_instructions=start_instructions,
            tags=tags,
            terminate_after=terminate_after,
        )
        files.adopt(unit, values, files.Home(business_key, key, key, definition.definition_id))
        if submission is not None:
            row = Submission(
                key=unit.new_key(),
                user_task_key=None,
                instance_key=key,
                root_key=key,
                business_key=business_key,
                element_id=definition.definition_id,
                form_key=None,
                data=feel.codec.encode(submission),
                accepted=feel.codec.encode({"variables": accepted}),
                submitted_by=unit.actor.name,
                submitted_at=unit.now,
                idempotency_key=None,
            )
            store.submissions.add(unit.session, row)
            entry.after["submission"] = row.key
        entry.after.update(instance=key, version=definition.version, definition=definition.key)
    return get(unit, key)


def get(unit: UnitOfWork, key: int) -> ProcessInstance:
    """Return an instance. Raises `NotFound`."""
    row = store.process_instances.get(unit.session, key)
    if row is None:
        raise NotFound("runtime.instance_not_found", key=key)
    if unit.writes:
        unit.session.refresh(row)
    return row


def search(
    unit: UnitOfWork, query: InstanceQuery, after: str | None = None, limit: int = 50
) -> store.Page[ProcessInstance]:
    """Return instances, newest first."""
    return store.process_instances.search(unit.session, query, after, limit)


def of_root(unit: UnitOfWork, root_key: int) -> Sequence[ProcessInstance]:
    """Return a root instance and all that it called, in order of start."""
    return store.process_instances.of_root(unit.session, root_key)


def case_instances(unit: UnitOfWork, business_key: str) -> Sequence[ProcessInstance]:
    """Return all instances of a case, newest first, at most 1,000."""
    return store.process_instances.search(unit.session, InstanceQuery(business_key=business_key), None, 1000).items


def cancel(unit: UnitOfWork, key: int, reason: str = "") -> None:
    """End an instance with all that it called. Raises `NotFound`, and `Conflict` when it has ended."""
    auth.require(unit.actor, Permission.OPERATE)
    row = get(unit, key)
    if row.root_key != row.key:
        raise Invalid("runtime.instance_not_root", key=key, root=row.root_key)
    with (
        audit.action(
            unit, "instance.cancel", "instance", key, business_key=row.business_key, before={"state": row.state.value}
        ) as entry,
        execution.moving(unit, key) as workflow,
    ):
        workflow.cancel()
        entry.after.update(state=InstanceState.TERMINATED.value, reason=reason)


def set_variables(unit: UnitOfWork, scope_key: int, variables: Mapping[str, object], *, local: bool = True) -> None:
    """Set variables in the scope of an instance or flow node instance, or with `local=False` where each name lives.

    Raises `NotFound` when no such scope is running.
    """
    auth.require(unit.actor, Permission.OPERATE)
    instance_key, business_key = _owner(unit, scope_key)
    values = feel_mapping(variables)
    with (
        audit.action(unit, "variables.set", "scope", scope_key, business_key=business_key) as entry,
        execution.moving(unit, instance_key) as workflow,
    ):
        if local:
            workflow.set_variables(scope_key, values)
        else:
            for name, value in values.items():
                workflow.set_variables(_home(unit, scope_key, name), {name: value})
        entry.after["names"] = sorted(values)
        row = get(unit, instance_key)
        files.adopt(unit, values, files.Home(row.business_key, row.root_key, row.key, row.process_id))


def variables(unit: UnitOfWork, scope_key: int) -> dict[str, Value]:
    """Return what is visible in the scope of an instance or flow node instance, from its rows. Raises `NotFound`."""
    _owner(unit, scope_key)
    chain = scope_chain(unit, scope_key)
    by_scope: dict[int, dict[str, Value]] = {}
    for row in store.history.variables(unit.session, scope_keys=chain):
        by_scope.setdefault(row.scope_key, {})[row.name] = feel.codec.decode(row.value)
    visible: dict[str, Value] = {}
    for key in reversed(chain):
        visible.update(by_scope.get(key, {}))
    return visible


def scope_chain(unit: UnitOfWork, scope_key: int) -> list[int]:
    """Return the keys of a scope and those around it, nearest first, up to the process instance."""
    chain = [scope_key]
    while (node := store.history.flow_node(unit.session, chain[-1])) is not None:
        if node.key == node.instance_key:  # the process instance itself
            break
        chain.append(node.scope_key or node.instance_key)
    return chain


def records_changed(unit: UnitOfWork, business_key: str) -> None:
    """Let the running instances of a case look again at conditions and due dates that its records decide."""
    for root_key in store.subscriptions.roots_with_conditions(unit.session, business_key):
        with execution.moving(unit, root_key) as workflow:
            workflow.refresh()


def start_form(unit: UnitOfWork, process_id: str) -> forms.Form | None:
    """Return the start form of a process's latest live version; None if it has none."""
    definition = _definition(unit, process_id, None, None)
    reference = unit.engine.definitions.process(unit.session, definition.key).start_form
    return None if reference is None else _resolved(unit, definition, reference)


def accept(
    unit: UnitOfWork,
    form: forms.Form | None,
    submission: Mapping[str, object],
    context: InstanceContext,
    task_key: int | None = None,
) -> dict[str, Value]:
    """Validate a submission, write its record fields, and return its other fields as variables.

    Without a form everything is taken as it is, record fields too. The files that it refers to belong to the case or
    the instance from then on. Raises `FormRejected`.
    """
    taken = files.Taken(unit, context, task_key)
    source = unit.engine.plugins.records
    records = source.read(unit, context) if source.names else {}
    if form is not None:
        functions = unit.engine.plugins.functions.functions(unit, context)
        environment = feel.Environment(now=unit.now, zone=unit.engine.zone, functions=functions)
        result = forms.validate(form, submission, _Shown(records, context.variables), environment, taken)
        found = forms.paths(form, result)
    else:
        found = _flat(feel_mapping(submission), source.names)
        files.adopt(unit, found, taken.home())
    written = {path: value for path, value in found.items() if path.split(".", 1)[0] in source.names}
    if written:
        source.validate(unit, context, written)
        for path, value in written.items():
            source.write(unit, context, path, value)
    taken.keep()
    others = {path: value for path, value in found.items() if path not in written}
    return feel_mapping(forms.nest(others))


def feel_mapping(values: Mapping[str, object]) -> dict[str, Value]:
    """Return a mapping as JSON-like FEEL values. Raises `Invalid` for what has no JSON form."""
    return {str(name): as_value(value) for name, value in values.items()}


def as_value(value: object) -> Value:
    """Return a value as JSON-like FEEL value."""
    return cast(Value, feel.codec.plain(value))  # every JSON value is one; mypy keeps the two recursions apart


class _Shown(Mapping[str, Value]):
    """Records before variables, each read when it is asked for."""

    def __init__(self, records: Mapping[str, Value], variables: Mapping[str, Value]) -> None:
        self._records = records
        self._variables = variables

    def __getitem__(self, name: str) -> Value:
        return self._records[name] if name in self._records else self._variables[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._records
        yield from (name for name in self._variables if name not in self._records)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _flat(submission: Mapping[str, Value], names: frozenset[str]) -> dict[str, Value]:
    """Return paths of a submission without a form: records one field deep, everything else as it stands."""
    found: dict[str, Value] = {}
    for name, value in submission.items():
        if name in names and isinstance(value, dict):
            found |= {f"{name}.{key}": item for key, item in value.items()}
        else:
            found[name] = value
    return found


def _definition(
    unit: UnitOfWork, process_id: str | None, version: int | None, definition_key: int | None
) -> ProcessDefinition:
    if definition_key is not None:
        return _live(required(unit.session, ProcessDefinition, definition_key))
    wanted = process_id or ""
    found = (
        store.definitions.live(unit.session, ProcessDefinition, wanted)
        if version is None
        else store.definitions.by_version(unit.session, ProcessDefinition, wanted, version)
    )
    if found is not None:
        return found
    for row in store.definitions.versions(unit.session, ProcessDefinition, wanted):
        if version in {None, row.version}:
            return _live(row)
    raise NotFound("runtime.process_not_found", id=wanted, version=version or "")


def _require_starter(unit: UnitOfWork, definition: ProcessDefinition) -> None:
    """Camunda 7's candidate starters: where a process names some, nobody else starts it by hand."""
    process = unit.engine.definitions.process(unit.session, definition.key)
    groups, users = process.candidate_starter_groups, process.candidate_starter_users
    if not (groups or users) or unit.actor.is_system:
        return
    if unit.actor.name not in users and unit.actor.groups.isdisjoint(groups):
        raise Forbidden("runtime.not_a_starter", process=process.name, groups=", ".join((*groups, *users)))


def _live(row: ProcessDefinition) -> ProcessDefinition:
    """Return a version that is in use. Raises `Conflict` for one that waits for a second person or was refused."""
    if row.release is not store.deployments.Release.LIVE:
        raise Conflict("runtime.definition_not_live", kind="process", id=row.definition_id, version=row.version)
    return row


def _start_form(unit: UnitOfWork, definition: ProcessDefinition) -> forms.Form | None:
    reference = unit.engine.definitions.process(unit.session, definition.key).start_form
    if reference is None:
        raise FormRejected({"": [("runtime.no_start_form", {"id": definition.definition_id})]})
    return _resolved(unit, definition, reference)


def _resolved(unit: UnitOfWork, definition: ProcessDefinition, reference: FormRef) -> forms.Form | None:
    if reference.json is not None:
        return unit.engine.definitions.embedded_form(definition.key, "start", reference.json)
    if reference.form_id is None:
        return None
    row = bound(
        unit.session,
        FormDefinition,
        reference.form_id,
        reference.binding,
        version_tag=reference.version_tag,
        version=reference.version,
        caller_key=definition.key,
    )
    return unit.engine.definitions.form(unit.session, row.key)


def _owner(unit: UnitOfWork, scope_key: int) -> tuple[int, str | None]:
    """Return instance key and business key of a scope. Raises `NotFound`."""
    node = store.history.flow_node(unit.session, scope_key)
    row = store.process_instances.get(unit.session, node.instance_key if node else scope_key)
    if row is None:
        raise NotFound("runtime.scope_not_found", key=scope_key)
    return row.key, row.business_key


def _home(unit: UnitOfWork, scope_key: int, name: str) -> int:
    """Return the nearest scope that has a variable of this name, else the process instance."""
    chain = scope_chain(unit, scope_key)
    owners = {row.scope_key for row in store.history.variables(unit.session, scope_keys=chain, name=name)}
    return next((key for key in chain if key in owners), chain[-1])
