"""Archives: what is in them, that they are the same twice, and that one changed byte anywhere is found."""

from __future__ import annotations

import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service import store, wiring
from service.auth import SYSTEM, Actor, accounts
from service.casework import archives, case_documents, case_files, records, verify_archive
from service.casework.archives import Kind, Section, Told
from service.casework.case_documents import Order
from service.casework.verify_archive import Broken
from service.errors import Conflict, Forbidden, Invalid, NotFound
from service.runtime import audit, deployments, files
from service.runtime.engine import Engine, SetClock
from service.runtime.files import FileRules, Home
from service.runtime.unit import UnitOfWork
from service.store.documents import FileKind
from tests.casework.filled import fill_case
from tests.processes import play

TOLD = Told(
    (Section("对象", (("姓名", "王示例"),), "subject"), Section("理由依据", (("理由", "内部理由"),), "reasonBasis")),
    (("2026-03-02 09:00", "登记"),),
    (Section("D3", (("结果", "符合"),), "D3_result"), Section("D11", (("结果", "通过"),), "D11_check")),
)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return b"%PDF-1.7 example"


class Archived:
    """A site of any database with a case, its documents and a file, seen by whoever acts."""

    def __init__(self, engine: Engine, clock: SetClock, pdf: bytes) -> None:
        self.engine, self.clock = engine, clock
        clock.set(play.OPENED)
        engine.run(SYSTEM, self._seed)
        self.key = engine.run(self.actor("intake"), lambda unit: case_files.register(unit, play.a_registration()).key)
        engine.run(SYSTEM, lambda unit: self._fill(unit, pdf))

    @staticmethod
    def actor(name: str) -> Actor:
        return Actor(name, frozenset({play.PEOPLE[name]}))

    @staticmethod
    def _seed(unit: UnitOfWork) -> None:
        for name, role in play.PEOPLE.items():
            accounts.create(unit, name, name, None, [(role, "")])
        deployments.deploy(unit, play.shipped_models(), "示例")

    def _fill(self, unit: UnitOfWork, pdf: bytes) -> None:
        case = records.of_case(unit, self.key)
        fill_case(case)
        subject = case.subjects[0].key
        for template in ("decision", "meeting-minutes", "reason-basis"):
            row = case_documents.issue(unit, self.key, Order(template, subject), accept_missing=True)
            file = store.documents.DocumentFile(
                document_key=row.key,
                kind=FileKind.PDF,
                content=pdf,
                sha256=hashlib.sha256(pdf).hexdigest(),
                size=len(pdf),
                made_at=unit.now,
            )
            store.documents.add(unit.session, file)
        audit.record(unit, "records.write", ("case", self.key), None, {"filled": True}, business_key=str(self.key))

    def approved(self, kind: Kind = Kind.ARCHIVE) -> int:
        row = self.engine.run(self.actor("archive"), lambda unit: archives.ask(unit, self.key, kind, "归档").key)
        self.engine.run(self.actor("lead"), lambda unit: archives.decide(unit, row, approve=True))
        return row

    def built(self, request: int, who: str = "archive") -> bytes:
        def make(unit: UnitOfWork) -> bytes:
            _, content, digest = archives.build(unit, request, TOLD)
            with content:
                found = content.read()
            assert hashlib.sha256(found).hexdigest() == digest
            return found

        return self.engine.run(self.actor(who), make)


@pytest.fixture
def on_each(database_url: str, open_engine: Callable[..., Engine], clock: SetClock, pdf: bytes) -> Archived:
    return Archived(open_engine(database_url, wiring.PLUGINS), clock, pdf)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, pdf: bytes) -> Iterator[Archived]:
    clock = SetClock(play.OPENED)
    engine = Engine(f"sqlite:///{tmp_path_factory.mktemp('archives')}/site.db", clock, wiring.PLUGINS)
    engine.migrate()
    yield Archived(engine, clock, pdf)
    engine.close()


@pytest.fixture(scope="module")
def whole(site: Archived) -> bytes:
    return site.built(site.approved())


@pytest.fixture(scope="module")
def export(site: Archived) -> bytes:
    return site.built(site.approved(Kind.EXPORT))


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_an_archive_is_the_same_twice_on_each_database(on_each: Archived) -> None:
    request = on_each.approved()
    first = on_each.built(request)
    on_each.clock.set(on_each.clock.now().replace(year=2027))

    assert on_each.built(request) == first
    assert verify_archive.verify(io.BytesIO(first))["case"] == "濮阳市纪委监委〔2026〕1号"


def test_the_chain_is_that_of_the_last_entry_that_changed_the_case(site: Archived, whole: bytes) -> None:
    manifest = json.loads(members(whole)["manifest.json"])

    with site.engine.reading(SYSTEM) as unit:
        entry = archives.last_change(unit, site.key)
        newest = audit.search(unit, business_key=str(site.key)).items[0]
    assert manifest["chain"] == {"sequence": entry.sequence, "hash": entry.hash}
    assert entry.action == "records.write"
    assert newest.action == "archive.build"


def test_the_whole_archive_holds_everything(whole: bytes) -> None:
    found = members(whole)

    assert {"目录.html", "记录.html", "时间线.html", "判定说明.html", "期限推算单.html", "说明.txt"} <= set(found)
    assert {"case.json", "audit.json", "verify_archive.py", "manifest.json"} <= set(found)
    documents = [name for name in found if name.startswith("文书/")]
    assert len(documents) == 6
    assert any("容错理由和依据材料" in name for name in documents)
    assert "内部理由" in found["记录.html"].decode()
    assert "reasonBasis" in found["case.json"].decode()
    assert "主动考察完成" in found["期限推算单.html"].decode()
    assert "<script" not in "".join(found[name].decode() for name in found if name.endswith(".html"))


def test_an_export_leaves_out_reasons_opinions_and_informants(export: bytes) -> None:
    found = members(export)
    text = "\n".join(
        content.decode("utf-8", "replace") for name, content in found.items() if not name.endswith(("x", "py"))
    )

    for withheld in (
        "reasonBasis.reasons",
        "meeting.statements",
        "meeting.dissent",
        "内部理由",
        "evidence.sourceHolder",
    ):
        assert withheld not in text.replace(json.dumps(withheld), ""), withheld
    assert not [name for name in found if "纪要" in name or "理由和依据" in name]
    assert "audit.json" not in found
    assert "D11" not in found["判定说明.html"].decode()
    assert "D3" in found["判定说明.html"].decode()
    assert verify_archive.verify(io.BytesIO(export))["kind"] == "export"


def test_links_of_the_catalogue_lead_to_members(whole: bytes) -> None:
    import re
    from html import unescape
    from urllib.parse import unquote

    found = members(whole)
    links = [unquote(unescape(link)) for link in re.findall(r'href="([^"]+)"', found["目录.html"].decode())]

    assert set(links) <= set(found)
    assert len([link for link in links if link.startswith("文书/")]) == 6


# proof


def test_it_is_proved_by_python_alone(whole: bytes, tmp_path: Path) -> None:
    archive, tool = tmp_path / "案卷.zip", tmp_path / "verify_archive.py"
    archive.write_bytes(whole)
    tool.write_bytes(members(whole)["verify_archive.py"])

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(tool), str(archive), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    digest = hashlib.sha256(whole).hexdigest()
    good, known, other = run(), run(digest), run("0" * 64)
    archive.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    flipped = run()

    assert good.returncode == 0
    assert digest in good.stdout
    assert known.returncode == 0
    assert other.returncode == 1
    assert flipped.returncode == 1
    assert "BROKEN" in flipped.stderr


def is_broken(content: bytes) -> bool:
    try:
        verify_archive.verify(io.BytesIO(content))
    except Broken:
        return True
    return False


def small(whole: bytes) -> bytes:
    """An archive of the same kinds of members whose bytes can all be tried."""
    target = io.BytesIO()
    content = {"目录.html": b"<p>a</p>", "文书/1.pdf": b"%PDF", "audit.json": members(whole)["audit.json"]}
    chain = json.loads(members(whole)["manifest.json"])["chain"]
    manifest = {
        "format": verify_archive.FORMAT,
        "case": "1",
        "kind": "archive",
        "chain": chain,
        "withheld": [],
        "files": [
            {"path": path, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for path, data in content.items()
        ],
    }
    listed = [*content.items(), ("manifest.json", verify_archive.canonical(manifest))]
    verify_archive.write(target, [(path, (data,)) for path, data in listed])
    return target.getvalue()


def test_each_byte_of_headers_directory_and_members_counts(whole: bytes) -> None:
    content = small(whole)
    assert not is_broken(content)
    audit_at = content.index(b"audit.json") + 10
    audit_size = len(members(whole)["audit.json"])
    # Every byte but those inside the long audit log, of which every hundredth.
    places = [
        place for place in range(len(content)) if not audit_at <= place < audit_at + audit_size or place % 100 == 0
    ]

    unnoticed = [
        place
        for place in places
        if not is_broken(content[:place] + bytes([content[place] ^ 0x20]) + content[place + 1 :])
    ]

    assert unnoticed == []


def test_one_byte_of_any_member_of_a_real_archive_counts(whole: bytes) -> None:
    chosen = random.Random(20261128)  # noqa: S311 - places to try, no secret
    places = []
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        for info in archive.infolist():
            start = info.header_offset + 30 + len(info.filename.encode())
            places += [info.header_offset + chosen.randrange(30), start + chosen.randrange(max(info.file_size, 1))]
        places += [archive.start_dir + chosen.randrange(len(whole) - archive.start_dir) for _ in range(20)]

    unnoticed = [
        place for place in places if not is_broken(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    ]

    assert len(places) > 40
    assert unnoticed == []


@pytest.mark.parametrize(
    "change", [lambda c: c + b"\0", lambda c: b"\0" + c, lambda c: c[:-1], lambda c: c[:1000], lambda c: b""]
)
def test_more_or_less_than_the_archive_is_found(whole: bytes, change: Callable[[bytes], bytes]) -> None:
    assert is_broken(change(whole))


def test_an_entry_of_the_log_rewritten_with_its_manifest_is_found(whole: bytes) -> None:
    found = members(whole)
    entries = json.loads(found["audit.json"])
    entries[0]["actor"] = "somebody"
    found["audit.json"] = verify_archive.canonical(entries)
    manifest = json.loads(found.pop("manifest.json"))
    for row in manifest["files"]:
        row["size"], row["sha256"] = len(found[row["path"]]), hashlib.sha256(found[row["path"]]).hexdigest()
    target = io.BytesIO()
    listed = [(row["path"], (found[row["path"]],)) for row in manifest["files"]]
    verify_archive.write(target, [*listed, ("manifest.json", (verify_archive.canonical(manifest),))])

    with pytest.raises(Broken, match="audit log was changed"):
        verify_archive.verify(target)


# who may


def test_two_people_are_needed_and_the_state_agreed_to(site: Archived) -> None:
    request = site.engine.run(
        site.actor("archive"), lambda unit: archives.ask(unit, site.key, Kind.ARCHIVE, "归档").key
    )
    with pytest.raises(Conflict, match="not_approved"):
        site.built(request)
    with pytest.raises(Forbidden):
        site.engine.run(site.actor("archive"), lambda unit: archives.decide(unit, request, approve=True))
    asked_by_lead = site.engine.run(
        site.actor("lead"), lambda unit: archives.ask(unit, site.key, Kind.EXPORT, "调阅").key
    )
    with pytest.raises(Forbidden, match="own_request"):
        site.engine.run(site.actor("lead"), lambda unit: archives.decide(unit, asked_by_lead, approve=True))
    site.engine.run(site.actor("approver"), lambda unit: archives.decide(unit, request, approve=False))
    with pytest.raises(Conflict, match="decided_already"):
        site.engine.run(site.actor("lead"), lambda unit: archives.decide(unit, request, approve=True))
    with pytest.raises(Conflict, match="not_approved"):
        site.built(request)


def test_the_whole_archive_is_the_archivists(site: Archived) -> None:
    with pytest.raises(Forbidden, match="archivist_only"):
        site.engine.run(site.actor("lead"), lambda unit: archives.ask(unit, site.key, Kind.ARCHIVE, "看看"))
    with pytest.raises(Forbidden):
        site.engine.run(site.actor("intake"), lambda unit: archives.ask(unit, site.key, Kind.EXPORT, "看看"))
    for who in ("subject", "hr"):
        with pytest.raises((Forbidden, NotFound)):
            site.engine.run(site.actor(who), lambda unit: archives.ask(unit, site.key, Kind.EXPORT, "看看"))
    with pytest.raises(Invalid):
        site.engine.run(site.actor("archive"), lambda unit: archives.ask(unit, site.key, Kind.ARCHIVE, "  "))
    request = site.approved()
    with pytest.raises(Forbidden):
        site.built(request, "lead")


def test_an_attempt_that_was_refused_does_not_undo_an_agreement(on_each: Archived) -> None:
    request = on_each.approved()
    on_each.engine.run(
        SYSTEM,
        lambda unit: audit.record(unit, "access.refuse", ("request", "cases.show"), business_key=str(on_each.key)),
    )

    on_each.built(request)


def test_a_change_after_the_agreement_asks_for_another(on_each: Archived) -> None:
    request = on_each.approved()
    on_each.engine.run(
        SYSTEM,
        lambda unit: audit.record(unit, "records.write", ("case", on_each.key), business_key=str(on_each.key)),
    )

    with pytest.raises(Conflict, match="changed_since"):
        on_each.built(request)


def test_an_archive_waits_for_pdfs(on_each: Archived) -> None:
    subject = on_each.engine.run(SYSTEM, lambda unit: records.of_case(unit, on_each.key).subjects[0].key)
    on_each.engine.run(
        SYSTEM,
        lambda unit: case_documents.issue(unit, on_each.key, Order("screening-record", subject), accept_missing=True),
    )
    request = on_each.approved()

    with pytest.raises(Conflict, match="pdf_pending"):
        on_each.built(request)


def test_stored_files_lie_in_the_archive_and_follow_their_records(on_each: Archived) -> None:
    def attach(unit: UnitOfWork) -> None:
        rules = FileRules()
        for name, path in (("台账.txt", "evidence"), ("理由.txt", "reasonBasis")):
            received = files.receive(rules, name, io.BytesIO(f"{path}的内容".encode()))
            row = files.upload(unit, received, Home(business_key=str(on_each.key)))
            case = records.of_case(unit, on_each.key)
            reference = dict(files.reference(row))
            subject = case.subjects[0].key
            if path == "evidence":
                entries = [{**entry, "file": [reference]} for entry in case.document("evidence", subject)]
                case.set("evidence", (), entries, subject)
            else:
                case.set("reasonBasis", ("basis",), "依据", subject)
            store.files.use(unit.session, row.id, business_key=str(on_each.key))

    on_each.engine.run(SYSTEM, attach)

    whole, export = members(on_each.built(on_each.approved())), members(on_each.built(on_each.approved(Kind.EXPORT)))

    def kept(found: dict[str, bytes]) -> dict[str, bytes]:
        return {name.partition("_")[2]: content for name, content in found.items() if name.startswith("材料/")}

    assert sorted(kept(whole)) == ["台账.txt", "理由.txt"]
    assert kept(whole)["台账.txt"].decode() == "evidence的内容"
    assert sorted(kept(export)) == ["台账.txt"]
