"""Event sub-processes: every start, interrupting or not, at every level; and what they do to what is around them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service import bpmn
from tests.bpmn.stage import Stage, ext, flows, process, user_task

ROOTS = (
    '<error id="E" errorCode="late"/><escalation id="X" escalationCode="L1"/><signal id="G" name="alarm"/>'
    '<message id="M" name="paper">' + ext('<zeebe:subscription correlationKey="=key"/>') + "</message>"
)

DEFINITIONS = {
    "message": "<messageEventDefinition messageRef='M'/>",
    "signal": "<signalEventDefinition signalRef='G'/>",
    "timer": "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
    "conditional": "<conditionalEventDefinition><condition>=go = true</condition></conditionalEventDefinition>",
    "error": "<errorEventDefinition errorRef='E'/>",
    "escalation": "<escalationEventDefinition escalationRef='X'/>",
}
KINDS = [(kind, interrupting) for kind in DEFINITIONS for interrupting in (True, False)
         if interrupting or kind != "error"]  # fmt: skip


def _error(stage: Stage) -> None:
    stage.error("u", "late")


def _escalation(stage: Stage) -> None:
    stage.workflow.throw_escalation(stage.wait("u", bpmn.UserTask).key, "L1")
    stage.settle()


def _signal(stage: Stage) -> None:
    stage.workflow.deliver_signal(stage.wait("hs", bpmn.SignalCatch).key)
    stage.settle()


HAPPEN: dict[str, Callable[[Stage], object]] = {
    "message": lambda stage: stage.message("hs"),
    "signal": _signal,
    "timer": lambda stage: stage.pass_time(hours=1),
    "conditional": lambda stage: stage.set(go=True),
    "error": _error,
    "escalation": _escalation,
}


def handler(kind: str, interrupting: bool) -> str:
    flag = str(interrupting).lower()
    return (
        "<subProcess id='h' triggeredByEvent='true'>"
        f"<startEvent id='hs' isInterrupting='{flag}'>{DEFINITIONS[kind]}</startEvent>"
        + user_task("ht") + flows("hs>ht") + "</subProcess>"
    )  # fmt: skip


LOOP = (
    "<multiInstanceLoopCharacteristics isSequential='{}'>"
    + ext('<zeebe:loopCharacteristics inputCollection="=items" inputElement="item"/>')
    + "</multiInstanceLoopCharacteristics>"
)


def inside(first: str, kind: str, interrupting: bool) -> str:
    """The scope under test: two tasks side by side and the event sub-process."""
    return user_task("u") + user_task("w") + flows(f"{first}>u", f"{first}>w") + handler(kind, interrupting)


def level(name: str, kind: str, interrupting: bool) -> list[bytes]:
    """Files in which the scope under test stands at a level, with the task `after` behind it."""
    body = inside("i", kind, interrupting)
    start = "<startEvent id='i'/>"
    after = user_task("after")
    match name:
        case "process":
            return [process(start + body, roots=ROOTS)]
        case "embedded":
            inner = f"<subProcess id='sub'>{start}{body}</subProcess>"
        case "nested":
            inner = (
                f"<subProcess id='sub'><startEvent id='o'/><subProcess id='sub2'>{start}{body}</subProcess>"
                + flows("o>sub2") + "</subProcess>"
            )  # fmt: skip
        case "transaction":
            inner = f"<transaction id='sub'>{start}{body}</transaction>"
        case "turn side by side" | "turn in order":
            inner = (
                f"<subProcess id='sub'>{LOOP.format(str(name == 'turn in order').lower())}{start}{body}</subProcess>"
            )
        case "event sub-process":
            inner = (
                "<subProcess id='sub'><startEvent id='o'/><task id='ot'/>"
                "<subProcess id='outer' triggeredByEvent='true'>"
                "<startEvent id='i' isInterrupting='false'><conditionalEventDefinition><condition>=true</condition>"
                f"</conditionalEventDefinition></startEvent>{body}</subProcess>" + flows("o>ot") + "</subProcess>"
            )
        case _:
            inner = "<callActivity id='sub'>" + ext('<zeebe:calledElement processId="low"/>') + "</callActivity>"
    files = [process("<startEvent id='s'/>" + inner + after + flows("s>sub", "sub>after"), roots=ROOTS)]
    if name == "called process":
        files.append(process(start + body, "low", roots=ROOTS))
    return files


LEVELS = ("process", "embedded", "nested", "transaction", "turn side by side", "turn in order", "event sub-process",
          "called process")  # fmt: skip


@pytest.mark.parametrize("where", LEVELS)
@pytest.mark.parametrize(("kind", "interrupting"), KINDS, ids=[f"{k}-{'int' if i else 'non'}" for k, i in KINDS])
def test_it_begins_when_its_event_comes_and_its_scope_goes_on_after_it(
    kind: str, interrupting: bool, where: str
) -> None:
    stage = Stage(*level(where, kind, interrupting)).start(key="k", go=False, items=[1])
    before = stage.open

    if kind == "conditional" and where == "called process":
        stage.workflow.set_variables(stage.wait("u").instance_key, {"go": True})
        stage.settle()
    else:
        HAPPEN[kind](stage)

    assert before == ["u", "w"]
    assert stage.open == (["ht"] if interrupting else ["u", "w", "ht"])
    for task in list(stage.open):
        assert "after" not in stage.open
        stage.complete(task)
    assert stage.open == ([] if where == "process" else ["after"])
    assert stage.incidents == []


@pytest.mark.parametrize("where", LEVELS)
@pytest.mark.parametrize("kind", ["message", "signal", "escalation", "conditional"])
def test_one_that_does_not_interrupt_begins_as_often_as_its_event_comes(kind: str, where: str) -> None:
    stage = Stage(*level(where, kind, False)).start(key="k", go=False, items=[1])

    for _ in range(3):
        if kind == "conditional":
            for go in (False, True):
                stage.workflow.set_variables(stage.wait("u").instance_key, {"go": go})
                stage.settle()
        else:
            HAPPEN[kind](stage)

    assert sorted(stage.open) == ["ht", "ht", "ht", "u", "w"]


@pytest.mark.parametrize("kind", [kind for kind, interrupting in KINDS if interrupting])
def test_one_turn_s_event_sub_process_leaves_the_other_turns_alone(kind: str) -> None:
    stage = Stage(*level("turn side by side", kind, True)).start(key="k", go=False, items=[1, 2])

    if kind in ("signal", "timer", "conditional"):  # reach every turn
        HAPPEN[kind](stage)
        if kind == "signal":
            _signal(stage)
        assert stage.open == ["ht", "ht"]
    else:
        HAPPEN[kind](stage)
        assert sorted(stage.open) == ["ht", "u", "w"]
        for task in ("ht", "u"):
            stage.complete(task)
        stage.complete("w")
        assert stage.open == ["after"]
