"""The safe subset of JUEL."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from service import feel
from service.bpmn import juel

SCOPE = {
    "n": Decimal(5),
    "name": "kermit",
    "yes": True,
    "none": None,
    "list": ["a", "b"],
    "order": {"total": Decimal("12.5"), "lines": [{"sku": "x"}]},
    "text5": "5",
}
ENVIRONMENT = feel.Environment(now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), zone=ZoneInfo("UTC"))

VALUES = [
    ("${n}", Decimal(5)),
    ("#{n}", Decimal(5)),
    ("${n == 5}", True),
    ("${n eq 5 and not yes}", False),
    ("${n != 5 || yes}", True),
    ("${n >= 5 && n < 6}", True),
    ("${n + 2 * 3}", Decimal(11)),
    ("${(n - 1) / 8}", Decimal("0.5")),
    ("${n mod 3}", Decimal(2)),
    ("${-n}", Decimal(-5)),
    ("${order.total > 10}", True),
    ("${order.lines[0].sku}", "x"),
    ("${order['total']}", Decimal("12.5")),
    ("${list[1]}", "b"),
    ("${list[7]}", None),
    ("${empty list}", False),
    ("${empty none}", True),
    ("${empty missing}", True),
    ("${yes ? 'a' : 'b'}", "a"),
    ("${name == 'kermit'}", True),
    ("${name == null}", False),
    ("${none == null}", True),
    ("${text5 == 5}", True),
    ("${text5 + 1}", Decimal(6)),
    ("${none > 1}", False),
    ("kermit_${n}", "kermit_5"),
    ("${name}-${none}!", "kermit-!"),
    ("plain", "plain"),
    ("${'it\\'s'}", "it's"),
    ("${true}", True),
]


@pytest.mark.parametrize(("text", "value"), VALUES, ids=[text for text, _ in VALUES])
def test_value(text: str, value: object) -> None:
    found = juel.parse(text).evaluate(SCOPE, ENVIRONMENT)

    assert found == value
    assert type(found) is type(value)


REFUSED = [
    ("${execution.setVariable('x', 1)}", "bpmn.juel_bean_refused", 2),
    ("${bean.method()}", "bpmn.juel_method_refused", 7),
    ("${fn()}", "bpmn.juel_method_refused", 2),
    ("${n = 5}", "bpmn.juel_not_understood", 4),
    ("${n", "bpmn.juel_not_understood", 3),
    ("${}", "bpmn.juel_not_understood", 2),
    ("${n ** 2}", "bpmn.juel_not_understood", 5),
    ("${n; m}", "bpmn.juel_not_understood", 3),
    ("${''.class}", None, None),
]


@pytest.mark.parametrize(("text", "code", "position"), REFUSED[:-1])
def test_what_is_outside_the_subset_is_refused_with_its_position(text: str, code: str, position: int) -> None:
    with pytest.raises(juel.JuelError) as error:
        juel.parse(text)

    assert (error.value.code, error.value.facts["position"]) == (code, position)


FAILING = [
    ("${missing}", "bpmn.juel_unknown_name"),
    ("${name.length}", "bpmn.juel_no_member"),
    ("${''.class}", "bpmn.juel_no_member"),
    ("${name + 1}", "bpmn.juel_not_a_number"),
    ("${n / 0}", "bpmn.juel_division"),
    ("${n and yes}", "bpmn.juel_not_a_boolean"),
]


@pytest.mark.parametrize(("text", "code"), FAILING)
def test_a_value_that_cannot_be_used_is_an_error(text: str, code: str) -> None:
    with pytest.raises(juel.JuelError) as error:
        juel.parse(text).evaluate(SCOPE, ENVIRONMENT)

    assert error.value.code == code


def test_the_names_are_those_of_the_variables() -> None:
    assert juel.parse("${a.b > c && empty d}").names == {"a", "c", "d"}
