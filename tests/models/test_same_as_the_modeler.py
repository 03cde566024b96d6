"""What the Modeler's linter calls an error is told here at the same element, but for what runs beyond Camunda 8.

Each diagram has one fault. It is linted as a file of the version of Camunda 8 that our own models name, of the newest
one, and, where the fault is BPMN's own, as a file of Camunda 7.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from service import bpmn
from service.errors import Severity
from tests.bpmn.stage import ext, file, flows, process, user_task
from tests.models.conftest import Lint

START = "<startEvent id='s'/>"
LOOP = "<multiInstanceLoopCharacteristics>{}</multiInstanceLoopCharacteristics>"


BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def as_saved(xml: bytes) -> bytes:
    """A diagram in which every element lists its flows, as the Modeler saves it."""
    root = etree.fromstring(xml)
    nodes = {node.get("id"): node for node in root.iter() if node.get("id")}
    for flow in root.iter(f"{BPMN}sequenceFlow"):
        for end, name in (("sourceRef", "outgoing"), ("targetRef", "incoming")):
            holder = nodes[flow.get(end)]
            listed = etree.Element(f"{BPMN}{name}")
            listed.text = flow.get("id")
            first = holder.find(f"{BPMN}extensionElements")
            holder.insert(0 if first is None else 1, listed)
    return etree.tostring(root)


def one(element: str, roots: str = "") -> bytes:
    """A process of a start and the element `t`."""
    return process(START + element + flows("s>t"), roots=roots)


def node(tag: str, extensions: str = "", inner: str = "", attributes: str = "") -> str:
    return f"<{tag} id='t' {attributes}>{ext(extensions)}{inner}</{tag}>"


def event(tag: str, definition: str, attributes: str = "") -> str:
    return f"<{tag} id='t' {attributes}>{definition}</{tag}>"


def timed(tag: str, kind: str, text: str, attributes: str = "") -> str:
    inner = f"<{kind}>{text}</{kind}>" if kind else ""
    return event(tag, f"<timerEventDefinition>{inner}</timerEventDefinition>", attributes)


def at_task(definition: str, attributes: str = "") -> str:
    return (
        user_task("u") + f"<boundaryEvent id='t' attachedToRef='u' {attributes}>{definition}</boundaryEvent>"
        "<endEvent id='e'/>" + flows("t>e")
    )


def bounded(definition: str, attributes: str = "", roots: str = "") -> bytes:
    return process(START + at_task(definition, attributes) + flows("s>u"), roots=roots)


def handling(definition: str, attributes: str = "", roots: str = "") -> bytes:
    start = f"<startEvent id='t' {attributes}>{definition}</startEvent>"
    body = f"<subProcess id='h' triggeredByEvent='true'>{start}<endEvent id='e'/>{flows('t>e')}</subProcess>"
    return process(START + user_task("u") + flows("s>u") + body, roots=roots)


def loop(attributes: str) -> str:
    return LOOP.format(ext(f"<zeebe:loopCharacteristics {attributes}/>"))


MESSAGE = '<message id="M" name="m"/>'
UNNAMED = '<message id="M"><extensionElements><zeebe:subscription correlationKey="=k"/></extensionElements></message>'
BY_MESSAGE = '<messageEventDefinition messageRef="M"/>'
KEYED = '<message id="M" name="m">' + ext('<zeebe:subscription correlationKey="=k"/>') + "</message>"
MAPPING = "<zeebe:ioMapping><zeebe:{}/></zeebe:ioMapping>"
JOB = '<zeebe:taskDefinition type="x"/>'

WRONG: dict[str, bytes] = {
    "service task without type": one(node("serviceTask")),
    "send task without type": one(node("sendTask")),
    "service task with an empty type": one(node("serviceTask", '<zeebe:taskDefinition type=""/>')),
    "rule task without decision": one(node("businessRuleTask")),
    "rule task without decision id": one(node("businessRuleTask", '<zeebe:calledDecision resultVariable="r"/>')),
    "rule task without result": one(node("businessRuleTask", '<zeebe:calledDecision decisionId="d"/>')),
    "script task without script": one(node("scriptTask")),
    "script without result": one(node("scriptTask", '<zeebe:script expression="=1"/>')),
    "script without expression": one(node("scriptTask", '<zeebe:script resultVariable="r"/>')),
    "call without process": one(node("callActivity")),
    "call without process id": one(node("callActivity", "<zeebe:calledElement/>")),
    "business id of a call": one(node("callActivity", '<zeebe:calledElement processId="p" businessId="=1"/>')),
    "receive task without message": one(node("receiveTask")),
    "receive task without key": one(node("receiveTask", attributes="messageRef='M'"), MESSAGE),
    "message without name": one(node("receiveTask", attributes="messageRef='M'"), UNNAMED),
    "message catch without message": one(event("intermediateCatchEvent", "<messageEventDefinition/>")),
    "message catch without key": one(event("intermediateCatchEvent", BY_MESSAGE), MESSAGE),
    "message boundary without key": bounded(BY_MESSAGE, roots=MESSAGE),
    "message start of an event sub-process without key": handling(BY_MESSAGE, roots=MESSAGE),
    "message start without message": process(event("startEvent", "<messageEventDefinition/>")),
    "signal catch without signal": one(event("intermediateCatchEvent", "<signalEventDefinition/>")),
    "signal without name": one(event("intermediateThrowEvent", '<signalEventDefinition signalRef="G"/>'),
                               '<signal id="G"/>'),
    "error end without error": one(event("endEvent", "<errorEventDefinition/>")),
    "error without code": one(event("endEvent", '<errorEventDefinition errorRef="E"/>'), '<error id="E" name="x"/>'),
    "error boundary without code": bounded('<errorEventDefinition errorRef="E"/>', roots='<error id="E"/>'),
    "escalation end without escalation": one(event("endEvent", "<escalationEventDefinition/>")),
    "escalation without code": one(event("intermediateThrowEvent", '<escalationEventDefinition escalationRef="X"/>'),
                                   '<escalation id="X"/>'),
    "timer without time": one(timed("intermediateCatchEvent", "", "")),
    "timer of no date": one(timed("intermediateCatchEvent", "timeDate", "tomorrow")),
    "timer of no duration": one(timed("intermediateCatchEvent", "timeDuration", "3 days")),
    "cycle in the middle": one(timed("intermediateCatchEvent", "timeCycle", "R3/PT1H")),
    "cycle of no sense": process(timed("startEvent", "timeCycle", "hourly")),
    "start after a duration": process(timed("startEvent", "timeDuration", "PT1H")),
    "interrupting cycle": bounded("<timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>"),
    "condition without condition": one(event("intermediateCatchEvent", "<conditionalEventDefinition/>")),
    "link without name": one(event("intermediateThrowEvent", "<linkEventDefinition/>")),
    "catch of nothing": one(event("intermediateCatchEvent", "")),
    "boundary of nothing": bounded(""),
    "complex gateway": one(node("complexGateway")),
    "ad-hoc sub-process without activity": one(node("adHocSubProcess")),
    "standard loop": one(node("userTask", "<zeebe:userTask/>", "<standardLoopCharacteristics/>")),
    "loop without collection": one(node("userTask", "<zeebe:userTask/>", LOOP.format(""))),
    "loop with an empty collection": one(node("userTask", "<zeebe:userTask/>", loop("inputElement='x'"))),
    "output collection alone": one(node("userTask", "<zeebe:userTask/>",
                                        loop("inputCollection='=a' outputCollection='b'"))),
    "output element alone": one(node("userTask", "<zeebe:userTask/>", loop("inputCollection='=a' outputElement='=b'"))),
    "loop element of no name": one(node("userTask", "<zeebe:userTask/>",
                                        loop("inputCollection='=a' inputElement='x y'"))),
    "exclusive flow without condition": process(
        START + "<exclusiveGateway id='g'/><endEvent id='a'/><endEvent id='b'/>" + flows("s>g", "g>a", "g>b: =x")),
    "event gateway to a task": process(
        START + "<eventBasedGateway id='g'/><task id='a'/><task id='b'/>" + flows("s>g", "g>a", "g>b")),
    "event gateway with one flow": process(
        START + "<eventBasedGateway id='g'/>" + timed("intermediateCatchEvent", "timeDuration", "PT1H")
        + flows("s>g", "g>t")),
    "two plain starts": process(START + "<startEvent id='r'/><endEvent id='e'/>" + flows("s>e", "r>e")),
    "sub-process without start": one("<subProcess id='t'><task id='a'/></subProcess>"),
    "sub-process with a start by message": one(
        f"<subProcess id='t'><startEvent id='i'>{BY_MESSAGE}</startEvent></subProcess>", MESSAGE),
    "event sub-process with a plain start": handling(""),
    "process without start": process("<task id='t'/>"),
    "input without target": one(node("userTask", "<zeebe:userTask/>" + MAPPING.format('input source="=a"'))),
    "output without source": one(node("userTask", "<zeebe:userTask/>" + MAPPING.format('output target="a"'))),
    "output of no name": one(node("userTask", "<zeebe:userTask/>" + MAPPING.format('output source="=a" target="a b"'))),
    "result of no name": one(node("scriptTask", '<zeebe:script expression="=1" resultVariable="1r"/>')),
    "header twice": one(node("serviceTask", JOB + '<zeebe:taskHeaders><zeebe:header key="k" value="1"/>'
                             '<zeebe:header key="k" value="2"/></zeebe:taskHeaders>')),
    "broken FEEL": one(node("userTask", '<zeebe:userTask/><zeebe:assignmentDefinition assignee="=a +"/>')),
    "due date": one(node("userTask", '<zeebe:userTask/><zeebe:taskSchedule dueDate="tomorrow"/>')),
    "priority": one(node("userTask", '<zeebe:userTask/><zeebe:priorityDefinition priority="101"/>')),
    "form without id": one(node("userTask", "<zeebe:userTask/><zeebe:formDefinition/>")),
    "embedded form that is missing": one(node("userTask", '<zeebe:formDefinition formKey="camunda-forms:bpmn:f"/>')),
    "version tag without tag": one(node("callActivity",
                                        '<zeebe:calledElement processId="p" bindingType="versionTag"/>')),
    "empty version tag": process(START + ext('<zeebe:versionTag value=""/>')),
    "listener without type": one(node("userTask", '<zeebe:userTask/><zeebe:executionListeners><zeebe:executionListener '
                                      'eventType="start"/></zeebe:executionListeners>')),
    "task listener without type": one(node("userTask", '<zeebe:userTask/><zeebe:taskListeners><zeebe:taskListener '
                                           'eventType="creating"/></zeebe:taskListeners>')),
    "two targets of a link": process(
        START + "<intermediateThrowEvent id='t'><linkEventDefinition name='A'/></intermediateThrowEvent>"
        + "".join(f"<intermediateCatchEvent id='{i}'><linkEventDefinition name='A'/></intermediateCatchEvent>"
                  f"<endEvent id='e{i}'/>{flows(f'{i}>e{i}')}" for i in "ab") + flows("s>t")),
    "two plain starts of a sub-process": one(
        "<subProcess id='t'><startEvent id='i'/><startEvent id='j'/><task id='a'/>" + flows("i>a", "j>a")
        + "</subProcess>"),
    "circle without wait": process(
        START + "<exclusiveGateway id='m'/><task id='a'/><exclusiveGateway id='g' default='g_m'/><endEvent id='e'/>"
        + flows("s>m", "m>a", "a>g", "g>m", "g>e: =x")),
    "process that calls itself": one(node("callActivity", '<zeebe:calledElement processId="p"/>')),
    "no executable process": file("<process id='p'>" + START + "<task id='t'/>" + flows("s>t") + "</process>"),
    "link catch without throw": process(
        START + "<endEvent id='d'/><intermediateCatchEvent id='t'><linkEventDefinition name='A'/>"
        "</intermediateCatchEvent><endEvent id='e'/>" + flows("s>d", "t>e")),
    "link throw without catch": one(event("intermediateThrowEvent", "<linkEventDefinition name='A'/>")),
    "link catch without name": process(
        START + "<endEvent id='d'/><intermediateCatchEvent id='t'><linkEventDefinition/></intermediateCatchEvent>"
        "<endEvent id='e'/>" + flows("s>d", "t>e")),
    "escalation boundary without code": one(
        "<subProcess id='u'><startEvent id='i'/></subProcess>" + "<boundaryEvent id='t' attachedToRef='u'>"
        "<escalationEventDefinition escalationRef='X'/></boundaryEvent><endEvent id='e'/>" + flows("t>e"),
        '<escalation id="X"/>').replace(b'targetRef="t"', b'targetRef="u"', 1),
    "signal boundary without signal": bounded("<signalEventDefinition/>"),
    "signal end without signal": one(event("endEvent", "<signalEventDefinition/>")),
    "signal start of an event sub-process without signal": handling("<signalEventDefinition/>"),
    "error start of an event sub-process without code": handling('<errorEventDefinition errorRef="E"/>',
                                                                 roots='<error id="E"/>'),
    "timer start of an event sub-process without time": handling("<timerEventDefinition/>"),
    "interrupting cycle of an event sub-process": handling(
        "<timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>", "isInterrupting='true'"),
    "condition of an event sub-process without condition": handling("<conditionalEventDefinition/>"),
    "timer boundary of no duration": bounded(
        "<timerEventDefinition><timeDuration>tomorrow</timeDuration></timerEventDefinition>"),
    "cycle with too many stars": process(timed("startEvent", "timeCycle", "* * * * * * * *")),
    "start at no date": process(timed("startEvent", "timeDate", "2026-13-01")),
    "message boundary without message": bounded("<messageEventDefinition/>"),
    "message end without message": one(event("endEvent", "<messageEventDefinition/>")),
    "event sub-process without start": process(
        START + user_task("u") + flows("s>u") + "<subProcess id='t' triggeredByEvent='true'><task id='a'/>"
        "</subProcess>"),
    "message throw of an empty type": one(
        f"<intermediateThrowEvent id='t'>{ext('<zeebe:taskDefinition/>')}{BY_MESSAGE}</intermediateThrowEvent>", KEYED),
    "rule task with an empty type": one(node("businessRuleTask", '<zeebe:taskDefinition type=""/>')),
    "called process by expression with a fixed tag missing": one(node(
        "callActivity", '<zeebe:calledElement processId="=x" bindingType="versionTag" versionTag=""/>')),
    "decision by version tag without tag": one(node(
        "businessRuleTask", '<zeebe:calledDecision decisionId="d" resultVariable="r" bindingType="versionTag"/>')),
    "form by version tag without tag": one(node(
        "userTask", '<zeebe:userTask/><zeebe:formDefinition formId="f" bindingType="versionTag"/>')),
    "empty form id": one(node("userTask", '<zeebe:userTask/><zeebe:formDefinition formId=""/>')),
    "empty external reference": one(node("userTask", '<zeebe:userTask/><zeebe:formDefinition externalReference=""/>')),
    "start form without id": process(
        "<startEvent id='t'>" + ext("<zeebe:formDefinition/>") + "</startEvent><endEvent id='e'/>" + flows("t>e")),
    "follow-up date": one(node("userTask", '<zeebe:userTask/><zeebe:taskSchedule followUpDate="later"/>')),
    "negative priority": one(node("userTask", '<zeebe:userTask/><zeebe:priorityDefinition priority="-1"/>')),
    "priority of no number": one(node("userTask", '<zeebe:userTask/><zeebe:priorityDefinition priority="high"/>')),
    "input of no name": one(node("userTask", "<zeebe:userTask/>" + MAPPING.format('input source="=a" target="1a"'))),
    "input with an empty target": one(node("userTask", "<zeebe:userTask/>"
                                           + MAPPING.format('input source="=a" target=""'))),
    "decision result of no name": one(node("businessRuleTask",
                                           '<zeebe:calledDecision decisionId="d" resultVariable="a b"/>')),
    "loop output of no name": one(node("userTask", "<zeebe:userTask/>", loop(
        "inputCollection='=a' outputCollection='a-b' outputElement='=c'"))),
    "listener twice": one(node("userTask", "<zeebe:userTask/><zeebe:executionListeners>" + 2 * (
        '<zeebe:executionListener eventType="start" type="x"/>') + "</zeebe:executionListeners>")),
    "listener before all without type": one(node(
        "userTask", '<zeebe:userTask/><zeebe:executionListeners><zeebe:executionListener eventType="beforeAll"/>'
        "</zeebe:executionListeners>", loop("inputCollection='=a'"))),
    "listener of the end without type": one(node(
        "serviceTask", JOB + '<zeebe:executionListeners><zeebe:executionListener eventType="end"/>'
        "</zeebe:executionListeners>")),
    "broken FEEL in a condition": process(
        START + "<exclusiveGateway id='g' default='g_a'/><endEvent id='a'/><endEvent id='b'/>"
        + flows("s>g", "g>a", "g>b: =x +")),
    "broken FEEL in a collection": one(node("userTask", "<zeebe:userTask/>", loop("inputCollection='=[1,'"))),
    "broken FEEL in an output element": one(node("userTask", "<zeebe:userTask/>", loop(
        "inputCollection='=a' outputCollection='b' outputElement='=b['"))),
    "broken FEEL in a completion condition": one(node("userTask", "<zeebe:userTask/>", loop(
        "inputCollection='=a'").replace("</multi", "<completionCondition>=(a</completionCondition></multi"))),
    "broken FEEL in an input": one(node("userTask", "<zeebe:userTask/>"
                                        + MAPPING.format('input source="=a b c" target="x"'))),
    "broken FEEL in an output": one(node("task", MAPPING.format('output source="=)" target="x"'))),
    "broken FEEL in a type": one(node("serviceTask", '<zeebe:taskDefinition type="=if"/>')),
    "broken FEEL in retries": one(node("serviceTask", '<zeebe:taskDefinition type="x" retries="=3 -"/>')),
    "broken FEEL in groups": one(node("userTask", '<zeebe:userTask/><zeebe:assignmentDefinition '
                                      'candidateGroups="=[&quot;a]"/>')),
    "broken FEEL in users": one(node("userTask", '<zeebe:userTask/><zeebe:assignmentDefinition '
                                     'candidateUsers="=for x in"/>')),
    "broken FEEL in a due date": one(node("userTask", '<zeebe:userTask/><zeebe:taskSchedule dueDate="=now("/>')),
    "broken FEEL in a priority": one(node("userTask", '<zeebe:userTask/><zeebe:priorityDefinition priority="=1 +"/>')),
    "broken FEEL in a form id": one(node("userTask", '<zeebe:userTask/><zeebe:formDefinition formId="=a +"/>')),
    "broken FEEL in a decision id": one(node("businessRuleTask",
                                             '<zeebe:calledDecision decisionId="=a +" resultVariable="r"/>')),
    "broken FEEL in a process id": one(node("callActivity", '<zeebe:calledElement processId="=a +"/>')),
    "broken FEEL in a script": one(node("scriptTask", '<zeebe:script expression="=a +" resultVariable="r"/>')),
    "broken FEEL in a timer": one(timed("intermediateCatchEvent", "timeDuration", "=duration(")),
    "broken FEEL in a key": one(event("intermediateCatchEvent", BY_MESSAGE),
                                '<message id="M" name="m">' + ext('<zeebe:subscription correlationKey="=k +"/>')
                                + "</message>"),
    "broken FEEL in a condition event": one(event(
        "intermediateCatchEvent", "<conditionalEventDefinition><condition>=a +</condition>"
        "</conditionalEventDefinition>")),
    "secret in a list": one(node("serviceTask", JOB + MAPPING.format('input source="=[camunda.secrets.X]" '
                                                                     'target="a"'))),
    "choreography": file("<choreography id='c'/><process id='p' isExecutable='true'>" + START
                         + "<task id='t'/></process>"),
}  # fmt: skip

# Camunda 8 does not run these, and they run here as BPMN and Camunda 7 mean them.
WIDER: dict[str, bytes] = {
    "message throw that the engine sends": one(event("intermediateThrowEvent", BY_MESSAGE), MESSAGE),
    "message end that the engine sends": one(event("endEvent", BY_MESSAGE), MESSAGE),
    "transaction": one("<transaction id='t'><startEvent id='i'/></transaction>"),
    "conditional flow out of a task": process(
        START + "<task id='t'/><endEvent id='a'/><endEvent id='b'/>" + flows("s>t", "t>a: =x", "t>b")),
    "unconditional flow out of an inclusive gateway": process(
        START + "<inclusiveGateway id='g'/><endEvent id='a'/><endEvent id='b'/>" + flows("s>g", "g>a", "g>b: =x")),
    "escalation at a task": bounded('<escalationEventDefinition escalationRef="X"/>',
                                    roots='<escalation id="X" escalationCode="1"/>'),
    "compensation without waiting": one(event("endEvent", '<compensateEventDefinition waitForCompletion="false"/>')),
    "priority of a job": one(node("serviceTask", JOB + '<zeebe:jobPriorityDefinition priority="5"/>')),
    "receive task after an event-based gateway": process(
        START + "<eventBasedGateway id='g'/><receiveTask id='t' messageRef='M'/>"
        + "<intermediateCatchEvent id='w'><timerEventDefinition><timeDuration>PT1H</timeDuration>"
        "</timerEventDefinition></intermediateCatchEvent>" + flows("s>g", "g>t", "g>w"), roots=KEYED),
}  # fmt: skip


# Faults of BPMN itself, drawn for Camunda 7.
SEVEN = ("condition without condition", "event gateway with one flow", "event gateway to a task",
         "event sub-process with a plain start", "event sub-process without start", "link without name",
         "link catch without throw", "link throw without catch", "link catch without name", "two targets of a link",
         "two plain starts", "two plain starts of a sub-process", "sub-process with a start by message",
         "condition of an event sub-process without condition", "ad-hoc sub-process without activity")  # fmt: skip

CLOUD = b'executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.8.0"'
VERSIONS = {
    "8.8": CLOUD,
    "8.10": CLOUD.replace(b"8.8.0", b"8.10.0"),
    "7.24": b'executionPlatform="Camunda Platform" modeler:executionPlatformVersion="7.24.0"',
}
CASES = [
    *((version, name) for version in ("8.8", "8.10") for name in WRONG),
    *(("7.24", name) for name in SEVEN),
]
# What the linter of the newest version no longer calls an error.
SINCE = {"priority of a job": ("8.8",)}


def drawn_for(version: str, xml: bytes) -> bytes:
    if version == "7.24":
        xml = re.sub(rb"<bpmn:extensionElements>.*?</bpmn:extensionElements>", b"", xml)
    return as_saved(xml.replace(CLOUD, VERSIONS[version]))


@pytest.fixture(scope="module")
def errors(lint: Lint, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """The errors that the Modeler finds, as rule and element, by version and name of the diagram."""
    folder = tmp_path_factory.mktemp("diagrams")
    cases: dict[str, tuple[str, str]] = {}
    for number, (version, name) in enumerate([*CASES, *((v, name) for v in ("8.8", "8.10") for name in WIDER)]):
        path = folder / f"{number}.bpmn"
        path.write_bytes(drawn_for(version, (WRONG | WIDER)[name]))
        cases[path.name] = (version, name)
    found: dict[tuple[str, str], set[tuple[str, str]]] = {case: set() for case in cases.values()}
    for problem in lint([folder / name for name in cases]):
        if problem.category == "error" and problem.rule not in {"execution-platform", "import"}:
            found[cases[Path(problem.file).name]].add((problem.rule, problem.element or ""))
    return found


Findings = list[tuple[str, str | None, Severity]]


def _findings(version: str, xml: bytes) -> Findings:
    """What is told of a diagram: at an element, and at the flow that a finding names."""
    findings = bpmn.read(drawn_for(version, xml), "x.bpmn").findings
    return [(f.code, place, f.severity) for f in findings for place in {f.element_id, f.facts.get("flow")}]  # type: ignore[misc]


@pytest.mark.parametrize(("version", "name"), CASES)
def test_what_the_modeler_calls_an_error_is_told_at_the_same_element(
    errors: dict[tuple[str, str], set[tuple[str, str]]], version: str, name: str
) -> None:
    found = _findings(version, WRONG[name])

    places = {place for _, place, _ in found}
    assert [error for error in errors[version, name] if error[1] not in places] == []
    if name != "no executable process":  # a drawing is stored and shown
        assert Severity.ERROR in {severity for _, _, severity in found}


def test_the_comparison_meets_most_rules(errors: dict[tuple[str, str], set[tuple[str, str]]]) -> None:
    met = {version: {rule for case in errors if case[0] == version for rule, _ in errors[case]} for version in VERSIONS}

    assert sum(1 for case in CASES if errors[case]) >= 200
    assert [len(met["8.8"]) >= 41, len(met["8.10"]) >= 39, len(met["7.24"]) >= 6] == [True] * 3, met


@pytest.mark.parametrize(("version", "name"), [(v, name) for name in WIDER for v in SINCE.get(name, ("8.8", "8.10"))])
def test_what_runs_here_beyond_camunda_8_is_accepted(
    errors: dict[tuple[str, str], set[tuple[str, str]]], version: str, name: str
) -> None:
    assert errors[version, name]
    assert [code for code, _, severity in _findings(version, WIDER[name]) if severity is Severity.ERROR] == []
