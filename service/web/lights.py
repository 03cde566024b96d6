"""Deadline lights: colour, shape and words of a due moment, counted in working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from service.business_calendar import Calendar, CalendarMissing
from service.web import words

WARNING_WORKING_DAYS = 3


@dataclass(frozen=True, slots=True)
class Light:
    colour: str  # red, amber, green, grey, blue: also the class of the tag
    shape: str
    words: str


RED, AMBER, GREEN, GREY, BLUE = "\u25a0", "\u25b2", "\u25cf", "\u2016", "\u2713"


def of_due(due: datetime | None, now: datetime, calendar: Calendar, zone: ZoneInfo) -> Light | None:
    """Return the light of an open deadline; None without a due moment.

    A due moment belongs to the day that ends with it: midnight is 24:00 of the day before.
    """
    return None if due is None else of_day(due_day(due, zone), now.astimezone(zone).date(), calendar)


def of_day(last: date, today: date, calendar: Calendar) -> Light:
    """Return the light of an open deadline by its last day."""
    try:
        if today > last:
            days = calendar.overdue_working_days(last, today)
            if days == 0:
                # Past the day, but no working day has gone by since: late all the same.
                return Light("red", RED, words.gettext("overdue since %(day)s", day=last.isoformat()))
            return Light("red", RED, words.ngettext("%(num)s working day over", "%(num)s working days over", days))
        if today == last:
            return Light("amber", AMBER, words.gettext("due today"))
        left = calendar.working_days_between(today, last)
    except CalendarMissing:
        # No notice for that year yet: a count would be a guess, the date is not.
        return Light("grey", GREY, words.gettext("due %(day)s", day=last.isoformat()))
    text = words.ngettext("%(num)s working day left", "%(num)s working days left", left)
    return Light("amber", AMBER, text) if left <= WARNING_WORKING_DAYS else Light("green", GREEN, text)


def stopped() -> Light:
    """Return the light of a deadline whose clock stands still."""
    return Light("grey", GREY, words.gettext("clock stopped"))


def finished(on_time: bool) -> Light:
    """Return the light of a finished deadline, in time or late."""
    return Light("blue", BLUE, words.gettext("finished in time") if on_time else words.gettext("finished late"))


def missing() -> Light:
    """Return the light of a deadline without a due day: the holiday notice of its year is not imported."""
    return Light("grey", GREY, words.gettext("calendar of the year is missing"))


def due_day(due: datetime, zone: ZoneInfo) -> date:
    """Return the day at whose end a deadline ends."""
    local = due.astimezone(zone)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return (local - timedelta(seconds=1)).date()
    return local.date()
