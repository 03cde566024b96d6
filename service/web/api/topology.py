"""`GET /v2/topology`: the Modeler asks for it every five seconds; any answer but 200 makes it give REST up."""

from __future__ import annotations

from flask import Blueprint, Response, current_app
from flask import request as http

from service.web.answers import json_of
from service.web.api import credentials

blueprint = Blueprint("api_topology", __name__, url_prefix="/v2")

# The version of the interface spoken here; the Modeler offers what that version can.
GATEWAY_VERSION = "8.9.0"


@blueprint.get("/topology")
@credentials.checked_if_given
def show() -> Response:
    host, _, port = http.host.rpartition(":") if ":" in http.host else (http.host, "", "80")
    broker = {
        "nodeId": 0,
        "brokerId": "broker-0",
        "host": host,
        "port": int(port) if port.isdigit() else 80,
        "version": GATEWAY_VERSION,
        "partitions": [{"partitionId": 1, "role": "leader", "health": "healthy", "state": "active"}],
    }
    return json_of(
        {
            "brokers": [broker],
            "clusterId": None,
            "clusterSize": 1,
            "partitionsCount": 1,
            "replicationFactor": 1,
            "gatewayVersion": GATEWAY_VERSION,
            "lastCompletedChangeId": "0",
        }
    )


@blueprint.get("/status")
def status() -> Response:
    return current_app.response_class(status=204)


@blueprint.get("/license")
def license_() -> Response:
    """The service is free software: what clients ask for has the answer of an installation without a licence."""
    return json_of({"validLicense": False, "licenseType": "unknown", "isCommercial": False, "expiresAt": None})
