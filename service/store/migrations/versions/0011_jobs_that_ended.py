"""jobs that ended: those of service tasks stay as history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.base import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("ended_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    # The older revision keeps no job that is over.
    op.execute("DELETE FROM job WHERE state IN ('completed', 'error-thrown', 'canceled')")
    with op.batch_alter_table("job") as batch_op:
        batch_op.drop_column("ended_at")
