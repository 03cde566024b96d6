import csv
import json
from pathlib import Path
from typing import Any

import pytest

from service import feel
from service.errors import Severity
from tests.conformance import domain

HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared" / "domain" / "examples.csv"
MEASURE = HERE.parents[2] / "shared" / "domain" / "measure.md"
OWN = HERE / "examples.csv"


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


# The rows of the domain's owner where they are at hand, else the copy kept here.
EXAMPLES = _rows(SHARED if SHARED.exists() else OWN)


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row["id"])
def test_example_of_the_domain(row: dict[str, str]) -> None:
    result = domain.evaluate(row["decision"], json.loads(row["inputs_json"]))

    assert _strict(result) == _strict(json.loads(row["expected_json"]))


def test_the_copy_kept_here_holds_every_example() -> None:
    assert [row["id"] for row in EXAMPLES] == [row["id"] for row in _rows(OWN)]


def _strict(value: Any) -> str:
    """True and 1, or null and a missing key, are not the same; the order of lists counts, that of keys does not."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


# Further rows, by decision: inputs, expected. What decisions.md says of each rule and the examples do not show.
TRI = ("yes", "no", "unknown")
D1_YES = {"personType": "party_cadre", "orgType": "government", "jurisdiction": "city", "performingDuty": "yes"}
D2_APPLICATION = {
    "scopeResult": "applicable",
    "initiation": "application",
    "accountabilityOpened": "yes",
    "timing": "before_decision",
    "bySubject": "yes",
    "toCompetentOrgan": "yes",
    "written": "yes",
}
D2_OWN_MOTION = {
    "scopeResult": "applicable",
    "initiation": "proactive",
    "accountabilityOpened": "yes",
    "timing": "before_decision",
    "screening": "yes",
}
D4_CLEAR = {
    "privateGain": "no",
    "redLineCrossed": "no",
    "legalLineCrossed": "no",
    "conductQualified": "yes",
    "knowingViolation": "no",
    "defiedProhibition": "no",
}
D7_OPEN = {
    "seedExclusion": "clear",
    "overlayExclusion": "off",
    "circumstanceStatus": "matched",
    "motive": "neutral",
    "conditions": "neutral",
    "procedure": "neutral",
    "nature": "neutral",
    "consequence": "neutral",
    "recovery": "neutral",
    "gradedAdvice": "on",
}
D10_NO = {"nearRelative": "no", "witness": "no", "interest": "no", "otherImpact": "no", "isOrganHead": "no"}
D14_DONE = {
    "quorum": "met",
    "passed": "yes",
    "accountabilityOpinion": "yes",
    "toleranceOpinionMerged": "yes",
    "standaloneToleranceDocument": "no",
    "reasonBasisMaterial": "yes",
    "adviceDeviates": "no",
    "appealInfo": "yes",
    "unresolvedRecusal": "no",
}
G_ALL = [f"G{number}" for number in range(1, 9)]
I_ALL = [f"I{number}" for number in range(1, 9)]


def _d4(seed: str, codes: list[str], overlay: str = "off", overlay_codes: list[str] | None = None) -> dict[str, Any]:
    return {
        "seedExclusion": seed,
        "codes": codes,
        "overlayExclusion": overlay,
        "overlayCodes": overlay_codes or [],
    }


def _d12(route: str, apply: str, decide: str, due: str | None, in_time: str) -> dict[str, Any]:
    return {
        "route": route,
        "applyLimit": apply,
        "decideLimit": decide,
        "suspendsExecution": False,
        "dueDate": due,
        "inTime": in_time,
    }


def _meeting(total: Any, present: Any, agree: Any, against: Any, abstain: Any) -> dict[str, Any]:
    return {"totalMembers": total, "presentEligible": present, "agree": agree, "against": against, "abstain": abstain}


def _appeal(kind: str, stage: str, received: str | None, filed: str | None) -> dict[str, Any]:
    return {"decisionKind": kind, "stage": stage, "receivedDate": received, "filedDate": filed}


FURTHER: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    # Everything missing
    ("all missing", "D1", {}, {"scopeResult": "insufficient"}),
    ("all missing", "D2", {}, {"admission": "insufficient"}),
    (
        "all missing",
        "D3",
        {},
        {
            "matched": [],
            "undetermined": [f"6({number})" for number in range(1, 8)],
            "circumstanceStatus": "undetermined",
            "needsCollectiveDetermination": False,
        },
    ),
    ("all missing", "D4", {}, _d4("insufficient", [])),
    ("all missing", "D5", {}, {"expertRequired": "insufficient", "expertGate": "insufficient"}),
    ("all missing", "D6", {}, {"gate": "block", "blocks": G_ALL}),
    ("all missing", "D7", {}, {"advice": "insufficient", "binding": False}),
    ("all missing", "D8", {}, {"effect": "insufficient", "alert": False}),
    ("all missing", "D9", {}, {"level": "insufficient"}),
    ("all missing", "D10", {}, {"recusal": "insufficient", "decider": "unknown"}),
    ("all missing", "D11", {}, {"quorum": "insufficient", "passed": "insufficient"}),
    ("all missing", "D12", {}, _d12("manual", "none", "none", None, "unknown")),
    ("all missing", "D13", {}, {"dueDate": None, "status": "insufficient"}),
    ("all missing", "D14", {}, {"gate": "block", "blocks": I_ALL}),
    ("all missing", "E2E", {}, {"scopeResult": "insufficient", "admission": "insufficient"}),
    # D1: the certain no before the unknown, and no value outside the list counts as known
    ("none before unknown duty", "D1", {"personType": "none"}, {"scopeResult": "not_applicable"}),
    ("no duty before unknown person", "D1", {"performingDuty": "no"}, {"scopeResult": "not_applicable"}),
    ("outside before unknown person", "D1", {"jurisdiction": "outside"}, {"scopeResult": "not_applicable"}),
    (
        "unknown duty before vertical",
        "D1",
        {**D1_YES, "performingDuty": None, "jurisdiction": "vertical"},
        {"scopeResult": "insufficient"},
    ),
    (
        "vertical before reference",
        "D1",
        {**D1_YES, "personType": "other_public_duty", "jurisdiction": "vertical"},
        {"scopeResult": "manual"},
    ),
    (
        "reference before unknown organ",
        "D1",
        {**D1_YES, "personType": "other_public_duty", "orgType": None},
        {"scopeResult": "by_reference"},
    ),
    ("unknown organ", "D1", {**D1_YES, "orgType": "unknown"}, {"scopeResult": "insufficient"}),
    ("organ outside the list", "D1", {**D1_YES, "orgType": "bank"}, {"scopeResult": "insufficient"}),
    ("person outside the list", "D1", {**D1_YES, "personType": "cadre"}, {"scopeResult": "insufficient"}),
    ("public institution", "D1", {**D1_YES, "orgType": "public_institution"}, {"scopeResult": "applicable"}),
    # D2
    ("manual scope", "D2", {**D2_APPLICATION, "scopeResult": "manual"}, {"admission": "manual"}),
    ("unknown scope", "D2", {**D2_APPLICATION, "scopeResult": "unknown"}, {"admission": "insufficient"}),
    ("by reference", "D2", {**D2_APPLICATION, "scopeResult": "by_reference"}, {"admission": "accept"}),
    (
        "not opened before late",
        "D2",
        {**D2_APPLICATION, "accountabilityOpened": "no", "timing": "after_decision"},
        {"admission": "register_only"},
    ),
    (
        "late before wrong organ",
        "D2",
        {**D2_APPLICATION, "timing": "after_decision", "toCompetentOrgan": "no"},
        {"admission": "redirect_appeal"},
    ),
    (
        "wrong organ before other person",
        "D2",
        {**D2_APPLICATION, "toCompetentOrgan": "no", "bySubject": "no"},
        {"admission": "transfer"},
    ),
    (
        "other person before oral",
        "D2",
        {**D2_APPLICATION, "bySubject": "no", "written": "no"},
        {"admission": "proactive_review"},
    ),
    ("oral before unknown", "D2", {**D2_APPLICATION, "written": "no", "timing": None}, {"admission": "supplement"}),
    *(
        (f"application, {name} unknown", "D2", {**D2_APPLICATION, name: "unknown"}, {"admission": "insufficient"})
        for name in ("accountabilityOpened", "timing", "bySubject", "toCompetentOrgan", "written")
    ),
    ("application does not ask for screening", "D2", {**D2_APPLICATION, "screening": "no"}, {"admission": "accept"}),
    (
        "own motion after the decision",
        "D2",
        {**D2_OWN_MOTION, "timing": "after_decision"},
        {"admission": "post_decision_review"},
    ),
    (
        "after the decision before not opened",
        "D2",
        {**D2_OWN_MOTION, "timing": "after_decision", "accountabilityOpened": "no"},
        {"admission": "post_decision_review"},
    ),
    *(
        (f"own motion, {name} missing", "D2", {**D2_OWN_MOTION, name: None}, {"admission": "insufficient"})
        for name in ("accountabilityOpened", "timing", "screening")
    ),
    (
        "unknown before screening no",
        "D2",
        {**D2_OWN_MOTION, "timing": None, "screening": "no"},
        {"admission": "insufficient"},
    ),
    ("both is no way to start", "D2", {**D2_APPLICATION, "initiation": "both"}, {"admission": "insufficient"}),
    # D4
    ("red line, rest unknown", "D4", {"redLineCrossed": "yes"}, _d4("excluded", ["X2"])),
    ("all lines", "D4", dict.fromkeys(D4_CLEAR, "yes"), _d4("excluded", ["X1", "X2", "X3", "X4", "X5"])),
    ("legal line", "D4", {**D4_CLEAR, "legalLineCrossed": "yes"}, _d4("excluded", ["X3"])),
    ("conduct unknown", "D4", {**D4_CLEAR, "conductQualified": "unknown"}, _d4("insufficient", [])),
    (
        "excluded before conduct unknown",
        "D4",
        {**D4_CLEAR, "privateGain": "yes", "conductQualified": None},
        _d4("excluded", ["X1"]),
    ),
    ("knowing unknown while on", "D4", {**D4_CLEAR, "knowingViolation": None}, _d4("insufficient", [])),
    ("overlay unknown", "D4", {**D4_CLEAR, "overlayEnabled": ["unitGain"]}, _d4("clear", [], "insufficient")),
    (
        "overlay no",
        "D4",
        {**D4_CLEAR, "overlayEnabled": ["unitGain"], "unitGain": "no", "majorEnv": "yes"},
        _d4("clear", [], "clear"),
    ),
    (
        "overlay yes beside unknown",
        "D4",
        {**D4_CLEAR, "overlayEnabled": ["unitGain", "majorEnv"], "unitGain": "yes"},
        _d4("clear", [], "excluded", ["O3"]),
    ),
    ("overlay that nobody knows", "D4", {**D4_CLEAR, "overlayEnabled": ["weather"]}, _d4("clear", [], "insufficient")),
    # D5
    (
        "technical yes is enough",
        "D5",
        {"professional": None, "technical": "yes", "expertOpinionObtained": "yes"},
        {"expertRequired": "yes", "expertGate": "pass"},
    ),
    (
        "not needed, not known whether obtained",
        "D5",
        {"professional": "no", "technical": "no"},
        {"expertRequired": "no", "expertGate": "pass"},
    ),
    # D6: each block alone
    *(
        (
            f"{code} alone",
            "D6",
            {
                **{
                    "evidenceCount": 1,
                    "subjectHeard": "yes",
                    "unitHeard": "yes",
                    "stakeholder": "heard",
                    "expertGate": "pass",
                    "factsClear": "yes",
                    "toleranceExamined": "yes",
                    "investigatorCount": 2,
                },
                name: value,
            },
            {"gate": "block", "blocks": [code]},
        )
        for code, name, value in (
            ("G1", "evidenceCount", 0),
            ("G2", "subjectHeard", "unknown"),
            ("G3", "unitHeard", "waived"),
            ("G4", "stakeholder", "unknown"),
            ("G5", "expertGate", "insufficient"),
            ("G6", "factsClear", "unknown"),
            ("G7", "toleranceExamined", "no"),
            ("G8", "investigatorCount", 1),
            ("G8", "minInvestigators", 3),
        )
    ),
    # D7: thresholds
    ("overlay alone", "D7", {**D7_OPEN, "overlayExclusion": "excluded"}, {"advice": "none_overlay", "binding": False}),
    (
        "seed before overlay",
        "D7",
        {**D7_OPEN, "seedExclusion": "excluded", "overlayExclusion": "excluded"},
        {"advice": "none", "binding": False},
    ),
    (
        "overlay before seed insufficient",
        "D7",
        {**D7_OPEN, "seedExclusion": "insufficient", "overlayExclusion": "excluded"},
        {"advice": "none_overlay", "binding": False},
    ),
    (
        "overlay insufficient",
        "D7",
        {**D7_OPEN, "overlayExclusion": "insufficient"},
        {"advice": "insufficient", "binding": False},
    ),
    ("overlay clear", "D7", {**D7_OPEN, "overlayExclusion": "clear"}, {"advice": "mitigated", "binding": False}),
    (
        "factor missing before catch-all",
        "D7",
        {**D7_OPEN, "circumstanceStatus": "catch_all", "recovery": None},
        {"advice": "insufficient", "binding": False},
    ),
    ("graded advice is off by default", "D7", {**D7_OPEN, "gradedAdvice": None}, {"advice": "range", "binding": False}),
    ("adverse motive", "D7", {**D7_OPEN, "motive": "adverse"}, {"advice": "none", "binding": False}),
    (
        "one adverse, three favourable",
        "D7",
        {
            **D7_OPEN,
            "recovery": "adverse",
            "motive": "favourable",
            "conditions": "favourable",
            "procedure": "favourable",
        },
        {"advice": "lighter", "binding": False},
    ),
    (
        "one adverse, four favourable",
        "D7",
        {
            **D7_OPEN,
            "recovery": "adverse",
            "motive": "favourable",
            "conditions": "favourable",
            "procedure": "favourable",
            "consequence": "favourable",
        },
        {"advice": "mitigated", "binding": False},
    ),
    (
        "adverse nature with two others",
        "D7",
        {**D7_OPEN, "nature": "adverse", "recovery": "adverse", "procedure": "adverse"},
        {"advice": "none", "binding": False},
    ),
    (
        "all favourable",
        "D7",
        {
            **D7_OPEN,
            **dict.fromkeys(("motive", "conditions", "procedure", "nature", "consequence", "recovery"), "favourable"),
        },
        {"advice": "exempt", "binding": False},
    ),
    # D8: the nine areas and the rest
    *(
        (f"exempt, {area}", "D8", {"outcome": "exempt", "area": area}, {"effect": "unaffected", "alert": False})
        for area in (
            "assessment",
            "awards",
            "selection",
            "rank",
            "title",
            "partyDelegate",
            "npcDeputy",
            "cppccMember",
            "youngCadre",
        )
    ),
    (
        "none, other",
        "D8",
        {"outcome": "none", "area": "other", "restrictionProposed": "yes"},
        {"effect": "per_rules", "alert": False},
    ),
    ("lighter", "D8", {"outcome": "lighter", "area": "rank"}, {"effect": "per_rules", "alert": False}),
    # D9: boundaries
    *(
        (f"overdue {days}", "D9", {"reportStatus": "not_submitted", "overdueWd": days}, {"level": level})
        for days, level in (
            (-1000, "normal"),
            (-6, "normal"),
            (-5, "remind"),
            (0, "remind"),
            (1, "L1"),
            (5, "L1"),
            (6, "L2"),
            (15, "L2"),
            (16, "L3"),
            (30, "L3"),
            (31, "L4"),
            (1000, "L4"),
        )
    ),
    ("overdue by half a day is no count", "D9", {"overdueWd": 5.5}, {"level": "insufficient"}),
    (
        "thresholds of the owner",
        "D9",
        {"overdueWd": 3, "thresholds": {"remind": -2, "L1": 1, "L2": 3, "L3": 8, "L4": 20}},
        {"level": "L2"},
    ),
    (
        "reminded as early as the owner says",
        "D9",
        {"overdueWd": -3, "thresholds": {"remind": -2, "L1": 1, "L2": 3, "L3": 8, "L4": 20}},
        {"level": "normal"},
    ),
    ("no deadline", "D9", {"reportStatus": "not_submitted", "overdueWd": None}, {"level": "insufficient"}),
    ("first failure", "D9", {"reportStatus": "submitted", "inspectionResult": "fail", "failCount": 1}, {"level": "L2"}),
    ("failure not counted", "D9", {"inspectionResult": "fail"}, {"level": "L2"}),
    ("partial", "D9", {"inspectionResult": "partial", "overdueWd": 40}, {"level": "L1"}),
    (
        "passed, whatever is overdue",
        "D9",
        {"inspectionResult": "pass", "failCount": 3, "overdueWd": 99},
        {"level": "close"},
    ),
    (
        "rework overdue climbs again",
        "D9",
        {"reportStatus": "not_submitted", "inspectionResult": None, "failCount": 1, "overdueWd": 20},
        {"level": "L3"},
    ),
    # D10
    (
        "appeal, handled before",
        "D10",
        {**D10_NO, "phase": "appeal", "formerlyHandled": "yes"},
        {"recusal": "must_recuse", "decider": "organ_head"},
    ),
    (
        "backtrack, not said whether handled before",
        "D10",
        {**D10_NO, "phase": "backtrack"},
        {"recusal": "insufficient", "decider": "organ_head"},
    ),
    (
        "backtrack, not handled before",
        "D10",
        {**D10_NO, "phase": "backtrack", "formerlyHandled": "no"},
        {"recusal": "clear", "decider": "organ_head"},
    ),
    # D11: boundaries
    ("two thirds exactly", "D11", _meeting(9, 6, 5, 0, 1), {"quorum": "met", "passed": "yes"}),
    ("one below two thirds", "D11", _meeting(10, 6, 6, 0, 0), {"quorum": "not_met", "passed": "invalid"}),
    ("half is not more than half", "D11", _meeting(10, 7, 5, 2, 0), {"quorum": "met", "passed": "no"}),
    ("all abstain", "D11", _meeting(3, 3, 0, 0, 3), {"quorum": "met", "passed": "no"}),
    ("nobody has to come", "D11", _meeting(0, 0, 0, 0, 0), {"quorum": "data_error", "passed": "data_error"}),
    ("more came than had to", "D11", _meeting(3, 4, 4, 0, 0), {"quorum": "data_error", "passed": "data_error"}),
    ("more votes than people", "D11", _meeting(9, 6, 6, 1, 0), {"quorum": "data_error", "passed": "data_error"}),
    ("half a vote", "D11", _meeting(9, 6, 4.5, 1.5, 0), {"quorum": "data_error", "passed": "data_error"}),
    ("missing before error", "D11", _meeting(-1, None, 0, 0, 0), {"quorum": "insufficient", "passed": "insufficient"}),
    ("nobody came", "D11", _meeting(9, 0, 0, 0, 0), {"quorum": "not_met", "passed": "invalid"}),
    # D12: ends of months, turns of years, each route
    (
        "31 January",
        "D12",
        _appeal("admin_sanction", "first", "2026-01-31", "2026-02-28"),
        _d12("复审", "1m", "1m", "2026-02-28", "yes"),
    ),
    (
        "31 March",
        "D12",
        _appeal("supervisory_other", "second", "2026-03-31", "2026-05-06"),
        _d12("复核", "1m", "2m", "2026-04-30", "no"),
    ),
    (
        "last day is a holiday",
        "D12",
        _appeal("soe_sanction", "second", "2026-09-01", "2026-10-08"),
        _d12("申诉", "1m", "2m", "2026-10-08", "yes"),
    ),
    (
        "fifteen days",
        "D12",
        _appeal("personnel", "second", "2026-03-10", "2026-03-25"),
        _d12("申诉", "15d", "60d", "2026-03-25", "yes"),
    ),
    (
        "not filed yet",
        "D12",
        _appeal("accountability_party", "first", "2026-03-10", None),
        _d12("申诉", "1m", "1m", "2026-04-10", "unknown"),
    ),
    (
        "no limit comes before not received",
        "D12",
        _appeal("party_discipline", "first", None, None),
        _d12("复议复查", "none", "3m", None, "no_limit"),
    ),
    (
        "thirty days over the turn of the year",
        "D12",
        _appeal("personnel", "first", "2026-12-10", "2026-12-11"),
        _d12("复核", "30d", "30d", None, "calendar_missing"),
    ),
    (
        "rest days at the end of the year",
        "D12",
        _appeal("personnel", "first", "2026-12-01", "2026-12-31"),
        _d12("复核", "30d", "30d", "2026-12-31", "yes"),
    ),
    (
        "not received before no calendar",
        "D12",
        _appeal("admin_sanction", "first", None, "2027-01-01"),
        _d12("复审", "1m", "1m", None, "unknown"),
    ),
    (
        "no such day",
        "D12",
        _appeal("admin_sanction", "first", "2026-02-30", "2026-03-01"),
        _d12("复审", "1m", "1m", None, "unknown"),
    ),
    (
        "third stage",
        "D12",
        _appeal("admin_sanction", "third", "2026-03-10", None),
        _d12("manual", "none", "none", None, "unknown"),
    ),
    # D13
    ("one day", "D13", {"startDate": "2026-03-10", "workingDays": 1}, {"dueDate": "2026-03-11", "status": "ok"}),
    (
        "over the turn of an imported year",
        "D13",
        {"startDate": "2025-12-31", "workingDays": 1},
        {"dueDate": "2026-01-04", "status": "ok"},
    ),
    (
        "into a year that is not imported",
        "D13",
        {"startDate": "2026-12-31", "workingDays": 1},
        {"dueDate": None, "status": "calendar_missing"},
    ),
    (
        "last day of the imported years",
        "D13",
        {"startDate": "2026-12-30", "workingDays": 1},
        {"dueDate": "2026-12-31", "status": "ok"},
    ),
    (
        "from a year that is not imported",
        "D13",
        {"startDate": "2024-12-31", "workingDays": 1},
        {"dueDate": "2025-01-02", "status": "ok"},
    ),
    (
        "through a year that is not imported",
        "D13",
        {"startDate": "2024-12-30", "workingDays": 1},
        {"dueDate": None, "status": "calendar_missing"},
    ),
    ("no day", "D13", {"startDate": "2026-03-10", "workingDays": 0}, {"dueDate": None, "status": "data_error"}),
    # D14: each block alone
    *(
        (f"{code} alone", "D14", {**D14_DONE, **change}, {"gate": "block", "blocks": [code]})
        for code, change in (
            ("I1", {"quorum": "not_met"}),
            ("I1", {"passed": "incomplete"}),
            ("I1", {"needsCollectiveDetermination": True, "catchAllDetermination": ""}),
            ("I1", {"needsCollectiveDetermination": True, "catchAllDetermination": "unknown"}),
            ("I2", {"accountabilityOpinion": "no"}),
            ("I3", {"toleranceOpinionMerged": "unknown"}),
            ("I4", {"standaloneToleranceDocument": "unknown"}),
            ("I5", {"reasonBasisMaterial": None}),
            ("I6", {"adviceDeviates": "yes"}),
            ("I6", {"adviceDeviates": "unknown", "deviationReason": " \n"}),
            ("I7", {"appealInfo": "no"}),
            ("I8", {"unresolvedRecusal": "yes"}),
        )
    ),
    (
        "not known whether it deviates, with a reason",
        "D14",
        {**D14_DONE, "adviceDeviates": None, "deviationReason": "理由"},
        {"gate": "pass", "blocks": []},
    ),
    (
        "no determination needed",
        "D14",
        {**D14_DONE, "needsCollectiveDetermination": False},
        {"gate": "pass", "blocks": []},
    ),
]


@pytest.mark.parametrize(
    ("decision", "inputs", "expected"),
    [pytest.param(*row[1:], id=f"{row[1]} {row[0]}") for row in FURTHER],
)
def test_rule_that_the_examples_do_not_show(decision: str, inputs: dict[str, Any], expected: dict[str, Any]) -> None:
    assert _strict(domain.evaluate(decision, inputs)) == _strict(expected)


ITEMS: dict[str, tuple[str, ...]] = {
    "6(1)": ("fieldNewDevelopment", "exploreLocal", "lackExperience"),
    "6(2)": ("fieldCityStrategy", "reformInnovation"),
    "6(3)": ("fieldInnovationDriven", "proactiveExplore", "unforeseeable"),
    "6(4)": ("fieldRural", "modelChange", "unintentional", "impactCaused"),
    "6(5)": ("fieldSupplySideSoe", "lackExperience"),
    "6(6)": ("fieldServiceReform", "purposePublic", "flexAcceptance", "impactCaused"),
    "6(7)": ("otherClaim",),
}
FACTS = sorted({*(fact for facts in ITEMS.values() for fact in facts), "pilotFirst", "policyUnclear"})


@pytest.mark.parametrize("item", ITEMS)
def test_article_6_item_needs_each_of_its_elements(item: str) -> None:
    facts = {"errorOccurred": "yes", **dict.fromkeys(FACTS, "no"), **dict.fromkeys(ITEMS[item], "yes")}

    whole = domain.evaluate("D3", facts)

    assert item in whole["matched"]
    for element in ITEMS[item]:
        without = domain.evaluate("D3", {**facts, element: "no"})
        open_ = domain.evaluate("D3", {**facts, element: None})
        assert item not in without["matched"] + without["undetermined"]
        assert item not in open_["matched"]
        assert item in open_["undetermined"]


def test_article_6_is_quoted_to_the_letter() -> None:
    table = domain.models()["D3_items"].decision("D3_items")
    assert table is not None
    assert table.table is not None
    quoted = [json.loads(rule.outputs[2]) for rule in table.table.rules]

    assert len(quoted) == 7
    assert quoted[6] == "其他符合容错纠错情形的。"
    if MEASURE.exists():
        measure = "".join(MEASURE.read_text("utf-8").split())
        assert [text for text in quoted if text not in measure] == []


def test_matched_rules_come_with_their_article_and_layer() -> None:
    evaluation = domain.run("D1", {**D1_YES, "orgType": "other"})

    rules = [rule for decision in evaluation.decisions for rule in decision.matched]

    assert [rule.annotations["依据"] for rule in rules] == ["第四条第二款（解释，Q-10）"]
    assert [rule.annotations["层级"] for rule in rules] == ["seed"]


def test_every_rule_names_article_and_layer() -> None:
    layers = {"seed", "seed-ref", "national", "param", "overlay"}

    bare = [
        rule.id
        for id, model in domain.models().items()
        if (decision := model.decision(id)) is not None and decision.table is not None
        for rule in decision.table.rules
        if not rule.annotations["依据"] or not set(rule.annotations["层级"].split("+")) <= layers
    ]

    assert bare == []


def test_the_models_have_no_fault() -> None:
    models = {model.file: model for model in domain.models().values()}

    faults = [finding for model in models.values() for finding in model.findings if finding.severity is Severity.ERROR]

    assert len(models) == 15
    assert faults == []
    assert [model.id for model in models.values()] == [f"Definitions_D{number}" for number in range(1, 16)]
    assert {f"D{number}" for number in range(1, 16)} <= set(domain.models())


# D15, which the domain's owner has no examples for: what is listed as not ascertained, and what no more.

FOUND = dict.fromkeys(
    ("privateGain", "knowingViolation", "defiedProhibition", "conductQualified", "redLineCrossed", "legalLineCrossed"),
    "no",
) | dict.fromkeys(("motive", "conditions", "procedure", "nature", "consequence", "recovery"), "neutral")
UNDETERMINED = {"circumstanceStatus": "undetermined", "undetermined": ["6(4)"], "matched": []}
MATCHED = {"circumstanceStatus": "matched", "undetermined": ["6(4)"], "matched": ["6(6)"]}
NOTHING = {"circumstanceStatus": "none", "undetermined": [], "matched": []}


@pytest.mark.parametrize(
    ("facts", "circumstances", "changes", "listed"),
    [
        (
            {**FOUND, "fieldRural": "yes"},
            UNDETERMINED,
            {},
            ["errorOccurred", "modelChange", "unintentional", "impactCaused"],
        ),
        (FOUND, MATCHED, {}, []),
        ({**FOUND, "privateGain": None}, MATCHED, {}, ["privateGain"]),
        ({**FOUND, "knowingViolation": "unknown"}, MATCHED, {}, ["knowingViolation"]),
        ({**FOUND, "knowingViolation": "unknown"}, MATCHED, {"threeDistinctions": "off"}, []),
        ({**FOUND, "motive": "unknown"}, MATCHED, {}, ["motive"]),
        ({**FOUND, "redLineCrossed": "unknown"}, MATCHED, {}, []),
        ({**FOUND, "redLineCrossed": "unknown"}, MATCHED, {"stage": "trial"}, ["redLineCrossed"]),
        ({}, NOTHING, {"stage": "trial"}, []),
        ({}, MATCHED, {"seedExclusion": "excluded"}, []),
        (FOUND, MATCHED, {"overlayEnabled": ["majorEnv"]}, ["majorEnv"]),
        ({**FOUND, "majorEnv": "no"}, MATCHED, {"overlayEnabled": ["majorEnv"]}, []),
    ],
)
def test_facts_not_ascertained_are_listed_with_name_and_article(
    facts: dict[str, Any], circumstances: dict[str, Any], changes: dict[str, Any], listed: list[str]
) -> None:
    given = {
        "facts": facts,
        "circumstances": circumstances,
        "seedExclusion": "clear",
        "threeDistinctions": "on",
        "overlayEnabled": [],
        "stage": "investigation",
        **changes,
    }

    evaluation = domain.run("D15", given)

    assert not evaluation.failed
    found = feel.codec.plain(evaluation.value)
    assert isinstance(found, list)

    assert [entry["fact"] for entry in found] == listed
    assert all(entry["name"] and entry["article"] for entry in found)
