"""What decides whether an application came before the decision, and whether the person in person handed it in (D2).

System facts (procedure.md 2.20, last part): nobody enters them, the record `application` shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.casework import moments, parameters
from service.casework.case import Case
from service.runtime.unit import UnitOfWork

BEFORE, AFTER, UNKNOWN = "before_decision", "after_decision", "unknown"


def facts(case: Case, subject_key: int) -> Mapping[str, Any]:
    """Return the facts by the names under which D2 asks for them; empty while nothing is handed in."""
    application = case.document("application", subject_key)
    if not application.get("submittedAt"):
        return {}
    applicant = application.get("applicantId")
    by_subject = UNKNOWN if not applicant else "yes" if str(applicant) == str(subject_key) else "no"
    return {"timing": timing(case.unit, case, subject_key), "bySubject": by_subject}


def timing(unit: UnitOfWork, case: Case, subject_key: int) -> str:
    """Return whether an application came before the decision: `before_decision`, `after_decision`, `unknown` (D2).

    P-APP-01 says which moment counts as handing in (receipt or postmark), P-APP-02 which as deciding (issuing or the
    meeting's resolution). While one is not set, every reading counts, and readings that differ mean unknown.
    """
    zone = unit.engine.zone
    application = case.document("application", subject_key)
    decision = case.document("decisionDocument", subject_key)
    meeting = case.document("meeting", subject_key)
    received = moments.read(application.get("receivedAt"), zone)
    postmark = moments.read(application.get("postmarkAt"), zone) or received
    issued = moments.read(decision.get("issuedAt"), zone)
    resolved = moments.read(meeting.get("resolvedAt"), zone) or issued  # what was issued had been decided
    handed_in = {"received": [received], "postmark": [postmark]}.get(
        str(parameters.value(unit, "P-APP-01")), [received, postmark]
    )
    decided = {"issued": [issued], "resolved": [resolved]}.get(
        str(parameters.value(unit, "P-APP-02")), [issued, resolved]
    )
    if any(moment is None for moment in handed_in):
        return UNKNOWN
    readings = {
        AFTER if end is not None and moment is not None and moment > end else BEFORE
        for moment in handed_in
        for end in decided
    }
    return readings.pop() if len(readings) == 1 else UNKNOWN
