"""Context functions. DMN 1.5, 10.3.4.12, and the forms that Camunda adds."""

from __future__ import annotations

from service.feel import limits, values
from service.feel.builtins.signature import builtin, table
from service.feel.diagnostics import Failure
from service.feel.values import Value


def get_value(context: dict[str, Value], key: str) -> Value:
    """The entry; null when there is none."""
    return context.get(key)


def get_value_at(context: dict[str, Value], keys: list[Value]) -> Value:
    """Camunda: the entry at the end of a path of keys; null when the path is empty or leads nowhere."""
    if not keys:
        return None
    value: Value = context
    for key in keys:
        if not isinstance(value, dict) or not isinstance(key, str) or key not in value:
            return None
        value = value[key]
    return value


def get_entries(context: dict[str, Value]) -> Value:
    return [{"key": key, "value": value} for key, value in context.items()]


def context(entries: list[Value]) -> Value:
    """The context of a list of entries with `key` and `value`; null when a key comes twice."""
    made: dict[str, Value] = {}
    for entry in entries:
        if not isinstance(entry, dict) or "value" not in entry:
            raise Failure("feel_items", expected="context<key: string, value: Any>")
        key = entry.get("key")
        if not isinstance(key, str):
            raise Failure("feel_items", expected="context<key: string, value: Any>")
        if key in made:
            raise Failure("feel_duplicate_key", name=key)
        made[key] = entry["value"]
    return made


def context_put(context: dict[str, Value], key: str, value: Value) -> Value:
    return {**context, key: value}


def context_put_at(context: dict[str, Value], keys: list[Value], value: Value) -> Value:
    """The context with the value at the end of a path of keys, whose missing contexts are made."""
    if not keys:
        raise Failure("feel_argument_type", argument="keys", expected="list<string>", type="list")
    if len(keys) > limits.MAX_NESTING:
        raise Failure("feel_limit_depth")
    key, *rest = keys
    if not isinstance(key, str):
        raise Failure("feel_argument_type", argument="keys", expected="string", type=values.type_name(key))
    if not rest:
        return {**context, key: value}
    inner = context.get(key)
    if inner is None:
        inner = {}
    if not isinstance(inner, dict):
        raise Failure("feel_argument_type", argument="keys", expected="context", type=values.type_name(inner))
    return {**context, key: context_put_at(inner, rest, value)}


def context_merge(contexts: list[Value]) -> Value:
    """All entries; the later of two with the same key."""
    made: dict[str, Value] = {}
    for each in contexts:
        if not isinstance(each, dict):
            raise Failure("feel_items", expected="context")
        made.update(each)
    return made


FUNCTIONS = table(
    builtin("get value", get_value, "m: context", "key: string"),
    builtin("get value", get_value, "context: context", "key: string"),
    builtin("get value", get_value_at, "context: context", "keys: list"),
    builtin("get entries", get_entries, "m: context"),
    builtin("get entries", get_entries, "context: context"),
    builtin("context", context, "entries: list"),
    builtin("context put", context_put, "context: context", "key: string", "value: any or null"),
    builtin("context put", context_put_at, "context: context", "keys: list", "value: any or null"),
    builtin("context merge", context_merge, "contexts: list"),
    # Camunda's old names of the two above
    builtin("put", context_put, "context: context", "key: string", "value: any or null"),
    builtin("put all", lambda *contexts: context_merge(list(contexts)), "contexts: any", variadic=True),
)
