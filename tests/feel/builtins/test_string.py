"""String functions. DMN 1.5, 10.3.4.3; regular expressions of XPath."""

from __future__ import annotations

import pytest

from tests.feel.evaluating import codes, shown

CASES = [
    ('substring("foobar", 3)', '"obar"'),
    ('substring("foobar", 3, 3)', '"oba"'),
    ('substring("foobar", -2, 1)', '"a"'),
    ('substring("🐎ab", 2)', '"ab"'),
    ('substring("foobar", 0)', "null"),
    ('substring("foobar", 7)', "null"),
    ('string length("🐎容错")', "3"),
    ('upper case("aBc")', '"ABC"'),
    ('lower case("aBc")', '"abc"'),
    ('substring before("foobar", "bar")', '"foo"'),
    ('substring before("foobar", "xyz")', '""'),
    ('substring after("foobar", "ob")', '"ar"'),
    ('substring after("", "a")', '""'),
    ('contains("foobar", "of")', "false"),
    ('starts with("foobar", "fo")', "true"),
    ('ends with("foobar", "r")', "true"),
    ('contains(["foobar"], "oo")', "true"),
    ("contains(1, 2)", "null"),
    ('split("John Doe", "\\s")', '["John", "Doe"]'),
    ('split("a;b;c;;", ";")', '["a", "b", "c", "", ""]'),
    ('split("a1b22c", "([0-9])+")', '["a", "b", "c"]'),
    ('string join(["a", null, "b"], ", ")', '"a, b"'),
    ('string join(["a", "b"])', '"ab"'),
    ('string join(["a", "b"], ", ", "[", "]")', '"[a, b]"'),
    ("string join([1])", "null"),
    ("string join([])", '""'),
    # matches
    ('matches("foobar", "^fo*b")', "true"),
    ('matches("a\nb", "a.b")', "false"),
    ('matches("a\nb", "a.b", "s")', "true"),
    ('matches("a\nb", "^b$")', "false"),
    ('matches("a\nb", "^b$", "m")', "true"),
    ('matches("b\n", "b$")', "false"),
    ('matches("ABC", "abc", "i")', "true"),
    ('matches("hello world", " h e llo[ ]world", "x")', "true"),
    ('matches("a.b", "a.b", "q")', "true"),
    ('matches("axb", "a.b", "q")', "false"),
    ('matches("M", "[A-Z-[AEIOU]]")', "true"),
    ('matches("E", "[A-Z-[AEIOU]]")', "false"),
    ('matches("aa", "^(a)\\1$")', "true"),
    ('matches("中文", "^\\p{L}+$")', "true"),
    ('matches("abc", "^\\p{IsBasicLatin}+$")', "true"),
    ('matches("容错", "^[一-龥]{2}$")', "true"),
    ('matches("١", "^\\d$")', "true"),
    ('matches("a-b", "[a\\-]-b")', "true"),
    ('matches("ab", "(?:a)(b)")', "true"),
    # what XPath does not have
    ('matches("ab", "a(?=b)")', "null"),
    ('matches("aa", "a++")', "null"),
    ('matches("a", "[a")', "null"),
    ('matches("a", "(a")', "null"),
    ('matches("a", "a)")', "null"),
    ('matches("a", "\\2")', "null"),
    ('matches("a", "\\y")', "null"),
    ('matches("a", "{2}")', "null"),
    ('matches("a", "a", "g")', "null"),
    # replace
    ('replace("abracadabra", "bra", "*")', '"a*cada*"'),
    ('replace("AAAA", "A+?", "b")', '"bbbb"'),
    ('replace("darted", "^(.*?)d(.*)$", "$1c$2")', '"carted"'),
    ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', '"[1=ab][2=]cd"'),
    ('replace("abc", "b", "\\\\$")', '"a$c"'),
    ('replace("a.b", ".", "$1", "q")', '"a$1b"'),
    ('replace("abc", "b", "$x")', "null"),
    ('replace("abc", "x*", "-")', "null"),
    ('extract("references are 1234, 1256, 1378", "12[0-9]*")', '["1234", "1256"]'),
    ('extract("abc", "x")', "[]"),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_function_has_the_value_of_the_standard(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('matches("a", "[a")', "feel_pattern"),
        ('matches("a", "a", "g")', "feel_pattern_flags"),
        ('replace("abc", "x*", "-")', "feel_pattern_empty"),
        ('replace("abc", "b", "$x")', "feel_replacement"),
    ],
)
def test_wrong_pattern_is_told(text: str, code: str) -> None:
    assert codes(text) == [code]
