"""The sheet of a deadline counts as the deadline does, and says of each day why."""

from __future__ import annotations

import io
from datetime import date, timedelta

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.business_calendar import Calendar, CalendarMissing, shipped_years
from service.casework import deadline_sheets, deadlines
from service.casework.deadline_sheets import Why, lines
from service.casework.deadlines import Extension, Length, Pause, due_day
from service.casework.parameters import LengthUnit
from service.errors import NotFound
from tests.casework.conftest import Site

CALENDAR = Calendar(shipped_years())
STARTS = st.dates(date(2023, 1, 1), date(2026, 6, 30))
UNITS = st.sampled_from(list(LengthUnit))


@st.composite
def pauses_after(draw: st.DrawFn, start: date) -> list[Pause]:
    found = []
    for _ in range(draw(st.integers(0, 2))):
        begin = start + timedelta(days=draw(st.integers(0, 40)))
        if found and found[-1].end is not None and begin < found[-1].end:
            continue
        found.append(Pause(begin, begin + timedelta(days=draw(st.integers(0, 20))), "鉴定"))
    return found


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_sheet_ends_on_the_due_day_whatever_is_counted(data: st.DataObject) -> None:
    start = data.draw(STARTS)
    unit = data.draw(UNITS)
    amount = data.draw(st.integers(1, 3 if unit is LengthUnit.MONTH else 40))
    length = Length(amount, unit, data.draw(st.sampled_from([None, 1, 2])))
    pauses = data.draw(pauses_after(start))
    extensions = [Extension(data.draw(st.integers(1, 5)), data.draw(UNITS))] if data.draw(st.booleans()) else []
    try:
        due = due_day(CALENDAR, start, length, pauses, extensions)
    except CalendarMissing:
        return

    counted = list(lines(CALENDAR, start, length, pauses, extensions))

    assert counted[-1].day == due
    assert counted[0].why is Why.START
    days = [line.day for line in counted if line.why is not Why.CAPPED]
    assert days == [start + timedelta(days=number) for number in range(len(days))]
    assert all(not any(pause.holds(line.day) for pause in pauses) for line in counted if line.counts)


def test_spring_festival_is_told_day_by_day() -> None:
    found = {line.day: line for line in lines(CALENDAR, date(2026, 2, 12), Length(5, LengthUnit.WORKING_DAY))}

    assert [(day.isoformat(), line.why.value, line.number) for day, line in found.items()] == [
        ("2026-02-12", "start", None),
        ("2026-02-13", "working", 1),
        ("2026-02-14", "workday", 2),
        *((f"2026-02-{day}", "holiday", None) for day in range(15, 24)),
        ("2026-02-24", "working", 3),
        ("2026-02-25", "working", 4),
        ("2026-02-26", "working", 5),
    ]
    assert found[date(2026, 2, 14)].detail == "春节"


def test_an_end_on_a_day_of_rest_moves_on_and_says_so() -> None:
    found = list(lines(CALENDAR, date(2026, 9, 1), Length(1, LengthUnit.MONTH)))

    assert found[-1].day == date(2026, 10, 8)
    assert {line.why for line in found[-7:]} == {Why.MOVED}
    assert found[-1].detail == "国庆节"


def test_a_lasting_pause_ends_the_sheet_today() -> None:
    today = date(2026, 3, 20)
    for unit in LengthUnit:
        found = list(
            lines(CALENDAR, date(2026, 3, 2), Length(10, unit), [Pause(date(2026, 3, 4), None, "补正")], (), today)
        )

        assert found[-1].day == today
        assert found[-1].why is Why.PAUSED
        assert found[-1].detail == "补正"


def test_a_missing_year_is_named_where_the_counting_stops() -> None:
    found = list(lines(CALENDAR, date(2026, 12, 28), Length(10, LengthUnit.WORKING_DAY)))

    assert found[-1].why is Why.MISSING
    assert found[-1].day == date(2027, 1, 1)


def test_the_document_lists_days_pauses_and_extensions(case: Site) -> None:
    with case.unit() as unit:
        row = deadlines.ensure(unit, case.key, str(case.subject()), "P-T05")
        unit.commit()
    case.later(days=2)
    with case.unit() as unit:
        row = deadlines.required(unit, case.key, str(case.subject()), "P-T05")
        deadlines.pause(unit, row, "等待鉴定")
        unit.commit()
    case.later(days=3)
    with case.unit() as unit:
        row = deadlines.required(unit, case.key, str(case.subject()), "P-T05")
        deadlines.resume(unit, row)
        deadlines.extend(unit, row, "案情复杂")
        unit.commit()

    with case.unit("lead") as unit:
        rendered = deadline_sheets.rendered(unit, case.key, row.key)
        with pytest.raises(NotFound):
            deadline_sheets.sheet(unit, case.key + 1, row.key)

    tables = docx.Document(io.BytesIO(rendered.content)).tables
    said = [[cell.text for cell in line.cells] for table in tables for line in table.rows]
    assert ["2026年3月4日", "2026年3月7日", "等待鉴定"] in said
    assert any("案情复杂" in cells for cells in said)
    assert ["2026-03-05", "星期四", "不计", "–", "暂停（等待鉴定）"] in said
    assert row.due is not None
    assert said[-1][0] == row.due.isoformat()
    assert said[-1][3] == "45"
