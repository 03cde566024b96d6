"""Deploying from every door of the web: what is refused is kept for the person to look at."""

from __future__ import annotations

from collections.abc import Sequence

from service.auth import Actor
from service.errors import DeploymentRejected
from service.runtime import deployments, refusals
from service.runtime.deployments import Deployed, Resource
from service.web.site import site

MB = 1024 * 1024
REQUEST_LIMIT = 24 * MB  # of one upload; what a single file may have stands in `deployments.FILE_LIMIT`


def deploy(actor: Actor, files: Sequence[Resource], name: str) -> Deployed:
    """Deploy files together. Raises `DeploymentRejected`, having kept what it says."""
    engine = site().engine
    try:
        return engine.run(actor, lambda unit: deployments.deploy(unit, files, name))
    except DeploymentRejected as error:
        found = error.findings
        engine.run(actor, lambda unit: refusals.keep(unit, files, found, name))
        raise
