"""Processes drawn at random out of nested blocks: each task is visited as often as drawn, in any order of answers."""

from __future__ import annotations

import itertools
import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service import bpmn
from service.errors import Severity
from tests.bpmn.stage import Stage, ext, flows, process, user_task

Visits = Counter[str]


@dataclass
class Drawing:
    """The elements drawn so far, their flows, and how often a task must be visited each time its block is entered."""

    parts: list[str] = field(default_factory=list)
    pairs: list[str] = field(default_factory=list)
    count: int = 0

    def new(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def xml(self) -> str:
        return "".join(self.parts) + flows(*self.pairs)


Ends = tuple[str, str, Visits]  # first and last element of a block, visits of its tasks
Block = Callable[[Drawing], Ends]


def task(drawing: Drawing) -> Ends:
    name = drawing.new("t")
    drawing.parts.append(user_task(name))
    return name, name, Counter({name: 1})


def sequence(blocks: list[Block]) -> Block:
    def draw(drawing: Drawing) -> Ends:
        ends = [block(drawing) for block in blocks]
        drawing.pairs += [f"{last}>{first}" for (_, last, _), (first, _, _) in itertools.pairwise(ends)]
        return ends[0][0], ends[-1][1], sum((visits for _, _, visits in ends), Visits())

    return draw


def fork(kind: str, blocks: list[Block], taken: list[bool]) -> Block:
    """A split and a join of one kind; `taken` says which ways an exclusive or inclusive one goes."""

    def draw(drawing: Drawing) -> Ends:
        split, join = drawing.new("f"), drawing.new("j")
        visits = Visits()
        found = [block(drawing) for block in blocks]
        ways = [kind == "parallel" or way for way in taken[: len(blocks)]]
        if kind == "exclusive":
            ways = [way and not any(ways[:index]) for index, way in enumerate(ways)]
        default = "" if kind == "parallel" else f"default='{split}_{found[-1][0]}'"
        if kind != "parallel":
            ways[-1] = not any(ways[:-1])
        for number, ((first, last, inside), way) in enumerate(zip(found, ways, strict=True)):
            plain = kind == "parallel" or number == len(found) - 1
            drawing.pairs += [f"{split}>{first}" + ("" if plain else f": ={str(way).lower()}"), f"{last}>{join}"]
            visits += inside if way else Visits()
        drawing.parts.append(f"<{kind}Gateway id='{split}' {default}/><{kind}Gateway id='{join}'/>")
        return split, join, visits

    return draw


def nested(block: Block, loop: str = "", turns: int = 1, extensions: str = "") -> Block:
    def draw(drawing: Drawing) -> Ends:
        inner, name = Drawing(count=drawing.count + 1), drawing.new("p")
        first, last, visits = block(inner)
        drawing.count = inner.count + 2
        start, end = f"s{name}", f"e{name}"
        inner.pairs += [f"{start}>{first}", f"{last}>{end}"]
        body = f"<startEvent id='{start}'/>{inner.xml()}<endEvent id='{end}'/>"
        drawing.parts.append(f"<subProcess id='{name}'>{extensions}{loop}{body}</subProcess>")
        return name, name, Visits({element: count * turns for element, count in visits.items() if count * turns})

    return draw


def many(block: Block, turns: int, sequential: bool) -> Block:
    characteristics = ext(f'<zeebe:loopCharacteristics inputCollection="={list(range(turns))}" inputElement="i"/>')
    loop = (
        f"<multiInstanceLoopCharacteristics isSequential='{str(sequential).lower()}'>{characteristics}"
        "</multiInstanceLoopCharacteristics>"
    )
    return nested(block, loop, turns)


COUNTING = ext('<zeebe:script expression="=turn + 1" resultVariable="turn"/>')


def again(block: Block, turns: int) -> Block:
    """A block in a loop that counts for itself, whatever else counts around or beside it."""

    def circle(drawing: Drawing) -> Ends:
        enter, leave, step = drawing.new("m"), drawing.new("x"), drawing.new("c")
        first, last, visits = block(drawing)
        drawing.parts.append(
            f"<exclusiveGateway id='{enter}'/><exclusiveGateway id='{leave}' default='{leave}_after_{leave}'/>"
            + f"<scriptTask id='{step}'>{COUNTING}</scriptTask><task id='after_{leave}'/>"
        )
        drawing.pairs += [f"{enter}>{first}", f"{last}>{step}", f"{step}>{leave}", f"{leave}>after_{leave}"]
        drawing.pairs += [f"{leave}>{enter}: =turn &lt; {turns}"]
        return enter, f"after_{leave}", Visits({element: count * turns for element, count in visits.items()})

    counter = ext('<zeebe:ioMapping><zeebe:input source="=0" target="turn"/></zeebe:ioMapping>')
    return nested(circle, extensions=counter)


def several(children: st.SearchStrategy[Block]) -> st.SearchStrategy[list[Block]]:
    return st.lists(children, min_size=2, max_size=3)


BLOCKS: st.SearchStrategy[Block] = st.recursive(
    st.just(task),
    lambda children: st.one_of(
        st.builds(sequence, several(children)),
        st.builds(
            fork,
            st.sampled_from(["parallel", "exclusive", "inclusive"]),
            several(children),
            st.lists(st.booleans(), min_size=3, max_size=3),
        ),
        st.builds(nested, children),
        st.builds(many, children, st.integers(0, 3), st.booleans()),
        st.builds(again, children, st.integers(1, 3)),
    ),
    max_leaves=8,
)


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(block=BLOCKS, seed=st.integers(0, 999))
def test_every_task_is_visited_as_often_as_drawn_and_the_process_ends(block: Block, seed: int) -> None:
    drawing = Drawing()
    first, last, expected = block(drawing)
    drawing.parts.append("<startEvent id='start'/><endEvent id='end'/>")
    drawing.pairs += [f"start>{first}", f"{last}>end"]
    xml = process(drawing.xml())
    chance = random.Random(seed)  # noqa: S311 - not for secrets

    stage = Stage(xml).start()
    visits = Visits()
    while tasks := stage.waits(bpmn.UserTask):
        wait = chance.choice(tasks)
        visits[wait.element_id] += 1
        stage.workflow.complete(wait.key, {})
        stage.settle()

    assert visits == expected
    assert (stage.state, stage.waits(), stage.workflow.scopes.keys() - {1}) == ("completed", [], set())


EDGE: dict[str, str] = {
    "nothing in the process": "",
    "only a start": "<startEvent id='s'/>",
    "only an end": "<endEvent id='e'/>",
    "a start at itself": "<startEvent id='s'/>" + flows("s>s"),
    "a task at itself": "<startEvent id='s'/><task id='t'/>" + flows("s>t", "t>t"),
    "a gateway at itself": "<startEvent id='s'/><exclusiveGateway id='g'/>" + flows("s>g", "g>g"),
    "a parallel join of one token": "<startEvent id='s'/><parallelGateway id='f'/><parallelGateway id='j'/>"
    "<exclusiveGateway id='x' default='x_j'/><task id='a'/><task id='b'/>"
    + flows("s>f", "f>j", "f>x", "x>j", "x>a: =true", "j>b"),
    "two flows between the same two": "<startEvent id='s'/><task id='a'/><task id='b'/>" + flows("s>a", "a>b")
    + "<sequenceFlow id='again' sourceRef='a' targetRef='b'/>",
    "an empty sub-process": "<startEvent id='s'/><subProcess id='p1'/>" + flows("s>p1"),
    "a sub-process of a start alone": "<startEvent id='s'/><subProcess id='p1'><startEvent id='i'/></subProcess>"
    + flows("s>p1"),
    "an id of a thousand letters": f"<startEvent id='{'a' * 1000}'/>",
    "an id of Chinese": "<startEvent id='\u5f00\u59cb'/><task id='\u529e\u7406'/>" + flows("\u5f00\u59cb>\u529e\u7406"),
    "an inclusive join that feeds itself": "<startEvent id='s'/><inclusiveGateway id='g' default='g_e'/>"
    "<endEvent id='e'/>" + user_task("u") + flows("s>g", "g>e", "g>u: =again", "u>g"),
    "two inclusive joins that wait for each other": "<startEvent id='s'/><parallelGateway id='f'/>"
    "<inclusiveGateway id='a'/><inclusiveGateway id='b'/><exclusiveGateway id='x' default='x_b'/>"
    "<exclusiveGateway id='y' default='y_e'/><endEvent id='e'/><endEvent id='d'/>"
    + flows("s>f", "f>a", "f>b", "a>x", "x>b", "x>d: =false", "b>y", "y>a: =false", "y>e"),
}  # fmt: skip


@pytest.mark.parametrize("body", EDGE.values(), ids=list(EDGE))
def test_an_odd_drawing_is_refused_or_comes_to_rest(body: str) -> None:
    xml = process(body)
    found = bpmn.read(xml, "x.bpmn")
    if any(finding.severity is Severity.ERROR for finding in found.findings):
        return

    stage = Stage(xml).start()
    stage.settle()

    assert stage.state == "completed" or stage.waits() or stage.workflow.instances


@pytest.mark.parametrize("depth", [1, 150], ids=["one", "as deep as a file may be"])
def test_sub_processes_inside_one_another_open_and_close(depth: int) -> None:
    body = "<startEvent id='s0'/>" + user_task("u") + flows("s0>u")
    for level in range(depth):
        body = f"<startEvent id='s{level + 1}'/><subProcess id='p{level}'>{body}</subProcess>" + flows(
            f"s{level + 1}>p{level}"
        )

    assert Stage(process(body)).start().complete("u").state == "completed"


def steps_of(turns: int) -> int:
    """What a loop of so many turns costs, in calls of the interpreter."""
    body = (
        "<startEvent id='s'/><exclusiveGateway id='m'/><scriptTask id='t'>"
        + ext('<zeebe:script expression="=c + 1" resultVariable="c"/>') + "</scriptTask>"
        "<exclusiveGateway id='g' default='g_m'/><endEvent id='e'/>"
        + flows("s>m", "m>t", "t>g", "g>m", "g>e: =c &gt;= n")
    )  # fmt: skip
    stage = Stage(process(body))
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        stage.start(c=0, n=turns)
    finally:
        sys.setprofile(None)
    assert stage.state == "completed"
    return calls


def test_a_turn_of_a_loop_costs_the_same_however_many_went_before() -> None:
    few, more, most = steps_of(100), steps_of(200), steps_of(800)

    turn = (more - few) / 100
    assert (most - more) / 600 == pytest.approx(turn, rel=0.05)
