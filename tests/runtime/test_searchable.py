"""`rc.searchable`: tasks are found by the values of the variables that their process names, but for hidden ones."""

from __future__ import annotations

import pytest

from service.runtime.deployments import Resource
from tests import builders
from tests.runtime.site import Site


def diagram(names: str, **fields: str) -> Resource:
    """A process with one task; `names` are searchable, `fields` have rights at the task."""
    rights = "".join(f'<zeebe:property name="rc.field.{key}" value="{right}"/>' for key, right in fields.items())
    step = builders.user_task("t", name="核对", form="f").replace(
        "</bpmn:extensionElements>", f"<zeebe:properties>{rights}</zeebe:properties></bpmn:extensionElements>", 1
    )
    head = (
        "<bpmn:extensionElements><zeebe:properties>"
        f'<zeebe:property name="rc.searchable" value="{names}"/></zeebe:properties></bpmn:extensionElements>'
    )
    content = (
        builders.process(step, builders.line("s", "t", "e"))
        .decode()
        .replace('isExecutable="true">', f'isExecutable="true">{head}')
    )
    return Resource("p.bpmn", content.encode())


FORM = builders.a_form("f", {"key": "enterprise"}, {"key": "informant"})


@pytest.fixture
def searched(site: Site) -> Site:
    site.deploy(diagram("enterprise, number,informant", enterprise="readonly", informant="hidden"), FORM)
    site.start(variables={"enterprise": '华龙"钢构"50%', "number": 4711, "informant": "王某", "other": "甲"})
    site.start(variables={"enterprise": "清丰家具", "number": 12})
    return site


@pytest.mark.parametrize(
    ("text", "found"),
    [("华龙", 1), ('"钢构"', 1), ("50%", 1), ("5_%", 0), ("4711", 1), ("清丰", 1), ("核对", 2), ("王某", 0), ("甲", 0)],
)
def test_tasks_are_found_by_searchable_values_alone(searched: Site, text: str, found: int) -> None:
    assert len(searched.tasks(text=text)) == found


def test_a_variable_that_no_diagram_names_is_not_searched(site: Site) -> None:
    site.deploy(builders.a_task_diagram())
    site.start(variables={"enterprise": "华龙"})

    assert site.tasks(text="华龙") == []
