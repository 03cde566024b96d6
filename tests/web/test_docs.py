"""The documentation: every page renders in both languages, its links lead somewhere, and what it shows is true."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
import regex

from service import bpmn, business_calendar, dmn, feel, settings
from service.bpmn.elements import ELEMENTS
from service.business_calendar import Calendar
from service.casework import calendar_functions, functions, parameters
from service.casework.handlers import HANDLERS
from service.errors import Severity
from service.settings import SITE_ZONE, Settings
from service.texts.messages import MESSAGES
from service.web.pages import docs
from tests.web.conftest import Browser, text

ROOT = Path(__file__).parents[2]
LANGUAGES = {"zh_CN": "zh-CN", "en": "en"}
PAGES = [(locale, name) for locale in LANGUAGES for name in docs.NAMES]

CELL = regex.compile(r"\s*(?:`([^`]*)`|([^|]*?))\s*\|")
HREF = regex.compile(r'href="([^"]*)"')
ID = regex.compile(r'\sid="([^"]*)"')


def rows(locale: str, name: str) -> list[tuple[str, list[str]]]:
    """Return the body rows of all tables of a page: heading they stand under, and cells without the code marks."""
    found = []
    heading = ""
    for line in docs.source(locale, name).splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("| `"):
            found.append((heading, [code or plain for code, plain in CELL.findall(line[1:])]))
    return found


def under(heading: tuple[str, ...], locale: str, name: str) -> list[list[str]]:
    return [cells for title, cells in rows(locale, name) if title in heading]


# Pages


@pytest.mark.parametrize(("locale", "name"), PAGES)
def test_every_page_is_shown_in_every_language(browser_of: Callable[[str], Browser], locale: str, name: str) -> None:
    olga = browser_of("olga")
    olga.language = LANGUAGES[locale]

    answer = olga.get("/docs/" if name == "index" else f"/docs/{name}")

    shown = text(answer)
    assert answer.status_code == 200
    assert f"<h1>{docs.document(locale, name).title}</h1>" in shown
    assert not regex.search(r"<[^>]* style=", shown)


@pytest.mark.parametrize(("locale", "name"), PAGES)
def test_links_lead_somewhere(locale: str, name: str) -> None:
    anchors = {other: set(ID.findall(docs.document(locale, other).body)) for other in docs.NAMES}

    for link in HREF.findall(docs.document(locale, name).body):
        if link.startswith("https://"):
            continue
        page, _, anchor = link.partition("#")
        target = {"": name, "./": "index"}.get(page, page)
        assert target in anchors, link
        assert not anchor or unquote(anchor) in anchors[target], link


@pytest.mark.parametrize("name", docs.NAMES)
def test_both_languages_have_the_same_sections_and_rows(name: str) -> None:
    def shape(locale: str) -> tuple[int, list[str]]:
        """Number of table rows; headings, tables and blocks of code in their order."""
        lines = docs.source(locale, name).splitlines()
        marks = [regex.match(r"#+ |\|-|```\w*", line) for line in lines]
        return [line.startswith("|") for line in lines].count(True), [mark[0] for mark in marks if mark]

    assert shape("zh_CN") == shape("en")


def test_links_of_the_readme_lead_somewhere() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")

    for file, anchor in regex.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", readme):
        assert not file or (ROOT / file).is_file(), file
        if file.startswith("service/web/docs/") and anchor:
            locale, name = Path(file).parent.name, Path(file).stem
            assert anchor in ID.findall(docs.document(locale, name).body), anchor


def test_raw_markup_is_shown_as_text() -> None:
    assert "<script>" not in docs._MARKDOWN.render("<script>alert(1)</script>")


def test_an_unknown_page_is_not_found(browser_of: Callable[[str], Browser]) -> None:
    olga = browser_of("olga")

    assert olga.get("/docs/../settings").status_code == 404
    assert olga.get("/docs/nothing").status_code == 404


def test_whoever_is_not_signed_in_is_asked_to(browser: Browser) -> None:
    assert browser.get("/docs/").status_code == 303


# FEEL and DMN by example

CALENDAR = Calendar(business_calendar.shipped_years())
FUNCTIONS = calendar_functions.calendar_functions(lambda: CALENDAR, SITE_ZONE)
ENVIRONMENT = feel.Environment(datetime(2026, 11, 25, 10, 0, tzinfo=SITE_ZONE), SITE_ZONE, FUNCTIONS)


def value(expression: str, scope: dict[str, feel.Value]) -> feel.Value:
    return feel.parse(expression, frozenset({*scope, *FUNCTIONS})).evaluate(scope, ENVIRONMENT).value


def scope_of(locale: str) -> dict[str, feel.Value]:
    block = regex.search(r"```feel\n(.*?)```", docs.source(locale, "feel"), regex.DOTALL)
    assert block is not None
    scope = value(block[1], {})
    assert isinstance(scope, dict)
    return scope


CELLS_HEADINGS = ("单元格", "Cells")
POLICY_HEADINGS = ("命中策略", "Hit policies")
NO_EXAMPLES = (*CELLS_HEADINGS, *POLICY_HEADINGS, "与 Camunda 的不同", "Differences from Camunda")
EXPRESSIONS = [
    (locale, *cells[:2]) for locale in LANGUAGES for title, cells in rows(locale, "feel") if title not in NO_EXAMPLES
]
TESTS = [(locale, *cells[:3]) for locale in LANGUAGES for cells in under(CELLS_HEADINGS, locale, "feel")]
POLICIES = [(locale, *cells[:3]) for locale in LANGUAGES for cells in under(POLICY_HEADINGS, locale, "feel")]


def test_the_page_has_examples() -> None:
    assert len(EXPRESSIONS) > 180
    assert len(TESTS) >= 24
    assert len(POLICIES) == 22


@pytest.mark.parametrize(("locale", "expression", "answer"), EXPRESSIONS)
def test_every_expression_gives_the_answer_beside_it(locale: str, expression: str, answer: str) -> None:
    scope = scope_of(locale)

    found, expected = value(expression, scope), value(answer, scope)

    assert feel.type_name(found) == feel.type_name(expected)
    assert feel.string(found) == feel.string(expected)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_syntax_error_is_marked_where_the_page_marks_it(locale: str) -> None:
    block = regex.search(r"```text\n(.*?)\n```", docs.source(locale, "feel"), regex.DOTALL)
    assert block is not None

    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.parse(block[1].splitlines()[0])

    assert caught.value.caret == block[1]


@pytest.mark.parametrize(("locale", "given", "cell", "answer"), TESTS)
def test_every_cell_fits_as_it_says(locale: str, given: str, cell: str, answer: str) -> None:
    scope = scope_of(locale)

    found = feel.parse_unary_tests(cell).test(value(given, scope), scope, ENVIRONMENT).value

    assert (found is True) == (answer == "true")


TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="model" name="model" namespace="example">
  <decision id="d" name="d"><decisionTable id="t" hitPolicy="{policy}"{aggregation}>
    <input id="i"><inputExpression id="e" typeRef="boolean"><text>fits</text></inputExpression></input>
    <output id="o" name="o" typeRef="number"><outputValues id="v"><text>20,10</text></outputValues></output>
    {rules}
  </decisionTable></decision>
</definitions>"""
RULE = '<rule id="r{n}"><inputEntry id="c{n}"><text>true</text></inputEntry><outputEntry id="a{n}"><text>{value}</text></outputEntry></rule>'  # noqa: E501


@pytest.mark.parametrize(("locale", "policy", "answer", "without"), POLICIES)
def test_every_hit_policy_gives_what_it_says(locale: str, policy: str, answer: str, without: str) -> None:
    name, aggregation = policy, ""
    if policy.startswith("COLLECT "):
        name, aggregation = "COLLECT", f' aggregation="{policy.removeprefix("COLLECT ")}"'
    rules = "".join(RULE.format(n=number, value=output) for number, output in enumerate((10, 20, 10)))
    xml = TABLE.format(policy=name, aggregation=aggregation, rules=rules)
    model = dmn.link([dmn.read(xml.encode(), "policies.dmn")])[0]

    hit = dmn.evaluate(model, "d", {"fits": True}, ENVIRONMENT)
    none = dmn.evaluate(model, "d", {"fits": False}, ENVIRONMENT)

    assert feel.string(none.value) == feel.string(value(without, {}))
    if policy in {"UNIQUE", "ANY"}:
        assert hit.failed
    else:
        assert feel.string(hit.value) == feel.string(value(answer, {}))


# BPMN


SUPPORTED = {"zh_CN": "支持", "en": "supported"}
REFUSED = {"zh_CN": "拒绝", "en": "refused"}


@pytest.mark.parametrize("locale", LANGUAGES)
def test_exactly_the_elements_that_run_are_called_supported(locale: str) -> None:
    found = set()
    for line in docs.source(locale, "bpmn").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[1] == SUPPORTED[locale]:
            found.update(regex.findall("`([a-zA-Z]+)`", cells[0]))

    assert found == set(ELEMENTS)


@pytest.mark.parametrize("element", ["complexGateway", "adHocSubProcess", "choreographyTask"])
def test_what_is_called_refused_is_refused(element: str) -> None:
    for locale in LANGUAGES:
        assert any(element in line and REFUSED[locale] in line for line in docs.source(locale, "bpmn").splitlines()), (
            element
        )
    diagram = f"""<?xml version="1.0" encoding="UTF-8"?>
    <bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="example"
      xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud">
    <bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="s"/><bpmn:{element} id="x"/><bpmn:endEvent id="e"/>
    <bpmn:sequenceFlow id="a" sourceRef="s" targetRef="x"/><bpmn:sequenceFlow id="b" sourceRef="x" targetRef="e"/>
    </bpmn:process></bpmn:definitions>"""

    findings = bpmn.read(diagram.encode(), "refused.bpmn").findings

    assert any(found.severity is Severity.ERROR and found.element_id == "x" for found in findings)


# Process owners and administrators


@pytest.mark.parametrize("locale", LANGUAGES)
def test_all_topics_functions_and_parameters_are_described(locale: str) -> None:
    page = docs.source(locale, "process-owners") + docs.source(locale, "feel")

    for topic in HANDLERS:
        assert f"`{topic}`" in page, topic
    for name in functions.FUNCTIONS.names:
        assert regex.search(rf"`{regex.escape(name)}\(", page), name
    for id in parameters.definitions():
        assert f"`{id}`" in page, id


@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_table_of_settings_is_that_of_the_code(locale: str) -> None:
    listed = {cells[0]: cells[1] for _, cells in rows(locale, "administrators") if cells[0].startswith("RONGCUO_")}

    assert set(listed) == set(regex.findall(r"RONGCUO_[A-Z_]+", inspect.getsource(settings)))
    assert len(listed) == len(dataclasses.fields(Settings))
    default = Settings()
    assert listed["RONGCUO_DATABASE"] == default.database
    assert listed["RONGCUO_PROFILE"] == default.profile
    assert listed["RONGCUO_HOST"] == default.host
    assert listed["RONGCUO_PORT"] == str(default.port)
    assert listed["RONGCUO_ZONE"] == default.zone.key
    assert listed["RONGCUO_LOCALE"] == default.locale
    assert listed["RONGCUO_SECRET_KEY_FILE"] == str(default.secret_key_file)
    assert listed["RONGCUO_SESSION_IDLE_MINUTES"] == str(default.session_idle.total_seconds() // 60).removesuffix(".0")
    assert listed["RONGCUO_FILE_MB"] == str(default.file_limit // 1024**2)
    assert listed["RONGCUO_SESSION_HOURS"] == str(default.session_lifetime.total_seconds() // 3600).removesuffix(".0")


@pytest.mark.parametrize("locale", LANGUAGES)
def test_commands_named_in_the_documentation_exist(locale: str) -> None:
    commands = {code.removeprefix("cli.help_").replace("_", "-") for code in MESSAGES if code.startswith("cli.help_")}
    pages = [docs.source(locale, name) for name in docs.NAMES] + [(ROOT / "README.md").read_text("utf-8")]

    for named in regex.findall(r"python -m service ([a-z-]+)", "\n".join(pages)):
        assert named in commands
