"""Names: several words, operators, Chinese; the longest known one first. DMN 1.5, 10.3.1.2."""

from __future__ import annotations

import pytest

from service import feel
from tests.feel.evaluating import shown

CASES: list[tuple[str, dict[str, object], str]] = [
    ("Person's age + 1", {"Person's age": 5}, "6"),
    ("a-b", {"a": 5, "b": 3}, "2"),
    ("a-b", {"a": 5, "b": 3, "a-b": 1}, "1"),
    ("x+y", {"x+y": 1}, "1"),
    ("a b c", {"a b": 1, "a b c": 2}, "2"),
    ('申请人 姓名 = "张三"', {"申请人 姓名": "张三"}, "true"),
    ("合计（元） > 3", {"合计（元）": 5}, "true"),
    ("情形.首次", {"情形": {"首次": True}}, "true"),
    ("`a b` + 1", {"a b": 1}, "2"),
    ("for each item in xs return each item + 1", {"xs": [1, 2]}, "[2, 3]"),
    ("some x y in [1, 2] satisfies x y > 1", {}, "true"),
    ('{first name: "a", b: first name + "c"}.b', {}, '"ac"'),
    ("[{first name: 1}][first name = 1].first name", {}, "[1]"),
    ("(function(a b: number, c) a b + c)(1, 2)", {}, "3"),
    ("(function(a b: number, c) a b + c)(c: 1, a b: 2)", {}, "3"),
    ("values in a list[1]", {"values in a list": [7]}, "7"),
    ("date", {"date": 1}, "1"),
    ('date and time("2020-01-01T00:00:00")', {"date": True, "time": True}, "2020-01-01T00:00:00"),
    ('get or else(null, "x")', {}, '"x"'),
    ('{🐎: "horse"}.🐎', {}, '"horse"'),
    ("{item: 5}.item", {}, "5"),
    ("[{item: 1}, {item: 2}][item > 1]", {}, "[{item: 2}]"),
]


@pytest.mark.parametrize(("text", "scope", "expected"), CASES, ids=[f"{text}" for text, _, _ in CASES])
def test_name_is_resolved_by_what_is_in_scope(text: str, scope: dict[str, object], expected: str) -> None:
    assert shown(text, **scope) == expected


FREE = [
    ("a + b.c", {"a", "b"}),
    ("for x in xs return x + y", {"xs", "y"}),
    ("sum(xs)", {"xs"}),
    ("function(a) a + b", {"b"}),
    ("{a: 1, b: a + c}", {"c"}),
    ("xs[item > limit]", {"xs", "limit"}),
    ("deadline(p)", {"deadline", "p"}),
]


@pytest.mark.parametrize(("text", "names"), FREE, ids=[text for text, _ in FREE])
def test_expression_tells_which_names_it_reads(text: str, names: set[str]) -> None:
    assert feel.parse(text).names == names


ERRORS = [
    ("1 +", "feel_unexpected_end", 1, 4),
    ("full name", "feel_expected_end", 1, 6),
    ("a ** ** b", "feel_expected_expression", 1, 6),
    ("\n\n  1 +\n  * 3", "feel_expected_expression", 4, 3),
    ('"abc', "feel_string_open", 1, 1),
    ("1 /* abc", "feel_comment_open", 1, 3),
    ("1 # 2", "feel_character", 1, 3),
    ("[1, 2", "feel_unexpected_end", 1, 6),
    ("{a: }", "feel_expected_expression", 1, 5),
    ("if a then", "feel_unexpected_end", 1, 10),
    ("f(a: 1, 2)", "feel_expected_name", 1, 9),
    ("x instance of 1", "feel_expected_type", 1, 15),
    ("for x in xs", "feel_unexpected_end", 1, 12),
    ("a = = b", "feel_expected_expression", 1, 5),
    ("", "feel_unexpected_end", 1, 1),
    ("(" * 101 + "1" + ")" * 101, "feel_too_nested", 1, 101),
]


@pytest.mark.parametrize(("text", "code", "line", "column"), ERRORS, ids=[text[:20] for text, *_ in ERRORS])
def test_syntax_error_points_at_the_place(text: str, code: str, line: int, column: int) -> None:
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.parse(text)

    assert (caught.value.code, caught.value.line, caught.value.column) == (code, line, column)


def test_syntax_error_shows_line_and_caret() -> None:
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.parse("1 +\nfoo bar\n")

    assert caught.value.caret == "foo bar\n    ^"
