"""The Camunda 7 dialect: its attributes, mappings and JUEL."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from service import bpmn
from tests.bpmn.stage import Stage, ext, flows, process, read


def seven(body: str, process_id: str = "p", roots: str = "") -> bytes:
    return process(body, process_id, roots, platform="Camunda Platform")


def one(element: str) -> bytes:
    return seven("<startEvent id='s'/>" + element + "<endEvent id='e'/>" + flows("s>t", "t>e"))


def test_a_user_task_is_assigned_dated_and_ranked() -> None:
    stage = Stage(
        one('<userTask id="t" name="Check" camunda:assignee="${who}" camunda:candidateGroups="INVEST, ${group}" '
            'camunda:candidateUsers="ann" camunda:dueDate="${due}" camunda:followUpDate="2026-03-04" '
            'camunda:priority="${30 + 5}" camunda:formRef="f" camunda:formRefBinding="deployment" '
            'camunda:asyncBefore="true"/>')
    ).start(who="bea", group="REVIEW", due="P1D")  # fmt: skip

    task = stage.wait("t")

    assert (task.assignee, task.candidate_groups, task.candidate_users) == ("bea", ("INVEST", "REVIEW"), ("ann",))
    assert (task.due, task.priority) == (stage.now + dt.timedelta(days=1), 35)
    assert task.follow_up == dt.datetime(2026, 3, 3, 16, tzinfo=dt.UTC)
    assert task.form == bpmn.FormRef("linked", form_id="f", binding=bpmn.Binding.DEPLOYMENT)


def test_form_data_becomes_a_form() -> None:
    fields = (
        "<camunda:formData><camunda:formField id='amount' label='Amount' type='long'><camunda:validation>"
        "<camunda:constraint name='required'/><camunda:constraint name='min' config='3'/></camunda:validation>"
        "</camunda:formField><camunda:formField id='kind' type='enum'><camunda:value id='a' name='A'/>"
        "</camunda:formField></camunda:formData>"
    )
    stage = Stage(one(f'<userTask id="t">{ext(fields)}</userTask>')).start()

    form = stage.wait("t").form
    components = json.loads(form.json)["components"]

    assert form.kind == "embedded"
    assert [(c["type"], c["key"], c["label"]) for c in components] == [
        ("number", "amount", "Amount"), ("select", "kind", "kind"),
    ]  # fmt: skip
    assert components[0]["validate"] == {"required": True, "min": 3}
    assert components[1]["values"] == [{"value": "a", "label": "A"}]


def test_an_external_task_is_a_job_and_its_results_go_up() -> None:
    mapping = (
        '<camunda:inputOutput><camunda:inputParameter name="local">${a + 1}</camunda:inputParameter>'
        '<camunda:outputParameter name="out">${result}-${local}</camunda:outputParameter></camunda:inputOutput>'
    )
    stage = Stage(
        one(f'<serviceTask id="t" camunda:type="external" camunda:topic="x-${{a}}">{ext(mapping)}</serviceTask>')
    ).start(a=1)

    job = stage.wait("t", bpmn.Job)
    stage.complete("t", result="r")

    assert job.topic == "x-1"
    assert stage.variables == {"a": 1, "result": "r", "out": "r-2"}


def test_parameters_may_be_lists_and_maps() -> None:
    mapping = (
        '<camunda:inputOutput><camunda:inputParameter name="l"><camunda:list><camunda:value>${a}</camunda:value>'
        "<camunda:value>x</camunda:value></camunda:list></camunda:inputParameter>"
        '<camunda:inputParameter name="m"><camunda:map><camunda:entry key="k">${a + 1}</camunda:entry></camunda:map>'
        "</camunda:inputParameter></camunda:inputOutput>"
        "<camunda:failedJobRetryTimeCycle>R5/PT1M</camunda:failedJobRetryTimeCycle>"
    )
    stage = Stage(
        one(f'<serviceTask id="t" camunda:type="external" camunda:topic="x">{ext(mapping)}</serviceTask>')
    ).start(a=1)

    job = stage.wait("t", bpmn.Job)
    seen = stage.workflow.place(job.key).variables()

    assert (seen["l"], seen["m"], job.retries) == ([1, "x"], {"k": 2}, 5)


def test_an_expression_is_evaluated_at_once() -> None:
    stage = Stage(
        one('<serviceTask id="t" camunda:expression="${a * 2}" camunda:resultVariable="b"/>')
    ).start(a=4)  # fmt: skip

    assert (stage.state, stage.variables) == ("completed", {"a": 4, "b": 8})


MAPPINGS = [
    ("singleEntry", [{"x": 1, "y": None}], 1),
    ("singleEntry", [], None),
    ("singleResult", [{"x": 1, "y": 2}], {"x": 1, "y": 2}),
    ("collectEntries", [{"x": 1}, {"x": 2}], [1, 2]),
    ("resultList", [{"x": 1}, {"y": 2}], [{"x": 1}, {"y": 2}]),
]


@pytest.mark.parametrize(("mapping", "rows", "value"), MAPPINGS)
def test_a_decision_result_is_mapped(mapping: str, rows: list[dict[str, object]], value: object) -> None:
    stage = Stage(
        one(f'<businessRuleTask id="t" camunda:decisionRef="D" camunda:mapDecisionResult="{mapping}" '
            'camunda:resultVariable="r"/>')
    )  # fmt: skip
    stage.decisions["D"] = lambda variables: rows

    assert stage.start().variables == {"r": value}


def test_a_result_that_does_not_fit_its_mapping_is_an_incident() -> None:
    stage = Stage(
        one('<businessRuleTask id="t" camunda:decisionRef="D" camunda:mapDecisionResult="singleResult" '
            'camunda:resultVariable="r"/>')
    )  # fmt: skip
    stage.decisions["D"] = lambda variables: [{"x": 1}, {"x": 2}]

    assert stage.start().incidents == [("t", "DECISION_EVALUATION_ERROR", "bpmn.decision_result_shape")]


CALLED = seven("<startEvent id='cs'/><userTask id='inner'/>" + flows("cs>inner"), "called")


def test_a_call_takes_over_only_what_is_mapped() -> None:
    mapping = (
        '<camunda:in source="a" target="x"/><camunda:in sourceExpression="${a + 1}" target="y"/>'
        '<camunda:out source="z" target="b"/><camunda:out sourceExpression="${x + y}" target="c"/>'
        '<camunda:in businessKey="#{execution.processBusinessKey}"/>'
    )
    stage = Stage(one(f'<callActivity id="t" calledElement="called">{ext(mapping)}</callActivity>'), CALLED)

    stage.start(a=1, other=2)
    inside = stage.workflow.variables(stage.wait("inner").instance_key)
    stage.complete("inner", z=9, w=1)

    assert inside == {"x": 1, "y": 2}
    assert stage.variables == {"a": 1, "other": 2, "b": 9, "c": 3}


def test_an_output_that_cannot_be_taken_over_is_an_incident_at_the_called_process() -> None:
    mapping = '<camunda:out sourceExpression="${missing}" target="c"/>'
    stage = Stage(one(f'<callActivity id="t" calledElement="called">{ext(mapping)}</callActivity>'), CALLED).start()

    stage.complete("inner")
    stuck = stage.incidents
    key = stage.waits(bpmn.Incident)[0].instance_key
    stage.workflow.set_variables(key, {"missing": "here"})
    stage.retry("called")

    assert stuck == [("called", "IO_MAPPING_ERROR", "bpmn.juel_unknown_name")]
    assert (stage.state, stage.variables) == ("completed", {"c": "here"})


def test_turns_count_from_zero_and_a_bare_name_is_a_collection() -> None:
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="true" camunda:collection="people" '
        'camunda:elementVariable="person"><completionCondition>${nrOfCompletedInstances == 2}</completionCondition>'
        "</multiInstanceLoopCharacteristics>"
    )
    stage = Stage(one(f'<userTask id="t" camunda:assignee="${{person}}-${{loopCounter}}">{loop}</userTask>'))
    stage.start(people=["a", "b", "c"])

    seen = []
    while stage.open:
        seen.append(stage.wait("t").assignee)
        stage.complete("t")

    assert seen == ["a-0", "b-1"]


def test_an_unknown_variable_in_a_condition_is_an_incident_that_names_it() -> None:
    body = (
        "<startEvent id='s'/><exclusiveGateway id='g' default='g_a'/><task id='a'/><task id='b'/>"
        + flows("s>g", "g>a", "g>b: ${missing > 1}")
    )  # fmt: skip
    stage = Stage(seven(body)).start()

    incident = stage.wait("g", bpmn.Incident)

    assert (incident.kind, incident.code) == ("CONDITION_ERROR", "bpmn.juel_unknown_name")
    assert incident.facts["name"] == "missing"


def test_counts_of_a_loop_are_variables_of_its_turns() -> None:
    loop = "<multiInstanceLoopCharacteristics isSequential='ORDER'><loopCardinality>2</loopCardinality>"
    counts = "${nrOfInstances}-${nrOfActiveInstances}-${nrOfCompletedInstances}-${loopCounter}"
    element = f"<userTask id='t' camunda:assignee='{counts}'>{loop}</multiInstanceLoopCharacteristics></userTask>"
    in_order = Stage(one(element.replace("ORDER", "true"))).start()
    together = Stage(one(element.replace("ORDER", "false"))).start()

    first = in_order.wait("t").assignee
    in_order.complete("t")

    assert (first, in_order.wait("t").assignee) == ("2-1-0-0", "2-1-1-1")
    assert [wait.assignee for wait in together.waits(bpmn.UserTask)] == ["2-2-0-0", "2-2-0-1"]
    assert in_order.complete("t").variables == {}


@pytest.mark.parametrize(("count", "seen"), [(0, []), (1, ["a"]), (2, ["a", "b"])])
def test_with_collection_and_cardinality_there_are_so_many_turns_each_with_its_item(
    count: int, seen: list[str]
) -> None:
    loop = (
        "<multiInstanceLoopCharacteristics camunda:collection='people' camunda:elementVariable='person'>"
        "<loopCardinality>${count}</loopCardinality></multiInstanceLoopCharacteristics>"
    )
    xml = one(f"<userTask id='t' camunda:assignee='${{person}}'>{loop}</userTask>")

    stage = Stage(xml).start(people=["a", "b"], count=count)

    assert [wait.assignee for wait in stage.waits(bpmn.UserTask)] == seen
    assert Stage(xml).start(people=["a"], count=2).incidents == [
        ("t", "EXTRACT_VALUE_ERROR", "bpmn.fewer_items_than_turns")
    ]


FORKS = [
    ("g>a", "g>b: ${x}", "", True, ["b"]),
    ("g>a", "g>b: ${x}", "", False, ["a"]),
    ("g>a: ${x}", "g>b", "default='g_b'", True, ["a"]),
    ("g>a: ${x}", "g>b", "default='g_b'", False, ["b"]),
]


@pytest.mark.parametrize(("first", "second", "default", "x", "open_"), FORKS)
def test_an_exclusive_gateway_takes_its_flow_without_condition_last(
    first: str, second: str, default: str, x: bool, open_: list[str]
) -> None:
    body = f"<startEvent id='s'/><exclusiveGateway id='g' {default}/><userTask id='a'/><userTask id='b'/>"

    assert Stage(seven(body + flows("s>g", first, second))).start(x=x).open == open_


@pytest.mark.parametrize(("x", "open_"), [(True, ["a", "b"]), (False, ["a"])])
def test_an_inclusive_gateway_takes_its_default_only_when_it_takes_nothing_else(x: bool, open_: list[str]) -> None:
    body = "<startEvent id='s'/><inclusiveGateway id='g' default='g_c'/>" + "".join(
        f"<userTask id='{task}'/>" for task in "abc"
    )

    assert Stage(seven(body + flows("s>g", "g>a", "g>b: ${x}", "g>c"))).start(x=x).open == open_


def test_the_message_of_an_error_is_told_to_whoever_catches_it() -> None:
    body = (
        "<startEvent id='s'/><subProcess id='sub'><startEvent id='i'/><endEvent id='x'><errorEventDefinition "
        "errorRef='E'/></endEvent>" + flows("i>x") + "</subProcess><boundaryEvent id='b' attachedToRef='sub'>"
        "<errorEventDefinition camunda:errorCodeVariable='c' camunda:errorMessageVariable='m'/></boundaryEvent>"
        "<userTask id='t'/>" + flows("s>sub", "b>t")
    )  # fmt: skip
    roots = '<error id="E" errorCode="late" camunda:errorMessage="${days} days late"/>'

    assert Stage(seven(body, roots=roots)).start(days=3).variables == {"days": 3, "c": "late", "m": "3 days late"}


def field(inner: str, attributes: str) -> bytes:
    data = f"<camunda:formData><camunda:formField id='a' {attributes}>{inner}</camunda:formField></camunda:formData>"
    return one(f"<userTask id='t'>{ext(data)}</userTask>")


def rule(name: str, config: str = "") -> str:
    return f"<camunda:validation><camunda:constraint name='{name}' config='{config}'/></camunda:validation>"


@pytest.mark.parametrize(
    ("inner", "attributes", "expected"),
    [
        ("", "type='boolean' defaultValue='true'", {"defaultValue": True}),
        ("", "type='long' defaultValue='-3'", {"defaultValue": -3}),
        ("", "type='string' defaultValue='x'", {"defaultValue": "x"}),
        (rule("required"), "type='string'", {"validate": {"required": True}}),
        (rule("readonly"), "type='string'", {"readonly": True}),
        (rule("min", "-5"), "type='long'", {"validate": {"min": -5}}),
        (rule("maxlength", "10"), "type='string'", {"validate": {"maxLength": 10}}),
    ],
)
def test_a_form_field_keeps_its_default_and_its_constraints(
    inner: str, attributes: str, expected: dict[str, object]
) -> None:
    stage = Stage(field(inner, attributes)).start()

    (component,) = json.loads(stage.wait("t").form.json)["components"]

    assert {name: component[name] for name in expected} == expected


def test_starters_initiator_and_version_tag_are_read() -> None:
    xml = seven("<startEvent id='s' camunda:initiator='me'/><task id='t'/>" + flows("s>t")).replace(
        b'isExecutable="true"',
        b'isExecutable="true" camunda:versionTag="v2" camunda:historyTimeToLive="P30D" '
        b'camunda:candidateStarterGroups="INVEST, REVIEW" camunda:candidateStarterUsers="ann" '
        b'camunda:isStartableInTasklist="true"',
    )

    file = read(xml)
    definition = file.processes[0]

    assert definition.version_tag == "v2"
    assert (definition.candidate_starter_groups, definition.candidate_starter_users) == (("INVEST", "REVIEW"), ("ann",))
    assert definition.starts[0].initiator == "me"
    assert file.findings == ()


def test_the_priority_of_a_process_is_that_of_its_external_tasks_without_their_own() -> None:
    body = "<startEvent id='s'/>" + "".join(
        f"<serviceTask id='{task}' camunda:type='external' camunda:topic='x' {own}/>"
        for task, own in (("a", ""), ("b", "camunda:taskPriority='3'"))
    )
    xml = seven(body + flows("s>a", "s>b")).replace(b"isExecutable", b'camunda:taskPriority="${p + 1}" isExecutable')

    assert [job.priority for job in Stage(xml).start(p=6).waits(bpmn.Job)] == [7, 3]


@pytest.mark.parametrize(
    ("payload", "brought"),
    [
        ("", {}),
        ('<camunda:in source="a" target="x"/><camunda:in sourceExpression="${a + 1}" target="y"/>', {"x": 1, "y": 2}),
        ('<camunda:in variables="all"/>', {"a": 1, "b": 5}),
    ],
    ids=["nothing", "single variables", "all"],
)
def test_a_signal_takes_along_what_it_is_told_to(payload: str, brought: dict[str, object]) -> None:
    body = (
        f"<startEvent id='s'/><intermediateThrowEvent id='t'><signalEventDefinition signalRef='G'>{ext(payload)}"
        "</signalEventDefinition></intermediateThrowEvent>" + flows("s>t")
    )  # fmt: skip
    stage = Stage(seven(body, roots='<signal id="G" name="alarm"/>')).start(a=1, b=5)

    (thrown,) = [event for event in stage.events if isinstance(event, bpmn.SignalThrown)]

    assert {name: int(value) for name, value in thrown.variables.items()} == brought  # type: ignore[call-overload]


def test_stamps_of_element_templates_and_old_spellings_are_without_effect() -> None:
    xml = one(
        '<userTask id="t" camunda:modelerTemplate="a.b" camunda:modelerTemplateVersion="2" camunda:async="true"/>'
    ).replace(b' id="Definitions_1"', b' id="Definitions_1" camunda:diagramRelationId="x"')

    assert read(xml).findings == ()
    assert Stage(xml).start().open == ["t"]
