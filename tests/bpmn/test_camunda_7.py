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
        '<camunda:in businessKey="${a}"/>'
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


def test_starters_and_version_tag_are_read() -> None:
    xml = seven("<startEvent id='s' camunda:initiator='me'/><task id='t'/>" + flows("s>t")).replace(
        b'isExecutable="true"',
        b'isExecutable="true" camunda:versionTag="v2" camunda:historyTimeToLive="P30D" '
        b'camunda:candidateStarterGroups="INVEST, REVIEW"',
    )

    definition = read(xml).processes[0]

    assert (definition.version_tag, definition.candidate_starter_groups) == ("v2", ("INVEST", "REVIEW"))
