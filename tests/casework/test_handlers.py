"""Handlers of service tasks: what each does, refuses, and does not do twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from service import texts
from service.casework import deadlines, notices, records
from service.casework.handlers import HANDLERS
from service.casework.states import Strand
from service.errors import FormRejected, Invalid, NotFound, Rejection
from service.runtime import audit
from service.runtime.unit import InstanceContext, JobContext, UnitOfWork

from .conftest import Site

JOB_KEY = 900_001


def run(
    site: Site,
    topic: str,
    headers: Mapping[str, str] | None = None,
    variables: Mapping[str, Any] | None = None,
    *,
    number: int | None = 1,
    key: int = JOB_KEY,
    business_key: str | None = "",
    times: int = 1,
) -> None:
    """Run a handler in units of its own, as the worker does, for one of the persons or (None) for the case."""
    subject = {} if number is None else {"subject": {"key": str(site.subject(number))}}
    place = str(site.key) if business_key == "" else business_key
    for attempt in range(1, times + 1):
        with site.unit() as unit:
            job = JobContext(
                key=key,
                topic=topic,
                element_id="step",
                headers=headers or {},
                variables={**subject, **(variables or {})},
                instance=InstanceContext(1, 1, place, subject),
                attempt=attempt,
            )
            HANDLERS[topic](unit, job)
            unit.commit()


def refused(site: Site, topic: str, *args: Any, **options: Any) -> Rejection:
    with pytest.raises(Rejection) as caught:
        run(site, topic, *args, **options)
    assert "{" not in texts.render(caught.value)
    return caught.value


def advance(site: Site, *states: str, number: int = 1) -> None:
    for state in states:
        run(site, "rc.state", {"state": state}, number=number)


TO_INVESTIGATION = ("SCREENING", "ACCEPTED", "INVESTIGATING")
TO_DRAFTING = (*TO_INVESTIGATION, "REPORTING", "REVIEWING", "COLLECTIVE", "DRAFTING")


# rc.state


def test_a_state_is_set_for_the_person_in_hand(two: Site) -> None:
    advance(two, *TO_INVESTIGATION, number=1)
    advance(two, "SCREENING", number=2)

    with two.unit() as unit:
        case = records.of_case(unit, two.key)
        assert [row.state for row in case.subjects] == ["INVESTIGATING", "SCREENING"]
        assert case.row.state == "SCREENING"
        entries = audit.search(unit, business_key=str(two.key), action="subject.state").items
        assert len(entries) == 4


def test_a_state_is_set_for_all_persons_where_the_step_is_about_none(two: Site) -> None:
    run(two, "rc.state", {"state": "SCREENING"}, number=None)

    assert [two.record("subject", number)["state"] for number in (1, 2)] == ["SCREENING", "SCREENING"]


def test_a_state_set_again_changes_nothing(case: Site) -> None:
    run(case, "rc.state", {"state": "SCREENING"}, times=2)

    with case.unit() as unit:
        assert len(audit.search(unit, business_key=str(case.key), action="subject.state").items) == 1


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"state": "CLOSED"}, "casework.state_not_allowed"),
        ({"state": "DONE"}, "casework.no_such_state"),
        ({}, "casework.header_missing"),
        ({"state": "SCREENING", "strand": "side"}, "casework.header_unknown"),
        ({"state": "SCREENING", "strand": "filing"}, "casework.no_such_state"),
    ],
)
def test_a_state_that_may_not_follow_is_refused(case: Site, headers: dict[str, str], code: str) -> None:
    assert refused(case, "rc.state", headers).code == code
    assert case.record("subject")["state"] == "REGISTERED"


def test_the_parallel_lines_have_states_of_their_own(case: Site) -> None:
    run(case, "rc.state", {"state": "noticed", "strand": Strand.RECTIFICATION.value})
    run(case, "rc.state", {"state": "done", "strand": Strand.FILING.value})

    subject = case.record("subject")
    assert (subject["state"], subject["rectificationState"], subject["filingState"]) == (
        "REGISTERED",
        "noticed",
        "done",
    )


def test_issued_needs_a_date_of_issue(case: Site) -> None:
    advance(case, *TO_DRAFTING)

    assert refused(case, "rc.state", {"state": "ISSUED"}).code == "casework.not_issued"

    case.write({"decisionDocument.issuedAt": "2026-03-02T09:00+08:00"})
    advance(case, "ISSUED")
    with case.case() as found:
        assert found.subjects[0].issued_at is not None


def test_closing_names_what_is_missing(case: Site) -> None:
    case.write({"decisionDocument.issuedAt": "2026-03-02T09:00+08:00"})
    advance(case, *TO_DRAFTING, "ISSUED", "SERVING", "SERVED", "TRACKING")

    error = refused(case, "rc.state", {"state": "CLOSED"})

    assert error.code == "casework.not_closable"
    assert "廉政档案未移交接收" in texts.render(error)


def test_the_case_closes_with_its_last_person(two: Site) -> None:
    advance(two, "SCREENING", "NOT_STARTED", "CLOSED", number=1)
    with two.case() as found:
        assert (found.row.state, found.row.closed_at) == ("REGISTERED", None)

    advance(two, "SCREENING", "NOT_STARTED", "CLOSED", number=2)
    with two.case() as found:
        assert found.row.state == "CLOSED"
        assert found.row.closed_at == found.unit.now


# rc.records


def test_records_are_written_by_path(case: Site) -> None:
    run(case, "rc.records", variables={"values": {"application.admission": "accept", "subject.initiation": "both"}})

    assert case.record("application")["admission"] == "accept"
    assert case.record("subject")["initiation"] == "both"


def test_records_written_by_a_process_meet_the_rules_too(case: Site) -> None:
    with pytest.raises(FormRejected):
        run(case, "rc.records", variables={"values": {"subject.outcome": "exempt"}})
    assert refused(case, "rc.records").code == "casework.input_missing"
    assert case.record("subject")["outcome"] == "pending"


# rc.notify


def inbox(site: Site, name: str) -> list[str]:
    with site.engine.reading(site.actor(name)) as unit:
        return [notice.title for notice in notices.of_actor(unit).items]


def test_a_notice_reaches_people_roles_and_the_subject_once(case: Site) -> None:
    recipients = ["lead", "INVEST", "SUBJECT", "ghost", "", None]

    run(case, "rc.notify", variables={"recipients": recipients, "title": "催办", "text": "请办理"}, times=2)

    assert [inbox(case, name) for name in ("lead", "invest1", "invest2", "subject")] == [["催办"]] * 4
    assert inbox(case, "review") == []


def test_a_role_means_those_assigned_to_the_case(case: Site) -> None:
    case.write({"case.members": ["member1"]})

    run(case, "rc.notify", variables={"recipients": ["MEMBER"], "title": "开会", "text": ""})

    assert (inbox(case, "member1"), inbox(case, "member2")) == (["开会"], [])


def test_the_subject_of_the_step_is_told_not_the_others(two: Site) -> None:
    run(two, "rc.notify", variables={"recipients": ["SUBJECT"], "title": "受理", "text": ""}, number=2)

    assert inbox(two, "subject") == []


@pytest.mark.parametrize("variables", [{"title": "x"}, {"recipients": "lead", "title": "x"}, {"recipients": ["lead"]}])
def test_an_incomplete_notice_is_refused(case: Site, variables: dict[str, Any]) -> None:
    assert refused(case, "rc.notify", variables=variables).code == "casework.input_missing"


def test_notices_are_read_by_their_owner_only(case: Site) -> None:
    run(case, "rc.notify", variables={"recipients": ["lead", "review"], "title": "a", "text": ""})

    with case.unit("lead") as unit:
        (own,) = notices.of_actor(unit, unread=True).items
        assert notices.unread_count(unit) == 1
        assert notices.mark_read(unit, [own.key]) == 1
        assert notices.mark_read(unit) == 0
        unit.commit()
    with case.unit("review") as unit:
        with pytest.raises(NotFound):
            notices.mark_read(unit, [own.key])
        assert notices.unread_count(unit) == 1


# rc.deadline


def deadline(unit: UnitOfWork, site: Site, parameter: str) -> deadlines.Deadline:
    subject = records.of_case(unit, site.key).subjects[0].key
    found = deadlines.find(unit, site.key, str(subject), parameter)
    assert found is not None
    return found


def test_a_deadline_is_opened_paused_resumed_extended_and_closed(case: Site) -> None:
    run(case, "rc.deadline", {"do": "open", "parameter": "P-T05"})
    for do in ("pause", "pause", "resume", "resume"):
        run(case, "rc.deadline", {"do": do, "parameter": "P-T05"}, {"reason": "鉴定"})
    with case.unit() as unit:
        before = deadline(unit, case, "P-T05").due
    run(case, "rc.deadline", {"do": "extend", "parameter": "P-T05"}, {"reason": "案情复杂"})
    with case.unit() as unit:
        extended = deadline(unit, case, "P-T05")
        assert before is not None
        assert extended.due is not None
        assert extended.due > before
    run(case, "rc.deadline", {"do": "close", "parameter": "P-T05"}, times=2)
    with case.unit() as unit:
        assert deadline(unit, case, "P-T05").state is deadlines.DeadlineState.CLOSED


def test_rework_gets_the_day_that_the_inspector_set(case: Site) -> None:
    run(case, "rc.deadline", {"do": "open", "parameter": "P-T14"}, {"until": "2026-03-16", "reason": "返工整改"})

    with case.unit() as unit:
        row = deadline(unit, case, "P-T14")
        assert str(row.due) == "2026-03-16"
        assert deadlines.overdue_working_days(unit, row) == -10


def test_a_later_day_than_the_rule_s_is_not_given(case: Site) -> None:
    run(case, "rc.deadline", {"do": "open", "parameter": "P-T14"}, {"until": "2026-12-31"})

    with case.unit() as unit:
        assert str(deadline(unit, case, "P-T14").due) == "2026-04-02"


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({"do": "stop", "parameter": "P-T05"}, "casework.header_unknown"),
        ({"do": "open"}, "casework.header_missing"),
        ({"do": "extend", "parameter": "P-T05"}, "deadline_not_open"),
        ({"do": "open", "parameter": "P-X"}, None),
    ],
)
def test_a_wrong_order_about_a_deadline_is_refused(case: Site, headers: dict[str, str], error: str | None) -> None:
    found = refused(case, "rc.deadline", headers)

    if error is not None:
        assert found.code == error


def test_time_stands_still_while_a_case_is_suspended(case: Site) -> None:
    advance(case, *TO_INVESTIGATION)
    for parameter in ("P-T05", "P-T14"):
        run(case, "rc.deadline", {"do": "open", "parameter": parameter})
    with case.unit() as unit:
        before = deadline(unit, case, "P-T05").due

    advance(case, "SUSPENDED")
    with case.unit() as unit:
        assert deadline(unit, case, "P-T05").state is deadlines.DeadlineState.PAUSED
        assert deadline(unit, case, "P-T14").state is deadlines.DeadlineState.RUNNING
    case.later(days=14)
    advance(case, "INVESTIGATING")

    with case.unit() as unit:
        row = deadline(unit, case, "P-T05")
        assert row.state is deadlines.DeadlineState.RUNNING
        assert before is not None
        assert row.due is not None
        assert row.due > before


def test_an_ended_case_has_no_running_deadlines_but_those_of_its_rectification(case: Site) -> None:
    advance(case, *TO_INVESTIGATION)
    for parameter in ("P-T05", "P-T14"):
        run(case, "rc.deadline", {"do": "open", "parameter": parameter})

    advance(case, "SUSPENDED", "TERMINATED")

    with case.unit() as unit:
        assert deadline(unit, case, "P-T05").state is deadlines.DeadlineState.CLOSED
        assert deadline(unit, case, "P-T14").state is deadlines.DeadlineState.RUNNING


# rc.escalate


def test_a_level_is_entered_once_and_told_to_those_it_concerns(case: Site) -> None:
    run(case, "rc.escalate", variables={"level": "L2", "reason": "逾期 6 个工作日"}, times=2)
    run(case, "rc.escalate", variables={"level": "L3"}, key=JOB_KEY + 1)

    entries = case.record("rectification")["escalation"]
    assert [(entry["level"], entry["reason"]) for entry in entries] == [("L2", "逾期 6 个工作日"), ("L3", "")]
    assert inbox(case, "inspect") == ["整改监督：L3 拟制发纪检监察建议", "整改监督：L2 督办"]
    assert inbox(case, "lead") == ["整改监督：L3 拟制发纪检监察建议"]
    assert inbox(case, "approver") == []


def test_no_level_changes_state_or_outcome(case: Site) -> None:
    before = case.record("subject")

    for number, level in enumerate(("remind", "L1", "L2", "L3", "L4")):
        run(case, "rc.escalate", variables={"level": level}, key=JOB_KEY + number)

    assert case.record("subject") == before
    assert len(case.record("rectification")["escalation"]) == 5


@pytest.mark.parametrize("level", ["normal", "await_inspection", "insufficient", "close"])
def test_levels_that_ask_for_nothing_do_nothing(case: Site, level: str) -> None:
    run(case, "rc.escalate", variables={"level": level})

    assert case.record("rectification") == {}


# all of them


@pytest.mark.parametrize("topic", [topic for topic in HANDLERS if topic not in {"rc.publish", "rc.notify"}])
def test_a_job_without_a_case_is_refused(case: Site, topic: str) -> None:
    variables = {"values": {}, "level": "L1"}

    error = refused(
        case,
        topic,
        {"state": "SCREENING", "do": "open", "parameter": "P-T05"},
        variables,
        number=None,
        business_key=None,
    )

    assert error.code == "casework.job_without_case"


def test_a_person_of_another_case_is_refused(site: Site) -> None:
    site.register()
    stranger = site.subject()
    site.register()

    error = refused(site, "rc.state", {"state": "SCREENING"}, {"subject": {"key": str(stranger)}})

    assert isinstance(error, NotFound | Invalid)
    assert error.code == "casework.no_such_subject"
