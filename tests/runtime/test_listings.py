"""Lists by conditions and orders, on each database."""

from __future__ import annotations

import pytest

from service.auth import Actor, ActorKind
from service.errors import NotFound
from service.runtime import listings, user_tasks
from service.runtime.listings import Condition, Operator, Order, Query, Window
from service.store.cases import CaseFile
from tests.builders import a_task_diagram
from tests.runtime.site import OWNER, Site

PROGRAM = Actor("owner", frozenset({"OWNER"}), ActorKind.API)


@pytest.fixture
def started(site: Site) -> Site:
    """Five instances of two processes; the business keys are b, none, c, none, 77, and 77 is a case."""
    site.deploy(a_task_diagram("p", groups="INVEST"), a_task_diagram("q", assignee="ann"))

    def register(unit):
        unit.session.add(
            CaseFile(
                key=77, case_no="1", accountability_case_no="1", title="示例", organ="示例", organ_level="x",
                secrecy="none", state="REGISTERED", opened_at=None, registered_at=unit.now, registered_by="x",
                closed_at=None,
            )
        )  # fmt: skip

    site.run(register)
    for process, business_key in (("p", "b"), ("q", None), ("p", "c"), ("q", None), ("p", "77")):
        site.start(process, {"n": 1, "名": "值"}, business_key=business_key)
    site.complete("t")
    return site


def business_keys(site: Site, query: Query) -> list[str | None]:
    return [row.business_key for row in site.read(lambda unit: listings.process_instances(unit, query)).items]


ORDERS = {
    "nulls last": ([Order("business_key")], ["77", "b", "c", None, None]),
    "nulls first": ([Order("business_key", True)], [None, None, "c", "b", "77"]),
    "truth values, then texts": ([Order("has_incident"), Order("business_key")], ["77", "b", "c", None, None]),
    "states, then moments": ([Order("state", True), Order("started_at")], ["b", None, "c", None, "77"]),
    "ended": ([Order("ended_at"), Order("key", True)], ["b", "77", None, "c", None]),
}


@pytest.mark.parametrize(("orders", "expected"), ORDERS.values(), ids=ORDERS)
def test_cursors_lead_through_every_order_both_ways(
    started: Site, orders: list[Order], expected: list[str | None]
) -> None:
    assert business_keys(started, Query(orders=orders)) == expected

    seen: list[str | None] = []
    after = None
    while True:
        window = Window(2, after=after)
        page = started.read(
            lambda unit, window=window: listings.process_instances(unit, Query(orders=orders, window=window))
        )
        if not page.items:
            break
        seen += [row.business_key for row in page.items]
        after = page.end_cursor
    assert seen == expected

    whole = started.read(lambda unit: listings.process_instances(unit, Query(orders=orders)))
    before = Query(orders=orders, window=Window(2, before=whole.end_cursor))
    assert business_keys(started, before) == expected[2:4]
    assert business_keys(started, Query(orders=orders, window=Window(9, offset=3))) == expected[3:]


CONDITIONS = [
    ([Condition("business_key", Operator.LIKE, "?")], {"b", "c"}),
    ([Condition("business_key", Operator.NEQ, "b")], {None, "c", "77"}),
    ([Condition("business_key", Operator.NOT_IN, ["b", "c"])], {None, "77"}),
    ([Condition("business_key", Operator.EXISTS, True)], {"b", "c", "77"}),
    ([Condition("has_incident", Operator.EQ, True)], set()),
    ([Condition("ended_at", Operator.EXISTS, True)], {"b"}),
]


@pytest.mark.parametrize(("conditions", "expected"), CONDITIONS)
def test_conditions(started: Site, conditions: list[Condition], expected: set[str | None]) -> None:
    assert set(business_keys(started, Query(conditions))) == expected


def test_variables_of_a_case_are_not_listed_nor_searched_by(started: Site) -> None:
    (case,) = started.read(
        lambda unit: listings.process_instances(unit, Query([Condition("business_key", Operator.EQ, "77")]))
    ).items

    shown = started.read(lambda unit: listings.variables(unit, Query())).items
    assert len(shown) == 8
    assert case.key not in {row.instance_key for row in shown}
    found = started.read(lambda unit: listings.process_instances(unit, Query(), variables=[("名", '"值"')])).items
    assert {row.business_key for row in found} == {"b", None, "c"}
    with pytest.raises(NotFound):
        started.read(lambda unit: listings.open_variables(unit, case.key))


READERS = [
    (Actor("ann", frozenset({"INVEST"})), ["p", "p", "p", "q", "q"]),
    (Actor("bob", frozenset({"REVIEW"})), []),
    (Actor("bob", frozenset({"INVEST@east", "INVEST"})), ["p", "p", "p"]),
    (Actor("lea", frozenset({"LEAD"})), ["p", "p", "p", "q", "q"]),
    (Actor("sam", frozenset({"SYSADM"})), []),
    (OWNER, []),
    (PROGRAM, ["p", "p", "q", "q"]),  # what is no case
]


@pytest.mark.parametrize(("actor", "expected"), READERS)
def test_tasks_are_those_that_the_actor_may_read(started: Site, actor: Actor, expected: list[str]) -> None:
    rows = started.read(lambda unit: listings.user_tasks(unit, Query()), actor).items

    assert sorted(row.process_id for row in rows) == expected
    if actor is not PROGRAM:
        for row in started.tasks(state=None):
            shown = row.key in {found.key for found in rows}
            from service.auth import Permission, may

            assert may(actor, Permission.READ_TASK, user_tasks.access(row)) is shown


def test_only_the_latest_version_of_each(started: Site) -> None:
    started.deploy(a_task_diagram("p", groups="REVIEW"))

    every = started.read(lambda unit: listings.process_definitions(unit, Query())).items
    latest = started.read(lambda unit: listings.process_definitions(unit, Query(), latest=True)).items

    assert sorted((row.definition_id, row.version) for row in every) == [("p", 1), ("p", 2), ("q", 1)]
    assert sorted((row.definition_id, row.version) for row in latest) == [("p", 2), ("q", 1)]
