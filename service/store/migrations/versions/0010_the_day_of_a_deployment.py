"""the day of a deployment: since when each version is in force, and why a deployment was refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

DEFINITIONS = ("process_definition", "decision_requirements", "decision_definition", "form_definition")


def upgrade() -> None:
    op.add_column("deployment", sa.Column("effective_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("deployment") as batch_op:
        batch_op.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("deployment") as batch_op:
        batch_op.alter_column("reason", server_default=None)
    op.execute("UPDATE deployment SET effective_at = COALESCE(decided_at, created_at) WHERE release = 'live'")
    for table in DEFINITIONS:
        op.add_column(table, sa.Column("in_force_at", UtcDateTime(), nullable=True))
        op.execute(
            f"UPDATE {table} SET in_force_at = (SELECT effective_at FROM deployment"  # noqa: S608 - names from above
            f" WHERE deployment.key = {table}.deployment_key) WHERE release = 'live'"
        )


def downgrade() -> None:
    # The older revision knows no day: what was approved for one waits again.
    op.execute("DELETE FROM job WHERE kind = 'release'")
    for table in ("deployment", *DEFINITIONS):
        op.execute(f"UPDATE {table} SET release = 'waiting' WHERE release = 'approved'")  # noqa: S608 - names from above
    for table in DEFINITIONS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("in_force_at")
    with op.batch_alter_table("deployment") as batch_op:
        batch_op.drop_column("reason")
        batch_op.drop_column("effective_at")
