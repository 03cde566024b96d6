"""Alembic revisions of the tables, run from Python; there is no alembic.ini.

After a change of the models: `python -m service.store.migrations "what changed"` writes a revision from the difference
between the newest revision and the models, to be read and mended by hand.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from service.store.base import Base
from service.store.database import Database

FOLDER = Path(__file__).parent


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring a database to a revision; does nothing when it stands there."""
    with database.migrating() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str = "base") -> None:
    """Take a database back to a revision; what the newer ones added is lost."""
    with database.migrating() as connection:
        command.downgrade(_config(connection), revision)


def revise(database: Database, message: str) -> None:
    """Write a revision from the difference between the database's tables and the models."""
    with database.migrating() as connection:
        command.revision(_config(connection), message, autogenerate=True)


def current(database: Database) -> str | None:
    """Return the revision of a database; None when it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def newest() -> str | None:
    """Return the newest revision there is."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


def differences(database: Database) -> list[object]:
    """Return what the models have and the database's tables have not, or the other way round."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, Base.metadata))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config
