"""The FEEL functions that need nothing but a calendar; pure.

Dates may be given as dates, as dates and times (their day in the site's zone), or as the text of either, which is how
they stand in a scope. Where a calendar year is missing the value is null and the diagnostic names the year.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from service import feel
from service.business_calendar import Calendar
from service.errors import ServiceError
from service.feel import Value

NAMES = (
    "is working day",
    "add working days",
    "working days between",
    "working day due",
    "month due",
    "day due",
)


def calendar_functions(calendar: Callable[[], Calendar], zone: ZoneInfo) -> dict[str, feel.Function]:
    """Return the functions of `NAMES` by name; `calendar` is asked at each call."""

    def is_working_day(day: Value) -> Value:
        return calendar().is_working_day(day_of(day, zone))

    def add_working_days(start: Value, count: Value) -> Value:
        return feel.from_python(calendar().add_working_days(day_of(start, zone), whole_number(count)))

    def working_days_between(start: Value, end: Value) -> Value:
        return Decimal(calendar().working_days_between(day_of(start, zone), day_of(end, zone)))

    def working_day_due(start: Value, count: Value) -> Value:
        if start is None or count is None:
            return {"dueDate": None, "status": "insufficient"}
        try:
            number = whole_number(count)
            first = day_of(start, zone)
        except feel.Failure:
            return {"dueDate": None, "status": "data_error"}
        if number < 1:
            return {"dueDate": None, "status": "data_error"}
        due = calendar().working_day_due(first, number)
        return {"dueDate": feel.from_python(due.day), "status": due.status}

    def month_due(start: Value, months: Value) -> Value:
        return feel.from_python(calendar().month_due(day_of(start, zone), whole_number(months)))

    def day_due(start: Value, days: Value) -> Value:
        return feel.from_python(calendar().day_due(day_of(start, zone), whole_number(days)))

    return {
        function.name: function
        for function in (
            feel.Function("is working day", ("date",), guarded(is_working_day)),
            feel.Function("add working days", ("date", "days"), guarded(add_working_days)),
            feel.Function("working days between", ("from", "to"), guarded(working_days_between)),
            feel.Function("working day due", ("start", "days"), guarded(working_day_due)),
            feel.Function("month due", ("date", "months"), guarded(month_due)),
            feel.Function("day due", ("date", "days"), guarded(day_due)),
        )
    }


def guarded(call: Callable[..., Value]) -> Callable[..., Value]:
    """Make a rejection of the domain the diagnostic of a null."""

    def call_guarded(*arguments: Value) -> Value:
        try:
            return call(*arguments)
        except feel.Failure:
            raise
        except ServiceError as error:
            raise feel.Failure(error.code, **error.facts) from error

    return call_guarded


def day_of(value: Value, zone: ZoneInfo) -> date:
    if isinstance(value, str):
        value = feel.temporal.parse_date(value) or feel.temporal.parse_date_time(value) or value
    try:
        if isinstance(value, feel.Date):
            return value.to_date()
        if isinstance(value, feel.DateTime):
            return value.to_datetime(zone).astimezone(zone).date()
    except ValueError as error:
        raise feel.Failure("calendar_day_expected", found=feel.string(value)) from error
    raise feel.Failure("calendar_day_expected", found=feel.type_name(value))


def whole_number(value: Value) -> int:
    if isinstance(value, Decimal) and value == value.to_integral_value() and abs(value) <= 10_000:
        return int(value)
    raise feel.Failure("calendar_number_expected", found=feel.string(value))
