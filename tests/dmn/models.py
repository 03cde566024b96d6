"""Builders of decision files for tests, and their evaluation at a fixed time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from service import dmn, feel

DMN13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"
ENVIRONMENT = feel.Environment(now=dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC), zone=ZoneInfo("Asia/Shanghai"))
FILES = Path(__file__).parent / "files"


def definitions(*elements: str, namespace: str = DMN13, own: str = "http://camunda.org/schema/1.0/dmn") -> bytes:
    return (
        f'<definitions xmlns="{namespace}" xmlns:camunda="http://camunda.org/schema/1.0/dmn"'
        f' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="definitions" name="models" namespace="{own}">'
        f"{''.join(elements)}</definitions>"
    ).encode()


def decision(name: str, logic: str, *requirements: str, type_ref: str = "", identifier: str = "") -> str:
    """A decision; `requirements` are `input:ID`, `decision:ID` or `knowledge:ID`."""
    declared = f' typeRef="{escape(type_ref)}"' if type_ref else ""
    needs = "".join(_requirement(*one.split(":")) for one in requirements)
    identifier = identifier or name.replace(" ", "_")
    return f'<decision id="{identifier}" name="{name}"><variable name="{name}"{declared}/>{needs}{logic}</decision>'


def _requirement(kind: str, target: str) -> str:
    group, element = {
        "input": ("informationRequirement", "requiredInput"),
        "decision": ("informationRequirement", "requiredDecision"),
        "knowledge": ("knowledgeRequirement", "requiredKnowledge"),
    }[kind]
    href = target if "#" in target else f"#{target}"
    return f'<{group}><{element} href="{href.replace("|", ":")}"/></{group}>'


def literal(text: str, type_ref: str = "") -> str:
    declared = f' typeRef="{type_ref}"' if type_ref else ""
    return f"<literalExpression{declared}><text>{escape(text)}</text></literalExpression>"


def input_data(name: str, type_ref: str = "") -> str:
    declared = f' typeRef="{escape(type_ref)}"' if type_ref else ""
    return f'<inputData id="{name}" name="{name}"><variable name="{name}"{declared}/></inputData>'


def table(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[Sequence[str]],
    *,
    hit_policy: str = "UNIQUE",
    aggregation: str = "",
    allowed: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
) -> str:
    """A decision table; each rule lists its input cells, then its output cells."""
    columns = "".join(
        f'<input id="in{n}" label="{escape(text)}">{_wrapped("inputExpression", text)}</input>'
        for n, text in enumerate(inputs, start=1)
    )
    results = "".join(
        f'<output id="out{n}" name="{name}">'
        + _wrapped("outputValues", (allowed or {}).get(name))
        + _wrapped("defaultOutputEntry", (defaults or {}).get(name))
        + "</output>"
        for n, name in enumerate(outputs, start=1)
    )
    rows = "".join(
        f'<rule id="rule{n}">'
        + "".join(_wrapped("inputEntry", cell) for cell in cells[: len(inputs)])
        + "".join(_wrapped("outputEntry", cell) for cell in cells[len(inputs) :])
        + "</rule>"
        for n, cells in enumerate(rules, start=1)
    )
    how = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable id="table" hitPolicy="{hit_policy}"{how}>{columns}{results}{rows}</decisionTable>'


def _wrapped(element: str, text: str | None) -> str:
    return "" if text is None else f"<{element}><text>{escape(text)}</text></{element}>"


def read(*elements: str) -> dmn.Model:
    return dmn.read(definitions(*elements), "models.dmn")


def value_of(logic: str, **inputs: Any) -> Any:
    """The plain Python value of a decision with this logic."""
    return evaluated(read(decision("result", logic)), "result", **inputs).value


def evaluated(model: dmn.Model, name: str, **inputs: Any) -> dmn.Evaluation:
    values = {key: feel.from_python(value) for key, value in inputs.items()}
    return dmn.evaluate(model, name, values, ENVIRONMENT)


def codes(model: dmn.Model) -> list[str]:
    return [finding.code for finding in model.findings]
