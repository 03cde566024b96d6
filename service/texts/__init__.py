"""Message catalogues for every door: code and facts to words. No Flask.

English texts are the msgids: those of message codes stand in `messages/`, those of pages in the templates. The po files
of a locale's folder (`zh_CN/*.po`, one a package) are merged when first used; nothing is compiled to disk.
A door calls `message`, `render`, `fields` or `finding`; templates get `translations(locale)`.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from service.texts.messages import MESSAGES

DEFAULT_LOCALE = "zh_CN"
LOCALES: tuple[str, ...] = ("zh_CN", "en")

FOLDER = Path(__file__).parent

# Values of the fact `kind` that are words of the reader's language; any other kind is an identifier.
KINDS = frozenset({"process", "decision", "form"})

# Facts that hold codes for which there are words: what stands before the code in the messages' table.
_CODED = {
    "role": "role",
    "one": "role",
    "other": "role",
    "roles": "role",
    "permission": "permission",
    "stands_at": "casework.state_",
    "follows": "casework.state_",
}


class Coded(Protocol):
    """An error as `service.errors` makes it."""

    code: str
    facts: dict[str, object]


class FieldErrors(Protocol):
    """A refused submission: path of a field to its problems, each a code and its facts."""

    fields: dict[str, tuple[tuple[str, Mapping[str, object]], ...]]


class Found(Protocol):
    """A finding of a deployment check, as `service.errors` makes it."""

    @property
    def code(self) -> str: ...

    @property
    def file(self) -> str: ...

    @property
    def element_id(self) -> str | None: ...

    @property
    def element_name(self) -> str | None: ...

    @property
    def line(self) -> int | None: ...

    @property
    def facts(self) -> Mapping[str, object]: ...

    # Last, for it hides the decorator of the same name.
    @property
    def property(self) -> str | None: ...


@cache
def translations(locale: str = DEFAULT_LOCALE) -> NullTranslations:
    """Return the merged catalogue of a locale; English is its own catalogue."""
    folder = FOLDER / locale
    merged: NullTranslations | None = None
    for path in sorted(folder.glob("*.po")) if locale in LOCALES else ():
        catalogue = _read(path, locale)
        if merged is None:
            merged = catalogue
        elif isinstance(merged, Translations):
            merged.merge(catalogue)
    return merged if merged is not None else NullTranslations()


def _read(path: Path, locale: str) -> Translations:
    with path.open("rb") as source:
        catalogue = read_po(source, locale=locale, abort_invalid=True)
    binary = BytesIO()
    write_mo(binary, catalogue)
    binary.seek(0)
    return Translations(binary)


def message(code: str, facts: Mapping[str, object] | None = None, locale: str = DEFAULT_LOCALE) -> str:
    """Return the words for a code; a code without words stands for itself, followed by its facts."""
    template = MESSAGES.get(code)
    if template is None:
        listed = ", ".join(f"{name}={_text(value, locale)}" for name, value in (facts or {}).items())
        return f"{code} ({listed})" if listed else code
    return _Filler(locale).vformat(translations(locale).ugettext(template), (), dict(facts or {}))


def has_message(code: str) -> bool:
    """Whether there are words for a code."""
    return code in MESSAGES


def render(error: Coded, locale: str = DEFAULT_LOCALE) -> str:
    """Return the words for an error."""
    return message(error.code, error.facts, locale)


def fields(error: FieldErrors, locale: str = DEFAULT_LOCALE) -> dict[str, list[str]]:
    """Return the words for each field of a refused submission, in form order."""
    return {path: [message(code, facts, locale) for code, facts in problems] for path, problems in error.fields.items()}


def finding(found: Found, locale: str = DEFAULT_LOCALE) -> str:
    """Return one line: file, element, property, what is wrong and what to do.

    Example: `order.bpmn: Task_1 "审批" · zeebe:formDefinition formId: ...`.
    """
    place = found.file
    if found.element_id:
        place += f": {found.element_id}"
        if found.element_name:
            place += f' "{found.element_name}"'
    elif found.line:
        place += f":{found.line}"
    if found.property:
        place += f" · {found.property}"
    return " ".join(f"{place}: {message(found.code, found.facts, locale)}".split())


class _Filler(string.Formatter):
    """Fills `{fact}` fields; a fact that is missing leaves its name, for a message must not fail while reporting."""

    def __init__(self, locale: str) -> None:
        self._locale = locale

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if isinstance(key, str) and key in kwargs:
            value = kwargs[key]
            if key in _CODED:
                return self._worded(_CODED[key], value)
            return translations(self._locale).ugettext(value) if key == "kind" and value in KINDS else value
        return f"{{{key}}}"

    def _worded(self, kind: str, value: Any) -> Any:
        """Return the words of a code or of several; what is no known code stands for itself."""
        if isinstance(value, (tuple, list)):
            return [self._worded(kind, item) for item in value]
        text = MESSAGES.get(f"{kind}{value}" if kind.endswith("_") else f"{kind}.{value}")
        return value if text is None else translations(self._locale).ugettext(text)

    def format_field(self, value: Any, format_spec: str) -> str:
        return format(value, format_spec) if format_spec else _text(value, self._locale)


def _text(value: object, locale: str) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return translations(locale).ugettext("yes" if value else "no")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_text(item, locale)}" for key, item in value.items())
    if isinstance(value, (Sequence, set, frozenset)):
        separator = translations(locale).pgettext("list separator", ", ")
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return str(separator).join(_text(item, locale) for item in items)
    return str(value)
