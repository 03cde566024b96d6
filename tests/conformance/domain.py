"""Evaluates the shipped decision tables D1 to D14, and their chain, on plain JSON-like values.

`evaluate("D3", {...})` gives the decision's context; `evaluate("E2E", {...})` runs D1, D2 and, once accepted, D3, D4,
D5 and D7 as decisions.md says. The calendars of 2025 and 2026 are loaded, no others. Missing inputs are not known.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from service import dmn, feel
from service.business_calendar import Calendar, shipped_years
from service.casework.calendar_functions import NAMES, calendar_functions

DECISIONS = Path(__file__).parents[2] / "processes" / "decisions"
ZONE = ZoneInfo("Asia/Shanghai")


class EvaluationFailed(Exception):
    """The engine reports that the decision could not be evaluated."""


def evaluate(decision: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs of D1..D14, or of the chain E2E, by name."""
    if decision == "E2E":
        return _chain(inputs)
    evaluation = run(decision, inputs)
    if evaluation.failed:
        raise EvaluationFailed(decision, evaluation.failures)
    result = _plain(evaluation.value)
    if not isinstance(result, dict):
        raise EvaluationFailed(decision, result, evaluation.diagnostics)
    return result


def run(decision: str, inputs: Mapping[str, Any]) -> dmn.Evaluation:
    """Return the whole evaluation: value, evaluated decisions, matched rules, diagnostics."""
    values = {name: feel.from_python(value) for name, value in inputs.items()}
    return dmn.evaluate(models()[decision], decision, values, environment())


@functools.cache
def models() -> dict[str, dmn.Model]:
    """Return the model of each shipped decision by the decision's id."""
    found = {}
    for file in sorted(DECISIONS.glob("*.dmn")):
        model = dmn.link([dmn.read(file.read_bytes(), file.name, names=frozenset(NAMES))])[0]
        found.update({decision.id: model for decision in model.decisions})
    return found


@functools.cache
def environment() -> feel.Environment:
    calendar = Calendar(year for year in shipped_years() if year.number in (2025, 2026))
    now = datetime(2026, 6, 1, tzinfo=UTC)
    return feel.Environment(now=now, zone=ZONE, functions=calendar_functions(lambda: calendar, ZONE))


def _chain(inputs: Mapping[str, Any]) -> dict[str, Any]:
    scope = evaluate("D1", inputs)
    admission = evaluate("D2", {**inputs, **scope})
    result = {**scope, **admission}
    if admission["admission"] != "accept":
        return result
    circumstances = evaluate("D3", inputs)
    bottom_line = evaluate("D4", inputs)
    expert = evaluate("D5", inputs)
    advice = evaluate("D7", {**inputs, **circumstances, **bottom_line})
    return {
        **result,
        **circumstances,
        **bottom_line,
        "expertRequired": expert["expertRequired"],
        "advice": advice["advice"],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if value is None or isinstance(value, bool | str):
        return value
    return feel.string(value)
