"""Whose tasks are seen and done through the interface, and how a client proves who it is."""

from __future__ import annotations

import base64
import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from service.auth import SYSTEM, accounts, api_clients
from service.runtime import audit
from service.runtime.engine import SetClock
from service.runtime.unit import UnitOfWork
from service.web.api import waiting
from tests.builders import a_diagram, a_form, a_task_diagram, line, service_task
from tests.web.api.conftest import Api


def names(api: Api) -> list[str]:
    return sorted(item["processDefinitionId"] for item in api.found("/user-tasks/search"))


@pytest.fixture
def api(api: Api) -> Api:
    api.deploy(
        a_task_diagram("free"),
        a_task_diagram("invest", groups="INVEST", form="f"),
        a_task_diagram("rita", assignee="rita"),
        a_form("f", {"key": "seen"}),
    )
    for process in ("free", "invest", "rita"):
        api.start(process, variables={"seen": 1, "secret": 2})
    return api


def test_each_person_sees_what_is_offered_to_them(api: Api) -> None:
    assert names(api) == ["free", "invest", "rita"]  # a program of the process owner drives what is no case
    assert names(api.as_("irene")) == ["invest"]
    assert names(api.as_("rita")) == ["rita"]
    assert names(api.as_("sam")) == []


def test_a_person_claims_releases_and_completes_an_own_task_only(api: Api) -> None:
    irene, rita = api.as_("irene"), api.as_("rita")
    (task,) = irene.found("/user-tasks/search")
    path = f"/user-tasks/{task['userTaskKey']}"

    assert rita.call("GET", f"/v2{path}").status_code == 404
    assert rita.call("POST", f"/v2{path}/completion", {}).status_code == 404
    assert irene.call("POST", f"/v2{path}/completion", {}).status_code == 403  # not claimed
    assert irene.call("POST", f"/v2{path}/assignment", {"assignee": "rita"}).status_code == 403
    irene.post(f"{path}/assignment", {"assignee": "irene"})
    assert irene.get(path)["assignee"] == "irene"
    assert irene.call("DELETE", f"/v2{path}/assignee").status_code == 204
    irene.post(f"{path}/assignment", {"assignee": "irene"})
    assert irene.call("POST", f"/v2{path}/assignment", {"assignee": "irene", "allowOverride": False}).status_code == 204
    irene.post(f"{path}/completion", {"variables": {"seen": "yes"}})

    assert [item["state"] for item in irene.found("/user-tasks/search")] == ["COMPLETED"]


def test_the_form_and_the_variables_of_a_task(api: Api) -> None:
    (task,) = api.as_("irene").found("/user-tasks/search")
    irene, path = api.as_("irene"), f"/user-tasks/{task['userTaskKey']}"

    assert irene.get(f"{path}/form")["formId"] == "f"
    assert [item["name"] for item in irene.found(f"{path}/variables/search")] == ["secret", "seen"]
    assert [item["name"] for item in irene.found(f"{path}/effective-variables/search", {"name": "seen"})] == ["seen"]
    (other,) = api.as_("rita").found("/user-tasks/search")
    assert api.as_("rita").call("GET", f"/v2/user-tasks/{other['userTaskKey']}/form").status_code == 204


def test_changes_of_dates_people_and_priority(api: Api) -> None:
    (task,) = api.found("/user-tasks/search", {"processDefinitionId": "free"})
    path = f"/user-tasks/{task['userTaskKey']}"
    changes = {
        "dueDate": "2026-08-01T10:00:00+08:00",
        "followUpDate": "2026-07-01T00:00:00Z",
        "candidateUsers": ["rita"],
        "candidateGroups": ["INVEST@east"],
        "priority": 90,
    }
    assert api.call("PATCH", f"/v2{path}", {"changeset": changes, "action": "judge"}).status_code == 204

    found = api.get(path)
    assert (found["dueDate"], found["priority"]) == ("2026-08-01T02:00:00.000Z", 90)
    assert (found["candidateUsers"], found["candidateGroups"]) == (["rita"], ["INVEST@east"])
    assert names(api.as_("rita")) == ["free", "rita"]
    assert api.call("PATCH", f"/v2{path}", {"changeset": {"dueDate": None, "followUpDate": ""}}).status_code == 204
    assert api.get(path)["dueDate"] is None


def created(api: Api, person: str = "irene") -> tuple[str, str]:
    def use_case(unit: UnitOfWork) -> tuple[str, str]:
        client, secret = api_clients.create(unit, person, "judge")
        return client.client_id, secret

    return api.engine.run(SYSTEM, use_case)


def token(api: Api, of: tuple[str, str], **fields: str) -> Any:
    """The answer to a client that shows its id and secret."""
    sent = {
        "grant_type": "client_credentials",
        "audience": "rongcuo",
        "client_id": of[0],
        "client_secret": of[1],
    }
    return api.call("POST", "/oauth/token", data=sent | fields)


def bearer(answer: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def me(api: Api, headers: dict[str, str]) -> tuple[int, str | None]:
    answer = api.call("GET", "/v2/authentication/me", headers=headers)
    return answer.status_code, answer.json.get("username")


def test_a_client_acts_with_its_persons_rights_and_stands_in_the_audit_log(api: Api) -> None:
    client_id, secret = created(api)
    answer = token(api, (client_id, secret))
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 3600)
    assert len(answer.json["access_token"].split(".")) == 3
    headers = bearer(answer)

    assert me(api, headers) == (200, "irene")
    found = api.call("POST", "/v2/user-tasks/search", {}, headers=headers).json["items"]
    assert [item["processDefinitionId"] for item in found] == ["invest"]
    assert api.call("POST", "/v2/process-instances/search", {}, headers=headers).status_code == 403
    path = f"/v2/user-tasks/{found[0]['userTaskKey']}/assignment"
    assert api.call("POST", path, {"assignee": "irene"}, headers=headers).status_code == 204
    with api.engine.reading(SYSTEM) as unit:
        entry = audit.search(unit).items[0]
    assert (entry.actor, entry.actor_kind, entry.action) == ("irene", f"api:{client_id}", "user_task.claim")


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "irene.00000000"}, 401, "invalid_client"),
        ({"client_id": "\x00"}, 401, "invalid_client"),
        ({"client_id": "", "client_secret": ""}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_no_token_for(api: Api, fields: dict[str, str], status: int, error: str) -> None:
    answer = token(api, created(api), **fields)

    assert (answer.status_code, answer.json["error"]) == (status, error)


def test_tokens_end(api: Api, clock: SetClock) -> None:
    client_id, secret = created(api)
    headers = bearer(token(api, (client_id, secret)))

    clock.advance(timedelta(hours=1, seconds=11))
    assert me(api, headers)[0] == 401

    headers = bearer(token(api, (client_id, secret)))
    assert me(api, headers)[0] == 200
    api.engine.run(SYSTEM, lambda unit: api_clients.revoke(unit, "irene", client_id))
    assert me(api, headers)[0] == 401
    assert token(api, (client_id, secret)).status_code == 401


def test_tokens_of_a_disabled_account_end(api: Api) -> None:
    headers = bearer(token(api, created(api)))

    api.engine.run(SYSTEM, lambda unit: accounts.disable(unit, "irene"))

    assert me(api, headers)[0] == 401


@pytest.mark.parametrize(
    "value",
    [
        "Bearer nonsense",
        "Bearer a.b.c",
        # {"alg":"none"}, {"sub":"irene","iat":1,"exp":9999999999,"iss":"rongcuo"}
        "Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"
        ".eyJzdWIiOiJpcmVuZSIsImlhdCI6MSwiZXhwIjo5OTk5OTk5OTk5LCJpc3MiOiJyb25nY3VvIn0.",
        "Basic !!!",
        "Digest x",
    ],
)
def test_forged_credentials(api: Api, value: str) -> None:
    assert api.call("GET", "/v2/authentication/me", headers={"Authorization": value}).status_code == 401


def test_a_password_that_must_be_changed_opens_nothing(api: Api) -> None:
    api.engine.run(SYSTEM, lambda unit: accounts.reset_password(unit, "irene", "Another-Horse-7"))
    sign = base64.b64encode(b"irene:Another-Horse-7").decode()
    answer = api.call("GET", "/v2/authentication/me", headers={"Authorization": f"Basic {sign}"})

    assert answer.status_code == 403


def test_waiting_requests_are_woken_by_a_commit_and_never_take_all_threads(api: Api) -> None:
    api.deploy(a_diagram(service_task("pay", "pay"), line("s", "pay", "e"), process_id="job", name="job.bpmn"))
    answers: list[Any] = []

    def ask(patience: int) -> Any:
        sent = {"type": "pay", "timeout": 60_000, "maxJobsToActivate": 1, "requestTimeout": patience}
        return Api(api.app, api.engine).call("POST", "/v2/jobs/activation", sent)

    def wait() -> None:
        # The question below may hold the last place for a moment: then ask again.
        while (answer := ask(60_000)).status_code == 503:
            pass
        answers.append(answer)

    threads = [threading.Thread(target=wait) for _ in range(waiting.SLOTS)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 60
    while ask(1).status_code != 503:
        assert time.monotonic() < deadline
    assert ask(-1).json == {"jobs": []}

    for _ in threads:
        api.start("job")
    for thread in threads:
        thread.join(60)

    assert [len(answer.json["jobs"]) for answer in answers] == [1] * waiting.SLOTS
