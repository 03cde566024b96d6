"""The shared selection of the DMN conformance kit: what is listed as passing must pass, and the list only grows."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SHARED = Path(__file__).parents[2].parent / "shared" / "tck"
PASSING = Path(__file__).with_name("tck_passing.txt")

if not (SHARED / "run_tck.py").exists():
    pytest.skip(f"the conformance kit is not at {SHARED}", allow_module_level=True)


def _runner() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_tck", SHARED / "run_tck.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["run_tck"] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


RUNNER = _runner()
FILES = sorted(RUNNER.discover(SHARED / "cases", {2, 3}))
LISTED = frozenset(PASSING.read_text(encoding="utf-8").splitlines())
# A FEEL error must be null by itself: an exception fails the case.
OPTIONS = RUNNER.Options("tests.conformance.tck:evaluate", (), 10, True)


@pytest.mark.parametrize(("path", "level"), FILES, ids=[path.stem for path, _ in FILES])
def test_listed_cases_pass_and_no_other_does(path: Path, level: int) -> None:
    records = RUNNER.run_file(path, level, OPTIONS)

    failed = [f"{one['id']}: {one['problems'][0]}" for one in records if one["id"] in LISTED and not one["passed"]]
    unlisted = [one["id"] for one in records if one["id"] not in LISTED and one["passed"]]
    assert not failed, "these cases passed before:\n" + "\n".join(failed)
    assert not unlisted, f"add to {PASSING.name}, they pass now:\n" + "\n".join(unlisted)


def test_every_listed_case_exists() -> None:
    known = {case.id for path, level in FILES for case in RUNNER.load_test_file(path, level).cases}

    assert LISTED - known == set()
