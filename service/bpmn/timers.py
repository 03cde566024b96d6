"""When a timer is due: dates, durations, ISO cycles and Spring cron, in the site's zone where they name none."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import croniter
from croniter.croniter import CroniterError

from service import feel
from service.bpmn.expressions import Expression
from service.bpmn.failure import Failure
from service.feel import Value

KIND = "EXTRACT_VALUE_ERROR"

# The due moment of a timer whose deadline has none yet.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TimerDefinition:
    kind: str  # date | duration | cycle
    expression: Expression


@dataclass(frozen=True, slots=True)
class Schedule:
    """The first due moment of a timer, in UTC, and how it goes on."""

    due: datetime
    repetitions: int | None = 0  # left after this one; None: endless
    interval: str | None = None  # ISO duration, or cron text


@dataclass(frozen=True, slots=True)
class Period:
    """An ISO 8601 duration: months and the rest, as the calendar needs them apart."""

    months: int
    rest: timedelta

    def after(self, moment: datetime) -> datetime:
        """`moment` moved by the period; the last day of a shorter month stands for a missing one."""
        if self.months:
            index = moment.year * 12 + moment.month - 1 + self.months
            year, month = divmod(index, 12)
            day = min(moment.day, monthrange(year, month + 1)[1])
            moment = moment.replace(year=year, month=month + 1, day=day)
        return moment + self.rest


_PERIOD = re.compile(
    r"(?P<sign>-)?P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


def period(text: str) -> Period | None:
    """An ISO duration, or None for other text."""
    match = _PERIOD.fullmatch(text.strip())
    if match is None or not any(value for name, value in match.groupdict().items() if name != "sign"):
        return None
    part = {name: float(value or 0) for name, value in match.groupdict().items() if name != "sign"}
    sign = -1 if match["sign"] else 1
    try:
        rest = timedelta(
            days=part["days"] + 7 * part["weeks"],
            hours=part["hours"],
            minutes=part["minutes"],
            seconds=part["seconds"],
        )
    except OverflowError:
        return None
    return Period(sign * int(part["years"] * 12 + part["months"]), sign * rest)


def moment(value: Value, zone: ZoneInfo) -> datetime | None:
    """A date and time in UTC from a FEEL value or its text; a date alone is its first moment. None for others."""
    text = _text(value)
    if text is None:
        return None
    text, _, name = text.strip().partition("@")
    try:
        where = ZoneInfo(name) if name else zone
        if len(text) == 10:
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=where).astimezone(UTC)
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=where)).astimezone(UTC)
    except (ValueError, OverflowError, ZoneInfoNotFoundError):
        return None


def due_date(value: Value, now: datetime, zone: ZoneInfo) -> datetime | None:
    """A due or follow-up date: a moment, or a duration from now. None for anything else."""
    found = moment(value, zone)
    if found is None and (text := _text(value)) is not None and (length := period(text)) is not None:
        return _after(length, now, zone)
    return found


def schedule(definition: TimerDefinition, value: Value, now: datetime, zone: ZoneInfo) -> Schedule:
    """The first due moment for the value of a timer's expression. Raises `Failure`."""
    text = _text(value)
    if text is not None:
        match definition.kind:
            case "date":
                if (due := moment(text, zone)) is not None:
                    return Schedule(due)
            case "duration":
                if (length := period(text)) is not None and (due := _after(length, now, zone)) is not None:
                    return Schedule(due)
                # Camunda reads a moment where a FEEL expression gives one
                if (due := moment(text, zone)) is not None:
                    return Schedule(due)
            case _:
                if (found := _cycle(text, now, zone)) is not None:
                    return found
    raise Failure(
        KIND, f"bpmn.timer_{definition.kind}_invalid", expression=definition.expression.text, value=text or "null"
    )


def following(interval: str, due: datetime, zone: ZoneInfo) -> datetime | None:
    """The due moment after `due`; None when the calendar ends."""
    length = period(interval)
    if length is not None:
        return _after(length, due, zone)
    return _cron(interval, due, zone)


def is_cron(text: str) -> bool:
    """Six fields with seconds first, as Spring and Camunda write them, or a macro such as `@daily`."""
    return _cron(text, datetime(2025, 1, 1, tzinfo=UTC), ZoneInfo("UTC")) is not None


def is_cycle(text: str) -> bool:
    return _cycle(text, datetime(2025, 1, 1, tzinfo=UTC), ZoneInfo("UTC")) is not None


def _after(length: Period, start: datetime, zone: ZoneInfo) -> datetime | None:
    try:
        # Months and days are the calendar's, so they are counted on the local clock; hours pass as they pass.
        local = Period(length.months, timedelta(0)).after(start.astimezone(zone))
        return local.astimezone(UTC) + length.rest
    except (OverflowError, ValueError):
        return None


def _cycle(text: str, now: datetime, zone: ZoneInfo) -> Schedule | None:
    text = text.strip()
    if not text.startswith("R"):
        due = _cron(text, now, zone)
        return None if due is None else Schedule(due, None, text)
    head, *rest = text.split("/")
    count = head[1:]
    if (count and not re.fullmatch(r"-?\d+", count)) or not 1 <= len(rest) <= 2:
        return None
    repetitions = int(count) - 1 if count and int(count) >= 0 else None
    if repetitions is not None and repetitions < 0:
        return None
    length = period(rest[-1])
    if length is None or length.after(datetime(2025, 1, 1, tzinfo=UTC)) <= datetime(2025, 1, 1, tzinfo=UTC):
        return None
    due = moment(rest[0], zone) if len(rest) == 2 else _after(length, now, zone)
    return None if due is None else Schedule(due, repetitions, rest[-1])


_MACROS = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}


def _cron(text: str, after: datetime, zone: ZoneInfo) -> datetime | None:
    text = _MACROS.get(text.strip(), text).replace("?", "*")
    if len(text.split()) != 6:
        return None
    try:
        found = croniter(text, after.astimezone(zone), second_at_beginning=True).get_next(datetime)
    except (CroniterError, ValueError, KeyError, OverflowError):
        return None
    return found.astimezone(UTC)


def _text(value: Value) -> str | None:
    if value is None or isinstance(value, (bool, list, dict)):
        return None
    return value if isinstance(value, str) else feel.string(value)
