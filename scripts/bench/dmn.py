"""Times the decision engine on the conformance kit's table, beside SpiffWorkflow's on the same table, and on D1 to D14.

Prints JSON: evaluations per second of one core, and the ratio between the two engines in the same run. Every timed
answer is checked first.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from scripts.bench.lib import ground
from service import dmn, feel

ROOT = Path(__file__).parents[2]
TABLE = ROOT.parent / "shared" / "tck" / "bench_table.dmn"
HOME = ("DE", "FR", "NL")
SECONDS = 2.0

Inputs = dict[str, Any]


def main() -> None:
    if not TABLE.exists():
        sys.exit(f"the conformance kit's table is not at {TABLE}")
    cases = [
        dict(zip(("tier", "amount", "country", "age"), values, strict=True))
        for values in itertools.product(
            ("gold", "silver", "bronze", "none"),
            map(Decimal, ("0", "100", "200", "499.99", "500", "1000", "5000", "5000.01")),
            ("DE", "US"),
            map(Decimal, ("17", "18", "40", "65")),
        )
    ]
    report: dict[str, Any] = {
        "machine": ground.machine(),
        "table": TABLE.name,
        "inputs": len(cases),
        "evaluations_per_second": {},
    }
    rates = report["evaluations_per_second"]
    for name, evaluate in engines().items():
        wrong = next((case for case in cases if evaluate(case) != expected(case)), None)
        if wrong is not None:
            rates[name] = {"wrong_for": {key: str(value) for key, value in wrong.items()}}
            continue
        rates[name] = round(rate(evaluate, cases))
    peer = rates.get("SpiffWorkflow")
    if isinstance(peer, int):
        report["times_SpiffWorkflow"] = round(rates["service.dmn"] / peer, 1)
    report["large_table"] = large_table()
    report["domain_evaluations_per_second"] = domain()
    print(json.dumps(report, ensure_ascii=False, indent=2))


def engines() -> dict[str, Callable[[Inputs], Any]]:
    model = dmn.read(TABLE.read_bytes(), TABLE.name)
    env = feel.Environment(now=dt.datetime.now(dt.UTC), zone=ZoneInfo("Asia/Shanghai"))
    found: dict[str, Callable[[Inputs], Any]] = {
        "service.dmn": lambda case: dmn.evaluate(model, "discount", case, env, trace=False).value,
        "service.dmn, with trace": lambda case: dmn.evaluate(model, "discount", case, env).value,
        "hand-written": expected,
    }
    if (ROOT / "tests" / "conformance" / "tck.py").exists():
        from tests.conformance import tck

        paths = [TABLE]
        found["tests.conformance.tck"] = lambda case: tck.evaluate(paths, "Discount", "decision", case)
    found["SpiffWorkflow"] = spiff()
    return found


def expected(case: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the table says, written by hand."""
    tier, amount, age, home = case["tier"], case["amount"], case["age"], case["country"] in HOME
    if tier == "gold":
        if age >= 65:
            return _row("0.25", "gold, senior")
        if age < 18:
            return None
        if amount < 1000:
            return _row("0.10", "gold, small order")
        return _row("0.20", "gold, home market") if home else _row("0.15", "gold, abroad")
    if age < 18:
        return None
    if tier == "silver":
        if amount < 500:
            return _row("0.03", "silver, small order")
        if amount > 5000:
            return _row("0.12", "silver, large order")
        return _row("0.08", "silver, home market") if home else _row("0.06", "silver, abroad")
    if tier in {"bronze", "new"}:
        return _row("0.02", "standard") if amount > 200 else _row("0", "none")
    return None


def _row(rate: str, reason: str) -> dict[str, Any]:
    return {"rate": Decimal(rate), "reason": reason}


def spiff() -> Callable[[Inputs], Any]:
    """SpiffWorkflow's engine on the same table, its cells rewritten in the Python that it expects."""
    from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
    from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
    from SpiffWorkflow.dmn.parser.DMNParser import DMNParser

    root = etree.fromstring(TABLE.read_bytes())
    space = {"d": etree.QName(root).namespace}
    for cell in root.iterfind(".//d:inputEntry/d:text", space):
        cell.text = python_cell(cell.text or "-")
    for cell in root.iterfind(".//d:outputEntry/d:text", space):
        if not (cell.text or "").startswith('"'):
            cell.text = f"Decimal('{cell.text}')"
    parser = DMNParser(None, root, {"dmn": space["d"]}, filename=TABLE.name)
    parser.parse()
    engine = DMNEngine(parser.decision.decisionTables[0])
    task = _Task(PythonScriptEngine(TaskDataEnvironment({"Decimal": Decimal})))

    def evaluate(case: Inputs) -> Any:
        task.data = dict(case)
        return engine.result(task) or None

    return evaluate


class _Task:
    """As much of a task as the peer's engine looks at."""

    def __init__(self, script_engine: Any) -> None:
        self.data: Inputs = {}
        self.script_engine = script_engine
        self.workflow = self


def python_cell(text: str) -> str:
    if text.startswith("not("):
        return f"? not in ({text[4:-1]})"
    if text.startswith("["):
        low, high = text[1:-1].split("..")
        return f"{low} <= ? {'<=' if text.endswith(']') else '<'} {high}"
    return f"? in ({text})" if "," in text else text


def rate(evaluate: Callable[[Inputs], Any], cases: Sequence[Inputs]) -> float:
    """Evaluations per second of one core over all cases, the best of three rounds.

    What is counted is the processor's time, so that other work on the machine weighs little.
    """
    best = 0.0
    for _ in range(3):
        count, start = 0, time.process_time()
        while (spent := time.process_time() - start) < SECONDS / 3:
            for case in cases:
                evaluate(case)
            count += len(cases)
        best = max(best, count / spent)
    return best


def large_table(rules: int = 10_000) -> dict[str, Any]:
    """A table of many rules whose first column tells them apart."""
    rows = "".join(
        f'<rule><inputEntry><text>"k{n}"</text></inputEntry><inputEntry><text>&gt;= {n % 5}</text></inputEntry>'
        f"<outputEntry><text>{n}</text></outputEntry></rule>"
        for n in range(rules)
    )
    columns = "".join(f"<input><inputExpression><text>{name}</text></inputExpression></input>" for name in ("key", "n"))
    xml = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="large" name="large" namespace="large">'
        f'<decision id="large" name="large"><decisionTable>{columns}<output name="row"/>{rows}</decisionTable>'
        "</decision></definitions>"
    )
    start = time.perf_counter()
    model = dmn.read(xml.encode(), "large.dmn")
    read_seconds = time.perf_counter() - start
    env = feel.Environment(now=dt.datetime.now(dt.UTC), zone=ZoneInfo("Asia/Shanghai"))

    def evaluate(case: Inputs) -> Any:
        return dmn.evaluate(model, "large", case, env, trace=False).value

    cases: list[Inputs] = [{"key": f"k{n}", "n": Decimal(4)} for n in range(0, rules, 100)]
    if any(evaluate(case) != int(case["key"][1:]) for case in cases):
        sys.exit("the large table gives wrong answers")
    return {
        "rules": rules,
        "read_seconds": round(read_seconds, 2),
        "microseconds_per_evaluation": round(1e6 / rate(evaluate, cases), 2),
    }


def domain() -> dict[str, int]:
    """The shipped decisions on the rows of the domain's examples."""
    if not (ROOT / "tests" / "conformance" / "domain.py").exists():
        return {}
    from tests.conformance import domain as shipped
    from tests.conformance.test_domain import EXAMPLES

    by_decision: dict[str, list[Inputs]] = {}
    for row in EXAMPLES:
        if row["decision"] == "E2E":
            continue
        inputs = json.loads(row["inputs_json"])
        if shipped.evaluate(row["decision"], inputs) != json.loads(row["expected_json"]):
            sys.exit(f"{row['id']} gives a wrong answer")
        by_decision.setdefault(row["decision"], []).append({k: feel.from_python(v) for k, v in inputs.items()})
    env = shipped.environment()
    return {
        name: round(
            rate(lambda case, name=name: dmn.evaluate(shipped.models()[name], name, case, env, trace=False), cases)
        )
        for name, cases in sorted(by_decision.items(), key=lambda item: int(item[0][1:]))
    }


if __name__ == "__main__":
    main()
