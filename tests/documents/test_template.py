"""Templates: which are let in, and what filling one in gives."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest

from service.casework import document_data
from service.documents import TEMPLATES, Words, check, render, shipped
from service.documents.template import LARGEST

FIELDS = {"subject": {"name": None, "orgName": None}, "evidence": [{"name": None}]}


def a_file(*paragraphs: str) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def text_of(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)


def with_member(content: bytes, name: str, data: bytes) -> bytes:
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize("key", TEMPLATES)
def test_a_shipped_template_names_known_fields_only_and_shows_the_least_of_the_procedure(key: str) -> None:
    template = TEMPLATES[key]

    assert check(shipped(key), document_data.fields(template), template.fields) == []


def test_the_table_is_the_procedures_list() -> None:
    numbered = [template.number for template in TEMPLATES.values() if template.roles]

    assert numbered == list(range(1, 30))
    assert not [key for key, template in TEMPLATES.items() if "容错决定" in template.title()]
    assert len({template.title() for template in TEMPLATES.values()}) == len(TEMPLATES)


REFUSED = {
    "unknown field": ("{{ subject.nmae }}", "documents.unknown_field", {"field": "subject.nmae"}),
    "unknown record": ("{{ suspect.name }}", "documents.unknown_field", {"field": "suspect"}),
    "field in a list": (
        "{% for one in evidence %}{{ one.nane }}{% endfor %}",
        "documents.unknown_field",
        {"field": "evidence.nane"},
    ),
    "in a condition": ("{% if subject.nmae %}x{% endif %}", "documents.unknown_field", {"field": "subject.nmae"}),
    "a group": ("{{ subject }}", "documents.field_is_no_value", {"field": "subject"}),
    "no list": ("{% for x in subject %}{% endfor %}", "documents.field_is_no_list", {"field": "subject"}),
    "a call": ("{{ subject.name() }}", "documents.template_construct", {"found": "Call"}),
    "a filter": ("{{ subject.name | upper }}", "documents.template_construct", {"found": "Filter"}),
    "an index": ("{{ evidence[0] }}", "documents.template_construct", {"found": "Getitem"}),
    "insides of Python": ("{{ subject.__class__ }}", "documents.unknown_field", {"field": "subject.__class__"}),
    "an assignment": ("{% set x = 1 %}", "documents.template_construct", {"found": "Assign"}),
    "an include": ("{% include 'x' %}", "documents.template_construct", {"found": "Include"}),
}


@pytest.mark.parametrize(("text", "code", "facts"), REFUSED.values(), ids=REFUSED)
def test_a_template_is_refused_naming_what_it_may_not(text: str, code: str, facts: dict[str, str]) -> None:
    problems = check(a_file("王", text), FIELDS)

    assert (code, facts) in [(found, {name: told[name] for name in facts if name in told}) for found, told in problems]


def test_a_mark_that_cannot_be_read_is_refused() -> None:
    [(code, _)] = check(a_file("{{ subject.name"), FIELDS)

    assert code == "documents.template_syntax"


def test_fields_in_header_and_footer_are_checked_too() -> None:
    document = docx.Document()
    document.sections[0].footer.paragraphs[0].text = "{{ subject.nmae }}"
    file = io.BytesIO()
    document.save(file)

    assert ("documents.unknown_field", {"field": "subject.nmae"}) in check(file.getvalue(), FIELDS)


def test_what_a_template_has_to_show_is_asked_for() -> None:
    problems = check(a_file("{{ subject.name }}"), FIELDS, ("subject.name", "evidence.name"))

    assert problems == [("documents.field_not_shown", {"field": "evidence.name"})]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "documents.template_unreadable"),
        (b"%PDF-1.7", "documents.template_unreadable"),
        (b"PK" + b"0" * LARGEST, "documents.template_too_large"),
        (with_member(a_file(), "word/vbaProject.bin", b"x"), "documents.template_active"),
        (with_member(a_file(), "word/embeddings/oleObject1.bin", b"x"), "documents.template_active"),
        (
            with_member(a_file(), "word/_rels/extra.xml.rels", b'<R TargetMode="External" Target="http://a/b"/>'),
            "documents.template_external",
        ),
    ],
    ids=["empty", "pdf", "too large", "macro", "embedded object", "external picture"],
)
def test_a_file_that_is_no_harmless_template_is_refused(content: bytes, code: str) -> None:
    assert [found for found, _ in check(content, FIELDS)] == [code]


def filled(*paragraphs: str, **values: str) -> tuple[str, tuple[str, ...]]:
    missing: set[str] = set()
    given = {
        name: Words(values.get(name, ""), path=f"subject.{name}", missing=missing, code=values.get(name))
        for name in ("name", "orgName")
    }
    rendered = render(a_file(*paragraphs), {"subject": given, "evidence": []}, missing)
    return text_of(rendered.content), rendered.missing


def test_what_is_missing_is_said_and_noted() -> None:
    text, missing = filled("{{ subject.name }}，{{ subject.orgName }}", name="王𬭛龘")

    assert text == "王𬭛龘，（未填）"
    assert missing == ("subject.orgName",)


def test_a_missing_field_that_is_only_asked_about_is_not_noted() -> None:
    text, missing = filled("{% if subject.orgName %}有{% else %}无{% endif %}", name="王")

    assert (text, missing) == ("无", ())


def test_a_condition_may_compare_with_the_code() -> None:
    assert filled('{% if subject.name == "exempt" %}免{% endif %}', name="exempt")[0] == "免"


def test_a_sentence_ends_once() -> None:
    assert filled("理由：{{ subject.name }}。", name="已补件。")[0] == "理由：已补件。"
    assert filled("{{ subject.name }}。", name="为何？")[0] == "为何？"


def test_text_stays_text_whatever_it_holds() -> None:
    nasty = "<w:p>&{{ subject.orgName }}{% if %}\x07\x0c"

    text, _ = filled("{{ subject.name }}", name=nasty)

    assert text == "<w:p>&{{ subject.orgName }}{% if %}"


def test_lines_become_paragraphs_of_the_same_style() -> None:
    document = docx.Document()
    document.add_paragraph("{{ subject.name }}", style="Quote")
    file = io.BytesIO()
    document.save(file)
    missing: set[str] = set()

    rendered = render(file.getvalue(), {"subject": {"name": Words("一\n二\r\n三", path="", missing=missing)}}, missing)

    found = docx.Document(io.BytesIO(rendered.content)).paragraphs
    assert [(paragraph.text, paragraph.style.name) for paragraph in found if paragraph.style] == [
        ("一", "Quote"),
        ("二", "Quote"),
        ("三", "Quote"),
    ]


def test_a_preview_is_marked_on_every_kind_of_page(tmp_path: Path) -> None:
    missing: set[str] = set()

    rendered = render(a_file("正文"), {}, missing, mark="预览")

    [section] = docx.Document(io.BytesIO(rendered.content)).sections
    assert section.header.paragraphs[0].text == "预览"
    assert section.even_page_header.paragraphs[0].text == "预览"
