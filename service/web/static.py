"""The built files of the browser: names with fingerprints, integrity values, and the route that serves them."""

from __future__ import annotations

import json
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, send_from_directory
from markupsafe import Markup

from service.errors import Invalid

FOLDER = Path(__file__).parent / "static" / "dist"
YEAR = 365 * 24 * 3600  # seconds

# The registry of a bare machine may lack them, and a module script of another type is refused by browsers.
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("image/svg+xml", ".svg")


@dataclass(frozen=True, slots=True)
class Built:
    url: str
    integrity: str


def manifest() -> dict[str, Built]:
    """Return each built file by the name of its source.

    Raises `Invalid` when `scripts/build-static` has not run.
    """
    path = FOLDER / "manifest.json"
    if not path.is_file():
        raise Invalid("static_not_built", folder=str(FOLDER))
    listed = json.loads(path.read_text(encoding="utf-8"))
    return {name: Built(f"/static/{entry['file']}", entry["integrity"]) for name, entry in listed.items()}


def licences() -> list[dict[str, str]]:
    """Return name, version and licence of every package in the built files."""
    listed: list[dict[str, str]] = json.loads((FOLDER / "licences.json").read_text(encoding="utf-8"))
    return listed


def register(app: Flask) -> None:
    """Serve the built files, and let templates name them."""
    built = manifest()

    @app.get("/static/<name>", endpoint="static_file")
    def static_file(name: str) -> Response:
        response = send_from_directory(FOLDER, name)
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return response

    def icon(name: str) -> Markup:
        return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(
            built["icons.svg"].url, name
        )

    def island(name: str) -> Markup:
        """Return the attributes that make an element an island of `name`."""
        script, style = built[f"{name}.js"], built[f"{name}.css"]
        return Markup(
            'data-island="{}" data-script="{}" data-integrity="{}" data-style="{}" data-style-integrity="{}"'
            " hx-morph-skip"
        ).format(name, script.url, script.integrity, style.url, style.integrity)

    app.jinja_env.globals.update(built=built, icon=icon, island=island)
