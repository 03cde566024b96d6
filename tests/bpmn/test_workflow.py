"""How processes run: scopes, events, incidents, endings, and the state that is stored between two steps."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from service import bpmn, feel
from service.errors import Conflict, Invalid, NotFound
from tests.bpmn.stage import START, Stage, ext, file, flows, process, user_task

MESSAGE = '<message id="M" name="paper">{}</message>'
KEYED = MESSAGE.format(ext('<zeebe:subscription correlationKey="=key"/>'))


def script(element_id: str, expression: str, variable: str) -> str:
    return (
        f'<scriptTask id="{element_id}">'
        + ext(f"<zeebe:script expression='{expression}' resultVariable='{variable}'/>")
        + "</scriptTask>"
    )


def timer(kind: str, text: str) -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def loop(attributes: str, sequential: bool = False, inner: str = "") -> str:
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        + ext(f"<zeebe:loopCharacteristics {attributes}/>")
        + inner
        + "</multiInstanceLoopCharacteristics>"
    )


# ---------------------------------------------------------------------------------------------------- the thin line


def test_a_case_goes_from_task_to_decision_to_gateway_to_timer() -> None:
    stage = Stage(
        process(
            "<startEvent id='s'/>"
            + user_task(
                "collect",
                extensions='<zeebe:assignmentDefinition assignee="=owner" candidateGroups="INVEST, REVIEW"'
                ' candidateUsers="=[&quot;ann&quot;]"/><zeebe:taskSchedule dueDate="=due"/>'
                '<zeebe:priorityDefinition priority="=40 + 2"/><zeebe:formDefinition formId="collect-form"/>'
                '<zeebe:taskHeaders><zeebe:header key="a" value="b"/></zeebe:taskHeaders>',
                attributes='name="Collect facts"',
            )
            + "<businessRuleTask id='decide'>"
            + ext('<zeebe:calledDecision decisionId="D1" resultVariable="verdict"/>')
            + "</businessRuleTask><exclusiveGateway id='g' default='g_e'/><endEvent id='e'/>"
            + f"<intermediateCatchEvent id='rest'>{timer('timeDuration', 'P1D')}</intermediateCatchEvent>"
            + flows("s>collect", "collect>decide", "decide>g", "g>e", "g>rest: =verdict.wait", "rest>e")
        )
    )
    stage.decisions["D1"] = lambda variables: {"wait": variables["facts"] == "yes"}

    stage.start(owner="bea", due="2026-03-05T18:00:00")
    task = stage.wait("collect")
    stage.complete("collect", facts="yes")
    waiting = stage.wait("rest", bpmn.Timer)
    stage.pass_time(days=1)

    assert (task.name, task.assignee, task.candidate_groups, task.candidate_users, task.priority) == (
        "Collect facts", "bea", ("INVEST", "REVIEW"), ("ann",), 42,
    )  # fmt: skip
    assert task.due == dt.datetime(2026, 3, 5, 10, tzinfo=dt.UTC)
    assert (task.form, task.headers) == (bpmn.FormRef("linked", form_id="collect-form"), {"a": "b"})
    assert waiting.due == START + dt.timedelta(days=1)
    assert stage.state == "completed"
    assert stage.completed() == ["s", "collect", "decide", "g", "rest", "e", "p"]


def test_history_tells_flows_variables_and_instances_in_order() -> None:
    stage = Stage(process("<startEvent id='s'/>" + user_task("u") + flows("s>u"))).start(x=1)

    kinds = [type(event).__name__ for event in stage.events]
    stage.complete("u", y=2)

    assert kinds == ["InstanceStarted", "VariableSet", "Entered", "Entered", "Completed", "FlowTaken", "Entered"]
    values = [(e.scope_key, e.name, e.value) for e in stage.events if isinstance(e, bpmn.VariableSet)]
    assert values == [(1, "x", Decimal(1)), (1, "y", Decimal(2))]
    ended = stage.events[-1]
    assert isinstance(ended, bpmn.InstanceEnded)
    assert (ended.key, ended.state) == (1, "completed")


# ---------------------------------------------------------------------------------------------------- scopes


def test_branches_see_one_anothers_writes() -> None:
    stage = Stage(
        process(
            "<startEvent id='s'/><parallelGateway id='f'/><parallelGateway id='j'/>"
            + user_task("a") + user_task("b") + script("sum", "=x + y", "z")
            + flows("s>f", "f>a", "f>b", "a>j", "b>j", "j>sum")
        )
    ).start(x=0)  # fmt: skip

    stage.complete("a", x=1)
    seen = stage.workflow.place(stage.wait("b").key).variables()["x"]
    stage.complete("b", y=10)

    assert seen == 1
    assert stage.variables == {"x": 1, "y": 10, "z": 11}


def test_inputs_are_local_and_outputs_replace_what_else_would_leave() -> None:
    mapping = (
        '<zeebe:ioMapping><zeebe:input source="=case_.name" target="local.name"/>'
        '<zeebe:input source="=local.name + &quot;!&quot;" target="loud"/>'
        '<zeebe:output source="=answer" target="result.of.task"/></zeebe:ioMapping>'
    )
    stage = Stage(process("<startEvent id='s'/>" + user_task("u", extensions=mapping) + user_task("v")
                          + flows("s>u", "u>v")))  # fmt: skip
    stage.start(case_={"name": "x"}, result={"of": {"old": True}})

    seen = stage.workflow.place(stage.wait("u").key).variables()
    stage.complete("u", answer=42, noise=1)

    assert (seen["local"], seen["loud"]) == ({"name": "x"}, "x!")
    assert stage.variables == {"case_": {"name": "x"}, "result": {"of": {"old": True, "task": 42}}}


def test_a_variable_is_written_where_it_lives() -> None:
    inner = "<startEvent id='is'/>" + user_task("u") + flows("is>u")
    mapping = ext('<zeebe:ioMapping><zeebe:input source="=1" target="mine"/></zeebe:ioMapping>')
    stage = Stage(
        process(f"<startEvent id='s'/><subProcess id='sub'>{mapping}{inner}</subProcess>" + user_task("v")
                + flows("s>sub", "sub>v"))
    ).start()  # fmt: skip

    stage.complete("u", mine=2, theirs=3)

    assert stage.variables == {"theirs": 3}


def test_records_stand_before_variables_of_the_same_name() -> None:
    stage = Stage(process("<startEvent id='s'/>" + script("t", "=subject.name", "x") + flows("s>t")))
    stage.record_values = {"subject": {"name": "record"}}

    stage.start(subject={"name": "variable"})

    assert stage.variables["x"] == "record"


def test_numbers_keep_all_digits_and_times_become_text() -> None:
    stage = Stage(
        process("<startEvent id='s'/>" + script("a", "=n + 0.01", "m") + script("b", "=date(\"2026-01-02\")", "d")
                + user_task("u") + flows("s>a", "a>b", "b>u"))
    )  # fmt: skip

    stage.start(n=Decimal("12345678901234567890123456789012.34"))

    values = stage.workflow.variables()
    assert values["m"] == Decimal("12345678901234567890123456789012.35")
    assert values["d"] == "2026-01-02"


def test_what_has_no_json_form_cannot_enter_a_scope() -> None:
    stage = Stage(process("<startEvent id='s'/>" + script("a", "=[1..3]", "x") + flows("s>a"))).start()

    with pytest.raises(Invalid):
        stage.workflow.set_variables(None, {"x": feel.parse("[1..3]").evaluate({}, stage.environment).value})

    assert stage.incidents[0][:2] == ("a", "EXTRACT_VALUE_ERROR")


def test_a_decision_s_value_becomes_plain_or_an_incident() -> None:
    rule = ext('<zeebe:calledDecision decisionId="D" resultVariable="r"/>')
    xml = process(f"<startEvent id='s'/><businessRuleTask id='d'>{rule}</businessRuleTask>" + flows("s>d"))
    good, bad = Stage(xml), Stage(xml)
    good.decisions["D"] = lambda variables: feel.parse('date("2026-01-02")').evaluate({}, good.environment).value
    bad.decisions["D"] = lambda variables: feel.parse("[1..2]").evaluate({}, bad.environment).value

    assert good.start().variables == {"r": "2026-01-02"}
    assert [(element, kind) for element, kind, _ in bad.start().incidents] == [("d", "DECISION_EVALUATION_ERROR")]


def test_changing_a_submission_later_changes_nothing() -> None:
    stage = Stage(process("<startEvent id='s'/>" + user_task("u") + user_task("v") + flows("s>u", "u>v"))).start()
    form = {"address": {"city": "x"}}

    stage.workflow.complete(stage.wait("u").key, {"form": form})
    form["address"]["city"] = "y"

    assert stage.variables["form"] == {"address": {"city": "x"}}


# ---------------------------------------------------------------------------------------------------- call activities

CALLED = process(
    "<startEvent id='s'/>" + user_task("inner") + flows("s>inner"), "called",
)  # fmt: skip


def caller(called: str, extensions: str = "", inner: str = "", more: str = "", roots: str = "") -> bytes:
    return process(
        "<startEvent id='s'/><callActivity id='call'>"
        + ext(f"<zeebe:calledElement processId='called' {called}/>" + extensions)
        + f"{inner}</callActivity>" + user_task("after") + flows("s>call", "call>after") + more,
        roots=roots,
    )  # fmt: skip


CALLS = [
    ("", "", {"a": 1}, {"a": 1, "b": 2}),
    ('propagateAllChildVariables="false"', "", {"a": 1}, {"a": 1}),
    ('propagateAllParentVariables="false" propagateAllChildVariables="false"',
     '<zeebe:ioMapping><zeebe:input source="=a" target="in"/>'
     '<zeebe:output source="=b" target="out"/></zeebe:ioMapping>',
     {"in": 1}, {"a": 1, "out": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("called", "extensions", "inside", "after"), CALLS, ids=["all", "no way back", "mapped"])
def test_a_called_process_has_its_own_instance_and_scope(
    called: str, extensions: str, inside: dict[str, object], after: dict[str, object]
) -> None:
    stage = Stage(caller(called, extensions), CALLED).start(a=1)

    task = stage.wait("inner")
    instance = next(state for state in stage.workflow.instances if state.key == task.instance_key)
    seen = {name: int(value) for name, value in stage.workflow.variables(task.instance_key).items()}
    stage.complete("inner", b=2)

    assert (instance.process_id, instance.parent_key) == ("called", 1)
    assert seen == inside
    assert stage.variables == after
    assert stage.open == ["after"]


def test_a_missing_process_is_an_incident_that_goes_away_when_it_is_there() -> None:
    stage = Stage(caller("")).start()
    missing = stage.incidents

    definition = Stage(CALLED).processes["called"].with_key(99)
    stage.processes["called"] = stage.definitions[99] = definition
    stage.retry("call")

    assert missing == [("call", "CALLED_ELEMENT_ERROR", "process_unknown")]
    assert (stage.open, stage.incidents) == (["inner"], [])


def test_a_process_that_calls_itself_for_ever_stops_at_an_incident() -> None:
    body = (
        "<startEvent id='s'/><callActivity id='c'>" + ext('<zeebe:calledElement processId="=me"/>') + "</callActivity>"
    )

    stage = Stage(process(body + flows("s>c"))).start(me="p")

    assert [code for _, _, code in stage.incidents] == ["bpmn.call_depth"]


# ---------------------------------------------------------------------------------------------------- multi-instance


def test_every_member_states_an_opinion() -> None:
    many = loop('inputCollection="=members" inputElement="member" outputCollection="opinions" outputElement="=opinion"')
    stage = Stage(
        process("<startEvent id='s'/>"
                + user_task("vote", many, '<zeebe:assignmentDefinition assignee="=member"/>')
                + user_task("after") + flows("s>vote", "vote>after"))
    ).start(members=["a", "b", "c"])  # fmt: skip

    assignees = [wait.assignee for wait in stage.waits(bpmn.UserTask)]
    for wait, opinion in zip(reversed(stage.waits(bpmn.UserTask)), ("no", "yes", "abstain"), strict=True):
        stage.workflow.complete(wait.key, {"opinion": opinion})
    stage.settle()

    assert assignees == ["a", "b", "c"]
    assert stage.variables["opinions"] == ["abstain", "yes", "no"]
    assert "opinion" not in stage.variables
    assert "member" not in stage.variables
    assert stage.open == ["after"]


def test_a_completion_condition_ends_the_rest() -> None:
    condition = "<completionCondition>=numberOfCompletedInstances / numberOfInstances &gt;= 0.5</completionCondition>"
    many = loop('inputCollection="=[1, 2, 3, 4]" inputElement="x"', inner=condition)
    stage = Stage(process("<startEvent id='s'/>" + user_task("u", many) + flows("s>u"))).start()

    stage.complete("u")
    still_open = len(stage.open)
    stage.complete("u")

    assert still_open == 3
    assert stage.state == "completed"
    assert len([e for e in stage.events if isinstance(e, bpmn.Cancelled)]) == 2


def test_turns_come_one_after_another_when_sequential() -> None:
    many = loop('inputCollection="=[&quot;a&quot;, &quot;b&quot;]" inputElement="x"', sequential=True)
    stage = Stage(
        process("<startEvent id='s'/>" + user_task("u", many, '<zeebe:assignmentDefinition assignee="=x"/>')
                + flows("s>u"))
    ).start()  # fmt: skip

    seen = []
    while stage.open:
        wait = stage.wait("u")
        seen.append((wait.assignee, int(stage.workflow.place(wait.key).variables()["loopCounter"])))
        stage.complete("u")

    assert seen == [("a", 1), ("b", 2)]
    assert stage.state == "completed"


@pytest.mark.parametrize("collection", ["=5", "=missing"])
def test_a_collection_that_is_no_list_is_an_incident_and_an_empty_one_is_passed(collection: str) -> None:
    stage = Stage(
        process("<startEvent id='s'/>" + user_task("u", loop(f'inputCollection="{collection}"')) + flows("s>u"))
    ).start()  # fmt: skip
    stuck = stage.incidents

    stage.set(missing=[])
    stage.retry("u")

    assert stuck == [("u", "EXTRACT_VALUE_ERROR", "bpmn.collection_not_list")]
    assert stage.state == ("completed" if collection == "=missing" else "active")


def test_calls_in_parallel_each_have_their_own_subject() -> None:
    many = loop('inputCollection="=subjects" inputElement="who" outputCollection="all" outputElement="=b"')
    stage = Stage(caller("", inner=many), CALLED).start(subjects=["x", "y"])

    for wait in stage.waits(bpmn.UserTask):
        who = stage.workflow.variables(wait.instance_key)["who"]
        stage.workflow.complete(wait.key, {"b": f"{who}!"})
    stage.settle()

    assert stage.variables == {"subjects": ["x", "y"], "all": ["x!", "y!"]}
    assert stage.open == ["after"]


# ---------------------------------------------------------------------------------------------------- events


def boundary(element_id: str, host: str, definition: str, interrupting: bool = True) -> str:
    flag = str(interrupting).lower()
    return (
        f"<boundaryEvent id='{element_id}' attachedToRef='{host}' cancelActivity='{flag}'>{definition}</boundaryEvent>"
    )


def test_a_reminder_repeats_while_the_task_is_open_and_what_it_began_stays() -> None:
    stage = Stage(
        process("<startEvent id='s'/>" + user_task("u") + boundary("b", "u", timer("timeCycle", "R3/P1D"), False)
                + user_task("remind") + flows("s>u", "b>remind"))
    ).start()  # fmt: skip

    stage.pass_time(days=2, hours=1)
    twice = stage.open
    stage.complete("u")
    stage.pass_time(days=5)

    assert twice == ["u", "remind", "remind"]
    assert stage.open == ["remind", "remind"]


def test_a_cycle_that_missed_turns_fires_once_and_tells_how_many() -> None:
    stage = Stage(
        process("<startEvent id='s'/>" + user_task("u") + boundary("b", "u", timer("timeCycle", "R/P1D"), False)
                + user_task("remind") + flows("s>u", "b>remind"))
    ).start()  # fmt: skip
    wait = stage.wait("b")

    stage.now = START + dt.timedelta(days=4, hours=2)
    stage.workflow.fire(wait.key, wait.due)
    stage.settle()

    fired = [event for event in stage.events if isinstance(event, bpmn.TimerFired)]
    assert [event.missed for event in fired] == [3]
    assert stage.open == ["u", "remind"]
    assert stage.wait("b", bpmn.Timer).due == START + dt.timedelta(days=5)


def test_cron_reminders_follow_the_site_s_clock() -> None:
    stage = Stage(
        process("<startEvent id='s'/>" + user_task("u") + boundary("b", "u", timer("timeCycle", "0 0 9 * * MON"), False)
                + user_task("remind") + flows("s>u", "b>remind"))
    ).start()  # fmt: skip

    stage.pass_time(days=15)

    assert stage.open == ["u", "remind", "remind"]


def test_an_application_merges_into_the_running_case_as_often_as_one_comes() -> None:
    handler = (
        "<subProcess id='merge' triggeredByEvent='true'><startEvent id='ms' isInterrupting='false'>"
        "<messageEventDefinition messageRef='M'/></startEvent>"
        + user_task("read") + flows("ms>read") + "</subProcess>"
    )  # fmt: skip
    stage = Stage(process("<startEvent id='s'/>" + user_task("u") + flows("s>u") + handler, roots=KEYED)).start(
        key="k1"
    )
    wait = stage.wait("ms", bpmn.MessageCatch)

    stage.message("ms", paper=1)
    stage.message("ms", paper=2)
    both = stage.open
    stage.complete("u")

    assert (wait.name, wait.correlation_key) == ("paper", "k1")
    assert both == ["u", "read", "read"]
    assert stage.variables["paper"] == 2
    assert stage.state == "active"


def test_a_message_starts_a_process_that_also_has_a_none_start() -> None:
    body = (
        "<startEvent id='s'/><startEvent id='m'><messageEventDefinition messageRef='M'/></startEvent>"
        + user_task("a") + user_task("b") + flows("s>a", "m>b")
    )  # fmt: skip
    xml = process(body, roots=MESSAGE.format(""))

    assert Stage(xml).start().open == ["a"]
    assert Stage(xml).start(start_element="m").open == ["b"]


def test_a_correlation_key_that_is_null_is_an_incident() -> None:
    body = "<startEvent id='s'/><receiveTask id='r' messageRef='M'/>" + flows("s>r")
    stage = Stage(process(body, roots=KEYED)).start()
    stuck = stage.incidents

    stage.set(key=7)
    stage.retry("r")

    assert stuck == [("r", "EXTRACT_VALUE_ERROR", "bpmn.correlation_key_null")]
    assert stage.wait("r", bpmn.MessageCatch).correlation_key == "7"


def test_a_condition_is_looked_at_again_after_every_change() -> None:
    body = (
        "<startEvent id='s'/><intermediateCatchEvent id='c'><conditionalEventDefinition>"
        "<condition>=x &gt; 3</condition></conditionalEventDefinition></intermediateCatchEvent>"
        + user_task("u")
        + flows("s>c", "c>u")
    )
    stage = Stage(process(body)).start(x=1)

    stage.set(x=2)
    before = stage.open
    stage.set(x=4)

    assert (before, stage.open) == ([], ["u"])


def test_a_condition_on_records_holds_after_a_refresh() -> None:
    body = (
        "<startEvent id='s'/><intermediateCatchEvent id='c'><conditionalEventDefinition>"
        "<condition>=case.filed</condition></conditionalEventDefinition></intermediateCatchEvent>" + flows("s>c")
    )
    stage = Stage(process(body))
    stage.record_values = {"case": {"filed": False}}
    stage.start()

    stage.record_values = {"case": {"filed": True}}
    stage.workflow.refresh()
    stage.settle()

    assert stage.state == "completed"


def test_due_dates_of_records_move_with_a_refresh_but_durations_do_not() -> None:
    def dated(element_id: str, due: str) -> str:
        return user_task(element_id, extensions=f"<zeebe:taskSchedule dueDate='{due}'/>")

    stage = Stage(
        process("<startEvent id='s'/><parallelGateway id='g'/>" + dated("a", "=case.due")
                + dated("b", '=now() + duration("P1D")') + flows("s>g", "g>a", "g>b"))
    )  # fmt: skip
    stage.record_values = {"case": {"due": "2026-03-10T00:00:00Z"}}
    stage.start()
    fixed = stage.wait("b").due

    stage.now += dt.timedelta(days=3)
    stage.record_values = {"case": {"due": "2026-03-20T00:00:00Z"}}
    stage.workflow.refresh()

    assert stage.wait("a").due == dt.datetime(2026, 3, 20, tzinfo=dt.UTC)
    assert stage.wait("b").due == fixed


def test_a_deadline_that_an_expression_used_is_tied_to_task_and_timer() -> None:
    body = (
        "<startEvent id='s'/>" + user_task("u", extensions='<zeebe:taskSchedule dueDate="=deadline()"/>')
        + boundary("b", "u", timer("timeDate", "=deadline()")) + flows("s>u")
    )  # fmt: skip
    stage = Stage(process(body))

    def deadline() -> object:
        stage.used_links.append(bpmn.Link(5, -2))
        return "2026-04-01T00:00:00Z"

    stage.functions = {"deadline": feel.Function("deadline", (), deadline)}
    stage.start()

    assert stage.wait("u", bpmn.UserTask).links == (bpmn.Link(5, -2),)
    assert stage.wait("b", bpmn.Timer).links == (bpmn.Link(5, -2),)


ERROR = '<error id="E" errorCode="late"/>'


def test_an_error_goes_to_the_nearest_catcher_across_the_call() -> None:
    catch = boundary("b", "call", '<errorEventDefinition errorRef="E"/>') + user_task("mend") + flows("b>mend")
    stage = Stage(caller("", more=catch, roots=ERROR), CALLED).start()

    stage.error("inner", "late", why="x")

    assert stage.open == ["mend"]
    assert stage.variables == {"why": "x"}
    ended = [event.state for event in stage.events if isinstance(event, bpmn.InstanceEnded)]
    assert ended == ["terminated"]


def test_an_error_that_nothing_catches_is_an_incident_and_the_task_comes_back_on_retry() -> None:
    stage = Stage(process("<startEvent id='s'/>" + user_task("u") + flows("s>u"))).start()

    stage.error("u", "late")
    stuck = (stage.open, stage.incidents)
    stage.retry("u")

    assert stuck == ([], [("u", "UNHANDLED_ERROR_EVENT", "bpmn.error_not_caught")])
    assert (stage.open, stage.incidents) == (["u"], [])


def test_an_escalation_from_inside_interrupts_before_anything_else_runs() -> None:
    inner = (
        "<startEvent id='is'/><intermediateThrowEvent id='up'><escalationEventDefinition escalationRef='X'/>"
        "</intermediateThrowEvent>" + script("never", "=1", "ran") + flows("is>up", "up>never")
    )  # fmt: skip
    stage = Stage(
        process(
            f"<startEvent id='s'/><subProcess id='sub'>{inner}</subProcess>"
            + boundary("b", "sub", '<escalationEventDefinition escalationRef="X"/>')
            + user_task("u") + flows("s>sub", "b>u"),
            roots='<escalation id="X" escalationCode="L4"/>',
        )
    ).start()  # fmt: skip

    assert stage.open == ["u"]
    assert stage.variables == {}


def test_a_terminate_end_ends_everything_in_its_scope_only() -> None:
    inner = (
        "<startEvent id='is'/><parallelGateway id='g'/>" + user_task("a") + user_task("b")
        + "<endEvent id='t'><terminateEventDefinition/></endEvent>" + flows("is>g", "g>a", "g>b", "a>t")
    )  # fmt: skip
    body = f"<startEvent id='s'/><subProcess id='sub'>{inner}</subProcess>" + user_task("u") + flows("s>sub", "sub>u")
    stage = Stage(process(body)).start()

    stage.complete("a")

    assert stage.open == ["u"]
    assert stage.state == "active"


# ---------------------------------------------------------------------------------------------------- incidents

INCIDENTS = [
    ("input mapping", user_task("u", extensions='<zeebe:ioMapping><zeebe:input source="=[1..2]" target="a"/>'
                                "</zeebe:ioMapping>"), "IO_MAPPING_ERROR"),
    ("assignee", user_task("u", extensions='<zeebe:assignmentDefinition assignee="=[1]"/>'), "EXTRACT_VALUE_ERROR"),
    ("groups", user_task("u", extensions='<zeebe:assignmentDefinition candidateGroups="=[1]"/>'),
     "EXTRACT_VALUE_ERROR"),
    ("due date", user_task("u", extensions='<zeebe:taskSchedule dueDate="=5"/>'), "EXTRACT_VALUE_ERROR"),
    ("priority", user_task("u", extensions='<zeebe:priorityDefinition priority="=500"/>'), "EXTRACT_VALUE_ERROR"),
    ("boundary timer", user_task("u") + boundary("b", "u", timer("timeDuration", "=missing")), "EXTRACT_VALUE_ERROR"),
    ("assertion", script("u", "=assert(missing, missing != null)", "x"), "EXTRACT_VALUE_ERROR"),
    ("job type", "<serviceTask id='u'>" + ext('<zeebe:taskDefinition type="=missing"/>') + "</serviceTask>",
     "EXTRACT_VALUE_ERROR"),
    ("decision", "<businessRuleTask id='u'>" + ext('<zeebe:calledDecision decisionId="none" resultVariable="x"/>')
     + "</businessRuleTask>", "CALLED_DECISION_ERROR"),
]  # fmt: skip


@pytest.mark.parametrize(("element", "kind"), [row[1:] for row in INCIDENTS], ids=[row[0] for row in INCIDENTS])
def test_a_failed_expression_leaves_the_instance_where_it_was(element: str, kind: str) -> None:
    stage = Stage(process("<startEvent id='s'/>" + element + flows("s>u"))).start(kept=1)

    assert [(element_id, found) for element_id, found, _ in stage.incidents] == [("u", kind)]
    assert stage.state == "active"
    assert stage.workflow.has_incident
    assert stage.open == []
    assert not [wait for wait in stage.waits(bpmn.Timer)]
    assert stage.variables == {"kept": 1}


def test_an_incident_tells_expression_place_and_variables_and_a_retry_goes_on() -> None:
    body = (
        "<startEvent id='s'/>" + user_task("u") + "<exclusiveGateway id='g' default='g_b'/>"
        + user_task("a") + user_task("b") + flows("s>u", "u>g", "g>a: =amount + 1", "g>b")
    )  # fmt: skip
    stage = Stage(process(body)).start(amount=3)

    stage.complete("u", more=1)
    incident = stage.wait("g", bpmn.Incident)
    stage.retry("g")
    again = stage.incidents
    stage.set(amount=None)
    stage.retry("g")

    assert (incident.kind, incident.code) == ("CONDITION_ERROR", "bpmn.condition_not_boolean")
    assert incident.facts["expression"] == "=amount + 1"
    assert (incident.facts["start"], incident.facts["end"]) == (0, 11)
    assert incident.facts["variables"] == {"amount": "3"}
    assert (incident.facts["flow"], incident.facts["found"]) == ("g_a", "number")
    assert again == [("g", "CONDITION_ERROR", "bpmn.condition_not_boolean")]
    assert (stage.open, stage.incidents) == (["b"], [])
    raised = [type(e).__name__ for e in stage.events if isinstance(e, (bpmn.IncidentRaised, bpmn.IncidentResolved))]
    assert raised == ["IncidentRaised", "IncidentResolved", "IncidentRaised", "IncidentResolved"]


def test_outputs_are_not_written_twice_when_the_way_out_is_retried() -> None:
    mapping = '<zeebe:ioMapping><zeebe:output source="=append(log, 1)" target="log"/></zeebe:ioMapping>'
    body = "<startEvent id='s'/>" + user_task("u", extensions=mapping) + user_task("v") + "<endEvent id='e'/>"
    body += flows("s>u", "u>v: =go", "u>e: =end")
    stage = Stage(process(body)).start(log=[])

    stage.complete("u")
    stuck = stage.incidents
    stage.set(go=True)
    stage.retry("u")

    assert stuck == [("u", "CONDITION_ERROR", "bpmn.no_flow_selected")]
    assert stage.variables["log"] == [1]
    assert stage.open == ["v"]


def test_a_job_out_of_retries_is_an_incident_and_a_new_job_after_the_retry() -> None:
    job = "<serviceTask id='j'>" + ext('<zeebe:taskDefinition type="rc.notify" retries="=2 + 1"/>') + "</serviceTask>"
    stage = Stage(process("<startEvent id='s'/>" + job + flows("s>j"))).start()
    wait = stage.wait("j", bpmn.Job)

    stage.workflow.fail(wait.key, "JOB_NO_RETRIES", "runtime.job_failed", {"message": "boom"})
    stage.settle()
    stuck = (stage.open, stage.incidents)
    stage.retry("j")

    assert (wait.topic, wait.retries) == ("rc.notify", 3)
    assert stuck == ([], [("j", "JOB_NO_RETRIES", "runtime.job_failed")])
    assert stage.open == ["j"]


def test_a_loop_without_a_wait_stops_at_an_incident() -> None:
    body = "<startEvent id='s'/><exclusiveGateway id='g'/>" + script("t", "=1", "x") + flows("s>g", "g>t", "t>g")

    stage = Stage(process(body)).start()

    assert [code for _, _, code in stage.incidents] == ["bpmn.endless_loop"]


# ---------------------------------------------------------------------------------------------------- size and shape


def test_a_loop_of_thousands_of_turns_neither_ends_nor_grows() -> None:
    body = (
        "<startEvent id='s'/>" + user_task("u") + "<exclusiveGateway id='g' default='g_u'/><endEvent id='e'/>"
        + flows("s>u", "u>g", "g>u", "g>e: =done")
    )  # fmt: skip
    stage = Stage(process(body)).start()
    sizes = []
    for turn in range(3000):
        stage.workflow.complete(next(iter(stage.workflow.waits)), {"done": turn == 2999})
        stage.workflow.take_events()
        if turn in (10, 2990):
            sizes.append(len(feel.codec.encode(stage.workflow.document())))

    assert stage.state == "completed"
    assert sizes[1] - sizes[0] < 20  # longer keys only


def test_a_straight_line_of_a_thousand_nodes_runs() -> None:
    ids = [f"t{i}" for i in range(1000)]
    body = "<startEvent id='s'/>" + "".join(f"<task id='{i}'/>" for i in ids)
    body += flows("s>t0", *(f"t{i}>t{i + 1}" for i in range(999)))

    stage = Stage(process(body)).start()

    assert stage.state == "completed"
    assert len(stage.completed()) == 1002


def test_ids_that_the_core_uses_itself_do_not_collide() -> None:
    body = "<startEvent id='Start'/><task id='Root'/><endEvent id='End'/><task id='EndJoin'/>"

    assert Stage(process(body + flows("Start>Root", "Root>EndJoin", "EndJoin>End"))).start().state == "completed"


def test_a_document_of_another_version_is_refused() -> None:
    stage = Stage(process("<startEvent id='s'/>" + user_task("u") + flows("s>u"))).start()
    document = {**stage.workflow.document(), "version": 99}

    with pytest.raises(Invalid) as error:
        bpmn.Workflow.restore(document, stage.definitions.__getitem__, stage)

    assert error.value.code == "bpmn.document_version"


# ---------------------------------------------------------------------------------------------------- doors


def test_a_wait_that_is_gone_is_not_found() -> None:
    stage = Stage(process("<startEvent id='s'/>" + user_task("u") + flows("s>u"))).start()
    key = stage.wait("u").key
    stage.complete("u")

    for answer in (stage.workflow.complete, stage.workflow.deliver_message):
        with pytest.raises(NotFound):
            answer(key, {})


def test_a_process_without_none_start_is_not_started_by_hand() -> None:
    body = "<startEvent id='m'><messageEventDefinition messageRef='M'/></startEvent><task id='t'/>" + flows("m>t")

    with pytest.raises(Conflict):
        Stage(process(body, roots=MESSAGE.format(""))).start()


def test_an_instance_starts_before_given_elements_inside_their_sub_processes() -> None:
    inner = "<startEvent id='is'/>" + user_task("a") + user_task("b") + flows("is>a", "a>b")
    body = f"<startEvent id='s'/><subProcess id='sub'>{inner}</subProcess>" + user_task("c") + flows("s>sub", "sub>c")

    stage = Stage(process(body)).start(before=("b",))
    opened = stage.open
    stage.complete("b")

    assert opened == ["b"]
    assert stage.open == ["c"]


def test_an_instance_does_not_start_inside_a_single_turn() -> None:
    many = loop('inputCollection="=[1, 2]"')
    inner = f"<subProcess id='sub'>{many}<startEvent id='i'/>" + user_task("a") + flows("i>a") + "</subProcess>"
    stage = Stage(process("<startEvent id='s'/>" + inner + flows("s>sub")))

    with pytest.raises(Conflict) as error:
        stage.start(before=("a",))

    assert (error.value.code, error.value.facts) == ("bpmn.start_inside_loop", {"element": "a", "loop": "sub"})
    assert stage.start(before=("sub",)).open == ["a", "a"]


@pytest.mark.parametrize("gateway", ["parallelGateway", "inclusiveGateway"])
def test_an_instance_that_starts_before_a_join_goes_on_from_it(gateway: str) -> None:
    body = (
        f"<startEvent id='s'/><parallelGateway id='f'/><{gateway} id='j'/>" + user_task("a") + user_task("b")
        + user_task("after") + flows("s>f", "f>a", "f>b", "a>j", "b>j", "j>after")
    )  # fmt: skip

    assert Stage(process(body)).start(before=("j",)).open == ["after"]


def test_a_cancelled_instance_has_nothing_left() -> None:
    stage = Stage(caller(""), CALLED).start()

    stage.workflow.cancel()
    stage.settle()

    assert (stage.state, stage.waits()) == ("terminated", [])
    ended = [(event.state) for event in stage.events if isinstance(event, bpmn.InstanceEnded)]
    assert ended == ["terminated", "terminated"]


def test_messages_and_signals_leave_the_instance() -> None:
    roots = KEYED + '<signal id="G" name="alarm"/>'
    body = (
        "<startEvent id='s'/><intermediateThrowEvent id='m'>"
        + ext('<zeebe:ioMapping><zeebe:input source="=1" target="n"/></zeebe:ioMapping>')
        + "<messageEventDefinition messageRef='M'/></intermediateThrowEvent>"
        "<endEvent id='g'><signalEventDefinition signalRef='G'/></endEvent>" + flows("s>m", "m>g")
    )
    stage = Stage(process(body, roots=roots)).start(key="k")

    message = next(e for e in stage.events if isinstance(e, bpmn.MessageThrown))
    signal = next(e for e in stage.events if isinstance(e, bpmn.SignalThrown))

    assert (message.name, message.correlation_key, message.variables) == ("paper", "k", {"n": 1})
    assert signal.name == "alarm"


def test_several_processes_of_one_file_are_all_read() -> None:
    xml = file(
        "".join(
            f'<process id="{i}" isExecutable="true"><startEvent id="s{i}"/><endEvent id="e{i}"/>'
            + flows(f"s{i}>e{i}")
            + "</process>"
            for i in "ab"
        )
    )

    assert sorted(Stage(xml).processes) == ["a", "b"]
