"""`check` finds every contradiction that is made by hand, and none where nothing was touched."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text

from service.runtime import instances, integrity, jobs
from service.runtime.engine import Engine
from service.runtime.integrity import Report
from tests import builders
from tests.runtime.site import Site

BRANCHES = ("ask", "hear", "seen", "call", "outside", "broken")

WIDE = builders.a_diagram(
    builders.user_task("ask", groups="INVEST"),
    builders.timer_boundary("late", "ask", duration="P2D"),
    builders.message_catch("hear", "m"),
    builders.signal_catch("seen", "sig"),
    builders.call_activity("call", "inner"),
    builders.service_task("outside", "somebody"),
    builders.decision_task("broken", "d", "size"),
    '<bpmn:parallelGateway id="all" />',
    builders.line("s", "all"),
    *(builders.line("all", name, "e") for name in BRANCHES),
    builders.line("late", "e"),
    outside=builders.message("m", "heard", '="k"') + '<bpmn:signal id="sig" name="sig" />',
    process_id="wide",
    name="wide.bpmn",
)

# What is done by hand -> what is found.
BREAKS = {
    "DELETE FROM user_task_candidate; DELETE FROM user_task WHERE element_id = 'ask'": "integrity.task_missing",
    "UPDATE user_task SET state = 'COMPLETED', completed_at = created_at WHERE element_id = 'ask'": (
        "integrity.task_missing"
    ),
    "UPDATE user_task SET state = 'CREATED', completed_at = NULL WHERE element_id = 'done'": "integrity.task_extra",
    "UPDATE user_task SET element_id = 'other' WHERE element_id = 'ask'": "integrity.task_differs",
    "UPDATE user_task SET state = 'CREATED', completed_at = NULL WHERE element_id = 'only'": "integrity.task_of_ended",
    "UPDATE user_task SET completed_at = created_at WHERE element_id = 'ask'": "integrity.ended_without_moment",
    "DELETE FROM job WHERE kind = 'timer'": "integrity.job_missing",
    "DELETE FROM job WHERE kind = 'service'": "integrity.job_missing",
    "UPDATE job SET root_key = {other} WHERE kind = 'service'": "integrity.job_extra",
    "UPDATE job SET root_key = {ended} WHERE kind = 'service'": "integrity.job_of_ended",
    "UPDATE job SET timer_due_at = created_at WHERE kind = 'timer'": "integrity.timer_differs",
    "DELETE FROM subscription WHERE kind = 'message'": "integrity.subscription_missing",
    "DELETE FROM subscription WHERE kind = 'signal'": "integrity.subscription_missing",
    "UPDATE subscription SET root_key = {other} WHERE kind = 'signal'": "integrity.subscription_extra",
    "UPDATE subscription SET root_key = {ended} WHERE kind = 'signal'": "integrity.subscription_of_ended",
    "UPDATE incident SET state = 'RESOLVED'": "integrity.incident_missing",
    "UPDATE incident SET root_key = {other}": "integrity.incident_extra",
    "UPDATE incident SET root_key = {ended}": "integrity.incident_of_ended",
    "UPDATE process_instance SET state = 'COMPLETED' WHERE process_id = 'inner' AND parent_key IS NOT NULL": (
        "integrity.instance_missing"
    ),
    "UPDATE process_instance SET state = 'ACTIVE' WHERE key = {ended}": "integrity.instance_without_state",
    "DELETE FROM instance_document WHERE root_key = {other}": "integrity.instance_without_state",
    "UPDATE process_instance SET state = 'COMPLETED' WHERE key = {other}": "integrity.state_without_instance",
    "UPDATE instance_document SET root_key = root_key + 1000000 WHERE root_key = {other}": (
        "integrity.state_without_instance"
    ),
    "UPDATE flow_node_instance SET state = 'ACTIVE' WHERE element_id = 'only'": "integrity.visit_of_ended",
    "INSERT INTO deadline_link (holder_key, position, deadline_key, root_key) VALUES (5, 0, 5, {other})": (
        "integrity.link_without_holder"
    ),
    "INSERT INTO user_task_candidate SELECT key, 'user', 'ann' FROM user_task WHERE element_id = 'only'": (
        "integrity.candidates_of_closed"
    ),
    (
        "INSERT INTO draft (user_task_key, author, data, saved_at, version)"
        " SELECT key, 'ann', '{{}}', created_at, 1 FROM user_task WHERE element_id = 'only'"
    ): ("integrity.draft_of_closed"),
    "UPDATE submission SET user_task_key = (SELECT max(user_task_key) FROM submission), idempotency_key = NULL": (
        "integrity.submitted_twice"
    ),
    "UPDATE user_task SET state = 'CANCELED' WHERE element_id = 'only'": "integrity.submission_without_task",
    "UPDATE variable SET value = '77' WHERE name = 'answer'": "integrity.value_not_in_history",
    "UPDATE audit_entry SET actor = 'eve' WHERE sequence = 2": "runtime.audit_entry_changed",
    "DELETE FROM audit_entry WHERE sequence = 3": "runtime.audit_gap",
    "UPDATE user_task SET key = 900000000 WHERE element_id = 'only'": "integrity.keys_given_out_twice",
}


@pytest.fixture
def broad(database_url: str, open_engine: Callable[..., Engine]) -> Site:
    """A site where everything waits that can, one instance has ended, and one is half done."""
    site = Site(database_url, open_engine)
    site.deploy(
        WIDE,
        builders.a_task_diagram("inner"),
        builders.a_table("d", rules={"> 1": '"a"', "> 2": '"b"'}, policy="UNIQUE"),
        builders.a_diagram(
            builders.user_task("only"), builders.line("s", "only", "e"), process_id="short", name="short.bpmn"
        ),
        builders.a_diagram(
            builders.user_task("done"),
            builders.user_task("todo"),
            builders.line("s", "done", "todo", "e"),
            process_id="half",
            name="half.bpmn",
        ),
    )
    site.start("wide", {"amount": 3})
    site.start("short")
    site.complete("only", {"answer": 1})
    site.start("half")
    site.complete("done", {"answer": 2})
    return site


def checked(site: Site) -> Report:
    return site.read(integrity.check)


def codes(site: Site) -> set[str]:
    return {breach.code for breach in checked(site).breaches}


def test_a_site_that_nobody_touched_is_whole(broad: Site) -> None:
    assert checked(broad).breaches == ()
    assert checked(broad).instances == 2
    assert checked(broad).entries == 6


@pytest.mark.parametrize("statement", BREAKS)
def test_what_is_changed_by_hand_is_found(broad: Site, statement: str) -> None:
    rows = {task.element_id: task for task in broad.tasks(state=None)}
    keys = {"other": rows["todo"].root_key, "ended": rows["only"].root_key}

    with broad.engine.site.database.engine.begin() as connection:
        if broad.engine.site.database.is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        for part in statement.format(**keys).split("; "):
            connection.execute(text(part))

    assert BREAKS[statement] in codes(broad)


def test_a_state_that_cannot_be_read_is_told_and_the_others_are_looked_at(broad: Site) -> None:
    rows = {task.element_id: task for task in broad.tasks(state=None)}
    with broad.engine.site.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE instance_document SET content = :content WHERE root_key = :root"),
            {"content": b"nothing", "root": rows["todo"].root_key},
        )
        connection.execute(text("DELETE FROM job WHERE kind = 'service'"))

    assert {"integrity.state_unreadable", "integrity.job_missing"} <= codes(broad)


def test_jobs_that_ended_in_every_way_are_no_contradiction(broad: Site) -> None:
    outside = builders.service_task("first", "x"), builders.service_task("second", "x")
    broad.deploy(
        builders.a_diagram(*outside, builders.line("s", "first", "second", "e"), process_id="two", name="two.bpmn")
    )
    runs = [broad.start("two").key for _ in range(3)]
    keys = {job.instance_key: job.key for job in broad.read(jobs.search) if job.process_id == "two"}
    broad.run(lambda unit: jobs.complete(unit, keys[runs[0]]))
    broad.run(lambda unit: jobs.fail(unit, keys[runs[1]], 0, "down"))
    broad.run(lambda unit: jobs.throw_error(unit, keys[runs[2]], "nobody"))

    assert checked(broad).breaches == ()

    for key in runs:
        broad.run(lambda unit, key=key: instances.cancel(unit, key))  # type: ignore[misc]
    assert checked(broad).breaches == ()
