"""The site's working day calendar: the years that come with the product and those imported here."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import datetime

from service import auth, business_calendar, store
from service.auth import Permission
from service.business_calendar import Calendar, Year
from service.runtime import audit
from service.runtime.unit import UnitOfWork


class _Loaded:
    """The calendar of one unit of work, loaded when first asked for."""

    order = 10

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._calendar: Calendar | None = None

    @property
    def calendar(self) -> Calendar:
        if self._calendar is None:
            rows = store.deadlines.calendar_years(self._unit.session)
            self._calendar = _calendar(tuple((row.text, str(row.year)) for row in rows))
        return self._calendar

    def forget(self) -> None:
        self._calendar = None

    def write(self) -> None: ...

    def committed(self) -> None: ...

    def dropped(self) -> None: ...


def calendar(unit: UnitOfWork) -> Calendar:
    """Return the calendar as this unit of work sees it; of a year shipped and imported the import counts."""
    return unit.part(_Loaded).calendar


@dataclass(frozen=True, slots=True)
class Known:
    """A year of the calendar, and whence it came."""

    year: Year
    imported_by: str | None = None  # None: it came with the product
    imported_at: datetime | None = None


def known_years(unit: UnitOfWork) -> tuple[Known, ...]:
    """Return the years that count at this site, in order."""
    found = {year.number: Known(year) for year in _shipped()}
    for row in store.deadlines.calendar_years(unit.session):
        year = business_calendar.read_year(row.text, str(row.year))
        found[row.year] = Known(year, row.imported_by, row.imported_at)
    return tuple(known for _, known in sorted(found.items()))


def import_year(unit: UnitOfWork, text: str, file: str) -> Year:
    """Take a year's calendar from csv; it replaces what was known of that year.

    Open deadlines are not recounted here: call `deadlines.recompute` in the same unit of work.
    Raises `Forbidden`, and `Invalid` for text that is no calendar year.
    """
    auth.require(unit.actor, Permission.IMPORT_CALENDAR)
    year = business_calendar.read_year(text, file)
    row = store.deadlines.CalendarYear(
        key=unit.new_key(),
        year=year.number,
        source=year.source,
        text=business_calendar.write_year(year),
        imported_by=unit.actor.name,
        imported_at=unit.now,
    )
    before = calendar(unit).version
    store.deadlines.add(unit.session, row)
    unit.part(_Loaded).forget()
    audit.record(
        unit,
        "calendar.import",
        ("calendar_year", year.number),
        before={"version": before},
        after={"source": year.source, "days": len(year.days), "version": calendar(unit).version},
    )
    return year


@functools.cache
def _shipped() -> tuple[Year, ...]:
    return business_calendar.shipped_years()


# Few sites import more than a year twice; the calendar is shared because it never changes.
@functools.lru_cache(maxsize=8)
def _calendar(imported: tuple[tuple[str, str], ...]) -> Calendar:
    years = {year.number: year for year in _shipped()}
    years.update((year.number, year) for year in (business_calendar.read_year(*entry) for entry in imported))
    return Calendar(years.values())
