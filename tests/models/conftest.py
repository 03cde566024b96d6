"""The Modeler's linter, bundled once a run for plain Node.js."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NODE = Path(sys.executable).with_name("node")
ESBUILD = ROOT / "node_modules/.bin/esbuild"
REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"


@dataclass(frozen=True)
class Problem:
    file: str
    category: str
    rule: str
    element: str | None
    message: str


Lint = Callable[[Iterable[Path]], list[Problem]]


@pytest.fixture(scope="session")
def lint(tmp_path_factory: pytest.TempPathFactory) -> Lint:
    assert ESBUILD.exists(), "npm packages are missing: run scripts/test once, which installs them"
    bundle = tmp_path_factory.mktemp("linter") / "lint.mjs"
    subprocess.run(
        [
            ESBUILD,
            Path(__file__).with_name("lint.js"),
            "--bundle",
            "--platform=node",
            "--format=esm",
            "--log-level=warning",
            f"--banner:js={REQUIRE}",
            f"--outfile={bundle}",
        ],
        check=True,
        cwd=ROOT,
    )

    def run(files: Iterable[Path]) -> list[Problem]:
        output = subprocess.run([NODE, bundle, *files], check=True, capture_output=True, text=True)
        return [Problem(**json.loads(line)) for line in output.stdout.splitlines()]

    return run
