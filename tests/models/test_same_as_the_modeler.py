"""What the Modeler's linter calls an error is refused here too, but for what runs here and not in Camunda 8."""

from __future__ import annotations

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
}  # fmt: skip


@pytest.fixture(scope="module")
def errors(lint: Lint, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The errors that the Modeler finds, by name of the diagram."""
    folder = tmp_path_factory.mktemp("diagrams")
    names: dict[str, str] = {}
    paths: list[Path] = []
    for number, (name, xml) in enumerate({**WRONG, **WIDER}.items()):
        path = folder / f"{number}.bpmn"
        path.write_bytes(as_saved(xml))
        paths.append(path)
        names[path.name] = name
    found: dict[str, list[str]] = {name: [] for name in names.values()}
    for problem in lint(paths):
        if problem.category == "error":
            found[names[Path(problem.file).name]].append(f"{problem.rule} at {problem.element}")
    return found


def _refused(xml: bytes) -> list[str]:
    return [f.code for f in bpmn.read(as_saved(xml), "x.bpmn").findings if f.severity is Severity.ERROR]


@pytest.mark.parametrize("name", WRONG)
def test_what_the_modeler_calls_an_error_is_refused(errors: dict[str, list[str]], name: str) -> None:
    assert _refused(WRONG[name]), errors[name]


def test_the_comparison_meets_most_rules(errors: dict[str, list[str]]) -> None:
    assert sum(1 for name in WRONG if errors[name]) >= 65


@pytest.mark.parametrize("name", WIDER)
def test_what_runs_here_beyond_camunda_8_is_accepted(errors: dict[str, list[str]], name: str) -> None:
    assert errors[name]
    assert _refused(WIDER[name]) == []
