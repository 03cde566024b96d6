"""The page on which programs are connected: settings, self-test, API clients, last deployments, the Modeler's links."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask

from service.auth import SYSTEM
from service.bpmn.properties import PROPERTIES
from service.runtime import audit
from service.runtime.engine import Engine
from tests import builders
from tests.web.conftest import Browser, models, text

Browsers = Callable[[str], Browser]


def test_settings_are_there_to_copy(browser_of: Browsers) -> None:
    page = text(browser_of("olga").get("/connect"))

    for expected in ("http://localhost/v2", "http://localhost/operate", "http://localhost/oauth/token",
                     "http://localhost/engine-rest", "Camunda 8 Self-Managed"):  # fmt: skip
        assert expected in page


def test_only_process_owners_connect(browser_of: Browsers) -> None:
    ann = browser_of("ann")

    assert ann.get("/connect").status_code == 403
    assert ann.post("/connect/clients", {"name": "x"}).status_code == 403


def test_the_self_test_names_each_check(browser_of: Browsers) -> None:
    page = text(browser_of("olga").get("/connect?test=1"))

    assert page.count(">正常<") == 5
    assert ">异常<" not in page


def test_a_client_is_made_used_and_revoked(browser_of: Browsers, app: Flask, site_engine: Engine) -> None:
    olga = browser_of("olga")
    made = text(olga.post("/connect/clients", {"name": "夜间作业"}))
    client_id, secret = re.findall(r'<dd class="identifier">([^<]+)</dd>', made)[:2]
    assert secret not in text(olga.get("/connect"))

    program = app.test_client()
    sent = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    token = program.post("/oauth/token", data=sent).get_json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert program.get("/v2/authentication/me", headers=headers).get_json()["username"] == "olga"

    assert browser_of("otto").post(f"/connect/clients/{client_id}/revocation").status_code == 404
    assert olga.post(f"/connect/clients/{client_id}/revocation").status_code == 303
    assert program.get("/v2/authentication/me", headers=headers).status_code == 401
    with site_engine.reading(SYSTEM) as unit:
        actions = [entry.action for entry in audit.search(unit, object_kind="api_client").items]
    assert actions == ["api_client.revoke", "api_client.create"]
    assert secret not in str(actions)


def test_a_client_needs_a_name(browser_of: Browsers) -> None:
    assert browser_of("olga").post("/connect/clients", {"name": " "}).status_code == 422


def test_a_refused_deployment_is_shown_with_its_problems_on_the_diagram(browser_of: Browsers) -> None:
    olga = browser_of("olga")
    faulty = builders.a_task_diagram("broken", name="核实", form="nowhere")
    token = {"X-CSRFToken": olga.token()}
    refused = olga.client.post(
        "/v2/deployments", data={"resources": [(io.BytesIO(faulty.content), faulty.name)]}, headers=token
    )
    assert refused.status_code == 400
    good = {"resources": [(io.BytesIO(found.content), found.name) for found in models()]}
    assert olga.client.post("/v2/deployments", data=good, headers=token).status_code == 200

    page = text(olga.get("/connect"))
    assert "未接受" in page
    assert "1 个问题" in page
    url = re.search(r'href="(/connect/refused/\d+)"', page)
    assert url is not None
    shown = text(olga.get(url.group(1)))
    assert 'broken.bpmn: t "核实"' in unescape(shown)
    source = re.search(r'data-src="([^"]+)"', shown)
    assert source is not None
    diagram = olga.get(source.group(1).replace("&amp;", "&")).get_json()
    assert diagram["states"] == {"t": {"state": "failed", "times": 1}}
    assert browser_of("otto").get(url.group(1)).status_code == 404


@pytest.mark.parametrize("token", [None, "forged"])
def test_a_session_alone_calls_nothing(browser_of: Browsers, token: str | None) -> None:
    olga = browser_of("olga")
    headers = {} if token is None else {"X-CSRFToken": token}

    assert olga.client.post("/v2/user-tasks/search", headers=headers).status_code == 401
    foreign = {"X-CSRFToken": olga.token(), "Origin": "https://evil.example"}
    assert olga.client.post("/v2/user-tasks/search", headers=foreign).status_code == 403


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("/operate/processes?process=p&version=1&active=true&incidents=true", "/deployments/process/p/1"),
        ("/operate/decisions?name=d&version=1", "/deployments/decision/d/1"),
        ("/operate/", "/deployments"),
        ("/tasklist/4711", "/tasks/4711"),
        ("/tasklist/", "/tasks"),
    ],
)
def test_the_modelers_links_lead_to_our_pages(browser_of: Browsers, link: str, target: str) -> None:
    assert browser_of("olga").get(link).headers["Location"] == target


def test_a_link_to_an_instance_shows_its_diagram(browser_of: Browsers) -> None:
    olga = browser_of("olga")
    token = {"X-CSRFToken": olga.token()}
    started = olga.client.post("/v2/process-instances", json={"processDefinitionId": "p"}, headers=token)
    key = started.get_json()["processInstanceKey"]

    assert olga.get(f"/operate/processes/{key}").headers["Location"] == "/deployments/process/p/1"
    assert olga.get("/operate/processes/4711").status_code == 404


def test_element_templates_are_those_of_our_topics(browser_of: Browsers, app: Flask) -> None:
    found = browser_of("olga").get("/connect/element-templates.json").get_json()

    topics = {
        entry["value"]
        for template in found
        for entry in template["properties"]
        if entry["binding"] == {"type": "zeebe:taskDefinition", "property": "type"}
    }
    assert topics == {"rc.state", "rc.publish", "rc.records", "rc.notify", "rc.deadline", "rc.escalate"}
    assert len({template["id"] for template in found}) == len(found) == 8
    offered = {entry["binding"].get("name", "") for template in found for entry in template["properties"]}
    assert {name for name in offered if name.startswith("rc.")} == set(PROPERTIES)
