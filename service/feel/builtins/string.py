"""String functions. DMN 1.5, 10.3.4.3; characters are code points."""

from __future__ import annotations

from decimal import Decimal

from service.feel import limits, patterns, values
from service.feel.builtins.signature import builtin, table
from service.feel.diagnostics import Failure
from service.feel.evaluation import Run
from service.feel.values import Value


def substring(string: str, start: Decimal, length: Decimal | None) -> str | None:
    """From a position, counted from 1, or from the end when negative; null when there is none such."""
    position = values.whole(start)
    if position == 0 or abs(position) > len(string):
        raise Failure("feel_index", index=position, count=len(string))
    first = position - 1 if position > 0 else len(string) + position
    if length is None:
        return string[first:]
    count = values.whole(length)
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


def matches(run: Run, text: str, pattern: str, flags: str | None) -> bool:
    compiled = patterns.compile_pattern(pattern, flags)
    with run.regex_time() as seconds:
        return patterns.search(compiled, text, seconds)


def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None) -> str:
    """The text with every match replaced; `$1` in `replacement` stands for a group."""
    compiled = patterns.compile_pattern(pattern, flags)
    with run.regex_time() as seconds:
        return patterns.replace(compiled, text, replacement, "q" in (flags or ""), seconds)


def split(run: Run, string: str, delimiter: str) -> Value:
    """The parts between the places that the pattern `delimiter` matches."""
    compiled = patterns.compile_pattern(delimiter, None)
    with run.regex_time() as seconds:
        return list(patterns.split(compiled, string, seconds))


def extract(run: Run, string: str, pattern: str) -> Value:
    """Camunda: all matches of the pattern, whole."""
    compiled = patterns.compile_pattern(pattern, None)
    with run.regex_time() as seconds:
        return list(patterns.find_all(compiled, string, seconds))


def string_join(items: list[Value], delimiter: str | None, prefix: str | None = None, suffix: str | None = None) -> str:
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
    builtin("matches", matches, "input: string", "pattern: string", "flags: string?", wants_run=True),
    builtin(
        "replace", replace, "input: string", "pattern: string", "replacement: string", "flags: string?", wants_run=True
    ),
    builtin("split", split, "string: string", "delimiter: string", wants_run=True),
    builtin("extract", extract, "string: string", "pattern: string", wants_run=True),
    builtin("string join", string_join, "list: list", "delimiter: string?"),
    builtin(
        "string join",
        string_join,
        "list: list",
        "delimiter: string or null",
        "prefix: string or null",
        "suffix: string or null",
    ),
)
