"""Deployments for tests of the rules, read from text."""

from __future__ import annotations

from service import bpmn, dmn, forms
from service.lint import Deployment, Known
from service.runtime.deployments import Resource
from tests import builders

FUNCTIONS = frozenset({"deadline", "working days between"})
RECORDS = frozenset({"case", "matter"})


def of(*resources: Resource, known: Known | None = None) -> Deployment:
    """Read files into one deployment."""
    content = {resource.name: resource.content for resource in resources}
    return Deployment(
        diagrams=tuple(bpmn.read(text, name, FUNCTIONS) for name, text in content.items() if name.endswith(".bpmn")),
        models=dmn.link([dmn.read(text, name) for name, text in content.items() if name.endswith(".dmn")]),
        forms=tuple(forms.read(text, name, FUNCTIONS) for name, text in content.items() if name.endswith(".form")),
        known=known,
        functions=FUNCTIONS,
        records=RECORDS,
    )


def diagram(*parts: str) -> Deployment:
    """One process of the given parts."""
    return of(builders.a_diagram(*parts))


def table(*rules: tuple[str, ...], policy: str = "UNIQUE", allowed: tuple[str, ...] = (), kind: str = "string",
          annotated: bool = True) -> Deployment:  # fmt: skip
    """A table with a column for every cell but the last, which is the output."""
    width = len(rules[0]) - 1
    inputs = "".join(
        f'<input id="i{column}" label="c{column}"><inputExpression id="e{column}" typeRef="{kind}">'
        f"<text>v{column}</text></inputExpression>"
        + (f'<inputValues id="a{column}"><text>{allowed[column]}</text></inputValues>' if allowed else "")
        + "</input>"
        for column in range(width)
    )
    note = "<annotationEntry><text>X</text></annotationEntry>" if annotated else ""
    lines = "".join(
        f'<rule id="r{row}">'
        + "".join(f'<inputEntry id="c{row}{column}"><text>{_escaped(cell)}</text></inputEntry>'
                  for column, cell in enumerate(cells[:-1]))
        + f'<outputEntry id="o{row}"><text>{cells[-1]}</text></outputEntry>{note}</rule>'
        for row, cells in enumerate(rules)
    )  # fmt: skip
    text = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="n">'
        f'<decision id="d" name="d"><decisionTable id="t" hitPolicy="{policy}">{inputs}<output id="o" />'
        f'<annotation name="ground" />{lines}</decisionTable></decision></definitions>'
    )
    return of(Resource("d.dmn", text.encode()))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
