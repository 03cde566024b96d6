from __future__ import annotations

import re
from collections.abc import Callable

from service.auth import SYSTEM
from service.runtime import deployments
from service.runtime.engine import Engine
from tests.processes import play
from tests.web.conftest import Browser, text


def test_a_decision_is_tried_out_and_its_rule_marked(browser_of: Callable[[str], Browser]) -> None:
    olga = browser_of("olga")

    assert "/decisions/d" in text(olga.get("/decisions"))
    before = text(olga.get("/decisions/d"))
    after = text(olga.post("/decisions/d", {"in:amount": "12"}))

    assert 'class="is-matched"' not in before
    assert after.count('class="is-matched"') == 1
    assert "已命中" in after
    assert 'value="12"' in after


def test_a_file_is_one_row_with_its_parts_folded_below(
    browser_of: Callable[[str], Browser], site_engine: Engine
) -> None:
    files = [
        deployments.Resource(path.name, path.read_bytes())
        for path in sorted((play.ROOT / "processes/decisions").glob("*.dmn"))
    ]
    site_engine.run(SYSTEM, lambda unit: deployments.deploy(unit, files))

    page = text(browser_of("olga").get("/decisions"))

    rows = [row for row in page.split("<tr>")[1:] if "row-title" in row]
    tops = [re.findall(r'row-title" href="/decisions/(\w+)"', row) for row in rows]
    assert tops == [*([f"D{number}"] for number in range(1, len(files) + 1)), ["d"]]
    advice = rows[6]
    assert advice.index("<details") < advice.index("/decisions/D7_advice")


def test_facts_and_cells_are_in_words_with_the_names_beside(
    browser_of: Callable[[str], Browser], site_engine: Engine
) -> None:
    path = play.ROOT / "processes/decisions/D07-tolerance-advice.dmn"
    site_engine.run(SYSTEM, lambda unit: deployments.deploy(unit, [deployments.Resource(path.name, path.read_bytes())]))

    page = text(browser_of("olga").get("/decisions/D7"))

    assert '底线排除（D4） <span class="identifier text-body-secondary">seedExclusion</span>' in page
    graded = page.partition('name="in:gradedAdvice"')[2].partition("</select>")[0]
    assert re.findall(r'<option value="(\w+)"', graded) == ["on", "off"]
    motive = page.partition('name="in:motive"')[2].partition("</select>")[0]
    assert [word for word in ("有利", "中性", "不利", "未查明") if word in motive] == ["有利", "中性", "不利", "未查明"]
    assert 'title="&#34;excluded&#34;">' in page


def test_a_trial_tells_why_in_the_readers_language(browser_of: Callable[[str], Browser]) -> None:
    chinese = browser_of("olga")
    english = browser_of("olga")
    english.language = "en"

    told = text(chinese.post("/decisions/d", {"in:amount": "12"}))
    told_in_english = text(english.post("/decisions/d", {"in:amount": "12"}))

    assert "结果的由来" in told
    assert "命中第" in told
    assert "How this result came about" in told_in_english
    assert "matches" in told_in_english


def test_why_a_rule_did_not_match_is_told_in_words_and_not_in_codes(
    browser_of: Callable[[str], Browser], site_engine: Engine
) -> None:
    path = play.ROOT / "processes/decisions/D07-tolerance-advice.dmn"
    site_engine.run(SYSTEM, lambda unit: deployments.deploy(unit, [deployments.Resource(path.name, path.read_bytes())]))

    page = text(
        browser_of("olga").post("/decisions/D7", {"in:seedExclusion": "excluded", "in:circumstanceStatus": "met"})
    )
    why = page.partition("结果的由来")[2].partition("</ol>")[0]

    assert "决策“容错建议”的结果为 不予容错" in why
    assert "底线排除（D4） = 排除" in why
    assert not re.findall(r"&#34;(?:excluded|clear|met|insufficient)&#34;", why)


def test_the_graph_alone_may_carry_style_attributes(browser_of: Callable[[str], Browser]) -> None:
    olga = browser_of("olga")

    graph = olga.get("/decisions/d/graph").headers["Content-Security-Policy"]
    table = olga.get("/decisions/d").headers["Content-Security-Policy"]

    assert "style-src-attr 'unsafe-inline'" in graph
    assert "unsafe" not in table


def test_an_unknown_decision_is_not_found(browser_of: Callable[[str], Browser]) -> None:
    assert browser_of("olga").get("/decisions/nothing").status_code == 404


def test_who_may_not_try_decisions_does_not_see_them(browser_of: Callable[[str], Browser]) -> None:
    sam = browser_of("sam")

    assert sam.get("/decisions").status_code == 403
    assert "/decisions" not in text(sam.get("/"))
