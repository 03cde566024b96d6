"""Rules of the measure that bind what is written in records, whichever form or process writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from service import feel, texts
from service.casework import deadlines, moments, people
from service.casework.case import Case
from service.casework.catalogue import CAUSES, OVERLAYS, PEOPLE, WORK_FIELDS
from service.casework.schema import Found
from service.errors import ServiceError

Values: TypeAlias = dict[str, Any]  # by path
Rule: TypeAlias = "Callable[[_Look], Iterator[Found]]"

# Once a decision is issued, only what comes after by nature may still be written to these records (2.12).
_LOCKED: Mapping[str, frozenset[str]] = {
    "decisionDocument": frozenset({"effectiveAt", "seal"}),
    "accountabilityOpinion": frozenset(),
    "toleranceOpinion": frozenset(),
    "meeting": frozenset({"minutes", "minutesFile", "signed"}),
    "reasonBasis": frozenset({"archivedAt", "volumeNo"}),
}

_REASONS = "reasonBasis"

# Facts of D3 and D4 that stand or fall with evidence. What a person claims is proved by
# the application.
PROVED: tuple[str, ...] = (
    "matter.errorOccurred",
    *(f"matter.workField.{name}" for name in WORK_FIELDS),
    *(f"matter.causeFacts.{name}" for name in CAUSES),
    "matter.privateGain",
    "matter.knowingViolation",
    "matter.defiedProhibition",
    *(f"matter.overlayFacts.{name}" for name in OVERLAYS),
)
# Of D5: the plan only assumes them, before there is evidence; they are found together with what went wrong.
PROVED_WITH_THE_ERROR: tuple[str, ...] = ("matter.professional", "matter.technical")

# Of section 5(3), found in review: they name the evidence they rest on themselves.
FINDINGS: tuple[str, ...] = ("matter.conductQualified", "matter.redLineCrossed", "matter.legalLineCrossed")

MEASURES = ("remedy", "impact", "loss", "mechanism")  # Article 8: each class has one, or a reason why not


def check(case: Case, subject_key: int | None, values: Values) -> Iterator[Found]:
    """Yield what the rules forbid, by path."""
    yield from people.check(case, values)
    look = _Look(case, subject_key, values)
    for rule in RULES:
        yield from rule(look)


class _Look:
    """Values as they would be: what is submitted over what is stored."""

    def __init__(self, case: Case, subject_key: int | None, values: Values) -> None:
        self.case = case
        self.subject_key = subject_key
        self.values = values

    def after(self, path: str) -> Any:
        """Return a value as it would stand after the write."""
        names = path.split(".")
        for length in range(len(names), 0, -1):
            written = ".".join(names[:length])
            if written in self.values:
                return _inside(self.values[written], names[length:])
        return self.before(path)

    def before(self, path: str) -> Any:
        """Return a value as it is stored."""
        name, *rest = path.split(".")
        if name == "case" and rest and rest[0] in PEOPLE:
            return self.case.people()[rest[0]]
        if name == "subject":
            return None if self.subject_key is None else _inside(self.case.subject_record(self.subject_key), rest)
        if self.subject_key is None:
            return None
        return _inside(self.case.document(name, self.subject_key), rest)

    def touches(self, path: str) -> str | None:
        """Return the submitted path that writes this field or a part of it, None if none does."""
        for written in self.values:
            if written == path or written.startswith(path + ".") or path.startswith(written + "."):
                return written
        return None


def _needs(flag: str, wanted: Any, other: str, code: str) -> Rule:
    """A field that must be filled when another has a certain value."""

    def rule(look: _Look) -> Iterator[Found]:
        written = look.touches(flag) or look.touches(other)
        if written and look.after(flag) == wanted and not _filled(look.after(other)):
            yield other if other in look.values else flag, (code, {"field": other})

    return rule


def _suspended_with_reason(look: _Look) -> Iterator[Found]:
    path = "subject.suspendedKind"
    if path not in look.values:
        return
    if not _filled(look.values[path]):
        yield path, ("casework.suspension_needs_kind", {})
    if not _filled(look.after("subject.suspendedReason")):
        yield "subject.suspendedReason", ("casework.suspension_needs_reason", {})


def _locked(look: _Look) -> Iterator[Found]:
    issued = _filled(look.before("decisionDocument.issuedAt"))
    if not issued:
        return
    for path, value in look.values.items():
        name, _, rest = path.partition(".")
        free = _LOCKED.get(name)
        if free is None or _same(look.before(path), value):
            continue
        if rest in free and not _filled(look.before(path)):
            continue
        yield path, ("casework.locked", {"record": name})


def _outcome(look: _Look) -> Iterator[Found]:
    for path in ("subject.outcome", "case.outcome"):
        if path not in look.values:
            continue
        value = look.values[path] or "pending"
        present = look.before("subject.outcome")
        if value == present:
            continue
        issued = _filled(look.after("decisionDocument.issuedAt"))
        if present != "pending":
            yield path, ("casework.outcome_locked", {"outcome": present})
        elif not issued:
            yield path, ("casework.outcome_before_decision", {})
        elif value != look.after("toleranceOpinion.outcome"):
            yield path, ("casework.outcome_not_resolved", {"resolved": look.after("toleranceOpinion.outcome")})


def _reasons_only_in_case_volume(look: _Look) -> Iterator[Found]:
    for target in ("personnel", "integrity"):
        path = f"filing.{target}.catalogue"
        if not look.touches(path):
            continue
        for index, entry in enumerate(look.after(path) or []):
            if isinstance(entry, Mapping) and (
                entry.get("document") == _REASONS or _names_reasons(str(entry.get("title") or ""))
            ):
                yield f"{path}[{index}]", ("casework.reasons_not_here", {"target": target})


def _names_reasons(title: str) -> bool:
    """Whether an entry of a catalogue is called like the material on reasons, whatever record it is said to be."""
    plain = "".join(title.split()).casefold()
    return any(
        "".join(word.split()).casefold() in plain
        for locale in texts.LOCALES
        for word in texts.message("casework.reasons_title", locale=locale).split("|")
    )


def _received_after_sent(look: _Look) -> Iterator[Found]:
    for target in ("personnel", "integrity", "caseFile"):
        sent, received = f"filing.{target}.sentAt", f"filing.{target}.receivedAt"
        if not (look.touches(sent) or look.touches(received)):
            continue
        first, second = look.after(sent), look.after(received)
        if isinstance(first, str) and isinstance(second, str) and second[:10] < first[:10]:
            yield received, ("casework.received_before_sent", {"sent": first[:10]})


def _excluded_evidence(look: _Look) -> Iterator[Found]:
    for index, item in enumerate(look.values.get("evidence") or []):
        if isinstance(item, Mapping) and item.get("legality") == "excluded" and not _filled(item.get("excludedReason")):
            yield f"evidence[{index}].excludedReason", ("casework.needs_reason", {"field": "excludedReason"})


def _evidence_is_there(look: _Look) -> Iterator[Found]:
    if "evidence" in look.values and not _filled(look.values["evidence"]):
        yield "evidence", ("casework.evidence_missing", {})


def _facts_are_proved(look: _Look) -> Iterator[Found]:
    """Refuse a fact that is held to be so, or not so, although no evidence that may be used names it."""
    wanted = (*PROVED, *PROVED_WITH_THE_ERROR) if look.touches("matter.errorOccurred") else PROVED
    touched = [path for path in wanted if look.touches(path) and look.after(path) in {"yes", "no"}]
    if not touched:
        return
    proved = _proved(look)
    for path in touched:
        if not _stands(path, proved):
            yield path, ("casework.fact_needs_evidence", {"field": path})


def _proved(look: _Look) -> set[str]:
    return {
        str(named)
        for item in look.after("evidence") or []
        if isinstance(item, Mapping) and item.get("legality") != "excluded"
        for named in item.get("proves") or []
    }


def _stands(path: str, proved: set[str]) -> bool:
    return path in proved or path.rpartition(".")[0] in proved


def unproved(case: Case, subject_key: int) -> tuple[str, ...]:
    """Return the facts held to be so, or not so, that no evidence proves any more: they are not ascertained."""
    look = _Look(case, subject_key, {})
    proved = _proved(look)
    wanted = (*PROVED, *PROVED_WITH_THE_ERROR) if _filled(look.after("matter.errorOccurred")) else PROVED
    return tuple(path for path in wanted if look.after(path) in {"yes", "no"} and not _stands(path, proved))


def _findings_rest_on_evidence(look: _Look) -> Iterator[Found]:
    """Refuse a finding of the review (section 5(3)) that names no evidence, or evidence that may not be used."""
    named = "matter.conductEvidence"
    touched = [path for path in FINDINGS if look.touches(path) and look.after(path) in {"yes", "no"}]
    if not touched:
        return
    usable = {
        item.get("evidenceNo")
        for item in look.after("evidence") or []
        if isinstance(item, Mapping) and item.get("legality") != "excluded"
    }
    numbers = look.after(named) or []
    unknown = [number for number in numbers if number not in usable]
    if unknown:
        yield named, ("casework.evidence_not_usable", {"numbers": ", ".join(map(str, unknown))})
    elif not numbers:
        for path in touched:
            yield path, ("casework.finding_needs_evidence", {"field": path})


def _begins_before_it_ends(look: _Look) -> Iterator[Found]:
    path = look.touches("matter.occurredTo") or look.touches("matter.occurredFrom")
    if path and not in_order(look.after("matter.occurredFrom"), look.after("matter.occurredTo")):
        yield path, ("casework.ends_before_it_begins", {"begin": look.after("matter.occurredFrom")})


def in_order(first: Any, last: Any) -> bool:
    """Whether two days as text stand in this order, or one is not known."""
    return not (isinstance(first, str) and isinstance(last, str) and first and last) or first[:10] <= last[:10]


def _members_fit_the_meeting(look: _Look) -> Iterator[Found]:
    """Refuse numbers that the meeting's validity (D11) could only call wrong, while somebody can mend them."""
    total = look.after("meeting.totalMembers")
    if total is None:
        return
    convened = look.touches("meeting.totalMembers")
    members = look.after("case.members") or []
    if convened and len(set(members)) > total:
        yield convened, ("casework.more_members_than_total", {"total": total, "members": len(set(members))})
    path = look.touches("meeting.attendance")
    present = [
        entry.get("member")
        for entry in look.after("meeting.attendance") or []
        if isinstance(entry, Mapping) and entry.get("status") == "present"
    ]
    if path and len(set(present)) > total:
        yield path, ("casework.more_present_than_total", {"total": total, "present": len(set(present))})


def _one_meeting_has_one_set_of_particulars(look: _Look) -> Iterator[Found]:
    """One meeting may study several persons of a case: under one number they share day, kind and who presides."""
    path = look.touches("meeting.meetingNo")
    number = look.after("meeting.meetingNo")
    if path is None or not _filled(number):
        return
    for row in look.case.subjects:
        other = look.case.document("meeting", row.key)
        if row.key == look.subject_key or other.get("meetingNo") != number:
            continue
        for field in ("type", "heldAt", "chair", "totalMembers"):
            one, another = other.get(field), look.after(f"meeting.{field}")
            if field == "heldAt":  # the persons follow one another
                one, another = str(one or "")[:10], str(another or "")[:10]
            if not _same(one, another):
                yield f"meeting.{field}", ("casework.meeting_differs", {"number": number, "subject": row.name})


def _measures_of_every_class(look: _Look) -> Iterator[Found]:
    path = "rectification.plan.measures"
    if look.touches(path) is None:
        return
    measures = [entry for entry in look.after(path) or [] if isinstance(entry, Mapping)]
    for index, entry in enumerate(measures):
        if _filled(entry.get("content")):
            for field in ("owner", "doneBy"):
                if not _filled(entry.get(field)):
                    yield f"{path}[{index}].{field}", ("casework.measure_needs", {"field": field})
        elif not _filled(entry.get("notApplicableReason")):
            yield f"{path}[{index}].content", ("casework.measure_or_reason", {})
    for category in MEASURES:
        if all(entry.get("category") != category for entry in measures):
            yield path, (f"casework.measure_missing_{category}", {})


def _only_present_members_vote(look: _Look) -> Iterator[Found]:
    path = look.touches("meeting.statements")
    if path is None:
        return
    present = {
        entry.get("member")
        for entry in look.after("meeting.attendance") or []
        if isinstance(entry, Mapping) and entry.get("status") == "present"
    }
    recused = {
        entry.get("person")
        for entry in look.after("meeting.recusals") or []
        if isinstance(entry, Mapping) and entry.get("result") in {"recuse", "must_recuse"}
    }
    seen: set[object] = set()
    for index, entry in enumerate(look.after("meeting.statements") or []):
        member = entry.get("memberId") if isinstance(entry, Mapping) else None
        where = f"meeting.statements[{index}]"
        if member not in present:
            yield where, ("casework.absent_member", {"member": member})
        elif member in recused:
            yield where, ("casework.recused_member", {"member": member})
        elif member in seen:
            yield where, ("casework.member_twice", {"member": member})
        seen.add(member)


def _applicant_is_the_subject(look: _Look) -> Iterator[Found]:
    path = "application.submittedAt"
    if path in look.values and _filled(look.before(path)) and not _same(look.before(path), look.values[path]):
        yield path, ("casework.submitted_once", {"field": path})


def _no_notice_with_reason_for_none(look: _Look) -> Iterator[Found]:
    reason = "rectification.noRectificationReason"
    if look.touches(reason) and _filled(look.after(reason)) and _filled(look.before("rectification.issuedAt")):
        yield reason, ("casework.rectification_noticed", {})


def _extension(look: _Look) -> Iterator[Found]:
    """Refuse at the form what the deadline would refuse later, when nobody is there to mend it.

    Whoever asks too late, or again, is answered by the process; for everything else the day asked for must be right.
    """
    for path in ("rectification.requestedDueAt", "rectification.grantedDueAt"):
        day = feel.temporal.parse_date(str(look.values.get(path) or ""))
        if day is None or look.subject_key is None:
            continue
        unit = look.case.unit
        row = deadlines.find(unit, look.case.key, str(look.subject_key), deadlines.RECTIFICATION)
        if row is None:
            continue
        granted = path.endswith("grantedDueAt")
        asked = moments.read(look.before("rectification.requestedAt"), unit.engine.zone) if granted else None
        try:
            deadlines.extension_to(
                unit, row, day.to_date(), asked.astimezone(unit.engine.zone).date() if asked else None
            )
        except ServiceError as refused:
            if granted or refused.code not in {"deadline_run_out", "deadline_extended_already"}:
                yield path, (refused.code, refused.facts)


# Rule of law or of the measure -> check, in the order of procedure.md section 2.
RULES: tuple[Rule, ...] = (
    _needs("subject.screeningResult", "no", "subject.screeningReason", "casework.screening_needs_reason"),  # 7
    _applicant_is_the_subject,  # 7: the time of an application decides whether it came before the decision
    _needs("matter.otherClaim", "yes", "matter.otherClaimText", "casework.other_claim_needs_text"),  # 6(7)
    _needs("matter.redLineCrossed", "yes", "matter.redLineClauses", "casework.line_needs_clauses"),  # 5(3)
    _needs("matter.legalLineCrossed", "yes", "matter.legalLineClauses", "casework.line_needs_clauses"),  # 5(3)
    _excluded_evidence,
    _evidence_is_there,  # 7(1)
    _facts_are_proved,  # 7(1); 2.5
    _findings_rest_on_evidence,  # 5(3), 7(1); 2.5
    _begins_before_it_ends,
    _members_fit_the_meeting,  # 7(2)
    _one_meeting_has_one_set_of_particulars,  # 7(2)
    _only_present_members_vote,  # 7(2)
    _needs("meeting.catchAllDetermination", "yes", "meeting.catchAllReason", "casework.needs_reason"),  # 6(7)
    _suspended_with_reason,  # section 4; 5(3)
    _locked,  # 7(2); 2.12
    _outcome,  # section 4: no change of the outcome after issuing
    _reasons_only_in_case_volume,  # 7(2), second paragraph; 2.14
    _received_after_sent,
    _no_notice_with_reason_for_none,  # 8
    _measures_of_every_class,  # 8
    _extension,  # 8; P-T14
)


def _inside(value: Any, names: list[str]) -> Any:
    for name in names:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def _filled(value: Any) -> bool:
    return value is not None and value not in ("", [])


def _same(one: Any, other: Any) -> bool:
    return one == other or (not _filled(one) and not _filled(other))
