"""Documents of a case, from the records to the pages of the PDF."""

from __future__ import annotations

import hashlib
import io
import threading
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docx
import pypdf
import pytest

from service import documents, store, wiring
from service.auth import SYSTEM, Actor
from service.casework import case_documents, document_templates, records, schema
from service.casework.case_documents import FileKind, Issued, Order
from service.casework.catalogue import RECORDS
from service.documents import TEMPLATES, pdf
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.runtime import audit
from service.runtime.engine import Engine
from service.runtime.unit import UnitOfWork
from tests.casework import filled
from tests.casework.conftest import Site
from tests.documents.test_template import a_file, text_of
from tests.processes import play

NAME = f"王{filled.RARE}"
KINDS = [key for key, template in TEMPLATES.items() if template.roles]


@pytest.fixture(scope="module")
def full(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose case has every field filled in, and every document issued."""
    path = tmp_path_factory.mktemp("documents") / "site.db"
    path.write_bytes(prepared.read_bytes())
    site = Site(path)
    site.register(play.a_person(NAME, account="subject"))
    filled.fill(site)
    with site.unit() as unit:
        case = records.of_case(unit, site.key)
        for key in KINDS:
            subject = case.subjects[0].key if TEMPLATES[key].per_subject else None
            order = Order(key, subject, copies="示例县委组织部", maker="approver")
            case_documents.issue(unit, site.key, order, accept_missing=True)
        unit.commit()
    yield site
    site.engine.close()


@pytest.fixture(scope="module")
def issued(full: Site) -> dict[str, tuple[Issued, bytes]]:
    with full.engine.reading(SYSTEM) as unit:
        found = {item.document.template: item for item in case_documents.issued(unit, full.key)}
        return {
            key: (item, case_documents.content(unit, item.document.key, FileKind.DOCX)[1].content)  # type: ignore[union-attr]
            for key, item in found.items()
        }


@pytest.fixture(scope="module")
def pdfs(issued: dict[str, tuple[Issued, bytes]]) -> dict[str, pypdf.PdfReader]:
    """The PDF of every document, made by one start of the word processor; and pages that measure the layout."""
    files = {key: content for key, (_, content) in issued.items()}
    signs = "".join(sorted({sign for content in files.values() for text in shown(content) for sign in text}))
    files["grid"] = in_style("一二三四五六七八九十" * 200, "公文正文")
    files["glyphs"] = in_style(NOBODY_HAS + signs, *FACES)
    return {name: pypdf.PdfReader(io.BytesIO(content)) for name, content in documents.convert(files).items()}


# Styles that ask for the four faces of GB/T 9704, and a character that no font has: what else no font has comes out as
# it does, for both are drawn with the same sign of the same font.
FACES = ("公文正文", "公文标题", "公文一级标题", "公文二级标题")
NOBODY_HAS = "\U00033000"


def in_style(text: str, *styles: str) -> bytes:
    """A document of nothing but one text in the styles of the shipped ones."""
    document = docx.Document(io.BytesIO(documents.shipped("reason-basis")))
    for element in list(document.element.body)[:-1]:
        document.element.body.remove(element)
    for style in styles:
        document.add_paragraph(text, style=style)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def plain(text: str) -> str:
    """Text without spaces, compatibility forms unified: what a PDF's lines and the source have in common."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def shown(content: bytes) -> list[str]:
    """Every paragraph of a word processor file, those in tables and boxes too."""
    body = docx.Document(io.BytesIO(content)).element.body
    return [text for p in body.iter(f"{{{_W}}}p") if (text := "".join(t.text or "" for t in p.iter(f"{{{_W}}}t")))]


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.mark.parametrize("key", KINDS)
def test_a_document_says_what_the_records_say(key: str, issued: dict[str, tuple[Issued, bytes]]) -> None:
    item, content = issued[key]
    text = "\n".join(shown(content))

    assert item.document.number in text
    assert "{{" not in text
    assert "{%" not in text
    assert [path for path in TEMPLATES[key].fields if _is_text(path) and f"文·{path}。" not in text] == []


def _is_text(path: str) -> bool:
    record, *rest = path.split(".")
    return record in RECORDS and schema.type_at(RECORDS[record].shape, tuple(rest)) is schema.TEXT


@pytest.mark.parametrize("key", KINDS)
def test_the_pages_hold_every_word_of_the_document(
    key: str, issued: dict[str, tuple[Issued, bytes]], pdfs: dict[str, pypdf.PdfReader]
) -> None:
    pages = plain("\n".join(page.extract_text() for page in pdfs[key].pages))

    lost = [text for text in shown(issued[key][1]) if plain(text)[:12] not in pages]

    assert lost == []


@pytest.mark.parametrize("key", KINDS)
def test_every_font_of_a_document_is_inside_it(key: str, pdfs: dict[str, pypdf.PdfReader]) -> None:
    reader = pdfs[key]

    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            found = font.get_object()
            below = found["/DescendantFonts"][0].get_object() if "/DescendantFonts" in found else found
            descriptor = below["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor), found["/BaseFont"]


def test_no_character_of_any_document_lacks_a_glyph_in_any_face(pdfs: dict[str, pypdf.PdfReader]) -> None:
    text = "".join(page.extract_text() for page in pdfs["glyphs"].pages)

    assert text.count(NOBODY_HAS) == len(FACES)


def test_rare_characters_are_drawn(pdfs: dict[str, pypdf.PdfReader]) -> None:
    text = plain("".join(page.extract_text() for page in pdfs["decision"].pages))

    for sign in filled.RARE:
        assert sign in text


def test_a_page_of_an_official_document_has_22_lines_of_28_characters(pdfs: dict[str, pypdf.PdfReader]) -> None:
    pages = [page.extract_text().splitlines() for page in pdfs["grid"].pages]

    lines = [line for line in pages[1] if "—" not in line and line.strip()]
    assert {len(line.strip()) for line in lines} == {28}
    assert len(lines) == 22


def test_numbers_run_without_gaps_in_two_series(issued: dict[str, tuple[Issued, bytes]]) -> None:
    rows = [item.document for item, _ in issued.values()]

    for series in (case_documents.OFFICIAL, case_documents.RECORD):
        numbers = [row.sequence for row in rows if row.series == series]
        assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert issued["decision"][0].document.number.startswith("濮阳市纪委监委容〔2026〕")


def test_the_reasons_stay_out_of_what_goes_out(issued: dict[str, tuple[Issued, bytes]]) -> None:
    for key, (_, content) in issued.items():
        if TEMPLATES[key].outgoing:
            assert "reasonBasis" not in "".join(shown(content)), key


# issuing


def test_a_preview_is_marked_and_leaves_nothing_behind(case: Site) -> None:
    with case.unit("lead") as unit:
        rendered = case_documents.preview(unit, case.key, Order("screening-record", case.subject()))
        unit.commit()

    assert "预　览" in docx.Document(io.BytesIO(rendered.content)).sections[0].header.paragraphs[0].text
    assert "subject.screeningReason" in rendered.missing
    with case.unit() as unit:
        assert case_documents.issued(unit, case.key) == []


def test_gaps_are_named_by_label_until_somebody_confirms_them(case: Site) -> None:
    order = Order("screening-record", case.subject())

    with case.unit("lead") as unit, pytest.raises(Invalid) as caught:
        case_documents.issue(unit, case.key, order)
    with case.unit("lead") as unit:
        row = case_documents.issue(unit, case.key, order, accept_missing=True)
        unit.commit()

    assert "考察理由" in "".join(caught.value.facts["fields"])  # type: ignore[arg-type]
    with case.unit() as unit:
        _, file = case_documents.content(unit, row.key, FileKind.DOCX)
        assert file is not None
        assert "（未填）" in "\n".join(shown(file.content))
        assert file.sha256 == hashlib.sha256(file.content).hexdigest()
        [entry] = [item for item in audit.search(unit, action="document.issue").items]
        assert file.sha256 in entry.after


def test_a_number_rolled_back_is_given_to_the_next(case: Site) -> None:
    order = Order("screening-record", case.subject())
    with case.unit("lead") as unit:
        case_documents.issue(unit, case.key, order, accept_missing=True)

    with case.unit("lead") as unit:
        row = case_documents.issue(unit, case.key, order, accept_missing=True)
        unit.commit()

    assert (row.sequence, row.version) == (1, 1)


def test_a_job_that_runs_twice_issues_once(case: Site) -> None:
    numbers = []
    for _ in range(2):
        with case.unit() as unit:
            found = records.of_case(unit, case.key)
            order = Order("screening-record", case.subject(), maker="lead")
            numbers.append(case_documents.issue_by_process(unit, found, order, 4711).number)
            unit.commit()

    assert numbers[0] == numbers[1]
    with case.unit() as unit:
        assert len(case_documents.issued(unit, case.key)) == 1


def test_a_correction_is_a_version_with_a_number_of_its_own(case: Site) -> None:
    order = Order("screening-record", case.subject())
    for version in (1, 2):
        with case.unit("lead") as unit:
            row = case_documents.issue(unit, case.key, order, accept_missing=True)
            unit.commit()
        assert (row.version, row.sequence) == (version, version)


@pytest.mark.parametrize(
    ("who", "template"),
    [("deliver", "decision"), ("archive", "screening-record"), ("secretary", "rectification-notice")],
)
def test_who_does_not_sign_a_document_does_not_issue_it(case: Site, who: str, template: str) -> None:
    with case.unit(who) as unit, pytest.raises(Forbidden):
        case_documents.issue(unit, case.key, Order(template, case.subject()), accept_missing=True)


@pytest.mark.parametrize("who", ["subject", "hr", "owner"])
def test_who_does_not_work_on_the_case_sees_no_document(case: Site, who: str) -> None:
    with case.unit(who) as unit, pytest.raises((NotFound, Forbidden)):
        case_documents.offers(unit, case.key)


def test_a_document_about_one_of_several_is_offered_once_there_is_one(case: Site) -> None:
    def places() -> list[str]:
        with case.unit("lead") as unit:
            return [
                item.place
                for offer in case_documents.offers(unit, case.key)
                if offer.template.key == "hearing-record"
                for item in offer.items
            ]

    assert places() == []
    case.write(play.a_hearing("unit", play.OPENED))
    assert places() == ["opinionRecord.unit.records[0]"]


def test_a_file_changed_in_the_store_is_not_handed_out(case: Site) -> None:
    with case.unit("lead") as unit:
        row = case_documents.issue(unit, case.key, Order("screening-record", case.subject()), accept_missing=True)
        unit.commit()
    with case.unit() as unit:
        file = store.documents.file(unit.session, row.key, FileKind.DOCX)
        assert file is not None
        file.content = file.content + b" "
        unit.commit()

    with case.unit() as unit, pytest.raises(Conflict) as caught:
        case_documents.content(unit, row.key, FileKind.DOCX)
    assert caught.value.code == "documents.file_changed"


def test_the_pdf_is_made_once_and_kept(case: Site) -> None:
    with case.unit("lead") as unit:
        row = case_documents.issue(unit, case.key, Order("screening-record", case.subject()), accept_missing=True)
        unit.commit()

    assert case_documents.make_pdfs(case.engine) == 1
    with case.unit() as unit:
        _, first = case_documents.content(unit, row.key, FileKind.PDF)
    case_documents.make_pdf(case.engine, row.key)

    assert case_documents.make_pdfs(case.engine) == 0
    with case.unit() as unit:
        _, again = case_documents.content(unit, row.key, FileKind.PDF)
    assert first is not None
    assert again is not None
    assert first.content == again.content
    assert first.content.startswith(b"%PDF")


def test_without_the_word_processor_the_document_stays_and_the_way_out_is_named(
    case: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with case.unit("lead") as unit:
        row = case_documents.issue(unit, case.key, Order("screening-record", case.subject()), accept_missing=True)
        unit.commit()
    monkeypatch.setattr(pdf, "program", lambda: None)

    with pytest.raises(Conflict) as caught:
        case_documents.make_pdf(case.engine, row.key)

    assert caught.value.facts["package"] == "libreoffice-writer-nogui"
    with case.unit() as unit:
        assert case_documents.content(unit, row.key, FileKind.DOCX)[1] is not None


def test_two_who_issue_at_once_get_numbers_that_follow_each_other(
    database_url: str, open_engine: Callable[..., Engine]
) -> None:
    engine = open_engine(database_url, wiring.PLUGINS)
    barrier = threading.Barrier(4)

    def take(_: int) -> list[int]:
        barrier.wait()
        return [engine.run(SYSTEM, _number) for _ in range(5)]

    with ThreadPoolExecutor(4) as pool:
        numbers = [number for taken in pool.map(take, range(4)) for number in taken]

    assert sorted(numbers) == list(range(1, 21))


def _number(unit: UnitOfWork) -> int:
    return store.documents.next_number(unit.session, "示例市纪委监委", "official", 2026)


# templates


OWNER = Actor("owner", frozenset({"OWNER"}))
LEAST = "".join(f"{{{{ {path} }}}}" for path in TEMPLATES["result-notice"].fields if not path.startswith("result"))
GOOD = a_file(LEAST + "{% for entry in resultApplication %}{{ entry.area }}{% endfor %}", "新版 {{ document.number }}")


def test_an_uploaded_template_is_for_cases_registered_afterwards(site: Site) -> None:
    site.register()
    before = site.key
    site.later(hours=1)
    with site.unit(OWNER) as unit:
        document_templates.upload(unit, "result-notice", GOOD, "改版")
        unit.commit()
    site.later(hours=1)
    site.register()

    def first_line(key: int) -> str:
        with site.unit("approver") as unit:
            subject = records.of_case(unit, key).subjects[0].key
            row = case_documents.issue(unit, key, Order("result-notice", subject), accept_missing=True)
            _, file = case_documents.content(unit, row.key, FileKind.DOCX)
            unit.commit()
        assert file is not None
        return text_of(file.content)

    assert "新版" in first_line(site.key)
    assert "新版" not in first_line(before)


def test_a_template_with_an_unknown_field_is_refused_by_name_and_changes_nothing(site: Site) -> None:
    with site.unit(OWNER) as unit, pytest.raises(Invalid) as caught:
        document_templates.upload(unit, "result-notice", a_file("{{ subject.nmae }}"), "")

    assert "subject.nmae" in str(caught.value.facts["problems"])
    assert "toleranceOpinion.outcome" in str(caught.value.facts["problems"])
    with site.unit(OWNER) as unit:
        assert all(not kept.versions for kept in document_templates.kept(unit))


def test_templates_are_for_process_owners(site: Site) -> None:
    with site.unit("approver") as unit, pytest.raises(Forbidden):
        document_templates.upload(unit, "result-notice", GOOD, "")


def test_the_code_of_an_organ_stands_in_its_numbers(case: Site) -> None:
    with case.unit(OWNER) as unit:
        document_templates.set_code(unit, play.ORGAN, "濮纪")
        unit.commit()

    with case.unit("approver") as unit:
        row = case_documents.issue(unit, case.key, Order("result-notice", case.subject()), accept_missing=True)

    assert row.number == "濮纪容〔2026〕1号"
