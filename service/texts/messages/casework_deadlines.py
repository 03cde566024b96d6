"""What the deadlines, parameters and calendars of service.casework have to say; English is the msgid."""

MESSAGES: dict[str, str] = {
    "calendar_missing_title": "The working day calendar of {year} is missing",
    "calendar_missing_soon": "The year ends this month and the calendar of {year} has not been imported. Import the "
    "notice of the State Council's General Office under Calendar.",
    "calendar_missing_waiting": "{count} time limits run into {year}, whose calendar has not been imported: they "
    "have no last day. Import the notice of the State Council's General Office under Calendar.",
    "calendar_day_expected": "A date was expected, {found} was given.",
    "calendar_number_expected": "A whole number was expected, {found} was given.",
    "deadline_without_case": "A deadline belongs to a case; start the process with the case's key as business key.",
    "deadline_not_open": "The deadline {parameter} is not open.",
    "deadline_no_due_day": "The deadline {parameter} has no due day now: it is paused, or a calendar year is not "
    "imported.",
    "deadline_calendar_missing": "The longest extension of the deadline {parameter} reaches into {year}, whose "
    "calendar is not imported; import it first.",
    "deadline_no_length": "The parameter {parameter} is no time limit.",
    "deadline_state": "The deadline {parameter} is {state}; this needs one that is {expected}.",
    "deadline_extended_already": "The deadline {parameter} may be extended {allowed} times, which is used up.",
    "deadline_run_out": "The deadline {parameter} ran out on {due}; an extension has to be asked for before.",
    "deadline_reason_missing": "State why the deadline {parameter} is extended.",
    "deadline_until_too_early": "The deadline {parameter} cannot be extended to {until}: that is not after the present "
    "due day.",
    "deadline_until_too_late": "The deadline {parameter} cannot be extended to {until}, only to {latest}.",
    "deadline_moved_title": "The calendar of {year} was imported; deadlines have moved",
    "deadline_moved_line": "{name}: from {before} to {after}",
    "parameter_unknown": "There is no parameter {parameter}.",
    "definition_kind_expected": 'Expected "decision" or "process".',
    "parameter_id_expected": "The id of a parameter was expected, a {found} was given.",
    "parameter_fixed": "The parameter {parameter} (layer {layer}) follows a rule and cannot be set here.",
    "parameter_date_past": "The parameter {parameter} cannot come into force on {effective_on}, which is past.",
    "parameter_day_missing": "State the day on which the parameter {parameter} comes into force.",
    "parameter_reason_missing": "State why the parameter {parameter} is changed.",
    "parameter_kind": "The value of the parameter {parameter} must be a {expected}.",
    "parameter_choice": "The value of the parameter {parameter} must be one of: {expected}.",
    "parameter_set": "The value of the parameter {parameter} must be a choice of: {expected}.",
    "parameter_date": "The value of the parameter {parameter} must be a day such as 2026-05-01.",
    "parameter_shares": (
        "The parameter {parameter} takes {expected}, each a fraction of two whole numbers up to one, such as 2/3."
    ),
    "parameter_thresholds": (
        "The parameter {parameter} takes {expected}, each a whole number of working days and greater than the one "
        "before; the first is at most 0, the second at least 1."
    ),
    "parameter_number": "The value of the parameter {parameter} must be a whole number from {minimum} to {maximum}.",
    "parameter_version_unknown": "There is no version {key} of a parameter.",
    "parameter_second_person": "Somebody else than the proposer must approve the parameter {parameter}.",
    "parameter_approved_already": "This version of the parameter {parameter} is approved already.",
}
