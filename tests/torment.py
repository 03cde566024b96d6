"""Many kills at random moments on each database; prints what was survived."""

from __future__ import annotations

import json
import random
import sys

from scripts.bench.lib import ground
from service.runtime.engine import Engine
from tests import faults


def main(kills: int) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    with ground.databases() as urls:
        for name, url in urls.items():
            engine = Engine(url)
            engine.migrate()
            engine.close()
            faults.prepare(url)
            toll = faults.torment(url, kills, seed)
            survived = {"kills": toll.kills, "completed": toll.completed, "started": toll.started, "seed": seed}
            print(json.dumps({name: survived}), flush=True)  # noqa: T201 - what this program is for


if __name__ == "__main__":
    main(int(sys.argv[1]))
