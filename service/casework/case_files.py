"""Case files: registered, staffed, looked at, searched, closed; and who sees how much of one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from service import auth, feel, forms, store, texts
from service.auth import Actor, CaseAccess, Permission, Role, View, accounts
from service.auth.roles import ORGAN_STAFF, OVERSEERS
from service.casework import deadlines, moments, people, records, recusals, rules, schema
from service.casework.catalogue import PEOPLE, RECORDS, SECRECY
from service.casework.functions import FUNCTIONS
from service.casework.records import Case
from service.casework.schema import Entity, Problem
from service.casework.states import FIRST, Outcome, State, Strand, outcome_summary, summary
from service.errors import Conflict, FormRejected, Invalid, NotFound
from service.runtime import audit, decisions, files, history, instances, user_tasks
from service.runtime.history import TimelineEvent
from service.runtime.unit import InstanceContext, UnitOfWork
from service.runtime.user_tasks import UserTask, UserTaskQuery
from service.store import cases
from service.store.cases import CaseFile, CaseQuery, CaseSubject
from service.store.submissions import Submission

PROCESS = "rc-case"
SUBJECT_LIMIT = 50  # persons in one case

# Shown to the subject: nothing of the investigation, the opinions of others or the material behind the decision.
SUBJECT_RECORDS = ("subject", "application", "decisionDocument", "delivery", "feedback", "rectification", "appeal")
SUBJECT_FIELDS = frozenset(
    {
        "key",
        "number",
        "name",
        "orgName",
        "orgType",
        "personType",
        "positionAtTime",
        "currentPosition",
        "partyOrg",
        "contact",
        "deliveryAddress",
        "state",
        "outcome",
        "startedAt",
        "rightsInformedAt",
        "filingState",
        "appealState",
        "rectificationState",
    }
)
# Shown to those responsible for a rectification: who it is about, and nothing of the case.
RECTIFICATION_FIELDS = frozenset(
    {"key", "number", "name", "orgName", "positionAtTime", "currentPosition", "partyOrg", "rectificationState"}
)
# Of records that are shown, what the organ keeps to itself: whom it studies, who reviews, why a draft went back.
INTERNAL_FIELDS: Mapping[str, frozenset[str]] = {
    "decisionDocument": frozenset({"returnReason"}),
    "rectification": frozenset({"accountabilityTask", "accountabilityConclusion"}),
    "appeal": frozenset({"reviewTeam", "recusalCheck"}),
}
APPEAL_RESULT = frozenset({"resultType", "result", "copiedTo", "correctionActions"})  # until it is notified


@dataclass(frozen=True, slots=True)
class SubjectSummary:
    key: int
    number: int
    name: str
    account: str | None
    state: str
    outcome: str
    filing_state: str
    appeal_state: str
    rectification_state: str


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """One line of a list."""

    key: int
    case_no: str
    title: str
    accountability_case_no: str
    organ: str
    state: str
    outcome: str  # of all subjects, or "pending" or "mixed"
    secrecy: str
    registered_at: datetime
    closed_at: datetime | None
    subjects: tuple[SubjectSummary, ...]
    lead: str | None
    next_due: date | None  # of its open deadlines
    next_parameter: str | None
    calendar_missing: bool  # a deadline has no due day because a year's calendar is not imported


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as one actor sees it."""

    view: View
    summary: CaseSummary
    record: Mapping[str, Any]  # the record `case`; what the view may not see is left out
    subjects: tuple[Mapping[str, Any], ...]  # for each person all records, `subject` among them
    people: Mapping[str, tuple[str, ...]]  # role code -> user names; empty but for the full view
    deadlines: tuple[deadlines.Deadline, ...]
    tasks: tuple[UserTask, ...]  # open ones
    instances: tuple[instances.ProcessInstance, ...]
    evaluations: tuple[Any, ...]  # of decision tables, newest first; empty but for the full view
    timeline: tuple[TimelineEvent, ...]  # newest first


def register(unit: UnitOfWork, submission: Mapping[str, object], idempotency_key: str | None = None) -> CaseFile:
    """Register a case with its subjects from the start form `case-registration` and start its process.

    A second call of the same person with the same `idempotency_key` returns what the first registered.
    Raises `FormRejected`, and `Invalid` with the reason for what is marked a state secret: such a case must not enter
    this system at all (Law on Guarding State Secrets).
    """
    auth.require(unit.actor, Permission.REGISTER_CASE)
    if idempotency_key is not None:
        first = store.submissions.repeated_start(unit.session, unit.actor.name, idempotency_key)
        if first is not None and first.element_id == PROCESS and first.business_key is not None:
            return records.of_case(unit, int(first.business_key)).row
    _refuse_state_secrets(submission)
    form = instances.start_form(unit, PROCESS)
    if form is None:
        raise Conflict("casework.no_registration_form", process=PROCESS)
    key = unit.new_key()
    taken = files.Taken(unit, InstanceContext(0, 0, str(key), {}, PROCESS))
    found = _validated(unit, form, submission, taken)
    case_values = found.pop("case", {})
    subjects = case_values.pop("subjects", [])
    matter = found.pop("matter", {})  # known at registration, kept for each person as theirs
    _check_registration(unit, case_values, subjects, matter)
    with audit.action(unit, "case.register", "case", key, business_key=str(key)) as entry:
        row = _add_case(unit, key, case_values)
        for number, values in enumerate(subjects, 1):
            _add_subject(unit, key, number, values)
        case = records.of_case(unit, key)
        for name, value in case_values.items():
            if name not in PEOPLE:
                records.write(case, None, f"case.{name}", value)
        for subject, values in zip(case.subjects, subjects, strict=True):
            for name, value in values.items():
                records.write(case, subject.key, f"subject.{name}", value)
            if matter:
                case.set("matter", (), matter, subject.key)
            _open_screening_deadline(unit, row, subject)
        for name in PEOPLE:
            if case_values.get(name):
                people.assign(case, name, case_values[name])
        case.flush()
        taken.keep()
        instance = instances.start(unit, PROCESS, found, business_key=str(key))
        _keep_submission(unit, instance.key, key, submission, case_values, idempotency_key)
        entry.after.update(case_no=row.case_no, subjects=len(subjects), instance=instance.key)
    return row


def assign(unit: UnitOfWork, key: int, assignments: Mapping[str, object]) -> None:
    """Assign people by the fields of the record `case` (`investigators`, `leadInvestigator`, `reviewers`, ...).

    Raises `FormRejected` for people without the role, fewer than two investigators, and roles that exclude one another.
    """
    case = records.of_case(unit, key)
    auth.require(unit.actor, Permission.ASSIGN_PEOPLE, access(unit, case))
    values = {f"case.{name}": value for name, value in assignments.items()}
    unknown = [name for name in assignments if name not in PEOPLE]
    if unknown:
        raise Invalid("casework.no_such_assignment", field=", ".join(unknown), expected=", ".join(PEOPLE))
    records.check(case, None, {path: _plain(value) for path, value in values.items()})
    for name, value in assignments.items():
        people.assign(case, name, _plain(value))
    instances.records_changed(unit, str(key))


def get(unit: UnitOfWork, key: int) -> CaseFile:
    """Return a case that the actor may know of; raises `NotFound`."""
    case = records.of_case(unit, key)
    auth.require(unit.actor, Permission.READ_CASE, access(unit, case))
    return case.row


def by_number(unit: UnitOfWork, case_no: str) -> CaseFile:
    """Return a case by its number; raises `NotFound` also when the actor may not know of it."""
    row = cases.by_number(unit.session, case_no)
    if row is None:
        raise NotFound("casework.no_such_case", key=case_no[:80])
    return get(unit, row.key)


def access(unit: UnitOfWork, case: Case) -> CaseAccess:
    """Return what decides who may see a case and act in it.

    Experts are no participants: they see their questions in their task, and nothing of the persons.
    """
    rows = cases.people(unit.session, case.key)
    responsible: set[str] = set()
    for subject in case.subjects:
        responsible.update(case.document("subject", subject.key).get("responsible") or ())
    if {Role.RECT, Role.UNIT} & unit.actor.groups and _has_task(unit, case.key, unit.actor.name):
        responsible.add(unit.actor.name)
    restricted = case.row.secrecy == cases.WORK_SECRET
    participants = {row.user_name for row in rows if row.role != Role.EXPERT}
    if restricted:
        participants.add(case.row.registered_by)  # who wrote it down knows it
    return CaseAccess(
        key=case.key,
        organ=case.row.organ,
        subjects=frozenset(subject.user_name for subject in case.subjects if subject.user_name),
        participants=frozenset(participants),
        responsible=frozenset(responsible),
        recused=frozenset(recusals.recused(case)),
        restricted=restricted,
    )


def view(unit: UnitOfWork, key: int) -> CaseView:
    """Return a case with its records, deadlines, decisions and timeline, as far as the actor may see them.

    Raises `NotFound` if they may not know of it.
    """
    case = records.of_case(unit, key)
    allowed = access(unit, case)
    auth.require(unit.actor, Permission.READ_CASE, allowed)
    seen = auth.view_of(unit.actor, allowed)
    full = seen is View.FULL
    shown = [row for row in case.subjects if full or _concerns(case, row, seen, unit.actor.name)]
    rows = tuple(deadlines.of_case(unit, key))
    own_keys = {str(row.key) for row in shown}
    open_tasks = _open_tasks(unit, key)
    business_key = str(key)
    return CaseView(
        view=seen,
        summary=_summaries(unit, [case.row])[0] if full else _partial(unit, case, shown, seen),
        record=case.case_record() if full else _outline(case, seen),
        subjects=tuple(_records_seen(case, row, seen) for row in shown),
        people=_people(rows_of=cases.people(unit.session, key)) if full else {},
        deadlines=rows
        if full
        else tuple(row for row in rows if row.subject_key in own_keys and row.parameter in _LIMITS_SHOWN[seen]),
        tasks=tuple(
            task for task in open_tasks if full or auth.may(unit.actor, Permission.READ_TASK, user_tasks.access(task))
        ),
        instances=tuple(instances.case_instances(unit, business_key)) if full else (),
        evaluations=tuple(decisions.evaluations(unit, business_key=business_key).items) if full else (),
        timeline=tuple(history.timeline(unit, business_key=business_key)) if full else (),
    )


def view_of(unit: UnitOfWork, key: int) -> View:
    """Return how much of a case the actor sees; raises `NotFound` if they may not know of it."""
    allowed = access(unit, records.of_case(unit, key))
    auth.require(unit.actor, Permission.READ_CASE, allowed)
    return auth.view_of(unit.actor, allowed)


def search(
    unit: UnitOfWork,
    *,
    text: str | None = None,
    states: Collection[str] = (),
    organ: str | None = None,
    outcome: str | None = None,
    mine: bool = False,
    after: str | None = None,
    limit: int = 50,
) -> store.Page[CaseSummary]:
    """Return the cases that the actor may see, newest first; `mine` only those assigned to."""
    limits = visibility(unit)
    if limits is None:
        return store.Page([], None, 0)
    query = CaseQuery(
        text=text or None,
        states=states,
        organ=organ,
        outcome=outcome,
        person=unit.actor.name if mine else None,
        visible_organs=limits.organs,
        secret_organs=limits.secret_organs,
        visible_to=limits.name,
    )
    page = cases.search(unit.session, query, after, limit)
    lines = _summaries(unit, page.items)
    return store.Page(
        [seen for row, line in zip(page.items, lines, strict=True) if (seen := _as_seen(unit, row, line)) is not None],
        page.next,
        page.total,
        page.has_more_total,
    )


def counts(unit: UnitOfWork) -> dict[str, int]:
    """Return how many visible cases stand in each state."""
    limits = visibility(unit)
    if limits is None:
        return {}
    query = CaseQuery(visible_organs=limits.organs, secret_organs=limits.secret_organs, visible_to=limits.name)
    return cases.count_by_state(unit.session, query)


@dataclass(frozen=True, slots=True)
class Limits:
    """What limits the cases in an actor's lists; None: no limit."""

    organs: Collection[str] | None  # whose cases are seen
    secret_organs: Collection[str] | None  # of them, whose work secrets too
    name: str | None  # beside them, the cases of this person


def visibility(unit: UnitOfWork) -> Limits | None:
    """Return what limits the actor's lists; None for somebody who sees no case at all."""
    actor = unit.actor
    if actor.is_system:
        return Limits(None, None, None)
    if any(auth.roles.code_of(group) in auth.ADMINISTRATORS for group in actor.groups):
        return None
    return Limits(_organs_of(actor, ORGAN_STAFF), _organs_of(actor, OVERSEERS), actor.name)


def _organs_of(actor: Actor, roles: frozenset[Role]) -> set[str] | None:
    """Return the organs in which an actor holds one of the roles; None for all."""
    organs: set[str] = set()
    for role in roles & actor.groups:
        units = {group.partition("@")[2] for group in actor.groups if group.startswith(f"{role}@")}
        if not units:
            return None
        organs |= units
    return organs


def own_cases(unit: UnitOfWork) -> list[CaseView]:
    """Return the cases in which the actor is a subject, newest first, as a subject sees them."""
    query = CaseQuery(subject_user=unit.actor.name)
    return [view(unit, row.key) for row in cases.search(unit.session, query, None, 100).items]


def closing_gaps(case: Case, subject_key: int) -> list[str]:
    """Return what forbids closing a person's case, as message codes; empty if nothing does (section 4, CLOSED)."""
    row = case.subject(subject_key)
    gaps: list[str] = []
    if row.state == State.TRACKING:
        filing = case.document("filing", subject_key)
        for target in ("personnel", "integrity", "caseFile"):
            if not (filing.get(target) or {}).get("receivedAt"):
                gaps.append(f"casework.gap_filing_{target}")
    rectification = case.document("rectification", subject_key)
    begun = row.rectification_state != FIRST[Strand.RECTIFICATION]
    wanted = begun or row.state == State.TRACKING
    done = row.rectification_state == "closed" and rectification.get("closedAt")
    if wanted and not done and not rectification.get("noRectificationReason"):
        gaps.append("casework.gap_rectification")
    if row.appeal_state in {"filed", "accepted"}:
        gaps.append("casework.gap_appeal")
    return gaps


def summarise(case: Case) -> None:
    """Set the state of the case from those of its subjects; closed when all of them are."""
    states = [row.state for row in case.subjects]
    case.row.state = summary(states)
    if case.row.state == State.CLOSED and case.row.closed_at is None:
        case.row.closed_at = case.unit.now


# registration


def _refuse_state_secrets(submission: Mapping[str, object]) -> None:
    case = submission.get("case")
    level = case.get("secrecyLevel") if isinstance(case, Mapping) else None
    if level not in (None, "", *SECRECY.choices):
        raise Invalid("casework.state_secret", found=str(level)[:40], expected=", ".join(SECRECY.choices))


def _validated(
    unit: UnitOfWork, form: forms.Form, submission: Mapping[str, object], taken: files.Taken
) -> dict[str, Any]:
    context = InstanceContext(0, 0, None, {}, PROCESS)
    environment = feel.Environment(unit.now, unit.engine.zone, FUNCTIONS.functions(unit, context))
    return forms.validate(form, submission, {}, environment, taken)


def _check_registration(unit: UnitOfWork, values: Mapping[str, Any], subjects: Any, matter: Mapping[str, Any]) -> None:
    problems: dict[str, list[Problem]] = {}

    def say(path: str, problem: Problem) -> None:
        problems.setdefault(path, []).append(problem)

    for where, problem in schema.check(RECORDS["case"].shape, _plain(dict(values)), "case"):
        say(where, problem)
    for where, problem in schema.check(RECORDS["matter"].shape, _plain(dict(matter)), "matter"):
        say(where, problem)
    if not rules.in_order(matter.get("occurredFrom"), matter.get("occurredTo")):
        say("matter.occurredTo", ("casework.ends_before_it_begins", {"begin": matter.get("occurredFrom")}))
    if not subjects:
        say("case.subjects", ("casework.no_subjects", {}))
    elif len(subjects) > SUBJECT_LIMIT:
        say("case.subjects", ("casework.too_many", {"limit": SUBJECT_LIMIT}))
    seen: set[str] = set()
    for index, item in enumerate(subjects):
        path = f"case.subjects[{index}]"
        for where, problem in schema.check(_REGISTERED, _plain(item), path):
            say(where, problem)
        if not str(item.get("name") or "").strip():
            say(f"{path}.name", ("casework.subject_needs_name", {}))
        account = item.get("account")
        if account:
            known = accounts.find(unit, str(account))
            if known is None or not known.active:
                say(f"{path}.account", ("casework.no_such_person", {"user": account}))
            elif Role.SUBJECT not in known.actor.groups:
                say(f"{path}.account", ("casework.person_lacks_role", {"user": account, "role": Role.SUBJECT.value}))
            elif account in seen:
                say(f"{path}.account", ("casework.account_twice", {"user": account}))
            seen.add(str(account))
    opened = moments.read(values.get("accountabilityOpenedAt"), unit.engine.zone)
    if opened is not None and opened > unit.now:
        say("case.accountabilityOpenedAt", ("casework.in_the_future", {}))
    if problems:
        raise FormRejected(problems)


_SUBJECT = RECORDS["subject"].shape
_REGISTERED = Entity(_SUBJECT.fields) if isinstance(_SUBJECT, Entity) else Entity()


def _add_case(unit: UnitOfWork, key: int, values: Mapping[str, Any]) -> CaseFile:
    organ = str(values.get("organ") or "").strip()
    if not organ:
        raise FormRejected({"case.organ": [("forms.required", {})]})
    zone = unit.engine.zone
    year = unit.now.astimezone(zone).year
    number = cases.next_number(unit.session, organ, year)
    row = CaseFile(
        key=key,
        case_no=texts.message("casework.case_number", {"organ": organ, "year": year, "number": number}),
        accountability_case_no=str(values.get("accountabilityCaseNo") or ""),
        title=str(values.get("title") or ""),
        organ=organ,
        organ_level=str(values.get("organLevel") or ""),
        secrecy=str(values.get("secrecyLevel") or "internal"),
        state=State.REGISTERED.value,
        opened_at=moments.read(values.get("accountabilityOpenedAt"), zone),
        registered_at=unit.now,
        registered_by=unit.actor.name,
        closed_at=None,
        row_version=1,
    )
    cases.add(unit.session, row)
    return row


def _add_subject(unit: UnitOfWork, case_key: int, number: int, values: Mapping[str, Any]) -> None:
    row = CaseSubject(
        key=unit.new_key(),
        case_key=case_key,
        number=number,
        name=str(values["name"]).strip(),
        user_name=str(values["account"]) if values.get("account") else None,
        state=FIRST[Strand.MAIN],
        outcome=Outcome.PENDING.value,
        filing_state=FIRST[Strand.FILING],
        appeal_state=FIRST[Strand.APPEAL],
        rectification_state=FIRST[Strand.RECTIFICATION],
        issued_at=None,
    )
    cases.add(unit.session, row)


def _open_screening_deadline(unit: UnitOfWork, row: CaseFile, subject: CaseSubject) -> None:
    """P-T01 runs from the start of accountability work, not from registration."""
    if row.opened_at is not None:
        start = row.opened_at.astimezone(unit.engine.zone).date()
        deadlines.open_anew(unit, row.key, str(subject.key), "P-T01", start)


def _keep_submission(
    unit: UnitOfWork,
    instance_key: int,
    key: int,
    submission: Mapping[str, object],
    accepted: Mapping[str, Any],
    idempotency_key: str | None,
) -> None:
    row = Submission(
        key=unit.new_key(),
        user_task_key=None,
        instance_key=instance_key,
        root_key=instance_key,
        business_key=str(key),
        element_id=PROCESS,
        form_key=None,
        data=feel.codec.encode(dict(submission)),
        accepted=feel.codec.encode({"records": {"case": dict(accepted)}}),
        submitted_by=unit.actor.name,
        submitted_at=unit.now,
        idempotency_key=idempotency_key,
    )
    store.submissions.add(unit.session, row)


# what is shown


def _summaries(unit: UnitOfWork, rows: Sequence[CaseFile]) -> list[CaseSummary]:
    keys = [row.key for row in rows]
    subjects: dict[int, list[CaseSubject]] = {}
    for subject in cases.subjects_of(unit.session, keys):
        subjects.setdefault(subject.case_key, []).append(subject)
    due: dict[int, list[deadlines.Deadline]] = {}
    for deadline in store.deadlines.of_cases(unit.session, keys):
        due.setdefault(deadline.case_key, []).append(deadline)
    leads = cases.leads(unit.session, keys, Role.LEAD)
    return [_line(row, subjects.get(row.key, []), due.get(row.key, []), leads.get(row.key)) for row in rows]


def _line(
    row: CaseFile, subjects: Sequence[CaseSubject], due: Sequence[deadlines.Deadline], lead: str | None
) -> CaseSummary:
    next_one = next((deadline for deadline in due if deadline.due is not None), None)
    missing = any(deadline.due is None and deadline.state is deadlines.DeadlineState.RUNNING for deadline in due)
    return CaseSummary(
        key=row.key,
        case_no=row.case_no,
        title=row.title,
        accountability_case_no=row.accountability_case_no,
        organ=row.organ,
        state=row.state,
        outcome=outcome_summary([subject.outcome for subject in subjects]),
        secrecy=row.secrecy,
        registered_at=row.registered_at,
        closed_at=row.closed_at,
        subjects=tuple(summarised(subject) for subject in subjects),
        lead=lead,
        next_due=next_one.due if next_one else None,
        next_parameter=next_one.parameter if next_one else None,
        calendar_missing=missing,
    )


def summarised(row: CaseSubject) -> SubjectSummary:
    """Return a person's line."""
    return SubjectSummary(
        row.key,
        row.number,
        row.name,
        row.user_name,
        row.state,
        row.outcome,
        row.filing_state,
        row.appeal_state,
        row.rectification_state,
    )


def _as_seen(unit: UnitOfWork, row: CaseFile, line: CaseSummary) -> CaseSummary | None:
    """Return a case's line as far as the actor may see the case; None if they must keep out of it."""
    case = records.of_case(unit, row.key)
    seen = auth.view_of(unit.actor, access(unit, case))
    if seen is View.FULL:
        return line
    if seen is View.NONE:
        return None
    return _partial(unit, case, [row for row in case.subjects if _concerns(case, row, seen, unit.actor.name)], seen)


def _concerns(case: Case, row: CaseSubject, seen: View, name: str) -> bool:
    """Whether what is kept of a person is shown to somebody who sees a part of the case: themselves, or their unit."""
    if seen is View.SUBJECT:
        return row.user_name == name
    return seen is View.RECTIFICATION and name in (case.document("subject", row.key).get("responsible") or ())


def _partial(unit: UnitOfWork, case: Case, shown: Sequence[CaseSubject], seen: View) -> CaseSummary:
    keys = {str(subject.key) for subject in shown}
    due = [
        deadline
        for deadline in store.deadlines.of_cases(unit.session, [case.key])
        if deadline.subject_key in keys and deadline.parameter in _LIMITS_SHOWN[seen]
    ]
    line = _line(case.row, shown, due, None)
    own = seen is View.SUBJECT
    outcomes = [row.outcome if own and served(case, row.key) else Outcome.PENDING.value for row in shown]
    return replace(
        line,
        state=summary([row.state for row in shown]) if own and shown else "",
        outcome=outcome_summary(outcomes),
        subjects=tuple(
            replace(subject, outcome=outcome, state=subject.state if own else "")
            for subject, outcome in zip(line.subjects, outcomes, strict=True)
        ),
    )


def served(case: Case, subject_key: int) -> bool:
    """Whether the decision was served on the person; before that its content is not theirs to know (2.13)."""
    return bool((case.document("delivery", subject_key).get("subject") or {}).get("deliveredAt"))


def _outline(case: Case, seen: View) -> dict[str, Any]:
    row = case.row
    found = {"key": str(row.key), "caseNo": row.case_no, "title": row.title, "organ": row.organ}
    return {**found, "state": row.state} if seen is View.SUBJECT else found


def _records_seen(case: Case, row: CaseSubject, seen: View) -> dict[str, Any]:
    found = case.subject_records(row.key)
    if seen is View.FULL:
        return found
    if seen is View.RECTIFICATION:
        return {
            "subject": _only(found["subject"], RECTIFICATION_FIELDS),
            "rectification": _public("rectification", found["rectification"]),
        }
    own = {name: _public(name, found[name]) for name in SUBJECT_RECORDS}
    own["subject"] = _only(found["subject"], SUBJECT_FIELDS)
    own["appeal"] = [
        entry if entry.get("notifiedAt") else _without(entry, APPEAL_RESULT) for entry in own["appeal"] or ()
    ]
    if not served(case, row.key):
        own |= {"decisionDocument": {}, "delivery": {}, "feedback": {}}
        own["subject"]["outcome"] = Outcome.PENDING.value
    # What is served on and explained to the unit and its party organisation is not addressed to the person.
    own["delivery"] = _without(own["delivery"], frozenset({"unit", "partyOrg"}))
    own["feedback"] = _without(own["feedback"], frozenset({"partyOrg"}))
    return own


def _public(name: str, record: Any) -> Any:
    hidden = INTERNAL_FIELDS.get(name, frozenset())
    return [_without(entry, hidden) for entry in record] if isinstance(record, list) else _without(record, hidden)


def _without(record: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in names}


def _only(record: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name in names}


# Time limits that bind whoever sees a part: those of the organ's own steps are its own business.
_RECTIFICATION_LIMITS = frozenset({"P-T13", "P-T14", "P-T15"})
_LIMITS_SHOWN: Mapping[View, frozenset[str]] = {
    View.SUBJECT: _RECTIFICATION_LIMITS | {"P-T03"},
    View.RECTIFICATION: _RECTIFICATION_LIMITS,
    View.NONE: frozenset(),
}


def _people(rows_of: Sequence[cases.CasePerson]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in rows_of:
        found.setdefault(row.role, []).append(row.user_name)
    return {role: tuple(names) for role, names in found.items()}


def _open_tasks(unit: UnitOfWork, key: int) -> Sequence[UserTask]:
    query = UserTaskQuery(business_key=str(key))
    return user_tasks.search(unit, query, None, 200).items


def _has_task(unit: UnitOfWork, key: int, name: str) -> bool:
    query = UserTaskQuery(business_key=str(key), assignee=name, state=None)
    return bool(user_tasks.search(unit, query, None, 1).items)


def _plain(value: Any) -> Any:
    return feel.codec.plain(value)
