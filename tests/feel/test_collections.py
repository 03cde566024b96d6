"""Lists, contexts, filters, loops, functions."""

from __future__ import annotations

import pytest

from service import feel
from tests.feel.evaluating import ENVIRONMENT, codes, result, shown

CASES = [
    # paths
    ("{a: {b: 1}}.a.b", "1"),
    ("[{a: 1}, {b: 2}].a", "[1, null]"),
    ("[[{a: 1}]].a", "[[1]]"),
    ("null.a", "null"),
    # filters
    ("[1, 2, 3][1]", "1"),
    ("[1, 2, 3][-1]", "3"),
    ("[1, 2, 3][0]", "null"),
    ("[1, 2, 3][4]", "null"),
    ("[1, 2, 3][item >= 2]", "[2, 3]"),
    ("[{a: 1}, {a: 2}][a >= 2]", "[{a: 2}]"),
    ("[{a: 1}, {a: null}][a < 2]", "[{a: 1}]"),
    ("[][item > 1]", "[]"),
    ("[][1]", "null"),
    ("100[1]", "100"),
    ("100[false]", "[]"),
    ("null[1]", "null"),
    ('[1, 2]["x"]', "null"),
    ("[1, 2, 3][count([1, 2])]", "2"),
    ("[1, 2, 3, 4][item > 1][item > 2][1]", "3"),
    ("[1, 2, 3][[2, 3][item > 2][1] = item]", "[3]"),
    # contexts
    ("{a: 1, b: a + 1}", "{a: 1, b: 2}"),
    ("{a: 1, b: {c: a + 1}}.b.c", "2"),
    ('{"a b": 1}', "{a b: 1}"),
    ('{"": 1}', '{"": 1}'),
    ("{a: 1, a: 2}", "null"),
    # loops
    ("for x in [1, 2] return x * 2", "[2, 4]"),
    ("for x in 1..3 return x", "[1, 2, 3]"),
    ("for x in 3..1 return x", "[3, 2, 1]"),
    ("for x in [1..3) return x", "[1, 2]"),
    ("for x in [3..1] return x", "null"),
    ("for x in 1..2, y in x..2 return [x, y]", "[[1, 1], [1, 2], [2, 2]]"),
    ("for x in [[1, 2], [3]], y in x return y", "[1, 2, 3]"),
    ("for x in 5 return x", "[5]"),
    ("for x in [] return x", "[]"),
    ('for d in @"2024-02-28"..@"2024-03-01" return d.day', "[28, 29, 1]"),
    ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]"),
    ("(for f in (for i in 1..3 return function(x) x + i) return f(10))", "[11, 12, 13]"),
    ("some x in [1, 2] satisfies x > 1", "true"),
    ("some x in [] satisfies x > 1", "false"),
    ("every x in [] satisfies x > 1", "true"),
    ("every x in [1, 2], y in [3] satisfies x < y", "true"),
    ("some x in [1, null] satisfies x > 1", "null"),
    ('every x in [1, 2] satisfies "a"', "null"),
    # functions
    ("(function(x) x + 1)(2)", "3"),
    ("{f: function(x: number) x + 1, r: f(1)}.r", "2"),
    ('{f: function(x: number) x + 1, r: f("1")}.r', "null"),
    ("{f: function(x: number) x + 1, r: f([1])}.r", "2"),
    ("{f: function(x: list<number>) count(x), r: f(1)}.r", "1"),
    ("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(20)}.r", "2432902008176640000"),
    ("{k: 3, f: function(x) function(y) x * y + k, r: f(2)(5)}.r", "13"),
    ("(function(f, x) f(x))(abs, -1)", "1"),
    ("(function(x) x)(1, 2)", "null"),
    ("(function(x) x)(y: 1)", "null"),
    ("null()", "null"),
    ('"abs"(-1)', "null"),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_expression_has_the_value_of_the_standard(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_filter_sees_the_scope_behind_the_item() -> None:
    assert shown("[{x: 1}, {x: 5}][x > y]", x=9, y=2) == "[{x: 5}]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"r.i": append(r.i, 2)}', '{"r.i": [1, 2]}'),
        ('{"r.i": 5, b: r.i}', '{"r.i": 5, b: 5}'),
        ("{my fact: function(n) if n < 2 then 1 else n * my fact(n - 1), x: my fact(4)}.x", "24"),
    ],
)
def test_a_context_entry_is_known_behind_itself_and_to_its_own_function(text: str, expected: str) -> None:
    assert shown(text, r={"i": [1]}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"full name": "A"}.full name', '"A"'),
        ('[{"full name": "A"}, {"full name": "B"}][full name = "B"].full name', '["B"]'),
        ('{"net+tax": o.net+tax, b: 1}', '{"net+tax": 3, b: 1}'),
        ('get value({"net+tax": 3}, "net+tax")', "3"),
    ],
)
def test_a_quoted_key_of_several_words_is_read_by_a_path(text: str, expected: str) -> None:
    assert shown(text, o={"net": 1}, tax=2) == expected


def test_scope_shadows_a_builtin() -> None:
    assert shown("count + 1", count=4) == "5"


def test_functions_of_the_domain_stand_beside_the_builtins() -> None:
    double = feel.Function("double it", ("x",), lambda x: x * 2)
    environment = feel.Environment(ENVIRONMENT.now, ENVIRONMENT.zone, {"double it": double})

    expression = feel.parse("double it(4)", frozenset(environment.functions))

    assert feel.string(expression.evaluate({}, environment).value) == "8"


def test_failure_of_a_domain_function_is_null_with_its_code() -> None:
    def fail() -> feel.Value:
        raise feel.Failure("calendar_missing", year=2030)

    environment = feel.Environment(ENVIRONMENT.now, ENVIRONMENT.zone, {"due": feel.Function("due", (), fail)})

    outcome = feel.parse("due()").evaluate({}, environment)

    assert outcome.value is None
    assert [(each.code, each.facts["year"]) for each in outcome.diagnostics] == [("calendar_missing", 2030)]


def test_assert_alone_raises() -> None:
    with pytest.raises(feel.AssertionFailed) as caught:
        result('assert(x, x > 1, "too small")', x=1)

    assert caught.value.facts == {"cause": "too small"}


def test_asking_whether_something_is_defined_is_no_fault() -> None:
    assert codes("is defined(a.b)") == []
    assert codes('get or else(a.b, "x")') == []
