"""A submission against its form: every rule of the viewer again, on the server, where it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from pathlib import PurePosixPath
from typing import Any, TypeAlias

import regex

from service import feel
from service.errors import FormRejected, Invalid
from service.forms.kinds import DIGIT_LIMIT, LIST_LIMIT, REFERENCE_TYPE, Problem, Unfit
from service.forms.reader import increment, static_options
from service.forms.schema import Component, Form, Option, Options, Path

PATTERN_SECONDS = 1.0  # a pattern that backtracks longer than this is refused, not waited for

# As the viewer has it; the phone rule is wider than its list of country codes, so that none it accepts is refused here.
_EMAIL = regex.compile(
    r'(([^<>()\[\]\\.,;:\s@"]+(\.[^<>()\[\]\\.,;:\s@"]+)*)|(".+"))'
    r"@((\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\])|(([a-zA-Z\-0-9]+\.)+[a-zA-Z]{2,}))"
)
_PHONE = regex.compile(r"(\+|00)[0-9]{6,20}")

_ABSENT: Any = object()

# (path of the field, reference as sent) -> the reference as it is; raises `Unfit` for a file not the sender's to use
Files: TypeAlias = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


def _no_files(path: str, reference: Mapping[str, Any]) -> Mapping[str, Any]:
    raise Unfit("forms.no_such_file")


def validate(
    form: Form,
    submission: Mapping[str, Any],
    variables: Mapping[str, Any],
    environment: feel.Environment,
    files: Files = _no_files,
) -> dict[str, Any]:
    """Return what the submission writes: nested typed values of the fields that may be written.

    `variables` is what the viewer was given: stored variables and records. Hidden, disabled and read-only fields are
    left out of the result, so that what is stored stays; an input that was not sent keeps its stored value too.
    Numbers come back as `Decimal`, dates and times as the text that was checked, expression fields computed here. A
    file is one that stood in the same field before, or one that `files` lets the sender use.

    Raises `FormRejected` with every problem, by path: `matter.title`, `plan.measures[0].owner` (0-based).
    """
    if not isinstance(submission, Mapping):
        raise Invalid("forms.not_an_object")
    run = _Run(environment, files, variables)
    run.unknown(form.components, submission, "")
    result: dict[str, Any] = {}
    run.container(form.components, _Place(submission, variables, scope_of(form, variables), result, ""))
    if run.problems:
        raise FormRejected(run.problems)
    return result


def paths(form: Form, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a result by the dotted path of their field; a dynamic list is one value."""
    found: dict[str, Any] = {}
    for _, path in _here(form.components, ()):
        value = _get(result, path)
        if value is not _ABSENT:
            found[".".join(path)] = value
    return found


def nest(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return dotted paths as nested objects: `{"matter.title": 1}` -> `{"matter": {"title": 1}}`."""
    nested: dict[str, Any] = {}
    for path, value in values.items():
        _set(nested, tuple(path.split(".")), value)
    return nested


def _here(components: Sequence[Component], base: Path) -> Iterator[tuple[Component, Path]]:
    """Inputs and lists of one container with their paths, those in its groups too."""
    for item in components:
        path = (*base, *item.path)
        if item.kind.is_group:
            yield from _here(item.children, path)
        elif item.kind.keyed or item.kind.is_list:
            yield item, path


@dataclass(slots=True)
class _Place:
    """Where in the data a container stands."""

    sent: Mapping[str, Any]
    stored: Any  # what is stored at the same place
    scope: dict[str, Any]  # names that FEEL sees here, growing as fields are read
    result: dict[str, Any]
    prefix: str  # of the paths in messages


@dataclass(slots=True)
class _Run:
    environment: feel.Environment
    files: Files
    variables: Mapping[str, Any]
    problems: dict[str, list[Problem]] = field(default_factory=dict)

    def say(self, path: str, code: str, **facts: object) -> None:
        if (code, facts) not in (known := self.problems.setdefault(path, [])):
            known.append((code, facts))

    # what was sent against what there is

    def unknown(self, components: Sequence[Component], sent: Mapping[str, Any], prefix: str) -> None:
        """Refuse keys that no field has."""
        self._unknown(_tree(components), sent, prefix)

    def _unknown(self, tree: Mapping[str, Any], sent: Mapping[str, Any], prefix: str) -> None:
        for key, value in sent.items():
            path = f"{prefix}{key}"
            known = tree.get(key) if isinstance(key, str) else None
            if known is None:
                self.say(path, "forms.unknown_field")
            elif isinstance(known, Component):
                if known.kind.is_list and isinstance(value, list):
                    inner = _tree(known.children)
                    for index, item in enumerate(value[:LIST_LIMIT]):
                        if isinstance(item, Mapping):
                            self._unknown(inner, item, f"{path}[{index}].")
            elif isinstance(value, Mapping):
                self._unknown(known, value, f"{path}.")
            elif value is not None:
                self.say(path, "forms.not_an_object")

    # walking the form

    def container(self, components: Sequence[Component], place: _Place) -> None:
        """Check the components of the form or of one row of a list.

        What was sent enters the scope first, because a condition may read a later field; then conditions are settled
        in document order, as the viewer does, so that what a hidden field was sent decides nothing; then fields are
        checked.
        """
        self._enter(components, place, ())
        self._settle(components, place, (), hidden=False)
        self._walk(components, place, ())

    def _enter(self, components: Sequence[Component], place: _Place, base: Path) -> None:
        for item, path in _here(components, base):
            sent = _get(place.sent, path)
            if sent is _ABSENT or item.disabled or item.readonly or item.formula is not None:
                continue
            if not item.kind.is_list:
                _set(place.scope, path, as_feel(sent))
            elif isinstance(sent, list | tuple):
                _set(place.scope, path, as_feel(sent[:LIST_LIMIT]))

    def _settle(self, components: Sequence[Component], place: _Place, base: Path, hidden: bool) -> None:
        for item in components:
            path = (*base, *item.path)
            gone = hidden or self._true(item.hide, place.scope)
            if item.kind.is_group:
                self._settle(item.children, place, path, gone)
            elif item.kind.keyed or item.kind.is_list:
                if gone:
                    _set(place.scope, path, None)
                elif item.formula is not None:
                    self._computed(item, path, place)

    def _walk(self, components: Sequence[Component], place: _Place, base: Path) -> None:
        for item in components:
            path = (*base, *item.path)
            if self._true(item.hide, place.scope):
                continue
            if item.kind.is_group:
                self._walk(item.children, place, path)
            elif item.kind.is_list:
                self._list(item, path, place)
            elif item.formula is not None:
                _set(place.result, path, self._computed(item, path, place))
            elif item.kind.convert is not None:
                self._input(item, path, place)

    def _input(self, item: Component, path: Path, place: _Place) -> None:
        stored = _get(place.stored, path)
        readonly = item.readonly is True or (
            isinstance(item.readonly, feel.Expression) and self._true(item.readonly, place.scope)
        )
        if item.disabled or readonly:
            # Ignored whatever was sent: what is stored stays, and is what expressions see.
            _set(place.scope, path, None if stored is _ABSENT else as_feel(stored))
            return
        sent = _get(place.sent, path)
        name = place.prefix + ".".join(path)
        kept = sent is _ABSENT
        if kept:
            sent = stored if stored is not _ABSENT else item.default if item.default is not None else item.kind.empty
        if sent is None:
            sent = item.kind.empty  # a null that a process wrote counts as nothing entered
        assert item.kind.convert is not None  # noqa: S101 - every keyed kind but expression has one
        try:
            value = item.kind.convert(sent, item.properties)
        except Unfit as unfit:
            code, facts = unfit.problem
            self.say(name, code, **facts)
            return
        if item.kind.name == "filepicker" and value:
            value = self._resolved(name, value)
            if value is None:
                return
        if value is None or value == () or (isinstance(value, str) and value == ""):
            value = list(item.kind.empty) if isinstance(item.kind.empty, tuple) else item.kind.empty
        _set(place.scope, path, as_feel(value) if item.kind.name == "filepicker" else value)
        before = len(self.problems)
        self._check(item, name, value, place.scope)
        if len(self.problems) == before and not (kept and stored is not _ABSENT):
            _set(place.result, path, value)

    def _resolved(self, name: str, sent: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]] | None:
        """Return references as they are, None if one is refused."""
        before = {item["documentId"]: item for item in _stored_files(self.variables, name)}
        found: list[Mapping[str, Any]] = []
        for item in sent:
            if item["documentId"] in before:
                found.append(before[item["documentId"]])
                continue
            try:
                found.append(self.files(name, item))
            except Unfit as unfit:
                code, facts = unfit.problem
                self.say(name, code, **{"file": _name_of(item), **facts})
                return None
        return found

    def _computed(self, item: Component, path: Path, place: _Place) -> Any:
        assert item.formula is not None  # noqa: S101 - the caller looked
        try:
            value = feel.codec.plain(evaluated(item.formula, place.scope, self.environment))
        except feel.codec.Unencodable:
            self.say(place.prefix + ".".join(path), "forms.no_data_value")
            value = None
        _set(place.scope, path, value)
        return value

    def _list(self, item: Component, path: Path, place: _Place) -> None:
        name = place.prefix + ".".join(path)
        stored = _get(place.stored, path)
        sent = _get(place.sent, path)
        if sent is _ABSENT:
            if stored is not _ABSENT:
                return
            sent = [{} for _ in range(self._repetitions(item))]
        if sent is None:
            sent = []
        if not isinstance(sent, list | tuple):
            self.say(name, "forms.not_a_list")
            return
        if len(sent) > LIST_LIMIT:
            self.say(name, "forms.too_many_items", limit=LIST_LIMIT)
            return
        before = stored if isinstance(stored, list) else None
        if item.properties.get("allowAddRemove") is not True:
            expected = len(before) if before is not None else self._repetitions(item)
            if len(sent) != expected:
                self.say(name, "forms.fixed_list", expected=expected, found=len(sent))
                return
        rows: list[dict[str, Any]] = []
        for index, entry in enumerate(sent):
            row_name = f"{name}[{index}]"
            if not isinstance(entry, Mapping):
                self.say(row_name, "forms.not_an_object")
                continue
            old = before[index] if before is not None and index < len(before) else {}
            # A row is one value: fields that are not written keep what the stored row holds.
            row: dict[str, Any] = dict(old) if isinstance(old, Mapping) else {}
            scope = place_in_list(place.scope, {**as_feel(row), **as_feel(entry)}, index)
            self.container(item.children, _Place(entry, old, scope, row, row_name + "."))
            rows.append(row)
        _set(place.scope, path, as_feel(rows))
        _set(place.result, path, rows)

    @staticmethod
    def _repetitions(item: Component) -> int:
        value = item.properties.get("defaultRepetitions")
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LIST_LIMIT else 1

    # rules of one value

    def _check(self, item: Component, name: str, value: Any, scope: Mapping[str, Any]) -> None:
        rules = item.constraints
        if value in (None, "", []) or (item.kind.name == "checkbox" and value is False):
            if rules.required:
                self.say(name, "forms.required")
            return
        if item.options is not None:
            self._check_options(item, name, value, scope)
        if item.kind.name == "filepicker":
            self._check_files(item, name, value, scope)
        if item.kind.name == "number":
            self._check_number(item, name, Decimal(value), scope)
        elif isinstance(value, str) and item.kind.name in {"textfield", "textarea"}:
            self._check_text(item, name, value, scope)
        elif item.kind.name == "datetime" and item.properties.get("disallowPassedDates") is True:
            self._check_not_passed(item, name, value)

    def _check_options(self, item: Component, name: str, value: Any, scope: Mapping[str, Any]) -> None:
        assert item.options is not None  # noqa: S101 - the caller looked
        options = choices(item.options, scope, self.environment)
        if options is None:
            self.say(name, "forms.no_options")
            return
        known = {(isinstance(option.value, bool), option.value) for option in options}
        wrong = [one for one in (value if item.kind.many else [value]) if (isinstance(one, bool), one) not in known]
        if wrong:
            self.say(name, "forms.not_an_option")

    def _check_files(
        self, item: Component, name: str, value: Sequence[Mapping[str, Any]], scope: Mapping[str, Any]
    ) -> None:
        several = item.multiple if isinstance(item.multiple, bool) else self._true(item.multiple, scope)
        if not several and len(value) > 1:
            self.say(name, "forms.one_file_only", found=len(value))
        accepted = accept_of(item, scope, self.environment)
        for one in value:
            if accepted and not is_accepted(one, accepted):
                self.say(name, "forms.file_not_accepted", file=_name_of(one), accepted=", ".join(accepted))

    def _check_number(self, item: Component, name: str, value: Decimal, scope: Mapping[str, Any]) -> None:
        rules = item.constraints
        if (low := self._limit(rules.minimum, name, "min", scope)) is not None and value < low:
            self.say(name, "forms.below_minimum", limit=low)
        if (high := self._limit(rules.maximum, name, "max", scope)) is not None and value > high:
            self.say(name, "forms.above_maximum", limit=high)
        digits = item.properties.get("decimalDigits")
        exponent = value.normalize().as_tuple().exponent
        if isinstance(digits, int) and isinstance(exponent, int) and -exponent > digits:
            self.say(name, "forms.decimal_digits", limit=digits)
        step = increment(item.properties)
        if step is not None and step > 0:
            with localcontext() as context:
                context.prec = DIGIT_LIMIT * 2
                context.Emax, context.Emin = 999_999, -999_999
                quotient = value / step
                if quotient != quotient.to_integral_value():
                    self.say(name, "forms.not_a_step", step=step)

    def _check_text(self, item: Component, name: str, value: str, scope: Mapping[str, Any]) -> None:
        rules = item.constraints
        length = len(value.encode("utf-16-le")) // 2  # as the browser counts
        if (low := self._limit(rules.min_length, name, "minLength", scope)) is not None and length < low:
            self.say(name, "forms.too_short", limit=low)
        if (high := self._limit(rules.max_length, name, "maxLength", scope)) is not None and length > high:
            self.say(name, "forms.too_long", limit=high)
        if rules.pattern is not None:
            try:
                found = rules.pattern.search(value, timeout=PATTERN_SECONDS)
            except TimeoutError:
                self.say(name, "forms.pattern_too_slow")
            else:
                if found is None and rules.pattern_message:
                    self.say(name, "forms.pattern_said", message=rules.pattern_message)
                elif found is None:
                    self.say(name, "forms.pattern", pattern=rules.pattern.pattern)
        if rules.validation_type == "email" and not _EMAIL.fullmatch(value, timeout=PATTERN_SECONDS):
            self.say(name, "forms.not_email")
        if rules.validation_type == "phone" and not _PHONE.fullmatch(value):
            self.say(name, "forms.not_phone")

    def _check_not_passed(self, item: Component, name: str, value: str) -> None:
        today = self.environment.now.astimezone(self.environment.zone).date().isoformat()
        if item.properties.get("subtype") in {None, "", "date", "datetime"} and value[:10] < today:
            self.say(name, "forms.day_passed", today=today)

    # FEEL

    def _true(self, expression: feel.Expression | None, scope: Mapping[str, Any]) -> bool:
        return expression is not None and evaluated(expression, scope, self.environment) is True

    def _limit(
        self, limit: Decimal | feel.Expression | None, name: str, rule: str, scope: Mapping[str, Any]
    ) -> Decimal | None:
        if not isinstance(limit, feel.Expression):
            return limit
        value = evaluated(limit, scope, self.environment)
        if value is None:
            return None  # as in the viewer: no limit while what it depends on is not known
        if isinstance(value, Decimal):
            return value
        self.say(name, "forms.limit_not_a_number", rule=rule)
        return None


def choices(options: Options, scope: Mapping[str, Any], environment: feel.Environment) -> tuple[Option, ...] | None:
    """Return the choices as they stand for this data; None if what should list them is no list."""
    if options.static is not None:
        return options.static
    if options.key is not None:
        found = scope.get(options.key, _ABSENT)
        if found is _ABSENT:
            found = _get(scope, tuple(options.key.split(".")))
        return static_options(found)
    assert options.expression is not None  # noqa: S101 - exactly one of three is set
    return static_options(evaluated(options.expression, scope, environment))


def accept_of(item: Component, scope: Mapping[str, Any], environment: feel.Environment) -> tuple[str, ...]:
    """Return which files a picker takes: endings like `.pdf` and types like `image/*`; empty for all."""
    text = item.accept.fill(scope, environment) if item.accept else ""
    return tuple(part.strip().lower() for part in text.split(",") if part.strip())


def is_accepted(reference: Mapping[str, Any], accepted: Sequence[str]) -> bool:
    """Whether a file's name or type is among those."""
    metadata = reference.get("metadata") or {}
    media, ending = str(metadata.get("contentType")), PurePosixPath(_name_of(reference)).suffix.lower()
    return any(
        ending == part if part.startswith(".") else media == part or media.startswith(part.removesuffix("*"))
        for part in accepted
        if part.startswith(".") or part.endswith("/*") or media == part
    )


def references(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the references to files inside a value."""
    if isinstance(value, Mapping):
        if value.get(REFERENCE_TYPE) == "camunda":
            if isinstance(value.get("documentId"), str):
                yield value
            return
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from references(item)


def _stored_files(data: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the references that stand in a field, in any entry of the lists around it."""
    found: Any = [data]
    for part in regex.sub(r"\[[0-9]+\]", "", name).split("."):
        found = [
            inner[part]
            for item in found
            for inner in (item if isinstance(item, list | tuple) else [item])
            if isinstance(inner, Mapping) and part in inner
        ]
    yield from references(found)


def _name_of(reference: Mapping[str, Any]) -> str:
    metadata = reference.get("metadata")
    return str(metadata.get("fileName") or "") if isinstance(metadata, Mapping) else ""


def scope_of(form: Form, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form may look at as FEEL sees it; the rest of the data, which may be costly, is not touched."""
    reads = form.reads
    names = data if reads is None else [name for name in reads if name in data]
    return {name: as_feel(data[name]) for name in names}


def evaluated(expression: feel.Expression, scope: Mapping[str, Any], environment: feel.Environment) -> feel.Value:
    """Return the value; null where an `assert()` in it does not hold."""
    try:
        return expression.evaluate(scope, environment).value
    except feel.AssertionFailed:
        return None


def place_in_list(scope: Mapping[str, Any], entry: Mapping[str, Any], index: int) -> dict[str, Any]:
    """Return what FEEL sees inside an entry of a dynamic list: `i` counts from 1."""
    return {**scope, **entry, "this": dict(entry), "parent": dict(scope), "i": Decimal(index + 1)}


def lookup(data: Mapping[str, Any], path: Path) -> Any:
    """Return a nested value, None where there is none."""
    found = _get(data, path)
    return None if found is _ABSENT else found


def _tree(components: Sequence[Component]) -> dict[str, Any]:
    """Fields by nested keys; a leaf is its component."""
    tree: dict[str, Any] = {}

    for item, path in _here(components, ()):
        _node(tree, path[:-1])[path[-1]] = item
    return tree


def _node(tree: dict[str, Any], path: Path) -> dict[str, Any]:
    for key in path:
        tree = tree.setdefault(key, {})
    return tree


def _get(data: Any, path: Path) -> Any:
    for key in path:
        if not isinstance(data, Mapping) or key not in data:
            return _ABSENT
        data = data[key]
    return data


def _set(data: dict[str, Any], path: Path, value: Any) -> None:
    """Set a nested value; objects on the way are copied, so that shared stored data is never touched."""
    *way, last = path
    for key in way:
        inner = data.get(key)
        data[key] = dict(inner) if isinstance(inner, Mapping) else {}
        data = data[key]
    data[last] = value


def as_feel(value: Any) -> Any:
    """Return JSON-like data as FEEL sees it: numbers Decimal, tuples lists."""
    if isinstance(value, Mapping):
        return {key: as_feel(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_feel(item) for item in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(repr(value))
    return value
