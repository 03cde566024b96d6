"""Times how long a process takes from its start to its first answer, against Python that imports the libraries alone.

The database is filled with the shipped models before; each figure is the best of several.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from typing import Any

from scripts.bench.lib import ground
from service.settings import Settings

TIMES = 3
LIBRARIES = "import SpiffWorkflow.bpmn, alembic, argon2, babel, flask, flask_wtf, lxml.etree, sqlalchemy.orm, waitress"


def main() -> None:
    report: dict[str, Any] = {"machine": ground.machine()}
    libraries = min(_seconds(LIBRARIES) for _ in range(TIMES))
    report["libraries_seconds"] = round(libraries, 2)
    with ground.databases() as urls:
        environment = os.environ | {"RONGCUO_DATABASE": urls["sqlite"], "RONGCUO_SECRET_KEY": "0123456789abcdef" * 2}
        service = [sys.executable, "-m", "service"]
        subprocess.run([*service, "migrate"], env=environment, check=True, capture_output=True)
        models = [*service, "deploy", "processes", "forms"]
        subprocess.run(models, env=environment, check=True, capture_output=True)
        answered = min(_first_answer(service, environment) for _ in range(TIMES))
    report["first_answer_seconds"] = round(answered, 2)
    report["times_libraries"] = round(answered / libraries, 2)
    print(json.dumps(report, ensure_ascii=False, indent=2))


def _seconds(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def _first_answer(service: list[str], environment: dict[str, str]) -> float:
    with socket.socket() as found:
        found.bind((Settings().host, 0))
        port = found.getsockname()[1]
    start = time.perf_counter()
    with subprocess.Popen(
        [*service, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        try:
            while time.perf_counter() - start < 120:
                with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
                    if answer.status == 200:
                        return time.perf_counter() - start
                time.sleep(0.02)
            sys.exit("the service did not answer within two minutes")
        finally:
            child.terminate()


if __name__ == "__main__":
    main()
