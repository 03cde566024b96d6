"""The text of the measure is the text that was given, and citations are read as people write them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.casework import measure

SHARED = Path(__file__).resolve().parents[3] / "shared/domain/measure.md"

CITATIONS = [
    ("第二条", ("2",)),
    ("第七条（一）", ("7-1",)),
    ("第七条首段、（三）", ("7-0", "7-3")),
    ("第七条（二）（三）", ("7-2", "7-3")),
    ("第七条（三）第二款", ("7-3",)),
    ("第八条、第十条", ("8", "10")),
    ("第四条第一款“全市各级”", ("4-0",)),
    ("第四条第二款（解释，Q-10）", ("4-1",)),
    ("第六条（一）至（六）；先查明具体项，再用兜底项", ("6-1", "6-2", "6-3", "6-4", "6-5", "6-6")),
    ("第十一条（Q-08）", ("11",)),
    ("（见第五条（三））", ("5-3",)),
    ("第七条（一），后文又是第七条（一）", ("7-1",)),
    # Other laws have articles of the same numbers.
    ("政务处分法第四条", ()),
    ("公务员法第九条、第十条；第八条", ("8",)),
    ("《中国共产党问责条例》第三条", ()),
    ("国有企业管理人员处分条例第三十八、三十九条", ()),
    ("依本办法第三条", ("3",)),
    ("依本办法第三十条", ()),
    # What is quoted is text, not a citation.
    ("“第三条”", ()),
    ("", ()),
]


@pytest.mark.parametrize(("words", "parts"), CITATIONS, ids=[words for words, _ in CITATIONS])
def test_a_citation_names_parts_of_the_measure(words: str, parts: tuple[str, ...]) -> None:
    assert measure.cited(words) == parts


@pytest.mark.skipif(not SHARED.exists(), reason="the text as it was given stands in ../shared, which is absent")
def test_the_text_is_the_given_one_word_for_word() -> None:
    given = SHARED.read_text("utf-8")
    found = measure.text()
    shown = found.title + found.status
    for article in found.articles:
        shown += article.name
        for part in article.parts:
            shown += (part.name if part.is_item else "") + "".join(part.paragraphs)

    assert _bare(shown) == _bare(given)


def test_every_part_can_be_cited_by_its_name() -> None:
    for article in measure.text().articles:
        assert measure.cited(article.name) == (article.id,)
        for part in article.parts:
            if part.name:
                assert measure.cited(article.name + part.name) == (part.id,)


def _bare(text: str) -> str:
    """Without marks of the layout: emphasis, spaces, brackets and the width of brackets."""
    return re.sub(r"[\s*#()（）]", "", text)
