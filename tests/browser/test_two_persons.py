"""Two persons of one case, one meeting, two outcomes: from registration to closing, each step by whose step it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from service.auth import SYSTEM
from service.casework import case_files, records
from tests.browser.conftest import Server
from tests.browser.steps import choose, do, enter, open_tasks, person_of, tick
from tests.processes import play

FIRST, SECOND = "张示例", "李示例"


def register(server: Server, page: Page) -> None:
    """Fill the registration form by hand, with two persons."""
    page.goto(f"{server.url}/cases/new")
    form = page.locator(".fjs-container")
    form.get_by_label("问责追责案卷号").fill("濮纪问〔2026〕3号")
    form.get_by_label("案件名称").fill("示例案件二人（虚构）")
    form.get_by_label("承办纪检监察机关").fill(play.ORGAN)
    choose(page, "层级", "市")
    choose(page, "问题来源", "监督检查")
    page.locator(".fjs-repeat-render-add").first.click()
    for number, name in enumerate((FIRST, SECOND)):
        form.get_by_label("姓名").nth(number).fill(name)
        form.get_by_label("单位*", exact=True).nth(number).fill("示例县科技局")
        form.get_by_label("行为时职务").nth(number).fill("科长")
        form.get_by_label("现职务").nth(number).fill("科长")
        for label, option in (
            ("人员类别", "党员干部"),
            ("单位类型", "人民政府"),
            ("管理权限归属", "全市各级"),
        ):
            choose(page, label, option, number)
        for label in ("是否中共党员", "是否依法履行公务"):
            tick(page, label, "是", number)
    form.get_by_label("登录账号").first.fill("subject")
    form.get_by_label("名称*", exact=True).fill("容缺办理引发的失误")
    form.get_by_label("经过").fill("为方便企业进行容缺办理，后续补件不及时。")
    enter(page, "问责追责启动时间", "2026/03/02")
    enter(page, "时间", "09:00", exact=True)
    enter(page, "起始日期", "2025/10/08")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已登记")


def the_same_meeting(page: Page) -> None:
    choose(page, "与同案其他对象在同一次会议研究", f"2026-1（{FIRST}）")
    expect(page.locator(".fjs-container").get_by_label("会议编号")).to_have_count(0)


def no_tolerance(page: Page) -> None:
    """Resolve against the advice: the form asks for the reason as soon as the outcome says so."""
    reason = page.locator(".fjs-container").get_by_label("偏离建议的理由")
    expect(reason).to_have_count(0)
    tick(page, "是否符合容错条件", "不符合")
    choose(page, "结论", "不予容错")
    reason.fill("未尽补件跟踪职责，集体研究认为不宜容错。")


def nothing(page: Page) -> None:
    """All that the form asks for stands there already."""


UNTIL_CHOSEN = ("toleranceOpinion.eligible", "toleranceOpinion.outcome", "toleranceOpinion.matchedItems")
PARTICULARS = [path for path in play.default_answers("convening", play.OPENED) if path.startswith("meeting.")]


def test_two_persons_of_one_case_end_differently_after_one_meeting(server: Server) -> None:
    register(server, server.page("intake"))
    server.idle()

    claimed: set[str] = set()
    convened = False
    for _ in range(150):
        tasks = [task for task in open_tasks(server) if task.element_id not in play.RECTIFICATION - {"notice"}]
        if not tasks:
            break
        # The second person's meeting is the first one's: it waits until that is convened.
        ready = [t for t in tasks if convened or t.element_id != "convening" or person_of(server, t) == FIRST]
        task = min(ready, key=lambda task: task.key)
        person = person_of(server, task)
        answers: dict[str, Any] = {}
        by_hand: Callable[[Page], None] = nothing
        if task.element_id == "convening":
            convened = True
            if person == SECOND:
                answers, by_hand = dict.fromkeys(PARTICULARS), the_same_meeting
        elif task.element_id == "resolution" and person == SECOND:
            answers, by_hand = dict.fromkeys(UNTIL_CHOSEN), no_tolerance
        elif task.element_id == "decision-draft" and person == SECOND:
            answers = {"decisionDocument.docNo": "濮纪决〔2026〕2号", "decisionDocument.docKind": "accountability"}
        elif task.element_id == "notice":
            answers = play.NO_RECTIFICATION
        do(server, task, claimed, answers, by_hand)
        server.clock.advance(timedelta(minutes=10))

    else:
        raise AssertionError(f"not closed; open are {sorted(task.element_id for task in tasks)}")

    with server.engine.reading(SYSTEM) as unit:
        [summary] = case_files.search(unit).items
        case = records.of_case(unit, summary.key)
        assert case.row.state == "CLOSED"
        assert [(row.name, row.outcome) for row in case.subjects] == [(FIRST, "exempt"), (SECOND, "none")]
        meetings = [case.document("meeting", row.key) for row in case.subjects]
        decisions = [case.document("decisionDocument", row.key) for row in case.subjects]
    assert [meeting["meetingNo"] for meeting in meetings] == ["2026-1", "2026-1"]
    assert meetings[0]["heldAt"] == meetings[1]["heldAt"]
    assert [meeting.get("deviationReason") for meeting in meetings] == [
        None,
        "未尽补件跟踪职责，集体研究认为不宜容错。",
    ]
    assert [decision["docNo"] for decision in decisions] == [
        "濮阳市纪委监委容〔2026〕1号",
        "濮阳市纪委监委容〔2026〕2号",
    ]
    lead = server.page("lead")
    lead.goto(f"{server.url}/cases/{summary.key}")
    for words in (FIRST, SECOND, "免于追究责任", "不予容错"):
        expect(lead.get_by_text(words).first).to_be_visible()
    assert server.watch.violations == []
    assert server.watch.errors == []
