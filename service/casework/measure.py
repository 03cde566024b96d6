"""The text of the measure, and what of it the models in force rest on: rules, steps and fields by article.

Nothing is entered by hand. Tables cite in their annotation columns, steps in `rc.article`, fields in their words; a
citation is read as `measure.json` says, so a text that is formally issued takes the place of the draft as data.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any

from service import feel
from service.runtime import deployments, form_display, step_notes
from service.runtime.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph or an item of an article."""

    id: str  # "7-1": first item of Article 7; "7-0" its opening words
    name: str  # as it is cited; empty where an article has one part only
    is_item: bool  # its name is printed before it
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Article:
    id: str  # "7"
    name: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    title: str
    status: str  # of the text, such as a draft out for comments
    articles: tuple[Article, ...]


class CarrierKind(StrEnum):
    RULE = "rule"
    STEP = "step"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class Carrier:
    """Something in a model that cites the measure."""

    kind: CarrierKind
    name: str  # of the decision, the step or the field
    within: str  # name of the process or form
    model_id: str  # of the decision, process or form
    element_id: str  # of the step or the field
    rules: tuple[int, ...] = ()  # 1-based


@dataclass(frozen=True, slots=True)
class _Citation:
    quoted: re.Pattern[str]
    article: re.Pattern[str]
    other: re.Pattern[str]  # before an article of another law
    same: re.Pattern[str]  # before an article of the law named last
    part: re.Pattern[str]
    range: re.Pattern[str]


@functools.cache
def text() -> Measure:
    """Return the text, word for word."""
    found = _data()
    articles = []
    for article in found["articles"]:
        number = str(article["number"])
        parts = tuple(
            Part(f"{number}-{index}", part["name"], part.get("item", False), tuple(part["paragraphs"]))
            for index, part in enumerate(article["parts"])
        )
        articles.append(Article(number, article["name"], parts))
    return Measure(found["title"], found["status"], tuple(articles))


def cited(words: str) -> tuple[str, ...]:
    """Return what a text cites, in its order: ids of articles where it names them whole, else of their parts.

    Articles of other laws, and words in quotation marks, are no citations of the measure.
    """
    citation, articles = _citation(), _articles()
    rest = citation.quoted.sub("", words)
    found: dict[str, None] = {}
    ours = True
    for match in citation.article.finditer(rest):
        before = rest[: match.start()]
        if citation.other.search(before):
            ours = False
        elif not citation.same.search(before):
            ours = True
        article = articles.get(match[0]) if ours else None
        if article is None:
            continue
        named = list(_parts(article, rest, match.end(), citation))
        found |= dict.fromkeys(named or [article.id])
    return tuple(found)


def carriers(unit: UnitOfWork) -> dict[str, list[Carrier]]:
    """Return what the models in force say by which article or part, by its id."""
    found: dict[str, list[Carrier]] = {}
    for cites, carrier in (*_rules(unit), *_steps(unit), *_fields(unit)):
        for key in cites:
            found.setdefault(key, []).append(carrier)
    return found


def _rules(unit: UnitOfWork) -> Iterator[tuple[tuple[str, ...], Carrier]]:
    for row in deployments.decisions(unit):
        decision = deployments.model_of(unit, row.key).decision(row.definition_id)
        if decision is None or decision.table is None:
            continue
        by_part: dict[str, list[int]] = {}
        for rule in decision.table.rules:
            for key in dict.fromkeys(key for note in rule.annotations.values() for key in cited(note)):
                by_part.setdefault(key, []).append(rule.index)
        for key, rules in by_part.items():
            yield (key,), Carrier(CarrierKind.RULE, decision.name, "", decision.id, "", tuple(rules))


def _steps(unit: UnitOfWork) -> Iterator[tuple[tuple[str, ...], Carrier]]:
    for row in deployments.processes(unit):
        for element_id, notes in step_notes.of_definition(unit, row.key).items():
            if notes.article:
                yield (
                    cited(notes.article),
                    Carrier(CarrierKind.STEP, notes.name, row.name or row.definition_id, row.definition_id, element_id),
                )


def _fields(unit: UnitOfWork) -> Iterator[tuple[tuple[str, ...], Carrier]]:
    steps = dict(_forms_of_steps(unit))
    for form_id, wordings in form_display.wordings(unit).items():
        for one in wordings:
            if cites := cited(one.words):
                name = one.label or one.words.strip().splitlines()[0]
                yield cites, Carrier(CarrierKind.FIELD, name, steps.get(form_id, ""), form_id, one.component_id)


def _forms_of_steps(unit: UnitOfWork) -> Iterator[tuple[str, str]]:
    for row in deployments.processes(unit):
        for element in deployments.process_model(unit, row.key).elements.values():
            form = getattr(element.detail, "form", None)
            if form is not None and form.form_id:
                yield form.form_id, element.name or element.id


def _parts(article: Article, words: str, position: int, citation: _Citation) -> Iterator[str]:
    by_name = {part.name: part for part in article.parts if part.name}
    while match := citation.part.match(words, position):
        part = by_name.get(match[1])
        if part is None:
            return  # a paragraph within an item: the item stands for it
        position = match.end()
        yield part.id
        until = citation.range.match(words, position)
        if until and until[1] in by_name:
            position = until.end()
            first, last = article.parts.index(part), article.parts.index(by_name[until[1]])
            yield from (between.id for between in article.parts[first + 1 : last + 1])


@functools.cache
def _articles() -> Mapping[str, Article]:
    return {article.name: article for article in text().articles}


@functools.cache
def _citation() -> _Citation:
    return _Citation(**{name: re.compile(pattern) for name, pattern in _data()["citation"].items()})


@functools.cache
def _data() -> dict[str, Any]:
    value = feel.codec.decode((resources.files(__package__) / "measure.json").read_text("utf-8"))
    if not isinstance(value, dict):
        raise TypeError("measure.json is no object")
    return value
