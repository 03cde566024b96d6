"""A submission against its form: what the viewer checks, again, and what a forged request tries."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from service import forms, texts
from service.errors import FormRejected, Invalid

from .build import ENVIRONMENT, a_form, component

D = Decimal
OPTIONS = [{"label": "是", "value": "yes"}, {"label": "否", "value": "no"}, {"label": "一", "value": 1}]


def validate(form: forms.Form, submission: Any, **variables: Any) -> dict[str, Any]:
    return forms.validate(form, submission, variables, ENVIRONMENT)


def problems(form: forms.Form, submission: Any, **variables: Any) -> dict[str, list[str]]:
    with pytest.raises(FormRejected) as caught:
        validate(form, submission, **variables)
    for path, words in texts.fields(caught.value).items():
        assert words, path
        assert all("{" not in word for word in words), words
    return {path: [code.removeprefix("forms.") for code, _ in found] for path, found in caught.value.fields.items()}


ONE = {
    # id: (component without key, sent, typed)
    "text": (component("textfield"), "濮阳", "濮阳"),
    "text empty": (component("textfield"), "", ""),
    "area with lines": (component("textarea"), "一\n二", "一\n二"),
    "number int": (component("number"), 5, D(5)),
    "number decimal": (component("number"), D("0.10"), D("0.10")),
    "number float": (component("number"), 0.1, D("0.1")),
    "number 34 digits": (component("number"), D("1" * 34), D("1" * 34)),
    "number empty": (component("number"), None, None),
    "number as text": (component("number", serializeToString=True), "12.30", "12.30"),
    "checkbox": (component("checkbox"), True, True),
    "checkbox null": (component("checkbox"), None, False),
    "radio": (component("radio", values=OPTIONS), "yes", "yes"),
    "radio number": (component("radio", values=OPTIONS), 1, D(1)),
    "radio empty": (component("radio", values=OPTIONS), None, None),
    "select by key": (component("select", valuesKey="options"), "b", "b"),
    "select by expression": (component("select", valuesExpression="=options"), "a", "a"),
    "checklist": (component("checklist", values=OPTIONS), ["no", "yes"], ["no", "yes"]),
    "checklist empty": (component("checklist", values=OPTIONS), [], []),
    "taglist": (component("taglist", values=OPTIONS), ["yes"], ["yes"]),
    "date": (component("datetime", subtype="date"), "2026-12-31", "2026-12-31"),
    "leap day": (component("datetime", subtype="date"), "2028-02-29", "2028-02-29"),
    "date empty": (component("datetime", subtype="date"), None, None),
    "time": (component("datetime", subtype="time"), "09:30+08:00", "09:30:00+08:00"),
    "datetime": (component("datetime", subtype="datetime"), "2026-12-31T09:30+08:00", "2026-12-31T09:30:00+08:00"),
    "datetime with seconds": (
        component("datetime", subtype="datetime"),
        "2026-12-31T09:30:15+08:00",
        "2026-12-31T09:30:15+08:00",
    ),
    "datetime utc": (
        component("datetime", subtype="datetime", timeSerializingFormat="utc_normalized"),
        "2026-12-31T01:30Z",
        "2026-12-31T01:30:00Z",
    ),
    "datetime local": (
        component("datetime", subtype="datetime", timeSerializingFormat="no_timezone"),
        "2026-12-31T09:30",
        "2026-12-31T09:30:00",
    ),
    "today is not passed": (
        component("datetime", subtype="date", disallowPassedDates=True),
        "2026-11-25",
        "2026-11-25",
    ),
    "minimum met": (component("number", validate={"min": 3, "max": "=limit"}), 10, D(10)),
    "step": (component("number", increment="0.05"), D("0.15"), D("0.15")),
    "two places": (component("number", decimalDigits=2), D("1.50"), D("1.50")),
    "trailing zeros are no places": (component("number", decimalDigits=1), D("1.500"), D("1.500")),
    "pattern is unanchored": (component("textfield", validate={"pattern": "[0-9]{2}"}), "a12b", "a12b"),
    "length met": (component("textfield", validate={"minLength": 2, "maxLength": 3}), "三个字", "三个字"),
    "optional needs no pattern": (component("textfield", validate={"pattern": "x", "minLength": 3}), "", ""),
    "email": (component("textfield", validate={"validationType": "email"}), "a.b@c-d.cn", "a.b@c-d.cn"),
    "phone": (component("textfield", validate={"validationType": "phone"}), "+8613800000000", "+8613800000000"),
}


@pytest.mark.parametrize(("given", "sent", "typed"), ONE.values(), ids=ONE)
def test_a_fitting_value_is_typed(given: dict[str, Any], sent: Any, typed: Any) -> None:
    form = a_form({**given, "key": "x"})

    result = validate(form, {"x": sent}, options=["a", "b"], limit=10)

    assert result == {"x": typed}
    assert type(result["x"]) is type(typed)


WRONG = {
    "number for text": (component("textfield"), 5, "not_text"),
    "lines in a line": (component("textfield"), "a\nb", "not_one_line"),
    "nul": (component("textarea"), "a\x00b", "bad_character"),
    "lone surrogate": (component("textarea"), "\ud800", "bad_character"),
    "endless text": (component("textarea"), "x" * 100_001, "too_long"),
    "text for number": (component("number"), "5", "not_a_number"),
    "bool for number": (component("number"), True, "not_a_number"),
    "list for number": (component("number"), [5], "not_a_number"),
    "infinity": (component("number"), D("Infinity"), "not_a_number"),
    "35 digits": (component("number"), D("1" * 35), "too_many_digits"),
    "huge exponent": (component("number"), D("1e999999"), "too_many_digits"),
    "text that is no number": (component("number", serializeToString=True), "many", "not_a_number"),
    "text for checkbox": (component("checkbox"), "true", "not_yes_or_no"),
    "not an option": (component("radio", values=OPTIONS), "maybe", "not_an_option"),
    "right value of wrong type": (component("radio", values=OPTIONS), "1", "not_an_option"),
    "bool is not one": (component("radio", values=OPTIONS), True, "not_an_option"),
    "object as option": (component("select", values=OPTIONS), {"value": "yes"}, "not_an_option"),
    "one of many wrong": (component("checklist", values=OPTIONS), ["yes", "x"], "not_an_option"),
    "twice": (component("checklist", values=OPTIONS), ["yes", "yes"], "chosen_twice"),
    "scalar for list": (component("taglist", values=OPTIONS), "yes", "not_a_list"),
    "options gone": (component("select", valuesKey="nothing"), "a", "no_options"),
    "no such day": (component("datetime", subtype="date"), "2026-02-29", "no_such_day"),
    "date with time": (component("datetime", subtype="date"), "2026-02-28T00:00", "not_a_date"),
    "other date": (component("datetime", subtype="date"), "28.02.2026", "not_a_date"),
    "full-width digits": (component("datetime", subtype="date"), "２０２６-02-28", "not_a_date"),
    "time without zone": (component("datetime", subtype="time"), "09:30", "not_a_date"),
    "hour 25": (component("datetime", subtype="time"), "25:30Z", "not_a_date"),
    "datetime without time": (component("datetime", subtype="datetime"), "2026-12-31", "not_a_date"),
    "passed": (component("datetime", subtype="date", disallowPassedDates=True), "2026-11-24", "day_passed"),
    "below": (component("number", validate={"min": 3}), 2, "below_minimum"),
    "above feel": (component("number", validate={"max": "=limit"}), 11, "above_maximum"),
    "zero is a value": (component("number", validate={"min": 1}), 0, "below_minimum"),
    "limit no number": (component("number", validate={"max": '="x"'}), 1, "limit_not_a_number"),
    "digits": (component("number", decimalDigits=2), D("1.505"), "decimal_digits"),
    "off step": (component("number", increment="0.05"), D("0.12"), "not_a_step"),
    "short": (component("textfield", validate={"minLength": 2}), "一", "too_short"),
    "long": (component("textfield", validate={"maxLength": "=2"}), "三个字", "too_long"),
    "length as the browser counts": (component("textfield", validate={"maxLength": 1}), "😀", "too_long"),
    "pattern": (component("textfield", validate={"pattern": "^x$"}), "xy", "pattern"),
    "pattern with words": (
        component("textfield", validate={"pattern": "^x$", "patternErrorMessage": "须为 x"}),
        "xy",
        "pattern_said",
    ),
    "runaway pattern": (component("textfield", validate={"pattern": "^(a|a)*$"}), "a" * 60 + "!", "pattern_too_slow"),
    "email": (component("textfield", validate={"validationType": "email"}), "a@b", "not_email"),
    "phone": (component("textfield", validate={"validationType": "phone"}), "13800000000", "not_phone"),
    "required empty": (component("textfield", validate={"required": True}), "", "required"),
    "required null": (component("number", validate={"required": True}), None, "required"),
    "required unchecked": (component("checkbox", validate={"required": True}), False, "required"),
    "required nothing chosen": (component("checklist", values=OPTIONS, validate={"required": True}), [], "required"),
}


@pytest.mark.parametrize(("given", "sent", "code"), WRONG.values(), ids=WRONG)
def test_an_unfit_value_is_refused_by_code(given: dict[str, Any], sent: Any, code: str) -> None:
    form = a_form({**given, "key": "x"})

    assert problems(form, {"x": sent}, limit=10) == {"x": [code]}


def test_all_problems_come_at_once_in_form_order() -> None:
    form = a_form(
        component("textfield", "b", validate={"required": True}),
        component("number", "a", validate={"min": 3}, decimalDigits=0),
    )

    found = problems(form, {"a": D("1.5"), "b": "", "c": 1})

    assert found == {"c": ["unknown_field"], "b": ["required"], "a": ["below_minimum", "decimal_digits"]}


@pytest.mark.parametrize("submission", [[], "x", None, 5])
def test_a_submission_is_an_object(submission: Any) -> None:
    with pytest.raises(Invalid):
        validate(a_form(), submission)


UNKNOWN = {
    "plain": ({"other": 1}, "other"),
    "beside a dotted key": ({"matter": {"title": "x", "outcome": "exempt"}}, "matter.outcome"),
    "inside a list": ({"rows": [{"a": "x", "admin": True}]}, "rows[0].admin"),
    "inside a group": ({"plan": {"approvedBy": "me"}}, "plan.approvedBy"),
    "dotted key as such": ({"matter.title": "x"}, "matter.title"),
}


@pytest.mark.parametrize(("submission", "path"), UNKNOWN.values(), ids=UNKNOWN)
def test_keys_without_a_field_are_refused_by_name(submission: dict[str, Any], path: str) -> None:
    form = a_form(
        component("textfield", "matter.title"),
        component("dynamiclist", "rows", allowAddRemove=True, components=[component("textfield", "a")]),
        component("group", "plan", components=[component("textfield", "content")]),
    )

    assert problems(form, submission) == {path: ["unknown_field"]}


def test_a_scalar_where_an_object_is_expected_is_refused() -> None:
    assert problems(a_form(component("textfield", "matter.title")), {"matter": 5}) == {"matter": ["not_an_object"]}


def test_dotted_keys_nest_and_give_back_their_paths() -> None:
    form = a_form(
        component("radio", "matter.privateGain", values=OPTIONS),
        component("group", "matter", components=[component("textfield", "title")]),
        component(
            "dynamiclist", "meeting.attendance", allowAddRemove=True, components=[component("textfield", "member")]
        ),
        component("textfield", "note"),
    )

    result = validate(
        form,
        {
            "matter": {"privateGain": "no", "title": "试点"},
            "meeting": {"attendance": [{"member": "ann"}]},
            "note": "x",
        },
    )

    assert result == {
        "matter": {"privateGain": "no", "title": "试点"},
        "meeting": {"attendance": [{"member": "ann"}]},
        "note": "x",
    }
    assert forms.paths(form, result) == {
        "matter.privateGain": "no",
        "matter.title": "试点",
        "meeting.attendance": [{"member": "ann"}],
        "note": "x",
    }
    assert forms.nest(forms.paths(form, result)) == result


KEPT = {
    "hidden": component("textfield", "x", conditional={"hide": "=true"}, validate={"required": True}),
    "hidden by another field": component("textfield", "x", conditional={"hide": '=how = "none"'}),
    "disabled": component("textfield", "x", disabled=True, validate={"required": True}),
    "read-only": component("textfield", "x", readonly=True),
    "read-only by feel": component("textfield", "x", readonly="=locked"),
}


@pytest.mark.parametrize("given", KEPT.values(), ids=KEPT)
def test_what_cannot_be_edited_is_not_written(given: dict[str, Any]) -> None:
    form = a_form(given, component("textfield", "how"))

    result = validate(form, {"x": "forged", "how": "none"}, x="stored", locked=True)

    assert result == {"how": "none"}


def test_a_hidden_value_decides_nothing() -> None:
    form = a_form(
        component("textfield", "reason", conditional={"hide": '=secret = "open"'}, validate={"required": True}),
        component("textfield", "secret", conditional={"hide": "=true"}),
    )

    assert problems(form, {"secret": "open"}) == {"reason": ["required"]}


def test_a_disabled_value_decides_nothing() -> None:
    form = a_form(
        component("textfield", "reason", conditional={"hide": "=decided"}, validate={"required": True}),
        component("checkbox", "decided", disabled=True),
    )

    assert problems(form, {"decided": True}, decided=False) == {"reason": ["required"]}


def test_a_condition_may_read_a_later_field() -> None:
    form = a_form(
        component("textfield", "reason", conditional={"hide": '=agreed = "yes"'}, validate={"required": True}),
        component("radio", "agreed", values=OPTIONS),
    )

    assert validate(form, {"agreed": "yes"}) == {"agreed": "yes"}
    assert problems(form, {"agreed": "no", "reason": ""}) == {"reason": ["required"]}


def test_a_hidden_group_hides_what_is_in_it() -> None:
    form = a_form(
        component(
            "group",
            "plan",
            conditional={"hide": "=not(needed)"},
            components=[component("textfield", "content", validate={"required": True})],
        ),
        component("checkbox", "needed"),
    )

    assert validate(form, {"needed": False, "plan": {"content": "forged"}}) == {"needed": False}
    assert problems(form, {"needed": True}) == {"plan.content": ["required"]}


def test_what_was_not_sent_keeps_what_is_stored() -> None:
    form = a_form(component("textfield", "a", validate={"required": True}), component("textfield", "b"))

    assert validate(form, {"b": "x"}, a="stored") == {"b": "x"}
    assert problems(form, {"b": "x"}) == {"a": ["required"]}


def test_what_was_neither_sent_nor_stored_gets_its_default_or_nothing() -> None:
    form = a_form(
        component("textfield", "a", defaultValue="x"),
        component("textfield", "b"),
        component("checkbox", "c"),
        component("checklist", "d", values=OPTIONS),
    )

    assert validate(form, {}) == {"a": "x", "b": "", "c": False, "d": []}


def test_expressions_are_computed_here_whatever_was_sent() -> None:
    form = a_form(
        component("number", "price"),
        component("number", "count"),
        component("expression", "total", expression="=price * count", computeOn="change"),
        component("number", "discount", validate={"max": "=total"}),
    )

    result = validate(form, {"price": D("0.1"), "count": 3, "total": 0, "discount": D("0.3")})

    assert result["total"] == D("0.3")
    assert problems(form, {"price": 1, "count": 1, "total": 100, "discount": 50}) == {"discount": ["above_maximum"]}


def test_an_expression_without_a_data_value_is_refused() -> None:
    form = a_form(component("expression", "f", expression="=function(x) x"))

    assert problems(form, {}) == {"f": ["no_data_value"]}


def a_list(**properties: Any) -> forms.Form:
    inner = [
        component("textfield", "owner", validate={"required": True}),
        component("number", "share", validate={"max": "=parent.limit"}),
        component("number", "no", readonly=True),
        component("textfield", "why", conditional={"hide": "=share < 10"}, validate={"required": True}),
        component("expression", "twice", expression="=this.share * 2 + i"),
    ]
    return a_form(component("dynamiclist", "rows", components=inner, **properties))


def test_each_row_of_a_list_is_checked_in_its_own_scope() -> None:
    form = a_list(allowAddRemove=True)

    found = problems(
        form, {"rows": [{"owner": "", "share": 1}, {"owner": "b", "share": 99, "why": ""}, "x"]}, limit=D(50)
    )

    assert found == {
        "rows[0].owner": ["required"],
        "rows[1].share": ["above_maximum"],
        "rows[1].why": ["required"],
        "rows[2]": ["not_an_object"],
    }


def test_rows_keep_what_may_not_be_written() -> None:
    form = a_list(allowAddRemove=True)

    result = validate(
        form,
        {"rows": [{"owner": "a", "share": 1, "no": 99, "why": "forged"}, {"owner": "b", "share": 2}]},
        rows=[{"owner": "old", "no": D(7), "why": "stored"}],
        limit=D(50),
    )

    assert result == {
        "rows": [
            {"owner": "a", "share": D(1), "no": D(7), "why": "stored", "twice": D(3)},
            {"owner": "b", "share": D(2), "twice": D(6)},
        ]
    }


FIXED = {
    "as many as stored": ({"rows": [{"owner": "a", "share": 1}]}, [{"owner": "x"}], None),
    "one more": ({"rows": [{"owner": "a"}, {"owner": "b"}]}, [{"owner": "x"}], "fixed_list"),
    "one less": ({"rows": []}, [{"owner": "x"}], "fixed_list"),
    "as many as there are by default": ({"rows": [{"owner": "a", "share": 1}]}, None, None),
}


@pytest.mark.parametrize(("sent", "stored", "code"), FIXED.values(), ids=FIXED)
def test_rows_of_a_fixed_list_are_neither_added_nor_removed(
    sent: dict[str, Any], stored: list[Any] | None, code: str | None
) -> None:
    form = a_list(defaultRepetitions=1)
    variables = {} if stored is None else {"rows": stored}

    if code is None:
        assert len(validate(form, sent, **variables)["rows"]) == 1
    else:
        assert problems(form, sent, **variables) == {"rows": [code]}


def test_a_list_has_an_end() -> None:
    form = a_form(component("dynamiclist", "rows", allowAddRemove=True, components=[component("textfield", "a")]))

    assert problems(form, {"rows": [{"a": "x"}] * 1001}) == {"rows": ["too_many_items"]}
    assert problems(form, {"rows": "x"}) == {"rows": ["not_a_list"]}
    assert validate(form, {"rows": None}) == {"rows": []}


def test_lists_nest() -> None:
    form = a_form(
        component(
            "dynamiclist",
            "units",
            allowAddRemove=True,
            components=[
                component(
                    "dynamiclist",
                    "people",
                    allowAddRemove=True,
                    components=[component("textfield", "name", validate={"required": True})],
                )
            ],
        )
    )

    assert validate(form, {"units": [{"people": [{"name": "甲"}]}]}) == {"units": [{"people": [{"name": "甲"}]}]}
    assert problems(form, {"units": [{"people": [{"name": ""}]}]}) == {"units[0].people[0].name": ["required"]}


def test_stored_data_is_left_as_it_is() -> None:
    stored = {"matter": {"title": "old"}, "rows": [{"a": "x"}]}
    form = a_form(
        component("textfield", "matter.title"),
        component("dynamiclist", "rows", allowAddRemove=True, components=[component("textfield", "a")]),
    )

    validate(form, {"matter": {"title": "new"}, "rows": [{"a": "y"}]}, **stored)

    assert stored == {"matter": {"title": "old"}, "rows": [{"a": "x"}]}
