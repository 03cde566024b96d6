"""Deployments: several files accepted or rejected as a whole, versioned by content, live at once or let in later."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from service import auth, bpmn, dmn, forms, lint, store
from service.auth import Permission
from service.bpmn.definition import Binding, Reference
from service.errors import (
    DeploymentRejected,
    Finding,
    Invalid,
    NotFound,
    Severity,
    TooLarge,
)
from service.runtime import audit, start_events
from service.runtime.definitions import required
from service.runtime.unit import SYSTEM, UnitOfWork
from service.store.definitions import (
    AnyDefinition,
    DecisionDefinition,
    DecisionRequirements,
    FormDefinition,
    ProcessDefinition,
)
from service.store.deployments import DefinitionKind, DeploymentEntry, Release
from service.store.deployments import Deployment as DeploymentRow
from service.store.deployments import Resource as ResourceRow

__all__ = [
    "Checked",
    "DecisionDefinition",
    "Deployed",
    "DeploymentRow",
    "FormDefinition",
    "ProcessDefinition",
    "Release",
    "Resource",
    "check",
    "decisions",
    "deploy",
    "forms_latest",
    "get",
    "history",
    "model_of",
    "new_to_the_site",
    "process_model",
    "processes",
    "resource",
    "resources",
    "source_of",
    "versions",
]

FILE_LIMIT = 8 * 1024 * 1024
DEPLOYMENT_LIMIT = 32 * 1024 * 1024
FILES_LIMIT = 500

# Files that belong to a folder of models without being one: the Modeler keeps its own notes there.
PASSED_OVER = frozenset({".process-application"})


@dataclass(frozen=True, slots=True)
class Resource:
    """One uploaded file."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment with what it brought or found unchanged, in the order of the files."""

    deployment: DeploymentRow
    findings: tuple[Finding, ...]  # warnings
    processes: tuple[ProcessDefinition, ...]
    requirements: tuple[DecisionRequirements, ...]
    decisions: tuple[DecisionDefinition, ...]
    forms: tuple[FormDefinition, ...]

    @property
    def named(self) -> list[str]:
        """What it means, as `id:version`."""
        return [
            *(f"{row.definition_id}:{row.version}" for row in self.processes),
            *(f"{row.definition_id}:{row.version}" for row in self.decisions),
            *(f"{row.definition_id}:{row.version}" for row in self.forms),
        ]


@dataclass(frozen=True, slots=True)
class Checked:
    """Files as read, with everything that is to be said about them."""

    findings: tuple[Finding, ...]
    diagrams: Mapping[str, bpmn.File] = field(default_factory=dict)  # by file name
    models: Mapping[str, dmn.Model] = field(default_factory=dict)
    forms: Mapping[str, forms.Form] = field(default_factory=dict)

    @property
    def rejected(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def check(unit: UnitOfWork, resources: Sequence[Resource]) -> Checked:
    """Read files and check each and all together, against what is live; nothing is stored.

    Raises `TooLarge`, and `Invalid` for an empty upload.
    """
    _check_sizes(resources)
    names = unit.engine.plugins.functions.names
    findings = _duplicates("file", [(resource.name, resource.name, None) for resource in resources])
    diagrams: dict[str, bpmn.File] = {}
    models: dict[str, dmn.Model] = {}
    form_files: dict[str, forms.Form] = {}
    for resource in resources:
        suffix = _suffix(resource.name)
        try:
            if suffix == ".bpmn":
                diagrams[resource.name] = bpmn.read(resource.content, resource.name, names)
            elif suffix == ".dmn":
                models[resource.name] = dmn.read(resource.content, resource.name, names=names)
            elif suffix == ".form":
                form_files[resource.name] = forms.read(resource.content, resource.name, names)
            elif suffix not in PASSED_OVER:
                findings.append(_finding("runtime.file_kind_unknown", resource.name, found=suffix or resource.name))
        except (Invalid, TooLarge) as error:
            findings.append(Finding(error.code, Severity.ERROR, resource.name, facts=error.facts))
    linked = dmn.link(list(models.values())) if models else ()
    models = dict(zip(models, linked, strict=True))
    for file in diagrams.values():
        findings.extend(file.findings)
    for model in models.values():
        findings.extend(model.findings)
    for name, form in form_files.items():
        findings.extend(form.findings)
        if form.id is None and not any(finding.severity is Severity.ERROR for finding in form.findings):
            findings.append(_finding("runtime.form_without_id", name))
    checked = Checked(tuple(findings), diagrams, models, form_files)
    findings.extend(_duplicate_ids(checked))
    findings.extend(_unresolved(unit, checked))
    if not any(finding.severity is Severity.ERROR for finding in findings):
        findings.extend(
            lint.check(
                lint.Deployment(
                    diagrams=tuple(diagrams.values()),
                    models=tuple(models.values()),
                    forms=tuple(form_files.values()),
                    functions=names,
                    records=unit.engine.plugins.records.names,
                    parameters=unit.engine.plugins.parameters,
                )
            )
        )
    return Checked(tuple(findings), diagrams, models, form_files)


def deploy(unit: UnitOfWork, resources: Sequence[Resource], name: str = "") -> Deployed:
    """Deploy files together: a new version of each definition that really changed.

    Live at once, or waiting for a second person where the site asks for one; see `releases`. Raises
    `DeploymentRejected` with every finding when one of them is an error; nothing is stored then.
    """
    auth.require(unit.actor, Permission.DEPLOY)
    checked = check(unit, resources)
    if checked.rejected:
        raise DeploymentRejected(checked.findings)
    release = Release.WAITING if unit.engine.second_person else Release.LIVE
    key = unit.new_key()
    with audit.action(unit, "deployment.create", "deployment", key) as entry:
        deployed = _Writer(unit, checked, resources, key, release).write(name)
        fresh = [row for row in deployed.processes if row.deployment_key == key]
        if release is Release.LIVE:
            start_events.follow(unit, fresh)
        else:
            start_events.check(unit, fresh)
        entry.after.update(
            name=name,
            release=deployed.deployment.release.value,
            resources={resource.name: _digest(resource.content) for resource in resources},
            definitions=deployed.named,
        )
    if deployed.deployment.release is Release.WAITING:
        unit.engine.plugins.deployment_news(unit, key, "waiting")
    return deployed


def new_to_the_site(unit: UnitOfWork, resources: Sequence[Resource]) -> tuple[list[Resource], list[str]]:
    """Tell which of the product's own files an installation or upgrade has to deploy.

    Returns the files whose content never was here, and the names of those among them that are left alone because a
    process owner uploaded the present version: what a person deployed is replaced by a person only.
    """
    seen: set[tuple[str, str]] = set()
    last: dict[str, str] = {}
    for name, digest, by in store.deployments.uploads(unit.session, {resource.name for resource in resources}):
        seen.add((name, digest))
        last[name] = by
    new = [resource for resource in resources if (resource.name, _digest(resource.content)) not in seen]
    kept = [resource.name for resource in new if last.get(resource.name, SYSTEM.name) != SYSTEM.name]
    return [resource for resource in new if resource.name not in kept], kept


def get(unit: UnitOfWork, key: int) -> Deployed:
    """Return a deployment with its definitions. Raises `NotFound`."""
    deployment = store.deployments.get(unit.session, key)
    if deployment is None:
        raise NotFound("runtime.deployment_not_found", key=key)
    entries = store.deployments.entries(unit.session, key)

    def rows(kind: DefinitionKind, table: type[AnyDefinition]) -> tuple[AnyDefinition, ...]:
        keys = [entry.definition_key for entry in entries if entry.kind is kind]
        found = {row.key: row for row in store.definitions.of_keys(unit.session, table, keys)}
        return tuple(found[key] for key in keys)

    return Deployed(
        deployment,
        (),
        rows(DefinitionKind.PROCESS, ProcessDefinition),
        rows(DefinitionKind.REQUIREMENTS, DecisionRequirements),
        rows(DefinitionKind.DECISION, DecisionDefinition),
        rows(DefinitionKind.FORM, FormDefinition),
    )


def history(unit: UnitOfWork, after: str | None = None, limit: int = 50) -> store.Page[DeploymentRow]:
    """Return deployments, newest first."""
    return store.deployments.page(unit.session, after, limit)


def resources(unit: UnitOfWork, deployment_key: int) -> Sequence[ResourceRow]:
    """Return the files that a deployment holds, by name."""
    return store.deployments.resources(unit.session, deployment_key)


def resource(unit: UnitOfWork, key: int) -> ResourceRow:
    """Return an uploaded file. Raises `NotFound`."""
    row = store.deployments.resource(unit.session, key)
    if row is None:
        raise NotFound("runtime.resource_not_found", key=key)
    return row


def processes(unit: UnitOfWork) -> Sequence[ProcessDefinition]:
    """Return the latest live version of every process."""
    return store.definitions.latest_of_each(unit.session, ProcessDefinition)


def decisions(unit: UnitOfWork) -> Sequence[DecisionDefinition]:
    """Return the latest live version of every decision."""
    return store.definitions.latest_of_each(unit.session, DecisionDefinition)


def forms_latest(unit: UnitOfWork) -> Sequence[FormDefinition]:
    """Return the latest live version of every form."""
    return store.definitions.latest_of_each(unit.session, FormDefinition)


def versions(unit: UnitOfWork, kind: type[AnyDefinition], definition_id: str | None = None) -> Sequence[AnyDefinition]:
    """Return all versions, of one id or of all, newest first within an id."""
    return store.definitions.versions(unit.session, kind, definition_id)


def process_model(unit: UnitOfWork, definition_key: int) -> bpmn.ProcessDefinition:
    """Return what a version of a process says. Raises `NotFound`."""
    return unit.engine.definitions.process(unit.session, definition_key)


def source_of(unit: UnitOfWork, kind: type[AnyDefinition], definition_key: int) -> bytes:
    """Return the file that a version of a process, decision or form stands in. Raises `NotFound`."""
    return resource(unit, required(unit.session, kind, definition_key).resource_key).content


def model_of(unit: UnitOfWork, decision_key: int) -> dmn.Model:
    """Return the model that a version of a decision stands in. Raises `NotFound`."""
    row = required(unit.session, DecisionDefinition, decision_key)
    return unit.engine.definitions.model(unit.session, row.requirements_key)


# Checks


def _check_sizes(resources: Sequence[Resource]) -> None:
    if not resources:
        raise Invalid("runtime.deployment_empty")
    if len(resources) > FILES_LIMIT:
        raise TooLarge("runtime.deployment_too_many_files", count=len(resources), limit=FILES_LIMIT)
    for resource in resources:
        if len(resource.content) > FILE_LIMIT:
            raise TooLarge(
                "runtime.file_too_large",
                file=resource.name,
                size=_megabytes(len(resource.content)),
                limit=FILE_LIMIT // 1024 // 1024,
            )
    total = sum(len(resource.content) for resource in resources)
    if total > DEPLOYMENT_LIMIT:
        raise TooLarge("runtime.deployment_too_large", size=_megabytes(total), limit=DEPLOYMENT_LIMIT // 1024 // 1024)


def _megabytes(size: int) -> str:
    """Return a size rounded up to a tenth, so that what is over a limit also reads so."""
    return f"{math.ceil(size / 1024 / 1024 * 10) / 10:g}"


def _duplicates(kind: str, found: Iterable[tuple[str, str, str | None]]) -> list[Finding]:
    """Findings for ids that occur twice; each item is id, file and element id."""
    first: dict[str, str] = {}
    findings = []
    for identifier, file, element_id in found:
        if identifier in first:
            findings.append(
                Finding(
                    f"runtime.duplicate_{kind}",
                    Severity.ERROR,
                    file,
                    element_id,
                    facts={"id": identifier, "other": first[identifier]},
                )
            )
        first.setdefault(identifier, file)
    return findings


def _duplicate_ids(checked: Checked) -> list[Finding]:
    return [
        *_duplicates(
            "process",
            (
                (process.process_id, name, process.process_id)
                for name, file in checked.diagrams.items()
                for process in file.processes
            ),
        ),
        *_duplicates(
            "decision",
            (
                (decision.id, name, decision.id)
                for name, model in checked.models.items()
                for decision in model.decisions
            ),
        ),
        *_duplicates("model", ((model.id, name, model.id) for name, model in checked.models.items())),
        *_duplicates("form", ((form.id, name, form.id) for name, form in checked.forms.items() if form.id)),
    ]


def _unresolved(unit: UnitOfWork, checked: Checked) -> list[Finding]:
    """Findings for references to what neither this upload nor the site has."""
    here = {
        "process": _tags((p.process_id, p.version_tag) for f in checked.diagrams.values() for p in f.processes),
        "decision": _tags((d.id, d.version_tag) for m in checked.models.values() for d in m.decisions),
        "form": _tags((f.id, f.version_tag) for f in checked.forms.values() if f.id),
    }
    findings = []
    for name, file in checked.diagrams.items():
        for process in file.processes:
            for reference in process.references:
                if reference.target is None or _resolves(unit, reference, here[reference.kind]):
                    continue
                element = process.elements.get(reference.element_id)
                findings.append(
                    Finding(
                        f"runtime.reference_{reference.binding.value.lower()}_missing",
                        Severity.ERROR,
                        name,
                        reference.element_id,
                        (element.name or None) if element else None,
                        reference.property,
                        element.line if element else None,
                        {
                            "kind": reference.kind,
                            "target": reference.target,
                            "tag": reference.version_tag or reference.version or "",
                        },
                    )
                )
    return findings


def _tags(found: Iterable[tuple[str | None, str | None]]) -> dict[str, str | None]:
    return {identifier: tag for identifier, tag in found if identifier}


def _resolves(unit: UnitOfWork, reference: Reference, here: Mapping[str, str | None]) -> bool:
    if reference.kind == "process":
        return _found(unit, ProcessDefinition, reference, here)
    if reference.kind == "decision":
        return _found(unit, DecisionDefinition, reference, here)
    return _found(unit, FormDefinition, reference, here)


def _found(unit: UnitOfWork, table: type[AnyDefinition], reference: Reference, here: Mapping[str, str | None]) -> bool:
    target, session = reference.target or "", unit.session
    if reference.binding is Binding.DEPLOYMENT:
        return target in here
    if reference.binding is Binding.VERSION_TAG and reference.version_tag is not None:
        if here.get(target) == reference.version_tag:
            return True
        return store.definitions.by_version_tag(session, table, target, reference.version_tag) is not None
    if reference.binding is Binding.VERSION and reference.version is not None:
        return store.definitions.by_version(session, table, target, reference.version) is not None
    return target in here or store.definitions.live(session, table, target) is not None


def _finding(code: str, file: str, **facts: object) -> Finding:
    return Finding(code, Severity.ERROR, file, facts=facts)


def _suffix(name: str) -> str:
    path = PurePath(name)
    return (path.suffix or path.name).lower()


# Writing


class _Writer:
    """Stores one accepted deployment."""

    def __init__(
        self, unit: UnitOfWork, checked: Checked, resources: Sequence[Resource], key: int, release: Release
    ) -> None:
        self.unit = unit
        self.session = unit.session
        self.checked = checked
        self.key = key
        self.release = release
        self.content = {resource.name: resource.content for resource in resources}
        self.resource_keys: dict[str, int] = {}
        self.entries: list[DeploymentEntry] = []
        self.digests: dict[str, str] = {}

    def write(self, name: str) -> Deployed:
        unit, session = self.unit, self.session
        deployment = DeploymentRow(
            key=self.key,
            name=name,
            release=self.release,
            created_at=unit.now,
            created_by=unit.actor.name,
            decided_at=unit.now if self.release is Release.LIVE else None,
            decided_by=unit.actor.name if self.release is Release.LIVE else None,
            effective_at=unit.now if self.release is Release.LIVE else None,
        )
        session.add(deployment)
        session.flush()
        for file, content in self.content.items():
            resource_key = unit.new_key()
            self.resource_keys[file] = resource_key
            session.add(
                ResourceRow(
                    key=resource_key, deployment_key=self.key, name=file, digest=_digest(content), content=content
                )
            )
        session.flush()
        form_rows = [self._form(file, form) for file, form in self.checked.forms.items() if form.id]
        requirement_rows: list[DecisionRequirements] = []
        decision_rows: list[DecisionDefinition] = []
        for file, model in self.checked.models.items():
            if not model.decisions:
                continue
            requirements = self._requirements(file, model)
            requirement_rows.append(requirements)
            decision_rows.extend(self._decision(file, decision, requirements) for decision in model.decisions)
        process_rows = [
            self._process(file, process)
            for file, diagram in self.checked.diagrams.items()
            for process in diagram.processes
        ]
        for position, entry in enumerate(self.entries):
            entry.position = position
            session.add(entry)
        releases = {row.release for row in process_rows} | {row.release for row in requirement_rows}
        releases |= {row.release for row in decision_rows} | {row.release for row in form_rows}
        if releases <= {Release.LIVE}:
            # Nothing new, nothing to be let in.
            deployment.release = Release.LIVE
        session.flush()
        return Deployed(
            deployment,
            tuple(finding for finding in self.checked.findings if finding.severity is not Severity.ERROR),
            tuple(process_rows),
            tuple(requirement_rows),
            tuple(decision_rows),
            tuple(form_rows),
        )

    def _form(self, file: str, form: forms.Form) -> FormDefinition:
        return self._version(
            FormDefinition,
            DefinitionKind.FORM,
            form.id or "",
            file,
            self._file_digest(file),
            lambda common: FormDefinition(**common, version_tag=form.version_tag, name=None),
        )

    def _requirements(self, file: str, model: dmn.Model) -> DecisionRequirements:
        return self._version(
            DecisionRequirements,
            DefinitionKind.REQUIREMENTS,
            model.id,
            file,
            self._file_digest(file),
            lambda common: DecisionRequirements(**common, version_tag=None, name=model.name or None),
        )

    def _decision(self, file: str, decision: dmn.Decision, requirements: DecisionRequirements) -> DecisionDefinition:
        return self._version(
            DecisionDefinition,
            DefinitionKind.DECISION,
            decision.id,
            file,
            self._file_digest(file),
            lambda common: DecisionDefinition(
                **common,
                version_tag=decision.version_tag,
                name=decision.name or None,
                requirements_key=requirements.key,
            ),
        )

    def _process(self, file: str, process: bpmn.ProcessDefinition) -> ProcessDefinition:
        start_form = process.start_form.form_id if process.start_form else None
        return self._version(
            ProcessDefinition,
            DefinitionKind.PROCESS,
            process.process_id,
            file,
            self._file_digest(file),
            lambda common: ProcessDefinition(
                **common, version_tag=process.version_tag, name=process.name or None, start_form_id=start_form
            ),
        )

    def _version(
        self,
        table: type[AnyDefinition],
        kind: DefinitionKind,
        definition_id: str,
        file: str,
        digest: str,
        make: Callable[[dict[str, object]], AnyDefinition],
    ) -> AnyDefinition:
        """The newest version if nothing changed, else one more."""
        newest = store.definitions.newest(self.session, table, definition_id)
        if newest is not None and newest.digest == digest and newest.resource_name == file:
            row = newest
        else:
            row = make(
                {
                    "key": self.unit.new_key(),
                    "definition_id": definition_id,
                    "version": store.definitions.highest_version(self.session, table, definition_id) + 1,
                    "deployment_key": self.key,
                    "resource_key": self.resource_keys[file],
                    "resource_name": file,
                    "digest": digest,
                    "release": self.release,
                    "created_at": self.unit.now,
                    "in_force_at": self.unit.now if self.release is Release.LIVE else None,
                }
            )
            self.session.add(row)
            self.session.flush()
        self.entries.append(
            DeploymentEntry(
                deployment_key=self.key, position=0, kind=kind, definition_id=definition_id, definition_key=row.key
            )
        )
        return row

    def _file_digest(self, file: str, above: tuple[str, ...] = ()) -> str:
        """The digest of a file and of what it means by `deployment`: a changed form makes a new process version."""
        if file in self.digests:
            return self.digests[file]
        digest = hashlib.sha256(self.content[file])
        for other in sorted(self._bound_files(file)):
            if other != file and other not in above:
                digest.update(self._file_digest(other, (*above, file)).encode())
        if not above:
            self.digests[file] = digest.hexdigest()
        return digest.hexdigest()

    def _bound_files(self, file: str) -> set[str]:
        diagram = self.checked.diagrams.get(file)
        if diagram is None:
            model = self.checked.models.get(file)
            return {imported.file for imported in model.imported.values()} & set(self.content) if model else set()
        wanted = {
            (reference.kind, reference.target)
            for process in diagram.processes
            for reference in process.references
            if reference.binding is Binding.DEPLOYMENT
        }
        return {
            *(name for name, form in self.checked.forms.items() if ("form", form.id) in wanted),
            *(
                name
                for name, model in self.checked.models.items()
                if any(("decision", decision.id) in wanted for decision in model.decisions)
            ),
            *(
                name
                for name, other in self.checked.diagrams.items()
                if any(("process", process.process_id) in wanted for process in other.processes)
            ),
        }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
