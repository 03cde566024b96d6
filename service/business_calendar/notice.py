"""The yearly notice of the State Council's General Office, read from its text as it is published.

What a sentence says is taken only when all of it is understood: a weekday that does not fit its date, a number of days
that does not fit the dates, a day both off and on, or dates in a sentence that says neither refuse the whole text. The
wording that is known (those of 2008 to 2026) stands in `notice_words.json`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

import regex

from service.business_calendar.years import Day, DayKind, Year, belongs
from service.errors import Invalid

LARGEST = 20_000  # characters; a notice has less than one thousand
_DAY = timedelta(days=1)


@cache
def words() -> dict[str, Any]:
    """Return the words that notices, workbooks and csv files of calendars use."""
    found: dict[str, Any] = json.loads((resources.files(__package__) / "notice_words.json").read_text("utf-8"))
    return found


def read_notice(text: str, source: str = "") -> Year:
    """Read a year from the text of its notice; `source` is its number where the text has none.

    Raises `Invalid` naming the sentence that cannot be understood, or what is missing.
    """
    if len(text) > LARGEST:
        raise Invalid("calendar_notice_too_long", limit=LARGEST)
    plain = "".join(unicodedata.normalize("NFKC", line).strip() + "\n" for line in text.splitlines())
    joined = regex.sub(r"\s+", "", plain)
    year = _year(joined)
    number = _source(text) or source.strip()
    if not number:
        raise Invalid("calendar_notice_source", year=year)
    items = list(_items(joined))
    if not items:
        raise Invalid("calendar_notice_empty", year=year)
    days: dict[date, Day] = {}
    for name, said in items:
        for sentence in filter(None, regex.split("[\u3002;]", said)):
            for day, kind in _sentence(sentence, year):
                if day in days and days[day].kind is not kind:
                    raise Invalid("calendar_notice_both", day=day.isoformat(), sentence=sentence)
                if not belongs(day, year):
                    raise Invalid("calendar_notice_other_year", day=day.isoformat(), year=year, sentence=sentence)
                days[day] = Day(kind, name)
    return Year(year, number, words()["title"].format(year=year), dict(sorted(days.items())))


def _year(text: str) -> int:
    for pattern in words()["year_patterns"]:
        found = regex.search(pattern, text)
        if found:
            return int(found[1])
    raise Invalid("calendar_notice_year")


def _source(text: str) -> str:
    found = regex.search(words()["source"], regex.sub(r"\s+", "", text))
    if found is None:
        return ""
    opened = regex.sub("[\\[(\uff08]", "\u3014", found[0])
    return regex.sub("[\\])\uff09]", "\u3015", opened)


def _items(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each holiday and what is said about it."""
    first = regex.search(words()["item"], text)
    if first is None:
        return
    # What follows the last holiday speaks of duty rosters, and is signed with a date.
    text = regex.split(words()["after"], text[first.start() :])[0]
    for found in regex.finditer(words()["item"], text):
        yield found["name"], found["text"]


def _sentence(sentence: str, year: int) -> Iterator[tuple[date, DayKind]]:
    known = words()
    if known["encouraged"] in sentence:
        return  # advice to employers, no day off
    places = list(regex.finditer(known["date"], sentence))
    if not places:
        return
    bare = regex.sub(r"\([^)]*\)", "", sentence)
    kinds = [kind for word, kind in ((known["off"], DayKind.HOLIDAY), (known["on"], DayKind.WORKDAY)) if word in bare]
    if len(kinds) != 1:
        raise Invalid("calendar_notice_sentence", sentence=sentence)
    days: list[date] = []
    before: date | None = None
    end = 0
    for place in places:
        day = _date(place, year, before, sentence)
        joined = sentence[end : place.start()]
        if before is not None and regex.fullmatch(known["range"], joined):
            if day <= before or (day - before).days > 31:
                raise Invalid("calendar_notice_range", sentence=sentence)
            days += [before + _DAY * number for number in range(1, (day - before).days + 1)]
        else:
            days.append(day)
        before, end = day, place.end()
    count = regex.search(known["count"], bare)
    if kinds == [DayKind.HOLIDAY] and count and int(count[1]) != len(days):
        raise Invalid("calendar_notice_count", sentence=sentence, said=int(count[1]), found=len(days))
    for day in days:
        yield day, kinds[0]


def _date(place: regex.Match[str], year: int, before: date | None, sentence: str) -> date:
    month = int(place["month"]) if place["month"] else before.month if before else 0
    own_year = int(place["year"]) if place["year"] else year
    try:
        day = date(own_year, month, int(place["day"]))
    except ValueError as error:
        raise Invalid("calendar_notice_date", found=place[0], sentence=sentence) from error
    said = regex.search(words()["weekday"], place["note"] or "")
    if said and said[1] not in words()["weekdays"][day.weekday()]:
        raise Invalid("calendar_notice_weekday", found=place[0], sentence=sentence)
    return day
