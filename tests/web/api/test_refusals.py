"""What is wrong with a request is said by its status, its title and one line; nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from service.auth import SYSTEM
from service.runtime import audit, instances
from service.runtime.instances import InstanceQuery
from tests.builders import a_form, a_table, a_task_diagram
from tests.web.api.conftest import Api

BAD = 400, "INVALID_ARGUMENT"
GONE = 404, "NOT_FOUND"

CASES: list[tuple[str, str, Any, tuple[int, str], str]] = [
    ("POST", "/process-instances", {}, BAD, "processDefinitionKey"),
    ("POST", "/process-instances", {"processDefinitionId": "p", "processDefinitionKey": "1"}, BAD, "Exactly one"),
    ("POST", "/process-instances", {"processDefinitionId": 7}, BAD, "processDefinitionId"),
    ("POST", "/process-instances", {"processDefinitionId": "nowhere"}, GONE, "nowhere"),
    ("POST", "/process-instances", {"processDefinitionId": "p", "processDefinitionVersion": 9}, GONE, "9"),
    ("POST", "/process-instances", {"processDefinitionId": "p", "processDefinitionVersion": 1.5}, BAD, "Version"),
    ("POST", "/process-instances", {"processDefinitionKey": "4711"}, GONE, "4711"),
    ("POST", "/process-instances", {"processDefinitionKey": "order"}, BAD, "processDefinitionKey"),
    ("POST", "/process-instances", {"processDefinitionKey": 4711}, BAD, "processDefinitionKey"),
    ("POST", "/process-instances", {"processDefinitionKey": "9" * 30}, BAD, "processDefinitionKey"),
    ("POST", "/process-instances", {"processDefinitionKey": "１２"}, BAD, "processDefinitionKey"),
    ("POST", "/process-instances", {"processDefinitionId": "p", "variables": [1]}, BAD, "variables"),
    ("POST", "/process-instances", {"processDefinitionId": "p", "tenantId": "other"}, BAD, "other"),
    ("POST", "/process-instances", {"processDefinitionId": "p", "awaitCompletion": "yes"}, BAD, "awaitCompletion"),
    ("POST", "/process-instances", {"processDefinitionId": "p", "tags": [1]}, BAD, "tags"),
    ("POST", "/process-instances", {"processDefinitionId": "p", "tags": ["t"] * 11}, BAD, "tags"),
    ("POST", "/process-instances", {"processDefinitionId": "p", "businessId": "4711"}, GONE, "4711"),
    (
        "POST",
        "/process-instances",
        {"processDefinitionId": "p", "startInstructions": [{"elementId": "x"}]},
        GONE,
        "x",
    ),
    ("POST", "/process-instances", {"processDefinitionId": "p", "startInstructions": [7]}, BAD, "startInstructions"),
    (
        "POST",
        "/process-instances",
        {"processDefinitionId": "p", "runtimeInstructions": [{"type": "PAUSE", "afterElementId": "t"}]},
        BAD,
        "PAUSE",
    ),
    ("POST", "/process-instances/search", {"filter": {"colour": "red"}}, BAD, "colour"),
    ("POST", "/process-instances/search", {"filter": {"state": {"$near": "ACTIVE"}}}, BAD, "$near"),
    ("POST", "/process-instances/search", {"filter": {"processInstanceKey": "abc"}}, BAD, "processInstanceKey"),
    ("POST", "/process-instances/search", {"filter": {"startDate": "yesterday"}}, BAD, "startDate"),
    ("POST", "/process-instances/search", {"filter": {"startDate": "2026-01-01T00:00:00"}}, BAD, "startDate"),
    ("POST", "/process-instances/search", {"filter": {"hasIncident": "no"}}, BAD, "hasIncident"),
    ("POST", "/process-instances/search", {"filter": {"tenantId": "other"}}, BAD, "other"),
    ("POST", "/process-instances/search", {"filter": []}, BAD, "filter"),
    ("POST", "/process-instances/search", {"sort": [{"field": "colour"}]}, BAD, "colour"),
    ("POST", "/process-instances/search", {"sort": [{"field": "startDate", "order": "UP"}]}, BAD, "UP"),
    ("POST", "/process-instances/search", {"page": {"limit": -1}}, BAD, "limit"),
    ("POST", "/process-instances/search", {"page": {"limit": 10_001}}, BAD, "limit"),
    ("POST", "/process-instances/search", {"page": {"from": 1, "after": "x"}}, BAD, "page"),
    ("POST", "/process-instances/search", {"page": {"after": "not a cursor"}}, BAD, "not a cursor"),
    ("POST", "/process-instances/search", {"page": {"after": "WzEsMl0"}}, BAD, "WzEsMl0"),
    ("GET", "/process-instances/4711", None, GONE, "4711"),
    ("GET", "/process-instances/abc", None, GONE, ""),
    ("POST", "/process-instances/4711/cancellation", {}, GONE, "4711"),
    ("GET", "/process-instances/4711/statistics/element-instances", None, GONE, "4711"),
    ("PUT", "/element-instances/4711/variables", {"variables": {"a": 1}}, GONE, "4711"),
    ("PUT", "/element-instances/4711/variables", {}, BAD, "variables"),
    ("GET", "/user-tasks/4711", None, GONE, "4711"),
    ("POST", "/user-tasks/4711/completion", {}, GONE, "4711"),
    ("POST", "/user-tasks/4711/assignment", {"assignee": "olive"}, GONE, "4711"),
    ("POST", "/user-tasks/4711/assignment", {}, BAD, "assignee"),
    ("PATCH", "/user-tasks/4711", {"changeset": {"priority": 101}}, BAD, "priority"),
    ("PATCH", "/user-tasks/4711", {"changeset": {"dueDate": "soon"}}, BAD, "dueDate"),
    ("PATCH", "/jobs/4711", {"changeset": {"color": True}}, BAD, "retries, timeout, priority"),
    ("PATCH", "/jobs/4711", {"changeset": {"retries": None}}, BAD, "retries, timeout, priority"),
    ("POST", "/variables/search?truncateValues=maybe", {}, BAD, "truncateValues"),
    ("GET", "/variables/4711", None, GONE, "4711"),
    ("POST", "/messages/correlation", {"name": "nobody", "correlationKey": "1"}, GONE, "nobody"),
    ("POST", "/messages/correlation", {"correlationKey": "1"}, BAD, "name"),
    ("POST", "/messages/publication", {"name": "m", "timeToLive": -1}, BAD, "timeToLive"),
    ("POST", "/signals/broadcast", {}, BAD, "signalName"),
    ("POST", "/jobs/activation", {"type": "pay", "timeout": 0, "maxJobsToActivate": 1}, BAD, "timeout"),
    ("POST", "/jobs/activation", {"type": "pay", "timeout": 1}, BAD, "maxJobsToActivate"),
    ("POST", "/jobs/activation", {"timeout": 1, "maxJobsToActivate": 1}, BAD, "type"),
    ("POST", "/jobs/4711/completion", {}, GONE, "4711"),
    ("POST", "/jobs/4711/error", {}, BAD, "errorCode"),
    ("POST", "/incidents/4711/resolution", {}, GONE, "4711"),
    ("POST", "/decision-definitions/evaluation", {"decisionDefinitionId": "nothing"}, GONE, "nothing"),
    ("POST", "/decision-definitions/evaluation", {}, BAD, "decisionDefinitionKey"),
    ("GET", "/decision-definitions/4711/xml", None, GONE, "4711"),
    ("GET", "/process-definitions/4711/xml", None, GONE, "4711"),
    ("GET", "/forms/4711", None, GONE, "4711"),
    ("POST", "/expression/evaluation", {"expression": "=1 +"}, BAD, ""),
    ("POST", "/expression/evaluation", {"expression": "=function(x) x"}, BAD, ""),
    ("GET", "/nothing", None, GONE, ""),
    ("PATCH", "/topology", None, (405, "METHOD_NOT_ALLOWED"), ""),
]


@pytest.fixture
def api(api: Api) -> Api:
    api.deploy(a_task_diagram())
    return api


def test_every_refusal(api: Api) -> None:
    """In one go, since none of them changes anything."""
    wrong = []
    for method, path, body, (status, title), said in CASES:
        answer = api.call(method, f"/v2{path}", body)
        found = answer.json or {}
        fits = (
            (answer.status_code, found.get("title")) == (status, title)
            and answer.mimetype == "application/problem+json"
            and set(found) == {"detail", "title", "status", "type", "instance"}
            and said in found["detail"]
            and "\n" not in found["detail"]
        )
        if not fits:
            wrong.append((method, path, body, answer.status_code, answer.text))
    assert wrong == []
    with api.engine.reading(SYSTEM) as unit:
        assert [entry.action for entry in audit.search(unit).items] == ["deployment.create"]
        assert instances.search(unit, InstanceQuery()).total == 0


BODIES = {
    "no JSON": b"{",
    "a list": b"[]",
    "a text": b'"a"',
    "not a number": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
    "no UTF-8": b'{"a": "\xff"}',
    "half a character": b'{"variables": {"a": "\\ud800"}}',
    "a zero byte": b'{"variables": {"a": "\\u0000"}}',
    "too deep": b'{"variables": {"a": ' + b"[" * 5000 + b"]" * 5000 + b"}}",
    "a number without end": b'{"variables": {"a": 1e999999999}}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_bodies_that_are_no_objects(api: Api, body: bytes) -> None:
    for path in ("/v2/process-instances", "/v2/user-tasks/search"):
        answer = api.call("POST", path, data=body, content_type="application/json")

        assert (answer.status_code, answer.json["title"]) == BAD


def test_a_body_that_is_too_large(api: Api) -> None:
    answer = api.call("POST", "/v2/deployments", data=b"x" * (25 * 1024 * 1024), content_type="multipart/form-data")

    assert (answer.status_code, answer.json["title"]) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(
    ("person", "method", "path", "body"),
    [
        ("irene", "POST", "/process-instances", {"processDefinitionId": "p"}),
        ("irene", "POST", "/process-instances/search", {}),
        ("irene", "POST", "/variables/search", {}),
        ("irene", "POST", "/jobs/activation", {"type": "a", "timeout": 1, "maxJobsToActivate": 1}),
        ("irene", "POST", "/incidents/search", {}),
        ("irene", "POST", "/messages/correlation", {"name": "a"}),
        ("irene", "POST", "/signals/broadcast", {"signalName": "a"}),
        ("irene", "POST", "/deployments", None),
        ("sam", "POST", "/user-tasks/4711/completion", None),
        ("sam", "POST", "/decision-definitions/evaluation", {"decisionDefinitionId": "d"}),
    ],
)
def test_who_may_not(api: Api, person: str, method: str, path: str, body: Any) -> None:
    answer = api.as_(person).call(method, f"/v2{path}", body)

    assert (answer.status_code, answer.json["title"]) in {(403, "Forbidden"), GONE}


def test_in_production_nothing_is_open_without_credentials(make_api: Callable[..., Api]) -> None:
    api = make_api(demo=False)

    assert api.call("GET", "/v2/topology").status_code == 200
    answer = api.call("POST", "/v2/user-tasks/search", {})

    assert (answer.status_code, answer.json["title"]) == (401, "Unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_version_that_waits_for_its_second_person_is_not_started(make_api: Callable[..., Api]) -> None:
    api = make_api(demo=False).as_("olive")
    key = api.deploy(a_task_diagram())["deployments"][0]["processDefinition"]["processDefinitionKey"]

    for start in ({"processDefinitionKey": key}, {"processDefinitionId": "p"}):
        answer = api.call("POST", "/v2/process-instances", start)
        assert (answer.status_code, answer.json["title"]) == (409, "INVALID_STATE")
    assert api.found("/process-definitions/search") == []


def test_a_message_id_that_is_kept_already_is_a_conflict_of_its_own(api: Api) -> None:
    sent = {"name": "m", "correlationKey": "1", "timeToLive": 60_000, "messageId": "one"}
    api.post("/messages/publication", sent)

    answer = api.call("POST", "/v2/messages/publication", sent)

    assert (answer.status_code, answer.json["title"]) == (409, "ALREADY_EXISTS")


def test_what_is_done_cannot_be_done_again(api: Api) -> None:
    api.start()
    (task,) = api.found("/user-tasks/search")
    api.post(f"/user-tasks/{task['userTaskKey']}/completion")

    answer = api.call("POST", f"/v2/user-tasks/{task['userTaskKey']}/completion", {})

    assert (answer.status_code, answer.json["title"]) == (409, "INVALID_STATE")


def test_a_refused_form_names_its_fields(api: Api) -> None:
    form = a_form("f", {"key": "amount", "type": "number", "validate": {"required": True, "max": 10}})
    api.deploy(a_task_diagram("q", form="f"), form)
    api.start("q")
    (task,) = api.found("/user-tasks/search", {"processDefinitionId": "q"})

    answer = api.call("POST", f"/v2/user-tasks/{task['userTaskKey']}/completion", {"variables": {"amount": 11}})

    assert (answer.status_code, answer.json["title"]) == BAD
    assert "amount" in answer.json["fieldErrors"]
    assert api.found("/user-tasks/search", {"processDefinitionId": "q"})[0]["state"] == "CREATED"


def test_foreign_pages_are_refused_even_with_credentials(api: Api) -> None:
    answer = api.as_("olive").call("POST", "/v2/user-tasks/search", {}, headers={"Origin": "https://evil.example"})

    assert (answer.status_code, answer.json["title"]) == (403, "Forbidden")


def test_a_decision_whose_rules_contradict_each_other_says_so(api: Api) -> None:
    api.deploy(a_table("d", rules={"< 10": '"a"', "< 5": '"b"'}, policy="UNIQUE"))
    found = api.post("/decision-definitions/evaluation", {"decisionDefinitionId": "d", "variables": {"amount": 1}})
    assert found["failedDecisionDefinitionId"] == "d"
    assert found["failureMessage"]
