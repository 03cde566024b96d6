"""No expression can hang or exhaust the server, and none crashes it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import service
from service import feel
from service.feel import limits
from tests.feel.evaluating import ENVIRONMENT, codes, result

CASES = [
    ("{f: function(n) f(n + 1), r: f(0)}.r", "feel_limit_"),
    ("for i in 1..10000000 return i", "feel_limit_items"),
    ("for i in 1..10000, j in 1..10000 return i", "feel_limit_items"),
    ("some i in 1..10000, j in 1..10000 satisfies i > 10000", "feel_limit_steps"),
    ("for i in [1..1e30] return i", "feel_limit_items"),
    ('matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a|aa|a?)+$")', "feel_limit_regex"),
    ('count(for i in 1..60 return if i = 1 then "ab" else partial[-1] + partial[-1])', "feel_limit_string"),
    ("count(for i in 1..60 return if i = 1 then [1] else concatenate(partial[-1], partial[-1]))", "feel_limit_"),
    ("string(for i in 1..2000 return [partial[-1]])", "feel_limit_"),
    ("(for i in 1..2000 return [partial[-1]])[-1]", "feel_limit_depth"),
    ("count(for i in 1..2000 return string(partial))", "feel_limit_string"),
    ('count(for i in 1..100 return if i = 1 then "ab" else to base64(partial[-1]))', "feel_limit_string"),
    (
        'replace(string join(for i in 1..50000 return "aaaa"), "a", string join(for i in 1..99 return "bb"))',
        "feel_limit",
    ),
    ("{f: function(n) if n < 2 then 1 else f(n - 1) + f(n - 2), r: f(60)}.r", "feel_limit_steps"),
    ('context put({}, for i in 1..100000 return "a", 1)', "feel_limit_depth"),
    ("string(for i in 1..100000 return 10**6000)", "feel_limit_"),
    ("for i in 1..200000 return for j in 1..200000 return j", "feel_limit_steps"),
    ('matches("a", "((((a{1000}){1000}){1000}){1000}){1000}")', "feel_pattern"),
    ('matches("a", "((a{2}){1000}){1000}")', "feel_pattern"),
]
# A list that holds itself twice, and so on: little memory, but no end for what walks through all of it.
DOUBLED = "{f: function(s, n) if n = 0 then s else f([s, s], n - 1), a: f(1, 18), b: [a, a, a, a, a, a, a, a], r: %s}.r"
WALKS = [
    "string(b)",
    "b = b",
    "b in [b]",
    "flatten(b)",
    "distinct values(b)",
    "to json(b)",
    "is(b, b)",
    "b instance of list<list<list<list<number>>>>",
    "b",
]


@pytest.mark.parametrize(("text", "code"), CASES, ids=[text[:40] for text, _ in CASES])
def test_evaluation_ends_at_a_limit_and_says_so(text: str, code: str) -> None:
    began = time.process_time()

    found = codes(text)

    assert any(each.startswith(code) for each in found)
    assert time.process_time() - began < 10


@pytest.mark.parametrize("walk", WALKS)
def test_a_value_whose_parts_stand_in_many_places_is_not_walked_without_end(walk: str) -> None:
    began = time.process_time()

    found = result(DOUBLED % walk)

    assert any(each.code.startswith("feel_limit_") for each in found.diagnostics)
    assert time.process_time() - began < 10


def test_values_that_are_no_scalars_are_told_apart_without_comparing_each_with_all() -> None:
    found = result("count(distinct values(for i in 1..20000 return {a: [i]}))")

    assert found.value == 20000
    assert codes("duplicate values(for i in 1..50000 return [i, i])") == []


@pytest.mark.parametrize(
    "text", ["(" * 5000, "-" * 5000 + "1", "1" + "+1" * 5000, "a" + ".b" * 5000, "x in (" * 60 + "1..", "not(" * 500]
)
def test_nested_text_is_a_syntax_error_or_read(text: str) -> None:
    try:
        feel.parse(text)
    except feel.FeelSyntaxError as error:
        assert error.line == 1  # noqa: PT017 - both outcomes are right, a crash is not


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_documentation_tells_the_limits(language: str) -> None:
    page = (Path(service.__file__).parent / "web" / "docs" / language / "feel.md").read_text(encoding="utf-8")
    table = [line for line in page.splitlines() if line.startswith("| ")]

    for limit in (limits.MAX_TEXT, limits.MAX_NESTING, limits.MAX_CALLS, limits.MAX_STEPS, limits.MAX_ITEMS,
                  limits.MAX_STRING, limits.MAX_WEIGHT, limits.MAX_DEPTH):  # fmt: skip
        assert any(f"| {limit:,} " in line for line in table), limit


def test_diagnostics_are_bounded() -> None:
    assert len(result("for i in 1..1000 return x").diagnostics) == 100


WORDS = st.sampled_from(
    [
        "a",
        "b",
        "item",
        "partial",
        "x",
        "1",
        "2.5",
        "0",
        "-1",
        "1e30",
        '"s"',
        '""',
        "null",
        "true",
        "false",
        '@"P1D"',
        '@"2024-01-01"',
        '@"10:00:00Z"',
        "+",
        "-",
        "*",
        "/",
        "**",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ".",
        "..",
        "?",
        "and",
        "or",
        "not(",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "between",
        "instance",
        "of",
        "number",
        "list<number>",
        "function(",
        "count(",
        "sum(",
        "string(",
        "date(",
        "sort(",
        "substring(",
        "matches(",
        "range(",
        "flatten(",
        "concatenate(",
        "context(",
        "decimal(",
        "modulo(",
        "duration(",
        "abs(",
        "is(",
        "before(",
        "meets(",
        "split(",
    ]
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(WORDS, max_size=14))
def test_any_row_of_tokens_is_refused_or_evaluated(words: list[str]) -> None:
    scope = {"a": feel.from_python([1, {"b": "x"}]), "b": feel.from_python(3), "x": feel.temporal.parse("2024-01-01")}
    for text in (" ".join(words), "".join(words)):
        try:
            expression = feel.parse(text, frozenset(scope))
        except feel.FeelSyntaxError:
            continue
        expression.evaluate(scope, ENVIRONMENT)


LEAVES = st.sampled_from(
    [
        "1",
        "-2.5",
        '"s"',
        "null",
        "true",
        "a",
        "b",
        "x",
        "item",
        '@"P1D"',
        '@"2024-01-01"',
        "[]",
        "{}",
        "(< 3)",
        "[1..5]",
    ]
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Every construct of the grammar around smaller expressions."""
    patterns = [
        "({} + {})",
        "({} - {})",
        "{} * {}",
        "{} / {}",
        "{} ** {}",
        "({} = {})",
        "({} < {})",
        "({} and {})",
        "({} or {})",
        "(if {} then {} else {})",
        "({} between {} and {})",
        "({} in ({}, > {}))",
        "({} in [{}..{}])",
        "(for x in {} return {})",
        "(for x in {}..{}, y in x return {})",
        "(some x in {} satisfies {})",
        "(every x in {} satisfies {})",
        "[{}, {}]",
        "{{a: {}, b: {}}}",
        "({})[{}]",
        "({}).a",
        "(function(x, y) {})({}, {})",
        "({} instance of list<number>)",
        "count({})",
        "sort({}, function(x, y) {})",
        "concatenate({}, {})",
        "string({})",
        "get value({}, {})",
        "sum({})",
        "min({}, {})",
        "-({})",
    ]

    def filled(pattern: str) -> st.SearchStrategy[str]:
        return st.tuples(*[inner] * pattern.count("{}")).map(lambda parts: pattern.format(*parts))

    return st.one_of([filled(pattern) for pattern in patterns])


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.recursive(LEAVES, _larger, max_leaves=12))
def test_any_well_formed_expression_has_a_value(text: str) -> None:
    scope = {"a": feel.from_python([1, {"b": "x"}]), "b": feel.from_python(3), "x": feel.temporal.parse("2024-01-01")}

    outcome = feel.parse(text, frozenset(scope)).evaluate(scope, ENVIRONMENT)

    feel.string(outcome.value)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_refused_or_evaluated(text: str) -> None:
    try:
        outcome = feel.parse(text).evaluate({}, ENVIRONMENT)
    except feel.FeelSyntaxError:
        return
    feel.string(outcome.value)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.text(max_size=5)
    | st.integers(-(10**40), 10**40)
    | st.sampled_from(
        [feel.temporal.parse(text) for text in ("2024-02-29", "10:00:00Z", "P1D", "-P7M", "2024-01-01T00:00:00")]
    )
    | st.sampled_from([feel.Range(None, feel.from_python(1)), feel.BUILTINS["abs"]]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(set(feel.BUILTINS) - {"assert"})), st.lists(VALUES, max_size=4))
def test_any_builtin_takes_any_values(name: str, arguments: list[object]) -> None:
    scope = {f"x{index}": feel.from_python(argument) for index, argument in enumerate(arguments)}
    expression = feel.parse(f"{name}({', '.join(scope)})")

    outcome = expression.evaluate(scope, ENVIRONMENT)

    feel.string(outcome.value)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["+", "-", "*", "/", "**", "=", "!=", "<", "<=", "in", "and", "or"]), VALUES, VALUES)
def test_any_operator_takes_any_values(operator: str, left: object, right: object) -> None:
    scope = {"a": feel.from_python(left), "b": feel.from_python(right)}

    outcome = feel.parse(f"a {operator} b").evaluate(scope, ENVIRONMENT)

    feel.string(outcome.value)
