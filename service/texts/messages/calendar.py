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
}
