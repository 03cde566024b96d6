from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.runtime.deployments import Resource
from service.runtime.engine import Engine
from service.runtime.unit import Plugins
from service.web import create_app
from tests import serving


class Api:
    """The REST interface without a network between, as a program of one person calls it."""

    def __init__(self, app: Flask, engine: Engine, person: str | None = None) -> None:
        self.app = app
        self.engine = engine
        self._client: FlaskClient = app.test_client()
        self._headers: dict[str, str] = {}
        if person is not None:
            sign = base64.b64encode(f"{person}:{serving.PASSWORD}".encode()).decode()
            self._headers["Authorization"] = f"Basic {sign}"

    def as_(self, person: str) -> Api:
        return Api(self.app, self.engine, person)

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        headers = {**self._headers, **options.pop("headers", {})}
        if body is not None:
            options["json"] = body
        return self._client.open(path, method=method, headers=headers, **options)

    def get(self, path: str) -> Any:
        return self._good(self.call("GET", f"/v2{path}"))

    def post(self, path: str, body: Any = None) -> Any:
        return self._good(self.call("POST", f"/v2{path}", body if body is not None else {}))

    def found(self, path: str, filters: Mapping[str, Any] | None = None, **request: Any) -> list[dict[str, Any]]:
        """The items of a search."""
        items: list[dict[str, Any]] = self.post(path, {"filter": dict(filters or {}), **request})["items"]
        return items

    def deploy(self, *files: Resource) -> Any:
        from io import BytesIO

        data = {"resources": [(BytesIO(file.content), file.name) for file in files], "tenantId": "<default>"}
        return self._good(self.call("POST", "/v2/deployments", data=data, content_type="multipart/form-data"))

    def start(self, process_id: str = "p", **fields: Any) -> str:
        key: str = self.post("/process-instances", {"processDefinitionId": process_id, **fields})["processInstanceKey"]
        return key

    @staticmethod
    def _good(response: Any) -> Any:
        assert response.status_code in {200, 204}, response.text
        return response.json if response.data else None


@pytest.fixture(scope="session")
def _peopled(tmp_path_factory: pytest.TempPathFactory, _migrated: bytes) -> bytes:
    """The file of a database with one account a role, made once: hashing passwords takes its time."""
    path = tmp_path_factory.mktemp("template") / "people.db"
    path.write_bytes(_migrated)
    engine = Engine(f"sqlite:///{path}")
    serving.people(engine)
    with engine.site.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.close()
    return path.read_bytes()


@pytest.fixture
def peopled_url(tmp_path: Path, _peopled: bytes) -> str:
    """A database with one account a role."""
    path = tmp_path / "people.db"
    path.write_bytes(_peopled)
    return f"sqlite:///{path}"


@pytest.fixture
def make_api(open_engine: Callable[..., Engine], tmp_path: Path, peopled_url: str) -> Callable[..., Api]:
    def make(*, demo: bool = True, plugins: Plugins | None = None) -> Api:
        engine = open_engine(peopled_url, plugins, second_person=not demo)
        return Api(create_app(engine, serving.settings(tmp_path, demo=demo)), engine)

    return make


@pytest.fixture
def api(make_api: Callable[..., Api]) -> Api:
    """A demonstration; calls without credentials are the process owner's."""
    return make_api()
