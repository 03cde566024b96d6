"""What the domain adds to FEEL, called as an expression calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from service import feel
from service.auth import SYSTEM
from service.business_calendar import Calendar, shipped_years
from service.casework import calendar_functions, deadlines
from service.casework.functions import FUNCTIONS
from service.feel import Value
from service.runtime.engine import Engine
from service.runtime.unit import InstanceContext, Plugins, UnitOfWork
from tests.conftest import NOON

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(shipped_years())

PURE: list[tuple[str, str, str | None]] = [
    # expression, string of the value, code of the diagnostic
    ('is working day(date("2026-10-10"))', "true", None),
    ('is working day("2026-10-05")', "false", None),
    ('is working day(date and time("2026-10-05T17:00:00Z"))', "false", None),
    ('is working day("2026-02-13T23:30:00Z")', "true", None),  # already Saturday the 14th here, which is worked
    ('add working days("2026-02-13", 5)', "2026-02-27", None),
    ('add working days(date("2026-10-10"), -1)', "2026-10-09", None),
    ('working days between("2026-03-13", "2026-03-20")', "5", None),
    ('working days between("2026-03-20", "2026-03-13")', "-5", None),
    ('working day due("2026-02-13", 5).dueDate', "2026-02-27", None),
    ('working day due("2026-02-13", 5).status', "ok", None),
    ('working day due("2026-12-31", 1)', '{dueDate: null, status: "calendar_missing"}', None),
    ("working day due(null, 1)", '{dueDate: null, status: "insufficient"}', None),
    ('working day due("2026-02-13", 0.5)', '{dueDate: null, status: "data_error"}', None),
    ('month due("2026-01-31", 1)', "2026-02-28", None),
    ('day due("2026-01-16", 30)', "2026-02-24", None),
    ('add working days("2026-12-31", 1)', "null", "calendar_missing"),
    ('add working days("tomorrow", 1)', "null", "calendar_day_expected"),
    ('add working days("2026-03-10", 1.5)', "null", "calendar_number_expected"),
    ('add working days("2026-03-10", 1000000)', "null", "calendar_number_expected"),
    ('add working days(date("9999-12-31"), 1)', "null", "calendar_missing"),
    ("month due(null, 1)", "null", "calendar_day_expected"),
]


def run(text: str, functions: Mapping[str, feel.Function]) -> feel.Result:
    expression = feel.parse(text, FUNCTIONS.names)
    return expression.evaluate({}, feel.Environment(now=NOON, zone=ZONE, functions=functions))


@pytest.mark.parametrize(("text", "expected", "code"), PURE)
def test_calendar_function(text: str, expected: str, code: str | None) -> None:
    result = run(text, calendar_functions.calendar_functions(lambda: CALENDAR, ZONE))

    assert feel.string(result.value) == expected
    assert code is None or code in [diagnostic.code for diagnostic in result.diagnostics]


@pytest.fixture
def site(sqlite_url: str, open_engine: Callable[..., Engine]) -> Engine:
    return open_engine(sqlite_url, Plugins(functions=FUNCTIONS))


def evaluate(unit: UnitOfWork, text: str, case: str | None = "42", subject: Value = None) -> feel.Result:
    variables: dict[str, Value] = {"subject": {"key": subject}} if subject else {}
    return run(text, FUNCTIONS.functions(unit, InstanceContext(1, 1, case, variables)))


CASE: list[tuple[str, str, str | None]] = [
    ('string(deadline("P-T05"))', "2025-07-22T23:59:59", None),
    ('string(deadline("P-T05", -5))', "2025-07-15T00:00:00", None),
    ('string(deadline("P-T14"))', "2025-07-10T23:59:59", None),
    ('string(deadline("P-T05", parameter("P-T17").L2))', "2025-07-30T00:00:00", None),
    ('overdue working days("P-T05")', "null", None),
    ('parameter("P-T05")', "30", None),
    ('parameter("P-ADV-01")', "off", None),
    ('parameter("P-T99")', "null", "parameter_unknown"),
    ("parameter(1)", "null", "parameter_id_expected"),
    ('deadline("P-T17")', "null", "deadline_no_length"),
    ('deadline("P-T05", 0.5)', "null", "calendar_number_expected"),
]


@pytest.mark.parametrize(("text", "expected", "code"), CASE)
def test_case_function(site: Engine, text: str, expected: str, code: str | None) -> None:
    with site.unit(SYSTEM) as unit:
        result = evaluate(unit, text)

    assert feel.string(result.value).startswith(expected)
    assert code is None or code in [diagnostic.code for diagnostic in result.diagnostics]


def test_a_deadline_is_tied_to_what_uses_it(site: Engine) -> None:
    with site.unit(SYSTEM) as unit:
        evaluate(unit, 'deadline("P-T05", -5)', subject="7")
        row = deadlines.required(unit, 42, "7", "P-T05")

        assert [(link.deadline_key, link.offset) for link in unit.links] == [(row.key, -5)]


def test_each_subject_has_a_deadline_of_its_own(site: Engine) -> None:
    with site.unit(SYSTEM) as unit:
        for subject in ("7", "8", None):
            evaluate(unit, 'deadline("P-T05")', subject=subject)

        assert [row.subject_key for row in deadlines.of_case(unit, 42)] == ["7", "8", ""]


def test_without_a_case_there_is_no_deadline(site: Engine) -> None:
    with site.unit(SYSTEM) as unit:
        result = evaluate(unit, 'deadline("P-T05")', case=None)

    assert result.value is None
    assert "deadline_without_case" in [diagnostic.code for diagnostic in result.diagnostics]


def test_reading_opens_no_deadline(site: Engine) -> None:
    with site.reading(SYSTEM) as unit:
        result = evaluate(unit, 'deadline("P-T05")')

    assert result.value is None
    assert "deadline_not_open" in [diagnostic.code for diagnostic in result.diagnostics]


@pytest.mark.parametrize(
    ("start", "expected"), [(date(2025, 6, 10), -5), (date(2025, 6, 3), 0), (date(2025, 5, 26), 5)]
)
def test_overdue_working_days_of_a_deadline(site: Engine, start: date, expected: int) -> None:
    with site.unit(SYSTEM) as unit:
        deadlines.open_anew(unit, 42, "", "P-T02", start)  # five working days

        assert evaluate(unit, 'overdue working days("P-T02")').value == expected
