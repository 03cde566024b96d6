"""Going back: a task is returned to a step that was finished, or a submission is taken back before anybody saw it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from service import worker
from service.auth import Actor
from service.errors import Conflict, Forbidden, FormRejected
from service.runtime import history, returns, task_verbs, user_tasks
from service.runtime.engine import Engine, SetClock
from service.runtime.jobs import search as search_jobs
from service.runtime.unit import Plugins
from service.runtime.user_tasks import UserTask, UserTaskState
from tests import builders
from tests.builders import call_activity, flow, gateway, line, service_task, sub_process, timer_boundary, user_task
from tests.runtime.site import Site
from tests.runtime.test_task_verbs import Office

ANN = Actor("ann", frozenset({"G"}))
BEA = Actor("bea", frozenset({"G"}))


@pytest.fixture
def site(database_url: str, open_engine: Callable[..., Engine]) -> Site:
    return Site(database_url, open_engine, Plugins(assignments=Office(())))


def step(element_id: str, **options: object) -> str:
    return user_task(element_id, groups="G", **options)  # type: ignore[arg-type]


def open_task(site: Site, element_id: str) -> UserTask:
    return next(task for task in site.tasks() if task.element_id == element_id)


def take(site: Site, element_id: str, who: Actor = ANN) -> UserTask:
    task = open_task(site, element_id)
    site.run(lambda unit: user_tasks.claim(unit, task.key), who)
    return task


def do(site: Site, clock: SetClock, element_id: str, who: Actor = ANN, **values: object) -> UserTask:
    task = take(site, element_id, who)
    site.run(lambda unit: user_tasks.complete(unit, task.key, values), who)
    clock.advance(timedelta(minutes=1))
    return task


def back(site: Site, from_: str, to: str, who: Actor = BEA, *, straight: bool = False) -> UserTask | None:
    task = open_task(site, from_)
    if task.assignee is None:
        site.run(lambda unit: user_tasks.claim(unit, task.key), who)
    goals = site.read(lambda unit: returns.goals(unit, task.key), who)
    goal = next(goal for goal in goals if goal.element_id == to)
    return site.run(lambda unit: returns.return_task(unit, task.key, goal.key, "incomplete", straight=straight), who)


LINE = (step("a"), step("b"), step("c"), line("s", "a", "b", "c", "e"))


def test_a_returned_step_is_done_again_by_who_did_it_with_what_they_had_entered(site: Site, clock: SetClock) -> None:
    site.deploy(builders.a_diagram(*LINE))
    site.start()
    do(site, clock, "a", amount=5)

    again = back(site, "b", "a")

    assert again is not None
    assert site.open_elements() == ["a"]
    assert open_task(site, "a").assignee == "ann"
    assert site.read(lambda unit: user_tasks.draft(unit, again.key), ANN) == {"amount": 5}
    states = {task.element_id: task.state for task in site.tasks(state=None)[:2]}
    assert states == {"a": UserTaskState.COMPLETED, "b": UserTaskState.CANCELED}
    site.complete("a", {"amount": 6})
    assert site.open_elements() == ["b"]
    assert site.variables(again.instance_key)["amount"] == 6


def test_the_steps_offered_are_those_finished_before_the_latest_first(site: Site, clock: SetClock) -> None:
    site.deploy(builders.a_diagram(*LINE))
    site.start()
    do(site, clock, "a")
    do(site, clock, "b")
    task = take(site, "c", BEA)

    goals = site.read(lambda unit: returns.goals(unit, task.key), BEA)

    assert [(goal.element_id, goal.by, goal.straight, goal.refused) for goal in goals] == [
        ("b", "ann", True, None),
        ("a", "ann", True, None),
    ]


@pytest.mark.parametrize(("straight", "following"), [(True, ["c"]), (False, ["b"])])
def test_after_a_return_it_goes_straight_back_or_through_all_steps(
    site: Site, clock: SetClock, straight: bool, following: list[str]
) -> None:
    site.deploy(builders.a_diagram(*LINE))
    site.start()
    do(site, clock, "a")
    do(site, clock, "b")
    task = take(site, "c", BEA)
    site.run(lambda unit: user_tasks.save_draft(unit, task.key, {"note": "half"}), BEA)
    back(site, "c", "a", straight=straight)

    site.run(lambda unit: user_tasks.complete(unit, open_task(site, "a").key), ANN)

    assert site.open_elements() == following
    if straight:
        again = open_task(site, "c")
        assert again.assignee == "bea"
        assert site.read(lambda unit: user_tasks.draft(unit, again.key), BEA) == {"note": "half"}


def test_a_way_back_survives_a_restart(site: Site, clock: SetClock) -> None:
    site.deploy(builders.a_diagram(*LINE))
    site.start()
    do(site, clock, "a")
    do(site, clock, "b")
    back(site, "c", "a", straight=True)

    site.restart()
    site.complete("a")

    assert site.open_elements() == ["c"]


FORK = (
    step("before"),
    gateway("fork"),
    step("a"),
    step("b"),
    step("x"),
    gateway("join"),
    step("after"),
    line("s", "before", "fork", "a", "b", "join", "after", "e"),
    line("fork", "x", "join"),
)


def test_a_return_in_one_branch_leaves_the_other_alone(site: Site, clock: SetClock) -> None:
    site.deploy(builders.a_diagram(*FORK))
    site.start()
    do(site, clock, "before")
    do(site, clock, "a")
    other = open_task(site, "x")

    back(site, "b", "a")

    assert sorted(site.open_elements()) == ["a", "x"]
    assert open_task(site, "x").key == other.key
    for element in ("x", "a", "b"):
        site.complete(element)
    assert site.open_elements() == ["after"]


def test_a_branch_that_has_arrived_at_the_join_stays_there_when_the_other_goes_back(
    site: Site, clock: SetClock
) -> None:
    site.deploy(builders.a_diagram(*FORK))
    site.start()
    do(site, clock, "before")
    do(site, clock, "x")
    do(site, clock, "a")

    back(site, "b", "a")
    site.complete("a")
    site.complete("b")

    assert site.open_elements() == ["after"]


def test_a_return_before_the_fork_is_refused_while_the_other_branch_is_at_work(site: Site, clock: SetClock) -> None:
    site.deploy(builders.a_diagram(*FORK))
    site.start()
    do(site, clock, "before")
    do(site, clock, "a")

    with pytest.raises(Conflict, match="back_ends_others"):
        back(site, "b", "before")

    assert sorted(site.open_elements()) == ["b", "x"]


def test_a_return_before_the_fork_opens_both_branches_once_more(site: Site, clock: SetClock) -> None:
    site.deploy(builders.a_diagram(*FORK))
    site.start()
    do(site, clock, "before")
    do(site, clock, "a")
    do(site, clock, "x")
    with pytest.raises(FormRejected):  # the token that the join has would be missing
        back(site, "b", "before", straight=True)

    back(site, "b", "before")
    for element in ("before", "x", "a", "b"):
        site.complete(element)

    assert site.open_elements() == ["after"]


def test_behind_the_join_both_branches_can_be_gone_back_before(site: Site, clock: SetClock) -> None:
    site.deploy(builders.a_diagram(*FORK))
    site.start()
    for element in ("before", "a", "x", "b"):
        do(site, clock, element)

    back(site, "after", "before")
    for element in ("before", "x", "a", "b"):
        site.complete(element)

    assert site.open_elements() == ["after"]


BEGIN = '<bpmn:startEvent id="s" />'
SUB = BEGIN + sub_process(
    "sub",
    '<bpmn:startEvent id="s2" />',
    step("inner"),
    step("second"),
    '<bpmn:endEvent id="e2" />',
    line("s2", "inner", "second", "e2"),
)
CHILD = builders.a_diagram(step("called"), line("s", "called", "e"), name="c.bpmn", process_id="c")
AWAY: dict[str, tuple[tuple[str, ...], str]] = {
    "a sub-process": ((step("a"), SUB, line("s", "a", "sub", "e")), "inner"),
    "a called process": ((step("a"), call_activity("call", "c"), line("s", "a", "call", "e")), "called"),
    "one of many": (
        (step("a"), user_task("vote", assignee="=person", many=True), line("s", "a", "vote", "e")),
        "vote",
    ),
}


@pytest.mark.parametrize(("parts", "inside"), AWAY.values(), ids=AWAY)
def test_a_return_leaves_what_is_around_the_step_whole(
    site: Site, clock: SetClock, parts: tuple[str, ...], inside: str
) -> None:
    site.deploy(CHILD, builders.a_diagram(*parts))
    site.start(variables={"people": ["bea", "cid"]})
    do(site, clock, "a")

    back(site, inside, "a")

    assert site.open_elements() == ["a"]
    left = site.read(lambda unit: history.flow_nodes(unit, state=history.FlowNodeState.ACTIVE, root_key=open_task(
        site, "a").root_key))  # fmt: skip
    assert {node.element_id for node in left} == {"p", "a"}
    site.complete("a")
    assert set(site.open_elements()) == {inside}


def test_a_step_inside_a_sub_process_goes_back_inside_it(site: Site, clock: SetClock) -> None:
    site.deploy(builders.a_diagram(SUB, line("s", "sub", "e")))
    site.start()
    do(site, clock, "inner")

    back(site, "second", "inner")

    assert site.open_elements() == ["inner"]
    site.complete("inner")
    site.complete("second")
    assert site.tasks() == []


def test_timers_of_the_step_left_are_gone_and_those_of_the_step_gone_to_run_anew(site: Site, clock: SetClock) -> None:
    site.deploy(
        builders.a_diagram(
            step("a"),
            step("b"),
            timer_boundary("ta", "a", duration="PT10M", interrupting=False),
            timer_boundary("tb", "b", duration="PT20M", interrupting=False),
            line("s", "a", "b", "e"),
            '<bpmn:endEvent id="e2" />',
            flow("ta", "e2"),
            flow("tb", "e2"),
        )
    )
    site.start()
    do(site, clock, "a")

    back(site, "b", "a")

    (timer,) = site.read(search_jobs)
    assert (timer.element_id, timer.due_at) == ("ta", clock.now() + timedelta(minutes=10))


def test_a_step_of_an_event_sub_process_does_not_lead_back_into_the_ordinary_course(
    site: Site, clock: SetClock
) -> None:
    handler = BEGIN + sub_process(
        "handler",
        '<bpmn:startEvent id="es" isInterrupting="false"><bpmn:timerEventDefinition id="td"><bpmn:timeDuration '
        'xsi:type="bpmn:tFormalExpression">PT5M</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:startEvent>',
        step("h"),
        '<bpmn:endEvent id="ee" />',
        line("es", "h", "ee"),
        event=True,
    )
    site.deploy(builders.a_diagram(step("a"), step("b"), handler, line("s", "a", "b", "e")))
    site.start()
    do(site, clock, "a")
    clock.advance(timedelta(minutes=5))
    worker.run_until_idle(site.engine)
    task = take(site, "h", BEA)

    goals = site.read(lambda unit: returns.goals(unit, task.key), BEA)

    assert [(goal.element_id, goal.refused and goal.refused[0]) for goal in goals] == [
        ("a", "bpmn.back_out_of_handler")
    ]


def test_only_the_holder_returns_and_only_with_a_reason(site: Site, clock: SetClock) -> None:
    site.deploy(builders.a_diagram(*LINE))
    site.start()
    first = do(site, clock, "a")
    task = take(site, "b", BEA)

    with pytest.raises(Forbidden):
        site.run(lambda unit: returns.return_task(unit, task.key, first.key, "x"), ANN)
    with pytest.raises(FormRejected):
        site.run(lambda unit: returns.return_task(unit, task.key, first.key, " "), BEA)
    with pytest.raises(FormRejected):
        site.run(lambda unit: returns.return_task(unit, task.key, 1, "x"), BEA)
    assert site.open_elements() == ["b"]


def test_a_second_return_of_the_same_task_finds_it_closed(site: Site, clock: SetClock) -> None:
    site.deploy(builders.a_diagram(*LINE))
    site.start()
    first = do(site, clock, "a")
    task = take(site, "b", BEA)
    site.run(lambda unit: returns.return_task(unit, task.key, first.key, "x"), BEA)

    with pytest.raises(Conflict, match="user_task_closed"):
        site.run(lambda unit: returns.return_task(unit, task.key, first.key, "x"), BEA)

    assert site.open_elements() == ["a"]


# Taking back


def withdrawn(site: Site, task: UserTask, who: Actor = ANN) -> UserTask | None:
    return site.run(lambda unit: returns.withdraw(unit, task.key, "typo"), who)


def test_what_nobody_has_opened_is_taken_back_with_what_was_entered(site: Site, clock: SetClock) -> None:
    site.deploy(builders.a_diagram(*LINE))
    site.start()
    done = do(site, clock, "a", amount=5)

    again = withdrawn(site, done)

    assert again is not None
    assert (site.open_elements(), again.assignee) == (["a"], "ann")
    assert site.read(lambda unit: user_tasks.draft(unit, again.key), ANN) == {"amount": 5}
    assert [act.kind for act in site.read(lambda unit: task_verbs.acts(unit, done.key))] == [
        task_verbs.ActKind.WITHDRAW
    ]


def _claimed(site: Site, clock: SetClock) -> None:
    take(site, "b", BEA)


def _done(site: Site, clock: SetClock) -> None:
    do(site, clock, "b", BEA)


LATE: dict[str, tuple[Callable[[Site, SetClock], object], str]] = {
    "claimed": (_claimed, "withdraw_opened"),
    "done": (_done, "withdraw_done"),
}


@pytest.mark.parametrize(("meanwhile", "code"), LATE.values(), ids=LATE)
def test_it_is_too_late_once_somebody_has_gone_on(
    site: Site, clock: SetClock, meanwhile: Callable[[Site, SetClock], object], code: str
) -> None:
    site.deploy(builders.a_diagram(*LINE))
    site.start()
    done = do(site, clock, "a")
    meanwhile(site, clock)
    before = site.open_elements()

    refused = site.read(lambda unit: returns.withdrawal(unit, done.key), ANN)
    with pytest.raises(Conflict, match=code):
        withdrawn(site, done)

    assert refused is not None
    assert refused[0] == f"runtime.{code}"
    assert site.open_elements() == before


def test_a_task_that_the_diagram_gives_to_a_person_is_taken_back_until_they_look_at_it(
    site: Site, clock: SetClock
) -> None:
    site.deploy(builders.a_diagram(step("a"), user_task("b", assignee="bea"), line("s", "a", "b", "e")))
    site.start()
    done = do(site, clock, "a")
    assert site.read(lambda unit: returns.withdrawal(unit, done.key), ANN) is None

    site.run(lambda unit: task_verbs.mark_opened(unit, open_task(site, "b").key), BEA)

    with pytest.raises(Conflict, match="withdraw_opened"):
        withdrawn(site, done)


def test_another_s_submission_is_not_taken_back(site: Site, clock: SetClock) -> None:
    site.deploy(builders.a_diagram(*LINE))
    site.start()
    done = do(site, clock, "a")

    with pytest.raises(Forbidden):
        withdrawn(site, done, BEA)


def test_the_end_of_a_process_is_not_taken_back(site: Site, clock: SetClock) -> None:
    site.deploy(builders.a_task_diagram(groups="G"))
    site.start()
    done = do(site, clock, "t")

    assert site.read(lambda unit: returns.withdrawal(unit, done.key), ANN) == ("runtime.withdraw_ended", {})
    with pytest.raises(Conflict):
        withdrawn(site, done)


def test_both_branches_close_when_their_common_step_is_taken_back(site: Site, clock: SetClock) -> None:
    site.deploy(builders.a_diagram(*FORK))
    site.start()
    done = do(site, clock, "before")

    withdrawn(site, done)

    assert site.open_elements() == ["before"]
    site.complete("before")
    assert sorted(site.open_elements()) == ["a", "x"]


def test_work_of_the_service_under_way_is_waited_for(site: Site, clock: SetClock) -> None:
    site.deploy(builders.a_diagram(step("a"), service_task("w", "outside"), step("b"), line("s", "a", "w", "b", "e")))
    site.start()
    done = do(site, clock, "a")

    assert site.read(lambda unit: returns.withdrawal(unit, done.key), ANN) == (
        "runtime.back_while_working",
        {"step": "w"},
    )
