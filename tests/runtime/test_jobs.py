"""Jobs: handlers, retries with back-off, incidents, timers, cycles, clients outside, deadlines that move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from service.errors import BpmnError, Conflict, Invalid, NotFound
from service.feel import Value
from service.runtime import audit, incidents, jobs, messages
from service.runtime.engine import Engine, SetClock
from service.runtime.instances import InstanceState
from service.runtime.jobs import JobKind, JobState
from service.runtime.unit import JobContext, Plugins, UnitOfWork
from service.worker import run_until_idle
from tests import builders
from tests.conftest import NOON
from tests.runtime.site import Functions, Site

WORK = builders.a_diagram(
    builders.service_task("work", "go", headers={"state": "S1"}),
    builders.error_boundary("caught", "work", "err"),
    builders.user_task("after"),
    builders.user_task("mend"),
    builders.line("s", "work", "after", "e"),
    builders.line("caught", "mend", "e"),
    outside='<bpmn:error id="err" name="err" errorCode="E1" />',
)


class Handler:
    """A handler that answers in turn what it was given: variables, or an exception to raise."""

    def __init__(self, *answers: Mapping[str, object] | Exception) -> None:
        self._answers = list(answers)
        self.jobs: list[JobContext] = []

    def __call__(self, unit: UnitOfWork, job: JobContext) -> Mapping[str, object]:
        self.jobs.append(job)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def shop(database_url: str, open_engine: Callable[..., Engine]) -> Callable[[Handler], Site]:
    """A site with one handler, and an instance that waits for it."""

    def open_(handler: Handler) -> Site:
        site = Site(database_url, open_engine, Plugins(handlers={"go": handler}))
        site.deploy(WORK)
        site.start(variables={"amount": 3}, business_key="7")
        return site

    return open_


def test_a_handler_gets_what_it_needs_and_its_answer_becomes_variables(shop: Callable[[Handler], Site]) -> None:
    handler = Handler({"done": True})
    site = shop(handler)

    assert run_until_idle(site.engine) == 1

    (job,) = handler.jobs
    assert (job.topic, job.element_id, job.headers, job.attempt) == ("go", "work", {"state": "S1"}, 1)
    assert job.variables == {"amount": Decimal(3)}
    assert job.instance.business_key == "7"
    assert site.open_elements() == ["after"]
    assert site.variables(job.instance.instance_key)["done"] is True
    assert site.read(jobs.search) == []


def test_a_failure_is_tried_again_later_each_time(shop: Callable[[Handler], Site], clock: SetClock) -> None:
    handler = Handler(RuntimeError("a secret"), RuntimeError("again"), {"done": True})
    site = shop(handler)

    assert run_until_idle(site.engine) == 1
    (job,) = site.read(jobs.search)
    assert (job.retries, job.failures, job.error_code) == (2, 1, "runtime.job_failed")
    assert "secret" not in (job.error_message or "")
    assert timedelta(seconds=10) <= job.due_at - NOON <= timedelta(seconds=12)
    clock.advance(timedelta(seconds=12))
    site.restart()
    assert run_until_idle(site.engine) == 1
    later = site.read(jobs.search)[0].due_at - clock.now()
    assert timedelta(seconds=40) <= later <= timedelta(seconds=48)
    clock.advance(timedelta(seconds=48))
    assert run_until_idle(site.engine) == 1

    assert [job.attempt for job in handler.jobs] == [1, 2, 3]
    assert len({job.key for job in handler.jobs}) == 1
    assert site.open_elements() == ["after"]


def exhaust(site: Site, clock: SetClock) -> None:
    for _ in range(3):
        run_until_idle(site.engine)
        clock.advance(timedelta(hours=1))


def test_without_retries_left_it_is_an_incident_that_can_be_retried(
    shop: Callable[[Handler], Site], clock: SetClock
) -> None:
    site = shop(Handler(*[RuntimeError()] * 3, {"done": True}))
    exhaust(site, clock)

    (incident,) = site.incidents()
    assert (incident.kind, incident.element_id, incident.code) == ("JOB_NO_RETRIES", "work", "runtime.job_failed")
    assert site.instance(incident.instance_key).has_incident
    assert run_until_idle(site.engine) == 0
    site.restart()
    site.run(lambda unit: incidents.retry(unit, incident.key))
    assert run_until_idle(site.engine) == 1

    assert site.incidents() == []
    assert not site.instance(incident.instance_key).has_incident
    assert site.open_elements() == ["after"]
    with pytest.raises(Conflict):
        site.run(lambda unit: incidents.retry(unit, incident.key))


def test_a_failed_handler_has_changed_nothing(database_url: str, open_engine: Callable[..., Engine]) -> None:
    def handler(unit: UnitOfWork, job: JobContext) -> Mapping[str, object]:
        messages.publish(unit, "left", "behind", {}, time_to_live=timedelta(days=1), message_id="once")
        raise RuntimeError

    site = Site(database_url, open_engine, Plugins(handlers={"go": handler}))
    site.deploy(WORK)
    site.start()

    run_until_idle(site.engine)

    site.run(lambda unit: messages.publish(unit, "left", "behind", {}, message_id="once"))
    assert site.read(lambda unit: audit.search(unit, action="job.run")).items == []
    assert site.read(audit.verify).whole


def test_a_bpmn_error_is_caught_in_the_diagram(shop: Callable[[Handler], Site]) -> None:
    site = shop(Handler(BpmnError("E1", "no", {"why": "x"})))

    assert run_until_idle(site.engine) == 1

    assert site.open_elements() == ["mend"]
    assert site.read(jobs.search) == []


def test_an_uncaught_bpmn_error_is_an_incident(shop: Callable[[Handler], Site]) -> None:
    site = shop(Handler(BpmnError("other")))

    run_until_idle(site.engine)

    assert [incident.kind for incident in site.incidents()] == ["UNHANDLED_ERROR_EVENT"]


def test_a_handler_may_move_its_own_and_other_instances(database_url: str, open_engine: Callable[..., Engine]) -> None:
    def handler(unit: UnitOfWork, job: JobContext) -> Mapping[str, object]:
        messages.publish(unit, "paid", "k", {"by": "handler"})
        return {"done": True}

    site = Site(database_url, open_engine, Plugins(handlers={"go": handler}))
    site.deploy(WORK)
    site.deploy(
        builders.a_diagram(
            builders.message_catch("c", "m"),
            builders.user_task("received"),
            builders.line("s", "c", "received", "e"),
            process_id="other",
            name="other.bpmn",
            outside=builders.message("m", "paid", '="k"'),
        )
    )
    site.start("other")
    site.start("p")

    assert run_until_idle(site.engine) == 1

    assert sorted(site.open_elements()) == ["after", "received"]
    (entry,) = site.read(lambda unit: audit.search(unit, action="job.run")).items
    assert "message.publish" in entry.effects


# Timers

BOUNDARY = builders.a_diagram(
    builders.user_task("t"),
    builders.timer_boundary("remind", "t", cycle="R5/PT1H", interrupting=False),
    builders.user_task("late"),
    builders.line("s", "t", "e"),
    builders.line("remind", "late", "e"),
)


def test_a_timer_goes_with_the_task_that_it_watches(site: Site, clock: SetClock) -> None:
    site.deploy(BOUNDARY)
    site.start()
    (job,) = site.read(jobs.search)
    assert (job.kind, job.due_at) == (JobKind.TIMER, NOON + timedelta(hours=1))

    site.complete("t")
    clock.advance(timedelta(days=1))

    assert site.read(jobs.search) == []
    assert run_until_idle(site.engine) == 0


def test_a_cycle_fires_each_turn(site: Site, clock: SetClock) -> None:
    site.deploy(BOUNDARY)
    site.start()

    for expected in (1, 2, 3):
        clock.advance(timedelta(hours=1))
        assert run_until_idle(site.engine) == 1
        site.restart()
        assert site.open_elements().count("late") == expected


def test_a_cycle_that_missed_turns_fires_once_and_says_how_many(site: Site, clock: SetClock) -> None:
    site.deploy(BOUNDARY)
    site.start()
    clock.advance(timedelta(hours=3, minutes=30))
    site.restart()

    assert run_until_idle(site.engine) == 1

    assert site.open_elements().count("late") == 1
    (entry,) = site.read(lambda unit: audit.search(unit, action="timer.fire")).items
    assert '"missed":2' in entry.effects
    (job,) = site.read(jobs.search)
    assert job.due_at == NOON + timedelta(hours=4)


def test_timers_that_fell_due_while_the_service_was_down_fire_in_due_order(site: Site, clock: SetClock) -> None:
    site.deploy(
        builders.a_diagram(
            builders.timer_catch("c", date='=date and time("2025-06-11T08:00:00@Asia/Shanghai") + duration(wait)'),
            builders.user_task("t", name="t"),
            builders.line("s", "c", "t", "e"),
        )
    )
    late, early = site.start(variables={"wait": "PT2H"}), site.start(variables={"wait": "PT1H"})
    clock.advance(timedelta(days=3))
    site.restart()

    assert run_until_idle(site.engine) == 2

    assert [task.instance_key for task in site.tasks()] == [early.key, late.key]


def test_a_timer_fires_once_for_one_lease(site: Site, clock: SetClock) -> None:
    site.deploy(BOUNDARY)
    site.start()
    clock.advance(timedelta(hours=1))
    (lease,) = jobs.claim_due(site.engine)

    assert jobs.claim_due(site.engine) == []
    jobs.run(site.engine, lease)
    jobs.run(site.engine, lease)

    assert site.open_elements().count("late") == 1


def start_diagram(cycle: str, element: str = "t") -> builders.Resource:
    return builders.a_diagram(
        builders.timer_start("tick", cycle=cycle), builders.user_task(element), builders.line("tick", element, "e")
    )


def test_a_start_timer_starts_an_instance_each_turn_until_its_turns_are_over(site: Site, clock: SetClock) -> None:
    site.deploy(start_diagram("R2/PT1H"))

    started = []
    for _ in range(4):
        clock.advance(timedelta(hours=1))
        site.restart()
        run_until_idle(site.engine)
        started.append(len(site.open_elements()))

    assert started == [1, 2, 2, 2]


def test_a_start_timer_that_missed_turns_starts_one_instance(site: Site, clock: SetClock) -> None:
    site.deploy(start_diagram("R/PT1H"))
    clock.advance(timedelta(hours=5, minutes=1))

    assert run_until_idle(site.engine) == 1

    (entry,) = site.read(lambda unit: audit.search(unit, action="timer.start")).items
    assert '"missed":4' in entry.after
    assert site.read(lambda unit: jobs.next_due(site.engine)) == NOON + timedelta(hours=6)


def test_start_timers_follow_the_latest_version(site: Site, clock: SetClock) -> None:
    site.deploy(start_diagram("R/PT1H"))
    site.deploy(start_diagram("R/PT2H", "u"))
    clock.advance(timedelta(hours=2))

    assert run_until_idle(site.engine) == 1

    assert site.open_elements() == ["u"]
    site.deploy(builders.a_task_diagram())
    assert site.read(jobs.search) == []


# Clients outside


@pytest.fixture
def outside(site: Site) -> Site:
    site.deploy(WORK)
    site.start(variables={"amount": 3})
    return site


def activate(site: Site) -> list[tuple[jobs.Job, dict[str, Value]]]:
    return site.run(lambda unit: jobs.activate(unit, "go", "client", timedelta(minutes=1), 10))


def test_a_client_takes_a_job_with_its_variables_and_completes_it(outside: Site) -> None:
    assert run_until_idle(outside.engine) == 0
    ((job, variables),) = activate(outside)

    assert variables == {"amount": Decimal(3)}
    assert activate(outside) == []
    outside.run(lambda unit: jobs.complete(unit, job.key, {"paid": True}))
    assert outside.open_elements() == ["after"]
    with pytest.raises(NotFound):
        outside.run(lambda unit: jobs.complete(unit, job.key))


def test_a_client_reports_a_failure_and_at_last_an_incident(outside: Site) -> None:
    ((job, _),) = activate(outside)

    outside.run(lambda unit: jobs.fail(unit, job.key, 1, "away", timedelta(0)))
    assert [found.retries for found, _ in activate(outside)] == [1]
    outside.run(lambda unit: jobs.fail(unit, job.key, 0, "still away"))

    (incident,) = outside.incidents()
    assert incidents.facts(incident) == {"message": "still away"}
    outside.run(lambda unit: incidents.retry(unit, incident.key))
    assert len(activate(outside)) == 1


def test_a_client_throws_a_bpmn_error(outside: Site) -> None:
    ((job, _),) = activate(outside)

    outside.run(lambda unit: jobs.throw_error(unit, job.key, "E1"))

    assert outside.open_elements() == ["mend"]


def test_a_lease_of_nothing_is_refused(lite: Site) -> None:
    with pytest.raises(Invalid):
        lite.run(lambda unit: jobs.activate(unit, "go", "client", timedelta(0), 10))


# Deadlines


class Deadline:
    """One deadline with key 77, as the domain keeps them."""

    def __init__(self, due: datetime) -> None:
        self.due = due

    def __call__(self, unit: UnitOfWork, parameter: Value) -> Value:
        unit.use_deadline(77)
        return self.due.isoformat()


def test_whatever_moves_a_deadline_moves_timer_and_task_with_it(
    database_url: str, open_engine: Callable[..., Engine], clock: SetClock
) -> None:
    deadline = Deadline(NOON + timedelta(days=5))
    site = Site(database_url, open_engine, Plugins(functions=Functions(deadline=deadline)))
    site.deploy(
        builders.a_diagram(
            builders.user_task("t", due='=deadline("P")'),
            builders.timer_boundary("b", "t", date='=deadline("P")', interrupting=False),
            builders.user_task("late"),
            builders.line("s", "t", "e"),
            builders.line("b", "late", "e"),
        )
    )
    site.start()
    assert site.tasks()[0].due_at == NOON + timedelta(days=5)

    site.restart()
    deadline.due = NOON + timedelta(days=9)
    assert site.run(lambda unit: jobs.reschedule(unit, 77)) == 1
    assert site.run(lambda unit: jobs.reschedule(unit, 78)) == 0

    assert site.tasks()[0].due_at == NOON + timedelta(days=9)
    assert site.read(jobs.search)[0].due_at == NOON + timedelta(days=9)
    clock.advance(timedelta(days=8))
    assert run_until_idle(site.engine) == 0
    clock.advance(timedelta(days=1))
    assert run_until_idle(site.engine) == 1
    assert site.open_elements() == ["t", "late"]
    site.complete("t")
    assert site.run(lambda unit: jobs.reschedule(unit, 77)) == 0


def test_a_failed_timer_is_an_incident_and_fires_after_its_retry(site: Site, clock: SetClock) -> None:
    site.deploy(BOUNDARY)
    instance = site.start()
    clock.advance(timedelta(hours=1))
    for _ in range(3):
        (lease,) = jobs.claim_due(site.engine)
        jobs.failed(site.engine, lease, RuntimeError())
        clock.advance(timedelta(hours=1))

    (incident,) = site.incidents()
    assert site.instance(instance.key).has_incident
    assert site.read(lambda unit: jobs.search(unit, state=JobState.FAILED))
    site.run(lambda unit: incidents.retry(unit, incident.key))
    run_until_idle(site.engine)

    assert site.open_elements() == ["t", "late"]
    assert site.instance(instance.key).state is InstanceState.ACTIVE
