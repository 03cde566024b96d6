"""`/v2/messages` and `/v2/message-subscriptions`: bring a message to its one receiver; who waits for one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response

from service.auth import Permission
from service.errors import NotFound
from service.runtime import listings, messages
from service.runtime.listings import Subscription
from service.runtime.messages import Correlation
from service.runtime.unit import UnitOfWork
from service.web.answers import json_of
from service.web.api import body, credentials, searching
from service.web.api.fields import key, moment
from service.web.api.process_instance import check_business_id
from service.web.api.searching import Field, Kind
from service.web.api.tenant import TENANT, check_tenant
from service.web.site import site

blueprint = Blueprint("api_message", __name__, url_prefix="/v2")

LONGEST_LIFE = 366 * 24 * 3600 * 1000  # milliseconds

FIELDS = {
    "messageSubscriptionKey": Field("key", Kind.KEY),
    "processDefinitionId": Field("process_id"),
    "processDefinitionKey": Field("definition_key", Kind.KEY),
    "processInstanceKey": Field("instance_key", Kind.KEY),
    "elementId": Field("element_id"),
    "elementInstanceKey": Field("element_instance_key", Kind.KEY),
    "messageName": Field("name"),
    "correlationKey": Field("correlation_key"),
    "lastUpdatedDate": Field("created_at", Kind.MOMENT),
}

STATE = "CREATED"  # a subscription that was used or given up is gone


@blueprint.post("/messages/correlation")
def correlate() -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    sent = body.json_object()
    check_tenant(sent.get("tenantId"))
    name, correlation_key, values, business_id = _message(sent)

    def use_case(unit: UnitOfWork) -> Correlation:
        check_business_id(unit, business_id)
        found = messages.correlate(unit, name, correlation_key, values, business_key=business_id)
        if found is None:
            raise NotFound("api_no_subscription", name=name, key=correlation_key)
        return found

    found = site().engine.run(actor, use_case)
    return json_of(
        {"tenantId": TENANT, "messageKey": str(found.message_key), "processInstanceKey": str(found.instance_key)}
    )


@blueprint.post("/messages/publication")
def publish() -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    sent = body.json_object()
    check_tenant(sent.get("tenantId"))
    name, correlation_key, values, business_id = _message(sent)
    life = timedelta(milliseconds=body.whole(sent, "timeToLive", low=0, high=LONGEST_LIFE) or 0)
    message_id = body.text(sent, "messageId")

    def use_case(unit: UnitOfWork) -> int:
        check_business_id(unit, business_id)
        return messages.publish(
            unit,
            name,
            correlation_key,
            values,
            business_key=business_id,
            time_to_live=life,
            message_id=message_id,
        )

    return json_of({"tenantId": TENANT, "messageKey": str(site().engine.run(actor, use_case))})


@blueprint.post("/message-subscriptions/search")
def search() -> Response:
    actor = credentials.permitted(Permission.OPERATE)
    query, apart = searching.read(
        body.json_object(), FIELDS, apart=("messageSubscriptionState", "messageSubscriptionType")
    )
    for name, values in (("messageSubscriptionState", {STATE}), ("messageSubscriptionType", set(_TYPES))):
        asked = body.text(apart, name)
        if asked is not None and asked.upper() not in values:
            return searching.everything([], lambda row: row)
    kind = (body.text(apart, "messageSubscriptionType") or "").upper()
    if kind:
        query = searching.narrowed(query, listings.Condition("root_key", listings.Operator.EXISTS, _TYPES[kind]))
    with site().engine.reading(actor) as unit:
        found = listings.subscriptions(unit, query)
        definitions = listings.processes_of(unit, {row.definition_key for row in found.items})
        return searching.answer(found, [_item(row, definitions.get(row.definition_key)) for row in found.items])


# Whether a subscription of this type stands in an instance.
_TYPES = {"START_EVENT": False, "PROCESS_EVENT": True}


def _message(sent: Mapping[str, Any]) -> tuple[str, str, dict[str, Any], str | None]:
    return (
        body.required_text(sent, "name"),
        body.text(sent, "correlationKey") or "",
        body.mapping(sent, "variables"),
        body.text(sent, "businessId"),
    )


def _item(row: Subscription, definition: listings.ProcessDefinition | None) -> dict[str, Any]:
    return {
        "messageSubscriptionKey": str(row.key),
        "processDefinitionId": row.process_id,
        "processDefinitionKey": str(row.definition_key),
        "processDefinitionName": definition.name if definition else None,
        "processDefinitionVersion": definition.version if definition else None,
        "processInstanceKey": key(row.instance_key),
        "rootProcessInstanceKey": key(row.root_key),
        "elementId": row.element_id,
        "elementInstanceKey": key(row.element_instance_key),
        "messageSubscriptionState": STATE,
        "messageSubscriptionType": "START_EVENT" if row.root_key is None else "PROCESS_EVENT",
        "lastUpdatedDate": moment(row.created_at),
        "messageName": row.name,
        "correlationKey": row.correlation_key,
        "businessId": row.business_key,
        "toolProperties": {},
        "toolName": None,
        "inboundConnectorType": None,
        "tenantId": TENANT,
    }
