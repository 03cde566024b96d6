"""Words for the codes that pages show: roles, states of cases, kinds of events."""

from __future__ import annotations

from service import texts
from service.web import words
from service.web.words import N_, gettext

# States of procedure.md section 4 with the colour of their tag.
STATES: dict[str, tuple[str, str]] = {
    "REGISTERED": (N_("Registered"), ""),
    "SCREENING": (N_("Screening of own motion"), ""),
    "NOT_STARTED": (N_("Found not to qualify"), "grey"),
    "APP_RECEIVED": (N_("Application received"), ""),
    "SUPPLEMENT": (N_("To be supplemented"), "amber"),
    "REJECTED": (N_("Not accepted"), "grey"),
    "TRANSFERRED": (N_("Transferred"), "grey"),
    "ACCEPTED": (N_("Started"), ""),
    "INVESTIGATING": (N_("Under investigation"), ""),
    "REPORTING": (N_("Report under review"), ""),
    "REVIEWING": (N_("Under review"), ""),
    "COLLECTIVE": (N_("Collective study"), ""),
    "DRAFTING": (N_("Drafting"), ""),
    "ISSUED": (N_("Decision issued"), ""),
    "SERVING": (N_("Announcing, serving, explaining"), ""),
    "SERVED": (N_("Served and explained"), "green"),
    "TRACKING": (N_("Tracking"), ""),
    "SUSPENDED": (N_("Suspended"), "amber"),
    "TERMINATED": (N_("Terminated"), "grey"),
    "CLOSED": (N_("Closed"), "green"),
}

RECTIFICATION: dict[str, tuple[str, str]] = {
    "none": (N_("Rectification not begun"), "grey"),
    "noticed": (N_("Notified"), ""),
    "planned": (N_("Plan settled"), ""),
    "in_progress": (N_("Rectification under way"), ""),
    "submitted": (N_("Submitted"), ""),
    "inspecting": (N_("Under inspection"), ""),
    "rework": (N_("Rework"), "amber"),
    "closed": (N_("Rectification closed"), "green"),
    "escalated": (N_("Escalated"), "red"),
}

FILING: dict[str, tuple[str, str]] = {
    "pending": (N_("Filing pending"), "grey"),
    "partial": (N_("Filed in part"), "amber"),
    "done": (N_("Filed"), "green"),
}

APPEAL: dict[str, tuple[str, str]] = {
    "none": (N_("No appeal"), "grey"),
    "filed": (N_("Appeal filed"), "amber"),
    "accepted": (N_("Appeal accepted"), "amber"),
    "decided": (N_("Appeal decided"), "green"),
}

OUTCOMES: dict[str, str] = {
    "exempt": N_("Exempted from accountability"),
    "mitigated": N_("Accountability mitigated"),
    "lighter": N_("Lighter accountability"),
    "none": N_("No fault tolerance"),
}

# Parts of a case: the tabs of its page, and what the log of viewing says was opened.
CASE_PARTS: dict[str, str] = {
    "overview": N_("Overview"),
    "progress": N_("Progress"),
    "timeline": N_("Timeline"),
    "judgements": N_("Judgements"),
    "deadlines": N_("Deadlines"),
    "documents": N_("Documents"),
    "materials": N_("Materials"),
    "submissions": N_("Forms submitted"),
    "archives": N_("Archives"),
}

RECORDS: dict[str, str] = {
    "case": N_("Case"),
    "subject": N_("Person held accountable"),
    "application": N_("Application"),
    "matter": N_("Fault or error"),
    "evidence": N_("Evidence"),
    "opinionRecord": N_("Opinions heard"),
    "expertOpinion": N_("Opinion of departments or experts"),
    "investigationReport": N_("Investigation report"),
    "meeting": N_("Meeting of the collective"),
    "accountabilityOpinion": N_("Opinion on accountability"),
    "toleranceOpinion": N_("Opinion on fault tolerance"),
    "reasonBasis": N_("Reasons and basis"),
    "decisionDocument": N_("Decision document"),
    "delivery": N_("Announcement and service"),
    "feedback": N_("Explanation"),
    "filing": N_("Filing"),
    "appeal": N_("Appeal"),
    "resultApplication": N_("Use of the result"),
    "rectification": N_("Rectification"),
    "disciplinaryProposal": N_("Disciplinary proposal"),
    "recusalDeclaration": N_("Declarations of recusal"),
}

TASK_STATES: dict[str, str] = {
    "CREATED": N_("Open"),
    "COMPLETED": N_("Submitted"),
    "CANCELED": N_("Cancelled"),
    "FAILED": N_("Failed"),
}

STEP_STATES: dict[str, str] = {
    "done": N_("done"),
    "current": N_("under way"),
    "failed": N_("needs attention"),
    "cancelled": N_("cancelled"),
}


def record(name: str) -> str:
    """Return what a record is called."""
    return gettext(RECORDS[name]) if name in RECORDS else name


def role(code: str) -> str:
    """Return what a role is called; a code unknown here stands for itself."""
    return words.message(f"role.{code}") if texts.has_message(f"role.{code}") else code


def permission(code: str) -> str:
    """Return what a permission is called."""
    return words.message(f"permission.{code}")


# States in which a line has not begun: saying so on every page would be noise.
UNBEGUN = frozenset({"none", "pending"})


def tag(table: dict[str, tuple[str, str]], code: str | None) -> tuple[str, str] | None:
    """Return words and colour for a state; None where there is none, or nothing to tell yet."""
    if not code or (code in UNBEGUN and table is not STATES):
        return None
    text, colour = table.get(code, (code, "grey"))
    return gettext(text), colour


def text(table: dict[str, str], code: str | None) -> str:
    """Return the words for a code; empty where there is none."""
    return gettext(table[code]) if code in table else (code or "")
