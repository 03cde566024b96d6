"""Every kind of boxed expression: what it gives."""

from __future__ import annotations

from typing import Any

import pytest

from service.dmn.boxed import BOXED
from tests.dmn.models import codes, decision, evaluated, literal, read, table, value_of


def _entry(name: str, logic: str, type_ref: str = "") -> str:
    declared = f' typeRef="{type_ref}"' if type_ref else ""
    variable = f'<variable name="{name}"{declared}/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def _function(body: str, *parameters: str, kind: str = "FEEL") -> str:
    formal = "".join(f'<formalParameter name="{name}"/>' for name in parameters)
    return f'<functionDefinition kind="{kind}">{formal}{body}</functionDefinition>'


def _part(name: str, text: str) -> str:
    return f"<{name}>{literal(text)}</{name}>"


def _binding(name: str, text: str) -> str:
    return f'<binding><parameter name="{name}"/>{literal(text)}</binding>'


def _iteration(kind: str, collection: str, part: str, body: str) -> str:
    return f'<{kind} iteratorVariable="each">{_part("in", collection)}{_part(part, body)}</{kind}>'


INNER = f"<context>{_entry('b', literal('1'))}</context>"
CALL = f"<invocation>{literal('f')}{_binding('b', '1')}{_binding('a', '3')}</invocation>"
TYPED_CALL = f'<invocation typeRef="number">{literal("f")}{_binding("a", "3")}</invocation>'
WRONG_CALL = f"<invocation>{literal('f')}{_binding('b', '1')}</invocation>"
FACTORIAL = _function(literal("if n < 2 then 1 else n * factorial(n - 1)"), "n")

CASES: dict[str, tuple[str, Any]] = {
    "literal expression": (literal("1 + 1"), 2),
    "literal expression, empty": (literal(""), None),
    "literal expression, converted": (literal("[1]", "number"), 1),
    "literal expression, of another type": (literal('"a"', "number"), None),
    "context": (f"<context>{_entry('a', literal('1'))}{_entry('b', literal('a + 1'))}</context>", {"a": 1, "b": 2}),
    "context with a result": (f"<context>{_entry('a', literal('1'))}{_entry('', literal('a + 1'))}</context>", 2),
    "context, entry name with a space": (
        f"<context>{_entry('a b', literal('1'))}{_entry('', literal('a b + 1'))}</context>",
        2,
    ),
    "context, entry of a wrong type": (f"<context>{_entry('a', literal('1'), 'string')}</context>", {"a": None}),
    "context without entries": ("<context/>", {}),
    "context in a context": (
        f"<context>{_entry('a', INNER)}{_entry('', literal('a.b'))}</context>",
        1,
    ),
    "function in a context, recursive": (
        f"<context>{_entry('factorial', FACTORIAL)}{_entry('', literal('factorial(5)'))}</context>",
        120,
    ),
    "function closed over its scope": (
        f"<context>{_entry('a', literal('40'))}{_entry('f', _function(literal('a + n'), 'n'))}"
        f"{_entry('', literal('f(2)'))}</context>",
        42,
    ),
    "list": (f"<list>{literal('1')}{literal('1 + 1')}</list>", [1, 2]),
    "list, empty": ("<list/>", []),
    "relation": (
        f'<relation><column name="a"/><column name="b"/><row>{literal("1")}{literal("2")}</row>'
        f"<row>{literal('3')}{literal('4')}</row></relation>",
        [{"a": 1, "b": 2}, {"a": 3, "b": 4}],
    ),
    "invocation of a builtin": (
        f"<invocation>{literal('floor')}{_binding('n', '1.7')}</invocation>",
        1,
    ),
    "invocation of a context's function": (
        f"<context>{_entry('f', _function(literal('a - b'), 'a', 'b'))}{_entry('', CALL)}</context>",
        2,
    ),
    "invocation with an unknown parameter": (
        f"<context>{_entry('f', _function(literal('a'), 'a'))}{_entry('', WRONG_CALL)}</context>",
        None,
    ),
    "invocation of what is no function": (f"<invocation>{literal('1')}</invocation>", None),
    "conditional, true": (
        f"<conditional>{_part('if', '1 < 2')}{_part('then', '1')}{_part('else', '2')}</conditional>",
        1,
    ),
    "conditional, null is not true": (
        f"<conditional>{_part('if', 'null')}{_part('then', '1')}{_part('else', '2')}</conditional>",
        2,
    ),
    "conditional, no boolean": (
        f"<conditional>{_part('if', '1')}{_part('then', '1')}{_part('else', '2')}</conditional>",
        None,
    ),
    "some, no boolean": (_iteration("some", "[1, 2]", "satisfies", "if each = 2 then true else 1"), None),
    "for": (_iteration("for", "[1, 2]", "return", "each * 2"), [2, 4]),
    "for, range": (_iteration("for", "[1..3]", "return", "each"), [1, 2, 3]),
    "for, partial": (_iteration("for", "[1, 2, 3]", "return", "each + count(partial)"), [1, 3, 5]),
    "for, null": (_iteration("for", "null", "return", "each"), None),
    "some": (_iteration("some", "[1, 2]", "satisfies", "each > 1"), True),
    "some, none": (_iteration("some", "[1, 2]", "satisfies", "each > 2"), False),
    "some, empty": (_iteration("some", "[]", "satisfies", "true"), False),
    "some, unknown": (_iteration("some", "[1]", "satisfies", "null"), None),
    "every": (_iteration("every", "[1, 2]", "satisfies", "each > 0"), True),
    "every, not all": (_iteration("every", "[1, 2]", "satisfies", "each > 1"), False),
    "every, empty": (_iteration("every", "[]", "satisfies", "false"), True),
    "filter": (f"<filter>{_part('in', '[1, 2, 3]')}{_part('match', 'item > 1')}</filter>", [2, 3]),
    "filter by a member": (
        f"<filter>{_part('in', '[{a: 1}, {a: 2}]')}{_part('match', 'a > 1')}</filter>",
        [{"a": 2}],
    ),
    "filter by position": (f"<filter>{_part('in', '[7, 8, 9]')}{_part('match', '-1')}</filter>", 9),
    "typed invocation": (
        f"<context>{_entry('f', _function(literal('[a]'), 'a'))}{_entry('', TYPED_CALL)}</context>",
        3,
    ),
    "typed list of another type": (f'<list typeRef="number">{literal("1")}{literal("2")}</list>', None),
    "typed cell of a relation": (
        f'<relation><column name="a" typeRef="number"/><row>{literal("[1]")}</row></relation>',
        [{"a": 1}],
    ),
    "typed decision table": (
        table(["1"], ["x"], [["> 0", '"yes"']]).replace("<decisionTable", '<decisionTable typeRef="number"'),
        None,
    ),
    "decision table": (table(["1"], ["x"], [["> 0", '"yes"']]), "yes"),
    "decision table in a context": (
        f"<context>{_entry('a', literal('5'))}{_entry('', table(['a'], ['x'], [['> 3', 'a + 1']]))}</context>",
        6,
    ),
}


@pytest.mark.parametrize(("logic", "expected"), CASES.values(), ids=CASES)
def test_boxed_expression_gives(logic: str, expected: object) -> None:
    model = read(decision("result", logic))

    assert codes(model) == []
    assert evaluated(model, "result").value == expected


def test_every_kind_of_the_table_is_tested() -> None:
    tested = "".join(logic for logic, _ in CASES.values())

    assert [kind for kind in BOXED if f"<{kind}" not in tested] == []


def test_a_function_of_another_kind_is_null_and_a_finding() -> None:
    logic = f"<context>{_entry('f', _function(literal('1'), kind='PMML'))}{_entry('', literal('f()'))}</context>"

    model = read(decision("result", logic))

    assert codes(model) == ["dmn_function_kind_not_supported"]
    assert evaluated(model, "result").value is None


def test_a_missing_part_is_a_finding_and_null() -> None:
    model = read(decision("result", f"<conditional>{_part('if', 'true')}</conditional>"))

    assert codes(model) == ["dmn_part_missing", "dmn_part_missing"]
    assert value_of(f"<conditional>{_part('if', 'true')}</conditional>") is None
