"""What a monitor asks: how much is open, how late the worker is, what stands still, how the cache does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service import store
from service.runtime.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Figures:
    open_tasks: int
    overdue_tasks: int
    jobs: Mapping[tuple[str, str], int]  # kind and state -> count
    job_lateness_seconds: float  # of the job that should have run first; 0 when nothing is late
    open_incidents: int
    running_instances: int  # roots
    cache_hits: int  # since this process began
    cache_misses: int
    cached_instances: int


def figures(unit: UnitOfWork) -> Figures:
    """Return the figures of the site, and of this process's cache."""
    session = unit.session
    open_, late = store.figures.open_tasks(session, unit.now)
    soonest = store.figures.soonest_job(session)
    cache = unit.engine.workflows
    return Figures(
        open_tasks=open_,
        overdue_tasks=late,
        jobs=store.figures.jobs(session),
        job_lateness_seconds=0.0 if soonest is None else max(0.0, (unit.now - soonest).total_seconds()),
        open_incidents=store.figures.incidents(session),
        running_instances=store.figures.running(session),
        cache_hits=cache.hits,
        cache_misses=cache.misses,
        cached_instances=len(cache),
    )
