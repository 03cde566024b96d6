"""Wherever an expression can stand: one that fails is an incident that tells all, and goes on after the correction."""

from __future__ import annotations

import re

import pytest

from service import bpmn, texts
from service.errors import ServiceError
from tests.bpmn.stage import Stage, ext, flows, process, user_task

START = "<startEvent id='s'/>"
FAILS = "=assert(bad, bad != null)"  # for places that take any value
KEYED = '<message id="M" name="paper">' + ext('<zeebe:subscription correlationKey="=bad"/>') + "</message>"
NAMED = '<message id="M" name="=bad"/>'
SIGNAL = '<signal id="G" name="=bad"/>'
BY_MESSAGE = '<messageEventDefinition messageRef="M"/>'
BY_SIGNAL = '<signalEventDefinition signalRef="G"/>'
NOTHING: list[object] = [None]


def line(element: str, roots: str = "") -> bytes:
    """The element `t` between the start and the task `after`."""
    return process(START + element + user_task("after") + flows("s>t", "t>after"), roots=roots)


def node(tag: str, extensions: str, inner: str = "", roots: str = "") -> bytes:
    return line(f"<{tag} id='t'>{ext(extensions)}{inner}</{tag}>", roots)


def task(extensions: str, inner: str = "") -> bytes:
    return node("userTask", "<zeebe:userTask/>" + extensions, inner)


def event(tag: str, definition: str, roots: str = "") -> bytes:
    return line(f"<{tag} id='t'>{definition}</{tag}>", roots)


def bounded(definition: str, roots: str = "") -> bytes:
    edge = f"<boundaryEvent id='b' attachedToRef='t'>{definition}</boundaryEvent>" + user_task("late")
    return process(START + user_task("t") + edge + flows("s>t", "b>late"), roots=roots)


def handled(definition: str, roots: str = "") -> bytes:
    """A sub-process `t` with an event sub-process."""
    inside = (
        "<startEvent id='i'/>" + user_task("inside") + flows("i>inside")
        + f"<subProcess id='h' triggeredByEvent='true'><startEvent id='hs'>{definition}</startEvent>"
        + user_task("handling") + flows("hs>handling") + "</subProcess>"
    )  # fmt: skip
    return process(START + f"<subProcess id='t'>{inside}</subProcess>" + flows("s>t"), roots=roots)


def timer(kind: str, text: str = "=bad") -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def many(attributes: str, done: str = "") -> str:
    done = f"<completionCondition>{done}</completionCondition>" if done else ""
    inner = ext(f"<zeebe:loopCharacteristics {attributes}/>") + done
    return f"<multiInstanceLoopCharacteristics>{inner}</multiInstanceLoopCharacteristics>"


def mapped(direction: str) -> str:
    return f'<zeebe:ioMapping><zeebe:{direction} source="{FAILS}" target="x"/></zeebe:ioMapping>'


def parting(gateway: str) -> bytes:
    return process(START + gateway + user_task("after") + user_task("other")
                   + flows("s>t", "t>after: =bad", "t>other: =false"))  # fmt: skip


def thrown(kind: str) -> bytes:
    """An end event of a sub-process throws what its boundary event catches."""
    reference = f"<{kind}EventDefinition {kind}Ref='%s'/>"
    inside = f"<startEvent id='i'/><endEvent id='t'>{reference % 'A'}</endEvent>" + flows("i>t")
    body = (
        START + f"<subProcess id='sub'>{inside}</subProcess><boundaryEvent id='b' attachedToRef='sub'>"
        + f"{reference % 'B'}</boundaryEvent>" + user_task("after") + flows("s>sub", "b>after")
    )  # fmt: skip
    roots = f'<{kind} id="A" {kind}Code="=bad"/><{kind} id="B" {kind}Code="late"/>'
    return process(body, roots=roots)


CALLED = process("<startEvent id='cs'/>" + user_task("inner") + flows("cs>inner"), "called")
CALLED_7 = process("<startEvent id='cs'/><userTask id='inner'/>" + flows("cs>inner"), "called",
                   platform="Camunda Platform")  # fmt: skip
DUE = '<zeebe:taskSchedule {}="=bad"/>'
SOON = "2026-03-02T02:00:00Z"
CONDITIONAL = "<conditionalEventDefinition><condition>=bad</condition></conditionalEventDefinition>"

# file; kind of incident; text of the expression; value that is wrong; value that is right; what is open after the retry
Row = tuple[bytes, str, str, object, object, list[str]]
VALUE, IO, FLOW = "EXTRACT_VALUE_ERROR", "IO_MAPPING_ERROR", "CONDITION_ERROR"
PLACES: dict[str, Row] = {
    "condition at an exclusive gateway": (
        parting("<exclusiveGateway id='t' default='t_other'/>").replace(b"=false", b"").replace(
            b"<bpmn:conditionExpression></bpmn:conditionExpression>", b""),
        FLOW, "=bad", 5, True, ["after"]),
    "condition at an inclusive gateway": (parting("<inclusiveGateway id='t'/>"), FLOW, "=bad", "x", True, ["after"]),
    "condition at an activity": (parting("<task id='t'/>"), FLOW, "=bad", [1], True, ["after"]),
    "input": (task(mapped("input")), IO, FAILS, None, 1, ["t"]),
    "input of a call": (line("<callActivity id='t'>" + ext('<zeebe:calledElement processId="called"/>'
                             + mapped("input")) + "</callActivity>"), IO, FAILS, None, 1, ["inner"]),
    "input of a sub-process": (line("<subProcess id='t'>" + ext(mapped("input")) + "<startEvent id='i'/>"
                                    + user_task("inside") + flows("i>inside") + "</subProcess>"),
                               IO, FAILS, None, 1, ["inside"]),
    "output": (node("task", mapped("output")), IO, FAILS, None, 1, ["after"]),
    "assignee": (task('<zeebe:assignmentDefinition assignee="=bad"/>'), VALUE, "=bad", [1], "ann", ["t"]),
    "candidate groups": (task('<zeebe:assignmentDefinition candidateGroups="=bad"/>'), VALUE, "=bad", 5, ["A"], ["t"]),
    "candidate users": (task('<zeebe:assignmentDefinition candidateUsers="=bad"/>'), VALUE, "=bad", [1], "ann", ["t"]),
    "due date": (task(DUE.format("dueDate")), VALUE, "=bad", "soon", SOON, ["t"]),
    "follow-up date": (task(DUE.format("followUpDate")), VALUE, "=bad", 5, SOON, ["t"]),
    "priority": (task('<zeebe:priorityDefinition priority="=bad"/>'), VALUE, "=bad", 101, 100, ["t"]),
    "form": (task('<zeebe:formDefinition formId="=bad"/>'), "FORM_NOT_FOUND", "=bad", [1], "f", ["t"]),
    "job type": (node("serviceTask", '<zeebe:taskDefinition type="=bad"/>'), VALUE, "=bad", None, "x", ["t"]),
    "job retries": (node("serviceTask", '<zeebe:taskDefinition type="x" retries="=bad"/>'), VALUE, "=bad", "many", 2,
                    ["t"]),
    "job priority": (node("serviceTask", '<zeebe:taskDefinition type="x"/><zeebe:jobPriorityDefinition '
                          'priority="=bad"/>'), VALUE, "=bad", 0.5, 2, ["t"]),
    "script": (node("scriptTask", f'<zeebe:script expression="{FAILS}" resultVariable="r"/>'), VALUE, FAILS, None, 1,
               ["after"]),
    "decision": (node("businessRuleTask", '<zeebe:calledDecision decisionId="=bad" resultVariable="r"/>'),
                 "CALLED_DECISION_ERROR", "=bad", None, "D", ["after"]),
    "called process": (node("callActivity", '<zeebe:calledElement processId="=bad"/>'), "CALLED_ELEMENT_ERROR", "=bad",
                       None, "called", ["inner"]),
    "collection": (task("", many('inputCollection="=bad"')), VALUE, "=bad", "ab", [1, 2], ["t", "t"]),
    "output element": (node("task", "", many(f'inputCollection="=[1]" outputCollection="all" outputElement="{FAILS}"')),
                       VALUE, FAILS, None, 1, ["after"]),
    "completion condition": (node("task", "", many('inputCollection="=[1]"', "=bad")), FLOW, "=bad", 5, True,
                             ["after"]),
    "message name": (event("intermediateCatchEvent", BY_MESSAGE, NAMED.replace("/>", ">") + ext(
        '<zeebe:subscription correlationKey="=1"/>') + "</message>"), VALUE, "=bad", None, "m", []),
    "correlation key of a catch": (event("intermediateCatchEvent", BY_MESSAGE, KEYED), VALUE, "=bad", None, "k", []),
    "correlation key of a receive task": (line("<receiveTask id='t' messageRef='M'/>", KEYED), VALUE, "=bad", None, 7,
                                          []),
    "correlation key of a boundary event": (bounded(BY_MESSAGE, KEYED), VALUE, "=bad", None, "k", ["t"]),
    "correlation key of an event sub-process": (handled(BY_MESSAGE, KEYED), VALUE, "=bad", None, "k", ["inside"]),
    "correlation key after an event-based gateway": (
        process(START + f"<eventBasedGateway id='t'/><intermediateCatchEvent id='m'>{BY_MESSAGE}"
                "</intermediateCatchEvent><intermediateCatchEvent id='d'>" + timer("timeDuration", "PT1H")
                + "</intermediateCatchEvent>" + flows("s>t", "t>m", "t>d"), roots=KEYED),
        VALUE, "=bad", None, "k", []),
    "message thrown": (event("intermediateThrowEvent", BY_MESSAGE, NAMED), VALUE, "=bad", None, "m", ["after"]),
    "correlation key of a message thrown": (event("intermediateThrowEvent", BY_MESSAGE, KEYED), VALUE, "=bad", None,
                                            "k", ["after"]),
    "message sent by a task": (line("<sendTask id='t' messageRef='M'/>", NAMED), VALUE, "=bad", None, "m", ["after"]),
    "signal name": (event("intermediateCatchEvent", BY_SIGNAL, SIGNAL), VALUE, "=bad", None, "g", []),
    "signal thrown": (event("intermediateThrowEvent", BY_SIGNAL, SIGNAL), VALUE, "=bad", [1], "g", ["after"]),
    "timer date": (event("intermediateCatchEvent", timer("timeDate")), VALUE, "=bad", "soon", SOON, []),
    "timer duration": (event("intermediateCatchEvent", timer("timeDuration")), VALUE, "=bad", 5, "PT1H", []),
    "timer of a boundary event": (bounded(timer("timeDuration")), VALUE, "=bad", None, "PT1H", ["t"]),
    "cycle of a boundary event": (bounded(timer("timeCycle")).replace(
        b"attachedToRef", b"cancelActivity='false' attachedToRef"), VALUE, "=bad", "often", "R3/PT1H", ["t"]),
    "timer of an event sub-process": (handled(timer("timeDate")), VALUE, "=bad", None, SOON, ["inside"]),
    "condition of a catch": (event("intermediateCatchEvent", CONDITIONAL), FLOW, "=bad", 5, False, []),
    "condition of a boundary event": (bounded(CONDITIONAL), FLOW, "=bad", 5, False, ["t"]),
    "condition of an event sub-process": (handled(CONDITIONAL), FLOW, "=bad", "x", False, ["inside"]),
    "error code": (thrown("error"), VALUE, "=bad", [1], "late", ["after"]),
    "escalation code": (thrown("escalation"), VALUE, "=bad", [1], "late", ["after"]),
}  # fmt: skip


def seven(element: str, more: str = "", roots: str = "") -> bytes:
    body = START + element + "<userTask id='after'/>" + more + flows("s>t", "t>after")
    return process(body, roots=roots, platform="Camunda Platform")


def in_out(direction: str) -> str:
    parameter = f"{direction}Parameter"
    return ext(f'<camunda:inputOutput><camunda:{parameter} name="x">${{bad + 1}}</camunda:{parameter}>'
               "</camunda:inputOutput>")  # fmt: skip


LOOP_7 = "<multiInstanceLoopCharacteristics {}>{}</multiInstanceLoopCharacteristics>"
CALL_7 = "<callActivity id='t' calledElement='{}'>{}</callActivity>"
SUM = "${bad + 1}"
PLACES_7: dict[str, Row] = {
    "7: condition": (
        process(START + "<exclusiveGateway id='t' default='t_after'/><userTask id='after'/><userTask id='other'/>"
                + flows("s>t", "t>after", "t>other: ${bad > 3}"), platform="Camunda Platform"),
        FLOW, "${bad > 3}", [1], 5, ["other"]),
    "7: assignee": (seven("<userTask id='t' camunda:assignee='${bad}'/>"), VALUE, "${bad}", [1], "ann", ["t"]),
    "7: candidate groups": (seven("<userTask id='t' camunda:candidateGroups='${bad}'/>"), VALUE, "${bad}", 5, "A",
                            ["t"]),
    "7: candidate users": (seven("<userTask id='t' camunda:candidateUsers='${bad}'/>"), VALUE, "${bad}", [5], "ann",
                           ["t"]),
    "7: due date": (seven("<userTask id='t' camunda:dueDate='${bad}'/>"), VALUE, "${bad}", "soon", SOON, ["t"]),
    "7: follow-up date": (seven("<userTask id='t' camunda:followUpDate='${bad}'/>"), VALUE, "${bad}", "soon", SOON,
                          ["t"]),
    "7: priority": (seven("<userTask id='t' camunda:priority='${bad}'/>"), VALUE, "${bad}", "high", 5, ["t"]),
    "7: form": (seven("<userTask id='t' camunda:formRef='${bad}'/>"), "FORM_NOT_FOUND", "${bad}", [1], "f", ["t"]),
    "7: topic": (seven("<serviceTask id='t' camunda:type='external' camunda:topic='${bad}'/>"), VALUE, "${bad}", None,
                 "x", ["t"]),
    "7: task priority": (seven("<serviceTask id='t' camunda:type='external' camunda:topic='x' "
                               "camunda:taskPriority='${bad}'/>"), VALUE, "${bad}", "high", 5, ["t"]),
    "7: expression": (seven(f"<serviceTask id='t' camunda:expression='{SUM}'/>"), VALUE, SUM, "x", 5, ["after"]),
    "7: decision": (seven("<businessRuleTask id='t' camunda:decisionRef='${bad}' camunda:resultVariable='r'/>"),
                    "CALLED_DECISION_ERROR", "${bad}", None, "R", ["after"]),
    "7: called process": (seven(CALL_7.format("${bad}", "")), "CALLED_ELEMENT_ERROR", "${bad}", None, "called",
                          ["inner"]),
    "7: variable that goes into a call": (
        seven(CALL_7.format("called", ext(f'<camunda:in sourceExpression="{SUM}" target="x"/>'))), IO, SUM, "x", 5,
        ["inner"]),
    "7: input": (seven(f"<userTask id='t'>{in_out('input')}</userTask>"), IO, SUM, "x", 5, ["t"]),
    "7: output": (seven(f"<task id='t'>{in_out('output')}</task>"), IO, SUM, "x", 5, ["after"]),
    "7: collection": (seven("<userTask id='t'>" + LOOP_7.format("camunda:collection='bad'", "") + "</userTask>"),
                      VALUE, "${bad}", 5, [1], ["t"]),
    "7: cardinality": (seven("<userTask id='t'>" + LOOP_7.format(
        "", "<loopCardinality>${bad}</loopCardinality>") + "</userTask>"), VALUE, "${bad}", -1, 2, ["t", "t"]),
    "7: completion condition": (seven("<task id='t'>" + LOOP_7.format(
        "", "<loopCardinality>1</loopCardinality><completionCondition>${bad}</completionCondition>") + "</task>"),
        FLOW, "${bad}", 5, True, ["after"]),
    "7: message name": (seven(f"<intermediateCatchEvent id='t'>{BY_MESSAGE}</intermediateCatchEvent>",
                              roots='<message id="M" name="m-${bad + 1}"/>'), VALUE, "m-${bad + 1}", "x", 5, []),
    "7: timer": (seven("<intermediateCatchEvent id='t'>" + timer("timeDuration", "${bad}")
                       + "</intermediateCatchEvent>"), VALUE, "${bad}", "soon", "PT1H", []),
    "7: topic of a message thrown": (
        seven("<intermediateThrowEvent id='t'><messageEventDefinition messageRef='M' camunda:type='external' "
              "camunda:topic='${bad}'/></intermediateThrowEvent>", roots='<message id="M" name="m"/>'),
        VALUE, "${bad}", None, "x", ["t"]),
    "7: condition of a catch": (
        seven("<intermediateCatchEvent id='t'><conditionalEventDefinition><condition>${bad}</condition>"
              "</conditionalEventDefinition></intermediateCatchEvent>"), FLOW, "${bad}", 5, False, []),
}  # fmt: skip


@pytest.mark.parametrize(
    ("xml", "kind", "expression", "wrong", "right", "open_"),
    [*PLACES.values(), *PLACES_7.values()],
    ids=[*PLACES, *PLACES_7],
)
def test_a_failed_expression_tells_where_and_why_and_a_retry_goes_on_once_it_is_mended(
    xml: bytes, kind: str, expression: str, wrong: object, right: object, open_: list[str]
) -> None:
    stage = Stage(xml, CALLED_7 if b"Camunda Platform" in xml else CALLED)
    stage.decisions |= {"D": lambda variables: 1, "R": lambda variables: []}
    stage.start(bad=wrong, kept=1)
    (incident,) = stage.waits(bpmn.Incident)
    before = stage.variables

    stage.retry("t")
    (again,) = stage.waits(bpmn.Incident)
    stage.set(bad=right)
    stage.retry("t")

    assert (incident.element_id, incident.kind) == ("t", kind)
    assert incident.facts["expression"] == expression
    assert 0 <= incident.facts["start"] < incident.facts["end"] <= len(expression)
    assert "bad" in incident.facts["variables"]
    assert before == {"bad": wrong, "kept": 1}
    for locale in ("en", "zh_CN"):
        told = texts.render(ServiceError(incident.code, **incident.facts), locale)
        assert not re.search(r"(?<!\$)\{\w+\}", told)
    assert (again.element_id, again.code) == ("t", incident.code)
    assert (sorted(stage.open), stage.incidents) == (sorted(open_), [])


def test_a_result_that_cannot_be_handed_back_is_an_incident_at_the_called_process() -> None:
    call = CALL_7.format("called", ext(f'<camunda:out sourceExpression="{SUM}" target="x"/>'))
    stage = Stage(seven(call), CALLED_7).start().complete("inner", bad="x")
    (incident,) = stage.waits(bpmn.Incident)

    stage.workflow.set_variables(incident.instance_key, {"bad": None})
    stage.workflow.set_variables(incident.instance_key, {"bad": 4})
    stage.retry("called")

    assert (incident.kind, incident.facts["expression"]) == (IO, SUM)
    assert (stage.open, stage.variables) == (["after"], {"x": 5})


def test_a_condition_that_fails_later_is_one_incident_and_goes_on_being_looked_at() -> None:
    stage = Stage(bounded(CONDITIONAL.replace("=bad", "=n + 1"))).start()
    quiet = stage.incidents
    stage.set(n=1).set(n=2)
    stuck = stage.incidents

    stage.complete("t")

    assert quiet == []
    assert stuck == [("t", FLOW, "bpmn.condition_not_boolean")]
    assert stage.state == "completed"
