"""A form described in words, for who only reads."""

from __future__ import annotations

from decimal import Decimal

from service import forms

from .build import ENVIRONMENT, a_form, component

OPTIONS = [{"label": "是", "value": "yes"}, {"label": "否", "value": "no"}]


def test_rows_carry_labels_option_words_and_places() -> None:
    form = a_form(
        component("text", text="案件 {{case.caseNo}}{{#if urgent}}（急）{{/if}}"),
        component("radio", "matter.privateGain", label="是否谋取私利", values=OPTIONS),
        component("number", "amount", label='="金额（" + unit + "）"'),
        component("checkbox", "signed", label="已签字"),
        component("textfield", "secret", conditional={"hide": "=true"}),
        component(
            "group",
            "plan",
            label="方案",
            components=[
                component(
                    "dynamiclist",
                    "measures",
                    label="措施",
                    components=[component("checklist", "kinds", label="类别", values=OPTIONS)],
                )
            ],
        ),
        component("button", label="提交"),
    )

    rows = forms.display(
        form,
        {
            "case": {"caseNo": "1号"},
            "urgent": True,
            "unit": "元",
            "matter": {"privateGain": "no"},
            "amount": Decimal("12.30"),
            "signed": False,
            "secret": "x",
            "plan": {"measures": [{"kinds": ["yes", "no"]}, {"kinds": []}]},
        },
        ENVIRONMENT,
    )

    assert [(row.kind, row.label, row.values, row.level, row.path) for row in rows] == [
        ("text", "案件 1号（急）", (), 0, ""),
        ("value", "是否谋取私利", ("否",), 0, "matter.privateGain"),
        ("value", "金额（元）", ("12.3",), 0, "amount"),
        ("value", "已签字", (), 0, "signed"),
        ("heading", "方案", (), 0, ""),
        ("heading", "措施", (), 1, "plan.measures"),
        ("row", "措施", ("1",), 2, "plan.measures[0]"),
        ("value", "类别", ("是", "否"), 3, "plan.measures[0].kinds"),
        ("row", "措施", ("2",), 2, "plan.measures[1]"),
        ("value", "类别", (), 3, "plan.measures[1].kinds"),
    ]
    assert rows[3].flag is False


def test_an_option_that_is_gone_shows_its_value() -> None:
    form = a_form(component("select", "x", values=OPTIONS))

    (row,) = forms.display(form, {"x": "maybe"}, ENVIRONMENT)

    assert row.values == ("maybe",)


def test_a_loop_repeats_its_text() -> None:
    form = a_form(component("text", text="{{#loop people}}{{name}}、{{/loop}}"))

    (row,) = forms.display(form, {"people": [{"name": "甲"}, {"name": "乙"}]}, ENVIRONMENT)

    assert row.label == "甲、乙、"
