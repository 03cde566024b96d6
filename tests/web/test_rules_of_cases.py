"""Rules of the measure broken on purpose, by page and by REST: refused naming the article, and nothing changed."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from service.auth import SYSTEM, accounts, sessions
from service.casework import records
from service.runtime.engine import Engine
from service.settings import Settings
from service.web import create_app
from service.web.request import COOKIE
from tests.processes import play
from tests.processes.play import Play
from tests.web.conftest import SECRET, Browser, text

PASSWORD = "Muster-wort-2026"
# Step -> the step from which it is reached; the facts alone are reached with evidence that proves next to nothing.
BEFORE = {
    "staffing": "",
    "evidence": "staffing",
    "facts": "evidence",
    "trial": "evidence",
    "convening": "trial",
    "resolution": "convening",
    "filing-personnel": "resolution",
}

PROOF = {
    "evidenceNo": "证1",
    "name": "办件台账",
    "kind": "document",
    "favourable": "neutral",
    "collectedBy": ["invest1", "invest2"],
    "collectedAt": "2026-03-02T09:00+08:00",
    "original": "copy",
    "proves": ["matter.errorOccurred"],
    "legality": "legal",
}
REASONS = [{"no": 1, "title": "容错理由和依据材料", "copies": 1}]

# id: step, who does it, what breaks the rule, words that name the rule and its article
BROKEN: dict[str, tuple[str, str, Mapping[str, Any], str]] = {
    "one investigator": ("staffing", "approver", {"case.investigators": ["invest1"]}, "政务处分法第四十二条"),
    "reviewer is investigator": (
        "staffing",
        "approver",
        {"case.investigators": ["invest1", "both"], "case.reviewers": ["both"]},
        "第五条（二）",
    ),
    "subject works on the case": ("staffing", "approver", {"case.reviewers": ["subject"]}, "case.reviewers"),
    "evidence by one": ("evidence", "invest1", {"evidence": [{**PROOF, "collectedBy": ["invest1"]}]}, "第四十二条"),
    "no evidence": ("evidence", "invest1", {"evidence": []}, "第七条（一）"),
    "fact without evidence": ("facts", "invest1", {}, "第七条（一）"),
    "finding on nothing": ("trial", "review", {"matter.conductEvidence": ["证9"]}, "matter.conductEvidence"),
    "more members than due": ("convening", "secretary", {"meeting.totalMembers": 2}, "第七条（二）"),
    "departing without reason": ("resolution", "secretary", {"toleranceOpinion.outcome": "none"}, "deviationReason"),
    "reasons into the personnel file": (
        "filing-personnel",
        "archive",
        {"filing.personnel.catalogue": REASONS},
        "第七条（二）第二款",
    ),
    "received before sent": (
        "filing-personnel",
        "archive",
        {"filing.personnel.sentAt": "2026-03-02", "filing.personnel.receivedAt": "2026-03-01"},
        "第七条（三）",
    ),
}


@pytest.fixture(scope="module")
def reach(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Play]:
    folder = tmp_path_factory.mktemp("rules")
    database = folder / "models.db"
    play.prepare(database)
    engine = play.open_engine(database, play.SetClock(play.OPENED))
    with engine.unit(SYSTEM) as unit:
        accounts.create(unit, "both", "both", None, [("INVEST", ""), ("REVIEW", "")])
        accounts.share_password(unit, [*play.PEOPLE], PASSWORD)
        unit.commit()
    engine.close()
    known: dict[str, Play] = {}

    def reached(step: str) -> Play:
        if step not in known:
            place = folder / step
            place.mkdir()
            before = BEFORE[step]
            known[step] = reached(before).copy(place) if before else Play.registered(database, place)
            known[step].up_to(step, **({"evidence": {"evidence": [PROOF]}} if step == "facts" else {}))
        return known[step]

    return reached


class Site:
    """A case at one step, with its pages and its interface."""

    def __init__(self, at: Play, step: str, folder: Path) -> None:
        self.key, self.case = at.task(step).key, at.case_key
        database = folder / "site.db"
        shutil.copy(at.database, database)
        self.engine: Engine = play.open_engine(database, play.SetClock(at.clock.now()))
        self.app = create_app(self.engine, Settings(secret_key=SECRET))
        self.now = at.now

    def page(self, person: str) -> Browser:
        client = self.app.test_client()
        client.set_cookie(COOKIE, self.engine.run(SYSTEM, lambda unit: sessions.open_session(unit, person)))
        return Browser(client)

    def call(self, person: str, path: str, body: Any) -> Any:
        sign = base64.b64encode(f"{person}:{PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {sign}", "Accept-Language": "zh-CN"}
        return self.app.test_client().post(f"/v2/user-tasks/{self.key}/{path}", json=body, headers=headers)

    def stored(self) -> str:
        """Return all records of the case and its people, as text."""
        with self.engine.reading(SYSTEM) as unit:
            case = records.of_case(unit, self.case)
            whole = [case.case_record(), *(case.whole_subject(row.key) for row in case.subjects)]
        return json.dumps(whole, ensure_ascii=False, default=str, sort_keys=True)


@pytest.fixture
def site_at(reach: Callable[[str], Play], tmp_path: Path) -> Iterator[Callable[[str], Site]]:
    made: list[Site] = []

    def make(step: str) -> Site:
        made.append(Site(reach(step), step, tmp_path))
        return made[-1]

    yield make
    for site in made:
        site.engine.close()


@pytest.mark.parametrize("id", BROKEN)
def test_a_broken_rule_is_named_and_changes_nothing(site_at: Callable[[str], Site], id: str) -> None:
    step, person, answers, said = BROKEN[id]
    site = site_at(step)
    given = {**play.default_answers(step, site.now), **answers}
    submission = play.nested({path: value for path, value in given.items() if value is not None})
    page = site.page(person)
    before = site.stored()
    page.post(f"/tasks/{site.key}/claim", {})

    on_page = page.post(f"/tasks/{site.key}/complete", {"submission": json.dumps(submission, default=str)})
    by_program = site.call(person, "completion", {"variables": json.loads(json.dumps(submission, default=str))})

    assert on_page.status_code == 422
    assert by_program.status_code == 400, by_program.text
    problem = json.dumps(by_program.json, ensure_ascii=False)
    assert said in problem
    if "条" in said:
        assert said in text(on_page)
    assert site.stored() == before
    assert site.page(person).get(f"/tasks/{site.key}").status_code == 200


def test_nobody_who_must_recuse_or_stands_outside_takes_a_step(site_at: Callable[[str], Site]) -> None:
    site = site_at("trial")
    before = site.stored()

    for person in ("invest1", "secretary", "subject", "owner"):
        assert site.page(person).post(f"/tasks/{site.key}/claim", {}).status_code in {403, 404}
        assert site.call(person, "assignment", {"assignee": person}).status_code in {403, 404}
        assert site.call(person, "completion", {"variables": {}}).status_code in {403, 404}

    assert site.stored() == before
