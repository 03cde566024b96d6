"""Modelled forms as plain fields, and the submissions that come back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from werkzeug.datastructures import MultiDict

from service.runtime.form_display import Filled
from service.web import fallback

ZONE = ZoneInfo("Asia/Shanghai")


def a_form(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": "default", "components": list(components)}


def field(kind: str, **properties: Any) -> dict[str, Any]:
    return {"type": kind, "key": "x", "label": "X", **properties}


CHOICES = [{"label": "一", "value": 1}, {"label": "二", "value": "two"}]


@pytest.mark.parametrize(
    ("component", "sent", "expected"),
    [
        (field("textfield"), {"f:x": " a "}, " a "),
        (field("textarea"), {"f:x": "a\r\nb"}, "a\nb"),
        (field("textfield"), {}, ""),
        (field("number"), {"f:x": "1,234.50"}, Decimal("1234.50")),
        (field("number"), {"f:x": "abc"}, "abc"),
        (field("number"), {"f:x": "NaN"}, "NaN"),
        (field("number"), {"f:x": " "}, None),
        (field("number", serializeToString=True), {"f:x": "1.20"}, "1.20"),
        (field("checkbox"), {"f:x": "true"}, True),
        (field("checkbox"), {}, False),
        (field("radio", values=CHOICES), {"f:x": "1"}, 1),
        (field("select", values=CHOICES), {"f:x": "two"}, "two"),
        (field("select", values=CHOICES), {"f:x": "forged"}, "forged"),
        (field("select", values=CHOICES), {"f:x": ""}, None),
        (field("checklist", values=CHOICES), [("f:x", "1"), ("f:x", "two")], [1, "two"]),
        (field("checklist", values=CHOICES), {}, []),
        (field("datetime", subtype="date"), {"f:x": "2026-03-02"}, "2026-03-02"),
        (field("datetime", subtype="datetime"), {"f:x": "2026-03-02T09:30"}, "2026-03-02T09:30+08:00"),
        (
            field("datetime", subtype="datetime", timeSerializingFormat="utc_normalized"),
            {"f:x": "2026-03-02T09:30"},
            "2026-03-02T01:30Z",
        ),
        (
            field("datetime", subtype="datetime", timeSerializingFormat="no_timezone"),
            {"f:x": "2026-03-02T09:30"},
            "2026-03-02T09:30",
        ),
        (field("datetime", subtype="datetime"), {"f:x": "soon"}, "soon"),
    ],
)
def test_a_field_sends_what_the_viewer_would_send(component: dict[str, Any], sent: Any, expected: Any) -> None:
    found = fallback.submission(a_form(component), MultiDict(sent), ZONE)

    assert found == {"x": expected}


def test_dotted_keys_groups_and_lists_nest() -> None:
    schema = a_form(
        {"type": "textfield", "key": "matter.title"},
        {"type": "group", "path": "contact", "components": [{"type": "textfield", "key": "mail"}]},
        {
            "type": "dynamiclist",
            "path": "plan.measures",
            "components": [{"type": "textfield", "key": "owner"}, {"type": "number", "key": "days"}],
        },
    )
    sent = MultiDict(
        {
            "f:matter.title": "事",
            "f:contact.mail": "a@b.c",
            "f:plan.measures[0].owner": "甲",
            "f:plan.measures[0].days": "3",
            "f:plan.measures[1].owner": "",
            "f:plan.measures[1].days": "",
        }
    )

    assert fallback.submission(schema, sent, ZONE) == {
        "matter": {"title": "事"},
        "contact": {"mail": "a@b.c"},
        "plan": {"measures": [{"owner": "甲", "days": Decimal(3)}]},
    }


def test_fixed_fields_are_shown_and_not_sent() -> None:
    schema = a_form(field("textfield", readonly=True), {"type": "textfield", "key": "y", "disabled": True})

    assert fallback.submission(schema, MultiDict({"f:x": "a", "f:y": "b"}), ZONE) == {}
    assert [node.fixed for node in fallback.nodes(schema, {"x": "a"})] == [True, True]


def test_nodes_carry_values_choices_and_problems() -> None:
    schema = a_form(field("select", values=CHOICES, validate={"required": True}))

    (node,) = fallback.nodes(schema, {"x": 1}, {"x": ["必填"]})

    assert node.required
    assert [(choice.label, choice.chosen) for choice in node.choices] == [("一", True), ("二", False)]
    assert node.problems == ("必填",)


def test_a_list_shows_its_entries_and_one_more() -> None:
    schema = a_form({"type": "dynamiclist", "path": "rows", "label": "行", "components": [field("textfield")]})

    (found,) = fallback.nodes(schema, {"rows": [{"x": "a"}, {"x": "b"}]})

    assert [row.children[0].value for row in found.children] == ["a", "b", ""]
    assert found.children[1].children[0].name == "f:rows[1].x"


def test_what_the_server_evaluated_is_shown_and_templates_never_are() -> None:
    schema = a_form(
        {"type": "text", "id": "t", "text": "**{{subject.name}}**"},
        {"type": "text", "id": "u", "text": "{{subject.name}}"},
        field("select", id="s", label='="X"', valuesExpression="=people"),
    )
    words = {
        "t": Filled("", "", "**张示例**", None),
        "s": Filled("承办人", "", "", (("ann", "安示例"),)),
    }

    text, select = fallback.nodes(schema, {"x": "ann"}, words=words)

    assert text.label == "张示例"
    assert (select.label, select.choices) == ("承办人", (fallback.Choice("ann", "安示例", True),))
