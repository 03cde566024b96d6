"""Jobs by REST: what became of each stays to be searched."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.builders import a_diagram, error_boundary, line, service_task, user_task
from tests.web.api.conftest import Api

ERROR = '<bpmn:error id="e_1" errorCode="E1" />'


@pytest.fixture
def paying(api: Api) -> Api:
    """A site with a process of one outside job, whose error is caught."""
    api.deploy(
        a_diagram(
            service_task("pay", "pay"),
            error_boundary("caught", "pay", "e_1"),
            user_task("look"),
            line("s", "pay", "e"),
            line("caught", "look"),
            outside=ERROR,
        )
    )
    return api


def take(api: Api) -> str:
    sent = {"type": "pay", "timeout": 60_000, "maxJobsToActivate": 1, "worker": "w", "requestTimeout": -1}
    (job,) = api.post("/jobs/activation", sent)["jobs"]
    key: str = job["jobKey"]
    return key


def shown(api: Api, key: str) -> dict[str, Any]:
    (job,) = api.found("/jobs/search", {"jobKey": key})
    return job


def test_a_completed_job_stays_to_be_searched(paying: Api) -> None:
    paying.start()
    key = take(paying)
    assert (shown(paying, key)["state"], shown(paying, key)["endTime"]) == ("CREATED", None)

    paying.post(f"/jobs/{key}/completion", {"variables": {"paid": True}})

    job = shown(paying, key)
    assert (job["state"], job["worker"], job["errorCode"]) == ("COMPLETED", "w", None)
    assert datetime.fromisoformat(job["endTime"])
    assert paying.found("/jobs/search", {"state": "CREATED"}) == []
    again = paying.call("POST", f"/v2/jobs/{key}/completion", {})
    assert (again.status_code, again.json["title"]) == (404, "NOT_FOUND")


def test_a_job_that_ended_by_an_error_says_which(paying: Api) -> None:
    paying.start()
    key = take(paying)

    paying.post(f"/jobs/{key}/error", {"errorCode": "E1", "errorMessage": "no money"})

    job = shown(paying, key)
    assert (job["state"], job["errorCode"], job["errorMessage"]) == ("ERROR_THROWN", "E1", "no money")
    assert [task["elementId"] for task in paying.found("/user-tasks/search")] == ["look"]


def test_an_error_that_nobody_catches_is_an_incident_and_the_job_can_be_done_after_it(paying: Api) -> None:
    instance = paying.start()
    paying.post(f"/jobs/{take(paying)}/error", {"errorCode": "other"})
    (incident,) = paying.found("/incidents/search", {"processInstanceKey": instance})
    assert incident["errorType"] == "UNHANDLED_ERROR_EVENT"

    paying.post(f"/incidents/{incident['incidentKey']}/resolution")
    paying.post(f"/jobs/{take(paying)}/completion")

    assert paying.get(f"/process-instances/{instance}")["state"] == "COMPLETED"


def test_a_job_of_a_cancelled_instance_is_canceled(paying: Api) -> None:
    instance = paying.start()
    (job,) = paying.found("/jobs/search", {"processInstanceKey": instance})

    paying.post(f"/process-instances/{instance}/cancellation")

    assert [found["state"] for found in paying.found("/jobs/search", {"state": {"$neq": "CREATED"}})] == ["CANCELED"]
    assert shown(paying, job["jobKey"])["endTime"]


def test_a_failed_job_is_open_again_after_its_incident(paying: Api) -> None:
    paying.start()
    key = take(paying)
    paying.post(f"/jobs/{key}/failure", {"retries": 0, "errorMessage": "down"})
    assert shown(paying, key)["state"] == "FAILED"
    (incident,) = paying.found("/incidents/search", {"jobKey": key})

    paying.post(f"/incidents/{incident['incidentKey']}/resolution")

    assert shown(paying, key)["state"] == "CREATED"
    assert take(paying) == key


def test_a_failed_job_whose_instance_is_cancelled_is_canceled(paying: Api) -> None:
    instance = paying.start()
    key = take(paying)
    paying.post(f"/jobs/{key}/failure", {"retries": 0})

    paying.post(f"/process-instances/{instance}/cancellation")

    assert shown(paying, key)["state"] == "CANCELED"


@pytest.mark.parametrize("result", [{"type": "userTask", "denied": True}, {"type": "adHocSubProcess"}])
def test_a_result_for_listeners_is_refused_rather_than_passed_over(paying: Api, result: dict[str, Any]) -> None:
    paying.start()
    key = take(paying)

    answer = paying.call("POST", f"/v2/jobs/{key}/completion", {"result": result})

    assert (answer.status_code, answer.json["title"]) == (400, "INVALID_ARGUMENT")
    assert shown(paying, key)["state"] == "CREATED"
    assert paying.call("POST", f"/v2/jobs/{key}/completion", {"result": None}).status_code == 204
