"""`GET /engine-rest/version`, and where this service's pages are."""

from __future__ import annotations

from flask import Response
from flask import request as http

from service.web.answers import json_of
from service.web.api import credentials
from service.web.api.seven.door import blueprint as made

VERSION = "7.24.0"

blueprint = made("api_seven_version")


@blueprint.get("/version")
def show() -> Response:
    credentials.caller()
    return json_of({"version": VERSION})


@blueprint.get("/engine")
def engines() -> Response:
    credentials.caller()
    return json_of([{"name": "default"}])


def web_applications() -> Response:
    """The addresses behind the Modeler's links after a deployment."""
    root = http.host_url
    return json_of({"cockpitUrl": f"{root}operate/", "tasklistUrl": f"{root}tasklist/", "adminUrl": root})


blueprint.record_once(
    lambda state: state.app.add_url_rule(
        "/.well-known/camunda-automation-platform/webapps", "web_applications", web_applications
    )
)
