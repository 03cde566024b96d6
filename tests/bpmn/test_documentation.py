"""The table of elements tells of every element that runs and of every one that is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.bpmn.elements import ELEMENTS
from service.bpmn.properties import PROPERTIES
from service.bpmn.reader import REFUSED_ELEMENTS

TEXT = (Path(__file__).parents[2] / "service/web/docs/zh_CN/bpmn.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("tag", ELEMENTS)
def test_every_element_that_runs_is_in_the_table(tag: str) -> None:
    assert f"`{tag}`" in TEXT


@pytest.mark.parametrize("tag", [tag for tag, code in REFUSED_ELEMENTS.items() if code != "bpmn.element_unsupported"])
def test_every_element_refused_by_name_is_in_the_table(tag: str) -> None:
    assert f"`{tag}`" in TEXT


@pytest.mark.parametrize("name", PROPERTIES)
def test_every_property_is_listed(name: str) -> None:
    assert f"`{name}`" in TEXT
