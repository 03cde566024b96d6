"""Definitions as deployed, parsed once a version and shared by everything that runs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from service import bpmn, dmn, feel, forms, store
from service.bpmn.definition import Binding
from service.errors import NotFound
from service.store.definitions import (
    AnyDefinition,
    DecisionDefinition,
    DecisionRequirements,
    FormDefinition,
    ProcessDefinition,
)
from service.store.deployments import DefinitionKind

SIZE = 1000

T = TypeVar("T")

_KIND_OF: dict[type, DefinitionKind] = {
    ProcessDefinition: DefinitionKind.PROCESS,
    DecisionDefinition: DefinitionKind.DECISION,
    DecisionRequirements: DefinitionKind.REQUIREMENTS,
    FormDefinition: DefinitionKind.FORM,
}


class Definitions:
    """Parsed definitions by key. A key stands for one version and content, so nothing here goes stale."""

    def __init__(self, names: frozenset[str] = frozenset()) -> None:
        self._names = names
        self._lock = threading.Lock()
        self._parsed: OrderedDict[tuple[str, int], object] = OrderedDict()

    def process(self, session: store.Session, key: int) -> bpmn.ProcessDefinition:
        """Return a process definition. Raises `NotFound`."""

        def parse() -> bpmn.ProcessDefinition:
            row = required(session, ProcessDefinition, key)
            file = bpmn.read(_content(session, row.resource_key), row.resource_name, self._names)
            for process in file.processes:
                if process.process_id == row.definition_id:
                    return process.with_key(key)
            raise NotFound("runtime.definition_unreadable", kind="process", id=row.definition_id, key=key)

        return self._once("process", key, parse)

    def model(self, session: store.Session, requirements_key: int) -> dmn.Model:
        """Return a decision model, linked to those that it imports from its deployment. Raises `NotFound`."""

        def parse() -> dmn.Model:
            row = required(session, DecisionRequirements, requirements_key)
            model = dmn.read(_content(session, row.resource_key), row.resource_name, names=self._names)
            if not model.imports:
                return model
            others = [
                dmn.read(resource.content, resource.name, names=self._names)
                for resource in store.deployments.resources(session, row.deployment_key)
                if resource.name.endswith(".dmn") and resource.key != row.resource_key
            ]
            linked = dmn.link([model, *others])
            return next(found for found in linked if found.file == model.file)

        return self._once("model", requirements_key, parse)

    def form(self, session: store.Session, key: int) -> forms.Form:
        """Return a form. Raises `NotFound`."""

        def parse() -> forms.Form:
            row = required(session, FormDefinition, key)
            return forms.read(_content(session, row.resource_key), row.resource_name, self._names)

        return self._once("form", key, parse)

    def embedded_form(self, definition_key: int, element_id: str, schema: str) -> forms.Form:
        """Return a form that stands inside a diagram."""
        return self._once(
            f"embedded:{element_id}",
            definition_key,
            lambda: forms.read(schema.encode(), f"{element_id}.form", self._names),
        )

    def restricted_form(
        self, definition_key: int, element_id: str, form_key: int | None, form: forms.Form, rights: Mapping[str, str]
    ) -> forms.Form:
        """Return a form as one step of a process may use it."""

        def parse() -> forms.Form:
            text = feel.codec.encode(forms.restricted(form.schema, rights))
            return forms.read(text.encode(), form.file, self._names)

        return self._once(f"restricted:{element_id}:{form_key}", definition_key, parse)

    def _once(self, kind: str, key: int, parse: Callable[[], T]) -> T:
        with self._lock:
            found = self._parsed.get((kind, key))
            if found is not None:
                self._parsed.move_to_end((kind, key))
                return found  # type: ignore[return-value]
        parsed = parse()
        with self._lock:
            self._parsed[kind, key] = parsed
            while len(self._parsed) > SIZE:
                self._parsed.popitem(last=False)
        return parsed


def required(session: store.Session, kind: type[AnyDefinition], key: int) -> AnyDefinition:
    """Return a definition's row. Raises `NotFound`."""
    row = store.definitions.get(session, kind, key)
    if row is None:
        raise NotFound("runtime.definition_not_found", kind=_KIND_OF[kind].value, key=key)
    return row


def bound(
    session: store.Session,
    kind: type[AnyDefinition],
    definition_id: str,
    binding: Binding,
    *,
    version_tag: str | None = None,
    version: int | None = None,
    caller_key: int | None = None,
    since: datetime | None = None,
) -> AnyDefinition:
    """Return the version that a reference means.

    `caller_key` is the process definition that refers; `deployment` means what its own deployment held. With `since`
    `latest` means what was latest at that moment, or today where there was none yet. Raises `NotFound`.
    """
    found: AnyDefinition | None = None
    if binding is Binding.VERSION_TAG and version_tag is not None:
        found = store.definitions.by_version_tag(session, kind, definition_id, version_tag)
    elif binding is Binding.VERSION and version is not None:
        found = store.definitions.by_version(session, kind, definition_id, version)
    elif binding is Binding.DEPLOYMENT and caller_key is not None:
        caller = required(session, ProcessDefinition, caller_key)
        entry = store.deployments.entry(session, caller.deployment_key, _KIND_OF[kind], definition_id)
        found = None if entry is None else store.definitions.get(session, kind, entry.definition_key)
    else:
        found = store.definitions.live(session, kind, definition_id, since) if since else None
        found = found or store.definitions.live(session, kind, definition_id)
    if found is None:
        raise NotFound(
            "runtime.reference_not_found",
            kind=_KIND_OF[kind].value,
            id=definition_id,
            binding=binding.value,
            version=version_tag or version or "",
        )
    return found


def _content(session: store.Session, resource_key: int) -> bytes:
    resource = store.deployments.resource(session, resource_key)
    if resource is None:
        raise NotFound("runtime.resource_not_found", key=resource_key)
    return resource.content
