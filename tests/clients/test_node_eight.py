"""The clients for Node.js: the Modeler's own library, and the one that checks every answer against its schemas."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from service.auth import SYSTEM, api_clients
from service.runtime.unit import UnitOfWork
from tests.serving import OWNER, Served

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SCRIPTS = ["modelers_eight.cjs", "strict_eight.mjs"]


def run(script: str, *arguments: str, **environment: str) -> None:
    """Run a script to its end; what it complains about is the test's failure."""
    path = f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    finished = subprocess.run(
        ["node", str(HERE / script), *arguments],
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert finished.stdout.strip().endswith("done"), finished.stdout


@pytest.mark.parametrize("script", SCRIPTS)
def test_an_order_from_asking_to_packing(script: str, service: Served, files: list[Path]) -> None:
    run(script, service.address, *map(str, files))


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_same_with_a_token(script: str, service: Served, files: list[Path]) -> None:
    def create(unit: UnitOfWork) -> tuple[str, str]:
        client, secret = api_clients.create(unit, OWNER, "judge")
        return client.client_id, secret

    client_id, secret = service.engine.run(SYSTEM, create)

    run(
        script,
        service.address,
        *map(str, files),
        OAUTH_URL=f"{service.address}/oauth/token",
        CLIENT_ID=client_id,
        CLIENT_SECRET=secret,
    )
