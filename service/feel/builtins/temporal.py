"""Functions of dates and times. DMN 1.5, 10.3.4.6, 10.3.4.7 (now, today) and 10.3.4.9 (is)."""

from __future__ import annotations

from decimal import Decimal

from service.feel import temporal, values
from service.feel.builtins.signature import builtin, table
from service.feel.diagnostics import Failure
from service.feel.evaluation import Run
from service.feel.temporal import Date, DateTime
from service.feel.values import Value

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def now(run: Run) -> DateTime:
    """The evaluation's moment, in the zone of the site."""
    environment = run.environment
    return temporal.from_datetime(environment.now.astimezone(environment.zone))


def today(run: Run) -> Date:
    return now(run).date


def day_of_week(value: Value) -> str:
    return _WEEKDAYS[_day(value).weekday - 1]


def day_of_year(value: Value) -> Decimal:
    day = _day(value)
    return Decimal(day.ordinal - Date(day.year, 1, 1).ordinal + 1)


def month_of_year(value: Value) -> str:
    return _MONTHS[_day(value).month - 1]


def week_of_year(value: Value) -> Decimal:
    """The week by ISO 8601: that of the Thursday of the same week."""
    day = _day(value)
    thursday = temporal.from_ordinal(day.ordinal - day.weekday + 4) or day
    return Decimal((thursday.ordinal - Date(thursday.year, 1, 1).ordinal) // 7 + 1)


def is_(value1: Value, value2: Value) -> bool:
    return values.is_same(value1, value2)


def last_day_of_month(value: Value) -> Date:
    """An extension of Camunda."""
    day = _day(value)
    return Date(day.year, day.month, temporal.days_in_month(day.year, day.month))


def _day(value: Value) -> Date:
    match value:
        case Date():
            return value
        case DateTime():
            return value.date
        case [single]:
            return _day(single)
    raise Failure("feel_argument_type", argument="date", expected="date", type=values.type_name(value))


FUNCTIONS = table(
    builtin("now", now, wants_run=True),
    builtin("today", today, wants_run=True),
    builtin("day of week", day_of_week, "date: any"),
    builtin("day of year", day_of_year, "date: any"),
    builtin("month of year", month_of_year, "date: any"),
    builtin("week of year", week_of_year, "date: any"),
    builtin("last day of month", last_day_of_month, "date: any"),
    builtin("is", is_, "value1: any?", "value2: any?"),
)
