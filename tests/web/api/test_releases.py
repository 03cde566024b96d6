"""The second person by REST: our own part of the interface, beside Camunda's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.builders import a_task_diagram
from tests.web.api.conftest import Api


def test_somebody_else_approves_for_a_day_to_come(make_api: Callable[..., Api]) -> None:
    api = make_api(demo=False)
    olive, paul = api.as_("olive"), api.as_("paul")
    key = olive.deploy(a_task_diagram())["deploymentKey"]
    assert olive.get(f"/deployments/{key}")["state"] == "WAITING"
    own = olive.call("POST", f"/v2/deployments/{key}/approval", {})
    assert (own.status_code, own.json["title"]) == (403, "Forbidden")

    approved = paul.post(f"/deployments/{key}/approval", {"effectiveOn": "2025-06-12"})

    assert (approved["state"], approved["decidedBy"]) == ("APPROVED", "paul")
    assert approved["inForceFrom"] == "2025-06-11T16:00:00.000Z"
    start = {"processDefinitionId": "p"}
    assert olive.call("POST", "/v2/process-instances", start).json["title"] == "INVALID_STATE"
    assert paul.post(f"/deployments/{key}/approval")["state"] == "LIVE"
    assert olive.post("/process-instances", start)["processDefinitionVersion"] == 1
    again = paul.call("POST", f"/v2/deployments/{key}/refusal", {"reason": "late"})
    assert (again.status_code, again.json["title"]) == (409, "INVALID_STATE")


@pytest.mark.parametrize(
    ("decision", "sent"),
    [("approval", {"effectiveOn": "2025-06-09"}), ("approval", {"effectiveOn": "soon"}), ("refusal", {"reason": " "}),
     ("refusal", {})],
)  # fmt: skip
def test_a_decision_that_cannot_be_changes_nothing(
    make_api: Callable[..., Api], decision: str, sent: dict[str, str]
) -> None:
    api = make_api(demo=False)
    key = api.as_("olive").deploy(a_task_diagram())["deploymentKey"]

    answer = api.as_("paul").call("POST", f"/v2/deployments/{key}/{decision}", sent)

    assert (answer.status_code, answer.json["title"]) == (400, "INVALID_ARGUMENT")
    assert api.as_("olive").get(f"/deployments/{key}")["state"] == "WAITING"
