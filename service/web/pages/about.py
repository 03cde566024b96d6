"""What the product is, its licences and help; the favicon and the words of scripts."""

from __future__ import annotations

import hashlib
import json

from flask import Blueprint, Response, current_app, make_response, render_template, send_from_directory
from flask import request as http

from service import __version__
from service import texts as catalogues
from service.errors import NotFound
from service.web import static
from service.web.island_words import ISLAND_WORDS
from service.web.site import site

blueprint = Blueprint("about", __name__)

DAY = 24 * 3600  # seconds
FAVICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#14315a"/>'
    '<path d="M9 17l5 5 9-12" fill="none" stroke="#fff" stroke-width="3.4" stroke-linecap="round"'
    ' stroke-linejoin="round"/></svg>'
)


@blueprint.app_context_processor
def _version() -> dict[str, object]:
    return {"texts_version": words_version()}


def words_version() -> str:
    """Return a mark that changes with the words of scripts, so that browsers may keep them."""
    return hashlib.sha256("\n".join(ISLAND_WORDS).encode()).hexdigest()[:8]


@blueprint.get("/about")
def show() -> Response:
    return make_response(render_template("about.html", packages=static.licences(), version=__version__))


@blueprint.get("/about/notices.txt")
def notices_of_packages() -> Response:
    return send_from_directory(static.FOLDER, "THIRD_PARTY_NOTICES.txt", mimetype="text/plain")


@blueprint.get("/help")
def help_page() -> Response:
    return make_response(
        render_template("help.html", base=http.host_url.rstrip("/"), production=not site().settings.is_demo)
    )


@blueprint.get("/favicon.svg")
def favicon() -> Response:
    response = current_app.response_class(FAVICON, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = f"public, max-age={DAY}"
    return response


@blueprint.get("/texts/<locale_name>-<version>.json")
def texts(locale_name: str, version: str) -> Response:
    if locale_name not in catalogues.LOCALES:
        raise NotFound("page_missing")
    translated = catalogues.translations(locale_name)
    body = json.dumps({text: translated.ugettext(text) for text in ISLAND_WORDS}, ensure_ascii=False)
    response = current_app.response_class(body, mimetype="application/json")
    response.headers["Cache-Control"] = f"private, max-age={DAY}"
    return response
