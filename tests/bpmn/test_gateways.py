"""Gateways and flows: which way a token goes, and what waits for what."""

from __future__ import annotations

import pytest

from tests.bpmn.stage import Stage, flows, process, user_task

TASKS = user_task("a") + user_task("b") + user_task("c")

CHOICES = [
    ("exclusive: first that holds", "<exclusiveGateway id='g' default='g_c'/>",
     ["g>a: =n > 0", "g>b: =n > 1", "g>c"], 5, ["a"]),
    ("exclusive: default", "<exclusiveGateway id='g' default='g_c'/>", ["g>a: =n > 8", "g>c"], 5, ["c"]),
    ("exclusive: null is false", "<exclusiveGateway id='g' default='g_c'/>", ["g>a: =missing", "g>c"], 5, ["c"]),
    ("inclusive: all that hold", "<inclusiveGateway id='g' default='g_c'/>",
     ["g>a: =n > 0", "g>b: =n > 1", "g>c"], 5, ["a", "b"]),
    ("inclusive: default", "<inclusiveGateway id='g' default='g_c'/>", ["g>a: =n > 8", "g>c"], 5, ["c"]),
    ("inclusive: an unconditional flow too", "<inclusiveGateway id='g'/>", ["g>a: =n > 8", "g>c"], 5, ["c"]),
    ("parallel", "<parallelGateway id='g'/>", ["g>a", "g>b", "g>c"], 5, ["a", "b", "c"]),
    ("task: all", "<task id='g'/>", ["g>a", "g>b"], 5, ["a", "b"]),
    ("task: conditional", "<task id='g'/>", ["g>a: =n > 8", "g>b"], 5, ["b"]),
    ("task: default", "<task id='g' default='g_c'/>", ["g>a: =n > 8", "g>c"], 5, ["c"]),
    ("task: conditional before default", "<task id='g' default='g_c'/>", ["g>a: =n > 1", "g>c"], 5, ["a"]),
]  # fmt: skip


@pytest.mark.parametrize(("node", "pairs", "n", "open_"), [row[1:] for row in CHOICES], ids=[row[0] for row in CHOICES])
def test_a_token_takes_the_flows_that_hold(node: str, pairs: list[str], n: int, open_: list[str]) -> None:
    reached = "".join(f"<sequenceFlow id='x{t}' sourceRef='x' targetRef='{t}'/>" for t in "abc")
    body = "<startEvent id='s'/>" + node + TASKS + "<task id='x'/>" + reached
    # Every task has a second way in, so that none is unreachable in the diagram.
    body += "<exclusiveGateway id='never' default='never_g'/>" + flows("s>never", "never>g", "never>x: =false", *pairs)

    assert Stage(process(body)).start(n=n).open == open_


JOIN = (
    "<startEvent id='s'/><inclusiveGateway id='f' default='f_c'/><inclusiveGateway id='j'/>"
    + TASKS + user_task("after") + flows("s>f", "f>a: =x", "f>b: =y", "f>c", "a>j", "b>j", "c>j", "j>after")
)  # fmt: skip


@pytest.mark.parametrize(("x", "y", "order"), [(True, True, "ab"), (True, True, "ba"), (True, False, "a")])
def test_an_inclusive_join_waits_for_the_tokens_that_can_come(x: bool, y: bool, order: str) -> None:
    stage = Stage(process(JOIN)).start(x=x, y=y)

    for task in order:
        assert stage.open != ["after"]
        stage.complete(task)

    assert stage.open == ["after"]


def test_an_inclusive_join_does_not_wait_for_a_branch_that_went_elsewhere() -> None:
    body = (
        "<startEvent id='s'/><parallelGateway id='f'/><inclusiveGateway id='j'/>" + TASKS
        + "<exclusiveGateway id='x' default='x_j'/><endEvent id='e'/>"
        + flows("s>f", "f>a", "f>b", "a>j", "b>x", "x>j", "x>e: =gone", "j>c")
    )  # fmt: skip
    stage = Stage(process(body)).start(gone=True)

    stage.complete("a")
    waiting = stage.open
    stage.complete("b")

    assert (waiting, stage.open) == (["b"], ["c"])


def test_a_parallel_join_takes_one_token_of_each_flow_and_keeps_the_rest() -> None:
    body = (
        "<startEvent id='s'/><exclusiveGateway id='m'/><parallelGateway id='j'/>" + TASKS + user_task("after")
        + flows("s>a", "s>b", "s>c", "a>m", "b>m", "m>j", "c>j", "j>after")
    )  # fmt: skip
    stage = Stage(process(body)).start()

    stage.complete("a").complete("b").complete("c")

    assert stage.open == ["after"]
    assert stage.state == "active"
    stage.complete("after")
    assert stage.state == "active"  # one token waits at the join for ever, as drawn


def test_a_flow_without_id_is_a_flow() -> None:
    body = "<startEvent id='s'/><task id='t'/><endEvent id='e'/>"
    body += "<sequenceFlow sourceRef='s' targetRef='t'/><sequenceFlow sourceRef='t' targetRef='e'/>"

    assert Stage(process(body)).start().state == "completed"


def test_a_sub_process_without_end_event_ends_with_its_last_token() -> None:
    body = "<startEvent id='s'/><subProcess id='p1'><startEvent id='i'/>" + user_task("a") + flows("i>a")
    stage = Stage(process(body + "</subProcess>" + user_task("b") + flows("s>p1", "p1>b"))).start()

    assert stage.complete("a").open == ["b"]
