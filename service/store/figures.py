"""Counts for monitoring: each from an index, none reads what a case holds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.store.incidents import Incident, IncidentState
from service.store.jobs import Job, JobState
from service.store.process_instances import InstanceDocument
from service.store.user_tasks import UserTask, UserTaskState


def open_tasks(session: Session, now: datetime) -> tuple[int, int]:
    """Return how many user tasks are open, and how many of them are past their due moment."""
    is_open = UserTask.state == UserTaskState.CREATED
    count = session.scalar(select(func.count()).select_from(UserTask).where(is_open)) or 0
    late = session.scalar(select(func.count()).select_from(UserTask).where(is_open, UserTask.due_order < now)) or 0
    return count, late


def jobs(session: Session) -> dict[tuple[str, str], int]:
    """Return how many jobs there are by kind and state."""
    statement = select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state)
    return {(kind.value, state.value): count for kind, state, count in session.execute(statement)}


def soonest_job(session: Session) -> datetime | None:
    """Return the due moment of the job that should run first; None when none is open."""
    return session.scalar(select(func.min(Job.due_at)).where(Job.state == JobState.OPEN))


def incidents(session: Session) -> int:
    """Return how many incidents are open."""
    return session.scalar(select(func.count()).where(Incident.state == IncidentState.ACTIVE)) or 0


def running(session: Session) -> int:
    """Return how many root instances run."""
    return session.scalar(select(func.count()).select_from(InstanceDocument)) or 0
