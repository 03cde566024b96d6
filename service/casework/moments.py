"""Moments as records keep them: text with an offset, a plain date, or FEEL text with a zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import regex

from service import feel

_MINUTES = regex.compile(r"(?<=T\d{2}:\d{2})(?=[Z+@-]|$)")  # where forms leave the seconds out


def text(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment as forms show it: to the second, with the offset of the site's zone."""
    return moment.astimezone(zone).isoformat(timespec="seconds")


def read(value: object, zone: ZoneInfo) -> datetime | None:
    """Return the aware moment of a record's text, None if it is empty or none; a date is its beginning in the zone."""
    if not isinstance(value, str) or not value:
        return None
    day = feel.temporal.parse_date(value)
    if day is not None:
        value = f"{value}T00:00:00"
    found = feel.temporal.parse_date_time(_MINUTES.sub(":00", value))
    if found is None:
        return None
    try:
        return found.to_datetime(zone)
    except ValueError:
        return None


def tidy(value: feel.Value, zone: ZoneInfo) -> feel.Value:
    """Return FEEL text with a named zone (`...@Asia/Shanghai`) with an offset instead, as forms and pages read it."""
    if not isinstance(value, str) or "@" not in value:
        return value
    moment = read(value, zone)
    return value if moment is None else text(moment, zone)
