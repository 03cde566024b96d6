"""The command line, as an administrator meets it."""

from __future__ import annotations

import io
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from service import texts, wiring
from service.auth.actor import Actor
from service.cli import main
from service.runtime import deployments
from service.settings import Settings
from tests import builders
from tests.business_calendar.test_notice import a_notice


@pytest.fixture(autouse=True)
def _installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo installation in an empty folder, speaking English."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RONGCUO_DATABASE", f"sqlite:///{tmp_path}/rongcuo.db")
    monkeypatch.setenv("RONGCUO_PROFILE", "demo")
    monkeypatch.setenv("RONGCUO_LOCALE", "en")


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "inner"
    folder.mkdir(parents=True)
    for resource in (builders.a_task_diagram(form="f", groups="INVEST"), builders.a_table("d"),
                     builders.a_form("f", {"key": "a"})):  # fmt: skip
        (folder / resource.name).write_bytes(resource.content)
    (folder / "notes.txt").write_text("no model")
    return folder.parent


def test_migrating_twice_is_the_same_as_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0

    assert "newest revision" in capsys.readouterr().out


def test_a_folder_is_deployed_together(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", str(models), "--name", "first"]) == 0

    out = capsys.readouterr().out
    assert out.splitlines()[:3] == ["p:1", "d:1", "f:1"]
    assert "Deployed 3 files" in out


def test_a_start_after_a_restart_leaves_the_owners_version_in_force(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    diagram = models / "inner" / "p.bpmn"
    shipped = diagram.read_bytes()
    assert main(["deploy", str(models), "--shipped"]) == 0
    with wiring.engine(Settings.from_environment()).unit(Actor("owner", frozenset({"OWNER"}))) as unit:
        deployments.deploy(
            unit, [deployments.Resource("p.bpmn", shipped.replace(b"<bpmn:process", b"<bpmn:process  "))]
        )
        unit.commit()
    capsys.readouterr()

    assert main(["deploy", str(models), "--shipped"]) == 0
    assert "deployed already" in capsys.readouterr().out

    diagram.write_bytes(shipped.replace(b"<bpmn:process", b"<bpmn:process   "))
    (models / "inner" / "f.form").write_bytes(builders.a_form("f", {"key": "b"}).content)
    assert main(["deploy", str(models), "--shipped"]) == 0
    out = capsys.readouterr().out
    assert "p.bpmn: the version that a process owner deployed stays in force" in out
    assert "f:2" in out
    assert "p:" not in out.replace("p.bpmn:", "")


def test_in_production_a_deployment_waits(
    models: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RONGCUO_PROFILE", "production")

    assert main(["deploy", str(models)]) == 0

    assert "waits for a second person" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["deploy", "lint"])
def test_a_bad_file_is_named_with_what_is_wrong(models: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    (models / "inner" / "f.form").unlink()

    assert main([command, str(models)]) == 1

    assert "error p.bpmn: t" in (found := capsys.readouterr().err)
    assert '"f" is neither among the files nor deployed' in found


def test_linting_stores_nothing(models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", str(models)]) == 0

    assert "no errors" in capsys.readouterr().out
    assert not (tmp_path / "rongcuo.db").exists()


def test_a_deployed_decision_shows_the_rules_that_matched(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["deploy", str(models)])
    capsys.readouterr()

    assert main(["decide", "d", "amount=12"]) == 0

    assert capsys.readouterr().out.splitlines() == ["d d", "  amount = 12", "  rule 2: result = large", "large"]


def test_a_decision_is_tried_from_a_file(models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decide", "d", "amount=1", "--file", str(models / "inner" / "d.dmn")]) == 0

    assert capsys.readouterr().out.splitlines()[-1] == "small"
    assert not (tmp_path / "rongcuo.db").exists()


REFUSED = {
    "no such path": (["deploy", "nowhere"], "nowhere"),
    "no models": (["deploy", "."], "no .bpmn"),
    "unknown decision": (["decide", "nope"], "nope"),
    "input without value": (["decide", "d", "amount"], "amount"),
    "unknown role": (["user", "add", "ann", "--role", "KING", "--password-stdin"], "KING"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_is_one_line_and_exit_status_1(
    case: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments, words = REFUSED[case]
    monkeypatch.setattr("sys.stdin", io.StringIO("Long enough, 2 pass\n"))

    assert main(arguments) == 1

    err = capsys.readouterr().err
    assert words in err
    assert len(err.splitlines()) == 1


def test_the_first_administrator_is_added_with_a_password_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Long enough, 2 pass\n"))

    assert main(["user", "add", "root", "--role", "SYSADM", "--password-stdin"]) == 0

    assert "Added root" in capsys.readouterr().out


def test_the_audit_log_is_verified_and_tampering_reported(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["deploy", str(models)])
    assert main(["verify-audit"]) == 0
    with sqlite3.connect(tmp_path / "rongcuo.db") as connection:
        connection.execute("UPDATE audit_entry SET actor = 'eve'")
    connection.close()

    assert main(["verify-audit"]) == 1

    assert "entry 1 was changed" in capsys.readouterr().err


def test_what_contradicts_itself_is_told_in_words_with_its_key(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["deploy", str(models)])
    assert main(["check"]) == 0
    assert "Whole: 0 running instances, 1 audit entries." in capsys.readouterr().out
    with sqlite3.connect(tmp_path / "rongcuo.db") as connection:
        connection.execute(
            "INSERT INTO draft (user_task_key, author, data, saved_at, version)"
            " VALUES (77, 'ann', '{}', '2026-01-01', 1)"
        )
    connection.close()

    assert main(["check"]) == 1

    told = capsys.readouterr()
    assert told.err.splitlines()[-1] == "Task 77 is not open, but a draft for it is left."
    assert "Found 1 contradictions" in told.out


@pytest.mark.parametrize("command", ["serve", "work"])
def test_what_runs_until_it_is_stopped_stops_when_told(command: str, tmp_path: Path) -> None:
    arguments = ["--port", str(_free_port())] if command == "serve" else []
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "-m", "service", command, *arguments],
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        first = child.stdout.readline()
        child.send_signal(signal.SIGTERM)
        _, complaints = child.communicate(timeout=60)

    assert first.startswith("Serving on http://localhost:" if command == "serve" else "Running what falls due")
    assert child.returncode == 0
    assert "Traceback" not in complaints


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def test_bad_settings_are_refused_before_anything_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RONGCUO_PORT", "many")

    assert main(["migrate"]) == 1
    assert "RONGCUO_PORT" in capsys.readouterr().err


def test_every_command_explains_itself_in_both_languages(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for locale in texts.LOCALES:
        monkeypatch.setenv("RONGCUO_LOCALE", locale)
        with pytest.raises(SystemExit) as ended:
            main(["--help"])
        assert ended.value.code == 0
        assert "cli." not in capsys.readouterr().out


def test_a_calendar_year_is_imported_from_the_text_of_its_notice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notice = tmp_path / "2025.txt"
    notice.write_text(a_notice(2025), "utf-8")

    assert main(["calendar", "import", str(notice)]) == 0
    assert "2025" in capsys.readouterr().out


def test_a_calendar_year_is_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    year = tmp_path / "2027.csv"
    year.write_text("# year: 2027\n# source: No. 1\ndate,kind,name\n2027-01-01,holiday,New Year\n")

    assert main(["calendar", "import", str(year)]) == 0

    assert "Imported 2027 with 1 named days; 0 deadlines moved." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [("date,kind,name\n", "source"), ("# year: 2027\n# source: No. 1\ndate,kind,name\nx,y,z\n", "x,y,z")],
)
def test_what_is_no_calendar_year_is_refused_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, said: str
) -> None:
    year = tmp_path / "2027.csv"
    year.write_text(content)

    assert main(["calendar", "import", str(year)]) == 1

    assert said in capsys.readouterr().err


def test_keys_are_rotated_in_a_file_of_its_owner(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = tmp_path / "var" / "identity-keys"

    assert main(["rotate-keys"]) == 0
    first = keys.read_text()
    assert main(["rotate-keys"]) == 0

    assert keys.stat().st_mode & 0o777 == 0o600
    assert len(keys.read_text().split()) == 1
    assert keys.read_text() != first
    out = capsys.readouterr().out
    assert "Sealed 0 identity numbers" in out
    assert first.strip() not in out
