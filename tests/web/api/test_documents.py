"""`/v2/documents`: what the clients cannot be made to send, who may do what, and what ends when."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from service.runtime import files
from tests.builders import a_diagram, a_form, a_task_diagram, line, service_task
from tests.filling import PDF, PNG
from tests.web.api.conftest import Api


def sent(api: Api, name: str = "报告.pdf", content: bytes = PDF, query: str = "", **metadata: Any) -> Any:
    data: dict[str, Any] = {"file": (io.BytesIO(content), name)}
    if metadata:
        data["metadata"] = json.dumps(metadata)
    return api.call("POST", f"/v2/documents{query}", data=data, content_type="multipart/form-data")


def kept(api: Api, **options: Any) -> dict[str, Any]:
    answer = sent(api, **options)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


BAD: dict[str, tuple[dict[str, Any], int, str]] = {
    "other store": ({"query": "?storeId=s3"}, 400, "s3"),
    "bad id": ({"query": "?documentId=a/b"}, 400, "documentId"),
    "kind": ({"name": "a.exe", "content": b"MZ"}, 415, "a.exe"),
    "empty": ({"content": b""}, 400, "empty"),
    "past end": ({"expiresAt": "2020-01-01T00:00:00Z"}, 400, "expiresAt"),
    "no moment": ({"expiresAt": "tomorrow"}, 400, "expiresAt"),
    "no such instance": ({"processInstanceKey": "1"}, 404, "1"),
    "no key": ({"processInstanceKey": "x"}, 400, "processInstanceKey"),
    "properties": ({"customProperties": []}, 400, "customProperties"),
    "long": ({"customProperties": {"a": "x" * 30_000}}, 400, "20000"),
}


@pytest.mark.parametrize(("options", "status", "word"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_said_and_nothing_kept(api: Api, options: dict[str, Any], status: int, word: str) -> None:
    answer = sent(api, **options)

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    assert word in answer.json["detail"]
    with api.engine.site.database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM file_content").scalar_one() == 0


def test_an_id_of_ones_own_is_taken_once(api: Api) -> None:
    assert kept(api, query="?documentId=my-paper")["documentId"] == "my-paper"

    answer = sent(api, query="?documentId=my-paper")

    assert (answer.status_code, answer.json["title"]) == (409, "ALREADY_EXISTS")


def test_documents_are_their_senders_until_something_refers_to_them(api: Api) -> None:
    api.deploy(a_form("f", {"key": "x"}), a_task_diagram("p", form="f", groups="INVEST"))
    document = kept(api.as_("paul"))
    path = f"/v2/documents/{document['documentId']}"

    for person in ("irene", "sam", "olive"):
        assert api.as_(person).call("GET", path).status_code == 404
        assert api.as_(person).call("DELETE", path).status_code == 404
        assert api.as_(person).call("POST", f"{path}/links", {}).status_code == 404
    assert api.as_("paul").call("GET", path).data == PDF

    api.as_("paul").start("p", variables={"papers": [document]})
    assert api.as_("olive").call("GET", path).data == PDF  # whoever runs instances
    assert api.as_("irene").call("GET", path).status_code == 404
    assert api.as_("olive").call("DELETE", path).status_code == 204


def test_administrators_keep_no_documents(api: Api) -> None:
    assert sent(api.as_("sam")).status_code == 403


def test_a_job_of_another_person_cannot_carry_off_a_document(api: Api) -> None:
    api.deploy(a_diagram(service_task("pay", "pay"), line("s", "pay", "e"), process_id="q", name="q.bpmn"))
    foreign = kept(api.as_("irene"))
    api.start("q")
    (job,) = api.found("/jobs/search")

    answer = api.call("POST", f"/v2/jobs/{job['jobKey']}/completion", {"variables": {"found": foreign}})

    assert answer.status_code == 400
    assert foreign["documentId"] in answer.json["detail"]
    own = kept(api)
    assert api.call("POST", f"/v2/jobs/{job['jobKey']}/completion", {"variables": {"found": own}}).status_code == 204


def test_a_link_ends_and_reaches_no_further_than_its_maker(api: Api) -> None:
    document = kept(api.as_("paul"))
    made = api.as_("paul").call("POST", f"/v2/documents/{document['documentId']}/links", {"timeToLive": 60_000}).json
    client = api.app.test_client()

    assert client.get(made["url"]).data == PDF
    assert client.get(made["url"][:-3] + "abc").status_code == 401
    for wrong in (0, -1, 10**12, "x"):
        answer = api.as_("paul").call("POST", f"/v2/documents/{document['documentId']}/links", {"timeToLive": wrong})
        assert answer.status_code == 400


def test_a_batch_must_describe_each_file_or_none(api: Api) -> None:
    def batch(names: list[str], described: list[str]) -> Any:
        data = {"files": [(io.BytesIO(PNG), name) for name in names], "metadataList": described}
        return api.call("POST", "/v2/documents/batch", data=data, content_type="multipart/form-data")

    assert batch(["a.png", "b.png"], ["{}"]).status_code == 400
    assert batch([], []).status_code == 400
    assert batch(["a.png"], ["[1]"]).status_code == 400
    answer = batch(["a.png", "b.png"], ['[{"fileName": "甲.png"}, {"fileName": "乙.png"}]'])
    assert answer.status_code == 201
    assert [item["metadata"]["fileName"] for item in answer.json["createdDocuments"]] == ["甲.png", "乙.png"]


def test_a_document_above_the_limit_is_refused(make_api: Callable[..., Api]) -> None:
    api = make_api()
    api.engine.site.files = files.FileRules(limit=1000)

    assert sent(api, content=PDF + b" " * 1000).status_code == 413


def test_nobody_without_credentials_sends_or_gets(make_api: Callable[..., Api]) -> None:
    api = make_api(demo=False)

    assert sent(api).status_code == 401
    assert api.call("GET", "/v2/documents/x").status_code == 401
