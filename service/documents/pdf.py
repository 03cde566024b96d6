"""PDF of documents, by LibreOffice without a screen: fonts embedded, for keeping (PDF/A-2)."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from service.errors import Conflict

TIMEOUT_SECONDS = 120
_FILTER = 'pdf:writer_pdf_Export:{"SelectPdfVersion":{"type":"long","value":"2"}}'

# LibreOffice refuses a second start on one profile; the profile is made once a process, which takes the longest.
_ONE_AT_A_TIME = threading.Lock()
_PROFILE: list[tempfile.TemporaryDirectory[str]] = []


def program() -> str | None:
    """Return the path of LibreOffice, None where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(documents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the PDF of each word processor file, by the same names; one start for all of them.

    Raises `Conflict` where LibreOffice is missing, does not finish in time or makes no PDF.
    """
    if not documents:
        return {}
    found = program()
    if found is None:
        raise Conflict("documents.no_office", package="libreoffice-writer-nogui")
    with _ONE_AT_A_TIME, tempfile.TemporaryDirectory(prefix="documents-") as folder:
        if not _PROFILE:
            _PROFILE.append(tempfile.TemporaryDirectory(prefix="office-profile-"))
        place = Path(folder)
        files = {name: place / f"{index}.docx" for index, name in enumerate(documents)}
        for name, file in files.items():
            file.write_bytes(documents[name])
        with resources.as_file(resources.files(__package__) / "fonts.conf") as fonts:
            _run(found, place, [str(file) for file in files.values()], fonts)
        missing = [name for name, file in files.items() if not file.with_suffix(".pdf").is_file()]
        if missing:
            raise Conflict("documents.no_pdf", document=", ".join(missing))
        return {name: file.with_suffix(".pdf").read_bytes() for name, file in files.items()}


def _run(office: str, place: Path, files: list[str], fonts: Path) -> None:
    command = [
        office,
        f"-env:UserInstallation=file://{_PROFILE[0].name}",
        "--headless",
        "--norestore",
        "--nologo",
        "--convert-to",
        _FILTER,
        "--outdir",
        str(place),
        *files,
    ]
    # Nothing of the service's own environment (database, secret key) is its business.
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": _PROFILE[0].name,
        "LANG": "C.UTF-8",
        "FONTCONFIG_FILE": str(fonts),
    }
    try:
        subprocess.run(  # noqa: S603 - a fixed program, file names of our own
            command, env=environment, cwd=place, timeout=TIMEOUT_SECONDS, check=True, capture_output=True
        )
    except subprocess.TimeoutExpired as error:
        raise Conflict("documents.office_too_slow", seconds=TIMEOUT_SECONDS) from error
    except (OSError, subprocess.CalledProcessError) as error:
        raise Conflict("documents.office_failed", problem=type(error).__name__) from error
