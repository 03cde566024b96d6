"""Times a loop through a user task: what turn 5,000 costs against turn 10, in processor time of the engine."""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import Any

from scripts.bench.lib import ground
from service import bpmn
from service.feel import Value
from tests import builders
from tests.bpmn.stage import Stage

TURNS = 5_000
WINDOW = 50  # turns of which the median is taken

LOOP = builders.process(
    '<bpmn:exclusiveGateway id="again" default="again_t" />',
    builders.user_task("t"),
    builders.line("s", "t", "again", "t"),
    builders.flow("again", "e", "=done"),
)


def main() -> None:
    stage = Stage(LOOP)
    stage.start(done=False)
    milliseconds = []
    for _ in range(TURNS):
        (wait,) = (wait for wait in stage.workflow.waits.values() if isinstance(wait, bpmn.UserTask))
        milliseconds.append(turn(stage.workflow, wait.key, {}))
    if stage.state != "active":
        sys.exit("the loop ended by itself")
    (wait,) = stage.workflow.waits.values()
    turn(stage.workflow, wait.key, {"done": True})
    if stage.state != "completed":
        sys.exit("the loop did not end")
    early, late = statistics.median(milliseconds[10 : 10 + WINDOW]), statistics.median(milliseconds[-WINDOW:])
    report: dict[str, Any] = {
        "machine": ground.machine(),
        "turns": TURNS,
        "turn_10_ms": round(early, 3),
        f"turn_{TURNS}_ms": round(late, 3),
        "times_turn_10": round(late / early, 2),
    }
    print(json.dumps(report, ensure_ascii=False, indent=2))


def turn(workflow: bpmn.Workflow, key: int, variables: dict[str, Value]) -> float:
    start = time.process_time()
    workflow.complete(key, variables)
    workflow.take_events()
    return 1000 * (time.process_time() - start)


if __name__ == "__main__":
    main()
