"""the organ of a task: people of another organ neither see nor take the group tasks of a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_task", sa.Column("organ", sa.Text(), nullable=True))
    op.execute(
        "UPDATE user_task SET organ = (SELECT organ FROM case_file"
        " WHERE CAST(case_file.key AS VARCHAR) = user_task.business_key)"
    )


def downgrade() -> None:
    with op.batch_alter_table("user_task") as batch_op:
        batch_op.drop_column("organ")
