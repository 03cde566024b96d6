"""Applications: by the subject in person, written down by intake, withdrawn; and what their time means."""

from __future__ import annotations

from typing import Any

import pytest

from service.casework import application_facts, applications, parameters, records
from service.casework.applications import Recorded
from service.errors import Conflict, Forbidden, FormRejected, NotFound
from service.runtime import instances, user_tasks
from service.runtime.user_tasks import UserTaskQuery
from service.worker import run_until_idle

from .conftest import Site

FORM: dict[str, Any] = {
    "application": {
        "claimedItems": ["6(6)"],
        "factsAndReasons": "为方便企业容缺办理。",
        "attachments": "",
        "signed": True,
    }
}


def submit(
    site: Site, who: str = "subject", form: Any = FORM, number: int = 1, recorded: Recorded | None = None
) -> int:
    key = site.subject(number)
    with site.unit(who) as unit:
        instance = applications.submit(unit, site.key, key, form, recorded)
        unit.commit()
    return instance


def open_tasks(site: Site) -> set[str]:
    run_until_idle(site.engine)
    with site.engine.reading(site.actor("lead")) as unit:
        return {task.element_id for task in user_tasks.search(unit, UserTaskQuery(business_key=str(site.key))).items}


def test_the_subject_applies_and_intake_gets_a_task(case: Site) -> None:
    instance = submit(case)

    application = case.record("application")
    assert application["claimedItems"] == ["6(6)"]
    assert application["submittedAt"] == "2026-03-02T09:00:00+08:00"
    assert (application["channel"], application["written"], application["applicantId"]) == (
        "online",
        "yes",
        str(case.subject()),
    )
    assert case.record("subject")["applicationId"] == str(instance)
    with case.unit() as unit:
        assert instances.get(unit, instance).process_id == "rc-application"
        assert instances.get(unit, instance).business_key == str(case.key)
    assert "application-review" in open_tasks(case)


def test_a_second_application_waits_for_the_first(case: Site) -> None:
    submit(case)

    with pytest.raises(Conflict, match=r"casework\.application_pending"):
        submit(case)


def test_after_a_rejection_one_may_apply_again(case: Site) -> None:
    submit(case)
    case.write({"application.admission": "reject"})

    submit(case)

    assert "admission" not in case.record("application")
    with case.unit() as unit:
        kept = records.versions(unit, case.key, case.subject(), "application")
    assert [one.value.get("admission") for one in kept] == [None, "reject", None]


@pytest.mark.parametrize(
    ("who", "refusal"), [("invest1", NotFound), ("lead", Forbidden), ("intake", Forbidden), ("member1", NotFound)]
)
def test_nobody_else_applies(case: Site, who: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        submit(case, who)


def test_one_person_does_not_apply_for_another(two: Site) -> None:
    with pytest.raises(NotFound):
        submit(two, number=2)


def test_somebody_outside_learns_nothing(case: Site) -> None:
    with case.unit(case.actor("stranger", "SUBJECT")) as unit, pytest.raises(NotFound):
        applications.submit(unit, case.key, case.record("subject")["number"], FORM)


WRONG: dict[str, dict[str, Any]] = {
    "unsigned": {"application": {**FORM["application"], "signed": False}},
    "nothing claimed": {"application": {**FORM["application"], "claimedItems": []}},
    "made-up item": {"application": {**FORM["application"], "claimedItems": ["6(8)"]}},
    "own admission": {"application": {**FORM["application"], "admission": "accept"}},
    "own time": {"application": {**FORM["application"], "submittedAt": "2025-01-01"}},
    "other record": {**FORM, "subject": {"outcome": "exempt"}},
    "empty": {},
}


@pytest.mark.parametrize("form", WRONG.values(), ids=WRONG)
def test_a_wrong_application_changes_nothing(case: Site, form: dict[str, Any]) -> None:
    with pytest.raises(FormRejected):
        submit(case, form=form)

    assert case.record("application") == {}


def test_intake_writes_down_what_came_by_post(case: Site) -> None:
    recorded = Recorded("mail", "2026-03-02T08:00+08:00", "2026-02-27T10:00+08:00")

    submit(case, "intake", recorded=recorded)

    application = case.record("application")
    assert (application["channel"], application["recordedBy"]) == ("mail", "intake")
    assert (application["receivedAt"], application["postmarkAt"]) == (recorded.received_at, recorded.postmark_at)


def test_somebody_else_s_application_is_written_down_as_such(case: Site) -> None:
    submit(case, "intake", recorded=Recorded("in_person", applicant_key="unit", applicant_name="单位"))

    assert case.record("application")["applicantId"] == "unit"


@pytest.mark.parametrize(
    "recorded",
    [Recorded("online"), Recorded("mail", "2026-03-02T09:01+08:00"), Recorded("mail", "yesterday"), Recorded("fax")],
)
def test_intake_does_not_write_down_nonsense(case: Site, recorded: Recorded) -> None:
    with pytest.raises(FormRejected):
        submit(case, "intake", recorded=recorded)


def test_the_subject_withdraws_and_the_process_ends(case: Site) -> None:
    instance = submit(case)
    with case.unit("subject") as unit:
        applications.withdraw(unit, case.key, int(case.record("subject")["key"]), "自愿")
        unit.commit()

    application = case.record("application")
    assert application["withdrawalReason"] == "自愿"
    assert application["withdrawnAt"]
    assert "application-review" not in open_tasks(case)
    with case.unit() as unit:
        assert instances.get(unit, instance).process_id == "rc-application"
    submit(case)


def test_there_must_be_something_to_withdraw(case: Site) -> None:
    with case.unit("subject") as unit, pytest.raises(Conflict, match=r"casework\.no_application_pending"):
        applications.withdraw(unit, case.key, int(case.record("subject")["key"]))


def test_nobody_else_withdraws(case: Site) -> None:
    submit(case)

    with case.unit("intake") as unit, pytest.raises(Forbidden):
        applications.withdraw(unit, case.key, int(case.record("subject")["key"]))


EARLY, LATE = "2026-03-01T09:00+08:00", "2026-03-03T09:00+08:00"
RESOLVED, ISSUED = "2026-03-01T18:00+08:00", "2026-03-02T09:00+08:00"

TIMES: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    # id: (records, parameters, timing)
    "no decision": ({"application.receivedAt": EARLY}, {}, "before_decision"),
    "clearly before": (
        {"application.receivedAt": EARLY, "meeting.resolvedAt": RESOLVED, "decisionDocument.issuedAt": ISSUED},
        {},
        "before_decision",
    ),
    "clearly after": (
        {"application.receivedAt": LATE, "meeting.resolvedAt": RESOLVED, "decisionDocument.issuedAt": ISSUED},
        {},
        "after_decision",
    ),
    "no time at all": ({"decisionDocument.issuedAt": ISSUED}, {}, "unknown"),
    "postmark and receipt differ": (
        {
            "application.receivedAt": LATE,
            "application.postmarkAt": EARLY,
            "meeting.resolvedAt": RESOLVED,
            "decisionDocument.issuedAt": ISSUED,
        },
        {},
        "unknown",
    ),
    "receipt decides": (
        {
            "application.receivedAt": LATE,
            "application.postmarkAt": EARLY,
            "meeting.resolvedAt": RESOLVED,
            "decisionDocument.issuedAt": ISSUED,
        },
        {"P-APP-01": "received"},
        "after_decision",
    ),
    "between resolution and issue": (
        {
            "application.receivedAt": "2026-03-01T20:00+08:00",
            "meeting.resolvedAt": RESOLVED,
            "decisionDocument.issuedAt": ISSUED,
        },
        {},
        "unknown",
    ),
    "issue decides": (
        {
            "application.receivedAt": "2026-03-01T20:00+08:00",
            "meeting.resolvedAt": RESOLVED,
            "decisionDocument.issuedAt": ISSUED,
        },
        {"P-APP-02": "issued"},
        "before_decision",
    ),
}


@pytest.mark.parametrize(("values", "set_to", "timing"), TIMES.values(), ids=TIMES)
def test_the_time_of_an_application_is_told_by_the_parameters(
    case: Site, values: dict[str, Any], set_to: dict[str, str], timing: str
) -> None:
    for id_, value in set_to.items():
        with case.unit(case.actor("owner1", "OWNER")) as unit:
            proposed = parameters.propose(unit, id_, value, unit.now.date(), "示例")
            unit.commit()
        with case.unit(case.actor("owner2", "OWNER")) as unit:
            parameters.approve(unit, proposed)
            unit.commit()
    case.write(values)

    with case.unit() as unit:
        found = records.of_case(unit, case.key)
        assert application_facts.timing(unit, found, found.subjects[0].key) == timing
