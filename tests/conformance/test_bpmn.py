"""The shared BPMN cases: what is listed as passing must pass, and the list only grows."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.conformance.bpmn import Engine

SHARED = Path(__file__).parents[2].parent / "shared" / "bpmn-conformance"
PASSING = Path(__file__).with_name("bpmn_passing.txt")

if not (SHARED / "run.py").exists():
    pytest.skip(f"the conformance kit is not at {SHARED}", allow_module_level=True)


def _runner() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_bpmn", SHARED / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["run_bpmn"] = module
    spec.loader.exec_module(module)
    return module


RUNNER = _runner()
CASES = {f"{case.suite}/{case.id}": case for case in RUNNER.load([SHARED], list(RUNNER.SUITES))}
LISTED = frozenset(PASSING.read_text(encoding="utf-8").splitlines())


def _outcome(name: str) -> tuple[bool, str]:
    """Whether a case passes, and why not. An unexpected refusal is no pass; an exception is a fault."""
    case = CASES[name]
    try:
        passed, _, why = case.run(Engine)
    except RUNNER.Failed as failed:
        return False, str(failed)
    except Exception as error:
        if RUNNER.is_deployment_error(error):
            return False, "refused: " + ", ".join(sorted({finding.code for finding in error.args}))
        raise
    return passed, why


@pytest.mark.parametrize("name", sorted(CASES))
def test_listed_cases_pass_and_no_other_does(name: str) -> None:
    passed, why = _outcome(name)

    if name in LISTED:
        assert passed, f"{name} passed before: {why}"
    else:
        assert not passed, f"add {name} to {PASSING.name}, it passes now"


def test_every_listed_case_exists() -> None:
    assert LISTED - set(CASES) == set()
