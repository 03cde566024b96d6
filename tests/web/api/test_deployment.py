"""What the Modeler sends, and what it must get back."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.auth import SYSTEM
from service.runtime import audit, instances
from service.runtime.engine import Engine
from service.settings import Profile
from tests import builders
from tests.web.conftest import PASSWORD, models, text

LOCAL = {"Host": "localhost:8080"}


def basic(name: str, password: str = PASSWORD) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def upload(*resources: object) -> dict[str, object]:
    parts = [(io.BytesIO(found.content), found.name, "application/octet-stream") for found in resources]  # type: ignore[attr-defined]
    return {"resources": parts, "tenantId": "<default>"}


@pytest.fixture
def production(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def demo(make_app: Callable[..., Flask]) -> FlaskClient:
    return make_app(Profile.DEMO).test_client()


def test_topology_is_open_but_wrong_credentials_are_refused(production: FlaskClient) -> None:
    open_ = production.get("/v2/topology")
    wrong = production.get("/v2/topology", headers=basic("olga", "wrong"))
    right = production.get("/v2/topology", headers=basic("olga"))

    assert (open_.status_code, wrong.status_code, right.status_code) == (200, 401, 200)
    assert open_.get_json()["gatewayVersion"] == "8.9.0"
    assert wrong.mimetype == "application/problem+json"
    assert "WWW-Authenticate" in wrong.headers


def test_a_deployment_answers_what_the_modeler_reads(production: FlaskClient) -> None:
    changed = builders.a_diagram(builders.user_task("ask", groups="INVEST"), builders.line("s", "ask", "e"))

    answer = production.post("/v2/deployments", data=upload(changed), headers=basic("olga"))

    found = answer.get_json()
    assert answer.status_code == 200
    assert found["deploymentKey"].isdecimal()
    (entry,) = found["deployments"]
    assert entry["processDefinition"]["resourceName"] == changed.name
    assert entry["processDefinition"]["processDefinitionVersion"] == 2
    assert [entry[kind] for kind in ("decisionDefinition", "decisionRequirements", "form", "resource")] == [None] * 4


def test_every_kind_of_definition_is_named(production: FlaskClient) -> None:
    found = production.post("/v2/deployments", data=upload(*models()), headers=basic("olga")).get_json()

    kinds = [next(kind for kind, entry in item.items() if entry) for item in found["deployments"]]
    assert sorted(kinds) == ["decisionDefinition", "decisionRequirements", "form", "processDefinition"]


def test_a_refusal_is_one_line_with_the_detail_first_in_plain_chinese(production: FlaskClient) -> None:
    broken = builders.a_diagram(
        builders.user_task("ask", name="核实", groups="INVEST", form="missing"), builders.line("s", "ask", "e")
    )

    answer = production.post("/v2/deployments", data=upload(broken), headers=basic("olga"))

    body = text(answer)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert body.startswith('{"detail":"')
    assert '"核实\\"' in body or "核实" in body
    found = answer.get_json()
    assert "\n" not in found["detail"]
    assert (found["title"], found["status"], found["instance"]) == ("INVALID_ARGUMENT", 400, "/v2/deployments")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (LOCAL, 200),
        ({"Host": "127.0.0.1:8080"}, 200),
        ({"Host": "[::1]:8080"}, 200),
        (LOCAL | {"Origin": "file://"}, 200),
        (LOCAL | {"Origin": "http://localhost:8080"}, 401),
        (LOCAL | {"Origin": "null"}, 401),
        (LOCAL | {"Origin": "https://evil.example"}, 401),
        ({"Host": "evil.example"}, 400),
        (LOCAL | basic("olga", "wrong"), 401),
        (LOCAL | basic("ann"), 403),
    ],
)
def test_a_demonstration_lets_programs_of_this_machine_in_and_no_web_page(
    demo: FlaskClient, headers: dict[str, str], status: int
) -> None:
    assert demo.post("/v2/deployments", data=upload(*models()), headers=headers).status_code == status


def test_production_asks_for_credentials(production: FlaskClient) -> None:
    assert production.post("/v2/deployments", data=upload(*models()), headers=LOCAL).status_code == 401
    assert production.post("/v2/deployments", data=upload(*models()), headers=basic("ann")).status_code == 403


def test_a_session_cookie_opens_no_door_of_the_interface(app: Flask, browser_of: Callable[[str], object]) -> None:
    olga = browser_of("olga")

    assert olga.client.post("/v2/deployments", data=upload(*models())).status_code == 401  # type: ignore[attr-defined]


def test_what_the_interface_does_not_know_is_said(production: FlaskClient) -> None:
    other = production.post(
        "/v2/deployments", data=upload(*models()) | {"tenantId": "other"}, headers=basic("olga")
    ).get_json()
    empty = production.post("/v2/deployments", data={"tenantId": "<default>"}, headers=basic("olga")).get_json()

    assert "other" in other["detail"]
    assert "resources" in empty["detail"]
    assert production.get("/v2/nothing").get_json()["status"] == 404


def test_an_instance_is_started_and_numbers_keep_their_digits(production: FlaskClient, site_engine: Engine) -> None:
    digits = "0.1234567890123456789012345678901234"

    answer = production.post(
        "/v2/process-instances",
        data=f'{{"processDefinitionId": "p", "variables": {{"x": {digits}}}, "tenantId": "<default>"}}',
        headers=basic("olga") | {"Content-Type": "application/json"},
    )

    found = answer.get_json()
    assert answer.status_code == 200
    with site_engine.reading(SYSTEM) as unit:
        assert str(instances.variables(unit, int(found["processInstanceKey"]))["x"]) == digits
        assert audit.search(unit, action="instance.start").items[0].actor == "olga"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("{", 400, "JSON"),
        ("[]", 400, "JSON"),
        ("{}", 400, "processDefinitionId"),
        ('{"processDefinitionId": "nothing"}', 404, "nothing"),
        ('{"processDefinitionKey": "x"}', 400, "processDefinitionKey"),
        ('{"processDefinitionId": "p", "variables": []}', 400, "variables"),
        ('{"processDefinitionId": "p", "startInstructions": [{}]}', 400, "startInstructions"),
    ],
)
def test_a_start_that_cannot_be_is_refused(production: FlaskClient, body: str, status: int, said: str) -> None:
    answer = production.post("/v2/process-instances", data=body, headers=basic("olga"))

    assert answer.status_code == status
    assert said in answer.get_json()["detail"]
