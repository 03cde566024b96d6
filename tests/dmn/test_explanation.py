from __future__ import annotations

from service import dmn, feel, texts
from service.dmn.explanation import Cell
from tests.dmn.models import ENVIRONMENT, decision, literal, read, table

TABLE = table(
    ["days", "kind"],
    ["fee"],
    [["> 3", '"A"', "10"], ["> 3", "-", "5"], ["<= 3", '"B"', "1"], ["-", '"A"', "0"]],
    hit_policy="FIRST",
)
MODEL = read(
    decision("days", literal("late + 1")),
    decision(
        "fee", TABLE.replace('<rule id="rule2">', '<rule id="rule2"><description>第七条</description>'), "decision:days"
    ),
)


def _explain(late: int, kind: str) -> dmn.Explanation:
    inputs = {"late": feel.from_python(late), "kind": feel.from_python(kind)}
    return dmn.explain(MODEL, "fee", inputs, ENVIRONMENT)


def test_every_cell_of_every_rule_tells_its_outcome() -> None:
    explained = _explain(4, "B").decisions[-1]

    assert [rule.cells for rule in explained.rules] == [
        (Cell("> 3", True), Cell('"A"', False)),
        (Cell("> 3", True), Cell("-", None)),
        (Cell("<= 3", False), Cell('"B"', True)),
        (Cell("-", None), Cell('"A"', False)),
    ]
    assert [rule.matched for rule in explained.rules] == [False, True, False, False]
    assert [rule.failed_cell for rule in explained.rules] == [1, None, 0, 1]


def test_under_first_a_later_rule_that_holds_is_not_matched() -> None:
    explained = _explain(4, "A").decisions[-1]

    assert [rule.matched for rule in explained.rules] == [True, False, False, False]
    assert [rule.failed_cell for rule in explained.rules] == [None, None, 0, None]


def test_an_explanation_gives_the_value_that_evaluation_gives() -> None:
    for late in range(6):
        for kind in ("A", "B", "C"):
            inputs = {"late": feel.from_python(late), "kind": feel.from_python(kind)}
            plain = dmn.evaluate(MODEL, "fee", inputs, ENVIRONMENT, trace=False)

            assert _explain(late, kind).evaluation.value == plain.value


def test_the_explanation_reads_as_sentences_of_the_site() -> None:
    lines = [texts.message(code, facts, "zh_CN") for code, facts in _explain(4, "B").sentences()]

    assert lines == [
        "决策“days”的结果为 5。",
        "按表达式 late + 1 计算。",
        "决策“fee”的结果为 5。",
        '输入：days = 5、kind = "B"。',
        "命中第 2 条规则，输出 fee = 5。",
        "第 2 条规则，description：第七条",
        '第 1 条规则未命中：kind 应为 "A"，实际为 "B"。',
        "第 3 条规则未命中：days 应为 <= 3，实际为 5。",
        '第 4 条规则未命中：kind 应为 "A"，实际为 "B"。',
    ]


def test_the_explanation_has_english_words_too() -> None:
    lines = [texts.message(code, facts, "en") for code, facts in _explain(0, "C").sentences()]

    assert "No rule of “fee” matches." in lines
    assert "Rule 1 does not match: days should be > 3, but is 1." in lines
