"""Tables and every query on them, one module an aggregate. SQLAlchemy is imported here alone.

To add a table or column: the model in its module, the module in the list below, then a revision in
`migrations/versions`. Text columns that hold JSON hold it as text; whoever writes them encodes it.
"""

from sqlalchemy.orm import Session

from service.store import (
    accounts,
    api_clients,
    archives,
    audit,
    backup,
    cases,
    deadlines,
    definitions,
    deployments,
    documents,
    evaluations,
    files,
    history,
    identities,
    incidents,
    integrity,
    jobs,
    keys,
    listing,
    migrations,
    notices,
    process_instances,
    records,
    refusals,
    submissions,
    subscriptions,
    task_acts,
    user_tasks,
    viewings,
)
from service.store.base import Base, Page
from service.store.database import Database, DatabaseError, is_lost_race

__all__ = [
    "Base",
    "Database",
    "DatabaseError",
    "Page",
    "Session",
    "accounts",
    "api_clients",
    "archives",
    "audit",
    "backup",
    "cases",
    "deadlines",
    "definitions",
    "deployments",
    "documents",
    "evaluations",
    "files",
    "history",
    "identities",
    "incidents",
    "integrity",
    "is_lost_race",
    "jobs",
    "keys",
    "listing",
    "migrations",
    "notices",
    "process_instances",
    "records",
    "refusals",
    "submissions",
    "subscriptions",
    "task_acts",
    "user_tasks",
    "viewings",
]
