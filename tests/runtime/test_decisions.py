"""Decisions evaluated and kept: version, inputs, matched rules, outputs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from service import feel
from service.errors import NotFound
from service.runtime import decisions
from tests import builders
from tests.runtime.site import Site


def test_an_evaluation_keeps_how_its_result_came_about(site: Site) -> None:
    site.deploy(builders.a_table("d", name="Size"))

    run = site.run(lambda unit: decisions.evaluate(unit, "d", {"amount": 12, "other": 1}, business_key="7"))
    site.restart()
    kept = site.read(lambda unit: decisions.evaluation(unit, run.row.key))

    assert run.evaluation.value == "large"
    assert (kept.decision_id, kept.decision_name, kept.decision_version, kept.business_key) == ("d", "Size", 1, "7")
    assert kept.output == '"large"'
    assert feel.codec.decode(kept.inputs) == {"amount": Decimal(12), "other": Decimal(1)}
    (trace,) = decisions.trace(kept)
    assert isinstance(trace, dict)
    assert trace["inputs"] == [{"id": "in", "name": "amount", "value": Decimal(12)}]
    assert trace["matched"] == [
        {
            "id": "r1",
            "index": Decimal(2),
            "outputs": [{"id": "out", "name": "result", "value": "large"}],
            "annotations": {},
        }
    ]
    (missed,) = trace["not_matched"]  # type: ignore[misc]
    assert (missed["index"], missed["wanted"], missed["got"]) == (1, "< 10", Decimal(12))  # type: ignore[index, call-overload]


def test_a_decision_is_found_by_id_by_name_and_by_version(site: Site) -> None:
    site.deploy(builders.a_table("d", name="Size"))
    site.deploy(builders.a_table("d", name="Size", rules={"-": '"any"'}))

    def value(decision: str, version: int | None = None) -> object:
        return site.run(
            lambda unit: decisions.evaluate(unit, decision, {"amount": 1}, version=version)
        ).evaluation.value

    assert (value("d"), value("Size"), value("d", 1)) == ("any", "any", "small")


def test_a_failed_evaluation_is_kept_too(site: Site) -> None:
    site.deploy(builders.a_table("d", rules={"> 1": '"a"', "> 2": '"b"'}, policy="UNIQUE"))

    run = site.run(lambda unit: decisions.evaluate(unit, "d", {"amount": 3}))

    assert run.evaluation.failed
    assert site.read(lambda unit: decisions.evaluations(unit, decision_id="d")).items[0].failure_code is not None


@pytest.mark.parametrize(("decision", "version"), [("nope", None), ("d", 2)])
def test_an_unknown_decision_or_version_is_not_found(lite: Site, decision: str, version: int | None) -> None:
    lite.deploy(builders.a_table("d"))

    with pytest.raises(NotFound):
        lite.run(lambda unit: decisions.evaluate(unit, decision, {}, version=version))
