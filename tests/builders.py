"""Builders of models with valid defaults: a test names only what matters to it."""

from __future__ import annotations

import itertools
import json
from typing import Any

from service.runtime.deployments import Resource

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<bpmn:definitions xmlns:bpmn="{BPMN}" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn" '
    'modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.8.0">'
)


MANY = (
    "<bpmn:extensionElements><zeebe:loopCharacteristics "
    'inputCollection="=people" inputElement="person" /></bpmn:extensionElements>'
)


def user_task(
    element_id: str,
    *,
    name: str = "",
    assignee: str = "",
    groups: str = "",
    users: str = "",
    due: str = "",
    form: str = "",
    binding: str = "",
    outputs: dict[str, str] | None = None,
    properties: dict[str, str] | None = None,
    many: bool = False,
    sequential: bool = False,
) -> str:
    """A Camunda 8 user task; `many`: once for each `person` of the variable `people`."""
    extensions = ["<zeebe:userTask />"]
    if assignee or groups or users:
        attributes = {"assignee": assignee, "candidateGroups": groups, "candidateUsers": users}
        extensions.append(f"<zeebe:assignmentDefinition {_attributes(attributes)} />")
    if due:
        extensions.append(f"<zeebe:taskSchedule {_attributes({'dueDate': due})} />")
    if form:
        extensions.append(f"<zeebe:formDefinition {_attributes({'formId': form, 'bindingType': binding})} />")
    if outputs:
        lines = "".join(f"<zeebe:output {_attributes({'source': s, 'target': t})} />" for t, s in outputs.items())
        extensions.append(f"<zeebe:ioMapping>{lines}</zeebe:ioMapping>")
    if properties:
        lines = "".join(f"<zeebe:property {_attributes({'name': n, 'value': v})} />" for n, v in properties.items())
        extensions.append(f"<zeebe:properties>{lines}</zeebe:properties>")
    kind = f'isSequential="{str(sequential).lower()}"'
    loop = (
        f"<bpmn:multiInstanceLoopCharacteristics {kind}>{MANY}</bpmn:multiInstanceLoopCharacteristics>" if many else ""
    )
    return _element("userTask", element_id, name, "".join(extensions), loop)


def service_task(element_id: str, topic: str, *, retries: str = "", headers: dict[str, str] | None = None) -> str:
    lines = "".join(f"<zeebe:header {_attributes({'key': k, 'value': v})} />" for k, v in (headers or {}).items())
    extensions = f"<zeebe:taskDefinition {_attributes({'type': topic, 'retries': retries})} />"
    if lines:
        extensions += f"<zeebe:taskHeaders>{lines}</zeebe:taskHeaders>"
    return _element("serviceTask", element_id, "", extensions)


def decision_task(element_id: str, decision: str, result: str, *, binding: str = "", tag: str = "") -> str:
    attributes = {"decisionId": decision, "resultVariable": result, "bindingType": binding, "versionTag": tag}
    return _element("businessRuleTask", element_id, "", f"<zeebe:calledDecision {_attributes(attributes)} />")


def script_task(element_id: str, expression: str, result: str) -> str:
    attributes = {"expression": expression, "resultVariable": result}
    return _element("scriptTask", element_id, "", f"<zeebe:script {_attributes(attributes)} />")


def call_activity(element_id: str, process: str, *, binding: str = "") -> str:
    attributes = {"processId": process, "propagateAllChildVariables": "true", "bindingType": binding}
    return _element("callActivity", element_id, "", f"<zeebe:calledElement {_attributes(attributes)} />")


def timer_catch(element_id: str, *, duration: str = "", date: str = "") -> str:
    return _event("intermediateCatchEvent", element_id, "", _timer(duration=duration, date=date))


def timer_boundary(element_id: str, host: str, *, duration: str = "", date: str = "", cycle: str = "",
                   interrupting: bool = True) -> str:  # fmt: skip
    attributes = f'attachedToRef="{host}" cancelActivity="{str(interrupting).lower()}"'
    return _event("boundaryEvent", element_id, attributes, _timer(duration=duration, date=date, cycle=cycle))


def timer_start(element_id: str, *, cycle: str = "", date: str = "") -> str:
    return _event("startEvent", element_id, "", _timer(date=date, cycle=cycle))


def message(message_id: str, name: str, correlation_key: str = "") -> str:
    """A message, which stands beside the process."""
    if not correlation_key:
        return f'<bpmn:message id="{message_id}" name="{name}" />'
    return (
        f'<bpmn:message id="{message_id}" name="{name}"><bpmn:extensionElements>'
        f"<zeebe:subscription {_attributes({'correlationKey': correlation_key})} />"
        "</bpmn:extensionElements></bpmn:message>"
    )


def message_catch(element_id: str, message_id: str) -> str:
    definition = f'<bpmn:messageEventDefinition id="{element_id}_d" messageRef="{message_id}" />'
    return _event("intermediateCatchEvent", element_id, "", definition)


def message_start(element_id: str, message_id: str) -> str:
    definition = f'<bpmn:messageEventDefinition id="{element_id}_d" messageRef="{message_id}" />'
    return _event("startEvent", element_id, "", definition)


def message_throw(element_id: str, message_id: str) -> str:
    """Throws to whoever waits with the message's correlation key."""
    definition = f'<bpmn:messageEventDefinition id="{element_id}_d" messageRef="{message_id}" />'
    return _event("intermediateThrowEvent", element_id, "", definition)


def signal_catch(element_id: str, signal_id: str) -> str:
    definition = f'<bpmn:signalEventDefinition id="{element_id}_d" signalRef="{signal_id}" />'
    return _event("intermediateCatchEvent", element_id, "", definition)


def condition_catch(element_id: str, condition: str) -> str:
    definition = (
        f'<bpmn:conditionalEventDefinition id="{element_id}_d">'
        f'<bpmn:condition xsi:type="bpmn:tFormalExpression">{_escaped(condition)}</bpmn:condition>'
        "</bpmn:conditionalEventDefinition>"
    )
    return _event("intermediateCatchEvent", element_id, "", definition)


def error_boundary(element_id: str, host: str, error_id: str) -> str:
    definition = f'<bpmn:errorEventDefinition id="{element_id}_d" errorRef="{error_id}" />'
    return _event("boundaryEvent", element_id, f'attachedToRef="{host}"', definition)


def flow(source: str, target: str, condition: str = "") -> str:
    inner = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{_escaped(condition)}</bpmn:conditionExpression>'
        if condition
        else ""
    )
    return (
        f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
        f"{inner}</bpmn:sequenceFlow>"
    )


def line(*ids: str) -> str:
    """Sequence flows from each id to the next."""
    return "".join(flow(source, target) for source, target in itertools.pairwise(ids))


def process(*parts: str, process_id: str = "p", name: str = "P", outside: str = "", tag: str = "") -> bytes:
    """A file with one process of the given parts; start event `s` and end event `e` are there already."""
    extension = (
        f"<bpmn:extensionElements><zeebe:versionTag {_attributes({'value': tag})} /></bpmn:extensionElements>"
        if tag
        else ""
    )
    start = "" if any("<bpmn:startEvent" in part for part in parts) else '<bpmn:startEvent id="s" />'
    body = "".join(parts)
    return (
        f'{HEAD}{outside}<bpmn:process id="{process_id}" name="{name}" isExecutable="true">{extension}'
        f'{start}<bpmn:endEvent id="e" />{body}</bpmn:process></bpmn:definitions>'
    ).encode()


def a_diagram(*parts: str, name: str = "p.bpmn", **options: Any) -> Resource:
    return Resource(name, process(*parts, **options))


def a_task_diagram(process_id: str = "p", **options: Any) -> Resource:
    """Start, one user task `t`, end."""
    return Resource(
        f"{process_id}.bpmn", process(user_task("t", **options), line("s", "t", "e"), process_id=process_id)
    )


def a_table(decision_id: str = "d", *, rules: dict[str, str] | None = None, policy: str = "FIRST",
            name: str = "", tag: str = "") -> Resource:  # fmt: skip
    """A decision table with input `amount` and output `result`."""
    lines = "".join(
        f'<rule id="r{index}"><inputEntry id="i{index}"><text>{_escaped(when)}</text></inputEntry>'
        f'<outputEntry id="o{index}"><text>{_escaped(then)}</text></outputEntry></rule>'
        for index, (when, then) in enumerate((rules or {"< 10": '"small"', ">= 10": '"large"'}).items())
    )
    zeebe = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    extension = f'<extensionElements><zeebe:versionTag {zeebe} value="{tag}" /></extensionElements>' if tag else ""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" '
        'xmlns:modeler="http://camunda.org/schema/modeler/1.0" '
        f'id="{decision_id}_model" name="{decision_id}" namespace="http://camunda.org/schema/1.0/dmn" '
        'modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.8.0">'
        f'<decision id="{decision_id}" name="{name or decision_id}">{extension}'
        f'<variable id="{decision_id}_v" name="{name or decision_id}" />'
        f'<decisionTable id="{decision_id}_t" hitPolicy="{policy}">'
        '<input id="in"><inputExpression id="ie" typeRef="number"><text>amount</text></inputExpression></input>'
        f'<output id="out" name="result" typeRef="string" />{lines}</decisionTable></decision></definitions>'
    )
    return Resource(f"{decision_id}.dmn", text.encode())


def a_form(form_id: str = "f", *fields: dict[str, Any], **options: Any) -> Resource:
    """A form; a field is at least `{"key": ...}`, a text field unless it says otherwise."""
    components = [
        {"type": "textfield", "id": f"Field_{index}", "label": field.get("key", "")} | field
        for index, field in enumerate(fields)
    ]
    schema = {
        "type": "default",
        "id": form_id,
        "schemaVersion": 18,
        "executionPlatform": "Camunda Cloud",
        "executionPlatformVersion": "8.8.0",
        "components": components,
    }
    return Resource(f"{form_id}.form", json.dumps(schema | options).encode())


def _timer(*, duration: str = "", date: str = "", cycle: str = "") -> str:
    tag, text = ("timeDuration", duration) if duration else ("timeDate", date) if date else ("timeCycle", cycle)
    return (
        f'<bpmn:timerEventDefinition><bpmn:{tag} xsi:type="bpmn:tFormalExpression">{_escaped(text)}</bpmn:{tag}>'
        "</bpmn:timerEventDefinition>"
    )


def _event(tag: str, element_id: str, attributes: str, definition: str) -> str:
    return f'<bpmn:{tag} id="{element_id}" {attributes}>{definition}</bpmn:{tag}>'


def gateway(element_id: str, kind: str = "parallel") -> str:
    return f'<bpmn:{kind}Gateway id="{element_id}" />'


def sub_process(element_id: str, *parts: str, event: bool = False) -> str:
    """A sub-process of the given parts, its start event among them; `event`: an event sub-process."""
    triggered = ' triggeredByEvent="true"' if event else ""
    return f'<bpmn:subProcess id="{element_id}" name="{element_id}"{triggered}>{"".join(parts)}</bpmn:subProcess>'


def _element(tag: str, element_id: str, name: str, extensions: str, loop: str = "") -> str:
    return (
        f'<bpmn:{tag} id="{element_id}" name="{name or element_id}">'
        f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>{loop}</bpmn:{tag}>"
    )


def _attributes(values: dict[str, str]) -> str:
    return " ".join(f'{name}="{_escaped(value)}"' for name, value in values.items() if value)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
