"""PyPI `camunda-orchestration-sdk`: raises when a required field of an answer is missing or of another type."""

from __future__ import annotations

import hashlib
import urllib.request
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from camunda_orchestration_sdk import CamundaClient
from camunda_orchestration_sdk import models as m
from camunda_orchestration_sdk.errors import NotFoundError
from camunda_orchestration_sdk.types import File

from tests.filling import PDF, PNG
from tests.serving import Served


@pytest.fixture
def client(service: Served) -> Iterator[CamundaClient]:
    found = CamundaClient(configuration={"CAMUNDA_REST_ADDRESS": service.address, "CAMUNDA_SDK_LOG_LEVEL": "silent"})
    yield found
    found.close()


def instance(client: CamundaClient, **fields: Any) -> m.CreateProcessInstanceResult:
    request = {"processDefinitionId": "order", "variables": {"orderId": "o-1", "amount": 1}, **fields}
    return client.create_process_instance(data=m.ProcessCreationById.from_dict(request))


def filtered(kind: Any, **filters: Any) -> Any:
    return kind.from_dict({"filter": filters})


def test_an_order_from_asking_to_packing(client: CamundaClient, files: list[Path]) -> None:
    assert client.get_topology().gateway_version == "8.9.0"
    deployed = client.deploy_resources_from_files([str(path) for path in files])
    assert [item.process_definition_id for item in deployed.processes] == ["order"]
    assert [item.decision_definition_id for item in deployed.decisions] == ["fee"]
    assert [item.form_id for item in deployed.forms] == ["question"]

    started = instance(client, tags=["express"])
    key = started.process_instance_key

    (task,) = client.search_user_tasks(
        data=filtered(m.UserTaskSearchQuery, processInstanceKey=key, state="CREATED")
    ).items
    assert (task.element_id, task.candidate_groups, task.tags) == ("ask", ["OWNER"], ["express"])
    client.assign_user_task(task.user_task_key, data=m.UserTaskAssignmentRequest(assignee="olive"))
    assert client.get_user_task(task.user_task_key).assignee == "olive"
    form = client.get_user_task_form(task.user_task_key)
    assert form.form_id == "question"
    client.complete_user_task(
        task.user_task_key, data=m.UserTaskCompletionRequest.from_dict({"variables": {"amount": 12}})
    )
    assert client.get_user_task(task.user_task_key).state == "COMPLETED"

    (judged,) = client.search_variables(
        data=filtered(m.VariableSearchQuery, processInstanceKey=key, name="judged")
    ).items
    assert judged.value == '"large"'
    correlated = client.correlate_message(
        data=m.MessageCorrelationRequest.from_dict({"name": "paid", "correlationKey": "o-1"})
    )
    assert correlated.process_instance_key == key

    job = activated(client, "pack")
    assert job.custom_headers.to_dict() == {"box": "small"}
    assert job.variables.to_dict()["amount"] == 12
    client.fail_job(job.job_key, data=m.JobFailRequest.from_dict({"retries": 0, "errorMessage": "no box"}))
    (incident,) = client.search_incidents(data=filtered(m.IncidentSearchQuery, processInstanceKey=key)).items
    assert incident.error_type == "JOB_NO_RETRIES"
    assert "no box" in incident.error_message
    assert client.get_process_instance(key).has_incident
    client.resolve_incident(incident.incident_key)
    job = activated(client, "pack")
    client.complete_job(job.job_key, data=m.JobCompletionRequest.from_dict({"variables": {"boxes": 2}}))

    assert client.get_process_instance(key).state == "COMPLETED"
    elements = client.search_element_instances(data=filtered(m.ElementInstanceSearchQuery, processInstanceKey=key))
    assert {"ask", "judge", "wait", "pack"} <= {item.element_id for item in elements.items}
    statistics = client.get_process_instance_statistics(key)
    assert ("pack", 1) in {(item.element_id, item.completed) for item in statistics.items}
    assert client.get_process_instance_sequence_flows(key).items


def activated(client: CamundaClient, kind: str) -> m.ActivatedJobResult:
    request = {"type": kind, "timeout": 60_000, "maxJobsToActivate": 5, "worker": "judge", "requestTimeout": 5_000}
    (job,) = client.activate_jobs(data=m.JobActivationRequest.from_dict(request)).jobs
    return job


def test_what_is_deployed_can_be_looked_at(client: CamundaClient, files: list[Path]) -> None:
    client.deploy_resources_from_files([str(path) for path in files])

    (definition,) = client.search_process_definitions(
        data=filtered(m.ProcessDefinitionSearchQuery, processDefinitionId="order", isLatestVersion=True)
    ).items
    assert client.get_process_definition(definition.process_definition_key).name == "订单"
    assert "<bpmn:process" in client.get_process_definition_xml(definition.process_definition_key)
    (decision,) = client.search_decision_definitions().items
    assert "<decisionTable" in client.get_decision_definition_xml(decision.decision_definition_key)
    assert client.search_decision_requirements().items[0].decision_requirements_id == "fee_model"


def test_a_decision_is_evaluated(client: CamundaClient, files: list[Path]) -> None:
    client.deploy_resources_from_files([str(path) for path in files])

    request = {"decisionDefinitionId": "fee", "variables": {"amount": 3}}
    found = client.evaluate_decision(data=m.DecisionEvaluationByID.from_dict(request))

    assert found.output == '"small"'
    assert found.failed_decision_definition_id is None
    (evaluated,) = found.evaluated_decisions
    assert [(rule.rule_id, rule.rule_index) for rule in evaluated.matched_rules] == [("r0", 1)]
    assert evaluated.evaluated_inputs[0].input_value == "3"


def test_a_start_waits_for_the_end_and_fetches_variables(client: CamundaClient, tmp_path: Path) -> None:
    from tests.builders import a_diagram, line, script_task

    diagram = a_diagram(script_task("sum", "=a + 1", "b"), line("s", "sum", "e"), process_id="quick", name="q")
    path = tmp_path / "quick.bpmn"
    path.write_bytes(diagram.content)
    client.deploy_resources_from_files([str(path)])

    found = instance(
        client, processDefinitionId="quick", variables={"a": 1}, awaitCompletion=True, fetchVariables=["b"]
    )

    assert found.variables.to_dict() == {"b": 2}


def test_signals_and_messages_are_taken(client: CamundaClient) -> None:
    assert client.broadcast_signal(data=m.SignalBroadcastRequest.from_dict({"signalName": "go"})).signal_key
    published = {"name": "later", "correlationKey": "1", "timeToLive": 1000, "messageId": "m-1"}
    assert client.publish_message(data=m.MessagePublicationRequest.from_dict(published)).message_key


def test_expressions_and_the_caller(client: CamundaClient) -> None:
    values = m.ExpressionEvaluationRequestVariables.from_dict({"x": 2})
    request = m.ExpressionEvaluationRequest(expression="=1 + x", variables=values)

    assert client.evaluate_expression(data=request).result == 3
    assert client.get_authentication().username == "olive"
    assert client.get_license().valid_license is False


def test_what_is_not_there_is_told_as_such(client: CamundaClient) -> None:
    with pytest.raises(NotFoundError):
        client.get_user_task("4711")


def a_file(name: str, content: bytes) -> File:
    return File(payload=BytesIO(content), file_name=name)


def test_documents_are_kept_handed_out_linked_and_removed(client: CamundaClient) -> None:
    metadata = m.DocumentMetadata.from_dict({"fileName": "整改报告.pdf", "customProperties": {"step": "report"}})
    created = client.create_document(data=m.CreateDocumentData(file=a_file("r.pdf", PDF), metadata=metadata))
    assert created.metadata.file_name == "整改报告.pdf"
    assert created.metadata.content_type == "application/pdf"
    assert created.metadata.size == len(PDF)
    assert created.content_hash == hashlib.sha256(PDF).hexdigest()

    assert client.get_document(created.document_id, content_hash=created.content_hash).payload.read() == PDF
    link = client.create_document_link(created.document_id, data=m.DocumentLinkRequest(time_to_live=60_000))
    with urllib.request.urlopen(link.url, timeout=30) as answer:  # noqa: S310
        assert answer.read() == PDF
        assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]

    client.delete_document(created.document_id)
    with pytest.raises(NotFoundError):
        client.get_document(created.document_id)


def test_a_batch_keeps_what_it_can_and_names_the_rest(client: CamundaClient) -> None:
    whole = client.create_documents(data=m.CreateDocumentsData(files=[a_file("a.pdf", PDF), a_file("b.png", PNG)]))
    assert [item.metadata.content_type for item in whole.created_documents] == ["application/pdf", "image/png"]
    assert whole.failed_documents == []

    part = client.create_documents(data=m.CreateDocumentsData(files=[a_file("a.exe", b"MZ"), a_file("b.png", PNG)]))
    assert [(item.file_name, item.status) for item in part.failed_documents] == [("a.exe", 415)]
    assert [item.metadata.file_name for item in part.created_documents] == ["b.png"]
