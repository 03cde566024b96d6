"""Records: what may be written where, what the rules of the measure forbid, and what FEEL reads."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from service import forms, texts
from service.casework import records, schema
from service.casework.catalogue import DERIVED, DIRECTORY, RECORDS
from service.casework.functions import FUNCTIONS
from service.casework.records import CaseRecords
from service.errors import Conflict, FormRejected, Invalid
from service.runtime.unit import InstanceContext
from tests.processes import play

from .conftest import Site

MODELS = Path(__file__).resolve().parents[2]
SOURCE = CaseRecords()


def context(site: Site, subject: object = None) -> InstanceContext:
    variables: dict[str, Any] = {} if subject is None else {"subject": {"key": str(subject)}}
    return InstanceContext(1, 1, str(site.key), variables)


def refused(site: Site, values: dict[str, Any]) -> dict[str, list[str]]:
    with pytest.raises(FormRejected) as caught:
        site.write(values)
    for words in texts.fields(caught.value).values():
        assert all("{" not in word for word in words), words
    return {path: [code.removeprefix("casework.") for code, _ in found] for path, found in caught.value.fields.items()}


# the catalogue itself


def test_every_field_of_the_shipped_forms_has_its_place_in_the_records() -> None:
    missing = []
    for file in sorted(MODELS.glob("forms/*.form")):
        form = forms.read(file.read_bytes(), file.name, FUNCTIONS.names)
        for field in form.fields:
            head, *rest = field.path.split(".")
            record = RECORDS.get(head.removesuffix("[]"))
            if record is None or (head == "case" and rest[0].startswith("subjects")):
                continue
            kind: schema.Type | None = record.shape
            for name in (head, *rest):
                if name != head:
                    kind = schema.type_at(kind, (name.removesuffix("[]"),)) if kind else None
                if name.endswith("[]"):
                    kind = kind.of if isinstance(kind, schema.Many) else None
            if kind is None:
                missing.append(f"{file.name}: {field.path}")
            elif field.options and isinstance(kind, schema.Scalar) and kind.choices:
                extra = {option.value for option in field.options} - set(kind.choices)
                assert not extra, (file.name, field.path, extra)
    assert missing == []


def test_no_record_is_named_like_another_thing_that_forms_read() -> None:
    assert DIRECTORY not in RECORDS
    assert set(DERIVED) <= set(RECORDS)


# types

FITS: dict[str, tuple[str, Any]] = {
    "text": ("matter.description", "一\n二"),
    "line": ("matter.title", "试点"),
    "tri": ("matter.privateGain", "unknown"),
    "nested": ("matter.causeFacts.lackExperience", "unknown"),
    "whole entity": ("matter.causeFacts", {"lackExperience": "unknown"}),
    "date": ("matter.occurredFrom", "2026-02-28"),
    "moment": ("subject.startedAt", "2026-03-02T09:00+08:00"),
    "moment utc": ("subject.startedAt", "2026-03-02T01:00:00Z"),
    "day as moment": ("filing.personnel.receivedAt", "2026-03-02"),
    "number": ("matter.lossAmount", Decimal("12.30")),
    "int": ("meeting.totalMembers", Decimal(9)),
    "bool": ("application.signed", True),
    "list": ("application.claimedItems", ["6(1)", "6(7)"]),
    "entities": ("meeting.attendance", [{"member": "member1", "status": "present"}]),
    "whole list": ("evidence", [{"name": "台账", "collectedBy": ["invest1", "invest2"]}]),
    "empty": ("matter.privateGain", None),
    "empty text": ("matter.privateGain", ""),
}


@pytest.mark.parametrize(("path", "value"), FITS.values(), ids=FITS)
def test_a_fitting_value_is_kept_under_its_path(case: Site, path: str, value: Any) -> None:
    case.write({path: value})

    name, *rest = path.split(".")
    found = case.record(name)
    for key in rest:
        found = found[key]
    assert found == value


def test_a_moment_of_feel_is_kept_with_its_offset(case: Site) -> None:
    case.write({"subject.startedAt": "2026-03-02T09:00:00.123@Asia/Shanghai"})

    assert case.record("subject")["startedAt"] == "2026-03-02T09:00:00+08:00"


UNFIT: dict[str, tuple[str, Any, str]] = {
    "unknown record": ("verdict.text", "x", "unknown_record"),
    "unknown field": ("matter.verdict", "x", "unknown_field"),
    "below a scalar": ("matter.title.x", "x", "unknown_field"),
    "state": ("subject.state", "CLOSED", "read_only"),
    "key": ("subject.key", "1", "read_only"),
    "case number": ("case.caseNo", "1", "read_only"),
    "whole subject": ("subject", {"state": "CLOSED"}, "read_only"),
    "whole case": ("case", {}, "read_only"),
    "case subjects": ("case.subjects", [], "read_only"),
    "tri": ("matter.privateGain", "maybe", "not_a_choice"),
    "tri bool": ("matter.privateGain", True, "not_a_choice"),
    "date": ("matter.occurredFrom", "2026-02-30", "wrong_type"),
    "moment": ("subject.startedAt", "yesterday", "wrong_type"),
    "number": ("matter.lossAmount", "12", "wrong_type"),
    "int": ("meeting.totalMembers", Decimal("1.5"), "wrong_type"),
    "line": ("matter.title", "一\n二", "wrong_type"),
    "list": ("application.claimedItems", "6(1)", "wrong_type"),
    "entity": ("matter.causeFacts", [], "wrong_type"),
}


@pytest.mark.parametrize(("path", "value", "code"), UNFIT.values(), ids=UNFIT)
def test_an_unfit_value_is_refused(case: Site, path: str, value: Any, code: str) -> None:
    before = case.record("matter")

    assert refused(case, {path: value}) == {path: [code]}
    assert case.record("matter") == before


def test_the_place_inside_a_list_is_named(case: Site) -> None:
    value = [{"collectedBy": ["invest1"]}, {"kind": "rumour", "colour": "red"}]

    assert refused(case, {"evidence": value}) == {
        "evidence[0].collectedBy": ["two_collectors"],
        "evidence[1].kind": ["not_a_choice"],
        "evidence[1].colour": ["unknown_field"],
    }


# rules


def proof(*paths: str) -> dict[str, Any]:
    return {"name": "台账", "collectedBy": ["invest1", "invest2"], "proves": list(paths), "legality": "legal"}


def measure(category: str) -> dict[str, Any]:
    return {"category": category, "content": "补齐材料", "owner": "审批科", "doneBy": "2026-04-01"}


FOUND = {"evidence": [{**proof("matter.errorOccurred"), "evidenceNo": "证1"}], "matter.conductEvidence": ["证1"]}
YES = {"decisionDocument.issuedAt": "2026-04-01T09:00+08:00"}

RULES: dict[str, tuple[list[dict[str, Any]], dict[str, Any], dict[str, list[str]]]] = {
    # id: (written before, written now, refused)
    "not met without reason": (
        [],
        {"subject.screeningResult": "no"},
        {"subject.screeningResult": ["screening_needs_reason"]},
    ),
    "other claim without text": ([], {"matter.otherClaim": "yes"}, {"matter.otherClaim": ["other_claim_needs_text"]}),
    "red line without clauses": (
        [FOUND],
        {"matter.redLineCrossed": "yes", "matter.redLineClauses": ""},
        {"matter.redLineClauses": ["line_needs_clauses"]},
    ),
    "clauses taken away later": (
        [{**FOUND, "matter.legalLineCrossed": "yes", "matter.legalLineClauses": "刑法"}],
        {"matter.legalLineClauses": None},
        {"matter.legalLineClauses": ["line_needs_clauses"]},
    ),
    "no evidence at all": ([], {"evidence": []}, {"evidence": ["evidence_missing"]}),
    "fact without evidence": ([], {"matter.privateGain": "no"}, {"matter.privateGain": ["fact_needs_evidence"]}),
    "fact inside a whole": (
        [{"evidence": [proof("matter.causeFacts.pilotFirst")]}],
        {"matter.causeFacts": {"pilotFirst": "yes", "lackExperience": "no", "unintentional": "unknown"}},
        {"matter.causeFacts.lackExperience": ["fact_needs_evidence"]},
    ),
    "fact by excluded evidence": (
        [{"evidence": [{**proof("matter.errorOccurred"), "legality": "excluded", "excludedReason": "程序不合法"}]}],
        {"matter.errorOccurred": "yes"},
        {"matter.errorOccurred": ["fact_needs_evidence"]},
    ),
    "technical question answered with the facts": (
        [{"evidence": [proof("matter.errorOccurred")]}],
        {"matter.errorOccurred": "yes", "matter.technical": "no", "matter.professional": "unknown"},
        {"matter.technical": ["fact_needs_evidence"]},
    ),
    "end before the beginning": (
        [],
        {"matter.occurredFrom": "2026-01-02", "matter.occurredTo": "2026-01-01"},
        {"matter.occurredTo": ["ends_before_it_begins"]},
    ),
    "more members than are due": (
        [],
        {"meeting.totalMembers": Decimal(2), "case.members": ["member1", "member2", "member3"]},
        {"meeting.totalMembers": ["more_members_than_total"]},
    ),
    "more present than are due": (
        [{"meeting.totalMembers": Decimal(1)}],
        {"meeting.attendance": [{"member": name, "status": "present"} for name in ("member1", "member2")]},
        {"meeting.attendance": ["more_present_than_total"]},
    ),
    "measures of one class": (
        [],
        {"rectification.plan.measures": [measure("remedy"), measure("remedy"), measure("loss")]},
        {"rectification.plan.measures": ["measure_missing_impact", "measure_missing_mechanism"]},
    ),
    "measure that nobody carries out": (
        [],
        {
            "rectification.plan.measures": [
                {"category": "remedy", "content": "补件"},
                {"category": "impact"},
                *(measure(name) for name in ("loss", "mechanism")),
            ]
        },
        {
            "rectification.plan.measures[0].owner": ["measure_needs"],
            "rectification.plan.measures[0].doneBy": ["measure_needs"],
            "rectification.plan.measures[1].content": ["measure_or_reason"],
        },
    ),
    "one inquirer": (
        [],
        {"opinionRecord.subject.records": [{"inquirers": ["invest1"]}]},
        {"opinionRecord.subject.records[0].inquirers": ["two_inquirers"]},
    ),
    "evidence excluded without reason": (
        [],
        {"evidence": [{"legality": "excluded"}]},
        {"evidence[0].excludedReason": ["needs_reason"]},
    ),
    "absent member votes": (
        [{"meeting.attendance": [{"member": "member1", "status": "leave"}]}],
        {"meeting.statements": [{"memberId": "member1", "vote": "agree"}]},
        {"meeting.statements[0]": ["absent_member"]},
    ),
    "recused member votes": (
        [
            {
                "meeting.attendance": [{"member": "member1", "status": "present"}],
                "meeting.recusals": [{"person": "member1", "result": "recuse"}],
            }
        ],
        {"meeting.statements": [{"memberId": "member1", "vote": "agree"}]},
        {"meeting.statements[0]": ["recused_member"]},
    ),
    "member votes twice": (
        [{"meeting.attendance": [{"member": "member1", "status": "present"}]}],
        {"meeting.statements": [{"memberId": "member1"}, {"memberId": "member1"}]},
        {"meeting.statements[1]": ["member_twice"]},
    ),
    "document changed after issuing": (
        [{"decisionDocument.measure": "诫勉", **YES}],
        {"decisionDocument.measure": "免予"},
        {"decisionDocument.measure": ["locked"]},
    ),
    "issue date changed": (
        [YES],
        {"decisionDocument.issuedAt": "2026-04-02T09:00+08:00"},
        {"decisionDocument.issuedAt": ["locked"]},
    ),
    "opinion changed after issuing": (
        [{"toleranceOpinion.outcome": "exempt", **YES}],
        {"toleranceOpinion.outcome": "none"},
        {"toleranceOpinion.outcome": ["locked"]},
    ),
    "reasons changed after issuing": (
        [{"reasonBasis.reasons": "公益", **YES}],
        {"reasonBasis.reasons": "其他"},
        {"reasonBasis.reasons": ["locked"]},
    ),
    "outcome before the decision": (
        [{"toleranceOpinion.outcome": "exempt"}],
        {"subject.outcome": "exempt"},
        {"subject.outcome": ["outcome_before_decision"]},
    ),
    "outcome of one's own": (
        [{"toleranceOpinion.outcome": "none", **YES}],
        {"subject.outcome": "exempt"},
        {"subject.outcome": ["outcome_not_resolved"]},
    ),
    "outcome changed": (
        [{"toleranceOpinion.outcome": "none", **YES}, {"subject.outcome": "none"}],
        {"subject.outcome": "pending"},
        {"subject.outcome": ["outcome_locked"]},
    ),
    "outcome by the name of the case": (
        [{"toleranceOpinion.outcome": "none", **YES}, {"subject.outcome": "none"}],
        {"case.outcome": "exempt"},
        {"case.outcome": ["read_only"]},
    ),
    "stand-alone tolerance document": (
        [],
        {"decisionDocument.docKind": "tolerance"},
        {"decisionDocument.docKind": ["not_a_choice"]},
    ),
    "reasons in the personnel file": (
        [],
        {"filing.personnel.catalogue": [{"no": 1, "title": "理由", "document": "reasonBasis"}]},
        {"filing.personnel.catalogue[0]": ["reasons_not_here"]},
    ),
    "reasons in the integrity file": (
        [],
        {"filing.integrity.catalogue": [{"no": 1, "document": "decisionDocument"}, {"document": "reasonBasis"}]},
        {"filing.integrity.catalogue[1]": ["reasons_not_here"]},
    ),
    "received before sent": (
        [],
        {"filing.caseFile.sentAt": "2026-04-02", "filing.caseFile.receivedAt": "2026-04-01"},
        {"filing.caseFile.receivedAt": ["received_before_sent"]},
    ),
    "time of application changed": (
        [{"application.submittedAt": "2026-03-02T09:00+08:00"}],
        {"application.submittedAt": "2026-01-02T09:00+08:00"},
        {"application.submittedAt": ["submitted_once"]},
    ),
    "no rectification after the notice": (
        [{"rectification.issuedAt": "2026-04-02T09:00+08:00"}],
        {"rectification.noRectificationReason": "轻微"},
        {"rectification.noRectificationReason": ["rectification_noticed"]},
    ),
}


@pytest.mark.parametrize(("before", "now", "expected"), RULES.values(), ids=RULES)
def test_the_measure_forbids(
    case: Site, before: list[dict[str, Any]], now: dict[str, Any], expected: dict[str, list[str]]
) -> None:
    for values in before:
        case.write(values)

    assert refused(case, now) == expected


ALLOWED: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "not met with reason": ([], {"subject.screeningResult": "no", "subject.screeningReason": "不涉及"}),
    "issuing fills the document": (
        [{"decisionDocument.measure": "诫勉"}],
        {"decisionDocument.signer": "approver", **YES},
    ),
    "effective after issuing": ([YES], {"decisionDocument.effectiveAt": "2026-04-01T09:00+08:00"}),
    "same value after issuing": ([{"decisionDocument.measure": "诫勉", **YES}], {"decisionDocument.measure": "诫勉"}),
    "volume number after issuing": ([YES], {"reasonBasis.volumeNo": "1"}),
    "outcome of the resolution": ([{"toleranceOpinion.outcome": "none", **YES}], {"subject.outcome": "none"}),
    "fact by evidence of its group": (
        [{"evidence": [proof("matter.workField", "matter.privateGain")]}],
        {"matter.workField.fieldRural": "yes", "matter.privateGain": "no", "matter.errorOccurred": "unknown"},
    ),
    "what the plan assumes": ([], {"matter.professional": "yes", "matter.technical": "no"}),
    "every class has a measure or a reason": (
        [],
        {
            "rectification.plan.measures": [
                *(measure(name) for name in ("remedy", "impact", "mechanism")),
                {"category": "loss", "notApplicableReason": "没有损失"},
            ]
        },
    ),
    "reasons in the case volume": ([], {"filing.caseFile.catalogue": [{"no": 1, "document": "reasonBasis"}]}),
}


@pytest.mark.parametrize(("before", "now"), ALLOWED.values(), ids=ALLOWED)
def test_the_measure_allows(case: Site, before: list[dict[str, Any]], now: dict[str, Any]) -> None:
    for values in before:
        case.write(values)

    case.write(now)


# persons


def test_persons_keep_their_own_records(two: Site) -> None:
    two.write({"matter.otherClaim": "no", "case.screeningResult": "yes"}, 1)
    two.write({"matter.otherClaim": "unknown", "subject.screeningResult": "unknown"}, 2)

    assert [two.record("matter", number)["otherClaim"] for number in (1, 2)] == ["no", "unknown"]
    assert [two.record("subject", number)["screeningResult"] for number in (1, 2)] == ["yes", "unknown"]
    with two.unit() as unit:
        case = records.of_case(unit, two.key)
        assert case.case_record(case.subjects[1].key)["screeningResult"] == "unknown"
        assert "screeningResult" not in case.case_record()


def test_a_person_s_record_needs_a_person(two: Site) -> None:
    with two.unit() as unit, pytest.raises(FormRejected) as caught:
        SOURCE.validate(unit, context(two), {"matter.privateGain": "no", "case.outcome": "none"})

    assert [code for found in caught.value.fields.values() for code, _ in found] == [
        "casework.whose_record",
        "casework.read_only",
    ]


def test_a_person_of_another_case_is_nobody_here(site: Site) -> None:
    other = site.register()
    stranger = site.subject()
    site.register()
    assert other != site.key

    with site.unit() as unit:
        found = SOURCE.read(unit, context(site, stranger))
        assert "matter" not in found
        with pytest.raises(FormRejected):
            SOURCE.validate(unit, context(site, stranger), {"matter.privateGain": "no"})


@pytest.mark.parametrize("business_key", [None, "", "abc", "٣", "9" * 30, "12345678"])
def test_a_process_without_a_case_has_no_records(case: Site, business_key: str | None) -> None:
    with case.unit() as unit:
        place = InstanceContext(1, 1, business_key, {})
        assert dict(SOURCE.read(unit, place)) == {}
        with pytest.raises(Invalid):
            SOURCE.validate(unit, place, {"matter.title": "x"})


# reading


def test_feel_reads_records_under_their_names(two: Site) -> None:
    two.write({"matter.causeFacts.lackExperience": "unknown"}, 2)
    key = two.subject(2)

    with two.unit() as unit:
        found: Any = SOURCE.read(unit, context(two, key))

        assert found["subject"]["name"] == "李示例"
        assert found["matter"]["causeFacts"] == {"lackExperience": "unknown"}
        assert found["evidence"] == []
        assert found["meeting"] == {}
        assert found["case"]["caseNo"] == "濮阳市纪委监委〔2026〕1号"
        assert found["case"]["investigators"] == []
        assert [person["name"] for person in found["case"]["subjects"]] == ["张示例", "李示例"]
        assert found["case"]["subjects"][1]["matter"]["causeFacts"] == {"lackExperience": "unknown"}
        assert found["directory"]["INVEST"] == [
            {"label": "invest1", "value": "invest1"},
            {"label": "invest2", "value": "invest2"},
        ]
        assert found["case"]["names"] == {"subject": "subject"}
        assert found["case"]["people"]["investigators"] == []
        assert set(found) == {*RECORDS, DIRECTORY}
        assert set(SOURCE.read(unit, context(two))) == {
            "case",
            "recusalDeclaration",
            "disciplinaryProposal",
            DIRECTORY,
        }


def test_what_was_written_is_read_in_the_same_unit(case: Site) -> None:
    key = case.subject()

    with case.unit() as unit:
        place = context(case, key)
        SOURCE.write(unit, place, "matter.privateGain", "no")
        found: Any = SOURCE.read(unit, place)
        assert found["matter"]["privateGain"] == "no"


# versions


def test_every_write_is_kept_as_a_version_with_its_writer(case: Site) -> None:
    key = case.subject()
    for answer in ("unknown", "no"):
        case.later(minutes=1)
        case.write({"matter.otherClaim": answer})

    with case.unit() as unit:
        kept = records.versions(unit, case.key, key, "matter")

    assert [(one.version, one.value.get("otherClaim"), one.written_by) for one in kept] == [
        (1, None, "intake"),
        (2, "unknown", "system"),
        (3, "no", "system"),
    ]
    assert kept[1].written_at < kept[2].written_at


def test_several_writes_of_one_unit_are_one_version(case: Site) -> None:
    case.write({"meeting.meetingNo": "1", "meeting.totalMembers": Decimal(3)})

    with case.unit() as unit:
        assert len(records.versions(unit, case.key, case.subject(), "meeting")) == 1


def test_a_stale_write_is_a_conflict(case: Site) -> None:
    case.write({"meeting.meetingNo": "1"})
    key = case.subject()

    with case.unit() as unit:
        stale = records.of_case(unit, case.key)
        stale.set("meeting", ("meetingNo",), "2", key)
        document = stale._documents[key, "meeting"]  # as if another unit had come first
        document.version -= 1
        with pytest.raises(Conflict, match=r"casework\.record_changed"):
            unit.commit()


# people

STAFF: dict[str, Any] = {
    "case.leadInvestigator": "lead",
    "case.investigators": ["invest1", "invest2"],
    "case.reviewers": ["review"],
    "case.members": ["member1", "member2"],
}


def test_people_are_assigned_by_role(case: Site) -> None:
    case.write(STAFF)

    with case.unit() as unit:
        people = records.of_case(unit, case.key).case_record()
        assert {name: people[name.removeprefix("case.")] for name in STAFF} == STAFF
        assert people["secretary"] is None


WRONG_STAFF: dict[str, tuple[dict[str, Any], dict[str, list[str]]]] = {
    "one investigator": (
        {"case.investigators": ["invest1"]},
        {"case.investigators": ["two_investigators"]},
    ),
    "same one twice": (
        {"case.investigators": ["invest1", "invest1"]},
        {"case.investigators": ["two_investigators"]},
    ),
    "nobody of that name": (
        {"case.reviewers": ["ghost"]},
        {"case.reviewers": ["no_such_person"]},
    ),
    "without the role": (
        {"case.reviewers": ["invest1"]},
        {"case.reviewers": ["person_lacks_role"]},
    ),
}


@pytest.mark.parametrize(("values", "expected"), WRONG_STAFF.values(), ids=WRONG_STAFF)
def test_wrong_assignments_are_refused(case: Site, values: dict[str, Any], expected: dict[str, list[str]]) -> None:
    found = refused(case, values)

    assert {path: [codes[0]] for path, codes in found.items()} == expected


def test_investigator_and_reviewer_of_a_case_are_different_people(case: Site) -> None:
    from service.auth import accounts

    with case.unit() as unit:
        accounts.give_role(unit, "invest1", "REVIEW")
        unit.commit()
    case.write(STAFF)

    assert refused(case, {"case.reviewers": ["invest1"]}) == {"case.reviewers": ["roles_exclude"]}
    assert refused(case, {**STAFF, "case.reviewers": ["invest1"]}) == {"case.reviewers": ["roles_exclude"]}


def test_the_person_held_accountable_does_not_work_on_the_case(case: Site) -> None:
    from service.auth import accounts

    with case.unit() as unit:
        accounts.give_role(unit, "subject", "MEMBER")
        unit.commit()

    assert "person_is_subject" in refused(case, {"case.members": ["subject"]})["case.members"]


def test_a_person_keeps_the_name_they_are_registered_under(case: Site) -> None:
    assert play.a_person()["name"] == case.record("subject")["name"]


# what stands or falls with evidence


def numbered(number: str, *proves: str, **changes: Any) -> dict[str, Any]:
    return {**proof(*proves), "evidenceNo": number, **changes}


EXCLUDED = {"legality": "excluded", "excludedReason": "取证程序不合法。"}


def test_a_fact_whose_last_evidence_is_excluded_is_not_ascertained_any_more(case: Site) -> None:
    first, second = numbered("证1", "matter.privateGain"), numbered("证2", "matter.knowingViolation")
    case.write({"evidence": [first, second]})
    case.write({"matter.privateGain": "no", "matter.knowingViolation": "no"})

    case.write({"evidence": [{**first, **EXCLUDED}, second]})

    assert case.record("matter")["privateGain"] == "unknown"
    assert case.record("matter")["knowingViolation"] == "no"


@pytest.mark.parametrize("fact", ["matter.conductQualified", "matter.redLineCrossed", "matter.legalLineCrossed"])
def test_a_finding_of_the_review_names_usable_evidence(case: Site, fact: str) -> None:
    usable, excluded = numbered("证1", "matter.errorOccurred"), numbered("证2", "matter.privateGain", **EXCLUDED)
    case.write({"evidence": [usable, excluded]})

    assert refused(case, {fact: "no"}) == {fact: ["finding_needs_evidence"]}
    for numbers in (["证2"], ["证3"], ["证1", "证3"]):
        written = {fact: "no", "matter.conductEvidence": numbers}
        assert refused(case, written) == {"matter.conductEvidence": ["evidence_not_usable"]}
    case.write({fact: "unknown"})
    case.write({fact: "no", "matter.conductEvidence": ["证1"]})

    assert case.record("matter")["conductEvidence"] == ["证1"]


@pytest.mark.parametrize("title", ["容错理由和依据材料", "关于张示例的容错 理由", "容错依据", "Reasons and Basis"])
@pytest.mark.parametrize("target", ["personnel", "integrity"])
def test_the_material_on_reasons_is_kept_out_by_its_title_too(case: Site, target: str, title: str) -> None:
    entry = {"no": 1, "title": title, "copies": 1}

    found = refused(case, {f"filing.{target}.catalogue": [entry]})

    assert found == {f"filing.{target}.catalogue[0]": ["reasons_not_here"]}
    case.write({"filing.caseFile.catalogue": [entry]})
