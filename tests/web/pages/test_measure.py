"""From a sentence of the measure to what rests on it, and back."""

from __future__ import annotations

import re
from collections.abc import Callable

from service.auth import SYSTEM, accounts
from service.runtime import deployments
from service.runtime.engine import Engine
from tests.processes import play
from tests.web.conftest import Browser, text

Browsers = Callable[[str], Browser]


def deploy_shipped(engine: Engine) -> None:
    engine.run(SYSTEM, lambda unit: deployments.deploy(unit, play.shipped_models()))


def part(page: str, key: str) -> str:
    """Return what stands at one part of the text."""
    return page.partition(f'id="article-{key}"')[2].partition('<div class="article-part"')[0]


def test_each_part_leads_to_the_rules_steps_and_fields_that_rest_on_it(
    browser_of: Browsers, site_engine: Engine
) -> None:
    deploy_shipped(site_engine)
    olga = browser_of("olga")

    page = text(olga.get("/measure"))

    circumstance = part(page, "6-1")
    assert "因缺乏经验而出现失误错误的" in circumstance
    for address in dict.fromkeys(re.findall(r'href="(/[^"#]+)', page.partition("<main")[2].partition("</main>")[0])):
        assert olga.get(address).status_code == 200, address
    rule = re.search(r'href="(/decisions/[^"#]+)#([^"]+)"', circumstance)
    assert rule
    assert f'id="{rule[2]}"' in text(olga.get(rule[1]))
    assert "/deployments/process/" in part(page, "7-1")
    assert "/deployments/form/" in part(page, "7-1")


def test_a_citation_on_a_page_leads_to_the_text(browser_of: Browsers, site_engine: Engine) -> None:
    deploy_shipped(site_engine)

    rules = text(browser_of("olga").get("/decisions/D3"))

    found = re.search(r'<a href="/measure#(article-6-1)">[^<]*</a>', rules)
    assert found
    assert f'id="{found[1]}"' in text(browser_of("olga").get("/measure"))


def test_who_may_not_see_models_reads_the_text_alone(browser_of: Browsers, site_engine: Engine) -> None:
    deploy_shipped(site_engine)
    site_engine.run(SYSTEM, lambda unit: accounts.create(unit, "sue", "苏示例", None, [("SUBJECT", "")]))

    page = text(browser_of("sue").get("/measure"))

    assert "因缺乏经验而出现失误错误的" in page
    assert "carriers" not in page
    assert "/decisions/" not in page


def test_a_part_that_no_model_cites_says_so(browser_of: Browsers, site_engine: Engine) -> None:
    deploy_shipped(site_engine)

    page = text(browser_of("olga").get("/measure"))

    assert "没有模型单独引用本部分" in page
    assert "没有模型单独引用本部分" not in part(page, "7-1")
