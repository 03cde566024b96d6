"""When a step of a case may be gone back to: the states that follow must be allowed, and nothing sent may be unsaid."""

from __future__ import annotations

from collections import deque

from service.bpmn.definition import Element, Job
from service.casework.case import find
from service.casework.states import TRANSITIONS, Strand
from service.runtime.unit import BackMove, Reason, UnitOfWork
from service.store.cases import CaseSubject

# Running these again does no harm: a state stays, a closed deadline is opened anew, a record gets a new version.
AGAIN = frozenset({"rc.state", "rc.deadline", "rc.records"})
_STATE = "rc.state"


def refusal(unit: UnitOfWork, move: BackMove) -> Reason | None:
    """Return why a step may not be gone back to; None if it may."""
    for element in move.done:
        if _topic(element) not in AGAIN:
            return "casework.back_after_sending", {"step": element.name or element.id}
    case = find(unit, move.business_key)
    if case is None:
        return None
    rows = [row for row in case.subjects if move.subject_key in (None, str(row.key))]
    for strand, following in _next_states(move):
        for row in rows:
            present = _present(row, strand)
            if present != following and following not in TRANSITIONS[strand].get(present, frozenset()):
                if strand is not Strand.MAIN:
                    return "casework.back_against_line", {"person": row.name}
                return "casework.back_against_state", {
                    "person": row.name,
                    "stands_at": present,
                    "follows": following,
                }
    return None


def _next_states(move: BackMove) -> list[tuple[Strand, str]]:
    """Return the first state of each line that each way from the step sets."""
    elements, flows = move.definition.elements, move.definition.flows
    found: list[tuple[Strand, str]] = []
    for strand in Strand:
        seen, queue = {move.start}, deque([move.start])
        while queue:
            element = elements[queue.popleft()]
            state = _state_of(element, strand)
            if state is not None and element.id != move.start:
                found.append((strand, state))
                continue
            if element.type == "CALL_ACTIVITY":
                continue  # the called process sets states of its own, from where it begins
            for flow in element.outgoing:
                target = flows[flow].target
                if target not in seen:
                    seen.add(target)
                    queue.append(target)
    return found


def _state_of(element: Element, strand: Strand) -> str | None:
    detail = element.detail
    if not isinstance(detail, Job) or _topic(element) != _STATE:
        return None
    if dict(detail.headers).get("strand", Strand.MAIN.value) != strand.value:
        return None
    return dict(detail.headers).get("state")


def _topic(element: Element) -> str:
    detail = element.detail
    return str(detail.topic.value) if isinstance(detail, Job) and detail.topic.is_static else ""


def _present(row: CaseSubject, strand: Strand) -> str:
    return {
        Strand.MAIN: row.state,
        Strand.FILING: row.filing_state,
        Strand.APPEAL: row.appeal_state,
        Strand.RECTIFICATION: row.rectification_state,
    }[strand]
