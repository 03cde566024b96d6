"""An instance that is started to try one element ends with that element."""

from __future__ import annotations

import pytest

from service.errors import NotFound
from tests.bpmn.stage import Stage, flows, process, user_task

LINE = process('<startEvent id="s"/>' + user_task("a") + user_task("b") + flows("s>a", "a>b"))
INSIDE = process(
    '<startEvent id="s"/><subProcess id="sub"><startEvent id="s2"/>'
    + user_task("a")
    + flows("s2>a")
    + "</subProcess>"
    + user_task("b")
    + flows("s>sub", "sub>b")
)
TURNS = process(
    '<startEvent id="s"/>'
    + user_task(
        "a",
        "<multiInstanceLoopCharacteristics isSequential='true'><extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=[1, 2]"/></extensionElements></multiInstanceLoopCharacteristics>',
    )
    + user_task("b")
    + flows("s>a", "a>b")
)


def start(stage: Stage, *after: str, before: tuple[str, ...] = ("a",)) -> None:
    stage.start(before=before, terminate_after=after)


@pytest.mark.parametrize("diagram", [LINE, INSIDE], ids=["line", "sub-process"])
def test_the_instance_is_terminated_when_the_element_completes(diagram: bytes) -> None:
    stage = Stage(diagram)
    start(stage, "a")

    stage.complete("a")

    assert stage.workflow.state == "terminated"
    assert not stage.workflow.waits


def test_an_element_that_is_not_named_goes_on() -> None:
    stage = Stage(LINE)
    start(stage, "b")

    stage.complete("a")

    assert stage.workflow.state == "active"


def test_all_turns_of_a_multi_instance_activity_come_first() -> None:
    stage = Stage(TURNS)
    start(stage, "a")

    stage.complete("a")
    assert stage.workflow.state == "active"
    stage.complete("a")

    assert stage.workflow.state == "terminated"


def test_an_unknown_element_is_refused() -> None:
    with pytest.raises(NotFound):
        start(Stage(LINE), "nowhere")
