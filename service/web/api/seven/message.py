"""`POST /engine-rest/message`: bring a message to an instance, or start one by it."""

from __future__ import annotations

from flask import Response, current_app

from service.auth import Permission
from service.errors import Invalid
from service.runtime import instances, messages
from service.runtime.messages import Correlation
from service.runtime.unit import UnitOfWork
from service.web.answers import json_of
from service.web.api import body, credentials
from service.web.api.process_instance import check_business_id
from service.web.api.seven import values
from service.web.api.seven.door import blueprint as made
from service.web.api.seven.door import key_of
from service.web.api.seven.process import item
from service.web.api.tenant import check_tenant
from service.web.site import site

blueprint = made("api_seven_message")

NOT_HERE = ("correlationKeys", "localCorrelationKeys", "all")


@blueprint.post("/message")
def correlate() -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    sent = body.json_object()
    check_tenant(sent.get("tenantId"))
    for name in NOT_HERE:
        if sent.get(name):
            raise Invalid("api_not_supported", field=name)
    name, business_key = body.required_text(sent, "messageName"), body.text(sent, "businessKey")
    instance = body.text(sent, "processInstanceId")
    given = values.read(sent, "processVariables")

    def use_case(unit: UnitOfWork) -> Correlation:
        check_business_id(unit, business_key)
        found = messages.correlate_with(
            unit,
            name,
            given,
            business_key=business_key,
            instance_key=None if instance is None else key_of(instance),
        )
        if found is None:
            # Camunda 7 answers so: the request is at fault, nothing is missing at this address.
            raise Invalid("api_no_subscription", name=name, key=business_key or instance or "")
        return found

    found = site().engine.run(actor, use_case)
    if not body.flag(sent, "resultEnabled"):
        return current_app.response_class(status=204)
    with site().engine.reading(actor) as unit:
        row = instances.get(unit, found.instance_key)
    return json_of(
        [
            {
                "resultType": "ProcessDefinition" if found.started else "Execution",
                "processInstance": item(row) if found.started else None,
                "execution": None
                if found.started
                else {"id": str(row.key), "processInstanceId": str(row.key), "ended": False, "tenantId": None},
            }
        ]
    )
