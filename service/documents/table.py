"""TEMPLATES, the documents of the procedure (section 5), and the files that come with the product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources

from service import texts


class Audience(StrEnum):
    """Who a document is written for."""

    INTERNAL = "internal"  # the organ alone
    SUBJECT = "subject"
    UNIT = "unit"
    PARTIES = "parties"  # the person and their unit


@dataclass(frozen=True, slots=True)
class Template:
    key: str  # name of the file
    number: int  # in the list of the procedure
    articles: str  # of the measure, or "state" for national rules, "product" for our own need
    audience: Audience
    outgoing: bool  # layout of GB/T 9704 with a document number; else a record with a number of its own series
    fields: tuple[str, ...]  # the least that it has to show
    roles: tuple[str, ...]  # who may issue it
    items: tuple[str, ...] = ()  # what one document is about: `path[]` each entry of a list, `path` the record itself
    per_subject: bool = True
    withheld: bool = False  # never exported: reasons, opinions of the meeting, informants (procedure.md section 8)

    def title(self, locale: str = texts.DEFAULT_LOCALE) -> str:
        """Return what the document is called."""
        return texts.message(f"documents.title_{self.key}", {}, locale)


def _table(*rows: Template) -> Mapping[str, Template]:
    return {row.key: row for row in rows}


def _paths(names: str, below: str = "") -> tuple[str, ...]:
    return tuple(below + name for name in names.split())


_INTERNAL, _SUBJECT, _UNIT, _PARTIES = Audience.INTERNAL, Audience.SUBJECT, Audience.UNIT, Audience.PARTIES

TEMPLATES: Mapping[str, Template] = _table(
    Template(
        "screening-record",
        1,
        "7",
        _INTERNAL,
        False,
        _paths(
            "case.caseNo subject.name matter.title subject.screeningResult "
            "subject.screeningReason subject.screeningBy subject.screeningReviewedBy"
        ),
        ("INVEST", "LEAD"),
    ),
    Template(
        "application-form",
        2,
        "7",
        _SUBJECT,
        False,
        _paths(
            "subject.name subject.orgName subject.positionAtTime case.accountabilityCaseNo "
            "application.claimedItems application.factsAndReasons application.attachments "
            "application.signed application.submittedAt"
        ),
        ("INTAKE",),
    ),
    Template(
        "admission-notice",
        3,
        "7",
        _SUBJECT,
        True,
        ("subject.name", "application.receivedAt", "case.organ", "case.leadInvestigator", "subject.contact"),
        ("INTAKE", "APPROVER"),
    ),
    Template(
        "non-admission-notice",
        4,
        "7, 7(3)",
        _SUBJECT,
        True,
        _paths(
            "application.admission application.admissionBasis application.supplementItems application.supplementDue"
        ),
        ("INTAKE", "APPROVER"),
    ),
    Template(
        "investigation-plan",
        5,
        "7(1)",
        _INTERNAL,
        False,
        _paths(
            "investigationReport.plan case.investigators case.leadInvestigator document.due recusalDeclaration.result"
        ),
        ("INVEST", "LEAD"),
    ),
    Template(
        "hearing-record",
        6,
        "7(1)",
        _INTERNAL,
        False,
        ("item.personName", "item.heardAt", "item.place", "item.content", "item.adopted", "item.inquirers"),
        ("INVEST", "LEAD"),
        tuple(
            f"opinionRecord.{party}.records[]" for party in ("subject", "unit", "society", "stakeholder", "premeeting")
        ),
    ),
    Template(
        "opinion-form",
        7,
        "7(1)",
        _INTERNAL,
        False,
        ("item.orgName", "item.content", "item.signature"),
        ("INVEST", "LEAD"),
        tuple(f"opinionRecord.{party}.records[]" for party in ("unit", "society", "stakeholder")),
    ),
    Template(
        "expert-opinion",
        8,
        "7(1)",
        _INTERNAL,
        False,
        _paths(
            "expertOpinion.questions expertOpinion.materialsGiven expertOpinion.opinion "
            "expertOpinion.dissent expertOpinion.recusalDeclared expertOpinion.providerName"
        ),
        ("INVEST", "LEAD"),
    ),
    Template(
        "investigation-report",
        9,
        "7(1)",
        _INTERNAL,
        False,
        _paths(
            "summary process factsFound evidenceList opinionsSummary expertSummary toleranceCheck factorAnalysis "
            "rectificationStatus proposal authors teamLeaderSign",
            "investigationReport.",
        ),
        ("INVEST", "LEAD"),
    ),
    Template(
        "recusal",
        10,
        "state",
        _INTERNAL,
        False,
        ("item.person", "item.note", "item.decidedBy", "item.result"),
        ("INVEST", "LEAD", "REVIEW", "SECRETARY", "APPROVER"),
        ("recusalDeclaration[]",),
        per_subject=False,
        withheld=True,  # names who asked for it, who may be the informant
    ),
    Template(
        "meeting-minutes",
        11,
        "7(2)",
        _INTERNAL,
        False,
        _paths(
            "meeting.totalMembers meeting.attendance.status meeting.recusals.person "
            "meeting.statements.points meeting.votes.agree meeting.resolution meeting.dissent"
        ),
        ("SECRETARY",),
        withheld=True,
    ),
    Template(
        "reason-basis",
        12,
        "7(2)",
        _INTERNAL,
        False,
        _paths(
            "reasonBasis.reasons reasonBasis.basis reasonBasis.evidenceNote "
            "reasonBasis.opinionResponse reasonBasis.preparedBy reasonBasis.checkedBy "
            "reasonBasis.volumeNo"
        ),
        ("REVIEW", "APPROVER"),
        withheld=True,
    ),
    Template(
        "decision",
        13,
        "7(2), 7(3)",
        _PARTIES,
        True,
        _paths(
            "subjectBlock facts evidenceNote measure legalBasis toleranceSection appealInfo effectiveAt signer",
            "decisionDocument.",
        ),
        ("APPROVER",),
    ),
    Template(
        "announcement-record",
        14,
        "7(3)",
        _INTERNAL,
        False,
        ("delivery.announcedAt", "delivery.scope", "delivery.attendees", "delivery.announcer"),
        ("DELIVER",),
    ),
    Template(
        "delivery-receipt",
        15,
        "7(3)",
        _PARTIES,
        False,
        _paths("decisionDocument.title item.recipient item.method item.deliveredAt item.witness item.refusal"),
        ("DELIVER",),
        ("delivery.subject", "delivery.unit", "delivery.partyOrg"),
    ),
    Template(
        "explanation",
        16,
        "7(3), 7(4)",
        _PARTIES,
        True,
        _paths(
            "toleranceOpinion.outcome toleranceOpinion.matchedItems decisionDocument.appealInfo "
            "decisionDocument.rectificationInfo item.content item.ack"
        ),
        ("DELIVER",),
        ("feedback.subject", "feedback.partyOrg"),
    ),
    Template(
        "filing-catalogue",
        17,
        "7(2), 7(3)",
        _INTERNAL,
        False,
        _paths(
            "item.catalogue.no item.catalogue.title item.catalogue.pages item.catalogue.secrecy "
            "item.sentTo item.receivedBy"
        ),
        ("ARCHIVE",),
        ("filing.personnel", "filing.integrity", "filing.caseFile"),
    ),
    Template(
        "appeal-admission",
        18,
        "7(3)",
        _SUBJECT,
        True,
        ("subject.name", "decisionDocument.title", "item.acceptResult", "item.acceptReason", "item.dueAt"),
        ("APPEAL", "APPROVER"),
        ("appeal[]",),
    ),
    Template(
        "appeal-decision",
        19,
        "7(3)",
        _SUBJECT,
        True,
        ("item.reviewTeam", "item.result", "item.resultType"),
        ("APPEAL", "APPROVER"),
        ("appeal[]",),
    ),
    Template(
        "result-notice",
        20,
        "7(4)",
        _UNIT,
        True,
        ("toleranceOpinion.outcome", "resultApplication.area"),
        ("DELIVER", "APPROVER"),
    ),
    Template(
        "rectification-notice",
        21,
        "8",
        _PARTIES,
        True,
        ("rectification.problems", "rectification.requirements", "rectification.dueAt", "rectification.responsible"),
        ("INSPECT", "APPROVER"),
    ),
    Template(
        "rectification-plan",
        22,
        "8",
        _PARTIES,
        False,
        tuple(
            f"rectification.plan.measures.{name}" for name in ("category", "content", "owner", "doneBy", "criterion")
        ),
        ("INSPECT",),
    ),
    Template(
        "rectification-report",
        23,
        "8",
        _PARTIES,
        False,
        _paths(
            "rectification.progress.content rectification.progress.evidence "
            "rectification.lossRecovered rectification.mechanism"
        ),
        ("INSPECT",),
    ),
    Template(
        "inspection-record",
        24,
        "8",
        _INTERNAL,
        False,
        ("item.date", "item.inspectors", "item.method", "item.result", "item.problems"),
        ("INSPECT",),
        ("rectification.inspection[]",),
    ),
    Template(
        "extension-approval",
        25,
        "product",
        _INTERNAL,
        False,
        ("item.reason", "item.newDueAt", "item.approvedBy", "item.approved"),
        ("INSPECT", "APPROVER"),
        ("rectification.extension[]",),
    ),
    Template(
        "urging-notice",
        26,
        "8",
        _PARTIES,
        True,
        ("rectification.requirements", "document.overdue", "item.reason", "document.copies"),
        ("INSPECT", "APPROVER"),
        ("rectification.escalation[]",),
    ),
    Template(
        "disciplinary-proposal",
        27,
        "10",
        _UNIT,
        True,
        ("item.problems", "item.suggestions", "item.replyDue", "item.basis"),
        ("APPROVER",),
        ("disciplinaryProposal[]",),
        per_subject=False,
    ),
    Template(
        "accountability-study",
        28,
        "8",
        _INTERNAL,
        False,
        ("document.overdue", "rectification.inspection.result", "rectification.accountabilityConclusion"),
        ("INSPECT", "LEAD", "APPROVER"),
    ),
    Template(
        "backtracking",
        29,
        "10",
        _INTERNAL,
        False,
        _paths("trigger targetPersons handlers conclusion", "backtracking."),
        ("BACKTRACK", "APPROVER"),
        per_subject=False,
    ),
    # No document of the procedure: how the last day of a time limit was counted (procedure.md 6.3).
    Template(
        "deadline-sheet",
        30,
        "product",
        _INTERNAL,
        False,
        ("sheet.start", "sheet.due", "sheet.days.reason", "sheet.calendar"),
        (),
        per_subject=False,
    ),
)


def shipped(key: str) -> bytes:
    """Return the template file that comes with the product."""
    return (resources.files(__package__) / "templates" / f"{TEMPLATES[key].key}.docx").read_bytes()
