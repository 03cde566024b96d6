"""No model can hang or exhaust the server either: recursion, growth and loops across its boxed expressions."""

from __future__ import annotations

import time

import pytest

from service import dmn, feel
from tests.dmn.models import ENVIRONMENT, decision, literal, read


def _function(name: str, parameters: str, body: str) -> str:
    formal = "".join(f'<formalParameter name="{one}"/>' for one in parameters.split())
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}"><encapsulatedLogic>{formal}{body}</encapsulatedLogic>'
        "</businessKnowledgeModel>"
    )


def _invocation(name: str, **bindings: str) -> str:
    bound = "".join(
        f'<binding><parameter name="{parameter}"/>{literal(text)}</binding>' for parameter, text in bindings.items()
    )
    return f"<invocation>{literal(name)}{bound}</invocation>"


def _loop(collection: str, body: str) -> str:
    return f'<for iteratorVariable="i"><in>{literal(collection)}</in><return>{body}</return></for>'


MANY = "for i in 1..200000 return i"
TWICE = (
    f"<conditional><if>{literal('n = 0')}</if><then>{literal('s')}</then><else><context><contextEntry>"
    f'<variable name="x"/>{_invocation("f", s="s", n="n - 1")}</contextEntry><contextEntry><list>{literal("x")}'
    f"{literal('x')}</list></contextEntry></context></else></conditional>"
)
MODELS = {
    "a function that calls itself": (
        _function("f", "n", literal("f(n + 1)")),
        decision("d", literal("f(1)"), "knowledge:f"),
    ),
    "an invocation that invokes itself": (
        _function("f", "n", _invocation("f", n="n + 1")),
        decision("d", _invocation("f", n="1"), "knowledge:f"),
    ),
    "a list that holds itself twice, over and over": (
        _function("f", "s n", TWICE),
        decision("d", _invocation("f", s='"a"', n="60"), "knowledge:f"),
    ),
    "a loop over a range without end": (decision("d", _loop("[1..1000000000000]", literal("i"))),),
    "a loop in a loop": (decision("d", _loop(MANY, _loop(MANY, literal("1")))),),
    "a loop that keeps what it had": (decision("d", _loop(MANY, literal("count(partial)"))),),
    "a filter that counts for each item": (
        decision("d", f"<filter><in>{literal(MANY)}</in><match>{literal(f'count({MANY}) > item')}</match></filter>"),
    ),
    "a quantifier in a quantifier": (
        decision(
            "d",
            f'<some iteratorVariable="i"><in>{literal(MANY)}</in><satisfies><some iteratorVariable="j"><in>'
            f"{literal(MANY)}</in><satisfies>{literal('false')}</satisfies></some></satisfies></some>",
        ),
    ),
}


@pytest.mark.parametrize("elements", MODELS.values(), ids=MODELS)
def test_a_decision_ends_at_a_limit_and_says_so(elements: tuple[str, ...]) -> None:
    began = time.process_time()

    evaluation = dmn.evaluate(read(*elements), "d", {}, ENVIRONMENT)

    assert evaluation.value is None
    assert any(one.code.startswith("feel_limit_") for one in evaluation.diagnostics)
    assert time.process_time() - began < 20


def test_a_function_called_from_outside_ends_at_a_limit_too() -> None:
    model = read(_function("f", "n", _invocation("f", n="n + 1")))

    evaluation = dmn.evaluate_function(model, "f", {"n": feel.from_python(1)}, ENVIRONMENT)

    assert evaluation.value is None
    assert [one.code for one in evaluation.diagnostics] == ["feel_limit_calls"]


def test_a_long_row_of_decisions_is_no_recursion() -> None:
    row = [decision(f"d{n}", literal(f"d{n - 1} + 1"), f"decision:d{n - 1}") for n in range(1, 1500)]

    evaluation = dmn.evaluate(read(decision("d0", literal("0")), *row), "d1499", {}, ENVIRONMENT)

    assert evaluation.value == 1499


def test_a_boxed_loop_sees_its_results_so_far() -> None:
    evaluation = dmn.evaluate(
        read(decision("d", _loop("[1, 2, 3]", literal("i + sum(partial)")))), "d", {}, ENVIRONMENT
    )

    assert evaluation.value == [None, None, None]  # the sum of no results is null

    evaluation = dmn.evaluate(
        read(decision("d", _loop("[1, 2, 3]", literal("i + count(partial)")))), "d", {}, ENVIRONMENT
    )
    assert evaluation.value == [1, 3, 5]
