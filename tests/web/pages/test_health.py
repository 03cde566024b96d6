"""Up, ready, and what a monitor may read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text as sql

from service.runtime.engine import Engine, SetClock
from service.runtime.user_tasks import UserTask
from service.settings import BadSetting, Profile, Settings
from service.web import create_app
from tests.web.conftest import SECRET, Browser, text

TOKEN = "t" * 32
AWAY = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def guarded(site_engine: Engine) -> Flask:
    return create_app(site_engine, Settings(profile=Profile.PRODUCTION, secret_key=SECRET, metrics_token=TOKEN))


def figures(page: str) -> dict[str, float]:
    return {
        sample.name + "".join(f"[{value}]" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_a_server_is_ready_when_its_tables_are_those_of_this_version(browser: Browser, site_engine: Engine) -> None:
    assert browser.get("/readyz").status_code == 200

    with site_engine.site.database.engine.begin() as connection:
        connection.execute(sql("UPDATE alembic_version SET version_num = '0001'"))

    assert browser.get("/readyz").status_code == 503
    assert browser.get("/healthz").status_code == 200


def test_a_monitor_reads_what_is_open_and_how_requests_went(browser: Browser, a_task: Callable[[], UserTask]) -> None:
    a_task()
    a_task()
    browser.get("/tasks/999999")

    found = figures(text(browser.get("/metrics")))

    assert found["rongcuo_tasks_open"] == 2
    assert found["rongcuo_instances_running"] == 2
    assert found["rongcuo_incidents_open"] == 0
    assert found["rongcuo_request_seconds_count[tasks.show][GET][3xx]"] == 1


def test_figures_name_no_person_and_no_case(browser: Browser, a_task: Callable[[], UserTask]) -> None:
    task = a_task()
    browser.get(f"/tasks/{task.key}")

    page = text(browser.get("/metrics"))

    assert str(task.key) not in page
    assert "ann" not in page


CALLERS = {
    "this machine": ({}, {}, 200),
    "another machine": (AWAY, {}, 404),
    "another machine with the token": (AWAY, {"Authorization": f"Bearer {TOKEN}"}, 200),
    "another machine with a wrong token": (AWAY, {"Authorization": "Bearer nothing"}, 404),
    "another machine through the proxy": ({}, {"X-Forwarded-For": "192.0.2.7"}, 404),
    "another machine that claims to be this one": (AWAY, {"X-Forwarded-For": "127.0.0.1"}, 404),
}


@pytest.mark.parametrize("caller", CALLERS)
def test_figures_are_for_this_machine_and_for_who_has_the_token(guarded: Flask, caller: str) -> None:
    environment, headers, status = CALLERS[caller]

    answer = guarded.test_client().get("/metrics", headers=headers, environ_overrides=environment)

    assert answer.status_code == status


def test_lateness_is_that_of_the_job_that_should_run_first(
    browser: Browser, site_engine: Engine, clock: SetClock
) -> None:
    with site_engine.site.database.engine.begin() as connection:
        connection.execute(
            sql(
                "INSERT INTO job (key, kind, state, due_at, priority, retries, failures, headers, element_id,"
                " definition_key, process_id, created_at) VALUES (1, 'start-timer', 'open', :at, 50, 3, 0, '{}',"
                " 's', 1, 'p', :at)"
            ),
            {"at": clock.now().replace(tzinfo=None).isoformat(" ")},
        )
    clock.advance(timedelta(seconds=30))

    found = figures(text(browser.get("/metrics")))

    assert found["rongcuo_job_lateness_seconds"] == 30
    assert found["rongcuo_jobs[start-timer][open]"] == 1


def test_a_short_token_is_refused() -> None:
    with pytest.raises(BadSetting) as refused:
        Settings.from_environment({"RONGCUO_METRICS_TOKEN": "short"})
    assert refused.value.facts["variable"] == "RONGCUO_METRICS_TOKEN"
