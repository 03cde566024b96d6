"""One case from registration and application to its decision, each step by the person whose step it is."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from service.auth import SYSTEM
from service.casework import records
from tests.browser.conftest import Server
from tests.browser.steps import choose, do, enter, open_tasks, someone, tick
from tests.processes import play

# Left aside on the way to the decision: the rectification has people and days of its own.
ASIDE = {*play.RECTIFICATION, *play.FILINGS}
DECIDED = "announcement"


def register(server: Server, page: Page) -> None:
    """Fill the registration form by hand, as the intake officer."""
    page.goto(f"{server.url}/cases/new")
    form = page.locator(".fjs-container")
    form.get_by_label("问责追责案卷号").fill("濮纪问〔2026〕1号")
    form.get_by_label("案件名称").fill("示例案件（虚构）")
    form.get_by_label("承办纪检监察机关").fill(play.ORGAN)
    choose(page, "层级", "市")
    choose(page, "问题来源", "监督检查")
    form.get_by_label("姓名").fill("张示例")
    form.get_by_label("登录账号").fill("subject")
    choose(page, "人员类别", "党员干部")
    tick(page, "是否中共党员", "是")
    form.get_by_label("单位*", exact=True).fill("示例县科技局")
    choose(page, "单位类型", "人民政府")
    form.get_by_label("行为时职务").fill("科长")
    form.get_by_label("现职务").fill("科长")
    choose(page, "管理权限归属", "全市各级")
    tick(page, "是否依法履行公务", "是")
    form.get_by_label("名称*", exact=True).fill("容缺办理引发的失误")
    form.get_by_label("经过").fill("为方便企业进行容缺办理，后续补件不及时。")
    enter(page, "问责追责启动时间", "2026/03/02")
    enter(page, "时间", "09:00", exact=True)
    enter(page, "起始日期", "2025/10/08")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已登记")


def apply(server: Server, page: Page) -> None:
    """Apply as the person held accountable."""
    page.goto(f"{server.url}/")
    page.get_by_role("navigation", name="导航").get_by_role("link", name="我的申请").click()
    page.get_by_role("link", name="提出申请").click()
    form = page.locator(".fjs-container")
    form.get_by_label("（六）", exact=False).first.check()
    form.get_by_label("事实和理由", exact=False).fill("为方便企业容缺办理，已补件。")
    form.get_by_label("本人确认", exact=False).check()
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("status").first).to_contain_text("申请已提交")


def test_a_case_goes_from_application_to_decision_in_the_browser(server: Server) -> None:
    register(server, server.page("intake"))
    server.idle()
    apply(server, server.page("subject"))
    server.idle()

    roles: set[str] = set()
    claimed: set[str] = set()
    for _ in range(60):
        tasks = open_tasks(server)
        if any(task.element_id == DECIDED for task in tasks):
            break
        ready = [task for task in tasks if task.element_id not in ASIDE]
        assert ready, f"nothing to do; open are {sorted(task.element_id for task in tasks)}"
        task = min(ready, key=lambda task: task.key)
        do(server, task, claimed)
        roles.add(play.PEOPLE[someone(task)])
        server.clock.advance(timedelta(hours=1))
    else:
        raise AssertionError("no decision after 60 tasks")

    with server.engine.reading(SYSTEM) as unit:
        (key,) = {int(task.business_key or 0) for task in tasks}
        case = records.of_case(unit, key)
        assert case.subjects[0].outcome == "exempt"
        assert case.document("decisionDocument", case.subjects[0].key)["docNo"]
    assert {"INTAKE", "LEAD", "INVEST", "REVIEW", "MEMBER", "SECRETARY", "APPROVER"} <= roles

    lead = server.page("lead")
    lead.goto(f"{server.url}/cases/{key}")
    expect(lead.get_by_role("heading", level=1)).to_contain_text("示例案件")
    for tab in ("流程图", "时间线", "判定依据", "期限", "办理表单", "概况"):
        lead.get_by_role("navigation", name="案件内容").get_by_role("link", name=tab).click()
        expect(lead.get_by_role("heading", level=1)).to_be_visible()
    expect(lead.get_by_text("免于追究责任").first).to_be_visible()
    # The subject learns of the decision when it is served on them, not before.
    subject = server.page("subject")
    subject.goto(f"{server.url}/applications/{key}")
    expect(subject.get_by_role("heading", level=1)).to_be_visible()
    expect(subject.get_by_text("免于追究责任")).to_have_count(0)
    assert server.watch.violations == []
    assert server.watch.errors == []
