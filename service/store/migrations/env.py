"""Where Alembic meets the models; run by Alembic itself, never imported."""

from __future__ import annotations

from alembic import context

from service.store import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_type=True,
    # SQLite cannot alter a table in place; Alembic copies it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
