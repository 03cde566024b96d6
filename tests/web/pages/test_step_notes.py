"""What a diagram notes about a step is on the pages: its article, its English name, the word of its button."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.auth import SYSTEM
from service.runtime import deployments, instances, user_tasks
from service.runtime.engine import Engine
from service.runtime.user_tasks import UserTask, UserTaskQuery
from tests import builders
from tests.web.conftest import Browser, text

NOTES = {
    "rc.article": "第七条（一）",
    "rc.nameEn": "Check the sums",
    "rc.submit": "核实完毕",
    "rc.field.secret": "hidden",
    "rc.field.known": "readonly",
}


def a_noted_task(engine: Engine, **notes: str) -> UserTask:
    noted = NOTES | notes
    lines = "".join(f'<zeebe:property name="{name}" value="{value}"/>' for name, value in noted.items())
    element = builders.user_task("t", name="核对金额", groups="INVEST", form="notes").replace(
        "</bpmn:extensionElements>", f"<zeebe:properties>{lines}</zeebe:properties></bpmn:extensionElements>", 1
    )
    diagram = deployments.Resource(
        "noted.bpmn", builders.process(element, builders.line("s", "t", "e"), process_id="noted")
    )
    form = builders.a_form("notes", {"key": "open"}, {"key": "secret"}, {"key": "known"})
    engine.run(SYSTEM, lambda unit: deployments.deploy(unit, [diagram, form]))
    started = engine.run(SYSTEM, lambda unit: instances.start(unit, "noted", {"secret": "geheim", "known": "bekannt"}))
    with engine.reading(SYSTEM) as unit:
        return user_tasks.search(unit, UserTaskQuery(instance_key=started.key)).items[0]


def test_article_and_word_of_the_button_are_on_the_task_page(
    browser_of: Callable[[str], Browser], site_engine: Engine
) -> None:
    task, ann = a_noted_task(site_engine), browser_of("ann")

    page = ann.follow(ann.post(f"/tasks/{task.key}/claim"))

    assert "第七条（一）" in page
    assert "核实完毕" in page
    assert "核对金额" in page


def test_pages_in_english_call_the_step_by_its_english_name(
    browser_of: Callable[[str], Browser], site_engine: Engine
) -> None:
    task, ann = a_noted_task(site_engine), browser_of("ann")

    ann.language = "en"
    page = text(ann.get(f"/tasks/{task.key}"))

    assert "<h1>Check the sums</h1>" in page


def test_a_hidden_field_is_nowhere_in_the_page_and_its_data(
    browser_of: Callable[[str], Browser], site_engine: Engine
) -> None:
    task, ann = a_noted_task(site_engine), browser_of("ann")
    ann.post(f"/tasks/{task.key}/claim")

    page, data = text(ann.get(f"/tasks/{task.key}")), text(ann.get(f"/tasks/{task.key}/form.json"))

    for shown in (page, data):
        assert "geheim" not in shown
        assert "secret" not in shown
        assert "bekannt" in shown


@pytest.mark.parametrize(
    ("where", "order"), [("before", ["acts", "form-heading"]), ("after", ["form-heading", "acts"])]
)
def test_remarks_stand_where_the_diagram_says(
    browser_of: Callable[[str], Browser], site_engine: Engine, where: str, order: list[str]
) -> None:
    task = a_noted_task(site_engine, **{"rc.opinions": where})

    page = text(browser_of("ann").get(f"/tasks/{task.key}"))

    assert sorted(order, key=lambda name: page.index(f'id="{name}"')) == order
    assert page.count('id="acts"') == 1
