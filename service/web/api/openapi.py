"""`GET /v2/openapi.json`: the interface as we speak it, in our own words (OpenAPI 3.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response

from service.web.answers import json_of
from service.web.api import (
    decision,
    element_instance,
    incident,
    job,
    message,
    process_definition,
    process_instance,
    searching,
    user_task,
    variable,
)
from service.web.api.document import ID, LONGEST_LINK
from service.web.api.searching import Fields, Kind
from service.web.api.topology import GATEWAY_VERSION

blueprint = Blueprint("api_openapi", __name__, url_prefix="/v2")

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
KEY: Schema = {"type": "string", "pattern": "^-?[0-9]{1,25}$"}
WHOLE: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
TEXTS: Schema = {"type": "array", "items": TEXT}
OBJECT: Schema = {"type": "object"}
ANY: Schema = {}
FILE: Schema = {"type": "string", "format": "binary"}
STORE_ID: Schema = {"type": "string", "enum": ["rongcuo"]}
DOCUMENT_ID: Schema = {"type": "string", "pattern": f"^{ID.pattern}$"}
LINK_MILLISECONDS = int(LONGEST_LINK.total_seconds() * 1000)
TYPES: dict[Kind, Schema] = {
    Kind.TEXT: TEXT,
    Kind.KEY: KEY,
    Kind.WHOLE: WHOLE,
    Kind.MOMENT: MOMENT,
    Kind.FLAG: FLAG,
    Kind.TEXTS: TEXT,
}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def maybe(schema: Schema) -> Schema:
    """A schema that null fulfils too."""
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


def many(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def item(**properties: Schema) -> Schema:
    """An object of an answer: all its fields are always there."""
    return {"type": "object", "required": list(properties), "properties": properties}


def sent(*required: str, **properties: Schema) -> Schema:
    """An object of a request; fields that are not named are passed over."""
    found: Schema = {"type": "object", "properties": properties}
    return {**found, "required": list(required)} if required else found


_PLACE: dict[str, Schema] = {
    "processInstanceKey": KEY,
    "rootProcessInstanceKey": maybe(KEY),
    "processDefinitionKey": KEY,
    "processDefinitionId": TEXT,
    "tenantId": TEXT,
}
_RULE_OUTPUT = item(outputId=TEXT, outputName=TEXT, outputValue=TEXT, ruleId=TEXT, ruleIndex=WHOLE)

SCHEMAS: dict[str, Schema] = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457. `detail` is one line in the language of the site.",
        "required": ["detail", "title", "status", "type", "instance"],
        "properties": {
            "detail": TEXT,
            "title": TEXT,
            "status": WHOLE,
            "type": TEXT,
            "instance": TEXT,
            "fieldErrors": {"type": "object", "additionalProperties": TEXTS},
        },
    },
    "Page": item(totalItems=WHOLE, hasMoreTotalItems=FLAG, startCursor=maybe(TEXT), endCursor=maybe(TEXT)),
    "Topology": item(
        brokers=many(item(nodeId=WHOLE, brokerId=TEXT, host=TEXT, port=WHOLE, version=TEXT, partitions=many(OBJECT))),
        clusterId=maybe(TEXT),
        clusterSize=WHOLE,
        partitionsCount=WHOLE,
        replicationFactor=WHOLE,
        gatewayVersion=TEXT,
        lastCompletedChangeId=TEXT,
    ),
    "License": item(validLicense=FLAG, licenseType=TEXT, isCommercial=FLAG, expiresAt=maybe(MOMENT)),
    "Me": item(
        username=TEXT,
        displayName=maybe(TEXT),
        email=maybe(TEXT),
        authorizedComponents=TEXTS,
        tenants=many(item(tenantId=TEXT, name=TEXT, description=maybe(TEXT))),
        groups=TEXTS,
        roles=TEXTS,
        salesPlanType=maybe(TEXT),
        c8Links=OBJECT,
        canLogout=FLAG,
    ),
    "DocumentReference": {
        "type": "object",
        "required": ["camunda.document.type", "storeId", "documentId", "contentHash", "metadata"],
        "properties": {
            "camunda.document.type": {"type": "string", "enum": ["camunda"]},
            "storeId": TEXT,
            "documentId": TEXT,
            "contentHash": maybe(TEXT),
            "metadata": item(
                contentType=TEXT,
                fileName=TEXT,
                expiresAt=maybe(MOMENT),
                size=WHOLE,
                processDefinitionId=maybe(TEXT),
                processInstanceKey=maybe(KEY),
                customProperties=OBJECT,
            ),
        },
    },
    "DocumentMetadata": sent(
        fileName=TEXT,
        contentType=TEXT,
        expiresAt=MOMENT,
        size=WHOLE,
        processDefinitionId=TEXT,
        processInstanceKey=KEY,
        customProperties=OBJECT,
    ),
    "Deployment": item(
        deploymentKey=KEY,
        tenantId=TEXT,
        deployments=many(
            item(
                processDefinition=maybe(OBJECT),
                decisionDefinition=maybe(OBJECT),
                decisionRequirements=maybe(OBJECT),
                form=maybe(OBJECT),
                resource=maybe(OBJECT),
            )
        ),
    ),
    "Release": item(
        deploymentKey=KEY,
        name=TEXT,
        state=one_of("WAITING", "APPROVED", "LIVE", "REFUSED"),
        createdAt=MOMENT,
        createdBy=TEXT,
        decidedAt=maybe(MOMENT),
        decidedBy=maybe(TEXT),
        inForceFrom=maybe(MOMENT),
        reason=maybe(TEXT),
        tenantId=TEXT,
        deployments=many(OBJECT),
    ),
    "Started": item(
        processDefinitionId=TEXT,
        processDefinitionVersion=WHOLE,
        processDefinitionKey=KEY,
        processInstanceKey=KEY,
        tenantId=TEXT,
        variables=OBJECT,
        tags=TEXTS,
        businessId=maybe(TEXT),
    ),
    "ProcessInstance": item(
        **_PLACE,
        processDefinitionName=maybe(TEXT),
        processDefinitionVersion=WHOLE,
        processDefinitionVersionTag=maybe(TEXT),
        startDate=MOMENT,
        endDate=maybe(MOMENT),
        state=one_of("ACTIVE", "COMPLETED", "TERMINATED"),
        suspendedDate=maybe(MOMENT),
        hasIncident=FLAG,
        parentProcessInstanceKey=maybe(KEY),
        parentElementInstanceKey=maybe(KEY),
        tags=TEXTS,
        businessId=maybe(TEXT),
    ),
    "ElementInstance": item(
        **{**_PLACE, "processDefinitionId": maybe(TEXT)},
        elementInstanceKey=KEY,
        elementId=TEXT,
        elementName=TEXT,
        type=TEXT,
        state=one_of("ACTIVE", "COMPLETED", "TERMINATED"),
        startDate=MOMENT,
        endDate=maybe(MOMENT),
        hasIncident=FLAG,
        incidentKey=maybe(KEY),
    ),
    "Variable": item(
        variableKey=KEY,
        name=TEXT,
        value={"type": "string", "description": "JSON text"},
        scopeKey=KEY,
        processInstanceKey=KEY,
        rootProcessInstanceKey=maybe(KEY),
        tenantId=TEXT,
    ),
    "Incident": item(
        **_PLACE,
        incidentKey=KEY,
        elementId=TEXT,
        elementInstanceKey=KEY,
        jobKey=maybe(KEY),
        errorType=TEXT,
        errorMessage=TEXT,
        creationTime=MOMENT,
        state=one_of("ACTIVE", "RESOLVED"),
    ),
    "UserTask": item(
        **_PLACE,
        userTaskKey=KEY,
        name=maybe(TEXT),
        state=one_of("CREATED", "COMPLETED", "CANCELED", "FAILED"),
        assignee=maybe(TEXT),
        elementId=TEXT,
        elementInstanceKey=KEY,
        candidateGroups=TEXTS,
        candidateUsers=TEXTS,
        processDefinitionVersion=WHOLE,
        processName=maybe(TEXT),
        businessId=maybe(TEXT),
        creationDate=MOMENT,
        completionDate=maybe(MOMENT),
        followUpDate=maybe(MOMENT),
        dueDate=maybe(MOMENT),
        priority=WHOLE,
        formKey=maybe(KEY),
        externalFormReference=maybe(TEXT),
        customHeaders=OBJECT,
        tags=TEXTS,
    ),
    "Form": item(formId=TEXT, formKey=KEY, version=WHOLE, schema=TEXT, tenantId=TEXT),
    "Job": item(
        **_PLACE,
        jobKey=KEY,
        type=TEXT,
        kind=TEXT,
        listenerEventType=TEXT,
        state=one_of("CREATED", "FAILED", "COMPLETED", "ERROR_THROWN", "CANCELED"),
        worker=TEXT,
        retries=WHOLE,
        priority=WHOLE,
        customHeaders=OBJECT,
        deadline=maybe(MOMENT),
        errorMessage=maybe(TEXT),
        hasFailedWithRetriesLeft=FLAG,
        elementId=TEXT,
        elementInstanceKey=KEY,
        businessId=maybe(TEXT),
        creationTime=MOMENT,
        endTime=maybe(MOMENT),
    ),
    "ActivatedJob": item(
        **_PLACE,
        jobKey=KEY,
        type=TEXT,
        processDefinitionVersion=WHOLE,
        elementId=TEXT,
        elementInstanceKey=KEY,
        customHeaders=OBJECT,
        worker=TEXT,
        retries=WHOLE,
        deadline=WHOLE,
        variables=OBJECT,
        kind=TEXT,
        tags=TEXTS,
        businessId=maybe(TEXT),
        priority=WHOLE,
    ),
    "MessageSubscription": item(
        messageSubscriptionKey=KEY,
        processDefinitionId=TEXT,
        processDefinitionKey=maybe(KEY),
        processInstanceKey=maybe(KEY),
        elementId=TEXT,
        elementInstanceKey=maybe(KEY),
        messageSubscriptionState=TEXT,
        messageSubscriptionType=one_of("START_EVENT", "PROCESS_EVENT"),
        lastUpdatedDate=MOMENT,
        messageName=TEXT,
        correlationKey=maybe(TEXT),
        tenantId=TEXT,
    ),
    "ProcessDefinition": item(
        processDefinitionKey=KEY,
        processDefinitionId=TEXT,
        name=maybe(TEXT),
        resourceName=TEXT,
        version=WHOLE,
        versionTag=maybe(TEXT),
        hasStartForm=FLAG,
        state=TEXT,
        tenantId=TEXT,
    ),
    "DecisionDefinition": item(
        decisionDefinitionKey=KEY,
        decisionDefinitionId=TEXT,
        name=TEXT,
        version=WHOLE,
        decisionRequirementsId=TEXT,
        decisionRequirementsKey=KEY,
        decisionRequirementsName=TEXT,
        decisionRequirementsVersion=WHOLE,
        tenantId=TEXT,
    ),
    "DecisionRequirements": item(
        decisionRequirementsKey=KEY,
        decisionRequirementsId=TEXT,
        decisionRequirementsName=TEXT,
        version=WHOLE,
        resourceName=TEXT,
        tenantId=TEXT,
    ),
    "DecisionEvaluation": item(
        decisionDefinitionId=TEXT,
        decisionDefinitionKey=KEY,
        decisionDefinitionName=TEXT,
        decisionDefinitionVersion=WHOLE,
        decisionEvaluationKey=KEY,
        decisionInstanceKey=KEY,
        decisionRequirementsId=TEXT,
        decisionRequirementsKey=KEY,
        evaluatedDecisions=many(
            item(
                decisionDefinitionId=TEXT,
                decisionDefinitionName=TEXT,
                decisionDefinitionVersion=WHOLE,
                decisionDefinitionType=TEXT,
                output=TEXT,
                matchedRules=many(item(ruleId=TEXT, ruleIndex=WHOLE, evaluatedOutputs=many(_RULE_OUTPUT))),
                evaluatedInputs=many(item(inputId=TEXT, inputName=TEXT, inputValue=TEXT)),
            )
        ),
        failedDecisionDefinitionId=maybe(TEXT),
        failureMessage=maybe(TEXT),
        output={"type": "string", "description": "JSON text"},
        tenantId=TEXT,
    ),
    "Flow": item(**_PLACE, sequenceFlowId=TEXT, elementId=TEXT),
    "ElementStatistics": item(elementId=TEXT, active=WHOLE, canceled=WHOLE, incidents=WHOLE, completed=WHOLE),
    "Correlated": item(tenantId=TEXT, messageKey=KEY, processInstanceKey=KEY),
    "Published": item(tenantId=TEXT, messageKey=KEY),
    "Broadcast": item(tenantId=TEXT, signalKey=KEY),
    "Evaluation": item(expression=TEXT, result=ANY, warnings=many(item(message=TEXT)), referencedSecrets=many(OBJECT)),
}

_MESSAGE: dict[str, Schema] = {
    "name": TEXT,
    "correlationKey": TEXT,
    "variables": OBJECT,
    "tenantId": TEXT,
    "businessId": TEXT,
}
_START = sent(
    processDefinitionId=TEXT,
    processDefinitionKey=KEY,
    processDefinitionVersion=WHOLE,
    processDefinitionVersionTag=TEXT,
    variables=OBJECT,
    startInstructions=many(sent("elementId", elementId=TEXT)),
    runtimeInstructions=many(sent("afterElementId", type=TEXT, afterElementId=TEXT)),
    awaitCompletion=FLAG,
    fetchVariables=TEXTS,
    requestTimeout=WHOLE,
    tags=TEXTS,
    businessId=TEXT,
    tenantId=TEXT,
)


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    says: str
    answer: Schema | None = None  # None: no content
    body: Schema | None = None
    open: bool = False  # answers without credentials
    may_be_empty: bool = False  # 204 besides
    media: str = "application/json"
    query: Mapping[str, Schema] = field(default_factory=dict)
    key: Schema = field(default_factory=lambda: KEY)  # of the path, where it names one
    statuses: tuple[str, ...] = ("200",)  # of an answer that has content


def _search(path: str, says: str, name: str, fields: Fields, extra: Mapping[str, Schema] | None = None,
            query: Mapping[str, Schema] | None = None) -> Operation:  # fmt: skip
    """A search over a table of fields."""
    filters = {field_name: _filter(found.kind) for field_name, found in fields.items()} | dict(extra or {})
    sorts = [field_name for field_name, found in fields.items() if found.sorts and found.kind is not Kind.TEXTS]
    page = sent(
        limit={**WHOLE, "minimum": 0, "maximum": searching.LARGEST_LIMIT, "default": searching.DEFAULT_LIMIT},
        after=TEXT,
        before=TEXT,
        **{"from": {**WHOLE, "minimum": 0, "maximum": searching.DEEPEST_OFFSET}},
    )
    body = sent(
        filter=sent(**filters),
        sort=many(sent("field", field=one_of(*sorts), order=one_of("ASC", "DESC"))),
        page=page,
    )
    return Operation("post", path, says, item(items=many(ref(name)), page=ref("Page")), body, query=query or {})


def _filter(kind: Kind) -> Schema:
    """A plain value, or an object of operators."""
    plain = TYPES[kind]
    operators: dict[str, Schema] = {
        "$eq": plain,
        "$neq": plain,
        "$exists": FLAG,
        "$in": many(plain),
        "$notIn": many(plain),
    }
    if kind is Kind.TEXT:
        operators["$like"] = TEXT
    if kind in {Kind.WHOLE, Kind.MOMENT, Kind.KEY}:
        operators |= {"$gt": plain, "$gte": plain, "$lt": plain, "$lte": plain}
    return {"anyOf": [plain, sent(**operators)]}


_TRUNCATE = {"truncateValues": FLAG}

OPERATIONS: tuple[Operation, ...] = (
    Operation("get", "/topology", "Version and brokers", ref("Topology"), open=True),
    Operation("get", "/status", "Whether the service is up", open=True),
    Operation("get", "/license", "The licence", ref("License"), open=True),
    Operation("get", "/openapi.json", "This document", OBJECT, open=True),
    Operation("get", "/authentication/me", "Who calls", ref("Me")),
    Operation(
        "post",
        "/authentication/me/authorizations/search",
        "Always empty: rights come from roles",
        item(items=many(OBJECT), page=ref("Page")),
        OBJECT,
    ),
    Operation(
        "post",
        "/deployments",
        "Deploy files together, all or none",
        ref("Deployment"),
        sent("resources", resources=many({"type": "string", "format": "binary"}), tenantId=TEXT),
        media="multipart/form-data",
    ),
    Operation(
        "post",
        "/documents",
        "Keep a file until something refers to it",
        ref("DocumentReference"),
        sent("file", file=FILE, metadata=ref("DocumentMetadata")),
        media="multipart/form-data",
        query={"storeId": STORE_ID, "documentId": DOCUMENT_ID},
        statuses=("201",),
    ),
    Operation(
        "post",
        "/documents/batch",
        "Keep several files; with 207, those that were refused are named",
        item(
            createdDocuments=many(ref("DocumentReference")),
            failedDocuments=many(item(fileName=TEXT, status=WHOLE, title=TEXT, detail=TEXT)),
        ),
        sent("files", files=many(FILE), metadataList=many(ref("DocumentMetadata"))),
        media="multipart/form-data",
        query={"storeId": STORE_ID},
        statuses=("201", "207"),
    ),
    Operation(
        "get",
        "/documents/{key}",
        "The content of a file",
        FILE,
        media="*/*",
        query={"storeId": STORE_ID, "contentHash": TEXT},
        key=DOCUMENT_ID,
    ),
    Operation(
        "delete", "/documents/{key}", "Remove a file that no case holds", query={"storeId": STORE_ID}, key=DOCUMENT_ID
    ),
    Operation(
        "post",
        "/documents/{key}/links",
        "An address of a file without credentials, for a while; none for files of cases",
        item(url=TEXT, expiresAt=MOMENT),
        sent(timeToLive={**WHOLE, "minimum": 1, "maximum": LINK_MILLISECONDS}),
        query={"storeId": STORE_ID, "contentHash": TEXT},
        key=DOCUMENT_ID,
        statuses=("201",),
    ),
    Operation("get", "/deployments/{key}", "Whether a deployment is in use", ref("Release")),
    Operation(
        "post",
        "/deployments/{key}/approval",
        "Approve somebody else's deployment, at once or from a day",
        ref("Release"),
        sent(effectiveOn=maybe({"type": "string", "format": "date"})),
    ),
    Operation(
        "post",
        "/deployments/{key}/refusal",
        "Refuse a deployment that is not in force",
        ref("Release"),
        sent("reason", reason=TEXT),
    ),
    _search(
        "/process-definitions/search",
        "Versions of processes in use",
        "ProcessDefinition",
        process_definition.FIELDS,
        {"isLatestVersion": FLAG, "hasStartForm": FLAG, "state": TEXT},
    ),
    Operation("get", "/process-definitions/{key}", "A version of a process", ref("ProcessDefinition")),
    Operation("get", "/process-definitions/{key}/xml", "Its diagram", TEXT, media="text/xml"),
    Operation("get", "/process-definitions/{key}/form", "Its start form", ref("Form"), may_be_empty=True),
    _search(
        "/decision-definitions/search",
        "Versions of decisions in use",
        "DecisionDefinition",
        decision.FIELDS,
        {"isLatestVersion": FLAG},
    ),
    Operation("get", "/decision-definitions/{key}", "A version of a decision", ref("DecisionDefinition")),
    Operation("get", "/decision-definitions/{key}/xml", "Its file", TEXT, media="text/xml"),
    Operation(
        "post",
        "/decision-definitions/evaluation",
        "Evaluate a decision",
        ref("DecisionEvaluation"),
        sent(decisionDefinitionId=TEXT, decisionDefinitionKey=KEY, variables=OBJECT, tenantId=TEXT),
    ),
    _search(
        "/decision-requirements/search",
        "Versions of requirements graphs in use",
        "DecisionRequirements",
        decision.REQUIREMENTS_FIELDS,
    ),
    Operation("get", "/decision-requirements/{key}", "A requirements graph", ref("DecisionRequirements")),
    Operation("get", "/decision-requirements/{key}/xml", "Its file", TEXT, media="text/xml"),
    Operation("get", "/forms/{key}", "A version of a form", ref("Form")),
    Operation("post", "/process-instances", "Start a process", ref("Started"), _START),
    _search(
        "/process-instances/search",
        "Process instances",
        "ProcessInstance",
        process_instance.FIELDS,
        {"tags": TEXTS, "variables": many(sent("name", "value", name=TEXT, value=TEXT))},
    ),
    Operation("get", "/process-instances/{key}", "A process instance", ref("ProcessInstance")),
    Operation("post", "/process-instances/{key}/cancellation", "End it", None, OBJECT),
    _search("/process-instances/{key}/incidents/search", "What stopped it", "Incident", incident.FIELDS),
    Operation("get", "/process-instances/{key}/sequence-flows", "Flows taken in it", item(items=many(ref("Flow")))),
    Operation(
        "get",
        "/process-instances/{key}/statistics/element-instances",
        "Visits to each element of it",
        item(items=many(ref("ElementStatistics"))),
    ),
    _search("/element-instances/search", "Visits to elements", "ElementInstance", element_instance.FIELDS),
    Operation("get", "/element-instances/{key}", "A visit to an element", ref("ElementInstance")),
    Operation(
        "put",
        "/element-instances/{key}/variables",
        "Set variables there",
        None,
        sent("variables", variables=OBJECT, local=FLAG),
    ),
    _search("/variables/search", "Variables outside cases", "Variable", variable.FIELDS, query=_TRUNCATE),
    Operation("get", "/variables/{key}", "A variable", ref("Variable")),
    _search("/user-tasks/search", "The caller's user tasks", "UserTask", user_task.FIELDS),
    Operation("get", "/user-tasks/{key}", "A user task", ref("UserTask")),
    Operation(
        "patch",
        "/user-tasks/{key}",
        "Change its dates, candidates and priority",
        None,
        sent(
            "changeset",
            changeset=sent(
                dueDate=maybe(TEXT),
                followUpDate=maybe(TEXT),
                candidateGroups=TEXTS,
                candidateUsers=TEXTS,
                priority=WHOLE,
            ),
        ),
    ),
    Operation(
        "post",
        "/user-tasks/{key}/assignment",
        "Give it to somebody",
        None,
        sent("assignee", assignee=TEXT, allowOverride=FLAG),
    ),
    Operation("delete", "/user-tasks/{key}/assignee", "Give it back"),
    Operation("post", "/user-tasks/{key}/completion", "Complete it", None, sent(variables=OBJECT)),
    Operation("get", "/user-tasks/{key}/form", "Its form", ref("Form"), may_be_empty=True),
    _search(
        "/user-tasks/{key}/variables/search", "What is visible there", "Variable", variable.FIELDS, query=_TRUNCATE
    ),
    _search("/user-tasks/{key}/effective-variables/search", "The same", "Variable", variable.FIELDS, query=_TRUNCATE),
    Operation(
        "post",
        "/jobs/activation",
        "Take jobs under a lease, waiting for some",
        item(jobs=many(ref("ActivatedJob"))),
        sent(
            "type",
            "timeout",
            "maxJobsToActivate",
            type=TEXT,
            timeout={**WHOLE, "minimum": 1},
            maxJobsToActivate={**WHOLE, "minimum": 1},
            worker=TEXT,
            fetchVariable=TEXTS,
            requestTimeout=WHOLE,
            tenantIds=TEXTS,
        ),
    ),
    _search(
        "/jobs/search", "Jobs, open, failed and ended", "Job", job.FIELDS, {"kind": TEXT, "listenerEventType": TEXT}
    ),
    Operation("post", "/jobs/{key}/completion", "Complete a job", None, sent(variables=OBJECT)),
    Operation(
        "post",
        "/jobs/{key}/failure",
        "Report that a job failed",
        None,
        sent(retries=WHOLE, errorMessage=TEXT, retryBackOff=WHOLE, variables=OBJECT),
    ),
    Operation(
        "post",
        "/jobs/{key}/error",
        "End a job by a BPMN error",
        None,
        sent("errorCode", errorCode=TEXT, errorMessage=TEXT, variables=OBJECT),
    ),
    Operation(
        "patch",
        "/jobs/{key}",
        "Change retries, lease and priority",
        None,
        sent("changeset", changeset=sent(retries=WHOLE, timeout=WHOLE, priority=WHOLE)),
    ),
    _search("/incidents/search", "Incidents", "Incident", incident.FIELDS),
    Operation("get", "/incidents/{key}", "An incident", ref("Incident")),
    Operation("post", "/incidents/{key}/resolution", "Try the step again", None, OBJECT),
    Operation(
        "post", "/messages/correlation", "Bring a message to its receiver", ref("Correlated"), sent("name", **_MESSAGE)
    ),
    Operation(
        "post",
        "/messages/publication",
        "The same, or keep it for a while",
        ref("Published"),
        sent("name", **_MESSAGE, timeToLive=WHOLE, messageId=TEXT),
    ),
    _search(
        "/message-subscriptions/search",
        "Who waits for messages",
        "MessageSubscription",
        message.FIELDS,
        {"messageSubscriptionState": TEXT, "messageSubscriptionType": TEXT},
    ),
    Operation(
        "post",
        "/signals/broadcast",
        "Bring a signal to all who wait for it",
        ref("Broadcast"),
        sent("signalName", signalName=TEXT, variables=OBJECT, tenantId=TEXT),
    ),
    Operation(
        "post",
        "/expression/evaluation",
        "Evaluate a FEEL expression",
        ref("Evaluation"),
        sent("expression", expression=TEXT, variables=OBJECT, scopeKey=KEY, tenantId=TEXT),
    ),
)


@blueprint.get("/openapi.json")
def show() -> Response:
    return json_of(document())


def document() -> dict[str, Any]:
    """Return the whole description."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rongcuo",
            "version": GATEWAY_VERSION,
            "description": "The part of the Camunda 8 REST interface that this service speaks.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/v2"}],
        "security": [{"basic": []}, {"client": []}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic"},
                "client": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}},
                },
            },
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    name = f"{operation.method} {operation.path}".replace("/", " ").replace("{", " ").replace("}", " ")
    found: dict[str, Any] = {
        "operationId": "_".join(name.replace("-", " ").replace(".", " ").split()),
        "summary": operation.says,
        "responses": _responses(operation),
    }
    parameters = _parameters(operation)
    if parameters:
        found["parameters"] = parameters
    if operation.open:
        found["security"] = []
    if operation.body is not None:
        is_form = operation.media == "multipart/form-data"
        media = operation.media if is_form else "application/json"
        found["requestBody"] = {
            "required": is_form or "required" in operation.body,
            "content": {media: {"schema": operation.body}},
        }
    return found


def _parameters(operation: Operation) -> Sequence[Schema]:
    found: list[Schema] = [{"name": name, "in": "query", "schema": schema} for name, schema in operation.query.items()]
    if "{key}" in operation.path:
        found.append({"name": "key", "in": "path", "required": True, "schema": operation.key})
    return found


def _responses(operation: Operation) -> dict[str, Any]:
    problem = {"description": "What is wrong", "content": {"application/problem+json": {"schema": ref("Problem")}}}
    nothing = {"description": "Done"}
    if operation.answer is None:
        return {"204": nothing, "default": problem}
    media = "application/json" if operation.media == "multipart/form-data" else operation.media
    answer = {"description": operation.says, "content": {media: {"schema": operation.answer}}}
    found: dict[str, Any] = {**dict.fromkeys(operation.statuses, answer), "default": problem}
    return {**found, "204": {"description": "There is none"}} if operation.may_be_empty else found
