"""One year of the calendar: which days the notice makes holidays and which rest days it makes working days.

The csv of a year opens with lines `# year: ...`, `# source: ...` and `# title: ...`, then `date,kind,name`, one line a
day that the notice names. Days that it does not name are working days from Monday to Friday and rest days at the
weekend. A notice may also name days of the December before (that of 2019 made 29 December 2018 a working day).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib import resources

from service.errors import Invalid

_COLUMNS = ("date", "kind", "name")


class DayKind(StrEnum):
    HOLIDAY = "holiday"
    WORKDAY = "workday"  # a weekend day on which is worked


@dataclass(frozen=True, slots=True)
class Day:
    kind: DayKind
    name: str  # of the holiday that it belongs to


@dataclass(frozen=True, slots=True)
class Year:
    number: int
    source: str  # number of the notice
    title: str
    days: Mapping[date, Day]  # only those that the notice names, in order; some may lie in the December before


def read_year(text: str, file: str) -> Year:
    """Read a year from csv.

    Raises `Invalid` naming the file and the line if the year or the source number is missing, a line is not a day,
    or a day stands twice or does not belong to the year's notice.
    """
    head: dict[str, str] = {}
    rows: list[tuple[int, str]] = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if line.startswith("#"):
            name, _, value = line[1:].partition(":")
            head[name.strip()] = value.strip()
        elif line.strip():
            rows.append((number, line))
    if not head.get("source"):
        raise Invalid("calendar_source_missing", file=file)
    if not re.fullmatch(r"\d{4}", head.get("year", "")):
        raise Invalid("calendar_year_missing", file=file)
    year = int(head["year"])
    if not rows or tuple(next(csv.reader([rows[0][1]]))) != _COLUMNS:
        raise Invalid("calendar_columns", file=file, columns=",".join(_COLUMNS))
    days: dict[date, Day] = {}
    for number, line in rows[1:]:
        day, entry = _read_day(line, file, number)
        if day in days:
            raise Invalid("calendar_day_twice", file=file, line=number, day=day.isoformat())
        if not belongs(day, year):
            raise Invalid("calendar_day_of_other_year", file=file, line=number, day=day.isoformat(), year=year)
        days[day] = entry
    return Year(year, head["source"], head.get("title", ""), dict(sorted(days.items())))


def write_year(year: Year) -> str:
    """Return the csv from which `read_year` reads the same year."""
    text = io.StringIO()
    text.write(f"# year: {year.number}\n# source: {year.source}\n# title: {year.title}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows((day.isoformat(), entry.kind, entry.name) for day, entry in year.days.items())
    return text.getvalue()


def belongs(day: date, year: int) -> bool:
    """Whether the notice of a year may name a day: one of its own, or of the December before."""
    return day.year == year or (day.year, day.month) == (year - 1, 12)


def shipped_years() -> tuple[Year, ...]:
    """Return the years that come with the product, in order."""
    folder = resources.files(__package__) / "years"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".csv")), key=lambda file: file.name)
    return tuple(read_year(file.read_text("utf-8"), file.name) for file in files)


def _read_day(line: str, file: str, number: int) -> tuple[date, Day]:
    cells = next(csv.reader([line]))
    try:
        text, kind, name = (cell.strip() for cell in cells)
        return date.fromisoformat(text), Day(DayKind(kind), name)
    except ValueError as error:
        raise Invalid("calendar_line", file=file, line=number, text=line) from error
