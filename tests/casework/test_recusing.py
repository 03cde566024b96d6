"""Recusal: declared by whoever works on a case, asked for by the person held accountable, ruled on by an approver."""

from __future__ import annotations

import pytest

from service import auth, texts
from service.auth import TaskAccess, View, accounts
from service.casework import case_files, eligibility, notices, records, recusals, recusing
from service.errors import Conflict, Forbidden, FormRejected, NotFound, ServiceError
from tests.casework.conftest import Site

CLEAR = dict.fromkeys(recusing.GROUNDS, "no")


@pytest.fixture
def staffed(case: Site) -> Site:
    with case.unit("approver") as unit:
        people = {"investigators": ["invest1", "invest2"], "leadInvestigator": "lead", "approver": "approver"}
        case_files.assign(unit, case.key, people)
        unit.commit()
    return case


def declare(site: Site, who: str, **answers: str) -> str:
    with site.unit(who) as unit:
        result = recusing.declare(unit, site.key, {**CLEAR, **answers})
        unit.commit()
    return result


def request(site: Site, person: str, reason: str = "与举报人是亲属") -> None:
    with site.unit("subject") as unit:
        recusing.request(unit, site.key, person, reason)
        unit.commit()


def rule(site: Site, person: str, *, must: bool, by: str = "approver") -> None:
    with site.unit(by) as unit:
        recusing.rule(unit, site.key, person, must=must, reason="经核实")
        unit.commit()


def why_not(site: Site, user: str) -> str | None:
    """Why a task of investigators may not be given to somebody: before, a person of the case holds it."""
    with site.case() as case:
        task = TaskAccess(1, "nobody", frozenset({"invest1", "invest2"}), case_key=case.key, organ=case.row.organ)
        account = accounts.get(case.unit, user)
        found = eligibility.not_for(case.unit, case, task, account)
        return None if found is None else found.code


RESULTS = [({}, "clear"), ({"interest": "yes"}, "must_recuse"), ({"witness": "unknown"}, "insufficient")]


@pytest.mark.parametrize(("answers", "result"), RESULTS)
def test_d10_judges_what_is_declared(staffed: Site, answers: dict[str, str], result: str) -> None:
    assert declare(staffed, "invest1", **answers) == result

    with staffed.case() as case:
        assert case.document("recusalDeclaration")[-1]["result"] == result


def test_nothing_is_given_before_a_clear_declaration(staffed: Site) -> None:
    assert why_not(staffed, "invest1") == "casework.person_undeclared"
    declare(staffed, "invest1", witness="unknown")
    assert why_not(staffed, "invest1") == "casework.person_undeclared"
    declare(staffed, "invest1")

    assert why_not(staffed, "invest1") is None


def test_whoever_must_recuse_is_given_nothing_and_sees_nothing(staffed: Site) -> None:
    declare(staffed, "invest1", nearRelative="yes")

    assert why_not(staffed, "invest1") == "casework.person_recused"
    with staffed.engine.reading(staffed.actor("invest1")) as unit, pytest.raises(NotFound):
        case_files.view(unit, staffed.key)


def test_a_request_keeps_new_work_away_until_it_is_ruled_on(staffed: Site) -> None:
    declare(staffed, "invest1")
    request(staffed, "invest1")
    assert why_not(staffed, "invest1") == "casework.recusal_pending"

    rule(staffed, "invest1", must=False)

    assert why_not(staffed, "invest1") is None
    with staffed.engine.reading(staffed.actor("subject")) as unit:
        (told,) = [notice for notice in notices.of_actor(unit).items if "回避" in notice.title]
        assert "不需回避" in told.text
        assert "经核实" in told.text


def test_a_ruling_for_recusal_keeps_the_person_out(staffed: Site) -> None:
    declare(staffed, "invest1")
    request(staffed, "invest1")

    rule(staffed, "invest1", must=True)

    assert why_not(staffed, "invest1") == "casework.person_recused"
    with staffed.case() as case:
        assert recusals.recused(case) == {"invest1"}
        assert auth.view_of(staffed.actor("invest1"), case_files.access(case.unit, case)) is View.NONE


def test_each_person_is_judged_by_the_last_word(staffed: Site) -> None:
    declare(staffed, "invest1", witness="unknown")
    declare(staffed, "invest2")
    declare(staffed, "invest1")

    with staffed.case() as case:
        assert recusals.declared(case, "invest1")
        assert recusals.recused(case) == set()


REFUSED = {
    "request by staff": (lambda s: _request(s, "lead"), Forbidden, "auth.only_the_subject"),
    "request about a stranger": (lambda s: request(s, "hr"), FormRejected, "form_rejected"),
    "request without reason": (lambda s: request(s, "invest1", "  "), FormRejected, "form_rejected"),
    "ruling by the lead": (lambda s: rule(s, "invest1", must=True, by="lead"), Forbidden, "auth.no_permission"),
    "ruling that nobody asked for": (
        lambda s: rule(s, "invest2", must=True),
        Conflict,
        "casework.no_recusal_pending",
    ),
    "ruling on oneself": (lambda s: rule(s, "approver", must=False), Forbidden, "casework.own_recusal"),
    "declaring by a stranger": (lambda s: declare(s, "review"), NotFound, "auth.no_such_case"),
    "declaring by the person": (lambda s: declare(s, "subject"), Forbidden, "casework.not_a_handler"),
    "declaring half": (lambda s: declare(s, "invest1", interest="perhaps"), FormRejected, "form_rejected"),
}


def _request(site: Site, who: str) -> None:
    with site.unit(who) as unit:
        recusing.request(unit, site.key, "invest1", "x")


@pytest.mark.parametrize(("attempt", "kind", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_changes_nothing(staffed: Site, attempt, kind: type[ServiceError], code: str) -> None:  # type: ignore[no-untyped-def]
    with staffed.case() as case:
        before = list(case.document("recusalDeclaration"))

    with pytest.raises(kind) as caught:
        attempt(staffed)

    assert caught.value.code == code
    assert texts.render(caught.value)
    with staffed.engine.reading(staffed.actor("lead")) as unit:
        assert records.of_case(unit, staffed.key).document("recusalDeclaration") == before


def test_a_second_request_about_the_same_person_waits_for_the_first(staffed: Site) -> None:
    request(staffed, "invest1")

    with pytest.raises(Conflict) as caught:
        request(staffed, "invest1")

    assert caught.value.code == "casework.recusal_pending"
