"""HANDLERS: topic of a service task -> function. Each is safe to run twice for one job.

What a handler refuses is an exception: the job is tried again and at last becomes an incident that names both states,
the record or the deadline. None of them decides anything about a person: they keep states, records, notices and
deadlines as the diagram tells them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from service import feel, texts
from service.casework import case_documents, case_files, deadlines, moments, notices, records
from service.casework.records import Case
from service.casework.states import State, Strand, check
from service.errors import Invalid
from service.feel import Value
from service.runtime import audit, messages
from service.runtime.unit import Handler, JobContext, UnitOfWork
from service.store import cases
from service.store.cases import CaseSubject

MESSAGE_LIFE = timedelta(days=30)  # a process may begin to wait only after what was published to it

_COLUMNS: Mapping[Strand, str] = {
    Strand.MAIN: "state",
    Strand.FILING: "filing_state",
    Strand.APPEAL: "appeal_state",
    Strand.RECTIFICATION: "rectification_state",
}


def set_state(unit: UnitOfWork, job: JobContext) -> None:
    """Set the state of a line of the person in hand, or of all persons of the case where the step is about none.

    Headers `state` and, but for the main line, `strand`. Raises `Invalid` naming both states for what may not follow.
    """
    case = _case(unit, job)
    strand = Strand(_choice(job, "strand", [item.value for item in Strand], Strand.MAIN.value))
    following = _header(job, "state")
    subject_key = _subject_key(case, job)
    targets = [row for row in case.subjects if subject_key in (None, row.key)]
    for target in targets:
        row = cases.lock_subject(unit.session, target.key) or target
        before = getattr(row, _COLUMNS[strand])
        if not check(strand, before, following):
            continue
        if strand is Strand.MAIN:
            _before_main(case, row, following)
        setattr(row, _COLUMNS[strand], following)
        if strand is Strand.MAIN:
            _move_deadlines(case, row, before, following)
        audit.record(
            unit,
            "subject.state",
            ("subject", row.key),
            {strand.value: before},
            {strand.value: following},
            business_key=str(case.key),
        )
    case_files.summarise(case)


def _before_main(case: Case, row: CaseSubject, following: str) -> None:
    if following == State.ISSUED:
        issued = moments.read(case.document("decisionDocument", row.key).get("issuedAt"), case.unit.engine.zone)
        if issued is None:
            raise Invalid("casework.not_issued", subject=row.key)
        row.issued_at = issued
    if following == State.CLOSED:
        gaps = case_files.closing_gaps(case, row.key)
        if gaps:
            raise Invalid("casework.not_closable", subject=row.key, gaps=[texts.message(code) for code in gaps])


# Of the rectification, which goes on whatever becomes of the main line.
_APART = frozenset({"P-T12", "P-T13", "P-T14", "P-T15", "P-T16", "P-T18"})


def _move_deadlines(case: Case, row: CaseSubject, before: str, following: str) -> None:
    """Time does not run while a case is suspended (procedure.md 6.3), and no longer once it has ended."""
    for deadline in deadlines.of_case(case.unit, case.key):
        running = deadline.state is deadlines.DeadlineState.RUNNING
        if deadline.subject_key != str(row.key) or deadline.state is deadlines.DeadlineState.CLOSED:
            continue
        if following in {State.TERMINATED, State.CLOSED}:
            if deadline.parameter not in _APART or following == State.CLOSED:
                deadlines.close(case.unit, deadline)
        elif deadline.parameter not in _APART and deadline.due is not None and following == State.SUSPENDED and running:
            deadlines.pause(case.unit, deadline, State.SUSPENDED.value)
        elif before == State.SUSPENDED and deadline.state is deadlines.DeadlineState.PAUSED:
            deadlines.resume(case.unit, deadline)


def publish(unit: UnitOfWork, job: JobContext) -> None:
    """Bring a message to its receiver: inputs `messageName`, `correlationKey`, `messageVariables`.

    It is kept for who waits for it only later.
    """
    name = _input_text(job, "messageName")
    correlation_key = _text_of(job.variables.get("correlationKey"))
    variables = job.variables.get("messageVariables")
    messages.publish(
        unit,
        name,
        correlation_key,
        variables if isinstance(variables, Mapping) else {},
        business_key=job.instance.business_key,
        time_to_live=MESSAGE_LIFE,
    )


def write_records(unit: UnitOfWork, job: JobContext) -> None:
    """Write records: input `values` is a context of path -> value, checked like a form's."""
    values = job.variables.get("values")
    if not isinstance(values, Mapping):
        raise Invalid("casework.input_missing", topic=job.topic, input="values")
    case = _case(unit, job)
    subject_key = _subject_key(case, job)
    plain = {str(path): _plain(value) for path, value in values.items()}
    records.check(case, subject_key, plain)
    for path, value in plain.items():
        records.write(case, subject_key, path, value)
    audit.record(unit, "records.write", ("case", case.key), None, {"paths": sorted(plain)}, business_key=str(case.key))


def notify(unit: UnitOfWork, job: JobContext) -> None:
    """Send a notice: inputs `recipients` (user names and role codes, empty ones left out), `title`, `text`."""
    recipients = job.variables.get("recipients")
    if not isinstance(recipients, list):
        raise Invalid("casework.input_missing", topic=job.topic, input="recipients")
    case = records.find(unit, job.instance.business_key)
    notices.send(
        unit,
        [name for name in recipients if isinstance(name, str) and name],
        _input_text(job, "title"),
        _text_of(job.variables.get("text")),
        source_key=job.key,
        case=case,
        subject_key=_subject_key(case, job) if case else None,
    )


def move_deadline(unit: UnitOfWork, job: JobContext) -> None:
    """Open, close, pause, resume or extend a deadline: header `do`, `parameter`; inputs `reason`, `until`, `askedAt`.

    A deadline that is closed, paused or running already is left as it is, so that a second run changes nothing.
    `open` begins anew from today; with `until` the deadline then ends on that day if it is earlier than the rule's.
    """
    case = _case(unit, job)
    subject_key = _subject_key(case, job)
    do = _choice(job, "do", [*_DEADLINE_VERBS, "extend"])
    reason, until = _text_of(job.variables.get("reason")), _day(unit, job.variables.get("until"))
    for parameter in _header(job, "parameter").split(","):  # several are parted by commas
        place = (case.key, "" if subject_key is None else str(subject_key), parameter.strip())
        if do == "extend":
            asked = _day(unit, job.variables.get("askedAt"))
            deadlines.extend(unit, deadlines.required(unit, *place), reason, until=until, asked=asked)
        else:
            _DEADLINE_VERBS[do](unit, place, reason, until)


_Place = tuple[int, str, str]  # case, subject or "", parameter


def _open(unit: UnitOfWork, place: _Place, reason: str, until: date | None) -> None:
    if until is None:
        deadlines.open_anew(unit, *place)
    else:
        deadlines.open_until(unit, *place, until)


def _close(unit: UnitOfWork, place: _Place, reason: str, until: date | None) -> None:
    row = deadlines.find(unit, *place)
    if row is not None:
        deadlines.close(unit, row)


def _pause(unit: UnitOfWork, place: _Place, reason: str, until: date | None) -> None:
    row = deadlines.required(unit, *place)
    if row.state is not deadlines.DeadlineState.PAUSED:
        deadlines.pause(unit, row, reason)


def _resume(unit: UnitOfWork, place: _Place, reason: str, until: date | None) -> None:
    row = deadlines.required(unit, *place)
    if row.state is deadlines.DeadlineState.PAUSED:
        deadlines.resume(unit, row)


_DEADLINE_VERBS: Mapping[str, Callable[[UnitOfWork, _Place, str, date | None], None]] = {
    "open": _open,
    "close": _close,
    "pause": _pause,
    "resume": _resume,
}

# Who is told at each level (D9): the higher the level, the higher up.
_TOLD: Mapping[str, tuple[str, ...]] = {
    "remind": ("RECT", "SUBJECT"),
    "L1": ("RECT", "SUBJECT"),
    "L2": ("RECT", "SUBJECT", "UNIT", "INSPECT"),
    "L3": ("RECT", "SUBJECT", "UNIT", "INSPECT", "LEAD"),
    "L4": ("RECT", "SUBJECT", "UNIT", "INSPECT", "LEAD", "APPROVER"),
}


def escalate(unit: UnitOfWork, job: JobContext) -> None:
    """Enter a level of D9 in the rectification's record and tell who must know: inputs `level`, `reason`.

    Levels that ask for nothing (`normal`, `await_inspection`, `insufficient`, `close`) change nothing. Whatever the
    level, no sanction follows from it: L3 and L4 are tasks for people (Article 8, second paragraph).
    """
    level = _input_text(job, "level")
    if level not in _TOLD:
        return
    case = _case(unit, job)
    subject_key = _subject_key(case, job)
    if subject_key is None:
        raise Invalid("casework.whose_record", record="rectification")
    entries = list(case.document("rectification", subject_key).get("escalation") or [])
    if any(entry.get("source") == str(job.key) for entry in entries):
        return
    reason = _text_of(job.variables.get("reason"))
    entries.append(
        {"level": level, "at": moments.text(unit.now, unit.engine.zone), "reason": reason, "source": str(job.key)}
    )
    values: dict[str, Any] = {"rectification.escalation": entries}
    records.check(case, subject_key, values)
    case.set("rectification", ("escalation",), entries, subject_key)
    facts = {
        "case": case.row.case_no,
        "subject": case.subject(subject_key).name,
        "level": texts.message(f"casework.level_{level}"),
        "reason": reason,
    }
    notices.send(
        unit,
        _TOLD[level],
        texts.message("casework.escalation_title", facts),
        texts.message("casework.escalation_text", facts),
        source_key=job.key,
        case=case,
        subject_key=subject_key,
    )
    audit.record(
        unit,
        "rectification.escalate",
        ("subject", subject_key),
        None,
        {"level": level},
        business_key=str(case.key),
    )


def issue_document(unit: UnitOfWork, job: JobContext) -> dict[str, object]:
    """Issue a document: header `template`, and `place` where it is about one of several, e.g. `filing.personnel`.

    Inputs `recipient`, `copies` and `maker` (user name) are optional. Results: `documentNumber`, `documentKey`.
    """
    case = _case(unit, job)
    order = case_documents.Order(
        _header(job, "template"),
        _subject_key(case, job),
        job.headers.get("place") or "",
        _text_of(job.variables.get("recipient")),
        _text_of(job.variables.get("copies")),
        _text_of(job.variables.get("maker")),
    )
    row = case_documents.issue_by_process(unit, case, order, job.key)
    return {"documentNumber": row.number, "documentKey": str(row.key)}


HANDLERS: dict[str, Handler] = {
    "rc.state": set_state,
    "rc.publish": publish,
    "rc.records": write_records,
    "rc.notify": notify,
    "rc.deadline": move_deadline,
    "rc.escalate": escalate,
    "rc.document": issue_document,
}


def _case(unit: UnitOfWork, job: JobContext) -> Case:
    case = records.find(unit, job.instance.business_key)
    if case is None:
        raise Invalid("casework.job_without_case", topic=job.topic, element=job.element_id)
    return case


def _subject_key(case: Case, job: JobContext) -> int | None:
    subject = job.variables.get("subject", job.instance.variables.get("subject"))
    key = subject.get("key") if isinstance(subject, Mapping) else None
    if key is None:
        return None
    wanted = str(key)
    for row in case.subjects:
        if str(row.key) == wanted:
            return row.key
    raise Invalid("casework.no_such_subject", key=wanted[:40])


def _header(job: JobContext, name: str) -> str:
    value = job.headers.get(name)
    if not value:
        raise Invalid("casework.header_missing", topic=job.topic, header=name, element=job.element_id)
    return value


def _choice(job: JobContext, name: str, allowed: Sequence[str], default: str = "") -> str:
    value = job.headers.get(name) or default
    if value not in allowed:
        raise Invalid(
            "casework.header_unknown",
            topic=job.topic,
            header=name,
            found=value or "–",
            expected=", ".join(allowed),
        )
    return value


def _input_text(job: JobContext, name: str) -> str:
    value = _text_of(job.variables.get(name))
    if not value:
        raise Invalid("casework.input_missing", topic=job.topic, input=name)
    return value


def _text_of(value: Value) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else feel.string(value)


def _plain(value: Value) -> Any:
    return feel.codec.plain(value)


def _day(unit: UnitOfWork, value: Value) -> date | None:
    moment = moments.read(value if isinstance(value, str) else _text_of(value), unit.engine.zone)
    return None if moment is None else moment.astimezone(unit.engine.zone).date()
