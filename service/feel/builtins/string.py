"""String functions. DMN 1.5, 10.3.4.3; characters are code points."""

from __future__ import annotations

from decimal import Decimal

from service.feel import limits, patterns
from service.feel.builtins.signature import builtin, table
from service.feel.diagnostics import Failure
from service.feel.values import Value


def substring(string: str, start: Decimal, length: Decimal | None) -> str | None:
    """From a position, counted from 1, or from the end when negative; null when there is none such."""
    position = int(start)
    if position == 0 or abs(position) > len(string):
        raise Failure("feel_index", index=position, count=len(string))
    first = position - 1 if position > 0 else len(string) + position
    if length is None:
        return string[first:]
    count = int(length)
    if count < 1:
        raise Failure("feel_length", length=count)
    return string[first : first + count]


def string_length(string: str) -> Decimal:
    return Decimal(len(string))


def upper_case(string: str) -> str:
    return string.upper()


def lower_case(string: str) -> str:
    return string.lower()


def substring_before(string: str, match: str) -> str:
    """The part before the first `match`; empty when it does not occur."""
    return string.partition(match)[0] if match and match in string else ""


def substring_after(string: str, match: str) -> str:
    """The part after the first `match`; empty when it does not occur."""
    return string.partition(match)[2] if match else string


def contains(string: str, match: str) -> bool:
    return match in string


def starts_with(string: str, match: str) -> bool:
    return string.startswith(match)


def ends_with(string: str, match: str) -> bool:
    return string.endswith(match)


def matches(text: str, pattern: str, flags: str | None) -> bool:
    return patterns.search(patterns.compile_pattern(pattern, flags), text)


def replace(text: str, pattern: str, replacement: str, flags: str | None) -> str:
    compiled = patterns.compile_pattern(pattern, flags)
    return patterns.replace(compiled, text, replacement, "q" in (flags or ""))


def split(string: str, delimiter: str) -> Value:
    """The parts between the places that the pattern `delimiter` matches."""
    return list(patterns.split(patterns.compile_pattern(delimiter, None), string))


def string_join(items: list[Value], delimiter: str | None, prefix: str | None, suffix: str | None) -> str:
    """The strings in a row, nulls left out. `prefix` and `suffix` are an extension of Camunda."""
    parts: list[str] = []
    for item in items:
        if item is None:
            continue
        if not isinstance(item, str):
            raise Failure("feel_items", expected="string")
        parts.append(item)
    joint = delimiter or ""
    if sum(map(len, parts)) + len(joint) * len(parts) > limits.MAX_STRING:
        raise Failure("feel_limit_string", limit=limits.MAX_STRING)
    return (prefix or "") + joint.join(parts) + (suffix or "")


FUNCTIONS = table(
    builtin("substring", substring, "string: string", "start position: number", "length: number?"),
    builtin("string length", string_length, "string: string"),
    builtin("upper case", upper_case, "string: string"),
    builtin("lower case", lower_case, "string: string"),
    builtin("substring before", substring_before, "string: string", "match: string"),
    builtin("substring after", substring_after, "string: string", "match: string"),
    builtin("contains", contains, "string: string", "match: string"),
    builtin("starts with", starts_with, "string: string", "match: string"),
    builtin("ends with", ends_with, "string: string", "match: string"),
    builtin("matches", matches, "input: string", "pattern: string", "flags: string?"),
    builtin("replace", replace, "input: string", "pattern: string", "replacement: string", "flags: string?"),
    builtin("split", split, "string: string", "delimiter: string"),
    builtin("string join", string_join, "list: list", "delimiter: string?", "prefix: string?", "suffix: string?"),
)
