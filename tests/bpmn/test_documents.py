"""State documents outlive the program that wrote them: every earlier version is upgraded, a later one is refused.

`documents/` holds an example of each version: an instance of `stored.bpmn` (which calls `low.bpmn`) that stands at
every kind of wait. Whoever changes what a document looks like finds the newest example no longer the same, raises
`serializer.VERSION`, writes the upgrade and adds an example of the new version.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service import bpmn, feel, texts
from service.bpmn import serializer
from service.errors import Invalid
from tests.bpmn.stage import Stage, flows, process, user_task

FOLDER = Path(__file__).with_name("documents")
VERSIONS = range(1, serializer.VERSION + 1)


def example(version: int) -> dict[str, Any]:
    found: dict[str, Any] = feel.codec.decode((FOLDER / f"{version}.json").read_text(encoding="utf-8"))
    return found


def a_stage() -> Stage:
    return Stage(*((FOLDER / name).read_bytes() for name in ("stored.bpmn", "low.bpmn")))


def restored(document: dict[str, Any]) -> Stage:
    stage = a_stage()
    stage.workflow = bpmn.Workflow.restore(document, stage.definitions.__getitem__, stage)
    stage.keys = iter(range(10_000, 20_000))  # type: ignore[assignment]
    return stage


def test_every_earlier_version_has_its_upgrade_and_its_example() -> None:
    assert sorted(serializer.UPGRADES) == list(VERSIONS)[:-1]
    assert sorted(int(path.stem) for path in FOLDER.glob("*.json")) == list(VERSIONS)


def test_the_newest_example_is_what_is_written_today() -> None:
    stage = restored(example(serializer.VERSION))

    assert stage.workflow.document() == example(serializer.VERSION)
    assert {type(wait) for wait in stage.waits()} == set(serializer._LETTERS)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_instance_of_every_version_goes_on_to_its_end(version: int) -> None:
    stage = restored(example(version))
    stage.settle()

    while open_ := [task for task in stage.open if task != "slow"]:
        stage.complete(open_[0], x=3)
    for catch, kind in (("message", bpmn.MessageCatch), ("signal", bpmn.SignalCatch)):
        wait = stage.wait(catch, kind)
        (stage.workflow.deliver_message if catch == "message" else stage.workflow.deliver_signal)(wait.key)
        stage.settle()
    stage.set(go=True, nobody="ann", missing=True)
    stage.retry("leaving")
    stage.retry("stuck")
    stage.complete("stuck").complete("stuck")
    assert (stage.open, stage.incidents) == (["slow"], [])
    stage.complete("slow")

    assert stage.variables["all"] == [2, 3]
    # From version 2 on the example is told to end with its end event, which comes to the same here.
    assert stage.state == ("completed" if version == 1 else "terminated")
    assert stage.workflow.document()["version"] == serializer.VERSION


@pytest.mark.parametrize("version", [serializer.VERSION + 1, 99, 0, -1, 1.5, "1", None, True])
def test_a_document_of_a_later_program_or_of_none_is_refused_with_both_versions(version: object) -> None:
    stage = Stage(process("<startEvent id='s'/>" + user_task("u") + flows("s>u"))).start()
    document = {**stage.workflow.document(), "version": version}

    with pytest.raises(Invalid) as error:
        bpmn.Workflow.restore(document, stage.definitions.__getitem__, stage)

    assert error.value.code == "bpmn.document_version"
    assert error.value.facts == {"version": version, "known": serializer.VERSION}
    assert str(serializer.VERSION) in texts.render(error.value, "en")
