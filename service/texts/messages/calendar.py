"""What service.business_calendar has to say, in English, which is the msgid of the catalogues."""

MESSAGES: dict[str, str] = {
    "calendar_missing": "The working day calendar of {year} has not been imported; import the yearly notice of the "
    "State Council's General Office first.",
    "calendar_source_missing": "{file}: the line “# source:” with the number of the notice is missing.",
    "calendar_year_missing": "{file}: the line “# year:” with a year of four digits is missing.",
    "calendar_columns": "{file}: the table must have the columns {columns}.",
    "calendar_line": "{file}, line {line}: “{text}” is not a date, holiday or workday, and a name.",
    "calendar_day_twice": "{file}, line {line}: {day} stands twice.",
    "calendar_day_of_other_year": "{file}, line {line}: {day} belongs neither to {year} nor to the December before.",
    "calendar_nothing_sent": "Paste the text of the notice or choose a file.",
    "calendar_notice_too_long": "The text is far longer than a notice: at most {limit} characters. Paste the "
    "notice alone.",
    "calendar_notice_year": "The text does not say of which year it is; paste the notice with its title or "
    "its first paragraph.",
    "calendar_notice_source": "The number of the notice of {year} is missing in the text; enter it in the "
    "field for it.",
    "calendar_notice_empty": "The notice of {year} names no holiday that can be read: lines like “name: "
    "dates” are expected, numbered as in the notice.",
    "calendar_notice_both": "{day} is both off and on (“{sentence}”).",
    "calendar_notice_other_year": "{day} belongs neither to {year} nor to the December before (“{sentence}”).",
    "calendar_notice_sentence": "It cannot be told whether these days are off or on: “{sentence}”.",
    "calendar_notice_range": "These dates do not follow one another: “{sentence}”.",
    "calendar_notice_count": "“{sentence}” says {said} days and names {found}.",
    "calendar_notice_date": "There is no day {found} (“{sentence}”).",
    "calendar_notice_weekday": "{found} falls on another weekday (“{sentence}”).",
    "calendar_workbook_unreadable": "{file} is no workbook that can be read; save it as .xlsx.",
    "calendar_workbook_empty": "{file} names no day.",
    "calendar_proposal_source": "A proposal for {year} needs the number of the official notice: without a "
    "notice there is no calendar.",
    "calendar_proposal_year": "Nothing can be proposed for {year}: a year from 2004 to 2100 is expected.",
}
