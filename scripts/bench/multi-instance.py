"""Times a parallel multi-instance user task of 1,000: what the last completion costs against the first.

The very last one is told apart: it ends the activity, gathers the results and goes on.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from decimal import Decimal
from typing import Any

from scripts.bench.lib import ground
from service import bpmn
from tests import builders
from tests.bpmn.stage import Stage

COUNT = 1_000
WINDOW = 50  # completions of which the median is taken

PANEL = builders.process(
    builders.user_task("t").replace(
        "</bpmn:userTask>",
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=items" inputElement="item" outputCollection="results" '
        'outputElement="=item * factor" /></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>'
        "</bpmn:userTask>",
    ),
    builders.user_task("after"),
    builders.line("s", "t", "after", "e"),
)


def main() -> None:
    stage = Stage(PANEL)
    start = time.process_time()
    stage.start(items=list(range(COUNT)), factor=2)
    starting = time.process_time() - start
    keys = [wait.key for wait in stage.waits(bpmn.UserTask)]
    milliseconds = []
    for key in keys:
        start = time.process_time()
        stage.workflow.complete(key, {})
        stage.workflow.take_events()
        milliseconds.append(1000 * (time.process_time() - start))
    if stage.open != ["after"] or stage.variables["results"] != [Decimal(2 * number) for number in range(COUNT)]:
        sys.exit("the panel gave wrong results")
    first, last = statistics.median(milliseconds[:WINDOW]), statistics.median(milliseconds[-WINDOW - 1 : -1])
    report: dict[str, Any] = {
        "machine": ground.machine(),
        "instances": COUNT,
        "start_ms_each": round(1000 * starting / COUNT, 3),
        "first_ms": round(first, 3),
        "last_ms": round(last, 3),
        "times_first": round(last / first, 2),
        "ending_ms": round(milliseconds[-1], 2),
    }
    print(json.dumps(report, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
