from datetime import date, timedelta

import chinese_calendar
import pytest

from service.business_calendar import Calendar, DayKind, read_year, shipped_years, write_year
from service.errors import Invalid

HEAD = "# year: 2030\n# source: 国办发明电〔2029〕1号\n# title: 通知\ndate,kind,name\n"

REFUSED = [
    pytest.param("# year: 2030\ndate,kind,name\n", "calendar_source_missing", id="no source number"),
    pytest.param("# source: 一号\ndate,kind,name\n", "calendar_year_missing", id="no year"),
    pytest.param("# year: 2030\n# source: 一号\nday,kind\n", "calendar_columns", id="other columns"),
    pytest.param("# year: 2030\n# source: 一号\n", "calendar_columns", id="no table"),
    pytest.param(HEAD + "2030-02-30,holiday,元旦\n", "calendar_line", id="no such day"),
    pytest.param(HEAD + "2030-01-01,rest,元旦\n", "calendar_line", id="no such kind"),
    pytest.param(HEAD + "2030-01-01,holiday\n", "calendar_line", id="a cell too few"),
    pytest.param(HEAD + "2030-01-01,holiday,元旦\n2030-01-01,holiday,元旦\n", "calendar_day_twice", id="a day twice"),
    pytest.param(HEAD + "2031-01-01,holiday,元旦\n", "calendar_day_of_other_year", id="a day of the year after"),
    pytest.param(HEAD + "2029-11-30,holiday,元旦\n", "calendar_day_of_other_year", id="November of the year before"),
]


def test_shipped_years_agree_day_by_day_with_a_second_source() -> None:
    calendar = Calendar(shipped_years())

    days = [date(2023, 1, 1) + timedelta(days=number) for number in range(4 * 365 + 1)]
    differences = [day for day in days if calendar.is_working_day(day) is not chinese_calendar.is_workday(day)]

    assert days[-1] == date(2026, 12, 31)
    assert differences == []


def test_shipped_years_name_their_notice() -> None:
    assert {year.number: year.source for year in shipped_years()} == {
        2023: "国办发明电〔2022〕16号",
        2024: "国办发明电〔2023〕7号",
        2025: "国办发明电〔2024〕12号",
        2026: "国办发明电〔2025〕7号",
    }


def test_holidays_of_a_shipped_year_stand_with_their_names() -> None:
    year = shipped_years()[3]

    assert year.days[date(2026, 2, 16)].name == "春节"
    assert year.days[date(2026, 2, 14)].kind is DayKind.WORKDAY


def test_a_written_year_reads_as_the_same_year() -> None:
    for year in shipped_years():
        assert read_year(write_year(year), "again.csv") == year


def test_a_notice_may_change_the_december_before() -> None:
    year = read_year("\ufeff" + HEAD + "2029-12-29,workday,元旦\n", "2030.csv")

    assert year.number == 2030
    assert list(year.days) == [date(2029, 12, 29)]


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_a_file_that_is_no_year_is_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_year(text, "2030.csv")

    assert refusal.value.code == code
    assert refusal.value.facts["file"] == "2030.csv"
