"""The text of the measure, article by article, beside the rules, steps and fields that rest on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template, url_for

from service.auth import Permission
from service.casework import measure
from service.casework.measure import Article, Carrier, CarrierKind, Part
from service.web import request
from service.web.words import N_, gettext, ngettext

blueprint = Blueprint("measure", __name__, url_prefix="/measure")

LONGEST = 48  # characters of a field's words
ELLIPSIS = "\u2026"
KINDS: Mapping[CarrierKind, str] = {
    CarrierKind.RULE: N_("Rules"),
    CarrierKind.STEP: N_("Steps"),
    CarrierKind.FIELD: N_("Fields"),
}


@dataclass(frozen=True, slots=True)
class Link:
    words: str
    within: str
    url: str  # empty where the reader may not open it


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class PartView:
    id: str
    number: str  # printed before an item
    paragraphs: tuple[str, ...]
    count_words: str
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class ArticleView:
    id: str
    name: str
    parts: tuple[PartView, ...]
    whole: PartView | None  # what cites the article and none of its parts


@blueprint.app_context_processor
def _links() -> dict[str, object]:
    return {"article_url": article_url}


@blueprint.get("")
def show() -> Response:
    person = request.person()
    found = measure.text()
    carriers: Mapping[str, Sequence[Carrier]] = {}
    if person.may(Permission.READ_MODELS):
        with request.reading() as unit:
            carriers = measure.carriers(unit)
    articles = [_article(article, carriers, person.may(Permission.TRY_DECISIONS)) for article in found.articles]
    return make_response(render_template("measure.html", measure=found, articles=articles, shows_models=bool(carriers)))


def article_url(citation: str) -> str:
    """Return where the text stands that a citation names first; empty where it names none of the measure."""
    cited = measure.cited(citation)
    return url_for("measure.show", _anchor=f"article-{cited[0]}") if cited else ""


def _article(article: Article, carriers: Mapping[str, Sequence[Carrier]], may_try: bool) -> ArticleView:
    whole = carriers.get(article.id, ())
    if len(article.parts) == 1:
        (part,) = article.parts
        return ArticleView(
            article.id, article.name, (_part(part, [*whole, *carriers.get(part.id, ())], may_try),), None
        )
    parts = tuple(_part(part, carriers.get(part.id, ()), may_try) for part in article.parts)
    return ArticleView(article.id, article.name, parts, _part(None, whole, may_try) if whole else None)


def _part(part: Part | None, carriers: Sequence[Carrier], may_try: bool) -> PartView:
    number = part.name if part and part.is_item else ""
    told = ngettext("%(num)s place rests on it", "%(num)s places rest on it", len(carriers)) if carriers else ""
    return PartView(part.id if part else "", number, part.paragraphs if part else (), told, _kinds(carriers, may_try))


def _kinds(carriers: Iterable[Carrier], may_try: bool) -> tuple[Kind, ...]:
    by_kind: dict[CarrierKind, list[Link]] = {}
    for one in carriers:
        by_kind.setdefault(one.kind, []).append(_link(one, may_try))
    return tuple(Kind(gettext(KINDS[kind]), tuple(links)) for kind, links in by_kind.items())


def _link(one: Carrier, may_try: bool) -> Link:
    if one.kind is CarrierKind.RULE:
        rules = gettext(", ").join(str(number) for number in one.rules)
        anchor = f"{one.model_id}-{one.rules[0]}"
        return Link(
            one.name,
            gettext("rule %(rules)s", rules=rules),
            url_for("decisions.show", decision_id=one.model_id, _anchor=anchor) if may_try else "",
        )
    kind = "process" if one.kind is CarrierKind.STEP else "form"
    name = one.name if len(one.name) <= LONGEST else one.name[: LONGEST - 1] + ELLIPSIS
    return Link(name, one.within, url_for("deployments.definition", kind=kind, definition_id=one.model_id))
