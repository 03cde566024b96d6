"""The engine of an installation has every plug-in that the shipped models ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from service import wiring
from service.bpmn.definition import Job
from service.runtime import deployments
from service.runtime.deployments import Resource
from service.runtime.unit import SYSTEM
from service.settings import Profile, Settings

SHIPPED = Path(__file__).parents[1] / "processes"


@pytest.mark.parametrize(
    ("profile", "setting", "waits"),
    [(Profile.PRODUCTION, None, True), (Profile.DEMO, None, False), (Profile.PRODUCTION, False, False),
     (Profile.DEMO, True, True)],
)  # fmt: skip
def test_deployments_wait_for_a_second_person_in_production_unless_the_setting_says_otherwise(
    sqlite_url: str, profile: Profile, setting: bool | None, waits: bool
) -> None:
    engine = wiring.engine(Settings(database=sqlite_url, profile=profile, deployment_approval=setting))

    assert engine.site.second_person is waits
    engine.close()


def test_every_topic_of_the_shipped_diagrams_has_a_handler(sqlite_url: str) -> None:
    engine = wiring.engine(Settings(database=sqlite_url, profile=Profile.DEMO))
    files = [path for folder in (SHIPPED, SHIPPED.parent / "forms") for path in sorted(folder.rglob("*.*"))
             if path.suffix in {".bpmn", ".dmn", ".form"}]  # fmt: skip

    with engine.reading(SYSTEM) as unit:
        checked = deployments.check(unit, [Resource(path.name, path.read_bytes()) for path in files])
    engine.close()

    topics = {
        str(element.detail.topic.value)
        for diagram in checked.diagrams.values()
        for process in diagram.processes
        for element in process.elements.values()
        if isinstance(element.detail, Job)
    }
    assert topics
    assert topics <= set(wiring.PLUGINS.handlers)
    assert not checked.rejected
