"""The application factory: one Flask application over one engine."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask, Request
from flask.sessions import SecureCookieSessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix

from service.runtime.engine import Engine
from service.settings import Settings, secret_key
from service.web import deploying, errors, measuring, navigation, request, security, site, static, words
from service.web.api import RESOURCES
from service.web.pages import PAGES

MAXIMUM_FORM = 2 * deploying.MB  # of a form without its files


class Sessions(SecureCookieSessionInterface):
    """The signed cookie that carries the CSRF token; `Secure` wherever the request came by TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether the cookie may only travel by TLS."""
        return request.is_secure()


class BoundedRequest(Request):
    """A request whose form fields may be long texts, but not without end."""

    max_form_memory_size = MAXIMUM_FORM


def create_app(engine: Engine, settings: Settings) -> Flask:
    """Return the web application of an engine.

    Raises `Invalid` when the browser's files were not built.
    """
    app = Flask(__name__, static_folder=None, template_folder=str(Path(__file__).parent / "pages" / "templates"))
    app.request_class = BoundedRequest
    app.session_interface = Sessions()
    app.config.update(
        SECRET_KEY=secret_key(settings),
        SESSION_COOKIE_NAME="rongcuo_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=24),
        MAX_CONTENT_LENGTH=deploying.REQUEST_LIMIT,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,  # request.py checks every page, the API has no cookies to abuse
        JSON_AS_ASCII=False,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions[site.EXTENSION] = site.Site(engine=engine, settings=settings)
    # One reverse proxy in front may say how the browser reached it; without one these headers are not sent.
    if not settings.is_demo:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)  # type: ignore[method-assign]

    measuring.register(app)
    errors.register(app)
    static.register(app)
    words.register(app)
    request.register(app)
    security.register(app)
    navigation.register(app)
    for page in PAGES:
        app.register_blueprint(page)
    for resource in RESOURCES:
        app.register_blueprint(resource)
    return app
