from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from service.business_calendar import Calendar, shipped_years
from service.web import lights

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(shipped_years())


@pytest.mark.parametrize(
    ("last", "today", "colour", "said"),
    [
        # National Day 2026: 1 to 7 October off, 10 October worked.
        (date(2026, 10, 9), date(2026, 9, 30), "amber", "剩 2 个工作日"),
        (date(2026, 9, 30), date(2026, 9, 30), "amber", "今日到期"),
        (date(2026, 9, 30), date(2026, 10, 3), "red", "2026-09-30 起超期"),
        (date(2026, 9, 30), date(2026, 10, 8), "red", "超 1 个工作日"),
        (date(2026, 3, 20), date(2026, 3, 2), "green", "剩 14 个工作日"),
        (date(2026, 3, 5), date(2026, 3, 2), "amber", "剩 3 个工作日"),
        (date(2031, 3, 5), date(2026, 3, 2), "grey", "2031-03-05 到期"),
    ],
)
def test_a_light_has_colour_and_words_in_working_days(
    app: Flask, last: date, today: date, colour: str, said: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        light = lights.of_day(last, today, CALENDAR)

    assert (light.colour, light.words) == (colour, said)
    assert light.shape


def test_midnight_belongs_to_the_day_that_it_ends() -> None:
    assert lights.due_day(datetime(2026, 3, 3, 0, 0, tzinfo=ZONE), ZONE) == date(2026, 3, 2)
    assert lights.due_day(datetime(2026, 3, 2, 23, 59, 59, tzinfo=ZONE), ZONE) == date(2026, 3, 2)
    assert lights.due_day(datetime(2026, 3, 2, 15, 30, tzinfo=ZONE), ZONE) == date(2026, 3, 2)
