"""Our description of the interface: it names every address, and what it says of the answers is so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from service.web.api import job, openapi, process_instance
from tests.builders import a_diagram, a_form, a_table, a_task_diagram, line, message, message_catch, service_task
from tests.filling import PDF
from tests.web.api.conftest import Api

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]


@pytest.fixture
def app(make_api: Callable[..., Api], monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A demonstration in which there is something of each kind to find."""
    for module, name in ((job, "LONGEST_WAIT"), (job, "DEFAULT_WAIT"), (process_instance, "LONGEST_WAIT"),
                         (process_instance, "DEFAULT_WAIT")):  # fmt: skip
        monkeypatch.setattr(module, name, timedelta(milliseconds=1))
    api = make_api()
    api.deploy(
        a_task_diagram("p", form="f", groups="OWNER"),
        a_form("f", {"key": "amount"}),
        a_table("d"),
        a_diagram(
            service_task("pay", "pay"),
            message_catch("wait", "m_1"),
            line("s", "pay", "wait", "e"),
            process_id="q",
            name="q.bpmn",
            outside=message("m_1", "paid", "=n"),
        ),
    )
    for process in ("p", "q"):
        api.start(process, variables={"n": 1, "items": [{"a": None}]}, tags=["x"], businessId=f"b-{process}")
    (failing,) = api.found("/jobs/search")
    api.post(f"/jobs/{failing['jobKey']}/failure", {"retries": 0, "errorMessage": "x"})
    api.start("q", variables={"n": 2})
    return api.app


def test_every_address_is_described(app: Flask) -> None:
    described = {(operation.method.upper(), operation.path) for operation in openapi.OPERATIONS}
    served = {
        (method, "/" + "/".join("{key}" if part.startswith("<") else part for part in str(rule).split("/")[2:]))
        for rule in app.url_map.iter_rules()
        if str(rule).startswith("/v2/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert described == served


def keys(app: Flask) -> dict[str, list[str]]:
    """Keys that exist, by the first part of the address."""
    client = app.test_client()
    names = {
        "process-definitions": "processDefinitionKey",
        "decision-definitions": "decisionDefinitionKey",
        "decision-requirements": "decisionRequirementsKey",
        "process-instances": "processInstanceKey",
        "element-instances": "elementInstanceKey",
        "variables": "variableKey",
        "user-tasks": "userTaskKey",
        "incidents": "incidentKey",
        "jobs": "jobKey",
    }
    found = {
        kind: [item[name] for item in client.post(f"/v2/{kind}/search").get_json()["items"]]
        for kind, name in names.items()
    }
    tasks = client.post("/v2/user-tasks/search").get_json()["items"]
    data = {"file": (BytesIO(PDF), "a.pdf")}
    kept = client.post("/v2/documents", data=data, content_type="multipart/form-data").get_json()["documentId"]
    table = a_table("d")
    data = {"resources": (BytesIO(table.content), table.name)}
    deployed = client.post("/v2/deployments", data=data, content_type="multipart/form-data").get_json()["deploymentKey"]
    return found | {"forms": [task["formKey"] for task in tasks], "documents": [kept], "deployments": [deployed]}


def test_reading_what_is_there_fits_the_description(app: Flask) -> None:
    schema = schemathesis.openapi.from_wsgi("/v2/openapi.json", app)
    there = keys(app)
    assert all(there.values())
    for result in schema.get_all_operations():
        operation = result.ok()
        read = operation.method.upper() == "GET" or operation.path.endswith("/search")
        kind = operation.path.split("/")[1]
        for key in there.get(kind, [""])[:2] if "{key}" in operation.path else [""]:
            if read:
                case = operation.Case(path_parameters={"key": key} if key else {}, body=_body(operation))
                response = case.call()
                assert response.status_code in {200, 204}, (operation.path, response.text)
                case.validate_response(response, checks=CHECKS)


def _body(operation: Any) -> Any:
    return {} if operation.method.upper() == "POST" else schemathesis.core.NOT_SET


BOUNDS = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def tried(operation: Any, mode: schemathesis.GenerationMode, known: list[str]) -> None:
    """Send what the description allows, or what it does not, to keys that exist and to others."""

    @BOUNDS
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        if known and "key" in (case.path_parameters or {}) and len(str(case.body)) % 2:
            case.path_parameters["key"] = known[0]
        case.call_and_validate(checks=CHECKS)

    run()


@pytest.mark.parametrize("mode", [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE])
def test_whatever_is_sent_gets_an_answer_as_described(app: Flask, mode: schemathesis.GenerationMode) -> None:
    schema = schemathesis.openapi.from_wsgi("/v2/openapi.json", app)
    there = keys(app)
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path_parameters or operation.query or operation.body:  # else there is nothing to get wrong
            tried(operation, mode, there.get(operation.path.split("/")[1], []))
