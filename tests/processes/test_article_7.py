"""Article 7: screening, application, investigation, collective study, decision, feedback."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from service import texts
from service.errors import Conflict, Forbidden, FormRejected
from tests.processes.play import ALL_STRANDS, FILINGS, NO_RECTIFICATION, RECTIFICATION, Play, a_person, facts, no_facts

ACase = Callable[..., Play]

TRANSFER = {
    "subject.suspendedKind": "crime",
    "subject.transferredTo": "监察委员会",
    "subject.transferredAt": "2026-03-10T09:00+08:00",
    "subject.suspendedReason": "涉嫌职务犯罪。",
}
DECIDED_OTHERWISE = {
    "followUp": "decision_issued",
    "followUpNote": "按普通问责程序作出决定。",
    "decisionDocument.docNo": "濮纪决〔2026〕2号",
    "decisionDocument.issuedAt": "2026-03-02T09:00+08:00",
    "filing.personnel.receivedAt": "2026-03-20",
    "filing.integrity.receivedAt": "2026-03-20",
    "filing.caseFile.receivedAt": "2026-03-20",
}

FOUR_OUTCOMES = ["exempt", "mitigated", "lighter", "none"]


def decided(play: Play, outcome: str = "exempt", **answers: dict[str, object]) -> None:
    """Take a case to the signed decision with this outcome."""
    eligible = "no" if outcome == "none" else "yes"
    deviates = {"meeting.deviationReason": "影响较大，集体研究认为不宜容错。"} if outcome == "none" else {}
    resolution = {
        **deviates,
        "toleranceOpinion.outcome": outcome,
        "toleranceOpinion.eligible": eligible,
        "toleranceOpinion.matchedItems": None if outcome == "none" else ["6(6)"],
    }
    reasons = {"reasonBasis.deviationReason": deviates["meeting.deviationReason"]} if deviates else {}
    play.up_to("announcement", **{"resolution": resolution, "reason_basis": reasons, **answers})


@pytest.mark.parametrize("outcome", FOUR_OUTCOMES)
def test_a_case_goes_through_article_7_to_each_outcome(a_case: ACase, outcome: str) -> None:
    play = a_case(at="statements")

    decided(play, outcome)

    assert play.record("subject")["outcome"] == outcome
    assert play.record("subject")["state"] == "SERVING"
    assert play.record("toleranceOpinion")["outcome"] == outcome
    assert play.variable("advice")["advice"] == "range"


def test_the_case_closes_after_service_filings_and_rectification(a_case: ACase) -> None:
    play = a_case(at="issuance")
    play.up_to("subject-closing")
    assert play.record("subject")["state"] == "TRACKING"

    for element in ("notice", "rectification-plan", "plan-approval", "progress", "inspection"):
        play.do(element)
    filed = [play.record("subject")["filingState"]]
    for element in sorted(FILINGS):
        play.do(element)
        filed.append(play.record("subject")["filingState"])
    play.do("subject-closing")

    assert filed == ["pending", "partial", "partial", "done"]
    assert play.case()["state"] == "CLOSED"
    assert play.record("subject")["state"] == "CLOSED"
    assert play.running() == set()


def test_closing_is_refused_until_filings_and_rectification_are_done(a_case: ACase) -> None:
    play = a_case(at="issuance")
    play.up_to("subject-closing")

    play.do("subject-closing")
    assert play.variable_of("rc-feedback", "closingBlocks") == [
        "人事档案未移交接收",
        "廉政档案未移交接收",
        "问责追责案卷未归档",
        "纠错整改未销号，也未写明无须整改的理由",
    ]
    for element in sorted(FILINGS):
        play.do(element)
    play.do("subject-closing")
    assert play.variable_of("rc-feedback", "closingBlocks") == ["纠错整改未销号，也未写明无须整改的理由"]
    assert play.case()["state"] == "TRACKING"
    play.do(
        "notice",
        NO_RECTIFICATION,
    )
    play.do("subject-closing")

    assert play.case()["state"] == "CLOSED"


def test_exempt_from_accountability_tells_personnel_office(a_case: ACase) -> None:
    play = a_case(at="issuance")

    play.up_to("subject-closing")

    assert "容错免责的结果运用" in play.notices("hr")


# screening


def test_without_circumstances_nothing_starts_and_the_reason_is_kept(a_case: ACase) -> None:
    play = a_case(at="screening")

    play.up_to(
        "not-started",
        screening={"subject.screeningResult": "no", "subject.screeningReason": "不属于第六条情形。"},
    )

    assert play.record("subject")["state"] == "NOT_STARTED"
    assert play.record("subject")["screeningReason"] == "不属于第六条情形。"


def test_unknown_circumstances_are_screened_again(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.up_to("screening")

    play.do("screening", {"subject.screeningResult": "unknown"})
    play.do("screening-review")

    assert "screening" in play.open()
    assert play.record("subject")["state"] == "SCREENING"


def test_new_facts_bring_back_the_screening(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.up_to("not-started", screening={"subject.screeningResult": "no"})

    play.do("not-started", {"followUp": "new_facts", "followUpNote": "发现新证据。"})
    play.up_to("investigation-plan")

    assert play.record("subject")["initiation"] == "proactive"
    assert play.record("subject")["state"] == "INVESTIGATING"


def test_persons_of_agencies_run_vertically_wait_for_a_ruling(a_case: ACase) -> None:
    play = a_case(at="screening")

    play.up_to("scope-ruling", screening={"subject.jurisdiction": "vertical"})
    play.do("scope-ruling", {"scopeRuling": "by_reference", "scopeRulingReason": "按干部管理权限。"})

    assert "investigation-plan" in play.open()


# application


def test_an_application_starts_what_was_not_started(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.up_to("not-started", screening={"subject.screeningResult": "no"})

    play.apply()
    assert play.record("subject")["state"] == "APP_RECEIVED"
    play.do("application-review")

    assert play.record("application")["admission"] == "accept"
    assert play.record("subject")["initiation"] == "application"
    assert {"investigation-plan"} <= play.open()
    assert "not-started" not in play.open()


def test_an_application_after_the_decision_is_pointed_to_the_appeal(a_case: ACase) -> None:
    play = a_case(at="statements")
    decided(play, "lighter")
    play.later(days=3)

    play.apply()
    play.do("application-review")
    assert play.open() >= {"rejection-approval"}
    play.do("rejection-approval", {"rejection.appealInfo": "自收到决定之日起一个月内向作出决定的机关申诉。"})

    assert play.record("application")["admission"] == "redirect_appeal"
    assert play.record("subject")["state"] == "SERVING"
    assert "rc-application" not in play.running()
    assert any("申诉" in text for text in play.notice_texts("subject"))


def test_a_rejection_needs_a_second_person(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.up_to("not-started", screening={"subject.screeningResult": "no"})
    play.apply()
    play.do("application-review", {"subject.personType": "none"})

    play.do("rejection-approval", {"rejectionApproved": "no", "rejection.reason": None, "rejection.basis": None})
    assert "application-review" in play.open()
    play.do("application-review", {"subject.personType": "none"})
    play.do("rejection-approval", {"rejection.reason": "不在适用范围。", "rejection.basis": "第四条"})

    assert play.record("application")["admission"] == "reject"
    assert play.record("subject")["state"] == "REJECTED"
    assert "not-started" in play.open()


def test_nobody_approves_the_rejection_they_proposed(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.up_to("not-started", screening={"subject.screeningResult": "no"})
    play.apply()
    both = play.also("intake", "APPROVER")
    play.do("application-review", {"subject.personType": "none"})

    with pytest.raises(Forbidden) as caught:
        play.do_as(both, "rejection-approval", {"rejection.reason": "不在适用范围。", "rejection.basis": "第四条"})

    assert texts.render(caught.value) == (
        "intake已办理“受理审查”，不能再办理“审批不予受理”：须由另一人办理（第七条首段）。"
    )
    assert "rejection-approval" in play.open()
    assert play.record("application").get("admission") is None
    play.do("rejection-approval", {"rejection.reason": "不在适用范围。", "rejection.basis": "第四条"})
    assert play.record("application")["admission"] == "reject"


def test_an_application_is_merged_into_what_runs_on_own_motion(a_case: ACase) -> None:
    play = a_case(at="evidence")
    play.up_to("facts")

    play.apply()
    play.do("application-review")
    play.do("merged-application")

    assert play.record("subject")["initiation"] == "both"
    assert play.record("subject")["state"] == "INVESTIGATING"
    assert "facts" in play.open()
    play.up_to("announcement")
    assert play.record("subject")["outcome"] == "exempt"


def test_an_application_is_supplemented_once(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.up_to("not-started", screening={"subject.screeningResult": "no"})
    play.apply()

    play.do("application-review", WRITTEN_LATE)
    assert play.record("subject")["state"] == "SUPPLEMENT"
    assert play.deadline("P-T02").due is None
    play.later(days=7)
    play.do("application-supplement")
    assert play.record("subject")["state"] == "APP_RECEIVED"
    assert play.deadline("P-T02").due is not None
    play.do("application-review", WRITTEN_LATE)

    assert "rejection-approval" in play.open()
    assert "application-supplement" not in play.open()


def test_an_application_to_the_wrong_organ_is_passed_on(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.up_to("not-started", screening={"subject.screeningResult": "no"})
    play.apply()

    play.do("application-review", {"toCompetentOrgan": "no"})
    play.do("application-transfer")

    assert play.record("application")["admission"] == "transfer"
    assert play.record("subject")["state"] == "TRANSFERRED"


def test_a_withdrawn_application_leaves_the_duty_to_screen(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.apply()

    play.withdraw()

    assert play.record("application")["withdrawnAt"]
    assert "rc-application" not in play.running()
    assert "screening" in play.open()


WRITTEN_LATE = {"application.written": "no", "application.supplementItems": "请以书面形式提出并签名。"}


def rejected(play: Play) -> None:
    play.do("application-review", {"subject.personType": "none"})
    play.do("rejection-approval", {"rejection.reason": "不在适用范围。", "rejection.basis": "第四条"})


def transferred(play: Play) -> None:
    play.do("application-review", {"toCompetentOrgan": "no"})
    play.do("application-transfer")


AFTER_AN_APPLICATION = {
    "APP_RECEIVED": lambda play: None,
    "SUPPLEMENT": lambda play: play.do("application-review", WRITTEN_LATE),
    "REJECTED": rejected,
    "TRANSFERRED": transferred,
}


@pytest.mark.parametrize("state", AFTER_AN_APPLICATION)
def test_new_facts_lead_on_whatever_became_of_an_application(a_case: ACase, state: str) -> None:
    play = a_case(at="screening")
    play.up_to("not-started", screening={"subject.screeningResult": "no"})
    play.apply()
    AFTER_AN_APPLICATION[state](play)
    assert play.record("subject")["state"] == state

    play.do("not-started", {"followUp": "new_facts", "followUpNote": "发现新证据。"})
    assert play.record("subject")["state"] == "SCREENING"
    play.do("screening")
    play.do("screening-review")

    assert play.record("subject")["state"] == "INVESTIGATING"
    assert play.record("subject")["initiation"] == "proactive"


@pytest.mark.parametrize("state", ["REJECTED", "TRANSFERRED"])
def test_a_second_application_may_follow_a_first_without_success(a_case: ACase, state: str) -> None:
    play = a_case(at="screening")
    play.up_to("not-started", screening={"subject.screeningResult": "no"})
    play.apply()
    AFTER_AN_APPLICATION[state](play)

    play.apply()
    assert play.record("subject")["state"] == "APP_RECEIVED"
    play.do("application-review")

    assert play.record("subject")["state"] == "INVESTIGATING"
    assert play.record("subject")["initiation"] == "application"


def test_an_application_under_review_is_merged_into_what_new_facts_began(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.up_to("not-started", screening={"subject.screeningResult": "no"})
    play.apply()
    play.do("not-started", {"followUp": "new_facts", "followUpNote": "发现新证据。"})

    play.do("application-review", WRITTEN_LATE)
    assert play.record("subject")["state"] == "SCREENING"
    play.do("screening")
    play.do("screening-review")
    play.do("application-supplement")
    play.do("application-review")

    assert play.record("subject")["state"] == "INVESTIGATING"
    assert play.record("subject")["initiation"] == "both"
    assert "merged-application" in play.open()


def test_an_application_starts_what_was_screened_again_in_vain(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.up_to("not-started", screening={"subject.screeningResult": "no"})
    play.apply()
    play.do("not-started", {"followUp": "new_facts", "followUpNote": "发现新证据。"})
    play.do("screening", {"subject.screeningResult": "no"})
    play.do("screening-review")
    assert play.record("subject")["state"] == "NOT_STARTED"

    play.do("application-review")

    assert play.record("subject")["state"] == "INVESTIGATING"


def test_an_opened_case_is_never_taken_for_one_that_is_not(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.apply()
    words = play.shown("application-review")

    play.do("application-review", {"accountabilityNotOpened": True})

    assert "提出时间 2026-03-02　方式 线上" in words
    assert "主张的情形：第六条（六）" in words
    assert "尚未启动" not in words
    assert play.record("application")["admission"] == "accept"


def test_who_is_about_to_declare_sees_whom_the_case_concerns(a_case: ACase) -> None:
    play = a_case()
    assert "责任追究对象：张示例（示例县科技局　科长）" in play.shown("staffing")
    play.do("staffing")

    play.do("declare", {"declaration.nearRelative": "yes", "declaration.isOrganHead": "yes"}, by="review")
    play.all("declare")

    assert "review（须回避，由上级机关决定）" in play.shown("recusal-ruling")
    assert {entry["person"]: entry["decidedBy"] for entry in play.case_list("recusalDeclaration")}[
        "review"
    ] == "上级机关"


# investigation


def test_all_strands_run_side_by_side(a_case: ACase) -> None:
    play = a_case(at="screening")

    play.up_to("evidence")

    assert play.open() >= ALL_STRANDS


def test_technical_questions_need_an_authority_or_expert(a_case: ACase) -> None:
    play = a_case(at="screening")
    technical = {"matter.technical": "yes"}
    play.up_to("evidence", investigation_plan=technical)
    assert "expert-commission" in play.open()

    play.up_to("expert-opinion")
    play.at("2026-03-30")
    play.do("expert-opinion")
    play.up_to("report", facts=technical)

    assert play.variable("expertNeed") == {"expertRequired": "yes", "expertGate": "pass"}


def test_the_gate_sends_back_to_the_chosen_strand(a_case: ACase) -> None:
    play = a_case(at="evidence")
    play.up_to("facts-check", evidence={"evidence": [excluded_evidence()]}, facts=no_facts())

    play.do("facts-check")
    assert "supplement" in play.open()
    play.do("supplement", {"supplement.way": "supplement", "strands": ["evidence"], "supplement.reason": "补充书证。"})
    assert play.open() & (ALL_STRANDS | {"facts"}) == {"evidence"}
    play.up_to("report")

    assert play.variable("investigationGate") == {"gate": "pass", "blocks": []}


def test_only_what_the_gate_misses_is_offered_for_supplement(a_case: ACase) -> None:
    play = a_case(at="evidence")
    play.up_to("facts-check", evidence={"evidence": [excluded_evidence()]}, facts=no_facts())
    play.do("facts-check")

    assert play.data("supplement")["investigationGate"]["blocks"] == ["G1", "G5", "G6", "G7"]
    assert play.data("supplement")["strands"] == ["evidence", "expert"]
    assert "没有证据；部门或者专家意见未取得；失误错误问题未全面查明；是否符合容错条件未查明" in play.shown(
        "supplement"
    )


def test_a_fact_is_held_only_with_evidence(a_case: ACase) -> None:
    play = a_case(at="evidence")
    assert play.refused("evidence", {"evidence": []}) == {"evidence": ["casework.evidence_missing"]}
    play.up_to("facts", evidence={"evidence": [{**excluded_evidence(), "legality": "flawed", "excludedReason": None}]})

    held = {**no_facts(), "matter.errorOccurred": "yes", "matter.privateGain": "no"}
    assert play.refused("facts", held) == {"matter.privateGain": ["casework.fact_needs_evidence"]}

    play.do("facts", {**held, "matter.privateGain": "unknown"})
    assert "facts-check" in play.open()


def test_what_cannot_be_found_out_goes_on_with_reason_and_consent(a_case: ACase) -> None:
    play = a_case(at="facts-check")
    play.up_to("facts-check")
    play.do("facts-check", {"factsClear": "unknown"})

    play.do("supplement", {"supplement.way": "unascertainable", "supplement.reason": "当事人已故，无其他材料。"})
    play.do("unascertainable-approval")

    assert "report" in play.open()
    assert play.record("investigationReport")["unascertained"]["blocks"] == ["G6"]
    assert play.variable("investigationGate") == {"gate": "block", "blocks": ["G6"]}


def test_what_was_not_done_cannot_be_called_unascertainable(a_case: ACase) -> None:
    play = a_case(at="evidence")
    play.up_to("facts-check", evidence={"evidence": [excluded_evidence()]}, facts=no_facts())
    play.do("facts-check")

    with pytest.raises(FormRejected):
        play.do("supplement", {"supplement.way": "unascertainable", "supplement.reason": "无法取得。"})

    assert "unascertainable-approval" not in play.open()
    assert "supplement" in play.open()


def test_a_return_for_supplement_rebuilds_the_time_limit(a_case: ACase) -> None:
    play = a_case(at="evidence")
    play.up_to("evidence")
    first = play.deadline("P-T05")
    assert first.due == date(2026, 4, 14)
    play.up_to("trial")
    play.at("2026-03-30")

    play.do(
        "trial",
        {"trialResult": "return", "strands": ["unit"], "returnReason": "补充听取单位意见。"},
    )

    assert play.open() & ALL_STRANDS == {"hearing-unit"}
    assert play.record("subject")["state"] == "INVESTIGATING"
    second = play.deadline("P-T05")
    assert second.key != first.key
    assert second.due == date(2026, 5, 14)
    assert play.task("hearing-unit").due_at is not None
    play.at("2026-04-15")
    assert "调查核实期限已到" not in play.notices("lead")
    play.at("2026-05-15")
    assert "调查核实期限已到" in play.notices("lead")
    assert "hearing-unit" in play.open()


def test_a_missing_calendar_year_gives_no_due_day_until_it_is_imported(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.at("2026-12-07")
    play.up_to("evidence")
    assert play.deadline("P-T05").due is None
    assert play.task("evidence").due_at is None

    play.import_calendar(2027, "2027-01-01")
    assert play.deadline("P-T05").due == date(2027, 1, 19)
    assert play.task("evidence").due_at is not None
    play.at("2027-01-20")

    assert "调查核实期限已到" in play.notices("lead")
    assert "evidence" in play.open()


def test_a_suspected_crime_suspends_the_procedure(a_case: ACase) -> None:
    play = a_case(at="facts-check")
    play.up_to("facts-check")

    play.do("facts-check", {"suspectedCrime": "yes"})
    assert play.record("subject")["state"] == "SUSPENDED"
    play.do(
        "suspension",
        {**TRANSFER, "suspensionResult": "resume"},
    )

    assert play.record("subject")["state"] == "INVESTIGATING"
    assert "investigation-plan" in play.open()


@pytest.mark.parametrize(
    ("before", "state"), [("evidence", "INVESTIGATING"), ("trial", "REVIEWING"), ("statements", "COLLECTIVE")]
)
def test_people_suspend_at_any_stage_and_time_stands_still(a_case: ACase, before: str, state: str) -> None:
    play = a_case(at=before)
    play.up_to(before)
    assert play.record("subject")["state"] == state

    play.suspend("force_majeure", "突发洪灾，无法调查。")

    assert play.record("subject")["state"] == "SUSPENDED"
    assert play.record("subject")["suspendedKind"] == "force_majeure"
    assert play.open() - RECTIFICATION == {"suspension"}
    play.later(days=60)
    assert play.open() - RECTIFICATION == {"suspension"}
    play.do("suspension", {"subject.suspendedReason": "突发洪灾，无法调查。", "suspensionResult": "resume"})
    assert play.record("subject")["state"] == "INVESTIGATING"
    assert play.record("subject")["outcome"] == "pending"


@pytest.mark.parametrize("stage", ["screening", "report", "announcement"])
def test_a_procedure_is_not_suspended_where_the_rules_of_states_forbid_it(a_case: ACase, stage: str) -> None:
    play = a_case(at="screening")
    play.up_to(stage)
    before, state = play.open(), play.record("subject")["state"]

    with pytest.raises(Conflict) as caught:
        play.suspend("crime", "涉嫌犯罪。")

    assert caught.value.code == "casework.not_suspendable"
    assert "第五条（三）" in texts.render(caught.value)
    assert (play.open(), play.record("subject")["state"]) == (before, state)


def test_only_leader_and_approver_suspend_and_say_why(a_case: ACase) -> None:
    play = a_case(at="evidence")
    play.up_to("evidence")

    with pytest.raises(Forbidden):
        play.suspend("crime", "涉嫌犯罪。", by="invest1")
    with pytest.raises(FormRejected) as caught:
        play.suspend("crime", " ")

    assert [*caught.value.fields] == ["subject.suspendedReason"]
    assert play.record("subject")["state"] == "INVESTIGATING"


def test_an_accepted_application_with_new_facts_reopens_the_investigation_before_issuing(a_case: ACase) -> None:
    play = a_case(at="issuance")
    play.up_to("issuance")
    play.apply()
    play.do("application-review")

    play.do(
        "merged-application",
        {"mergedNewFacts": True, "strands": ["evidence"], "application.mergedNote": "核实新提出的会议纪要。"},
    )

    assert play.record("subject")["state"] == "INVESTIGATING"
    assert play.open() & ALL_STRANDS == {"evidence"}
    assert "issuance" not in play.open()
    assert "退回补充：核实新提出的会议纪要。" in play.shown("evidence").replace("*", "")
    play.up_to("announcement")
    assert play.record("subject")["outcome"] == "exempt"


def test_the_approver_may_send_back_to_the_meeting(a_case: ACase) -> None:
    play = a_case(at="issuance")
    play.up_to("issuance")

    play.do(
        "issuance",
        {
            "issuanceResult": "restudy",
            "issuanceOpinion": "表决记录不全，请重新研究。",
            "decisionDocument.signer": None,
            "decisionDocument.issuedAt": None,
        },
    )

    assert play.record("subject")["state"] == "COLLECTIVE"
    assert "convening" in play.open()
    play.up_to("announcement")
    assert play.record("subject")["outcome"] == "exempt"


def test_a_terminated_procedure_closes_without_a_decision(a_case: ACase) -> None:
    play = a_case(at="facts-check")
    play.do("facts-check", {"suspectedCrime": "yes"})

    play.do("suspension", {**TRANSFER, "suspensionResult": "terminate"})
    assert play.record("subject")["state"] == "TERMINATED"
    play.do("notice", NO_RECTIFICATION)

    assert play.case()["state"] == "CLOSED"
    assert play.record("subject")["outcome"] == "pending"


def test_the_person_may_waive_being_heard_in_writing(a_case: ACase) -> None:
    play = a_case(at="evidence")

    play.do(
        "hearing-subject",
        {
            "opinionRecord.subject.waived": True,
            "opinionRecord.subject.waivedNote": "书面放弃，本人签字在卷。",
            "opinionRecord.subject.records": None,
        },
    )
    play.up_to("report")

    assert play.variable("investigationGate")["gate"] == "pass"


def closed(play: Play) -> None:
    """Take a case whose investigation is over to its closing."""
    play.up_to("subject-closing")
    play.do("notice", NO_RECTIFICATION)
    for element in sorted(FILINGS):
        play.do(element)
    play.do("subject-closing")
    assert play.case()["state"] == "CLOSED"
    assert play.running() == set()


def test_a_unit_that_does_not_answer_is_heard_all_the_same_before_the_investigation_ends(a_case: ACase) -> None:
    play = a_case(at="evidence")
    silent = {
        "unitSilent": True,
        "opinionRecord.unit.noAnswerNote": "3月2日去函，3月9日催告，均未答复。",
        "opinionRecord.unit.records": None,
    }
    play.up_to("supplement", hearing_unit=silent)
    assert play.variable_of("rc-investigation", "investigationGate")["blocks"] == ["G3"]
    assert play.data("supplement")["strands"] == ["unit"]
    way = {"supplement.way": "unascertainable", "supplement.reason": "单位不答复。"}
    assert set(play.refused("supplement", way)) == {"supplement.way"}

    play.do(
        "supplement",
        {"supplement.way": "supplement", "strands": ["unit"], "supplement.reason": "派员当面听取。"},
    )
    assert play.open() & ALL_STRANDS == {"hearing-unit"}
    assert "补充查明：派员当面听取。" in play.shown("hearing-unit").replace("*", "")
    play.do("hearing-unit", {"unitSilent": False})
    play.up_to("report")

    assert play.record("opinionRecord")["unit"]["noAnswerNote"]
    closed(play)


def test_an_opinion_of_an_expert_that_is_late_is_waited_for(a_case: ACase) -> None:
    play = a_case(at="screening")
    technical = {"matter.technical": "yes"}
    play.up_to("expert-opinion", investigation_plan=technical)
    others = {"evidence", "hearing-subject", "hearing-unit", "hearing-society"}
    for element in sorted(others & play.open()):
        play.do(element)

    play.at("2026-04-10")

    assert "部门或专家意见期限已到" in play.notices("invest1")
    assert play.open() - RECTIFICATION == {"expert-opinion"}
    assert play.record("subject")["state"] == "INVESTIGATING"
    play.do("expert-opinion")
    play.up_to("report", facts=technical)
    assert play.variable("investigationGate") == {"gate": "pass", "blocks": []}
    closed(play)


def test_a_person_who_refuses_the_decision_is_served_by_leaving_it(a_case: ACase) -> None:
    play = a_case(at="issuance")
    play.up_to("delivery", leaving={"announcement", "feedback-subject", "feedback-party"})
    left = {"delivery.subject.method": "leave", "delivery.subject.witness": "", "delivery.subject.refusal": ""}

    assert set(play.refused("delivery", left)) == {"delivery.subject.witness", "delivery.subject.refusal"}
    play.do("delivery", {**left, "delivery.subject.witness": "赵示例", "delivery.subject.refusal": "本人拒绝签收。"})
    refused = {"feedback.subject.ack": "refused", "feedback.subject.refusedNote": "听取说明后拒绝签字。"}
    play.up_to("subject-closing", feedback_subject=refused)

    assert play.record("delivery")["subject"]["refusal"] == "本人拒绝签收。"
    assert play.record("subject")["state"] == "TRACKING"
    closed(play)


def test_a_person_who_waives_being_heard_is_taken_to_the_end(a_case: ACase) -> None:
    play = a_case(at="evidence")
    waived = {"opinionRecord.subject.waived": True, "opinionRecord.subject.records": None}

    assert set(play.refused("hearing-subject", waived)) == {"opinionRecord.subject.waivedNote"}
    play.do("hearing-subject", {**waived, "opinionRecord.subject.waivedNote": "书面放弃，本人签字在卷。"})

    closed(play)


@pytest.mark.parametrize("days", [40, 400])
def test_no_timer_ever_decides(a_case: ACase, days: int) -> None:
    play = a_case(at="issuance")
    play.import_calendar(2027)
    play.up_to("issuance")
    before = play.open() - RECTIFICATION

    play.later(days=days)

    assert play.open() - RECTIFICATION - {"proposal", "accountability-study"} == before
    assert play.record("subject")["state"] == "DRAFTING"
    assert play.record("subject")["outcome"] == "pending"
    assert not play.record("decisionDocument").get("issuedAt")


# several persons


def test_each_person_of_a_case_has_an_end_of_their_own(a_case: ACase) -> None:
    play = a_case(a_person("张示例", account="subject"), a_person("李示例"))
    play.up_to("screening")

    play.do("screening", {"subject.screeningResult": "no"}, about=1)
    play.do("screening-review", about=1)
    play.do("not-started", DECIDED_OTHERWISE, about=1)
    play.do("notice", NO_RECTIFICATION, about=1)
    play.up_to("subject-closing")
    assert play.case()["state"] == "TRACKING"
    play.do("notice", NO_RECTIFICATION)
    for element in sorted(FILINGS):
        play.do(element)
    play.do("subject-closing")

    assert [play.record("subject", person)["outcome"] for person in (0, 1)] == ["exempt", "pending"]
    assert play.record("subject", 1)["screeningReason"]
    assert play.case()["state"] == "CLOSED"


def test_what_is_not_filed_keeps_the_case_open(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.do("screening", {"subject.screeningResult": "no"})
    play.do("screening-review")
    play.do("notice", NO_RECTIFICATION)
    play.do("rights-notice")

    play.do("not-started", {**DECIDED_OTHERWISE, "filing.caseFile.receivedAt": None})
    assert play.open() == {"closing-gaps"}
    play.do("closing-gaps", {"filing.caseFile.receivedAt": "2026-03-20"})

    assert play.case()["state"] == "CLOSED"


def test_two_persons_end_differently_after_one_meeting(a_case: ACase) -> None:
    play = a_case(a_person("张示例", account="subject"), a_person("李示例"))
    play.up_to("convening", persons=2)
    play.do("convening", about=0)
    assert "2026-1（张示例）" in str(play.options("convening", "sameMeeting", about=1))

    other = {"meeting.chair": "member1", "meeting.meetingNo": "2026-1"}
    assert play.refused("convening", other, about=1) == {"meeting.chair": ["casework.meeting_differs"]}
    particulars = [path for path in play.defaults("convening") if path.startswith("meeting.")]
    same = {"sameMeeting": play.keys()[0], **dict.fromkeys(particulars)}
    play.do("convening", same, about=1)
    play.up_to("resolution", persons=2)
    play.do("resolution", about=0)
    play.do(
        "resolution",
        {
            "toleranceOpinion.eligible": "no",
            "toleranceOpinion.outcome": "none",
            "toleranceOpinion.matchedItems": None,
            "meeting.deviationReason": "李示例未尽补件跟踪职责，不宜容错。",
        },
        about=1,
    )
    play.do("decision-draft", about=0)
    play.do("decision-draft", {"decisionDocument.docNo": "濮纪决〔2026〕2号", **NO_TOLERANCE}, about=1)
    play.do("reason-basis", about=0)
    play.do("reason-basis", {"reasonBasis.deviationReason": "未尽补件跟踪职责。"}, about=1)
    play.up_to("subject-closing", persons=2)

    assert [play.record("meeting", person)["meetingNo"] for person in (0, 1)] == ["2026-1", "2026-1"]
    assert [play.record("subject", person)["outcome"] for person in (0, 1)] == ["exempt", "none"]
    numbers = [play.record("decisionDocument", person)["docNo"] for person in (0, 1)]
    assert numbers == ["濮阳市纪委监委容〔2026〕1号", "濮阳市纪委监委容〔2026〕2号"]
    for person in (0, 1):
        play.do("notice", NO_RECTIFICATION, about=person)
        for element in sorted(FILINGS):
            play.do(element, about=person)
        play.do("subject-closing", about=person)
    assert play.case()["state"] == "CLOSED"


NO_TOLERANCE = {
    "decisionDocument.docKind": "accountability",
    "decisionDocument.measure": "通报。",
    "decisionDocument.toleranceSection": "不符合容错条件，不予容错。",
}


# study and decision


def test_insufficient_facts_are_shown_and_need_a_reason_for_any_outcome(a_case: ACase) -> None:
    play = a_case(at="evidence")
    play.up_to("supplement", facts=facts(answer="unknown"))
    field = "是否在深化“放管服”改革、优化营商环境工作中（第六条（六））"
    assert field in play.shown("supplement")
    assert play.variable_of("rc-investigation", "investigationGate") == {"gate": "block", "blocks": ["G7"]}
    play.do("supplement", {"supplement.way": "unascertainable", "supplement.reason": "主管部门已撤销，无材料。"})
    play.do("unascertainable-approval")
    play.up_to("convening")
    assert f"未查明的事实：{field}" in play.shown("convening").replace("*", "")
    assert f"经查无法查明：{field}。理由：主管部门已撤销，无材料。" in play.shown("convening")
    play.up_to("resolution")
    assert play.variable("advice")["advice"] == "insufficient"

    assert set(play.refused("resolution", {})) == {"meeting.deviationReason"}
    play.do("resolution", {"meeting.deviationReason": "工作领域虽未查明，其余事实足以认定。"})
    assert play.data("reason-basis")["reasonBasis"]["deviationReason"] == "工作领域虽未查明，其余事实足以认定。"
    assert set(play.refused("reason-basis", {"reasonBasis.deviationReason": ""})) == {"reasonBasis.deviationReason"}
    play.up_to("issuance", reason_basis={"reasonBasis.deviationReason": "工作领域虽未查明，其余事实足以认定。"})

    assert play.variable("advice")["advice"] == "insufficient"
    assert play.record("matter")["workField"]["fieldServiceReform"] == "unknown"
    assert play.record("investigationReport")["unascertained"]["facts"][0]["article"] == "第六条（六）"


def test_a_red_line_leads_to_the_advice_of_no_tolerance(a_case: ACase) -> None:
    play = a_case(at="trial")
    crossed = {"matter.redLineCrossed": "yes", "matter.redLineClauses": "纪律处分条例相关条款"}

    play.up_to("convening", trial=crossed)

    assert play.variable("advice")["advice"] == "none"
    assert play.variable("bottomLine")["codes"] == ["X2"]


def test_the_catch_all_item_is_determined_by_the_meeting(a_case: ACase) -> None:
    play = a_case(at="evidence")
    other = {
        **facts(answer="no"),
        "matter.otherClaim": "yes",
        "matter.otherClaimText": "应急处置中的失误。",
    }
    play.up_to("catch-all-determination", facts=other)

    play.do(
        "catch-all-determination",
        {"meeting.catchAllDetermination": "yes", "meeting.catchAllReason": "属于推动发展中的失误。"},
    )
    play.up_to("announcement", resolution={"toleranceOpinion.matchedItems": ["6(7)"]})

    assert play.variable("advice")["advice"] == "range"


def test_members_who_must_recuse_neither_count_nor_speak(a_case: ACase) -> None:
    play = a_case(at="convening")
    play.up_to("convening")
    play.do("convening", {"meeting.totalMembers": 3})

    play.do("declare", {"declaration.nearRelative": "yes"}, by="member1")
    play.all("declare")
    play.do(
        "recusal-ruling",
        {
            "meeting.recusals": [
                {"person": "member1", "result": "recuse", "reason": "近亲属。", "decidedBy": "机关负责人"}
            ]
        },
    )
    play.do("attendance", {"meeting.attendance": [{"member": f"member{n}", "status": "present"} for n in (2, 3)]})
    play.all("statements")

    assert [s["memberId"] for s in play.record("meeting")["statements"]] == ["member2", "member3"]
    assert play.record("meeting")["quorum"] == "met"


def test_too_few_members_postpone_the_meeting(a_case: ACase) -> None:
    play = a_case(at="convening")
    play.up_to("attendance")

    roll = [{"member": "member1", "status": "present"}, {"member": "member2", "status": "leave"}]
    play.do("attendance", {"meeting.attendance": roll})

    assert "convening" in play.open()
    assert "statements" not in play.open()
    assert "上次会议：2026-03-02，到会不足规定比例。请另行召集。" in play.shown("convening")
    play.at("2026-03-05")
    play.up_to("announcement", convening={"meeting.meetingNo": "2026-2"})
    assert play.record("meeting")["meetingNo"] == "2026-2"
    assert len(play.record("meeting")["postponements"]) == 1
    assert play.record("subject")["outcome"] == "exempt"


def test_a_meeting_that_did_not_pass_may_be_held_again(a_case: ACase) -> None:
    play = a_case(at="statements")
    play.all("statements", {"statement.vote": "abstain"})

    play.do("not-passed", {"notPassedWay": "postpone", "returnReason": "补充说明后再议"})

    assert "补充说明后再议。请另行召集。" in play.shown("convening")
    play.up_to("announcement", convening={"meeting.meetingNo": "2026-2"})
    assert play.record("meeting")["votes"] == {"agree": 3, "against": 0, "abstain": 0}


@pytest.mark.parametrize("strand", ["evidence", "subject", "unit", "society", "expert"])
@pytest.mark.parametrize("stage", ["report-review", "trial", "premeeting", "not-passed"])
def test_every_stage_returns_to_the_strand_that_is_chosen(a_case: ACase, stage: str, strand: str) -> None:
    play = a_case(at="statements" if stage == "not-passed" else "facts-check")
    play.up_to(stage, statements={"statement.vote": "against"})
    way = {
        "report-review": {"reportResult": "return"},
        "trial": {"trialResult": "return"},
        "premeeting": {"defenceResult": "supplement"},
        "not-passed": {"notPassedWay": "return"},
    }[stage]
    first = play.deadline("P-T05")
    play.later(days=1)

    play.do(stage, {**way, "strands": [strand], "returnReason": "补充核实。"})

    opened = {
        "evidence": "evidence",
        "subject": "hearing-subject",
        "unit": "hearing-unit",
        "society": "hearing-society",
        "expert": "expert-commission",
    }[strand]
    assert play.open() & {*ALL_STRANDS, "expert-commission"} == {opened}
    assert play.record("subject")["state"] == "INVESTIGATING"
    assert play.deadline("P-T05").key != first.key


def test_no_single_vote_stops_the_meeting(a_case: ACase) -> None:
    play = a_case(at="statements")
    play.up_to("statements")

    play.do("statements", {"statement.vote": "against", "statement.dissent": "影响较大。"})
    assert "statements" in play.open()
    play.all("statements")

    assert play.record("meeting")["votes"] == {"agree": 2, "against": 1, "abstain": 0}
    assert play.record("meeting")["passed"] == "yes"
    assert "影响较大。" in play.record("meeting")["dissent"]


def test_the_meeting_may_send_back_for_investigation(a_case: ACase) -> None:
    play = a_case(at="statements")
    play.up_to("statements")
    play.all("statements", {"statement.vote": "against"})

    play.do("not-passed", {"notPassedWay": "return", "strands": ["evidence"], "returnReason": "证据不足。"})

    assert play.open() & ALL_STRANDS == {"evidence"}
    assert play.record("subject")["state"] == "INVESTIGATING"


def test_a_stand_alone_tolerance_document_blocks_the_decision(a_case: ACase) -> None:
    play = a_case(at="statements")

    play.up_to("decision-draft")
    play.do("decision-draft", {"standaloneToleranceDocument": "yes"})
    play.do("reason-basis")

    assert play.variable_of("rc-decision", "issuanceGate") == {"gate": "block", "blocks": ["I4"]}
    assert "issuance" not in play.open()


def test_the_approver_may_return_the_draft(a_case: ACase) -> None:
    play = a_case(at="issuance")
    play.up_to("issuance")

    play.do(
        "issuance",
        {
            "issuanceResult": "return",
            "issuanceOpinion": "补写理由。",
            "decisionDocument.signer": None,
            "decisionDocument.issuedAt": None,
        },
    )

    assert {"decision-draft", "reason-basis"} <= play.open()
    assert play.record("subject")["state"] == "DRAFTING"


def test_an_overdue_step_is_reminded_and_decides_nothing(a_case: ACase) -> None:
    play = a_case(at="trial")
    play.up_to("trial")
    before = play.open()

    play.at("2026-03-31")

    assert "审理审核期限已到" in play.notices("review")
    assert play.open() == before
    assert play.record("subject")["state"] == "REVIEWING"


def test_staff_who_must_recuse_are_replaced_before_anything_begins(a_case: ACase) -> None:
    play = a_case()
    play.do("staffing")

    play.do("declare", {"declaration.interest": "yes"}, by="review")
    play.all("declare")
    assert "case-recusal-ruling" not in play.open()
    play.do(
        "recusal-ruling",
        {
            "recusalDecision.reason": "与本案有利害关系。",
            "recusalDecision.decidedBy": "机关负责人",
            "recusalDecision.decidedAt": "2026-03-02",
            "case.leadInvestigator": "lead",
            "case.investigators": ["invest1", "invest2"],
            "case.reviewers": ["review2"],
            "case.members": ["member1", "member2", "member3"],
        },
    )
    assert play.open() == {"declare"}
    play.all("declare")

    assert play.case()["reviewers"] == ["review2"]
    assert "screening" in play.open()


def excluded_evidence() -> dict[str, object]:
    return {
        "evidenceNo": "证1",
        "name": "证言",
        "kind": "testimony",
        "favourable": "neutral",
        "collectedBy": ["invest1", "invest2"],
        "collectedAt": "2026-03-03T09:00+08:00",
        "original": "original",
        "proves": ["matter.errorOccurred"],
        "legality": "excluded",
        "excludedReason": "取证程序不合法。",
    }
