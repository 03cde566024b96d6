"""FEEL text to tokens. Names with spaces or operators are put together by the parser, which knows the scope.

DMN 1.5, 10.3.1.2, grammar rules 27 - 37.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from service.feel import limits
from service.feel.diagnostics import FeelSyntaxError

NUMBER = "number"
STRING = "string"
AT = "at"  # @"..."
NAME = "name"
QUOTED = "quoted"  # `a name`, an extension of Camunda
SYMBOL = "symbol"
END = "end"


class Token(NamedTuple):
    kind: str
    text: str  # as written; of strings and quoted names the content, unescaped
    start: int
    end: int


# Grammar rules 28 and 29, without the spaces that lie in their ranges and without `?`, which is a token of its own.
_START = (
    "A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_TOKEN = re.compile(
    rf"""
    (?P<space>[\s\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff\u0085]+ | //[^\n\r]* | /\*.*?\*/)
  | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<at>@\s*"(?:[^"\\]|\\.)*")
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<name>[{_START}][{_PART}]*)
  | (?P<quoted>`[^`\n]+`)
  | (?P<symbol>\.\.|\*\*|->|<=|>=|!=|[-+*/=<>()\[\]{{}},:.?'@])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_HALVES = re.compile("[\ud800-\udfff]")


def tokens(text: str) -> list[Token]:
    """All tokens, the last of kind END."""
    if len(text) > limits.MAX_TEXT:
        raise FeelSyntaxError("feel_text_too_long", text[:200], 0, limit=limits.MAX_TEXT, length=len(text))
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _dotted(text, position) or _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text, position)
        kind = match.lastgroup or SYMBOL
        if kind == SYMBOL and text.startswith("/*", position):
            raise FeelSyntaxError("feel_comment_open", text, position)
        end = match.end()
        if kind == STRING:
            found.append(Token(STRING, unescape(match[0][1:-1]), position, end))
        elif kind == AT:
            found.append(Token(AT, unescape(match[0][1:].strip()[1:-1]), position, end))
        elif kind == QUOTED:
            found.append(Token(QUOTED, match[0][1:-1], position, end))
        elif kind != "space":
            found.append(Token(kind, match[0], position, end))
        position = end
    found.append(Token(END, "", len(text), len(text)))
    return found


_DOTS = re.compile(r"(?P<symbol>\.\.)")


def _dotted(text: str, position: int) -> re.Match[str] | None:
    """`..` before a number would be read as `.` and `.5`."""
    return _DOTS.match(text, position)


def unescape(text: str) -> str:
    """A string literal's content; a backslash before another character stays, as in regular expressions."""
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(_unescaped, text)
    whole = _SURROGATES.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), plain)
    # Half of a pair alone is no character; no encoding could write it.
    return _HALVES.sub("\ufffd", whole)


def _unescaped(match: re.Match[str]) -> str:
    if match[1]:
        return chr(int(match[1], 16))
    if match[2]:
        point = int(match[2], 16)
        return chr(point) if point <= 0x10FFFF else match[0]
    return _SIMPLE.get(match[3], match[0])


def _unreadable(text: str, position: int) -> FeelSyntaxError:
    character = text[position]
    if character == '"':
        return FeelSyntaxError("feel_string_open", text, position)
    return FeelSyntaxError("feel_character", text, position, found=character)
