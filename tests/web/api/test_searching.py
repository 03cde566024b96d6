"""Filters, orders and pages of searches."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import a_task_diagram
from tests.web.api.conftest import Api

PATH = "/process-instances/search"


@pytest.fixture
def api(api: Api) -> Api:
    """Five instances: businessId a, b, none, A*B, c; the first one is done."""
    api.deploy(a_task_diagram(), a_task_diagram("q"))
    for process, business_id, tags in (("p", "a", ["x"]), ("p", "b", ["x", "y"]), ("q", None, []), ("q", "A*B", []),
                                       ("p", "c", [])):  # fmt: skip
        api.start(process, businessId=business_id, tags=tags, variables={"n": len(tags)})
    first = api.found(PATH, {"businessId": "a"})[0]["processInstanceKey"]
    (task,) = api.found("/user-tasks/search", {"processInstanceKey": first})
    api.post(f"/user-tasks/{task['userTaskKey']}/completion")
    return api


FILTERS: list[tuple[dict[str, Any], list[str | None]]] = [
    ({}, ["a", "b", None, "A*B", "c"]),
    ({"processDefinitionId": "q"}, [None, "A*B"]),
    ({"processDefinitionId": {"$eq": "q"}, "businessId": {"$exists": True}}, ["A*B"]),
    ({"businessId": {"$exists": False}}, [None]),
    ({"businessId": {"$in": ["a", "c", "z"]}}, ["a", "c"]),
    ({"businessId": {"$in": []}}, []),
    ({"businessId": {"$notIn": ["a", "b"]}}, [None, "A*B", "c"]),
    ({"businessId": {"$neq": "a"}}, ["b", None, "A*B", "c"]),
    ({"businessId": {"$like": "?"}}, ["a", "b", "c"]),
    ({"businessId": {"$like": "A\\**"}}, ["A*B"]),
    ({"businessId": {"$like": "%"}}, []),
    ({"state": "completed"}, ["a"]),
    ({"state": {"$in": ["ACTIVE", "SUSPENDED"]}}, ["b", None, "A*B", "c"]),
    ({"state": "SUSPENDED"}, []),
    ({"state": {"$neq": "SUSPENDED"}}, ["a", "b", None, "A*B", "c"]),
    ({"endDate": {"$exists": True}}, ["a"]),
    ({"startDate": {"$gt": "2000-01-01T00:00:00Z", "$lt": "2100-01-01T00:00:00+08:00"}}, ["a", "b", None, "A*B", "c"]),
    ({"startDate": {"$lte": "2000-01-01T00:00:00Z"}}, []),
    ({"hasIncident": False, "processDefinitionVersion": 1, "tenantId": "<default>"}, ["a", "b", None, "A*B", "c"]),
    ({"processDefinitionVersion": {"$gte": 2}}, []),
    ({"tags": ["x"]}, ["a", "b"]),
    ({"tags": ["x", "y"]}, ["b"]),
    ({"variables": [{"name": "n", "value": "2"}]}, ["b"]),
    ({"$or": [{"businessId": "a"}, {"processDefinitionId": "q", "businessId": {"$exists": False}}]}, ["a", None]),
]


def test_every_filter(api: Api) -> None:
    found = [(filters, [item["businessId"] for item in api.found(PATH, filters)]) for filters, _ in FILTERS]

    assert found == FILTERS


ORDERS = [
    ([{"field": "businessId"}], ["A*B", "a", "b", "c", None]),
    ([{"field": "businessId", "order": "DESC"}], [None, "c", "b", "a", "A*B"]),
    ([{"field": "processDefinitionId", "order": "desc"}, {"field": "businessId"}], ["A*B", None, "a", "b", "c"]),
    ([{"field": "startDate"}], ["a", "b", None, "A*B", "c"]),
    ([{"field": "endDate"}], ["a", "b", None, "A*B", "c"]),
    ([{"field": "hasIncident"}, {"field": "state"}], ["b", None, "A*B", "c", "a"]),
]


@pytest.mark.parametrize(("order", "expected"), ORDERS)
def test_orders_and_their_cursors(api: Api, order: list[dict[str, str]], expected: list[str | None]) -> None:
    whole = api.post(PATH, {"sort": order})
    assert [item["businessId"] for item in whole["items"]] == expected
    assert whole["page"]["totalItems"] == 5
    assert whole["page"]["hasMoreTotalItems"] is False

    forwards: list[Any] = []
    page: dict[str, Any] = {"limit": 2}
    while items := (answer := api.post(PATH, {"sort": order, "page": page}))["items"]:
        forwards.append([item["businessId"] for item in items])
        page = {"limit": 2, "after": answer["page"]["endCursor"]}
    assert forwards == [expected[:2], expected[2:4], expected[4:]]

    back = api.post(PATH, {"sort": order, "page": {"limit": 2, "before": whole["page"]["endCursor"]}})
    assert [item["businessId"] for item in back["items"]] == expected[2:4]

    offset = api.post(PATH, {"sort": order, "page": {"from": 3, "limit": 10}})
    assert [item["businessId"] for item in offset["items"]] == expected[3:]


def test_an_empty_page_has_no_cursors(api: Api) -> None:
    page = api.post(PATH, {"page": {"limit": 0}})["page"]

    assert page == {"totalItems": 5, "hasMoreTotalItems": False, "startCursor": None, "endCursor": None}


def test_a_search_may_come_without_a_body(api: Api) -> None:
    answer = api.call("POST", f"/v2{PATH}", headers={"Content-Type": "application/json"})

    assert len(answer.json["items"]) == 5


def test_tasks_by_people_and_dates(api: Api) -> None:
    api.deploy(a_task_diagram("r", groups="REVIEW, INVEST", users="rita", due="2026-05-01T00:00:00Z"))
    api.start("r")
    cases = [
        ({"candidateGroup": "REVIEW"}, 1),
        ({"candidateGroup": "REVIE"}, 0),
        ({"candidateUser": {"$eq": "rita"}}, 1),
        ({"assignee": {"$exists": False}, "elementId": "t"}, 6),
        ({"dueDate": {"$lt": "2026-05-02T00:00:00Z"}}, 1),
        ({"state": "CANCELING"}, 0),
        ({"priority": {"$gte": 50, "$lte": 50}}, 6),
    ]

    found = [(filters, len(api.found("/user-tasks/search", filters))) for filters, _ in cases]

    assert found == cases


def test_values_are_truncated_unless_asked_for_whole(api: Api) -> None:
    key = api.start("p", variables={"long": "x" * 9000})
    filters = {"filter": {"processInstanceKey": key}}

    (cut,) = api.post("/variables/search", filters)["items"]
    (whole,) = api.post("/variables/search?truncateValues=false", filters)["items"]

    assert (len(cut["value"]), cut["isTruncated"]) == (8192, True)
    assert (len(whole["value"]), whole["isTruncated"]) == (9002, False)


def test_numbers_keep_their_digits_on_every_way(api: Api) -> None:
    number = "0.1234567890123456789012345678901234"
    text = f'{{"processDefinitionId": "p", "variables": {{"n": {number}, "m": 12345678901234567890123456789012}}}}'
    key = api.call("POST", "/v2/process-instances", data=text).json["processInstanceKey"]
    found = api.found("/variables/search", {"processInstanceKey": key}, sort=[{"field": "name"}])

    assert [item["value"] for item in found] == ["12345678901234567890123456789012", number]
    text = f'{{"expression": "=n*1", "variables": {{"n": {number}}}}}'
    evaluated = api.call("POST", "/v2/expression/evaluation", data=text)
    assert f'"result": {number}' in evaluated.text
