"""The documentation: Markdown beside this package, a folder a language, shown as pages.

Links between the files stay as they are written for a reader of the repository (`feel.md#names`); here they lead to
the pages. Raw HTML in a file is shown as text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from flask import Blueprint, Response, make_response, render_template
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from service.errors import NotFound
from service.web import words

blueprint = Blueprint("docs", __name__, url_prefix="/docs")

# In the order of the navigation; the first is the front page.
NAMES = (
    "index",
    "reviewers",
    "supervisors",
    "documents",
    "process-owners",
    "bpmn",
    "feel",
    "administrators",
    "operations",
)

_FILE_LINK = re.compile(r"([a-z-]+)\.md(#.*)?")
_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Section:
    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    title: str
    sections: tuple[Section, ...]  # headings of the second level
    body: Markup


@blueprint.get("/", defaults={"name": "index"})
@blueprint.get("/<name>")
def show(name: str) -> Response:
    if name not in NAMES:
        raise NotFound("page_missing")
    locale = words.locale()
    page = render_template(
        "docs.html",
        document=document(locale, name),
        documents=[document(locale, other) for other in NAMES],
        # Relative, as the links inside are: the index stands at the folder's own address.
        address=lambda other: "./" if other == "index" else other,
    )
    return make_response(page)


@functools.cache
def document(locale: str, name: str) -> Document:
    """Return a page of the documentation in one language."""
    tokens = _MARKDOWN.parse(source(locale, name))
    _name_headings(tokens)
    heading, rest = tokens[:3], tokens[3:]
    body = _MARKDOWN.renderer.render(rest, _MARKDOWN.options, {})
    # The renderer escapes what the files say, and the files are part of the product.
    return Document(name, heading[1].content, _sections(rest), Markup(body))  # noqa: S704


def source(locale: str, name: str) -> str:
    """Return the Markdown of a page."""
    return (resources.files("service.web") / "docs" / locale / f"{name}.md").read_text("utf-8")


def _name_headings(tokens: Sequence[Token]) -> None:
    """Give each heading an anchor made of its words, as code hosting sites do, and each table its heading as label."""
    taken: dict[str, int] = {}
    title = ""
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            title = _plain(tokens[place + 1])
            anchor = _NOT_IN_ANCHORS.sub("", title.lower()).replace(" ", "-")
            times = taken.get(anchor, 0)
            taken[anchor] = times + 1
            token.attrSet("id", f"{anchor}-{times}" if times else anchor)
        elif token.type == "table_open":
            token.meta["label"] = title
        elif token.type == "inline":
            for child in token.children or ():
                if child.type == "link_open":
                    _lead_to_page(child)


def _lead_to_page(link: Token) -> None:
    match = _FILE_LINK.fullmatch(str(link.attrGet("href")))
    if match:
        link.attrSet("href", ("./" if match[1] == "index" else match[1]) + (match[2] or ""))


def _sections(tokens: Sequence[Token]) -> tuple[Section, ...]:
    return tuple(
        Section(str(token.attrGet("id")), _plain(tokens[place + 1]))
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == "h2"
    )


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or ())


def _table_open(_renderer: RendererHTML, tokens: Sequence[Token], place: int, _options: Any, _environment: Any) -> str:
    label = escape(tokens[place].meta["label"])
    region = f'<div class="table-region mb-3" tabindex="0" role="region" aria-label="{label}">'
    return f'{region}<table class="table table-sm">\n'


def _table_close(
    _renderer: RendererHTML, _tokens: Sequence[Token], _place: int, _options: Any, _environment: Any
) -> str:
    return "</table></div>\n"


def _heading_cell(
    _renderer: RendererHTML, _tokens: Sequence[Token], _place: int, _options: Any, _environment: Any
) -> str:
    return '<th scope="col">'


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.add_render_rule("table_open", _table_open)
    markdown.add_render_rule("table_close", _table_close)
    markdown.add_render_rule("th_open", _heading_cell)
    return markdown


_MARKDOWN = _markdown()
