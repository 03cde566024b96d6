"""Applications: handed in by the subject in person, written down for them, withdrawn; and what their time means.

Each application of a person is one process instance; the record `application` is the one in hand, and its versions
keep the earlier ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service import auth, feel, forms, store
from service.auth import Permission
from service.casework import case_files, moments, records
from service.casework.records import Case
from service.errors import Conflict, FormRejected, Invalid, NotFound
from service.runtime import audit, files, instances, messages
from service.runtime.unit import InstanceContext, UnitOfWork
from service.store.definitions import FormDefinition

FORM = "application"
SUBMITTED = "application-submitted"
WITHDRAWN = "application-withdrawn"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What intake knows of an application that it writes down for the subject."""

    channel: str  # in_person, mail or recorded
    received_at: str | None = None  # default: now
    postmark_at: str | None = None
    written: str = "yes"
    applicant_key: str | None = None  # the subject, unless somebody else handed it in
    applicant_name: str = ""


def form(unit: UnitOfWork) -> forms.Form:
    """Return the deployed form `application`; raises `Conflict` if there is none."""
    row = store.definitions.live(unit.session, FormDefinition, FORM)
    if row is None:
        raise Conflict("casework.no_application_form", form=FORM)
    return unit.engine.definitions.form(unit.session, row.key)


def submit(
    unit: UnitOfWork,
    case_key: int,
    subject_key: int,
    submission: Mapping[str, object],
    recorded: Recorded | None = None,
    idempotency_key: str | None = None,
) -> int:
    """Hand in an application and start its process; return the process instance.

    Without `recorded` the actor is the subject in person and the application counts as written and signed online. With
    it intake writes down what it received; the subject's signature must be confirmed in the form. Time decides nothing
    here: a late application starts its process as well, which tells the way to appeal (D2).

    A second call of the same person with the same `idempotency_key` returns what the first began.
    Raises `Forbidden` for anybody else, `Conflict` while one is being examined, `FormRejected`.
    """
    case = records.of_case(unit, case_key)
    row = case.subject(subject_key)
    access = case_files.access(unit, case)
    if recorded is None:
        auth.require(unit.actor, Permission.SUBMIT_APPLICATION, access)
        if row.user_name != unit.actor.name:
            raise NotFound("casework.no_such_subject", key=subject_key)
    else:
        auth.require(unit.actor, Permission.RECORD_APPLICATION, access)
    if idempotency_key is not None:
        first = store.submissions.repeated_start(unit.session, unit.actor.name, idempotency_key)
        if first is not None and (first.element_id, first.business_key) == (FORM, str(case_key)):
            return first.instance_key
    if under_examination(case, subject_key):
        raise Conflict("casework.application_pending", subject=subject_key)
    context = InstanceContext(0, 0, str(case_key), {}, "")
    taken = files.Taken(unit, context)
    values = _validated(unit, case, subject_key, submission, taken)
    zone = unit.engine.zone
    now = moments.text(unit.now, zone)
    application: dict[str, Any] = {
        **values,
        "applicantId": str(subject_key),
        "submittedAt": now,
        "receivedAt": now,
        "channel": "online",
        "written": "yes",
    }
    if recorded is not None:
        application |= _received(unit, recorded, subject_key)
    checked = {f"application.{name}": value for name, value in application.items()}
    previous = case.document("application", subject_key)
    with audit.action(
        unit,
        "application.submit",
        "subject",
        subject_key,
        business_key=str(case_key),
        before={"admission": previous.get("admission")},
    ) as entry:
        case.set("application", (), {}, subject_key)  # a new application; the earlier one stays in its versions
        records.check(case, subject_key, checked)
        case.set("application", (), application, subject_key)
        case.flush()
        correlation = messages.correlate(
            unit,
            SUBMITTED,
            str(subject_key),
            {"subject": {"key": str(subject_key), "name": row.name}},
            business_key=str(case_key),
        )
        if correlation is None:
            raise Conflict("casework.nobody_takes_applications", message=SUBMITTED)
        case.set("subject", ("applicationId",), str(correlation.instance_key), subject_key)
        _keep(unit, case_key, correlation.instance_key, submission, values, idempotency_key)
        taken.keep()
        entry.after.update(instance=correlation.instance_key, channel=application["channel"])
    instances.records_changed(unit, str(case_key))
    return correlation.instance_key


def withdraw(unit: UnitOfWork, case_key: int, subject_key: int, reason: str = "") -> None:
    """Withdraw the application in hand; what the organ must examine on its own motion goes on.

    Raises `Conflict` when none is being examined.
    """
    case = records.of_case(unit, case_key)
    row = case.subject(subject_key)
    auth.require(unit.actor, Permission.WITHDRAW_APPLICATION, case_files.access(unit, case))
    if row.user_name != unit.actor.name:
        raise NotFound("casework.no_such_subject", key=subject_key)
    if not under_examination(case, subject_key):
        raise Conflict("casework.no_application_pending", subject=subject_key)
    with audit.action(unit, "application.withdraw", "subject", subject_key, business_key=str(case_key)) as entry:
        if reason:
            case.set("application", ("withdrawalReason",), reason, subject_key)
        case.set("application", ("withdrawnAt",), moments.text(unit.now, unit.engine.zone), subject_key)
        case.flush()
        correlation = messages.correlate(unit, WITHDRAWN, str(subject_key), {}, business_key=str(case_key))
        entry.after.update(instance=correlation.instance_key if correlation else None)
    instances.records_changed(unit, str(case_key))


def under_examination(case: Case, subject_key: int) -> bool:
    """Whether an application of a person was handed in and neither decided on nor withdrawn."""
    application = case.document("application", subject_key)
    return bool(
        application.get("submittedAt")
        and not application.get("withdrawnAt")
        and application.get("admission") in (None, "", "supplement", "insufficient", "manual")
    )


def _validated(
    unit: UnitOfWork, case: Case, subject_key: int, submission: Mapping[str, object], taken: files.Taken
) -> dict[str, Any]:
    shown = {"application": {}, "subject": case.subject_record(subject_key)}
    environment = feel.Environment(unit.now, unit.engine.zone)
    result = forms.validate(form(unit), submission, shown, environment, taken)
    others = [path for path in forms.paths(form(unit), result) if not path.startswith("application.")]
    if others:
        raise Invalid("casework.form_writes_elsewhere", form=FORM, paths=", ".join(others))
    values = result.get("application", {})
    return dict(values) if isinstance(values, Mapping) else {}


def _keep(
    unit: UnitOfWork,
    case_key: int,
    instance_key: int,
    submission: Mapping[str, object],
    values: Mapping[str, Any],
    idempotency_key: str | None,
) -> None:
    form_row = store.definitions.live(unit.session, FormDefinition, FORM)
    row = store.submissions.Submission(
        key=unit.new_key(),
        user_task_key=None,
        instance_key=instance_key,
        root_key=instance_key,
        business_key=str(case_key),
        element_id=FORM,
        form_key=form_row.key if form_row else None,
        data=feel.codec.encode(dict(submission)),
        accepted=feel.codec.encode({"records": {"application": dict(values)}}),
        submitted_by=unit.actor.name,
        submitted_at=unit.now,
        idempotency_key=idempotency_key,
    )
    store.submissions.add(unit.session, row)


def _received(unit: UnitOfWork, recorded: Recorded, subject_key: int) -> dict[str, Any]:
    zone = unit.engine.zone
    problems = {}
    found: dict[str, Any] = {
        "channel": recorded.channel,
        "recordedBy": unit.actor.name,
        "written": recorded.written,
        "applicantId": recorded.applicant_key or str(subject_key),
    }
    for name, value in (("receivedAt", recorded.received_at), ("postmarkAt", recorded.postmark_at)):
        if not value:
            continue
        moment = moments.read(value, zone)
        if moment is None:
            problems[f"application.{name}"] = [("casework.wrong_type", {"expected": "dt"})]
        elif moment > unit.now:
            problems[f"application.{name}"] = [("casework.in_the_future", {})]
        else:
            found[name] = value
    if recorded.channel == "online":
        problems["application.channel"] = [("casework.not_a_choice", {"expected": "in_person, mail, recorded"})]
    if problems:
        raise FormRejected(problems)
    return found
