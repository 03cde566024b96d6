"""The one path by which an instance moves: called instances, lost races, the cache, a unit that was left half-way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

import pytest

from service.auth import SYSTEM
from service.errors import Conflict, NotFound
from service.runtime import execution, history, instances, user_tasks
from service.runtime.engine import Engine, Superseded
from service.runtime.instances import InstanceState
from service.runtime.unit import Plugins, UnitOfWork
from service.store import process_instances
from tests import builders
from tests.runtime.site import Notebook, Site

OUTER = builders.a_diagram(
    builders.call_activity("c", "inner"),
    builders.user_task("after"),
    builders.line("s", "c", "after", "e"),
    process_id="outer",
    name="outer.bpmn",
)
INNER = builders.a_task_diagram("inner")


def test_a_called_instance_has_a_row_of_its_own_below_its_caller(site: Site) -> None:
    site.deploy(OUTER, INNER)
    outer = site.start("outer", {"amount": 3}, business_key="7")
    site.restart()

    root, called = site.read(lambda unit: instances.of_root(unit, outer.key))

    assert (called.process_id, called.parent_key, called.root_key) == ("inner", root.key, root.key)
    assert called.business_key == "7"
    assert site.tasks()[0].instance_key == called.key
    assert site.variables(called.key) == {"amount": Decimal(3)}
    node = site.read(lambda unit: history.flow_nodes(unit, root_key=root.key, element_id="c"))[0]
    assert called.parent_element_instance_key == node.key

    site.complete("t", {"answer": 42})

    assert site.open_elements() == ["after"]
    assert site.instance(called.key).state is InstanceState.COMPLETED
    assert site.variables(root.key)["answer"] == Decimal(42)


def test_an_ended_instance_leaves_no_document_behind(site: Site) -> None:
    site.deploy(builders.a_task_diagram())
    instance = site.start()
    site.complete("t")

    assert site.read(lambda unit: process_instances.document(unit.session, instance.key)) is None
    with pytest.raises(Conflict) as refused:
        site.run(lambda unit: instances.set_variables(unit, instance.key, {"a": 1}))
    assert refused.value.code == "runtime.instance_ended"


def test_there_is_no_instance_of_a_forged_key(lite: Site) -> None:
    for action in (
        lambda unit: instances.get(unit, 99),
        lambda unit: instances.set_variables(unit, 99, {}),
        lambda unit: instances.cancel(unit, 99),
        lambda unit: instances.variables(unit, 99),
    ):
        with pytest.raises(NotFound):
            lite.run(action)


def test_an_engine_that_holds_an_old_state_reads_the_new_one(
    database_url: str, open_engine: Callable[..., Engine]
) -> None:
    site, other = Site(database_url, open_engine), Site(database_url, open_engine)
    site.deploy(builders.a_diagram(builders.user_task("a"), builders.user_task("b"), builders.line("s", "a", "b", "e")))
    instance = site.start()
    other.complete("a", {"by": "other"})

    site.complete("b")

    assert site.instance(instance.key).state is InstanceState.COMPLETED
    assert site.variables(instance.key) == {"by": "other"}


def test_the_cache_is_used_as_long_as_nobody_else_moved_the_instance(lite: Site) -> None:
    lite.deploy(builders.a_diagram(builders.user_task("a"), builders.user_task("b"), builders.line("s", "a", "b", "e")))
    lite.start()

    lite.complete("a")

    assert (lite.engine.site.workflows.hits, lite.engine.site.workflows.misses) == (1, 0)


def test_a_lost_race_is_tried_once_more_on_a_fresh_load(lite: Site) -> None:
    tries: list[int] = []

    def use_case(unit: UnitOfWork) -> str:
        tries.append(len(tries))
        if len(tries) == 1:
            raise Superseded("runtime.superseded")
        return "done"

    assert lite.run(use_case) == "done"
    assert len(tries) == 2


def test_a_race_lost_twice_is_a_conflict(lite: Site) -> None:
    def use_case(unit: UnitOfWork) -> None:
        raise Superseded("runtime.superseded")

    with pytest.raises(Conflict):
        lite.run(use_case)


def test_writing_over_a_newer_state_is_refused(site: Site) -> None:
    site.deploy(builders.a_task_diagram())
    instance = site.start()

    def overtake(unit: UnitOfWork) -> None:
        with execution.moving(unit, instance.key) as workflow:
            workflow.set_variables(None, {"a": 1})
            version = process_instances.document_version(unit.session, instance.key)
            assert version is not None
            assert process_instances.replace_document(unit.session, instance.key, version, 1, b"newer")

    with pytest.raises(Superseded):
        site.run(overtake)
    assert site.variables(instance.key) == {}


def test_a_unit_left_half_way_cannot_commit(lite: Site) -> None:
    lite.deploy(builders.a_task_diagram())
    instance = lite.start()

    with lite.engine.unit(SYSTEM) as unit:
        with suppress(KeyError), execution.moving(unit, instance.key) as workflow:
            workflow.set_variables(None, {"a": 1})
            raise KeyError
        with pytest.raises(RuntimeError, match="half-way"):
            unit.commit()

    assert lite.variables(instance.key) == {}
    lite.complete("t")
    assert lite.instance(instance.key).state is InstanceState.COMPLETED


def test_what_is_not_committed_is_not_there(site: Site) -> None:
    site.deploy(builders.a_task_diagram())
    with site.engine.unit(SYSTEM) as unit:
        key = instances.start(unit, "p", {}).key

    with pytest.raises(NotFound):
        site.instance(key)
    assert site.tasks() == []


def test_a_reading_unit_cannot_commit(lite: Site) -> None:
    with lite.engine.reading(SYSTEM) as unit, pytest.raises(RuntimeError):
        unit.commit()


def test_a_condition_on_a_record_is_looked_at_when_a_task_writes_it(
    database_url: str, open_engine: Callable[..., Engine]
) -> None:
    site = Site(database_url, open_engine, Plugins(records=Notebook()))
    site.deploy(
        builders.a_diagram(
            builders.condition_catch("c", '=matter.title = "done"'),
            builders.user_task("seen"),
            builders.line("s", "c", "seen", "e"),
            process_id="watcher",
            name="watcher.bpmn",
        ),
        builders.a_task_diagram(),
    )
    site.start("watcher", business_key="7")
    site.start("watcher", business_key="8")
    site.start("p", business_key="7")

    site.complete("t", {"matter": {"title": "done"}})

    (seen,) = site.tasks()
    assert (seen.element_id, seen.business_key) == ("seen", "7")


def test_variables_are_read_and_written_where_they_live(site: Site) -> None:
    site.deploy(builders.a_task_diagram(outputs={"answer": "=a"}))
    instance = site.start(variables={"a": 1})
    task = site.tasks()[0].key

    site.run(lambda unit: instances.set_variables(unit, task, {"local": 1}))
    site.run(lambda unit: instances.set_variables(unit, task, {"a": 2, "new": 3}, local=False))

    assert site.variables(task) == {"a": Decimal(2), "local": Decimal(1), "new": Decimal(3)}
    assert site.variables(instance.key) == {"a": Decimal(2), "new": Decimal(3)}
    site.complete("t")
    changes = site.read(lambda unit: history.variable_changes(unit, instance.key))
    assert [row.value for row in changes if row.name == "a"] == ["1", "2"]
    assert site.variables(instance.key)["answer"] == Decimal(2)


def test_numbers_keep_all_their_digits_through_a_restart(site: Site) -> None:
    number = Decimal("1234567890123456789012345678901.234")
    site.deploy(builders.a_diagram(
        builders.script_task("x", "=n + 0.001", "m"), builders.user_task("t"), builders.user_task("u"),
        builders.line("s", "t", "x", "u", "e"),
    ))  # fmt: skip
    instance = site.start(variables={"n": number})
    site.restart()

    site.complete("t")

    assert site.variables(instance.key) == {"n": number, "m": Decimal("1234567890123456789012345678901.235")}


def test_a_task_reads_its_lists_without_touching_state_documents(lite: Site) -> None:
    lite.deploy(builders.a_task_diagram())
    lite.start()
    with lite.engine.unit(SYSTEM) as unit:
        unit.session.connection().exec_driver_sql("DROP TABLE instance_document")

        assert len(user_tasks.search(unit, user_tasks.UserTaskQuery()).items) == 1
        assert len(instances.search(unit, instances.InstanceQuery()).items) == 1
