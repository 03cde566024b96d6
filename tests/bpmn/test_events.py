"""Events: who catches, what is interrupted, and what stays."""

from __future__ import annotations

import pytest

from service import bpmn
from tests.bpmn.stage import Stage, ext, flows, process, user_task

ROOTS = (
    '<error id="E" errorCode="late"/><error id="E2" errorCode="other"/><escalation id="X" escalationCode="L1"/>'
    '<signal id="G" name="alarm"/><message id="M" name="paper">'
    + ext('<zeebe:subscription correlationKey="=key"/>')
    + "</message>"
)

DEFINITIONS = {
    "message": "<messageEventDefinition messageRef='M'/>",
    "signal": "<signalEventDefinition signalRef='G'/>",
    "timer": "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
    "conditional": "<conditionalEventDefinition><condition>=go = true</condition></conditionalEventDefinition>",
    "error": "<errorEventDefinition errorRef='E'/>",
    "escalation": "<escalationEventDefinition escalationRef='X'/>",
}


def handler(kind: str, interrupting: bool, prefix: str = "h") -> str:
    flag = str(interrupting).lower()
    return (
        f"<subProcess id='{prefix}' triggeredByEvent='true'>"
        f"<startEvent id='{prefix}s' isInterrupting='{flag}'>{DEFINITIONS[kind]}</startEvent>"
        + user_task(f"{prefix}t") + flows(f"{prefix}s>{prefix}t") + "</subProcess>"
    )  # fmt: skip


def happen(stage: Stage, kind: str, task: str = "u") -> None:
    match kind:
        case "message":
            stage.message("hs")
        case "signal":
            stage.workflow.deliver_signal(stage.wait("hs", bpmn.SignalCatch).key)
            stage.settle()
        case "timer":
            stage.pass_time(hours=2)
        case "conditional":
            stage.set(go=True)
        case "error":
            stage.error(task, "late")
        case _:
            stage.workflow.throw_escalation(stage.wait(task, bpmn.UserTask).key, "L1")
            stage.settle()


def inside(level: str, body: str) -> str:
    if level == "process":
        return "<startEvent id='s'/>" + body
    return f"<startEvent id='s'/><subProcess id='sub'><startEvent id='i'/>{body}</subProcess>" + flows("s>sub")


@pytest.mark.parametrize("level", ["process", "sub-process"])
@pytest.mark.parametrize(
    ("kind", "interrupting"),
    # an error always interrupts
    [(kind, flag) for kind in DEFINITIONS for flag in (True, False) if flag or kind != "error"],
)
def test_an_event_sub_process_starts_at_every_level_and_not_before(kind: str, interrupting: bool, level: str) -> None:
    first = "s" if level == "process" else "i"
    body = user_task("u") + user_task("w") + flows(f"{first}>u", f"{first}>w") + handler(kind, interrupting)
    stage = Stage(process(inside(level, body), roots=ROOTS)).start(key="k", go=False)
    before = stage.open

    happen(stage, kind)

    assert before == ["u", "w"]
    assert stage.open == (["ht"] if interrupting else ["u", "w", "ht"])
    stage.complete("ht")
    assert stage.state == ("completed" if interrupting else "active")


@pytest.mark.parametrize("kind", ["message", "signal", "timer", "conditional"])
def test_what_has_ended_listens_no_more(kind: str) -> None:
    body = (
        "<startEvent id='s'/><subProcess id='sub'><startEvent id='i'/>" + user_task("u") + flows("i>u")
        + handler(kind, True) + "</subProcess>" + user_task("after") + flows("s>sub", "sub>after")
    )  # fmt: skip
    stage = Stage(process(body, roots=ROOTS)).start(key="k", go=False)

    stage.complete("u")

    assert [type(wait) for wait in stage.waits()] == [bpmn.UserTask]


def test_a_boundary_event_stays_when_an_event_sub_process_takes_the_sub_process_over() -> None:
    body = (
        "<startEvent id='s'/><subProcess id='sub'><startEvent id='i'/>" + user_task("u") + flows("i>u")
        + handler("message", True) + "</subProcess>" + user_task("after")
        + f"<boundaryEvent id='b' attachedToRef='sub'>{DEFINITIONS['timer']}</boundaryEvent>"
        + flows("s>sub", "b>after")
    )  # fmt: skip
    stage = Stage(process(body, roots=ROOTS)).start(key="k")

    stage.message("hs")
    taken_over = stage.open
    stage.pass_time(hours=2)

    assert (taken_over, stage.open) == (["ht"], ["after"])


def test_the_first_of_two_interrupting_starts_wins() -> None:
    body = user_task("u") + flows("s>u") + handler("message", True) + handler("timer", True, "g")
    stage = Stage(process("<startEvent id='s'/>" + body, roots=ROOTS)).start(key="k")

    stage.message("hs")
    stage.pass_time(hours=5)

    assert stage.open == ["ht"]


def test_the_code_goes_before_the_catcher_of_everything() -> None:
    everything = "<boundaryEvent id='all' attachedToRef='u'><errorEventDefinition/></boundaryEvent>"
    exact = f"<boundaryEvent id='one' attachedToRef='u'>{DEFINITIONS['error']}</boundaryEvent>"
    body = (
        "<startEvent id='s'/>" + user_task("u") + everything + exact + user_task("a") + user_task("b")
        + flows("s>u", "all>a", "one>b")
    )  # fmt: skip

    assert Stage(process(body, roots=ROOTS)).start().error("u", "late").open == ["b"]
    assert Stage(process(body, roots=ROOTS)).start().error("u", "unknown").open == ["a"]


def test_an_error_in_one_turn_ends_the_whole_multi_instance_sub_process() -> None:
    loop = (
        "<multiInstanceLoopCharacteristics>"
        + ext('<zeebe:loopCharacteristics inputCollection="=[1, 2, 3]"/>')
        + "</multiInstanceLoopCharacteristics>"
    )
    body = (
        f"<startEvent id='s'/><subProcess id='sub'>{loop}<startEvent id='i'/>" + user_task("u") + flows("i>u")
        + f"</subProcess><boundaryEvent id='b' attachedToRef='sub'>{DEFINITIONS['error']}</boundaryEvent>"
        + user_task("mend") + flows("s>sub", "b>mend")
    )  # fmt: skip
    stage = Stage(process(body, roots=ROOTS)).start()

    stage.error("u", "late")

    assert stage.open == ["mend"]


def test_a_message_goes_to_one_wait_only() -> None:
    body = "<startEvent id='s'/><receiveTask id='a' messageRef='M'/><receiveTask id='b' messageRef='M'/>"
    body += user_task("u") + flows("s>a", "s>b", "a>u")
    stage = Stage(process(body, roots=ROOTS)).start(key="k")

    stage.message("a")

    assert stage.open == ["u"]
    assert [wait.element_id for wait in stage.waits(bpmn.MessageCatch)] == ["b"]


def test_a_signal_end_event_reaches_the_instance_s_own_catchers() -> None:
    body = (
        "<startEvent id='s'/>" + user_task("u") + "<endEvent id='e'><signalEventDefinition signalRef='G'/></endEvent>"
        "<intermediateCatchEvent id='c'><signalEventDefinition signalRef='G'/></intermediateCatchEvent>"
        + user_task("v") + flows("s>u", "u>e", "s>c", "c>v")
    )  # fmt: skip
    stage = Stage(process(body, roots=ROOTS)).start()

    stage.complete("u")

    assert stage.open == ["v"]


def test_a_link_leads_to_its_target() -> None:
    body = (
        "<startEvent id='s'/><intermediateThrowEvent id='t'><linkEventDefinition name='A'/></intermediateThrowEvent>"
        "<intermediateCatchEvent id='c'><linkEventDefinition name='A'/></intermediateCatchEvent>"
        + user_task("u") + flows("s>t", "c>u")
    )  # fmt: skip

    assert Stage(process(body)).start().open == ["u"]


def test_the_first_event_after_an_event_based_gateway_decides() -> None:
    body = (
        "<startEvent id='s'/><eventBasedGateway id='g'/>"
        f"<intermediateCatchEvent id='m'>{DEFINITIONS['message']}</intermediateCatchEvent>"
        f"<intermediateCatchEvent id='t'>{DEFINITIONS['timer']}</intermediateCatchEvent>"
        + user_task("a") + user_task("b") + flows("s>g", "g>m", "g>t", "m>a", "t>b")
    )  # fmt: skip
    stage = Stage(process(body, roots=ROOTS)).start(key="k")

    stage.message("m", paper="x")
    stage.pass_time(hours=2)

    assert stage.open == ["a"]
    assert stage.variables["paper"] == "x"
    assert [wait for wait in stage.waits() if not isinstance(wait, bpmn.UserTask)] == []


COMPENSATION = (
    "<startEvent id='s'/>" + user_task("a") + user_task("b")
    + "<boundaryEvent id='ca' attachedToRef='a'><compensateEventDefinition/></boundaryEvent>"
    "<boundaryEvent id='cb' attachedToRef='b'><compensateEventDefinition/></boundaryEvent>"
    + user_task("undo_a", attributes='isForCompensation="true"')
    + user_task("undo_b", attributes='isForCompensation="true"')
    + "<association id='x' sourceRef='ca' targetRef='undo_a'/><association id='y' sourceRef='cb' targetRef='undo_b'/>"
    "<intermediateThrowEvent id='undo'><compensateEventDefinition{}/></intermediateThrowEvent>"
    + user_task("after") + flows("s>a", "a>b", "b>undo", "undo>after")
)  # fmt: skip


def test_handlers_begin_with_the_latest_and_all_are_waited_for() -> None:
    stage = Stage(process(COMPENSATION.format(""))).start()

    stage.complete("a").complete("b")
    undoing = stage.open
    stage.complete("undo_a")
    half = stage.open
    stage.complete("undo_b")

    assert (undoing, half, stage.open) == (["undo_b", "undo_a"], ["undo_b"], ["after"])


def test_one_activity_can_be_undone_alone() -> None:
    stage = Stage(process(COMPENSATION.format(" activityRef='a'"))).start()

    stage.complete("a").complete("b")

    assert stage.open == ["undo_a"]


def test_a_failed_subscription_of_the_process_is_an_incident_at_the_process() -> None:
    body = "<startEvent id='s'/>" + user_task("u") + flows("s>u") + handler("message", False)
    stage = Stage(process(body, roots=ROOTS)).start()
    stuck = stage.incidents

    stage.set(key="k")
    stage.retry("p")

    assert stuck == [("p", "EXTRACT_VALUE_ERROR", "bpmn.correlation_key_null")]
    assert stage.open == ["u"]
    assert stage.wait("hs", bpmn.MessageCatch).correlation_key == "k"
