"""JSON of a `.form` file -> `Form`; what we do not run, and what would fail later, becomes a finding."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

import regex

from service import feel
from service.errors import Finding, Invalid, Severity, TooLarge
from service.forms import templating
from service.forms.kinds import KINDS, Kind, Unfit
from service.forms.schema import Component, Constraints, Form, Option, Options, Path
from service.forms.templating import EMPTY, Text

SIZE_LIMIT = 1_000_000  # bytes
DEPTH_LIMIT = 12  # containers within containers
NEWEST_SCHEMA = 19

# Two fullmatch rules of the form editor: what a key and an id may look like.
_KEY = regex.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*", regex.ASCII)
_RAW_MARKUP = regex.compile(r"<\s*(script|iframe|object|embed|form|style|link|meta)\b", regex.IGNORECASE)
_STYLE_ATTRIBUTE = regex.compile(r"<[^>]*\sstyle\s*=", regex.IGNORECASE)
_EVENT_ATTRIBUTE = regex.compile(r"<[^>]*\s(on[a-z]+)\s*=", regex.IGNORECASE)

_T = TypeVar("_T")


def read(content: bytes, file: str, names: frozenset[str] = frozenset()) -> Form:
    """Return the form with everything that is wrong with it as findings.

    `names` are known names holding spaces that its FEEL may use (functions the domain adds).
    Raises `Invalid` for what is not a form at all, `TooLarge` above `SIZE_LIMIT` bytes.
    """
    if len(content) > SIZE_LIMIT:
        raise TooLarge("forms.file_too_large", file=file, limit=SIZE_LIMIT, found=len(content))
    schema = _json(content, file)
    reader = _Reader(file, names)
    reader.check_head(schema)
    components = reader.components(schema.get("components"), (), 0)
    identifier, tag = schema.get("id"), schema.get("versionTag")
    return Form(
        id=identifier if isinstance(identifier, str) and identifier else None,
        file=file,
        version_tag=tag if isinstance(tag, str) and tag else None,
        components=components,
        schema=schema,
        findings=tuple(reader.findings),
    )


def _json(content: bytes, file: str) -> dict[str, Any]:
    def no_constant(name: str) -> None:
        raise ValueError(name)

    try:
        document = json.loads(content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=no_constant)
    except UnicodeDecodeError as error:
        raise Invalid("forms.not_utf8", file=file, position=error.start) from error
    except json.JSONDecodeError as error:
        raise Invalid("forms.not_json", file=file, line=error.lineno, column=error.colno) from error
    except (ValueError, RecursionError) as error:
        raise Invalid("forms.not_json", file=file, line=1, column=1) from error
    if not isinstance(document, dict) or not isinstance(document.get("components"), list):
        raise Invalid("forms.not_a_form", file=file)
    return document


class _Reader:
    """Collects findings while it walks one file."""

    def __init__(self, file: str, names: frozenset[str]) -> None:
        self.file = file
        self.names = names
        self.findings: list[Finding] = []
        self._ids: set[str] = set()
        self._leaves: dict[Path, str] = {}  # path of an input or list -> component id
        self._count = 0

    def check_head(self, schema: Mapping[str, Any]) -> None:
        """Check what the file says about itself."""
        if schema.get("type", "default") != "default":
            self._say("forms.not_default_type", None, "type", found=schema.get("type"))
        if not isinstance(schema.get("id"), str) or not schema["id"]:
            self._say("forms.no_form_id", None, "id")
        version = schema.get("schemaVersion")
        if isinstance(version, int) and version > NEWEST_SCHEMA:
            self._say(
                "forms.newer_schema", None, "schemaVersion", Severity.WARNING, found=version, newest=NEWEST_SCHEMA
            )

    def components(self, found: Any, prefix: Path, depth: int) -> tuple[Component, ...]:
        """Read a list of components below a data path."""
        if depth > DEPTH_LIMIT:
            self._say("forms.too_deep", None, "components", limit=DEPTH_LIMIT)
            return ()
        read = [self._component(item, prefix, depth) for item in (found if isinstance(found, list) else [])]
        return tuple(item for item in read if item is not None)

    def _component(self, found: Any, prefix: Path, depth: int) -> Component | None:
        self._count += 1
        if not isinstance(found, dict) or not isinstance(found.get("type"), str):
            self._say("forms.not_a_component", None, "components", number=self._count)
            return None
        identifier = self._identifier(found)
        self._element = (identifier, found.get("label") if isinstance(found.get("label"), str) else None)
        kind = KINDS.get(found["type"])
        if kind is None:
            code = "forms.raw_markup_component" if found["type"] in {"html", "iframe"} else "forms.unsupported_type"
            self._say(code, identifier, "type", found=found["type"], supported=", ".join(KINDS))
            return None
        path = self._path(found, kind, prefix, identifier)
        component = Component(
            id=identifier,
            kind=kind,
            path=path,
            label=self._label(found, kind, identifier),
            description=self._text(found, "description", identifier),
            content=self._text(found, "text", identifier) if kind.name == "text" else EMPTY,
            hide=self._hide(found, identifier),
            disabled=self._flag(found, "disabled", identifier),
            readonly=self._readonly(found, identifier),
            constraints=self._constraints(found, kind, identifier),
            options=self._options(found, identifier) if kind.chooses else None,
            formula=self._formula(found, identifier) if kind.name == "expression" else None,
            accept=self._text(found, "accept", identifier) if kind.name == "filepicker" else None,
            multiple=self._multiple(found, identifier) if kind.name == "filepicker" else False,
            source=self._source(found, identifier) if kind.name == "documentPreview" else None,
            properties=found,
        )
        for name in kind.texts:
            if name != "text":
                self._text(found, name, identifier)
        self._check_shape(found, kind, identifier)
        component = self._with_default(component, found, identifier)
        if kind.is_list or kind.is_group:
            inner = (*prefix, *path, "[]") if kind.is_list else (*prefix, *path)
            children = self.components(found.get("components"), inner, depth + 1)
            component = replace(component, children=children)
        return component

    # identity and place in the data

    def _identifier(self, found: Mapping[str, Any]) -> str:
        identifier = found.get("id")
        if not isinstance(identifier, str) or not identifier:
            key = found.get("key")
            return key if isinstance(key, str) and key else f"{found['type']}-{self._count}"
        if identifier in self._ids:
            self._say("forms.duplicate_id", identifier, "id")
        self._ids.add(identifier)
        return identifier

    def _path(self, found: Mapping[str, Any], kind: Kind, prefix: Path, identifier: str) -> Path:
        if not (kind.keyed or kind.is_group or kind.is_list):
            return ()
        name = "key" if kind.keyed else "path"
        key = found.get(name)
        if key in (None, "") and kind.is_group:
            return ()
        if not isinstance(key, str) or not key:
            self._say("forms.missing_key", identifier, name, type=kind.name)
            return (f"_{self._count}",)  # stands in so that the rest can be checked; the form is refused anyway
        if not _KEY.fullmatch(key):
            self._say("forms.bad_key", identifier, name, found=key)
            return (f"_{self._count}",)
        path = tuple(key.split("."))
        if not kind.is_group:
            self._claim((*prefix, *path), identifier, name)
        return path

    def _claim(self, path: Path, identifier: str, name: str) -> None:
        dotted = ".".join(path).replace(".[]", "[]")
        if path in self._leaves:
            self._say("forms.duplicate_key", identifier, name, key=dotted, other=self._leaves[path])
            return
        for other, owner in self._leaves.items():
            shorter, longer = sorted((path, other), key=len)
            # Below a list stands "[]"; anything else below the path of an input would overwrite a part of its value.
            if longer[: len(shorter)] == shorter and longer[len(shorter)] != "[]":
                self._say("forms.overlapping_key", identifier, name, key=dotted, other=owner)
        self._leaves[path] = identifier

    # properties

    def _label(self, found: Mapping[str, Any], kind: Kind, identifier: str) -> Text:
        """Return what a component is called; day and time carry labels of their own instead."""
        name = "label"
        if kind.name == "datetime" and not found.get("label"):
            name = "timeLabel" if found.get("subtype") == "time" else "dateLabel"
        return self._text(found, name, identifier)

    def _text(self, found: Mapping[str, Any], name: str, identifier: str) -> Text:
        value = found.get(name)
        if value is None or value == "":
            return EMPTY
        if not isinstance(value, str):
            if name in {"label", "description", "text"}:
                self._say("forms.property_type", identifier, name, expected="text")
            return EMPTY
        if match := _RAW_MARKUP.search(value):
            self._say("forms.raw_markup", identifier, name, found=match.group(1).lower())
        if _STYLE_ATTRIBUTE.search(value):
            self._say("forms.style_attribute", identifier, name)
        if match := _EVENT_ATTRIBUTE.search(value):
            self._say("forms.raw_markup", identifier, name, found=match.group(1).lower())
        if name == "source" and regex.match(r"\s*(https?:)?//", value, regex.IGNORECASE):
            self._say("forms.foreign_image", identifier, name)
        try:
            return templating.parse(value, self.names)
        except feel.FeelSyntaxError as error:
            self._broken_feel(error, identifier, name)
        except templating.TemplateError as error:
            self._say("forms.broken_template", identifier, name, found=str(error))
        return EMPTY

    def _hide(self, found: Mapping[str, Any], identifier: str) -> feel.Expression | None:
        conditional = found.get("conditional")
        if conditional is None:
            return None
        if not isinstance(conditional, dict):
            self._say("forms.property_type", identifier, "conditional", expected="object")
            return None
        hide = conditional.get("hide")
        if hide in (None, ""):
            return None
        return self._feel(hide, identifier, "conditional.hide")

    def _readonly(self, found: Mapping[str, Any], identifier: str) -> bool | feel.Expression:
        value = found.get("readonly", False)
        if isinstance(value, str) and value:
            return self._feel(value, identifier, "readonly") or True
        return self._flag(found, "readonly", identifier)

    def _flag(self, found: Mapping[str, Any], name: str, identifier: str) -> bool:
        value = found.get(name)
        if value is None or value == "" or isinstance(value, bool):
            return value is True
        self._say("forms.property_type", identifier, name, expected="true/false")
        return False

    def _multiple(self, found: Mapping[str, Any], identifier: str) -> bool | feel.Expression:
        value = found.get("multiple", False)
        if isinstance(value, str) and value:
            return self._feel(value, identifier, "multiple") or False
        return self._flag(found, "multiple", identifier)

    def _source(self, found: Mapping[str, Any], identifier: str) -> feel.Expression | None:
        text = found.get("dataSource")
        if text in (None, ""):
            self._say("forms.missing_source", identifier, "dataSource")
            return None
        return self._feel(text, identifier, "dataSource")

    def _formula(self, found: Mapping[str, Any], identifier: str) -> feel.Expression | None:
        text = found.get("expression")
        if text in (None, ""):
            self._say("forms.missing_expression", identifier, "expression")
            return None
        return self._feel(text, identifier, "expression")

    def _constraints(self, found: Mapping[str, Any], kind: Kind, identifier: str) -> Constraints:
        rules = found.get("validate")
        if rules is None:
            return Constraints()
        if not isinstance(rules, dict):
            self._say("forms.property_type", identifier, "validate", expected="object")
            return Constraints()
        validation_type = rules.get("validationType") or None
        if validation_type == "custom":
            validation_type = None  # the editor's word for "only pattern and lengths"
        if validation_type not in {None, "email", "phone"}:
            self._say("forms.validation_type", identifier, "validate.validationType", found=validation_type)
            validation_type = None
        message = rules.get("patternErrorMessage")
        return Constraints(
            required=self._flag(rules, "required", identifier),
            minimum=self._limit(rules, "min", identifier),
            maximum=self._limit(rules, "max", identifier),
            min_length=self._limit(rules, "minLength", identifier),
            max_length=self._limit(rules, "maxLength", identifier),
            pattern=self._pattern(rules.get("pattern"), identifier),
            pattern_message=message if isinstance(message, str) and message else None,
            validation_type=validation_type,
        )

    def _limit(self, rules: Mapping[str, Any], name: str, identifier: str) -> Decimal | feel.Expression | None:
        value = rules.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.startswith("="):
            return self._feel(value, identifier, f"validate.{name}")
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return Decimal(value)
        self._say("forms.property_type", identifier, f"validate.{name}", expected="number, =FEEL")
        return None

    def _pattern(self, pattern: Any, identifier: str) -> regex.Pattern[str] | None:
        if pattern in (None, ""):
            return None
        if not isinstance(pattern, str):
            self._say("forms.property_type", identifier, "validate.pattern", expected="text")
            return None
        try:
            # VERSION0 reads patterns as `re` does, which is what the browser's dialect comes closest to.
            return regex.compile(pattern, regex.VERSION0)
        except regex.error as error:
            self._say("forms.bad_pattern", identifier, "validate.pattern", pattern=pattern, reason=str(error))
            return None

    def _options(self, found: Mapping[str, Any], identifier: str) -> Options:
        given = [name for name in ("values", "valuesKey", "valuesExpression") if found.get(name) not in (None, "", [])]
        if len(given) != 1:
            self._say("forms.options_source", identifier, "values", found=", ".join(given) or "–")
            return Options(static=())
        value = found[given[0]]
        if given[0] == "valuesKey":
            if not isinstance(value, str) or not _KEY.fullmatch(value):
                self._say("forms.bad_key", identifier, "valuesKey", found=value)
                return Options(static=())
            return Options(key=value)
        if given[0] == "valuesExpression":
            expression = self._feel(value, identifier, "valuesExpression")
            return Options(expression=expression) if expression else Options(static=())
        options = static_options(value)
        if options is None:
            self._say("forms.bad_options", identifier, "values")
            return Options(static=())
        values = [(isinstance(option.value, bool), option.value) for option in options]
        for item in {value for value in values if values.count(value) > 1}:
            self._say("forms.duplicate_option", identifier, "values", found=item[1])
        return Options(static=options)

    def _feel(self, text: Any, identifier: str, name: str) -> feel.Expression | None:
        if not isinstance(text, str) or not text.startswith("="):
            self._say("forms.not_feel", identifier, name)
            return None
        try:
            return feel.parse(text[1:], self.names)
        except feel.FeelSyntaxError as error:
            self._broken_feel(error, identifier, name)
            return None

    def _check_shape(self, found: Mapping[str, Any], kind: Kind, identifier: str) -> None:
        """Properties that only one type has."""
        choices: dict[str, tuple[str, ...]] = {}
        if kind.name == "datetime":
            choices = {
                "subtype": ("date", "time", "datetime"),
                "timeSerializingFormat": ("utc_offset", "utc_normalized", "no_timezone"),
            }
        elif kind.name == "button":
            choices = {"action": ("submit", "reset")}
        elif kind.name == "expression":
            choices = {"computeOn": ("change", "presubmit")}
        for name, allowed in choices.items():
            value = found.get(name)
            if value not in (None, "", *allowed):
                self._say("forms.not_a_choice", identifier, name, found=value, expected=", ".join(allowed))
        if kind.name == "number":
            digits = found.get("decimalDigits")
            if digits not in (None, "") and (isinstance(digits, bool) or not isinstance(digits, int) or digits < 0):
                self._say("forms.property_type", identifier, "decimalDigits", expected="0, 1, 2 …")
            step = self._step(found.get("increment"))
            if step is not None and step <= 0:
                self._say("forms.property_type", identifier, "increment", expected="> 0")
        if (kind.is_group or kind.is_list) and not isinstance(found.get("components", []), list):
            self._say("forms.property_type", identifier, "components", expected="list")

    @staticmethod
    def _step(value: Any) -> Decimal | None:
        return None if value in (None, "") else increment({"increment": value}) or Decimal(0)

    def _with_default(self, component: Component, found: Mapping[str, Any], identifier: str) -> Component:
        value = found.get("defaultValue")
        if value is None or component.kind.convert is None:
            return component
        try:
            return replace(component, default=component.kind.convert(value, found))
        except (Unfit, KeyError):
            self._say("forms.bad_default", identifier, "defaultValue", type=component.kind.name)
            return component

    # findings

    def _broken_feel(self, error: feel.FeelSyntaxError, identifier: str, name: str) -> None:
        self._say("forms.broken_feel", identifier, name, text=error.facts["text"], line=error.line, column=error.column)

    def _say(
        self,
        code: str,
        identifier: str | None,
        name: str,
        severity: Severity = Severity.ERROR,
        **facts: object,
    ) -> None:
        label = self._element[1] if identifier is not None and self._element[0] == identifier else None
        self.findings.append(Finding(code, severity, self.file, identifier, label, name, None, facts))

    _element: tuple[str | None, str | None] = (None, None)


def static_options(values: Any) -> tuple[Option, ...] | None:
    """Return listed choices, scalars standing for their own label; None if it is no such list."""
    if not isinstance(values, list):
        return None
    options = []
    for item in values:
        label, value = (item.get("label"), item.get("value")) if isinstance(item, dict) else (item, item)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = Decimal(repr(value))
        if not isinstance(value, str | bool | Decimal):
            return None
        options.append(Option(label if isinstance(label, str) else str(value), value))
    return tuple(options)


def increment(properties: Mapping[str, Any]) -> Decimal | None:
    """Return the step of a number field, None without one or if it is no number."""
    value = properties.get("increment")
    if value in (None, "") or isinstance(value, bool):
        return None
    return _attempt(lambda: Decimal(str(value)))


def _attempt(make: Callable[[], _T]) -> _T | None:
    try:
        return make()
    except (ArithmeticError, ValueError):
        return None
