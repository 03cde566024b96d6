"""Files of a shipped case: evidence keeps its digest; a file is read by whoever may read the record it stands in."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from service import store
from service.auth import SYSTEM, Actor, sessions
from service.casework import applications, case_files, records
from service.errors import FormRejected
from service.runtime import files, user_tasks
from service.runtime.engine import Engine
from service.runtime.unit import UnitOfWork
from service.settings import Settings
from service.store.files import StoredFile
from service.web import create_app
from service.web.request import COOKIE
from tests.filling import PDF, PNG
from tests.processes import play as plays
from tests.processes.play import PEOPLE, Play

LEDGER = "办件台账（2025年）𠮷.pdf"


def actor(name: str) -> Actor:
    return Actor(name, frozenset({PEOPLE[name]}))


def sent(engine: Engine, who: str, home: files.Home, name: str = LEDGER, content: bytes = PDF) -> dict[str, Any]:
    received = files.receive(engine.site.files, name, io.BytesIO(content))
    return files.reference(engine.run(actor(who), lambda unit: files.upload(unit, received, home)))


def for_task(play: Play, element: str, who: str, name: str = LEDGER, content: bytes = PDF) -> dict[str, Any]:
    task = play.task(element)
    home = files.Home(task.business_key, task.root_key, task.instance_key, task.process_id, task.key)
    with play.engine() as engine:
        engine.run(actor(who), lambda unit: user_tasks.claim(unit, task.key))
        return sent(engine, who, home, name, content)


def evidence(play: Play, *references: dict[str, Any]) -> dict[str, Any]:
    [entry] = play.defaults("evidence")["evidence"]
    return {"evidence": [{**entry, "file": list(references)}]}


class Site:
    """The pages over one case."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.app = create_app(engine, Settings(secret_key="k" * 40))

    def person(self, name: str) -> FlaskClient:
        client = self.app.test_client()
        client.set_cookie(COOKIE, self.engine.run(SYSTEM, lambda unit: sessions.open_session(unit, name)))
        return client

    def status(self, name: str, reference: dict[str, Any], query: str = "") -> int:
        with self.person(name).get(f"/files/{reference['documentId']}{query}") as answer:
            return answer.status_code

    def log(self, action: str) -> list[tuple[str, str, str | None]]:
        with self.engine.reading(SYSTEM) as unit:
            entries = list(store.audit.all_entries(unit.session))
        return [(row.actor, row.object_key, row.business_key) for row in entries if row.action == action]


@contextmanager
def site(play: Play) -> Any:
    with play.engine() as engine:
        yield Site(engine)


def test_evidence_keeps_its_file_and_digest_and_is_read_by_those_who_see_the_case(
    a_case: Callable[..., Play],
) -> None:
    play = a_case(at="evidence")
    one = for_task(play, "evidence", "invest1")
    play.do("evidence", evidence(play, one), by="invest1")

    [entry] = play.record("evidence")
    digest = hashlib.sha256(PDF).hexdigest()
    assert entry["sha256"] == digest
    assert entry["file"][0]["metadata"]["fileName"] == LEDGER
    with site(play) as found:
        for name in ("invest1", "invest2", "lead", "review"):
            assert found.status(name, one) == 200, name
        for name in ("subject", "expert", "rect", "hr", "owner"):
            assert found.status(name, one) == 404, name
        key = str(play.case_key)
        assert found.log("file.read") == [
            (name, one["documentId"], key) for name in ("invest1", "invest2", "lead", "review")
        ]
        assert {name for name, _id, _case in found.log("file.refuse")} == {"subject", "expert", "rect", "hr", "owner"}
        page = found.person("invest1").get(f"/cases/{play.case_key}?tab=materials").get_data(as_text=True)
        assert LEDGER in page
        assert digest in page
        assert digest in found.person("lead").get(f"/cases/{play.case_key}").get_data(as_text=True)


def test_another_case_takes_no_file_of_this_one(a_case: Callable[..., Play]) -> None:
    play = a_case(plays.a_person(account="subject"), at="staffing")
    other = another_case(play)
    with play.engine() as engine:
        one = sent(engine, "subject", files.Home(str(play.case_key)))

        assert refused(engine, other, one) == "forms.no_such_file"
        assert apply(engine, play.case_key, one) is None
        assert refused(engine, other, one) == "forms.no_such_file"


def another_case(play: Play) -> int:
    with play.engine() as engine, engine.unit(actor("intake")) as unit:
        registration = plays.a_registration(plays.a_person("李示例", account="subject"))
        registration["case"]["accountabilityCaseNo"] = "濮纪问〔2026〕9号"
        key = case_files.register(unit, registration).key
        unit.commit()
    return key


def apply(engine: Engine, case_key: int, *references: dict[str, Any]) -> None:
    with engine.unit(actor("subject")) as unit:
        case = records.of_case(unit, case_key)
        submission = plays.nested({**plays.an_application(), "application.attachments": list(references)})
        applications.submit(unit, case_key, case.subjects[0].key, submission)
        unit.commit()


def refused(engine: Engine, case_key: int, *references: dict[str, Any]) -> str:
    with pytest.raises(FormRejected) as error:
        apply(engine, case_key, *references)
    return error.value.fields["application.attachments"][0][0]


def test_the_subject_reads_what_they_attached_and_nothing_else(a_case: Callable[..., Play]) -> None:
    play = a_case(at="evidence")
    with play.engine() as engine:
        attached = sent(engine, "subject", files.Home(str(play.case_key)), "说明.png", PNG)
        apply(engine, play.case_key, attached)

    with site(play) as found:
        assert found.status("subject", attached) == 200
        assert found.status("intake", attached) == 200
        assert found.status("rect", attached) == 404


def test_an_expert_sees_the_materials_given_to_them_in_their_task_alone(a_case: Callable[..., Play]) -> None:
    play = a_case(at="screening")
    play.up_to("evidence", investigation_plan={"matter.technical": "yes"})
    secret = for_task(play, "evidence", "invest1")
    play.do("evidence", evidence(play, secret), by="invest1")
    given = for_task(play, "expert-commission", "invest1", "脱敏材料.pdf", redacted())
    play.do("expert-commission", {"expertOpinion.materials": [given]}, by="invest1")
    task = play.task("expert-opinion").key

    with site(play) as found:
        assert found.status("expert", given) == 404
        assert found.status("expert", given, f"?task={task}") == 200
        assert found.status("expert", secret, f"?task={task}") == 404
        page = found.person("expert").get(f"/tasks/{task}").get_data(as_text=True)
        assert "脱敏材料.pdf" in page
        assert LEDGER not in page


def redacted() -> bytes:
    return PDF + b"\n% redacted"


def test_a_list_of_a_thousand_files_takes_no_more_queries_than_one_of_ten(a_case: Callable[..., Play]) -> None:
    play = a_case(at="evidence")
    one = for_task(play, "evidence", "invest1")
    play.do("evidence", evidence(play, one), by="invest1")

    with site(play) as found:
        counts = []
        for known, wanted in ((1, 10), (10, 1000)):
            found.engine.run(SYSTEM, lambda unit, n=known, m=wanted: more_files(unit, one["documentId"], n, m))
            invest = found.person("invest1")
            invest.get(f"/cases/{play.case_key}?tab=materials")
            said: list[str] = []
            listening = (found.engine.site.database.engine, "before_cursor_execute")
            note = lambda *args, said=said: said.append(args[2])  # noqa: E731
            event.listen(*listening, note)
            page = invest.get(f"/cases/{play.case_key}?tab=materials&kind=evidence").get_data(as_text=True)
            event.remove(*listening, note)
            assert page.count(LEDGER) >= wanted
            counts.append(len(said))
        assert counts[0] == counts[1]


def more_files(unit: UnitOfWork, file_id: str, known: int, wanted: int) -> None:
    row = store.files.get(unit.session, file_id)
    assert row is not None
    values = {column.name: getattr(row, column.name) for column in StoredFile.__table__.columns}
    for number in range(known, wanted):
        store.files.add(unit.session, StoredFile(**{**values, "id": f"{file_id}-{number}"}))


def test_files_are_as_safe_as_the_step_that_refers_to_them(a_case: Callable[..., Play]) -> None:
    """What is refused leaves the upload waiting, and nothing of it in the case."""
    play = a_case(at="evidence")
    one = for_task(play, "evidence", "invest1")
    bad = evidence(play, one)
    bad["evidence"][0]["proves"] = []

    with pytest.raises(FormRejected):
        play.do("evidence", bad, by="invest1")

    with play.engine() as engine, engine.reading(SYSTEM) as unit:
        row = store.files.get(unit.session, one["documentId"])
        assert row is not None
        assert row.pending_until is not None
        assert files.of_case(unit, str(play.case_key)) == []
