"""When timers are due."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from service import feel
from service.bpmn import Failure, timers
from service.bpmn.expressions import static

ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 1, 31, 1, 0, tzinfo=dt.UTC)  # 09:00 in Shanghai, a Saturday

DUE = [
    ("date", "2026-02-10T08:00:00+08:00", "2026-02-10T00:00:00", 0),
    ("date", "2026-02-10T08:00:00", "2026-02-10T00:00:00", 0),
    ("date", "2026-02-10T08:00:00@Europe/Berlin", "2026-02-10T07:00:00", 0),
    ("date", "2026-02-10", "2026-02-09T16:00:00", 0),
    ("date", feel.from_python(dt.date(2026, 2, 10)), "2026-02-09T16:00:00", 0),
    ("duration", "PT12H", "2026-01-31T13:00:00", 0),
    ("duration", "P1M", "2026-02-28T01:00:00", 0),
    ("duration", "P1DT1H", "2026-02-01T02:00:00", 0),
    ("duration", "P2W", "2026-02-14T01:00:00", 0),
    ("duration", "-PT1H", "2026-01-31T00:00:00", 0),
    ("duration", feel.from_python(dt.timedelta(hours=2)), "2026-01-31T03:00:00", 0),
    ("cycle", "R3/PT1H", "2026-01-31T02:00:00", 2),
    ("cycle", "R/P1D", "2026-02-01T01:00:00", None),
    ("cycle", "R-1/P1D", "2026-02-01T01:00:00", None),
    ("cycle", "R2/2026-02-03T00:00:00Z/P1D", "2026-02-03T00:00:00", 1),
    ("cycle", "0 0 9 * * MON", "2026-02-02T01:00:00", None),
    ("cycle", "@daily", "2026-01-31T16:00:00", None),
]


@pytest.mark.parametrize(("kind", "value", "due", "repetitions"), DUE)
def test_a_timer_is_due_in_the_zone_of_the_site(kind: str, value: object, due: str, repetitions: int | None) -> None:
    definition = timers.TimerDefinition(kind, static("x"))

    found = timers.schedule(definition, value, NOW, ZONE)

    assert (found.due, found.repetitions) == (dt.datetime.fromisoformat(due).replace(tzinfo=dt.UTC), repetitions)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("date", "soon"),
        ("date", None),
        ("date", "2026-13-01T00:00:00"),
        ("date", "2026-01-01T00:00:00@Nowhere/City"),
        ("duration", "P"),
        ("duration", "PT"),
        ("duration", "12"),
        ("duration", ["PT1H"]),
        ("duration", "P9999999999Y"),
        ("cycle", "R/PT0S"),
        ("cycle", "R0/PT1H"),
        ("cycle", "R3"),
        ("cycle", "0 9 * * MON"),
        ("cycle", "0 0 25 * * MON"),
        ("cycle", "PT1H"),
    ],
)
def test_what_is_no_time_is_a_failure(kind: str, value: object) -> None:
    definition = timers.TimerDefinition(kind, static("x"))

    with pytest.raises(Failure) as failure:
        timers.schedule(definition, value, NOW, ZONE)

    assert failure.value.code == f"bpmn.timer_{kind}_invalid"


def test_months_and_days_go_by_the_local_clock_and_hours_as_they_pass() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before_summer = dt.datetime(2026, 3, 28, 9, 0, tzinfo=berlin).astimezone(dt.UTC)

    assert timers.following("P1M", before_summer, berlin) == dt.datetime(2026, 4, 28, 7, 0, tzinfo=dt.UTC)
    assert timers.following("PT24H", before_summer, berlin) == dt.datetime(2026, 3, 29, 8, 0, tzinfo=dt.UTC)
