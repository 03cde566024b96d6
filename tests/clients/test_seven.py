"""Camunda 7: both clients of external tasks, and what the Modeler sends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from camunda.client.engine_client import EngineClient
from camunda.client.external_task_client import ExternalTaskClient
from camunda.external_task.external_task import ExternalTask
from camunda.external_task.external_task_executor import ExternalTaskExecutor

from service.auth import SYSTEM
from service.runtime import instances, jobs
from service.runtime.instances import InstanceQuery, InstanceState
from tests.clients.test_node_eight import run
from tests.serving import OWNER, PASSWORD, Served

DIAGRAM = Path(__file__).with_name("seven.bpmn").read_bytes()
BOUNDARY = "----WebKitFormBoundaryModeler"


def modeler_form(content: bytes) -> bytes:
    """The multipart body of the deploy button for Camunda 7."""
    fields = {
        "deployment-name": "seven",
        "deployment-source": "Camunda Modeler",
        "enable-duplicate-filtering": "true",
    }
    text = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    file = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="seven.bpmn"; filename="seven.bpmn"\r\n'
        "Content-Type: text/xml\r\n\r\n"
    )
    return text.encode() + file.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def deploy(service: Served, content: bytes = DIAGRAM, door: str = "engine-rest") -> Any:
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Origin": "file://"}
    return service.call("POST", f"/{door}/deployment/create", headers=headers, data=modeler_form(content))


def states(service: Served) -> list[tuple[str | None, str]]:
    with service.engine.reading(SYSTEM) as unit:
        rows = instances.search(unit, InstanceQuery()).items
        return sorted((row.business_key, row.state.value) for row in rows)


@pytest.mark.parametrize("door", ["engine-rest", "rest"])
def test_the_modeler_checks_deploys_and_starts(service: Served, door: str) -> None:
    assert service.call("GET", f"/{door}/deployment?maxResults=0").json == []
    assert service.call("GET", f"/{door}/version").json == {"version": "7.24.0"}

    deployed = deploy(service, door=door).json
    (definition,) = deployed["deployedProcessDefinitions"]
    assert definition.startswith("seven:1:")
    started = service.call(
        "POST",
        f"/{door}/process-definition/{definition}/start",
        {"businessKey": "A-1", "variables": {"amount": {"value": 3, "type": "Integer"}}},
    ).json
    assert (started["definitionId"], started["businessKey"], started["ended"]) == (definition, "A-1", False)

    assert deploy(service, door=door).json["deployedProcessDefinitions"] is None


def test_a_faulty_diagram_is_told_as_the_modeler_knows_it(service: Served) -> None:
    faulty = DIAGRAM.replace(b'camunda:topic="charge"', b'camunda:class="com.example.Charge"')

    answer = deploy(service, faulty)

    assert answer.status == 400
    assert answer.json["message"].startswith(
        "ENGINE-09005 Could not parse BPMN process. Errors: \n* seven.bpmn: charge"
    )
    assert answer.json["details"]["seven.bpmn"]["errors"][0]["mainElementId"] == "charge"


def test_the_links_of_the_modeler_lead_here(service: Served) -> None:
    links = service.call("GET", "/.well-known/camunda-automation-platform/webapps").json

    assert links["cockpitUrl"] == f"{service.address}/operate/"


@pytest.mark.parametrize("account", [{}, {"USER_NAME": OWNER, "PASSWORD": PASSWORD}], ids=["demo", "basic"])
def test_the_client_for_node(service: Served, account: dict[str, str]) -> None:
    deploy(service)
    engine = EngineClient(f"{service.address}/engine-rest")
    for business_key in ("paid", "refused"):
        engine.start_process("seven", {"amount": 12, "lines": [{"price": 2.5}]}, business_key=business_key)

    run("external_tasks.mjs", service.address, **account)

    assert states(service) == [("paid", "COMPLETED"), ("refused", "ACTIVE")]


def test_the_client_for_python(service: Served) -> None:
    deploy(service)
    base = f"{service.address}/engine-rest"
    login = {"auth_basic": {"username": OWNER, "password": PASSWORD}}
    engine = EngineClient(base, config=login)
    key = engine.start_process("seven", {"amount": 12}, business_key="paid")["id"]
    engine.start_process("seven", {"amount": 13}, business_key="refused")
    client = ExternalTaskClient("py", base, config={"asyncResponseTimeout": 2000, "maxTasks": 1, **login})
    executor = ExternalTaskExecutor("py", client)

    def take() -> ExternalTask:
        (context,) = client.fetch_and_lock("charge")
        return ExternalTask(context)

    first = take()
    assert (first.get_business_key(), first.get_variable("amount")) == ("paid", 12)
    executor.execute_task(first, lambda task: task.failure("away", "far away", max_retries=1, retry_timeout=0))
    second = take()
    executor.execute_task(second, lambda task: task.complete({"charged": True, "lines": [1, {"a": None}]}))
    third = take()
    executor.execute_task(third, lambda task: task.bpmn_error("REFUSED", "no credit", {"why": "no credit"}))

    assert sorted([second.get_business_key(), third.get_business_key()]) == ["paid", "refused"]
    assert [state for _, state in states(service)].count("COMPLETED") == 1
    assert {state for business_key, state in states(service) if business_key == third.get_business_key()} == {"ACTIVE"}
    assert engine.correlate_message("paid later", business_key=third.get_business_key())[0]["resultType"] == "Execution"
    assert {state for _, state in states(service)} == {InstanceState.COMPLETED.value}
    assert key.isdigit()


def test_a_task_that_somebody_else_holds_is_not_answered_for(service: Served) -> None:
    deploy(service)
    service.call("POST", "/engine-rest/process-definition/key/seven/start", {})
    topics = [{"topicName": "charge", "lockDuration": 60_000}]
    (task,) = service.call(
        "POST", "/engine-rest/external-task/fetchAndLock", {"workerId": "a", "maxTasks": 5, "topics": topics}
    ).json

    answer = service.call("POST", f"/engine-rest/external-task/{task['id']}/complete", {"workerId": "b"})

    assert answer.status == 409
    assert answer.json["type"] == "RestException"
    with service.engine.reading(SYSTEM) as unit:
        assert len(jobs.search(unit)) == 1
