"""The text of the yearly notices, as published for 2023 to 2026, read into the shipped years; and what is refused."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from service.business_calendar import Calendar, DayKind, propose, read_notice, read_workbook, shipped_years
from service.errors import Invalid

HEAD = """国务院办公厅关于{year}年
部分节假日安排的通知
{source}

各省、自治区、直辖市人民政府，国务院各部委、各直属机构：

经国务院批准，现将{year}年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
"""
TAIL = """
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作，遇有重大突发事件，要按规定及时报告并妥善处置。

国务院办公厅
{before}年11月8日
"""
NOTICES = {
    2023: (
        "国办发明电〔2022〕16号",
        """一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。""",
    ),
    2024: (
        "国办发明电〔2023〕7号",
        """一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。""",
    ),
    2025: (
        "国办发明电〔2024〕12号",
        """一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。""",
    ),
    2026: (
        "国办发明电〔2025〕7号",
        """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。""",
    ),
}


def a_notice(year: int, body: str | None = None, source: str | None = None) -> str:
    known, text = NOTICES[year]
    head = HEAD.format(year=year, source=known if source is None else source)
    return head + (body or text) + TAIL.format(before=year - 1)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("number", NOTICES)
def test_every_day_of_a_pasted_notice_is_that_of_the_shipped_year(number: int) -> None:
    read = read_notice(a_notice(number))
    [known] = [year for year in shipped_years() if year.number == number]

    assert read.source == known.source
    assert read.title == known.title
    pasted, shipped = Calendar([read]), Calendar([known])
    assert [day for day in days_of(number) if pasted.is_working_day(day) != shipped.is_working_day(day)] == []
    assert {day.isoformat() for day in known.days} <= {day.isoformat() for day in read.days}


def test_days_before_the_year_belong_to_its_notice() -> None:
    read = read_notice(a_notice(2023))

    assert read.days[date(2022, 12, 31)].kind is DayKind.HOLIDAY
    assert read.days[date(2022, 12, 31)].name == "元旦"


def test_line_breaks_full_width_signs_and_spaces_do_not_matter() -> None:
    text = a_notice(2025).replace("1月28日", "１月 28\n日").replace("：", ": ").replace("（", "(").replace("）", ")")

    assert read_notice(text).days == read_notice(a_notice(2025)).days


def test_the_number_may_be_given_apart_and_brackets_are_those_of_official_documents() -> None:
    assert read_notice(a_notice(2025, source=""), "国办发明电〔2024〕12号").source == "国办发明电〔2024〕12号"
    assert read_notice(a_notice(2025, source="国办发明电[2024]12号")).source == "国办发明电〔2024〕12号"


BODY = NOTICES[2025][1]
REFUSED: dict[str, tuple[str, str, str]] = {
    "no year": (a_notice(2025).replace("2025年", ""), "calendar_notice_year", ""),
    "no number": (a_notice(2025, source=""), "calendar_notice_source", ""),
    "nothing about holidays": (HEAD.format(year=2025, source=NOTICES[2025][0]), "calendar_notice_empty", ""),
    "off and on": (
        a_notice(2025, BODY.replace("1月26日（周日）、", "1月29日、")),
        "calendar_notice_both",
        "2025-01-29",
    ),
    "a day of another year": (
        a_notice(2025, BODY.replace("1月1日（周三）", "2026年1月1日")),
        "calendar_notice_other_year",
        "2026-01-01",
    ),
    "no such day": (a_notice(2025, BODY.replace("1月26日（周日）", "2月30日")), "calendar_notice_date", "2月30日"),
    "another weekday": (
        a_notice(2025, BODY.replace("1月26日（周日）", "1月26日（周六）")),
        "calendar_notice_weekday",
        "1月26日",
    ),
    "another number of days": (
        a_notice(2025, BODY.replace("共8天。1月", "共7天。1月")),
        "calendar_notice_count",
        "共7天",
    ),
    "backwards": (
        a_notice(2025, BODY.replace("4月4日（周五）至6日（周日）", "4月6日至4日")),
        "calendar_notice_range",
        "4月6日",
    ),
    "a sentence of another meaning": (
        a_notice(2025, BODY.replace("4月27日（周日）上班", "4月27日（周日）另行通知")),
        "calendar_notice_sentence",
        "另行通知",
    ),
    "far too long": ("一" * 30_000, "calendar_notice_too_long", ""),
}


@pytest.mark.parametrize(("text", "code", "told"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_understood_whole_is_refused_by_the_sentence(text: str, code: str, told: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_notice(text)

    assert caught.value.code == code
    assert told in str(caught.value.facts)


# workbooks


def a_workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


CHINESE = (
    ["年度", "2027"],
    ["来源", "示例〔2026〕1号"],
    ["日期", "休班", "名称"],
    [datetime(2027, 1, 1), "休", "元旦"],  # noqa: DTZ001 - as workbooks keep days
    ["2027-01-03", "班", "元旦"],
)


def test_a_workbook_is_read_in_chinese_and_with_real_dates() -> None:
    year = read_workbook(a_workbook(*CHINESE), "a.xlsx")

    assert (year.number, year.source) == (2027, "示例〔2026〕1号")
    assert [(day.isoformat(), entry.kind) for day, entry in year.days.items()] == [
        ("2027-01-01", DayKind.HOLIDAY),
        ("2027-01-03", DayKind.WORKDAY),
    ]


BAD_WORKBOOKS: dict[str, tuple[bytes, str]] = {
    "no workbook": (b"PK\x03\x04", "calendar_workbook_unreadable"),
    "no columns": (a_workbook(["a", "b"]), "calendar_columns"),
    "no days": (a_workbook(*CHINESE[:3]), "calendar_workbook_empty"),
    "no number": (a_workbook(*CHINESE[2:]), "calendar_source_missing"),
    "twice": (a_workbook(*CHINESE, CHINESE[4]), "calendar_day_twice"),
    "off and on": (a_workbook(*CHINESE, ["2027-01-01", "班", ""]), "calendar_day_twice"),
    "no kind": (a_workbook(*CHINESE, ["2027-01-05", "也许", ""]), "calendar_line"),
    "no day": (a_workbook(*CHINESE, ["元月", "休", ""]), "calendar_line"),
    "another year": (a_workbook(*CHINESE, ["2029-01-05", "休", ""]), "calendar_day_of_other_year"),
}


@pytest.mark.parametrize(("content", "code"), BAD_WORKBOOKS.values(), ids=BAD_WORKBOOKS)
def test_a_workbook_that_is_no_calendar_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_workbook(content, "a.xlsx")

    assert caught.value.code == code


# proposals


@pytest.mark.parametrize("number", NOTICES)
def test_a_published_year_is_proposed_as_it_is(number: int) -> None:
    proposal = propose(number, NOTICES[number][0])

    proposed, pasted = Calendar([proposal.year]), Calendar([read_notice(a_notice(number))])
    assert proposal.complete
    assert [day for day in days_of(number) if proposed.is_working_day(day) != pasted.is_working_day(day)] == []


def test_a_year_to_come_is_proposed_without_the_days_that_its_notice_will_move() -> None:
    proposal = propose(2040, "示例号")

    assert not proposal.complete
    assert proposal.year.days[date(2040, 10, 1)].kind is DayKind.HOLIDAY
    assert {entry.kind for entry in proposal.year.days.values()} == {DayKind.HOLIDAY}


@pytest.mark.parametrize(
    ("number", "source", "code"), [(2025, " ", "calendar_proposal_source"), (1999, "号", "calendar_proposal_year")]
)
def test_a_proposal_needs_the_number_of_a_notice_and_a_year_in_reach(number: int, source: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        propose(number, source)

    assert caught.value.code == code
