"""The headers that every answer carries."""

from __future__ import annotations

from flask import Flask, Response, g, request

FILE_POLICY = {
    "default-src": "'none'",
    "img-src": "'self'",
    "style-src": "'unsafe-inline'",  # of the browser's own picture and PDF viewers
    "form-action": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "frame-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}


def allow_style_attributes() -> None:
    """Let this page carry inline style attributes: only for the dmn-js island, which sets three of them itself."""
    g.style_attributes = True


def show_file() -> None:
    """Send this answer as a file of somebody's: it runs nothing, loads nothing, and only our own pages may frame it."""
    g.is_file = True


def register(app: Flask) -> None:
    """Add the headers to every answer."""
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    is_file = g.get("is_file", False)
    policy = dict(FILE_POLICY if is_file else POLICY)
    if g.get("style_attributes"):
        policy["style-src-attr"] = "'unsafe-inline'"
    headers = response.headers
    headers["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in policy.items())
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    headers["X-Frame-Options"] = "SAMEORIGIN" if is_file else "DENY"
    headers["X-Request-Id"] = g.get("request_number", "-")
    if request.endpoint != "static_file":
        # Case content must not stay in a shared machine's cache; back and forward still work within the page's life.
        headers.setdefault("Cache-Control", "no-store")
        headers.add("Vary", "HX-Request, Accept, Cookie")
    return response
