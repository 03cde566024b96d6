"""A new calendar year tells those whose deadlines it moves."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from service.auth import Actor
from service.business_calendar import Day, DayKind, Year, shipped_years, write_year
from service.casework import deadlines, notices
from service.casework.calendar_import import import_calendar, remind
from service.errors import Forbidden, Invalid
from service.runtime import audit
from tests.casework.conftest import Site

OWNER = Actor("owner", frozenset({"OWNER"}))


def _with_one_holiday_more(day: date) -> str:
    shipped = next(year for year in shipped_years() if year.number == day.year)
    days = {**shipped.days, day: Day(DayKind.HOLIDAY, "示例")}
    return write_year(Year(day.year, "示例号", "示例", days))


def test_the_investigators_learn_which_deadlines_moved(case: Site) -> None:
    with case.unit() as unit:
        row = deadlines.ensure(unit, case.key, str(case.subject()), "P-T05")
        before = row.due
        unit.commit()
    assert before is not None

    with case.unit(OWNER) as unit:
        imported = import_calendar(unit, _with_one_holiday_more(before), "year.csv")
        unit.commit()

    (moved,) = imported.moved
    assert moved.after is not None
    assert moved.after > before
    with case.unit() as unit:
        told = notices.of_case(unit, case.key)
        (entry, *_) = audit.search(unit).items
    assert {f"调查核实：由 {before} 改为 {moved.after}"} <= {notice.text for notice in told}
    assert entry.action == "calendar.apply"
    assert "deadline.recompute" in entry.effects


def test_a_calendar_that_moves_nothing_tells_nobody(case: Site) -> None:
    with case.unit(OWNER) as unit:
        imported = import_calendar(unit, _with_one_holiday_more(date(2023, 3, 1)), "year.csv")
        unit.commit()

    assert imported.moved == ()
    with case.unit() as unit:
        assert [notice for notice in notices.of_case(unit, case.key) if "日历" in notice.title] == []


def test_a_bad_file_changes_nothing(case: Site) -> None:
    with case.unit(OWNER) as unit, pytest.raises(Invalid):
        import_calendar(unit, "date,kind,name\n", "year.csv")
    with case.unit("invest1") as unit, pytest.raises(Forbidden):
        import_calendar(unit, _with_one_holiday_more(date(2025, 3, 3)), "year.csv")


def test_the_owners_are_told_once_that_next_years_calendar_is_missing(case: Site) -> None:
    last = max(year.number for year in shipped_years())

    def told(moment: datetime) -> int:
        case.clock.set(moment)
        with case.unit() as unit:
            count = remind(unit)
            unit.commit()
        return count

    assert told(datetime(last, 11, 30, 4, tzinfo=UTC)) == 0
    assert told(datetime(last, 12, 1, 4, tzinfo=UTC)) == 1
    assert told(datetime(last, 12, 2, 4, tzinfo=UTC)) == 0
    with case.unit("owner") as unit:
        [notice] = notices.of_actor(unit).items
    assert str(last + 1) in notice.title


def test_the_owners_are_told_once_that_a_time_limit_runs_beyond_the_calendar(case: Site) -> None:
    last = max(year.number for year in shipped_years())
    case.clock.set(datetime(last, 11, 20, 4, tzinfo=UTC))
    with case.unit() as unit:
        assert remind(unit) == 0
        assert deadlines.ensure(unit, case.key, str(case.subject()), "P-T05").due is None
        unit.commit()

    counts = []
    for _ in range(2):
        with case.unit() as unit:
            counts.append(remind(unit))
            unit.commit()

    assert counts == [1, 0]
    with case.unit("owner") as unit:
        [notice] = notices.of_actor(unit).items
    assert "没有届满日" in notice.text
