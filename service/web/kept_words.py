"""What the fields of records are called that no form names: states, sums and moments that processes write."""

from __future__ import annotations

from collections.abc import Mapping

from service.runtime.form_display import FieldWords
from service.web import labels
from service.web.words import N_, gettext

_VOTE: Mapping[str, str] = {"agree": N_("agrees"), "against": N_("disagrees"), "abstain": N_("abstains")}
_D11: Mapping[str, str] = {
    "met": N_("valid"),
    "not_met": N_("too few"),
    "yes": N_("passed"),
    "no": N_("not passed"),
    "invalid": N_("not valid"),
    "incomplete": N_("not everybody has spoken"),
    "insufficient": N_("information insufficient"),
    "data_error": N_("numbers contradict each other"),
}
_ADMISSION: Mapping[str, str] = {
    "accept": N_("accepted"),
    "supplement": N_("to be supplemented"),
    "reject": N_("not accepted"),
    "redirect_appeal": N_("not accepted, pointed to the appeal"),
    "transfer": N_("transferred"),
    "register_only": N_("registered only"),
    "proactive_review": N_("taken as a lead for screening"),
    "insufficient": N_("information insufficient"),
    "manual": N_("to be ruled on"),
}
_LEVEL: Mapping[str, str] = {
    "remind": N_("reminder before the due day"),
    "L1": N_("L1, reminder"),
    "L2": N_("L2, formal order"),
    "L3": N_("L3, proposal to be considered"),
    "L4": N_("L4, accountability to be studied"),
}

# Path -> label, and what its values are called.
_KEPT: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "subject.initiation": (
        N_("How it was started"),
        {
            "proactive": N_("on own motion"),
            "application": N_("on application"),
            "both": N_("on own motion and on application"),
        },
    ),
    "subject.startedAt": (N_("Started"), {}),
    "subject.ruleVersion": (N_("Decision tables, by version"), {}),
    "subject.processVersion": (N_("Processes, by version"), {}),
    "application.submittedAt": (N_("Handed in"), {}),
    "application.admission": (N_("Result of the review"), _ADMISSION),
    "application.admissionBasis": (N_("Rests on"), {}),
    "application.mergedAt": (N_("Merged into what runs"), {}),
    "application.withdrawnAt": (N_("Withdrawn"), {}),
    "application.withdrawalReason": (N_("Reason of the withdrawal"), {}),
    "investigationReport.missingFacts": (N_("Not ascertained"), {}),
    "investigationReport.missingFacts[].name": (N_("Fact"), {}),
    "investigationReport.missingFacts[].article": (N_("Article"), {}),
    "investigationReport.unascertained.facts": (N_("Cannot be found out"), {}),
    "investigationReport.unascertained.facts[].name": (N_("Fact"), {}),
    "investigationReport.unascertained.facts[].article": (N_("Article"), {}),
    "investigationReport.unascertained.reason": (N_("Why it cannot be found out"), {}),
    "investigationReport.unascertained.opinion": (N_("Opinion of the approval"), {}),
    "investigationReport.unascertained.approvedBy": (N_("Approved by"), {}),
    "investigationReport.unascertained.approvedAt": (N_("Approved at"), {}),
    "meeting.quorum": (N_("Attendance"), _D11),
    "meeting.passed": (N_("Vote"), _D11),
    "meeting.presentEligible": (N_("Present and entitled to vote"), {}),
    "meeting.votes.agree": (N_("Votes in favour"), {}),
    "meeting.votes.against": (N_("Votes against"), {}),
    "meeting.votes.abstain": (N_("Abstentions"), {}),
    "meeting.dissent": (N_("Dissenting opinions"), {}),
    "meeting.statements": (N_("Statement"), {}),
    "meeting.statements[].memberId": (N_("Member"), {}),
    "meeting.statements[].points": (N_("Opinion"), {}),
    "meeting.statements[].onAccountability": (N_("On accountability"), {}),
    "meeting.statements[].onTolerance": (N_("On tolerance"), labels.OUTCOMES),
    "meeting.statements[].vote": (N_("Vote"), _VOTE),
    "meeting.statements[].dissent": (N_("Dissent"), {}),
    "meeting.postponements": (N_("Postponed"), {}),
    "meeting.postponements[].heldAt": (N_("Meeting of"), {}),
    "meeting.postponements[].reason": (N_("Reason"), {}),
    "decisionDocument.effectiveAt": (N_("In effect from"), {}),
    "rectification.reportedAt": (N_("Reported at"), {}),
    "rectification.closedAt": (N_("Closed at"), {}),
    "rectification.closedBy": (N_("Closed by"), {}),
    "rectification.escalation": (N_("Escalation"), {}),
    "rectification.escalation[].level": (N_("Level"), _LEVEL),
    "rectification.escalation[].at": (N_("At"), {}),
    "rectification.escalation[].reason": (N_("Reason"), {}),
}


def words() -> dict[str, FieldWords]:
    """Return labels and choices by path, in the language of the page."""
    return {
        path: FieldWords(gettext(label), {value: gettext(said) for value, said in options.items()})
        for path, (label, options) in _KEPT.items()
    }
