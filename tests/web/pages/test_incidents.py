"""An incident on its page: the sentence, the expression and where it fails, variables, element, a retry."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.auth import SYSTEM
from service.runtime import deployments, history, incidents, instances
from service.runtime.engine import Engine
from tests import builders
from tests.web.conftest import Browser, text


@pytest.fixture
def stopped(site_engine: Engine) -> incidents.Incident:
    """A process that stands at a gateway, since `amount` is a text."""
    diagram = deployments.Resource(
        "stops.bpmn",
        builders.process(
            '<bpmn:exclusiveGateway id="g" name="金额大小" default="g_e" />',
            builders.script_task("t", "=1", "x"),
            builders.line("s", "g"),
            builders.flow("g", "t", "=if amount + 1 = null then 1 else true"),
            builders.flow("g", "e"),
            builders.line("t", "e"),
            process_id="stops",
        ),
    )
    site_engine.run(SYSTEM, lambda unit: deployments.deploy(unit, [diagram]))
    site_engine.run(SYSTEM, lambda unit: instances.start(unit, "stops", {"amount": "viel"}))
    with site_engine.reading(SYSTEM) as unit:
        (found,) = incidents.search(unit).items
    return found


def test_an_incident_tells_all_that_is_needed_to_mend_it(
    browser_of: Callable[[str], Browser], stopped: incidents.Incident
) -> None:
    olga = browser_of("olga")

    assert f"/incidents/{stopped.key}" in text(olga.get("/incidents"))
    page = text(olga.get(f"/incidents/{stopped.key}"))

    assert "金额大小" in page
    assert "=if <mark>amount + 1</mark> = null then 1 else true" in page
    assert "从第 5 个字符起" in page
    assert "viel" in page
    assert olga.get(f"/incidents/{stopped.key}/diagram.json").json["focus"] == "g"  # type: ignore[index]


def test_it_is_visible_at_its_element_and_gone_after_the_retry(
    browser_of: Callable[[str], Browser], site_engine: Engine, stopped: incidents.Incident
) -> None:
    with site_engine.reading(SYSTEM) as unit:
        assert history.element_states(unit, stopped.instance_key)["g"].incidents == 1
    site_engine.run(SYSTEM, lambda unit: instances.set_variables(unit, stopped.instance_key, {"amount": 2}))

    olga = browser_of("olga")
    olga.post(f"/incidents/{stopped.key}/retry")

    assert "已解决" in text(olga.get(f"/incidents/{stopped.key}"))
    with site_engine.reading(SYSTEM) as unit:
        assert list(incidents.search(unit).items) == []
        assert instances.get(unit, stopped.instance_key).state is instances.InstanceState.COMPLETED


def test_others_see_no_incidents(browser_of: Callable[[str], Browser], stopped: incidents.Incident) -> None:
    for path in (f"/incidents/{stopped.key}", f"/incidents/{stopped.key}/diagram.json"):
        assert browser_of("ann").get(path).status_code in (403, 404)
