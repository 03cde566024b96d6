"""The demonstration: fictional people and cases, made by really playing the deployed processes with a set clock.

People, answers to forms and the stories of the cases stand in `story.json`; here is only what plays them. `seed` fills
a site, `play` shows one whole case step by step. Both work through the door's `run`, which opens and commits units.
"""

from __future__ import annotations

from service.casework.demo.stage import Stage
from service.casework.demo.stories import PASSWORD, Person, is_seeded, people, play, seed

__all__ = ["PASSWORD", "Person", "Stage", "is_seeded", "people", "play", "seed"]
