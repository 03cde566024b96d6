"""Signers of a step that several people do are added and removed while it runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.auth import Actor
from service.errors import Conflict, Forbidden, FormRejected, NotFound
from service.runtime import signers, task_verbs, user_tasks
from service.runtime.engine import Engine
from service.runtime.unit import Plugins
from tests import builders
from tests.builders import line, user_task
from tests.runtime.site import Site
from tests.runtime.test_task_verbs import Office

ANN = Actor("ann", frozenset({"G"}))


@pytest.fixture
def office() -> Office:
    return Office(("zed",))


@pytest.fixture
def site(database_url: str, open_engine: Callable[..., Engine], office: Office) -> Site:
    return Site(database_url, open_engine, Plugins(assignments=office))


def signing(site: Site, *, sequential: bool = False) -> int:
    """Ann, Bea and Cid are to sign; return Ann's task."""
    step = user_task("vote", assignee="=person", many=True, sequential=sequential)
    site.deploy(builders.a_diagram(step, line("s", "vote", "e")))
    site.start(variables={"people": ["ann", "bea"]})
    return site.tasks(assignee="ann")[0].key


def holders(site: Site) -> list[str | None]:
    return sorted(task.assignee or "" for task in site.tasks())


def test_one_more_signs_side_by_side_and_is_waited_for(site: Site, office: Office) -> None:
    key = signing(site)

    site.run(lambda unit: task_verbs.add_signer(unit, key, "cid", "expert"), ANN)

    assert holders(site) == ["ann", "bea", "cid"]
    assert [told.people for told in office.told] == [["cid"]]
    site.restart()
    for task in site.tasks():
        assert site.tasks() != []
        site.run(lambda unit, task=task: user_tasks.complete(unit, task.key))  # type: ignore[misc]
    assert site.tasks() == []


@pytest.mark.parametrize(("before", "order"), [(False, ["ann", "cid", "bea"]), (True, ["cid", "ann", "bea"])])
def test_in_order_one_more_signs_before_or_after(site: Site, before: bool, order: list[str]) -> None:
    key = signing(site, sequential=True)

    site.run(lambda unit: task_verbs.add_signer(unit, key, "cid", "expert", before=before), ANN)

    signed = []
    while site.tasks():
        (task,) = site.tasks()
        signed.append(task.assignee)
        site.complete("vote")
    assert signed == order


def test_who_has_not_signed_is_removed_and_not_waited_for(site: Site) -> None:
    key = signing(site)
    other = site.tasks(assignee="bea")[0].key

    site.run(lambda unit: task_verbs.remove_signer(unit, key, other, "away"), ANN)

    assert holders(site) == ["ann"]
    site.complete("vote")
    assert site.tasks() == []


def test_the_tally_says_who_has_signed(site: Site) -> None:
    key = signing(site)
    site.run(lambda unit: user_tasks.complete(unit, site.tasks(assignee="bea")[0].key), Actor("bea"))

    found = site.read(lambda unit: signers.tally(unit, user_tasks.get(unit, key)))

    assert {signer.person: signer.done for signer in found} == {"ann": False, "bea": True}


def test_what_cannot_be_is_refused_and_changes_nothing(site: Site) -> None:
    key = signing(site)
    other = site.tasks(assignee="bea")[0].key

    with pytest.raises(FormRejected):
        site.run(lambda unit: task_verbs.add_signer(unit, key, "bea", "x"), ANN)
    with pytest.raises(Forbidden):
        site.run(lambda unit: task_verbs.add_signer(unit, key, "zed", "x"), ANN)
    with pytest.raises(FormRejected):
        site.run(lambda unit: task_verbs.remove_signer(unit, key, key, "x"), ANN)
    with pytest.raises(NotFound):
        site.run(lambda unit: task_verbs.remove_signer(unit, other, key, "x"), ANN)
    assert holders(site) == ["ann", "bea"]


def test_in_order_nobody_is_removed(site: Site) -> None:
    key = signing(site, sequential=True)
    with pytest.raises((Conflict, FormRejected)):
        site.run(lambda unit: task_verbs.remove_signer(unit, key, key, "x"), ANN)


def test_a_step_that_one_person_does_offers_no_signers(site: Site) -> None:
    site.deploy(builders.a_task_diagram(assignee="ann"))
    site.start()
    task = site.tasks()[0]

    assert "sign" not in site.read(lambda unit: task_verbs.offered(unit, task), ANN)
