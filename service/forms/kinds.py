"""KINDS: the component types of form-js that we run, one row a type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

import regex

Problem: TypeAlias = tuple[str, dict[str, object]]  # message code, facts

TEXT_LIMIT = 100_000  # characters of one text field without a maxLength of its own
LIST_LIMIT = 1_000  # items of one list
FILES_LIMIT = 100  # of one field
DIGIT_LIMIT = 34  # digits of a number, as FEEL keeps them
EXPONENT_LIMIT = 6_000


class Unfit(Exception):
    """The value has not the type of its field."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.problem: Problem = (code, facts)


Convert: TypeAlias = Callable[[Any, Mapping[str, Any]], Any]  # (value as JSON, properties of the component) -> typed


@dataclass(frozen=True, slots=True)
class Kind:
    """What a component type is."""

    name: str
    keyed: bool = False  # holds a value under its key
    empty: Any = None  # what the viewer submits when nothing is entered
    convert: Convert | None = None  # raises Unfit; None for types that hold no submitted value
    chooses: bool = False  # has options
    many: bool = False  # its value is a list of options
    is_group: bool = False
    is_list: bool = False
    texts: tuple[str, ...] = ()  # properties that may be FEEL or a template, besides label and description


def _text(value: Any, properties: Mapping[str, Any]) -> str:
    if not isinstance(value, str):
        raise Unfit("forms.not_text")
    if len(value) > TEXT_LIMIT:
        raise Unfit("forms.too_long", limit=TEXT_LIMIT)
    # NUL cannot be stored everywhere, lone surrogates cannot be encoded, the other controls are never typed.
    if any((character < " " and character not in "\t\n\r") or "\ud800" <= character <= "\udfff" for character in value):
        raise Unfit("forms.bad_character")
    return value


def _line(value: Any, properties: Mapping[str, Any]) -> str:
    text = _text(value, properties)
    if "\n" in text or "\r" in text:
        raise Unfit("forms.not_one_line")
    return text


def _number(value: Any, properties: Mapping[str, Any]) -> Decimal | str | None:
    as_text = properties.get("serializeToString") is True
    if value is None or (as_text and value == ""):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise Unfit("forms.not_a_number")
    if isinstance(value, str) != as_text and isinstance(value, str):
        raise Unfit("forms.not_a_number")
    try:
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation:
        raise Unfit("forms.not_a_number") from None
    if not number.is_finite():
        raise Unfit("forms.not_a_number")
    _, digits, exponent = number.as_tuple()
    if len(digits) > DIGIT_LIMIT or not isinstance(exponent, int) or abs(exponent) > EXPONENT_LIMIT:
        raise Unfit("forms.too_many_digits", limit=DIGIT_LIMIT)
    return value if isinstance(value, str) else number


def _flag(value: Any, properties: Mapping[str, Any]) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Unfit("forms.not_yes_or_no")
    return value


def _choice(value: Any, properties: Mapping[str, Any]) -> str | Decimal | bool | None:
    if value is None or value == "":
        return None
    return _scalar(value)


def _choices(value: Any, properties: Mapping[str, Any]) -> list[str | Decimal | bool]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise Unfit("forms.not_a_list")
    if len(value) > LIST_LIMIT:
        raise Unfit("forms.too_many_items", limit=LIST_LIMIT)
    chosen = [_scalar(item) for item in value]
    if len({(isinstance(item, bool), item) for item in chosen}) != len(chosen):
        raise Unfit("forms.chosen_twice")
    return chosen


def _scalar(value: Any) -> str | Decimal | bool:
    if isinstance(value, str | bool | Decimal):
        return value
    if isinstance(value, int | float):
        return Decimal(repr(value))
    raise Unfit("forms.not_an_option")


_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_OFFSET = r"(?:[+-](?:0\d|1[0-4]):[0-5]\d)"
_ZONES = {"utc_offset": _OFFSET, "utc_normalized": "Z", "no_timezone": ""}
# The viewer leaves the seconds out, without which FEEL reads no time (DMN 1.5, 10.3.2.3.4, as XML Schema).
_MINUTES = regex.compile(r"(?<=(?:^|T)[0-9]{2}:[0-9]{2})(?=[Z+-]|$)")
_EXPECTED = {"date": "2026-12-31", "time": "09:30", "datetime": "2026-12-31T09:30"}


def _moment(value: Any, properties: Mapping[str, Any]) -> str | None:
    if value is None or value == "":
        return None
    subtype = str(properties.get("subtype") or "date")
    if not isinstance(value, str):
        raise Unfit("forms.not_a_date", expected=_EXPECTED[subtype])
    zone = _ZONES[str(properties.get("timeSerializingFormat") or "utc_offset")]
    day, separator, time = value.partition("T") if subtype == "datetime" else (value, "", value)
    if subtype != "time":
        if not regex.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day):
            raise Unfit("forms.not_a_date", expected=_EXPECTED[subtype])
        try:
            date.fromisoformat(day)
        except ValueError:
            raise Unfit("forms.no_such_day", found=day) from None
    if subtype != "date" and (
        (subtype == "datetime" and not separator) or not regex.fullmatch(_TIME + zone, time, regex.ASCII)
    ):
        example = {"utc_offset": "+08:00", "utc_normalized": "Z"}.get(
            str(properties.get("timeSerializingFormat") or "utc_offset"), ""
        )
        raise Unfit("forms.not_a_date", expected=_EXPECTED[subtype] + example)
    return value if subtype == "date" else _MINUTES.sub(":00", value)


REFERENCE_TYPE = "camunda.document.type"


def _files(value: Any, properties: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """Return references to files; which files they mean, and whose they are, is not known here."""
    if value is None or value in ("", [], ()):
        return None
    if not isinstance(value, list | tuple):
        raise Unfit("forms.not_files")
    if len(value) > FILES_LIMIT:
        raise Unfit("forms.too_many_files", limit=FILES_LIMIT)
    for item in value:
        if not isinstance(item, Mapping) or item.get(REFERENCE_TYPE) != "camunda":
            raise Unfit("forms.not_files")
        if not isinstance(item.get("documentId"), str):
            raise Unfit("forms.not_files")
    if len({item["documentId"] for item in value}) != len(value):
        raise Unfit("forms.file_twice")
    return list(value)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        # inputs
        Kind("textfield", keyed=True, empty="", convert=_line),
        Kind("textarea", keyed=True, empty="", convert=_text),
        Kind("number", keyed=True, convert=_number),
        Kind("datetime", keyed=True, convert=_moment, texts=("dateLabel", "timeLabel")),
        Kind("checkbox", keyed=True, empty=False, convert=_flag),
        Kind("radio", keyed=True, convert=_choice, chooses=True),
        Kind("select", keyed=True, convert=_choice, chooses=True),
        Kind("checklist", keyed=True, empty=(), convert=_choices, chooses=True, many=True),
        Kind("taglist", keyed=True, empty=(), convert=_choices, chooses=True, many=True),
        Kind("filepicker", keyed=True, convert=_files),
        Kind("expression", keyed=True),
        # presentation
        Kind("text", texts=("text",)),
        Kind("image", texts=("source", "alt")),
        Kind("table", texts=("dataSource", "columnsExpression")),
        Kind("documentPreview"),
        Kind("button"),
        Kind("separator"),
        Kind("spacer"),
        # containers
        Kind("group", is_group=True),
        Kind("dynamiclist", is_list=True),
    )
}
