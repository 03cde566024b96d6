"""Article 8: rectification, beside the main line, from its notice to its closing; timers remind and raise, no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.processes.play import Play

ACase = Callable[..., Play]

# Noticed on Monday 2 March 2026: one month is Thursday 2 April.
BEFORE, DUE = "2026-03-25", "2026-04-02"
LEVELS = [
    ("2026-03-25", []),
    ("2026-03-26", ["remind"]),
    ("2026-04-03", ["remind", "L1"]),
    ("2026-04-13", ["remind", "L1", "L2"]),
    ("2026-04-27", ["remind", "L1", "L2", "L3"]),
    ("2026-05-21", ["remind", "L1", "L2", "L3", "L4"]),
]
PROPOSAL = {
    "proposalNeeded": "yes",
    "proposal.kind": "discipline",
    "proposal.proposalNo": "建议〔2026〕1号",
    "proposal.targetOrg": "示例县科技局",
    "proposal.replyDue": "2026-05-27",
    "proposal.problems": "整改逾期。",
    "proposal.suggestions": "限期补齐材料。",
    "proposal.basis": "第十条。",
    "proposalNote": "确认制发。",
}
NO_PROPOSAL = {"proposalNeeded": "no", "proposalNote": "已当面督促。"}


def noticed(play: Play) -> None:
    """Take the rectification to the work itself: noticed, planned, in progress."""
    play.up_to("notice")
    for element in ("notice", "rectification-plan", "plan-approval"):
        play.do(element)


def progress() -> dict[str, object]:
    return {
        "progressKind": "progress",
        "progressEntry.date": "2026-03-10",
        "progressEntry.percent": 40,
        "progressEntry.content": "已补齐部分材料。",
        **dict.fromkeys(
            (
                "rectification.lossRecovered",
                "rectification.impactEliminated",
                "rectification.mechanism",
                "rectification.report",
            )
        ),
    }


def extension(until: str) -> dict[str, object]:
    return {
        **progress(),
        "progressKind": "extension",
        "progressEntry.date": None,
        "progressEntry.percent": None,
        "progressEntry.content": None,
        "extensionRequest.reason": "需要等待上级批复。",
        "rectification.requestedDueAt": until,
    }


def approval(until: str | None) -> dict[str, object]:
    agreed = "yes" if until else "no"
    return {"extensionApproved": agreed, "rectification.grantedDueAt": until, "extension.opinion": "意见。"}


def levels(play: Play) -> list[str]:
    return [entry["level"] for entry in play.record("rectification").get("escalation") or []]


def test_rectification_may_begin_before_any_decision(a_case: ACase) -> None:
    play = a_case(at="screening")

    noticed(play)

    assert play.record("subject")["rectificationState"] == "in_progress"
    assert play.record("subject")["state"] == "SCREENING"
    assert play.record("rectification")["dueAt"].startswith(DUE)


def test_done_in_time_it_is_inspected_and_closed(a_case: ACase) -> None:
    play = a_case(at="screening")
    noticed(play)

    play.do("progress", progress())
    play.at("2026-03-24")
    play.do("progress")
    assert play.record("subject")["rectificationState"] == "submitted"
    play.do("inspection")

    assert play.record("subject")["rectificationState"] == "closed"
    assert play.record("rectification")["closedAt"]
    assert [entry["percent"] for entry in play.record("rectification")["progress"]] == [40]
    play.at("2026-06-01")
    assert levels(play) == []


@pytest.mark.parametrize(("day", "expected"), LEVELS, ids=[day for day, _ in LEVELS])
def test_delay_is_raised_level_by_level_on_working_days(a_case: ACase, day: str, expected: list[str]) -> None:
    play = a_case(at="screening")
    noticed(play)

    for earlier, _ in LEVELS:
        if earlier <= day:
            play.at(earlier)

    assert levels(play) == expected
    assert ("proposal" in play.open()) == ("L3" in expected)
    assert ("accountability-study" in play.open()) == ("L4" in expected)
    assert "progress" in play.open()
    assert play.record("subject")["rectificationState"] == ("escalated" if "L1" in expected else "in_progress")


@pytest.mark.parametrize(("day", "expected"), LEVELS[2:], ids=[day for day, _ in LEVELS[2:]])
def test_after_down_time_each_level_is_entered_once(a_case: ACase, day: str, expected: list[str]) -> None:
    play = a_case(at="screening")
    noticed(play)

    play.at(day)
    play.later(days=0)

    assert levels(play) == expected
    elements = [task.element_id for task in play.open_tasks()]
    assert elements.count("proposal") == ("L3" in expected)
    assert elements.count("accountability-study") == ("L4" in expected)
    assert play.record("subject")["rectificationState"] == "escalated"


def test_what_is_late_is_still_done_and_closed(a_case: ACase) -> None:
    play = a_case(at="screening")
    noticed(play)
    play.at("2026-04-27")

    play.do("proposal", PROPOSAL)
    play.do("progress")
    play.do("inspection")

    assert play.record("subject")["rectificationState"] == "closed"


@pytest.mark.parametrize("needed", ["yes", "no"])
def test_a_proposal_confirmed_by_a_person_enters_its_record(a_case: ACase, needed: str) -> None:
    play = a_case(at="screening")
    noticed(play)
    play.at("2026-04-27")

    play.do("proposal", PROPOSAL if needed == "yes" else NO_PROPOSAL)

    kept = play.case_list("disciplinaryProposal")
    assert [entry["targetOrg"] for entry in kept] == (["示例县科技局"] if needed == "yes" else [])


def test_an_extension_asked_in_time_moves_timers_and_task(a_case: ACase) -> None:
    play = a_case(at="screening")
    noticed(play)
    play.at("2026-03-24")

    play.do("progress", extension("2026-04-20"))
    play.do("extension-approval", approval("2026-04-20"))

    assert play.record("rectification")["dueAt"].startswith("2026-04-20")
    play.at("2026-04-03")
    assert levels(play) == []
    play.at("2026-04-13")
    play.at("2026-04-21")
    assert levels(play) == ["remind", "L1"]


def test_an_extension_is_granted_once(a_case: ACase) -> None:
    play = a_case(at="screening")
    noticed(play)
    play.do("progress", extension("2026-04-20"))
    play.do("extension-approval", approval("2026-04-20"))

    play.do("progress", extension("2026-05-06"))

    assert "extension-approval" not in play.open()
    assert "不能延期" in play.notices("rect")
    assert play.record("rectification")["dueAt"].startswith("2026-04-20")


def test_an_extension_asked_too_late_is_not_granted(a_case: ACase) -> None:
    play = a_case(at="screening")
    noticed(play)
    play.at("2026-04-03")

    play.do("progress", extension("2026-04-20"))

    assert "extension-approval" not in play.open()
    assert "不能延期" in play.notices("rect")


def test_a_refused_extension_leaves_the_due_day(a_case: ACase) -> None:
    play = a_case(at="screening")
    noticed(play)

    play.do("progress", extension("2026-04-20"))
    play.do("extension-approval", approval(None))

    assert play.record("rectification")["dueAt"].startswith(DUE)
    assert "progress" in play.open()


@pytest.mark.parametrize(
    ("until", "code"),
    [
        ("2026-04-02", "deadline_until_too_early"),
        ("2026-06-01", "deadline_until_too_late"),
    ],
)
def test_a_day_that_cannot_be_granted_is_refused_at_the_form(a_case: ACase, until: str, code: str) -> None:
    play = a_case(at="screening")
    noticed(play)

    assert play.refused("progress", extension(until)) == {"rectification.requestedDueAt": [code]}
    play.do("progress", extension("2026-04-20"))
    assert play.refused("extension-approval", approval(until)) == {"rectification.grantedDueAt": [code]}

    assert play.record("rectification")["dueAt"].startswith(DUE)
    assert "extension-approval" in play.open()


def test_an_extension_asked_in_time_may_be_granted_after_the_due_day(a_case: ACase) -> None:
    play = a_case(at="screening")
    noticed(play)
    play.at("2026-04-02")
    play.do("progress", extension("2026-04-20"))

    play.at("2026-04-07")
    play.do("extension-approval", approval("2026-04-20"))

    assert play.record("rectification")["dueAt"].startswith("2026-04-20")
    [entry] = play.record("rectification")["extension"]
    assert entry["requestedAt"].startswith("2026-04-02")


def test_without_a_due_day_an_extension_is_refused_until_the_calendar_is_there(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.at("2026-12-10")
    noticed(play)
    assert "dueAt" not in play.record("rectification")
    asked = extension("2027-02-01")

    assert play.refused("progress", asked) == {"rectification.requestedDueAt": ["deadline_no_due_day"]}
    play.import_calendar(2027, "2027-01-01")

    assert play.record("rectification")["dueAt"].startswith("2027-01-11")
    play.do("progress", asked)
    assert "extension-approval" in play.open()


def test_failed_twice_it_becomes_a_task_for_people(a_case: ACase) -> None:
    play = a_case(at="screening")
    noticed(play)
    failed = {
        "inspectionEntry.result": "fail",
        "inspectionEntry.problems": "制度未建立。",
        "inspectionEntry.newDueAt": "2026-03-20",
    }

    play.do("progress")
    play.do("inspection", failed)
    assert levels(play) == ["L2"]
    assert play.record("subject")["rectificationState"] == "rework"
    assert play.record("rectification")["dueAt"].startswith("2026-03-20")
    play.do("progress")
    play.do("inspection", {**failed, "inspectionEntry.newDueAt": "2026-03-27"})

    assert levels(play) == ["L2", "L4"]
    assert {"accountability-study", "progress"} <= play.open()
    play.do("accountability-study")
    play.do("progress")
    play.do("inspection")
    assert play.record("subject")["rectificationState"] == "closed"


def test_rework_that_is_late_is_raised_anew(a_case: ACase) -> None:
    play = a_case(at="screening")
    noticed(play)
    play.do("progress")
    play.do(
        "inspection",
        {
            "inspectionEntry.result": "partial",
            "inspectionEntry.problems": "尚缺证明。",
            "inspectionEntry.newDueAt": "2026-03-20",
        },
    )

    play.at("2026-03-13")
    play.at("2026-03-23")

    assert levels(play) == ["L1", "remind", "L1"]


def test_a_returned_plan_is_made_again(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.up_to("notice")
    play.do("notice")
    play.do("rectification-plan")

    play.do("plan-approval", {"planApproved": "no", "rectification.plan.opinion": "缺长效机制。"})

    assert "rectification-plan" in play.open()
