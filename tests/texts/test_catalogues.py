"""Every word the product says is in the catalogues, in both languages."""

from __future__ import annotations

import ast
import re
import string
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from service import texts
from service.texts.messages import MESSAGES, SOURCES

SERVICE = Path(texts.FOLDER).parent
CJK = re.compile(r"[\u2e80-\u303f\u3400-\u9fff\uff00-\uffef]")
CATALOGUES = sorted((texts.FOLDER / "zh_CN").glob("*.po"))


def _entries(path: Path) -> dict[tuple[str, str | None], str]:
    with path.open("rb") as source:
        catalogue = read_po(source, locale="zh_CN", abort_invalid=True)
    entries: dict[tuple[str, str | None], str] = {}
    for message in catalogue:
        if message.id and not message.fuzzy:
            key = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
            text = message.string[0] if isinstance(message.string, (tuple, list)) else message.string
            entries[key, message.context] = text
    return entries


def _chinese() -> dict[tuple[str, str | None], str]:
    merged: dict[tuple[str, str | None], str] = {}
    for path in CATALOGUES:
        merged.update(_entries(path))
    return merged


def _extracted() -> set[tuple[str, str | None]]:
    methods = [("**.py", "python"), ("**.html", babel_extract)]
    keywords = {"gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "_": None, "N_": None, "lazy": None}
    found = extract_from_dir(
        str(SERVICE / "web"), method_map=methods, options_map={"**.html": {"trimmed": "true"}}, keywords=keywords
    )
    ids: set[tuple[str, str | None]] = set()
    for _file, _line, message, _comments, context in found:
        ids.add((message[0] if isinstance(message, (tuple, list)) else message, context))
    return ids


@pytest.mark.parametrize("package", SOURCES)
def test_every_message_code_has_chinese_words(package: str) -> None:
    chinese = _chinese()

    missing = [code for code, text in SOURCES[package].items() if not chinese.get((text, None))]

    assert missing == []


def test_a_kind_of_definition_is_said_in_the_readers_language() -> None:
    facts = {"kind": "process", "id": "p", "key": 7}

    assert "流程" in texts.message("runtime.definition_not_found", facts)
    assert "process" not in texts.message("runtime.definition_not_found", facts)
    assert "process" in texts.message("runtime.definition_not_found", facts, "en")


def test_a_code_belongs_to_one_package() -> None:
    assert sum(len(messages) for messages in SOURCES.values()) == len(MESSAGES)


def test_chinese_words_use_the_fields_of_the_english_text() -> None:
    chinese = _chinese()

    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    strange = {
        code: names(chinese[text, None]) - names(text)
        for code, text in MESSAGES.items()
        if (text, None) in chinese and names(chinese[text, None]) - names(text)
    }

    assert strange == {}


def test_two_catalogues_do_not_contradict_each_other() -> None:
    seen: dict[tuple[str, str | None], tuple[str, str]] = {}
    conflicts = []
    for path in CATALOGUES:
        for key, text in _entries(path).items():
            other = seen.setdefault(key, (text, path.name))
            if other[0] != text:
                conflicts.append((key, other, (text, path.name)))

    assert conflicts == []


def test_every_text_of_the_pages_has_chinese_words() -> None:
    chinese = _chinese()

    missing = sorted(key for key in _extracted() if key[0] and not chinese.get(key))

    assert missing == []


def test_plain_markup_of_templates_holds_no_words_outside_the_catalogues() -> None:
    offending = []
    for path in SERVICE.glob("web/**/*.html"):
        # What stands between {% trans %} tags is a msgid; it is looked for by the extraction above.
        without_trans = re.sub(r"\{%-?\s*trans.*?endtrans\s*-?%\}", " ", path.read_text("utf-8"), flags=re.S)
        without_trans = re.sub(r"\{%\s*set\s+\w+\s*%\}.*?endset\s*%\}", " ", without_trans, flags=re.S)
        bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", without_trans, flags=re.S)
        bare = re.sub(r"<[^>]*>|&[a-z#0-9]+;", " ", bare)
        # The language switch names English in English; keys of the keyboard are called the same everywhere.
        offending += [
            (path.name, word) for word in re.findall(r"[A-Za-z]{3,}", bare) if word not in {"English", "Ctrl"}
        ]

    assert offending == []


def test_no_chinese_literal_stands_in_code_or_templates() -> None:
    offending = []
    for path in [*SERVICE.rglob("*.py"), *SERVICE.rglob("*.html"), *SERVICE.glob("web/static/src/*.js")]:
        text = path.read_text("utf-8")
        if path.suffix == ".py":
            tree = ast.parse(text)
            for docstring in _docstrings(tree):
                text = text.replace(docstring, "")
            text = re.sub(r"#.*", "", text)
        offending += [(str(path.relative_to(SERVICE)), line) for line in text.splitlines() if CJK.search(line)]

    assert offending == []


def _docstrings(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body
            if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
                value = body[0].value
                if isinstance(value.value, str) and CJK.search(value.value):
                    found.extend(line for line in value.value.splitlines() if CJK.search(line))
    return found


def test_message_fills_facts_and_keeps_the_names_of_missing_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MESSAGES, "x_test", "Rule {rule} of {table}: {items}")

    filled = texts.message("x_test", {"rule": 2, "items": ["a", "b"]}, "en")

    assert filled == "Rule 2 of {table}: a, b"


def test_a_code_without_words_shows_itself_and_its_facts() -> None:
    assert texts.message("nobody_wrote_this", {"key": 7}, "en") == "nobody_wrote_this (key=7)"


def test_catalogues_are_valid_po_files() -> None:
    for path in CATALOGUES:
        read_po(BytesIO(path.read_bytes()), locale="zh_CN", abort_invalid=True)
