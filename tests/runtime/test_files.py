"""Files in a real database: stored once, referred to by their sender alone, read by who may, gone in time."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from service import store
from service.auth import Actor
from service.errors import Conflict, FormRejected, Invalid, NotFound, Rejection, TooLarge, Unsupported
from service.runtime import audit, files, form_display, instances, user_tasks
from service.runtime.engine import SetClock
from service.runtime.file_types import FileRules
from service.runtime.unit import UnitOfWork
from service.worker import Worker
from tests.builders import a_form, a_task_diagram
from tests.filling import DOCX, JPEG, MACRO_DOCX, PDF, PNG
from tests.runtime.site import Site

ANN = Actor("ann", frozenset({"INVEST"}))
BOB = Actor("bob", frozenset({"INVEST"}))
OWNER = Actor("olga", frozenset({"OWNER"}))
PICKER = {"key": "papers", "type": "filepicker", "label": "材料", "multiple": True, "accept": ".pdf,image/*"}
NAME = "关于仓库整改的说明（终稿）𠮷.pdf"


@pytest.fixture
def desk(site: Site) -> Site:
    site.deploy(a_form("f", {"key": "note"}, PICKER), a_task_diagram("p", form="f", groups="INVEST"))
    return site


def a_task(site: Site, holder: Actor = ANN) -> int:
    started = site.start()
    (task,) = site.tasks(instance_key=started.key)
    site.run(lambda unit: user_tasks.claim(unit, task.key), holder)
    return task.key


def home(site: Site, task_key: int) -> files.Home:
    task = site.read(lambda unit: user_tasks.get(unit, task_key))
    return files.Home(task.business_key, task.root_key, task.instance_key, task.process_id, task.key, "papers")


def sent(
    site: Site, where: files.Home, content: bytes = PDF, name: str = NAME, actor: Actor = ANN, **options: Any
) -> dict[str, Any]:
    """Upload a file and return its reference."""
    received = files.receive(site.engine.site.files, name, io.BytesIO(content))
    return files.reference(site.run(lambda unit: files.upload(unit, received, where, **options), actor))


def content_of(site: Site, key: str, actor: Actor, task_key: int | None = None) -> bytes:
    def read(unit: UnitOfWork) -> bytes:
        shown, where = frozenset[str](), None
        if task_key is not None:
            task = user_tasks.get(unit, task_key)
            shown, where = form_display.files_of_task(unit, task_key), files.Home(task.business_key, task.root_key)
        row = files.readable(unit, key, shown, where)
        with files.opened(unit, row) as content:
            return content.read()

    return site.read(read, actor)


def rows(site: Site, table: str) -> int:
    with site.engine.site.database.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608


def refused(site: Site, task_key: int, *references: Mapping[str, Any]) -> list[str]:
    with pytest.raises(FormRejected) as error:
        site.run(lambda unit: user_tasks.complete(unit, task_key, {"note": "x", "papers": list(references)}), ANN)
    return [code for code, _facts in error.value.fields["papers"]]


def test_a_submitted_file_stands_in_the_variable_as_camunda_has_it(desk: Site) -> None:
    key = a_task(desk)
    one = sent(desk, home(desk, key))
    assert one["metadata"]["expiresAt"] is not None

    desk.run(lambda unit: user_tasks.complete(unit, key, {"note": "x", "papers": [one]}), ANN)

    task = desk.read(lambda unit: user_tasks.get(unit, key))
    (found,) = desk.variables(task.instance_key)["papers"]  # type: ignore[misc]
    assert found == {
        "camunda.document.type": "camunda",
        "storeId": "rongcuo",
        "documentId": one["documentId"],
        "contentHash": hashlib.sha256(PDF).hexdigest(),
        "metadata": {
            "contentType": "application/pdf",
            "fileName": NAME,
            "expiresAt": None,
            "size": len(PDF),
            "processDefinitionId": "p",
            "processInstanceKey": str(task.instance_key),
            "customProperties": {},
        },
    }
    assert content_of(desk, one["documentId"], OWNER) == PDF


def test_large_content_comes_back_whole_and_is_kept_once(desk: Site) -> None:
    content = PDF + bytes(range(256)) * 5000
    where = home(desk, a_task(desk))

    first, second = sent(desk, where, content), sent(desk, where, content, "another.pdf")

    assert (rows(desk, "stored_file"), rows(desk, "file_content")) == (2, 1)
    assert rows(desk, "file_piece") == -(-len(content) // files.PIECE)
    desk.run(lambda unit: files.withdraw(unit, first["documentId"]), ANN)
    assert content_of(desk, second["documentId"], ANN) == content
    desk.run(lambda unit: files.withdraw(unit, second["documentId"]), ANN)
    assert (rows(desk, "stored_file"), rows(desk, "file_content"), rows(desk, "file_piece")) == (0, 0, 0)


def test_what_a_client_says_of_a_file_is_not_believed(desk: Site) -> None:
    key = a_task(desk)
    one = sent(desk, home(desk, key))
    lie = {**one, "storeId": "other", "metadata": {**one["metadata"], "fileName": "lie.pdf", "size": 1}}

    desk.run(lambda unit: user_tasks.complete(unit, key, {"note": "x", "papers": [lie]}), ANN)

    task = desk.read(lambda unit: user_tasks.get(unit, key))
    (found,) = desk.variables(task.instance_key)["papers"]  # type: ignore[misc]
    assert (found["storeId"], found["metadata"]["fileName"], found["metadata"]["size"]) == ("rongcuo", NAME, len(PDF))  # type: ignore[index,call-overload]


def test_forged_references_are_refused_and_change_nothing(desk: Site) -> None:
    key, other = a_task(desk), a_task(desk, BOB)
    own = sent(desk, home(desk, key))
    foreign = sent(desk, home(desk, other), actor=BOB)
    of_bob = sent(desk, files.Home(), actor=BOB)
    used = sent(desk, home(desk, other), actor=BOB)
    desk.run(lambda unit: user_tasks.complete(unit, other, {"note": "x", "papers": [used]}), BOB)

    assert refused(desk, key, foreign) == ["forms.no_such_file"]
    assert refused(desk, key, of_bob) == ["forms.no_such_file"]
    assert refused(desk, key, used) == ["forms.no_such_file"]
    assert refused(desk, key, {**own, "contentHash": "0" * 64}) == ["forms.file_differs"]
    assert refused(desk, key, {**own, "documentId": "nothing"}) == ["forms.no_such_file"]
    assert refused(desk, key, own, own) == ["forms.file_twice"]
    assert refused(desk, key, {"documentId": own["documentId"]}) == ["forms.not_files"]
    assert desk.tasks(instance_key=desk.read(lambda unit: user_tasks.get(unit, key)).instance_key)


def test_a_file_that_the_field_does_not_take_is_refused_by_its_content(desk: Site) -> None:
    key = a_task(desk)

    assert refused(desk, key, sent(desk, home(desk, key), DOCX, "信.docx")) == ["forms.file_not_accepted"]
    picture = sent(desk, home(desk, key), PNG, "图.png")
    desk.run(lambda unit: user_tasks.complete(unit, key, {"note": "x", "papers": [picture]}), ANN)


def test_a_reference_in_a_variable_opens_no_file_of_another_instance(desk: Site) -> None:
    key = a_task(desk, BOB)
    one = sent(desk, home(desk, key), actor=BOB)
    desk.run(lambda unit: user_tasks.complete(unit, key, {"note": "x", "papers": [one]}), BOB)

    with pytest.raises(Invalid, match="file_unknown"):
        desk.run(lambda unit: instances.start(unit, "p", {"papers": [one]}), ANN)
    with pytest.raises(Invalid, match="file_unknown"):
        desk.run(lambda unit: instances.start(unit, "p", {"x": {"deep": [{**one, "documentId": "gone"}]}}), ANN)
    assert len(desk.tasks(state=None)) == 1


def test_an_upload_becomes_that_of_the_instance_which_its_sender_starts_with_it(desk: Site) -> None:
    one = sent(desk, files.Home(), actor=BOB)

    started = desk.run(lambda unit: instances.start(unit, "p", {"papers": [one]}), BOB)

    (task,) = desk.tasks(instance_key=started.key)
    with pytest.raises(NotFound):
        content_of(desk, one["documentId"], ANN)
    assert content_of(desk, one["documentId"], ANN, task.key) == PDF


def test_nobody_else_reads_an_upload_or_a_file_by_a_task_that_shows_another(desk: Site) -> None:
    key, other = a_task(desk), a_task(desk)
    one = sent(desk, home(desk, key))

    assert content_of(desk, one["documentId"], ANN) == PDF
    for actor in (BOB, OWNER):
        with pytest.raises(NotFound):
            content_of(desk, one["documentId"], actor)
    desk.run(lambda unit: user_tasks.complete(unit, key, {"note": "x", "papers": [one]}), ANN)
    with pytest.raises(NotFound):
        content_of(desk, one["documentId"], BOB, other)
    with pytest.raises(Conflict, match="file_in_use"):
        desk.run(lambda unit: files.withdraw(unit, one["documentId"]), ANN)


def test_unused_uploads_go_after_a_day_and_drafts_hold_theirs(desk: Site, clock: SetClock) -> None:
    key = a_task(desk)
    kept, loose = sent(desk, home(desk, key)), sent(desk, home(desk, key), PNG, "图.png")
    desk.run(lambda unit: user_tasks.save_draft(unit, key, {"papers": [kept]}), ANN)

    clock.advance(timedelta(hours=25))
    assert Worker(desk.engine).sweep() == 1

    with pytest.raises(NotFound):
        content_of(desk, loose["documentId"], ANN)
    assert content_of(desk, kept["documentId"], ANN) == PDF
    assert rows(desk, "file_content") == 1
    desk.run(lambda unit: user_tasks.complete(unit, key, {"note": "x", "papers": [kept]}), ANN)
    clock.advance(timedelta(days=400))
    assert Worker(desk.engine).sweep() == 0
    assert content_of(desk, kept["documentId"], OWNER) == PDF


def test_what_its_sender_gave_an_end_is_refused_after_it_and_removed(desk: Site, clock: SetClock) -> None:
    key = a_task(desk)
    one = sent(desk, files.Home(), expires_at=clock.now() + timedelta(hours=1))

    clock.advance(timedelta(hours=2))

    assert refused(desk, key, one) == ["forms.no_such_file"]
    with pytest.raises(NotFound):
        content_of(desk, one["documentId"], ANN)
    assert Worker(desk.engine).sweep() == 1
    assert rows(desk, "file_content") == 0


def test_damaged_content_is_not_handed_out(desk: Site) -> None:
    one = sent(desk, files.Home())
    with desk.engine.site.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM file_piece")

    with pytest.raises(Conflict, match="file_damaged"):
        content_of(desk, one["documentId"], ANN)


def test_one_person_cannot_fill_the_database(desk: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PENDING_FILES", 2)
    sent(desk, files.Home())
    sent(desk, files.Home())

    with pytest.raises(TooLarge, match="too_many_uploads"):
        sent(desk, files.Home())
    sent(desk, files.Home(), actor=BOB)


def test_each_step_of_a_file_is_in_the_log(desk: Site) -> None:
    key = a_task(desk)
    one = sent(desk, home(desk, key))
    desk.run(lambda unit: user_tasks.complete(unit, key, {"note": "x", "papers": [one]}), ANN)

    entries = desk.read(lambda unit: list(store.audit.all_entries(unit.session)))
    uploaded = [entry for entry in entries if entry.action == "file.upload"]
    completed = [entry for entry in entries if entry.action == "user_task.complete"]
    assert [(entry.object_key, entry.actor) for entry in uploaded] == [(one["documentId"], "ann")]
    assert '"file.keep"' in completed[0].effects
    assert desk.read(audit.verify).whole


BAD: dict[str, tuple[str, bytes, type[Rejection], str]] = {
    "program": ("a.exe", b"MZ" + b"\0" * 200, Unsupported, "type_forbidden"),
    "program by another name": ("a.pdf", b"MZ" + b"\0" * 200, Unsupported, "type_unlike"),
    "page": ("a.html", b"<!DOCTYPE html><script>1</script>", Unsupported, "type_forbidden"),
    "drawing with script": ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', Unsupported, "type_forbidden"),
    "picture named otherwise": ("a.pdf", PNG, Unsupported, "type_unlike"),
    "no ending": ("README", b"text", Unsupported, "type_forbidden"),
    "two endings": ("a.pdf.exe", PDF, Unsupported, "type_forbidden"),
    "direction mark": ("a\u202efdp.exe", PDF, Unsupported, "type_forbidden"),
    "macros": ("a.docx", MACRO_DOCX, Unsupported, "type_unlike"),
    "broken zip": ("a.docx", DOCX[:60], Unsupported, "type_unlike"),
    "binary text": ("a.txt", b"abc\x00def", Unsupported, "type_unlike"),
    "empty": ("a.pdf", b"", Invalid, "file_empty"),
    "no name": ("", PDF, Invalid, "name_unfit"),
    "line in name": ("a\nb.pdf", PDF, Invalid, "name_unfit"),
    "half a character": ("a\ud800.pdf", PDF, Invalid, "name_unfit"),
    "endless name": ("长" * 300 + ".pdf", PDF, Invalid, "name_unfit"),
    "too large": ("a.pdf", PDF + b"x" * 2000, TooLarge, "upload_too_large"),
}


@pytest.mark.parametrize(("name", "content", "kind", "code"), BAD.values(), ids=BAD)
def test_a_file_that_is_not_taken_says_why(name: str, content: bytes, kind: type[Rejection], code: str) -> None:
    with pytest.raises(kind) as error:
        files.receive(FileRules(limit=1500), name, io.BytesIO(content))
    assert code in error.value.code


GOOD = {
    "pdf": ("报告.PDF", PDF, "application/pdf"),
    "png": ("图 1.png", PNG, "image/png"),
    "jpeg": ("照片.jpeg", JPEG, "image/jpeg"),
    "docx": ("信.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "text": ("说明.txt", "容错纠错".encode(), "text/plain"),
    "text in GB 18030": ("说明.txt", "容错纠错，第五条".encode("gb18030"), "text/plain"),
    "text in UTF-16": ("说明.txt", "容错".encode("utf-16"), "text/plain"),
    "cut inside a character": ("说明.txt", ("a" + "容" * 30_000).encode(), "text/plain"),
}


@pytest.mark.parametrize(("name", "content", "media"), GOOD.values(), ids=GOOD)
def test_the_content_tells_the_type(name: str, content: bytes, media: str) -> None:
    received = files.receive(FileRules(), name, io.BytesIO(content))

    assert (received.name, received.content_type, received.size) == (name, media, len(content))


def test_folders_in_front_of_a_name_are_left_out() -> None:
    assert files.file_name("C:\\fakepath\\甲.pdf") == "甲.pdf"
    assert files.file_name("../../etc/乙.pdf") == "乙.pdf"
