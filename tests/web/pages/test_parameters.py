"""Parameters on their pages: two owners, a day, a reason; what does not fit is refused and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from service.auth import SYSTEM
from service.casework import parameters
from service.feel import Value
from service.runtime.engine import Engine
from tests.conftest import NOON
from tests.web.conftest import Browser, text

Browsers = Callable[[str], Browser]
TODAY = NOON.date().isoformat()
THRESHOLDS = {"remind": "-3", "L1": "1", "L2": "4", "L3": "9", "L4": "20"}


def value(engine: Engine, id: str) -> Value:
    with engine.reading(SYSTEM) as unit:
        return parameters.value(unit, id)


def waiting(engine: Engine) -> int:
    with engine.reading(SYSTEM) as unit:
        [found] = [version.key for version in parameters.versions(unit) if version.approved_by is None]
    return found


@pytest.mark.parametrize(
    ("id", "sent", "expected"),
    [
        ("P-T05", {"value": "40"}, Decimal(40)),
        ("P-ADV-01", {"value": "on"}, "on"),
        ("P-APP-01", {"value": "received"}, "received"),
        ("P-OVL-01", {"value": "majorSafety"}, ["majorSafety"]),
        ("P-EFF-01", {"value": "2026-05-01"}, "2026-05-01"),
        ("P-MTG-01", {"quorum": "3/4", "passed": "1/2"}, {"quorum": "3/4", "passed": "1/2"}),
        ("P-T17", THRESHOLDS, {part: Decimal(day) for part, day in THRESHOLDS.items()}),
    ],
)
def test_a_value_holds_once_a_second_owner_approves_it(
    browser_of: Browsers, site_engine: Engine, id: str, sent: dict[str, str], expected: Value
) -> None:
    olga, before = browser_of("olga"), value(site_engine, id)

    olga.follow(olga.post(f"/parameters/{id}", {**sent, "effective_on": TODAY, "reason": "会议决定。"}))
    key = waiting(site_engine)
    own = olga.follow(olga.post(f"/parameters/versions/{key}/approve", {}))
    assert "须由提出人以外" in own or "另一" in own
    assert value(site_engine, id) == before

    second = browser_of("otto")
    page = second.follow(second.post(f"/parameters/versions/{key}/approve", {}))

    assert value(site_engine, id) == expected
    assert "沈示例批准" in page
    assert "会议决定。" in text(olga.get(f"/parameters/{id}"))


@pytest.mark.parametrize(
    ("id", "sent", "said"),
    [
        ("P-T05", {"value": "0"}, "1"),
        ("P-T05", {"value": "4.5"}, "P-T05"),
        ("P-T05", {"value": ""}, "P-T05"),
        ("P-ADV-01", {"value": "maybe"}, "off"),
        ("P-ADV-01", {"value": ""}, "off"),
        ("P-OVL-01", {"value": "X9"}, "majorSafety"),
        ("P-EFF-01", {"value": "2026-02-30"}, "P-EFF-01"),
        ("P-MTG-01", {"quorum": "4/3", "passed": "1/2"}, "2/3"),
        ("P-MTG-01", {"quorum": "2/3", "passed": "0/2"}, "2/3"),
        ("P-T17", {**THRESHOLDS, "L3": "4"}, "remind"),
        ("P-T17", {**THRESHOLDS, "remind": "1"}, "remind"),
        ("P-T17", {**THRESHOLDS, "L4": "x"}, "remind"),
    ],
)
def test_what_does_not_fit_is_refused(
    browser_of: Browsers, site_engine: Engine, id: str, sent: dict[str, str], said: str
) -> None:
    olga, before = browser_of("olga"), value(site_engine, id)

    answer = olga.post(f"/parameters/{id}", {**sent, "effective_on": TODAY, "reason": "会议决定。"})

    assert answer.status_code == 422
    assert 'role="alert"' in text(answer)
    assert said in text(answer).partition('role="alert"')[2].partition("</div>")[0]
    assert value(site_engine, id) == before
    with site_engine.reading(SYSTEM) as unit:
        assert parameters.versions(unit) == ()


@pytest.mark.parametrize("sent", [{"reason": ""}, {"effective_on": ""}, {"effective_on": "2020-01-01"}])
def test_a_day_and_a_reason_are_asked_for(browser_of: Browsers, sent: dict[str, str]) -> None:
    answer = browser_of("olga").post("/parameters/P-T05", {"value": "40", "effective_on": TODAY, "reason": "x", **sent})

    assert answer.status_code == 422


@pytest.mark.parametrize("id", ["F-01", "P-CAL-01"])
def test_what_rules_set_or_is_imported_is_not_entered_here(browser_of: Browsers, id: str) -> None:
    olga = browser_of("olga")

    assert "提出新的值" not in text(olga.get(f"/parameters/{id}"))
    assert olga.post(f"/parameters/{id}", {"value": "2", "effective_on": TODAY, "reason": "x"}).status_code == 403


def test_nobody_but_owners_sees_the_page(browser_of: Browsers) -> None:
    for name in ("ann", "sam"):
        assert browser_of(name).get("/parameters").status_code == 403
