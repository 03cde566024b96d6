"""`rc.field.<key>` holds on the server: what a step only shows, masks or hides cannot be seen or changed at it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from service.auth import Actor
from service.errors import DeploymentRejected, FormRejected
from service.runtime import form_display, form_sources, step_notes, user_tasks
from service.runtime.engine import Engine
from service.runtime.unit import Plugins
from tests import builders
from tests.runtime.site import Notebook, Site

ANN = Actor("ann", frozenset({"INVEST"}))
STORED: dict[str, object] = {"open": "o", "amount": 7, "secret": "s", "phone": "p", "lines": [{"a": 1}]}
FORM = builders.a_form(
    "f",
    {"key": "open"},
    {"key": "amount", "type": "number", "validate": {"required": True}},
    {"key": "secret", "validate": {"required": True}},
    {"key": "phone", "validate": {"pattern": "[0-9]+"}},
    {"key": "matter.title"},
    {"key": "", "type": "dynamiclist", "path": "lines", "components": [
        {"type": "number", "id": "Field_a", "key": "a", "label": "a"}]},
)  # fmt: skip


def diagram(**properties: str) -> builders.Resource:
    lines = "".join(f'<zeebe:property name="{name}" value="{value}"/>' for name, value in properties.items())
    task = builders.user_task("t", groups="INVEST", form="f").replace(
        "</bpmn:extensionElements>", f"<zeebe:properties>{lines}</zeebe:properties></bpmn:extensionElements>", 1
    )
    return builders.a_diagram(task, builders.line("s", "t", "e"))


def opened(site: Site, **rights: str) -> int:
    """A claimed task of a step with rights of fields."""
    site.deploy(diagram(**{f"rc.field.{key}": right for key, right in rights.items()}), FORM)
    site.start(variables=STORED)
    key = site.tasks()[0].key
    site.run(lambda unit: user_tasks.claim(unit, key), ANN)
    return key


def shown(site: Site, key: int) -> tuple[list[str], dict[str, Any]]:
    """Keys of the form as a reader gets it, and the data that go with it."""
    view = site.read(lambda unit: user_tasks.form(unit, key), ANN)
    assert view is not None
    return [c.get("key") or c.get("path") for c in view.schema["components"]], form_display.needed(view)


def test_without_rights_a_form_is_as_it_stands(site: Site) -> None:
    keys, data = shown(site, opened(site))

    assert keys == ["open", "amount", "secret", "phone", "matter.title", "lines"]
    assert data["secret"] == "s"


def test_a_hidden_field_is_neither_shown_nor_taken(site: Site) -> None:
    key = opened(site, secret="hidden")

    keys, data = shown(site, key)
    assert "secret" not in keys
    assert "secret" not in data
    with pytest.raises(FormRejected):
        site.run(lambda unit: user_tasks.complete(unit, key, {"amount": 1, "secret": "forged", "phone": "1"}), ANN)
    site.run(lambda unit: user_tasks.complete(unit, key, {"amount": 1, "phone": "1"}), ANN)
    assert site.variables(site.tasks(state=None)[0].instance_key)["secret"] == "s"


@pytest.mark.parametrize(("right", "seen"), [("readonly", 7), ("masked", "•••")])
def test_a_field_only_shown_keeps_its_value_whatever_is_sent(site: Site, right: str, seen: object) -> None:
    key = opened(site, amount=right)

    _, data = shown(site, key)
    assert data["amount"] == seen
    site.run(lambda unit: user_tasks.complete(unit, key, {"amount": 99, "secret": "n", "phone": "1"}), ANN)
    found = site.variables(site.tasks(state=None)[0].instance_key)
    assert (found["amount"], found["secret"]) == (7, "n")


def test_a_list_only_shown_keeps_its_lines(site: Site) -> None:
    key = opened(site, lines="readonly")

    sent = {"amount": 1, "secret": "s", "phone": "1", "lines": [{"a": 5}, {"a": 6}]}
    site.run(lambda unit: user_tasks.complete(unit, key, sent), ANN)

    assert site.variables(site.tasks(state=None)[0].instance_key)["lines"] == [{"a": 1}]


def test_a_draft_cannot_bring_a_closed_field_back(site: Site) -> None:
    key = opened(site, secret="masked")

    site.run(lambda unit: user_tasks.save_draft(unit, key, {"secret": "mine", "open": "new"}), ANN)

    _, data = shown(site, key)
    assert (data["secret"], data["open"]) == ("•••", "new")


def test_rights_hold_for_records_too(sqlite_url: str, open_engine: Callable[..., Engine]) -> None:
    notebook = Notebook()
    office = Site(sqlite_url, open_engine, Plugins(records=notebook))
    office.deploy(diagram(**{"rc.field.matter.title": "readonly"}), FORM)
    office.start(variables=STORED, business_key="1")
    key = office.tasks()[0].key
    office.run(lambda unit: user_tasks.claim(unit, key), ANN)

    sent = {"amount": 1, "secret": "s", "phone": "1", "matter": {"title": "forged"}}
    office.run(lambda unit: user_tasks.complete(unit, key, sent), ANN)

    assert "forged" not in str(vars(notebook))


def test_programs_get_the_form_as_the_step_may_use_it(site: Site) -> None:
    key = opened(site, secret="hidden", amount="readonly")

    source = site.read(lambda unit: form_sources.of_task(unit, user_tasks.get(unit, key)))

    assert source is not None
    found = {c.get("key"): c for c in json.loads(source.schema)["components"]}
    assert "secret" not in found
    assert (found["amount"]["readonly"], found["amount"]["type"]) == (True, "number")


def test_what_a_diagram_notes_is_told_of_the_task(site: Site) -> None:
    notes = {"rc.article": "A 7", "rc.nameEn": "Check", "rc.submit": "Pass on", "rc.field.secret": "hidden"}
    site.deploy(diagram(**notes), FORM)
    site.start()
    task = site.tasks()[0]

    found = site.read(lambda unit: step_notes.of_task(unit, task))

    assert (found.article, found.name_en, found.submit, found.fields) == (
        "A 7",
        "Check",
        "Pass on",
        {"secret": "hidden"},
    )
    assert site.read(lambda unit: step_notes.of_definition(unit, task.definition_key))["t"] == found


def test_a_deadline_that_no_parameter_bears_is_refused(sqlite_url: str, open_engine: Callable[..., Engine]) -> None:
    office = Site(sqlite_url, open_engine, Plugins(parameters=frozenset({"P-T05", "P-T14"})))

    office.deploy(diagram(**{"rc.deadline": "P-T05"}), FORM)
    with pytest.raises(DeploymentRejected) as refused:
        office.deploy(diagram(**{"rc.deadline": "P-T5"}), FORM)

    (finding,) = [f for f in refused.value.findings if f.code == "lint_deadline_unknown"]
    assert (finding.element_id, finding.property, finding.facts) == (
        "t",
        "rc.deadline",
        {"parameter": "P-T5", "nearest": "P-T05"},
    )


def test_a_right_of_a_field_that_the_form_lacks_is_refused(site: Site) -> None:
    with pytest.raises(DeploymentRejected) as refused:
        site.deploy(diagram(**{"rc.field.secrets": "hidden"}), FORM)

    (finding,) = [f for f in refused.value.findings if f.code == "lint_field_unknown"]
    assert (finding.element_id, finding.property, finding.facts["nearest"]) == ("t", "rc.field.secrets", "secret")
