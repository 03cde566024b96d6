"""The allow-list: which BPMN attributes, children and extensions each element may have. Whatever isn't here is refused.

A name is allowed because something reads it, because it only draws, or because it is without effect by definition.
"""

from __future__ import annotations

from service.bpmn.definition import Dialect

FLOW_NODE_CHILDREN = frozenset({
    "documentation", "extensionElements", "incoming", "outgoing",
    # arrows to data objects and stores, as the Modeler draws them: they run nothing in either Camunda generation
    "property", "dataInputAssociation", "dataOutputAssociation", "auditing", "monitoring", "categoryValueRef",
})  # fmt: skip

_NODE = frozenset({"id", "name"})
_ACTIVITY = _NODE | {"default", "isForCompensation", "startQuantity", "completionQuantity"}
_TASK = _ACTIVITY | {"implementation"}
_LOOPS = frozenset({"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"})

EVENT_DEFINITIONS = {
    "messageEventDefinition": "message",
    "signalEventDefinition": "signal",
    "timerEventDefinition": "timer",
    "conditionalEventDefinition": "conditional",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "compensateEventDefinition": "compensation",
    "linkEventDefinition": "link",
    "terminateEventDefinition": "terminate",
    "cancelEventDefinition": "cancel",
}
_EVENTS = frozenset(EVENT_DEFINITIONS) | {"eventDefinitionRef"}

# Containers of flow elements
SCOPE_CHILDREN = frozenset({"laneSet", "artifact", "textAnnotation", "association", "group", "dataObject",
                            "dataObjectReference", "dataStoreReference", "sequenceFlow"})  # fmt: skip

# What BPMN says about data beyond that would have to run, and doesn't here
DATA = frozenset(
    {"ioSpecification", "dataInput", "dataOutput", "inputSet", "outputSet", "transformation", "assignment"}
)

ATTRIBUTES: dict[str, frozenset[str]] = {
    "task": _ACTIVITY,
    "manualTask": _ACTIVITY,
    "userTask": _TASK,
    "serviceTask": _TASK | {"operationRef"},
    "sendTask": _TASK | {"operationRef", "messageRef"},
    "receiveTask": _TASK | {"operationRef", "messageRef", "instantiate"},
    "scriptTask": _ACTIVITY | {"scriptFormat"},
    "businessRuleTask": _TASK,
    "callActivity": _ACTIVITY | {"calledElement"},
    "subProcess": _ACTIVITY | {"triggeredByEvent"},
    "transaction": _ACTIVITY | {"triggeredByEvent", "method", "protocol"},
    "adHocSubProcess": _ACTIVITY | {"triggeredByEvent", "ordering", "cancelRemainingInstances"},
    "startEvent": _NODE | {"isInterrupting", "parallelMultiple"},
    "intermediateCatchEvent": _NODE | {"parallelMultiple"},
    "intermediateThrowEvent": _NODE,
    "boundaryEvent": _NODE | {"attachedToRef", "cancelActivity", "parallelMultiple"},
    "endEvent": _NODE,
    "exclusiveGateway": _NODE | {"default", "gatewayDirection"},
    "parallelGateway": _NODE | {"gatewayDirection"},
    "inclusiveGateway": _NODE | {"default", "gatewayDirection"},
    "eventBasedGateway": _NODE | {"gatewayDirection", "instantiate", "eventGatewayType"},
    "complexGateway": _NODE | {"default", "gatewayDirection"},
    "sequenceFlow": _NODE | {"sourceRef", "targetRef"},
    "process": _NODE | {"isExecutable", "isClosed", "processType", "definitionalCollaborationRef"},
    "multiInstanceLoopCharacteristics": frozenset({"id", "isSequential", "behavior", "noneBehaviorEventRef",
                                                   "oneBehaviorEventRef"}),
}  # fmt: skip

CHILDREN: dict[str, frozenset[str]] = {
    "task": _LOOPS,
    "manualTask": _LOOPS,
    "userTask": _LOOPS | {"rendering"},
    "serviceTask": _LOOPS,
    "sendTask": _LOOPS,
    "receiveTask": _LOOPS,
    "scriptTask": _LOOPS | {"script"},
    "businessRuleTask": _LOOPS,
    "callActivity": _LOOPS,
    "subProcess": _LOOPS | SCOPE_CHILDREN,
    "transaction": _LOOPS | SCOPE_CHILDREN,
    "startEvent": _EVENTS,
    "intermediateCatchEvent": _EVENTS,
    "intermediateThrowEvent": _EVENTS,
    "boundaryEvent": _EVENTS,
    "endEvent": _EVENTS,
    "process": SCOPE_CHILDREN | {"supports", "correlationSubscription", "property",
                                 "auditing", "monitoring"},
    "sequenceFlow": frozenset({"conditionExpression"}),
    "multiInstanceLoopCharacteristics": frozenset({"loopCardinality", "completionCondition", "loopDataInputRef",
                                                   "inputDataItem", "loopDataOutputRef", "outputDataItem"}),
    "definitions": frozenset({"import", "extension", "process", "collaboration", "message", "signal", "error",
                              "escalation", "itemDefinition", "category", "dataStore", "interface", "resource",
                              "endPoint", "partnerEntity", "partnerRole", "relationship", "correlationProperty",
                              *EVENT_DEFINITIONS}),
}  # fmt: skip

# Extension elements: name -> attributes and children they may have, written "child" or "child:attribute".
_IO = {"ioMapping": frozenset({"input", "output", "input:source", "input:target", "output:source", "output:target"})}
_PROPERTIES = {"properties": frozenset({"property", "property:name", "property:value"})}
_HEADERS = {"taskHeaders": frozenset({"header", "header:id", "header:key", "header:value"})}
_JOB = {
    "taskDefinition": frozenset({"type", "retries"}),
    "jobPriorityDefinition": frozenset({"priority"}),
    **_HEADERS,
}
_FORM = {"formDefinition": frozenset({"formId", "formKey", "bindingType", "versionTag", "externalReference"})}
_SCHEDULED = _PROPERTIES | _IO

ZEEBE: dict[str, dict[str, frozenset[str]]] = {
    "process": _PROPERTIES | {"versionTag": frozenset({"value"}), "userTaskForm": frozenset({"id", "*"}),
                              "jobPriorityDefinition": frozenset({"priority"})},
    "userTask": _SCHEDULED | _HEADERS | _FORM | {
        "userTask": frozenset(),
        "assignmentDefinition": frozenset({"assignee", "candidateGroups", "candidateUsers"}),
        "taskSchedule": frozenset({"dueDate", "followUpDate"}),
        "priorityDefinition": frozenset({"priority"}),
    },
    "serviceTask": _SCHEDULED | _JOB,
    "sendTask": _SCHEDULED | _JOB,
    "receiveTask": _SCHEDULED,
    "task": _PROPERTIES | _IO,
    "manualTask": _PROPERTIES | _IO,
    "scriptTask": _SCHEDULED | _JOB | {"script": frozenset({"expression", "resultVariable"})},
    "businessRuleTask": _SCHEDULED | _JOB | {
        "calledDecision": frozenset({"decisionId", "resultVariable", "bindingType", "versionTag"}),
    },
    "callActivity": _SCHEDULED | {
        "calledElement": frozenset({"processId", "processIdExpression", "bindingType", "versionTag",
                                    "propagateAllParentVariables", "propagateAllChildVariables",
                                    "businessId"}),  # the last is refused where it is read
    },
    "subProcess": _SCHEDULED,
    "transaction": _SCHEDULED,
    "startEvent": _SCHEDULED | {"formDefinition": frozenset({"formId", "formKey", "bindingType", "versionTag"})},
    "intermediateCatchEvent": _SCHEDULED,
    "intermediateThrowEvent": _SCHEDULED | _JOB,
    "boundaryEvent": _SCHEDULED,
    "endEvent": _SCHEDULED | _JOB,
    "multiInstanceLoopCharacteristics": {
        "loopCharacteristics": frozenset({"inputCollection", "inputElement", "outputCollection", "outputElement"}),
    },
    "conditionalEventDefinition": {"conditionalFilter": frozenset({"variableNames", "variableEvents"})},
    "message": {"subscription": frozenset({"correlationKey"})} | _PROPERTIES,
}  # fmt: skip
ZEEBE_ANYWHERE = _PROPERTIES

# Attributes in Camunda's own namespace
ZEEBE_ATTRIBUTES = frozenset({"modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon"})

_C7_PROPERTIES = {"properties": frozenset({"property", "property:id", "property:name", "property:value"})}
_C7_IO = {
    "inputOutput": frozenset({"inputParameter", "inputParameter:name", "outputParameter", "outputParameter:name",
                              "list", "map", "value", "entry", "entry:key"}),
}  # fmt: skip
_C7_FORM = {
    "formData": frozenset({
        "formField", "formField:id", "formField:type", "formField:label", "formField:defaultValue",
        "formField:datePattern", "properties", "property", "property:id", "property:value", "validation", "constraint",
        "constraint:name", "constraint:config", "value", "value:id", "value:name",
    }),
}  # fmt: skip
_C7_COMMON = _C7_PROPERTIES | _C7_IO | {"failedJobRetryTimeCycle": frozenset({"*"})}
_C7_CALL = {
    "in": frozenset({"source", "sourceExpression", "target", "variables", "businessKey"}),
    "out": frozenset({"source", "sourceExpression", "target", "variables"}),
}

CAMUNDA: dict[str, dict[str, frozenset[str]]] = {
    "process": _C7_PROPERTIES,
    "userTask": _C7_COMMON | _C7_FORM,
    "startEvent": _C7_COMMON | _C7_FORM,
    "callActivity": _C7_COMMON | _C7_CALL,
    **{
        tag: _C7_COMMON
        for tag in ("serviceTask", "sendTask", "receiveTask", "task", "manualTask", "scriptTask", "businessRuleTask",
                    "subProcess", "transaction", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent",
                    "endEvent", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway")
    },
}  # fmt: skip
CAMUNDA["signalEventDefinition"] = {"in": _C7_CALL["in"]}
CAMUNDA["multiInstanceLoopCharacteristics"] = {"failedJobRetryTimeCycle": frozenset({"*"})}
CAMUNDA_ANYWHERE = _C7_PROPERTIES

# Extension elements that may stand more than once at an element; and what may not stand together, being the same work
REPEATED = frozenset({"in", "out", "userTaskForm", "executionListener", "taskListener", "field", "formProperty"})
IMPLEMENTATIONS = (
    ("zeebe:calledDecision", "zeebe:script", "zeebe:taskDefinition"),
    ("camunda:decisionRef", "camunda:type", "camunda:expression", "camunda:class", "camunda:delegateExpression"),
)

# Stamps of the Modeler's element templates: what a template has written beside them counts.
CAMUNDA_STAMPS = frozenset({"modelerTemplate", "modelerTemplateVersion", "diagramRelationId"})
STAMPS_OF_PARTS = frozenset({"modelerConfigurationTemplate", "modelerConfigurationName"})

_C7_ASYNC = frozenset({"async", "asyncBefore", "asyncAfter", "exclusive", "jobPriority"})  # without effect here
_C7_EXTERNAL = frozenset({"type", "topic", "taskPriority", "expression", "resultVariable"})
CAMUNDA_ATTRIBUTES: dict[str, frozenset[str]] = {
    "process": frozenset({"historyTimeToLive", "versionTag", "candidateStarterGroups", "candidateStarterUsers",
                          "isStartableInTasklist", "jobPriority", "taskPriority"}),
    "startEvent": frozenset({"initiator", "formKey", "formRef", "formRefBinding", "formRefVersion"}),
    "userTask": frozenset({"assignee", "candidateUsers", "candidateGroups", "dueDate", "followUpDate", "priority",
                           "formKey", "formRef", "formRefBinding", "formRefVersion"}),
    "serviceTask": _C7_EXTERNAL,
    "sendTask": _C7_EXTERNAL,
    "businessRuleTask": _C7_EXTERNAL | {"decisionRef", "decisionRefBinding", "decisionRefVersion",
                                        "decisionRefVersionTag", "mapDecisionResult"},
    "scriptTask": frozenset({"resultVariable"}),
    "callActivity": frozenset({"calledElementBinding", "calledElementVersion", "calledElementVersionTag"}),
    "multiInstanceLoopCharacteristics": frozenset({"collection", "elementVariable"}),
    "errorEventDefinition": frozenset({"errorCodeVariable", "errorMessageVariable"}),
    "escalationEventDefinition": frozenset({"escalationCodeVariable"}),
    "conditionalEventDefinition": frozenset({"variableName", "variableEvents"}),
    "error": frozenset({"errorMessage"}),
    "messageEventDefinition": frozenset({"type", "topic", "taskPriority"}),
    "signalEventDefinition": frozenset({"async"}),
}  # fmt: skip
for _tag in list(ATTRIBUTES):
    if _tag not in {"process", "sequenceFlow"}:
        CAMUNDA_ATTRIBUTES[_tag] = CAMUNDA_ATTRIBUTES.get(_tag, frozenset()) | _C7_ASYNC


def extension(dialect: Dialect, tag: str, name: str) -> frozenset[str] | None:
    """What an extension element may hold at this place; None when it isn't allowed there."""
    table, anywhere = (ZEEBE, ZEEBE_ANYWHERE) if dialect is Dialect.CAMUNDA_8 else (CAMUNDA, CAMUNDA_ANYWHERE)
    found = table.get(tag, {}).get(name)
    return found if found is not None else anywhere.get(name)


def extension_attributes(dialect: Dialect, tag: str) -> frozenset[str]:
    """Attributes of the dialect's namespace that an element may have."""
    if dialect is Dialect.CAMUNDA_8:
        return ZEEBE_ATTRIBUTES
    return CAMUNDA_ATTRIBUTES.get(tag, frozenset()) | CAMUNDA_STAMPS
