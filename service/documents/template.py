"""A template file: which fields it names, whether it may, and the document that it makes.

Owners upload templates, so one is read as what comes from outside: only fields, conditions and loops over known names
are let in; no calls, no filters, no links to other machines, no macros.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import docx
import regex
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import nsmap
from docx.shared import Pt, RGBColor
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from service import texts
from service.documents.words import Fields
from service.errors import Invalid

LARGEST = 5_000_000  # bytes of an uploaded file
LARGEST_UNPACKED = 50_000_000
_TEXT = f"{{{nsmap['w']}}}t"
_ENDED_TWICE = regex.compile("([\u3002\uff01\uff1f])\u3002+")
_LOOP = frozenset({"index", "first", "last", "length"})
_EXTERNAL = regex.compile(rb'TargetMode\s*=\s*["\']External')
_MARK_RED = RGBColor(0xC0, 0x00, 0x00)

# What may stand in a template beside text.
_ALLOWED = (
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.For,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Compare,
    nodes.Operand,
    nodes.Const,
)

Problem = tuple[str, dict[str, object]]  # message code, facts


@dataclass(frozen=True, slots=True)
class Rendered:
    content: bytes  # the word processor file
    missing: tuple[str, ...]  # paths of fields that it shows as not filled in


def check(content: bytes, fields: Mapping[str, Fields], wanted: tuple[str, ...] = ()) -> list[Problem]:
    """Return what forbids using a file as a template; empty if nothing does. `wanted` are paths it has to show."""
    try:
        sources = list(_sources(content))
    except Invalid as error:
        return [(error.code, dict(error.facts))]
    problems: list[Problem] = []
    shown: set[str] = set()
    for source in sources:
        try:
            tree = _environment().parse(source)
        except TemplateSyntaxError as error:
            problems.append(("documents.template_syntax", {"problem": error.message or ""}))
            continue
        _Reader(problems, shown).block(tree.body, dict(fields), {})
    problems += [("documents.field_not_shown", {"field": path}) for path in wanted if path not in shown]
    return list({(code, tuple(facts.items())): (code, facts) for code, facts in problems}.values())


def render(content: bytes, values: Mapping[str, object], missing: set[str], *, mark: str = "") -> Rendered:
    """Fill a checked template; `mark` stands in red on top of every page. `missing` is what the values note."""
    document = DocxTemplate(io.BytesIO(content))
    document.render(dict(values), _environment())
    for text in document.docx.element.body.iter(_TEXT):
        # A record that ends its sentence, in a template that ends it too.
        text.text = _ENDED_TWICE.sub(r"\1", text.text or "")
    file = io.BytesIO()
    document.save(file)
    content = _marked(file.getvalue(), mark) if mark else file.getvalue()
    return Rendered(content, tuple(sorted(missing)))


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def _sources(content: bytes) -> Iterator[str]:
    """Yield the parts of a file that hold fields, as the renderer reads them. Raises `Invalid`."""
    if len(content) > LARGEST:
        raise Invalid("documents.template_too_large", limit=LARGEST // 1_000_000)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            if sum(member.file_size for member in file.infolist()) > LARGEST_UNPACKED:
                raise Invalid("documents.template_too_large", limit=LARGEST_UNPACKED // 1_000_000)
            for name in file.namelist():
                if "vbaProject" in name or "/embeddings/" in name or "/activeX/" in name:
                    raise Invalid("documents.template_active", part=name)
                if name.endswith(".rels") and _EXTERNAL.search(file.read(name)):
                    raise Invalid("documents.template_external", part=name)
        document = DocxTemplate(io.BytesIO(content))
        document.init_docx()
        yield document.patch_xml(document.get_xml())
        for uri in (document.HEADER_URI, document.FOOTER_URI):
            for _, part in document.get_headers_footers(uri):
                yield document.patch_xml(document.get_part_xml(part))
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        raise Invalid("documents.template_unreadable") from error


class _Reader:
    """Walks a template and follows what its names stand for."""

    def __init__(self, problems: list[Problem], shown: set[str]) -> None:
        self._problems = problems
        self._shown = shown

    def block(self, body: list[nodes.Node], scope: Mapping[str, Fields], paths: Mapping[str, str]) -> None:
        for node in body:
            self._node(node, scope, paths)

    def _node(self, node: nodes.Node, scope: Mapping[str, Fields], paths: Mapping[str, str]) -> None:
        if not isinstance(node, _ALLOWED):
            self._say("documents.template_construct", found=type(node).__name__)
        elif isinstance(node, nodes.For):
            self._loop(node, scope, paths)
        elif isinstance(node, nodes.Name | nodes.Getattr):
            found = self._resolve(node, scope, paths)
            if found is not None and found[1] is not None:
                self._say("documents.field_is_no_value", field=found[0])
        else:
            for child in node.iter_child_nodes():
                self._node(child, scope, paths)

    def _loop(self, node: nodes.For, scope: Mapping[str, Fields], paths: Mapping[str, str]) -> None:
        found = self._resolve(node.iter, scope, paths)
        if found is None:
            return
        path, fields = found
        if not isinstance(fields, list) or not isinstance(node.target, nodes.Name) or node.test or node.recursive:
            self._say("documents.field_is_no_list", field=path)
            return
        name = node.target.name
        self.block(
            [*node.body, *node.else_],
            {**scope, name: fields[0], "loop": dict.fromkeys(_LOOP)},
            {**paths, name: path, "loop": "loop"},
        )

    def _resolve(
        self, node: nodes.Node, scope: Mapping[str, Fields], paths: Mapping[str, str]
    ) -> tuple[str, Fields] | None:
        """Return path and fields of a name, None after saying that there is no such name."""
        if isinstance(node, nodes.Name):
            if node.name not in scope:
                self._say("documents.unknown_field", field=node.name)
                return None
            return paths.get(node.name, node.name), scope[node.name]
        if not isinstance(node, nodes.Getattr):
            self._say("documents.template_construct", found=type(node).__name__)
            return None
        outer = self._resolve(node.node, scope, paths)
        if outer is None:
            return None
        path = f"{outer[0]}.{node.attr}"
        if not isinstance(outer[1], Mapping) or node.attr not in outer[1]:
            self._say("documents.unknown_field", field=path)
            return None
        self._shown.add(path)
        return path, outer[1][node.attr]

    def _say(self, code: str, **facts: object) -> None:
        self._problems.append((code, facts))


def _marked(content: bytes, mark: str) -> bytes:
    """Return a document with a mark on top of its pages; read anew, for the renderer leaves no headers to change."""
    document = docx.Document(io.BytesIO(content))
    for section in document.sections:
        for header in (section.header, section.even_page_header):
            header.is_linked_to_previous = False
            paragraph = header.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = paragraph.add_run(mark)
            run.bold, run.font.size, run.font.color.rgb = True, Pt(16), _MARK_RED
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def words_of(problem: Problem, locale: str = texts.DEFAULT_LOCALE) -> str:
    """Return a problem in words."""
    return texts.message(problem[0], problem[1], locale)
