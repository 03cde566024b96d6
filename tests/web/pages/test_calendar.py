from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest

from service.auth import SYSTEM
from service.business_calendar import shipped_years
from service.casework import calendars
from service.runtime.engine import Engine
from tests.business_calendar.test_notice import CHINESE, a_notice, a_workbook
from tests.web.conftest import Browser, text
from tests.web.pages.test_signing_in import hidden_fields

Browsers = Callable[[str], Browser]
UNKNOWN = max(year.number for year in shipped_years()) + 1
CSV = f"""# year: {UNKNOWN}
# source: 国办发明电〔{UNKNOWN - 1}〕1号
# title: 示例通知
date,kind,name
{UNKNOWN}-01-01,holiday,元旦
{UNKNOWN}-01-02,holiday,元旦
{UNKNOWN}-02-06,workday,春节
"""


def preview(person: Browser, content: str, name: str = "year.csv") -> str:
    return text(person.post("/calendar/preview", {"file": (io.BytesIO(content.encode()), name)}))


def test_a_year_is_looked_at_day_by_day_and_taken_in(browser_of: Browsers, site_engine: Engine) -> None:
    olga = browser_of("olga")

    shown = preview(olga, CSV)
    with site_engine.reading(SYSTEM) as unit:
        assert not calendars.calendar(unit).has(UNKNOWN)
    taken = text(olga.post("/calendar", hidden_fields(shown)))

    assert f"{UNKNOWN}-02-06" in shown
    assert shown.count(">休</span>") == 2
    assert shown.count(">班</span>") == 1
    assert "已导入" in taken
    listed = text(olga.get("/calendar"))
    assert f"国办发明电〔{UNKNOWN - 1}〕1号" in listed
    assert "由吴示例导入" in listed
    with site_engine.reading(SYSTEM) as unit:
        assert not calendars.calendar(unit).is_working_day(date(UNKNOWN, 1, 1))


def test_a_replaced_year_shows_what_changes(browser_of: Browsers) -> None:
    olga = browser_of("olga")
    known = text(olga.get(f"/calendar/{UNKNOWN - 1}.csv"))
    first = known.splitlines()[4].split(",")

    shown = preview(olga, known.replace(",".join(first) + "\n", ""))

    assert "将替换" in shown
    assert shown.count("不再列出") == 1
    assert first[0] in shown


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "source"), (CSV.replace("holiday", "rest"), "holiday"), (CSV + CSV.splitlines()[4] + "\n", "重复")],
)
def test_what_is_no_calendar_is_refused_by_line(browser_of: Browsers, content: str, said: str) -> None:
    page = preview(browser_of("olga"), content)

    assert 'role="alert"' in page
    assert said in page


def test_calendars_are_for_process_owners(browser_of: Browsers) -> None:
    ann = browser_of("ann")

    assert "/calendar" not in text(ann.get("/"))
    assert ann.get("/calendar").status_code == 403
    assert ann.post("/calendar", {"text": CSV, "file": "x"}).status_code == 403
    assert browser_of("olga").get("/calendar/1999").status_code == 404


def test_a_pasted_notice_is_shown_day_by_day_and_taken_in(browser_of: Browsers) -> None:
    olga = browser_of("olga")

    shown = text(olga.post("/calendar/preview", {"notice": a_notice(2025)}))
    taken = text(olga.post("/calendar", hidden_fields(shown)))

    assert "国办发明电〔2024〕12号" in shown
    assert "2025-01-26 周日" in shown
    assert "已导入" in taken


def test_a_notice_that_contradicts_itself_is_refused_by_its_sentence(browser_of: Browsers) -> None:
    answer = browser_of("olga").post(
        "/calendar/preview", {"notice": a_notice(2025).replace("共8天。1月", "共9天。1月")}
    )

    assert answer.status_code == 422
    assert "写明 9 天，实际列出 8 天" in text(answer)


def test_a_workbook_and_a_proposal_are_looked_at_first_too(browser_of: Browsers) -> None:
    olga = browser_of("olga")

    workbook = text(olga.post("/calendar/preview", {"file": (io.BytesIO(a_workbook(*CHINESE)), "a.xlsx")}))
    proposal = text(olga.post("/calendar/preview", {"year": "2040", "source": "示例〔2039〕1号"}))
    nothing = olga.post("/calendar/preview", {"year": "2040", "source": ""})

    assert "示例〔2026〕1号" in workbook
    assert "只推算了法定节假日" in proposal
    assert "2040-10-01" in proposal
    assert nothing.status_code == 422
    assert "发文字号" in text(nothing)
