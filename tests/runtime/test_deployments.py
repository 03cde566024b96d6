"""Deployments: all or nothing, a new version for what changed, references, the second person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from service.auth import Actor
from service.errors import Conflict, DeploymentRejected, Forbidden, Invalid, NotFound, TooLarge
from service.runtime import audit, deployments, instances, jobs, releases
from service.runtime.deployments import Release, Resource
from service.runtime.engine import Engine, SetClock
from service.store.definitions import ProcessDefinition
from tests import builders
from tests.runtime.site import OWNER, Site

SECOND = Actor("second", frozenset({"OWNER"}))

BOMB = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">&b;</definitions>"""

two_tasks = builders.a_diagram(builders.user_task("t"), builders.user_task("u"), builders.line("s", "t", "u", "e"))

REFUSED: dict[str, tuple[list[Resource], str, str]] = {
    "broken xml": ([Resource("p.bpmn", b"<bpmn:definitions")], "p.bpmn", ""),
    "entities": ([Resource("p.bpmn", BOMB)], "p.bpmn", ""),
    "no xml": ([Resource("p.dmn", b"\x00\x01")], "p.dmn", ""),
    "broken form": ([Resource("f.form", b"{")], "f.form", ""),
    "unknown kind": ([Resource("run.exe", b"MZ")], "run.exe", "runtime.file_kind_unknown"),
    "file twice": ([builders.a_table("d"), builders.a_table("d")], "d.dmn", "runtime.duplicate_file"),
    "process twice": (
        [builders.a_task_diagram("p"), Resource("q.bpmn", builders.a_task_diagram("p").content)],
        "q.bpmn",
        "runtime.duplicate_process",
    ),
    "decision twice": (
        [builders.a_table("d"), Resource("q.dmn", builders.a_table("d").content)],
        "q.dmn",
        "runtime.duplicate_decision",
    ),
    "form twice": (
        [builders.a_form("f"), Resource("g.form", builders.a_form("f").content)],
        "g.form",
        "runtime.duplicate_form",
    ),
    "form not there": ([builders.a_task_diagram(form="nope")], "p.bpmn", "runtime.reference_latest_missing"),
    "form not among the files": (
        [builders.a_task_diagram(form="nope", binding="deployment")],
        "p.bpmn",
        "runtime.reference_deployment_missing",
    ),
    "process not there": (
        [builders.a_diagram(builders.call_activity("c", "nope"), builders.line("s", "c", "e"))],
        "p.bpmn",
        "runtime.reference_latest_missing",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_one_bad_file_refuses_the_deployment_and_nothing_is_stored(lite: Site, case: str) -> None:
    resources, file, code = REFUSED[case]

    with pytest.raises(DeploymentRejected) as refused:
        lite.deploy(builders.a_task_diagram("good"), *resources)

    found = [finding for finding in refused.value.findings if finding.file == file]
    assert found
    assert code in {"", *(finding.code for finding in found)}
    with pytest.raises(NotFound):
        lite.start("good")
    assert lite.read(deployments.history).items == []


def test_an_empty_deployment_is_refused(lite: Site) -> None:
    with pytest.raises(Invalid) as refused:
        lite.deploy()

    assert refused.value.code == "runtime.deployment_empty"


def test_a_huge_file_is_refused_before_it_is_read(lite: Site) -> None:
    with pytest.raises(TooLarge) as refused:
        lite.deploy(Resource("p.bpmn", b" " * (50 * 1024 * 1024)))

    assert refused.value.facts["file"] == "p.bpmn"


def test_unchanged_content_keeps_key_and_version(site: Site) -> None:
    first = site.deploy(builders.a_task_diagram(), builders.a_table("d"), builders.a_form("f"))

    second = site.deploy(builders.a_task_diagram(), builders.a_table("d"), builders.a_form("f"))

    assert second.named == first.named == ["p:1", "d:1", "f:1"]
    assert [row.key for row in second.processes] == [row.key for row in first.processes]
    assert second.deployment.key != first.deployment.key
    assert site.read(lambda unit: deployments.get(unit, second.deployment.key)).named == first.named


def test_changed_content_makes_a_version_of_what_changed_alone(site: Site) -> None:
    site.deploy(builders.a_task_diagram("p"), builders.a_task_diagram("q"), builders.a_table("d"))

    changed = site.deploy(two_tasks, builders.a_task_diagram("q"), builders.a_table("d"))

    assert changed.named == ["p:2", "q:1", "d:1"]


def test_going_back_to_old_content_is_a_new_version(lite: Site) -> None:
    lite.deploy(builders.a_task_diagram())
    lite.deploy(two_tasks)

    assert lite.deploy(builders.a_task_diagram()).named == ["p:3"]


@pytest.mark.parametrize(("binding", "version"), [("deployment", "p:2"), ("latest", "p:1")])
def test_a_changed_form_makes_a_version_of_what_binds_to_it_by_deployment(
    lite: Site, binding: str, version: str
) -> None:
    diagram = builders.a_task_diagram(form="f", binding=binding)
    lite.deploy(diagram, builders.a_form("f", {"key": "a"}))

    changed = lite.deploy(diagram, builders.a_form("f", {"key": "b"}))

    assert changed.named == [version, "f:2"]


def test_a_running_instance_keeps_its_version_and_new_ones_take_the_latest(site: Site) -> None:
    site.deploy(builders.a_task_diagram())
    old = site.start()
    site.deploy(two_tasks)
    new = site.start()

    site.complete("t")
    site.complete("t")

    assert site.instance(old.key).state is instances.InstanceState.COMPLETED
    assert site.instance(new.key).state is instances.InstanceState.ACTIVE
    assert site.run(lambda unit: instances.start(unit, "p", {}, version=1)).definition_version == 1


def test_a_bound_form_stays_that_of_its_deployment(lite: Site) -> None:
    bound = builders.a_task_diagram("bound", form="f", binding="deployment")
    latest = builders.a_task_diagram("latest", form="f")
    first = lite.deploy(bound, latest, builders.a_form("f", {"key": "a"}))
    second = lite.deploy(builders.a_form("f", {"key": "b"}))

    lite.start("bound")
    lite.start("latest")

    assert [task.form_key for task in lite.tasks()] == [first.forms[0].key, second.forms[0].key]


def test_the_source_comes_back_byte_for_byte(site: Site) -> None:
    resource = builders.a_task_diagram()
    deployed = site.deploy(resource)
    key = deployed.processes[0].key

    assert site.read(lambda unit: deployments.source_of(unit, ProcessDefinition, key)) == resource.content


def test_the_folder_file_of_the_modeler_is_passed_over(lite: Site) -> None:
    assert lite.deploy(builders.a_task_diagram(), Resource(".process-application", b"{}")).named == ["p:1"]


def test_only_the_process_owner_deploys(lite: Site) -> None:
    with pytest.raises(Forbidden):
        lite.run(lambda unit: deployments.deploy(unit, [two_tasks]), Actor("ann", frozenset({"INVEST"})))


@pytest.fixture
def careful(sqlite_url: str, open_engine: Callable[..., Engine]) -> Engine:
    """A site where deployments wait for a second person."""
    return open_engine(sqlite_url, second_person=True)


def test_a_waiting_deployment_is_used_only_after_a_second_person_let_it_in(careful: Engine) -> None:
    deployed = careful.run(OWNER, lambda unit: deployments.deploy(unit, [two_tasks]))
    assert deployed.deployment.release is Release.WAITING
    with pytest.raises(Conflict):
        careful.run(OWNER, lambda unit: instances.start(unit, "p", {}))

    with pytest.raises(Forbidden) as refused:
        careful.run(OWNER, lambda unit: releases.approve(unit, deployed.deployment.key))
    assert refused.value.code == "runtime.deployment_needs_second_person"
    careful.run(SECOND, lambda unit: releases.approve(unit, deployed.deployment.key))

    assert careful.run(OWNER, lambda unit: instances.start(unit, "p", {})).definition_version == 1
    with pytest.raises(Conflict):
        careful.run(SECOND, lambda unit: releases.refuse(unit, deployed.deployment.key, "no"))
    with careful.reading(OWNER) as unit:
        assert [entry.action for entry in audit.search(unit).items] == [
            "instance.start",
            "deployment.approve",
            "deployment.create",
        ]


def test_a_refused_deployment_is_never_used_and_its_content_may_be_deployed_again(careful: Engine) -> None:
    first = careful.run(OWNER, lambda unit: deployments.deploy(unit, [two_tasks]))
    careful.run(SECOND, lambda unit: releases.refuse(unit, first.deployment.key, "no"))

    second = careful.run(OWNER, lambda unit: deployments.deploy(unit, [two_tasks]))

    assert second.named == ["p:2"]
    careful.run(SECOND, lambda unit: releases.approve(unit, second.deployment.key))
    assert careful.run(OWNER, lambda unit: instances.start(unit, "p", {})).definition_version == 2


def test_deploying_the_same_again_needs_no_second_person(careful: Engine) -> None:
    first = careful.run(OWNER, lambda unit: deployments.deploy(unit, [two_tasks]))
    careful.run(SECOND, lambda unit: releases.approve(unit, first.deployment.key))

    again = careful.run(OWNER, lambda unit: deployments.deploy(unit, [two_tasks]))

    assert again.deployment.release is Release.LIVE


def test_deploying_the_same_again_leaves_its_start_timers_alone(lite: Site, clock: SetClock) -> None:
    diagram = builders.a_diagram(
        builders.timer_start("tick", cycle="R/P1D"), builders.user_task("t"), builders.line("tick", "t", "e")
    )
    lite.deploy(diagram)
    (before,) = lite.read(jobs.search)
    clock.advance(timedelta(hours=3))

    lite.deploy(diagram)

    (after,) = lite.read(jobs.search)
    assert (after.key, after.due_at) == (before.key, before.due_at)
