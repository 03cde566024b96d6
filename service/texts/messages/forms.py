"""What service.forms has to say, in English, which is the msgid of the catalogues."""

MESSAGES: dict[str, str] = {
    "forms.file_too_large": "{file} has {found} bytes; a form may have at most {limit}.",
    "forms.not_utf8": "{file} is not UTF-8 text (byte {position}); save it again from the Modeler.",
    "forms.not_json": "{file} is not valid JSON (line {line}, column {column}); save it again from the Modeler.",
    "forms.not_a_form": "{file} is JSON, but not a form: it has no list of components.",
    "forms.not_default_type": 'The form\'s type is {found}; only "default" is known.',
    "forms.no_form_id": (
        "The form has no id; give it one in the properties panel, so that user tasks can refer to it."
    ),
    "forms.newer_schema": (
        "The form was saved with schema version {found}, newer than {newest}, which is known here; check "
        "that it looks right."
    ),
    "forms.too_deep": "Groups and lists are nested more than {limit} deep; flatten the form.",
    "forms.not_a_component": "Component {number} is no component: it has no type.",
    "forms.unsupported_type": "Component type {found} is not supported. Use one of: {supported}.",
    "forms.raw_markup_component": (
        "Component type {found} is not allowed, as raw markup and frames are a security risk. Use a text component."
    ),
    "forms.duplicate_id": "Two components have this id; make one of them different.",
    "forms.missing_key": "A component of type {type} needs a key; enter one in the properties panel.",
    "forms.bad_key": (
        '"{found}" is not a valid key: letters, digits and underscores, parts separated by dots, none '
        "beginning with a digit."
    ),
    "forms.duplicate_key": "Key {key} is already used by component {other}; give each input its own key.",
    "forms.overlapping_key": (
        "Key {key} lies inside the value of component {other}, or around it; choose keys that do not "
        "contain one another."
    ),
    "forms.property_type": "The value does not fit; expected: {expected}.",
    "forms.raw_markup": "Raw markup ({found}) is not allowed; use Markdown.",
    "forms.style_attribute": "The attribute style is blocked by the security policy of the pages; remove it.",
    "forms.foreign_image": "An image from another host would not be loaded; embed it as a data: address.",
    "forms.broken_template": "A template block is not opened or closed properly near {found}.",
    "forms.missing_source": "A document preview needs a data source: an expression that names a list of files.",
    "forms.not_files": "These are no files of this system; choose them with the file picker.",
    "forms.too_many_files": "At most {limit} files fit into one field; leave some out.",
    "forms.file_twice": "The same file is named twice; leave one of them out.",
    "forms.no_such_file": (
        "The file {file} is not here any more, or is not yours to use in this place; choose it again from your machine."
    ),
    "forms.file_differs": "The file {file} is not the one that was uploaded; choose it again from your machine.",
    "forms.one_file_only": "Only one file fits here, and {found} were chosen; remove the others.",
    "forms.file_not_accepted": "The file {file} does not fit here. Expected: {accepted}.",
    "forms.missing_expression": "An expression component needs an expression.",
    "forms.validation_type": "Validation type {found} is not known; use email or phone.",
    "forms.bad_pattern": "The pattern {pattern} cannot be compiled ({reason}); simplify it.",
    "forms.options_source": (
        "A choice needs exactly one source of options (values, valuesKey or valuesExpression); found: {found}."
    ),
    "forms.bad_options": "Each option needs a label and a value that is text, a number or true/false.",
    "forms.duplicate_option": "Two options have the value {found}; make the values different.",
    "forms.not_feel": 'A FEEL expression begins with "=".',
    "forms.not_a_choice": "Value {found} is not known; expected one of: {expected}.",
    "forms.bad_default": "The default value does not fit a component of type {type}.",
    "forms.broken_feel": "The FEEL expression cannot be read at line {line}, column {column}: {text}",
    "forms.not_an_object": "An object with fields is expected here.",
    "forms.unknown_field": "The form has no such field.",
    "forms.not_text": "Text is expected.",
    "forms.too_long": "Enter at most {limit} characters.",
    "forms.too_short": "Enter at least {limit} characters.",
    "forms.bad_character": "The text contains control characters that cannot be stored; remove them.",
    "forms.not_one_line": "Only one line is possible here.",
    "forms.not_a_number": "A number is expected.",
    "forms.too_many_digits": "The number has more than {limit} digits.",
    "forms.not_yes_or_no": "Yes or no is expected.",
    "forms.not_a_list": "A list is expected.",
    "forms.too_many_items": "At most {limit} entries are possible.",
    "forms.chosen_twice": "The same option was chosen twice.",
    "forms.not_an_option": "This is not one of the options.",
    "forms.not_a_date": "Enter it like {expected}.",
    "forms.no_such_day": "There is no day {found}.",
    "forms.required": "This field is required.",
    "forms.no_options": "The list of options is not available; the data it is taken from is missing.",
    "forms.below_minimum": "The value must be at least {limit}.",
    "forms.above_maximum": "The value must be at most {limit}.",
    "forms.decimal_digits": "At most {limit} decimal places.",
    "forms.not_a_step": "The value must be a multiple of {step}.",
    "forms.pattern_too_slow": "The text could not be checked in time; shorten it.",
    "forms.pattern_said": "{message}",
    "forms.pattern": "The text does not fit the pattern {pattern}.",
    "forms.not_email": "Enter an e-mail address.",
    "forms.not_phone": "Enter a phone number with country code, like +8613800000000.",
    "forms.day_passed": "The day must not lie before {today}.",
    "forms.limit_not_a_number": "The limit {rule} of this field did not give a number; tell the process owner.",
    "forms.no_data_value": "The computed value cannot be stored; tell the process owner.",
    "forms.fixed_list": "The list must have exactly {expected} entries; found {found}.",
}
