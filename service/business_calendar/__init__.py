"""Working days by the yearly notices of the State Council's General Office, and the dates counted in them.

Pure: a calendar is built from the years handed to it (`shipped_years` reads those that come with the product, an
administrator may import more), and a day of a year that is not among them has no answer. It raises
`CalendarMissing`; nothing here ever falls back to Monday to Friday, except `provisional`, whose result is a type of
its own so that it cannot be stored by mistake.
"""

from service.business_calendar.calendar import Calendar, CalendarMissing, Due
from service.business_calendar.notice import read_notice
from service.business_calendar.proposals import Proposal, propose
from service.business_calendar.provisional import ProvisionalDay, provisional
from service.business_calendar.workbook import read_workbook
from service.business_calendar.years import Day, DayKind, Year, read_year, shipped_years, write_year

__all__ = [
    "Calendar",
    "CalendarMissing",
    "Day",
    "DayKind",
    "Due",
    "Proposal",
    "ProvisionalDay",
    "Year",
    "propose",
    "provisional",
    "read_notice",
    "read_workbook",
    "read_year",
    "shipped_years",
    "write_year",
]
