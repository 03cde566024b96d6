"""Pages of cases over the shipped models: who sees what, registration, applying."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from service import wiring
from service.auth import SYSTEM, Vault, accounts, sessions
from service.casework import case_files, deadlines, notices, records
from service.runtime.engine import Engine, SetClock
from service.runtime.unit import Actor, UnitOfWork
from service.settings import Settings
from service.web import create_app
from service.web.request import COOKIE
from service.worker import run_until_idle
from tests.processes import play
from tests.web.conftest import SECRET, Browser, text

INTAKE = Actor("intake", frozenset({"INTAKE"}))
TABS = (
    "overview", "progress", "timeline", "judgements", "deadlines", "documents", "materials", "submissions", "archives",
)  # fmt: skip


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("cases") / "models.db"
    play.prepare(database)
    engine = play.open_engine(database, SetClock(play.OPENED))

    def more_people(unit: UnitOfWork) -> None:
        accounts.create(unit, "stranger", "stranger", None, [("SUBJECT", "")])
        accounts.create(unit, "auditor", "auditor", None, [("AUDADM", "")])
        accounts.create(unit, "elsewhere", "elsewhere", None, [("LEAD", "别处")])

    engine.run(SYSTEM, more_people)
    engine.close()
    return database


@pytest.fixture
def site_engine(models: Path, tmp_path: Path, open_engine: Callable[..., Engine], clock: SetClock) -> Engine:
    database = tmp_path / "site.db"
    shutil.copy(models, database)
    clock.set(play.OPENED)
    return open_engine(f"sqlite:///{database}", replace(wiring.PLUGINS, vault=Vault(tmp_path / "keys")))


@pytest.fixture
def app(site_engine: Engine) -> Flask:
    return create_app(site_engine, Settings(secret_key=SECRET))


@pytest.fixture
def of(app: Flask, site_engine: Engine) -> Callable[[str], Browser]:
    def browser(name: str) -> Browser:
        client = app.test_client()
        client.set_cookie(COOKIE, site_engine.run(SYSTEM, lambda unit: sessions.open_session(unit, name)))
        return Browser(client)

    return browser


@pytest.fixture
def case(site_engine: Engine) -> int:
    key = site_engine.run(INTAKE, lambda unit: case_files.register(unit, play.a_registration()).key)
    run_until_idle(site_engine)
    return key


def registration(**changes: str) -> dict[str, str]:
    person = play.a_person(account="subject")
    return {
        "f:case.accountabilityCaseNo": "濮纪问〔2026〕9号",
        "f:case.title": "示例案件（虚构）",
        "f:case.organ": play.ORGAN,
        "f:case.organLevel": "city",
        "f:case.source": "inspection",
        "f:case.accountabilityOpenedAt": "2026-03-02T09:00",
        "f:case.secrecyLevel": "internal",
        **{f"f:case.subjects[0].{name}": str(value) for name, value in person.items()},
        "f:matter.title": "失误",
        "f:matter.description": "经过",
        "f:matter.occurredFrom": "2025-10-08",
        **changes,
    }


def test_a_case_is_registered_with_plain_fields(of: Callable[[str], Browser]) -> None:
    intake = of("intake")

    page = intake.follow(intake.post("/cases/new", registration()))

    assert "已登记，案号" in page
    assert "张示例" in page
    assert f"{play.ORGAN}〔2026〕1号" in text(intake.get("/cases"))


def test_the_same_registration_sent_twice_is_one_case(of: Callable[[str], Browser], site_engine: Engine) -> None:
    intake = of("intake")
    sent = registration(idempotency_key="once")

    places = {intake.post("/cases/new", sent).headers["Location"] for _ in range(2)}
    intake.post("/cases/new", registration(idempotency_key="another"))

    assert len(places) == 1
    with site_engine.reading(INTAKE) as unit:
        assert case_files.search(unit).total == 2


def test_the_same_application_sent_twice_is_one(of: Callable[[str], Browser], case: int, site_engine: Engine) -> None:
    subject = of("subject")
    sent = {"submission": json.dumps(play.nested(play.an_application())), "idempotency_key": "once"}

    answers = [subject.post(f"/applications/{case}/apply", sent) for _ in range(2)]
    run_until_idle(site_engine)

    assert [answer.status_code for answer in answers] == [303, 303]
    assert text(subject.get("/applications")).count("已提交申请") == 1
    assert subject.post(f"/applications/{case}/apply", {**sent, "idempotency_key": "later"}).status_code == 409
    assert "为方便企业容缺办理" in text(of("lead").get(f"/cases/{case}?tab=submissions"))


def test_what_is_wrong_with_a_registration_is_named_and_nothing_is_kept(of: Callable[[str], Browser]) -> None:
    intake = of("intake")

    refused = intake.post("/cases/new", registration(**{"f:case.title": "", "f:case.subjects[0].account": "nobody"}))

    page = text(refused)
    assert refused.status_code == 422
    assert 'href="#f-case-title"' in page
    assert "濮纪问〔2026〕9号" in page
    assert "还没有案件" in text(intake.get("/cases"))


def test_state_secrets_do_not_enter(of: Callable[[str], Browser]) -> None:
    intake = of("intake")

    refused = intake.post("/cases/new", registration(**{"f:case.secrecyLevel": "secret"}))

    assert refused.status_code == 422
    assert "国家秘密" in text(refused)
    assert "还没有案件" in text(intake.get("/cases"))


def test_every_part_of_a_case_is_shown_to_those_who_work_on_it(of: Callable[[str], Browser], case: int) -> None:
    lead = of("lead")

    for tab in TABS:
        page = lead.get(f"/cases/{case}?tab={tab}")
        assert page.status_code == 200
        assert "示例案件" in text(page)


def test_the_log_of_viewing_names_every_part_that_can_be_opened(of: Callable[[str], Browser], case: int) -> None:
    for tab in TABS:
        of("lead").get(f"/cases/{case}?tab={tab}")

    log = text(of("auditor").get("/viewings"))

    choices = dict(re.findall(r'<option value="(\w+)"[^>]*>([^<]+)</option>', log))
    assert {tab: choices.get(tab, tab) for tab in TABS if choices.get(tab, tab) == tab} == {}


@pytest.mark.parametrize("name", ["stranger", "auditor", "elsewhere", "expert", "hr"])
def test_a_case_of_others_looks_like_none(of: Callable[[str], Browser], case: int, name: str) -> None:
    person = of(name)

    for path in (f"/cases/{case}", "/cases/999999", f"/cases/{case}/instances/1.json"):
        assert person.get(path).status_code == 404
    assert "示例案件" not in text(person.get("/cases"))


def test_the_subject_sees_their_own_side_alone(of: Callable[[str], Browser], case: int) -> None:
    subject = of("subject")

    mine = text(subject.get("/applications"))
    page = text(subject.get(f"/cases/{case}?tab=timeline"))

    assert "示例案件" in mine
    assert "示例县科技局" in text(subject.get(f"/applications/{case}"))
    assert "任务到达" not in page
    assert of("stranger").get(f"/applications/{case}").status_code == 404
    assert of("lead").get(f"/applications/{case}").status_code == 403


def test_before_it_is_served_the_subject_finds_neither_decision_nor_the_organs_time_limits(
    of: Callable[[str], Browser], case: int, site_engine: Engine
) -> None:
    subject = of("subject")

    def write(values: dict[str, str]) -> None:
        def use_case(unit: UnitOfWork) -> None:
            found = records.of_case(unit, case)
            person = found.subjects[0].key
            for path, value in values.items():
                records.write(found, person, path, value)
            found.flush()
            deadlines.open_anew(unit, case, str(person), "P-T09")
            deadlines.open_anew(unit, case, str(person), "P-T03")

        site_engine.run(SYSTEM, use_case)

    write({"decisionDocument.measure": "免予问责", "toleranceOpinion.outcome": "exempt"})
    write({"decisionDocument.issuedAt": "2026-03-02T08:00+08:00"})
    write({"subject.outcome": "exempt"})
    before = text(subject.get("/applications")) + text(subject.get(f"/applications/{case}"))
    write({"delivery.subject.deliveredAt": "2026-03-02T08:30+08:00"})
    after = text(subject.get("/applications")) + text(subject.get(f"/applications/{case}"))

    assert "免于追究责任" not in before
    assert "免予问责" not in before
    assert "签发后送达" not in before
    assert "补正" in before
    assert after.count("免于追究责任") == 2
    assert "免予问责" in after


def test_the_subject_applies_once_and_withdraws(of: Callable[[str], Browser], case: int, site_engine: Engine) -> None:
    subject = of("subject")
    application = {"submission": json.dumps(play.nested(play.an_application()))}

    refused = subject.post(f"/applications/{case}/apply", {"submission": "{}"}, Accept="application/json")
    page = subject.follow(subject.post(f"/applications/{case}/apply", application))
    run_until_idle(site_engine)
    second = subject.post(f"/applications/{case}/apply", application)

    assert refused.status_code == 422
    assert refused.get_json()["fields"]
    assert "申请已提交" in page
    assert second.status_code == 409
    assert "撤回" in text(subject.get(f"/applications/{case}"))
    assert subject.post(f"/applications/{case}/withdraw", {"reason": "另行说明"}).status_code == 303
    assert "已撤回" in text(subject.get(f"/applications/{case}"))


@pytest.mark.parametrize("name", sorted(play.PEOPLE))
def test_every_role_finds_its_way_from_the_first_page(of: Callable[[str], Browser], case: int, name: str) -> None:
    person = of(name)
    home = text(person.get("/"))

    places = {part.split('"')[0] for part in home.split('<li><a href="')[1:]}

    assert {"/", "/notices"} <= places
    for place in places:
        assert person.get(place).status_code == 200, place


def test_a_step_says_who_did_it_and_who_was_told(of: Callable[[str], Browser], case: int, site_engine: Engine) -> None:
    subject, intake = of("subject"), of("intake")
    subject.post(f"/applications/{case}/apply", {"submission": json.dumps(play.nested(play.an_application()))})
    run_until_idle(site_engine)
    subject.post(f"/applications/{case}/withdraw", {"reason": "另行说明"})
    run_until_idle(site_engine)

    page = text(intake.get(f"/cases/{case}?tab=progress"))

    told = page.partition("通知承办")[2].partition("</li>")[0]
    assert "intake" in told
    assert "受理审查" in page
    for by_itself in ("登记撤回", "起算受理审查时限", "状态："):
        assert by_itself not in page


def test_who_sees_no_case_gets_no_way_to_it_from_a_notice(
    of: Callable[[str], Browser], case: int, site_engine: Engine
) -> None:
    def tell(unit: UnitOfWork) -> None:
        found = records.of_case(unit, case)
        notices.send(unit, ["hr", "subject", "lead"], "结果运用", "见通知", source_key=unit.new_key(), case=found)

    site_engine.run(SYSTEM, tell)

    def ways(name: str) -> tuple[bool, bool]:
        page = text(of(name).get("/notices"))
        assert "结果运用" in page
        return f'href="/cases/{case}"' in page, f'href="/applications/{case}"' in page

    assert [ways(name) for name in ("hr", "subject", "lead")] == [(False, False), (False, True), (True, False)]


def test_the_board_counts_to_the_end_of_the_rectification(
    of: Callable[[str], Browser], case: int, site_engine: Engine
) -> None:
    def begin(unit: UnitOfWork) -> None:
        person = records.of_case(unit, case).subjects[0]
        person.rectification_state = "in_progress"
        deadlines.open_anew(unit, case, str(person.key), "P-T15")
        deadlines.open_anew(unit, case, str(person.key), "P-T14")

    site_engine.run(SYSTEM, begin)

    page = text(of("inspect").get("/rectification"))

    assert "整改期限" in page
    assert "进展报告周期" not in page


def test_the_board_is_for_those_who_supervise(of: Callable[[str], Browser]) -> None:
    assert of("inspect").get("/rectification").status_code == 200
    assert of("intake").get("/rectification").status_code == 403


def test_leader_and_approver_suspend_on_the_page_and_nobody_else(
    of: Callable[[str], Browser], case: int, site_engine: Engine
) -> None:
    def subject() -> int:
        with site_engine.reading(SYSTEM) as unit:
            return records.of_case(unit, case).subjects[0].key

    place = f"/cases/{case}/subjects/{subject()}/suspend"
    sent = {"kind": "crime", "reason": "涉嫌职务犯罪。"}

    early = of("approver").post(place, sent)
    assert early.status_code == 409
    assert "已登记" in text(early)
    assert "中止程序" not in text(of("approver").get(f"/cases/{case}"))

    with site_engine.unit(SYSTEM) as unit:
        records.of_case(unit, case).subjects[0].state = "INVESTIGATING"
        unit.commit()
    assert "中止程序" in text(of("approver").get(f"/cases/{case}"))
    assert of("invest1").post(place, sent).status_code in {403, 404}
    approver = of("approver")
    assert approver.post(place, {"kind": "", "reason": "x"}).status_code == 303
    assert "请选择中止的缘由（第五条（三））" in text(approver.get(f"/cases/{case}"))

    with site_engine.reading(SYSTEM) as unit:
        assert records.of_case(unit, case).subjects[0].state == "INVESTIGATING"


def test_an_identity_number_is_kept_masked_and_shown_for_a_reason(of: Callable[[str], Browser], case: int) -> None:
    intake, number = of("intake"), "11010519491231002X"
    with_place = f"/cases/{case}/subjects/"
    subject = text(intake.get(f"/cases/{case}")).split(with_place, 1)[1].split("/", 1)[0]
    place = f"{with_place}{subject}/identity"

    refused = intake.follow(intake.post(place, {"number": "110105194912310021"}))
    kept = intake.follow(intake.post(place, {"number": number}))
    without_reason = intake.follow(intake.post(f"{place}/reveal", {"reason": ""}))
    shown = intake.post(f"{place}/reveal", {"reason": "送达前核对身份"})

    assert "末位校验码" in refused
    assert "1101**********002X" in kept
    assert "请写明查看的理由" in without_reason
    assert number in text(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    for page in (kept, without_reason, *(text(intake.get(f"/cases/{case}?tab={tab}")) for tab in TABS)):
        assert number not in page
    assert "1101**" not in text(of("subject").get(f"/cases/{case}"))
    for name, status in {"inspect": 403, "owner": 404, "auditor": 404, "subject": 403, "elsewhere": 404}.items():
        assert of(name).post(f"{place}/reveal", {"reason": "看一看"}).status_code == status, name
        assert of(name).post(place, {"number": number}).status_code == status, name


def test_opening_a_case_its_parts_and_tasks_is_recorded_for_the_audit_administrator(
    of: Callable[[str], Browser], case: int
) -> None:
    lead, auditor = of("lead"), of("auditor")
    lead.get(f"/cases/{case}")
    lead.get(f"/cases/{case}?tab=judgements")
    of("elsewhere").get(f"/cases/{case}")

    page, table = text(auditor.get("/viewings")), text(auditor.get("/viewings.csv"))

    assert "查阅记录" in page
    assert f"{play.ORGAN}〔2026〕1号" in page
    lines = table.splitlines()
    assert sorted(line.split(",")[3] for line in lines[1:]) == ["lead", "lead"]
    assert {line.split(",")[6] for line in lines[1:]} == {"概况", "判定依据"}
    assert "张示例" not in page + table


def test_the_case_shows_what_processes_wrote_in_words(
    of: Callable[[str], Browser], case: int, site_engine: Engine
) -> None:
    with site_engine.unit(SYSTEM) as unit:
        found = records.of_case(unit, case)
        key = found.subjects[0].key
        statement = {"memberId": "member1", "points": "同意报告。", "vote": "against", "dissent": "影响较大。"}
        missing = {"fact": "privateGain", "name": "是否谋取私利", "article": "第二条"}
        for path, value in (
            ("meeting.statements", [statement]),
            ("meeting.votes", {"agree": 2, "against": 1, "abstain": 0}),
            ("meeting.passed", "yes"),
            ("investigationReport.missingFacts", [missing]),
            ("subject.ruleVersion", "D1 1, D3 2"),
        ):
            records.write(found, key, path, value)
        unit.commit()

    shown = text(of("lead").get(f"/cases/{case}"))

    for words in (
        "发表意见 1",
        "成员 member1; 意见要点 同意报告。".replace("; ", "；"),
        "表决 不同意",
        '同意票</dt><dd class="pre-line">2',
        '表决</dt><dd class="pre-line">通过',
        '未查明的事实 1</dt><dd class="pre-line">事实 是否谋取私利',
        '适用规则版本</dt><dd class="pre-line">D1 1, D3 2',
    ):
        assert words in shown, words


def test_a_person_asks_that_somebody_recuse_and_is_told_of_the_ruling(
    of: Callable[[str], Browser], case: int, site_engine: Engine
) -> None:
    staff = {"investigators": ["invest1", "invest2"], "leadInvestigator": "lead"}
    site_engine.run(Actor("lead", frozenset({"LEAD"})), lambda unit: case_files.assign(unit, case, staff))
    subject, approver, lead = of("subject"), of("approver"), of("lead")
    offered = text(subject.get(f"/applications/{case}"))
    place = f"/cases/{case}/recusal"

    asked = subject.follow(subject.post(f"/applications/{case}/recusal", {"person": "1", "reason": "与举报人是亲属"}))
    assert lead.post(f"{place}/rule", {"person": "1", "must": "no", "reason": "x"}).status_code == 403
    seen = text(approver.get(f"/cases/{case}"))
    ruled = approver.follow(approver.post(f"{place}/rule", {"person": "1", "must": "yes", "reason": "经核实"}))

    assert 'value="invest1"' not in offered
    assert "您的要求已登记" in asked
    assert "与举报人是亲属" in seen
    assert "决定已记录" in ruled
    assert "对您回避要求的决定" in text(subject.get(f"/applications/{case}"))
    assert of("invest1").get(f"/cases/{case}").status_code == 404
    assert of("invest2").get(f"/cases/{case}").status_code == 200


def test_whoever_works_on_a_case_declares_on_its_page(
    of: Callable[[str], Browser], case: int, site_engine: Engine
) -> None:
    staff = {"investigators": ["invest1", "invest2"]}
    site_engine.run(Actor("lead", frozenset({"LEAD"})), lambda unit: case_files.assign(unit, case, staff))
    invest = of("invest1")
    answers = dict.fromkeys(("nearRelative", "witness", "interest", "otherImpact", "isOrganHead"), "no")

    assert "您尚未申报回避" in text(invest.get(f"/cases/{case}"))
    half = invest.follow(invest.post(f"/cases/{case}/recusal/declare", {"witness": "no"}))
    assert "您尚未申报回避" in half
    page = invest.follow(invest.post(f"/cases/{case}/recusal/declare", answers))

    assert "不需回避" in page
    assert "您尚未申报回避" not in page
