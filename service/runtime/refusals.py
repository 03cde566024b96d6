"""Refused deployments, kept for whoever sent them: the Modeler shows a line of text, the page shows the diagram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from service import feel, store
from service.errors import Finding, NotFound, Severity
from service.runtime import audit
from service.runtime.decision_run import shown
from service.runtime.deployments import Resource
from service.runtime.unit import UnitOfWork
from service.store.refusals import RefusedDeployment

__all__ = ["RefusedDeployment", "diagram", "diagram_names", "findings", "get", "keep", "of_actor"]

KEPT = 20  # of one person
LARGEST_DIAGRAM = 2 * 1024 * 1024


def keep(unit: UnitOfWork, resources: Sequence[Resource], found: Sequence[Finding], name: str) -> int:
    """Keep what was said about files that the actor tried to deploy; return its key."""
    key = unit.new_key()
    named = {finding.file for finding in found}
    diagrams = [
        (resource.name, resource.content)
        for resource in {resource.name: resource for resource in resources}.values()
        if resource.name in named and resource.name.endswith(".bpmn") and len(resource.content) <= LARGEST_DIAGRAM
    ]
    with audit.action(unit, "deployment.reject", "refused_deployment", key) as entry:
        row = RefusedDeployment(
            key=key,
            name=name,
            created_at=unit.now,
            created_by=unit.actor.name,
            findings=feel.codec.encode([_stored(finding) for finding in found]),
        )
        store.refusals.add(unit.session, row, diagrams)
        store.refusals.keep_newest(unit.session, unit.actor.name, KEPT)
        entry.after.update(name=name, files=sorted(named), findings=len(found))
    return key


def of_actor(unit: UnitOfWork, limit: int = KEPT) -> Sequence[RefusedDeployment]:
    """Return what of the actor's was refused, newest first."""
    return store.refusals.of_user(unit.session, unit.actor.name, limit)


def get(unit: UnitOfWork, key: int) -> RefusedDeployment:
    """Return a refused deployment of the actor's. Raises `NotFound`."""
    row = store.refusals.get(unit.session, key)
    if row is None or row.created_by != unit.actor.name:
        raise NotFound("runtime.deployment_not_found", key=key)
    return row


def findings(row: RefusedDeployment) -> list[Finding]:
    """Return what was said."""
    stored = feel.codec.decode(row.findings)
    return [_finding(item) for item in stored if isinstance(item, dict)] if isinstance(stored, list) else []


def diagram_names(unit: UnitOfWork, key: int) -> Sequence[str]:
    """Return the files of a refused deployment that can be shown."""
    return store.refusals.diagram_names(unit.session, get(unit, key).key)


def diagram(unit: UnitOfWork, key: int, name: str) -> bytes:
    """Return a diagram of a refused deployment of the actor's. Raises `NotFound`."""
    content = store.refusals.diagram(unit.session, get(unit, key).key, name)
    if content is None:
        raise NotFound("runtime.resource_not_found", key=name[:80])
    return content


def _stored(finding: Finding) -> dict[str, object]:
    facts = {str(name): shown(value) for name, value in finding.facts.items()}
    return {**asdict(finding), "severity": finding.severity.value, "facts": facts}


def _finding(stored: Mapping[str, object]) -> Finding:
    def text(name: str) -> str | None:
        value = stored.get(name)
        return None if value is None else str(value)

    facts, line = stored.get("facts"), stored.get("line")
    return Finding(
        text("code") or "",
        Severity(text("severity") or Severity.ERROR),
        text("file") or "",
        text("element_id"),
        text("element_name"),
        text("property"),
        None if line is None else int(str(line)),
        facts if isinstance(facts, dict) else {},
    )
