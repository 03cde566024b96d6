"""Case files: registered, staffed, seen by whoever may, closed when nothing is left."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service import texts
from service.auth import View
from service.casework import case_files, deadlines, records
from service.errors import Forbidden, FormRejected, Invalid, NotFound
from service.runtime import audit, instances
from service.runtime.instances import InstanceState
from tests.processes import play

from .conftest import Site


def submission(**changes: Any) -> dict[str, Any]:
    found = play.a_registration()
    for path, value in changes.items():
        found["case"][path] = value
    return found


def test_registration_makes_a_case_with_its_persons_and_starts_its_process(two: Site) -> None:
    with two.unit() as unit:
        row = case_files.get(unit, two.key)
        case = records.of_case(unit, two.key)
        running = instances.case_instances(unit, str(two.key))

        assert (row.case_no, row.state, row.registered_by) == ("濮阳市纪委监委〔2026〕1号", "REGISTERED", "intake")
        assert [(person.number, person.name, person.state, person.outcome) for person in case.subjects] == [
            (1, "张示例", "REGISTERED", "pending"),
            (2, "李示例", "REGISTERED", "pending"),
        ]
        assert case.document("matter", case.subjects[1].key)["title"] == "容缺办理引发的失误"
        assert [(one.process_id, one.state) for one in running] == [("rc-case", InstanceState.ACTIVE)]
        (entry,) = audit.search(unit, business_key=str(two.key), action="case.register").items
        assert entry.actor == "intake"


def test_case_numbers_count_up_per_organ_and_year(site: Site) -> None:
    numbers = []
    for organ in ("濮阳市纪委监委", "濮阳市纪委监委", "示例县纪委监委"):
        with site.unit("intake") as unit:
            numbers.append(case_files.register(unit, submission(organ=organ)).case_no)
            unit.commit()
    site.later(days=365)
    site.register()
    with site.unit() as unit:
        numbers.append(case_files.get(unit, site.key).case_no)

    assert numbers == [
        "濮阳市纪委监委〔2026〕1号",
        "濮阳市纪委监委〔2026〕2号",
        "示例县纪委监委〔2026〕1号",
        "濮阳市纪委监委〔2027〕1号",
    ]


def test_the_time_for_examination_runs_from_the_start_of_accountability_work(case: Site) -> None:
    with case.unit() as unit:
        (deadline,) = deadlines.of_case(unit, case.key)

    assert (deadline.parameter, deadline.start, deadline.subject_key) == (
        "P-T01",
        play.OPENED.date(),
        str(case.subject()),
    )


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no title": ({"title": ""}, "case.title", "forms.required"),
    "unknown level": ({"organLevel": "province"}, "case.organLevel", "forms.not_an_option"),
    "nobody": ({"subjects": []}, "case.subjects", "casework.no_subjects"),
    "no name": ({"subjects": [play.a_person("")]}, "case.subjects[0].name", "forms.required"),
    "account of nobody": (
        {"subjects": [play.a_person(account="ghost")]},
        "case.subjects[0].account",
        "casework.no_such_person",
    ),
    "account of an official": (
        {"subjects": [play.a_person(account="invest1")]},
        "case.subjects[0].account",
        "casework.person_lacks_role",
    ),
    "account twice": (
        {"subjects": [play.a_person(account="subject"), play.a_person("李", account="subject")]},
        "case.subjects[1].account",
        "casework.account_twice",
    ),
    "future": (
        {"accountabilityOpenedAt": "2026-03-02T09:01+08:00"},
        "case.accountabilityOpenedAt",
        "casework.in_the_future",
    ),
    "state": ({"state": "CLOSED"}, "case.state", "forms.unknown_field"),
    "too many": ({"subjects": [play.a_person()] * 51}, "case.subjects", "casework.too_many"),
}


@pytest.mark.parametrize(("changes", "path", "code"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_registration_changes_nothing(site: Site, changes: dict[str, Any], path: str, code: str) -> None:
    with site.unit("intake") as unit, pytest.raises(FormRejected) as caught:
        case_files.register(unit, submission(**changes))

    assert [found for found, _ in caught.value.fields[path]] == [code]
    with site.unit() as unit:
        assert case_files.search(unit).items == []


@pytest.mark.parametrize("level", ["secret", "top_secret", "机密", 5])
def test_a_state_secret_is_refused_with_the_reason(site: Site, level: object) -> None:
    with site.unit("intake") as unit, pytest.raises(Invalid) as caught:
        case_files.register(unit, submission(secrecyLevel=level))

    assert caught.value.code == "casework.state_secret"
    assert "保守国家秘密法" in texts.render(caught.value)


@pytest.mark.parametrize("who", ["lead", "invest1", "subject", "approver"])
def test_only_intake_registers(site: Site, who: str) -> None:
    with site.unit(who) as unit, pytest.raises(Forbidden):
        case_files.register(unit, submission())


# who sees what

SEES = {
    "lead": View.FULL,
    "invest1": None,  # not assigned to it yet
    "review": None,
    "member1": None,
    "archive": View.FULL,
    "subject": View.SUBJECT,
    "expert": None,
    "rect": None,
}


@pytest.mark.parametrize(("who", "view"), SEES.items())
def test_a_case_is_seen_by_role(case: Site, who: str, view: View | None) -> None:
    with case.engine.reading(case.actor(who)) as unit:
        if view is None:
            with pytest.raises(NotFound):
                case_files.view(unit, case.key)
            assert case_files.search(unit).items == []
        else:
            assert case_files.view(unit, case.key).view is view
            assert [line.key for line in case_files.search(unit).items] == [case.key]


@pytest.mark.parametrize(
    ("who", "field"), [("invest1", "investigators"), ("review", "reviewers"), ("member1", "members")]
)
def test_whoever_is_assigned_sees_the_case(case: Site, who: str, field: str) -> None:
    with case.unit("approver") as unit:
        people = ["invest1", "invest2"] if field == "investigators" else [who]
        case_files.assign(unit, case.key, {field: people})
        unit.commit()

    with case.engine.reading(case.actor(who)) as unit:
        assert case_files.view(unit, case.key).view is View.FULL
        assert [line.key for line in case_files.search(unit).items] == [case.key]


def test_a_work_secret_stands_in_fewer_lists(site: Site) -> None:
    with site.unit("intake") as unit:
        site.key = case_files.register(unit, submission(secrecyLevel="work_secret")).key
        unit.commit()

    def seen(who: str) -> bool:
        with site.engine.reading(site.actor(who)) as unit:
            listed = [line.key for line in case_files.search(unit).items] == [site.key]
            assert bool(case_files.counts(unit)) == listed
            try:
                case_files.view(unit, site.key)
            except NotFound:
                assert not listed
                return False
            assert listed
            return True

    sees = {who for who in ("intake", "lead", "approver", "archive", "deliver", "secretary", "invest1") if seen(who)}
    assert sees == {"intake", "lead", "approver"}  # who registered it and who oversee it
    other = site.actor("intake2", "INTAKE")
    with site.engine.reading(other) as unit:
        assert case_files.search(unit).items == []


def test_whoever_must_recuse_does_not_see_the_case_any_more(case: Site) -> None:
    with case.case() as found:
        found.set("recusalDeclaration", (), [{"person": "lead", "result": "must_recuse"}])

    with case.engine.reading(case.actor("lead")) as unit:
        with pytest.raises(NotFound):
            case_files.view(unit, case.key)
        assert case_files.search(unit).items == []


@pytest.mark.parametrize("role", ["SYSADM", "SECADM", "AUDADM", "OWNER", "HR"])
def test_administrators_and_others_outside_see_no_case(case: Site, role: str) -> None:
    actor = case.actor("nobody", role)

    with case.engine.reading(actor) as unit:
        with pytest.raises(NotFound):
            case_files.get(unit, case.key)
        assert case_files.search(unit).items == []
        assert case_files.counts(unit) == {}


@pytest.mark.parametrize(("organ", "found"), [("濮阳市纪委监委", True), ("示例县纪委监委", False)])
def test_a_role_in_one_organ_reaches_its_cases_only(case: Site, organ: str, found: bool) -> None:
    actor = case.actor("someone", "LEAD", f"LEAD@{organ}")

    with case.engine.reading(actor) as unit:
        assert bool(case_files.search(unit).items) is found
        if not found:
            with pytest.raises(NotFound):
                case_files.view(unit, case.key)


def test_the_subject_sees_nothing_of_the_investigation(two: Site) -> None:
    two.write({"matter.privateGain": "unknown", "decisionDocument.measure": "诫勉", "reasonBasis.reasons": "公益"})

    with two.engine.reading(two.actor("subject")) as unit:
        seen = case_files.view(unit, two.key)

    (own,) = seen.subjects
    assert own["subject"]["name"] == "张示例"
    assert set(own) == set(case_files.SUBJECT_RECORDS)
    assert own["decisionDocument"] == {}
    assert "screeningReason" not in own["subject"]
    assert (seen.people, seen.evaluations, seen.timeline, seen.instances) == ({}, (), (), ())
    assert [person.name for person in seen.summary.subjects] == ["张示例"]
    assert set(seen.record) == {"key", "caseNo", "title", "organ", "state"}


def test_the_subject_reads_the_decision_once_it_is_served(case: Site) -> None:
    case.write(
        {
            "decisionDocument.measure": "诫勉",
            "decisionDocument.issuedAt": "2026-03-02T08:00+08:00",
            "toleranceOpinion.outcome": "lighter",
        }
    )
    case.write({"subject.outcome": "lighter", "delivery.announcedAt": "2026-03-02T08:30+08:00"})

    def seen() -> case_files.CaseView:
        with case.engine.reading(case.actor("subject")) as unit:
            (line,) = case_files.search(unit).items
            (found,) = case_files.own_cases(unit)
            assert (line.outcome, line.subjects) == (found.summary.outcome, found.summary.subjects)
            return found

    before = seen()
    case.write({"delivery.subject.deliveredAt": "2026-03-02T08:40+08:00", "feedback.partyOrg.content": "组织的说明"})
    after = seen()

    assert [before.subjects[0][name] for name in ("decisionDocument", "delivery", "feedback")] == [{}, {}, {}]
    assert before.subjects[0]["subject"]["outcome"] == "pending"
    assert (before.summary.outcome, before.summary.subjects[0].outcome) == ("pending", "pending")
    assert after.subjects[0]["decisionDocument"]["measure"] == "诫勉"
    assert after.subjects[0]["subject"]["outcome"] == "lighter"
    assert after.summary.subjects[0].outcome == "lighter"
    assert after.subjects[0]["feedback"] == {}


def test_those_outside_see_the_time_limits_that_bind_them(case: Site) -> None:
    case.write({"subject.responsible": ["rect"]})
    subject = str(case.subject())
    with case.unit("lead") as unit:
        for parameter in ("P-T02", "P-T03", "P-T05", "P-T09", "P-T13", "P-T14"):
            deadlines.open_anew(unit, case.key, subject, parameter, date(2026, 3, 2))
        unit.commit()

    def shown(who: str) -> tuple[set[str], str | None]:
        with case.engine.reading(case.actor(who)) as unit:
            (line,) = case_files.search(unit).items or [case_files.view(unit, case.key).summary]
            return {row.parameter for row in case_files.view(unit, case.key).deadlines}, line.next_parameter

    assert shown("subject") == ({"P-T03", "P-T13", "P-T14"}, "P-T03")
    assert shown("rect") == ({"P-T13", "P-T14"}, "P-T13")


def test_who_is_responsible_for_the_rectification_sees_that_alone(case: Site) -> None:
    case.write({"subject.responsible": ["rect"], "matter.privateGain": "unknown"})

    with case.engine.reading(case.actor("rect")) as unit:
        seen = case_files.view(unit, case.key)

    assert seen.view is View.RECTIFICATION
    assert [set(found) for found in seen.subjects] == [{"subject", "rectification"}]
    assert not {"outcome", "state"} & set(seen.subjects[0]["subject"])
    assert (seen.summary.state, seen.summary.outcome, seen.summary.next_parameter) == ("", "pending", None)


def test_a_full_view_shows_people_deadlines_tasks_and_timeline(case: Site) -> None:
    with case.unit("lead") as unit:
        case_files.assign(unit, case.key, {"leadInvestigator": "lead", "investigators": ["invest1", "invest2"]})
        unit.commit()

    with case.engine.reading(case.actor("lead")) as unit:
        seen = case_files.view(unit, case.key)

    assert seen.people == {"LEAD": ("lead",), "INVEST": ("invest1", "invest2")}
    assert [row.parameter for row in seen.deadlines] == ["P-T01"]
    assert [task.element_id for task in seen.tasks] == ["staffing"]
    assert seen.timeline
    assert (seen.summary.lead, seen.summary.next_parameter, seen.summary.calendar_missing) == ("lead", "P-T01", False)


# lists


def test_search_finds_by_words_state_and_person(site: Site) -> None:
    first = site.register(play.a_person("王某某"))
    second = site.register(play.a_person("赵_甲"))
    with site.unit("lead") as unit:
        case_files.assign(unit, second, {"leadInvestigator": "lead"})
        unit.commit()

    with site.engine.reading(site.actor("lead")) as unit:

        def found(**filters: Any) -> list[int]:
            return [line.key for line in case_files.search(unit, **filters).items]

        assert found() == [second, first]
        assert found(text="王某") == [first]
        assert found(text="〔2026〕2号") == [second]
        assert found(text="_") == [second]
        assert found(text="%") == []
        assert found(mine=True) == [second]
        assert found(states=["REGISTERED"]) == [second, first]
        assert found(states=["CLOSED"]) == []
        assert found(outcome="exempt") == []
        assert case_files.counts(unit) == {"REGISTERED": 2}


def test_search_pages_by_cursor(site: Site) -> None:
    keys = [site.register() for _ in range(3)]

    with site.engine.reading(site.actor("lead")) as unit:
        page = case_files.search(unit, limit=2)
        rest = case_files.search(unit, after=page.next, limit=2)

    assert [line.key for line in (*page.items, *rest.items)] == keys[::-1]
    assert (page.total, rest.next) == (3, None)


def test_a_case_is_found_by_its_number(case: Site) -> None:
    with case.engine.reading(case.actor("lead")) as unit:
        assert case_files.by_number(unit, "濮阳市纪委监委〔2026〕1号").key == case.key
        with pytest.raises(NotFound):
            case_files.by_number(unit, "濮阳市纪委监委〔2026〕9号")


def test_a_missing_calendar_year_is_seen_in_the_list(site: Site) -> None:
    site.later(days=700)
    site.register()
    with site.case() as case:
        deadlines.open_anew(case.unit, case.key, str(case.subjects[0].key), "P-T05")

    with site.engine.reading(site.actor("lead")) as unit:
        (line,) = case_files.search(unit).items
        assert line.calendar_missing


# assignment


def test_an_assignment_is_in_the_audit_log(case: Site) -> None:
    with case.unit("approver") as unit:
        case_files.assign(unit, case.key, {"reviewers": ["review"]})
        unit.commit()

    with case.unit() as unit:
        (entry,) = audit.search(unit, business_key=str(case.key), action="case.assign").items
        assert (entry.actor, entry.after) == ("approver", '{"reviewers":["review"]}')
        assert audit.verify(unit).whole


def test_not_everybody_assigns(case: Site) -> None:
    with case.unit("archive") as unit, pytest.raises(Forbidden):
        case_files.assign(unit, case.key, {"reviewers": ["review"]})
    with case.unit("invest1") as unit, pytest.raises(NotFound):
        case_files.assign(unit, case.key, {"reviewers": ["review"]})
    with case.unit("subject") as unit, pytest.raises(Forbidden):
        case_files.assign(unit, case.key, {"reviewers": ["review"]})


def test_a_made_up_assignment_is_refused(case: Site) -> None:
    with case.unit("lead") as unit, pytest.raises(Invalid, match=r"casework\.no_such_assignment"):
        case_files.assign(unit, case.key, {"judge": "lead"})


# closing

RECEIVED = {f"filing.{target}.receivedAt": "2026-03-02" for target in ("personnel", "integrity", "caseFile")}

GAPS: dict[str, tuple[dict[str, Any], dict[str, str], list[str]]] = {
    "nothing done": ({}, {}, ["filing_personnel", "filing_integrity", "filing_caseFile", "rectification"]),
    "one file missing": (
        {**RECEIVED, "filing.integrity.receivedAt": None, "rectification.noRectificationReason": "轻微"},
        {},
        ["filing_integrity"],
    ),
    "rectification running": (RECEIVED, {"rectification_state": "in_progress"}, ["rectification"]),
    "rectification closed": (
        {**RECEIVED, "rectification.closedAt": "2026-03-02T09:00+08:00"},
        {"rectification_state": "closed"},
        [],
    ),
    "none needed": ({**RECEIVED, "rectification.noRectificationReason": "轻微"}, {}, []),
    "appeal pending": (
        {**RECEIVED, "rectification.noRectificationReason": "轻微"},
        {"appeal_state": "accepted"},
        ["appeal"],
    ),
    "never started": ({}, {"state": "NOT_STARTED"}, []),
    "never started but rectifying": ({}, {"state": "NOT_STARTED", "rectification_state": "noticed"}, ["rectification"]),
}


@pytest.mark.parametrize(("values", "states", "gaps"), GAPS.values(), ids=GAPS)
def test_what_forbids_closing_is_listed(
    case: Site, values: dict[str, Any], states: dict[str, str], gaps: list[str]
) -> None:
    case.write(values)
    with case.case() as found:
        row = found.subjects[0]
        for column, value in {"state": "TRACKING", **states}.items():
            setattr(row, column, value)

        assert [code.removeprefix("casework.gap_") for code in case_files.closing_gaps(found, row.key)] == gaps
        assert all(texts.has_message(code) for code in case_files.closing_gaps(found, row.key))
