"""A copy made in use and put back into an empty place is the same site, whole."""

from __future__ import annotations

import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from service.auth import SYSTEM
from service.cli import main
from service.runtime.engine import Engine
from service.runtime.instances import InstanceState
from tests import builders
from tests.conftest import POSTGRES
from tests.runtime.site import Site


@pytest.fixture
def _english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RONGCUO_LOCALE", "en")


@pytest.fixture(params=["sqlite", "postgresql"])
def two_places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Two empty databases of a kind, the second for the copy."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/one.db", f"sqlite:///{tmp_path}/new/two.db"
        return
    if not POSTGRES or shutil.which("pg_dump") is None:
        pytest.skip("no PG, or none of its client programs")
    url = make_url(POSTGRES).set(drivername="postgresql+psycopg")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    names = [f"backup_{secrets.token_hex(6)}" for _ in range(2)]
    with admin.connect() as connection:
        for name in names:
            connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        one, two = (url.set(database=name).render_as_string(hide_password=False) for name in names)
        yield one, two
    finally:
        with admin.connect() as connection:
            for name in names:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


@pytest.fixture
def site(two_places: tuple[str, str], open_engine: Callable[..., Engine]) -> Site:
    site = Site(two_places[0], open_engine)
    site.engine.migrate()
    site.deploy(
        builders.a_diagram(
            builders.user_task("a"), builders.timer_boundary("b", "a", duration="PT1H"), builders.user_task("next"),
            builders.line("s", "a", "next", "e"), builders.line("b", "e"),
        )
    )  # fmt: skip
    site.start()
    site.start()
    site.complete("a", {"answer": 42})
    return site


@pytest.mark.usefixtures("_english")
def test_a_copy_of_a_site_in_use_goes_on_in_an_empty_place(
    site: Site, two_places: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], open_engine: Callable[..., Engine],
) -> None:  # fmt: skip
    monkeypatch.setenv("RONGCUO_DATABASE", two_places[0])
    copy = tmp_path / "copies" / "today"
    with site.engine.reading(SYSTEM) as reader:
        assert reader.session.connection()
        assert main(["backup", str(copy)]) == 0
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    site.complete("a")  # after the copy: not in it

    monkeypatch.setenv("RONGCUO_DATABASE", two_places[1])
    assert main(["restore", str(copy)]) == 0

    assert "Whole: 2 running instances, 4 audit entries." in capsys.readouterr().out
    restored = Site(two_places[1], open_engine)
    assert sorted(restored.open_elements()) == ["a", "next"]
    restored.complete("next")
    restored.complete("a")
    restored.complete("next")
    assert not restored.open_elements()
    assert {restored.instance(task.root_key).state for task in restored.tasks(state=None)} == {InstanceState.COMPLETED}
    fresh = restored.start()
    assert fresh.key > max(task.key for task in restored.tasks(state=None) if task.root_key != fresh.key)


@pytest.mark.usefixtures("_english", "site")
def test_nothing_is_overwritten(
    two_places: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RONGCUO_DATABASE", two_places[0])
    copy = tmp_path / "today"
    assert main(["backup", str(copy)]) == 0
    before = copy.read_bytes()

    assert main(["backup", str(copy)]) == 1
    assert main(["restore", str(copy)]) == 1

    assert copy.read_bytes() == before
    told = capsys.readouterr().err
    assert "exists already" in told
    assert "empty place only" in told


@pytest.mark.usefixtures("_english")
def test_a_file_that_is_no_copy_is_refused(
    two_places: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RONGCUO_DATABASE", two_places[1])
    (tmp_path / "letter").write_text("Dear Sir")

    assert main(["restore", str(tmp_path / "letter")]) == 1
    assert main(["restore", str(tmp_path / "nothing")]) == 1

    assert "could not finish" in capsys.readouterr().err
