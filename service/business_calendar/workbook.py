"""A year of the calendar from a workbook: rows of date, kind and name, in English or Chinese; rows above tell more."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from service.business_calendar.notice import words
from service.business_calendar.years import Day, DayKind, Year, belongs
from service.errors import Invalid

MOST_ROWS = 1_000


def read_workbook(content: bytes, file: str, source: str = "") -> Year:
    """Read a year from the first sheet of an xlsx file; `source` is the notice's number where the sheet has none.

    Raises `Invalid` naming the row that is no day, the day that stands twice or is off and on, or what is missing.
    """
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = [list(row) for row in book.worksheets[0].iter_rows(max_row=MOST_ROWS, max_col=8, values_only=True)]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise Invalid("calendar_workbook_unreadable", file=file) from error
    head = {"source": source.strip(), "title": "", "year": ""}
    columns: dict[str, int] | None = None
    days: dict[date, Day] = {}
    for number, row in enumerate(rows, 1):
        cells = [_text(cell) for cell in row]
        if not any(cells):
            continue
        if columns is None:
            columns = _columns(cells)
            if columns is None:
                _read_head(cells, head)
            continue
        day, entry = _day(row, columns, file, number)
        if day in days:
            raise Invalid("calendar_day_twice", file=file, line=number, day=day.isoformat())
        days[day] = entry
    if columns is None:
        raise Invalid("calendar_columns", file=file, columns=", ".join(words()["columns"]))
    if not days:
        raise Invalid("calendar_workbook_empty", file=file)
    if not head["source"]:
        raise Invalid("calendar_source_missing", file=file)
    year = int(head["year"]) if head["year"].isascii() and head["year"].isdecimal() else max(days).year
    for day in days:
        if not belongs(day, year):
            raise Invalid("calendar_day_of_other_year", file=file, line=0, day=day.isoformat(), year=year)
    title = head["title"] or words()["title"].format(year=year)
    return Year(year, head["source"], title, dict(sorted(days.items())))


def _columns(cells: list[str]) -> dict[str, int] | None:
    found = {
        name: index
        for index, cell in enumerate(cells)
        for name, known in words()["columns"].items()
        if cell.lower() in known
    }
    return found if found.keys() == words()["columns"].keys() else None


def _read_head(cells: list[str], head: dict[str, str]) -> None:
    for name, known in words()["head"].items():
        if cells[0].strip("#: \uff1a").lower() in known and len(cells) > 1 and cells[1]:
            head[name] = cells[1]


def _day(row: list[Any], columns: dict[str, int], file: str, number: int) -> tuple[date, Day]:
    value = row[columns["date"]]
    kind = _text(row[columns["kind"]]).lower()
    found = next((DayKind(name) for name, known in words()["kinds"].items() if kind in known), None)
    try:
        day = value.date() if isinstance(value, datetime) else date.fromisoformat(_text(value).replace("/", "-"))
        if found is None:
            raise ValueError(kind)
    except ValueError as error:
        said = " ".join(_text(cell) for cell in row).strip()
        raise Invalid("calendar_line", file=file, line=number, text=said) from error
    return day, Day(found, _text(row[columns["name"]]))


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()
