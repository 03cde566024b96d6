"""What the Modeler sends, byte for byte where it matters: deploy, start, and its ten calls to test one task."""

from __future__ import annotations

from tests.builders import a_form, a_table, a_task_diagram, line, process, service_task, user_task
from tests.web.api.conftest import Api

BOUNDARY = "--------------------------formdata-modeler"


def modeler_form(*files: tuple[str, bytes]) -> bytes:
    """The multipart body of the deploy button: octet-streams named resources, then the tenant."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="resources"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n".encode()
        + content
        + b"\r\n"
        for name, content in files
    ]
    tenant = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="tenantId"\r\n\r\n<default>\r\n--{BOUNDARY}--\r\n'
    return b"".join(parts) + tenant.encode()


def deploy(api: Api, *files: tuple[str, bytes]):
    return api.call(
        "POST",
        "/v2/deployments",
        data=modeler_form(*files),
        content_type=f"multipart/form-data; boundary={BOUNDARY}",
        # Its library sends an empty Authorization where the connection has none.
        headers={"Accept": "application/json", "User-Agent": "camunda8-sdk-nodejs/8.8.11", "Authorization": ""},
    )


def test_status_dot_sees_the_version_without_credentials(api: Api) -> None:
    headers = {"Content-Type": "application/json", "Accept": "*/*", "Authorization": ""}
    answer = api.call("GET", "/v2/topology", headers=headers)

    assert answer.status_code == 200
    assert answer.json["gatewayVersion"] == "8.9.0"


def test_deploy_answers_each_definition_with_the_name_of_its_file(api: Api) -> None:
    table, form = a_table("fee"), a_form("ask", {"key": "amount"})
    diagram = process(user_task("t", form="ask"), line("s", "t", "e"), process_id="order")

    answer = deploy(api, ("订单.bpmn", diagram), (table.name, table.content), (form.name, form.content))

    assert answer.status_code == 200, answer.text
    entries = answer.json["deployments"]
    assert [[kind for kind, value in entry.items() if value is not None] for entry in entries] == [
        ["processDefinition"],
        ["decisionDefinition"],
        ["decisionRequirements"],
        ["form"],
    ]
    assert entries[0]["processDefinition"]["resourceName"] == "订单.bpmn"
    assert entries[0]["processDefinition"]["processDefinitionId"] == "order"
    assert answer.json["deploymentKey"].isdigit()
    assert answer.json["tenantId"] == "<default>"


def test_a_diagram_that_is_only_drawn_is_stored_as_a_resource(api: Api) -> None:
    file = a_task_diagram("drawn")
    drawn = file.content.replace(b'isExecutable="true"', b'isExecutable="false"')

    (entry,) = deploy(api, (file.name, drawn)).json["deployments"]

    assert entry["processDefinition"] is None
    assert entry["resource"]["resourceName"] == "drawn.bpmn"


def test_deploying_again_unchanged_keeps_version_and_key(api: Api) -> None:
    file = a_task_diagram()
    first = deploy(api, (file.name, file.content)).json["deployments"][0]["processDefinition"]

    second = deploy(api, (file.name, file.content)).json["deployments"][0]["processDefinition"]

    assert second == first


def test_a_refused_deployment_says_where_and_what_in_one_line_of_raw_text(api: Api) -> None:
    diagram = process(user_task("Task_1", name="审批", form="nowhere"), line("s", "Task_1", "e"))

    answer = deploy(api, ("order.bpmn", diagram))

    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert text.startswith('{"detail":"order.bpmn: Task_1')
    assert 'order.bpmn: Task_1 \\"审批\\"' in text
    assert "\n" not in text.strip()
    assert answer.json | {"detail": ""} == {
        "detail": "",
        "title": "INVALID_ARGUMENT",
        "status": 400,
        "type": "about:blank",
        "instance": "/v2/deployments",
    }


def test_robot_scripts_are_refused_by_name(api: Api) -> None:
    answer = deploy(api, ("bot.rpa", b"{}"))

    assert answer.status_code == 400
    assert "bot.rpa" in answer.json["detail"]


def test_start_after_deploy(api: Api) -> None:
    file = a_task_diagram("order")
    deploy(api, (file.name, file.content))

    answer = api.post(
        "/process-instances",
        {"variables": {"n": 1}, "processDefinitionId": "order", "businessId": "A-1", "tenantId": "<default>"},
    )

    assert answer["processInstanceKey"].isdigit()
    assert answer["businessId"] == "A-1"
    assert answer["processDefinitionVersion"] == 1


CALLS = {
    "instances": ("/process-instances/search", "processInstanceKey"),
    "children": ("/process-instances/search", "parentProcessInstanceKey"),
    "elements": ("/element-instances/search", "processInstanceKey"),
    "jobs": ("/jobs/search", "processInstanceKey"),
    "messages": ("/message-subscriptions/search", "processInstanceKey"),
    "tasks": ("/user-tasks/search", "processInstanceKey"),
    "variables": ("/variables/search?truncateValues=false", "processInstanceKey"),
}


def poll(api: Api, key: str) -> dict[str, list]:
    """The seven calls that the Modeler makes every second."""
    return {name: api.post(path, {"filter": {field: key}})["items"] for name, (path, field) in CALLS.items()}


def try_task(api: Api, diagram: bytes, element: str, variables: dict | None = None) -> str:
    """Deploy and start before one element, to end after it."""
    definition = deploy(api, ("order.bpmn", diagram)).json["deployments"][0]["processDefinition"]
    started = api.post(
        "/process-instances",
        {
            "variables": variables or {},
            "startInstructions": [{"elementId": element}],
            "runtimeInstructions": [{"type": "TERMINATE_PROCESS_INSTANCE", "afterElementId": element}],
            "processDefinitionKey": definition["processDefinitionKey"],
            "tenantId": "<default>",
        },
    )
    return started["processInstanceKey"]


def test_task_test_of_a_user_task_ends_after_it(api: Api) -> None:
    diagram = process(
        user_task("first"), user_task("Task_1"), user_task("after"), line("s", "first", "Task_1", "after", "e")
    )
    key = try_task(api, diagram, "Task_1", {"a": {"b": [1, 2.5]}})

    seen = poll(api, key)
    assert [(item["state"], item["hasIncident"]) for item in seen["instances"]] == [("ACTIVE", False)]
    assert seen["children"] == seen["jobs"] == seen["messages"] == []
    assert [(item["elementId"], item["state"]) for item in seen["tasks"]] == [("Task_1", "CREATED")]
    assert [(item["name"], item["value"], item["scopeKey"]) for item in seen["variables"]] == [
        ("a", '{"b":[1,2.5]}', key)
    ]

    api.post(f"/user-tasks/{seen['tasks'][0]['userTaskKey']}/completion", {"variables": {"ok": True}})

    seen = poll(api, key)
    assert seen["instances"][0]["state"] == "TERMINATED"
    assert {(item["elementId"], item["state"], item["type"]) for item in seen["elements"]} >= {
        ("Task_1", "COMPLETED", "USER_TASK")
    }
    assert "after" not in {item["elementId"] for item in seen["elements"]}
    assert ("ok", "true") in {(item["name"], item["value"]) for item in seen["variables"]}


def test_task_test_of_a_service_task_shows_its_job(api: Api) -> None:
    diagram = process(service_task("Task_1", "pay"), user_task("after"), line("s", "Task_1", "after", "e"))
    key = try_task(api, diagram, "Task_1")

    (job,) = poll(api, key)["jobs"]
    assert (job["type"], job["state"], job["elementId"]) == ("pay", "CREATED", "Task_1")
    api.post(f"/jobs/{job['jobKey']}/completion", {"variables": {"paid": 3}})

    assert poll(api, key)["instances"][0]["state"] == "TERMINATED"


def test_task_test_with_an_incident_tells_why(api: Api) -> None:
    diagram = process(
        user_task("Task_1", outputs={"x": "=nothing + 1"}), user_task("after"), line("s", "Task_1", "after", "e")
    )
    key = try_task(api, diagram.replace(b"=nothing + 1", b"=assert(null, false)"), "Task_1")
    task = poll(api, key)["tasks"][0]
    api.post(f"/user-tasks/{task['userTaskKey']}/completion", {})

    assert poll(api, key)["instances"][0]["hasIncident"] is True
    (incident,) = api.post(f"/process-instances/{key}/incidents/search")["items"]
    assert incident["elementId"] == "Task_1"
    assert incident["errorType"] == "IO_MAPPING_ERROR"
    assert incident["errorMessage"]


def test_credential_manager_is_tolerated(api: Api) -> None:
    me = api.get("/authentication/me")
    assert me["username"] == "olive"
    search = {"filter": {"resourceType": "CLUSTER_VARIABLE"}, "page": {"limit": 100}}
    assert api.post("/authentication/me/authorizations/search", search)["items"] == []
    assert api.call("POST", "/v2/cluster-variables/search", {}).status_code == 404


def test_wrong_credentials_are_told_even_where_none_are_needed(api: Api) -> None:
    answer = api.call("GET", "/v2/topology", headers={"Authorization": "Basic b2xpdmU6d3Jvbmc="})

    assert answer.status_code == 401
    assert answer.json["title"] == "Unauthorized"
