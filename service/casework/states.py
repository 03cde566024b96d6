"""States of a case and of its parallel lines: which there are, and which may follow which (procedure.md section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from service.errors import Invalid


class State(StrEnum):
    REGISTERED = "REGISTERED"
    SCREENING = "SCREENING"
    NOT_STARTED = "NOT_STARTED"
    APP_RECEIVED = "APP_RECEIVED"
    SUPPLEMENT = "SUPPLEMENT"
    REJECTED = "REJECTED"
    TRANSFERRED = "TRANSFERRED"
    ACCEPTED = "ACCEPTED"
    INVESTIGATING = "INVESTIGATING"
    REPORTING = "REPORTING"
    REVIEWING = "REVIEWING"
    COLLECTIVE = "COLLECTIVE"
    DRAFTING = "DRAFTING"
    ISSUED = "ISSUED"
    SERVING = "SERVING"
    SERVED = "SERVED"
    TRACKING = "TRACKING"
    SUSPENDED = "SUSPENDED"
    TERMINATED = "TERMINATED"
    CLOSED = "CLOSED"


class Outcome(StrEnum):
    PENDING = "pending"
    EXEMPT = "exempt"
    MITIGATED = "mitigated"
    LIGHTER = "lighter"
    NONE = "none"


class Strand(StrEnum):
    MAIN = "main"
    FILING = "filing"
    APPEAL = "appeal"
    RECTIFICATION = "rectification"


# Main line. A person whose procedure never began, or ended early, closes with the case: CLOSED follows NOT_STARTED,
# REJECTED, TRANSFERRED, TERMINATED and an application that was withdrawn, which the table of the procedure, looking at
# one person, leaves as ends. Before a decision new facts lead back to SCREENING and a new application to APP_RECEIVED,
# whatever became of an earlier application; what the organ examines of its own motion does not wait for one, so that an
# application may be accepted after the screening found nothing once more.
MAIN: Mapping[str, frozenset[str]] = {
    state: frozenset(following.split())
    for state, following in {
        "REGISTERED": "SCREENING",
        "SCREENING": "ACCEPTED NOT_STARTED APP_RECEIVED",
        "NOT_STARTED": "APP_RECEIVED SCREENING ACCEPTED CLOSED",
        "APP_RECEIVED": "SUPPLEMENT ACCEPTED REJECTED TRANSFERRED SCREENING CLOSED",
        "SUPPLEMENT": "APP_RECEIVED SCREENING CLOSED",
        "REJECTED": "APP_RECEIVED SCREENING CLOSED",
        "TRANSFERRED": "APP_RECEIVED SCREENING CLOSED",
        "ACCEPTED": "INVESTIGATING",
        "INVESTIGATING": "REPORTING SUSPENDED",
        "REPORTING": "REVIEWING INVESTIGATING",
        "REVIEWING": "COLLECTIVE INVESTIGATING SUSPENDED",
        "COLLECTIVE": "DRAFTING INVESTIGATING SUSPENDED",
        "DRAFTING": "ISSUED COLLECTIVE INVESTIGATING",
        "ISSUED": "SERVING",
        "SERVING": "SERVED",
        "SERVED": "TRACKING",
        "TRACKING": "CLOSED",
        "SUSPENDED": "INVESTIGATING TERMINATED",
        "TERMINATED": "CLOSED",
        "CLOSED": "",
    }.items()
}

FILING: Mapping[str, frozenset[str]] = {
    "pending": frozenset({"partial", "done"}),
    "partial": frozenset({"done"}),
    "done": frozenset(),
}

APPEAL: Mapping[str, frozenset[str]] = {
    "none": frozenset({"filed"}),
    "filed": frozenset({"accepted", "decided"}),
    "accepted": frozenset({"decided"}),
    "decided": frozenset({"filed"}),  # the second stage
}

RECTIFICATION: Mapping[str, frozenset[str]] = {
    state: frozenset(following.split())
    for state, following in {
        "none": "noticed closed",  # closed without notice: the reason why none is needed is written down
        "noticed": "planned escalated",
        "planned": "in_progress escalated",
        "in_progress": "submitted escalated",
        "submitted": "inspecting rework closed escalated",
        "inspecting": "rework closed escalated",
        "rework": "planned in_progress submitted escalated",
        "escalated": "planned in_progress submitted inspecting rework closed",
        "closed": "",
    }.items()
}

TRANSITIONS: Mapping[Strand, Mapping[str, frozenset[str]]] = {
    Strand.MAIN: MAIN,
    Strand.FILING: FILING,
    Strand.APPEAL: APPEAL,
    Strand.RECTIFICATION: RECTIFICATION,
}

FIRST: Mapping[Strand, str] = {
    Strand.MAIN: "REGISTERED",
    Strand.FILING: "pending",
    Strand.APPEAL: "none",
    Strand.RECTIFICATION: "none",
}

# How far a state is; the case as a whole stands where its least advanced subject stands.
_PROGRESS: Mapping[str, int] = {
    state: number
    for number, state in enumerate(
        (
            "REGISTERED",
            "SCREENING",
            "APP_RECEIVED",
            "SUPPLEMENT",
            "ACCEPTED",
            "INVESTIGATING",
            "SUSPENDED",
            "REPORTING",
            "REVIEWING",
            "COLLECTIVE",
            "DRAFTING",
            "ISSUED",
            "SERVING",
            "SERVED",
            "TRACKING",
            "NOT_STARTED",
            "REJECTED",
            "TRANSFERRED",
            "TERMINATED",
            "CLOSED",
        )
    )
}


def check(strand: Strand, present: str, following: str) -> bool:
    """Return whether this is a change at all; False when the line stands there already.

    Raises `Invalid` naming both states when the second may not follow the first, or is none.
    """
    transitions = TRANSITIONS[strand]
    if following not in transitions:
        raise Invalid("casework.no_such_state", strand=strand.value, state=following, expected=", ".join(transitions))
    if present == following:
        return False
    if following not in transitions.get(present, frozenset()):
        allowed = ", ".join(sorted(transitions.get(present, ()))) or "–"
        raise Invalid(
            "casework.state_not_allowed", strand=strand.value, present=present, following=following, allowed=allowed
        )
    return True


def summary(states: list[str]) -> str:
    """Return the state of a case from those of its subjects."""
    return min(states, key=lambda state: _PROGRESS[state]) if states else State.REGISTERED.value


def outcome_summary(outcomes: list[str]) -> str:
    """Return the outcome of a case if all subjects share one, else `pending` (some open) or `mixed`."""
    found = set(outcomes)
    if len(found) == 1:
        return found.pop()
    return Outcome.PENDING.value if Outcome.PENDING.value in found else "mixed"
