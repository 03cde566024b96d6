"""Item definitions as types of FEEL: base type, components, collections, functions and constraints. DMN 1.5, 7.3.2."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from service import feel
from service.dmn.reading import Element, Reading, child, children, name_of, type_name
from service.feel.types import ANY, Constrained, ContextOf, FunctionOf, ListOf, Named, RangeOf, Type

# Predefined values are constants; whatever asks the time in one of them gets this.
_ENVIRONMENT = feel.Environment(now=dt.datetime(1970, 1, 1, tzinfo=dt.UTC), zone=ZoneInfo("UTC"))


def read(definitions: Element, imported: Mapping[str, Mapping[str, Type]], reading: Reading) -> None:
    """Fill `reading.types` with the item definitions of a file and, under `import.name`, of the imported ones."""
    for prefix, types in imported.items():
        for name, kind in types.items():
            qualified = f"{prefix}.{name}" if prefix else name
            reading.types[qualified] = _qualified(kind, prefix, types) if prefix else kind
    items = list(children(definitions, "itemDefinition"))
    # Every name first: a definition may refer to one further down.
    for item in items:
        reading.types[name_of(item)] = ANY
    for item in items:
        reading.types[name_of(item)] = _type(item, name_of(item), reading)
    for item in items:
        if isinstance(feel.types.resolve(Named(name_of(item)), reading.types), Named):
            reading.find("dmn_type_cycle", item, "typeRef", name=name_of(item))
            reading.types[name_of(item)] = ANY


def member_names(definitions: Element) -> frozenset[str]:
    """The names of all components at any depth."""
    return frozenset(
        name_of(component)
        for item in children(definitions, "itemDefinition")
        for component in item.iter("{*}itemComponent")
    )


def ordered_values(text: str, names: frozenset[str] = frozenset()) -> list[feel.Value]:
    """The values that predefined values list, in their order; empty where the text is no plain list."""
    if not text:
        return []
    try:
        value = feel.parse(f"[{text}]", names).evaluate({}, _ENVIRONMENT).value
    except feel.FeelSyntaxError:
        return []
    return value if isinstance(value, list) else []


def _type(item: Element, name: str, reading: Reading) -> Type:
    components = list(children(item, "itemComponent"))
    function = child(item, "functionItem")
    base: Type
    if components:
        base = ContextOf(tuple((name_of(one), _type(one, name_of(one), reading)) for one in components))
    elif function is not None:
        base = _function(function, reading)
    elif type_name(item) == name and item.getparent() is not None:
        reading.find("dmn_type_cycle", item, "typeRef", name=name)
        base = ANY
    else:
        base = reading.type(item)
    base = _constrained(base, name, child(item, "allowedValues"), reading)
    if item.get("isCollection") in {"true", "1"}:
        base = ListOf(base)
    return _constrained(base, name, child(item, "typeConstraint"), reading)


def _function(function: Element, reading: Reading) -> Type:
    parameters = tuple(reading.type(parameter) for parameter in children(function, "parameters"))
    result = function.get("outputTypeRef")
    return FunctionOf(parameters, reading.resolve_type(result, function, "outputTypeRef") if result else ANY)


def _constrained(base: Type, name: str, constraint: Element | None, reading: Reading) -> Type:
    if constraint is None:
        return base
    tests = reading.tests(constraint, frozenset(), "allowedValues")
    if tests is None or tests.tests is None:
        return base
    return Constrained(name, base, _allows(tests.tests))


def _allows(tests: feel.UnaryTests) -> Callable[[feel.Value], bool]:
    def allows(value: feel.Value) -> bool:
        return value is None or tests.test(value, {}, _ENVIRONMENT).value is True

    return allows


def _qualified(kind: Type, prefix: str, own: Mapping[str, Type]) -> Type:
    """The type of an imported model with the names of its own types as the importing model writes them."""

    def renamed(inner: Type) -> Type:
        return _qualified(inner, prefix, own)

    match kind:
        case Named(name) if name in own:
            return Named(f"{prefix}.{name}")
        case ListOf(item):
            return ListOf(renamed(item))
        case RangeOf(item):
            return RangeOf(renamed(item))
        case ContextOf(entries):
            return ContextOf(tuple((name, renamed(entry)) for name, entry in entries))
        case FunctionOf(parameters, result):
            return FunctionOf(tuple(map(renamed, parameters)), renamed(result))
        case Constrained(name, base, allows):
            return Constrained(name, renamed(base), allows)
    return kind
