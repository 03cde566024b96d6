"""The audit log: exactly one entry an action, chained, and every tampering found."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from service.auth import SYSTEM
from service.runtime import audit, instances, user_tasks
from service.runtime.audit import Verification
from service.runtime.engine import Engine
from service.runtime.unit import UnitOfWork
from tests import builders
from tests.runtime.site import Site


def note(unit: UnitOfWork, index: int) -> None:
    audit.record(unit, "test.note", ("note", index), before={"n": None}, after={"n": index}, business_key="7")


@pytest.fixture
def noted(site: Site) -> Site:
    """A site with five entries."""
    for index in range(5):
        site.run(lambda unit, index=index: note(unit, index))  # type: ignore[misc]
    return site


def test_an_empty_log_is_whole(site: Site) -> None:
    assert site.read(audit.verify) == Verification(True, 0)


def test_an_untouched_log_is_whole(noted: Site) -> None:
    assert noted.read(audit.verify) == Verification(True, 5)


TAMPERING = {
    "changed": ("UPDATE audit_entry SET actor = 'eve' WHERE sequence = 3", 3, "runtime.audit_entry_changed"),
    "changed with its hash": (
        "UPDATE audit_entry SET after = '{}', hash = previous_hash WHERE sequence = 3", 3,
        "runtime.audit_entry_changed",
    ),
    "removed": ("DELETE FROM audit_entry WHERE sequence = 3", 4, "runtime.audit_gap"),
    "removed from the beginning": ("DELETE FROM audit_entry WHERE sequence = 1", 2, "runtime.audit_gap"),
    "removed from the end": ("DELETE FROM audit_entry WHERE sequence = 5", 5, "runtime.audit_end_missing"),
    "all removed": ("DELETE FROM audit_entry", 1, "runtime.audit_end_missing"),
    "relinked": (
        "UPDATE audit_entry SET previous_hash = '0' WHERE sequence = 3", 3, "runtime.audit_chain_broken"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TAMPERING)
def test_tampering_is_found_where_it_is(noted: Site, case: str) -> None:
    statement, sequence, reason = TAMPERING[case]
    with noted.engine.unit(SYSTEM) as unit:
        unit.session.execute(text(statement))
        unit.session.commit()

    result = noted.read(audit.verify)

    assert (result.whole, result.broken_at, result.reason) == (False, sequence, reason)


def test_what_an_action_calls_is_noted_in_its_own_entry(site: Site) -> None:
    def use_case(unit: UnitOfWork) -> None:
        with audit.action(unit, "outer.do", "thing", 1) as entry:
            note(unit, 1)
            note(unit, 2)
            entry.after["done"] = True

    site.run(use_case)

    (entry,) = site.read(audit.search).items
    assert (entry.action, entry.after) == ("outer.do", '{"done":true}')
    assert entry.effects.count("test.note") == 2


def test_a_refused_action_leaves_no_entry(site: Site) -> None:
    with pytest.raises(KeyError):
        site.run(lambda unit: (note(unit, 1), {}["x"]))

    assert site.read(audit.verify) == Verification(True, 0)


def test_writers_of_several_engines_make_one_chain(database_url: str, open_engine: Callable[..., Engine]) -> None:
    engines = [open_engine(database_url) for _ in range(2)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: engines[n % 2].run(SYSTEM, lambda unit: note(unit, n)), range(24)))

    with engines[0].reading(SYSTEM) as unit:
        assert audit.verify(unit) == Verification(True, 24)
        assert {entry.object_key for entry in audit.search(unit, limit=99).items} == {str(n) for n in range(24)}


def test_each_action_of_a_case_is_one_entry(site: Site) -> None:
    site.deploy(builders.a_task_diagram(groups="INVEST"))
    key = site.start(business_key="7").key
    task = site.tasks()[0].key
    site.run(lambda unit: user_tasks.assign(unit, task, "ann"))
    site.run(lambda unit: user_tasks.release(unit, task))
    site.run(lambda unit: user_tasks.change(unit, task, priority=90))
    site.run(lambda unit: instances.set_variables(unit, key, {"a": 1}))
    site.run(lambda unit: instances.cancel(unit, key))

    entries = site.read(lambda unit: audit.search(unit, business_key="7")).items

    assert [entry.action for entry in reversed(entries)] == [
        "instance.start",
        "user_task.assign",
        "user_task.release",
        "user_task.change",
        "variables.set",
        "instance.cancel",
    ]
