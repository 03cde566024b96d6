"""What stands in a field of a document: text for people, never blank without saying so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import regex
from markupsafe import Markup, escape

from service import texts

# What a template may name: fields by name, entries of a list in a list of one, None for a value.
Fields: TypeAlias = "Mapping[str, Fields] | list[Fields] | None"

# Characters that XML forbids, and those that the renderer would take for layout.
_FORBIDDEN = regex.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_NEW_PARAGRAPH = "\a"  # read by docxtpl: what follows is a paragraph of the same style


class Words:
    """A value in words.

    It is false where nothing was filled in, equals its code and its words in conditions, and where it is printed
    without having been filled in it says so and is noted in `missing`.
    """

    __slots__ = ("_missing", "code", "path", "text")

    def __init__(self, text: str, *, path: str, missing: set[str], code: str | None = None) -> None:
        self.text = _FORBIDDEN.sub("", text.replace("\r\n", "\n")).strip()
        self.path = path
        self.code = code
        self._missing = missing

    def __bool__(self) -> bool:
        return bool(self.text)

    def __eq__(self, other: object) -> bool:
        return other in {self.text, self.code} if isinstance(other, str) else self is other

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return str(self.__html__())

    def __html__(self) -> Markup:
        if not self.text:
            self._missing.add(self.path)
            return escape(texts.message("documents.missing"))
        return escape(self.text.replace("\n", _NEW_PARAGRAPH))
