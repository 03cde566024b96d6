"""Regular expressions in the dialect of XPath, translated for the `regex` package and run under a time limit.

W3C, XPath and XQuery Functions and Operators 3.1, 5.6; XML Schema part 2, appendix F. What that dialect does not have,
such as look-ahead or possessive quantifiers, is refused, so that a model means the same in every engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import regex

from service.feel import limits
from service.feel.diagnostics import Failure, Stop

_FLAGS = frozenset("smixq")
_SPACE = frozenset(" \t\n\r")
_PLAIN_ESCAPES = frozenset("\\|.?*+(){}-[]^$")
_CONTROL = {"n": "\\n", "r": "\\r", "t": "\\t"}
# Multi-character escapes, as they stand inside a character class.
_CLASSES = {
    "s": "\\x20\\t\\n\\r",
    "d": "\\p{Nd}",
    "w": "^\\p{P}\\p{Z}\\p{C}",
    "i": "\\p{L}\\p{Nl}:_",
    "c": "\\p{L}\\p{N}\\p{M}\\-.:_\\u00b7",
}
_MAX_REPEAT = 1000
_MAX_PATTERN = 10_000
_MAX_SIZE = 20_000  # of a pattern with its repetitions written out, as the compiler writes them


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern as written and compiled."""

    source: str
    compiled: regex.Pattern[str]


def compile_pattern(pattern: str, flags: str | None) -> Pattern:
    """The compiled pattern. Raise `Failure` when pattern or flags are not of the dialect."""
    return _compiled(pattern, "".join(sorted(set(flags or ""))))


def search(pattern: Pattern, text: str, seconds: float) -> bool:
    try:
        return pattern.compiled.search(text, timeout=seconds) is not None
    except TimeoutError as error:
        raise _too_slow(pattern) from error


def find_all(pattern: Pattern, text: str, seconds: float) -> list[str]:
    """All matches, whole."""
    try:
        return [match[0] for match in pattern.compiled.finditer(text, timeout=seconds)]
    except TimeoutError as error:
        raise _too_slow(pattern) from error


def split(pattern: Pattern, text: str, seconds: float) -> list[str]:
    """The parts between the matches; the groups of the pattern are no parts."""
    parts: list[str] = []
    start = 0
    try:
        for match in pattern.compiled.finditer(text, timeout=seconds):
            if match.end() == match.start():
                if match.start() in {0, len(text)}:
                    continue  # nothing stands before or after it
                parts.append(text[start : match.start()])
                start = match.start()
                continue
            parts.append(text[start : match.start()])
            start = match.end()
    except TimeoutError as error:
        raise _too_slow(pattern) from error
    parts.append(text[start:])
    return parts


def replace(pattern: Pattern, text: str, replacement: str, is_literal: bool, seconds: float) -> str:
    r"""The text with all matches replaced; `$1` stands for a group, `\$` and `\\` for themselves."""
    if search(pattern, "", seconds):
        raise Failure("feel_pattern_empty", pattern=pattern.source[:60])  # FORX0003
    parts = [replacement] if is_literal else _replacement(replacement, pattern.compiled.groups)
    size = 0

    def changed(match: regex.Match[str]) -> str:
        nonlocal size
        put = "".join(part if isinstance(part, str) else match[part] or "" for part in parts)
        size += len(put)
        if size > limits.MAX_STRING:
            raise Failure("feel_limit_string", limit=limits.MAX_STRING)
        return put

    try:
        return pattern.compiled.sub(changed, text, timeout=seconds)
    except TimeoutError as error:
        raise _too_slow(pattern) from error


def _replacement(text: str, groups: int) -> list[str | int]:
    parts: list[str | int] = []
    position = 0
    while position < len(text):
        character = text[position]
        following = text[position + 1 : position + 2]
        if character == "\\":
            if following not in {"\\", "$"}:
                raise Failure("feel_replacement", replacement=text[:60])
            parts.append(following)
            position += 2
        elif character == "$":
            if not following.isascii() or not following.isdigit():
                raise Failure("feel_replacement", replacement=text[:60])
            end = position + 2
            # As many digits as still name a group.
            while text[end : end + 1].isascii() and text[end : end + 1].isdigit():
                if int(text[position + 1 : end + 1]) > groups:
                    break
                end += 1
            number = int(text[position + 1 : end])
            parts.append(number if number <= groups else "")
            position = end
        else:
            parts.append(character)
            position += 1
    return parts


@lru_cache(maxsize=1024)
def _compiled(pattern: str, flags: str) -> Pattern:
    if not set(flags) <= _FLAGS:
        raise Failure("feel_pattern_flags", flags=flags[:20])
    if len(pattern) > _MAX_PATTERN:
        raise Failure("feel_pattern", pattern=pattern[:60], reason="length")
    own = regex.VERSION1 | (regex.IGNORECASE if "i" in flags else 0)
    try:
        if "q" in flags:
            text = "".join(map(_literal, pattern))
        else:
            text = _Translator(_without_spaces(pattern) if "x" in flags else pattern, flags).all()
        return Pattern(pattern, regex.compile(f"(?-f){text}", own))
    except (regex.error, OverflowError, RecursionError, MemoryError) as error:
        raise Failure("feel_pattern", pattern=pattern[:60], reason=str(error)) from error


def _without_spaces(pattern: str) -> str:
    """The pattern without spaces outside of character classes, as flag x wants."""
    kept: list[str] = []
    depth = 0
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "\\" and depth and position + 1 < len(pattern):
            kept.append(pattern[position : position + 2])
            position += 2
            continue
        if character == "[" and not (kept and kept[-1] == "\\" and not depth):
            depth += 1
        elif character == "]" and depth:
            depth -= 1
        if depth or character not in _SPACE:
            kept.append(character)
        position += 1
    return "".join(kept)


def _too_slow(pattern: Pattern) -> Stop:
    return Stop("feel_limit_regex", pattern=pattern.source[:60], seconds=limits.REGEX_SECONDS)


class _Translator:
    """Reads a pattern once, from left to right, and writes the same for `regex`."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = pattern
        self.flags = flags
        self.position = 0
        self.groups = 0
        self.size = 0
        self.repeats = 1  # that the quantifier read last asks for at least
        self.closed: set[int] = set()

    def all(self) -> str:
        text = self.alternatives(0)
        if self.position < len(self.pattern):
            raise self.fault(")")
        return text

    def fault(self, reason: str) -> Failure:
        return Failure("feel_pattern", pattern=self.pattern[:60], reason=f"{reason} ({self.position + 1})")

    def at(self, text: str) -> bool:
        return self.pattern.startswith(text, self.position)

    def alternatives(self, depth: int) -> str:
        if depth > 50:
            raise self.fault("(((")
        parts: list[str] = []
        while self.position < len(self.pattern) and not self.at(")"):
            if self.at("|"):
                self.position += 1
                parts.append("|")
                continue
            before = self.size
            self.size += 1
            parts.append(self.atom(depth) + self.quantifier())
            self.size = before + (self.size - before) * self.repeats
            if self.size > _MAX_SIZE:
                raise self.fault(parts[-1][-10:])
        return "".join(parts)

    def atom(self, depth: int) -> str:
        character = self.pattern[self.position]
        self.position += 1
        match character:
            case "(":
                return self.group(depth)
            case "[":
                return self.character_class()
            case "\\":
                return self.escape()
            case ".":
                return "(?s:.)" if "s" in self.flags else "[^\\n\\r]"
            case "^":
                return "(?:\\A|(?m:^)(?!\\Z))" if "m" in self.flags else "\\A"
            case "$":
                return "(?m:$)" if "m" in self.flags else "\\Z"
            case "*" | "+" | "?" | "{" | "}" | "]":
                self.position -= 1
                raise self.fault(character)
        return _literal(character)

    def group(self, depth: int) -> str:
        if self.at("?"):
            if not self.at("?:"):
                raise self.fault("(?")
            self.position += 2
            inner = f"(?:{self.alternatives(depth + 1)})"
            number = None
        else:
            self.groups += 1
            number = self.groups
            inner = f"({self.alternatives(depth + 1)})"
        if not self.at(")"):
            raise self.fault("(")
        self.position += 1
        if number is not None:
            self.closed.add(number)
        return inner

    def quantifier(self) -> str:
        self.repeats = 1
        if self.position >= len(self.pattern):
            return ""
        character = self.pattern[self.position]
        if character in "*+?":
            self.position += 1
            text = character
        elif character == "{":
            found = _REPEAT.match(self.pattern, self.position)
            if found is None:
                raise self.fault("{")
            low, high = int(found[1]), int(found[3]) if found[3] else None
            if low > _MAX_REPEAT or (high is not None and (high > _MAX_REPEAT or high < low)):
                raise self.fault(found[0])
            self.position = found.end()
            self.repeats = max(low, 1)
            text = found[0]
        else:
            return ""
        if self.at("?"):
            self.position += 1
            text += "?"
        return text

    def escape(self) -> str:
        """What a backslash outside of a character class stands for."""
        character = self.pattern[self.position : self.position + 1]
        if character.isascii() and character.isdigit() and character != "0":
            return self.back_reference()
        if character in {"p", "P"}:
            text = self.property()
            return f"(?-i:{text})" if "i" in self.flags else text
        self.position += 1
        if character.lower() in _CLASSES and character:
            return _class(character)
        if character in _CONTROL:
            return _CONTROL[character]
        if character and character in _PLAIN_ESCAPES:
            return _literal(character)
        raise self.fault(f"\\{character}")

    def back_reference(self) -> str:
        end = self.position + 1
        while self.pattern[end : end + 1].isdigit() and int(self.pattern[self.position : end + 1]) <= self.groups:
            end += 1
        number = int(self.pattern[self.position : end])
        if number not in self.closed:
            raise self.fault(f"\\{number}")
        self.position = end
        return f"\\g<{number}>"

    def property(self) -> str:
        found = _PROPERTY.match(self.pattern, self.position)
        if found is None:
            raise self.fault("\\p")
        self.position = found.end()
        name = found[2]
        if name.startswith("Is"):
            return f"\\{found[1]}{{Block={name[2:]}}}"
        if name not in _CATEGORIES:
            raise self.fault(found[0])
        return f"\\{found[1]}{{{name}}}"

    def character_class(self) -> str:
        """After `[`: members, ranges, and what is taken away by `-[...]`."""
        negated = self.at("^")
        if negated:
            self.position += 1
        members: list[str] = []
        subtracted = ""
        while not self.at("]"):
            if self.position >= len(self.pattern):
                raise self.fault("[")
            if self.at("-[") and members:
                self.position += 2
                subtracted = self.character_class()
                if not self.at("]"):
                    raise self.fault("]")
                break
            members.append(self.member(is_first=not members))
        if not members:
            raise self.fault("[]")
        self.position += 1
        text = f"[{'^' if negated else ''}{''.join(members)}]"
        return f"[{text}--{subtracted}]" if subtracted else text

    def member(self, is_first: bool) -> str:
        low = self.single()
        if low is None:
            return self.class_escape()
        if low == "-" and self.pattern[self.position - 1] == "-" and not is_first and not self.at("]"):
            raise self.fault("-")
        if self.at("-") and not self.at("-]") and not self.at("-["):
            self.position += 1
            high = self.single()
            if high is None or high < low:
                raise self.fault("-")
            return f"{_literal(low)}-{_literal(high)}"
        return _literal(low)

    def single(self) -> str | None:
        r"""One character of a class; None when a class escape such as `\d` stands here."""
        character = self.pattern[self.position : self.position + 1]
        if character in {"", "["}:
            raise self.fault("[")
        if character != "\\":
            self.position += 1
            return character
        following = self.pattern[self.position + 1 : self.position + 2]
        if following in _CONTROL:
            self.position += 2
            return {"n": "\n", "r": "\r", "t": "\t"}[following]
        if following and following in _PLAIN_ESCAPES:
            self.position += 2
            return following
        return None

    def class_escape(self) -> str:
        self.position += 1
        character = self.pattern[self.position : self.position + 1]
        if character in {"p", "P"}:
            return self.property()
        self.position += 1
        if character and character.lower() in _CLASSES:
            return _class(character)
        raise self.fault(f"\\{character}")


_REPEAT = regex.compile(r"\{(\d+)(,(\d*))?\}")
_PROPERTY = regex.compile(r"([pP])\{([A-Za-z][A-Za-z0-9-]*)\}")
_CATEGORIES = frozenset(
    general + each
    for general, special in (
        ("L", "ultmo"),
        ("M", "nce"),
        ("N", "dlo"),
        ("P", "cdseifo"),
        ("Z", "slp"),
        ("S", "mcko"),
        ("C", "cfon"),
    )
    for each in ("", *special)
)


def _class(character: str) -> str:
    inner = _CLASSES[character.lower()]
    if character.isupper():
        inner = inner[1:] if inner.startswith("^") else f"^{inner}"
    return f"[{inner}]"


def _literal(character: str) -> str:
    if character.isalnum() or character == "_":
        return character
    return f"\\U{ord(character):08x}"
