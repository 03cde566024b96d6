"""RECORDS: every record of the data dictionary (procedure.md section 2) with the type of each field.

Names are those of the dictionary; forms write them by path (`matter.privateGain`), FEEL reads them under these names.
Fields that repeat per kind stand under a fixed word (`filing.personnel.receivedAt`), so that each form writes its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.auth import Role
from service.casework.schema import (
    BOOL,
    DATE,
    FILE,
    INT,
    MOMENT,
    NUM,
    REF,
    STR,
    TEXT,
    TRI,
    Entity,
    Many,
    Type,
    choice,
)


@dataclass(frozen=True, slots=True)
class RecordType:
    """One record."""

    name: str
    article: str  # what it rests on: article of the measure, "state" for national rules, "product" for our own need
    per_subject: bool  # one for each person, or one for the case
    shape: Type  # an Entity, or Many entities where the record is a list

    @property
    def is_list(self) -> bool:
        return isinstance(self.shape, Many)


def _facts(*names: str) -> Entity:
    return Entity(dict.fromkeys(names, TRI))


OUTCOMES = choice("exempt", "mitigated", "lighter", "none", "pending")
DECIDED = choice("exempt", "mitigated", "lighter", "none")
SECRECY = choice("internal", "work_secret")  # state secrets never enter: see `case_files.register`
PERSON_TYPE = choice("party_cadre", "public_official", "other_public_duty", "none", "unknown")
ORG_TYPE = choice(
    "party_organ",
    "npc",
    "government",
    "supervisory",
    "court",
    "procuratorate",
    "cppcc",
    "democratic_party",
    "acfic",
    "soe",
    "public_institution",
    "other",
    "unknown",
)
JURISDICTION = choice("city", "vertical", "outside", "unknown")
INITIATION = choice("proactive", "application", "both")
FACTOR = choice("favourable", "neutral", "adverse", "unknown")
FACTORS = ("motive", "conditions", "procedure", "nature", "consequence", "recovery")
ITEMS = choice("6(1)", "6(2)", "6(3)", "6(4)", "6(5)", "6(6)", "6(7)")
VOTE = choice("agree", "against", "abstain")
CHECKED = choice("pass", "partial", "fail")

WORK_FIELDS = (
    "fieldNewDevelopment",
    "fieldCityStrategy",
    "fieldInnovationDriven",
    "fieldRural",
    "fieldSupplySideSoe",
    "fieldServiceReform",
)
CAUSES = (
    "exploreLocal",
    "proactiveExplore",
    "lackExperience",
    "pilotFirst",
    "reformInnovation",
    "policyUnclear",
    "unforeseeable",
    "modelChange",
    "unintentional",
    "impactCaused",
    "purposePublic",
    "flexAcceptance",
)
OVERLAYS = ("majorSafety", "majorEnv", "unitGain", "noDemocraticProcedure", "majorLossOrBadImpact")

# What the case record keeps for each person, although the dictionary lists it under the case (2.2, last paragraph).
OF_SUBJECT = (
    "initiation",
    "screeningResult",
    "screeningReason",
    "screeningBy",
    "screeningAt",
    "applicationId",
    "startedAt",
    "ruleVersion",
    "processVersion",
    "outcome",
    "suspendedKind",
    "suspendedReason",
    "transferredTo",
    "transferredAt",
)

_PER_SUBJECT: Mapping[str, Type] = {
    "initiation": INITIATION,
    "screeningResult": TRI,
    "screeningReason": TEXT,
    "screeningBy": REF,
    "screeningAt": MOMENT,
    "screeningReviewedBy": REF,
    "applicationId": REF,
    "startedAt": MOMENT,
    "ruleVersion": STR,
    "processVersion": STR,
    "outcome": OUTCOMES,
    "suspendedKind": choice("crime", "force_majeure", "case_withdrawn"),
    "suspendedReason": TEXT,
    "transferredTo": STR,  # the authority that a suspected crime was handed to
    "transferredAt": MOMENT,
    "terminatedReason": TEXT,
}

_OPINION = Entity(
    {
        "party": choice("subject", "unit", "society", "stakeholder"),
        "personName": STR,
        "orgName": STR,
        "relation": STR,
        "heardAt": MOMENT,
        "place": STR,
        "method": STR,
        # Act on Administrative Sanctions for Public Officials, art. 42: two or more
        "inquirers": Many(REF, 2, "casework.two_inquirers"),
        "recorder": REF,
        "content": TEXT,
        "adopted": choice("yes", "partly", "no", "pending"),
        "response": TEXT,
        "signature": FILE,
        "signed": BOOL,
        "refusedNote": TEXT,
    }
)
_HEARING = Entity(
    {
        **_OPINION.fields,
        "records": Many(_OPINION),
        "waived": BOOL,
        "waivedNote": TEXT,
        "notNeededReason": TEXT,
        "noAnswerNote": TEXT,
    }
)

_DELIVERY = Entity(
    {
        "recipient": STR,
        "recipientRole": choice("subject", "unit", "partyOrg"),
        "method": choice("direct", "leave", "mail", "electronic"),
        "consented": BOOL,  # electronic delivery needs consent
        "deliveredAt": MOMENT,
        "receiptFile": FILE,
        "witness": STR,
        "refusal": TEXT,
        "note": TEXT,
    }
)

_MISSING = Entity({"fact": STR, "name": STR, "article": STR})

_EXPLAINED = Entity(
    {"content": TEXT, "by": REF, "at": MOMENT, "ack": choice("signed", "refused", "none"), "refusedNote": TEXT}
)

_FILED = Entity(
    {
        "catalogue": Many(
            Entity(
                {
                    "no": INT,
                    "title": STR,
                    "document": STR,  # name of the record it was made from, where it was
                    "pages": STR,
                    "secrecy": STR,
                    "copies": INT,
                }
            )
        ),
        "sentTo": STR,
        "sentAt": MOMENT,
        "receivedBy": STR,
        "receivedAt": MOMENT,
        "hashManifest": FILE,
        "retention": choice("permanent", "years30", "years10"),
        "volumeNo": STR,
        "note": TEXT,
    }
)

_MEASURE = Entity(
    {
        "category": choice("remedy", "impact", "loss", "mechanism"),
        "content": TEXT,
        "owner": STR,
        "doneBy": DATE,
        "criterion": TEXT,
        "notApplicableReason": TEXT,
    }
)


def _record(name: str, article: str, fields: Mapping[str, Type], *, per_subject: bool = True) -> RecordType:
    return RecordType(name, article, per_subject, Entity(fields))


def _list(name: str, article: str, fields: Mapping[str, Type], *, per_subject: bool = True) -> RecordType:
    return RecordType(name, article, per_subject, Many(Entity(fields)))


RECORDS: dict[str, RecordType] = {
    record.name: record
    for record in (
        _record(  # 2.1
            "case",
            "7, 12",
            {
                "accountabilityCaseNo": STR,
                "title": STR,
                "organ": REF,
                "organLevel": choice("city", "county", "stationed"),
                "source": STR,
                "accountabilityOpenedAt": MOMENT,
                "secrecyLevel": SECRECY,
                "note": TEXT,
                "ruleVersion": STR,
                "processVersion": STR,
                # people of the case: rows of their own, see `people`
                "leadInvestigator": REF,
                "investigators": Many(REF, 2, "casework.two_investigators"),
                "reviewers": Many(REF),
                "members": Many(REF),
                "secretary": REF,
                "approver": REF,
                "deliverers": Many(REF),
                "archivists": Many(REF),
                "inspectors": Many(REF),
                "experts": Many(REF),
            },
            per_subject=False,
        ),
        _record(  # 2.2
            "subject",
            "4, 7(3)",
            {
                "name": STR,
                "account": REF,  # user name under which the person applies and follows
                "personType": PERSON_TYPE,
                "isPartyMember": TRI,
                "orgName": STR,
                "orgType": ORG_TYPE,
                "partyOrg": STR,
                "positionAtTime": STR,
                "currentPosition": STR,
                "performingDuty": TRI,
                "jurisdiction": JURISDICTION,
                "responsibilityType": choice("direct", "main_leader", "important_leader"),
                "contact": STR,
                "deliveryAddress": STR,
                "scopeResult": choice("applicable", "by_reference", "not_applicable", "insufficient", "manual"),
                "rightsInformedAt": MOMENT,
                "rightsInformedBy": REF,
                "responsible": Many(REF),  # user names responsible for the rectification
                **_PER_SUBJECT,
            },
        ),
        _record(  # 2.3
            "application",
            "7, 6",
            {
                "applicantId": REF,
                "submittedAt": MOMENT,
                "receivedAt": MOMENT,
                "postmarkAt": MOMENT,
                "channel": choice("in_person", "mail", "online", "recorded"),
                "recordedBy": REF,
                "written": TRI,
                "signed": BOOL,
                "claimedItems": Many(ITEMS),
                "factsAndReasons": TEXT,
                "attachments": FILE,
                "admission": choice(
                    "accept",
                    "supplement",
                    "reject",
                    "redirect_appeal",
                    "transfer",
                    "register_only",
                    "proactive_review",
                    "insufficient",
                    "manual",
                ),
                "admissionBasis": TEXT,
                "supplementItems": TEXT,
                "supplementDue": DATE,
                "supplementedAt": MOMENT,
                "supplement": TEXT,
                "transferredTo": STR,
                "transferredAt": MOMENT,
                "noticeId": REF,
                "withdrawnAt": MOMENT,
                "withdrawalReason": TEXT,
                "mergedAt": MOMENT,
                "mergedNote": TEXT,
            },
        ),
        _record(  # 2.4
            "matter",
            "1, 2, 3, 5, 6, 7(1)",
            {
                "title": STR,
                "description": TEXT,
                "occurredFrom": DATE,
                "occurredTo": DATE,
                "errorOccurred": TRI,
                "workField": _facts(*WORK_FIELDS),
                "causeFacts": _facts(*CAUSES),
                "otherClaim": TRI,
                "otherClaimText": TEXT,
                "conductQualified": TRI,
                "conductNature": TEXT,
                "redLineCrossed": TRI,
                "redLineClauses": TEXT,
                "legalLineCrossed": TRI,
                "legalLineClauses": TEXT,
                "conductEvidence": Many(STR),  # numbers of the evidence on which the three findings rest
                "conductUnclearReason": TEXT,
                "privateGain": TRI,
                "knowingViolation": TRI,
                "defiedProhibition": TRI,
                "impactDesc": TEXT,
                "lossAmount": NUM,
                "remediesTaken": TEXT,
                "sixFactors": Entity({**dict.fromkeys(FACTORS, FACTOR), "note": TEXT}),
                "professional": TRI,
                "technical": TRI,
                "overlayFacts": _facts(*OVERLAYS),
            },
        ),
        _list(  # 2.5
            "evidence",
            "7(1), 5(2)",
            {
                "evidenceNo": STR,
                "name": STR,
                "kind": choice(
                    "document", "testimony", "statement", "expert_report", "electronic", "inspection", "physical"
                ),
                # Act on Administrative Sanctions for Public Officials, art. 42: two or more
                "collectedBy": Many(REF, 2, "casework.two_collectors"),
                "collectedAt": MOMENT,
                "place": STR,
                "sourceHolder": STR,
                "original": choice("original", "copy"),
                "file": FILE,
                "sha256": STR,  # of the files, written by the service alone
                "keptAt": STR,  # where the original lies
                "pages": INT,
                "proves": Many(STR),
                "provesText": TEXT,
                "favourable": choice("favourable", "unfavourable", "neutral"),
                "legality": choice("legal", "flawed", "excluded"),
                "excludedReason": TEXT,
            },
        ),
        _record(  # 2.6
            "opinionRecord",
            "7(1)",
            {
                "subject": _HEARING,
                "unit": _HEARING,
                "society": _HEARING,
                "stakeholder": _HEARING,
                "premeeting": _HEARING,  # facts shown to the person before the meeting, and the defence
            },
        ),
        _record(  # 2.7
            "expertOpinion",
            "7(1)",
            {
                "providerType": choice("department", "expert"),
                "providerName": STR,
                "qualification": STR,
                "org": STR,
                "recusalDeclared": BOOL,
                "questions": TEXT,
                "materialsGiven": TEXT,
                "materials": FILE,  # the expert sees these and nothing else of the case
                "commissionedAt": MOMENT,
                "opinion": TEXT,
                "confidence": TEXT,
                "dissent": TEXT,
                "signedAt": MOMENT,
                "file": FILE,
                "adoption": TEXT,
            },
        ),
        _record(  # 2.8
            "investigationReport",
            "7(1), 5",
            {
                "plan": TEXT,
                "planStrands": Many(STR),
                "summary": TEXT,
                "process": TEXT,
                "factsFound": TEXT,
                "evidenceList": TEXT,
                "opinionsSummary": TEXT,
                "expertSummary": TEXT,
                "toleranceCheck": TEXT,
                "factorAnalysis": TEXT,
                "rectificationStatus": TEXT,
                "principleChecklist": Entity(
                    {
                        "partyControl": TRI,
                        "seekTruth": TRI,
                        "disciplineAndLaw": TRI,
                        "correctErrors": TRI,
                        "note": TEXT,
                    }
                ),
                "proposal": TEXT,
                "authors": Many(REF),
                "teamLeaderSign": REF,
                "signedAt": MOMENT,
                "reviewComments": TEXT,
                "trialComments": TEXT,
                "returnedTimes": INT,
                "returnReason": TEXT,
                "missingFacts": Many(_MISSING),  # D15: what is not ascertained, as of the last judgement
                "unascertained": Entity(
                    {
                        "blocks": Many(STR),
                        "facts": Many(_MISSING),
                        "reason": TEXT,
                        "opinion": TEXT,
                        "approvedBy": REF,
                        "approvedAt": MOMENT,
                    }
                ),
            },
        ),
        _record(  # 2.9
            "meeting",
            "7(2), 5(2), 6(7)",
            {
                "meetingNo": STR,
                "type": choice("standing_committee", "supervisory_committee", "special"),
                "convener": REF,
                "chair": REF,
                "recorder": REF,
                "heldAt": MOMENT,
                "place": STR,
                "totalMembers": INT,
                "attendance": Many(
                    Entity({"member": REF, "status": choice("present", "leave", "observer"), "note": TEXT})
                ),
                "recusals": Many(
                    Entity(
                        {
                            "person": REF,
                            "reason": TEXT,
                            "decidedBy": REF,
                            "result": choice("recuse", "stay", "must_recuse", "clear"),
                        }
                    )
                ),
                "materialsSentAt": MOMENT,
                "quorum": choice("met", "not_met", "insufficient", "data_error"),
                "passed": choice("yes", "no", "invalid", "incomplete", "insufficient", "data_error"),
                "presentEligible": INT,
                "statements": Many(
                    Entity(
                        {
                            "memberId": REF,
                            "points": TEXT,
                            "onAccountability": TEXT,
                            "onTolerance": TEXT,
                            "vote": VOTE,
                            "dissent": TEXT,
                        }
                    )
                ),
                "votes": Entity({"agree": INT, "against": INT, "abstain": INT, "named": BOOL}),
                "dissent": TEXT,
                "catchAllDetermination": choice("yes", "no"),
                "catchAllReason": TEXT,
                "threeEffects": Entity({"political": TEXT, "legal": TEXT, "social": TEXT}),
                "resolution": TEXT,
                "resolvedAt": MOMENT,
                "deviationReason": TEXT,
                "minutesFile": FILE,
                "minutes": TEXT,
                "signed": Many(REF),
                "postponements": Many(Entity({"heldAt": MOMENT, "reason": TEXT, "at": MOMENT})),
            },
        ),
        _record(  # 2.10
            "accountabilityOpinion",
            "7(2), 5(2)",
            {
                "conduct": TEXT,
                "basis": TEXT,
                "measure": TEXT,
                "fourForm": choice("first", "second", "third", "fourth"),
                "withoutTolerance": TEXT,
            },
        ),
        _record(
            "toleranceOpinion",
            "3, 6, 7(2)",
            {
                "eligible": choice("yes", "no"),
                "matchedItems": Many(ITEMS),
                "outcome": DECIDED,
                "text": TEXT,
                "objective": TEXT,
                "subjective": TEXT,
                "evaluationIds": Many(REF),
            },
        ),
        _record(  # 2.11
            "reasonBasis",
            "7(2)",
            {
                "reasons": TEXT,
                "basis": TEXT,
                "evidenceIds": Many(REF),
                "evidenceNote": TEXT,
                "opinionResponse": TEXT,
                "deviationReason": TEXT,
                "preparedBy": REF,
                "checkedBy": REF,
                "archivedAt": MOMENT,
                "volumeNo": STR,
                "accessPolicy": choice("case_volume_only", "approved_readers"),
            },
        ),
        _record(  # 2.12
            "decisionDocument",
            "7(2), 7(3), 8",
            {
                "docNo": STR,
                "title": STR,
                # There is no stand-alone tolerance document (7(2), second paragraph).
                "docKind": choice(
                    "party_discipline", "admin_sanction", "accountability", "admonition", "exemption", "other"
                ),
                "subjectBlock": TEXT,
                "facts": TEXT,
                "evidenceNote": TEXT,
                "measure": TEXT,
                "legalBasis": TEXT,
                "toleranceSection": TEXT,
                "appealInfo": TEXT,
                "rectificationInfo": TEXT,
                "issuer": STR,
                "signer": REF,
                "issuedAt": MOMENT,
                "seal": FILE,
                "effectiveAt": MOMENT,
                "revisedFrom": REF,
                "returnReason": TEXT,
            },
        ),
        _record(  # 2.13
            "delivery",
            "7(3)",
            {
                "announcedAt": MOMENT,
                "scope": TEXT,
                "announcer": REF,
                "attendees": TEXT,
                "subject": _DELIVERY,
                "unit": _DELIVERY,
                "partyOrg": _DELIVERY,
            },
        ),
        _record("feedback", "7(3)", {"subject": _EXPLAINED, "partyOrg": _EXPLAINED}),
        _record(  # 2.14
            "filing", "7(2), 7(3)", {"personnel": _FILED, "integrity": _FILED, "caseFile": _FILED}
        ),
        _list(  # 2.15
            "appeal",
            "7(3)",
            {
                "appellant": REF,
                "objectType": choice("no_tolerance", "reduced", "other"),
                "decisionKind": STR,
                "stage": choice("first", "second"),
                "receivedDecisionAt": MOMENT,
                "filedAt": MOMENT,
                "grounds": TEXT,
                "attachments": FILE,
                "acceptResult": choice("accepted", "refused"),
                "acceptReason": TEXT,
                "reviewTeam": Many(REF),
                "recusalCheck": choice("clear", "must_recuse", "insufficient"),
                "dueAt": DATE,
                "resultType": choice("upheld", "changed", "revoked", "redo"),
                "result": TEXT,
                "notifiedAt": MOMENT,
                "copiedTo": STR,
                "correctionActions": TEXT,
            },
        ),
        _list(  # 2.16
            "resultApplication",
            "7(4)",
            {
                "area": choice(
                    "assessment",
                    "awards",
                    "selection",
                    "rank",
                    "title",
                    "partyDelegate",
                    "npcDeputy",
                    "cppccMember",
                    "youngCadre",
                    "other",
                ),
                "queryOrg": STR,
                "queryReason": TEXT,
                "queriedAt": MOMENT,
                "effect": choice("unaffected", "per_rules", "manual", "pending"),
                "restrictionProposed": TRI,
                "alert": BOOL,
                "feedbackToOrg": TEXT,
                "correctedAt": MOMENT,
            },
        ),
        _record(  # 2.17
            "rectification",
            "8, 10, 5(4)",
            {
                "responsible": Many(STR),
                "problems": TEXT,
                "requirements": TEXT,
                "noticeId": STR,
                "issuedAt": MOMENT,
                "dueAt": MOMENT,  # follows the deadline P-T14
                "plan": Entity(
                    {
                        "measures": Many(_MEASURE),
                        "submittedAt": MOMENT,
                        "approvedBy": REF,
                        "approvedAt": MOMENT,
                        "opinion": TEXT,
                    }
                ),
                "progress": Many(
                    Entity(
                        {
                            "date": DATE,
                            "percent": NUM,
                            "content": TEXT,
                            "evidence": FILE,
                            "difficulties": TEXT,
                            "by": REF,
                        }
                    )
                ),
                "lossRecovered": NUM,
                "impactEliminated": TEXT,
                "mechanism": TEXT,
                "lessons": TEXT,
                "noRectificationReason": TEXT,
                "report": TEXT,
                "reportFile": FILE,
                "reportStatus": choice("not_submitted", "submitted"),
                "reportedAt": MOMENT,
                "inspection": Many(
                    Entity(
                        {
                            "date": DATE,
                            "inspector": REF,
                            "inspectors": Many(REF),
                            "method": STR,
                            "result": CHECKED,
                            "problems": TEXT,
                            "newDueAt": DATE,
                        }
                    )
                ),
                "requestedDueAt": DATE,  # of the extension that is being asked for
                "requestedAt": MOMENT,
                "grantedDueAt": DATE,
                "extension": Many(
                    Entity(
                        {
                            "reason": TEXT,
                            "requestedAt": MOMENT,
                            "newDueAt": DATE,
                            "approvedBy": REF,
                            "approved": TRI,
                            "opinion": TEXT,
                        }
                    )
                ),
                "escalation": Many(
                    Entity(
                        {
                            "level": choice("remind", "L1", "L2", "L3", "L4"),
                            "at": MOMENT,
                            "reason": TEXT,
                            "document": STR,
                            "handledBy": REF,
                            "source": REF,  # key of the job that raised it
                        }
                    )
                ),
                "accountabilityTask": TEXT,
                "accountabilityConclusion": TEXT,
                "closedAt": MOMENT,
                "closedBy": REF,
            },
        ),
        _list(  # 2.18
            "disciplinaryProposal",
            "10",
            {
                "proposalNo": STR,
                "kind": choice("discipline", "supervision"),
                "targetOrg": STR,
                "problems": TEXT,
                "suggestions": TEXT,
                "basis": TEXT,
                "approver": REF,
                "issuedAt": MOMENT,
                "replyDue": DATE,
                "reply": TEXT,
                "rejectReason": TEXT,
                "followUp": TEXT,
                "closedAt": MOMENT,
            },
            per_subject=False,
        ),
        _list(  # 2.20
            "recusalDeclaration",
            "state",
            {
                "person": REF,
                "phase": choice("investigate", "review", "collective", "appeal", "backtrack"),
                "requestedBy": REF,
                "nearRelative": TRI,
                "witness": TRI,
                "interest": TRI,
                "otherImpact": TRI,
                "formerlyHandled": TRI,
                "isOrganHead": TRI,
                "note": TEXT,
                "decidedBy": REF,
                "decidedAt": MOMENT,
                "result": choice("clear", "must_recuse", "insufficient", "recuse", "stay"),
            },
            per_subject=False,
        ),
    )
}

# Never written by a form or a process: rows, sums and states that the service itself keeps.
DERIVED: Mapping[str, frozenset[str]] = {
    "case": frozenset({"key", "caseNo", "state", "outcome", "subjects", "registeredAt", "closedAt", "names", "people"}),
    "subject": frozenset({"key", "number", "state", "filingState", "appealState", "rectificationState"}),
    "rectification": frozenset({"dueAt"}),
}

# Field of the record `case` -> role, and whether it holds one name only.
PEOPLE: Mapping[str, tuple[Role, bool]] = {
    "leadInvestigator": (Role.LEAD, True),
    "investigators": (Role.INVEST, False),
    "reviewers": (Role.REVIEW, False),
    "members": (Role.MEMBER, False),
    "secretary": (Role.SECRETARY, True),
    "approver": (Role.APPROVER, True),
    "deliverers": (Role.DELIVER, False),
    "archivists": (Role.ARCHIVE, False),
    "inspectors": (Role.INSPECT, False),
    "experts": (Role.EXPERT, False),
}

# Roles of which forms let people be chosen.
OFFERED = (Role.INTAKE, *(role for role, _ in PEOPLE.values()), Role.RECT, Role.UNIT)

# Beside the records, read only: whom forms offer, by role code (`directory.INVEST`).
DIRECTORY = "directory"
