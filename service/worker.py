"""The door of time: claims due jobs, runs each in its own unit of work. Only it sleeps."""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
import time
from datetime import date, datetime, timedelta

from service import texts
from service.auth import SYSTEM
from service.casework import calendar_import, case_documents
from service.errors import ServiceError
from service.runtime import files, jobs
from service.runtime.engine import Engine

__all__ = ["Worker", "run_until_idle"]

logger = logging.getLogger(__name__)

# A new job of another process is seen after so long; one of this process wakes the worker at once.
POLL_SECONDS = 0.08
# Files whose time is over are looked for so often.
SWEEP_EVERY = timedelta(minutes=10)
BATCH = 20
AFTER_FAULT_SECONDS = 2.0
PDF_LOOK_SECONDS = 5  # between looks that find no document without its PDF: each passes over all documents
PDF_PAUSE_SECONDS = 60  # after a PDF could not be made


class Worker:
    """Runs due jobs until told to stop."""

    def __init__(self, engine: Engine, name: str | None = None) -> None:
        self._engine = engine
        self._no_pdfs_before = 0.0
        self._reminded_on: date | None = None
        self._name = name or f"{socket.gethostname()}-{os.getpid()}"
        self._swept: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; the job at hand is finished first, the others of the batch are given back."""
        arrived = self._engine.site.work_arrived
        while not stop.is_set():
            arrived.clear()
            try:
                done = self.step(stop) + self.sweep()
            except Exception:
                # The database may be away for a while; a worker that died of it would stop all timers for good.
                logger.exception("claiming jobs failed")
                stop.wait(AFTER_FAULT_SECONDS * (1 + random.random()))  # noqa: S311 - spreads workers, guards nothing
                continue
            self._remind()
            if done == 0 and not self._make_pdfs():
                self._wait(arrived, stop)

    def step(self, stop: threading.Event | None = None) -> int:
        """Run what is due now, at most one batch; return how many jobs that was."""
        if not jobs.anything_due(self._engine):
            return 0
        leases = jobs.claim_due(self._engine, BATCH, self._name)
        done = 0
        while leases:
            if stop is not None and stop.is_set():
                jobs.release(self._engine, leases)
                break
            if self._engine.clock.now() >= leases[0].until - timedelta(seconds=jobs.LEASE_SECONDS / 2):
                # The heartbeat: a worker that hangs in a job does not come here, so the rest of its batch gets free.
                leases = jobs.extend(self._engine, leases)
                continue
            _perform(self._engine, leases.pop(0))
            done += 1
        return done

    def _remind(self) -> None:
        """Once a day, tell the owners of a calendar that is missing; the notice itself is sent once a year."""
        today = self._engine.clock.now().astimezone(self._engine.zone).date()
        if today == self._reminded_on:
            return
        self._reminded_on = today
        try:
            self._engine.run(SYSTEM, calendar_import.remind)
        except Exception:
            logger.exception("looking for missing calendars failed")

    def _make_pdfs(self) -> int:
        """Make PDFs of documents that were issued while there is nothing else to do; return how many."""
        if time.monotonic() < self._no_pdfs_before:
            return 0
        pause = PDF_PAUSE_SECONDS
        try:
            if made := case_documents.make_pdfs(self._engine):
                return made
            pause = PDF_LOOK_SECONDS
        except ServiceError as error:
            # The document is issued and kept; whoever opens its PDF is told what is missing.
            logger.warning("documents wait for their PDF: %s", texts.render(error, "en"))
        except Exception:
            logger.exception("making PDFs failed")
        self._no_pdfs_before = time.monotonic() + pause
        return 0

    def sweep(self) -> int:
        """Remove files whose time is over, a batch at a time; return how many that was."""
        now = self._engine.clock.now()
        if self._swept is not None and now < self._swept + SWEEP_EVERY:
            return 0
        done = self._engine.run(SYSTEM, files.sweep)
        if done < files.SWEEP:
            self._swept = now
        return done

    @staticmethod
    def _wait(arrived: threading.Event, stop: threading.Event) -> None:
        if not arrived.wait(POLL_SECONDS):
            stop.wait(0)


def run_until_idle(engine: Engine, limit: int = 100_000) -> int:
    """Run everything that is due by the engine's clock, and what becomes due by that; return how many jobs ran.

    For tests, the demo and the command line. Raises `RuntimeError` after `limit` jobs.
    """
    worker = Worker(engine, "until-idle")
    count = 0
    while done := worker.step():
        count += done
        if count > limit:
            raise RuntimeError(f"more than {limit} jobs became due at one moment")
    return count


def _perform(engine: Engine, lease: jobs.Lease) -> None:
    try:
        if lease.failures >= jobs.LOST_WORKERS:
            raise jobs.WorkerLost("runtime.job_worker_lost", times=lease.failures)
        jobs.run(engine, lease)
    except Exception as error:
        # What a handler does wrong concerns its own job alone: rolled back, counted, retried, at last an incident.
        logger.warning("job %s failed: %s", lease.key, type(error).__name__, exc_info=error)
        try:
            jobs.failed(engine, lease, error)
        except Exception:
            logger.exception("the failure of job %s could not be counted; its lease will run out", lease.key)
