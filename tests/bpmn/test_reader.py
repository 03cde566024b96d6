"""What a file says is understood, only drawn, or refused by name."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from service import bpmn, texts
from service.errors import Invalid, Severity, TooLarge
from tests.bpmn.stage import ext, file, flows, process, user_task

START_END = '<startEvent id="s"/><endEvent id="e"/>'
TASK = "<startEvent id='s'/>{}<endEvent id='e'/>" + flows("s>t", "t>e")


def task(tag: str, extensions: str = "", inner: str = "", attributes: str = "") -> str:
    return TASK.format(f'<{tag} id="t" name="Work" {attributes}>{ext(extensions)}{inner}</{tag}>')


REFUSED = [
    # what: body, code, property
    ("complex gateway", START_END + '<complexGateway id="t"/>', "bpmn.complex_gateway", "complexGateway"),
    ("ad-hoc sub-process", START_END + '<adHocSubProcess id="t"/>', "bpmn.ad_hoc_sub_process", "adHocSubProcess"),
    ("unknown element", START_END + '<superTask id="t"/>', "bpmn.element_unsupported", "superTask"),
    ("unknown attribute", task("task", attributes='speed="3"'), "bpmn.attribute_unsupported", "speed"),
    ("standard loop", task("task", inner="<standardLoopCharacteristics/>"), "bpmn.standard_loop",
     "standardLoopCharacteristics"),
    ("service task without type", task("serviceTask"), "bpmn.job_missing", "zeebe:taskDefinition type"),
    ("send task without type", task("sendTask"), "bpmn.job_missing", "zeebe:taskDefinition type"),
    ("script without expression", task("scriptTask"), "bpmn.script_missing", "zeebe:script expression"),
    ("script in another language",
     task("scriptTask", '<zeebe:script expression="=1" resultVariable="x"/>', attributes='scriptFormat="python"'),
     "bpmn.language_refused", "scriptFormat"),
    ("script without FEEL", task("scriptTask", '<zeebe:script expression="1" resultVariable="x"/>'),
     "bpmn.feel_expected", "zeebe:script expression"),
    ("script without result", task("scriptTask", '<zeebe:script expression="=1"/>'),
     "bpmn.result_variable_missing", "zeebe:script resultVariable"),
    ("broken FEEL", task("scriptTask", '<zeebe:script expression="=1 +" resultVariable="x"/>'),
     "bpmn.feel_syntax", "zeebe:script expression"),
    ("rule without decision", task("businessRuleTask"), "bpmn.decision_missing", "zeebe:calledDecision decisionId"),
    ("call without process", task("callActivity"), "bpmn.called_process_missing", "zeebe:calledElement processId"),
    ("binding", task("callActivity", '<zeebe:calledElement processId="x" bindingType="newest"/>'),
     "bpmn.binding_unknown", "zeebe:calledElement bindingType"),
    ("version tag without tag", task("callActivity", '<zeebe:calledElement processId="x" bindingType="versionTag"/>'),
     "bpmn.binding_unknown", "zeebe:calledElement bindingType"),
    ("execution listener",
     task("task", '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="x"/>'
          "</zeebe:executionListeners>"),
     "bpmn.listener_unsupported", "zeebe:executionListeners"),
    ("task listener",
     task("userTask", '<zeebe:userTask/><zeebe:taskListeners><zeebe:taskListener eventType="creating" type="x"/>'
          "</zeebe:taskListeners>"),
     "bpmn.listener_unsupported", "zeebe:taskListeners"),
    ("extension at the wrong place", task("task", '<zeebe:taskDefinition type="x"/>'),
     "bpmn.extension_unsupported", "zeebe:taskDefinition"),
    ("misspelt extension attribute",
     task("userTask", '<zeebe:userTask/><zeebe:assignmentDefinition asignee="ann"/>'),
     "bpmn.extension_unsupported", "zeebe:assignmentDefinition asignee"),
    ("other dialect", task("userTask", "<zeebe:userTask/>", attributes='camunda:assignee="ann"'),
     "bpmn.other_dialect", "camunda:assignee"),
    ("secrets of Camunda 8.10", task("serviceTask", '<zeebe:taskDefinition type="x"/><zeebe:ioMapping><zeebe:input '
     'source="=camunda.secrets.X" target="a"/></zeebe:ioMapping>'), "bpmn.secrets_refused", "zeebe:ioMapping source"),
    ("secrets", task("serviceTask", '<zeebe:taskDefinition type="{{secrets.X}}"/>'),
     "bpmn.secrets_refused", "zeebe:taskDefinition type"),
    ("due date", task("userTask", '<zeebe:userTask/><zeebe:taskSchedule dueDate="tomorrow"/>'),
     "bpmn.date_expected", "dueDate"),
    ("priority", task("userTask", '<zeebe:userTask/><zeebe:priorityDefinition priority="200"/>'),
     "bpmn.priority_expected", "priority"),
    ("multi-instance without collection", task("task", inner="<multiInstanceLoopCharacteristics/>"),
     "bpmn.loop_without_collection", "zeebe:loopCharacteristics inputCollection"),
    ("half an output",
     task("task", inner="<multiInstanceLoopCharacteristics>"
          + ext('<zeebe:loopCharacteristics inputCollection="=a" outputElement="=b"/>')
          + "</multiInstanceLoopCharacteristics>"),
     "bpmn.loop_output_half", "zeebe:loopCharacteristics outputCollection"),
    ("mapping without target",
     task("task", '<zeebe:ioMapping><zeebe:input source="=a" target="b."/></zeebe:ioMapping>'),
     "bpmn.mapping_without_target", "zeebe:input"),
    ("misspelt property",
     task("task", '<zeebe:properties><zeebe:property name="rc.artikle" value="7"/></zeebe:properties>'),
     "bpmn.property_unknown", "rc.artikle"),
    ("property value",
     task("task", '<zeebe:properties><zeebe:property name="rc.field.x" value="red"/></zeebe:properties>'),
     "bpmn.property_value", "rc.field.x"),
    ("flow without end", '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="gone"/>',
     "bpmn.flow_without_end", "targetRef"),
    ("incoming at the start", '<startEvent id="s"/><task id="t"/>' + flows("s>t", "t>s"),
     "bpmn.start_with_incoming", "incoming"),
    ("outgoing at the end", '<startEvent id="s"/><endEvent id="e"/><task id="t"/>' + flows("s>e", "e>t"),
     "bpmn.end_with_outgoing", "outgoing"),
    ("two starts", '<startEvent id="s"/><startEvent id="r"/><task id="t"/>' + flows("s>t", "r>t"),
     "bpmn.several_none_starts", "startEvent"),
    ("nothing leads there", '<startEvent id="s"/><task id="t"/><task id="u"/>' + flows("s>t"),
     "bpmn.node_without_incoming", "incoming"),
    ("no condition at an exclusive gateway",
     '<startEvent id="s"/><exclusiveGateway id="g"/><task id="a"/><task id="b"/>' + flows("s>g", "g>a: =x", "g>b"),
     "bpmn.flow_without_condition", "conditionExpression"),
    ("one flow with a condition", '<startEvent id="s"/><task id="t"/><task id="u"/>' + flows("s>t", "t>u: =x"),
     "bpmn.conditional_flow_source", "outgoing"),
    ("a gateway for nothing", TASK.format('<exclusiveGateway id="t"/>'), "bpmn.gateway_without_parting", "outgoing"),
    ("data specification", task("task", inner="<ioSpecification/>"), "bpmn.data_unsupported", "ioSpecification"),
    ("flow listed at the wrong end", task("task", inner="<incoming>t_e</incoming>"), "bpmn.flow_reference", "incoming"),
    ("default with condition",
     '<startEvent id="s"/><exclusiveGateway id="g" default="g_a"/><task id="a"/>' + flows("s>g", "g>a: =x"),
     "bpmn.default_with_condition", "default"),
    ("boundary without activity",
     START_END + '<boundaryEvent id="b" attachedToRef="e"><errorEventDefinition/></boundaryEvent>' + flows("s>e"),
     "bpmn.boundary_without_activity", "attachedToRef"),
    ("error boundary must interrupt",
     task("task") + '<boundaryEvent id="b" attachedToRef="t" cancelActivity="false"><errorEventDefinition/>'
     "</boundaryEvent>", "bpmn.boundary_must_interrupt", "cancelActivity"),
    ("interrupting cycle",
     task("task") + '<boundaryEvent id="b" attachedToRef="t"><timerEventDefinition><timeCycle>R3/PT1H</timeCycle>'
     "</timerEventDefinition></boundaryEvent>", "bpmn.cycle_interrupting", "timeCycle"),
    ("timer without time",
     TASK.format('<intermediateCatchEvent id="t"><timerEventDefinition/></intermediateCatchEvent>'),
     "bpmn.timer_without_time", "timerEventDefinition"),
    ("static duration",
     TASK.format('<intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>3 days</timeDuration>'
                 "</timerEventDefinition></intermediateCatchEvent>"),
     "bpmn.timer_duration_invalid", "timeDuration"),
    ("message missing",
     TASK.format('<intermediateCatchEvent id="t"><messageEventDefinition messageRef="M"/></intermediateCatchEvent>'),
     "bpmn.reference_missing", "messageRef"),
    ("catch of nothing", TASK.format('<intermediateCatchEvent id="t"/>'), "bpmn.event_without_definition", "none"),
    ("cancel outside a transaction", '<startEvent id="s"/><endEvent id="e"><cancelEventDefinition/></endEvent>'
     + flows("s>e"), "bpmn.cancel_outside_transaction", "cancelEventDefinition"),
    ("link without target",
     '<startEvent id="s"/><intermediateThrowEvent id="t"><linkEventDefinition name="A"/></intermediateThrowEvent>'
     + flows("s>t"), "bpmn.link_without_target", "linkEventDefinition name"),
    ("undoing what stands in another scope",
     '<startEvent id="s"/><subProcess id="p1"><startEvent id="i"/><task id="a"/>' + flows("i>a") + "</subProcess>"
     '<intermediateThrowEvent id="t"><compensateEventDefinition activityRef="a"/></intermediateThrowEvent>'
     + flows("s>p1", "p1>t"), "bpmn.compensation_out_of_scope", "activityRef"),
    ("undoing what nothing undoes",
     '<startEvent id="s"/><task id="a"/><endEvent id="t"><compensateEventDefinition activityRef="a"/></endEvent>'
     + flows("s>a", "a>t"), "bpmn.compensation_target_without_handler", "activityRef"),
    ("a circle without wait", '<startEvent id="s"/><exclusiveGateway id="m"/><subProcess id="p1"><startEvent id="i"/>'
     '<task id="t"/><endEvent id="e"/>' + flows("i>t", "t>e") + '</subProcess><exclusiveGateway id="g" default="g_m"/>'
     '<endEvent id="done"/>' + flows("s>m", "m>p1", "p1>g", "g>m", "g>done: =x"), "bpmn.circle_without_wait",
     "sequenceFlow"),
    ("a process that calls itself at once", task("callActivity", '<zeebe:calledElement processId="p"/>'),
     "bpmn.circle_without_wait", "sequenceFlow"),
    ("undoing the whole process",
     task("task") + '<subProcess id="h" triggeredByEvent="true"><startEvent id="i"><compensateEventDefinition/>'
     '</startEvent><task id="u"/>' + flows("i>u") + "</subProcess>", "bpmn.compensation_start_in_process",
     "compensation"),
    ("embedded form missing", task("userTask", '<zeebe:formDefinition formKey="camunda-forms:bpmn:f1"/>'),
     "bpmn.embedded_form_missing", "zeebe:formDefinition formKey"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "code", "property_"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_cannot_run_is_refused_by_name(body: str, code: str, property_: str) -> None:
    found = bpmn.read(process(body), "test.bpmn")

    finding = next(f for f in found.findings if f.code == code)
    assert finding.severity is Severity.ERROR
    assert (finding.file, finding.property) == ("test.bpmn", property_)
    assert finding.line is not None
    line = texts.finding(finding)
    assert property_ in line
    assert "{" not in line.replace("{{", "").replace("${", "")


def test_the_elements_of_a_circle_are_told_in_their_order() -> None:
    body = (
        '<startEvent id="s"/><exclusiveGateway id="m"/><task id="a"/><task id="b"/><task id="c"/>'
        '<exclusiveGateway id="g" default="g_m"/>' + flows("s>m", "m>a", "a>b", "b>g", "g>m", "g>c: =x")
    )  # fmt: skip
    (finding,) = [f for f in bpmn.read(process(body), "x.bpmn").findings if f.code == "bpmn.circle_without_wait"]

    assert (finding.element_id, finding.facts["elements"]) == ("p", "a, b, g, m")


@pytest.mark.parametrize("stop", [user_task("b"), '<receiveTask id="b" messageRef="M"/>'])
def test_a_circle_with_something_to_wait_for_is_fine(stop: str) -> None:
    roots = '<message id="M" name="m">' + ext('<zeebe:subscription correlationKey="=k"/>') + "</message>"
    body = (
        '<startEvent id="s"/><exclusiveGateway id="m"/><task id="a"/><task id="c"/>' + stop
        + '<exclusiveGateway id="g" default="g_m"/>' + flows("s>m", "m>a", "a>b", "b>g", "g>m", "g>c: =x")
    )  # fmt: skip

    assert [f.code for f in bpmn.read(process(body, roots=roots), "x.bpmn").findings] == []


def test_a_refused_element_is_told_once() -> None:
    body = '<startEvent id="s"/><complexGateway id="g"/><endEvent id="e"/>' + flows("s>g", "g>e")

    found = bpmn.read(process(body), "test.bpmn")

    assert [(f.code, f.element_id) for f in found.findings] == [("bpmn.complex_gateway", "g")]


CODES = (
    '<error id="E" errorCode="late"/><escalation id="X" escalationCode="L1"/><signal id="G" name="alarm"/>'
    '<message id="M" name="paper">' + ext('<zeebe:subscription correlationKey="=key"/>') + "</message>"
)
EVENTS = {
    "message": '<messageEventDefinition messageRef="M"/>',
    "signal": '<signalEventDefinition signalRef="G"/>',
    "error": '<errorEventDefinition errorRef="E"/>',
    "any error": "<errorEventDefinition/>",
    "escalation": '<escalationEventDefinition escalationRef="X"/>',
    "timer": "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
}


def twice_at(place: str, definition: str) -> bytes:
    """Two events that wait at one place for the same thing: `x` and `y`."""
    match place:
        case "boundary":
            events = "".join(f"<boundaryEvent id='{i}' attachedToRef='u'>{definition}</boundaryEvent>" for i in "xy")
            body = "<startEvent id='s'/>" + user_task("u") + events + "<task id='z'/>" + flows("s>u", "x>z", "y>z")
        case "event sub-process":
            body = "<startEvent id='s'/>" + user_task("u") + flows("s>u") + "".join(
                f"<subProcess id='h{i}' triggeredByEvent='true'><startEvent id='{i}'>{definition}</startEvent>"
                f"<task id='t{i}'/>{flows(f'{i}>t{i}')}</subProcess>" for i in "xy")  # fmt: skip
        case "gateway":
            body = "<startEvent id='s'/><eventBasedGateway id='g'/><task id='z'/>" + "".join(
                f"<intermediateCatchEvent id='{i}'>{definition}</intermediateCatchEvent>" for i in "xy"
            ) + flows("s>g", "g>x", "g>y", "x>z", "y>z")  # fmt: skip
        case _:
            body = "".join(f"<startEvent id='{i}'>{definition}</startEvent>" for i in "xy") + "<task id='z'/>"
            body += flows("x>z", "y>z")
    return process(body, roots=CODES)


RIVALS = [
    *((place, "message", True) for place in ("boundary", "event sub-process", "gateway", "start")),
    *((place, kind, True) for place in ("boundary", "event sub-process")
      for kind in ("error", "any error", "escalation")),
    ("start", "signal", True),
    *((place, "signal", False) for place in ("boundary", "event sub-process", "gateway")),
    ("boundary", "timer", False),
]  # fmt: skip


@pytest.mark.parametrize(("place", "kind", "refused"), RIVALS)
def test_only_one_event_at_a_place_waits_for_the_same_thing(place: str, kind: str, refused: bool) -> None:
    found = [f for f in bpmn.read(twice_at(place, EVENTS[kind]), "x.bpmn").findings if f.severity is Severity.ERROR]

    assert [f.code for f in found] == (["bpmn.same_event"] if refused else [])
    assert {f.element_id for f in found} | {f.facts["other"] for f in found} == ({"x", "y"} if refused else set())


STARTS = [
    ("message", '<message id="M" name="{}"/>', '<messageEventDefinition messageRef="M"/>'),
    ("signal", '<signal id="M" name="{}"/>', '<signalEventDefinition signalRef="M"/>'),
    ("timer", "", "<timerEventDefinition><timeDate>{}</timeDate></timerEventDefinition>"),
]


@pytest.mark.parametrize(("root", "definition"), [row[1:] for row in STARTS], ids=[row[0] for row in STARTS])
@pytest.mark.parametrize(
    ("text", "refused"),
    [("=when", True), ("=first day(when)", True), ("=now()", False), ("=site day()", False)],
)
def test_what_a_process_starts_by_reads_no_variables(root: str, definition: str, text: str, refused: bool) -> None:
    body = f"<startEvent id='s'>{definition.format(text)}</startEvent><task id='t'/>" + flows("s>t")

    found = bpmn.read(process(body, roots=root.format(text)), "x.bpmn", frozenset({"first day", "site day"})).findings

    assert [(f.code, f.element_id) for f in found] == ([("bpmn.start_reads_variables", "s")] if refused else [])


REFUSED_7 = [
    ("class", 'camunda:class="a.B"', "", "bpmn.extension_unsupported", "camunda:class"),
    ("delegate", 'camunda:delegateExpression="${d}"', "", "bpmn.extension_unsupported", "camunda:delegateExpression"),
    ("method", 'camunda:expression="${bean.call()}"', "", "bpmn.juel_method_refused", "camunda:expression"),
    ("connector", 'camunda:type="external" camunda:topic="t"', "<camunda:connector/>", "bpmn.extension_unsupported",
     "camunda:connector"),
    ("listener", 'camunda:type="external" camunda:topic="t"', '<camunda:executionListener class="x"/>',
     "bpmn.listener_unsupported", "camunda:executionListener"),
    ("script parameter", 'camunda:type="external" camunda:topic="t"',
     '<camunda:inputOutput><camunda:inputParameter name="x"><camunda:script scriptFormat="groovy">1</camunda:script>'
     "</camunda:inputParameter></camunda:inputOutput>", "bpmn.parameter_kind", "camunda:inputParameter"),
    ("nothing", "", "", "bpmn.service_task_without_work", "camunda:type"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("attributes", "extensions", "code", "property_"), [row[1:] for row in REFUSED_7], ids=[row[0] for row in REFUSED_7]
)
def test_camunda_7_code_is_refused_by_name(attributes: str, extensions: str, code: str, property_: str) -> None:
    xml = process(task("serviceTask", extensions, attributes=attributes), platform="Camunda Platform")

    found = bpmn.read(xml, "test.bpmn")

    assert (code, property_) in [(f.code, f.property) for f in found.findings]


ATTACKS = [
    ("no XML", b"hello", Invalid, "bpmn.xml_broken"),
    ("empty", b"", Invalid, "bpmn.xml_broken"),
    ("not BPMN", b"<a/>", Invalid, "bpmn.not_bpmn"),
    ("entity", b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>', Invalid, "bpmn.xml_doctype"),
    (
        "bomb",
        b"<!DOCTYPE d [<!ENTITY a 'x'><!ENTITY b '&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]><d>&c;</d>",
        Invalid,
        "bpmn.xml_doctype",
    ),
    ("large", b" " * (11 * 1024 * 1024), TooLarge, "bpmn.file_too_large"),
    (
        "deep",
        file("<process id='p' isExecutable='true'>" + "<subProcess>" * 210 + "</subProcess>" * 210 + "</process>"),
        Invalid,
        "bpmn.xml_too_deep",
    ),
]


@pytest.mark.parametrize(("xml", "error", "code"), [row[1:] for row in ATTACKS], ids=[row[0] for row in ATTACKS])
def test_bad_xml_is_rejected(xml: bytes, error: type[Invalid], code: str) -> None:
    with pytest.raises(error) as raised:
        bpmn.read(xml, "test.bpmn")

    assert raised.value.code == code
    assert "{" not in texts.render(raised.value)


POOLS = (
    '<collaboration id="c"><participant id="a" processRef="p"/><participant id="b"/>{}</collaboration>'
    '<process id="p" isExecutable="true"><startEvent id="s"/><task id="t"/><endEvent id="e"/>'
    + flows("s>t", "t>e")
    + "</process>"
)
MESSAGE_FLOWS = [("t", "b", True), ("b", "t", True), ("t", "e", False), ("a", "t", False), ("b", "s", False)]


@pytest.mark.parametrize(("source", "target", "fits"), MESSAGE_FLOWS)
def test_a_message_flow_connects_pools_where_messages_are(source: str, target: str, fits: bool) -> None:
    flow = f'<messageFlow id="m" sourceRef="{source}" targetRef="{target}"/>'

    found = bpmn.read(file(POOLS.format(flow)), "test.bpmn")

    assert [f.code for f in found.findings] == ([] if fits else ["bpmn.message_flow_end"])


def test_a_file_without_executable_process_is_a_drawing() -> None:
    found = bpmn.read(file('<process id="p"><startEvent id="s"/><complexGateway id="g"/></process>'), "test.bpmn")

    assert found.drawing
    assert found.processes == ()
    assert {f.severity for f in found.findings} == {Severity.WARNING}


DIALECTS = [
    ('xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud"', "camunda8"),
    ('xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Platform"', "camunda7"),
    ('xmlns:camunda="http://camunda.org/schema/1.0/bpmn"', "camunda7"),
    ('xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"', "camunda8"),
    ("", "camunda8"),
]


@pytest.mark.parametrize(("attributes", "dialect"), DIALECTS)
def test_the_dialect_is_that_of_the_platform_else_of_the_namespace(attributes: str, dialect: str) -> None:
    xml = f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" {attributes}/>'

    assert bpmn.read(xml.encode(), "test.bpmn").dialect.value == dialect


def test_elements_tell_name_lane_documentation_properties_and_line() -> None:
    xml = process(
        '<laneSet id="ls"><lane id="l" name="纪检"><flowNodeRef>t</flowNodeRef></lane></laneSet>'
        '<startEvent id="s"/><task id="t" name="核实"><documentation>第七条</documentation>'
        + ext('<zeebe:properties><zeebe:property name="rc.article" value="第七条第一款"/></zeebe:properties>')
        + "</task>"
        + flows("s>t")
    )

    element = bpmn.read(xml, "test.bpmn").processes[0].elements["t"]

    assert (element.name, element.lane, element.documentation, element.article) == (
        "核实",
        "纪检",
        "第七条",
        "第七条第一款",
    )
    assert (element.type, element.incoming, element.parent) == ("TASK", ("s_t",), None)


def test_references_to_forms_decisions_and_processes_are_told_for_checks() -> None:
    xml = process(
        '<startEvent id="s">' + ext('<zeebe:formDefinition formId="begin"/>') + "</startEvent>"
        + user_task("u", extensions='<zeebe:formDefinition formId="f" bindingType="deployment"/>')
        + '<businessRuleTask id="r">' + ext('<zeebe:calledDecision decisionId="=which" resultVariable="x"/>')
        + "</businessRuleTask><callActivity id='c'>"
        + ext('<zeebe:calledElement processId="q" bindingType="versionTag" versionTag="v1"/>') + "</callActivity>"
        + flows("s>u", "u>r", "r>c")
    )  # fmt: skip

    definition = bpmn.read(xml, "test.bpmn").processes[0]

    assert [(r.kind, r.target, r.binding.value, r.version_tag, r.element_id) for r in definition.references] == [
        ("form", "f", "deployment", None, "u"),
        ("decision", None, "latest", None, "r"),
        ("process", "q", "versionTag", "v1", "c"),
        ("form", "begin", "latest", None, "s"),
    ]
    assert definition.start_form == bpmn.FormRef("linked", form_id="begin")


def test_a_very_long_line_of_nodes_is_read_without_recursion() -> None:
    count = 1500
    ids = [f"t{i}" for i in range(count)]
    body = "<startEvent id='s'/>" + "".join(f"<task id='{i}'/>" for i in ids)
    body += flows("s>t0", *(f"{a}>{b}" for a, b in pairwise(ids)))

    assert len(bpmn.read(process(body), "test.bpmn").processes[0].elements) == count + 1


SHIPPED = sorted((Path(__file__).parents[2] / "processes").rglob("*.bpmn"))


@pytest.mark.parametrize("path", SHIPPED, ids=[path.name for path in SHIPPED])
def test_shipped_diagrams_have_no_findings(path: Path) -> None:
    names = frozenset({"working days between", "add working days", "working day due", "month due",
                       "overdue working days", "is working day"})  # fmt: skip

    assert bpmn.read(path.read_bytes(), path.name, names).findings == ()
