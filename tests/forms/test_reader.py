"""What a form file may hold, and what is refused at deployment."""

from __future__ import annotations

from typing import Any

import pytest

from service import forms, texts
from service.errors import Invalid, Severity, TooLarge
from service.forms.reader import SIZE_LIMIT

from .build import a_file, a_form, component, findings

NO_FORM = {
    "empty": (b"", "forms.not_json"),
    "broken": (b'{"components": [', "forms.not_json"),
    "list": (b"[]", "forms.not_a_form"),
    "no components": (b'{"id": "x"}', "forms.not_a_form"),
    "components no list": (b'{"components": {}}', "forms.not_a_form"),
    "latin1": (b'{"id": "\xe9", "components": []}', "forms.not_utf8"),
    "nan": (b'{"components": [], "x": NaN}', "forms.not_json"),
    "deep": (b'{"components": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "forms.not_json"),
    "bpmn": (b'<?xml version="1.0"?><definitions/>', "forms.not_json"),
}


@pytest.mark.parametrize(("content", "code"), NO_FORM.values(), ids=NO_FORM)
def test_what_is_no_form_is_invalid(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        forms.read(content, "a.form")

    assert caught.value.code == code
    assert texts.message(code, caught.value.facts).count("{") == 0


def test_a_huge_file_is_not_read() -> None:
    with pytest.raises(TooLarge, match=r"forms\.file_too_large"):
        forms.read(b" " * (SIZE_LIMIT + 1), "a.form")


def test_a_byte_order_mark_is_accepted() -> None:
    assert forms.read(b"\xef\xbb\xbf" + a_file(), "a.form").ok


STATIC = [{"label": "是", "value": "yes"}, {"label": "否", "value": "no"}]

WELL = {
    "every kind": [
        component("textfield", "a", validate={"required": True, "minLength": 2, "pattern": "^x"}),
        component("textarea", "b", validate={"maxLength": "=limit"}),
        component("number", "c", decimalDigits=2, increment="0.5", validate={"min": 0, "max": "=b"}),
        component("datetime", "d", subtype="datetime", timeSerializingFormat="utc_offset", dateLabel="日期"),
        component("checkbox", "e", defaultValue=True),
        component("radio", "f", values=STATIC),
        component("select", "g", valuesKey="options"),
        component("checklist", "h", valuesExpression='=["a", "b"]'),
        component("taglist", "i", values=STATIC, readonly="=e"),
        component("expression", "j", expression="=c * 2", computeOn="change"),
        component("text", text="# {{a}} {{#if e}}yes{{/if}}{{#loop h}}{{this}}{{/loop}}"),
        component("image", source="data:image/png;base64,AA==", alt="印章"),
        component("table", dataSource="=rows", columns=[]),
        component("button", action="submit", label="提交"),
        component("separator"),
        component("spacer", height=20),
        component("group", "k", components=[component("textfield", "a", id="k1")]),
        component("dynamiclist", "l", components=[component("number", "b", id="l1")]),
    ],
    "dotted keys side by side": [component("textfield", "matter.title"), component("textfield", "matter.text")],
    "same key in two places": [
        component("textfield", "a"),
        component("dynamiclist", "rows", components=[component("textfield", "a", id="Inner")]),
    ],
    "group without path": [component("group", components=[component("textfield", "a")])],
    "conditional": [component("textfield", "a", conditional={"hide": '=x = "no"'})],
}


@pytest.mark.parametrize("components", WELL.values(), ids=WELL)
def test_a_good_form_has_no_findings(components: list[dict[str, Any]]) -> None:
    assert findings(*components) == []


ILL = {
    "html": ([component("html", content="<b>x</b>")], ("raw_markup_component", "Field_html", "type")),
    "iframe": ([component("iframe", url="https://x")], ("raw_markup_component", "Field_iframe", "type")),
    "file picker without key": ([component("filepicker")], ("missing_key", "Field_filepicker", "key")),
    "preview of nothing": ([component("documentPreview")], ("missing_source", "Field_documentPreview", "dataSource")),
    "preview of no expression": (
        [component("documentPreview", dataSource="files")],
        ("not_feel", "Field_documentPreview", "dataSource"),
    ),
    "made up": ([component("rating", "r")], ("unsupported_type", "Field_r", "type")),
    "script in text": ([component("text", text="<script>x</script>")], ("raw_markup", "Field_text", "text")),
    "style in text": ([component("text", text='<p style="x">')], ("style_attribute", "Field_text", "text")),
    "event in text": ([component("text", text='<img onerror="x">')], ("raw_markup", "Field_text", "text")),
    "foreign image": ([component("image", source="https://x/y.png")], ("foreign_image", "Field_image", "source")),
    "no key": ([component("textfield")], ("missing_key", "Field_textfield", "key")),
    "empty key": ([component("textfield", "")], ("missing_key", "Field_textfield", "key")),
    "no list path": ([component("dynamiclist", components=[])], ("missing_key", "Field_dynamiclist", "path")),
    "key with space": ([component("textfield", "a b")], ("bad_key", "Field_a b", "key")),
    "key with bracket": ([component("textfield", "a[0]")], ("bad_key", "Field_a[0]", "key")),
    "key with empty part": ([component("textfield", "a..b")], ("bad_key", "Field_a..b", "key")),
    "duplicate key": (
        [component("textfield", "a"), component("number", "a", id="Other")],
        ("duplicate_key", "Other", "key"),
    ),
    "duplicate key through a group": (
        [component("textfield", "g.a"), component("group", "g", components=[component("number", "a", id="Other")])],
        ("duplicate_key", "Other", "key"),
    ),
    "key inside a value": (
        [component("textfield", "a"), component("textfield", "a.b", id="Other")],
        ("overlapping_key", "Other", "key"),
    ),
    "key around a value": (
        [component("textfield", "a.b"), component("textfield", "a", id="Other")],
        ("overlapping_key", "Other", "key"),
    ),
    "duplicate id": (
        [component("textfield", "a"), component("textfield", "b", id="Field_a")],
        ("duplicate_id", "Field_a", "id"),
    ),
    "pattern": (
        [component("textfield", "a", validate={"pattern": "(["})],
        ("bad_pattern", "Field_a", "validate.pattern"),
    ),
    "validation type": (
        [component("textfield", "a", validate={"validationType": "iban"})],
        ("validation_type", "Field_a", "validate.validationType"),
    ),
    "condition not feel": (
        [component("textfield", "a", conditional={"hide": "x"})],
        ("not_feel", "Field_a", "conditional.hide"),
    ),
    "condition broken": (
        [component("textfield", "a", conditional={"hide": "=x +"})],
        ("broken_feel", "Field_a", "conditional.hide"),
    ),
    "expression broken": (
        [component("expression", "a", expression="=(1")],
        ("broken_feel", "Field_a", "expression"),
    ),
    "expression missing": ([component("expression", "a")], ("missing_expression", "Field_a", "expression")),
    "limit broken": (
        [component("number", "a", validate={"min": "=1 +"})],
        ("broken_feel", "Field_a", "validate.min"),
    ),
    "limit text": ([component("number", "a", validate={"min": "x"})], ("property_type", "Field_a", "validate.min")),
    "label broken": ([component("textfield", "a", label="=1 +")], ("broken_feel", "Field_a", "label")),
    "template open": ([component("text", text="{{#if a}}x")], ("broken_template", "Field_text", "text")),
    "template word": ([component("text", text="{{#each a}}x{{/each}}")], ("broken_template", "Field_text", "text")),
    "no options": ([component("select", "a")], ("options_source", "Field_a", "values")),
    "two sources": (
        [component("select", "a", values=STATIC, valuesKey="b")],
        ("options_source", "Field_a", "values"),
    ),
    "option of no kind": ([component("select", "a", values=[{"label": "x"}])], ("bad_options", "Field_a", "values")),
    "duplicate option": ([component("radio", "a", values=["x", "x"])], ("duplicate_option", "Field_a", "values")),
    "default": ([component("number", "a", defaultValue="many")], ("bad_default", "Field_a", "defaultValue")),
    "subtype": ([component("datetime", "a", subtype="week")], ("not_a_choice", "Field_a", "subtype")),
    "increment": ([component("number", "a", increment="0")], ("property_type", "Field_a", "increment")),
    "digits": ([component("number", "a", decimalDigits=-1)], ("property_type", "Field_a", "decimalDigits")),
    "validate list": ([component("number", "a", validate=[])], ("property_type", "Field_a", "validate")),
    "required text": (
        [component("number", "a", validate={"required": "yes"})],
        ("property_type", "Field_a", "required"),
    ),
    "not a component": ([{"label": "x"}], ("not_a_component", None, "components")),
}


@pytest.mark.parametrize(("components", "expected"), ILL.values(), ids=ILL)
def test_what_is_refused_names_element_and_property(
    components: list[dict[str, Any]], expected: tuple[str, str | None, str]
) -> None:
    assert findings(*components) == [expected]


@pytest.mark.parametrize(("components", "expected"), ILL.values(), ids=ILL)
def test_every_refusal_has_words_in_both_languages(
    components: list[dict[str, Any]], expected: tuple[str, str | None, str]
) -> None:
    (finding,) = forms.read(a_file(*components), "a.form").findings

    english, chinese = texts.finding(finding, "en"), texts.finding(finding, "zh_CN")

    assert "{" not in (english + chinese).replace("{{", "")
    assert english != chinese
    assert not forms.read(a_file(*components), "a.form").ok


HEADS = {
    "no id": ({"id": ""}, "no_form_id", Severity.ERROR),
    "type": ({"type": "wizard"}, "not_default_type", Severity.ERROR),
    "newer": ({"schemaVersion": 99}, "newer_schema", Severity.WARNING),
}


@pytest.mark.parametrize(("head", "code", "severity"), HEADS.values(), ids=HEADS)
def test_the_head_of_the_file_is_checked(head: dict[str, Any], code: str, severity: Severity) -> None:
    (finding,) = forms.read(a_file(**head), "a.form").findings

    assert (finding.code, finding.severity) == (f"forms.{code}", severity)


def test_nesting_has_an_end() -> None:
    inner = component("textfield", "a")
    for level in range(20):
        inner = component("group", f"g{level}", components=[inner])

    assert ("too_deep", None, "components") in findings(inner)


def test_fields_tell_path_label_and_place() -> None:
    form = a_form(
        component("textfield", "matter.title", label="名称", validate={"required": True}),
        component(
            "group",
            "plan",
            components=[component("dynamiclist", "measures", components=[component("textfield", "owner")])],
        ),
        component("radio", "matter.privateGain", values=STATIC),
        versionTag="1.0",
    )

    assert [(field.path, field.type, field.required, field.list_path) for field in form.fields] == [
        ("matter.title", "textfield", True, None),
        ("plan.measures", "dynamiclist", False, None),
        ("plan.measures[].owner", "textfield", False, "plan.measures"),
        ("matter.privateGain", "radio", False, None),
    ]
    assert [option.label for option in form.fields[3].options] == ["是", "否"]
    assert (form.id, form.version_tag) == ("form", "1.0")


def test_expressions_of_a_form_are_listed() -> None:
    form = a_form(
        component("textfield", "a", label="=title", conditional={"hide": "=b"}, readonly="=c"),
        component("number", "n", validate={"max": "=d"}),
        component("expression", "e", expression="=f"),
        component("select", "s", valuesExpression="=g"),
        component("text", text="{{h}}"),
    )

    assert {expression.text for expression in form.expressions} == {"title", "b", "c", "d", "f", "g", "h"}
