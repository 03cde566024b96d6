"""Write a revision: `python -m service.store.migrations "what changed"`."""

from __future__ import annotations

import sys
import tempfile

from service.store import Database
from service.store.migrations import revise, upgrade

with tempfile.TemporaryDirectory() as folder:
    database = Database(f"sqlite:///{folder}/empty.db")
    upgrade(database)
    revise(database, " ".join(sys.argv[1:]) or "change")
    database.close()
