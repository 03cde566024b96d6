"""Elements inside one another and one after another: what a diagram may combine runs as BPMN says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from service import bpmn
from tests.bpmn.stage import Stage, ext, flows, process, user_task

ROOTS = (
    '<error id="E" errorCode="late"/><escalation id="X" escalationCode="L1"/><signal id="G" name="alarm"/>'
    '<message id="M" name="paper">' + ext('<zeebe:subscription correlationKey="=key"/>') + "</message>"
)
START = "<startEvent id='s'/>"


def sub(element_id: str, body: str, tag: str = "subProcess", inner: str = "") -> str:
    return f"<{tag} id='{element_id}'>{inner}{body}</{tag}>"


def handler(element_id: str, definition: str, body: str = "", interrupting: bool = True, first: str = "") -> str:
    """An event sub-process with a user task `first`, or with a body of its own."""
    name = first or f"{element_id}_u"
    flag = str(interrupting).lower()
    inside = body or user_task(name) + flows(f"{element_id}_s>{name}")
    return (
        f"<subProcess id='{element_id}' triggeredByEvent='true'>"
        f"<startEvent id='{element_id}_s' isInterrupting='{flag}'>{definition}</startEvent>{inside}</subProcess>"
    )


def boundary(element_id: str, host: str, definition: str, interrupting: bool = True) -> str:
    flag = str(interrupting).lower()
    return (
        f"<boundaryEvent id='{element_id}' attachedToRef='{host}' cancelActivity='{flag}'>{definition}</boundaryEvent>"
    )


def throw(element_id: str, definition: str) -> str:
    return f"<intermediateThrowEvent id='{element_id}'>{definition}</intermediateThrowEvent>"


def end(element_id: str, definition: str = "") -> str:
    return f"<endEvent id='{element_id}'>{definition}</endEvent>"


def timer(kind: str, text: str) -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def call(element_id: str, process_id: str, inner: str = "", attributes: str = "") -> str:
    return (
        f"<callActivity id='{element_id}'>"
        + ext(f'<zeebe:calledElement processId="{process_id}" {attributes}/>')
        + f"{inner}</callActivity>"
    )


def many(collection: str, element: str = "item", more: str = "", sequential: bool = False, inner: str = "") -> str:
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        + ext(f'<zeebe:loopCharacteristics inputCollection="{collection}" inputElement="{element}" {more}/>')
        + inner
        + "</multiInstanceLoopCharacteristics>"
    )


def condition(text: str) -> str:
    return f"<conditionalEventDefinition><condition>{text}</condition></conditionalEventDefinition>"


ERROR = '<errorEventDefinition errorRef="E"/>'
ESCALATION = '<escalationEventDefinition escalationRef="X"/>'
SIGNAL = '<signalEventDefinition signalRef="G"/>'
MESSAGE = '<messageEventDefinition messageRef="M"/>'
CANCEL = "<cancelEventDefinition/>"
COMPENSATE = "<compensateEventDefinition/>"
COUNTED = "<multiInstanceLoopCharacteristics><loopCardinality>${n}</loopCardinality></multiInstanceLoopCharacteristics>"
SET_GO = "<scriptTask id='set'>" + ext('<zeebe:script expression="=1" resultVariable="set"/>') + "</scriptTask>"
TERMINATE = "<terminateEventDefinition/>"


def undo(of: str, handler_id: str) -> str:
    """A compensation boundary event with the user task that undoes."""
    return (
        boundary(f"c_{of}", of, COMPENSATE)
        + user_task(handler_id, attributes="isForCompensation='true'")
        + f"<association id='for_{of}' sourceRef='c_{of}' targetRef='{handler_id}'/>"
    )


Step = Callable[[Stage], object]


def does(*element_ids: str) -> Step:
    def step(stage: Stage) -> None:
        for element_id in element_ids:
            stage.complete(element_id)

    return step


def got(element_id: str) -> Step:
    return lambda stage: stage.message(element_id)


def signalled(element_id: str) -> Step:
    def step(stage: Stage) -> None:
        stage.workflow.deliver_signal(stage.wait(element_id, bpmn.SignalCatch).key)
        stage.settle()

    return step


def later(**delta: int) -> Step:
    return lambda stage: stage.pass_time(**delta)


def given(**variables: object) -> Step:
    return lambda stage: stage.set(**variables)


def has(**variables: object) -> Step:
    def step(stage: Stage) -> None:
        assert {name: stage.variables[name] for name in variables} == variables

    return step


def sees(element_id: str, **variables: list[object]) -> Step:
    """What the open tasks of an element see, oldest first."""

    def step(stage: Stage) -> None:
        waits = [wait for wait in stage.waits(bpmn.UserTask) if wait.element_id == element_id]
        for name, values in variables.items():
            assert [stage.workflow.variables(wait.key)[name] for wait in waits] == values

    return step


def failing(element_id: str) -> Step:
    return lambda stage: stage.error(element_id, "late")


Case = tuple[str, list[bytes], list[tuple[Step | None, list[str]]]]

CASES: list[Case] = [
    (
        "a cancel end in a transaction inside a transaction leaves only the inner one",
        [process(
            START
            + sub("outer", "<startEvent id='os'/>" + sub(
                "inner", "<startEvent id='is'/>" + user_task("a") + undo("a", "undo_a") + end("ie", CANCEL)
                + flows("is>a", "a>ie"), "transaction")
            + boundary("bi", "inner", CANCEL) + user_task("after_inner") + flows("os>inner", "bi>after_inner"),
            "transaction")
            + boundary("bo", "outer", CANCEL) + user_task("after_outer") + user_task("done")
            + flows("s>outer", "bo>after_outer", "outer>done"), roots=ROOTS)],
        [(None, ["a"]), (does("a"), ["undo_a"]), (does("undo_a"), ["after_inner"]), (does("after_inner"), ["done"])],
    ),
    (
        "a cancel end without boundary event leaves the transaction as it would end",
        [process(
            START + sub("t", "<startEvent id='is'/>" + user_task("a") + undo("a", "undo_a") + end("ie", CANCEL)
                        + flows("is>a", "a>ie"), "transaction")
            + user_task("done") + flows("s>t", "t>done"), roots=ROOTS)],
        [(does("a"), ["undo_a"]), (does("undo_a"), ["done"])],
    ),
    (
        "an escalation goes up through two calls and does not stop what threw it",
        [process(START + call("c", "mid") + boundary("b", "c", ESCALATION, False) + user_task("told")
                 + flows("s>c", "b>told"), roots=ROOTS),
         process("<startEvent id='ms'/>" + call("mc", "low") + flows("ms>mc"), "mid"),
         process("<startEvent id='ls'/>" + throw("up", ESCALATION) + user_task("goes_on")
                 + flows("ls>up", "up>goes_on"), "low", roots=ROOTS)],
        [(None, ["told", "goes_on"])],
    ),
    (
        "an error goes up through two calls and ends both",
        [process(START + call("c", "mid") + boundary("b", "c", ERROR) + user_task("told") + flows("s>c", "b>told"),
                 roots=ROOTS),
         process("<startEvent id='ms'/>" + call("mc", "low") + flows("ms>mc"), "mid"),
         process("<startEvent id='ls'/><parallelGateway id='g'/>" + user_task("other") + end("x", ERROR)
                 + flows("ls>g", "g>other", "g>x"), "low", roots=ROOTS)],
        [(None, ["told"])],
    ),
    (
        "compensation inside a multi-instance sub-process undoes that turn only",
        [process(
            START + sub("m", "<startEvent id='is'/>" + user_task("a") + undo("a", "undo_a")
                        + "<exclusiveGateway id='g' default='g_ok'/>" + throw("back", COMPENSATE) + end("ok")
                        + flows("is>a", "a>g", "g>back: =item = 2", "g>ok"), inner=many("=[1, 2]"))
            + user_task("done") + flows("s>m", "m>done"), roots=ROOTS)],
        [(None, ["a", "a"]), (does("a"), ["a"]), (does("a"), ["undo_a"]), (does("undo_a"), ["done"])],
    ),
    (
        "compensation of a multi-instance activity undoes every turn's work at once",
        [process(
            START + user_task("a", many("=[1, 2]")) + undo("a", "undo_a") + throw("back", COMPENSATE)
            + user_task("done") + flows("s>a", "a>back", "back>done"), roots=ROOTS)],
        [(does("a", "a"), ["undo_a", "undo_a"]), (does("undo_a", "undo_a"), ["done"])],
    ),
    (
        "an event sub-process undoes its own work and that of the scope it handles, the latest first",
        [process(
            START + user_task("a") + undo("a", "undo_a") + user_task("b") + flows("s>a", "a>b")
            + handler("h", ERROR, user_task("v") + undo("v", "undo_v") + throw("back", COMPENSATE) + user_task("z")
                      + flows("h_s>v", "v>back", "back>z")), roots=ROOTS)],
        [(does("a"), ["b"]), (failing("b"), ["v"]), (does("v"), ["undo_v", "undo_a"]),
         (does("undo_a"), ["undo_v"]), (does("undo_v"), ["z"])],
    ),
    (
        "an event sub-process that undoes a sub-process leaves alone what was done around it",
        [process(
            START + user_task("o") + undo("o", "undo_o")
            + sub("p1", "<startEvent id='is'/>" + user_task("a") + undo("a", "undo_a") + flows("is>a")
                  + handler("h", COMPENSATE, throw("back", COMPENSATE) + user_task("z") + flows("h_s>back", "back>z")))
            + throw("all", "<compensateEventDefinition activityRef='p1'/>") + user_task("done")
            + flows("s>o", "o>p1", "p1>all", "all>done"), roots=ROOTS)],
        [(does("o", "a"), ["undo_a"]), (does("undo_a"), ["z"]), (does("z"), ["done"])],
    ),
    (
        "a sub-process that a boundary event undoes is undone by that alone",
        [process(
            START + sub("p1", "<startEvent id='is'/>" + user_task("a") + undo("a", "undo_a") + flows("is>a"))
            + undo("p1", "undo_p1") + throw("back", COMPENSATE) + user_task("done")
            + flows("s>p1", "p1>back", "back>done"))],
        [(does("a"), ["undo_p1"]), (does("undo_p1"), ["done"])],
    ),
    (
        "turns in order are undone the latest first, each with its own item",
        [process(
            START + sub("m", "<startEvent id='is'/>" + user_task("a") + undo("a", "undo_a") + flows("is>a"),
                        inner=many("=[1, 2]", sequential=True))
            + throw("back", COMPENSATE) + user_task("done") + flows("s>m", "m>back", "back>done"))],
        [(does("a", "a"), ["undo_a", "undo_a"]), (sees("undo_a", item=[2, 1]), ["undo_a", "undo_a"]),
         (does("undo_a", "undo_a"), ["done"])],
    ),
    (
        "an activity that was done three times in a loop is undone three times",
        [process(
            START + "<exclusiveGateway id='m'/>" + user_task("a") + undo("a", "undo_a")
            + "<exclusiveGateway id='x' default='x_back'/>" + throw("back", COMPENSATE) + user_task("done")
            + flows("s>m", "m>a", "a>x", "x>m: =again", "x>back", "back>done"))],
        [(given(again=True), ["a"]), (does("a", "a"), ["a"]), (given(again=False), ["a"]),
         (does("a"), ["undo_a", "undo_a", "undo_a"]), (does("undo_a", "undo_a", "undo_a"), ["done"])],
    ),
    (
        "a second compensation finds nothing left to undo",
        [process(
            START + user_task("a") + undo("a", "undo_a") + throw("b1", COMPENSATE) + throw("b2", COMPENSATE)
            + user_task("done") + flows("s>a", "a>b1", "b1>b2", "b2>done"))],
        [(does("a"), ["undo_a"]), (does("undo_a"), ["done"])],
    ),
    (
        "a true condition at the boundary interrupts before the next step inside runs",
        [process(
            START + sub("p1", "<startEvent id='is'/>" + SET_GO + user_task("never") + flows("is>set", "set>never"))
            + boundary("b", "p1", condition("=set = 1")) + user_task("c") + flows("s>p1", "b>c"))],
        [(None, ["c"])],
    ),
    (
        "a signal thrown in a called process interrupts the call before the next step runs",
        [process(START + call("cc", "low") + boundary("b", "cc", SIGNAL) + user_task("c") + flows("s>cc", "b>c"),
                 roots=ROOTS),
         process("<startEvent id='ls'/>" + throw("x", SIGNAL) + user_task("never") + flows("ls>x", "x>never"), "low",
                 roots=ROOTS)],
        [(None, ["c"])],
    ),
    (
        "an escalation from every turn fires a boundary event that does not interrupt, each time",
        [process(
            START + sub("m", "<startEvent id='is'/>" + throw("t", ESCALATION) + user_task("a") + flows("is>t", "t>a"),
                        inner=many("=[1, 2, 3]"))
            + boundary("b", "m", ESCALATION, False) + user_task("told") + flows("s>m", "b>told"), roots=ROOTS)],
        [(None, ["a", "a", "a", "told", "told", "told"])],
    ),
    (
        "an error out of one of several calls ends them all",
        [process(START + call("cc", "low", many("=[1, 2]")) + boundary("b", "cc", ERROR) + user_task("c")
                 + flows("s>cc", "b>c"), roots=ROOTS),
         process("<startEvent id='ls'/>" + user_task("u") + end("x", ERROR) + flows("ls>u", "u>x"), "low",
                 roots=ROOTS)],
        [(None, ["u", "u"]), (does("u"), ["c"])],
    ),
    (
        "a message reaches the boundary of a multi-instance activity as often as it comes",
        [process(START + user_task("u", many("=[1, 2]")) + boundary("b", "u", MESSAGE, False) + user_task("c")
                 + flows("s>u", "b>c"), roots=ROOTS)],
        [(got("b"), ["u", "u", "c"]), (got("b"), ["u", "u", "c", "c"]), (does("u", "u"), ["c", "c"])],
    ),
    (
        "flows with conditions lead out of sub-process, boundary event and multi-instance activity alike",
        [process(
            START + sub("p1", "<startEvent id='is'/>") + user_task("m", many("=[1]")) + user_task("no")
            + boundary("b", "m", MESSAGE) + user_task("left") + user_task("right")
            + flows("s>p1", "p1>m: =n = 0", "p1>no: =n > 0", "m>no: =n > 5", "m>right: =n = 3", "b>left: =n = 0",
                    "b>right: =n > 0"), roots=ROOTS)],
        [(None, ["m"]), (given(n=3), ["m"]), (got("b"), ["right"])],
    ),
    (
        "a completed sub-process is undone by the handlers inside it, the latest first",
        [process(
            START + sub("p1", "<startEvent id='is'/>" + user_task("a") + user_task("b") + undo("a", "undo_a")
                        + undo("b", "undo_b") + flows("is>a", "a>b"))
            + throw("back", COMPENSATE) + user_task("done") + flows("s>p1", "p1>back", "back>done"), roots=ROOTS)],
        [(does("a", "b"), ["undo_b", "undo_a"]), (does("undo_b", "undo_a"), ["done"])],
    ),
    (
        "a compensation end waits for its handlers",
        [process(START + user_task("a") + undo("a", "undo_a") + end("e", COMPENSATE) + flows("s>a", "a>e"),
                 roots=ROOTS)],
        [(does("a"), ["undo_a"]), (does("undo_a"), [])],
    ),
    (
        "what has not completed is not undone",
        [process(
            START + "<parallelGateway id='g'/>" + user_task("a") + undo("a", "undo_a") + user_task("b")
            + throw("back", COMPENSATE) + user_task("done") + flows("s>g", "g>a", "g>b", "b>back", "back>done"),
            roots=ROOTS)],
        [(does("b"), ["a", "done"])],
    ),
    (
        "a conditional boundary event that does not interrupt fires at every rise",
        [process(
            START + user_task("u") + boundary("b", "u", condition("=n > 5"), False) + user_task("told")
            + flows("s>u", "b>told"))],
        [(given(n=1), ["u"]), (given(n=6), ["u", "told"]), (given(n=1), ["u", "told"]),
         (given(n=7), ["u", "told", "told"])],
    ),
    (
        "a conditional boundary event that holds at once keeps the activity from beginning",
        [process(START + user_task("u") + boundary("b", "u", condition("=true")) + user_task("told")
                 + flows("s>u", "b>told"))],
        [(None, ["told"])],
    ),
    (
        "links inside a sub-process are of that sub-process",
        [process(
            START + throw("t", "<linkEventDefinition name='A'/>")
            + "<intermediateCatchEvent id='c'><linkEventDefinition name='A'/></intermediateCatchEvent>"
            + sub("p1", "<startEvent id='is'/>" + throw("it", "<linkEventDefinition name='A'/>")
                  + "<intermediateCatchEvent id='ic'><linkEventDefinition name='A'/></intermediateCatchEvent>"
                  + user_task("inside") + flows("is>it", "ic>inside"))
            + user_task("done") + flows("s>t", "c>p1", "p1>done"))],
        [(None, ["inside"]), (does("inside"), ["done"])],
    ),
    (
        "two sources of one link lead to one target",
        [process(
            START + "<parallelGateway id='g'/>" + throw("t1", "<linkEventDefinition name='A'/>")
            + throw("t2", "<linkEventDefinition name='A'/>")
            + "<intermediateCatchEvent id='c'><linkEventDefinition name='A'/></intermediateCatchEvent>"
            + user_task("u") + flows("s>g", "g>t1", "g>t2", "c>u"))],
        [(None, ["u", "u"])],
    ),
    (
        "an inclusive join in a loop waits anew in every turn",
        [process(
            START + "<exclusiveGateway id='m'/><inclusiveGateway id='f'/><inclusiveGateway id='j'/>"
            "<exclusiveGateway id='x' default='x_done'/>" + user_task("a") + user_task("b") + user_task("done")
            + flows("s>m", "m>f", "f>a: =true", "f>b: =true", "a>j", "b>j", "j>x", "x>m: =again", "x>done"))],
        [(given(again=True), ["a", "b"]), (does("a"), ["b"]), (does("b"), ["a", "b"]),
         (given(again=False), ["a", "b"]), (does("b", "a"), ["done"])],
    ),
    (
        "an inclusive join does not wait for a token that an interrupting event took away",
        [process(
            START + "<parallelGateway id='f'/><inclusiveGateway id='j'/>" + user_task("a") + user_task("b")
            + boundary("t", "b", timer("timeDuration", "PT1H")) + user_task("late") + user_task("done")
            + flows("s>f", "f>a", "f>b", "a>j", "b>j", "t>late", "j>done"))],
        [(does("a"), ["b"]), (later(hours=1), ["late", "done"])],
    ),
    (
        "a terminate end inside an event sub-process ends that sub-process only",
        [process(
            START + user_task("u") + flows("s>u")
            + handler("h", MESSAGE, "<parallelGateway id='g'/>" + user_task("v") + end("x", TERMINATE)
                      + flows("h_s>g", "g>v", "g>x"), False), roots=ROOTS)],
        [(got("h_s"), ["u"]), (does("u"), [])],
    ),
    (
        "a terminate end in a called process ends that process only",
        [process(START + call("c", "low") + user_task("done") + flows("s>c", "c>done")),
         process("<startEvent id='ls'/><parallelGateway id='g'/>" + user_task("v") + end("x", TERMINATE)
                 + flows("ls>g", "g>v", "g>x"), "low")],
        [(None, ["done"])],
    ),
    (
        "a terminate end in one turn of a multi-instance sub-process ends that turn",
        [process(
            START + sub("m", "<startEvent id='is'/><parallelGateway id='g'/>" + user_task("v") + user_task("w")
                        + end("x", TERMINATE) + flows("is>g", "g>v", "g>w", "v>x"), inner=many("=[1, 2]"))
            + user_task("done") + flows("s>m", "m>done"))],
        [(None, ["v", "w", "v", "w"]), (does("v"), ["v", "w"]), (does("v"), ["done"])],
    ),
    (
        "an event sub-process inside an event sub-process listens while the outer one runs",
        [process(
            START + user_task("u") + flows("s>u")
            + handler("h", MESSAGE, user_task("v") + flows("h_s>v") + handler("hh", SIGNAL, first="w")), roots=ROOTS)],
        [(None, ["u"]), (got("h_s"), ["v"]), (signalled("hh_s"), ["w"]), (does("w"), [])],
    ),
    (
        "a receive task is interrupted by its boundary event and then hears nothing",
        [process(
            START + "<receiveTask id='r' messageRef='M'/>" + boundary("b", "r", timer("timeDuration", "PT1H"))
            + user_task("late") + flows("s>r", "b>late"), roots=ROOTS)],
        [(None, []), (later(hours=1), ["late"])],
    ),
    (
        "calls side by side gather their results in the order of the collection",
        [process(
            START + call("c", "low", many("=[3, 4]", more='outputCollection="all" outputElement="=r"'))
            + user_task("done") + flows("s>c", "c>done")),
         process("<startEvent id='ls'/><scriptTask id='x'>" + ext('<zeebe:script expression="=item * 10" '
                 'resultVariable="r"/>') + "</scriptTask>" + user_task("v") + flows("ls>x", "x>v"), "low")],
        [(does("v", "v"), ["done"]), (has(all=[30, 40]), ["done"])],
    ),
    (
        "a multi-instance sub-process over an empty list is passed, its boundary events with it",
        [process(
            START + sub("m", "<startEvent id='is'/>" + user_task("a") + flows("is>a"), inner=many("=[]"))
            + boundary("b", "m", timer("timeDuration", "PT1H")) + user_task("late") + user_task("done")
            + flows("s>m", "m>done", "b>late"))],
        [(None, ["done"]), (later(hours=2), ["done"])],
    ),
    (
        "a multi-instance activity inside another counts for itself",
        [process(
            START + sub("m", "<startEvent id='is'/>" + user_task("a", many("=inner", "x")) + flows("is>a"),
                        inner=many("=[[1, 2], [], [3]]", "inner", sequential=True))
            + user_task("done") + flows("s>m", "m>done"))],
        [(None, ["a", "a"]), (does("a", "a"), ["a"]), (does("a"), ["done"])],
    ),
    (
        "an interrupting timer on a multi-instance activity ends all turns",
        [process(
            START + user_task("a", many("=[1, 2, 3]")) + boundary("b", "a", timer("timeDuration", "PT1H"))
            + user_task("late") + flows("s>a", "b>late"))],
        [(does("a"), ["a", "a"]), (later(hours=1), ["late"])],
    ),
    (
        "the nearest of several catchers takes an error, and a handler's own error goes outwards",
        [process(
            START + sub("p1", "<startEvent id='is'/>" + user_task("u") + flows("is>u")
                        + handler("h", ERROR, user_task("v") + flows("h_s>v")))
            + boundary("b", "p1", ERROR) + user_task("outside") + flows("s>p1", "b>outside"), roots=ROOTS)],
        [(failing("u"), ["v"]), (failing("v"), ["outside"])],
    ),
    (
        "an interrupting event sub-process of the process ends a call that runs",
        [process(START + call("c", "low") + flows("s>c") + handler("h", MESSAGE, first="v"), roots=ROOTS),
         process("<startEvent id='ls'/>" + user_task("w") + flows("ls>w"), "low")],
        [(None, ["w"]), (got("h_s"), ["v"])],
    ),
    (
        "the process goes on until what a non-interrupting event sub-process began is done",
        [process(START + user_task("u") + flows("s>u") + handler("h", MESSAGE, first="v", interrupting=False),
                 roots=ROOTS)],
        [(got("h_s"), ["u", "v"]), (got("h_s"), ["u", "v", "v"]), (does("u"), ["v", "v"]), (does("v", "v"), [])],
    ),
    (
        "a timer cycle in an event sub-process repeats while the scope lives",
        [process(START + user_task("u") + flows("s>u")
                 + handler("h", timer("timeCycle", "R2/PT1H"), first="v", interrupting=False))],
        [(later(hours=1), ["u", "v"]), (later(hours=5), ["u", "v", "v"])],
    ),
    (
        "an event-based gateway in a loop waits anew",
        [process(
            START + "<exclusiveGateway id='m'/><eventBasedGateway id='g'/>"
            f"<intermediateCatchEvent id='c'>{MESSAGE}</intermediateCatchEvent>"
            f"<intermediateCatchEvent id='t'>{timer('timeDuration', 'PT1H')}</intermediateCatchEvent>"
            + user_task("u") + flows("s>m", "m>g", "g>c", "g>t", "c>m", "t>u"), roots=ROOTS)],
        [(got("c"), []), (got("c"), []), (later(hours=1), ["u"])],
    ),
    (
        "a signal thrown inside reaches boundary, catch and event sub-process alike",
        [process(
            START + "<parallelGateway id='g'/>" + user_task("a") + boundary("b", "a", SIGNAL) + user_task("a2")
            + f"<intermediateCatchEvent id='c'>{SIGNAL}</intermediateCatchEvent>" + user_task("c2") + user_task("go")
            + throw("t", SIGNAL) + flows("s>g", "g>a", "g>c", "g>go", "go>t", "b>a2", "c>c2")
            + handler("h", SIGNAL, first="h2", interrupting=False), roots=ROOTS)],
        [(None, ["a", "go"]), (does("go"), ["a2", "c2", "h2"])],
    ),
    (
        "an implicit end in each of two branches ends the instance when both are there",
        [process(START + "<parallelGateway id='g'/>" + user_task("a") + user_task("b") + flows("s>g", "g>a", "g>b"))],
        [(does("a"), ["b"]), (does("b"), [])],
    ),
    (
        "an escalation end inside a sub-process, not interrupting, lets the sub-process end as well",
        [process(
            START + sub("p1", "<startEvent id='is'/>" + end("ie", ESCALATION) + flows("is>ie"))
            + boundary("b", "p1", ESCALATION, False) + user_task("told") + user_task("done")
            + flows("s>p1", "b>told", "p1>done"), roots=ROOTS)],
        [(None, ["told", "done"])],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("files", "steps"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_combination_runs_as_drawn(files: list[bytes], steps: list[tuple[Step | None, list[str]]]) -> None:
    stage = Stage(*files).start(key="k", again=False, n=0)

    for step, expected in steps:
        if step is not None:
            step(stage)
        assert sorted(stage.open) == sorted(expected)
        assert stage.incidents == []
    assert (stage.state == "completed") is (not steps[-1][1])


def test_several_processes_start_by_one_signal() -> None:
    body = f"<startEvent id='s'>{SIGNAL}</startEvent>" + user_task("u") + flows("s>u")
    found = [bpmn.read(process(body, process_id, roots=ROOTS), "x.bpmn") for process_id in ("p", "q")]

    assert [(t.kind, t.name.value) for file in found for p in file.processes for t in p.starts] == [
        ("signal", "alarm"),
        ("signal", "alarm"),
    ]


def test_a_start_by_cycle_has_its_next_turn() -> None:
    body = f"<startEvent id='s'>{timer('timeCycle', 'R3/PT1H')}</startEvent>" + user_task("u") + flows("s>u")
    trigger = bpmn.read(process(body), "x.bpmn").processes[0].starts[0]
    now = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)

    assert trigger.timer is not None
    found = bpmn.timers.schedule(trigger.timer, "R3/PT1H", now, dt.UTC)
    assert (found.due, found.repetitions, found.interval) == (now + dt.timedelta(hours=1), 2, "PT1H")


@pytest.mark.parametrize("count", ["=-1", "=0.5", '="many"'])
def test_an_impossible_number_of_turns_is_an_incident(count: str) -> None:
    body = START + f"<userTask id='u'>{COUNTED}</userTask>" + flows("s>u")
    value = {"=-1": -1, "=0.5": 0.5, '="many"': "many"}[count]

    stage = Stage(process(body, platform="Camunda Platform")).start(n=value)

    assert stage.incidents == [("u", "EXTRACT_VALUE_ERROR", "bpmn.cardinality_not_number")]


def test_no_turns_at_all_are_passed() -> None:
    body = START + f"<userTask id='u'>{COUNTED}</userTask>" + user_task("v").replace(ext("<zeebe:userTask/>"), "")
    stage = Stage(process(body + flows("s>u", "u>v"), platform="Camunda Platform")).start(n=0)

    assert stage.open == ["v"]


def test_data_objects_and_stores_are_drawn_only() -> None:
    body = (
        "<dataObject id='d'/><dataObjectReference id='dr' dataObjectRef='d' name='File'/>"
        "<dataStoreReference id='ds' name='Archive'/>" + START
        + user_task("u", "<property id='pr' name='__targetRef_placeholder'/><dataInputAssociation id='in'><sourceRef>dr"
                    "</sourceRef><targetRef>pr</targetRef></dataInputAssociation><dataOutputAssociation id='out'>"
                    "<targetRef>ds</targetRef></dataOutputAssociation>")
        + flows("s>u")
    )  # fmt: skip

    assert Stage(process(body)).start().open == ["u"]
